//! Which path means what, and what comes before that: faults, the token, the permission, the pace.

use super::{
    Cloud, Deed,
    answer::{Answer, Refused},
    client as clients,
    document::Question,
    double, events, platform,
    platform::Kind,
    queue, scim,
    state::State,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::time::Instant;

/// What becomes of a question.
pub(super) enum Reply {
    Answer(Answer),
    /// The connection is closed.
    Drop,
    /// Nothing, ever.
    Hang,
}

/// Answers a question.
pub(super) fn answer(cloud: &Cloud, question: &Question) -> Reply {
    cloud.with(|state| {
        let pieces = question.pieces();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        match pieces.as_slice() {
            ["double", rest @ ..] => Reply::Answer(double::answer(state, question, rest).unwrap_or_else(|refused| refused)),
            _ => outside(state, question, &pieces),
        }
    })
}

fn outside(state: &mut State, question: &Question, pieces: &[&str]) -> Reply {
    let deed = state.faults.take(&question.method, &question.path);
    let is_token = pieces == ["oauth", "token"];
    if !is_token {
        *state.calls.entry(operation(&question.method, pieces)).or_default() += 1;
    }
    match &deed {
        Some(Deed::Status { status, retry_after }) => {
            let answer = Answer::error(*status, "fault", "This goes wrong on purpose");
            state.throttled += u64::from(*status == 429);
            let answer = match retry_after {
                Some(seconds) => answer.header("Retry-After", seconds.to_string()),
                None => answer,
            };
            return Reply::Answer(answer.header("inin-correlation-id", state.id()));
        }
        Some(Deed::Drop) => return Reply::Drop,
        Some(Deed::Hang) => return Reply::Hang,
        Some(Deed::Forget) => state.tokens.clear(),
        Some(Deed::DropAfter) | None => {}
    }
    let outcome = if is_token { token(state, question) } else { with_token(state, question, pieces) };
    let answer = outcome.unwrap_or_else(|refused| {
        if refused.status != 404 && refused.status != 429 {
            let said = refused.body.as_ref().map(ToString::to_string).unwrap_or_default();
            let said: String = said.chars().take(300).collect();
            state.refused(format!("{} {} {}: {said}", question.method, question.path, refused.status));
        }
        refused
    });
    if deed == Some(Deed::DropAfter) {
        return Reply::Drop;
    }
    Reply::Answer(answer.header("inin-correlation-id", state.id()))
}

/// `POST /oauth/token` (RFC 6749 §4.4).
fn token(state: &mut State, question: &Question) -> Result<Answer, Refused> {
    let wrong = |status, error: &str, why: &str| Answer::ok(json!({ "error": error, "error_description": why })).status(status);
    let form = question.form();
    let of_form = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if question.method != "POST" || of_form("grant_type").as_deref() != Some("client_credentials") {
        return Err(wrong(400, "unsupported_grant_type", "the double gives tokens for client credentials only"));
    }
    let basic = question.header("authorization").and_then(|field| field.strip_prefix("Basic "));
    let basic = basic.and_then(|text| BASE64_STANDARD.decode(text).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((id, secret)) = basic.as_deref().and_then(|text| text.split_once(':')) else {
        return Err(wrong(401, "invalid_client", "client credentials are required"));
    };
    // Both are escaped as in a form (RFC 6749 §2.3.1).
    let (id, secret) = (super::document::plain(id, true), super::document::plain(secret, true));
    let known = &state.site.clients;
    if !known.is_empty() && !known.iter().any(|(known, proof)| *known == id && proof.expose_secret() == secret) {
        return Err(wrong(401, "invalid_client", "client not found or secret invalid"));
    }
    let token = state.token(&id).ok_or_else(|| wrong(500, "server_error", "no random bytes"))?;
    Ok(Answer::ok(json!({ "access_token": token, "token_type": "bearer", "expires_in": state.faults.token_seconds })))
}

fn with_token(state: &mut State, question: &Question, pieces: &[&str]) -> Result<Answer, Refused> {
    let bearer = question.header("authorization").and_then(|field| field.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
    let allowed = state.faults.allowed;
    let now = Instant::now();
    let Some(token) = state.tokens.get_mut(&bearer).filter(|token| token.until > now) else {
        return Err(Answer::error(401, "bad.credentials", "Invalid login credentials."));
    };
    let client = token.client.clone();
    let told = token.minute.count(allowed);
    let minute = token.minute;
    for other in state.tokens.values_mut().filter(|other| other.client == client) {
        other.minute = minute;
    }
    let outcome = if told.too_many {
        state.throttled += 1;
        Err(Answer::too_many(told.reset))
    } else {
        permitted(state, question, pieces).and_then(|()| carry_out(state, question, pieces, &client))
    };
    let answer = outcome.unwrap_or_else(|refused| refused);
    let answer = answer
        .header("inin-ratelimit-allowed", allowed.to_string())
        .header("inin-ratelimit-count", told.count.to_string())
        .header("inin-ratelimit-reset", told.reset.as_secs().to_string());
    if answer.status < 400 { Ok(answer) } else { Err(answer) }
}

/// Does the client have the permission that this needs?
fn permitted(state: &State, question: &Question, pieces: &[&str]) -> Result<(), Refused> {
    let writes = |object: &str| {
        let deed = match question.method.as_str() {
            "GET" => "view",
            "POST" => "add",
            "DELETE" => "delete",
            _ => "edit",
        };
        format!("{object}:{deed}")
    };
    let needed = match pieces {
        ["api", "v2", "users", "search"] => "directory:user:view".to_owned(),
        ["api", "v2", "scim", ..] | ["api", "v2", "users", _] => writes("directory:user"),
        ["api", "v2", "routing", "queues", _, ..] if pieces.len() > 5 && question.method != "GET" => "routing:queue:edit".to_owned(),
        ["api", "v2", "routing", "queues", ..] => writes("routing:queue"),
        ["api", "v2", "routing", "wrapupcodes", ..] => writes("routing:wrapupCode"),
        ["api", "v2", "routing", "skills" | "languages", ..] if question.method == "GET" => "routing:skill:view".to_owned(),
        ["api", "v2", "routing", "skills" | "languages", ..] => "routing:skill:manage".to_owned(),
        ["api", "v2", "oauth", "clients", ..] => writes("oauth:client"),
        ["api", "v2", "events", "conversations"] => "conversation:conversation:inject".to_owned(),
        _ => return Ok(()),
    };
    if state.faults.missing.contains(&needed) { Err(Answer::missing(&needed)) } else { Ok(()) }
}

fn carry_out(state: &mut State, question: &Question, pieces: &[&str], client: &str) -> Result<Answer, Refused> {
    let unknown = || Answer::error(404, "not.found", "There is no such path");
    let Some(rest) = pieces.strip_prefix(&["api", "v2"]) else { return Err(unknown()) };
    let method = question.method.as_str();
    match (method, rest) {
        ("GET", ["organizations", "me"]) => Ok(platform::organisation()),
        ("GET", ["organizations", "limits", "namespaces", namespace]) => platform::limits(state, namespace),
        (_, ["scim", "v2", users, rest @ ..]) if users.eq_ignore_ascii_case("users") => match (method, rest) {
            ("GET", []) => scim::list(state, question),
            ("POST", []) => scim::create(state, question, client),
            ("GET", [id]) => scim::get(state, question, id),
            ("PUT", [id]) => scim::replace(state, question, id, client),
            ("PATCH", [id]) => scim::patch(state, question, id, client),
            ("DELETE", [id]) => scim::delete(state, id, client),
            _ => Err(unknown()),
        },
        ("POST", ["events", "conversations"]) => events::inject(state, question),
        ("POST", ["users", "search"]) => platform::search(state, question),
        ("GET", ["users", id]) => platform::user(state, question, id),
        ("PATCH", ["users", id]) => platform::set_state(state, question, id, client),
        ("GET", ["routing", "queues", id, "members"]) => queue::members(state, question, id),
        ("POST", ["routing", "queues", id, "members"]) => queue::change_members(state, question, id),
        ("GET", ["routing", "queues", id, "wrapupcodes"]) => queue::codes(state, question, id),
        ("POST", ["routing", "queues", id, "wrapupcodes"]) => queue::add_codes(state, question, id),
        ("DELETE", ["routing", "queues", id, "wrapupcodes", code]) => queue::remove_code(state, id, code),
        (_, ["oauth", "clients", rest @ ..]) => match (method, rest) {
            ("GET", []) => Ok(clients::list(state)),
            ("POST", []) => clients::create(state, question, client),
            ("GET", [id]) => clients::get(state, id),
            ("PUT", [id]) => clients::replace(state, question, id, client),
            ("DELETE", [id]) => clients::delete(state, id),
            _ => Err(unknown()),
        },
        (_, ["routing", word, rest @ ..]) => {
            let kind = Kind::of(word).ok_or_else(unknown)?;
            match (method, rest) {
                ("GET", []) => platform::list(state, question, kind),
                ("POST", []) => platform::create(state, question, kind, client),
                ("GET", [id]) => platform::get(state, kind, id),
                ("PUT", [id]) => platform::replace(state, question, kind, id, client),
                ("DELETE", [id]) => platform::delete(state, kind, id),
                _ => Err(unknown()),
            }
        }
        _ => Err(unknown()),
    }
}

/// `GET /api/v2/routing/queues/{id}/members`, as calls are counted.
fn operation(method: &str, pieces: &[&str]) -> String {
    let is_id = |piece: &str| piece.len() == 36 && piece.bytes().filter(|byte| *byte == b'-').count() == 4;
    let names: Vec<&str> = pieces.iter().map(|piece| if is_id(piece) { "{id}" } else { *piece }).take(12).collect();
    // A path that nobody has is nobody's to make us remember.
    let known = pieces.first() == Some(&"api") && names.iter().all(|name| name.len() < 40);
    if known { format!("{method} /{}", names.join("/")) } else { format!("{method} elsewhere") }
}
