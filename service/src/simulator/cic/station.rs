//! The station of a session (reference of ICWS, §1.6). All sessions of one user that have a station have the same one.

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    scene::Scene,
    session::Watch,
};
use crate::{
    domain::{Refusal, SwitchRequest, UserId},
    switch::{LogOn, Switch},
};
use serde_json::{Value, json};

/// What the vendor's clients show.
const NOT_ALLOWED: &str = "You are not allowed to log on to this station.";
const NO_LICENCE: &str = "The following licenses were not available: I3_ACCESS_CLIENT";

pub(super) async fn answer(desk: &Desk, ask: &Ask) -> Outcome {
    match ask.method.as_str() {
        "GET" => {
            Ok(Answer::ok(desk.with(|state| {
                described(&state.scene, &desk.user, state.scene.roster.get(&desk.id).is_some_and(|entry| entry.has_station))
            })))
        }
        "PUT" => put(desk, ask).await,
        "DELETE" => {
            desk.cic.leave_station(&desk.id).await;
            Ok(Answer::empty(200))
        }
        method => Err(Problem::method(method)),
    }
}

async fn put(desk: &Desk, ask: &Ask) -> Outcome {
    let body = ask.json()?;
    let kind = body.text("__type")?;
    let station = match kind.rsplit(':').next().unwrap_or_default() {
        "workstationSettings" | "remoteWorkstationSettings" => body.text("workstation")?.to_owned(),
        // Whoever works from anywhere is given his own station.
        "remoteNumberSettings" => {
            body.text("remoteNumber")?;
            let own = desk.with(|state| state.scene.user(desk.user.as_str()).map(|user| user.extension.clone()));
            own.ok_or_else(|| Problem::denied(NO_LICENCE))?
        }
        "stationlessSettings" => {
            desk.cic.leave_station(&desk.id).await;
            return Ok(Answer::empty(200));
        }
        _ => return Err(Problem::invalid("__type", "the type is not known")),
    };
    if desk.is_super || desk.with(|state| state.scene.unlicensed.contains(&desk.user)) {
        return Err(Problem::denied(NO_LICENCE));
    }
    let line = desk.with(|state| state.lines.get(&desk.user).cloned());
    if let Some(line) = line {
        // Another session of his is there already.
        line.request(SwitchRequest::SetStation(station)).await.map(drop).map_err(refused)?;
        desk.cic.find_seats().await;
    } else {
        let line = desk.cic.0.switch.log_on(LogOn { user: desk.user.clone(), station: Some(station) }).await.map_err(refused)?;
        desk.with(|state| {
            state.scene.seats.insert(desk.user.clone(), line.profile.station);
            state.lines.insert(desk.user.clone(), line.requests);
        });
    }
    desk.with(|state| {
        state.scene.roster.seat(&desk.id, true);
        state.scene.stir(&desk.user);
    });
    Ok(Answer::empty(200))
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::CannotLogOn { why, .. } if why.contains("in use by") => Problem::denied(format!("{NOT_ALLOWED} ({why})")),
        Refusal::CannotLogOn { why, .. } if why.contains("extension") => Problem::denied(format!("{NO_LICENCE} ({why})")),
        Refusal::CannotLogOn { why, .. } => Problem::denied(format!("{NOT_ALLOWED} ({why})")),
        other => other.into(),
    }
}

/// As it is read; `on`: this session has one.
fn described(scene: &Scene, user: &UserId, on: bool) -> Value {
    match scene.seats.get(user).filter(|_| on) {
        Some(seat) => json!({
            "id": seat,
            "extension": seat,
            "stationSetting": 1,
            "canBeDialed": true,
            "ringAlways": false,
            "allowedMediaTypes": [1, 2, 3, 4, 5],
        }),
        None => json!({ "id": "", "extension": "", "stationSetting": 0 }),
    }
}

/// Tells a session when its station changes.
pub(super) struct StationWatch {
    user: UserId,
    told: Option<Value>,
}

// === impl StationWatch ===

impl StationWatch {
    pub(super) fn new(user: UserId) -> Self {
        Self { user, told: None }
    }
}

impl Watch for StationWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let now = described(scene, &self.user, scene.has_line(&self.user));
        if self.told.as_ref() == Some(&now) {
            return Vec::new();
        }
        let before = self.told.replace(now.clone());
        vec![json!({
            "__type": "urn:inin.com:connection:stationConnectionStateChangeMessage",
            "isDelta": before.is_some(),
            "previousStationInfo": before,
            "newStationInfo": now,
        })]
    }

    fn is_wide(&self, user: &UserId) -> bool {
        self.user != *user
    }
}
