//! One session: who it is, what it watches, and the messages that wait for it.

use super::scene::Scene;
use crate::domain::{Language, UserId};
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use tokio::{sync::Notify, time::Instant};

/// Messages that wait; whoever never reads loses the oldest.
const WAITING_AT_MOST: usize = 10_000;

/// A session.
pub(super) struct Session {
    pub(super) user: UserId,
    /// Value of its cookie.
    pub(super) cookie: String,
    pub(super) token: String,
    /// In which texts are localized for it: `EN`.
    pub(super) language: Language,
    /// What it was last heard of.
    pub(super) seen: Instant,
    /// Server-sent events that are open.
    pub(super) streams: usize,
    /// How often they were cut.
    pub(super) cut: u64,
    pub(super) messages: VecDeque<Value>,
    /// Somebody waits for messages here.
    pub(super) wake: Arc<Notify>,
    /// By the URL behind `/messaging/subscriptions/`.
    pub(super) watches: BTreeMap<String, Box<dyn Watch>>,
    /// Licences that it has acquired.
    pub(super) licences: Vec<String>,
}

/// Something that a session watches. The first look gives everything, with `isDelta` false.
pub(super) trait Watch: Send {
    /// What there is to tell since the last look. Later ones need to look at what [`Scene::stirred`] names only.
    fn look(&mut self, scene: &Scene) -> Vec<Value>;

    /// Does it look at more than what concerns this user? Others are asked only when something about him is stirred.
    fn is_wide(&self, _user: &UserId) -> bool {
        true
    }
}

// === impl Session ===

impl Session {
    pub(super) fn new(user: UserId, cookie: String, token: String) -> Self {
        Self {
            user,
            cookie,
            token,
            language: Language::from("EN"),
            seen: Instant::now(),
            streams: 0,
            cut: 0,
            messages: VecDeque::new(),
            wake: Arc::default(),
            watches: BTreeMap::new(),
            licences: Vec::new(),
        }
    }

    /// A message for it.
    pub(super) fn push(&mut self, message: Value) {
        if self.messages.len() == WAITING_AT_MOST {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
        self.wake.notify_one();
    }

    /// Does it watch more than what concerns its own user?
    pub(super) fn is_wide(&self) -> bool {
        self.watches.values().any(|watch| watch.is_wide(&self.user))
    }

    /// Looks at everything that it watches.
    pub(super) fn look(&mut self, scene: &Scene) {
        let told: Vec<_> = self.watches.values_mut().flat_map(|watch| watch.look(scene)).collect();
        for message in told {
            self.push(message);
        }
    }
}
