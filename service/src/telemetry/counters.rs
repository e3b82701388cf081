//! Figures since the start of the process, for `/status` and `/metrics`.

use serde::{Serialize, Serializer, ser::SerializeMap};
use std::sync::atomic::{AtomicU64, Ordering};

/// The process's counters.
pub static COUNTERS: Counters = Counters::new();

macro_rules! counters {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        /// One number for each kind of happening; see [`super::event`] for who counts what.
        #[derive(Debug)]
        pub struct Counters {
            $($(#[$meta])* pub $name: Counter,)*
        }

        impl Counters {
            const fn new() -> Self {
                Self { $($name: Counter::new(),)* }
            }
        }

        impl Serialize for Counters {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry(stringify!($name), &self.$name.get())?;)*
                map.end()
            }
        }
    };
}

counters! {
    /// Connections accepted.
    connections,
    /// Connections closed at once, because their address had as many as it may.
    connections_refused,
    /// Encrypted connections that did not come about.
    handshakes_failed,
    /// Times that accepting failed.
    accept_failures,
    /// Requests answered as asked.
    requests_answered,
    /// Requests that became a fault of the interface.
    requests_faulted,
    /// Requests refused before they were understood: path, method, type, size, time.
    requests_refused,
    /// Requests that met a fault of ours.
    panics,
    /// Reloads that changed something.
    reloads_applied,
    /// Reloads that were refused.
    reloads_rejected,
    /// Registrations that a System Landscape Directory has taken.
    registrations_sent,
    /// Attempts to register that failed.
    registrations_failed,
    /// Messages of a switch whose type is not known here.
    switch_messages_unknown,
    /// Messages of a switch that could not be read.
    switch_messages_unreadable,
    /// Conversation events that were taken by whom they are for.
    conversation_events_sent,
    /// Conversation events that are lost: no room, too old, or missed.
    conversation_events_dropped,
    /// Troubles in sending conversation events, each counted once.
    conduit_failures,
    /// Lines that did not get into a log file: the disk was too slow, full or away.
    log_lines_lost,
}

/// A number that only grows.
#[derive(Debug)]
pub struct Counter(AtomicU64);

impl Counter {
    pub(super) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// So many more.
    pub fn add_many(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
