//! Skills, languages, wrap-up codes and queues as objects; users as the Platform API has them; the organisation itself.

use super::{
    Faults,
    answer::{Answer, Refused},
    document::Question,
    object::{Object, Objects},
    scim::GENESYS,
    state::{Joined, State},
};
use serde_json::{Map, Value, json};

const MOST: usize = 500;

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Skill,
    Language,
    Code,
    Queue,
}

// === impl Kind ===

impl Kind {
    /// By the word of the path.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "skills" => Self::Skill,
            "languages" => Self::Language,
            "wrapupcodes" => Self::Code,
            "queues" => Self::Queue,
            _ => return None,
        })
    }

    fn base(self) -> &'static str {
        match self {
            Self::Skill => "/api/v2/routing/skills",
            Self::Language => "/api/v2/routing/languages",
            Self::Code => "/api/v2/routing/wrapupcodes",
            Self::Queue => "/api/v2/routing/queues",
        }
    }

    pub(super) fn objects(self, state: &mut State) -> &mut Objects {
        match self {
            Self::Skill => &mut state.skills,
            Self::Language => &mut state.languages,
            Self::Code => &mut state.codes,
            Self::Queue => &mut state.queues,
        }
    }
}

/// A page of a kind.
pub(super) fn list(state: &mut State, question: &Question, kind: Kind) -> Result<Answer, Refused> {
    let starts = |object: &Object, name: &str| {
        question
            .query(name)
            .is_none_or(|wanted| object.text("name").to_lowercase().starts_with(&wanted.trim_end_matches('*').to_lowercase()))
    };
    let peer = question.query("peerId");
    let all = kind.objects(state).seen();
    let all = all.filter(|object| starts(object, "name") && peer.is_none_or(|peer| object.text("peerId") == peer));
    let mut all: Vec<Value> = all.map(|object| object.json(kind.base())).collect();
    // Lists of these go on naming what is deleted, for as long as anybody remembers it.
    if matches!(kind, Kind::Skill | Kind::Language) && question.query("name").is_none() {
        all.push(json!({ "id": "00000000-d0b1-4000-8000-00000000dead", "name": "deleted once", "state": "deleted" }));
    }
    page(state, question, kind.base(), all, true)
}

/// A page of a list that has been made.
pub(super) fn page(state: &mut State, question: &Question, base: &str, mut all: Vec<Value>, with_total: bool) -> Result<Answer, Refused> {
    let size = question.number("pageSize", 25);
    let number = question.number("pageNumber", 1).max(1);
    if size == 0 || size > MOST {
        return Err(Answer::invalid("The page size is not valid"));
    }
    if number > 1 && all.len() > 1 && Faults::happens(&mut state.faults.shifts) {
        all.rotate_right(1);
    }
    let total = all.len();
    let entities: Vec<Value> = all.into_iter().skip((number - 1) * size).take(size).collect();
    let mut body = json!({ "entities": entities, "pageSize": size, "pageNumber": number, "selfUri": base });
    if number * size < total {
        body["nextUri"] = format!("{base}?pageSize={size}&pageNumber={}", number + 1).into();
    }
    if with_total {
        body["total"] = total.into();
        body["pageCount"] = total.div_ceil(size).into();
    }
    Ok(Answer::ok(body))
}

/// One.
pub(super) fn get(state: &mut State, kind: Kind, id: &str) -> Result<Answer, Refused> {
    let count = state.joined.get(id).map(|joined| joined.members.len() + joined.by_group.len());
    let object = kind.objects(state).see(id).ok_or_else(|| Answer::not_found("object"))?;
    let mut json = object.json(kind.base());
    if kind == Kind::Queue {
        json["memberCount"] = count.unwrap_or_default().into();
    }
    Ok(Answer::ok(json))
}

/// A new one.
pub(super) fn create(state: &mut State, question: &Question, kind: Kind, client: &str) -> Result<Answer, Refused> {
    let mut fields = fields(question.json()?)?;
    let name = name(&fields)?;
    let (id, lag) = (state.id(), state.lag());
    let objects = kind.objects(state);
    // Names of languages and skills are told apart by capitals, those of queues are not.
    let same = |object: &&Object| match kind {
        Kind::Queue => object.text("name").eq_ignore_ascii_case(&name),
        _ => object.text("name") == name,
    };
    if objects.iter().any(|object| same(&object)) {
        return Err(Answer::error(409, "general.conflict", &format!("{name} is there already")));
    }
    if objects.is_full() {
        return Err(Answer::error(413, "too.many", "The organisation has no room for more"));
    }
    if matches!(kind, Kind::Skill | Kind::Language) {
        fields.insert("state".into(), "active".into());
    } else {
        fields.entry("division").or_insert_with(|| json!({ "id": "00000000-d0b1-4000-8000-00000000d1d1", "name": "Home" }));
    }
    if kind == Kind::Queue {
        // What a queue has of itself, and nobody else's business.
        fields.entry("acwSettings").or_insert_with(|| json!({ "wrapupPrompt": "OPTIONAL" }));
        fields.entry("skillEvaluationMethod").or_insert_with(|| "BEST".into());
    }
    let object = Object::new(id.clone(), client, fields, lag);
    let answer = Answer::ok(object.json(kind.base()));
    objects.add(object);
    if kind == Kind::Queue {
        state.joined.insert(id, Joined::default());
    }
    Ok(answer)
}

/// Another in the place of one: what is not said is gone.
pub(super) fn replace(state: &mut State, question: &Question, kind: Kind, id: &str, client: &str) -> Result<Answer, Refused> {
    if matches!(kind, Kind::Skill | Kind::Language) {
        return Err(Answer::error(405, "method.not.allowed", "A skill or language has no update"));
    }
    if Faults::happens(&mut state.faults.races) {
        return Err(Answer::error(409, "general.conflict", "The version of the object does not match the current version"));
    }
    let fields = fields(question.json()?)?;
    let wanted = name(&fields)?;
    let objects = kind.objects(state);
    if objects.iter().any(|object| object.id != id && object.text("name").eq_ignore_ascii_case(&wanted)) {
        return Err(Answer::error(409, "general.conflict", &format!("{wanted} is there already")));
    }
    let object = objects.get(id).ok_or_else(|| Answer::not_found("object"))?;
    object.fields = fields;
    object.touch(client);
    Ok(Answer::ok(object.json(kind.base())))
}

/// One is deleted, and whoever had it has it no more.
pub(super) fn delete(state: &mut State, kind: Kind, id: &str) -> Result<Answer, Refused> {
    let lag = state.lag();
    let gone = kind.objects(state).remove(id, lag).ok_or_else(|| Answer::not_found("object"))?;
    match kind {
        Kind::Queue => drop(state.joined.remove(id)),
        Kind::Code => state.joined.values_mut().for_each(|joined| joined.codes.retain(|code| code != id)),
        Kind::Skill => forget(state, "routingSkills", gone.text("name")),
        Kind::Language => forget(state, "routingLanguages", gone.text("name")),
    }
    Ok(if kind == Kind::Code || kind == Kind::Queue { Answer::ok(json!({})) } else { Answer::nothing() })
}

fn forget(state: &mut State, list: &str, name: &str) {
    state.users.change_all(|document| {
        let all = document.get_mut(GENESYS).and_then(|extension| extension.get_mut(list)).and_then(Value::as_array_mut);
        let Some(all) = all else { return false };
        let before = all.len();
        all.retain(|each| each["name"] != name);
        before != all.len()
    });
}

/// A user as the Platform API has him.
pub(super) fn user(state: &State, question: &Question, id: &str) -> Result<Answer, Refused> {
    let user = state.users.get(id).ok_or_else(|| Answer::not_found("user"))?;
    let wanted = question.query("state").unwrap_or("active");
    // Who asks for the deleted is given anybody, as Genesys's own provider finds.
    if user.deleted && wanted != "deleted" && wanted != "any" {
        return Err(Answer::not_found("user"));
    }
    Ok(Answer::ok(user.platform()))
}

/// A user's state, which is the only field that may stand in its request.
pub(super) fn set_state(state: &mut State, question: &Question, id: &str, client: &str) -> Result<Answer, Refused> {
    let body = question.json()?;
    let user = state.users.get(id).ok_or_else(|| Answer::not_found("user"))?;
    if Faults::happens(&mut state.faults.races) || body["version"].as_u64() != Some(user.version) {
        return Err(Answer::error(409, "general.conflict", "The version of the user does not match the current version"));
    }
    let alone = body.as_object().is_some_and(|fields| fields.keys().all(|name| name == "state" || name == "version"));
    let wanted = body["state"].as_str().filter(|wanted| ["active", "inactive", "deleted"].contains(wanted));
    let Some(wanted) = wanted.filter(|_| alone) else {
        return Err(Answer::invalid("state is the only modifiable field when it is updated"));
    };
    let lag = state.lag();
    let user = state.users.change(id, client, lag, |user| {
        user.deleted = wanted == "deleted";
        user.document.insert("active".into(), (wanted == "active").into());
    });
    user.map(|user| Answer::ok(user.platform())).ok_or_else(|| Answer::not_found("user"))
}

/// Users by e-mail address and state, in any.
pub(super) fn search(state: &State, question: &Question) -> Result<Answer, Refused> {
    let body = question.json()?;
    let criteria = body["query"].as_array().ok_or_else(|| Answer::invalid("query is required"))?;
    let values = |name: &str| -> Option<Vec<String>> {
        let one = criteria.iter().find(|one| one["fields"] == json!([name]))?;
        let all = one["values"].as_array().into_iter().flatten().chain(one.get("value")).filter_map(Value::as_str);
        Some(all.map(str::to_lowercase).collect())
    };
    let (emails, states) = (values("email"), values("state").unwrap_or_else(|| vec!["active".into()]));
    let found = state.users.iter().filter(|user| states.iter().any(|state| state == user.state()));
    let found = found.filter(|user| emails.as_ref().is_none_or(|emails| emails.contains(&user.name())));
    let results: Vec<Value> = found.take(100).map(super::user::User::platform).collect();
    Ok(Answer::ok(
        json!({ "total": results.len(), "pageCount": 1, "pageSize": 100, "pageNumber": 1, "types": ["users"], "results": results }),
    ))
}

/// Whose token it is.
pub(super) fn organisation() -> Answer {
    Answer::ok(json!({
        "id": "00000000-d0b1-4000-8000-0000000000aa", "name": "Jackfield's double", "thirdPartyOrgName": "double", "state": "active",
        "defaultLanguage": "en-US", "productPlatform": "GenesysCloud",
    }))
}

/// What the organisation's limits are.
pub(super) fn limits(state: &State, namespace: &str) -> Result<Answer, Refused> {
    if namespace != "platform.api" {
        return Err(Answer::not_found("namespace"));
    }
    let limit = json!({ "key": "client.credentials.token.rate.per.minute", "namespace": namespace, "value": state.faults.allowed });
    Ok(Answer::ok(json!({ "entities": [limit] })))
}

/// What is kept of an object.
fn fields(body: Value) -> Result<Map<String, Value>, Refused> {
    let Value::Object(mut fields) = body else { return Err(Answer::invalid("An object is required")) };
    for name in ["id", "selfUri", "memberCount", "state", "version"] {
        fields.remove(name);
    }
    Ok(fields)
}

fn name(fields: &Map<String, Value>) -> Result<String, Refused> {
    let name = fields.get("name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    name.map(ToOwned::to_owned).ok_or_else(|| Answer::invalid("name is required"))
}
