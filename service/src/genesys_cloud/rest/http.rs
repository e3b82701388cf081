//! One question over HTTP and its answer: a deadline, no more of the answer than is allowed, no redirection followed. What an answer means is not
//! decided here.

use super::connect::{Connect, Connector};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderMap, HeaderValue},
};
use hyper_util::{
    client::legacy::{self, Client},
    rt::{TokioExecutor, TokioTimer},
};
use std::{error::Error, fmt::Write as _, io, sync::Arc, time::Duration};
use tokio::time::timeout;

/// Bytes of an answer: a page of a hundred queues with everything in them is a tenth of it.
const ANSWER: usize = 8 * 1024 * 1024;
/// From the whole question to the whole answer. A bulk change of members takes its time over there.
const DEADLINE: Duration = Duration::from_mins(1);
/// Connections that are kept for each host while nobody uses them.
const KEPT: usize = 2;
/// A connection that was not used for so long is closed.
const IDLE: Duration = Duration::from_secs(20);

/// The way to the hosts of a region.
pub(super) struct Http(Client<Connector, Full<Bytes>>);

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    /// No connection came about: it was certainly not carried out.
    #[error("no connection: {0}")]
    Unreached(String),
    /// It may have been carried out.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// It may have been carried out.
    #[error("no answer within {} s", DEADLINE.as_secs())]
    Late,
    /// Whoever gives tokens is overloaded or ill.
    #[error("the answer is {0}")]
    Ill(StatusCode),
    /// The answer cannot be used.
    #[error("the answer is longer than {ANSWER} bytes")]
    TooLong,
}

// === impl Http ===

impl Http {
    pub(super) fn new(connect: Arc<dyn Connect>) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_max_idle_per_host(KEPT).pool_idle_timeout(IDLE).pool_timer(TokioTimer::new());
        Self(builder.build(Connector(connect)))
    }

    /// Asks and waits for the whole answer. A question that a dying connection did not take is asked again on a new one.
    pub(super) async fn ask(&self, mut request: Request<Full<Bytes>>) -> Result<Answer, Unanswered> {
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("Jackfield/", env!("CARGO_PKG_VERSION"))));
        // An empty question says so: some servers answer 411 to one without a length.
        let empty = hyper::body::Body::size_hint(request.body()).exact() == Some(0);
        if empty && matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH) {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let work = async {
            let answer = self.0.request(request).await.map_err(|error| Unanswered::of(&error))?;
            let (parts, body) = answer.into_parts();
            Ok(Answer { status: parts.status, headers: parts.headers, body: read(body).await? })
        };
        timeout(DEADLINE, work).await.unwrap_or(Err(Unanswered::Late))
    }
}

async fn read(mut body: Incoming) -> Result<Vec<u8>, Unanswered> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| Unanswered::Broken(whole(&error)))?.into_data() else { continue };
        if bytes.len() + data.len() > ANSWER {
            return Err(Unanswered::TooLong);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

// === impl Unanswered ===

impl Unanswered {
    fn of(error: &legacy::Error) -> Self {
        if error.is_connect() { Self::Unreached(innermost(error)) } else { Self::Broken(whole(error)) }
    }
}

/// An error with all that is behind it: hyper's own words alone say little.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(next) = inner {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {next}");
        inner = next.source();
    }
    text
}

/// What the system said, without what hyper wraps around it.
fn innermost(error: &legacy::Error) -> String {
    let mut inner = error.source();
    while let Some(next) = inner {
        if let Some(io) = next.downcast_ref::<io::Error>() {
            return io.to_string();
        }
        inner = next.source();
    }
    whole(error)
}

// === impl Answer ===

impl Answer {
    /// One of its headers, when it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
