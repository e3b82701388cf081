//! What was measured: how long each kind of step took, how often, and what went wrong. Shared by all agents.

use hdrhistogram::Histogram;
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// The longest time that is told apart, in microseconds: a minute.
const LONGEST: u64 = 60_000_000;
/// What went wrong is told in words so often; then only counted.
const WORDS: usize = 20;

/// All of it.
#[derive(Default)]
pub(super) struct Figures {
    /// Times by name, in microseconds. A lock, held for the time of one addition.
    times: Mutex<BTreeMap<&'static str, Histogram<u32>>>,
    requests: AtomicU64,
    calls: AtomicU64,
    finished: AtomicU64,
    failures: AtomicU64,
    words: Mutex<Vec<String>>,
    log_on_micros: AtomicU64,
}

/// One row of the table; times in milliseconds.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub(super) struct Row {
    /// What took it.
    pub(super) step: &'static str,
    pub(super) count: u64,
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

/// How often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(super) struct Counts {
    /// SOAP requests.
    pub(super) requests: u64,
    /// Calls from customers.
    pub(super) calls: u64,
    /// Of these: worked to their end by an agent.
    pub(super) finished: u64,
    /// What went wrong.
    pub(super) failures: u64,
}

// === impl Figures ===

impl Figures {
    /// A step took so long.
    pub(super) fn took(&self, step: &'static str, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(LONGEST).clamp(1, LONGEST);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = times.entry(step).or_insert_with(empty);
        histogram.saturating_record(micros);
    }

    /// So many requests were answered.
    pub(super) fn requests(&self, more: usize) {
        self.requests.fetch_add(more as u64, Relaxed);
    }

    /// A customer calls.
    pub(super) fn call(&self) {
        self.calls.fetch_add(1, Relaxed);
    }

    /// A customer has been helped.
    pub(super) fn finished(&self) {
        self.finished.fetch_add(1, Relaxed);
    }

    /// Everybody has logged on, after so long.
    pub(super) fn logged_on(&self, after: Duration) {
        self.log_on_micros.store(u64::try_from(after.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    /// How long it took until everybody had logged on.
    pub(super) fn log_on(&self) -> Duration {
        Duration::from_micros(self.log_on_micros.load(Relaxed))
    }

    /// Something went wrong.
    pub(super) fn wrong(&self, words: &str) {
        self.failures.fetch_add(1, Relaxed);
        let mut told = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < WORDS {
            told.push(words.to_owned());
        }
    }

    /// Nothing went wrong.
    pub(super) fn is_well(&self) -> bool {
        self.failures.load(Relaxed) == 0
    }

    /// The first things that went wrong.
    pub(super) fn words(&self) -> Vec<String> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Relaxed),
            calls: self.calls.load(Relaxed),
            finished: self.finished.load(Relaxed),
            failures: self.failures.load(Relaxed),
        }
    }

    /// The table.
    pub(super) fn rows(&self) -> Vec<Row> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.iter().map(|(step, times)| Row::of(step, times)).collect()
    }

    /// One row of it, when there is anything to tell.
    pub(super) fn row(&self, step: &'static str) -> Option<Row> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.get(step).map(|times| Row::of(step, times))
    }
}

// === impl Row ===

impl Row {
    fn of(step: &'static str, times: &Histogram<u32>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a minute in microseconds is far below what a float holds exactly")]
        let millis = |micros: u64| micros as f64 / 1000.0;
        let quantile = |part| millis(times.value_at_quantile(part));
        Self { step, count: times.len(), p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: millis(times.max()) }
    }
}

/// Times up to [`LONGEST`], with three digits.
fn empty() -> Histogram<u32> {
    Histogram::new_with_max(LONGEST, 3).expect("the bounds are constants, and right")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_tells_the_quantiles_of_each_step() {
        let figures = Figures::default();
        for millis in 1..=100 {
            figures.took("event", Duration::from_millis(millis));
        }
        figures.took("log on", Duration::from_hours(1));
        let rows = figures.rows();
        assert_eq!(rows.iter().map(|row| (row.step, row.count)).collect::<Vec<_>>(), [("event", 100), ("log on", 1)]);
        assert!((rows[0].p50 - 50.0).abs() < 0.1 && (rows[0].p99 - 99.0).abs() < 0.1 && (rows[0].max - 100.0).abs() < 0.1, "{rows:?}");
        assert!(rows[1].max >= 60_000.0, "what takes longer counts as the longest");
        assert_eq!(figures.row("nothing"), None);
    }

    #[test]
    fn what_goes_wrong_is_counted_beyond_what_is_told() {
        let figures = Figures::default();
        assert!(figures.is_well());
        for number in 0..50 {
            figures.wrong(&number.to_string());
        }
        assert_eq!((figures.counts().failures, figures.words().len()), (50, 20));
    }
}
