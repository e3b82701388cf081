//! The server's state under its lock: what can be seen, who sees it, and who is logged on at the embedded switch.

use super::{
    faults::Faults,
    handlers::Handler,
    scene::{Entry, Scene},
    session::Session,
    site::Site,
};
use crate::{
    domain::UserId,
    switch::{Requests, embedded::Observer},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// See the module.
pub(super) struct State {
    pub(super) scene: Scene,
    pub(super) sessions: BTreeMap<String, Session>,
    /// One line of the embedded switch for each user who has a station in some session.
    pub(super) lines: HashMap<UserId, Arc<dyn Requests>>,
    pub(super) faults: Faults,
    /// By object and event, in lower case.
    pub(super) handlers: HashMap<(String, String), Handler>,
    /// What was said last to sessions that are gone, for whoever reads them as a stream.
    pub(super) last_words: HashMap<String, VecDeque<Value>>,
    /// Tokens that hand a session over: seed, token, session.
    pub(super) hand_over: Vec<(String, String, String)>,
    observer: Option<Observer>,
    last_session: u64,
    last_request: u64,
}

// === impl State ===

impl State {
    pub(super) fn new(site: Site, observer: Option<Observer>) -> Self {
        // Sessions of the two of a pair are never the same.
        let host = site.name.bytes().fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 89);
        let mut state = Self {
            scene: Scene::new(site),
            sessions: BTreeMap::new(),
            lines: HashMap::new(),
            faults: Faults::default(),
            handlers: HashMap::new(),
            last_words: HashMap::new(),
            hand_over: Vec::new(),
            observer,
            last_session: (10 + host) * 1_000_000,
            last_request: 0,
        };
        state.follow();
        state
    }

    /// Takes over what has happened on the switch.
    pub(super) fn follow(&mut self) {
        let observed = self.observer.as_ref().map(Observer::take).unwrap_or_default();
        for user in self.scene.follow(observed) {
            self.lines.remove(&user);
            let sessions: Vec<_> = self.scene.roster.iter().filter(|(_, entry)| entry.user == user).map(|(id, _)| id.clone()).collect();
            for id in sessions {
                self.say_down(&id, "The user was removed.", false);
            }
        }
        self.scene.queues.sweep(Instant::now());
    }

    /// Tells every session what is new to it.
    pub(super) fn tell(&mut self) {
        for session in self.sessions.values_mut() {
            session.look(&self.scene);
        }
        self.scene.news.clear();
    }

    /// The connection is down, the session is told.
    pub(super) fn say_down(&mut self, session: &str, reason: &str, reconnect: bool) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.push(json!({
                "__type": "urn:inin.com:connection:connectionStateChangeMessage",
                "isDelta": false,
                "previousConnectionState": 1,
                "newConnectionState": 2,
                "reason": reason,
                "shouldReconnect": reconnect,
            }));
        }
    }

    /// A new session; gives back its id.
    pub(super) fn add(&mut self, user: UserId, application: &str, machine: &str) -> String {
        self.last_session += 1;
        let id = self.last_session.to_string();
        let stamp = self.last_session.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let cookie =
            format!("{:08x}-{:04x}-4afa-8ab7-{:012x}|languageId=en-us", stamp >> 32, (stamp >> 16) & 0xffff, stamp & 0xffff_ffff_ffff);
        let token = format!("WAh{stamp:016x}{:08x}", self.last_session);
        self.sessions.insert(id.clone(), Session::new(user.clone(), cookie, token));
        let entry = Entry { user, application: application.to_owned(), machine: machine.to_owned(), has_station: false };
        self.scene.roster.insert(id.clone(), entry);
        self.scene.touch();
        id
    }

    /// All sessions are gone; what their users were doing on the switch goes on, until they are logged on again.
    pub(super) fn forget_sessions(&mut self) {
        for (id, session) in std::mem::take(&mut self.sessions) {
            if session.streams > 0 {
                self.last_words.insert(id, session.messages);
            }
            // Whoever waits for its messages learns that it is over.
            session.wake.notify_one();
        }
        self.lines.clear();
        self.scene.roster.clear();
        self.hand_over.clear();
        self.scene.touch();
    }

    /// A session that says nothing for so long is over.
    pub(super) fn idle_limit(&self) -> Duration {
        match self.faults.idle_limit {
            0 => self.scene.site.idle_limit,
            seconds => Duration::from_secs(seconds),
        }
    }

    /// Something is done in a while; the session hears of it by this number.
    pub(super) fn next_request(&mut self) -> String {
        self.last_request += 1;
        self.last_request.to_string()
    }

    /// Tells a session that something is done.
    pub(super) fn completed(&mut self, session: &str, request: &str, error: Option<&Value>) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.push(json!({
                "__type": "urn:inin.com:messaging:asyncOperationCompletedMessage",
                "isDelta": false,
                "requestId": request,
                "error": error,
            }));
        }
    }

    /// Does any session of this user have a station?
    pub(super) fn is_at_station(&self, user: &UserId) -> bool {
        self.scene.has_line(user)
    }
}
