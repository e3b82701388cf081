//! `jackfield simulate cloud`: an organisation of Genesys Cloud for administrators. It runs until it is told to stop; its other forms talk to one that
//! runs.
//!
//! Its first lines on standard output are an interface, as those of `jackfield run` are: `listening cloud URL`, `ready`.

use crate::{
    cli::{
        exit::{self, Exit},
        patience,
    },
    os::{Signal, Signals},
    simulator::{
        administrator::Administrator,
        cic::acceptor,
        cloud::{Cloud, Faults, Site},
    },
};
use clap::{Args, Subcommand};
use shared::secret::SecretRef;
use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

/// Play an organisation of Genesys Cloud: log-on, users by SCIM, routing objects, and what goes wrong with them.
///
/// Without a command it runs until it is told to stop; a command talks to one that runs.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// What to do with one that runs.
    #[command(subcommand)]
    order: Option<Order>,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Args)]
struct Server {
    /// Where it is reached; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8099")]
    listen: SocketAddr,
    /// The OAuth client that may log on [default: every one].
    #[arg(long, value_name = "ID", requires = "client_secret")]
    client_id: Option<String>,
    /// Where its secret is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, value_name = "REFERENCE", requires = "client_id")]
    client_secret: Option<SecretRef>,
    /// Questions a minute that a client may ask.
    #[arg(long, value_name = "COUNT", default_value_t = 300)]
    allowed: u32,
    /// Milliseconds after which those who read see what was made or changed.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    lag: u64,
    /// Encrypt, with this certificate: a PEM file.
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Its key: a PEM file.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
}

/// One thing to do.
#[derive(Debug, Subcommand)]
enum Order {
    /// Show everything that is there, what was asked and what was refused, as JSON.
    State {
        #[command(flatten)]
        at: At,
    },
    /// Let something go wrong (a JSON object), or nothing any more (`none`); without one, show what does.
    #[command(after_help = FAULTS)]
    Fault {
        /// The object, or `none`.
        faults: Option<String>,
        #[command(flatten)]
        at: At,
    },
}

const FAULTS: &str = r#"Fields, all optional:
  "allowed": 300          questions a minute
  "token_seconds": 86400  how long a token lives
  "lag": 0                milliseconds until those who read see a change
  "shifts": 0             so many pages come from a list that has shifted
  "races": 0              so many changes find that somebody else was faster
  "events_refused": 0     so many events of conversations are to be sent again
  "events_rejected": 0    so many are refused for good
  "missing": []           permissions that the client does not have: "routing:queue:edit"
  "unquoted_filters": false
  "clock": 0              seconds by which its clock is wrong
  "answers": [{"method": "POST", "path": "queues", "times": 1, "deed": …}]
      deed: {"status": {"status": 429, "retry_after": 5}}, "drop", "drop_after", "hang" or "forget" (the token)"#;

/// Where the simulator is.
#[derive(Debug, Args)]
struct At {
    /// The simulator's address.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8099")]
    at: String,
}

/// Why it cannot begin.
type Refused = (Exit, String);

// === impl Arguments ===

impl Arguments {
    /// Plays, or asks one that plays.
    pub(super) fn run(self) -> ExitCode {
        let work = async {
            let outcome = match self.order {
                Some(order) => order.carry_out(&mut io::stdout()).await,
                None => self.server.serve().await,
            };
            outcome.map_or_else(exit::told, |()| Exit::Done)
        };
        crate::cli::block_on(work).into()
    }
}

// === impl Server ===

impl Server {
    async fn serve(self) -> Result<(), Refused> {
        let internal = |error: io::Error| (Exit::Internal, format!("jackfield cannot listen to signals: {error}"));
        let mut signals = Signals::listen().map_err(internal)?;
        let secret = patience::secret("--client-secret", self.client_secret).await.map_err(|why| (Exit::Unavailable, why))?;
        let tls = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some(acceptor(certificate, key).map_err(|error| (Exit::InputOutput, error.to_string()))?),
            _ => None,
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let clients = self.client_id.zip(secret).into_iter().collect::<Vec<_>>();
        if clients.is_empty() {
            exit::say("every OAuth client is accepted: name one with --client-id and --client-secret");
        }
        let faults = Faults { allowed: self.allowed, lag: self.lag, ..Faults::default() };
        let cloud = Cloud::new(Site { clients, faults });
        let unavailable = |error: io::Error| {
            (Exit::Unavailable, format!("the simulator cannot listen on {}: {error}; name another address", self.listen))
        };
        // Dropped at the end, and its connections with it.
        let listening = cloud.listen(self.listen, tls).await.map_err(unavailable)?;
        let mut out = io::stdout();
        // When nobody reads any more it goes on.
        let _ = write!(out, "listening cloud {scheme}://{}\nready\n", listening.address()).and_then(|()| out.flush());
        while signals.next().await != Signal::Stop {}
        Ok(())
    }
}

// === impl Order ===

impl Order {
    /// Does it, and says what came of it.
    async fn carry_out(self, out: &mut impl Write) -> Result<(), Refused> {
        let said = match self {
            Self::State { at } => at.ask("GET", "/double/state", "").await?,
            Self::Fault { faults: None, at } => at.ask("GET", "/double/faults", "").await?,
            Self::Fault { faults: Some(faults), at } => {
                let faults = if faults == "none" { "{}".to_owned() } else { faults };
                at.ask("PUT", "/double/faults", &faults).await?;
                "done".to_owned()
            }
        };
        match writeln!(out, "{said}").and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err((Exit::InputOutput, format!("standard output cannot be written: {error}")))
            }
            _ => Ok(()),
        }
    }
}

// === impl At ===

impl At {
    async fn ask(&self, method: &str, path: &str, body: &str) -> Result<String, Refused> {
        let administrator = Administrator::new(&self.at, None).map_err(|why| (Exit::Usage, why.to_owned()))?;
        let answer = administrator.ask(method, path, "Content-Type: application/json\r\n", body).await;
        let answer = answer.map_err(|why| (Exit::Unavailable, why))?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }
}
