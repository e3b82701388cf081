//! The sessions of ICWS that there are, found by their ids and by their users.

use crate::domain::UserId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// See the module.
#[derive(Default)]
pub(super) struct Roster {
    sessions: BTreeMap<String, Entry>,
    by_user: HashMap<UserId, BTreeSet<String>>,
}

/// A session as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) user: UserId,
    pub(super) application: String,
    pub(super) machine: String,
    /// It is logged on at the user's station.
    pub(super) has_station: bool,
}

// === impl Roster ===

impl Roster {
    pub(super) fn insert(&mut self, id: String, entry: Entry) {
        self.by_user.entry(entry.user.clone()).or_default().insert(id.clone());
        self.sessions.insert(id, entry);
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Entry> {
        let entry = self.sessions.remove(id)?;
        if let Some(ids) = self.by_user.get_mut(&entry.user) {
            ids.remove(id);
            if ids.is_empty() {
                self.by_user.remove(&entry.user);
            }
        }
        Some(entry)
    }

    pub(super) fn get(&self, id: &str) -> Option<&Entry> {
        self.sessions.get(id)
    }

    /// It is logged on at a station, or not any more; gives back its user.
    pub(super) fn seat(&mut self, id: &str, has_station: bool) -> Option<UserId> {
        let entry = self.sessions.get_mut(id)?;
        entry.has_station = has_station;
        Some(entry.user.clone())
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.sessions.iter()
    }

    /// Those of a user.
    pub(super) fn of(&self, user: &UserId) -> impl Iterator<Item = (&String, &Entry)> {
        self.by_user.get(user).into_iter().flatten().filter_map(|id| self.sessions.get_key_value(id))
    }
}
