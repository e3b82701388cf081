//! What goes wrong on purpose, and whether the server is there at all. Set at run time, by a test or by an administrator.

use super::{
    Cic,
    answer::{Answer, Problem},
    ask::Ask,
    server::Reply,
};
use crate::domain::UserId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How the server stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It takes sessions.
    #[default]
    Active,
    /// The other one of its pair is active: no session is taken, those that were there are told and ended.
    Standby,
    /// It is gone: connections are cut, and new ones closed at once.
    Dead,
    /// It takes what comes and answers nothing.
    Hung,
}

/// What goes wrong; nothing by default. As JSON it is what administrators set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Every answer comes so many milliseconds late.
    pub delay: u64,
    /// Certain requests are answered otherwise.
    pub answers: Vec<Rule>,
    /// Errors as servers before 4.0 SU6 wrote them: with a number, without an id.
    pub old_errors: bool,
    /// 204 where 200 with an empty body is usual.
    pub no_content: bool,
    /// Good answers have no body, though their content type says JSON.
    pub empty_bodies: bool,
    /// Good answers are `null`.
    pub null_bodies: bool,
    /// Enumerations by name.
    pub names_for_numbers: bool,
    /// Ids of sessions, interactions and requests as numbers.
    pub numeric_ids: bool,
    /// Every message comes twice.
    pub doubled_messages: bool,
    /// Of two messages that wait, the later comes first.
    pub reordered_messages: bool,
    /// Messages of types and with fields that nobody knows.
    pub unknown: bool,
    /// No server-sent events, though the feature is listed.
    pub no_events: bool,
    /// `additionalAttributes` of a new interaction are ignored, as an older server did.
    pub ignores_additional_attributes: bool,
    /// Users who have never had a status, as new ones; until they or somebody else sets one.
    pub without_status: Vec<String>,
    /// Users whose licence is not active.
    pub without_licence: Vec<String>,
    /// A session that says nothing for so many seconds is over; 0: what is usual.
    pub idle_limit: u64,
}

/// One kind of request, answered otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Only this method; empty: all.
    #[serde(default)]
    pub method: String,
    /// Only paths that have this in them; empty: all.
    #[serde(default)]
    pub path: String,
    /// So often; 0: always.
    #[serde(default)]
    pub times: u32,
    /// How.
    pub answer: Scripted,
}

/// How a request is answered instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scripted {
    /// Not at all; the connection stays.
    Hang,
    /// Not at all; the connection is closed.
    Drop,
    /// 400 with a wrong user or password.
    WrongPassword,
    /// 401: the session is over.
    SessionLost,
    /// 403.
    Denied,
    /// 410: it is no part of the interface any more.
    Removed,
    /// 500.
    ServerFault,
    /// 503: the other one is active.
    NotAccepting,
    /// 503: for now.
    Unavailable,
    /// 504.
    TimedOut,
    /// It is carried out, and answered with an empty body.
    Empty,
    /// It is carried out, and answered with `null`.
    Null,
}

/// Enumerations of the interface: fields that have them, and the names in the order of their numbers.
const ENUMERATIONS: [(&[&str], &[&str]); 7] = [
    (&["connectionState", "newConnectionState", "previousConnectionState"], &["none", "up", "down"]),
    (&["queueType"], &["system", "user", "workgroup", "station"]),
    (&["alertType"], &["none", "user", "station", "workgroup", "stationGroup", "acdUser", "acdStation"]),
    (&["alertAction"], &["none", "start", "stop"]),
    (&["chatMemberType"], &["none", "system", "currentUser", "internal", "external"]),
    (&["stationSetting"], &["none", "workstation", "remoteWorkstation", "remoteNumber"]),
    (&["state"], &["none", "normal", "suspended", "faulted"]),
];
/// Ids that may be numbers.
const IDS: [&str; 9] = [
    "sessionId",
    "interactionId",
    "interactionID",
    "conferenceId",
    "conferenceParentId",
    "consultId",
    "consultInteractionId",
    "requestId",
    "interactionsRemoved",
];

// === impl Faults ===

impl Faults {
    /// Does something go wrong with this request? The rule that says so counts down.
    pub(super) fn scripted(&mut self, ask: &Ask) -> Option<Scripted> {
        let fits = |rule: &Rule| (rule.method.is_empty() || rule.method.eq_ignore_ascii_case(&ask.method)) && ask.path.contains(&rule.path);
        let at = self.answers.iter().position(fits)?;
        let answer = self.answers[at].answer;
        match self.answers[at].times {
            0 => {}
            1 => drop(self.answers.remove(at)),
            _ => self.answers[at].times -= 1,
        }
        Some(answer)
    }

    /// What becomes of messages on their way.
    pub(super) fn on_the_way(&self, messages: Vec<Value>) -> Vec<Value> {
        let mut messages: Vec<_> = messages.into_iter().map(|message| self.disturbed(message)).collect();
        if self.reordered_messages {
            messages.chunks_mut(2).for_each(<[Value]>::reverse);
        }
        if self.doubled_messages {
            messages = messages.into_iter().flat_map(|message| [message.clone(), message]).collect();
        }
        if self.unknown && !messages.is_empty() {
            messages.insert(0, json!({ "__type": "urn:inin.com:simulator:unheardOfMessage", "isDelta": true, "anything": [1, null] }));
        }
        messages
    }

    /// What becomes of a body on its way.
    pub(super) fn disturbed(&self, mut value: Value) -> Value {
        if self.names_for_numbers || self.numeric_ids || self.unknown {
            self.disturb(&mut value);
        }
        value
    }

    fn disturb(&self, value: &mut Value) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(|each| self.disturb(each)),
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    if self.names_for_numbers
                        && let Some((_, names)) = ENUMERATIONS.iter().find(|(known, _)| known.contains(&name.as_str()))
                        && let Some(text) = field.as_u64().and_then(|number| names.get(usize::try_from(number).ok()?))
                    {
                        *field = json!(text);
                    }
                    if self.numeric_ids && IDS.contains(&name.as_str()) {
                        as_number(field);
                    }
                    // Names of attributes are the site's own.
                    if name != "attributes" {
                        self.disturb(field);
                    }
                }
                if self.unknown {
                    fields.insert("simulatorAdds".to_owned(), json!({ "nobody": "knows" }));
                }
            }
            _ => {}
        }
    }
}

fn as_number(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(as_number),
        Value::String(text) => {
            if let Ok(number) = text.parse::<u64>() {
                *value = json!(number);
            }
        }
        _ => {}
    }
}

// === impl Scripted ===

impl Scripted {
    /// What is answered instead; `None`: it is carried out.
    pub(super) fn problem(self, alternates: Vec<String>) -> Option<Problem> {
        Some(match self {
            Self::WrongPassword => Problem::authentication(),
            Self::SessionLost => Problem::session_gone(),
            Self::Denied => Problem::denied("Access is denied."),
            Self::Removed => Problem::removed(),
            Self::ServerFault => Problem::fault(),
            Self::NotAccepting => Problem::standby(alternates),
            Self::Unavailable => Problem::unavailable(alternates),
            Self::TimedOut => Problem::timed_out(),
            Self::Hang | Self::Drop | Self::Empty | Self::Null => return None,
        })
    }

    /// What becomes of the answer to what was carried out.
    pub(super) fn instead(self, answer: Answer) -> Reply {
        Reply::Answer(match self {
            Self::Empty => Answer { body: None, ..answer },
            Self::Null => Answer { body: Some(Value::Null), ..answer },
            _ => answer,
        })
    }
}

// === impl Cic ===

impl Cic {
    /// What goes wrong now.
    pub fn faults(&self) -> Faults {
        self.with(|state| state.faults.clone())
    }

    /// From now on this goes wrong, and nothing else.
    pub fn set_faults(&self, faults: Faults) {
        self.with(|state| {
            state.scene.new_users = faults.without_status.iter().map(|user| user.as_str().into()).collect();
            state.scene.unlicensed = faults.without_licence.iter().map(|user| user.as_str().into()).collect();
            let users: Vec<UserId> = state.scene.site.plan.users.iter().map(|user| user.user.clone()).collect();
            for user in &users {
                state.scene.stir(user);
            }
            state.faults = faults;
        });
    }

    /// How the server stands.
    pub fn mode(&self) -> Mode {
        *self.0.mode.borrow()
    }

    /// The server stands otherwise from now on. Whoever is not active any more has no sessions; what its agents were doing on the switch goes on.
    pub fn set_mode(&self, mode: Mode) {
        self.with(|state| {
            if mode == Mode::Standby {
                let sessions: Vec<_> = state.sessions.keys().cloned().collect();
                for session in sessions {
                    state.say_down(&session, "switchover", true);
                }
            }
            if matches!(mode, Mode::Standby | Mode::Dead) {
                state.forget_sessions();
            }
        });
        self.0.mode.send_replace(mode);
    }

    /// All streams of server-sent events end; whoever reads them opens another.
    pub fn cut_streams(&self) {
        self.with(|state| {
            for session in state.sessions.values_mut() {
                session.cut += 1;
                session.wake.notify_waiters();
                session.wake.notify_one();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_down_and_is_gone() {
        let rule = Rule { method: String::new(), path: "/hold".to_owned(), times: 2, answer: Scripted::ServerFault };
        let mut faults = Faults { answers: vec![rule], ..Faults::default() };
        let ask = |path: &str| Ask::new("POST", path, hyper::HeaderMap::new(), Vec::new());
        assert_eq!(faults.scripted(&ask("/icws/1/interactions/2/pickup")), None);
        for expected in [Some(Scripted::ServerFault), Some(Scripted::ServerFault), None] {
            assert_eq!(faults.scripted(&ask("/icws/1/interactions/2/hold")), expected);
        }
    }

    #[test]
    fn numbers_become_names_and_ids_numbers_but_attributes_stay() {
        let faults = Faults { names_for_numbers: true, numeric_ids: true, ..Faults::default() };
        let message = json!({ "newConnectionState": 2, "interactionsRemoved": ["12"], "attributes": { "state": 3, "interactionId": "7" } });
        let told = faults.disturbed(message);
        assert_eq!(
            told,
            json!({ "newConnectionState": "down", "interactionsRemoved": [12], "attributes": { "state": 3, "interactionId": "7" } })
        );
    }

    #[test]
    fn faults_are_written_as_json_and_a_wrong_name_is_refused() {
        let faults: Faults =
            serde_json::from_value(json!({ "answers": [{ "path": "/hold", "answer": "session_lost" }], "delay": 5 })).unwrap();
        assert_eq!((faults.answers[0].answer, faults.delay), (Scripted::SessionLost, 5));
        assert!(serde_json::from_value::<Faults>(json!({ "delays": 5 })).is_err());
    }
}
