//! How long something took, counted in buckets without a lock: what `/metrics` shows of times.

use super::counters::Counter;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Upper bounds of the buckets but the last, which has none; in seconds. SAP gives a command five.
pub(super) const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// See the module.
#[derive(Debug)]
pub struct Histogram {
    buckets: [Counter; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

/// A histogram at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// How many took so long at most, for each of [`BOUNDS`].
    pub within: [u64; BOUNDS.len()],
    /// How many there were.
    pub count: u64,
    /// All together, in seconds.
    pub sum: f64,
}

// === impl Histogram ===

impl Histogram {
    pub(super) const fn new() -> Self {
        Self { buckets: [const { Counter::new() }; BOUNDS.len() + 1], microseconds: AtomicU64::new(0) }
    }

    /// It took so long once more.
    pub fn record(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.buckets[BOUNDS.partition_point(|bound| *bound < seconds)].add();
        self.microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// As it is now. What is recorded meanwhile may be in the count and not in the sum.
    pub fn read(&self) -> Reading {
        let mut count = 0;
        let mut so_far = self.buckets.iter().map(|bucket| {
            count += bucket.get();
            count
        });
        let within = std::array::from_fn(|_| so_far.next().unwrap_or_default());
        let _ = so_far.next();
        let sum = Duration::from_micros(self.microseconds.load(Ordering::Relaxed)).as_secs_f64();
        Reading { within, count, sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_every_bucket_from_the_first_that_holds_it() {
        let histogram = Histogram::new();
        for took in [Duration::from_micros(500), Duration::from_micros(501), Duration::from_mins(1)] {
            histogram.record(took);
        }
        let Reading { within, count, sum } = histogram.read();
        assert_eq!((within[0], within[1], within[13], count), (1, 2, 2, 3));
        assert!((sum - 60.001_001).abs() < 1e-9, "{sum}");
    }
}
