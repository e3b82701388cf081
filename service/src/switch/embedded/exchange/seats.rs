//! Stations: which there are, who sits at which, and changing the seat.
//!
//! An agent may be logged on with a client of the switch's own before SAP logs him on; his station is the one he sits at then (guide, "Does
//! the integration require Interaction Desktop to be running?"). A person may write a station as his machine is called: in other capitals,
//! or with its domain (work-centre ids are IP addresses, host names or names of the site's own, ici-wire §2.1).

use super::{Exchange, people::Agent};
use crate::domain::{Refusal, StationView, UserId};
use std::{collections::HashMap, time::Duration};

/// Every station, by its name in lower case.
#[derive(Default)]
pub(super) struct Stations(HashMap<String, String>);

// === impl Stations ===

impl Stations {
    pub(super) fn add(&mut self, name: &str) {
        self.0.entry(name.to_lowercase()).or_insert_with(|| name.to_owned());
    }

    /// The station that is meant, as the plan writes it.
    fn find(&self, written: &str) -> Option<&str> {
        let written = written.trim().to_lowercase();
        let host = || written.split_once('.').and_then(|(host, _)| self.0.get(host));
        self.0.get(&written).or_else(host).map(String::as_str)
    }
}

// === impl Exchange ===

impl Exchange {
    /// Where an agent who logs on will sit: at the station he names, else where he sits already, else at his own.
    pub(super) fn seat(&self, agent: &Agent, named: Option<&str>) -> Result<String, Refusal> {
        let user = &agent.plan.user;
        let cannot = |why: String| Refusal::CannotLogOn { user: user.clone(), why };
        let sits = Some(agent.station.as_str()).filter(|station| self.seats.get(*station) == Some(user));
        let wanted = named.or(sits).unwrap_or(&agent.plan.extension);
        let station =
            self.names.stations.find(wanted).ok_or_else(|| cannot(format!("station {wanted} is not known: choose another station")))?;
        match self.seats.get(station) {
            Some(other) if other != user => {
                Err(cannot(format!("station {station} is in use by {other}: choose another station or let {other} log off")))
            }
            _ => Ok(station.to_owned()),
        }
    }

    /// Gives an agent a seat that is free or his own.
    pub(super) fn take_seat(&mut self, user: &UserId, station: String) {
        let Some(agent) = self.agents.get_mut(user) else { return };
        if self.seats.get(&agent.station) == Some(user) {
            self.seats.remove(&agent.station);
        }
        agent.station.clone_from(&station);
        self.seats.insert(station, user.clone());
    }

    /// An agent who logs off leaves his seat, unless a client of the switch's own holds it.
    pub(super) fn leave_seat(&mut self, user: &UserId) {
        if let Some(agent) = self.agents.get(user).filter(|agent| !agent.has_client)
            && self.seats.get(&agent.station) == Some(user)
        {
            self.seats.remove(&agent.station);
        }
    }

    /// Another seat for an agent who is logged on. His calls are at the old one, so there must be none.
    pub(super) fn set_station(&mut self, user: &UserId, named: &str) -> Result<(), Refusal> {
        let agent = self.known(user)?;
        let station = self.seat(agent, Some(named))?;
        if station != agent.station && !agent.calls.is_empty() {
            return Err(Refusal::SwitchRefused(format!("station {station} can be taken when the calls at {} have ended", agent.station)));
        }
        self.take_seat(user, station);
        Ok(())
    }

    /// An agent logs on, or off (`None`), with a client of the switch's own.
    pub(in super::super) fn use_client(&mut self, now: Duration, user: &UserId, station: Option<&str>) -> Result<(), Refusal> {
        self.now = now;
        let station = station.map(|station| self.seat(self.known(user)?, Some(station))).transpose()?;
        let Some(agent) = self.agents.get_mut(user) else { return Ok(()) };
        agent.has_client = station.is_some();
        let is_logged_on = agent.session.is_some();
        match station {
            Some(station) => self.take_seat(user, station),
            None if !is_logged_on => self.leave_seat(user),
            None => {}
        }
        Ok(())
    }

    /// All stations with who sits there, sorted by name.
    pub(super) fn stations(&self) -> Vec<StationView> {
        let view = |name: &String| StationView { name: name.clone(), user: self.seats.get(name).cloned() };
        let mut stations: Vec<_> = self.names.stations.0.values().map(view).collect();
        stations.sort_by(|a, b| a.name.cmp(&b.name));
        stations
    }
}
