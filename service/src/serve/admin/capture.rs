//! Recording of SAP's messages in the running service (`jackfield record`).
//!
//! | request | answer |
//! |---|---|
//! | `POST /capture` with `{"agents": ["ANNA"], "seconds": 600, "bytes": 67108864}` | 201 and `{"capture": N, "head": …}`: the recording's number, and the capture's first line |
//! | `GET /capture/N` | 200 and what has come since the last time, as lines; waits up to two seconds for something. 204: nothing yet |
//! | `DELETE /capture/N` | 200: nothing more is taken; what waits is fetched with `GET` up to the line with `end` |
//!
//! Whoever may read `/status` may do this, but no web page in his browser. A recording that nobody fetches for 30 s ends by itself.

use super::super::{
    body,
    connection::Answer,
    reply::{self, Refused},
};
use crate::capture::{self, Order, Recorder};
use hyper::{Method, Request, StatusCode, body::Incoming, header::ORIGIN};
use serde_json::json;
use std::time::Duration;

const PATH: &str = "/capture";
/// Room for a hundred agents' names, bytes.
const BODY: usize = 64 * 1024;
const BODY_TIME: Duration = Duration::from_secs(5);
/// How long a request waits for a message.
const PATIENCE: Duration = Duration::from_secs(2);
const LINES: &str = "application/x-ndjson";

/// Is the request about a capture?
pub(super) fn is_meant(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers somebody who has been let in.
pub(super) async fn answer(request: Request<Incoming>, recorder: &Recorder) -> Result<Answer, Refused> {
    if request.headers().contains_key(ORIGIN) {
        return Err(Refused::new(StatusCode::FORBIDDEN, "A web page may not record: use `jackfield record`"));
    }
    let number = request.uri().path().strip_prefix("/capture/").map(|number| number.parse::<u64>().unwrap_or_default());
    match (request.method(), number) {
        (&Method::POST, None) => {
            let (head, body) = request.into_parts();
            let body = body::read(&head.headers, body, BODY, BODY_TIME).await?;
            let form = "write {\"agents\": [\"ANNA\"], \"seconds\": 600, \"bytes\": 67108864}";
            let order: Order = serde_json::from_slice(&body)
                .map_err(|error| Refused::new(StatusCode::BAD_REQUEST, format!("This is no order to record: {error}; {form}")))?;
            let agents = order.agents.join(", ");
            let (number, head) = recorder.begin(order).map_err(|why| refused(&why))?;
            tracing::info!(target: "service", agents, number, "SAP's messages are recorded for an administrator");
            let told = json!({ "capture": number, "head": head }).to_string();
            Ok(reply::fresh(reply::answer(StatusCode::CREATED, reply::JSON, told)))
        }
        (&Method::GET, Some(number)) => {
            let batch = recorder.fetch(number, PATIENCE).await.map_err(|why| refused(&why))?;
            if batch.over {
                tracing::info!(target: "service", number, "the recording has ended");
            }
            let status = if batch.text.is_empty() { StatusCode::NO_CONTENT } else { StatusCode::OK };
            Ok(reply::fresh(reply::answer(status, LINES, batch.text)))
        }
        (&Method::DELETE, Some(number)) => {
            recorder.stop(number).map_err(|why| refused(&why))?;
            Ok(reply::fresh(reply::answer(StatusCode::OK, reply::TEXT, "stopped\n")))
        }
        (method, None) => Err(Refused::method("POST", method)),
        (method, Some(_)) => Err(Refused::method("GET, DELETE", method)),
    }
}

fn refused(why: &capture::Refused) -> Refused {
    let status = match why {
        capture::Refused::Order(_) => StatusCode::BAD_REQUEST,
        capture::Refused::Busy(_) => StatusCode::CONFLICT,
        capture::Refused::Unknown => StatusCode::NOT_FOUND,
    };
    Refused::new(status, why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_addresses_are_about_captures() {
        assert!(is_meant("/capture") && is_meant("/capture/7"));
        assert!(!is_meant("/captures") && !is_meant("/status"));
    }
}
