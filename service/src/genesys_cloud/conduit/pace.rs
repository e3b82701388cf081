//! How fast what waited is sent, and how long to wait after a failure. Pure but for the clock.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};
use tokio::time::Instant;

/// The first wait after a failure, and the longest.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);
/// The share of what the other side takes that a replay may use: events of now need the rest.
const SHARE: f64 = 0.8;

/// What the other side takes in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    pub(super) events: f64,
    pub(super) bytes: f64,
}

/// Tells when the next call of a replay may go.
pub(super) struct Pace {
    rate: Rate,
    free_at: Instant,
}

/// Waits after failures, longer each time.
#[derive(Default)]
pub(super) struct Backoff(u32);

// === impl Pace ===

impl Pace {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, free_at: Instant::now() }
    }

    /// When a call of this size may go; it is counted.
    pub(super) fn next(&mut self, events: usize, bytes: usize) -> Instant {
        let begins = self.free_at.max(Instant::now());
        let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let seconds = (number(events) / self.rate.events).max(number(bytes) / self.rate.bytes) / SHARE;
        self.free_at = begins + Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST);
        begins
    }
}

// === impl Backoff ===

impl Backoff {
    /// How long to wait now: twice as long as the time before, less a random part of it.
    pub(super) fn next(&mut self) -> Duration {
        let whole = FIRST.saturating_mul(2_u32.saturating_pow(self.0)).min(LONGEST);
        self.0 = self.0.saturating_add(1);
        whole.mul_f64(0.5 + chance() / 2.0)
    }

    /// It went well.
    pub(super) fn reset(&mut self) {
        self.0 = 0;
    }
}

/// Between 0 and 1: good enough that not everybody comes at once.
fn chance() -> f64 {
    // The keys of a hasher are the randomness that the standard library has.
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_replay_uses_four_fifths_of_what_the_other_side_takes() {
        let mut pace = Pace::new(Rate { events: 1_000.0, bytes: 1_000_000.0 });
        let began = Instant::now();
        let by_events = (0..5).map(|_| pace.next(400, 100)).last().unwrap() - began;
        assert_eq!(by_events, Duration::from_secs(2), "2,000 events at 800 a second, the first 400 at once");
        let before = pace.next(1, 1_600_000);
        assert_eq!(pace.next(1, 1) - before, Duration::from_secs(2), "and by bytes where they are more");
    }

    #[test]
    fn waits_grow_to_five_seconds_and_begin_anew_when_it_went_well() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..9).map(|_| backoff.next()).collect();
        for (wait, whole) in waits.iter().zip([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]) {
            let whole = Duration::from_millis(whole);
            assert!((whole / 2..=whole).contains(wait), "{wait:?} of {whole:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
