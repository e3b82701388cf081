//! The stage `log_in`: a session of the user that the file names, as the service will open it, and its end. `POST /icws/connection`, with the
//! answers that its published descriptions and other clients show; 400 is a wrong user or password there, and 503 the inactive one of a pair.

use super::{
    super::{report::Detail, sentences as say},
    Server, Verdict,
    ask::{Answer, Question, Trouble, Way},
};
use hyper::{Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// A log-in asks other parts of the CIC server, and may take longer than the rest.
const DEADLINE: Duration = Duration::from_secs(5);
/// The end of a session is not waited for longer.
const GOODBYE: Duration = Duration::from_secs(2);
/// A password that expires within so many days is said to.
const SOON: u64 = 14;

/// What came of a log-in.
pub(in crate::cli) enum Fate {
    LoggedOn(Session),
    /// It is the inactive one, and names the active ones.
    Standby(Vec<String>),
    Refused,
}

/// A session, until it is ended.
pub(in crate::cli) struct Session {
    id: String,
    token: String,
    cookie: String,
}

/// Logs the user on.
pub(in crate::cli) async fn log_in(mut server: Server, user: String, password: Option<SecretString>) -> (Server, Detail) {
    let Some(way) = server.way.as_ref() else {
        return server.not_tried();
    };
    let subject = server.authority();
    let Some(password) = password else {
        return (server, Detail::new(subject, say::NO_PASSWORD));
    };
    let question = Question {
        method: Method::POST,
        path: "/icws/connection?include=features,version",
        headers: &[],
        body: Some(json!({
            "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
            "applicationName": "Jackfield",
            "userID": user,
            "password": password.expose_secret(),
        })),
    };
    let (fate, detail) = match timeout(DEADLINE, way.ask(question)).await {
        Ok(Ok(answer)) => judged(subject, &answer, &user, server.setting),
        Ok(Err(Trouble::Connection(error))) => (Fate::Refused, Detail::with(subject, say::TCP_FAILED, [("why", error.to_string())])),
        Ok(Err(trouble)) => (Fate::Refused, Detail::with(subject, say::NO_WEB_SERVER, [("why", trouble.to_string())])),
        Err(_) => (Fate::Refused, Detail::with(subject, say::LOG_IN_LATE, [("seconds", DEADLINE.as_secs().to_string())])),
    };
    server.fate = Some(fate);
    (server, detail)
}

/// Ends the session. It would also end by itself, after a while.
pub(in crate::cli) async fn log_out(way: &Way, session: &Session) {
    // The check is over; whether the server says goodbye matters to nobody.
    let _ = timeout(GOODBYE, session.ask(way, Method::DELETE, "/connection", &[], None)).await;
}

/// The inactive one of a pair is as it should be only while the other one can be logged on to.
pub(in crate::cli) fn judge_pair(servers: &[Server], details: &mut [Detail]) {
    if servers.iter().any(|server| matches!(server.fate, Some(Fate::LoggedOn(_)))) {
        return;
    }
    for server in servers {
        let Some(Fate::Standby(others)) = &server.fate else { continue };
        let subject = server.authority();
        if let Some(detail) = details.iter_mut().find(|detail| detail.subject == subject && detail.verdict == Verdict::Ok) {
            *detail = Detail::with(subject, say::NOBODY_ACTIVE, [("others", listed(others))]);
        }
    }
}

// === impl Session ===

impl Session {
    fn of(answer: &Answer) -> Option<Self> {
        let text = |key: &str| match &answer.body[key] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let named = |name: &str| Some(answer.headers.get(name)?.to_str().ok()?.to_owned());
        let cookies: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()).collect();
        let cookies: Vec<_> = cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect();
        Some(Self {
            id: text("sessionId").or_else(|| named("ININ-ICWS-Session-ID"))?,
            token: text("csrfToken").or_else(|| named("ININ-ICWS-CSRF-Token"))?,
            cookie: cookies.join("; "),
        })
    }

    /// Asks within this session; `path` begins behind the session's id.
    pub(in crate::cli) async fn ask(
        &self,
        way: &Way,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Option<Value>,
    ) -> Result<Answer, Trouble> {
        let path = format!("/icws/{}{path}", self.id);
        let mut all = vec![("ININ-ICWS-CSRF-Token", self.token.as_str()), ("Cookie", self.cookie.as_str())];
        all.extend(headers);
        way.ask(Question { method, path: &path, headers: &all, body }).await
    }
}

fn judged(subject: String, answer: &Answer, user: &str, setting: &str) -> (Fate, Detail) {
    let user = ("user", user.to_owned());
    let why = ("why", answer.said());
    let setting = ("setting", setting.to_owned());
    let status = ("status", answer.status.as_u16().to_string());
    match answer.status {
        status_code if status_code.is_success() => {
            let Some(session) = Session::of(answer) else {
                return (Fate::Refused, Detail::with(subject, say::OTHER_SERVER, [status, setting]));
            };
            (Fate::LoggedOn(session), welcome(subject, &answer.body, user))
        }
        // Everything that a CIC server says of a mistake has a message or an id.
        _ if answer.body["message"].is_null() && answer.body["errorId"].is_null() => {
            (Fate::Refused, Detail::with(subject, say::OTHER_SERVER, [status, setting]))
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            let others: Vec<String> = texts(&answer.body["alternateHostList"]);
            if others.is_empty() {
                (Fate::Refused, Detail::with(subject, say::UNAVAILABLE, [why]))
            } else {
                let detail = Detail::with(subject, say::STANDBY, [("others", listed(&others))]);
                (Fate::Standby(others), detail)
            }
        }
        StatusCode::BAD_REQUEST if is_authentication(&answer.body) => {
            (Fate::Refused, Detail::with(subject, say::WRONG_PASSWORD, [user, why]))
        }
        StatusCode::FORBIDDEN => (Fate::Refused, Detail::with(subject, say::LOG_IN_FORBIDDEN, [user, why])),
        _ => (Fate::Refused, Detail::with(subject, say::LOG_IN_REFUSED, [status, why])),
    }
}

fn welcome(subject: String, body: &Value, user: (&'static str, String)) -> Detail {
    if let Some(days) = body["daysUntilPasswordExpiration"].as_u64().filter(|days| *days <= SOON) {
        return Detail::with(subject, say::PASSWORD_EXPIRES, [user, ("days", days.to_string())]);
    }
    let version = &body["version"];
    let numbers =
        || format!("{} {}", version["majorVersion"].as_str().unwrap_or_default(), version["minorVersion"].as_str().unwrap_or_default());
    let release = version["productReleaseDisplayString"].as_str().map_or_else(numbers, ToOwned::to_owned);
    let patch = version["productPatchDisplayString"].as_str().unwrap_or_default();
    let release = format!("{release} {patch}").trim().to_owned();
    Detail::with(subject, say::LOGGED_ON, [user, ("release", if release.is_empty() { "?".to_owned() } else { release })])
}

/// Newer servers name the mistake, those before 4.0 SU6 number it.
fn is_authentication(body: &Value) -> bool {
    body["errorId"] == "error.request.connection.authenticationFailure" || body["errorCode"] == -2_147_221_503_i64
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

fn listed(hosts: &[String]) -> String {
    hosts.iter().take(4).cloned().collect::<Vec<_>>().join(", ")
}
