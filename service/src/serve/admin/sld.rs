//! Sending the registrations for the System Landscape Directory now (`jackfield sld send --by-service`).
//!
//! | request | answer |
//! |---|---|
//! | `POST /sld` | 202 and `{"begun": 2}`: they are being sent, whatever has been before; `/status` says what comes of it. 404: there is none |
//!
//! Whoever may read `/status` may do this, but no web page in his browser.

use super::super::{
    connection::Answer,
    reply::{self, Refused},
};
use hyper::{Method, Request, StatusCode, body::Incoming, header::ORIGIN};
use serde_json::json;
use std::sync::Arc;

/// Sends all registrations and says how many there are; `app` knows how.
pub type Register = Arc<dyn Fn() -> usize + Send + Sync>;

pub(super) const PATH: &str = "/sld";

/// Answers somebody who has been let in.
pub(super) fn answer(request: &Request<Incoming>, register: &Register) -> Result<Answer, Refused> {
    if request.method() != Method::POST {
        return Err(Refused::method("POST", request.method()));
    }
    if request.headers().contains_key(ORIGIN) {
        return Err(Refused::new(StatusCode::FORBIDDEN, "A web page may not send registrations: use `jackfield sld send --by-service`"));
    }
    let begun = register();
    if begun == 0 {
        return Err(Refused::new(StatusCode::NOT_FOUND, "There is nothing that could be registered: see `jackfield sld preview`"));
    }
    tracing::info!(target: "audit", begun, "registrations are sent for an administrator");
    Ok(reply::fresh(reply::answer(StatusCode::ACCEPTED, reply::JSON, json!({ "begun": begun }).to_string())))
}
