//! All that can be seen on the server, apart from the sessions that see it.

use super::{
    book::Book,
    mirror::{Changes, Mirror},
    names::Names,
    queues::{Key, Queues},
    roster::Roster,
    site::Site,
};
use crate::{
    domain::{AgentStatus, InteractionState, QueueId, SwitchEvent, UserId},
    switch::embedded::{Observation, UserPlan, WorkgroupPlan},
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::SystemTime,
};
use tokio::time::Instant;

/// See the module.
pub(super) struct Scene {
    pub(super) site: Site,
    /// How often what administrators have set up was changed.
    pub(super) configured: u64,
    pub(super) mirror: Mirror,
    pub(super) queues: Queues,
    pub(super) book: Book,
    pub(super) roster: Roster,
    /// Users who are on with a client of the switch's own, and since it knows them.
    pub(super) clients: BTreeSet<UserId>,
    /// Where each user sits who has a station.
    pub(super) seats: BTreeMap<UserId, String>,
    /// Members who do not work for their workgroup now.
    pub(super) inactive: BTreeSet<(UserId, QueueId)>,
    /// Users who have never had a status.
    pub(super) new_users: BTreeSet<UserId>,
    /// Users whose licence is not active.
    pub(super) unlicensed: BTreeSet<UserId>,
    /// What has happened since the watches looked last.
    pub(super) news: Vec<News>,
    /// What only a telephone would have noticed: digits, recordings.
    pub(super) noticed: VecDeque<String>,
    /// Users and workgroups of whom something is not as the watches saw it last.
    pub(super) stirred: BTreeSet<Key>,
    names: Names,
    start: Instant,
    epoch: i64,
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
            names: Names::of(&site),
            site,
            configured: 0,
            mirror: Mirror::default(),
            queues: Queues::default(),
            book: Book::default(),
            roster: Roster::default(),
            clients: BTreeSet::new(),
            seats: BTreeMap::new(),
            inactive: BTreeSet::new(),
            new_users: BTreeSet::new(),
            unlicensed: BTreeSet::new(),
            news: Vec::new(),
            noticed: VecDeque::new(),
            stirred: BTreeSet::new(),
            start: Instant::now(),
            epoch: i64::try_from(epoch).unwrap_or(i64::MAX),
        }
    }

    /// Seconds since 1970 UTC; it goes with the runtime's clock.
    pub(super) fn unix(&self) -> i64 {
        self.epoch.saturating_add(i64::try_from(self.seconds()).unwrap_or(i64::MAX))
    }

    /// Seconds since the server's start.
    pub(super) fn seconds(&self) -> u64 {
        self.start.elapsed().as_secs()
    }

    /// Takes over what was observed. Gives back whom the switch has logged off.
    pub(super) fn follow(&mut self, observations: VecDeque<Observation>) -> Vec<UserId> {
        let unix = self.unix();
        let mut changes = Changes::default();
        let mut logged_off = Vec::new();
        for observation in observations {
            if self.ends_unseen(&observation) {
                logged_off.extend(self.show(std::mem::take(&mut changes), unix));
            }
            if let Observation::Call(sight) = &observation {
                self.book.see(sight);
            }
            self.mirror.apply(observation, unix, &mut changes);
        }
        logged_off.extend(self.show(changes, unix));
        logged_off
    }

    /// Shows in the queues what has changed.
    fn show(&mut self, changes: Changes, unix: i64) -> Vec<UserId> {
        if changes.is_empty() {
            return Vec::new();
        }
        for (call, _) in &changes.over {
            self.book.forget(call);
        }
        if !changes.over.is_empty() {
            self.book.prune(&self.mirror.calls);
        }
        self.queues.follow(&changes, &self.mirror, &self.book, Instant::now(), unix, self.site.linger);
        self.stirred.append(&mut self.queues.stirred);
        changes.logged_off
    }

    /// Is this the end of what no queue has shown yet? A number that cannot be reached ends its call at once, and who has dialled it learns so
    /// from the call's end.
    fn ends_unseen(&self, observation: &Observation) -> bool {
        let Observation::Agent(user, SwitchEvent::Interaction(interaction)) = observation else { return false };
        matches!(interaction.state, InteractionState::Ended(_))
            && self.mirror.persons.get(user).is_some_and(|person| person.interactions.contains_key(&interaction.id))
            && self.queues.live(&Key::User(user.clone())).all(|item| item.call != interaction.id)
    }

    /// Removes what has been shown long enough after its end; gives back when there is more to remove.
    pub(super) fn sweep(&mut self) -> Option<Instant> {
        let next = self.queues.sweep(Instant::now());
        self.stirred.append(&mut self.queues.stirred);
        next
    }

    /// Says that something about a user has changed that is in no queue.
    pub(super) fn stir(&mut self, user: &UserId) {
        self.stirred.insert(Key::User(user.clone()));
    }

    /// Takes over who sits where.
    pub(super) fn sit(&mut self, seats: BTreeMap<UserId, String>) {
        let before = std::mem::replace(&mut self.seats, seats);
        let moved = |one: &BTreeMap<UserId, String>, other: &BTreeMap<UserId, String>| {
            let moved = one.iter().filter(|(user, seat)| other.get(*user) != Some(seat));
            moved.map(|(user, _)| Key::User(user.clone())).collect::<Vec<_>>()
        };
        self.stirred.extend(moved(&before, &self.seats));
        self.stirred.extend(moved(&self.seats, &before));
    }

    /// The user of this name in any case, as he is written.
    pub(super) fn user_named(&self, name: &str) -> Option<UserId> {
        if name.eq_ignore_ascii_case(&self.site.super_user) {
            return Some(self.site.super_user.as_str().into());
        }
        self.user(name).map(|user| user.user.clone())
    }

    /// What the site has set up for the user of this name in any case.
    pub(super) fn user(&self, name: &str) -> Option<&UserPlan> {
        self.names.user(name).and_then(|place| self.site.plan.users.get(place))
    }

    /// The workgroup of this name in any case.
    pub(super) fn workgroup(&self, name: &str) -> Option<&WorkgroupPlan> {
        self.names.workgroup(name).and_then(|place| self.site.plan.workgroups.get(place))
    }

    /// The workgroups that a user is a member of, working or not.
    pub(super) fn workgroups_of(&self, user: &UserId) -> &[QueueId] {
        self.names.workgroups_of(user)
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
        self.clients.contains(user) || self.roster.of(user).next().is_some()
    }

    /// Is he on at a station by ICWS, so that he takes calls?
    pub(super) fn has_line(&self, user: &UserId) -> bool {
        self.roster.of(user).any(|(_, entry)| entry.has_station)
    }

    /// The queue that a number and a name mean; `Err` with the words for a queue that is not there.
    pub(super) fn key(&self, kind: i64, name: &str) -> Result<Key, String> {
        match kind {
            0 | 1 => self.user_named(name).map(Key::User).ok_or_else(|| format!("User queue {name}")),
            2 => self.workgroup(name).map(|each| Key::Workgroup(each.queue.clone())).ok_or_else(|| format!("Workgroup queue {name}")),
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
