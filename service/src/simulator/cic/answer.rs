//! What is answered: a status with JSON, or a problem in the words and numbers of the interface (reference of ICWS, §1.7).

use crate::domain::Refusal;
use serde_json::{Value, json};

/// Media type of every body.
pub(super) const JSON: &str = "application/vnd.inin.icws+JSON;charset=utf-8";

/// An answer that is not a stream.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// `None`: an empty body, with its content type all the same.
    pub(super) body: Option<Value>,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) id: Option<&'static str>,
    pub(super) code: Option<i64>,
    pub(super) message: String,
    more: More,
}

/// What else is said of some problems.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum More {
    #[default]
    Nothing,
    /// `__type` and the property it is about.
    Property(&'static str, Box<str>),
    /// Hosts to try.
    Alternates(Box<[String]>),
}

/// What becomes of a request.
pub(super) type Outcome = Result<Answer, Problem>;

/// Not logged on any more.
const SESSION_GONE: i64 = -2_147_221_499;
const NOT_FOUND: i64 = -2_147_221_496;
const AUTHENTICATION: i64 = -2_147_221_503;
const SERVER_FAULT: i64 = -2_147_467_259;

// === impl Answer ===

impl Answer {
    /// 200 with this.
    pub(super) fn ok(body: Value) -> Self {
        Self::with(200, body)
    }

    pub(super) fn with(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), headers: Vec::new() }
    }

    /// A status without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, body: None, headers: Vec::new() }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

// === impl Problem ===

impl Problem {
    fn new(status: u16, id: Option<&'static str>, code: Option<i64>, message: impl Into<String>) -> Self {
        Self { status, id, code, message: message.into(), more: More::Nothing }
    }

    /// A wrong user or password; 400, not 401.
    pub(super) fn authentication() -> Self {
        let id = "error.request.connection.authenticationFailure";
        Self::new(400, Some(id), Some(AUTHENTICATION), "The authentication process failed.")
    }

    /// The body lacks something.
    pub(super) fn missing(property: &str) -> Self {
        let id = "error.request.invalidRepresentation.missingProperty";
        let message = format!("The request is missing the required property '{property}'.");
        Self {
            more: More::Property("urn:inin.com:common:missingPropertyError", property.into()),
            ..Self::new(400, Some(id), None, message)
        }
    }

    /// The body has something that cannot be.
    pub(super) fn invalid(property: &str, why: impl std::fmt::Display) -> Self {
        let id = "error.request.invalidRepresentation.invalidProperty";
        let message = format!("The property '{property}' is invalid: {why}");
        Self {
            more: More::Property("urn:inin.com:common:invalidPropertyError", property.into()),
            ..Self::new(400, Some(id), None, message)
        }
    }

    /// The body is no JSON.
    pub(super) fn representation(why: impl std::fmt::Display) -> Self {
        Self::new(400, Some("error.request.invalidRepresentation"), None, format!("The request body could not be read: {why}"))
    }

    /// It cannot be done as things are.
    pub(super) fn state(message: impl Into<String>) -> Self {
        Self::new(400, Some("error.request.invalidOperation"), None, message)
    }

    /// No such URL.
    pub(super) fn unsupported(path: &str) -> Self {
        Self::new(400, Some("error.request.unsupported"), None, format!("The requested resource '{path}' is not supported."))
    }

    /// No session in the URL.
    pub(super) fn no_session_id() -> Self {
        Self::new(401, None, Some(1), "This request requires a session ID!")
    }

    /// Cookie or token are missing or wrong.
    pub(super) fn no_token() -> Self {
        Self::new(401, None, Some(2), "An authentication token was expected in the request, but not found.")
    }

    /// The session is over, or never was.
    pub(super) fn session_gone() -> Self {
        Self::new(401, None, Some(SESSION_GONE), "The session is not known: it has ended or timed out.")
    }

    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::new(403, Some("error.request.accessDenied"), None, message)
    }

    pub(super) fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(404, Some("error.request.notFound"), Some(NOT_FOUND), format!("{what} was not found."))
    }

    pub(super) fn method(method: &str) -> Self {
        let id = "error.request.accessDenied.httpMethodNotAllowed";
        Self::new(405, Some(id), None, format!("The HTTP method {method} is not allowed for this resource."))
    }

    pub(super) fn fault() -> Self {
        Self::new(500, None, Some(SERVER_FAULT), "The server could not process the request.")
    }

    /// It is no part of the interface any more.
    pub(super) fn removed() -> Self {
        Self::new(410, Some("error.request.removed"), None, "The resource has been removed from the interface.")
    }

    /// Somebody behind the server takes too long.
    pub(super) fn timed_out() -> Self {
        Self::new(504, None, None, "The operation timed out.")
    }

    /// The other one of a pair is the active one.
    pub(super) fn standby(alternates: Vec<String>) -> Self {
        let id = "error.server.notAcceptingConnections";
        let message = "This Session Manager is not currently accepting connections.";
        Self { more: More::Alternates(alternates.into()), ..Self::new(503, Some(id), None, message) }
    }

    /// For now nothing is answered.
    pub(super) fn unavailable(alternates: Vec<String>) -> Self {
        Self {
            more: More::Alternates(alternates.into()),
            ..Self::new(503, Some("error.server.unavailable"), None, "The server is not available.")
        }
    }

    /// As it is answered; `old`: as servers before 4.0 SU6 did, without an id.
    pub(super) fn answer(self, old: bool) -> Answer {
        let mut body = json!({ "message": self.message });
        if let Some(code) = self.code.or(old.then_some(SERVER_FAULT)) {
            body["errorCode"] = code.into();
        }
        if let Some(id) = self.id.filter(|_| !old) {
            body["errorId"] = id.into();
        }
        match self.more {
            More::Nothing => {}
            More::Property(kind, property) => {
                body["__type"] = kind.into();
                body["propertyName"] = json!(property);
            }
            More::Alternates(hosts) => body["alternateHostList"] = json!(hosts),
        }
        let answer = Answer::with(self.status, body);
        if self.status == 401 {
            return answer.header("WWW-Authenticate", "ICWS realm=\"ICWS\" location=\"/ICWS/connection\"");
        }
        answer
    }

    /// An error within a message.
    pub(super) fn error(&self) -> Value {
        json!({ "errorId": self.id, "message": self.message })
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownDestination(target) => Self::invalid("target", format_args!("{target} cannot be dialled")),
            Refusal::DestinationMissing => Self::missing("target"),
            Refusal::UnknownUser(user) | Refusal::UserCase { asked: user, .. } => Self::not_found(format_args!("User {user}")),
            Refusal::UnknownParty { party, .. } => Self::not_found(party),
            Refusal::Busy(_) | Refusal::SwitchUnavailable | Refusal::SwitchTimeout => Self::unavailable(Vec::new()),
            other => Self::state(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_answers_with_a_number_and_no_id() {
        let body = Problem::denied("no").answer(true).body.unwrap();
        assert!(body["errorId"].is_null() && body["errorCode"].is_i64(), "{body}");
        let body = Problem::missing("target").answer(false).body.unwrap();
        assert_eq!(
            (body["__type"].as_str(), body["propertyName"].as_str()),
            (Some("urn:inin.com:common:missingPropertyError"), Some("target"))
        );
    }

    #[test]
    fn a_lost_session_says_where_to_log_on() {
        let answer = Problem::no_token().answer(false);
        assert_eq!((answer.status, answer.headers[0].0), (401, "WWW-Authenticate"));
    }
}
