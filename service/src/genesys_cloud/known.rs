//! What we know of each record: which thing of the organisation it is, whether we made it, and how it went last. The memory that makes a second
//! run cheap and a crash harmless. Pure; where it is kept is [`super::memory`]'s.

use super::{
    reason::Reason,
    record::{CloudId, Fingerprint, Kind, RecordId},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// By record.
    pub records: BTreeMap<RecordId, Entry>,
}

/// What is known of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is there; `None`: it is not there, or not yet.
    pub cloud: Option<CloudId>,
    /// Whose it is there.
    pub ownership: Ownership,
    /// The record as it was when everything of it had been written; `None`: something is missing.
    pub written: Option<Fingerprint>,
    /// How it stands, for people.
    pub status: Status,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Last success, seconds since 1970 UTC.
    pub last_synced: Option<i64>,
    /// Of the answer to the last failure.
    pub correlation: Option<String>,
    /// The switch has it no longer, since then: it is deactivated or emptied, and to be deleted.
    pub removed: Option<i64>,
    /// Something is being written, or was when the process ended: what of it had effect, only the organisation knows.
    pub intent: Option<Intent>,
}

/// What is about to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// What is done, `create` for example.
    pub action: String,
    /// Since when, seconds since 1970 UTC.
    pub since: i64,
}

/// Whose a thing of the organisation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// It was there before us: kept in step and never deleted.
    #[default]
    Adopted,
    /// We have made it.
    Made,
}

/// How a record stands; the guide's three words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The organisation has it as it should be.
    Synced,
    /// The last attempt failed.
    Error,
    /// Nothing was attempted.
    #[default]
    NotSynced,
}

// === impl Known ===

impl Known {
    /// What a record is there.
    pub fn cloud(&self, id: &RecordId) -> Option<&CloudId> {
        self.records.get(id)?.cloud.as_ref()
    }

    /// Which record something of a kind there stands for.
    pub fn by_cloud(&self, kind: Kind) -> BTreeMap<&CloudId, &RecordId> {
        let entries = self.records.iter().filter(|(id, _)| id.kind == kind);
        entries.filter_map(|(id, entry)| Some((entry.cloud.as_ref()?, id))).collect()
    }

    /// Names of skills, or of languages, that users have from us: all others that they have there are left alone.
    pub fn names(&self, kind: Kind) -> BTreeSet<&str> {
        let entries = self.records.iter().filter(|(id, entry)| id.kind == kind && entry.cloud.is_some());
        entries.map(|(id, _)| id.source.0.as_str()).collect()
    }
}

// === impl Status ===

impl Status {
    /// The guide's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Synced => "Synced",
            Self::Error => "Error",
            Self::NotSynced => "Not synced",
        }
    }
}
