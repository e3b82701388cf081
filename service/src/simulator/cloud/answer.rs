//! What is answered: JSON with a status, and the errors of the two interfaces.

use serde_json::{Value, json};
use std::time::Duration;

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Nothing: an empty answer.
    pub(super) body: Option<Value>,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// Why something is not done: what is to be answered.
pub(super) type Refused = Answer;

// === impl Answer ===

impl Answer {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body), headers: Vec::new() }
    }

    pub(super) fn nothing() -> Self {
        Self { status: 204, body: None, headers: Vec::new() }
    }

    pub(super) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// An error of the Platform API (`ErrorBody`).
    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::ok(json!({ "message": message, "code": code, "status": status, "messageParams": {}, "contextId": "double", "details": [], "errors": [] }))
            .status(status)
    }

    /// An error of SCIM (RFC 7644 §3.12).
    pub(super) fn scim_error(status: u16, kind: &str, detail: &str) -> Self {
        let mut body =
            json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string(), "detail": detail });
        if !kind.is_empty() {
            body["scimType"] = kind.into();
        }
        Self::ok(body).status(status)
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::error(404, "not.found", &format!("The requested {what} was not found"))
    }

    pub(super) fn invalid(why: &str) -> Self {
        Self::error(400, "bad.request", why)
    }

    pub(super) fn missing(permission: &str) -> Self {
        let message = format!("Unable to perform the requested action. You are missing the following permission(s): {permission}");
        Self::error(403, "missing.permissions", &message)
    }

    pub(super) fn too_many(wait: Duration) -> Self {
        Self::error(429, "too.many.requests", "Rate limit exceeded the maximum number of requests")
            .header("Retry-After", wait.as_secs().max(1).to_string())
    }
}
