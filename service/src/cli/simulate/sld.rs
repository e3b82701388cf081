//! `jackfield simulate sld`: a System Landscape Directory for administrators. It runs until it is told to stop.
//!
//! Its first lines on standard output are an interface, as those of `jackfield run` are: `listening sld URL`, `ready`. A line for each request
//! follows.

use crate::{
    cli::{
        exit::{self, Exit},
        patience,
    },
    os::{Signal, Signals},
    simulator::{
        cic::acceptor,
        sld::{Mood, Site, Sld},
    },
};
use clap::Args;
use shared::secret::SecretRef;
use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

/// Play SAP's System Landscape Directory: take registrations at /sld/ds and /sld/cimom, in every mood.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where it is reached; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:50000")]
    listen: SocketAddr,
    /// How it is today.
    #[arg(long, value_enum, default_value_t)]
    mood: Mood,
    /// The user who may register [default: everybody may].
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Where his password is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME` [default: any is taken].
    #[arg(long, value_name = "REFERENCE", requires = "user")]
    password: Option<SecretRef>,
    /// Bytes of a document at most.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    largest: usize,
    /// Encrypt, with this certificate: a PEM file.
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Its key: a PEM file.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
}

// === impl Arguments ===

impl Arguments {
    /// Plays until it is told to stop.
    pub(super) fn run(self) -> ExitCode {
        crate::cli::block_on(async { self.serve().await.map_or_else(exit::told, |()| Exit::Done) }).into()
    }

    async fn serve(self) -> Result<(), (Exit, String)> {
        let internal = |error: io::Error| (Exit::Internal, format!("jackfield cannot listen to signals: {error}"));
        let mut signals = Signals::listen().map_err(internal)?;
        let password = patience::secret("--password", self.password).await.map_err(|why| (Exit::Unavailable, why))?;
        let tls = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some(acceptor(certificate, key).map_err(|error| (Exit::InputOutput, error.to_string()))?),
            _ => None,
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let (sld, mut news) = Sld::new(Site { user: self.user, password, largest: self.largest }, self.mood);
        let unavailable = |error: io::Error| {
            (Exit::Unavailable, format!("the simulator cannot listen on {}: {error}; name another address", self.listen))
        };
        let listening = sld.listen(self.listen, tls).await.map_err(unavailable)?;
        let mut out = io::stdout();
        // When nobody reads any more it goes on.
        let mut say = |line: String| drop(out.write_all(line.as_bytes()).and_then(|()| out.flush()));
        say(format!("listening sld {scheme}://{}/sld/ds\nready\n", listening.address()));
        loop {
            tokio::select! {
                signal = signals.next() => if signal == Signal::Stop { return Ok(()) },
                Some(line) = news.recv() => say(format!("{line}\n")),
            }
        }
    }
}
