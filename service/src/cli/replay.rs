//! `jackfield replay`: plays a capture against a service and says where it answers otherwise than it was recorded.

mod play;
mod values;

use super::{
    exit::{self, Exit},
    patience,
};
use crate::{capture, simulator::sap::http::Url};
use clap::Args;
use play::{Player, Summary};
use shared::secret::SecretRef;
use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

/// Play a capture against a service: SAP's commands are sent again, its events awaited, answers compared by their form.
///
/// Ids that the service gives anew are put in the place of the recorded ones, and event URLs lead to this program. Calls that came in from
/// outside are placed through the service's listener for administrators, where --admin names it.
#[derive(Debug, Args)]
#[command(after_help = "Exit codes:
  0   everything was answered as it was recorded
  1   something was answered otherwise, or an event did not come
  64  the command line, or a capture that cannot be used
  69  the service cannot be reached
  70  a fault of Jackfield's own
  74  reading or writing failed")]
pub struct Arguments {
    /// What to play: a file of `jackfield record`, or whatever `jackfield learn` reads.
    #[arg(required = true, value_name = "CAPTURE")]
    pub captures: Vec<PathBuf>,
    /// The service's address.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8095/SapIciWebConnector/IcSapWebService.asmx")]
    pub url: String,
    /// How quickly: 1 as it was recorded, 10 ten times as quick, 0 without pauses.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub pace: u32,
    /// Put another agent in the place of a recorded one: OLD=NEW; may be given several times.
    #[arg(long = "user", value_name = "OLD=NEW", value_parser = pair)]
    pub users: Vec<(String, String)>,
    /// Where to listen for events [default: a free port on loopback].
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// The service's listener for administrators: place the calls that came in from outside.
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<String>,
    /// Where its token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, value_name = "REFERENCE")]
    pub admin_token: Option<SecretRef>,
    /// Tell what happens as JSON, one object a line: `message` for each, then `summary`.
    #[arg(long)]
    pub json: bool,
}

/// Something differs.
const DIFFERENT: u8 = 1;

/// Why it cannot go on.
#[derive(Debug)]
struct Broken(Exit, String);

// === impl Arguments ===

impl Arguments {
    /// Plays it to its end.
    pub fn run(self) -> ExitCode {
        let mut summary = Summary::default();
        let exit = super::block_on(async {
            match self.play(io::stdout()).await {
                Ok(played) => {
                    summary = played;
                    Exit::Done
                }
                Err(Broken(exit, why)) => {
                    exit::say(&why);
                    exit
                }
            }
        });
        if exit == Exit::Done && !summary.is_same() { DIFFERENT.into() } else { exit.into() }
    }

    async fn play(self, out: impl Write) -> Result<Summary, Broken> {
        let captures = self.captures.clone();
        let capture = tokio::task::spawn_blocking(move || capture::read::read(&captures)).await;
        let capture = capture.map_err(|error| Broken(Exit::Internal, error.to_string()))?.map_err(|error| {
            let exit = if matches!(error, capture::Unusable::Unreadable { .. }) { Exit::InputOutput } else { Exit::Usage };
            Broken(exit, error.to_string())
        })?;
        let url = Url::parse(&self.url).map_err(|why| Broken(Exit::Usage, format!("--url {}: {why}", self.url)))?;
        if capture.messages.is_empty() {
            return Err(Broken(Exit::Usage, "the capture holds no message".to_owned()));
        }
        let token = patience::admin_token(self.admin_token.clone()).await.map_err(|why| Broken(Exit::Unavailable, why))?;
        Player::new(&self, url, token, out).await?.play(&capture.messages).await
    }

    fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0))
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (old, new) = text.split_once('=').ok_or("write OLD=NEW")?;
    if old.is_empty() || new.is_empty() { Err("write OLD=NEW".to_owned()) } else { Ok((old.to_owned(), new.to_owned())) }
}
