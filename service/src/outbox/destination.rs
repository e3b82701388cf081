//! One destination, a host and port that many lanes lead to: when it cannot be reached at all, one lane tries for all of them. Pure but for
//! the lock; time is given.
//!
//! What a lane's own [`super::breaker`] is for one URL this is for a machine. It opens only when no connection comes about; a SAP that
//! answers, however wrongly, or hangs with its answer, is a matter of that one URL.

use super::{Policy, breaker::Breaker};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::sync::Notify;

/// See the module.
#[derive(Default)]
pub(super) struct Destination {
    state: Mutex<State>,
    /// Told when it is reached again, and when another lane may try.
    pub(super) changed: Notify,
}

#[derive(Default)]
struct State {
    breaker: Breaker,
    probing: bool,
    failure: Option<String>,
}

/// May a lane send?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Yes.
    Go,
    /// Yes, and all others wait for what comes of it.
    Probe,
    /// Not before this, or before [`Destination::changed`] is told.
    Wait(Option<Instant>),
}

/// How it is, for `/status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// Attempts to connect that failed since the last that did not.
    pub(super) failures: u32,
    /// Why the last one failed.
    pub(super) failure: Option<String>,
}

// === impl Destination ===

impl Destination {
    /// Asks for a turn; whoever gets [`Turn::Probe`] says what came of it.
    pub(super) fn turn(&self, now: Instant) -> Turn {
        let mut state = self.state();
        if let Some(until) = state.breaker.open_until(now) {
            return Turn::Wait(Some(until));
        }
        if state.breaker.failures() == 0 {
            return Turn::Go;
        }
        if std::mem::replace(&mut state.probing, true) { Turn::Wait(None) } else { Turn::Probe }
    }

    /// No connection came about.
    pub(super) fn fail(&self, now: Instant, policy: &Policy, jitter: f64, why: &str) {
        let mut state = self.state();
        state.probing = false;
        // Lanes that were under way together count once.
        if state.breaker.open_until(now).is_none() {
            state.breaker.fail(now, policy, jitter);
        }
        state.failure = Some(why.to_owned());
        drop(state);
        self.changed.notify_waiters();
    }

    /// A connection came about, whatever it was used for.
    pub(super) fn reached(&self) {
        let mut state = self.state();
        let news = state.breaker.failures() > 0;
        (state.probing, state.failure) = (false, None);
        state.breaker.succeed();
        drop(state);
        if news {
            self.changed.notify_waiters();
        }
    }

    /// The lane that was to try has ended without trying.
    pub(super) fn give_back(&self) {
        self.state().probing = false;
        self.changed.notify_waiters();
    }

    pub(super) fn condition(&self) -> Condition {
        let state = self.state();
        Condition { failures: state.breaker.failures(), failure: state.failure.clone() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn policy() -> Policy {
        Policy { pause: Duration::from_secs(1), pause_max: Duration::from_secs(8), ..Policy::default() }
    }

    #[test]
    fn one_lane_tries_for_all_and_the_others_go_when_it_has_arrived() {
        let (start, destination) = (Instant::now(), Destination::default());
        assert_eq!(destination.turn(start), Turn::Go);
        destination.fail(start, &policy(), 0.0, "refused");
        destination.fail(start, &policy(), 0.0, "refused");
        let again = start + Duration::from_secs(1);
        assert_eq!(destination.turn(start), Turn::Wait(Some(again)), "two that failed together count once");
        assert_eq!((destination.turn(again), destination.turn(again)), (Turn::Probe, Turn::Wait(None)));
        destination.fail(again, &policy(), 0.0, "refused");
        assert_eq!(destination.turn(again), Turn::Wait(Some(again + Duration::from_secs(2))));
        assert_eq!(destination.condition(), Condition { failures: 2, failure: Some("refused".into()) });
        let later = again + Duration::from_secs(2);
        assert_eq!(destination.turn(later), Turn::Probe);
        destination.reached();
        assert_eq!((destination.turn(later), destination.turn(later)), (Turn::Go, Turn::Go));
        assert_eq!(destination.condition(), Condition { failures: 0, failure: None });
    }

    #[test]
    fn a_lane_that_ends_before_it_has_tried_gives_its_turn_to_another() {
        let (start, destination) = (Instant::now(), Destination::default());
        destination.fail(start, &policy(), 0.0, "refused");
        let again = start + Duration::from_secs(1);
        assert_eq!(destination.turn(again), Turn::Probe);
        destination.give_back();
        assert_eq!(destination.turn(again), Turn::Probe);
    }
}
