//! What the built-in switch would say of an agent: by the file, and by what the running service tells of others.

use super::{
    person::{Licence, Person, Seat, Status, Told, named},
    service::Running,
};
use shared::config::{Embedded, SwitchKind, User};

/// Looks. `station` is the work centre that he names, where he names one.
pub(super) fn look(plan: &Embedded, asked: &str, station: Option<&str>, running: &Told<Running>) -> Person {
    let user = plan.users.iter().find(|user| user.name.to_lowercase() == asked.to_lowercase());
    let told = |read: fn(&User) -> String| Ok(user.map(read).unwrap_or_default());
    Person {
        switch: SwitchKind::Embedded,
        asked: asked.to_owned(),
        asking: String::new(),
        named: Ok(named(asked, plan.users.iter().map(|user| user.name.as_str()))),
        hidden: Ok(user.is_some_and(|user| user.excluded_from_directory)),
        extension: told(|user| user.extension.clone()),
        status: Ok(first_status(plan, user)),
        seat: Ok(seat(plan, user, station, running)),
        licence: Ok(Licence::NotNeeded),
    }
}

/// The one that the file names for him, where there is one; else the first.
fn first_status(plan: &Embedded, user: Option<&User>) -> Status {
    let wanted = user.and_then(|user| user.status.as_deref());
    match (wanted, plan.statuses.first()) {
        (Some(wanted), _) if !plan.statuses.iter().any(|status| status.name == wanted) => Status::Unlisted(wanted.to_owned()),
        (Some(wanted), _) => Status::First(wanted.to_owned()),
        (None, Some(first)) => Status::First(first.name.clone()),
        (None, None) => Status::Never,
    }
}

fn seat(plan: &Embedded, user: Option<&User>, station: Option<&str>, running: &Told<Running>) -> Seat {
    let own = user.map(|user| user.extension.as_str()).unwrap_or_default();
    let place = station.map(str::trim).filter(|place| !place.is_empty()).unwrap_or(own);
    if place.is_empty() {
        return Seat::Nowhere;
    }
    let known = plan.stations.iter().chain(plan.users.iter().map(|user| &user.extension)).find(|known| known.eq_ignore_ascii_case(place));
    let Some(station) = known.cloned() else { return Seat::Unknown(place.to_owned()) };
    // The switch lives in the service: without one nobody sits anywhere.
    let Ok(running) = running else { return Seat::Free(station) };
    let others: Vec<&str> =
        running.agents.iter().map(|agent| agent.user.as_str()).filter(|name| user.is_none_or(|user| user.name != *name)).collect();
    if others.len() < running.agents.len() && place == own {
        return Seat::His(station);
    }
    // Whoever is on may have named any work centre; most sit at their own.
    let owner = plan.users.iter().find(|user| user.extension == station).map(|user| user.name.as_str());
    match owner.filter(|owner| others.contains(owner)) {
        Some(owner) => Seat::Perhaps { station, why: format!("it is {owner}'s own, and {owner} is logged on") },
        None => Seat::Free(station),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::service::Agent, *};
    use crate::cli::report::Verdict;

    fn ids(plan: &Embedded, asked: &str, station: Option<&str>, on: &[&str]) -> Vec<String> {
        let agents = on.iter().map(|name| Agent { user: (*name).to_owned(), since: 0, ghost: None }).collect();
        let person = look(plan, asked, station, &Ok(Running { agents, refusals: Vec::new() }));
        person.judged().into_iter().filter(|detail| detail.verdict != Verdict::Ok).map(|detail| detail.id).collect()
    }

    #[test]
    fn the_file_decides_all_but_who_sits_there() {
        let mut plan = Embedded::default();
        plan.stations.push("DESK-1".into());
        assert!(ids(&plan, "ANNA", None, &[]).is_empty());
        assert!(ids(&plan, "ANNA", Some(" desk-1 "), &["BERT"]).is_empty());
        assert_eq!(ids(&plan, "anna", None, &[]), ["doctor-name-case"]);
        assert_eq!(ids(&plan, "ANNA", Some("8002"), &["BERT"]), ["doctor-seat-undecided-here"]);
        assert_eq!(ids(&plan, "ANNA", Some("DESK-9"), &[]), ["doctor-seat-none-here"]);
        assert_eq!(ids(&plan, "ZOE", None, &[])[0], "doctor-name-unknown-here");
        plan.users[0].excluded_from_directory = true;
        plan.users[0].extension = String::new();
        plan.users[0].status = Some("Dancing".into());
        let all = ["doctor-directory-hidden-here", "doctor-extension-missing-here", "doctor-status-unlisted", "doctor-seat-none"];
        assert_eq!(ids(&plan, "ANNA", None, &[]), all);
    }
}
