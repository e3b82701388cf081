//! Is the connection to the organisation lost? Pure: from what its answers were, and when. Whoever watches machines hears of a change once, and not
//! of every failure (guide, events 47000 and 47001).

use std::time::Duration;
use tokio::time::Instant;

/// How much is borne before a connection counts as lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// So many failures in a row,
    pub failures: u32,
    /// or for so long.
    pub after: Duration,
}

/// A change that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is lost.
    Lost,
    /// It is there again.
    Restored,
}

/// What is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Connection {
    lost: bool,
    failures: u32,
    since: Option<Instant>,
}

impl Connection {
    /// At the start: `lost` is what was told last, by this process or the one before.
    pub fn new(lost: bool) -> Self {
        Self { lost, failures: 0, since: None }
    }

    /// What began then has failed now.
    pub fn failed(&mut self, began: Instant, now: Instant, patience: Patience) -> Option<Change> {
        self.failures = self.failures.saturating_add(1);
        let since = *self.since.get_or_insert(began);
        let is_lost = self.failures >= patience.failures || now.duration_since(since) >= patience.after;
        (is_lost && !std::mem::replace(&mut self.lost, true)).then_some(Change::Lost)
    }

    /// The organisation has answered.
    pub fn worked(&mut self) -> Option<Change> {
        (self.failures, self.since) = (0, None);
        std::mem::take(&mut self.lost).then_some(Change::Restored)
    }

    /// Is there doubt that is not decided yet?
    pub fn is_doubtful(&self) -> bool {
        self.failures > 0 && !self.lost
    }

    /// Was it told last that it is lost?
    pub fn is_lost(&self) -> bool {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATIENCE: Patience = Patience { failures: 3, after: Duration::from_mins(1) };

    #[test]
    fn three_failures_are_a_loss_and_one_answer_ends_it() {
        let mut connection = Connection::new(false);
        let now = Instant::now();
        assert_eq!([(); 4].map(|()| connection.failed(now, now, PATIENCE)), [None, None, Some(Change::Lost), None]);
        assert_eq!([(); 2].map(|()| connection.worked()), [Some(Change::Restored), None]);
    }

    #[test]
    fn an_answer_in_between_begins_anew() {
        let mut connection = Connection::new(false);
        let now = Instant::now();
        for _ in 0..5 {
            assert_eq!([connection.failed(now, now, PATIENCE), connection.failed(now, now, PATIENCE), connection.worked()], [None; 3]);
        }
    }

    #[test]
    fn one_failure_that_took_a_minute_is_enough() {
        let mut connection = Connection::new(false);
        let began = Instant::now();
        assert_eq!(connection.failed(began, began + PATIENCE.after, PATIENCE), Some(Change::Lost));
    }

    #[test]
    fn what_was_told_before_a_restart_is_not_told_again() {
        let now = Instant::now();
        let mut lost = Connection::new(true);
        assert_eq!([(); 5].map(|()| lost.failed(now, now, PATIENCE)), [None; 5]);
        assert_eq!(lost.worked(), Some(Change::Restored));
        assert_eq!(Connection::new(false).worked(), None);
    }

    proptest! {
        #[test]
        fn lost_and_restored_take_turns(answers in prop::collection::vec((any::<bool>(), 0_u64..90), 0..60)) {
            let mut connection = Connection::new(false);
            let mut now = Instant::now();
            let mut told = Vec::new();
            for (works, seconds) in answers {
                let began = now;
                now += Duration::from_secs(seconds);
                told.extend(if works { connection.worked() } else { connection.failed(began, now, PATIENCE) });
            }
            for (place, change) in told.into_iter().enumerate() {
                prop_assert_eq!(change, if place % 2 == 0 { Change::Lost } else { Change::Restored });
            }
        }
    }
}
