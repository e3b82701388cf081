//! What a CIC server tells of an agent, asked by the service's own user: configuration, status, and who sits where (reference of ICWS, §1.6,
//! §3.2, §5.3). Nothing is changed there, and the agent is not logged on.

use super::person::{Licence, Named, Person, Seat, Status, Told, named};
use crate::cli::{
    check::cic::{
        ask::Answer,
        desk::{Desk, flag},
    },
    path::escaped,
    report::Detail,
};
use hyper::Method;
use serde_json::{Value, json};
use shared::config::SwitchKind;
use std::time::Duration;

/// What is asked of his configuration.
const SELECT: &str = "extension,excludeFromDirectory,defaultWorkstation,licenseProperties";
/// A server tells in a message who sits at a station; it is asked for so often, with a pause between.
const TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(250);

/// Asks everything. `station` is the work centre that he names, where he names one.
pub(super) async fn look(desk: &Desk<'_>, asked: &str, station: Option<&str>) -> Person {
    let (named, user) = who(desk, asked).await;
    let name = match &named {
        Ok(Named::Otherwise(known)) => known.clone(),
        _ => asked.to_owned(),
    };
    let there = !matches!(named, Ok(Named::Nobody(_)));
    let told = if there { status(desk, &name).await } else { Err(String::new()) };
    let seat = if there { seat(desk, &name, station, &user, told.as_ref().ok()).await } else { Err(String::new()) };
    let status = match told {
        Ok(told) => known(desk, &told).await,
        Err(why) => Err(why),
    };
    Person {
        switch: SwitchKind::Icws,
        asked: asked.to_owned(),
        asking: desk.user.to_owned(),
        named,
        hidden: property(&user, |user| flag(user, "excludeFromDirectory")),
        extension: extension(&user),
        status,
        seat,
        licence: property(&user, licence),
    }
}

/// The user of that name, and his configuration.
async fn who(desk: &Desk<'_>, asked: &str) -> (Told<Named>, Told<Value>) {
    let mut user = configuration(desk, asked).await;
    let known = user.as_ref().ok().and_then(|user| user["configurationId"]["id"].as_str()).map(str::to_owned);
    if let Some(known) = known {
        return (Ok(named(asked, std::iter::once(known.as_str()))), user);
    }
    // He may be there, and not be shown by that name; or nobody may be shown to us.
    let all = match good(desk.ask(Method::GET, "/configuration/users?rightsFilter=view", None).await) {
        Ok(body) => body,
        Err(why) => return (Err(why), user),
    };
    let all: Vec<&str> = all["items"].as_array().into_iter().flatten().filter_map(|user| user["configurationId"]["id"].as_str()).collect();
    if all.is_empty() {
        let why = "no user is shown";
        return (Err(why.to_owned()), user.and(Err(why.to_owned())));
    }
    let named = named(asked, all.into_iter());
    if let Named::Otherwise(known) = &named {
        user = configuration(desk, known).await;
    }
    (Ok(named), user)
}

async fn configuration(desk: &Desk<'_>, name: &str) -> Told<Value> {
    let path = format!("/configuration/users/{}?select={SELECT}", escaped(name));
    let answer = desk.ask(Method::GET, &format!("{path}&rightsFilter=view"), None).await;
    // Which filters a server has is not published: where `view` is none, the usual one has to do.
    if answer.as_ref().is_ok_and(|answer| answer.status.as_u16() == 400) {
        return good(desk.ask(Method::GET, &path, None).await);
    }
    good(answer)
}

/// What cannot be left out, since it is a flag or an object.
fn property<T>(user: &Told<Value>, read: impl Fn(&Value) -> Option<T>) -> Told<T> {
    let user = user.as_ref().map_err(Clone::clone)?;
    read(user).ok_or_else(|| "the server leaves it out".to_owned())
}

/// A server leaves out what is null, and shows nothing at all where a right is missing.
fn extension(user: &Told<Value>) -> Told<String> {
    let user = user.as_ref().map_err(Clone::clone)?;
    match &user["extension"] {
        Value::String(extension) => Ok(extension.trim().to_owned()),
        Value::Number(extension) => Ok(extension.to_string()),
        _ if user.as_object().is_some_and(|user| user.len() > 1) => Ok(String::new()),
        _ => Err("the server shows nothing of the user but the name".to_owned()),
    }
}

fn licence(user: &Value) -> Option<Licence> {
    let licence = &user["licenseProperties"];
    match (flag(licence, "licenseActive"), flag(licence, "hasClientAccess")) {
        (Some(false), _) => Some(Licence::Inactive),
        (Some(true), Some(false)) => Some(Licence::NoClientAccess),
        (Some(true), _) => Some(Licence::Active),
        (None, _) => None,
    }
}

/// What the server says of his status.
async fn status(desk: &Desk<'_>, name: &str) -> Told<Value> {
    good(desk.ask(Method::GET, &format!("/status/user-statuses/{}", escaped(name)), None).await)
}

async fn known(desk: &Desk<'_>, told: &Value) -> Told<Status> {
    let Some(status) = told["statusId"].as_str().filter(|status| !status.is_empty()) else { return Ok(Status::Never) };
    let list = good(desk.ask(Method::GET, "/status/status-messages", None).await)?;
    let listed = list["statusMessageList"].as_array();
    let is_listed =
        listed.is_none_or(|list| list.iter().any(|each| each["statusId"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(status))));
    Ok(if is_listed { Status::Set(status.to_owned()) } else { Status::Unlisted(status.to_owned()) })
}

/// Where he would sit, by the order in which the service tries: the work centre that he names, where he sits, his own station, his extension.
async fn seat(desk: &Desk<'_>, name: &str, station: Option<&str>, user: &Told<Value>, status: Option<&Value>) -> Told<Seat> {
    let sits = status.and_then(|status| status["stations"][0].as_str()).unwrap_or_default();
    let own = user.as_ref().ok().and_then(|user| user["defaultWorkstation"]["id"].as_str()).unwrap_or_default();
    let extension = extension(user).unwrap_or_default();
    let wishes = [station.unwrap_or_default().trim(), sits, own, &extension];
    let Some(place) = wishes.into_iter().find(|place| !place.is_empty()) else {
        return user.as_ref().map(|_| Seat::Nowhere).map_err(Clone::clone);
    };
    let sitters = sitters(desk, place).await?;
    let his = sitters.iter().any(|sitter| sitter.eq_ignore_ascii_case(name)) || sits.eq_ignore_ascii_case(place);
    let station = place.to_owned();
    Ok(match sitters.into_iter().find(|sitter| !sitter.eq_ignore_ascii_case(name)) {
        Some(by) => Seat::InUse { station, by },
        None if his => Seat::His(station),
        None => Seat::Free(station),
    })
}

/// Who sits at a station.
async fn sitters(desk: &Desk<'_>, station: &str) -> Told<Vec<String>> {
    let body = json!({ "stationIds": [station] });
    good(desk.ask(Method::PUT, "/messaging/subscriptions/session/sessions-stations", Some(body)).await)?;
    for _ in 0..TRIES {
        let messages = good(desk.ask(Method::GET, "/messaging/messages", None).await)?;
        let told = messages.as_array().into_iter().flatten().find(|message| is_sessions(message));
        if let Some(message) = told {
            let sessions = message["sessionsAdded"].as_array().into_iter().flatten();
            let there = sessions.filter(|each| each["stationId"]["id"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(station)));
            return Ok(there.filter_map(|each| each["userId"]["id"].as_str()).map(str::to_owned).collect());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err("the server has not told it in time".to_owned())
}

fn is_sessions(message: &Value) -> bool {
    message["__type"].as_str().is_some_and(|kind| kind.ends_with(":sessionsMessage"))
}

/// The answer's body, or why there is none.
fn good(answer: Result<Answer, Box<Detail>>) -> Told<Value> {
    match answer {
        Ok(answer) if answer.status.is_success() => Ok(answer.body),
        Ok(answer) => Err(answer.said()),
        Err(detail) => Err(detail.cause),
    }
}
