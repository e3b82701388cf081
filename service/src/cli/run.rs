//! `jackfield run`: the service.
//!
//! Its lines on standard output are an interface: `listening ici URL`, `listening admin URL`, `ready`; when the file moves a listener, the
//! line of that listener comes again. The log is on standard error.

use super::exit::{self, Exit};
use crate::{
    app::{App, Options, Places, StartError},
    os::{Signal, Signals},
};
use clap::Args;
use std::{io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};

/// Run the service. Without a file it uses the built-in configuration: an embedded switch with a few users, on loopback only.
///
/// SIGHUP looks at the file again; SIGTERM and Ctrl-C answer what has come in and end, a second one ends at once.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one where it exists].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where SAP reaches the service, whatever the file says; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Where administrators reach it, whatever the file says.
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<SocketAddr>,
}

// === impl Arguments ===

impl Arguments {
    /// Runs until it is told to stop.
    pub fn run(self) -> ExitCode {
        super::block_on(serve(Options { config: self.config, listen: self.listen, admin: self.admin })).into()
    }
}

async fn serve(options: Options) -> Exit {
    // Before anything else: a signal that comes while we start must not kill us half-way.
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            exit::say(&format!("jackfield cannot listen to signals: {error}"));
            return Exit::Internal;
        }
    };
    let app = match App::start(options).await {
        Ok(app) => app,
        Err(error) => {
            exit::say(&error.to_string());
            return code(&error);
        }
    };
    let mut places = app.places();
    let mut said = places.borrow_and_update().clone();
    line(&format!("listening ici {}", said.ici));
    line(&format!("listening admin {}", said.admin));
    line("ready");
    introduce(&app);
    loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Signal::Reload => app.look(),
                Signal::Stop => break,
            },
            Ok(()) = places.changed() => {
                let now = places.borrow_and_update().clone();
                tell_moves(&said, &now);
                said = now;
            }
        }
    }
    tokio::select! {
        () = app.stop() => {}
        () = second(&mut signals) => exit::say("stopped at once, as asked twice"),
    }
    Exit::Done
}

/// Waits for another wish to stop.
async fn second(signals: &mut Signals) {
    while signals.next().await != Signal::Stop {}
}

fn introduce(app: &App) {
    let about = app.about();
    if let Some(file) = &about.file {
        tracing::info!(target: "service", file, "configuration");
    } else {
        let text = "no configuration file: the built-in configuration is used, an embedded switch with a few users, on loopback only";
        tracing::info!(target: "service", "{text}");
    }
    for warning in &about.warnings {
        tracing::warn!(target: "service", "{warning}");
    }
}

fn tell_moves(before: &Places, now: &Places) {
    if before.ici != now.ici {
        line(&format!("listening ici {}", now.ici));
    }
    if before.admin != now.admin {
        line(&format!("listening admin {}", now.admin));
    }
}

/// One line on standard output. When nobody reads any more the service goes on.
fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

fn code(error: &StartError) -> Exit {
    match error {
        StartError::Refused { .. } => Exit::Usage,
        StartError::Unreadable(_) => Exit::InputOutput,
        StartError::Listen { .. } => Exit::Unavailable,
    }
}
