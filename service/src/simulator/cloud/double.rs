//! What is said to the double itself, below `/double`: what it has and what was asked, what goes wrong, who is in a queue by a group.

use super::{
    answer::{Answer, Refused},
    document::Question,
    object::Objects,
    state::State,
};
use serde_json::{Value, json};

/// Answers it.
pub(super) fn answer(state: &mut State, question: &Question, pieces: &[&str]) -> Result<Answer, Refused> {
    match (question.method.as_str(), pieces) {
        ("GET", ["state"]) => Ok(Answer::ok(dump(state))),
        ("GET", ["faults"]) => Ok(Answer::ok(json!(state.faults))),
        ("PUT", ["faults"]) => {
            let faults = serde_json::from_slice(&question.body);
            state.faults = faults.map_err(|error| Answer::invalid(&format!("these are no faults: {error}")))?;
            Ok(Answer::nothing())
        }
        ("PUT", ["queues", queue, "by-group"]) => {
            let ids = serde_json::from_slice(&question.body).map_err(|error| Answer::invalid(&error.to_string()))?;
            let joined = state.joined.get_mut(*queue).ok_or_else(|| Answer::not_found("queue"))?;
            joined.by_group = ids;
            Ok(Answer::nothing())
        }
        ("DELETE", ["calls"]) => {
            state.calls.clear();
            state.throttled = 0;
            state.refusals.clear();
            Ok(Answer::nothing())
        }
        _ => Err(Answer::not_found("thing of the double")),
    }
}

/// All of it.
pub(super) fn dump(state: &State) -> Value {
    let all = |objects: &Objects| objects.iter().map(super::object::Object::dumped).collect::<Vec<_>>();
    let joined = state.joined.iter();
    let joined = joined
        .map(|(queue, joined)| (queue.clone(), json!({ "members": joined.members, "by_group": joined.by_group, "codes": joined.codes })));
    json!({
        "users": state.users.iter().map(super::user::User::dumped).collect::<Vec<_>>(),
        "queues": all(&state.queues), "skills": all(&state.skills), "languages": all(&state.languages), "codes": all(&state.codes),
        "clients": all(&state.clients), "events": state.told.events, "events_again": state.told.again,
        "joined": joined.collect::<serde_json::Map<_, _>>(),
        "calls": state.calls, "total": state.calls.values().sum::<u64>(), "throttled": state.throttled, "refusals": state.refusals,
    })
}
