//! The end: no new requests, answers for those that are there, events delivered, all within bounds. Nobody is logged off.

use super::{keep, parts::Parts};
use std::time::Duration;

/// A command is answered within five seconds; a caller may need some time to take his answer.
const REQUESTS: Duration = Duration::from_secs(8);
/// Events that SAP takes.
const EVENTS: Duration = Duration::from_secs(5);
const ADMINISTRATORS: Duration = Duration::from_secs(1);
/// The last lines of the log.
const LOG: Duration = Duration::from_secs(1);

pub(super) async fn stop(parts: Parts) {
    parts.shown.stop();
    parts.server.stop(REQUESTS).await;
    parts.outbox.drain(EVENTS).await;
    parts.conversations.stop().await;
    keep::close(&parts.store).await;
    parts.admin.stop(ADMINISTRATORS).await;
    tracing::info!(target: "service", "stopped");
    // Nothing else is left to do for this thread.
    parts.log.flush(LOG);
}
