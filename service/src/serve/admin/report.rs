//! `/status` as JSON. Its keys are an interface: the wizard and scripts read them. Times are seconds since 1970 UTC.

use crate::{
    agents::AgentSummary,
    capture::Figures,
    domain::Ghost,
    serve::Part,
    telemetry::{COUNTERS, Counters, Happening, RECENT},
};
use serde::Serialize;
use shared::finding::Finding;
use std::collections::BTreeMap;

/// What `app` knows and nobody else.
#[derive(Clone, Debug)]
pub struct Report {
    /// When the process started.
    pub started: i64,
    /// Now.
    pub now: i64,
    /// The file in use; `None`: the built-in configuration.
    pub file: Option<String>,
    /// The parts.
    pub parts: Vec<Part>,
    /// The last look at the file.
    pub reload: Reload,
    /// Delivery of events.
    pub delivery: Delivery,
    /// What must outlive a crash.
    pub store: Store,
    /// Registrations in a System Landscape Directory.
    pub sld: Vec<Registration>,
    /// Certificates that the file names.
    pub certificates: Vec<Certificate>,
    /// What the system says of the process, where it does.
    pub process: Option<Process>,
    /// Conversation events; `None`: none are sent.
    pub conversations: Option<Conversations>,
}

/// A certificate of ours that is in use.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// The setting that names it.
    pub setting: &'static str,
    /// When it ends.
    pub until: i64,
    /// Whole days until then; negative when it has ended.
    pub days: i64,
}

/// What the system says of the process.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    /// Processor time, in seconds.
    pub cpu: f64,
    /// Bytes in RAM.
    pub resident: u64,
    /// Bytes of address space.
    pub addresses: u64,
    /// Threads.
    pub threads: u64,
    /// File descriptors in use.
    pub open_files: u64,
    /// File descriptors that there may be.
    pub most_files: Option<u64>,
}

/// Conversation events for Genesys Cloud.
#[derive(Clone, Debug, Serialize)]
pub struct Conversations {
    /// Fingerprint of the schema that they are written by.
    pub schema: String,
    /// Each kind.
    pub kinds: Vec<ConversationKind>,
    /// Bytes that wait.
    pub bytes: u64,
    /// When the oldest that waits happened.
    pub oldest: Option<i64>,
    /// Sent again, because they were not taken.
    pub again: u64,
    /// Missed before they could be written down.
    pub missed: u64,
    /// Put aside, because they can never be sent.
    pub rejected: u64,
    /// The last of these, newest first.
    pub dead_letters: Vec<DeadLetter>,
    /// The last trouble, unless all went well since.
    pub trouble: Option<String>,
    /// Somebody has to do something about it.
    pub lasting: bool,
    /// Why nothing can be written down.
    pub disk: Option<String>,
}

/// One kind of conversation events.
#[derive(Clone, Debug, Serialize)]
pub struct ConversationKind {
    /// Its name in the guide, without `Conversation`.
    pub kind: &'static str,
    /// That wait.
    pub waiting: u64,
    /// Sent since the start.
    pub sent: u64,
    /// Not sent since the start, because the other side has no counterpart for them.
    pub skipped: u64,
    /// Lost since the start.
    pub dropped: u64,
}

/// A conversation event that can never be sent.
#[derive(Clone, Debug, Serialize)]
pub struct DeadLetter {
    /// Its number.
    pub number: u64,
    /// When it happened.
    pub at: i64,
    /// Its kind; `None`: it cannot be read.
    pub kind: Option<&'static str>,
    /// Its conversation.
    pub conversation: Option<String>,
    /// Why.
    pub why: String,
}

/// A registration in a System Landscape Directory.
#[derive(Clone, Debug, Serialize)]
pub struct Registration {
    /// Where to.
    pub url: String,
    /// As whom; never with what.
    pub user: Option<String>,
    /// How it is: `waiting`, `sending`, `registered`, `failing`, `stopped` or `invalid`.
    pub state: &'static str,
    /// When it is sent again by itself.
    pub next: Option<i64>,
    /// When the directory accepted it last.
    pub accepted: Option<i64>,
    /// Attempts since the start.
    pub attempts: u64,
    /// The last attempt.
    pub last: Option<RegistrationAttempt>,
}

/// An attempt to register.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationAttempt {
    /// When.
    pub at: i64,
    /// An administrator asked for it.
    pub manual: bool,
    /// What kind of outcome: `sent`, `invalid`, `auth`, `network` or `rejected`.
    pub class: String,
    /// Which sentence says what came of it.
    pub id: String,
    /// What the sentence names.
    pub values: BTreeMap<String, String>,
    /// The sentence, with what to do.
    pub text: String,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The first 2 kB of the answer.
    pub answer: String,
}

/// How what must outlive a crash is kept.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Store {
    /// The file; `None`: in memory only, as the configuration asks.
    pub path: Option<String>,
    /// Why the file is not written at the moment.
    pub degraded: Option<String>,
    /// A file that could not be used, since the start.
    pub set_aside: Option<String>,
    /// Records.
    pub records: usize,
    /// Records whose change is not in the file yet.
    pub waiting: usize,
    /// Commits since the start.
    pub commits: u64,
    /// Commits that failed.
    pub failures: u64,
}

/// The last look at the file that was more than "nothing new".
#[derive(Clone, Debug, Serialize)]
pub struct Reload {
    /// What came of it.
    pub result: ReloadResult,
    /// When.
    pub at: i64,
    /// What changed, setting by setting.
    pub changes: Vec<String>,
    /// What was wrong, or doubtful.
    pub findings: Vec<Finding>,
}

/// See [`Reload`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReloadResult {
    /// The configuration is the one of the start.
    Started,
    /// Another one is in force.
    Applied,
    /// The file was refused; the old configuration goes on.
    Rejected,
}

/// Figures of the delivery of events.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Delivery {
    /// Lanes that are open.
    pub lanes: usize,
    /// Events that wait.
    pub waiting: usize,
    /// Events delivered.
    pub delivered: u64,
    /// Of these, events that SAP answered with a fault.
    pub rejected: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Events that a later one replaced.
    pub coalesced: u64,
    /// Events that were lost.
    pub dropped: u64,
    /// Events that were not sent after a restart because SAP had acknowledged the same before.
    pub known: u64,
    /// Machines that events go to.
    pub destinations: Vec<Destination>,
}

/// One machine that events go to.
#[derive(Clone, Debug, Serialize)]
pub struct Destination {
    /// Host and port.
    pub host: String,
    /// Can it be reached, as far as is known?
    pub reached: bool,
    /// Lanes that are open.
    pub lanes: usize,
    /// Events that wait for it.
    pub waiting: usize,
    /// Attempts to connect that failed since the last that did not.
    pub failures: u32,
    /// Why the last one failed.
    pub failure: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Status<'a> {
    version: &'static str,
    started: i64,
    uptime: i64,
    file: Option<&'a str>,
    health: Health<'a>,
    agents: Vec<Agent<'a>>,
    calls: usize,
    reload: &'a Reload,
    delivery: &'a Delivery,
    store: &'a Store,
    sld: &'a [Registration],
    certificates: &'a [Certificate],
    conversations: Option<&'a Conversations>,
    recording: Figures,
    counters: &'static Counters,
    /// The last ones, oldest first.
    events: Vec<Happening>,
}

#[derive(Serialize)]
struct Health<'a> {
    up: bool,
    parts: &'a [Part],
}

#[derive(Serialize)]
struct Agent<'a> {
    user: &'a str,
    workmode: u32,
    workmode_text: &'a str,
    subscriptions: usize,
    since: i64,
    heard: i64,
    /// Why he is a ghost: `gone`, `unreachable`, `unsubscribed` or `silent`.
    ghost: Option<&'static str>,
    calls: Vec<Call<'a>>,
}

#[derive(Serialize)]
struct Call<'a> {
    item: &'a str,
    status: &'static str,
}

impl<'a> Status<'a> {
    pub(super) fn new(report: &'a Report, agents: &'a [AgentSummary], recording: Figures) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            started: report.started,
            uptime: report.now.saturating_sub(report.started),
            file: report.file.as_deref(),
            health: Health { up: report.parts.iter().all(|part| part.up), parts: &report.parts },
            agents: agents.iter().map(Agent::new).collect(),
            calls: agents.iter().map(|agent| agent.calls.len()).sum(),
            reload: &report.reload,
            delivery: &report.delivery,
            store: &report.store,
            sld: &report.sld,
            certificates: &report.certificates,
            conversations: report.conversations.as_ref(),
            recording,
            counters: &COUNTERS,
            events: RECENT.all(),
        }
    }
}

impl<'a> Agent<'a> {
    fn new(summary: &'a AgentSummary) -> Self {
        let calls = summary.calls.iter().map(|(item, status)| Call { item, status: status.word() });
        Self {
            user: summary.user.as_str(),
            workmode: summary.workmode,
            workmode_text: &summary.workmode_text,
            subscriptions: summary.subscriptions,
            since: summary.since,
            heard: summary.heard,
            ghost: summary.ghost.map(Ghost::word),
            calls: calls.collect(),
        }
    }
}
