//! Who is on, with which application and at which station (reference of ICWS, §2.5).

use super::{answer::Problem, desk::Desk, scene::Scene, session::Watch, site::Right};
use crate::domain::UserId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The vendor's own client, beside which agents work in SAP.
const CLIENT: &str = "Interaction Desktop";

/// Sessions of some users, or at some stations.
pub(super) struct SessionsWatch {
    only: Only,
    told: Option<BTreeMap<String, Value>>,
    version: u64,
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
        Ok(Self { only, told: None, version: 0 })
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
        if self.told.is_some() && self.version == scene.version {
            return Vec::new();
        }
        self.version = scene.version;
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
        let mut now = BTreeMap::new();
        for (id, entry) in &scene.roster {
            let seat = scene.seats.get(&entry.user).filter(|_| entry.has_station);
            if self.wants(&entry.user, seat) {
                now.insert(id.clone(), row(&entry.user, &entry.application, &entry.machine, seat));
            }
        }
        for user in &scene.clients {
            let seat = scene.seats.get(user);
            if self.wants(user, seat) {
                now.insert(format!("client of {user}"), row(user, CLIENT, "desktop", seat));
            }
        }
        let before = self.told.replace(now.clone());
        let is_delta = before.is_some();
        let before = before.unwrap_or_default();
        // A session whose station changes goes and comes.
        let added: Vec<_> = now.iter().filter(|(id, row)| before.get(*id) != Some(row)).map(|(_, row)| row).collect();
        let removed: Vec<_> = before.iter().filter(|(id, row)| now.get(*id) != Some(row)).map(|(_, row)| row).collect();
        if is_delta && added.is_empty() && removed.is_empty() {
            return Vec::new();
        }
        vec![
            json!({ "__type": "urn:inin.com:session:sessionsMessage", "isDelta": is_delta, "sessionsAdded": added, "sessionsRemoved": removed }),
        ]
    }
}
