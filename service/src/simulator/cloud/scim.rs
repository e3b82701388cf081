//! Users by SCIM, as Genesys Cloud does it: active ones only unless somebody asks for others, `invalidVers` as 400, skills by names that must be there,
//! a bad telephone number refuses the whole user, an address that was ever used is taken.

use super::{
    Faults,
    answer::{Answer, Refused},
    document::Question,
    filter::{Filter, Quotes},
    patch,
    state::State,
    user::{Seen, User},
};
use serde_json::{Map, Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GENESYS: &str = "urn:ietf:params:scim:schemas:extension:genesys:purecloud:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const BASE: &str = "/api/v2/scim/v2/users";
/// With more of them a page names less about each.
const WHOLE: usize = 25;
const MOST: usize = 100;
/// Skills, or languages, of one user.
const PROFICIENT: usize = 50;
/// What costs the organisation a question of its own for each user.
const COSTLY: [&str; 4] = ["externalid", "roles", "routingskills", "routinglanguages"];
const PHONES: [&str; 11] =
    ["work", "work2", "work3", "work4", "home", "mobile", "other", "microsoftteams", "zoomphone", "eightbyeight", "ringcentral"];

/// What is asked of all.
pub(super) fn list(state: &mut State, question: &Question) -> Result<Answer, Refused> {
    let quotes = if state.faults.unquoted_filters { Quotes::Never } else { Quotes::Any };
    let filter = match question.query("filter").filter(|text| !text.trim().is_empty()) {
        None => None,
        Some(text) => {
            let parsed = Filter::parse(text, quotes);
            Some(parsed.ok_or_else(|| Answer::scim_error(400, "invalidFilter", "The filter is not supported"))?)
        }
    };
    let count = question.number("count", WHOLE).min(MOST);
    let start = question.number("startIndex", 1).max(1);
    let named = |key| question.query(key).map(str::to_ascii_lowercase);
    let spared = named("excludedAttributes").is_some_and(|names| COSTLY.iter().all(|costly| names.contains(costly)));
    if count > WHOLE && !spared && named("attributes").is_none() {
        return Err(Answer::too_many(std::time::Duration::from_secs(1)));
    }
    // Who is looked for by name is found however he is; [assumed, since nothing says otherwise].
    let only_active = filter.is_none();
    let mut found: Vec<Seen<'_>> = state.users.iter().filter_map(User::seen).collect();
    found.retain(|user| filter.as_ref().is_none_or(|filter| filter.fits(user.document)));
    found.retain(|user| !only_active || user.document.get("active") != Some(&Value::Bool(false)));
    let total = found.len();
    if start > 1 && total > 1 && state.faults.shifts > 0 {
        state.faults.shifts -= 1;
        found.rotate_right(1);
    }
    let page: Vec<Value> = found.into_iter().skip(start - 1).take(count).map(|user| shown(&user)).collect();
    Ok(Answer::ok(json!({
        "schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": page.len(), "Resources": page,
    })))
}

/// One.
pub(super) fn get(state: &State, question: &Question, id: &str) -> Result<Answer, Refused> {
    let user = state.users.get(id).and_then(User::seen).ok_or_else(absent)?;
    let version = format!("\"{}\"", user.version);
    if question.header("if-none-match") == Some(&version) {
        return Ok(Answer { status: 304, ..Answer::nothing() });
    }
    Ok(Answer::ok(shown(&user)).header("ETag", version))
}

/// A new one.
pub(super) fn create(state: &mut State, question: &Question, client: &str) -> Result<Answer, Refused> {
    let document = checked(state, question.json()?, client)?;
    let name = document.get("userName").and_then(Value::as_str).unwrap_or_default();
    if state.users.named(name).is_some() {
        return Err(Answer::scim_error(409, "uniqueness", "User with that email address already exists, or has been deleted"));
    }
    if state.users.is_full() {
        return Err(Answer::scim_error(413, "tooMany", "The organisation has no room for more"));
    }
    let (id, lag) = (state.id(), state.lag());
    let user = state.users.add(id, document, client, lag);
    Ok(written(user).status(201))
}

/// Another document in the place of one.
pub(super) fn replace(state: &mut State, question: &Question, id: &str, client: &str) -> Result<Answer, Refused> {
    let document = question.json()?;
    change(state, question, id, client, |_| Ok(document))
}

/// One changed here and there.
pub(super) fn patch(state: &mut State, question: &Question, id: &str, client: &str) -> Result<Answer, Refused> {
    let body = question.json()?;
    let operations = body["Operations"].as_array().filter(|operations| !operations.is_empty());
    let operations = operations.ok_or_else(|| Answer::scim_error(400, "invalidSyntax", "There are no Operations"))?.clone();
    change(state, question, id, client, move |mut document| {
        for operation in &operations {
            patch::apply(&mut document, operation)?;
        }
        Ok(document.into())
    })
}

/// One is deleted; what is left of him keeps his address.
pub(super) fn delete(state: &mut State, id: &str, client: &str) -> Result<Answer, Refused> {
    state.users.get(id).filter(|user| !user.deleted).ok_or_else(absent)?;
    let lag = state.lag();
    state.users.change(id, client, lag, |user| user.deleted = true);
    for joined in state.joined.values_mut() {
        joined.members.retain(|member| member != id);
        joined.by_group.retain(|member| member != id);
    }
    Ok(Answer::nothing())
}

fn change(
    state: &mut State,
    question: &Question,
    id: &str,
    client: &str,
    change: impl FnOnce(Map<String, Value>) -> Result<Value, Refused>,
) -> Result<Answer, Refused> {
    state.users.get(id).filter(|user| !user.deleted).ok_or_else(absent)?;
    if Faults::happens(&mut state.faults.races) {
        state.users.change(id, "somebody else", std::time::Duration::ZERO, |_| {});
    }
    let user = state.users.get(id).ok_or_else(absent)?;
    let wanted = question.header("if-match").map(|version| version.trim_start_matches("W/").trim_matches('"'));
    if wanted.is_some_and(|wanted| wanted != "*" && wanted != user.version.to_string()) {
        return Err(Answer::scim_error(400, "invalidVers", "The version does not match the current version"));
    }
    let before = user.name();
    let document = checked(state, change(user.document.clone())?, client)?;
    let name = document.get("userName").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    if name != before && state.users.named(&name).is_some() {
        return Err(Answer::scim_error(409, "uniqueness", "User with that email address already exists"));
    }
    let lag = state.lag();
    let user = state.users.change(id, client, lag, |user| user.document = document).ok_or_else(absent)?;
    Ok(written(user))
}

/// A document as it is kept, if nothing is wrong with it.
fn checked(state: &State, document: Value, client: &str) -> Result<Map<String, Value>, Refused> {
    let wrong = |why: &str| Answer::scim_error(400, "invalidValue", why);
    let Value::Object(mut document) = document else { return Err(wrong("A user is an object")) };
    for name in ["id", "meta", "groups", "password"] {
        document.remove(name);
    }
    document.retain(|_, value| !value.is_null());
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default().to_owned();
    let (name, shown) = (text("userName"), text("displayName"));
    if shown.is_empty() {
        return Err(wrong("displayName is required"));
    }
    if name.split('@').filter(|part| !part.is_empty()).count() != 2 {
        return Err(wrong("userName must be an e-mail address"));
    }
    document.entry("active").or_insert(true.into());
    let firm = document.get(ENTERPRISE).and_then(Value::as_object).cloned();
    if let Some(firm) = &firm {
        // Whatever else somebody writes into it has no place there.
        let known = |name: &String| ["department", "division", "employeeNumber", "manager", "dateHire"].contains(&name.as_str());
        if let Some(name) = firm.keys().find(|name| !known(name)) {
            return Err(wrong(&format!("{name} is no attribute of the enterprise extension")));
        }
    }
    document.insert("schemas".into(), if firm.is_some() { json!([USER, ENTERPRISE, GENESYS]) } else { json!([USER, GENESYS]) });
    let entries = |document: &Map<String, Value>, name: &str| document.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut emails = entries(&document, "emails");
    // What is said of this one is not heard: it is the user's name.
    emails.retain(|email| email["type"] != "other");
    emails.push(json!({ "type": "other", "value": name }));
    document.insert("emails".into(), emails.into());
    for number in entries(&document, "phoneNumbers") {
        let kind = number["type"].as_str().unwrap_or_default();
        if !PHONES.contains(&kind) || !number["value"].as_str().is_some_and(is_number) {
            return Err(wrong(&format!("The phone number {number} is invalid")));
        }
    }
    let mut extension = document.get(GENESYS).and_then(Value::as_object).cloned().unwrap_or_default();
    for (list, objects) in [("routingSkills", &state.skills), ("routingLanguages", &state.languages)] {
        let all = extension.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        if all.len() > PROFICIENT {
            return Err(wrong(&format!("There are more than {PROFICIENT} {list}")));
        }
        for each in &all {
            let name = each["name"].as_str().unwrap_or_default();
            if !objects.iter().any(|object| object.text("name") == name) {
                return Err(wrong(&format!("{list}: {name} does not exist")));
            }
            if !each["proficiency"].as_f64().is_some_and(|stars| (0.0..=5.0).contains(&stars)) {
                return Err(wrong(&format!("{list}: the proficiency of {name} is not 0 to 5")));
            }
        }
    }
    if let Some(external) = document.get("externalId").and_then(Value::as_str) {
        let mark = json!({ "authority": format!("x-pc:scimv2:v1:{client}"), "value": external });
        let ids = extension.entry("externalIds").or_insert_with(|| json!([]));
        if let Some(ids) = ids.as_array_mut() {
            ids.retain(|id| id["authority"] != mark["authority"]);
            ids.push(mark);
        }
    }
    document.insert(GENESYS.into(), extension.into());
    Ok(document)
}

/// `+4930123456`, with an extension perhaps, or the same as a URI.
fn is_number(text: &str) -> bool {
    let plain = text.strip_prefix("tel:").unwrap_or(text);
    let (number, extension) = plain.split_once(";ext=").unwrap_or((plain, "0"));
    let digits = |text: &str, most: usize| !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    number.strip_prefix('+').is_some_and(|number| digits(number, 15)) && digits(extension, 10)
}

fn shown(user: &Seen<'_>) -> Value {
    let mut document = user.document.clone();
    document.insert("id".into(), user.id.into());
    document.insert(
        "meta".into(),
        json!({ "resourceType": "User", "location": format!("{BASE}/{}", user.id), "version": user.version.to_string() }),
    );
    document.into()
}

/// Whoever has written sees what he wrote.
fn written(user: &User) -> Answer {
    let seen = Seen { id: &user.id, document: &user.document, version: user.version };
    Answer::ok(shown(&seen)).header("ETag", format!("\"{}\"", user.version))
}

fn absent() -> Answer {
    Answer::scim_error(404, "", "The requested user was not found")
}
