//! What an answer that is no success means. Pure. Genesys Cloud says the same thing in several ways: a version that is too old is 400, 408, 409 or
//! 412, and the text tells which.

use super::http::{Answer, Unanswered};
use crate::genesys_cloud::cloud::{CloudError, Fault};
use serde_json::Value;

/// As much of what an organisation says as a person wants to read.
const SAID: usize = 300;

/// The failure that an answer is; `asked` names the question: `POST /api/v2/routing/queues`.
pub(super) fn failure(asked: &str, answer: &Answer) -> CloudError {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let (code, kind) = (text("code"), text("scimType"));
    let said = ["message", "detail", "messageWithParams", "error_description", "error"].map(text);
    let said = said.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let status = answer.status.as_u16();
    let fault = fault(status, &code.to_lowercase(), &kind, &said.to_lowercase(), &body);
    let mut message = format!("{asked} was answered with {status}");
    for word in [&code, &kind, &said].into_iter().filter(|word| !word.is_empty()) {
        message.push_str(": ");
        message.extend(word.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(SAID));
    }
    CloudError { fault, message, correlation: correlation(answer) }
}

/// The failure that no answer is.
pub(super) fn unanswered(asked: &str, why: &Unanswered) -> CloudError {
    CloudError { fault: Fault::Unreachable, message: format!("{asked}: {why}"), correlation: None }
}

/// What the support of Genesys asks for.
pub(super) fn correlation(answer: &Answer) -> Option<String> {
    answer.header("inin-correlation-id").map(|id| id.chars().take(64).collect())
}

fn fault(status: u16, code: &str, kind: &str, said: &str, body: &Value) -> Fault {
    let of_version = kind == "invalidVers"
        || (said.contains("version") && ["match", "current", "conflict", "mismatch"].iter().any(|word| said.contains(word)));
    let taken = kind == "uniqueness"
        || ["conflict", "already.exists", "duplicate", "not.unique"].iter().any(|word| code.contains(word))
        || ["already exists", "already in use", "duplicate"].iter().any(|word| said.contains(word));
    match status {
        401 => Fault::Unauthorised,
        403 => Fault::Refused { permission: permission(said, body) },
        404 => Fault::NotThere,
        410 => Fault::Gone,
        412 => Fault::Version,
        400 | 408 | 409 if of_version => Fault::Version,
        409 => Fault::Conflict,
        400 if taken => Fault::Conflict,
        429 => Fault::Rate,
        408 | 500.. => Fault::Unreachable,
        _ => Fault::Invalid,
    }
}

/// `… missing the following permission(s): routing:queue:add` names one; the answer may also carry it by itself.
fn permission(said: &str, body: &Value) -> Option<String> {
    let carried = ["permissions", "permission"].iter().find_map(|key| body["messageParams"][*key].as_str());
    let words = carried.unwrap_or(said).split(|letter: char| letter.is_whitespace() || ",[]()\"'".contains(letter));
    let mut named =
        words.map(|word| word.trim_end_matches('.')).filter(|word| word.split(':').filter(|part| !part.is_empty()).count() == 3);
    named.next().map(|word| word.chars().take(SAID).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::{StatusCode, header::HeaderMap};

    fn judged(status: u16, body: &str) -> CloudError {
        let headers = HeaderMap::from_iter([("inin-correlation-id".parse().unwrap(), "c-1".parse().unwrap())]);
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.as_bytes().to_vec() };
        failure("PUT /x", &answer)
    }

    #[test]
    fn a_version_that_is_too_old_is_known_in_each_of_its_forms() {
        for (status, body) in [
            (400, r#"{"scimType":"invalidVers","detail":"x","status":"400"}"#),
            (400, r#"{"code":"bad.request","message":"The version 3 does not match the current version 4"}"#),
            (408, r#"{"message":"Version mismatch"}"#),
            (409, r#"{"code":"general.conflict","message":"The resource's version is not current."}"#),
            (412, ""),
        ] {
            assert_eq!(judged(status, body).fault, Fault::Version, "{status} {body}");
        }
    }

    #[test]
    fn what_is_there_already_is_a_conflict_and_no_version() {
        for (status, body) in [
            (409, r#"{"scimType":"uniqueness","detail":"x"}"#),
            (409, "{}"),
            (400, r#"{"code":"general.conflict","message":"User email is in use"}"#),
            (400, r#"{"message":"A queue with that name already exists"}"#),
        ] {
            assert_eq!(judged(status, body).fault, Fault::Conflict, "{status} {body}");
        }
    }

    #[test]
    fn the_missing_permission_is_found_where_it_stands() {
        let named = |body: &str| judged(403, body).fault;
        let expected = Fault::Refused { permission: Some("routing:queue:add".into()) };
        assert_eq!(named(r#"{"message":"You are missing the following permission(s): routing:queue:add."}"#), expected);
        assert_eq!(named(r#"{"message":"no","messageParams":{"permissions":"[routing:queue:add, x:y:z]"}}"#), expected);
        assert_eq!(named("<html>"), Fault::Refused { permission: None });
    }

    #[test]
    fn the_rest_is_told_apart_by_status() {
        let pairs = [
            (401, Fault::Unauthorised),
            (404, Fault::NotThere),
            (410, Fault::Gone),
            (429, Fault::Rate),
            (400, Fault::Invalid),
            (302, Fault::Invalid),
            (408, Fault::Unreachable),
            (503, Fault::Unreachable),
        ];
        for (status, expected) in pairs {
            assert_eq!(judged(status, "").fault, expected, "{status}");
        }
        assert_eq!(judged(404, "").correlation.as_deref(), Some("c-1"));
    }

    #[test]
    fn what_is_said_is_short_and_in_one_line() {
        let message = judged(400, &format!(r#"{{"message":"a\nb{}"}}"#, "x".repeat(9999))).message;
        assert!(message.starts_with("PUT /x was answered with 400: a bx") && message.len() < 400, "{message}");
    }
}
