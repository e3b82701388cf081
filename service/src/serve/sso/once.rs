//! Requests that were answered: each is answered once.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// Answered requests that are remembered. Only who has shown a password gets one in here.
const MOST: usize = 100_000;

/// See the module. `life` must be as long as a request can be answered.
pub(super) struct Once {
    life: Duration,
    order: VecDeque<(Instant, String)>,
    until: HashMap<String, Instant>,
}

// === impl Once ===

impl Once {
    pub(super) fn new(life: Duration) -> Self {
        Self { life, order: VecDeque::new(), until: HashMap::new() }
    }

    /// Was it answered already?
    pub(super) fn has(&self, id: &str, now: Instant) -> bool {
        self.until.get(id).is_some_and(|until| *until > now)
    }

    /// It is answered now; `false`: it was already, or nothing more can be remembered, and then it must not be.
    pub(super) fn take(&mut self, id: &str, now: Instant) -> bool {
        while let Some((_, id)) = self.order.pop_front_if(|(until, _)| *until <= now) {
            self.until.remove(&id);
        }
        if self.until.contains_key(id) || self.until.len() >= MOST {
            return false;
        }
        let until = now + self.life;
        self.order.push_back((until, id.to_owned()));
        self.until.insert(id.to_owned(), until);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_once_and_forgotten_when_it_is_too_old_anyway() {
        let life = Duration::from_mins(10);
        let (mut once, start) = (Once::new(life), Instant::now());
        assert!(once.take("_1", start) && once.take("_2", start));
        assert!(!once.take("_1", start + life / 2) && once.has("_1", start + life / 2));
        assert!(!once.has("_1", start + life) && once.take("_1", start + life));
        assert_eq!((once.order.len(), once.until.len()), (1, 1), "nothing is kept for longer");
    }
}
