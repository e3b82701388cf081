//! A service on another machine: its file is read, judged, tested and saved there, over TLS and with its token. Every call here waits for the
//! network, with a deadline, and so runs as a job. How the other side is trusted is in `tls`. Knows no egui.

mod tls;

pub use tls::{Presented, Trust};

use crate::{
    child::{End, Event},
    document::{Text, parsed},
    jobs::{Job, Jobs, Reporter},
    problem::Problem,
};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use shared::{Finding, Place, SettingPath, secret::SecretRef};
use std::{fmt, io, sync::Arc, thread, time::Duration};
use ureq::{
    Body,
    http::{Response, StatusCode},
};

/// The port that a person need not write.
const PORT: u16 = 8097;
/// The longest that one question takes; the service waits two seconds for lines of a test by itself.
const DEADLINE: Duration = Duration::from_secs(8);
/// The longest that saving takes: the service reads, checks and applies.
const SAVING: Duration = Duration::from_secs(30);
/// How often it is looked whether the service is still there while a change waits.
const PACE: Duration = Duration::from_secs(1);
/// A file is a mebibyte at most, and findings about it are bounded.
const LARGEST: u64 = 4 * 1024 * 1024;
/// More of a stranger's words is not shown, in characters.
const MOST_SAID: usize = 300;

/// A service on another machine, and what it takes to speak with it.
#[derive(Clone)]
pub struct Service {
    host: String,
    port: u16,
    token: SecretString,
    tls: Arc<ClientConfig>,
}

/// Whom to speak with, as it is typed.
#[derive(Clone, Debug)]
pub struct Wish {
    /// `host` or `host:port`.
    pub address: String,
    /// The token.
    pub token: SecretString,
    /// Whom to trust.
    pub trust: Trust,
}

/// A change that is in force and waits to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Begun {
    /// Its number.
    pub number: u64,
    /// It goes back after so many seconds.
    pub seconds: u64,
    /// Where administrators come in now.
    pub port: Option<u16>,
}

/// How it stands with the last change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Probation {
    /// One that waits.
    pub waiting: Option<Waiting>,
    /// What became of the last one.
    pub last: Option<String>,
}

/// A change that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// Its number.
    pub number: u64,
    /// Seconds that are left.
    pub left: u64,
}

/// Why a service cannot be worked with, or does not do what it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// This is no address.
    Address,
    /// The authorities' file cannot be used.
    Authority(String),
    /// Nobody answers; in the system's words.
    Unreachable(String),
    /// Its certificate is not trusted; this is what it shows.
    Untrusted(Presented),
    /// It shows another certificate than the one that was accepted.
    Replaced(Presented),
    /// The token is another one.
    Token,
    /// It does not let its file be changed: it has no token or no file.
    Closed(String),
    /// What answers is no Jackfield of this version.
    Foreign,
    /// Its file cannot be shown, or is none of ours.
    File(Problem),
    /// It refuses: what kind of reason, in its words, and what is wrong with the text.
    Denied(Cause, String, Vec<Finding>),
}

/// Kinds of reasons for a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Another hand has changed the file.
    Changed,
    /// The text is refused.
    Refused,
    /// Another change waits, or another test runs.
    Busy,
    /// The service cannot write its file.
    Unwritable,
    /// There is no such change any more.
    Gone,
    /// Anything else.
    #[serde(other)]
    Other,
}

impl Service {
    /// Connects: finds out whether it is there, is trusted, and takes the token; gives back its file too.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn connect(wish: &Wish) -> Result<(Self, Text), Fault> {
        let (host, port) = address(&wish.address).ok_or(Fault::Address)?;
        let (tls, seen) = wish.trust.config()?;
        let service = Self { host, port, token: wish.token.clone(), tls };
        match service.read() {
            // The words of the TLS library say less than what the other side has shown.
            Err(Fault::Unreachable(why)) => Err(seen.refused(&wish.trust).unwrap_or(Fault::Unreachable(why))),
            read => Ok((service, read?)),
        }
    }

    /// One that nobody has connected to, for tests.
    #[cfg(test)]
    pub fn unmet(host: &str) -> Self {
        let (tls, _) = Trust::Fingerprint(None).config().expect("nothing is read for it");
        Self { host: host.to_owned(), port: PORT, token: SecretString::default(), tls }
    }

    /// `host:port`.
    pub fn address(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }

    /// Where its listener for administrators is.
    pub fn url(&self) -> String {
        format!("https://{}", self.address())
    }

    /// The token as it is shown.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.token.expose_secret())
    }

    /// Where its token is kept in the desktop's key store, if it is.
    pub fn kept_token(address: &str) -> SecretRef {
        SecretRef::Keyring(format!("administration of {address}"))
    }

    /// The same at another port.
    #[must_use]
    pub fn at_port(&self, port: Option<u16>) -> Self {
        Self { port: port.unwrap_or(self.port), ..self.clone() }
    }

    /// What speaks with it; over a new connection.
    pub fn agent(&self) -> ureq::Agent {
        tls::agent(&self.tls, DEADLINE)
    }

    /// Its file as it is now.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn read(&self) -> Result<Text, Fault> {
        let answer = self.ask("GET", "/config", None, DEADLINE)?;
        parsed(&answer).map_err(Fault::File)
    }

    /// What it finds in a text that may become its file.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn check(&self, text: &str) -> Result<Vec<Finding>, Fault> {
        let answer = self.ask("POST", "/config/check", Some((text, None)), DEADLINE)?;
        let answer: Value = serde_json::from_str(&answer).map_err(|_| Fault::Foreign)?;
        Ok(findings(&answer))
    }

    /// Puts a text in the place of its file, if that still has this version.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn save(&self, text: &str, version: &str) -> Result<Begun, Fault> {
        let answer = self.ask("PUT", "/config", Some((text, Some(version))), SAVING)?;
        serde_json::from_str(&answer).map_err(|_| Fault::Foreign)
    }

    /// The change stays, or goes back.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn decide(&self, number: u64, keep: bool) -> Result<(), Fault> {
        let path = format!("/config/probation/{number}");
        let empty = keep.then_some(("", None));
        self.ask(if keep { "POST" } else { "DELETE" }, &path, empty, SAVING).map(drop)
    }

    /// How it stands with the last change.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn probation(&self) -> Result<Probation, Fault> {
        let answer = self.ask("GET", "/config/probation", None, DEADLINE)?;
        serde_json::from_str(&answer).map_err(|_| Fault::Foreign)
    }

    /// Looks again and again how it stands, until the job is dropped.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn follow(self, jobs: &Jobs) -> io::Result<Job<Result<Probation, Fault>>> {
        jobs.start("watch probation", move |reporter| {
            while !reporter.is_cancelled() {
                reporter.say(self.probation());
                thread::sleep(PACE);
            }
        })
    }

    /// Has a text tested on the service's machine; the lines come as those of a child.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn test(self, jobs: &Jobs, text: String) -> io::Result<Job<Event>> {
        jobs.start("test there", move |reporter| {
            let end = self.run_test(&text, reporter).unwrap_or_else(|fault| match fault {
                Fault::Denied(_, why, findings) => {
                    let first = findings.first().map(|finding| format!(": {}: {}", finding.path, finding.text)).unwrap_or_default();
                    End::NotStarted(why + &first)
                }
                fault => End::NotStarted(fault.words()),
            });
            reporter.say(Event::Ended(end));
        })
    }

    fn run_test(&self, text: &str, reporter: &Reporter<Event>) -> Result<End, Fault> {
        let begun = self.ask("POST", "/config/test", Some((text, None)), DEADLINE)?;
        let begun: Value = serde_json::from_str(&begun).map_err(|_| Fault::Foreign)?;
        let path = format!("/config/test/{}", begun["test"]);
        let agent = self.agent();
        loop {
            if reporter.is_cancelled() {
                self.send(&agent, "DELETE", &path, None, DEADLINE).map(drop)?;
                return Ok(End::Cancelled);
            }
            let (status, lines) = self.send(&agent, "GET", &path, None, DEADLINE)?;
            if status == StatusCode::RESET_CONTENT {
                return Ok(End::Exited { code: Some(0), errors: String::new() });
            }
            lines.lines().for_each(|line| reporter.say(Event::Line(line.to_owned())));
        }
    }

    /// Asks over a connection of its own, so that it has come in by what is in force now.
    fn ask(&self, method: &str, path: &str, body: Option<(&str, Option<&str>)>, within: Duration) -> Result<String, Fault> {
        self.send(&self.agent(), method, path, body, within).map(|(_, answer)| answer)
    }

    fn send(
        &self,
        agent: &ureq::Agent,
        method: &str,
        path: &str,
        body: Option<(&str, Option<&str>)>,
        within: Duration,
    ) -> Result<(StatusCode, String), Fault> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url()));
        request = request.header("Authorization", self.bearer()).header("Accept", "application/json, application/toml, */*");
        let answer = match body {
            Some((text, version)) => {
                request = request.header("Content-Type", "application/toml");
                if let Some(version) = version {
                    request = request.header("If-Match", format!("\"{version}\""));
                }
                request
                    .body(text.to_owned())
                    .map_err(|_| Fault::Address)
                    .map(|request| agent.run(agent.configure_request(request).timeout_global(Some(within)).build()))
            }
            None => request
                .body(())
                .map_err(|_| Fault::Address)
                .map(|request| agent.run(agent.configure_request(request).timeout_global(Some(within)).build())),
        };
        read(answer?)
    }
}

/// Status and body of a good answer.
fn read(answer: Result<Response<Body>, ureq::Error>) -> Result<(StatusCode, String), Fault> {
    let down = |error: ureq::Error| Fault::Unreachable(error.to_string());
    let mut answer = answer.map_err(down)?;
    let status = answer.status();
    let body = answer.body_mut().with_config().limit(LARGEST).read_to_string().map_err(down)?;
    if status.is_success() {
        return Ok((status, body));
    }
    let said = || body.trim().chars().take(MOST_SAID).collect::<String>();
    Err(match status.as_u16() {
        401 => Fault::Token,
        403 => Fault::Closed(said()),
        _ => match serde_json::from_str::<Value>(&body) {
            Ok(told) if told.get("why").is_some() => {
                let cause = Cause::deserialize(&told["cause"]).unwrap_or(Cause::Other);
                Fault::Denied(cause, told["why"].as_str().unwrap_or_default().to_owned(), findings(&told))
            }
            _ if status == StatusCode::CONFLICT => Fault::Denied(Cause::Busy, said(), Vec::new()),
            _ => Fault::Foreign,
        },
    })
}

/// What a service says of a text, as findings of ours. Their kinds are its own; its sentences are taken as they are.
fn findings(told: &Value) -> Vec<Finding> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let one = |finding: &Value| {
        let path: SettingPath = text(finding, "path").parse().unwrap_or_default();
        let number = |key: &str| usize::try_from(finding[key].as_u64()?).ok();
        let place = number("line").zip(number("column")).map(|(line, column)| Place { line, column });
        let judge = if finding["severity"] == "warning" { Finding::warning } else { Finding::error };
        Finding { place, ..judge(path, OF_THE_SERVICE, text(finding, "text"), text(finding, "repair")) }
    };
    told["findings"].as_array().into_iter().flatten().map(one).collect()
}

/// The kind of findings that a service tells.
pub const OF_THE_SERVICE: &str = "of-the-service";

/// Host and port of what is typed.
fn address(typed: &str) -> Option<(String, u16)> {
    let typed = typed.trim().trim_start_matches("https://").trim_end_matches('/');
    let bare = |host: &str| host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let (host, port) = match typed.rsplit_once(':') {
        // More than one colon is an address of IPv6, with a port only behind brackets.
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (bare(host), port.parse().ok()?),
        _ => (bare(typed), PORT),
    };
    let good = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
    (!host.is_empty() && host.chars().all(good)).then_some((host, port))
}

// === impl Service ===

impl PartialEq for Service {
    fn eq(&self, other: &Self) -> bool {
        (&self.host, self.port) == (&other.host, other.port) && Arc::ptr_eq(&self.tls, &other.tls)
    }
}

impl Eq for Service {}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({})", self.address())
    }
}

// === impl Fault ===

impl Fault {
    /// The key of its sentence, and what that names as `why`.
    pub fn said(&self) -> (&'static str, String) {
        let first = |findings: &[Finding]| {
            let first = findings.iter().find(|finding| finding.is_error());
            first.map(|finding| format!(" {}: {}", finding.path, finding.text)).unwrap_or_default()
        };
        match self {
            Self::Address => ("far-address", String::new()),
            Self::Authority(why) => ("far-authority", why.clone()),
            Self::Unreachable(why) => ("far-unreachable", why.clone()),
            Self::Untrusted(presented) => ("far-untrusted", presented.fingerprint.clone()),
            Self::Replaced(presented) => ("far-replaced", presented.fingerprint.clone()),
            Self::Token => ("far-token", String::new()),
            Self::Closed(why) => ("far-closed", why.clone()),
            Self::Foreign => ("far-foreign", String::new()),
            Self::File(_) => ("far-file", String::new()),
            Self::Denied(Cause::Busy, ..) => ("far-busy", String::new()),
            Self::Denied(Cause::Unwritable, why, _) => ("far-unwritable", why.clone()),
            Self::Denied(Cause::Gone, ..) => ("far-gone", String::new()),
            Self::Denied(_, why, findings) => ("far-denied", why.clone() + &first(findings)),
        }
    }

    fn words(&self) -> String {
        let (_, why) = self.said();
        if why.is_empty() { format!("{self:?}") } else { why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_host_and_perhaps_a_port() {
        let of = |typed: &str| address(typed).map(|(host, port)| format!("{host} {port}"));
        for (typed, expected) in [
            ("cti.example.com", "cti.example.com 8097"),
            (" https://cti.example.com:9000/ ", "cti.example.com 9000"),
            ("10.1.2.3:9000", "10.1.2.3 9000"),
            ("[2001:db8::1]:9000", "2001:db8::1 9000"),
            ("2001:db8::1", "2001:db8::1 8097"),
        ] {
            assert_eq!(of(typed).as_deref(), Some(expected), "{typed}");
        }
        for wrong in ["", "cti:port", "user@cti", "cti example", "cti/path"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_a_service_finds_has_its_place_and_weight() {
        let told = serde_json::json!({ "findings": [
            { "path": "service.access.users[0].password", "severity": "error", "id": "secret-unavailable", "text": "t", "repair": "r", "line": 3, "column": 7 },
            { "path": "", "severity": "warning", "id": "x", "text": "u", "repair": "" },
        ]});
        let [first, second] = &findings(&told)[..] else { panic!("two") };
        assert_eq!(
            (first.to_string().as_str(), second.is_error()),
            ("3:7: error: service.access.users[0].password: t. r [of-the-service]", false)
        );
    }

    #[test]
    fn nothing_that_is_printed_holds_the_token() {
        let wish = Wish { address: "x".into(), token: "hunter2".to_owned().into(), trust: Trust::Machine };
        assert!(!format!("{wish:?}").contains("hunter2"));
    }
}
