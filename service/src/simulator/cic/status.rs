//! Statuses: which there are, which a user has, and setting it (reference of ICWS, §3.1, §3.2).

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    picture::date,
    queues::Key,
    scene::Scene,
    session::Watch,
    site::Right,
    state::State,
};
use crate::{
    domain::{Language, Reader, UserId},
    switch::embedded::StatusPlan,
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The answer to setting a status is on its way before the news that it is done.
const SOON: Duration = Duration::from_millis(5);

pub(super) fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("GET", ["status-messages"]) => {
            Ok(Answer::ok(desk.with(|state| json!({ "statusMessageList": catalog(&state.scene, &language_of(state, desk)) }))))
        }
        ("GET", ["status-messages-user-access", user]) => {
            let user = known(desk, user)?;
            Ok(Answer::ok(desk.with(|state| access(&state.scene, &user))))
        }
        ("GET", ["user-statuses", user]) => {
            let user = known(desk, user)?;
            Ok(Answer::ok(desk.with(|state| Value::Object(user_status(&state.scene, &user)))))
        }
        ("PUT", ["user-statuses", user]) => set(desk, &known(desk, user)?, ask),
        ("GET", ["user-status-previous-info", user]) => {
            let user = known(desk, user)?;
            Ok(Answer::ok(desk.with(|state| json!({ "userId": user.as_str(), "statusId": &*state.scene.status(&user).name }))))
        }
        (method, ["status-messages"] | ["status-messages-user-access" | "user-statuses" | "user-status-previous-info", _]) => {
            Err(Problem::method(method))
        }
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

fn known(desk: &Desk, user: &str) -> Result<UserId, Problem> {
    desk.with(|state| state.scene.user_named(user)).ok_or_else(|| Problem::not_found(format_args!("User {user}")))
}

/// Accepted now, done in a moment; the session is told by the number of the request.
fn set(desk: &Desk, user: &UserId, ask: &Ask) -> Outcome {
    if *user != desk.user && !desk.may(Right::ProxyLogins) {
        return Err(Problem::denied(format!("The user may not change the status of {user}.")));
    }
    let body = ask.json()?;
    let wanted = body.text("statusId")?;
    let status = desk.with(|state| state.scene.site.status(wanted).cloned());
    let status = status.ok_or_else(|| Problem::invalid("statusId", format_args!("there is no status {wanted}")))?;
    let request = desk.with(super::state::State::next_request);
    let (desk, user, number) = (desk.clone(), user.clone(), request.clone());
    tokio::spawn(async move {
        tokio::time::sleep(SOON).await;
        let error = if status.selectable {
            let done = desk.cic.outside().put_in_status(&user, &status.name).await;
            done.err().map(|refusal| Problem::from(refusal).error())
        } else {
            Some(Problem::denied(format!("The status {} cannot be selected.", status.name)).error())
        };
        desk.with(|state| {
            if error.is_none() && state.scene.new_users.remove(&user) {
                state.faults.without_status.retain(|each| each != user.as_str());
                state.scene.stir(&user);
            }
            state.completed(&desk.id, &number, error.as_ref());
        });
    });
    Ok(Answer::with(202, json!({ "requestId": request })))
}

fn language_of(state: &State, desk: &Desk) -> Language {
    state.sessions.get(&desk.id).map_or_else(|| "EN".into(), |session| session.language.clone())
}

fn catalog(scene: &Scene, language: &Language) -> Vec<Value> {
    let reader = Reader { texts: Some(&scene.site.plan.texts), language: Some(language) };
    scene.site.plan.statuses.iter().map(|status| message(status, &reader.text(&status.name))).collect()
}

fn message(status: &StatusPlan, text: &str) -> Value {
    let name = &*status.name;
    json!({
        "statusId": name,
        "messageText": text,
        "iconUri": format!("/icws/icons/{}.png", if status.do_not_disturb { "dnd" } else { "available" }),
        "groupTag": "",
        "canHaveDate": false,
        "canHaveTime": false,
        "isDoNotDisturbStatus": status.do_not_disturb,
        "isSelectableStatus": status.selectable,
        "isPersistentStatus": false,
        "isForwardStatus": false,
        "isAfterCallWorkStatus": name == StatusPlan::WRAP_UP,
        "isAcdStatus": status.acd,
        "isAllowFollowUpStatus": status.acd,
        "systemId": "Simulator",
    })
}

fn access(scene: &Scene, user: &UserId) -> Value {
    let may: Vec<_> = scene.site.plan.statuses.iter().filter(|status| status.selectable).map(|status| &*status.name).collect();
    json!({ "userId": user.as_str(), "statusMessages": may })
}

fn user_status(scene: &Scene, user: &UserId) -> Map<String, Value> {
    let status = scene.status(user);
    let on_phone = scene.mirror.persons.get(user).is_some_and(super::mirror::Person::is_on_phone);
    let phone_changed = scene.mirror.persons.get(user).map_or(0, |person| person.phone_changed);
    let stations: Vec<_> = scene.seats.get(user).into_iter().collect();
    let all = json!({
        "userId": user.as_str(),
        "statusId": Some(&*status.name).filter(|_| !scene.new_users.contains(user)),
        "notes": "",
        "forwardNumber": "",
        "until": null,
        "statusChanged": date(status.since),
        "onPhone": on_phone,
        "onPhoneChanged": date(if phone_changed == 0 { status.since } else { phone_changed }),
        "icServers": [scene.site.name],
        "stations": stations,
        "loggedIn": scene.is_logged_in(user),
    });
    match all {
        Value::Object(all) => all,
        _ => Map::new(),
    }
}

/// All statuses of the server.
pub(super) struct CatalogWatch {
    language: Language,
    told: Option<Vec<Value>>,
}

// === impl CatalogWatch ===

impl CatalogWatch {
    pub(super) fn new(desk: &Desk) -> Self {
        Self { language: desk.with(|state| language_of(state, desk)), told: None }
    }
}

impl Watch for CatalogWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let now = catalog(scene, &self.language);
        if self.told.as_ref() == Some(&now) {
            return Vec::new();
        }
        let id = |status: &Value| status["statusId"].clone();
        let before = self.told.replace(now.clone());
        let is_delta = before.is_some();
        let before = before.unwrap_or_default();
        let added: Vec<_> = now.iter().filter(|new| before.iter().all(|old| id(old) != id(new))).collect();
        let changed: Vec<_> = now.iter().filter(|new| before.iter().any(|old| id(old) == id(new) && old != *new)).collect();
        let removed: Vec<_> = before.iter().filter(|old| now.iter().all(|new| id(old) != id(new))).map(id).collect();
        vec![json!({
            "__type": "urn:inin.com:status:statusMessagesMessage",
            "isDelta": is_delta,
            "statusMessagesAdded": added,
            "statusMessagesChanged": changed,
            "statusMessagesRemoved": removed,
        })]
    }

    fn is_wide(&self, _user: &UserId) -> bool {
        false
    }
}

/// The statuses that users may choose; they never change here.
pub(super) struct UserAccessWatch {
    users: Vec<UserId>,
    told: bool,
}

// === impl UserAccessWatch ===

impl UserAccessWatch {
    pub(super) fn new(users: Vec<UserId>) -> Self {
        Self { users, told: false }
    }
}

impl Watch for UserAccessWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        if std::mem::replace(&mut self.told, true) {
            return Vec::new();
        }
        let list: Vec<_> = self.users.iter().map(|user| access(scene, user)).collect();
        vec![json!({
            "__type": "urn:inin.com:status:statusMessagesUserAccessMessage",
            "isDelta": false,
            "statusMessagesUserAccessList": list,
        })]
    }

    fn is_wide(&self, _user: &UserId) -> bool {
        false
    }
}

/// What users do.
pub(super) struct UserStatusWatch {
    users: BTreeSet<UserId>,
    /// Empty: all.
    properties: Vec<String>,
    told: Option<BTreeMap<UserId, Map<String, Value>>>,
}

// === impl UserStatusWatch ===

impl UserStatusWatch {
    pub(super) fn new(users: Vec<UserId>, properties: Vec<String>) -> Self {
        Self { users: users.into_iter().collect(), properties, told: None }
    }

    fn seen(&self, scene: &Scene, user: &UserId) -> Map<String, Value> {
        let mut all = user_status(scene, user);
        let wanted = |name: &str| {
            name == "userId" || self.properties.is_empty() || self.properties.iter().any(|each| each.eq_ignore_ascii_case(name))
        };
        all.retain(|name, _| wanted(name));
        all
    }
}

impl Watch for UserStatusWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let is_delta = self.told.is_some();
        let stirred = scene.stirred.iter().filter_map(|key| if let Key::User(user) = key { self.users.get(user) } else { None });
        let concerned: Vec<&UserId> = if is_delta { stirred.collect() } else { self.users.iter().collect() };
        // Unknown users are left out, as are those of other servers.
        let there = concerned.into_iter().filter(|user| scene.user_named(user.as_str()).is_some());
        let now: Vec<_> = there.map(|user| (user.clone(), self.seen(scene, user))).collect();
        let told = self.told.get_or_insert_default();
        let mut list = Vec::new();
        for (user, mut status) in now {
            let old = told.insert(user, status.clone()).unwrap_or_default();
            status.retain(|name, value| name == "userId" || old.get(name) != Some(value));
            if old.is_empty() || status.len() > 1 {
                list.push(Value::Object(status));
            }
        }
        if is_delta && list.is_empty() {
            return Vec::new();
        }
        vec![json!({ "__type": "urn:inin.com:status:userStatusMessage", "isDelta": is_delta, "userStatusList": list })]
    }

    fn is_wide(&self, user: &UserId) -> bool {
        self.users.iter().any(|each| each != user)
    }
}
