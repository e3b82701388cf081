//! What the bridge says, as it says it. What an older service does not say is empty; what a newer one says beyond is left out.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How it is (`GET /bridge`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Report {
    /// `dormant`, `idle`, `running` or `failing`.
    pub state: String,
    /// Id of the organisation that the records are of.
    pub organization: Option<String>,
    /// Records by status.
    pub counts: Counts,
    /// The last run.
    pub last_run: Option<Run>,
    /// How far the run is that writes at the moment.
    pub progress: Option<Progress>,
    /// Removals that wait for an administrator.
    pub held: Option<Held>,
    /// Requests.
    pub pace: Pace,
    /// Health, part by part.
    pub health: Vec<Item>,
}

/// Records by status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Counts {
    pub synced: u64,
    pub error: u64,
    pub not_synced: u64,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Run {
    pub began: i64,
    pub ended: i64,
    /// `start`, `change`, `timer` or `administrator`.
    pub cause: String,
    pub steps: u64,
    pub done: u64,
    pub failed: u64,
    pub unchanged: u64,
    pub failure: Option<Reason>,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Progress {
    pub steps: u64,
    pub behind: u64,
}

/// Removals that wait for an administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Held {
    pub removals: u64,
    pub of: u64,
}

/// How fast requests go out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Pace {
    pub calls: u64,
    pub throttled: u64,
    pub per_minute: u64,
}

/// A part of health.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Item {
    pub id: String,
    pub ok: bool,
    pub detail: Reason,
}

/// Why something is so: one sentence with an id and what it names, so that other languages can say it too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Reason {
    pub id: String,
    pub values: BTreeMap<String, String>,
    pub text: String,
}

/// A record in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Its kind and its name, `user:ANNA`.
    pub record: String,
    /// The guide's word: `Synced`, `Error` or `Not synced`.
    pub status: String,
    /// Why, and what is doubtful.
    pub reasons: Vec<Reason>,
    /// Seconds since 1970 UTC.
    pub last_synced: Option<i64>,
    /// Id in the organisation.
    pub cloud: Option<String>,
    /// Of the organisation's answer to the last failure.
    pub correlation: Option<String>,
}

/// Everything about one record.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Explained {
    /// In short.
    #[serde(flatten)]
    pub record: Record,
    /// What the switch wants of it.
    pub desired: Option<Value>,
    /// Is what the organisation has as it was written last?
    pub up_to_date: bool,
    /// What is known of it.
    pub known: Option<Known>,
    /// What was done, the newest first.
    pub history: Vec<Past>,
}

/// What is known of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Known {
    /// `made` or `adopted`.
    pub ownership: String,
    /// The switch has it no longer, since then.
    pub removed: Option<i64>,
}

/// Something that was done, or was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Past {
    pub number: u64,
    pub at: i64,
    pub cause: String,
    pub record: Option<String>,
    pub action: String,
    pub reason: Reason,
    pub changes: Vec<Change>,
    pub failure: Option<Reason>,
    pub correlation: Option<String>,
}

/// What changes in one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Change {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What a complete run would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// By which exactly this plan is carried out.
    pub id: String,
    /// Steps, in their order.
    pub steps: Vec<Step>,
    /// What cannot be done, by record.
    pub problems: BTreeMap<String, Reason>,
    /// So many removals that they would wait for somebody.
    pub held: Option<Held>,
    /// Records that are as they should be.
    pub unchanged: u64,
    /// Requests that it takes.
    pub calls: u64,
    /// How long that is, in seconds.
    pub seconds: u64,
}

/// A step of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Which record.
    pub record: String,
    /// What.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// What changes.
    pub changes: Vec<Change>,
}

/// What is done to a record: `create` for example, and with members and codes which.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Action {
    /// Which.
    #[serde(rename = "do")]
    pub word: String,
    /// Members.
    pub users: Vec<String>,
    /// Codes.
    pub codes: Vec<String>,
}

// === impl Report ===

impl Report {
    /// May records and history be others than with `other`?
    pub(super) fn tells_other_records(&self, other: &Self) -> bool {
        (&self.state, &self.counts, &self.last_run, &self.progress) != (&other.state, &other.counts, &other.last_run, &other.progress)
    }
}

// === impl Reason ===

impl Reason {
    /// A sentence of our own.
    pub fn known_as(id: &str, text: &str) -> Self {
        Self { id: id.to_owned(), values: BTreeMap::new(), text: text.to_owned() }
    }
}
