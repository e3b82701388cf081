//! Action items that SAP has sent through the switch: what each is there, so that SAP can take it back, and where SAP wants to hear of it.

use crate::domain::{ActionItemId, InteractionId, ReplyTo};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// See the module. The oldest are forgotten when there are very many: such an item can still be accepted and ended, but not taken back.
#[derive(Default)]
pub(super) struct Routed(Mutex<Known>);

#[derive(Default)]
struct Known {
    by_id: HashMap<ActionItemId, Entry>,
    /// In the order in which they came; some of them are gone.
    order: VecDeque<ActionItemId>,
}

#[derive(Default)]
struct Entry {
    /// What the switch calls it; `None` until it has answered.
    interaction: Option<InteractionId>,
    reply_to: Option<ReplyTo>,
    is_accepted: bool,
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
    /// The switch will be asked for it. Before that, because what happens to it may be told before the switch has answered.
    pub(super) fn begin(&self, id: &ActionItemId, reply_to: Option<ReplyTo>) {
        let mut known = self.lock();
        if known.by_id.insert(id.clone(), Entry { reply_to, ..Entry::default() }).is_none() {
            known.order.push_back(id.clone());
        }
        while known.by_id.len() > MOST || known.order.len() > 2 * MOST {
            let Some(oldest) = known.order.pop_front() else { break };
            known.by_id.remove(&oldest);
        }
    }

    /// The switch has it. `false`: SAP has taken it back meanwhile.
    pub(super) fn placed(&self, id: &ActionItemId, interaction: InteractionId) -> bool {
        let mut known = self.lock();
        let entry = known.by_id.get_mut(id);
        entry.map(|entry| entry.interaction = Some(interaction)).is_some()
    }

    pub(super) fn find(&self, id: &ActionItemId) -> Whereabouts {
        match self.lock().by_id.get(id) {
            None => Whereabouts::Unknown,
            Some(Entry { interaction, is_accepted: false, .. }) => Whereabouts::Waiting(interaction.clone()),
            Some(Entry { interaction, is_accepted: true, .. }) => Whereabouts::Accepted(interaction.clone()),
        }
    }

    /// An agent has accepted it, or it waits again.
    pub(super) fn set_accepted(&self, id: &ActionItemId, is_accepted: bool) {
        if let Some(entry) = self.lock().by_id.get_mut(id) {
            entry.is_accepted = is_accepted;
        }
    }

    pub(super) fn reply_to(&self, id: &ActionItemId) -> Option<ReplyTo> {
        self.lock().by_id.get(id)?.reply_to.clone()
    }

    pub(super) fn remove(&self, id: &ActionItemId) {
        let mut known = self.lock();
        known.by_id.remove(id);
        // What is gone is swept from the front, where almost all of it is: items are worked off about as they come.
        while let Some(first) = known.order.pop_front() {
            if known.by_id.contains_key(&first) {
                known.order.push_front(first);
                break;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_known_from_the_request_to_its_end() {
        let routed = Routed::default();
        let id = "GUID".into();
        assert_eq!(routed.find(&id), Whereabouts::Unknown);
        routed.begin(&id, None);
        assert!(routed.placed(&id, "7".into()));
        assert_eq!(routed.find(&id), Whereabouts::Waiting(Some("7".into())));
        routed.set_accepted(&id, true);
        assert_eq!(routed.find(&id), Whereabouts::Accepted(Some("7".into())));
        routed.remove(&id);
        assert_eq!(routed.find(&id), Whereabouts::Unknown);
        assert!(!routed.placed(&id, "8".into()), "taken back while the switch was asked");
    }

    #[test]
    fn only_so_many_are_remembered() {
        let routed = Routed::default();
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
}
