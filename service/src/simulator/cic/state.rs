//! The server's state under its lock: what can be seen, who sees it, and who is logged on at the embedded switch.

use super::{
    faults::Faults,
    handlers::Handler,
    queues::Key,
    roster::{Entry, Roster},
    scene::Scene,
    session::{Session, Watch},
    site::Site,
    traffic::Traffic,
};
use crate::{
    domain::UserId,
    switch::{Requests, embedded::Observer},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

/// See the module.
pub(super) struct State {
    pub(super) scene: Scene,
    pub(super) sessions: BTreeMap<String, Session>,
    /// Those who watch more than what concerns their own users.
    wide: BTreeSet<String>,
    /// One line of the embedded switch for each user who has a station in some session.
    pub(super) lines: HashMap<UserId, Arc<dyn Requests>>,
    pub(super) faults: Faults,
    pub(super) traffic: Traffic,
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
            wide: BTreeSet::new(),
            lines: HashMap::new(),
            faults: Faults::default(),
            traffic: Traffic::default(),
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
            let sessions: Vec<_> = self.scene.roster.of(&user).map(|(id, _)| id.clone()).collect();
            for id in sessions {
                self.say_down(&id, "The user was removed.", false);
            }
        }
        self.scene.sweep();
    }

    /// Tells what is new to every session that it concerns.
    pub(super) fn tell(&mut self) {
        if self.scene.stirred.is_empty() && self.scene.news.is_empty() {
            return;
        }
        let users = self.scene.stirred.iter().filter_map(|key| if let Key::User(user) = key { Some(user) } else { None });
        let own = users.flat_map(|user| self.scene.roster.of(user)).map(|(id, _)| id);
        let concerned: BTreeSet<_> = own.chain(&self.wide).cloned().collect();
        for id in concerned {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.look(&self.scene);
            }
        }
        self.scene.stirred.clear();
        self.scene.news.clear();
    }

    /// From now on a session watches this, and is told how it stands.
    pub(super) fn watch(&mut self, id: &str, url: String, mut watch: Box<dyn Watch>) {
        let Some(session) = self.sessions.get_mut(id) else { return };
        for message in watch.look(&self.scene) {
            session.push(message);
        }
        session.watches.insert(url, watch);
        self.review(id);
    }

    /// A session does not watch this any more.
    pub(super) fn unwatch(&mut self, id: &str, url: &str) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.watches.remove(url);
        }
        self.review(id);
    }

    fn review(&mut self, id: &str) {
        if self.sessions.get(id).is_some_and(Session::is_wide) {
            self.wide.insert(id.to_owned());
        } else {
            self.wide.remove(id);
        }
    }

    /// A session is over.
    pub(super) fn remove(&mut self, id: &str) {
        if let Some(session) = self.sessions.remove(id) {
            // Whoever waits for its messages learns that it is over.
            session.wake.notify_one();
        }
        self.wide.remove(id);
        if let Some(entry) = self.scene.roster.remove(id) {
            self.scene.stir(&entry.user);
        }
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
        self.scene.stir(&user);
        let entry = Entry { user, application: application.to_owned(), machine: machine.to_owned(), has_station: false };
        self.scene.roster.insert(id.clone(), entry);
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
        // Nobody is left who could be told.
        self.scene.roster = Roster::default();
        self.wide.clear();
        self.hand_over.clear();
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
}
