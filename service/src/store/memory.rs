//! The records in memory: the truth while the process lives. A file follows it.

use super::record::{Key, Mark, Record, Registration, Routed, Stored, Told};
use crate::domain::{ActionItemId, EventUrl, UserId};
use std::{collections::HashMap, sync::Arc};

/// A record's new state; `None`: it is gone.
pub(super) type Change = (Key, Option<Arc<Record>>);

/// See the module.
#[derive(Default)]
pub(super) struct Memory {
    records: HashMap<Key, Entry>,
    stamps: u64,
}

struct Entry {
    /// Another one with every change, so that who forgets a record forgets the one he knew.
    stamp: u64,
    record: Arc<Record>,
}

/// Acknowledgements that are remembered for one thing: two for each URL, of which an agent has one or two.
const TOLD: usize = 16;

impl Memory {
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Record>> {
        self.records.get(key).map(|entry| &entry.record)
    }

    pub(super) fn stamp(&self, key: &Key) -> Option<u64> {
        self.records.get(key).map(|entry| entry.stamp)
    }

    /// `true` when that is news.
    pub(super) fn put(&mut self, key: Key, record: Option<Record>) -> bool {
        let Some(record) = record else { return self.records.remove(&key).is_some() };
        if self.get(&key).is_some_and(|known| **known == record) {
            return false;
        }
        self.stamps += 1;
        self.records.insert(key, Entry { stamp: self.stamps, record: Arc::new(record) });
        true
    }

    /// Notes what SAP has acknowledged at a URL; `true` when that is news.
    pub(super) fn told(&mut self, key: Key, url: &EventUrl, mark: Mark) -> bool {
        if self.knows(&key, url, mark) {
            return false;
        }
        let told = Told::new(url, mark);
        let mut all = match self.get(&key).map(|record| &**record) {
            Some(Record::Told(all)) => all.clone(),
            _ => Vec::new(),
        };
        all.retain(|other| other.url != told.url);
        all.push(told);
        if all.len() > TOLD {
            all.remove(0);
        }
        self.put(key, Some(Record::Told(all)))
    }

    pub(super) fn knows(&self, key: &Key, url: &EventUrl, mark: Mark) -> bool {
        let wanted = Told::new(url, mark);
        matches!(self.get(key).map(|record| &**record), Some(Record::Told(all)) if all.iter().any(|told| told.includes(mark, wanted)))
    }

    /// Has SAP acknowledged anything of it there?
    pub(super) fn was_told(&self, key: &Key, url: &EventUrl) -> bool {
        // The kind of the mark does not matter, but for which of the two numbers of the URL it stands under.
        let (message, written) = (Told::new(url, Mark::Message(0)).url, Told::new(url, Mark::Written(0)).url);
        let is_there = |told: &Told| told.url == message || told.url == written;
        matches!(self.get(key).map(|record| &**record), Some(Record::Told(all)) if all.iter().any(is_there))
    }

    /// Every action item that SAP has sent through the switch.
    pub(super) fn routed(&self) -> Vec<(ActionItemId, Routed)> {
        let routed = self.records.iter().filter_map(|(key, entry)| match (key, &*entry.record) {
            (Key::Routed(id), Record::Routed(routed)) => Some((id.clone(), routed.clone())),
            _ => None,
        });
        let mut routed: Vec<_> = routed.collect();
        routed.sort_by(|(one, _), (other, _)| one.cmp(other));
        routed
    }

    /// What the directory at this address was told.
    pub(super) fn registration(&self, url: &str) -> Option<Registration> {
        match self.get(&Key::Registration(url.into())).map(|record| &**record) {
            Some(Record::Registration(registration)) => Some((**registration).clone()),
            _ => None,
        }
    }

    /// Everything that the bridge remembers, in the order of its names.
    pub(super) fn bridge(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let all = self.records.iter().filter_map(|(key, entry)| match (key, &*entry.record) {
            (Key::Bridge(name), Record::Bridge(text)) => Some((Arc::clone(name), Arc::clone(text))),
            _ => None,
        });
        let mut all: Vec<_> = all.collect();
        all.sort();
        all
    }

    /// Everything, in the order of the keys.
    pub(super) fn all(&self) -> Vec<Change> {
        let mut all: Vec<Change> = self.records.iter().map(|(key, entry)| (key.clone(), Some(Arc::clone(&entry.record)))).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    /// Every agent with his items, and the keys that belong to nobody.
    pub(super) fn stored(&self) -> (Vec<Stored>, Vec<Key>) {
        let mut agents: HashMap<UserId, Stored> = HashMap::new();
        for (key, entry) in &self.records {
            if let (Key::Session(user), Record::Session(session)) = (key, &*entry.record) {
                agents.insert(user.clone(), Stored { session: (**session).clone(), items: Vec::new() });
            }
        }
        let mut orphans = Vec::new();
        for (key, entry) in &self.records {
            let Some(user) = key.user() else { continue };
            match (agents.get_mut(user), key, &*entry.record) {
                (Some(agent), Key::Item(user, id), Record::Item(item)) => {
                    let mut item = (**item).clone();
                    if let Some(Record::Data(data)) = self.get(&Key::Data(user.clone(), id.clone())).map(|record| &**record) {
                        item.put_data(Some(Arc::clone(data)));
                    }
                    agent.items.push((id.clone(), item));
                }
                (Some(_), ..) => {}
                (None, ..) => orphans.push(key.clone()),
            }
        }
        let mut agents: Vec<Stored> = agents.into_values().collect();
        agents.sort_by(|one, other| one.session.profile.user.cmp(&other.session.profile.user));
        for agent in &mut agents {
            agent.items.sort_by(|(one, a), (other, b)| (a.since(), one).cmp(&(b.since(), other)));
        }
        (agents, orphans)
    }
}
