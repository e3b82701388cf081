//! The port to whoever takes events.

use super::{event::Event, pace::Rate, window::Outgoing};
use crate::switch::BoxFuture;
use std::{sync::Arc, time::Duration};

/// Takes events. It sends what it is given once, and says what became of each.
pub(super) trait Sink: Send + Sync + 'static {
    /// An event as it goes out; `None`: there is no counterpart for it on the other side, and it is not sent.
    ///
    /// # Errors
    /// It can never be sent.
    fn write(&self, event: &Event) -> Result<Option<Vec<u8>>, String>;

    /// So many events one call may have.
    fn most(&self) -> usize;

    /// A call gets its answer within this, or counts as failed.
    fn patience(&self) -> Duration;

    /// What it takes in a second; asked once in a while.
    fn rate(&self) -> BoxFuture<Rate>;

    /// Sends one call; gives back what became of each event, in the same order.
    ///
    /// # Errors
    /// Nothing is known to have been taken, though it may have been.
    fn put(&self, call: Arc<Vec<Outgoing>>) -> BoxFuture<Result<Vec<Fate>, Trouble>>;
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was taken.
    Taken,
    /// Not now: it is to be sent again.
    Again(String),
    /// Never: it is put aside. Kinesis never says so.
    #[cfg_attr(not(feature = "oauth"), allow(dead_code, reason = "only the organisation's own interface refuses for good"))]
    Never(String),
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It may go better next time.
    Passing(String),
    /// Somebody has to do something first.
    Lasting(String),
}
