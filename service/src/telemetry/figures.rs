//! What `/metrics` shows beside the counters: how long things take, what comes of them, and who and what is there now. Kept without a lock.

use super::{histogram::Histogram, tally::Tally};
use std::sync::atomic::{AtomicU64, Ordering};

/// The process's figures.
pub static FIGURES: Figures = Figures {
    requests: Tally::new(["answered", "fault"]),
    request: Histogram::new(),
    switch_requests: Tally::new([
        SwitchOutcome::Accepted.word(),
        SwitchOutcome::Refused.word(),
        SwitchOutcome::Timeout.word(),
        SwitchOutcome::Unavailable.word(),
    ]),
    switch_request: Histogram::new(),
    event: Histogram::new(),
    commit: Histogram::new(),
    sessions: Gauge::new(),
    ready: Gauge::new(),
    items: [const { Gauge::new() }; CHANNELS.len()],
};

/// The channels that items are counted by, in the order of `FIGURES.items`.
pub const CHANNELS: [&str; 3] = ["phone", "chat", "action_item"];

/// See the module.
#[derive(Debug)]
pub struct Figures {
    /// SAP's requests, by operation: answered as asked, or with a fault.
    pub requests: Tally<2>,
    /// From the whole request to the answer.
    pub request: Histogram,
    /// What the switch was asked; outcomes as in [`SwitchOutcome`].
    pub switch_requests: Tally<4>,
    /// From the request to the switch's answer, the wait for the store included where the switch must not hear of it before.
    pub switch_request: Histogram,
    /// From the moment at which an event is handed over until SAP has taken it.
    pub event: Histogram,
    /// One commit of the store.
    pub commit: Histogram,
    /// Agents who are logged on from SAP.
    pub sessions: Gauge,
    /// Of these, the ones to whom the switch could send something now.
    pub ready: Gauge,
    /// Interactions that agents have, by [`CHANNELS`].
    pub items: [Gauge; CHANNELS.len()],
}

/// What a switch made of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchOutcome {
    /// It does it.
    Accepted,
    /// It does not.
    Refused,
    /// It did not answer in time.
    Timeout,
    /// It is not there.
    Unavailable,
}

/// A number that goes up and down.
#[derive(Debug)]
pub struct Gauge(AtomicU64);

// === impl SwitchOutcome ===

impl SwitchOutcome {
    /// In one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
        }
    }
}

// === impl Gauge ===

impl Gauge {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// `before` of them have become `after`.
    pub fn change(&self, before: u64, after: u64) {
        // Around the corner and back again: whoever takes away has added before.
        self.0.fetch_add(after.wrapping_sub(before), Ordering::Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
