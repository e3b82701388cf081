//! `jackfield connector`: SAP's side of the service on another machine.
//!
//! Its lines on standard output are those of `run`: `listening ici URL`, `listening https URL` where the file asks for it, `ready`. A service
//! manager is told the same, and that it lives as long as its main loop comes round.

use super::{
    exit::Exit,
    run::{Failure, line, outside},
    supervised::beat,
};
use crate::{
    app::{Options, connector::Connector},
    os::{
        Signal, Signals,
        manager::{Manager, News},
    },
};
use clap::Args;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// Run the web connector: it stands where SAP may reach it, and carries SAP's requests to the integration service in another zone.
///
/// It goes by `[service]`, `[limits]`, `[remoting]` and `[connector]` of its file, and reads it again when it changes and on SIGHUP. SIGTERM
/// and Ctrl-C bring back what is under way and end.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where SAP reaches it, whatever the file says; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
}

// === impl Arguments ===

impl Arguments {
    /// Runs until it is told to stop.
    pub fn run(self) -> ExitCode {
        let options = Options { config: self.config, listen: self.listen, admin: None };
        super::block_on(here(options)).into()
    }
}

async fn here(options: Options) -> Exit {
    // Before anything else: a signal that comes while we start must not kill us half-way.
    let (signals, manager) = match outside() {
        Ok(outside) => outside,
        Err(failure) => return failure.say(),
    };
    carry(options, signals, manager).await.map_or_else(|failure| failure.say(), |()| Exit::Done)
}

/// Runs until somebody wants its end.
pub(super) async fn carry(options: Options, mut signals: Signals, manager: Manager) -> Result<(), Failure> {
    let mut connector = Connector::start(options).await?;
    let mut said = connector.places();
    line(&format!("listening ici {}", said.ici));
    if let Some(https) = &said.https {
        line(&format!("listening https {https}"));
    }
    line("ready");
    for warning in connector.warnings() {
        tracing::warn!(target: "service", "{warning}");
    }
    let standing = |url: &str| format!("Carrying SAP's requests from {url}");
    manager.tell(News::Ready(standing(&said.ici)));
    let mut beat = tokio::time::interval(beat(&manager));
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let is_asked = tokio::select! {
            signal = signals.next() => match signal {
                Signal::Reload => true,
                Signal::Stop => break,
            },
            () = connector.news() => false,
            _ = beat.tick(), if manager.is_there() => {
                manager.tell(News::Alive(standing(&said.ici)));
                continue;
            }
        };
        if is_asked {
            manager.tell(News::Reloading);
        }
        connector.look().await;
        let now = connector.places();
        if now.ici != said.ici {
            line(&format!("listening ici {}", now.ici));
        }
        if let Some(https) = now.https.as_ref().filter(|_| now.https != said.https) {
            line(&format!("listening https {https}"));
        }
        said = now;
        if is_asked {
            manager.tell(News::Ready(standing(&said.ici)));
        }
    }
    manager.tell(News::Stopping("Bringing back what is under way".to_owned()));
    connector.stop().await;
    Ok(())
}
