//! Events of conversations that another platform holds (`POST /api/v2/events/conversations`, Genesys Cloud EX).

use super::{
    Rest,
    caller::{Ask, read},
};
use crate::genesys_cloud::cloud::CloudError;
use hyper::Method;
use serde::Deserialize;
use serde_json::Value;

/// What of a request was not taken (the SDK's `EventError`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::genesys_cloud) struct EventError {
    /// Which event.
    pub(in crate::genesys_cloud) event_id: String,
    /// Why.
    pub(in crate::genesys_cloud) message: String,
    /// The same may be sent again.
    pub(in crate::genesys_cloud) retryable: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answered {
    errors: Vec<EventError>,
}

// === impl Rest ===

impl Rest {
    /// Tells the organisation of events; what is not named in what comes back was taken. Sent once: whether it may be sent again after a failure is
    /// the caller's to know.
    pub(in crate::genesys_cloud) async fn inject(&self, events: Value) -> Result<Vec<EventError>, CloudError> {
        let answer = self.ask(Ask::with(Method::POST, "/api/v2/events/conversations", events)).await?;
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Vec::new());
        }
        Ok(read::<Answered>(&answer, "answer to events")?.errors)
    }
}
