//! What went on with an agent lately (`jackfield timeline`).
//!
//! | request | answer |
//! |---|---|
//! | `GET /timelines` | whose there are, with the time of the last entry |
//! | `GET /agents/NAME/timeline` | his entries as JSON, the oldest first. `?after=N`: only those after number N. `?messages=no`: without the messages themselves. 404: there is none |
//!
//! What leaves here has its secrets taken out, and customers' numbers where the file says so, by the rules for captures (`capture::redact`); the
//! same number has the same substitute at every look. Whoever may read `/status` may read this.

use super::{
    super::{
        connection::Answer,
        reply::{self, Refused},
    },
    agents::plain,
};
use crate::{
    capture::redact::Redactor,
    telemetry::hides_numbers,
    timeline::{Body, Entry, ItemState, Numbered, States, TIMELINES, View},
};
use hyper::{Method, Request, StatusCode};
use serde::Serialize;
use std::{
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

const LIST: &str = "/timelines";

/// Is the request about timelines?
pub(super) fn is_meant(path: &str) -> bool {
    path == LIST || name(path).is_some()
}

/// Whoever shows them; remembers what stands for which number.
#[derive(Default)]
pub(super) struct Reader(Mutex<Option<(bool, Redactor)>>);

#[derive(Serialize)]
struct Listed<'a> {
    now_ms: i64,
    agents: Vec<Agent<'a>>,
}

#[derive(Serialize)]
struct Agent<'a> {
    user: &'a str,
    last_ms: i64,
}

#[derive(Serialize)]
struct Timeline<'a> {
    user: &'a str,
    now_ms: i64,
    /// Entries that were forgotten because there was no room.
    forgotten: u64,
    /// For the next look: `?after=`.
    last: u64,
    entries: Vec<Shown>,
}

/// An entry as it may be seen. Times are milliseconds since 1970 UTC, or milliseconds.
#[derive(Serialize)]
struct Shown {
    number: u64,
    at_ms: i64,
    took_ms: Option<f64>,
    kind: &'static str,
    name: &'static str,
    item: Option<String>,
    interaction: Option<String>,
    outcome: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    states: Option<ShownStates>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Text>,
}

#[derive(Serialize)]
struct ShownStates {
    workmode: u32,
    workmode_text: String,
    status: String,
    connection: &'static str,
    items: Vec<ShownItem>,
}

#[derive(Serialize)]
struct ShownItem {
    item: String,
    told: Option<&'static str>,
    interaction: Option<String>,
    state: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
    /// How long it was, in bytes; the text is its beginning.
    length: usize,
}

// === impl Reader ===

impl Reader {
    /// Answers somebody who has been let in.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Result<Answer, Refused> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Refused::method("GET, HEAD", request.method()));
        }
        let Some(name) = name(request.uri().path()) else { return Ok(list()) };
        let name = plain(name).ok_or_else(|| Refused::new(StatusCode::BAD_REQUEST, "The agent's name is not UTF-8"))?;
        let query = request.uri().query().unwrap_or_default();
        let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        let after = value("after").map_or(Ok(0), str::parse);
        let after = after.map_err(|_| Refused::new(StatusCode::BAD_REQUEST, "`after` is the number of an entry"))?;
        let view = TIMELINES.view(&name.as_str().into(), after);
        let view = view.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, format!("Nothing has happened with {name}")))?;
        Ok(json(&self.shown(&name, view, value("messages") != Some("no"))))
    }

    fn shown<'a>(&self, user: &'a str, View { entries, forgotten, last }: View, with_messages: bool) -> Timeline<'a> {
        let mask = hides_numbers();
        let mut redactor = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if redactor.as_ref().is_none_or(|(masks, _)| *masks != mask) {
            *redactor = Some((mask, Redactor::new(mask)));
        }
        let entries = redactor.as_mut().map_or_else(Vec::new, |(_, redactor)| {
            redactor.keep(user);
            entries.into_iter().map(|numbered| shown(redactor, numbered, with_messages)).collect()
        });
        Timeline { user, now_ms: milliseconds(SystemTime::now()), forgotten, last, entries }
    }
}

fn list() -> Answer {
    let agents = TIMELINES.agents();
    let agents = agents.iter().map(|(user, last_ms)| Agent { user: user.as_str(), last_ms: *last_ms }).collect();
    json(&Listed { now_ms: milliseconds(SystemTime::now()), agents })
}

/// Texts, numbers and lists can always be written.
fn json(value: &impl Serialize) -> Answer {
    reply::fresh(reply::answer(StatusCode::OK, reply::JSON, serde_json::to_vec(value).unwrap_or_default()))
}

fn shown(redactor: &mut Redactor, Numbered { number, entry }: Numbered, with_messages: bool) -> Shown {
    let Entry { at, took, kind, name, item, interaction, outcome, detail, states, message, answer } = entry;
    let mut text = |body: Option<Body>| {
        let Body { kept, length } = body.filter(|_| with_messages)?;
        Some(Text { text: redactor.text(&String::from_utf8_lossy(&kept)), length })
    };
    let (message, answer) = (text(message), text(answer));
    Shown {
        number,
        at_ms: milliseconds(at),
        took_ms: took.map(|took| took.as_secs_f64() * 1000.0),
        kind: kind.word(),
        name,
        item: item.map(|item| redactor.text(item.as_str())),
        interaction: interaction.map(|interaction| redactor.text(interaction.as_str())),
        outcome,
        detail: redactor.text(&detail),
        states: states.map(|states| standing(redactor, &states)),
        message,
        answer,
    }
}

fn standing(redactor: &mut Redactor, States { workmode, workmode_text, status, connection, items }: &States) -> ShownStates {
    let item = |ItemState { item, told, interaction, state }: &ItemState| ShownItem {
        item: redactor.text(item.as_str()),
        told: *told,
        interaction: interaction.as_ref().map(|interaction| redactor.text(interaction.as_str())),
        state,
    };
    let items = items.iter().map(item).collect();
    ShownStates { workmode: *workmode, workmode_text: workmode_text.to_string(), status: status.to_string(), connection, items }
}

/// The name in an address, as it is written there.
fn name(path: &str) -> Option<&str> {
    path.strip_prefix("/agents/")?.strip_suffix("/timeline").filter(|name| !name.is_empty() && !name.contains('/'))
}

fn milliseconds(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Kind;

    #[test]
    fn only_these_addresses_are_about_timelines() {
        assert!(is_meant("/timelines") && is_meant("/agents/ANNA/timeline") && is_meant("/agents/A%2FB/timeline"));
        assert!(!is_meant("/agents/ANNA") && !is_meant("/agents//timeline") && !is_meant("/agents/A/B/timeline"));
    }

    #[test]
    fn what_is_shown_holds_no_secret_and_no_number_and_what_belongs_together_still_does() {
        let entry = Entry {
            item: Some("+4930123456".into()),
            detail: "4930123456 is not known".into(),
            message: Body::of(b"<n>+4930123456</n><password>hunter2</password><u>http://sap/x?session=hunter2</u>"),
            ..Entry::new(Kind::Command, "PhoneCall.dial")
        };
        let mut redactor = Redactor::new(true);
        let first = serde_json::to_string(&shown(&mut redactor, Numbered { number: 1, entry: entry.clone() }, true)).unwrap();
        let second = serde_json::to_string(&shown(&mut redactor, Numbered { number: 1, entry: entry.clone() }, true)).unwrap();
        assert_eq!(first, second, "the same number has the same substitute at every look");
        assert!(!first.contains("30123456") && !first.contains("hunter2"), "{first}");
        assert!(first.contains("\"item\":\"+0000000001\"") && first.contains("0000000001 is not known"), "{first}");
        let without = serde_json::to_string(&shown(&mut redactor, Numbered { number: 1, entry }, false)).unwrap();
        assert!(!without.contains("\"message\""), "{without}");
    }
}
