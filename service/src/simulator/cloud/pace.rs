//! How often each token has asked in its minute.

use std::time::Duration;
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_mins(1);

/// One token's minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Minute {
    began: Instant,
    count: u32,
}

/// What is said of it.
pub(super) struct Told {
    pub(super) count: u32,
    pub(super) reset: Duration,
    /// This one is too many.
    pub(super) too_many: bool,
}

// === impl Minute ===

impl Minute {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), count: 0 }
    }

    /// Another question.
    pub(super) fn count(&mut self, allowed: u32) -> Told {
        if self.began.elapsed() >= MINUTE {
            *self = Self::new();
        }
        let too_many = self.count >= allowed;
        self.count += u32::from(!too_many);
        let left = MINUTE.saturating_sub(self.began.elapsed());
        // In whole seconds, and never before the minute is over.
        Told { count: self.count, reset: Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0)), too_many }
    }
}
