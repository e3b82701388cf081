//! What the service's user knows of the site: lists that it read, and what it was told since. Pure but for the clock.

use super::{
    Found,
    prepare::{NOW, Prepared, SO_FAR},
};
use crate::{
    domain::{AgentFigures, AgentStatus, QueueFigures, QueueId, QueueView, StationView, UserId, UserPresence, Workgroup},
    switch::{
        Directory, StatusEntry,
        icws::wire::{
            Id,
            configuration::{self, Station, User},
            connection::{SessionInfo, Sessions},
            lenient::Moment,
            message::Message,
            queues::{QueueContents, SubscriptionState},
            statistics::{StatisticValue, StatisticValues},
            status::{StatusMessage, StatusMessages, UserStatus, UserStatuses},
        },
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use tokio::time::Instant;

/// The site. Names are compared as CIC does, without regard to case: the keys are in lower case.
#[derive(Default)]
pub(super) struct Knowledge {
    read: bool,
    users: Vec<User>,
    workgroups: Vec<configuration::Workgroup>,
    own_stations: Vec<Station>,
    statuses: BTreeMap<String, StatusMessage>,
    what_users_do: HashMap<String, UserStatus>,
    sessions: Vec<SessionInfo>,
    /// By workgroup and identifier.
    figures: HashMap<(String, String), StatisticValue>,
    /// By subscription and interaction: whose, and does it live?
    items: HashMap<(Id, Id), (String, bool)>,
    clock: Option<(Moment, Instant)>,
    /// The lists are not what they were when they were read.
    stale: bool,
    /// Messages were missed.
    missed: bool,
    /// Grows with everything that is heard.
    version: u64,
}

/// What would be looked for again and again while a directory is made.
struct Index<'a> {
    sessions: HashMap<String, Vec<&'a SessionInfo>>,
    /// Interactions that live, by user.
    items: HashMap<&'a str, u32>,
    sitters: HashMap<String, UserId>,
}

// === impl Knowledge ===

impl Knowledge {
    /// Takes over lists.
    pub(super) fn learn(&mut self, prepared: &Prepared) {
        self.read = true;
        self.version += 1;
        self.users.clone_from(&prepared.users);
        self.workgroups.clone_from(&prepared.workgroups);
        self.own_stations.clone_from(&prepared.stations);
        self.clock = prepared.clock.or(self.clock);
    }

    /// What is heard from now on may not be in the lists.
    pub(super) fn begin_to_read(&mut self) {
        self.stale = false;
    }

    /// Are lists to be read again?
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Another number, another directory.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Takes over a message.
    pub(super) fn hear(&mut self, message: Message) {
        self.version += 1;
        match message {
            Message::StatusMessages(change) => self.hear_statuses(change),
            Message::UserStatuses(change) => self.hear_users(change),
            Message::Sessions(change) => self.hear_sessions(change),
            Message::Statistics(change) => self.hear_figures(change),
            Message::Queue(change) => self.hear_queue(change),
            Message::QueueState(change) if change.state == SubscriptionState::Faulted => {
                let why = change.error.map(|error| error.message).unwrap_or_default();
                tracing::warn!(why, "the queues of users cannot be watched: how many interactions agents have is not known");
            }
            Message::Configuration(change) => self.stale |= change.is_delta,
            Message::Resubscribe => (self.missed, self.stale) = (true, true),
            _ => {}
        }
    }

    /// Was something missed, so that everything is to be subscribed to again? Asked once.
    pub(super) fn take_missed(&mut self) -> bool {
        std::mem::take(&mut self.missed)
    }

    /// A user by his name; people at CIC differ by more than the case of a letter.
    pub(super) fn user(&self, name: &str) -> Found {
        let id = |user: &&User| user.configuration_id.id == *name;
        if let Some(user) = self.users.iter().find(id) {
            return Found::User(Box::new(user.clone()));
        }
        let other = self.users.iter().find(|user| user.configuration_id.id.to_lowercase() == name.to_lowercase());
        match other {
            Some(user) => Found::OtherCase(UserId::new(user.configuration_id.id.as_str())),
            None if self.read && !self.users.is_empty() => Found::Nobody,
            None => Found::Unknown,
        }
    }

    /// The workgroups of a user, from either side of the membership.
    pub(super) fn workgroups_of(&self, user: &str) -> Vec<Workgroup> {
        let his: Vec<&Id> = match self.users.iter().find(|each| each.configuration_id.id == *user) {
            Some(user) => user.workgroups.iter().map(|named| &named.id).collect(),
            None => Vec::new(),
        };
        let belongs = |workgroup: &&configuration::Workgroup| {
            let id = &workgroup.configuration_id.id;
            his.iter().any(|his| his.eq_ignore_ascii_case(id))
                || workgroup.members.iter().any(|member| member.id.eq_ignore_ascii_case(user))
        };
        self.queues()
            .filter(belongs)
            .map(|workgroup| Workgroup { id: queue_id(workgroup), number: workgroup.extension.to_string() })
            .collect()
    }

    /// A workgroup by its name or number.
    pub(super) fn workgroup(&self, named: &str) -> Option<QueueId> {
        let named = named.trim();
        let by_name = self.queues().find(|workgroup| workgroup.configuration_id.id.eq_ignore_ascii_case(named));
        let found = by_name.or_else(|| self.queues().find(|workgroup| workgroup.extension == *named));
        found.filter(|_| !named.is_empty()).map(queue_id)
    }

    /// Where a user sits: by his sessions, else by his status.
    pub(super) fn seat_of(&self, user: &str) -> Option<String> {
        let session = self.sessions_of(user).find_map(|session| station(session));
        let told = || self.what_users_do.get(&user.to_lowercase())?.stations.as_ref()?.first().map(Id::to_string);
        session.map(Id::to_string).or_else(told).filter(|seat| !seat.is_empty())
    }

    /// Who sits there.
    pub(super) fn sitter(&self, wanted: &str) -> Option<UserId> {
        self.index().sitters.remove(&wanted.to_lowercase())
    }

    /// All stations that are known of: those that CIC lists where it does, users' own, and those where somebody sits.
    pub(super) fn stations(&self) -> BTreeSet<String> {
        let listed = self.own_stations.iter().map(|station| station.configuration_id.id.to_string());
        let own = self.users.iter().filter_map(|user| user.default_workstation.as_ref()).map(|named| named.id.to_string());
        let used = self.sessions.iter().filter_map(station).map(Id::to_string);
        let told = self.what_users_do.values().flat_map(|status| status.stations.iter().flatten()).map(Id::to_string);
        listed.chain(own).chain(used).chain(told).filter(|name| !name.is_empty()).collect()
    }

    /// Everything, as the port gives it out. `ours` is the name under which our own sessions are listed.
    pub(super) fn directory(&self, ours: &str) -> Directory {
        let now = self.server_now();
        let statuses =
            self.statuses.values().map(|status| StatusEntry { status: shown(status, now), selectable: status.is_selectable_status });
        let index = self.index();
        let mut users: Vec<_> = self
            .users
            .iter()
            .filter(|user| !user.exclude_from_directory && !user.extension.is_empty())
            .map(|user| self.presence(user, ours, &index))
            .collect();
        users.sort_by(|a, b| a.user.cmp(&b.user));
        let queues = self.queues().map(|workgroup| QueueView {
            id: queue_id(workgroup),
            description: workgroup.configuration_id.shown().into(),
            number: workgroup.extension.to_string(),
            figures: self.figures_of(&workgroup.configuration_id.id, now),
        });
        let stations = self.stations().into_iter().map(|name| StationView { user: index.sitters.get(&name.to_lowercase()).cloned(), name });
        Directory { statuses: statuses.collect(), queues: queues.collect(), users, stations: stations.collect() }
    }

    fn index(&self) -> Index<'_> {
        let mut sessions: HashMap<String, Vec<&SessionInfo>> = HashMap::new();
        let told =
            self.what_users_do.values().flat_map(|status| status.stations.iter().flatten().map(|station| (station, &status.user_id)));
        let mut sitters: HashMap<String, UserId> =
            told.map(|(station, user)| (station.to_lowercase(), UserId::new(user.as_str()))).collect();
        for session in &self.sessions {
            let Some(user) = &session.user_id else { continue };
            sessions.entry(user.id.to_lowercase()).or_default().push(session);
            if let Some(station) = station(session) {
                sitters.insert(station.to_lowercase(), UserId::new(user.id.as_str()));
            }
        }
        let mut items: HashMap<&str, u32> = HashMap::new();
        for (user, lives) in self.items.values() {
            *items.entry(user).or_default() += u32::from(*lives);
        }
        Index { sessions, items, sitters }
    }

    fn presence(&self, user: &User, ours: &str, index: &Index<'_>) -> UserPresence {
        let (id, key) = (&user.configuration_id.id, user.configuration_id.id.to_lowercase());
        let does = self.what_users_do.get(&key);
        let sessions = index.sessions.get(&key).map(Vec::as_slice).unwrap_or_default();
        let logged_in = does.and_then(|status| status.logged_in).unwrap_or(false) || !sessions.is_empty();
        // Without the right to see sessions, whoever is logged in may be one of ours.
        let from_sap =
            logged_in && (self.sessions.is_empty() || sessions.iter().any(|session| session.application_name.eq_ignore_ascii_case(ours)));
        let status = does.and_then(|status| status.status_id.as_deref()).unwrap_or_default();
        let known = self.statuses.get(&status.to_lowercase());
        let disturbed_not = known.is_none_or(|status| status.is_do_not_disturb_status);
        let items = index.items.get(key.as_str()).copied().unwrap_or_default();
        let talks = does.and_then(|status| status.on_phone).unwrap_or_default();
        let presence = match (logged_in, from_sap) {
            (false, _) => "logged_off",
            (true, true) if !disturbed_not && items == 0 && !talks => "available",
            (true, _) => "busy",
        };
        let figures = from_sap.then(|| AgentFigures {
            status: known.map_or(status, |known| &*known.status_id).into(),
            since: does.and_then(|status| status.status_changed).map_or(0, |moment| moment.0),
            items,
        });
        let personal = &user.personal_information_properties;
        let name = format!("{} {}", personal.given_name, personal.surname);
        let name = if name.trim().is_empty() { user.configuration_id.shown().to_owned() } else { name.trim().to_owned() };
        UserPresence { user: UserId::new(id.as_str()), name, number: user.extension.to_string(), presence, figures }
    }

    /// `None` where the server gives none of the figures that a list of queues needs.
    fn figures_of(&self, workgroup: &str, now: i64) -> Option<QueueFigures> {
        let value = |name: &str| self.figures.get(&(workgroup.to_lowercase(), name.to_lowercase()));
        let count = |name: &str| value(name).and_then(StatisticValue::count);
        let longest_wait = match value(NOW[3]) {
            Some(StatisticValue::Since(moment)) => u32::try_from(now - moment.0).unwrap_or_default(),
            other => other.and_then(StatisticValue::count).unwrap_or_default(),
        };
        let (agents_logged_on, agents_available) = (count(NOW[0]), count(NOW[1]));
        agents_logged_on.or(agents_available)?;
        Some(QueueFigures {
            agents_logged_on: agents_logged_on.unwrap_or_default(),
            agents_available: agents_available.unwrap_or_default(),
            waiting: count(NOW[2]).unwrap_or_default(),
            longest_wait,
            answered: count(SO_FAR[0]).unwrap_or_default(),
            abandoned: count(SO_FAR[1]).unwrap_or_default(),
        })
    }

    fn hear_statuses(&mut self, change: StatusMessages) {
        if !change.is_delta {
            self.statuses.clear();
        }
        for gone in change.status_messages_removed {
            self.statuses.remove(&gone.to_lowercase());
        }
        for status in change.status_messages_added.into_iter().chain(change.status_messages_changed) {
            self.statuses.insert(status.status_id.to_lowercase(), status);
        }
    }

    fn hear_users(&mut self, change: UserStatuses) {
        if !change.is_delta {
            self.what_users_do.clear();
        }
        for new in change.user_status_list {
            let known = self.what_users_do.entry(new.user_id.to_lowercase()).or_default();
            known.user_id = new.user_id;
            known.status_id = new.status_id.or(known.status_id.take());
            known.status_changed = new.status_changed.or(known.status_changed);
            known.stations = new.stations.or(known.stations.take());
            known.logged_in = new.logged_in.or(known.logged_in);
            known.on_phone = new.on_phone.or(known.on_phone);
        }
    }

    fn hear_sessions(&mut self, change: Sessions) {
        if !change.is_delta {
            self.sessions.clear();
        }
        for gone in change.sessions_removed {
            // One of them: a user may have two that look alike.
            if let Some(at) = self.sessions.iter().position(|known| same_session(known, &gone)) {
                self.sessions.swap_remove(at);
            }
        }
        self.sessions.extend(change.sessions_added);
    }

    fn hear_figures(&mut self, change: StatisticValues) {
        for new in change.statistic_value_changes {
            let key = &new.statistic_key;
            let Some(workgroup) = key.parameter(crate::switch::icws::wire::statistics::WORKGROUP) else { continue };
            let name = key.statistic_identifier.rsplit(':').next().unwrap_or_default();
            let key = (workgroup.to_lowercase(), name.to_lowercase());
            match new.statistic_value {
                Some(StatisticValue::Error(number)) => {
                    tracing::debug!(workgroup = key.0, name, number, "the CIC server has no value for a figure");
                    self.figures.remove(&key);
                }
                Some(value) => drop(self.figures.insert(key, value)),
                None => drop(self.figures.remove(&key)),
            }
        }
    }

    fn hear_queue(&mut self, change: QueueContents) {
        let subscription = change.subscription_id;
        if !change.is_delta {
            self.items.retain(|(of, _), _| *of != subscription);
        }
        for gone in change.interactions_removed {
            self.items.remove(&(subscription.clone(), gone));
        }
        for new in change.interactions_added.into_iter().chain(change.interactions_changed) {
            let known = self.items.entry((subscription.clone(), new.interaction_id)).or_default();
            if let Some(user) = new.attributes.text("Eic_UserName") {
                known.0 = user.to_lowercase();
            }
            if let Some(state) = new.attributes.text("Eic_State") {
                known.1 = !matches!(state.trim(), "I" | "E" | "i" | "e");
            }
        }
    }

    fn sessions_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a SessionInfo> {
        self.sessions.iter().filter(move |session| session.user_id.as_ref().is_some_and(|id| id.id.eq_ignore_ascii_case(user)))
    }

    /// Workgroups that have a queue, as far as is said.
    fn queues(&self) -> impl Iterator<Item = &configuration::Workgroup> {
        self.workgroups.iter().filter(|workgroup| workgroup.has_queue != Some(false) && workgroup.is_active != Some(false))
    }

    /// By the server's clock, which its dates are of.
    fn server_now(&self) -> i64 {
        match self.clock {
            Some((moment, at)) => moment.0 + i64::try_from(at.elapsed().as_secs()).unwrap_or_default(),
            None => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or_default()),
        }
    }
}

fn shown(status: &StatusMessage, since: i64) -> AgentStatus {
    let name: Arc<str> = status.status_id.as_str().into();
    let text = if status.message_text.is_empty() { Arc::clone(&name) } else { status.message_text.as_str().into() };
    AgentStatus { name, text, do_not_disturb: status.is_do_not_disturb_status, since }
}

fn queue_id(workgroup: &configuration::Workgroup) -> QueueId {
    QueueId::new(workgroup.configuration_id.id.as_str())
}

fn station(session: &SessionInfo) -> Option<&Id> {
    session.station_id.as_ref().map(|named| &named.id).filter(|id| !id.is_empty())
}

fn same_session(one: &SessionInfo, other: &SessionInfo) -> bool {
    let user = |session: &SessionInfo| session.user_id.as_ref().map(|user| user.id.to_lowercase());
    user(one) == user(other)
        && one.application_name == other.application_name
        && one.machine_name == other.machine_name
        && (station(one) == station(other) || station(other).is_none())
}

#[cfg(test)]
mod tests;
