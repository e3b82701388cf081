//! The stream of switch events to one agent session: bounded, because events about the same thing merge, and never blocking its writer.
//!
//! Until it is read, a later event about the same interaction takes the place of the earlier one; the end of an interaction is a state like
//! any other, but an interaction that ended and came again under the same id keeps its end before the new beginning. A snapshot swallows
//! everything before it. So a reader that falls behind sees fewer, never wrong, states. One that has let thousands of interactions begin and
//! end unread has lost touch: the feed closes behind what waits, and he logs on again for a new snapshot.

use crate::domain::SwitchEvent;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;

/// Events that may wait, after merging.
const WAITING_AT_MOST: usize = 4_096;

/// Makes a feed.
pub fn feed() -> (FeedSender, Feed) {
    let ends = Arc::new(Shared::default());
    (FeedSender(Arc::clone(&ends)), Feed(ends))
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
    /// Adds an event; merges it with what waits. `false` when nobody reads any more, or far too slowly.
    pub fn send(&self, event: SwitchEvent) -> bool {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.closed {
            return false;
        }
        merge(&mut waiting.events, event);
        waiting.closed = waiting.events.len() > WAITING_AT_MOST;
        let open = !waiting.closed;
        drop(waiting);
        self.0.changed.notify_one();
        open
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
            let about = |waiting: &SwitchEvent| matches!(waiting, SwitchEvent::Interaction(old) if old.id == new.id);
            if let Some(at) = events.iter().rposition(about)
                && !has_ended(&events[at])
            {
                if new.has_ended() && events.iter().take(at).any(about) {
                    // Its earlier end waits as well: that it came and went once more in between is news to nobody.
                    events.remove(at);
                } else {
                    // In place: what happened to other interactions since then stays behind it.
                    events[at] = event;
                }
                return;
            }
        }
        SwitchEvent::LoggedOff => {}
    }
    events.push_back(event);
}

fn has_ended(event: &SwitchEvent) -> bool {
    matches!(event, SwitchEvent::Interaction(interaction) if interaction.has_ended())
}

#[cfg(test)]
mod tests {
    use super::{Feed, feed};
    use crate::domain::{AgentStatus, Connection, Direction, EndCause, Interaction, InteractionKind, InteractionState, SwitchEvent};
    use std::{collections::BTreeMap, time::Duration};
    use tokio::time::timeout;

    use InteractionState::{Alerting, Connected, Ended, Held};

    const GONE: InteractionState = Ended(EndCause::Rerouted);

    fn call(id: &str, state: InteractionState) -> SwitchEvent {
        SwitchEvent::Interaction(Interaction {
            id: id.into(),
            kind: InteractionKind::Call,
            state,
            direction: Direction::Inbound,
            queue: None,
            attributes: BTreeMap::new(),
            parties: Vec::new(),
            consultation_for: None,
            chat: None,
            attached_data: None,
            since: 0,
        })
    }

    fn status(name: &str) -> AgentStatus {
        AgentStatus { name: name.into(), text: name.into(), do_not_disturb: false, since: 0 }
    }

    fn snapshot() -> SwitchEvent {
        SwitchEvent::Snapshot { status: status("Available"), interactions: Vec::new() }
    }

    async fn rest(feed: &mut Feed) -> Vec<SwitchEvent> {
        let mut all = Vec::new();
        while let Ok(Some(event)) = timeout(Duration::from_millis(1), feed.next()).await {
            all.push(event);
        }
        all
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_event_about_the_same_call_takes_the_place_of_the_earlier() {
        let (sender, mut feed) = feed();
        for event in [call("1", Alerting), call("2", Alerting), call("1", Connected), call("1", Held)] {
            assert!(sender.send(event));
        }
        assert_eq!(rest(&mut feed).await, [call("1", Held), call("2", Alerting)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_ended_and_came_again_keeps_its_end_before_the_new_beginning() {
        let (sender, mut feed) = feed();
        for event in [call("1", Alerting), call("1", GONE), call("1", Alerting), call("1", Connected)] {
            sender.send(event);
        }
        assert_eq!(rest(&mut feed).await, [call("1", GONE), call("1", Connected)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_comes_and_goes_again_and_again_fills_no_feed() {
        let (sender, mut feed) = feed();
        for _ in 0..1_000 {
            sender.send(call("1", Alerting));
            sender.send(call("1", GONE));
        }
        assert_eq!(rest(&mut feed).await, [call("1", GONE)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_has_lost_touch_finds_the_feed_closed() {
        let (sender, mut feed) = feed();
        let sent = (0..10_000).take_while(|n| sender.send(call(&n.to_string(), GONE))).count();
        let mut read = 0;
        while feed.next().await.is_some() {
            read += 1;
        }
        assert_eq!((sent, read), (super::WAITING_AT_MOST, super::WAITING_AT_MOST + 1));
    }

    #[tokio::test(start_paused = true)]
    async fn statuses_and_connections_merge_and_come_last() {
        let (sender, mut feed) = feed();
        sender.send(SwitchEvent::Status(status("A")));
        sender.send(SwitchEvent::Connection(Connection::Down));
        sender.send(call("1", Alerting));
        sender.send(SwitchEvent::Connection(Connection::Up));
        sender.send(SwitchEvent::Status(status("B")));
        let expected = [call("1", Alerting), SwitchEvent::Connection(Connection::Up), SwitchEvent::Status(status("B"))];
        assert_eq!(rest(&mut feed).await, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_snapshot_swallows_what_came_before_it() {
        let (sender, mut feed) = feed();
        for event in [call("1", Alerting), snapshot(), call("2", Alerting)] {
            sender.send(event);
        }
        assert_eq!(rest(&mut feed).await, [snapshot(), call("2", Alerting)]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_is_read_after_the_writer_has_gone() {
        let (sender, mut feed) = feed();
        sender.send(call("1", Alerting));
        sender.send(SwitchEvent::LoggedOff);
        drop(sender);
        assert_eq!(feed.next().await, Some(call("1", Alerting)));
        assert_eq!(feed.next().await, Some(SwitchEvent::LoggedOff));
        assert_eq!(feed.next().await, None);
        assert_eq!(feed.next().await, None);
    }

    #[tokio::test]
    async fn the_writer_learns_that_nobody_reads() {
        let (sender, feed) = feed();
        drop(feed);
        assert!(!sender.send(snapshot()));
    }

    #[tokio::test]
    async fn a_reader_who_waits_is_woken_by_an_event_and_by_the_end() {
        let (sender, mut feed) = feed();
        let reader = tokio::spawn(async move { (feed.next().await, feed.next().await) });
        tokio::task::yield_now().await;
        sender.send(call("1", Alerting));
        tokio::task::yield_now().await;
        drop(sender);
        assert_eq!(reader.await.unwrap(), (Some(call("1", Alerting)), None));
    }
}
