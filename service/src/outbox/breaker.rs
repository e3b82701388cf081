//! When a lane may try again after failures, and when its subscriber counts as unreachable. Pure; time is given.
//!
//! Closed: every event is sent. Open: nothing is, until the pause is over. Then the next event is the probe: its success closes the
//! breaker, its failure opens it for twice as long. There is no last try.

use super::Policy;
use std::time::{Duration, Instant};

/// One lane's breaker.
#[derive(Default)]
pub(super) struct Breaker {
    failures: u32,
    /// The beginning of the first attempt that no success has followed yet.
    trying_since: Option<Instant>,
    open_until: Option<Instant>,
    alarmed: bool,
}

impl Breaker {
    /// An attempt begins.
    pub(super) fn begin(&mut self, now: Instant) {
        self.trying_since.get_or_insert(now);
    }

    /// It failed: opens for a pause that doubles with each failure up to `pause_max`. `jitter` from 0 to 1 shortens it by up to a half, so
    /// that the lanes to one dead host do not knock together.
    pub(super) fn fail(&mut self, now: Instant, policy: &Policy, jitter: f64) {
        let longest = policy.pause_max.max(policy.pause);
        let pause = policy.pause.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX)).min(longest);
        self.failures = self.failures.saturating_add(1);
        self.open_until = Some(now + pause.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0));
    }

    /// It failed, and when there will be another is somebody else's decision.
    pub(super) fn miss(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// It succeeded. `true` when an alarm was raised before: the subscriber has recovered.
    pub(super) fn succeed(&mut self) -> bool {
        std::mem::take(self).alarmed
    }

    /// Nothing may be sent before this; `None`: now.
    pub(super) fn open_until(&self, now: Instant) -> Option<Instant> {
        self.open_until.filter(|until| *until > now)
    }

    /// When the subscriber will count as unreachable if nothing succeeds; `None` when nothing was tried or it does already.
    pub(super) fn alarm_at(&self, unreachable_after: Duration) -> Option<Instant> {
        self.trying_since.filter(|_| !self.alarmed).map(|since| since + unreachable_after)
    }

    /// `true` once when [`Self::alarm_at`] has passed.
    pub(super) fn alarm(&mut self, now: Instant, unreachable_after: Duration) -> bool {
        let due = self.alarm_at(unreachable_after).is_some_and(|at| at <= now);
        self.alarmed |= due;
        due
    }

    /// Failures since the last success.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy {
            pause: Duration::from_millis(250),
            pause_max: Duration::from_secs(10),
            unreachable_after: Duration::from_secs(15),
            ..Policy::default()
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_never_end() {
        let (start, mut breaker) = (Instant::now(), Breaker::default());
        let mut pauses = Vec::new();
        for _ in 0..100 {
            breaker.fail(start, &policy(), 0.0);
            pauses.push((breaker.open_until(start).unwrap() - start).as_millis());
        }
        assert_eq!(pauses[..8], [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert!(pauses[8..].iter().all(|pause| *pause == 10_000));
    }

    #[test]
    fn jitter_shortens_a_pause_by_at_most_a_half() {
        let (start, mut breaker) = (Instant::now(), Breaker::default());
        breaker.fail(start, &policy(), 1.0);
        assert_eq!(breaker.open_until(start), Some(start + Duration::from_millis(125)));
    }

    #[test]
    fn when_the_pause_is_over_the_next_event_is_the_probe() {
        let (start, mut breaker) = (Instant::now(), Breaker::default());
        breaker.fail(start, &policy(), 0.0);
        assert_eq!(breaker.open_until(start + Duration::from_millis(250)), None);
        breaker.fail(start + Duration::from_millis(250), &policy(), 0.0);
        assert_eq!(breaker.open_until(start + Duration::from_millis(250)), Some(start + Duration::from_millis(750)));
        breaker.succeed();
        assert_eq!((breaker.open_until(start), breaker.failures()), (None, 0));
    }

    #[test]
    fn the_alarm_is_raised_once_and_recovery_is_told_once() {
        let (start, mut breaker) = (Instant::now(), Breaker::default());
        let after = policy().unreachable_after;
        assert!(!breaker.alarm(start + Duration::from_hours(1), after), "an idle lane is not unreachable");
        breaker.begin(start);
        breaker.begin(start + Duration::from_secs(5));
        assert_eq!(breaker.alarm_at(after), Some(start + after));
        assert!(!breaker.alarm(start + Duration::from_secs(14), after));
        assert!(breaker.alarm(start + Duration::from_secs(15), after));
        assert!(!breaker.alarm(start + Duration::from_secs(16), after));
        assert!(breaker.succeed());
        assert!(!breaker.succeed());
    }

    #[test]
    fn a_success_in_time_is_no_recovery() {
        let mut breaker = Breaker::default();
        breaker.begin(Instant::now());
        breaker.fail(Instant::now(), &policy(), 0.5);
        assert!(!breaker.succeed());
    }
}
