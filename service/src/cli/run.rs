//! `jackfield run`: the service.

use super::exit::{self, Exit};
use clap::Args;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

/// Run the service. Without a file it uses the built-in configuration: an embedded switch with a few users, on loopback only.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The configuration file [default: /etc/jackfield/jackfield.toml where it exists].
    #[arg(long, env = "JACKFIELD_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where SAP reaches the service, instead of what the file says; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Where administrators reach it, instead of what the file says.
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<SocketAddr>,
}

// === impl Arguments ===

impl Arguments {
    /// Runs until it is told to stop.
    pub fn run(self) -> ExitCode {
        super::block_on(async move {
            exit::say("the service is being put together");
            Exit::Unavailable
        })
        .into()
    }
}
