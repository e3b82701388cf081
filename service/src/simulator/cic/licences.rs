//! Licences of a session, and whose a number is (reference of ICWS, §5.1, §7).

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    site::display_name,
};
use serde_json::{Value, json};

/// The only licence that not everybody gets: it needs an extension, and an active licence.
const CLIENT: &str = "I3_ACCESS_CLIENT";

/// `/licenses`: more of them, others, or none.
pub(super) fn answer(desk: &Desk, ask: &Ask) -> Outcome {
    let wanted = ask.json()?.texts("licenseList")?;
    let result = |name: &String, available: bool| {
        let why = if available { "" } else { "The license is not assigned to the user." };
        json!({ "licenseName": name, "isAvailable": available, "errorDetails": why, "licenseStatus": if available { 2 } else { 3 } })
    };
    let may = desk.with(|state| {
        let has_extension = state.scene.user(desk.user.as_str()).is_some_and(|user| !user.extension.is_empty());
        has_extension && !state.scene.unlicensed.contains(&desk.user)
    });
    let grants = |name: &String| !name.eq_ignore_ascii_case(CLIENT) || may;
    desk.with(|state| {
        let Some(session) = state.sessions.get_mut(&desk.id) else { return Err(Problem::session_gone()) };
        match ask.method.as_str() {
            "GET" => Ok(Answer::ok(json!({ "licenseList": session.licences }))),
            "POST" | "PUT" => {
                if ask.method == "PUT" {
                    session.licences.clear();
                }
                session.licences.extend(wanted.iter().filter(|name| grants(name)).cloned());
                let results: Vec<Value> = wanted.iter().map(|name| result(name, grants(name))).collect();
                Ok(Answer::ok(json!({ "licenseOperationResultList": results })))
            }
            "DELETE" => {
                session.licences.retain(|name| !wanted.is_empty() && !wanted.contains(name));
                Ok(Answer::empty(200))
            }
            method => Err(Problem::method(method)),
        }
    })
}

/// `/phone-numbers/query-details`: who or what has an extension.
pub(super) fn number_details(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", ["query-details"]) => {}
        (method, ["query-details"]) => return Err(Problem::method(method)),
        _ => return Err(Problem::unsupported(&ask.path)),
    }
    let body = ask.json()?;
    let number = body.text("phoneNumber")?;
    Ok(Answer::ok(desk.with(|state| {
        let site = &state.scene.site;
        let workgroup = site.plan.workgroups.iter().find(|each| !each.extension.is_empty() && each.extension == number);
        // The numbers of this table are not those of queues elsewhere: 2 user, 3 station, 4 workgroup.
        if let Some(user) = site.user_at(number) {
            json!({ "extension": number, "queueName": user.user.as_str(), "queueType": 2, "displayName": display_name(user), "voicemailCapable": true })
        } else if let Some(workgroup) = workgroup {
            let name = workgroup.queue.as_str();
            json!({ "extension": number, "queueName": name, "queueType": 4, "displayName": name, "voicemailCapable": false })
        } else if let Some(station) = site.stations().find(|station| station.eq_ignore_ascii_case(number)) {
            json!({ "extension": number, "queueName": station, "queueType": 3, "displayName": station, "voicemailCapable": false })
        } else {
            json!({ "phoneNumber": number, "voicemailCapable": false })
        }
    })))
}
