//! What can be asked about interactions: attributes, the simple operations, and the way to the rest (reference of ICWS, §4.2, §4.3, §4.8).

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    chat, create,
    desk::{Desk, Target},
    picture::Role,
    queues::Key,
    transfer,
};
use crate::{
    domain::{AfterReject, InteractionId, InteractionState, SwitchRequest},
    switch::Switch,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

use InteractionState::{Alerting, Connected, Dialing, Held, Listening};

pub(super) async fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", []) => create::create(desk, ask).await,
        (_, ["conferences", rest @ ..]) => transfer::conferences(desk, rest, ask).await,
        ("GET", [id]) => read(desk, id, ask),
        ("POST", [id]) => write(desk, id, ask).await,
        (_, [id, "consult", rest @ ..]) => transfer::consult(desk, id, rest, ask).await,
        (_, [id, "chat", rest @ ..]) => chat::answer(desk, id, rest, ask).await,
        (_, [id, "callback", "disposition"]) => create::disposition(desk, id, ask),
        ("POST", [id, operation]) => operate(desk, id, operation, ask).await,
        (method, [] | [_] | [_, _]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

/// Attributes, as the asking user sees them; else as whoever has the interaction does.
fn read(desk: &Desk, id: &str, ask: &Ask) -> Outcome {
    let names: Vec<String> = match ask.query("select") {
        Some(names) => names.split(',').map(|name| name.trim().to_owned()).collect(),
        None => vec!["Eic_CallId".to_owned()],
    };
    desk.with(|state| {
        let queues = &state.scene.queues;
        let own = queues.items(&Key::User(desk.user.clone())).map(|shown| &shown.item).find(|item| item.id == id);
        let item = own.or_else(|| queues.find_any(id)).ok_or_else(|| Problem::not_found(format_args!("Interaction {id}")))?;
        if own.is_none() && !desk.is_super && !hears(state, desk, &item.call) {
            return Err(Problem::denied(format!("Interaction {id} is in another queue.")));
        }
        Ok(Answer::ok(json!({ "attributes": item.attributes.select(&names) })))
    })
}

fn hears(state: &super::state::State, desk: &Desk, call: &InteractionId) -> bool {
    state.scene.mirror.calls.get(call).is_some_and(|sight| sight.listeners.contains(&desk.user))
}

async fn write(desk: &Desk, id: &str, ask: &Ask) -> Outcome {
    let body = ask.json()?;
    let given = body["attributes"].as_object().ok_or_else(|| Problem::missing("attributes"))?;
    let target = desk.target(id)?;
    let mut attributes = BTreeMap::new();
    for (name, value) in given {
        let value = value.as_str().ok_or_else(|| Problem::invalid(name, "attributes are texts"))?;
        let old = desk.with(|state| state.scene.queues.find_any(id).and_then(|item| item.attributes.get(name).map(str::to_owned)));
        let value = match (body["appendMode"].as_i64(), old) {
            (Some(1), Some(old)) => format!("{old}{value}"),
            (Some(2), Some(old)) if !old.is_empty() => format!("{old}|{value}"),
            _ => value.to_owned(),
        };
        attributes.insert(name.clone(), value);
    }
    annotate(desk, &target.call, attributes).await;
    Ok(Answer::empty(200))
}

/// Writes attributes; `Sap_Cad`, in any case, is the attached data.
pub(super) async fn annotate(desk: &Desk, call: &InteractionId, mut attributes: BTreeMap<String, String>) {
    let data = take_data(&mut attributes);
    desk.cic.outside().annotate(call, attributes, data).await;
}

pub(super) fn take_data(attributes: &mut BTreeMap<String, String>) -> Option<Arc<str>> {
    let name = attributes.keys().find(|name| name.eq_ignore_ascii_case("Sap_Cad")).cloned()?;
    attributes.remove(&name).map(Arc::from)
}

async fn operate(desk: &Desk, id: &str, operation: &str, ask: &Ask) -> Outcome {
    let body = ask.json()?;
    match operation {
        "pickup" => pickup(desk, id).await?,
        "hold" => {
            let on = body.truth("on")?;
            let target = desk.target(id)?;
            let request = if on { SwitchRequest::Hold(target.call) } else { SwitchRequest::Pickup(target.call) };
            desk.request(request).await?;
        }
        "disconnect" => disconnect(desk, id).await?,
        "listen" => listen(desk, id, body.truth("on")?).await?,
        "send-to-voicemail" => {
            let target = desk.target(id)?;
            must_be(&target, id, &[Alerting])?;
            let request = SwitchRequest::Reject { interaction: target.call, status: None, after: AfterReject::Voicemail };
            desk.request(request).await?;
        }
        "blind-transfer" => transfer::blind(desk, id, &body).await?,
        "transfer-to-voicemail" => transfer::to_voicemail(desk, id, &body).await?,
        "mute" => mark(desk, id, "Eic_Muted", if body.truth("on")? { "1" } else { "0" }).await?,
        "make-private" => mark(desk, id, "Eic_Private", if body.truth("on")? { "1" } else { "0" }).await?,
        "record" | "record-snippet" => {
            let user = if body.truth("on")? { desk.user.to_string() } else { String::new() };
            mark(desk, id, "Eic_Recorders", &user).await?;
        }
        "pause" => notice(desk, id, &format!("pause on={}", body.truth("on")?))?,
        "secure-pause" => notice(desk, id, &format!("secure-pause type={}", body["securePauseType"]))?,
        "send-digits" => notice(desk, id, &format!("digits {}", body.text("dtmfDigits")?))?,
        "play-wav" => notice(desk, id, &format!("plays {}", body.text("file")?))?,
        "coach" | "join" | "park" | "agent-assistance" | "invite-party" => {
            return Err(Problem::denied(format!("The simulated server does not do {operation}.")));
        }
        "wrap-up-assignments" => {
            body.text("code")?;
            notice(desk, id, &format!("wrap-up {}", body["code"]))?;
        }
        _ => return Err(Problem::unsupported(&ask.path)),
    }
    Ok(Answer::empty(200))
}

/// Answers what alerts, and takes back what is held.
async fn pickup(desk: &Desk, id: &str) -> Result<(), Problem> {
    let target = desk.target(id)?;
    must_be(&target, id, &[Alerting, Held])?;
    let request = if target.state == Some(Alerting) { SwitchRequest::Answer(target.call) } else { SwitchRequest::Pickup(target.call) };
    desk.request(request).await.map(drop)
}

/// Of a conference's members, the own leg leaves it, another one is dropped from it; the parent is hung up like a call.
async fn disconnect(desk: &Desk, id: &str) -> Result<(), Problem> {
    let target = match desk.target(id) {
        Ok(target) => target,
        // Whoever listens stops listening.
        Err(problem) => {
            let heard = desk.with(|state| {
                let call = state.scene.queues.find(id).map(|(_, item)| item.call.clone())?;
                hears(state, desk, &call).then_some(call)
            });
            let call = heard.ok_or(problem)?;
            return desk.request(SwitchRequest::ListenEnd(call)).await.map(drop);
        }
    };
    if target.state.is_none() {
        // The super user takes away what is not his.
        if !desk.is_super {
            return Err(Problem::denied(format!("Interaction {id} is in another queue.")));
        }
        return desk.cic.0.switch.withdraw(target.call).await.map_err(Problem::from);
    }
    match target.role {
        Role::Member(party) => desk.request(SwitchRequest::DropParty { call: target.call, party }).await.map(drop),
        Role::Own => {
            let left = desk.request(SwitchRequest::Leave(target.call.clone())).await;
            // Of two that are left, one who leaves ends it.
            if left.is_err() {
                desk.request(SwitchRequest::Disconnect(target.call)).await?;
            }
            Ok(())
        }
        Role::Whole | Role::Parent | Role::Callback | Role::CalledBack => {
            desk.request(SwitchRequest::Disconnect(target.call)).await.map(drop)
        }
    }
}

async fn listen(desk: &Desk, id: &str, on: bool) -> Result<(), Problem> {
    let call = desk.with(|state| state.scene.queues.find(id).map(|(_, item)| item.call.clone()));
    let call = call.ok_or_else(|| Problem::not_found(format_args!("Interaction {id}")))?;
    let request = if on { SwitchRequest::Listen { agent: None, call: Some(call) } } else { SwitchRequest::ListenEnd(call) };
    desk.request(request).await.map(drop)
}

pub(super) fn must_be(target: &Target, id: &str, states: &[InteractionState]) -> Result<(), Problem> {
    if target.state.is_some_and(|state| states.contains(&state)) {
        return Ok(());
    }
    let word = match target.state {
        Some(Alerting) => "alerting",
        Some(Dialing) => "dialing",
        Some(Connected) => "connected",
        Some(Held) => "held",
        Some(Listening) => "monitored",
        Some(InteractionState::Ended(_)) => "disconnected",
        None => "not at this user",
    };
    Err(Problem::state(format!("Interaction {id} is {word}: it is in the wrong state for this operation.")))
}

async fn mark(desk: &Desk, id: &str, name: &str, value: &str) -> Result<(), Problem> {
    let target = desk.target(id)?;
    must_be(&target, id, &[Connected, Held])?;
    desk.cic.outside().annotate(&target.call, BTreeMap::from([(name.to_owned(), value.to_owned())]), None).await;
    Ok(())
}

fn notice(desk: &Desk, id: &str, what: &str) -> Result<(), Problem> {
    let target = desk.target(id)?;
    must_be(&target, id, &[Connected, Held])?;
    desk.with(|state| state.scene.notice(format!("{id}: {what}")));
    Ok(())
}

/// A queue named in a body: its type and name.
pub(super) fn queue_of(value: &Value) -> Option<(i64, &str)> {
    Some((value["queueType"].as_i64()?, value["queueName"].as_str()?))
}
