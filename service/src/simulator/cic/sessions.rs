//! Who is on, with which application and at which station (reference of ICWS, §2.5).

use super::{answer::Problem, desk::Desk, queues::Key, scene::Scene, session::Watch, site::Right};
use crate::domain::UserId;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// The vendor's own client, beside which agents work in SAP.
const CLIENT: &str = "Interaction Desktop";

/// Sessions of some users, or at some stations.
pub(super) struct SessionsWatch {
    only: Only,
    /// By user and session.
    told: Option<BTreeMap<(UserId, String), Value>>,
}

/// Whose.
pub(super) enum Only {
    /// Empty: everybody's.
    Users(Vec<UserId>),
    /// Empty: at all stations.
    Stations(Vec<String>),
}

// === impl SessionsWatch ===

impl SessionsWatch {
    /// # Errors
    /// Other users' sessions need a right.
    pub(super) fn new(desk: &Desk, only: Only) -> Result<Self, Problem> {
        let own = matches!(&only, Only::Users(users) if !users.is_empty() && users.iter().all(|user| *user == desk.user));
        if !own && desk.is_super && !desk.may(Right::ProxyLogins) {
            return Err(Problem::denied("The user may not view the sessions of others."));
        }
        Ok(Self { only, told: None })
    }

    fn wants(&self, user: &UserId, seat: Option<&String>) -> bool {
        match &self.only {
            Only::Users(users) => users.is_empty() || users.contains(user),
            Only::Stations(stations) => {
                seat.is_some_and(|seat| stations.is_empty() || stations.iter().any(|each| each.eq_ignore_ascii_case(seat)))
            }
        }
    }
}

impl Watch for SessionsWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let row = |user: &UserId, application: &str, machine: &str, seat: Option<&String>| {
            let seat = seat.map_or("", String::as_str);
            json!({
                "applicationName": application,
                "machineName": machine,
                "stationId": { "id": seat, "displayName": seat, "uri": format!("/configuration/stations/{seat}") },
                "userId": { "id": user.as_str(), "displayName": user.as_str(), "uri": format!("/configuration/users/{user}") },
                "reason": 0,
            })
        };
        let is_delta = self.told.is_some();
        let stirred = scene.stirred.iter().filter_map(|key| if let Key::User(user) = key { Some(user) } else { None });
        let everybody = || scene.roster.all().map(|(_, entry)| &entry.user).chain(&scene.clients);
        let concerned: BTreeSet<&UserId> = if is_delta { stirred.collect() } else { everybody().collect() };
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        let mut told = self.told.take().unwrap_or_default();
        for user in concerned {
            let seat = scene.seats.get(user);
            let mut now = BTreeMap::new();
            for (id, entry) in scene.roster.of(user) {
                let seat = seat.filter(|_| entry.has_station);
                if self.wants(user, seat) {
                    now.insert(id.clone(), row(user, &entry.application, &entry.machine, seat));
                }
            }
            if scene.clients.contains(user) && self.wants(user, seat) {
                now.insert(format!("client of {user}"), row(user, CLIENT, "desktop", seat));
            }
            let known = told.range((user.clone(), String::new())..).take_while(|((each, _), _)| each == user);
            let gone: Vec<_> = known.filter(|((_, id), row)| now.get(id) != Some(row)).map(|(key, _)| key.clone()).collect();
            // A session whose station changes goes and comes.
            removed.extend(gone.iter().filter_map(|key| told.remove(key)));
            for (id, row) in now {
                if let Entry::Vacant(place) = told.entry((user.clone(), id)) {
                    added.push(row.clone());
                    place.insert(row);
                }
            }
        }
        self.told = Some(told);
        if is_delta && added.is_empty() && removed.is_empty() {
            return Vec::new();
        }
        vec![
            json!({ "__type": "urn:inin.com:session:sessionsMessage", "isDelta": is_delta, "sessionsAdded": added, "sessionsRemoved": removed }),
        ]
    }
}
