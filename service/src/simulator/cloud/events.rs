//! Events of conversations that another platform holds (`POST /api/v2/events/conversations`): each is looked at by itself, and what is wrong with one
//! is said of that one only. An event that was taken before, by its `eventId`, is taken again without effect.
//!
//! What a real organisation says of an event that it cannot place is not published: here it is refused for good.

use super::{
    Faults,
    answer::{Answer, Refused},
    document::Question,
    platform::Kind,
    state::State,
};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Events that are kept, and communications that are remembered.
const MOST: usize = 100_000;
/// The lists, and what every event of each must name beside what all must.
const LISTS: [(&str, &[&str]); 11] = [
    ("routingEstablishedEvents", &["queueId", "initialConfiguration", "sourceConfiguration"]),
    ("userEstablishedEvents", &["userId", "initialConfiguration", "sourceConfiguration"]),
    ("ivrEstablishedEvents", &["initialConfiguration", "sourceConfiguration"]),
    ("communicationAnsweredEvents", &[]),
    ("communicationDispositionAppliedEvents", &[]),
    ("communicationEndedEvents", &["disconnectType"]),
    ("emailRoutingEstablishedEvents", &["queueId", "initialConfiguration", "sourceConfiguration"]),
    ("emailUserEstablishedEvents", &["userId", "initialConfiguration", "sourceConfiguration"]),
    ("emailCommunicationAnsweredEvents", &[]),
    ("emailCommunicationDispositionAppliedEvents", &[]),
    ("emailCommunicationEndedEvents", &["disconnectType"]),
];
const ENDS: [&str; 9] =
    ["Error", "Peer", "Self", "System", "Transfer", "TransferACD", "TransferConference", "TransferConsult", "TransferUser"];

/// What an organisation was told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// In the order in which they were taken, each with the list that it stood in.
    pub(super) events: Vec<Value>,
    /// How often one was sent that was taken before.
    pub(super) again: u64,
    seen: HashSet<String>,
    /// Communications that go on, with their conversation, and those that are over.
    communications: HashMap<String, (String, bool)>,
}

/// Takes what can be taken.
pub(super) fn inject(state: &mut State, question: &Question) -> Result<Answer, Refused> {
    let body = question.json()?;
    let lists = body.as_object().ok_or_else(|| Answer::invalid("A batch is an object"))?;
    if let Some(unknown) = lists.keys().find(|name| !LISTS.iter().any(|(known, _)| known == name)) {
        return Err(Answer::invalid(&format!("The double knows no events {unknown}")));
    }
    let mut errors = Vec::new();
    for (list, required) in LISTS {
        for event in lists.get(list).and_then(Value::as_array).into_iter().flatten() {
            let outcome = if Faults::happens(&mut state.faults.events_refused) {
                Err(("busy: this goes wrong on purpose".to_owned(), true))
            } else if Faults::happens(&mut state.faults.events_rejected) {
                Err(("refused for good on purpose".to_owned(), false))
            } else {
                take(state, list, required, event).map_err(|why| (why, false))
            };
            if let Err((message, retryable)) = outcome {
                if !retryable {
                    state.refused(format!("{list}: {message}: {event}"));
                }
                errors.push(json!({ "eventId": event["eventId"], "message": message, "retryable": retryable }));
            }
        }
    }
    Ok(Answer::ok(json!({ "errors": errors })))
}

fn take(state: &mut State, list: &str, required: &[&str], event: &Value) -> Result<(), String> {
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    for name in ["eventId", "conversationId", "communicationId"] {
        if !is_random(text(name)) {
            return Err(format!("{name} is no UUID of version 4"));
        }
    }
    if text("eventDateTime").parse::<jiff::Timestamp>().is_err() {
        return Err("eventDateTime is no time".to_owned());
    }
    if let Some(missing) = required.iter().find(|name| event.get(**name).is_none()) {
        return Err(format!("{missing} is required"));
    }
    if event.get("sourceConfiguration").is_some_and(|source| ["sourceId", "interactionId"].iter().any(|name| !source[*name].is_string())) {
        return Err("sourceConfiguration has sourceId and interactionId".to_owned());
    }
    if event.get("disconnectType").is_some() && !ENDS.contains(&text("disconnectType")) {
        return Err("disconnectType is none of its words".to_owned());
    }
    if event.get("queueId").is_some() && Kind::Queue.objects(state).get(text("queueId")).is_none() {
        return Err(format!("there is no queue {}", text("queueId")));
    }
    if event.get("userId").is_some() && state.users.get(text("userId")).is_none_or(|user| user.deleted) {
        return Err(format!("there is no user {}", text("userId")));
    }
    if event.get("code").is_some() && Kind::Code.objects(state).get(text("code")).is_none() {
        return Err(format!("there is no wrap-up code {}", text("code")));
    }
    let told = &mut state.told;
    if told.seen.contains(text("eventId")) {
        told.again += 1;
        return Ok(());
    }
    if told.events.len() >= MOST {
        return Err("the double keeps no more events".to_owned());
    }
    let (communication, conversation) = (text("communicationId").to_owned(), text("conversationId").to_owned());
    let is_over = list.ends_with("EndedEvents");
    let is_of_living = is_over || list.ends_with("AnsweredEvents");
    match told.communications.get(&communication) {
        _ if list.ends_with("EstablishedEvents") => drop(told.communications.insert(communication, (conversation, true))),
        Some((of, lives)) if *of == conversation && (*lives || !is_of_living) => {
            if is_over {
                told.communications.insert(communication, (conversation, false));
            }
        }
        _ => return Err(format!("there is no communication {communication} to which this could happen")),
    }
    told.seen.insert(text("eventId").to_owned());
    told.events.push(json!({ "list": list, "event": event }));
    Ok(())
}

fn is_random(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok_and(|id| id.get_version_num() == 4)
}
