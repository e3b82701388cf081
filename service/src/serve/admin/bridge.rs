//! The bridge to Genesys Cloud (`jackfield bridge`).
//!
//! | request | answer |
//! |---|---|
//! | `GET /bridge` | 200: state, counts, last run, how far a run is, removals that are held back, requests, health |
//! | `GET /bridge/records` | 200: every record with status, reasons, *last synchronized* |
//! | `GET /bridge/records/ID` | 200: one record, with what is wanted and known of it; `ID` is `user:ANNA`, percent-encoded. 404: there is none |
//! | `GET /bridge/history` | 200: what was done, the newest first |
//! | `POST /bridge/orders` with `{"do": "plan"}` | 202 and `{"order": N}`: it is being done |
//! | `GET /bridge/orders/N` | 200 and `{"state": "running"}`, `{"state": "done", "result": …}` or `{"state": "failed", "reason": {"id": …, "text": …}}` |
//!
//! `do` is `plan`, `apply` (with the plan's `id`), `sync` (with `force`, `record`), `allow`, `reject`, `new_organization`, `accept_admin_user` or `dial_groups` (what
//! the switch has of them, also while the bridge is off). An order may take
//! minutes, because the organisation allows few requests; so it is asked for again. Whoever may read `/status` may do this, but no web page in
//! his browser.

use super::{
    super::{
        body,
        connection::Answer,
        form::decoded,
        reply::{self, Refused},
    },
    callers::Wish,
};
use hyper::{Method, Request, StatusCode, body::Incoming, header::ORIGIN};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const PATH: &str = "/bridge";
/// An order names a record and a plan's id.
const BODY: usize = 4096;
const BODY_TIME: Duration = Duration::from_secs(5);

/// The bridge, as the listener needs it; `app` knows it.
pub trait Bridge: Send + Sync {
    /// How it is.
    fn report(&self) -> Value;
    /// Every record.
    fn records(&self) -> Value;
    /// One record; `None`: there is none.
    fn explain(&self, id: &str) -> Option<Value>;
    /// What was done, the newest first.
    fn history(&self) -> Value;
    /// Begins something; its number.
    fn begin(&self, order: Order) -> Wish<u64>;
    /// What came of it; `None`: there is no such order, or no longer.
    fn look(&self, order: u64) -> Option<Value>;
}

/// What an administrator wants.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum Order {
    /// Say what a complete run would do.
    Plan,
    /// Do what a plan says.
    Apply {
        /// Its id.
        plan: String,
    },
    /// Run now.
    Sync {
        /// Everything, whatever is known.
        #[serde(default)]
        force: bool,
        /// Only this record and what belongs to it.
        #[serde(default)]
        record: Option<String>,
    },
    /// Allow the removals that are held back.
    Allow,
    /// Reject them.
    Reject,
    /// The organisation is another one, and it is meant.
    NewOrganization,
    /// The user of the bridge on the switch is meant as he is now.
    AcceptAdminUser,
    /// Say which dial groups the switch has.
    DialGroups,
}

/// Is the request about the bridge?
pub(super) fn is_meant(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers somebody who has been let in.
pub(super) async fn answer(request: Request<Incoming>, bridge: &Arc<dyn Bridge>) -> Result<Answer, Refused> {
    let path = request.uri().path().strip_prefix(PATH).unwrap_or_default().to_owned();
    if path == "/orders" {
        return begin(request, bridge).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Refused::method("GET, HEAD", request.method()));
    }
    let nothing = |what: &str| Refused::new(StatusCode::NOT_FOUND, format!("There is no such {what}"));
    let value = match path.as_str() {
        "" => bridge.report(),
        "/records" => bridge.records(),
        "/history" => bridge.history(),
        _ => match (path.strip_prefix("/records/"), path.strip_prefix("/orders/")) {
            (Some(id), _) => bridge.explain(&decoded(id)).ok_or_else(|| nothing("record: its kind and its name, user:ANNA for example"))?,
            (_, Some(number)) => {
                number.parse().ok().and_then(|number| bridge.look(number)).ok_or_else(|| nothing("order, or no longer"))?
            }
            _ => return Err(nothing("part of the bridge: there are records, history and orders")),
        },
    };
    Ok(reply::fresh(reply::answer(StatusCode::OK, reply::JSON, value.to_string())))
}

async fn begin(request: Request<Incoming>, bridge: &Arc<dyn Bridge>) -> Result<Answer, Refused> {
    if request.method() != Method::POST {
        return Err(Refused::method("POST", request.method()));
    }
    if request.headers().contains_key(ORIGIN) {
        return Err(Refused::new(StatusCode::FORBIDDEN, "A web page may not order anything of the bridge: use `jackfield bridge`"));
    }
    let (head, body) = request.into_parts();
    let body = body::read(&head.headers, body, BODY, BODY_TIME).await?;
    let order: Order = serde_json::from_slice(&body).map_err(|error| {
        Refused::new(StatusCode::BAD_REQUEST, format!("This is no order to the bridge: {error}; write {{\"do\": \"plan\"}}"))
    })?;
    tracing::info!(target: "audit", ?order, "an administrator gives the bridge an order");
    let number = bridge.begin(order).await;
    Ok(reply::fresh(reply::answer(StatusCode::ACCEPTED, reply::JSON, json!({ "order": number }).to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_are_documented() {
        let read = |text: &str| serde_json::from_str::<Order>(text).ok();
        assert_eq!(read(r#"{"do": "plan"}"#), Some(Order::Plan));
        assert_eq!(read(r#"{"do": "apply", "plan": "ab"}"#), Some(Order::Apply { plan: "ab".into() }));
        assert_eq!(read(r#"{"do": "sync", "force": true}"#), Some(Order::Sync { force: true, record: None }));
        assert_eq!(read(r#"{"do": "new_organization"}"#), Some(Order::NewOrganization));
        assert_eq!(read(r#"{"do": "delete"}"#), None);
    }

    #[test]
    fn names_in_addresses_may_have_any_letter() {
        assert_eq!(decoded("wrap_up_code:F%C3%BCr%20immer"), "wrap_up_code:Für immer");
        assert_eq!(decoded("queue:50%"), "queue:50%");
        assert!(is_meant("/bridge") && is_meant("/bridge/records/user:A") && !is_meant("/bridges"));
    }
}
