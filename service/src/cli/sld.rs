//! `jackfield sld`: what the System Landscape Directory would be told, whether it would take it, telling it now, and how that stands with the
//! service. The same code as the service's own; secrets come from where the file says, never from the command line.

mod send;
mod status;

use super::{
    agents::Service,
    exit::{self, Exit},
    patience,
};
use crate::app::sld::{self, Rendered};
use clap::{Args, Subcommand};
use shared::file::{self, FileError};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// The codes of this subcommand, beside those that all have.
const CODES: &str = "Exit codes (of several destinations the lowest that is not 0):
  0   sent, or would be; for status: registered
  1   status only: not sent yet
  2   there is nothing that could be sent: template, attributes, certificates or password
  3   the user is not let in
  4   the directory was not reached, or is not ready
  5   it does not take this
  64  the command line, or a configuration file with findings
  69  no service answers (status, send --by-service)
  70  a fault of Jackfield's own
  74  reading or writing failed

The payload of the built-in templates has not been checked against a real SLD: ask SAP's integration
centre for the template in force and name it in the file.";

/// Reading templates and certificates.
const FILES: Duration = Duration::from_secs(10);

/// Register in SAP's System Landscape Directory.
#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Print what would be sent; where to, and what is doubtful about it, goes to standard error.
    #[command(after_help = CODES)]
    Preview {
        /// Of what.
        #[command(flatten)]
        from: From,
    },
    /// Do everything but send it: name, connection, TLS, log-on, path.
    #[command(after_help = CODES)]
    Test {
        /// Of what.
        #[command(flatten)]
        from: From,
        /// Write one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Send it now.
    #[command(after_help = CODES)]
    Send {
        /// Of what.
        #[command(flatten)]
        from: From,
        /// Send nothing, and connect to nobody: only see whether everything is there.
        #[arg(long)]
        dry_run: bool,
        /// Let the service that runs send it, which notes that it has; also what it does not try by itself any more.
        #[arg(long, conflicts_with_all = ["config", "only", "dry_run"])]
        by_service: bool,
        /// Write one JSON object a line.
        #[arg(long)]
        json: bool,
        /// Which service.
        #[command(flatten)]
        service: Service,
    },
    /// How the registrations of the service that runs are.
    #[command(after_help = CODES)]
    Status {
        /// Write JSON: a list of objects as they are in `/status`.
        #[arg(long)]
        json: bool,
        /// Which service.
        #[command(flatten)]
        service: Service,
    },
}

/// Of which file, and to which destination.
#[derive(Debug, Args)]
pub struct From {
    /// The configuration file, or - for standard input, as if it stood in the present folder [default: what `JACKFIELD_CONFIG` names, else
    /// the standard one].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Only the destination of this number: 1 is the first [default: all].
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    pub only: Option<u16>,
}

/// Why it ends otherwise.
type Refused = (Exit, String);

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        let mut code = 0;
        let exit = super::block_on(async {
            match self.carry_out(&mut io::stdout()).await {
                Ok(done) => {
                    code = done;
                    Exit::Done
                }
                Err(failure) => exit::told(failure),
            }
        });
        if exit == Exit::Done { code.into() } else { exit.into() }
    }

    async fn carry_out(self, out: &mut impl Write) -> Result<u8, Refused> {
        match self.what {
            What::Preview { from } => preview(from.rendered().await?, out),
            What::Test { from, json } => send::each(from.rendered().await?, send::Deed::Test, json, out).await,
            What::Send { by_service: true, json, service, .. } => status::send(service.administrator().await?, json, out).await,
            What::Send { from, dry_run, json, .. } => {
                let deed = if dry_run { send::Deed::Look } else { send::Deed::Send };
                send::each(from.rendered().await?, deed, json, out).await
            }
            What::Status { json, service } => status::show(&service.administrator().await?, json, out).await,
        }
    }
}

// === impl From ===

impl From {
    async fn rendered(self) -> Result<Vec<Rendered>, Refused> {
        let only = self.only;
        let work = move || {
            let (settings, file) = settings(self.config.as_deref())?;
            Ok::<_, Refused>(sld::render(&settings, |named| file::beside(&file, named)))
        };
        let late = |_| (Exit::InputOutput, format!("the files of the registration do not answer within {FILES:?}"));
        let mut rendered = patience::on_time(FILES, work).await.map_err(late)??;
        if rendered.is_empty() {
            return Err((Exit::Usage, "the file registers nothing: write `server` under [sld], or add [[sld.destinations]]".into()));
        }
        let count = rendered.len();
        if let Some(only) = only {
            let index = usize::from(only) - 1;
            if index >= count {
                return Err((Exit::Usage, format!("--only {only}: the file has destinations 1 to {count}")));
            }
            rendered = vec![rendered.swap_remove(index)];
        }
        Ok(rendered)
    }
}

fn settings(config: Option<&Path>) -> Result<(shared::config::Sld, PathBuf), Refused> {
    let loaded = if config == Some(Path::new("-")) {
        let path = PathBuf::from("standard input");
        file::read::text_of(&path, io::stdin()).and_then(|text| file::judge(&path, &text)).map(|loaded| (loaded, path))
    } else {
        let location = file::locate(config);
        file::load(&location.path).map(|loaded| (loaded, location.path))
    };
    match loaded {
        Ok((loaded, path)) => Ok((loaded.checked.config.sld, path)),
        Err(FileError::Refused { path, findings }) => {
            let lines: Vec<_> = findings.iter().map(|finding| format!("{}:{finding}", path.display())).collect();
            Err((Exit::Usage, lines.join("\n")))
        }
        Err(error @ FileError::InputOutput { .. }) => Err((Exit::InputOutput, error.to_string())),
        Err(error) => Err((Exit::Unavailable, error.to_string())),
    }
}

fn preview(rendered: Vec<Rendered>, out: &mut impl Write) -> Result<u8, Refused> {
    let mut code = Code::default();
    for Rendered { planned, warnings, .. } in rendered {
        exit::say(&format!("POST {}", planned.url));
        for warning in warnings {
            exit::say(&warning.to_string());
        }
        match planned.ready {
            Ok(destination) => {
                out.write_all(destination.payload.as_bytes()).and_then(|()| out.flush()).map_err(|error| unwritable(&error))?;
                code.note(0);
            }
            Err(verdict) => {
                exit::say(&verdict.to_string());
                code.note(verdict.class().exit_code());
            }
        }
    }
    Ok(code.0)
}

/// Of several the lowest that is not 0.
#[derive(Default)]
struct Code(u8);

impl Code {
    fn note(&mut self, code: u8) {
        if code != 0 && (self.0 == 0 || code < self.0) {
            self.0 = code;
        }
    }
}

fn unwritable(error: &io::Error) -> Refused {
    (Exit::InputOutput, format!("standard output cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_codes_the_lowest_counts_that_is_not_0() {
        let mut code = Code::default();
        for (seen, counts) in [(0, 0), (5, 5), (0, 5), (3, 3), (4, 3)] {
            code.note(seen);
            assert_eq!(code.0, counts);
        }
    }
}
