//! Statistics of workgroups, counted from what is there (reference of ICWS, §6).

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    picture::date,
    queues::Key,
    scene::Scene,
    session::Watch,
};
use crate::{
    domain::{QueueId, UserId},
    switch::embedded::WorkgroupPlan,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const WORKGROUP: &str = "ININ.People.WorkgroupStats:Workgroup";
const INTERVAL: &str = "ININ.Queue:Interval";
const PREFIX: &str = "inin.workgroup:";

/// Those of this moment, and those of an interval.
const OF_NOW: [&str; 11] = [
    "AgentsLoggedIn",
    "AgentsLoggedInAndActivated",
    "InteractionsConnected",
    "InteractionsWaiting",
    "LoggedIn",
    "LongestAvailable",
    "LongestInteractionWaiting",
    "NotAvailable",
    "NumberAvailableForACDInteractions",
    "PercentAvailable",
    "TotalAgents",
];
const OF_INTERVAL: [&str; 6] =
    ["InteractionsEntered", "InteractionsAnswered", "InteractionsAbandoned", "InteractionsCompleted", "AverageTalkTime", "AverageWaitTime"];

/// Malformed, and unknown (the numbers of `statisticErrorValue`).
const MALFORMED: u8 = 1;
const UNKNOWN: u8 = 2;

/// `/statistics/…`
pub(super) fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", ["statistic-parameter-values", "queries"]) => {
            let body = ask.json()?;
            let parameter = body.text("parameterTypeId")?;
            let names: Vec<String> = if parameter.eq_ignore_ascii_case(WORKGROUP) {
                desk.with(|state| state.scene.site.plan.workgroups.iter().map(|each| each.queue.to_string()).collect())
            } else if parameter.eq_ignore_ascii_case(INTERVAL) {
                vec!["CurrentShift".to_owned(), "CurrentPeriod".to_owned()]
            } else {
                return Err(Problem::not_found(parameter));
            };
            let values: Vec<_> = names.iter().map(|name| json!({ "value": name, "displayString": name, "description": "" })).collect();
            Ok(Answer::ok(json!({ "totalResultsAvailable": values.len(), "parameterValues": values })))
        }
        (method, ["statistic-parameter-values", "queries"]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

/// The values of some statistics; a session has one such watch.
pub(super) struct ValuesWatch {
    keys: Vec<Value>,
    told: Option<Vec<Option<Value>>>,
}

// === impl ValuesWatch ===

impl ValuesWatch {
    pub(super) fn new(body: &Value) -> Result<Self, Problem> {
        let keys = body["statisticKeys"].as_array().ok_or_else(|| Problem::missing("statisticKeys"))?;
        Ok(Self { keys: keys.clone(), told: None })
    }
}

impl Watch for ValuesWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let is_delta = self.told.is_some();
        let mut told = self.told.take().unwrap_or_else(|| vec![None; self.keys.len()]);
        let concerned = concerned(scene);
        let mut changes = Vec::new();
        for (key, told) in self.keys.iter().zip(&mut told) {
            let workgroup = parameter(key, WORKGROUP).and_then(|name| scene.workgroup(name));
            if is_delta && workgroup.is_none_or(|workgroup| !concerned.contains(&workgroup.queue)) {
                continue;
            }
            let now = value(scene, key);
            if told.as_ref() != Some(&now) {
                changes.push(json!({ "statisticKey": key, "statisticValue": now }));
                *told = Some(now);
            }
        }
        self.told = Some(told);
        if is_delta && changes.is_empty() {
            return Vec::new();
        }
        let kind = "urn:inin.com:statistics:statisticValueMessage";
        vec![json!({ "__type": kind, "isDelta": is_delta, "statisticValueChanges": changes })]
    }
}

/// All statistics that there are.
#[derive(Default)]
pub(super) struct CatalogWatch {
    told: bool,
}

impl Watch for CatalogWatch {
    fn look(&mut self, _scene: &Scene) -> Vec<Value> {
        if std::mem::replace(&mut self.told, true) {
            return Vec::new();
        }
        let entry = |name: &&str, parameters: Value| json!({ "statisticIdentifier": format!("{PREFIX}{name}"), "displayString": name, "requiredParameters": parameters });
        let now = OF_NOW.iter().map(|name| entry(name, json!([{ "parameterTypeId": WORKGROUP }])));
        let interval =
            OF_INTERVAL.iter().map(|name| entry(name, json!([{ "parameterTypeId": WORKGROUP }, { "parameterTypeId": INTERVAL }])));
        let all: Vec<_> = now.chain(interval).collect();
        vec![json!({ "__type": "urn:inin.com:statistics:statisticCatalogMessage", "isDelta": false, "statisticCatalog": all })]
    }

    fn is_wide(&self, _user: &UserId) -> bool {
        false
    }
}

/// Workgroups whose figures may be others by what is stirred.
fn concerned(scene: &Scene) -> BTreeSet<QueueId> {
    let of = |key: &Key| match key {
        Key::Workgroup(queue) => vec![queue.clone()],
        Key::User(user) => scene.workgroups_of(user).to_vec(),
    };
    scene.stirred.iter().flat_map(of).collect()
}

fn parameter<'a>(key: &'a Value, wanted: &str) -> Option<&'a str> {
    let items = key["parameterValueItems"].as_array().into_iter().flatten();
    items
        .filter(|item| item["parameterTypeId"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(wanted)))
        .find_map(|item| item["value"].as_str())
}

fn value(scene: &Scene, key: &Value) -> Value {
    let (Some(identifier), Some(workgroup)) = (key["statisticIdentifier"].as_str(), parameter(key, WORKGROUP)) else {
        return error(MALFORMED);
    };
    let name = identifier.split_once(':').filter(|(prefix, _)| format!("{prefix}:").eq_ignore_ascii_case(PREFIX)).map(|(_, name)| name);
    let Some((name, workgroup)) = name.zip(scene.workgroup(workgroup)) else { return error(UNKNOWN) };
    let figures = scene.mirror.figures.get(&workgroup.queue).cloned().unwrap_or_default();
    let waiting = || -> Vec<i64> {
        let waiting = scene.mirror.calls.values().filter_map(|sight| sight.waiting.as_ref());
        waiting.filter(|(queue, _)| *queue == workgroup.queue).map(|(_, since)| *since).collect()
    };
    let with_agents = |connected: bool| {
        let all = scene.mirror.persons.values().flat_map(|person| person.interactions.values());
        all.filter(|each| each.queue.as_ref() == Some(&workgroup.queue))
            .filter(|each| !connected || each.state != crate::domain::InteractionState::Alerting)
            .count()
    };
    let on = || workgroup.members.iter().filter(|user| scene.has_line(user));
    let active = || on().filter(|user| !scene.inactive.contains(&((*user).clone(), workgroup.queue.clone())));
    let free = || -> Vec<i64> { active().filter(|user| is_free(scene, workgroup, user)).map(|user| scene.status(user).since).collect() };
    let lower = name.to_ascii_lowercase();
    if OF_INTERVAL.iter().any(|each| each.eq_ignore_ascii_case(&lower)) && parameter(key, INTERVAL).is_none() {
        return error(MALFORMED);
    }
    match lower.as_str() {
        "agentsloggedin" | "loggedin" => int(on().count()),
        "agentsloggedinandactivated" => int(active().count()),
        "numberavailableforacdinteractions" => int(free().len()),
        "notavailable" => int(on().count() - free().len()),
        "percentavailable" => json!({
            "__type": "urn:inin.com:statistics:statisticPercentValue", "statisticValueType": 9,
            "value": (100 * free().len()).checked_div(on().count()).unwrap_or_default(),
        }),
        "totalagents" => int(workgroup.members.len()),
        "interactionswaiting" => int(waiting().len()),
        "interactionsconnected" => int(with_agents(true)),
        "longestavailable" => ticking(free().into_iter().min()),
        "longestinteractionwaiting" => ticking(waiting().into_iter().min()),
        "interactionsentered" => {
            int(figures.answered as usize + figures.abandoned as usize + waiting().len() + with_agents(false) - with_agents(true))
        }
        "interactionsanswered" => int(figures.answered as usize),
        "interactionsabandoned" => int(figures.abandoned as usize),
        "interactionscompleted" => int(figures.completed as usize),
        "averagetalktime" => duration(figures.talked.checked_div(i64::from(figures.completed)).unwrap_or_default()),
        "averagewaittime" => duration(figures.waited.checked_div(i64::from(figures.answered)).unwrap_or_default()),
        _ => error(UNKNOWN),
    }
}

/// Logged on, activated, in a status for it, and with nothing to do.
fn is_free(scene: &Scene, workgroup: &WorkgroupPlan, user: &UserId) -> bool {
    let status = scene.status(user);
    let takes = scene.site.status(&status.name).is_some_and(|status| status.acd && !status.do_not_disturb);
    let busy = scene.mirror.persons.get(user).is_some_and(|person| !person.interactions.is_empty());
    takes && !busy && !scene.inactive.contains(&(user.clone(), workgroup.queue.clone()))
}

fn int(value: usize) -> Value {
    json!({ "__type": "urn:inin.com:statistics:statisticIntValue", "value": value, "statisticValueType": 0 })
}

fn duration(seconds: i64) -> Value {
    json!({ "__type": "urn:inin.com:statistics:statisticDurationValue", "value": seconds, "statisticValueType": 5 })
}

/// Nothing, or since when.
fn ticking(since: Option<i64>) -> Value {
    let Some(since) = since else { return Value::Null };
    json!({
        "__type": "urn:inin.com:statistics:statisticFiniteDurationValue", "statisticValueType": 6,
        "startTickingTime": date(since), "ticking": true,
    })
}

fn error(number: u8) -> Value {
    json!({ "__type": "urn:inin.com:statistics:statisticErrorValue", "value": number, "statisticValueType": 12 })
}
