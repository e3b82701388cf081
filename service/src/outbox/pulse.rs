//! A sign of life: SAP has taken an event of somebody's.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::time::Instant;

/// When SAP took an agent's last event, at whatever URL. It goes with every event, and a lane only writes a number into it: an agent may be
/// told of a great deal.
#[derive(Debug)]
pub struct Pulse {
    since: Instant,
    /// Milliseconds later.
    last: AtomicU64,
}

// === impl Pulse ===

impl Pulse {
    /// As if it had been now.
    pub fn new() -> Self {
        Self { since: Instant::now(), last: AtomicU64::new(0) }
    }

    /// SAP has taken one.
    pub fn beat(&self) {
        let later = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(later, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(super) fn long_ago() -> Self {
        Self { since: Instant::now() - Duration::from_hours(1), last: AtomicU64::new(0) }
    }

    /// How long ago that was.
    pub fn ago(&self) -> Duration {
        self.since.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

impl Default for Pulse {
    fn default() -> Self {
        Self::new()
    }
}
