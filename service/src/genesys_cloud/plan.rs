//! The plan: what has to be done so that the organisation becomes what it should be, step by step, with reasons. A plan is data: it can be
//! shown, saved, and carried out exactly. How it is made is in `make`.

mod guard;
mod make;
mod order;
mod removal;
mod untangle;

pub use guard::{Held, Limits};
pub use make::{Examine, Ground, make};
pub use removal::Deletion;

use super::{
    reason::Reason,
    record::{CloudId, Content, Fingerprint, Kind, RecordId},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Two plans with the same id do the same to the same ground.
    pub id: Fingerprint,
    /// Steps, each after all that it needs.
    pub steps: Vec<Step>,
    /// What cannot be done, by record.
    pub problems: BTreeMap<RecordId, Reason>,
    /// So many removals that somebody must allow them; none of the steps is carried out before.
    pub held: Option<Held>,
    /// How many records were looked at and are as they should be.
    pub unchanged: usize,
    /// Which.
    #[serde(skip)]
    pub settled: Vec<RecordId>,
    /// Requests that the steps take.
    pub calls: usize,
}

/// One thing to be done to one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which record.
    pub record: RecordId,
    /// What.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// What changes, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// Records that must be there before; when one of them has failed this step is left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<RecordId>,
}

/// What is done. Records are named by our ids: what they are there is known when their steps before this one are done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Action {
    /// Takes something that is there for the record; nothing is written.
    Adopt {
        /// What it is there.
        cloud: CloudId,
        /// It bears our mark, or was being made when the process ended: it is ours.
        made: bool,
    },
    /// Brings a deleted user back.
    Restore,
    /// Makes it.
    Create {
        /// With these fields.
        content: Content,
    },
    /// Gives it these fields, and our mark.
    Change {
        /// The fields.
        content: Content,
        /// The version that was read.
        version: Option<String>,
    },
    /// Adds members to a queue.
    AddMembers {
        /// Users.
        users: Vec<RecordId>,
    },
    /// Adds codes to a queue.
    AddCodes {
        /// Codes.
        codes: Vec<RecordId>,
    },
    /// Takes members out of a queue.
    RemoveMembers {
        /// Users.
        users: Vec<RecordId>,
    },
    /// Takes codes from a queue.
    RemoveCodes {
        /// Codes.
        codes: Vec<RecordId>,
    },
    /// Makes a user inactive.
    Deactivate,
    /// Notes that the switch has it no longer; from now on its grace period runs. Nothing is written.
    Retire,
    /// Deletes it.
    Delete,
    /// Knows it no longer; it stays there, or is gone already. Nothing is written.
    Forget,
}

/// What changes in one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which, `display_name` for example.
    pub field: String,
    /// What it is; `None`: nothing.
    pub before: Option<String>,
    /// What it becomes; `None`: nothing.
    pub after: Option<String>,
}

// === impl Plan ===

impl Plan {
    fn new(steps: Vec<Step>, problems: BTreeMap<RecordId, Reason>, held: Option<Held>, settled: Vec<RecordId>) -> Self {
        let calls = steps.iter().map(Step::calls).sum();
        let steps = order::sorted(steps);
        Self { id: Fingerprint::of(&steps), steps, problems, held, unchanged: settled.len(), settled, calls }
    }

    /// How long it takes at so many requests a minute, the reading back included: that needs about one request for 25 records.
    pub fn duration(&self, per_minute: u32) -> Duration {
        let calls = self.calls + self.calls.div_ceil(25);
        Duration::from_secs((calls as u64 * 60).div_ceil(u64::from(per_minute.max(1))))
    }

    /// Is there nothing to do?
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

// === impl Step ===

impl Step {
    /// Requests that it takes, for an estimate: a change of a queue or code reads first, a code leaves a queue by itself.
    pub fn calls(&self) -> usize {
        match &self.action {
            Action::Adopt { .. } | Action::Retire | Action::Forget => 0,
            Action::Create { .. } | Action::Restore | Action::Deactivate | Action::Delete => 1,
            Action::Change { .. } => 1 + usize::from(self.record.kind != Kind::User),
            Action::AddMembers { users: ids } | Action::RemoveMembers { users: ids } | Action::AddCodes { codes: ids } => {
                ids.len().div_ceil(super::cloud::BATCH)
            }
            Action::RemoveCodes { codes } => codes.len(),
        }
    }
}

// === impl Action ===

impl Action {
    /// A word for it, in history, journal and the command line.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Adopt { .. } => "adopt",
            Self::Restore => "restore",
            Self::Create { .. } => "create",
            Self::Change { .. } => "change",
            Self::AddMembers { .. } => "add members",
            Self::AddCodes { .. } => "add codes",
            Self::RemoveMembers { .. } => "remove members",
            Self::RemoveCodes { .. } => "remove codes",
            Self::Deactivate => "deactivate",
            Self::Retire => "retire",
            Self::Delete => "delete",
            Self::Forget => "forget",
        }
    }
}

/// What differs between what is there and what should be, field by field.
pub(super) fn differences(before: Option<&Content>, after: &Content) -> Vec<FieldChange> {
    let before = before.map(fields).unwrap_or_default();
    let after = fields(after);
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changes = names.into_iter().map(|field| FieldChange {
        field: field.clone(),
        before: before.get(field).cloned(),
        after: after.get(field).cloned(),
    });
    changes.filter(|change| change.before != change.after).collect()
}

fn fields(content: &Content) -> BTreeMap<String, String> {
    let person = match content {
        Content::User(person) => person,
        Content::OauthClient { name, grant, redirect_uris } => {
            let uris = redirect_uris.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            return [("name", name), ("grant", grant), ("redirect_uris", &uris)]
                .map(|(field, value)| (field.to_owned(), value.clone()))
                .into();
        }
        _ => return [("name".to_owned(), content.natural_key().to_owned())].into(),
    };
    let mut fields: BTreeMap<String, String> =
        [("email".to_owned(), person.email.clone()), ("display_name".to_owned(), person.display_name.clone())].into();
    fields.extend(person.phones.iter().map(|(phone, number)| (format!("phone {}", phone.scim_type()), number.clone())));
    fields.extend(person.fields.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.clone(), value.clone())));
    for (what, of) in [("skill", &person.skills), ("language", &person.languages)] {
        let of = of.iter().flatten();
        fields.extend(of.map(|(name, stars)| (format!("{what} {name}"), stars.to_string())));
    }
    fields
}

#[cfg(test)]
mod tests;
