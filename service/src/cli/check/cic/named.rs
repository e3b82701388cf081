//! The stages `statuses`, `workgroups` and `handlers`: has the server what the file names, and is it of the right kind?

use super::{
    super::{report::Detail, sentences as say},
    desk::{Desk, flag},
};
use hyper::Method;
use serde_json::{Value, json};
use shared::config::{Config, RejectStep};

/// No more names are listed to choose from.
const MOST_NAMES: usize = 12;

/// The statuses that workmodes mean.
pub(super) async fn statuses(desk: &Desk<'_>, config: &Config) -> Vec<Detail> {
    let answer = match desk.ask(Method::GET, "/status/status-messages", None).await {
        Ok(answer) => answer,
        Err(detail) => return vec![*detail],
    };
    let Some(list) = answer.body["statusMessageList"].as_array().filter(|_| answer.status.is_success()) else {
        return vec![Detail::new(desk.host, say::NOT_TRIED)];
    };
    let known: Vec<&str> = list.iter().filter_map(|status| status["statusId"].as_str()).collect();
    // To CIC, capital and small letters are the same in a status.
    let find = |name: &str| list.iter().find(|status| status["statusId"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(name)));
    let modes = &config.workmodes;
    let standard = [("workmodes.ready".to_owned(), &modes.ready, true), ("workmodes.not_ready".to_owned(), &modes.not_ready, true)];
    let mapped =
        modes.mapped.iter().enumerate().map(|(row, mode)| (format!("workmodes.mapped[{row}].status"), &mode.status, mode.user_selectable));
    let (mut details, mut there) = (Vec::new(), 0_usize);
    for (setting, name, chosen) in standard.into_iter().chain(mapped) {
        let status = ("status", name.clone());
        match find(name) {
            None => details.push(Detail::with(setting, say::STATUS_MISSING, [status, ("known", listed(&known))])),
            Some(found) if chosen && flag(found, "isSelectableStatus") == Some(false) => {
                details.push(Detail::with(setting, say::STATUS_NOT_SELECTABLE, [status]));
            }
            Some(_) => there += 1,
        }
    }
    if there > 0 {
        details.insert(0, desk.detail(say::STATUSES_THERE, [("count", there.to_string())]));
    }
    details.extend(reject(config, find));
    details
}

/// The reject workmode: an interaction must not come back to whoever has just rejected it.
fn reject<'a>(config: &Config, find: impl Fn(&str) -> Option<&'a Value>) -> Option<Detail> {
    let Some(id) = config.ici.workmode_after_reject() else {
        return Some(Detail::new("ici.reject_workmode", say::REJECT_NONE));
    };
    let name = config.workmodes.status(id)?;
    let sentence = if flag(find(name)?, "isDoNotDisturbStatus") == Some(false) { say::REJECT_COMES_BACK } else { say::REJECT_RIGHT };
    Some(Detail::with("ici.reject_workmode", sentence, [("status", name.to_owned())]))
}

/// The workgroups that action items go to.
pub(super) async fn workgroups(desk: &Desk<'_>, config: &Config) -> Vec<Detail> {
    let item = &config.channels.action_item;
    let first = item.workgroup.iter().map(|group| ("channels.action_item.workgroup".to_owned(), group));
    let routes =
        item.routes.iter().enumerate().map(|(row, route)| (format!("channels.action_item.routes[{row}].workgroup"), &route.workgroup));
    let wanted: Vec<_> = first.chain(routes).filter(|_| item.enabled).collect();
    if wanted.is_empty() {
        return vec![desk.detail(say::WORKGROUPS_NONE, [])];
    }
    let answer = match desk.ask(Method::GET, "/configuration/workgroups?rightsFilter=view", None).await {
        Ok(answer) => answer,
        Err(detail) => return vec![*detail],
    };
    let items = answer.body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let known: Vec<&str> = items.iter().filter_map(|group| group["configurationId"]["id"].as_str()).collect();
    let one = |(setting, name): (String, &String)| {
        let group = ("workgroup", name.clone());
        if known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            Detail::with(setting, say::WORKGROUP_THERE, [group])
        } else {
            Detail::with(setting, say::WORKGROUP_MISSING, [group, ("known", listed(&known))])
        }
    };
    wanted.into_iter().map(one).collect()
}

/// The handler that takes rejected interactions back. That it is installed no server tells; that its ids can be used, it does.
pub(super) async fn handlers(desk: &Desk<'_>, config: &Config) -> Vec<Detail> {
    let reject = &config.reject;
    let Some(handler) = reject.handler.as_ref().filter(|_| reject.steps.contains(&RejectStep::Handler)) else {
        return vec![Detail::new("reject.steps", say::HANDLERS_NONE)];
    };
    let body = json!({ "headers": [{ "objectId": handler.object_id, "eventIds": [handler.event_id] }] });
    let named = [("object", handler.object_id.clone()), ("event", handler.event_id.clone())];
    vec![match desk.ask(Method::PUT, "/messaging/subscriptions/system/handler-sent-notifications", Some(body)).await {
        Ok(answer) if answer.status.is_success() => Detail::with("reject.handler", say::HANDLER_USABLE, named),
        Ok(answer) => desk.refused(say::NO_HANDLERS, &answer),
        Err(detail) => *detail,
    }]
}

fn listed(known: &[&str]) -> String {
    known.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ")
}
