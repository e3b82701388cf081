//! The listener for administrators.
//!
//! | request | answer |
//! |---|---|
//! | `GET /livez` | 200 as long as the process answers |
//! | `GET /readyz` | 200 when every part works, else 503; a line for each part, and one for each finding of a refused reload |
//! | `GET /status` | everything as JSON, for who has the token |
//! | `GET /metrics` | figures for Prometheus, for who has the token (`metrics`) |
//! | `GET /timelines`, `GET /agents/NAME/timeline` | what went on with agents lately, for who has the token (`timeline`) |
//! | `DELETE /agents/NAME` | logs an agent off, for who has the token (`agents`) |
//! | `POST /callers`, `DELETE /callers/CALL` | demo calls into the embedded switch, for who has the token (`callers`) |
//! | `POST /capture`, `GET /capture/N`, `DELETE /capture/N` | record SAP's messages, for who has the token (`capture`) |
//! | `POST /sld` | sends the registrations for a System Landscape Directory, for who has the token (`sld`) |
//! | `/config`, and what lies below it | read, check, test and change the file from another machine, for who has the token (`config`) |
//! | `GET /bridge…`, `POST /bridge/orders` | the bridge to Genesys Cloud, for who has the token (`bridge`) |
//! | `GET /directory` | statuses, workgroups, users and stations of the switch as JSON, for who has the token |
//!
//! A refused reload does not make the service unready: the old configuration goes on, and a load balancer must not take a service away that
//! works. `/readyz` says it all the same. Without a token in the file the rest answers callers on this machine only, and only when they call
//! it by an address or as `localhost`, so that no web page in their browser can read it by a name of its own. Administrators on other machines
//! come by another door, where only TLS is spoken and nobody is heard without the token (`far`).

mod agents;
mod bridge;
mod callers;
mod capture;
mod config;
mod directory;
mod far;
mod metrics;
mod report;
mod sld;
mod timeline;

pub use bridge::{Bridge, Order};
pub use callers::{Caller, CallerKind, Menu, Outside, Seen, Wish, Written};
pub use config::{Begun, Cause, Denied, Judged, Keeper, Lines, OnProbation, Probation, Save, Text};
pub use far::Far;
pub use report::{
    Certificate, ConversationKind, Conversations, DeadLetter, Delivery, Destination, Process, Registration, RegistrationAttempt, Reload,
    ReloadResult, Report, Store,
};
pub use sld::Register;

use super::{
    Which,
    connection::{Answer, Bounds, Door, Guest, Handler, Protection},
    hall::Hall,
    listener::Listener,
    reply::{self, Refused},
};
use crate::{
    agents::Agents,
    capture::Recorder,
    telemetry::event::{Event, RequestRefused},
};
use directory::Directory;
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::Incoming,
    header::{AUTHORIZATION, HOST},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt::Write,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::sync::watch;

/// Nobody needs more.
const CONNECTIONS: usize = 64;
const TIME: Duration = Duration::from_secs(10);

/// What the file says of the administrators' listener; `app` makes it from `[admin]`.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What administrators show; `None`: only callers on this machine are answered.
    pub token: Option<SecretString>,
    /// Where administrators on other machines come in.
    pub far: Option<Far>,
}

/// How everything is at the moment; `app` knows it.
pub type Inspect = Arc<dyn Fn() -> Report + Send + Sync>;

/// What the desk is served with by the other parts.
pub struct Parts {
    /// How everything is.
    pub inspect: Inspect,
    /// The world outside the switch.
    pub outside: Arc<dyn Outside>,
    /// Records SAP's messages.
    pub recorder: Recorder,
    /// Sends registrations.
    pub register: Register,
    /// Keeps the file.
    pub keeper: Arc<dyn Keeper>,
    /// The bridge to Genesys Cloud.
    pub bridge: Arc<dyn Bridge>,
}

/// The listener for administrators.
pub struct Server {
    policy: watch::Sender<Arc<Policy>>,
    hall: Arc<Hall<Desk>>,
    listener: Listener<Desk>,
    far: far::Door,
}

struct Desk {
    policy: watch::Receiver<Arc<Policy>>,
    agents: Agents,
    parts: Parts,
    directory: Directory,
    timelines: timeline::Reader,
}

impl Server {
    /// Binds and begins to answer.
    ///
    /// # Errors
    /// Which address cannot be had, and why.
    pub fn start(policy: Policy, agents: Agents, parts: Parts) -> Result<Self, (Which, io::Error)> {
        let (listen, far) = (policy.listen, policy.far.clone());
        let (policy, in_force) = watch::channel(Arc::new(policy));
        let desk =
            Arc::new(Desk { policy: in_force, agents, parts, directory: Directory::default(), timelines: timeline::Reader::default() });
        let mut door = far::Door::new(Arc::clone(&desk));
        door.start(far.as_ref()).map_err(|error| (Which::Secure, error))?;
        let hall = Hall::new(desk);
        let listener = Listener::start(listen, &hall, Door::Main).map_err(|error| (Which::Main, error))?;
        Ok(Self { policy, hall, listener, far: door })
    }

    /// Where it is reached on this machine.
    pub fn url(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// Where it is reached from other machines.
    pub fn far_url(&self) -> Option<String> {
        Some(format!("https://{}", self.far.address()?))
    }

    /// Works by another policy from now on.
    ///
    /// # Errors
    /// Which new address cannot be had, and why; then nothing has changed.
    pub async fn apply(&mut self, policy: Policy) -> Result<(), (Which, io::Error)> {
        let before = self.policy.borrow().far.clone();
        self.far.apply(policy.far.as_ref()).await.map_err(|error| (Which::Secure, error))?;
        let publish = |_| drop(self.policy.send_replace(Arc::new(policy.clone())));
        if let Err(error) = self.listener.relisten(policy.listen, publish).await {
            // What is gone back to is still being served, so that going back cannot fail.
            let _ = self.far.apply(before.as_ref()).await;
            return Err((Which::Main, error));
        }
        Ok(())
    }

    /// Whoever is in is sent away with his next answer: who comes after this has come in by what is in force now.
    pub async fn renew(&self) {
        self.listener.renew().await;
        self.far.renew().await;
    }

    /// Ends it.
    pub async fn stop(self, within: Duration) {
        tokio::join!(self.hall.stop(within), self.far.stop(within));
    }
}

impl Desk {
    async fn respond(&self, request: Request<Incoming>, guest: Guest) -> Result<Answer, Refused> {
        let path = request.uri().path();
        if config::is_meant(path) {
            self.admit_editor(request.headers(), guest)?;
            return config::answer(request, guest, &*self.parts.keeper).await;
        }
        if callers::is_meant(path) {
            self.admit(request.headers(), guest)?;
            return callers::answer(request, &self.parts.outside).await;
        }
        if timeline::is_meant(path) {
            self.admit(request.headers(), guest)?;
            return self.timelines.answer(&request);
        }
        if agents::is_meant(path) {
            self.admit(request.headers(), guest)?;
            return agents::answer(request, &self.agents).await;
        }
        if capture::is_meant(path) {
            self.admit(request.headers(), guest)?;
            return capture::answer(request, &self.parts.recorder).await;
        }
        if bridge::is_meant(path) {
            self.admit(request.headers(), guest)?;
            return bridge::answer(request, &self.parts.bridge).await;
        }
        if path == sld::PATH {
            self.admit(request.headers(), guest)?;
            return sld::answer(&request, &self.parts.register);
        }
        if !matches!(path, "/livez" | "/readyz" | "/status" | "/directory" | metrics::PATH) {
            let why = "There is nothing at this address: there are /livez, /readyz, /status, /metrics, /directory, /agents/NAME, /timelines, /callers, /capture, /sld, /bridge and /config";
            return Err(Refused::new(StatusCode::NOT_FOUND, why));
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refused::method("GET, HEAD", request.method()));
        }
        Ok(match path {
            "/livez" => reply::answer(StatusCode::OK, reply::TEXT, "alive\n"),
            "/readyz" => ready(&(self.parts.inspect)()),
            path => {
                self.admit(request.headers(), guest)?;
                match path {
                    metrics::PATH => metrics::answer(&(self.parts.inspect)()),
                    "/status" => self.status().await,
                    _ => self.directory().await?,
                }
            }
        })
    }

    fn admit(&self, headers: &HeaderMap, guest: Guest) -> Result<(), Refused> {
        let policy = self.policy.borrow().clone();
        let Some(token) = &policy.token else {
            let host = headers.get(HOST).map(|host| String::from_utf8_lossy(host.as_bytes()));
            let near = guest.door == Door::Main && guest.peer.ip().to_canonical().is_loopback();
            if near && host.is_none_or(|host| is_this_machine(&host)) {
                return Ok(());
            }
            let why = "Only callers on this machine are answered: write `admin.token` to let others in";
            return Err(Refused::new(StatusCode::FORBIDDEN, why));
        };
        let given = headers.get(AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
        if bearer(given).is_some_and(|given| same(given, token.expose_secret().as_bytes())) {
            return Ok(());
        }
        Err(Refused::unauthorized("This needs the token that `admin.token` names: send it as Authorization: Bearer …"))
    }

    /// The file is for nobody without a token, on this machine neither: anybody who has an account here could change the service by it.
    fn admit_editor(&self, headers: &HeaderMap, guest: Guest) -> Result<(), Refused> {
        if self.policy.borrow().token.is_none() {
            let why = "The file is read and changed by this way only by who has a token: write `admin.token`";
            return Err(Refused::new(StatusCode::FORBIDDEN, why));
        }
        self.admit(headers, guest)
    }

    async fn directory(&self) -> Result<Answer, Refused> {
        let asked = self.directory.json(&self.agents).await;
        let json = asked.map_err(|refusal| Refused::new(StatusCode::SERVICE_UNAVAILABLE, refusal.to_string()))?;
        Ok(reply::fresh(reply::answer(StatusCode::OK, reply::JSON, json)))
    }

    async fn status(&self) -> Answer {
        let agents = self.agents.summaries().await;
        match serde_json::to_vec_pretty(&report::Status::new(&(self.parts.inspect)(), &agents, self.parts.recorder.figures())) {
            Ok(body) => reply::fresh(reply::answer(StatusCode::OK, reply::JSON, body)),
            Err(_) => self.broken(),
        }
    }
}

// === impl Desk ===

impl Handler for Desk {
    async fn answer(&self, request: Request<Incoming>, guest: Guest) -> Answer {
        self.respond(request, guest).await.unwrap_or_else(|refused| {
            RequestRefused { status: refused.status.as_u16(), why: &refused.why, peer: guest.peer }.emit();
            refused.text()
        })
    }

    fn broken(&self) -> Answer {
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "Jackfield met a fault of its own: send its log to support").text()
    }

    fn too_many(&self) -> Answer {
        Refused::new(StatusCode::TOO_MANY_REQUESTS, "This address asks too often").text()
    }

    fn too_slow(&self) -> (&'static str, Vec<u8>) {
        (reply::TEXT, b"The request's header came too slowly.\n".to_vec())
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            header_time: TIME,
            write_time: TIME,
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS,
            requests_per_second: 0,
        }
    }

    fn protection(&self, _: Door) -> Protection {
        Protection::Plain
    }
}

fn ready(report: &Report) -> Answer {
    let up = report.parts.iter().all(|part| part.up);
    let mut text = String::new();
    for part in &report.parts {
        // Writing to a string cannot fail.
        let state = match (part.up, part.degraded) {
            (true, false) => "ok",
            (true, true) => "degraded",
            (false, _) => "down",
        };
        let _ = write!(text, "{}: {state}: {}", part.name, part.detail);
        let _ = writeln!(text, "{}", part.repair.as_ref().map(|repair| format!("; {repair}")).unwrap_or_default());
    }
    let verdict = if report.reload.result == ReloadResult::Rejected { "reload: rejected" } else { "configuration" };
    for finding in &report.reload.findings {
        let _ = writeln!(text, "{verdict}: {finding}");
    }
    let _ = writeln!(text, "{}", if up { "ready" } else { "not ready" });
    reply::fresh(reply::answer(if up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, reply::TEXT, text))
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| rest.trim_ascii())
}

/// Compares without telling by its time how much was right.
fn same(given: &[u8], token: &[u8]) -> bool {
    let differences = given.iter().zip(token).fold(0, |sum, (one, other)| std::hint::black_box(sum | (one ^ other)));
    given.len() == token.len() && !token.is_empty() && differences == 0
}

/// `localhost`, `127.0.0.1:8096`, `[::1]:8096`: not a name that somebody else could point at this machine.
fn is_this_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    name.eq_ignore_ascii_case("localhost") || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_opens() {
        assert!(same(b"s3cret", b"s3cret"));
        for wrong in [&b"s3cre"[..], b"s3crets", b"S3cret", b""] {
            assert!(!same(wrong, b"s3cret"), "{wrong:?}");
        }
        assert!(!same(b"", b""));
        assert_eq!(bearer(b"bearer  s3cret "), Some(&b"s3cret"[..]));
        assert_eq!(bearer(b"Basic s3cret"), None);
    }

    #[test]
    fn only_addresses_and_localhost_are_this_machine() {
        for host in ["localhost", "LocalHost:8096", "127.0.0.1", "127.0.0.1:8096", "[::1]:8096", "[::1]"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["evil.example", "evil.example:8096", "localhost.evil.example", "127.0.0.1.evil.example:80", ""] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
