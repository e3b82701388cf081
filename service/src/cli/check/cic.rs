//! The stages of a CIC server: its name, a connection, TLS, the log-in, what the user may see there, whether it has what the file names, and
//! its clock. Each of a switchover pair is looked at
//! by itself, both at once; what an earlier stage did not reach is not tried. Nothing is changed there: the session ends with the check.
//!
//! Written by the published descriptions of ICWS. No real CIC server has been asked yet.

pub(in crate::cli) mod ask;
mod clock;
pub(in crate::cli) mod desk;
mod hello;
mod log_in;
mod named;
mod reach;
mod rights;
mod tls;

use super::{
    on_time,
    report::{self, Detail, Report, Verdict},
    secrets, sentences as say,
};
use crate::os::trust;
use ask::Way;
use desk::Desk;
use log_in::Fate;
use rustls::{ClientConfig, pki_types::CertificateDer};
use secrecy::SecretString;
use shared::{
    config::{Config, Reach, Switch},
    secret::store,
};
use std::{
    future::Future,
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Instant,
};

/// One server of the pair, and how far it was reached.
pub(in crate::cli) struct Server {
    /// The setting that names it.
    setting: &'static str,
    /// Its name in the file.
    name: String,
    /// Whom to connect to: itself, or the proxy before it.
    host: String,
    port: u16,
    /// What stands before `/icws`.
    prefix: String,
    tls: bool,
    /// What its name means.
    addresses: Vec<SocketAddr>,
    /// The address that accepts.
    address: Option<SocketAddr>,
    /// How it is spoken to, once that is possible.
    way: Option<Way>,
    /// What came of the log-in, when it was tried.
    fate: Option<Fate>,
}

/// Looks at the servers that the configuration names, and tells each stage.
pub(super) async fn inspect(config: &Config, report: &mut Report<'_, impl Write>) -> io::Result<()> {
    inspect_trusting(config, report, Vec::new()).await
}

/// [`inspect`] with further authorities, beside those that the system trusts.
async fn inspect_trusting(config: &Config, report: &mut Report<'_, impl Write>, roots: Vec<CertificateDer<'static>>) -> io::Result<()> {
    let servers = reach_trusting(config, report, roots).await?;
    let mut stages: Vec<(&'static str, Instant, Vec<Detail>)> = Vec::new();
    for server in &servers {
        let Some(desk) = server.desk(user(config)) else { continue };
        let mut began = Instant::now();
        stages.push(("rights", began, rights::inspect(&desk).await));
        began = Instant::now();
        stages.push(("statuses", began, named::statuses(&desk, config).await));
        began = Instant::now();
        stages.push(("workgroups", began, named::workgroups(&desk, config).await));
        began = Instant::now();
        stages.push(("handlers", began, named::handlers(&desk, config).await));
        began = Instant::now();
        stages.push(("clock", began, vec![clock::inspect(&desk).await]));
        server.leave().await;
    }
    for stage in ["rights", "statuses", "workgroups", "handlers", "clock"] {
        // Two servers that both take the log-in are looked at both.
        let mut told = stages.iter_mut().filter(|(name, ..)| *name == stage).peekable();
        let began = told.peek().map_or_else(Instant::now, |(_, began, _)| *began);
        let mut details: Vec<Detail> = told.flat_map(|(_, _, details)| std::mem::take(details)).collect();
        if details.is_empty() {
            details.push(Detail::new(user(config), say::NOT_TRIED));
        }
        report.stage(stage, began, details)?;
    }
    Ok(())
}

/// Finds the servers that the configuration names, and logs its user on at each: the stages `name`, `tcp`, `tls` and `log_in`. Whoever asks
/// lets the servers be [left](Server::leave) when he has asked enough.
pub(in crate::cli) async fn reach(config: &Config, report: &mut Report<'_, impl Write>) -> io::Result<Vec<Server>> {
    reach_trusting(config, report, Vec::new()).await
}

async fn reach_trusting(
    config: &Config,
    report: &mut Report<'_, impl Write>,
    roots: Vec<CertificateDer<'static>>,
) -> io::Result<Vec<Server>> {
    let switch = &config.switch;
    let named = [("switch.server", &switch.server), ("switch.backup", &switch.backup)];
    let servers = named.into_iter().filter_map(|(setting, host)| host.as_ref().map(|host| Server::new(setting, host, switch))).collect();

    let began = Instant::now();
    let (servers, details) = each(servers, reach::name).await;
    report.stage("name", began, details)?;

    let began = Instant::now();
    let (servers, details) = each(servers, reach::connect).await;
    report.stage("tcp", began, details)?;

    let began = Instant::now();
    let trust = trust(roots, switch.authority.clone()).await;
    let shake_hands = move |server: Server| {
        let trust = trust.clone();
        async move { if server.tls { tls::inspect(server, trust).await } else { tls::without(server) } }
    };
    let (servers, details) = each(servers, shake_hands).await;
    report.stage("tls", began, details)?;

    let began = Instant::now();
    let user = user(config).to_owned();
    let password = password(config).await;
    let (servers, mut details) = each(servers, move |server| log_in::log_in(server, user.clone(), password.clone())).await;
    log_in::judge_pair(&servers, &mut details);
    report.stage("log_in", began, details)?;
    Ok(servers)
}

/// Who asks.
fn user(config: &Config) -> &str {
    config.switch.user_id.as_deref().unwrap_or_default()
}

/// Where the servers are looked at, one task for each; the answer has their order.
async fn each<F>(servers: Vec<Server>, probe: impl Fn(Server) -> F) -> (Vec<Server>, Vec<Detail>)
where
    F: Future<Output = (Server, Detail)> + Send + 'static,
{
    let tasks: Vec<_> = servers.into_iter().map(|server| (server.host.clone(), tokio::spawn(probe(server)))).collect();
    let (mut servers, mut details) = (Vec::new(), Vec::new());
    for (host, task) in tasks {
        match task.await {
            Ok((server, detail)) => {
                servers.push(server);
                details.push(detail);
            }
            Err(error) => details.push(Detail::with(host, report::OWN_FAULT, [("why", error.to_string())])),
        }
    }
    (servers, details)
}

/// Whom this machine trusts; `Err` says why nobody.
type Trust = Result<Arc<ClientConfig>, String>;

async fn trust(mut roots: Vec<CertificateDer<'static>>, authority: Option<PathBuf>) -> Trust {
    let made = move || {
        if let Some(file) = authority {
            roots.extend(trust::certificates(&file)?);
        }
        trust::client(roots).map_err(|error| error.to_string())
    };
    match on_time(made).await {
        Ok(Ok(config)) => Ok(Arc::new(config)),
        Ok(Err(why)) => Err(why),
        Err(late) => Err(late.detail("", say::FILE_LATE).cause),
    }
}

/// The password, when this account can read it; the stage about secrets has said so when it cannot.
async fn password(config: &Config) -> Option<SecretString> {
    let reference = config.switch.password.clone().filter(|reference| !secrets::is_out_of_sight(reference))?;
    on_time(move || store::resolve(&reference)).await.ok()?.ok()
}

// === impl Server ===

impl Server {
    fn new(setting: &'static str, name: &str, switch: &Switch) -> Self {
        let Reach { tls, host, port, path: prefix } = switch.reach(name);
        Self { setting, name: name.to_owned(), host, port, prefix, tls, addresses: Vec::new(), address: None, way: None, fate: None }
    }

    /// Where questions are asked, if its log-in was taken.
    pub(in crate::cli) fn desk<'a>(&'a self, user: &'a str) -> Option<Desk<'a>> {
        let (Some(way), Some(Fate::LoggedOn(session))) = (&self.way, &self.fate) else { return None };
        Some(Desk { host: &self.name, way, session, user })
    }

    /// Ends the session, if there is one.
    pub(in crate::cli) async fn leave(&self) {
        if let (Some(way), Some(Fate::LoggedOn(session))) = (&self.way, &self.fate) {
            log_in::log_out(way, session).await;
        }
    }

    /// Host and port, as a URL has them.
    fn authority(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }

    /// An earlier stage failed.
    fn not_tried(self) -> (Self, Detail) {
        let detail = Detail::new(self.host.as_str(), say::NOT_TRIED);
        (self, detail)
    }
}

#[cfg(test)]
mod tests;
