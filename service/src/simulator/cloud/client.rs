//! OAuth clients as the Platform API has them. Their names are not unique and their list has no pages; a secret is told to whoever asks, so that it is
//! known when a client writes one down.

use super::{
    answer::{Answer, Refused},
    document::Question,
    object::Object,
    state::State,
};
use serde_json::{Map, Value, json};

const BASE: &str = "/api/v2/oauth/clients";
const GRANTS: [&str; 5] = ["CODE", "TOKEN", "SAML2-BEARER", "PASSWORD", "CLIENT-CREDENTIALS"];
const STATES: [&str; 3] = ["active", "disabled", "inactive"];

/// All.
pub(super) fn list(state: &State) -> Answer {
    let all: Vec<Value> = state.clients.seen().map(shown).collect();
    Answer::ok(json!({ "total": all.len(), "entities": all, "selfUri": BASE }))
}

/// One.
pub(super) fn get(state: &State, id: &str) -> Result<Answer, Refused> {
    state.clients.see(id).map(|client| Answer::ok(shown(client))).ok_or_else(|| Answer::not_found("client"))
}

/// A new one.
pub(super) fn create(state: &mut State, question: &Question, by: &str) -> Result<Answer, Refused> {
    let fields = checked(question.json()?)?;
    if state.clients.is_full() {
        return Err(Answer::error(413, "too.many", "The organisation has no room for more"));
    }
    let client = Object::new(state.id(), by, fields, state.lag());
    let answer = Answer::ok(shown(&client));
    state.clients.add(client);
    Ok(answer)
}

/// Another in the place of one.
pub(super) fn replace(state: &mut State, question: &Question, id: &str, by: &str) -> Result<Answer, Refused> {
    let fields = checked(question.json()?)?;
    let client = state.clients.get(id).ok_or_else(|| Answer::not_found("client"))?;
    client.fields = fields;
    client.touch(by);
    Ok(Answer::ok(shown(client)))
}

/// One is deleted.
pub(super) fn delete(state: &mut State, id: &str) -> Result<Answer, Refused> {
    let lag = state.lag();
    state.clients.remove(id, lag).map(|_| Answer::nothing()).ok_or_else(|| Answer::not_found("client"))
}

fn shown(client: &Object) -> Value {
    let mut json = client.json(BASE);
    json["secret"] = format!("secret-of-{}", client.id).into();
    json["dateCreated"] = "2026-01-01T00:00:00Z".into();
    json
}

/// What is kept of one, if nothing is wrong with it.
fn checked(body: Value) -> Result<Map<String, Value>, Refused> {
    let Value::Object(mut fields) = body else { return Err(Answer::invalid("An object is required")) };
    for name in ["id", "secret", "dateCreated", "dateModified", "createdBy", "modifiedBy", "selfUri"] {
        if fields.remove(name).is_some() {
            return Err(Answer::invalid(&format!("{name} cannot be set")));
        }
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("name").trim().is_empty() {
        return Err(Answer::invalid("name is required"));
    }
    let grant = text("authorizedGrantType").to_owned();
    if !GRANTS.contains(&grant.as_str()) {
        return Err(Answer::invalid("authorizedGrantType is none"));
    }
    let uris = fields.get("registeredRedirectUri").and_then(Value::as_array).cloned().unwrap_or_default();
    if ["CODE", "TOKEN"].contains(&grant.as_str()) && uris.is_empty() {
        return Err(Answer::invalid("registeredRedirectUri is required for this grant"));
    }
    if uris.iter().any(|uri| !uri.as_str().is_some_and(|uri| uri.contains("://") && !uri.contains('#'))) {
        return Err(Answer::invalid("registeredRedirectUri has one that is none"));
    }
    if !STATES.contains(&fields.get("state").and_then(Value::as_str).unwrap_or("active")) {
        return Err(Answer::invalid("state is none"));
    }
    fields.entry("state").or_insert_with(|| "active".into());
    Ok(fields)
}
