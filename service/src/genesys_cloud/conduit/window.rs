//! What is sent next, and what must wait for it. Pure.
//!
//! A call carries at most one event of each conversation: the interface may take a later one and refuse the one before it, and then the order
//! would be lost. An event that was refused holds back the later ones of its conversation until it was taken.

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};
use tokio::time::Instant;
use uuid::Uuid;

/// Calls that the window holds events for.
const CALLS: usize = 4;

/// What goes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flush {
    /// An event waits so long at most for others to go with it (guide, "Conduit features": half a second).
    pub after: Duration,
    /// So many events go at most.
    pub events: usize,
    /// So many bytes go at most, keys included; a larger event goes alone.
    pub bytes: usize,
}

/// An event on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outgoing {
    /// Its number in the backlog; later ones are higher.
    pub(super) number: u64,
    pub(super) conversation: Uuid,
    /// When it happened, seconds since 1970.
    pub(super) at: i64,
    /// Its place among the kinds.
    pub(super) kind: u8,
    /// As it goes out.
    pub(super) bytes: Vec<u8>,
    /// What it takes of a call's bytes: its own and its key's.
    pub(super) size: usize,
    /// When it came.
    pub(super) came: Instant,
}

/// The oldest events, in order.
pub(super) struct Window {
    flush: Flush,
    events: VecDeque<Outgoing>,
    bytes: usize,
    last: u64,
}

// === impl Window ===

impl Window {
    pub(super) fn new(flush: Flush) -> Self {
        Self { flush, events: VecDeque::new(), bytes: 0, last: 0 }
    }

    /// The highest number that was ever in it.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// What was read up to a number need not be read again, though it is not in the window.
    pub(super) fn skip_to(&mut self, number: u64) {
        self.last = self.last.max(number);
    }

    /// How many more it takes.
    pub(super) fn room(&self) -> usize {
        (self.flush.events * CALLS).saturating_sub(self.events.len())
    }

    /// When the oldest happened.
    pub(super) fn oldest(&self) -> Option<i64> {
        self.events.front().map(|event| event.at)
    }

    /// Adds one that comes after all others.
    pub(super) fn push(&mut self, event: Outgoing) {
        self.last = self.last.max(event.number);
        self.bytes += event.size;
        self.events.push_back(event);
    }

    /// When something is to be sent: at once when a call is full; `None`: there is nothing.
    pub(super) fn due(&self) -> Option<Instant> {
        let first = self.events.iter().map(|event| event.came).min()?;
        let full = self.events.len() >= self.flush.events || self.bytes >= self.flush.bytes;
        Some(if full { first } else { first + self.flush.after })
    }

    /// The next call: the oldest of each conversation.
    pub(super) fn take(&mut self) -> Vec<Outgoing> {
        let (mut taken, mut rest, mut bytes) = (Vec::new(), VecDeque::with_capacity(self.events.len()), 0);
        let mut seen = HashSet::new();
        for event in self.events.drain(..) {
            // What does not fit holds back what comes after it as well.
            let first = seen.insert(event.conversation);
            if first && taken.len() < self.flush.events && (taken.is_empty() || bytes + event.size <= self.flush.bytes) {
                bytes += event.size;
                taken.push(event);
            } else {
                rest.push_back(event);
            }
        }
        self.bytes = self.bytes.saturating_sub(bytes);
        self.events = rest;
        taken
    }

    /// They were not taken: they come before all later ones.
    pub(super) fn put_back(&mut self, events: Vec<Outgoing>) {
        for event in events {
            self.bytes += event.size;
            let place = self.events.partition_point(|other| other.number < event.number);
            self.events.insert(place, event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    const LIMITS: Flush = Flush { after: Duration::from_millis(500), events: 5, bytes: 100 };

    fn event(number: u64, conversation: u128, size: usize) -> Outgoing {
        Outgoing { number, conversation: Uuid::from_u128(conversation), at: 0, kind: 0, bytes: Vec::new(), size, came: Instant::now() }
    }

    fn numbers(events: &[Outgoing]) -> Vec<u64> {
        events.iter().map(|event| event.number).collect()
    }

    #[test]
    fn a_call_carries_one_event_of_a_conversation_and_the_next_follows() {
        let mut window = Window::new(LIMITS);
        for (number, conversation) in [(1, 1), (2, 1), (3, 2), (4, 1)] {
            window.push(event(number, conversation, 10));
        }
        assert_eq!(numbers(&window.take()), [1, 3]);
        assert_eq!(numbers(&window.take()), [2]);
        assert_eq!(numbers(&window.take()), [4]);
        assert_eq!(window.due(), None);
    }

    #[test]
    fn what_was_refused_holds_back_its_conversation_and_no_other() {
        let mut window = Window::new(LIMITS);
        for (number, conversation) in [(1, 1), (2, 2), (3, 1), (4, 2)] {
            window.push(event(number, conversation, 10));
        }
        let mut call = window.take();
        window.put_back(vec![call.remove(0)]);
        assert_eq!(numbers(&window.take()), [1, 4]);
        assert_eq!(numbers(&window.take()), [3]);
    }

    #[tokio::test(start_paused = true)]
    async fn events_wait_half_a_second_for_others_unless_a_call_is_full() {
        let mut window = Window::new(LIMITS);
        assert_eq!(window.due(), None);
        let began = Instant::now();
        window.push(event(1, 1, 10));
        assert_eq!(window.due(), Some(began + LIMITS.after));
        window.push(event(2, 2, 95));
        assert_eq!(window.due(), Some(began), "the bytes of a call are there");
        window.take();
        window.take();
        for number in 3..8 {
            window.push(event(number, u128::from(number), 1));
        }
        assert_eq!(window.due(), Some(began), "the events of a call are there");
    }

    proptest! {
        #[test]
        fn whatever_is_refused_each_event_is_taken_once_within_the_limits_and_each_conversation_in_order(
            conversations in prop::collection::vec((0..4u128, 1..120usize), 1..60),
            refused in prop::collection::vec(any::<bool>(), 1..40),
        ) {
            let mut window = Window::new(LIMITS);
            let mut waiting = conversations.iter().zip(1..).map(|((conversation, size), number)| event(number, *conversation, *size));
            let mut refused = refused.into_iter();
            let mut taken: HashMap<Uuid, Vec<u64>> = HashMap::new();
            loop {
                while window.room() > 0 && let Some(event) = waiting.next() {
                    window.push(event);
                }
                let call = window.take();
                if call.is_empty() {
                    break;
                }
                let bytes: usize = call.iter().map(|event| event.size).sum();
                prop_assert!(call.len() <= LIMITS.events && (call.len() == 1 || bytes <= LIMITS.bytes));
                let mut again = Vec::new();
                for event in call {
                    if refused.next().unwrap_or(false) {
                        again.push(event);
                    } else {
                        taken.entry(event.conversation).or_default().push(event.number);
                    }
                }
                window.put_back(again);
            }
            prop_assert_eq!(taken.values().map(Vec::len).sum::<usize>(), conversations.len());
            for numbers in taken.values() {
                prop_assert!(numbers.is_sorted(), "{:?}", numbers);
            }
            prop_assert_eq!(window.bytes, 0);
        }
    }
}
