//! Who is logged on, and who is subscribed at which URL.
//!
//! Finding an agent is on the way of every command: the map is split, and each part is locked for one look-up only.

use super::session::Mail;
use crate::domain::{EventUrl, UserId};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::mpsc;

/// The way into a session's mailbox.
pub(super) type Mailbox = mpsc::Sender<Box<Mail>>;

/// See the module.
pub(super) struct Directory {
    hasher: RandomState,
    parts: [RwLock<HashMap<UserId, Mailbox>>; PARTS],
    sessions: AtomicUsize,
    /// Which agents have a subscription at a lane's URL; a lane is closed with its last.
    lanes: Mutex<HashMap<EventUrl, Vec<UserId>>>,
}

const PARTS: usize = 32;

// === impl Directory ===

impl Directory {
    pub(super) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            parts: std::array::from_fn(|_| RwLock::default()),
            sessions: AtomicUsize::new(0),
            lanes: Mutex::default(),
        }
    }

    pub(super) fn get(&self, user: &UserId) -> Option<Mailbox> {
        self.part(user).read().unwrap_or_else(PoisonError::into_inner).get(user).cloned()
    }

    /// The session of `user`: the one that is there, or the one that `start` makes. `None`: `limit` sessions are there already.
    pub(super) fn get_or_start(&self, user: &UserId, limit: usize, start: impl FnOnce() -> Mailbox) -> Option<Mailbox> {
        let mut part = self.part(user).write().unwrap_or_else(PoisonError::into_inner);
        if let Some(mailbox) = part.get(user).filter(|mailbox| !mailbox.is_closed()) {
            return Some(mailbox.clone());
        }
        if self.sessions.load(Ordering::Relaxed) >= limit {
            return None;
        }
        let mailbox = start();
        if part.insert(user.clone(), mailbox.clone()).is_none() {
            self.sessions.fetch_add(1, Ordering::Relaxed);
        }
        Some(mailbox)
    }

    /// Forgets a session; not the one that has taken its place.
    pub(super) fn remove(&self, user: &UserId, mailbox: &Mailbox) {
        let mut part = self.part(user).write().unwrap_or_else(PoisonError::into_inner);
        if part.get(user).is_some_and(|there| there.same_channel(mailbox)) {
            part.remove(user);
            self.sessions.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }

    /// All sessions, sorted by name.
    pub(super) fn all(&self) -> Vec<(UserId, Mailbox)> {
        let mut all = Vec::with_capacity(self.sessions.load(Ordering::Relaxed));
        for part in &self.parts {
            let part = part.read().unwrap_or_else(PoisonError::into_inner);
            all.extend(part.iter().map(|(user, mailbox)| (user.clone(), mailbox.clone())));
        }
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    pub(super) fn use_lane(&self, url: &EventUrl, user: &UserId) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let users = lanes.entry(url.clone()).or_default();
        if !users.contains(user) {
            users.push(user.clone());
        }
    }

    /// `user` needs the lane no more; `true`: nobody does.
    pub(super) fn leave_lane(&self, url: &EventUrl, user: &UserId) -> bool {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(users) = lanes.get_mut(url) else { return false };
        users.retain(|other| other != user);
        let empty = users.is_empty();
        if empty {
            lanes.remove(url);
        }
        empty
    }

    pub(super) fn lane_users(&self, url: &EventUrl) -> Vec<UserId> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned().unwrap_or_default()
    }

    fn part(&self, user: &UserId) -> &RwLock<HashMap<UserId, Mailbox>> {
        let hash = self.hasher.hash_one(user);
        let part = usize::try_from(hash % PARTS as u64).unwrap_or_default();
        &self.parts[part]
    }
}
