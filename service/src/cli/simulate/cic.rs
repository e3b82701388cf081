//! `jackfield simulate cic`: a CIC server for administrators. It runs until it is told to stop; its other forms talk to one that runs.
//!
//! Its lines on standard output are an interface, as those of `jackfield run` are: `listening cic URL` (twice for a pair, the active one first),
//! `listening admin URL`, `ready`; and `active` when one that follows another takes its place.

mod order;

use crate::{
    app,
    cli::{
        exit::{self, Exit},
        patience,
    },
    os::{Signal, Signals},
    simulator::cic::{Administered, Cic, Listening, Mode, Pair, Site, acceptor},
};
use clap::Args;
use order::Order;
use shared::{Config, secret::SecretRef};
use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

/// Play a CIC server: the built-in switch behind CIC's REST interface (ICWS).
///
/// Without a command it runs until it is told to stop; a command talks to one that runs.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// What to do with a server that runs.
    #[command(subcommand)]
    order: Option<Order>,
    #[command(flatten)]
    server: Server,
}

#[derive(Debug, Args)]
struct Server {
    /// Users, stations, statuses and workgroups: the section `[switch.embedded]` of a configuration file [default: the built-in one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where clients reach it; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8018")]
    listen: SocketAddr,
    /// Where commands reach it; on this machine only.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8097")]
    admin: SocketAddr,
    /// Run two servers, of which one is active; they name each other.
    #[arg(long)]
    pair: bool,
    /// Where the second of a pair is reached [default: 127.0.0.2 with the port of the first].
    #[arg(long, value_name = "ADDR", requires = "pair")]
    second: Option<SocketAddr>,
    /// Each of a pair has a switch of its own: calls are lost with the server.
    #[arg(long, requires = "pair")]
    loses_calls: bool,
    /// Begin as the inactive one, of a pair in two processes; `mode active` makes it the other.
    #[arg(long, conflicts_with = "pair")]
    standby: bool,
    /// Begin as the inactive one, and take over the calls and the place of the one whose listener for commands is here when that is lost.
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["pair", "standby"])]
    follow: Option<SocketAddr>,
    /// A host that clients may try when this one is lost.
    #[arg(long, value_name = "HOST", conflicts_with = "pair")]
    alternate: Vec<String>,
    /// The user who watches all others.
    #[arg(long, value_name = "NAME", default_value = "SAPSU")]
    super_user: String,
    /// Where everybody's password is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME` [default: any is taken].
    #[arg(long, value_name = "REFERENCE")]
    password: Option<SecretRef>,
    /// Encrypt, with this certificate: a PEM file.
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// Its key: a PEM file.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// Have no server-sent events, as before 2016 R3.
    #[arg(long)]
    polling: bool,
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
        let mut out = io::stdout();
        let follows = self.follow;
        // Dropped at the end, and the servers with them.
        let (_listening, administered) = self.start(&mut out).await?;
        if let (Some(admin), Administered::One(cic)) = (follows, administered) {
            tokio::spawn(async move {
                cic.follow(&admin.to_string()).await;
                say(&mut io::stdout(), "active\n");
            });
        }
        while signals.next().await != Signal::Stop {}
        Ok(())
    }

    async fn start(self, out: &mut impl Write) -> Result<(Vec<Listening>, Administered), Refused> {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        let (mut listening, administered) = if self.pair { self.two().await? } else { self.one().await? };
        let mut lines: Vec<_> = listening.iter().map(|each| format!("listening cic {scheme}://{}/icws", each.address())).collect();
        let admin = administered.clone().listen(self.admin).await.map_err(|error| cannot_listen(self.admin, &error))?;
        lines.push(format!("listening admin http://{}", admin.address()));
        listening.push(admin);
        lines.push("ready".to_owned());
        if self.password.is_none() {
            exit::say("every password is taken: name one with --password");
        }
        say(out, &(lines.join("\n") + "\n"));
        Ok((listening, administered))
    }

    async fn one(&self) -> Result<(Vec<Listening>, Administered), Refused> {
        // By its address, as in a pair, so that sessions of the two are never the same.
        let site = Site { alternates: self.alternate.clone(), ..self.site(&self.listen.ip().to_string()).await? };
        let cic = Cic::start(site).await;
        if self.standby || self.follow.is_some() {
            cic.set_mode(Mode::Standby);
        }
        Ok((vec![self.listen(&cic, self.listen).await?], Administered::One(cic)))
    }

    /// They are called by their addresses, so that clients find the other one by its name.
    async fn two(&self) -> Result<(Vec<Listening>, Administered), Refused> {
        let beside = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)), port);
        let second = self.second.unwrap_or_else(|| beside(self.listen.port()));
        let sites = (self.site(&self.listen.ip().to_string()).await?, self.site(&second.ip().to_string()).await?);
        let pair = Pair::start(sites.0, sites.1, !self.loses_calls).await;
        let [one, other] = pair.servers();
        let first = self.listen(one, self.listen).await?;
        // Only the host differs, as it does in the pairs of CIC.
        let second = if second.port() == 0 { SocketAddr::new(second.ip(), first.address().port()) } else { second };
        let second = self.listen(other, second).await?;
        Ok((vec![first, second], Administered::Two(pair)))
    }

    async fn site(&self, name: &str) -> Result<Site, Refused> {
        let config = match &self.config {
            None => Config::built_in(),
            Some(path) => shared::file::load(path).map_err(|error| (Exit::Usage, error.to_string()))?.checked.config,
        };
        let password = patience::secret("--password", self.password.clone()).await.map_err(|why| (Exit::Unavailable, why))?;
        let site = Site::new(name, app::embedded_plan(&config.switch.embedded));
        let messaging = if self.polling { 1 } else { site.messaging };
        Ok(Site { super_user: self.super_user.clone(), password, messaging, ..site })
    }

    async fn listen(&self, cic: &Cic, address: SocketAddr) -> Result<Listening, Refused> {
        let tls = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some(acceptor(certificate, key).map_err(|error| (Exit::InputOutput, error.to_string()))?),
            _ => None,
        };
        cic.listen(address, tls).await.map_err(|error| cannot_listen(address, &error))
    }
}

/// When nobody reads any more the server goes on.
fn say(out: &mut impl Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Refused {
    (Exit::Unavailable, format!("the simulator cannot listen on {address}: {error}; name another address"))
}
