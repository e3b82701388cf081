//! The file, for an administrator on another machine.
//!
//! | request | answer |
//! |---|---|
//! | `GET /config` | 200: the file as it is written, its version as `ETag`. 409: it holds something that must not leave this machine |
//! | `POST /config/check` with a text | 200: every finding about it, and what it would change (`{"findings": …, "changes": …}`) |
//! | `POST /config/test` with a text | 201 and `{"test": N}`: `jackfield check` has begun on this machine. 409: one runs already |
//! | `GET /config/test/N`, `DELETE /config/test/N` | 200: its lines since the last time. 204: none within two seconds. 205: it is over |
//! | `PUT /config?seconds=60` with a text, `If-Match` | 202: it is in force, on probation. 412: the file has another version. 422: findings |
//! | `GET /config/probation` | 200: `{"waiting": {"number": N, "left": 37}}`, and what became of the last one |
//! | `POST /config/probation/N` | 200: it stays. 409: by an old connection. 410: it has been decided already |
//! | `DELETE /config/probation/N` | 200: the file before it is in force again |
//!
//! A refusal is `{"cause": …, "why": …, "findings": […]}`. Nobody comes here without the token, and no web page in anybody's browser does.
//! A change is kept only by a request that has come in by the settings that it made: so nobody locks himself out.

mod keeper;

pub use keeper::{Begun, Cause, Denied, Judged, Keeper, Lines, OnProbation, Probation, Save, Text};

use super::super::{
    body,
    connection::{Answer, Guest},
    reply::{self, Refused},
};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::Incoming,
    header::{ETAG, HeaderValue, IF_MATCH, ORIGIN},
};
use serde_json::{Value, json};
use shared::{Finding, file::read};
use std::time::Duration;

const PATH: &str = "/config";
const BODY_TIME: Duration = Duration::from_secs(10);
const TOML: &str = "application/toml";
const LINES: &str = "application/x-ndjson";
/// How long a change waits for its confirmation, in seconds.
const PROBATION: u64 = 60;
const SHORTEST: u64 = 5;
const LONGEST: u64 = 600;

/// Is the request about the file?
pub(super) fn is_meant(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers somebody who has been let in.
pub(super) async fn answer(request: Request<Incoming>, guest: Guest, keeper: &dyn Keeper) -> Result<Answer, Refused> {
    if request.headers().contains_key(ORIGIN) {
        return Err(Refused::new(StatusCode::FORBIDDEN, "A web page may not configure the service: use the wizard"));
    }
    let path = request.uri().path().strip_prefix(PATH).unwrap_or_default().to_owned();
    let (part, number) = match path.trim_start_matches('/').split_once('/') {
        Some((part, number)) => (part.to_owned(), Some(number.parse::<u64>().unwrap_or_default())),
        None => (path.trim_start_matches('/').to_owned(), None),
    };
    let method = request.method().clone();
    let done = match (part.as_str(), &method, number) {
        ("", &Method::GET, None) => keeper.read().await.map(|text| shown(&text)),
        ("", &Method::PUT, None) => {
            let save = order(request, guest).await?;
            keeper.save(save).await.map(|begun| json(StatusCode::ACCEPTED, &json!(begun)))
        }
        ("check", &Method::POST, None) => {
            let judged = keeper.check(text(request).await?).await;
            judged.map(|Judged { findings, changes }| {
                json(StatusCode::OK, &json!({ "findings": findings.iter().map(told).collect::<Vec<_>>(), "changes": changes }))
            })
        }
        ("test", &Method::POST, None) => {
            let begun = keeper.test(text(request).await?, guest.peer).await;
            begun.map(|number| json(StatusCode::CREATED, &json!({ "test": number })))
        }
        ("test", &Method::GET, Some(number)) => keeper.lines(number).await.map(lines),
        ("test", &Method::DELETE, Some(number)) => keeper.cancel(number).map(|()| said("cancelled")),
        ("probation", &Method::GET, None) => Ok(json(StatusCode::OK, &json!(keeper.probation()))),
        ("probation", &Method::POST, Some(_)) if guest.stale => {
            let why = "This connection began before the change: what counts is one that comes in by the new settings, so connect again";
            return Err(Refused::new(StatusCode::CONFLICT, why));
        }
        ("probation", &Method::POST, Some(number)) => keeper.decide(number, true, guest.peer).await.map(|()| said("kept")),
        ("probation", &Method::DELETE, Some(number)) => keeper.decide(number, false, guest.peer).await.map(|()| said("gone back")),
        ("", _, None) => return Err(Refused::method("GET, PUT", &method)),
        ("check" | "test", _, None) => return Err(Refused::method("POST", &method)),
        ("probation", _, None) => return Err(Refused::method("GET", &method)),
        ("test", _, Some(_)) => return Err(Refused::method("GET, DELETE", &method)),
        ("probation", _, Some(_)) => return Err(Refused::method("POST, DELETE", &method)),
        _ => return Err(Refused::new(StatusCode::NOT_FOUND, "There are /config, /config/check, /config/test and /config/probation")),
    };
    Ok(reply::fresh(done.unwrap_or_else(|denied| refusal(&denied))))
}

/// What is to be saved, and on which condition.
async fn order(request: Request<Incoming>, guest: Guest) -> Result<Save, Refused> {
    let expected = version(request.headers())?;
    let seconds = seconds(request.uri().query())?;
    let text = text(request).await?;
    Ok(Save { text, expected, probation: Duration::from_secs(seconds), peer: guest.peer })
}

async fn text(request: Request<Incoming>) -> Result<String, Refused> {
    let (head, body) = request.into_parts();
    #[expect(clippy::cast_possible_truncation, reason = "it is a mebibyte")]
    let body = body::read(&head.headers, body, read::LARGEST as usize, BODY_TIME).await?;
    String::from_utf8(body.into()).map_err(|_| Refused::new(StatusCode::BAD_REQUEST, "The text is not UTF-8"))
}

fn version(headers: &HeaderMap) -> Result<String, Refused> {
    let needed = || Refused::new(StatusCode::PRECONDITION_REQUIRED, "Say in If-Match which version of the file this is made from");
    let tag = headers.get(IF_MATCH).and_then(|tag| tag.to_str().ok()).ok_or_else(needed)?;
    // `*` would be "whatever is there", and whatever another hand has written would be lost.
    let tag = tag.trim().strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).ok_or_else(needed)?;
    Ok(tag.to_owned())
}

fn seconds(query: Option<&str>) -> Result<u64, Refused> {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return Ok(PROBATION) };
    let wrong = || Refused::new(StatusCode::BAD_REQUEST, format!("Write ?seconds={SHORTEST} to ?seconds={LONGEST}, or nothing"));
    let seconds = query.strip_prefix("seconds=").and_then(|seconds| seconds.parse().ok()).ok_or_else(wrong)?;
    if (SHORTEST..=LONGEST).contains(&seconds) { Ok(seconds) } else { Err(wrong()) }
}

fn shown(text: &Text) -> Answer {
    let mut answer = reply::answer(StatusCode::OK, TOML, text.text.clone());
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", text.version)) {
        answer.headers_mut().insert(ETAG, tag);
    }
    answer
}

fn lines(lines: Lines) -> Answer {
    match lines {
        Lines::Some(text) => reply::answer(StatusCode::OK, LINES, text),
        Lines::NoneYet => reply::answer(StatusCode::NO_CONTENT, LINES, ""),
        Lines::Over => reply::answer(StatusCode::RESET_CONTENT, LINES, ""),
    }
}

fn json(status: StatusCode, value: &Value) -> Answer {
    reply::answer(status, reply::JSON, value.to_string())
}

fn said(what: &str) -> Answer {
    reply::answer(StatusCode::OK, reply::TEXT, format!("{what}\n"))
}

fn refusal(denied: &Denied) -> Answer {
    let findings: Vec<_> = denied.findings.iter().map(told).collect();
    json(denied.cause.status(), &json!({ "cause": denied.cause, "why": denied.why, "findings": findings }))
}

/// With what another language needs to say it.
fn told(finding: &Finding) -> Value {
    let mut value = json!(finding);
    let values: serde_json::Map<_, _> = finding.values.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    value["case"] = finding.case.into();
    value["values"] = values.into();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probation_has_its_bounds() {
        let told = |query: Option<&str>| seconds(query).map_err(|refused| refused.status.as_u16());
        assert_eq!((told(None), told(Some("seconds=5")), told(Some("seconds=600"))), (Ok(60), Ok(5), Ok(600)));
        for wrong in ["seconds=4", "seconds=601", "seconds=x", "minutes=1"] {
            assert_eq!(told(Some(wrong)), Err(400), "{wrong}");
        }
    }

    #[test]
    fn nothing_is_saved_over_just_any_version() {
        let of = |tag: Option<&'static str>| {
            let headers = tag.map(|tag| (IF_MATCH, HeaderValue::from_static(tag))).into_iter().collect();
            version(&headers).map_err(|refused| refused.status.as_u16())
        };
        assert_eq!(of(Some("\"0011\"")), Ok("0011".to_owned()));
        for wrong in [None, Some("*"), Some("0011")] {
            assert_eq!(of(wrong), Err(428), "{wrong:?}");
        }
    }
}
