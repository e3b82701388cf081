//! The stream of switch events to one agent session: bounded, because events about the same thing merge, and never blocking its writer.
//!
//! Until it is read, a later event about the same interaction takes the place of the earlier one; the end of an interaction is a state like
//! any other, but an interaction that ended and came again under the same id keeps its end before the new beginning. A snapshot swallows
//! everything before it. So a reader that falls behind sees fewer, never wrong, states, and the feed holds no more than the agent has
//! interactions.

use crate::domain::SwitchEvent;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;

/// Makes a feed.
pub fn feed() -> (FeedSender, Feed) {
    let shared = Arc::new(Shared::default());
    (FeedSender(Arc::clone(&shared)), Feed(shared))
}

/// The writing end.
pub struct FeedSender(Arc<Shared>);

/// The reading end.
pub struct Feed(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<SwitchEvent>,
    closed: bool,
}

// === impl FeedSender ===

impl FeedSender {
    /// Adds an event; merges it with what waits. `false` when nobody reads any more.
    pub fn send(&self, event: SwitchEvent) -> bool {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return false;
        }
        merge(&mut waiting.events, event);
        drop(waiting);
        self.0.changed.notify_one();
        true
    }
}

impl Drop for FeedSender {
    fn drop(&mut self) {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.0.changed.notify_one();
    }
}

// === impl Feed ===

impl Feed {
    /// The next event; `None` when the switch has closed the feed and all was read. Safe to drop while it waits.
    pub async fn next(&mut self) -> Option<SwitchEvent> {
        loop {
            {
                let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(event) = waiting.events.pop_front() {
                    return Some(event);
                }
                if waiting.closed {
                    return None;
                }
            }
            self.0.changed.notified().await;
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
    }
}

fn merge(events: &mut VecDeque<SwitchEvent>, event: SwitchEvent) {
    match &event {
        SwitchEvent::Snapshot { .. } => events.clear(),
        SwitchEvent::Status(_) => events.retain(|waiting| !matches!(waiting, SwitchEvent::Status(_))),
        SwitchEvent::Connection(_) => events.retain(|waiting| !matches!(waiting, SwitchEvent::Connection(_))),
        SwitchEvent::Interaction(new) => {
            let earlier = events.iter_mut().rev().find(|waiting| matches!(waiting, SwitchEvent::Interaction(old) if old.id == new.id));
            if let Some(SwitchEvent::Interaction(old)) = earlier
                && !old.has_ended()
            {
                // In place: what happened to other interactions since then stays behind it.
                old.clone_from(new);
                return;
            }
        }
        SwitchEvent::LoggedOff => {}
    }
    events.push_back(event);
}
