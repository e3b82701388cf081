//! Two calls and more: transfer, consultation, conference (reference of ICWS, §4.5, §4.6).

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    book::Consultation,
    desk::{Desk, Target},
    interactions::{annotate, must_be, queue_of},
    picture::Role,
    queues::Key,
};
use crate::domain::{InteractionState, SwitchAnswer, SwitchRequest};
use serde_json::{Value, json};

use InteractionState::{Connected, Dialing, Held};

/// Where something is to go: exactly one of `target` and `queueID`. A client in the field sends both, with the other spelling.
fn destination(desk: &Desk, body: &Value) -> Result<String, Problem> {
    let queue = [&body["queueID"], &body["queueId"]].into_iter().find_map(queue_of);
    let Some((kind, name)) = queue else {
        return Ok(body.text("target")?.to_owned());
    };
    match desk.with(|state| state.scene.key(kind, name)) {
        Ok(Key::Workgroup(queue)) => Ok(queue.to_string()),
        Ok(Key::User(user)) => Ok(user.to_string()),
        Err(words) => Err(Problem::invalid("queueID", format_args!("{words} is not known"))),
    }
}

pub(super) async fn blind(desk: &Desk, id: &str, body: &Value) -> Result<(), Problem> {
    let destination = destination(desk, body)?;
    let target = desk.target(id)?;
    desk.request(SwitchRequest::BlindTransfer { call: target.call, destination }).await.map(drop)
}

/// The mailbox is that of the user who is named; whoever calls him and is not answered is sent there as well.
pub(super) async fn to_voicemail(desk: &Desk, id: &str, body: &Value) -> Result<(), Problem> {
    blind(desk, id, body).await
}

/// `…/consult` and what follows.
pub(super) async fn consult(desk: &Desk, id: &str, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", []) => begin(desk, id, ask).await,
        ("POST", [consultation, "change-audience"]) => {
            let known = known(desk, consultation)?;
            change_audience(desk, &known, &ask.json()?).await?;
            Ok(Answer::empty(204))
        }
        ("POST", [number, "conclude"]) => {
            let known = known(desk, number)?;
            let request = if known.is_joined {
                SwitchRequest::Leave(known.call)
            } else {
                SwitchRequest::CompleteTransfer { call: known.call, consultation: known.consulted }
            };
            desk.request(request).await?;
            forget(desk, number);
            Ok(Answer::empty(204))
        }
        ("DELETE", [number]) => {
            let known = known(desk, number)?;
            if known.is_joined {
                let member = desk.target(known.consulted.as_str())?;
                let Role::Member(party) = member.role else { return Err(Problem::state("The consulted party has left.")) };
                desk.request(SwitchRequest::DropParty { call: known.call, party }).await?;
            } else {
                desk.request(SwitchRequest::Disconnect(known.consulted)).await?;
            }
            forget(desk, number);
            Ok(Answer::empty(204))
        }
        (method, [] | [_] | [_, "change-audience" | "conclude"]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

async fn begin(desk: &Desk, id: &str, ask: &Ask) -> Outcome {
    let body = ask.json()?;
    let destination = destination(desk, &body)?;
    let target = desk.target(id)?;
    must_be(&target, id, &[Connected, Held])?;
    let request = SwitchRequest::Consult { call: target.call.clone(), destination };
    let SwitchAnswer::Interaction(made) = desk.request(request).await? else { return Err(Problem::fault()) };
    let additional = body["additionalAttributes"].as_object().into_iter().flatten();
    let additional: std::collections::BTreeMap<_, _> =
        additional.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    if !additional.is_empty() {
        annotate(desk, &made.id, additional).await;
    }
    let consulted = made.id.clone();
    let number = desk
        .with(|state| state.scene.book.consult(Consultation { user: desk.user.clone(), call: target.call, consulted, is_joined: false }));
    Ok(Answer::with(201, json!({ "consultId": number.to_string(), "consultInteractionId": made.id.as_str() })))
}

fn known(desk: &Desk, number: &str) -> Result<Consultation, Problem> {
    let found = number.parse().ok().and_then(|number| desk.with(|state| state.scene.book.consultation(number).cloned()));
    found.filter(|known| known.user == desk.user).ok_or_else(|| Problem::not_found(format_args!("Consultation {number}")))
}

fn forget(desk: &Desk, number: &str) {
    if let Ok(number) = number.parse() {
        desk.with(|state| state.scene.book.end_consultation(number));
    }
}

/// Who hears the agent: the one, the other, both, or nobody.
async fn change_audience(desk: &Desk, known: &Consultation, body: &Value) -> Result<(), Problem> {
    let audience = &body["audience"];
    if audience.is_null() {
        return Err(Problem::missing("audience"));
    }
    if known.is_joined {
        return Err(Problem::state("All parties talk to each other already."));
    }
    let (original, consulted) = (audience.truth("originalParty")?, audience.truth("consultedParty")?);
    let (call, other) = (&known.call, &known.consulted);
    if original && consulted {
        join(desk, call, other).await?;
    } else {
        for (talks, wanted) in [(call, original), (other, consulted)] {
            if !wanted && desk.has(talks, Connected) {
                desk.request(SwitchRequest::Hold(talks.clone())).await?;
            }
        }
        for (talks, wanted) in [(call, original), (other, consulted)] {
            if wanted && desk.has(talks, Held) {
                desk.request(SwitchRequest::Pickup(talks.clone())).await?;
            }
        }
    }
    let message = json!({
        "__type": "urn:inin.com:interactions:consultMessage",
        "isDelta": false,
        "audience": { "originalParty": original, "consultedParty": consulted },
    });
    desk.with(|state| {
        if let Some(session) = state.sessions.get_mut(&desk.id) {
            session.push(message);
        }
    });
    Ok(())
}

/// `/interactions/conferences`.
pub(super) async fn conferences(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", []) => {
            let body = ask.json()?;
            let ids = body.texts("interactions")?;
            let [first, second] = ids.as_slice() else {
                return Err(Problem::invalid("interactions", "two interactions were expected"));
            };
            let (first, second) = (party(desk, first)?, party(desk, second)?);
            // The conference keeps the id of the one that is held.
            let (kept, joined) =
                if second.state == Some(Held) && first.state == Some(Connected) { (second, first) } else { (first, second) };
            let id = join(desk, &kept.call, &joined.call).await?;
            Ok(Answer::with(201, json!({ "conferenceId": id })))
        }
        ("PUT", [conference]) => {
            let known = desk.with(|state| state.scene.book.call_of(conference).cloned());
            let call = known.ok_or_else(|| Problem::not_found(format_args!("Conference {conference}")))?;
            for id in ask.json()?.texts("interactions")? {
                let other = party(desk, &id)?;
                join(desk, &call, &other.call).await?;
            }
            Ok(Answer::empty(200))
        }
        ("POST", [_, "invite-party"]) => Err(Problem::denied("The simulated server invites nobody: consult, then add the call.")),
        (method, [] | [_]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

fn party(desk: &Desk, id: &str) -> Result<Target, Problem> {
    let target = desk.target(id)?;
    must_be(&target, id, &[Connected, Held, Dialing])?;
    Ok(target)
}

/// Joins a call into another one, whichever of them is held; gives back the conference's id.
async fn join(desk: &Desk, into: &crate::domain::InteractionId, from: &crate::domain::InteractionId) -> Result<String, Problem> {
    if desk.has(into, Connected) && desk.has(from, Held) {
        desk.request(SwitchRequest::Alternate { hold: into.clone(), pick_up: from.clone() }).await?;
    }
    desk.with(|state| state.scene.book.is_joining(into, from, &desk.user));
    desk.request(SwitchRequest::Conference { held: into.clone(), connected: from.clone() }).await?;
    desk.with(|state| state.scene.book.conference(into).map(|conference| conference.id.clone())).ok_or_else(Problem::fault)
}
