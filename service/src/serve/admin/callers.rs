//! Callers from outside for the embedded switch, so that an installation can be tried before anybody can telephone it.
//!
//! | request | answer |
//! |---|---|
//! | `POST /callers` with `{"number": "+49…", "to": "Support"}` | 201 and `{"call": "…"}`: it rings |
//! | `GET /callers/CALL` | 200 and how it stands, with what was written in a chat; 404 when it is over |
//! | `POST /callers/CALL/postings` with `{"text": "…"}` | 200: the customer of a chat has written |
//! | `DELETE /callers/CALL` | 200: the caller has hung up, or had before |
//!
//! `to` is a workgroup or a user; `name`, `attached_data` and `kind` may be given too: `call`, `callback`, `chat` or `generic_object`; and
//! `menus`, the voice menus that the caller has gone through, `[{"path": "Main/Billing", "entered": 1, "left": 2}]`. Whoever may read `/status` may do this, but no web page in
//! his browser: only `application/json` is taken, and nothing that carries an `Origin`.

use super::super::{
    body,
    connection::Answer,
    reply::{self, Refused},
};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, ORIGIN},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

/// A caller with the attached data that a call flow collects fits into this, bytes.
const BODY: usize = 256 * 1024;
const BODY_TIME: Duration = Duration::from_secs(5);
/// Characters of a number or a name at most.
const TEXT: usize = 256;
/// Levels of voice menus at most.
const MENUS: usize = 64;
const PATH: &str = "/callers";

/// Somebody outside.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// How he comes in.
    #[serde(default)]
    pub kind: CallerKind,
    /// His number, as the telephone network gives it, or his address; empty: unknown.
    #[serde(default)]
    pub number: String,
    /// Whom he calls: a workgroup, else a user.
    pub to: String,
    /// His name; may be empty.
    #[serde(default)]
    pub name: String,
    /// What a call flow has found out about him.
    #[serde(default)]
    pub attached_data: Option<String>,
    /// The voice menus that he has gone through before; conversation events tell of them.
    #[serde(default)]
    pub menus: Vec<Menu>,
}

/// A level of the voice menus.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    /// The way to it.
    pub path: String,
    /// The number of coming in.
    #[serde(default)]
    pub entered: i32,
    /// The number of going out.
    #[serde(default)]
    pub left: i32,
}

/// How somebody comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// He calls.
    #[default]
    Call,
    /// He wants to be called back.
    Callback,
    /// He writes.
    Chat,
    /// Something that the switch routes by itself.
    GenericObject,
}

/// How a call or chat stands, from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Which.
    pub call: String,
    /// `waiting`, `ringing`, `talking` or `on_hold`.
    pub stage: &'static str,
    /// Agents who take part.
    pub agents: Vec<String>,
    /// An agent is writing.
    pub agent_types: bool,
    /// What was written: by whom, and what.
    pub postings: Vec<Written>,
}

/// Something that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The agent, or `customer`, or `system`.
    pub from: String,
    /// What.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Posted {
    text: String,
}

/// What comes of a wish to the world outside.
pub type Wish<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The world outside; `app` knows it.
pub trait Outside: Send + Sync {
    /// Somebody calls; gives back the call's id, or why it cannot be.
    fn call(&self, caller: Caller) -> Wish<Result<String, String>>;

    /// The customer of a chat writes.
    fn say(&self, chat: String, text: String) -> Wish<()>;
    /// How it stands; `None`: it is over.
    fn look(&self, call: String) -> Wish<Option<Seen>>;
    /// The caller hangs up.
    fn hang_up(&self, call: String) -> Wish<()>;
}

/// Is the request about callers?
pub(super) fn is_meant(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers somebody who has been let in.
pub(super) async fn answer(request: Request<Incoming>, outside: &Arc<dyn Outside>) -> Result<Answer, Refused> {
    let rest = request.uri().path().strip_prefix("/callers/").filter(|rest| !rest.is_empty()).map(str::to_owned);
    if let Some(chat) = rest.as_deref().and_then(|rest| rest.strip_suffix("/postings")) {
        return posted(chat.to_owned(), request, outside).await;
    }
    match (request.method(), rest) {
        (&Method::GET, Some(call)) => match outside.look(call).await {
            Some(seen) => Ok(reply::fresh(reply::answer(StatusCode::OK, reply::JSON, json!(seen).to_string()))),
            None => Err(Refused::new(StatusCode::NOT_FOUND, "It is over, or there was none")),
        },
        (&Method::POST, None) => {
            not_from_a_web_page(request.headers())?;
            let (head, body) = request.into_parts();
            let body = body::read(&head.headers, body, BODY, BODY_TIME).await?;
            let caller = understand(&body)?;
            let call = outside.call(caller).await.map_err(|why| Refused::new(StatusCode::CONFLICT, why))?;
            Ok(reply::fresh(reply::answer(StatusCode::CREATED, reply::JSON, json!({ "call": call }).to_string())))
        }
        (&Method::DELETE, Some(call)) => {
            // A browser asks before it sends DELETE to somebody else's address, and gets no leave; the header is refused all the same.
            if request.headers().contains_key(ORIGIN) {
                return Err(from_a_web_page());
            }
            outside.hang_up(call).await;
            Ok(reply::fresh(reply::answer(StatusCode::OK, reply::TEXT, "hung up\n")))
        }
        (method, None) => Err(Refused::method("POST", method)),
        (method, Some(_)) => Err(Refused::method("GET, DELETE", method)),
    }
}

/// The customer of a chat writes.
async fn posted(chat: String, request: Request<Incoming>, outside: &Arc<dyn Outside>) -> Result<Answer, Refused> {
    if request.method() != Method::POST {
        return Err(Refused::method("POST", request.method()));
    }
    not_from_a_web_page(request.headers())?;
    let (head, body) = request.into_parts();
    let body = body::read(&head.headers, body, BODY, BODY_TIME).await?;
    let bad = |error: serde_json::Error| {
        Refused::new(StatusCode::BAD_REQUEST, format!("This is no posting: {error}; write {{\"text\": \"Hello\"}}"))
    };
    let Posted { text } = serde_json::from_slice(&body).map_err(bad)?;
    outside.say(chat, text).await;
    Ok(reply::fresh(reply::answer(StatusCode::OK, reply::TEXT, "posted\n")))
}

fn not_from_a_web_page(headers: &HeaderMap) -> Result<(), Refused> {
    if headers.contains_key(ORIGIN) {
        return Err(from_a_web_page());
    }
    let content_type = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    if content_type.is_some_and(|text| text.split(';').next().is_some_and(|kind| kind.trim() == reply::JSON)) {
        return Ok(());
    }
    Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "A caller is described with Content-Type: application/json"))
}

fn from_a_web_page() -> Refused {
    Refused::new(StatusCode::FORBIDDEN, "A web page may not place calls: use `jackfield simulate sap`")
}

fn understand(body: &[u8]) -> Result<Caller, Refused> {
    let bad = |why: String| Refused::new(StatusCode::BAD_REQUEST, why);
    let form = "write {\"number\": \"+493012345678\", \"to\": \"WORKGROUP or USER\"}";
    let caller: Caller = serde_json::from_slice(body).map_err(|error| bad(format!("This is no caller: {error}; {form}")))?;
    if caller.menus.len() > MENUS {
        return Err(bad(format!("`menus` has more than {MENUS} levels")));
    }
    let paths = caller.menus.iter().map(|menu| ("path", &menu.path));
    for (name, text) in [("number", &caller.number), ("to", &caller.to), ("name", &caller.name)].into_iter().chain(paths) {
        if text.chars().count() > TEXT || text.chars().any(char::is_control) {
            return Err(bad(format!("`{name}` must have no control characters and at most {TEXT} characters")));
        }
    }
    if caller.to.is_empty() {
        return Err(bad("`to` is empty: name a workgroup or a user".to_owned()));
    }
    Ok(caller)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_understood_or_refused_with_the_reason() {
        let caller = understand(br#"{"number": "+4930", "to": "Support"}"#).unwrap();
        assert_eq!((caller.number.as_str(), caller.to.as_str(), caller.attached_data), ("+4930", "Support", None));
        let chat = understand(br#"{"kind": "chat", "name": "Max", "to": "Support"}"#).unwrap();
        assert_eq!((chat.kind, chat.number.as_str()), (CallerKind::Chat, ""));
        let cases = [
            (r#"{"kind": "fax", "to": "A"}"#, "unknown variant"),
            (r#"{"number": "1"}"#, "missing field `to`"),
            (r#"{"number": "1", "to": ""}"#, "name a workgroup or a user"),
            (r#"{"number": "1\n2", "to": "A"}"#, "`number`"),
            (r#"{"number": "1", "to": "A", "more": 1}"#, "unknown field"),
            ("", "This is no caller"),
        ];
        for (body, why) in cases {
            let refused = understand(body.as_bytes()).unwrap_err();
            assert!(refused.why.contains(why), "{body}: {}", refused.why);
        }
        let long = format!(r#"{{"number": "1", "to": "{}"}}"#, "A".repeat(TEXT + 1));
        assert!(understand(long.as_bytes()).is_err());
    }

    #[test]
    fn only_these_addresses_are_about_callers() {
        assert!(is_meant("/callers") && is_meant("/callers/7"));
        assert!(!is_meant("/callersx") && !is_meant("/status"));
    }
}
