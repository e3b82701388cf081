//! How the bridge is, for whoever looks: types that are serialised as they stand, so their fields are an interface (README, "The bridge").

use super::{AdminUser, Seen, Status};
use crate::genesys_cloud::{
    cloud::{CloudError, Fault, Pace},
    history::Past,
    known::Entry,
    plan::Held,
    reason::Reason,
    record::{Record, RecordId},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `dormant`, `idle`, `running` or `failing`.
    pub state: &'static str,
    /// Id of the organisation that the records are of.
    pub organization: Option<String>,
    /// Records by status.
    pub counts: Counts,
    /// The last run.
    pub last_run: Option<RunReport>,
    /// How far the run is that writes at the moment.
    pub progress: Option<Progress>,
    /// Removals that wait for an administrator.
    pub held: Option<Held>,
    /// Requests.
    pub pace: Pace,
    /// Health, part by part.
    pub health: Vec<Part>,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Steps of its plan.
    pub steps: usize,
    /// Steps that are behind it, those that failed too.
    pub behind: usize,
}

/// Records by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// *Synced*.
    pub synced: usize,
    /// *Error*.
    pub error: usize,
    /// *Not synced*.
    pub not_synced: usize,
}

/// A part of health (guide, "Genesys Cloud Integration Health").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Which: `connection`, `run`, `removals`, `records`, `admin_user`, `dial_groups`.
    pub id: &'static str,
    /// Does it work?
    pub ok: bool,
    /// In words, with what to do.
    pub detail: Reason,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunReport {
    /// Seconds since 1970 UTC.
    pub began: i64,
    /// Seconds since 1970 UTC.
    pub ended: i64,
    /// What began it: `start`, `change`, `timer` or `administrator`.
    pub cause: String,
    /// Steps of its plan.
    pub steps: usize,
    /// Steps that are done.
    pub done: usize,
    /// Records with a failure or a problem.
    pub failed: usize,
    /// Records that were as they should be.
    pub unchanged: usize,
    /// Why it ended before its end.
    pub failure: Option<Reason>,
}

/// A record in a list (guide, "How do I check synchronization status for selected records?").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Which.
    pub record: RecordId,
    /// *Synced*, *Error* or *Not synced*.
    pub status: &'static str,
    /// Why, and what is doubtful.
    pub reasons: Vec<Reason>,
    /// *Last Synchronized*, seconds since 1970 UTC.
    pub last_synced: Option<i64>,
    /// Id in the organisation.
    pub cloud: Option<String>,
    /// Of the organisation's answer to the last failure, for Genesys's support.
    pub correlation: Option<String>,
}

/// Everything about one record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// In short.
    #[serde(flatten)]
    pub summary: Summary,
    /// What the switch wants of it; `None`: nothing.
    pub desired: Option<Record>,
    /// Is what the organisation has as it was written last? `false`: something is to be written.
    pub up_to_date: bool,
    /// What is known.
    pub known: Option<Entry>,
    /// What was done, the newest first.
    pub history: Vec<Past>,
}

/// What the task does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Dormant,
    Idle,
    Running,
    Failing(Reason),
}

/// So much of history goes with a record.
const PAST: usize = 20;

pub(super) fn report(seen: &Seen) -> Report {
    let mut counts = Counts::default();
    for record in records(seen) {
        match record.status {
            "Synced" => counts.synced += 1,
            "Error" => counts.error += 1,
            _ => counts.not_synced += 1,
        }
    }
    let state = match &seen.state {
        State::Dormant => "dormant",
        State::Idle => "idle",
        State::Running => "running",
        State::Failing(_) => "failing",
    };
    Report {
        state,
        organization: seen.about.organisation.clone(),
        counts,
        last_run: seen.last.clone(),
        progress: seen.progress,
        held: seen.held.clone(),
        pace: seen.pace,
        health: health(seen, counts),
    }
}

fn health(seen: &Seen, counts: Counts) -> Vec<Part> {
    let part = |id, ok, detail| Part { id, ok, detail };
    let connection = match &seen.state {
        State::Idle | State::Running if let Some(reason) = &seen.unanswered => part("connection", false, reason.clone()),
        State::Failing(reason) if is_of_connection(reason) => part("connection", false, reason.clone()),
        State::Dormant => part("connection", true, Reason::new("dormant", "the bridge is not enabled")),
        _ => part("connection", true, Reason::new("connected", "the organisation answers")),
    };
    let run = match &seen.state {
        State::Failing(reason) if !is_of_connection(reason) => part("run", false, reason.clone()),
        _ => part("run", true, Reason::new("runs", "nothing keeps it from running")),
    };
    let removals = match &seen.held {
        Some(held) => part(
            "removals",
            false,
            Reason::new("removals-held", format!("{} removals wait for an administrator", held.removals)).with("removals", held.removals),
        ),
        None => part("removals", true, Reason::new("nothing-held", "no removals are held back")),
    };
    let records = part(
        "records",
        counts.error == 0,
        Reason::new("records", format!("{} synced, {} with an error, {} not synced", counts.synced, counts.error, counts.not_synced))
            .with("synced", counts.synced)
            .with("error", counts.error)
            .with("not_synced", counts.not_synced),
    );
    let admin_user = match &seen.admin_user {
        AdminUser::Missing => part(
            "admin_user",
            false,
            Reason::new("admin-user-missing", "the user that `genesys_cloud.admin_user` names is not there on the switch"),
        ),
        AdminUser::Changed(name, _) => {
            let text = format!(
                "the user {name} was changed on the switch, which the guide forbids: change him back, or run `jackfield bridge accept-admin-user`"
            );
            part("admin_user", false, Reason::new("admin-user-changed", text).with("user", name))
        }
        AdminUser::Same => {
            part("admin_user", true, Reason::new("admin-user-there", "the user of the bridge is there and as he was, or none is named"))
        }
    };
    let missing = seen.dial_groups_missing.join(", ");
    let dial_groups = if missing.is_empty() {
        part("dial_groups", true, Reason::new("dial-groups-there", "the dial groups of the file are there, or none is named"))
    } else {
        let text = format!("the switch has no dial group {missing}: add it there, or remove it under `genesys_cloud.dial_groups`");
        part("dial_groups", false, Reason::new("dial-groups-missing", text).with("missing", missing))
    };
    vec![connection, run, removals, records, admin_user, dial_groups]
}

/// Is it the organisation that is away, or another one than was meant?
fn is_of_connection(reason: &Reason) -> bool {
    ["unreachable", "unauthorised", "refused", "rate", "other-organisation", "organisation-changed"].contains(&reason.id.as_str())
}

/// Does the organisation not answer, or not to us?
pub(super) fn is_silence(reason: &Reason) -> bool {
    ["unreachable", "unauthorised"].contains(&reason.id.as_str())
}

pub(super) fn records(seen: &Seen) -> Vec<Summary> {
    let ids: BTreeSet<&RecordId> =
        seen.known.records.keys().chain(seen.desired.records.keys()).chain(seen.desired.left_out.keys()).collect();
    ids.into_iter().map(|id| summary(seen, id)).collect()
}

pub(super) fn explain(seen: &Seen, id: &RecordId) -> Option<Explained> {
    let desired = seen.desired.records.get(id);
    let known = seen.known.records.get(id);
    if desired.is_none() && known.is_none() && !seen.desired.left_out.contains_key(id) {
        return None;
    }
    let written = known.and_then(|entry| entry.written.clone());
    let history = seen.past.iter().rev().filter(|past| past.record.as_ref() == Some(id)).take(PAST).cloned().collect();
    Some(Explained {
        summary: summary(seen, id),
        desired: desired.cloned(),
        up_to_date: desired.is_none_or(|record| written == Some(record.fingerprint())),
        known: known.cloned(),
        history,
    })
}

fn summary(seen: &Seen, id: &RecordId) -> Summary {
    let entry = seen.known.records.get(id).cloned().unwrap_or_default();
    // What is left out says why, even before a run has come to it.
    let is_off = || seen.desired.records.get(id).is_some_and(|record| !record.active) && entry.cloud.is_none();
    let (status, reasons) = match seen.desired.left_out.get(id) {
        Some(reason) => (Status::NotSynced, vec![reason.clone()]),
        None if is_off() => (Status::NotSynced, vec![Reason::new("account-off", "the account is off on the switch, so it is not made")]),
        None => (entry.status, entry.reasons),
    };
    Summary {
        record: id.clone(),
        status: status.word(),
        reasons,
        last_synced: entry.last_synced,
        cloud: entry.cloud.map(|cloud| cloud.0),
        correlation: entry.correlation,
    }
}

/// What the organisation said, as a reason.
pub(super) fn of_error(error: &CloudError) -> Reason {
    let (id, hint) = match &error.fault {
        Fault::NotThere => ("not-there", String::new()),
        Fault::Gone => ("gone-there", String::new()),
        Fault::Conflict => ("conflict", String::new()),
        Fault::Version => ("version", String::new()),
        Fault::Unauthorised => ("unauthorised", "; check the OAuth client's id and secret".to_owned()),
        Fault::Refused { permission: Some(permission) } => ("refused", format!("; a role of the OAuth client needs {permission}")),
        Fault::Refused { permission: None } => ("refused", "; a role of the OAuth client lacks a permission".to_owned()),
        Fault::Rate => ("rate", String::new()),
        Fault::Unreachable => ("unreachable", String::new()),
        Fault::Invalid => ("invalid", String::new()),
    };
    let mut values: BTreeMap<String, String> = [("message".to_owned(), error.message.clone())].into();
    values.extend(error.correlation.clone().map(|correlation| ("correlation".to_owned(), correlation)));
    Reason { id: id.to_owned(), values, text: format!("{}{hint}", error.message) }
}
