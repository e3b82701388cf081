//! Every SOAP message that went to or came from the service, as it was on the wire: for `simulate sap --json` and for tests.

use super::Event;
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::sync::broadcast;

/// Messages that a slow reader may lag behind.
const CAPACITY: usize = 1024;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request of ours.
    Sent {
        /// When.
        at: SystemTime,
        /// `PhoneCall.hold`.
        operation: String,
        /// The envelope.
        body: String,
    },
    /// Its answer.
    Answered {
        /// When.
        at: SystemTime,
        /// `PhoneCall.hold`.
        operation: String,
        /// HTTP status.
        status: u16,
        /// From connecting to the last byte.
        took: Duration,
        /// The envelope.
        body: String,
    },
    /// An event.
    Event {
        /// When.
        at: SystemTime,
        /// What it says; `None` where it could not be read, or SAP was in no mood to.
        event: Option<Box<Event>>,
        /// The HTTP status it was answered with.
        status: u16,
        /// The envelope.
        body: String,
    },
}

/// Where messages can be watched; cheap to clone. Without readers a message costs nothing but its making.
#[derive(Clone)]
pub struct Trace(broadcast::Sender<Arc<Message>>);

// === impl Trace ===

impl Trace {
    /// A trace that nobody reads yet.
    pub fn new() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }

    /// All messages from now on; a reader that falls behind is told how many it missed.
    pub fn watch(&self) -> broadcast::Receiver<Arc<Message>> {
        self.0.subscribe()
    }

    pub(super) fn tell(&self, message: impl FnOnce() -> Message) {
        if self.0.receiver_count() > 0 {
            // It fails only when the last reader has just gone.
            let _ = self.0.send(Arc::new(message()));
        }
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}
