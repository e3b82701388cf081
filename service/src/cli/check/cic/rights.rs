//! The stage `rights`: may the user see what the service will have to see? Everything is only read or watched, and for this session alone.

use super::{
    super::{
        report::{Detail, Sentence},
        sentences as say,
    },
    desk::Desk,
};
use hyper::Method;
use serde_json::{Value, json};

/// A subscription that is refused after all; the names and numbers are those of the vendor's library.
const FAULTED: [&str; 2] = ["3", "faulted"];

/// Looks at every right.
pub(super) async fn inspect(desk: &Desk<'_>) -> Vec<Detail> {
    let mut details = vec![statuses(desk).await];
    let users = list(desk, "users", say::SEES_USERS, say::NO_USERS, &mut details).await;
    let workgroups = list(desk, "workgroups", say::SEES_WORKGROUPS, say::NO_WORKGROUPS, &mut details).await;
    details.push(sessions(desk, users.as_deref()).await);
    let station = if users.is_some() { station(desk).await } else { None };
    let queues = [
        (1, users, say::SEES_USER_QUEUES, say::NO_USER_QUEUES),
        (2, workgroups, say::SEES_WORKGROUP_QUEUES, say::NO_WORKGROUP_QUEUES),
        (3, station, say::SEES_STATION_QUEUES, say::NO_STATION_QUEUES),
    ];
    for (kind, name, seen, refused) in queues {
        if let Some(name) = name {
            details.push(queue(desk, kind, name, seen, refused).await);
        }
    }
    details
}

async fn statuses(desk: &Desk<'_>) -> Detail {
    match desk.ask(Method::GET, "/status/status-messages", None).await {
        Ok(answer) if !answer.status.is_success() => desk.refused(say::NO_STATUSES, &answer),
        Ok(answer) => match answer.body["statusMessageList"].as_array() {
            Some(list) => desk.detail(say::SEES_STATUSES, [("count", list.len().to_string())]),
            None => desk.detail(say::RIGHTS_BROKEN, [("why", "no statusMessageList".to_owned())]),
        },
        Err(detail) => *detail,
    }
}

/// A station that some user has as his own: stations themselves cannot be listed.
async fn station(desk: &Desk<'_>) -> Option<String> {
    let answer = desk.ask(Method::GET, "/configuration/users?select=defaultWorkstation&rightsFilter=view", None).await.ok()?;
    answer.body["items"].as_array()?.iter().find_map(|user| Some(user["defaultWorkstation"]["id"].as_str()?.to_owned()))
}

/// Users or workgroups; gives back the first one's id, to try its queue.
async fn list(desk: &Desk<'_>, kind: &str, seen: Sentence, refused: Sentence, details: &mut Vec<Detail>) -> Option<String> {
    let answer = match desk.ask(Method::GET, &format!("/configuration/{kind}?rightsFilter=view"), None).await {
        Ok(answer) => answer,
        Err(detail) => {
            details.push(*detail);
            return None;
        }
    };
    let items = answer.body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !answer.status.is_success() || items.is_empty() {
        details.push(desk.refused(refused, &answer));
        return None;
    }
    details.push(desk.detail(seen, [("count", items.len().to_string())]));
    Some(items.first()?["configurationId"]["id"].as_str()?.to_owned())
}

/// Where agents are logged on, which tells their stations.
async fn sessions(desk: &Desk<'_>, user: Option<&str>) -> Detail {
    let body = json!({ "userIds": [user.unwrap_or(desk.user)] });
    match desk.ask(Method::PUT, "/messaging/subscriptions/session/sessions-users", Some(body)).await {
        Ok(answer) if answer.status.is_success() => Detail::new(desk.host, say::SEES_SESSIONS),
        Ok(answer) => desk.refused(say::NO_SESSIONS, &answer),
        Err(detail) => *detail,
    }
}

/// A queue of a user (1) or of a workgroup (2). Some servers take the subscription and say afterwards that it failed.
async fn queue(desk: &Desk<'_>, kind: u8, name: String, seen: Sentence, refused: Sentence) -> Detail {
    let subscription = format!("jackfield-check-{kind}");
    let body = json!({
        "queueIds": [{ "queueType": kind, "queueName": name }],
        "attributeNames": ["Eic_InteractionId"],
    });
    let no = |why: String| desk.detail(refused, [("name", name.clone()), ("why", why), ("user", desk.user.to_owned())]);
    match desk.ask(Method::PUT, &format!("/messaging/subscriptions/queues/{subscription}"), Some(body)).await {
        Ok(answer) if !answer.status.is_success() => return no(answer.said()),
        Ok(_) => {}
        Err(detail) => return *detail,
    }
    let messages = match desk.ask(Method::GET, "/messaging/messages", None).await {
        Ok(answer) => answer.body,
        Err(detail) => return *detail,
    };
    match messages.as_array().into_iter().flatten().find_map(|message| fault(message, &subscription)) {
        Some(why) => no(why),
        None => desk.detail(seen, [("name", name.clone())]),
    }
}

/// Why a subscription failed, when this message says that it did.
fn fault(message: &Value, subscription: &str) -> Option<String> {
    let kind = message["__type"].as_str()?;
    let state = message["state"].as_str().map_or_else(|| message["state"].to_string(), str::to_lowercase);
    let is_fault =
        kind.ends_with("queueSubscriptionStateMessage") && message["subscriptionId"] == subscription && FAULTED.contains(&state.as_str());
    let said = &message["error"]["message"];
    is_fault.then(|| said.as_str().map_or_else(|| said.to_string(), ToOwned::to_owned))
}
