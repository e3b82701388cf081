//! Who is in a queue, and which codes it has. At most a hundred may be said at once; who is there by a group is not to be added himself.

use super::{
    answer::{Answer, Refused},
    document::Question,
    platform::page,
    state::{Joined, State},
};
use serde_json::{Value, json};

/// So many at once.
const MOST: usize = 100;

/// A page of the members; it has no total that could be used.
pub(super) fn members(state: &mut State, question: &Question, queue: &str) -> Result<Answer, Refused> {
    let joined = joined(state, queue)?.clone();
    let by = question.query("memberBy").map(str::to_ascii_lowercase);
    let member = |by: &'static str| move |id: &String| json!({ "id": id, "name": id, "joined": true, "memberBy": by, "selfUri": format!("/api/v2/users/{id}") });
    let mut all: Vec<Value> = Vec::new();
    if by.as_deref() != Some("group") {
        all.extend(joined.members.iter().map(member("user")));
    }
    if by.as_deref() != Some("user") {
        all.extend(joined.by_group.iter().map(member("group")));
    }
    page(state, question, &format!("/api/v2/routing/queues/{queue}/members"), all, false)
}

/// Members come in, or go.
pub(super) fn change_members(state: &mut State, question: &Question, queue: &str) -> Result<Answer, Refused> {
    let ids = ids(question)?;
    let goes = question.query("delete") == Some("true");
    for id in &ids {
        let known = state.users.get(id).is_some_and(|user| !user.deleted);
        if !known && !goes {
            return Err(Answer::error(400, "user.not.found", &format!("The user {id} was not found")));
        }
    }
    let joined = joined(state, queue)?;
    if let Some(id) = ids.iter().find(|id| joined.by_group.contains(id)) {
        return Err(Answer::error(400, "member.by.group", &format!("The user {id} is a member by a group")));
    }
    if goes {
        joined.members.retain(|member| !ids.contains(member));
    } else {
        for id in ids {
            if !joined.members.contains(&id) {
                joined.members.push(id);
            }
        }
    }
    Ok(Answer::nothing().status(202))
}

/// A page of the codes.
pub(super) fn codes(state: &mut State, question: &Question, queue: &str) -> Result<Answer, Refused> {
    let ids = joined(state, queue)?.codes.clone();
    let named = |id: &String| state.codes.iter().find(|code| code.id == *id).map(|code| code.json("/api/v2/routing/wrapupcodes"));
    let all = ids.iter().filter_map(named).collect();
    page(state, question, &format!("/api/v2/routing/queues/{queue}/wrapupcodes"), all, true)
}

/// Codes come in.
pub(super) fn add_codes(state: &mut State, question: &Question, queue: &str) -> Result<Answer, Refused> {
    let ids = ids(question)?;
    if let Some(id) = ids.iter().find(|id| !state.codes.iter().any(|code| code.id == **id)) {
        return Err(Answer::error(400, "wrapupcode.not.found", &format!("The wrap-up code {id} was not found")));
    }
    let joined = joined(state, queue)?;
    for id in ids {
        if !joined.codes.contains(&id) {
            joined.codes.push(id);
        }
    }
    Ok(Answer::ok(json!([])))
}

/// A code goes.
pub(super) fn remove_code(state: &mut State, queue: &str, code: &str) -> Result<Answer, Refused> {
    let joined = joined(state, queue)?;
    let before = joined.codes.len();
    joined.codes.retain(|each| each != code);
    if before == joined.codes.len() { Err(Answer::not_found("wrap-up code of this queue")) } else { Ok(Answer::nothing()) }
}

fn joined<'a>(state: &'a mut State, queue: &str) -> Result<&'a mut Joined, Refused> {
    state.joined.get_mut(queue).ok_or_else(|| Answer::not_found("queue"))
}

fn ids(question: &Question) -> Result<Vec<String>, Refused> {
    let body = question.json()?;
    let all = body.as_array().ok_or_else(|| Answer::invalid("A list is required"))?;
    if all.len() > MOST {
        return Err(Answer::error(400, "too.many", &format!("{} were given, and {MOST} may be", all.len())));
    }
    let ids = all.iter().map(|each| each["id"].as_str().map(ToOwned::to_owned)).collect::<Option<Vec<_>>>();
    ids.ok_or_else(|| Answer::invalid("Each needs an id"))
}
