//! `jackfield reference`: what is generated from the definitions of the file and of the command line.

use super::exit::{self, Exit};
use crate::telemetry::metrics;
use clap::{Args, CommandFactory, Subcommand};
use clap_complete::Shell;
use shared::reference;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Print documentation: an example file, its schema, its settings, metrics, the manual page, completions.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct Arguments {
    /// What to print.
    #[command(subcommand)]
    pub what: What,
}

/// What to print.
#[derive(Debug, Subcommand)]
pub enum What {
    /// An example file: every setting with its default and what it is for.
    Config,
    /// The JSON Schema of the file, for editors.
    Schema,
    /// All settings, in Markdown.
    Settings,
    /// All metrics of `/metrics`, in Markdown.
    Metrics,
    /// The manual page, for man(1).
    Man {
        /// Write a page for each command into this folder instead of printing the one of the program.
        #[arg(long, value_name = "FOLDER")]
        all: Option<PathBuf>,
    },
    /// Completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

// === impl Arguments ===

impl Arguments {
    /// Prints it.
    pub fn run(self) -> ExitCode {
        let mut text = Vec::new();
        let printed = self.what.write(&mut text).and_then(|()| {
            let mut out = io::stdout().lock();
            out.write_all(&text).and_then(|()| out.flush())
        });
        match printed {
            Ok(()) => Exit::Done.into(),
            Err(error) => {
                exit::say(&error.to_string());
                Exit::InputOutput.into()
            }
        }
    }
}

// === impl What ===

impl What {
    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut command = super::Arguments::command();
        match self {
            Self::Config => out.write_all(reference::example().as_bytes()),
            Self::Schema => out.write_all(reference::schema().as_bytes()),
            Self::Settings => out.write_all(reference::settings().as_bytes()),
            Self::Metrics => out.write_all(metrics::reference().as_bytes()),
            Self::Man { all: None } => clap_mangen::Man::new(command).render(out),
            Self::Man { all: Some(folder) } => clap_mangen::generate_to(command, folder),
            Self::Completions { shell } => {
                clap_complete::generate(*shell, &mut command, "jackfield", out);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(what: &What) -> String {
        let mut text = Vec::new();
        what.write(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn each_reference_is_what_it_says() {
        assert!(shared::check_text(&printed(&What::Config)).is_ok());
        assert!(
            serde_json::from_str::<serde_json::Value>(&printed(&What::Schema))
                .is_ok_and(|schema| schema["title"] == "Jackfield configuration")
        );
        assert!(printed(&What::Settings).contains("| `workmodes.ready` |"));
        assert!(printed(&What::Metrics).contains("| `jackfield_sessions` |"));
        assert!(printed(&What::Man { all: None }).contains(".TH jackfield 1"));
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(printed(&What::Man { all: Some(folder.path().to_owned()) }), "");
        let page = std::fs::read_to_string(folder.path().join("jackfield-config-rollback.1")).unwrap();
        assert!(page.contains(".TH jackfield-config-rollback 1"), "a page for each command, at any depth: {page}");
        assert!(printed(&What::Completions { shell: Shell::Bash }).contains("complete -F _jackfield"));
    }
}
