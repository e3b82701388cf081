//! One question with everything around it: the token, the pace, what is asked again and for how long. Only what certainly had no effect is
//! repeated, and what only reads.

use super::{
    connect::Connect,
    gate::{Gate, Lane},
    http::{Answer, Http, Unanswered},
    judge,
    token::{Token, TokenSource, Tokens},
};
use crate::genesys_cloud::cloud::{self, CloudError, Fault, PATIENCE};
use http_body_util::Full;
use hyper::{Method, Request, StatusCode, body::Bytes, header};
use secrecy::{ExposeSecret, zeroize::Zeroizing};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    fmt::{Display, Write as _},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::{sleep, timeout};

/// So often a question is repeated that did not arrive, or that only reads and was answered by a server's fault.
const TRIES: u32 = 4;
/// Before the first repetition; twice as long before each further one.
const PAUSE: Duration = Duration::from_millis(500);

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// From the host's root, with its query.
    pub(super) path: String,
    pub(super) body: Option<Value>,
    /// The version that must be there still.
    pub(super) version: Option<String>,
    /// It only reads.
    pub(super) reads: bool,
}

/// Whoever asks.
pub(super) struct Caller {
    api: String,
    http: Arc<Http>,
    gate: Gate,
    tokens: Tokens,
    calls: AtomicU64,
    throttled: AtomicU64,
}

// === impl Ask ===

impl Ask {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, version: None, reads: true }
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, reads: false, ..Self::get(path) }
    }

    pub(super) fn with(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, body: Some(body), reads: false, ..Self::get(path) }
    }

    /// What is said of it when it fails: without its query, which names people.
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path.split('?').next().unwrap_or_default())
    }
}

// === impl Caller ===

impl Caller {
    pub(super) fn new(api: String, connect: Arc<dyn Connect>, source: Box<dyn TokenSource>, most: u32) -> Self {
        let http = Arc::new(Http::new(connect));
        let tokens = Tokens::new(source, Arc::clone(&http));
        Self { api, http, gate: Gate::new(most), tokens, calls: AtomicU64::new(0), throttled: AtomicU64::new(0) }
    }

    /// Asks, and gives back what is a success.
    pub(super) async fn ask(&self, lane: Lane, ask: &Ask) -> Result<Answer, CloudError> {
        let throttled = self.throttled.load(Ordering::Relaxed);
        timeout(PATIENCE, self.patiently(lane, ask)).await.unwrap_or_else(|_| {
            let fault = if self.throttled.load(Ordering::Relaxed) > throttled { Fault::Rate } else { Fault::Unreachable };
            Err(CloudError { fault, message: format!("{} was not done within {PATIENCE:?}", ask.name()), correlation: None })
        })
    }

    /// Asks for a token, when there is none.
    pub(super) async fn try_token(&self) -> Result<(), CloudError> {
        self.tokens.get().await.map(drop)
    }

    /// How fast it goes.
    pub(super) fn figures(&self) -> cloud::Pace {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands at most")]
        let per_minute = self.gate.rate().round() as u32;
        cloud::Pace { calls: self.calls.load(Ordering::Relaxed), throttled: self.throttled.load(Ordering::Relaxed), per_minute }
    }

    async fn patiently(&self, lane: Lane, ask: &Ask) -> Result<Answer, CloudError> {
        let mut token = self.tokens.get().await?;
        let (mut renewed, mut tries) = (false, 1);
        loop {
            let outcome = self.once(lane, ask, &token).await?;
            let again = tries < TRIES;
            match outcome {
                Ok(answer) if answer.status.is_success() => return Ok(answer),
                Ok(answer) if answer.status == StatusCode::UNAUTHORIZED && !renewed => {
                    token = self.tokens.instead_of(&token).await?;
                    renewed = true;
                    continue;
                }
                // How long that holds everybody up the gate knows.
                Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => {
                    self.throttled.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                Ok(answer) if answer.status.is_server_error() && ask.reads && again => {}
                Ok(answer) => return Err(judge::failure(&ask.name(), &answer)),
                Err(Unanswered::Unreached(_)) if again => {}
                Err(Unanswered::Broken(_)) if ask.reads && again => {}
                Err(why) => return Err(judge::unanswered(&ask.name(), &why)),
            }
            sleep(PAUSE * 2_u32.pow(tries - 1)).await;
            tries += 1;
        }
    }

    async fn once(&self, lane: Lane, ask: &Ask, token: &Token) -> Result<Result<Answer, Unanswered>, CloudError> {
        let request = self.request(ask, token)?;
        let _under_way = self.gate.pass(lane).await;
        self.calls.fetch_add(1, Ordering::Relaxed);
        let outcome = self.http.ask(request).await;
        if let Ok(answer) = &outcome {
            self.gate.answered(answer);
        }
        Ok(outcome)
    }

    fn request(&self, ask: &Ask, token: &Token) -> Result<Request<Full<Bytes>>, CloudError> {
        let invalid = |why: &dyn Display| CloudError {
            fault: Fault::Invalid,
            message: format!("{} cannot be written: {why}", ask.name()),
            correlation: None,
        };
        let bearer = Zeroizing::new(format!("Bearer {}", token.secret.expose_secret()));
        let mut bearer = header::HeaderValue::from_str(&bearer).map_err(|error| invalid(&error))?;
        bearer.set_sensitive(true);
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(format!("{}{}", self.api, ask.path))
            .header(header::AUTHORIZATION, bearer)
            .header(header::ACCEPT, "application/json, application/scim+json");
        if let Some(version) = &ask.version {
            // Genesys Cloud names a version bare and wants it in quotes; others write it as a tag of HTTP at once (RFC 9110 §8.8.3).
            let tag = if version.ends_with('"') { version.clone() } else { format!("\"{version}\"") };
            request = request.header(header::IF_MATCH, tag);
        }
        let body = match &ask.body {
            Some(body) => {
                let kind = if ask.path.starts_with("/api/v2/scim/") { "application/scim+json" } else { "application/json" };
                request = request.header(header::CONTENT_TYPE, kind);
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        request.body(Full::new(body)).map_err(|error| invalid(&error))
    }
}

/// What an answer says; `what` is for whoever reads that it says nothing.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, CloudError> {
    serde_json::from_slice(&answer.body).map_err(|error| CloudError {
        fault: Fault::Invalid,
        message: format!("what was answered is no {what}: {error}"),
        correlation: judge::correlation(answer),
    })
}

/// A text as a part of a path or a query (RFC 3986 §2.3).
pub(super) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_name_of_a_question_names_nobody() {
        assert_eq!(Ask::get("/api/v2/x?filter=userName%20eq%20anna").name(), "GET /api/v2/x");
        assert_eq!(escaped("a b/ö"), "a%20b%2F%C3%B6");
    }
}
