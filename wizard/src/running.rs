//! The running service, as it tells administrators of itself: its state, and the names that its switch has. Asked over its administrators'
//! listener by threads with deadlines; knows no egui. What went on with an agent is in `timeline`, the bridge to Genesys Cloud in `bridge`.

pub mod bridge;
mod timeline;

pub use timeline::{Entry, REMEMBERED, States, Timeline};

use crate::{
    jobs::{Job, Jobs, Reporter},
    model::Model,
    remote::Service,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use shared::{
    Config,
    address::reachable,
    check,
    secret::{SecretRef, store},
};
use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc, thread, time::Duration};
use ureq::{Body, RequestBuilder, http::Response, typestate::WithoutBody};

/// How often a service is asked while somebody looks.
const PACE: Duration = Duration::from_secs(1);
/// How long after an answer that does not help: nothing gets better by asking fast.
const AFTER_TROUBLE: Duration = Duration::from_secs(3);
/// The longest that one question takes.
const DEADLINE: Duration = Duration::from_secs(3);
/// The longest that a log-off takes: the switch is waited for.
const LOG_OFF: Duration = Duration::from_secs(12);
/// The longest answer: five thousand agents with their calls are 2 MiB.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Where a service is asked, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its address.
    pub address: SocketAddr,
    /// Where its token is.
    pub token: Option<SecretRef>,
    /// The service on another machine that is asked instead.
    pub far: Option<Arc<Service>>,
}

/// What a service says of itself (`GET /status`). What an older one does not say is empty; what a newer one says beyond is left out. Nothing
/// in it changes while nothing happens.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Its version.
    pub version: String,
    /// When it started, seconds since 1970 UTC.
    pub started: i64,
    /// Its file; none: the built-in configuration.
    pub file: Option<String>,
    /// How its parts are.
    pub health: Health,
    /// Who is logged on from SAP.
    pub agents: Vec<Agent>,
    /// Live calls.
    pub calls: u64,
    /// The last look at the file.
    pub reload: Reload,
    /// Events to SAP.
    pub delivery: Delivery,
    /// What outlives a crash.
    pub store: Store,
    /// Registrations in a System Landscape Directory.
    pub sld: Vec<Registration>,
    /// The last happenings, oldest first.
    pub events: Vec<Happening>,
}

/// How the parts of a service are.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Health {
    /// Does everything work?
    pub up: bool,
    /// Each part.
    pub parts: Vec<Part>,
}

/// One part.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Part {
    pub name: String,
    pub up: bool,
    pub degraded: bool,
    pub detail: String,
    pub repair: Option<String>,
}

/// An agent who is logged on.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Agent {
    pub user: String,
    pub workmode: u32,
    pub workmode_text: String,
    pub subscriptions: u64,
    pub since: i64,
    pub heard: i64,
    pub ghost: Option<String>,
    pub calls: Vec<Call>,
}

/// A call of an agent.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Call {
    pub item: String,
    pub status: String,
}

/// The last look at the file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Reload {
    pub result: ReloadResult,
    pub at: i64,
    pub changes: Vec<String>,
    pub findings: Vec<Finding>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReloadResult {
    /// The configuration is the one of the start.
    Started,
    /// Another one is in force.
    Applied,
    /// The file was refused.
    Rejected,
    /// A result of a later version.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What a service finds wrong with its file, or doubtful.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Finding {
    pub severity: String,
    pub id: String,
    pub path: String,
    pub text: String,
    pub repair: String,
}

/// Figures of the delivery of events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Delivery {
    pub lanes: u64,
    pub waiting: u64,
    pub delivered: u64,
    pub rejected: u64,
    pub failed: u64,
    pub coalesced: u64,
    pub dropped: u64,
    pub destinations: Vec<Destination>,
}

/// One machine that events go to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Destination {
    pub host: String,
    pub reached: bool,
    pub lanes: u64,
    pub waiting: u64,
    pub failures: u64,
    pub failure: Option<String>,
}

/// How what must outlive a crash is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Store {
    /// Its file; none: in memory only.
    pub path: Option<String>,
    /// Why the file is not written at the moment.
    pub degraded: Option<String>,
    /// A file that could not be used, since the start.
    pub set_aside: Option<String>,
}

/// A registration in a System Landscape Directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Registration {
    pub url: String,
    pub user: Option<String>,
    pub state: String,
    pub next: Option<i64>,
    pub accepted: Option<i64>,
    pub last: Option<RegistrationAttempt>,
}

/// An attempt to register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct RegistrationAttempt {
    pub at: i64,
    pub manual: bool,
    pub id: String,
    pub values: BTreeMap<String, String>,
    pub text: String,
    pub answer: String,
}

/// Something that happened.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Happening {
    pub at: i64,
    pub level: String,
    pub topic: String,
    pub text: String,
}

/// The names that a service's switch has (`GET /directory`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Directory {
    pub statuses: Vec<String>,
    pub workgroups: Vec<String>,
    pub users: Vec<String>,
    pub stations: Vec<String>,
}

/// Why a service does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody answers; in the system's words.
    Down(String),
    /// The token is needed, or it is another one.
    Token,
    /// The token cannot be had here, with the reason and what to do.
    NoToken(String),
    /// Without a token it tells callers on its own machine only.
    Elsewhere,
    /// Somebody answers, but not a Jackfield that we understand.
    Foreign,
    /// It answers that it cannot.
    Refused(String),
}

// === impl Place ===

impl Place {
    /// Where the service of this configuration is asked; `None` when it takes any free port, because only it knows which.
    pub fn of(config: &Config) -> Option<Self> {
        let address = reachable(config.admin.listen);
        (address.port() != 0).then(|| Self { address, token: config.admin.token.clone(), far: None })
    }

    /// Where the service of this document is asked: by what is on the disk, not by what is being edited; on another machine, where that is
    /// connected to.
    pub fn of_document(model: &Model) -> Option<Self> {
        match model.service() {
            Some(service) => Some(Self { address: ([0, 0, 0, 0], 0).into(), token: None, far: Some(Arc::clone(service)) }),
            None => check(model.saved()).map_or_else(|_| Self::of(model.config()), |checked| Self::of(&checked.config)),
        }
    }

    /// Where it is asked, for people.
    pub fn url(&self) -> String {
        self.far.as_ref().map_or_else(|| format!("http://{}", self.address), |far| far.url())
    }

    /// Asks once for the names of the switch.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn directory(self, jobs: &Jobs) -> io::Result<Job<Result<Directory, Trouble>>> {
        jobs.start("ask directory", move |reporter| reporter.say(Asker::new(self).ask("/directory")))
    }

    /// Logs an agent off; one who is not logged on any more is what was wanted.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn log_off(self, jobs: &Jobs, user: String) -> io::Result<Job<Result<(), Trouble>>> {
        jobs.start("log agent off", move |reporter| reporter.say(Asker::new(self).log_off(&user)))
    }

    /// Has the registrations for the System Landscape Directory sent now.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn register(self, jobs: &Jobs) -> io::Result<Job<Result<(), Trouble>>> {
        jobs.start("send registrations", move |reporter| reporter.say(Asker::new(self).register()))
    }

    /// Asks for the state again and again until the job is dropped; reports it when it is not as before.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn follow(self, jobs: &Jobs) -> io::Result<Job<Result<Status, Trouble>>> {
        jobs.start("ask status", move |reporter| follow(reporter, &mut Asker::new(self)))
    }
}

fn follow(reporter: &Reporter<Result<Status, Trouble>>, asker: &mut Asker) {
    let mut before = None;
    while !reporter.is_cancelled() {
        let now = asker.ask("/status");
        let pause = if now.is_ok() { PACE } else { AFTER_TROUBLE };
        if before.as_ref() != Some(&now) && !reporter.is_cancelled() {
            reporter.say(now.clone());
            before = Some(now);
        }
        thread::sleep(pause);
    }
}

/// A name as a part of an address.
fn escaped(name: &str) -> String {
    name.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

/// Asks one service, over one connection as long as it stays.
struct Asker {
    place: Place,
    agent: ureq::Agent,
    token: Option<SecretString>,
}

impl Asker {
    fn new(place: Place) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(DEADLINE))
            .http_status_as_error(false)
            // It is on this machine or near it: a proxy would only learn the token, and a redirection would give it to somebody else.
            .proxy(None)
            .max_redirects(0)
            .user_agent(concat!("jackfield-wizard/", env!("CARGO_PKG_VERSION")))
            .build();
        let agent = place.far.as_ref().map_or_else(|| config.into(), |far| far.agent());
        Self { place, agent, token: None }
    }

    fn ask<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Trouble> {
        match self.send(self.agent.get(format!("{}{path}", self.place.url())).header("Accept", "application/json"))? {
            (200, body) => serde_json::from_slice(&body).map_err(|_| Trouble::Foreign),
            _ => Err(Trouble::Foreign),
        }
    }

    /// The same of something that need not be there.
    fn perhaps<T: DeserializeOwned>(&mut self, path: &str) -> Result<Option<T>, Trouble> {
        match self.send(self.agent.get(format!("{}{path}", self.place.url())).header("Accept", "application/json"))? {
            (200, body) => serde_json::from_slice(&body).map(Some).map_err(|_| Trouble::Foreign),
            (404, _) => Ok(None),
            _ => Err(Trouble::Foreign),
        }
    }

    fn log_off(&mut self, user: &str) -> Result<(), Trouble> {
        let request =
            self.agent.delete(format!("{}/agents/{}", self.place.url(), escaped(user))).config().timeout_global(Some(LOG_OFF)).build();
        match self.send(request)? {
            (200 | 404, _) => Ok(()),
            _ => Err(Trouble::Foreign),
        }
    }

    fn register(&mut self) -> Result<(), Trouble> {
        let mut request = self.agent.post(format!("{}/sld", self.place.url()));
        if let Some(token) = self.bearer()? {
            request = request.header("Authorization", token);
        }
        match self.read(request.send_empty())? {
            (200..300, _) => Ok(()),
            (_, body) => Err(Trouble::Refused(String::from_utf8_lossy(&body).trim().chars().take(300).collect())),
        }
    }

    /// Status and body of an answer that is not a refusal.
    fn send(&mut self, mut request: RequestBuilder<WithoutBody>) -> Result<(u16, Vec<u8>), Trouble> {
        if let Some(token) = self.bearer()? {
            request = request.header("Authorization", token);
        }
        self.read(request.call())
    }

    /// What the service is shown, where its file names a token.
    fn bearer(&mut self) -> Result<Option<String>, Trouble> {
        if let Some(far) = &self.place.far {
            return Ok(Some(far.bearer()));
        }
        if let Some(reference) = &self.place.token {
            let token = match self.token.take() {
                Some(token) => token,
                None => store::resolve(reference).map_err(|error| Trouble::NoToken(error.to_string()))?,
            };
            let shown = format!("Bearer {}", token.expose_secret());
            self.token = Some(token);
            return Ok(Some(shown));
        }
        Ok(None)
    }

    fn read(&mut self, answer: Result<Response<Body>, ureq::Error>) -> Result<(u16, Vec<u8>), Trouble> {
        let mut answer = answer.map_err(|error| Trouble::Down(error.to_string()))?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(|error| Trouble::Down(error.to_string()))?;
        match status {
            401 => {
                // Perhaps it has been changed where it is kept: the next question takes it from there anew.
                self.token = None;
                Err(Trouble::Token)
            }
            403 => Err(Trouble::Elsewhere),
            503 => Err(Trouble::Refused(String::from_utf8_lossy(&body).trim().chars().take(300).collect())),
            status => Ok((status, body)),
        }
    }
}

#[cfg(test)]
mod tests;
