//! `jackfield config`: the configuration file from the command line. Every subcommand says the same to a script, with `--json`, as to a
//! person. What changes the file checks first, backs up, and says what a running service will do about it.

mod change;
mod look;
mod old;

use super::exit::{self, Exit};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;
use shared::file::{self, FileError, Location};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Check, show, compare, copy and change the configuration file.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct Arguments {
    /// The configuration file [default: /etc/jackfield/jackfield.toml].
    #[arg(long, env = "JACKFIELD_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Write one JSON document, for scripts.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do with it.
    #[command(subcommand)]
    pub task: Task,
}

/// What to do with the file.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Say everything that is wrong with the file, by line and column, and how to repair it.
    Check,
    /// Print the whole configuration as the service sees it, with every default.
    Show,
    /// Say how the file differs from the built-in configuration, or another file from it.
    Diff {
        /// The file to compare it with.
        other: Option<PathBuf>,
    },
    /// Print a copy for other people: without secrets and comments. What was left out is said.
    Export {
        /// Write it into this file, which must not be there yet.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Put another file in its place: checks it first, and backs up what was there.
    Import {
        /// The file to take; `-` for standard input.
        from: PathBuf,
    },
    /// Take over the settings of the product before Jackfield, and say of every entry what became of it. Nothing else in the file changes.
    ImportOld {
        /// Its `ININIntegrationService.exe.config` and `Web.config`, or the folders in which they lie.
        #[arg(required = true)]
        from: Vec<PathBuf>,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Change settings; comments and order stay. Checks first, and backs up what was there.
    Set {
        /// Which, and its value as TOML writes it; quotes may be left out. Several pairs are one change.
        #[arg(required = true, num_args = 1.., allow_negative_numbers = true, value_names = ["SETTING", "VALUE"])]
        words: Vec<String>,
        /// Take settings out of the file, so that their defaults count.
        #[arg(long)]
        unset: bool,
    },
    /// List the backups of the file, oldest first.
    Backups,
    /// Put a backup in the file's place. What was there is backed up first.
    Rollback {
        /// The backup's name [default: the newest].
        name: Option<String>,
    },
}

/// What a subcommand has to say.
#[derive(Debug)]
struct Answer {
    exit: Exit,
    /// For people: standard output.
    text: String,
    /// For people: standard error.
    remark: String,
    /// For scripts.
    json: serde_json::Value,
}

// === impl Arguments ===

impl Arguments {
    /// Does it and says how it went.
    pub fn run(self) -> ExitCode {
        let json = self.json;
        let answer = self.carry_out();
        let text = if json { format!("{}\n", answer.json) } else { answer.text };
        if !json && !answer.remark.is_empty() {
            exit::say(answer.remark.trim_end());
        }
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => answer.exit.into(),
            Err(_) => Exit::InputOutput.into(),
        }
    }

    fn carry_out(self) -> Answer {
        let location = file::locate(self.config.as_deref().filter(|path| !path.as_os_str().is_empty()));
        let path = location.path.clone();
        let done = match self.task {
            Task::Check => look::check(&location),
            Task::Show => look::show(&location),
            Task::Diff { other } => look::diff(&location, other.as_deref()),
            Task::Export { output } => look::export(&location, output.as_deref()),
            Task::Backups => look::backups(&path),
            Task::Import { from } => change::import(&path, &from),
            Task::ImportOld { from, dry_run } => old::import(&path, &from, dry_run),
            Task::Set { words, unset: true } => change::unset(&path, &words),
            Task::Set { words, unset: false } => change::set(&path, &words),
            Task::Rollback { name } => change::roll_back(&path, name.as_deref()),
        };
        done.unwrap_or_else(|error| Answer::failed(&error))
    }
}

// === impl Answer ===

impl Answer {
    fn done(text: String, json: impl Serialize) -> Self {
        Self { exit: Exit::Done, text, remark: String::new(), json: serde_json::to_value(json).unwrap_or_default() }
    }

    fn remark(self, remark: impl Into<String>) -> Self {
        Self { remark: remark.into(), ..self }
    }

    fn failed(error: &FileError) -> Self {
        let (exit, findings, remark) = match error {
            FileError::Refused { path, findings } => {
                let lines: Vec<_> = findings.iter().map(|finding| format!("{}:{finding}", path.display())).collect();
                (Exit::Usage, findings.as_slice(), lines.join("\n"))
            }
            FileError::NoBackup { .. } => (Exit::Usage, &[][..], error.to_string()),
            FileError::Absent(_) | FileError::Changed(_) => (Exit::Unavailable, &[][..], error.to_string()),
            FileError::InputOutput { .. } => (Exit::InputOutput, &[][..], error.to_string()),
        };
        let json = json!({ "error": error.to_string(), "findings": findings });
        Self { exit, text: String::new(), remark, json }
    }

    fn wrong(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { exit: Exit::Usage, text: String::new(), json: json!({ "error": text, "findings": [] }), remark: text }
    }
}

/// The file, or what counts where nobody has named one and the standard one is not there.
fn load(location: &Location) -> Result<Option<file::Loaded>, FileError> {
    match file::load(&location.path) {
        Ok(loaded) => Ok(Some(loaded)),
        Err(FileError::Absent(_)) if !location.named => Ok(None),
        Err(error) => Err(error),
    }
}

fn without_file(path: &Path) -> String {
    format!("{} is not there: this is the built-in configuration", path.display())
}

#[cfg(test)]
mod tests;
