//! New interactions: calls, callbacks and their calls, chats, generic objects, e-mails (reference of ICWS, §4.4, §4.7).

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    interactions::{annotate, must_be, queue_of, take_data},
    queues::Key,
    site::display_name,
};
use crate::{
    domain::{InteractionId, InteractionKind, InteractionState, SwitchAnswer, SwitchRequest},
    switch::embedded::{Caller, Reach},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) async fn create(desk: &Desk, ask: &Ask) -> Outcome {
    let body = ask.json()?;
    let kind = body.text("__type")?;
    let id = match kind.rsplit(':').next().unwrap_or_default() {
        "createCallParameters" => call(desk, &body).await?,
        "createCallbackParameters" => callback(desk, &body).await?.to_string(),
        "createCallbackResponseCallParameters" => call_back(desk, &body).await?,
        "createChatParameters" => chat(desk, &body).await?.to_string(),
        "createGenericInteractionParameters" => generic(desk, &body).await?.to_string(),
        "createEmailParameters" | "createEmailResponseParameters" => email(desk, &body).await?.to_string(),
        _ => return Err(Problem::invalid("__type", "the type is not known")),
    };
    Ok(Answer::with(201, json!({ "interactionId": id })))
}

fn additional(desk: &Desk, body: &Value) -> BTreeMap<String, String> {
    if desk.with(|state| state.faults.ignores_additional_attributes) {
        return BTreeMap::new();
    }
    let given = body["additionalAttributes"].as_object().into_iter().flatten();
    given.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

async fn call(desk: &Desk, body: &Value) -> Result<String, Problem> {
    let target = body.text("target")?.to_owned();
    let mut attributes = additional(desk, body);
    let attached_data = take_data(&mut attributes).filter(|data| !data.is_empty());
    match desk.request(SwitchRequest::Dial { destination: target, attached_data }).await? {
        SwitchAnswer::Interaction(made) => {
            if !attributes.is_empty() {
                annotate(desk, &made.id, attributes).await;
            }
            Ok(made.id.to_string())
        }
        SwitchAnswer::Accepted => Err(Problem::fault()),
    }
}

async fn callback(desk: &Desk, body: &Value) -> Result<InteractionId, Problem> {
    let target = body.text("target")?;
    let reach = reach(desk, body, "targetQueue")?;
    let mut attributes = additional(desk, body);
    attributes.insert("Eic_CallbackPhone".to_owned(), target.to_owned());
    if let Some(subject) = body["subject"].as_str() {
        attributes.insert("Eic_Subject".to_owned(), subject.to_owned());
    }
    come(desk, InteractionKind::Callback, target, body["name"].as_str().unwrap_or_default(), attributes, reach).await
}

/// The agent who has picked a callback up calls the customer.
async fn call_back(desk: &Desk, body: &Value) -> Result<String, Problem> {
    let parent = body.text("parentInteractionId")?;
    let number = body.text("target")?;
    let target = desk.target(parent)?;
    must_be(&target, parent, &[InteractionState::Connected])?;
    let id = desk.with(|state| state.scene.book.call_back(&target.call));
    let called = desk.cic.outside().dial_back(&desk.user, &target.call, number).await;
    if let Err(refusal) = called {
        desk.with(|state| state.scene.book.forget(&target.call));
        return Err(refusal.into());
    }
    Ok(id)
}

async fn chat(desk: &Desk, body: &Value) -> Result<InteractionId, Problem> {
    let target = body.text("target")?;
    let (number, name) = desk.with(|state| {
        let user = state.scene.user(desk.user.as_str());
        user.map(|user| (user.extension.clone(), display_name(user))).unwrap_or_default()
    });
    come(desk, InteractionKind::Chat, &number, &name, additional(desk, body), Reach::Named(target.to_owned())).await
}

async fn generic(desk: &Desk, body: &Value) -> Result<InteractionId, Problem> {
    let reach = reach(desk, body, "queueId")?;
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    come(desk, InteractionKind::GenericObject, text("remoteId"), text("remoteName"), additional(desk, body), reach).await
}

/// An e-mail goes to a workgroup here: the simulated server has no mailboxes.
async fn email(desk: &Desk, body: &Value) -> Result<InteractionId, Problem> {
    let workgroup = body.text("workgroup")?;
    let content = &body["emailContent"];
    let sender = &content["sender"];
    let mut attributes = additional(desk, body);
    attributes.insert("Eic_EmailSubject".to_owned(), content["subject"].as_str().unwrap_or_default().to_owned());
    let text = |name: &str| sender[name].as_str().unwrap_or_default();
    let known = desk.with(|state| state.scene.workgroup(workgroup).map(|each| each.queue.clone()));
    let queue = known.ok_or_else(|| Problem::invalid("workgroup", format_args!("there is no workgroup {workgroup}")))?;
    come(desk, InteractionKind::Email, text("address"), text("displayName"), attributes, Reach::Queue(queue)).await
}

async fn come(
    desk: &Desk,
    kind: InteractionKind,
    number: &str,
    name: &str,
    mut attributes: BTreeMap<String, String>,
    reach: Reach,
) -> Result<InteractionId, Problem> {
    let attached_data = take_data(&mut attributes).filter(|data| !data.is_empty());
    let caller = Caller { kind, number: number.to_owned(), name: name.to_owned(), attributes, attached_data, ..Caller::default() };
    Ok(desk.cic.outside().call_in(caller, reach).await?)
}

/// The queue that a property names; a user's or a workgroup's.
fn reach(desk: &Desk, body: &Value, property: &'static str) -> Result<Reach, Problem> {
    let value = if body[property].is_null() && property == "queueId" { &body["queueID"] } else { &body[property] };
    let (kind, name) = queue_of(value).ok_or_else(|| Problem::missing(property))?;
    match desk.with(|state| state.scene.key(kind, name)) {
        Ok(Key::Workgroup(queue)) => Ok(Reach::Queue(queue)),
        Ok(Key::User(user)) => Ok(Reach::User(user)),
        Err(words) => Err(Problem::invalid(property, format_args!("{words} is not known"))),
    }
}

/// What came of a callback: 0 success, 1 failure, 2 try again.
pub(super) fn disposition(desk: &Desk, id: &str, ask: &Ask) -> Outcome {
    if ask.method != "PUT" {
        return Err(Problem::method(&ask.method));
    }
    let body = ask.json()?;
    let disposition = body["disposition"].as_i64().filter(|number| (0..3).contains(number));
    let disposition = disposition.ok_or_else(|| Problem::invalid("disposition", "0, 1 or 2 was expected"))?;
    // A callback that has ended with its call may be told of all the same.
    if desk.with(|state| state.scene.queues.find_any(id).is_none()) {
        return Err(Problem::not_found(format_args!("Interaction {id}")));
    }
    desk.with(|state| state.scene.notice(format!("{id}: disposition {disposition}")));
    Ok(Answer::empty(200))
}
