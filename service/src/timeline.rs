//! What went on with each agent lately, always: a ring of the last messages for everybody whom SAP names. Commands of SAP's and events to SAP,
//! requests to the switch and what it said, and how the agent stood on both sides, on one axis.
//!
//! A ring is filled by whoever carries a message past, under a lock of that agent's own; finding it locks a part of the map for one look-up, as
//! the directory of sessions does. All rings together stay below [`BUDGET`] (`share`). Messages are kept as they came; secrets and customers'
//! numbers are taken out when somebody looks, which is the only way out ([`Entry::message`] and the other texts are for `serve::admin` alone).

mod entry;
mod ring;
mod share;
#[cfg(test)]
mod tests;

pub use entry::{Body, Entry, ItemState, Kind, States};
pub use ring::{Numbered, View};

use crate::domain::UserId;
use ring::Ring;
use share::Share;
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// What all rings may take together, in bytes.
pub const BUDGET: usize = 64 * 1024 * 1024;
/// Parts of the map.
const PARTS: usize = 64;
/// Agents in one part; of more, whoever has been quiet for longest is forgotten.
const AGENTS: usize = 512;

/// The timelines of this process.
pub static TIMELINES: LazyLock<Timelines> = LazyLock::new(|| Timelines::new(BUDGET));

/// See the module.
pub struct Timelines {
    hasher: RandomState,
    parts: [RwLock<HashMap<UserId, Arc<Ring>>>; PARTS],
    share: Share,
}

// === impl Timelines ===

impl Timelines {
    fn new(budget: usize) -> Self {
        Self { hasher: RandomState::new(), parts: std::array::from_fn(|_| RwLock::default()), share: Share::new(budget) }
    }

    /// Adds to an agent's.
    pub fn note(&self, user: &UserId, entry: Entry) {
        let ring = self.ring(user);
        if !ring.push(entry, &self.share) {
            // There are more agents than before: what the others have beyond their share goes, a part of them at a time.
            let part = &self.parts[self.share.turn(PARTS)];
            for ring in part.read().unwrap_or_else(PoisonError::into_inner).values() {
                ring.trim(&self.share);
            }
        }
    }

    /// What an agent's ring holds from this number on; `None`: there is none.
    pub fn view(&self, user: &UserId, after: u64) -> Option<View> {
        let ring = self.part(user).read().unwrap_or_else(PoisonError::into_inner).get(user).cloned();
        ring.map(|ring| ring.view(after))
    }

    /// Everybody who has one, sorted by name, with the time of the last entry in milliseconds since 1970 UTC.
    pub fn agents(&self) -> Vec<(UserId, i64)> {
        let mut all = Vec::new();
        for part in &self.parts {
            let part = part.read().unwrap_or_else(PoisonError::into_inner);
            all.extend(part.iter().map(|(user, ring)| (user.clone(), ring.last())));
        }
        all.sort();
        all
    }

    fn ring(&self, user: &UserId) -> Arc<Ring> {
        let part = self.part(user);
        if let Some(ring) = part.read().unwrap_or_else(PoisonError::into_inner).get(user) {
            return Arc::clone(ring);
        }
        let mut part = part.write().unwrap_or_else(PoisonError::into_inner);
        if !part.contains_key(user) && part.len() >= AGENTS {
            let quiet = part.iter().min_by_key(|(_, ring)| ring.last()).map(|(user, _)| user.clone());
            if let Some(ring) = quiet.and_then(|quiet| part.remove(&quiet)) {
                ring.end(&self.share);
                self.share.leave();
            }
        }
        let ring = part.entry(user.clone()).or_insert_with(|| {
            self.share.join();
            Arc::default()
        });
        Arc::clone(ring)
    }

    fn part(&self, user: &UserId) -> &RwLock<HashMap<UserId, Arc<Ring>>> {
        let part = usize::try_from(self.hasher.hash_one(user) % PARTS as u64).unwrap_or_default();
        &self.parts[part]
    }
}
