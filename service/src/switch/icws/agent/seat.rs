//! Where an agent sits (icws §1.6): the station that SAP names, else where he sits already, else his own. A person may write a station as his
//! machine is called: with blanks around, or with its domain.

use super::{
    super::{
        IcwsError, Session,
        agents::Shared,
        wire::{
            configuration::User,
            connection::{Seat, StationSettings},
        },
    },
    Agent,
    lanes::Done,
};
use crate::domain::{Medium, Refusal, UserId};

/// Takes a seat; gives back the station as the server writes it.
pub(super) async fn sit(shared: &Shared, session: &Session, who: &UserId, wishes: &[Seat]) -> Result<String, Refusal> {
    let mut last = None;
    for seat in wishes {
        match session.set_station(&StationSettings::at(seat.clone())).await {
            Ok(()) => {
                // As the server spells it.
                let station = session.station().await.map(|station| station.id.to_string()).unwrap_or_default();
                return Ok(if station.is_empty() { name_of(seat).to_owned() } else { station });
            }
            Err(IcwsError::Refused { message, .. }) => {
                last.get_or_insert((name_of(seat).to_owned(), message));
            }
            Err(error) => return Err(super::super::refusals::refusal(error, who)),
        }
    }
    let why = match last {
        Some((station, message)) => {
            // The server does not say who sits there.
            let sitter = shared.super_user.sitter(&station).filter(|sitter| sitter != who);
            let sitter = sitter.map_or_else(String::new, |sitter| format!(" It is in use by {sitter}: let {sitter} log off."));
            format!("station {station} cannot be used: {message}{sitter} Choose another station")
        }
        None => "the user has no station: give the user a default workstation on the telephony server, or name a work centre".to_owned(),
    };
    Err(Refusal::CannotLogOn { user: who.clone(), why })
}

/// The stations to try for what a person wrote.
pub(super) fn named(written: &str) -> Vec<Seat> {
    let written = written.trim();
    let mut wishes = vec![workstation(written)];
    if let Some((host, _)) = written.split_once('.').filter(|(host, _)| !host.is_empty()) {
        wishes.push(workstation(host));
    }
    // A number with its country is no station's name: the agent works at a telephone outside.
    if written.starts_with('+') && written[1..].bytes().all(|byte| byte.is_ascii_digit()) {
        wishes.push(Seat::RemoteNumber { remote_number: written.to_owned(), persistent_connection: false });
    }
    wishes
}

/// Where he sits already, else his own station, else one that is called like his extension.
pub(super) async fn usual(session: &Session, user: &User, who: &UserId) -> Vec<Seat> {
    let response = session.response();
    let mut names: Vec<String> = Vec::new();
    if let Some(effective) = &response.effective_station {
        names.push(effective.station_id.id.to_string());
    } else if !session.features().effective_station() {
        // Older servers say it with his status only.
        let status = session.user_status(who.as_str()).await.unwrap_or_default();
        names.extend(status.stations.into_iter().flatten().map(|station| station.to_string()));
    }
    names.extend(response.default_workstation_id.as_ref().map(ToString::to_string));
    names.extend(user.default_workstation.as_ref().map(|station| station.id.to_string()));
    names.push(user.extension.to_string());
    let mut wishes: Vec<Seat> = Vec::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        let seat = workstation(name);
        if !wishes.contains(&seat) {
            wishes.push(seat);
        }
    }
    wishes
}

fn workstation(name: &str) -> Seat {
    Seat::Workstation { workstation: name.into() }
}

fn name_of(seat: &Seat) -> &str {
    match seat {
        Seat::Workstation { workstation } | Seat::RemoteWorkstation { workstation, .. } => workstation,
        Seat::RemoteNumber { remote_number, .. } => remote_number,
        Seat::Stationless {} => "",
    }
}

impl Agent {
    /// Another seat for an agent who is logged on. His calls are at the old one, so there must be none.
    pub(super) async fn set_station(&self, written: &str) -> Result<Done, Refusal> {
        let session = self.session()?;
        let (current, talks) = {
            let state = self.state();
            let talks = state.picture.told().any(|seen| seen.interaction.medium() == Medium::Call);
            (state.station.clone(), talks)
        };
        if talks && !current.eq_ignore_ascii_case(written.trim()) {
            return Err(Refusal::SwitchRefused(format!("station {} can be taken when the calls at {current} have ended", written.trim())));
        }
        let station = sit(&self.shared, &session, &self.user, &named(written)).await?;
        self.state().station = station;
        Ok(Done::at_once())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_is_tried_as_it_is_written_and_without_its_domain() {
        let names = |written: &str| named(written).iter().map(|seat| name_of(seat).to_owned()).collect::<Vec<_>>();
        assert_eq!(names(" DESK-1 "), ["DESK-1"]);
        assert_eq!(names("Desk-1.branch.example.com"), ["Desk-1.branch.example.com", "Desk-1"]);
        assert_eq!(names("+4930123"), ["+4930123", "+4930123"]);
        assert!(matches!(named("+4930123")[1], Seat::RemoteNumber { .. }));
    }
}
