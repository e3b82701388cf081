//! All that can be seen on the server, apart from the sessions that see it.

use super::{
    book::Book,
    mirror::{Changes, Mirror},
    queues::{Key, Queues},
    site::Site,
};
use crate::{
    domain::{AgentStatus, QueueId, UserId},
    switch::embedded::Observation,
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::SystemTime,
};
use tokio::time::Instant;

/// See the module.
pub(super) struct Scene {
    pub(super) site: Site,
    pub(super) mirror: Mirror,
    pub(super) queues: Queues,
    pub(super) book: Book,
    /// Sessions of ICWS, by id.
    pub(super) roster: BTreeMap<String, Entry>,
    /// Users who are on with a client of the switch's own, and since it knows them.
    pub(super) clients: BTreeSet<UserId>,
    /// Where each user sits who has a station.
    pub(super) seats: BTreeMap<UserId, String>,
    /// Members who do not work for their workgroup now.
    pub(super) inactive: BTreeSet<(UserId, QueueId)>,
    /// What has happened since the watches looked last.
    pub(super) news: Vec<News>,
    /// What only a telephone would have noticed: digits, recordings.
    pub(super) noticed: VecDeque<String>,
    /// Counts what changes outside of queues.
    pub(super) version: u64,
    start: Instant,
    epoch: i64,
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

/// A notification that a handler has sent: told once, and no state.
#[derive(Clone, Debug)]
pub(super) struct News {
    pub(super) object: String,
    pub(super) event: String,
    pub(super) data: Vec<String>,
}

/// Further ones push out the oldest.
const NOTICED_AT_MOST: usize = 1_000;

// === impl Scene ===

impl Scene {
    pub(super) fn new(site: Site) -> Self {
        let epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self {
            site,
            mirror: Mirror::default(),
            queues: Queues::default(),
            book: Book::default(),
            roster: BTreeMap::new(),
            clients: BTreeSet::new(),
            seats: BTreeMap::new(),
            inactive: BTreeSet::new(),
            news: Vec::new(),
            noticed: VecDeque::new(),
            version: 1,
            start: Instant::now(),
            epoch: i64::try_from(epoch).unwrap_or(i64::MAX),
        }
    }

    /// Seconds since 1970 UTC; it goes with the runtime's clock.
    pub(super) fn unix(&self) -> i64 {
        self.epoch.saturating_add(i64::try_from(self.start.elapsed().as_secs()).unwrap_or(i64::MAX))
    }

    /// Takes over what was observed. Gives back whom the switch has logged off.
    pub(super) fn follow(&mut self, observations: VecDeque<Observation>) -> Vec<UserId> {
        let (now, unix) = (Instant::now(), self.unix());
        let mut changes = Changes::default();
        for observation in observations {
            if let Observation::Call(sight) = &observation {
                self.book.see(sight);
            }
            self.mirror.apply(observation, unix, &mut changes);
        }
        if changes.is_empty() {
            return Vec::new();
        }
        for (call, _) in &changes.over {
            self.book.forget(call);
        }
        if !changes.over.is_empty() {
            self.book.prune(&self.mirror.calls);
        }
        self.queues.follow(&changes, &self.mirror, &self.book, now, unix, self.site.linger);
        self.version += 1;
        changes.logged_off
    }

    /// Says that something outside of the queues has changed.
    pub(super) fn touch(&mut self) {
        self.version += 1;
    }

    /// A user's status; the super user, and whoever never had one, is available.
    pub(super) fn status(&self, user: &UserId) -> AgentStatus {
        self.mirror.persons.get(user).and_then(|person| person.status.clone()).unwrap_or_else(|| AgentStatus {
            name: "Available".into(),
            text: "Available".into(),
            do_not_disturb: false,
            since: self.epoch,
        })
    }

    /// Is he on, with whatever client?
    pub(super) fn is_logged_in(&self, user: &UserId) -> bool {
        self.clients.contains(user) || self.roster.values().any(|entry| entry.user == *user)
    }

    /// Is he on at a station by ICWS, so that he takes calls?
    pub(super) fn has_line(&self, user: &UserId) -> bool {
        self.roster.values().any(|entry| entry.user == *user && entry.has_station)
    }

    /// The queue that a number and a name mean; `Err` with the words for a queue that is not there.
    pub(super) fn key(&self, kind: i64, name: &str) -> Result<Key, String> {
        match kind {
            0 | 1 => self.site.user_named(name).map(Key::User).ok_or_else(|| format!("User queue {name}")),
            2 => self.site.workgroup(name).map(|each| Key::Workgroup(each.queue.clone())).ok_or_else(|| format!("Workgroup queue {name}")),
            3 => {
                let station = self.site.stations().find(|station| station.eq_ignore_ascii_case(name));
                let station = station.ok_or_else(|| format!("Station queue {name}"))?;
                // An empty station has an empty queue.
                let user = self.seats.iter().find(|(_, seat)| seat.as_str() == station).map(|(user, _)| user.clone());
                Ok(Key::User(user.unwrap_or_else(|| UserId::new(""))))
            }
            other => Err(format!("A queue of type {other}")),
        }
    }

    /// Notes what only a telephone would notice.
    pub(super) fn notice(&mut self, what: String) {
        if self.noticed.len() == NOTICED_AT_MOST {
            self.noticed.pop_front();
        }
        self.noticed.push_back(what);
    }
}
