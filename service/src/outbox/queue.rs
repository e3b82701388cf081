//! What waits in one lane: order, coalescing, bounds. Pure; time is given.
//!
//! What leaves is always a subsequence of what came in: a later snapshot removes the earlier one and stands at its own place, behind what
//! happened in between. So an end comes after every snapshot from before it, and nothing is told before what led to it: what was written in a
//! chat keeps the snapshot before it in its place.

use super::Delivery;
use crate::domain::{Event, ItemId, Subject, UserId};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Ends may outgrow the capacity by this factor before even they are dropped: bounded, but far behind snapshots.
const ENDS: usize = 4;

/// The events of one lane that are not on their way.
#[derive(Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    since: Instant,
    delivery: Delivery,
}

/// What a change of the queue cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Snapshots that a later one replaced.
    pub(super) coalesced: u64,
    /// Events that were lost: no room, or too old.
    pub(super) dropped: u64,
}

/// An event that was taken out to be sent; goes back with its age when that fails.
pub(super) struct Taken {
    /// Since when it has waited.
    pub(super) since: Instant,
    /// What to send.
    pub(super) delivery: Delivery,
}

impl Queue {
    /// Adds an event at the end.
    pub(super) fn push(&mut self, delivery: Delivery, capacity: usize, now: Instant) -> Cost {
        let before = self.waiting.len();
        let written = self.waiting.iter().rposition(|earlier| is_written_in(&earlier.delivery, &delivery));
        let mut at = 0..;
        self.waiting.retain(|earlier| {
            let leads_to_it = at.next() < written;
            leads_to_it || !replaces(&delivery, &earlier.delivery)
        });
        let coalesced = (before - self.waiting.len()) as u64;
        self.waiting.push_back(Waiting { since: now, delivery });
        Cost { coalesced, dropped: self.make_room(capacity.max(1)) }
    }

    /// Drops what may expire and has. The state of what is alive never does, nor does the end of an item: without it SAP would show the item
    /// for ever, nor what was written in a chat that goes on. But an old state that is followed by the item's end goes: what is over must not pop up on anybody's screen.
    pub(super) fn expire(&mut self, expire: Duration, now: Instant) -> Cost {
        if self.waiting.iter().all(|waiting| now.saturating_duration_since(waiting.since) <= expire) {
            return Cost::default();
        }
        let before = self.waiting.len();
        let mut over: Vec<(UserId, ItemId)> = Vec::new();
        // From the newest to the oldest, so that an end is known before the states that it follows.
        let mut kept: VecDeque<Waiting> = VecDeque::with_capacity(before);
        for waiting in std::mem::take(&mut self.waiting).into_iter().rev() {
            let Delivery { user, event, .. } = &waiting.delivery;
            let old = now.saturating_duration_since(waiting.since) > expire;
            let is_over = |item: &ItemId| over.iter().any(|(whose, ended)| whose == user && ended == item);
            let stays = match (&**event, event.ends(), event.subject()) {
                (_, Some(item), _) => {
                    over.push((user.clone(), item.clone()));
                    true
                }
                (Event::ChatPosted(posting), ..) => !old || !is_over(&posting.item),
                (_, None, Subject::Once) => !old,
                (_, None, Subject::Item(item)) => !old || !is_over(&item),
                (_, None, Subject::User | Subject::Figures) => true,
            };
            if stays {
                kept.push_front(waiting);
            }
        }
        self.waiting = kept;
        Cost { coalesced: 0, dropped: (before - self.waiting.len()) as u64 }
    }

    /// Takes the next event out.
    pub(super) fn take(&mut self) -> Option<Taken> {
        self.waiting.pop_front().map(|Waiting { since, delivery }| Taken { since, delivery })
    }

    /// Puts an event back that could not be sent: at the front, unless a later one has replaced it in the meantime.
    pub(super) fn put_back(&mut self, taken: Taken) -> Cost {
        let mut until_written = self.waiting.iter().take_while(|later| !is_written_in(&later.delivery, &taken.delivery));
        let replaced = until_written.any(|later| replaces(&later.delivery, &taken.delivery));
        if !replaced {
            self.waiting.push_front(Waiting { since: taken.since, delivery: taken.delivery });
        }
        Cost { coalesced: u64::from(replaced), dropped: 0 }
    }

    /// Drops everything; how much it was.
    pub(super) fn clear(&mut self) -> u64 {
        let dropped = self.waiting.len() as u64;
        self.waiting = VecDeque::new();
        dropped
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn make_room(&mut self, capacity: usize) -> u64 {
        let mut dropped = 0;
        while self.waiting.len() > capacity {
            let victim = self.waiting.iter().position(|waiting| is_snapshot(&waiting.delivery));
            match victim {
                Some(at) => self.waiting.remove(at),
                None if self.waiting.len() > capacity.saturating_mul(ENDS) => self.waiting.pop_front(),
                None => break,
            };
            dropped += 1;
        }
        dropped
    }
}

fn is_snapshot(delivery: &Delivery) -> bool {
    delivery.event.subject() != Subject::Once
}

/// Does `later` make `earlier` superfluous? About the same thing of the same agent, and for every subscription that waits for it. Nothing
/// makes a log-off superfluous: it tells SAP that what came before was of another session, whose items nobody ends any more.
fn replaces(later: &Delivery, earlier: &Delivery) -> bool {
    is_snapshot(later)
        && !is_log_off(earlier)
        && later.user == earlier.user
        && later.event.subject() == earlier.event.subject()
        && earlier.apps.iter().all(|app| later.apps.contains(app))
}

fn is_log_off(delivery: &Delivery) -> bool {
    matches!(&*delivery.event, Event::UserChanged(view) if view.is_logged_off())
}

/// Is `posting` something that was written in the chat that `snapshot` is about?
fn is_written_in(posting: &Delivery, snapshot: &Delivery) -> bool {
    match (&*posting.event, snapshot.event.subject()) {
        (Event::ChatPosted(posted), Subject::Item(item)) => posted.item == item && posting.user == snapshot.user,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::EndReason,
        outbox::samples::{self, call, chat, ended, log_off, posting, user},
    };
    use proptest::prelude::*;
    use std::sync::Arc;

    fn queue(deliveries: Vec<Delivery>, capacity: usize) -> (Queue, Cost) {
        let mut queue = Queue::default();
        let mut sum = Cost::default();
        for delivery in deliveries {
            let cost = queue.push(delivery, capacity, Instant::now());
            sum.coalesced += cost.coalesced;
            sum.dropped += cost.dropped;
        }
        (queue, sum)
    }

    fn rest(mut queue: Queue) -> Vec<i64> {
        std::iter::from_fn(|| queue.take()).map(|taken| samples::number(&taken.delivery)).collect()
    }

    #[test]
    fn a_later_snapshot_of_the_same_call_takes_its_own_place_not_the_earlier_one() {
        let (queue, cost) = queue(vec![call("A", 1), call("B", 2), call("A", 3)], 8);
        assert_eq!(cost, Cost { coalesced: 1, dropped: 0 });
        assert_eq!(rest(queue), [2, 3]);
    }

    #[test]
    fn an_end_stays_behind_its_earlier_snapshot_and_before_a_new_beginning() {
        let (queue, cost) = queue(vec![call("A", 1), ended("A", 2), call("A", 3), ended("A", 4)], 8);
        assert_eq!(cost.coalesced, 1);
        assert_eq!(rest(queue), [2, 3, 4]);
    }

    #[test]
    fn a_log_off_stays_between_what_was_told_before_and_a_new_session() {
        let (queue, cost) = queue(vec![user(1), call("A", 2), log_off(3), user(4), user(5), call("B", 6)], 8);
        assert_eq!(cost.coalesced, 2);
        assert_eq!(rest(queue), [2, 3, 5, 6]);
    }

    #[test]
    fn what_is_written_stays_behind_the_snapshot_that_led_to_it() {
        let all = || vec![chat("A", 1), chat("A", 2), posting("A", 3), chat("A", 4), posting("B", 5), chat("A", 6), posting("A", 7)];
        let (waiting, cost) = queue(all(), 16);
        assert_eq!(cost.coalesced, 2);
        assert_eq!(rest(waiting), [2, 3, 5, 6, 7]);
        let (mut waiting, _) = queue(all(), 16);
        let first = waiting.take().unwrap();
        waiting.push(chat("A", 8), 16, Instant::now());
        assert_eq!(waiting.put_back(first).coalesced, 0, "a posting waits between them");
        assert_eq!(rest(waiting), [2, 3, 5, 6, 7, 8]);
    }

    #[test]
    fn two_agents_who_share_a_url_and_a_call_keep_their_own_snapshots() {
        let mut other = call("A", 2);
        other.user = "SMITH".into();
        let (queue, cost) = queue(vec![call("A", 1), other], 8);
        assert_eq!(cost.coalesced, 0);
        assert_eq!(rest(queue), [1, 2]);
    }

    #[test]
    fn a_snapshot_for_fewer_subscriptions_does_not_replace_one_for_more() {
        let with = |mut delivery: Delivery, apps: &[&str]| {
            delivery.apps = apps.iter().map(|app| (*app).into()).collect();
            delivery
        };
        let (both_first, _) = queue(vec![with(call("A", 1), &["x", "y"]), with(call("A", 2), &["x"])], 8);
        assert_eq!(rest(both_first), [1, 2]);
        let (both_last, cost) = queue(vec![with(call("A", 1), &["x"]), with(call("A", 2), &["y"]), with(call("A", 3), &["x", "y"])], 8);
        assert_eq!(cost.coalesced, 2);
        assert_eq!(rest(both_last), [3]);
    }

    #[test]
    fn a_full_queue_drops_the_oldest_snapshot_and_keeps_ends() {
        let (queue, cost) = queue(vec![ended("A", 1), user(2), call("B", 3), ended("C", 4), ended("D", 5)], 3);
        assert_eq!(cost.dropped, 2);
        assert_eq!(rest(queue), [1, 4, 5]);
    }

    #[test]
    fn even_ends_are_bounded() {
        let (queue, cost) = queue((0..100).map(|number| ended("A", number)).collect(), 3);
        assert_eq!(queue.len(), 12);
        assert_eq!(cost.dropped, 88);
    }

    #[test]
    fn an_old_state_that_its_end_follows_expires_and_the_end_does_not() {
        let (start, hour) = (Instant::now(), Duration::from_hours(1));
        let mut queue = Queue::default();
        let farewell = Delivery { event: Arc::new(Event::SubscriptionEnded(EndReason::Shutdown)), ..user(0) };
        for delivery in [call("A", 1), call("B", 2), ended("A", 3), farewell] {
            queue.push(delivery, 8, start);
        }
        assert_eq!(queue.expire(hour, start + hour), Cost::default());
        assert_eq!(queue.expire(hour, start + hour + Duration::from_secs(1)), Cost { coalesced: 0, dropped: 2 });
        assert_eq!(rest(queue), [2, 3]);
    }

    #[test]
    fn a_call_that_came_again_after_its_end_is_alive() {
        let (start, hour) = (Instant::now(), Duration::from_hours(1));
        let mut queue = Queue::default();
        for delivery in [call("A", 1), ended("A", 2), call("A", 3)] {
            queue.push(delivery, 8, start);
        }
        queue.expire(hour, start + 2 * hour);
        assert_eq!(rest(queue), [2, 3]);
    }

    #[test]
    fn what_failed_goes_back_to_the_front_unless_a_later_one_has_replaced_it() {
        let (mut waiting, _) = queue(vec![call("A", 1), call("B", 2)], 8);
        let taken = waiting.take().unwrap();
        assert_eq!(waiting.put_back(taken), Cost::default());
        let taken = waiting.take().unwrap();
        waiting.push(call("A", 3), 8, Instant::now());
        assert_eq!(waiting.put_back(taken), Cost { coalesced: 1, dropped: 0 });
        assert_eq!(rest(waiting), [2, 3]);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push { agent: u8, item: u8, kind: u8, apps: u8 },
        Deliver,
        Fail,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..2_u8, 0..3_u8, 0..3_u8, 1..4_u8).prop_map(|(agent, item, kind, apps)| Step::Push { agent, item, kind, apps }),
            1 => Just(Step::Deliver),
            1 => Just(Step::Fail),
        ]
    }

    fn delivery(number: i64, agent: u8, item: u8, kind: u8, apps: u8) -> Delivery {
        let item = ["A", "B", "C"][usize::from(item)];
        let mut delivery = match kind {
            0 => user(number),
            1 => call(item, number),
            _ => ended(item, number),
        };
        delivery.user = ["JONES", "SMITH"][usize::from(agent)].into();
        delivery.apps = ["x", "y"].iter().enumerate().filter(|(bit, _)| apps & (1 << bit) != 0).map(|(_, app)| (*app).into()).collect();
        delivery
    }

    proptest! {
        #[test]
        fn what_is_delivered_is_in_order_and_every_subscription_sees_each_end_and_the_last_state(steps in prop::collection::vec(step(), 0..120)) {
            let now = Instant::now();
            let (mut queue, mut posted, mut delivered, mut coalesced) = (Queue::default(), Vec::new(), Vec::new(), 0);
            for step in steps {
                match step {
                    Step::Push { agent, item, kind, apps } => {
                        let delivery = delivery(i64::try_from(posted.len()).unwrap(), agent, item, kind, apps);
                        posted.push(delivery.clone());
                        let cost = queue.push(delivery, 1000, now);
                        prop_assert_eq!(cost.dropped, 0);
                        coalesced += cost.coalesced;
                    }
                    Step::Deliver => delivered.extend(queue.take().map(|taken| taken.delivery)),
                    Step::Fail => {
                        if let Some(taken) = queue.take() {
                            coalesced += queue.put_back(taken).coalesced;
                        }
                    }
                }
            }
            while let Some(taken) = queue.take() {
                delivered.push(taken.delivery);
            }
            let numbers: Vec<i64> = delivered.iter().map(samples::number).collect();
            prop_assert!(numbers.is_sorted_by(|a, b| a < b), "out of order: {:?}", numbers);
            prop_assert_eq!(delivered.len() as u64 + coalesced, posted.len() as u64);
            for (index, event) in posted.iter().enumerate() {
                for app in event.apps.iter() {
                    let seen = |wanted: &Delivery| delivered.iter().any(|sent| samples::number(sent) == samples::number(wanted) && sent.apps.contains(app));
                    let is_last = !posted[index + 1..].iter().any(|later| {
                        later.user == event.user && later.event.subject() == event.event.subject() && later.apps.contains(app)
                    });
                    prop_assert!(seen(event) || (is_snapshot(event) && !is_last), "lost: {:?} for {:?}", event, app);
                }
            }
        }

        #[test]
        fn the_queue_is_bounded_and_prefers_ends(kinds in prop::collection::vec((0..3_u8, 0..3_u8), 0..200), capacity in 0..6_usize) {
            let mut queue = Queue::default();
            let mut ends = 0_usize;
            for (number, (item, kind)) in kinds.into_iter().enumerate() {
                ends += usize::from(kind == 2);
                queue.push(delivery(i64::try_from(number).unwrap(), 0, item, kind, 3), capacity, Instant::now());
                prop_assert!(queue.len() <= capacity.max(1) * ENDS);
                let waiting = queue.waiting.iter().filter(|waiting| !is_snapshot(&waiting.delivery)).count();
                prop_assert_eq!(waiting, ends.min(capacity.max(1) * ENDS));
            }
        }
    }
}
