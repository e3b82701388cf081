//! Action items that SAP has sent through the switch: what each is there, so that SAP can take it back, and where SAP wants to hear of it.
//! The store has them, too: with a switch that lives on they are taken up again after a crash.

use crate::{
    domain::{ActionItemId, InteractionId, ReplyTo},
    store::{Key, Record, Routed as Entry, Store, When, Written},
};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// See the module. The oldest are forgotten when there are very many: such an item can still be accepted and ended, but not taken back.
pub(super) struct Routed {
    known: Mutex<Known>,
    /// One of them has ended.
    over: Notify,
    store: Store,
}

#[derive(Default)]
struct Known {
    by_id: HashMap<ActionItemId, Entry>,
    /// In the order in which they came; some of them are gone.
    order: VecDeque<ActionItemId>,
    /// SAP has taken them back, the switch has agreed, and their end is on its way.
    taken_back: HashSet<ActionItemId>,
}

/// What is known of an action item.
#[derive(Debug, PartialEq)]
pub(super) enum Whereabouts {
    /// Nothing: it has ended, or SAP never sent it.
    Unknown,
    /// The switch has it, and no agent has accepted it.
    Waiting(Option<InteractionId>),
    /// An agent has accepted it.
    Accepted(Option<InteractionId>),
}

/// Action items that are remembered.
const MOST: usize = 50_000;

// === impl Routed ===

impl Routed {
    /// With those that an earlier process has left in the store.
    pub(super) fn new(store: Store) -> Self {
        let by_id: HashMap<_, _> = store.routed().into_iter().collect();
        let order = by_id.keys().cloned().collect();
        Self { known: Mutex::new(Known { by_id, order, ..Known::default() }), over: Notify::new(), store }
    }

    /// Forgets those that the switch has no more, after it has ended with the process: all but these.
    pub(super) fn keep_only(&self, there: &HashSet<InteractionId>) {
        let mut known = self.lock();
        let is_gone = |entry: &Entry| entry.interaction.as_ref().is_none_or(|interaction| !there.contains(interaction));
        let gone: Vec<_> = known.by_id.iter().filter(|(_, entry)| is_gone(entry)).map(|(id, _)| id.clone()).collect();
        for id in gone {
            known.by_id.remove(&id);
            self.put(&id, None, When::Soon);
        }
    }

    /// The switch will be asked for it. Before that, because what happens to it may be told before the switch has answered.
    pub(super) fn begin(&self, id: &ActionItemId, reply_to: Option<ReplyTo>) -> Written {
        let mut known = self.lock();
        let entry = Entry { reply_to, ..Entry::default() };
        let written = self.put(id, Some(entry.clone()), When::Now);
        if known.by_id.insert(id.clone(), entry).is_none() {
            known.order.push_back(id.clone());
        }
        while known.by_id.len() > MOST || known.order.len() > 2 * MOST {
            let Some(oldest) = known.order.pop_front() else { break };
            if known.by_id.remove(&oldest).is_some() {
                self.put(&oldest, None, When::Soon);
            }
        }
        written
    }

    /// The switch has it. `None`: SAP has taken it back meanwhile.
    pub(super) fn placed(&self, id: &ActionItemId, interaction: InteractionId) -> Option<Written> {
        let mut known = self.lock();
        let entry = known.by_id.get_mut(id)?;
        entry.interaction = Some(interaction);
        Some(self.put(id, Some(entry.clone()), When::Now))
    }

    pub(super) fn find(&self, id: &ActionItemId) -> Whereabouts {
        match self.lock().by_id.get(id) {
            None => Whereabouts::Unknown,
            Some(Entry { interaction, is_accepted: false, .. }) => Whereabouts::Waiting(interaction.clone()),
            Some(Entry { interaction, is_accepted: true, .. }) => Whereabouts::Accepted(interaction.clone()),
        }
    }

    /// SAP has taken it back from the agent who has it, and the switch has agreed.
    pub(super) fn take_back(&self, id: &ActionItemId) {
        let mut known = self.lock();
        if known.by_id.contains_key(id) {
            known.taken_back.insert(id.clone());
        }
    }

    /// Waits for the end of what SAP has taken back: what it sends again is another one on the switch, and must not be taken for that.
    pub(super) async fn until_over(&self, id: &ActionItemId) {
        loop {
            let over = self.over.notified();
            if !self.lock().taken_back.contains(id) {
                return;
            }
            over.await;
        }
    }

    /// An agent has accepted it, or it waits again.
    pub(super) fn set_accepted(&self, id: &ActionItemId, is_accepted: bool) {
        let mut known = self.lock();
        if let Some(entry) = known.by_id.get_mut(id) {
            entry.is_accepted = is_accepted;
            self.put(id, Some(entry.clone()), When::Soon);
        }
    }

    pub(super) fn reply_to(&self, id: &ActionItemId) -> Option<ReplyTo> {
        self.lock().by_id.get(id)?.reply_to.clone()
    }

    /// It is over, and nobody has to be told.
    pub(super) fn remove(&self, id: &ActionItemId) {
        self.ended(id);
        self.put(id, None, When::Soon);
    }

    /// It is over. The store forgets it when everybody has been told: with the receipt of its end.
    pub(super) fn ended(&self, id: &ActionItemId) {
        let mut known = self.lock();
        known.by_id.remove(id);
        if known.taken_back.remove(id) {
            self.over.notify_waiters();
        }
        // What is gone is swept from the front, where almost all of it is: items are worked off about as they come.
        while let Some(first) = known.order.pop_front() {
            if known.by_id.contains_key(&first) {
                known.order.push_front(first);
                break;
            }
        }
    }

    fn put(&self, id: &ActionItemId, entry: Option<Entry>, when: When) -> Written {
        self.store.put([(Key::Routed(id.clone()), entry.map(Record::Routed))], when)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_known_from_the_request_to_its_end() {
        let routed = Routed::new(Store::in_memory());
        let id = "GUID".into();
        assert_eq!(routed.find(&id), Whereabouts::Unknown);
        routed.begin(&id, None);
        assert!(routed.placed(&id, "7".into()).is_some());
        assert_eq!(routed.find(&id), Whereabouts::Waiting(Some("7".into())));
        routed.set_accepted(&id, true);
        assert_eq!(routed.find(&id), Whereabouts::Accepted(Some("7".into())));
        routed.remove(&id);
        assert_eq!(routed.find(&id), Whereabouts::Unknown);
        assert!(routed.placed(&id, "8".into()).is_none(), "taken back while the switch was asked");
    }

    #[tokio::test]
    async fn what_was_taken_back_can_be_sent_again_when_it_has_ended() {
        let routed = Routed::new(Store::in_memory());
        let id = "GUID".into();
        routed.begin(&id, None);
        routed.set_accepted(&id, true);
        routed.take_back(&id);
        let (mut waits, mut ends) = (Box::pin(routed.until_over(&id)), Box::pin(async { routed.ended(&id) }));
        tokio::select! {
            biased;
            () = &mut waits => panic!("it has not ended"),
            () = &mut ends => {}
        }
        waits.await;
        assert_eq!(routed.find(&id), Whereabouts::Unknown);
        routed.until_over(&id).await;
    }

    #[test]
    fn only_so_many_are_remembered() {
        let routed = Routed::new(Store::in_memory());
        for n in 0..MOST + 10 {
            routed.begin(&n.to_string().into(), None);
        }
        assert_eq!(routed.find(&"9".into()), Whereabouts::Unknown);
        assert_eq!(routed.find(&"10".into()), Whereabouts::Waiting(None));
        for n in 0..MOST + 10 {
            routed.remove(&n.to_string().into());
        }
        assert!(routed.lock().order.is_empty());
    }

    #[test]
    fn what_the_switch_still_has_is_known_again_after_a_crash() {
        let store = Store::in_memory();
        let before = Routed::new(store.clone());
        for (id, interaction) in [("A", "1"), ("B", "2")] {
            before.begin(&id.into(), None);
            before.placed(&id.into(), interaction.into());
        }
        before.set_accepted(&"B".into(), true);
        let after = Routed::new(store.clone());
        assert_eq!(after.find(&"A".into()), Whereabouts::Waiting(Some("1".into())));
        assert_eq!(after.find(&"B".into()), Whereabouts::Accepted(Some("2".into())));
        after.keep_only(&HashSet::from(["2".into()]));
        assert_eq!(after.find(&"A".into()), Whereabouts::Unknown);
        after.ended(&"B".into());
        assert_eq!(store.routed().len(), 1, "until everybody has heard of its end");
    }
}
