//! A queue as its messages tell it (icws §2.3, §4.1, §4.6): what is in it with all its attributes, whoever made the messages and however often
//! they come. What an entry means is not decided here.

use super::{
    attributes::Attributes,
    wire::{
        Id,
        queues::{QueueContents, QueueInteraction},
    },
};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// While a conference is made its members leave the queue and come again (icws §4.6): for so long one that leaves is believed to come back.
const BETWEEN: Duration = Duration::from_millis(300);
/// Names the members of a conference.
pub(super) const MEMBERS: &str = "Eic_ConferenceMembers";

/// The contents of one subscription.
#[derive(Debug, Default)]
pub(super) struct Queue {
    entries: BTreeMap<Id, Entry>,
    /// What changed of entries that have not been heard of yet.
    early: BTreeMap<Id, Attributes>,
    /// A conference is being made, until then.
    joining: Option<Instant>,
    complete: bool,
}

/// One interaction in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// All that was told of it.
    pub(super) attributes: Attributes,
    /// The conference that it is a member of.
    pub(super) parent: Option<Id>,
    /// It has left, and may come back until then.
    leaving: Option<Instant>,
}

// === impl Queue ===

impl Queue {
    /// Takes over a message. `false`: it does not fit what was told before, so that something was missed or came in the wrong order; the whole
    /// contents should be asked for.
    pub(super) fn apply(&mut self, message: QueueContents, now: Instant) -> bool {
        if !message.is_delta {
            self.entries = message.interactions_added.into_iter().map(|added| (added.interaction_id.clone(), added.into())).collect();
            self.early.clear();
            self.complete = true;
            return true;
        }
        if !self.complete {
            // The whole contents are still on their way, and have all this in them.
            return true;
        }
        let mut fits = true;
        let told = message.interactions_added.iter().chain(&message.interactions_changed);
        if told.into_iter().any(|told| told.conference_parent_id.is_some() || told.attributes.text(MEMBERS).is_some()) {
            self.joining(now);
        }
        for id in message.interactions_removed {
            fits &= self.remove(&id, now);
        }
        for added in message.interactions_added {
            fits &= self.add(added);
        }
        for changed in message.interactions_changed {
            if let Some(entry) = self.entries.get_mut(&changed.interaction_id) {
                entry.attributes.merge(changed.attributes);
            } else {
                fits = false;
                self.early.entry(changed.interaction_id).or_default().merge(changed.attributes);
            }
        }
        fits
    }

    /// What was set on an entry and accepted, before a message says so.
    pub(super) fn note(&mut self, id: &str, attributes: Attributes) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.attributes.merge(attributes);
        }
    }

    /// A conference is about to be made.
    pub(super) fn joining(&mut self, now: Instant) {
        self.joining = Some(now + BETWEEN);
    }

    /// Takes out what has left and did not come back; gives back when there is more to take out.
    pub(super) fn sweep(&mut self, now: Instant) -> Option<Instant> {
        self.entries.retain(|_, entry| entry.leaving.is_none_or(|at| at > now));
        self.entries.values().filter_map(|entry| entry.leaving).min()
    }

    /// Was all of it told once?
    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// What is in it.
    pub(super) fn entries(&self) -> &BTreeMap<Id, Entry> {
        &self.entries
    }

    /// One of them.
    pub(super) fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    fn add(&mut self, added: QueueInteraction) -> bool {
        let id = added.interaction_id.clone();
        let mut entry = Entry::from(added);
        if let Some(early) = self.early.remove(&id) {
            entry.attributes.merge(early);
        }
        let mut fits = true;
        if let Some(known) = self.entries.get(&id).filter(|known| known.leaving.is_none() && known.parent == entry.parent) {
            // Told of twice, it keeps what has changed since the first time; or its end is still to come, and this is a new beginning.
            fits = known.attributes == entry.attributes;
            entry.attributes.merge(known.attributes.clone());
        }
        self.entries.insert(id, entry);
        fits
    }

    fn remove(&mut self, id: &Id, now: Instant) -> bool {
        self.early.remove(id);
        let joining = self.joining.filter(|until| *until > now);
        let Some(entry) = self.entries.get_mut(id) else {
            // Never heard of it, or heard this before.
            return false;
        };
        if entry.leaving.is_some() {
            return true;
        }
        match joining {
            Some(until) => entry.leaving = Some(until),
            None => drop(self.entries.remove(id)),
        }
        true
    }
}

// === impl Entry ===

impl Entry {
    /// Has it left, perhaps to come back?
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }
}

impl From<QueueInteraction> for Entry {
    fn from(added: QueueInteraction) -> Self {
        let parent = added.conference_parent_id.filter(|parent| !parent.is_empty());
        Self { attributes: added.attributes, parent, leaving: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn message(is_delta: bool, rest: &Value) -> QueueContents {
        let mut message = json!({ "isDelta": is_delta, "subscriptionId": "own" });
        for (name, value) in rest.as_object().unwrap() {
            message[name] = value.clone();
        }
        serde_json::from_value(message).unwrap()
    }

    fn state(queue: &Queue, id: &str) -> String {
        queue.get(id).and_then(|entry| entry.attributes.get("Eic_State")).unwrap_or("gone").to_owned()
    }

    fn added(id: &str, state: &str) -> Value {
        json!({ "interactionsAdded": [{ "interactionId": id, "attributes": { "Eic_State": state } }] })
    }

    fn changed(id: &str, state: &str) -> Value {
        json!({ "interactionsChanged": [{ "interactionId": id, "attributes": { "Eic_State": state } }] })
    }

    fn removed(id: &str) -> Value {
        json!({ "interactionsRemoved": [id] })
    }

    fn empty() -> Queue {
        let mut queue = Queue::default();
        queue.apply(message(false, &json!({ "interactionsAdded": [] })), Instant::now());
        queue
    }

    #[tokio::test(start_paused = true)]
    async fn the_queue_of_the_reference_is_followed_from_message_to_message() {
        let messages = json!([
            { "isDelta": false, "subscriptionId": "arbitrarystring", "interactionsAdded": [] },
            { "isDelta": true, "subscriptionId": "arbitrarystring", "interactionsAdded": [{ "interactionId": "1001234567", "attributes": {
                "Eic_InteractionId": "1001234567", "Eic_RemoteName": "Smith", "Eic_RemoteAddress": "sip:5550123@10.0.0.9",
                "Eic_State": "A", "Eic_ObjectType": "Call" } }] },
            { "isDelta": true, "interactionsChanged": [{ "interactionId": "1001234567", "attributes": { "Eic_State": "C" } }] },
            { "isDelta": true, "interactionsRemoved": ["1001234567"] },
        ]);
        let mut queue = Queue::default();
        let mut seen = Vec::new();
        for message in messages.as_array().unwrap() {
            assert!(queue.apply(serde_json::from_value(message.clone()).unwrap(), Instant::now()));
            seen.push(state(&queue, "1001234567"));
        }
        assert_eq!(seen, ["gone", "A", "C", "gone"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_message_replaces_and_a_delta_before_it_counts_for_nothing() {
        let mut queue = Queue::default();
        assert!(queue.apply(message(true, &added("1", "A")), Instant::now()));
        assert!(!queue.is_complete() && queue.entries().is_empty());
        queue.apply(message(false, &added("2", "C")), Instant::now());
        queue.apply(message(false, &added("3", "C")), Instant::now());
        assert_eq!(queue.entries().keys().map(Id::as_str).collect::<Vec<_>>(), ["3"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_comes_twice_does_no_harm() {
        let mut queue = empty();
        for (rest, expected) in [(added("1", "A"), "A"), (changed("1", "C"), "C"), (removed("1"), "gone")] {
            for _ in 0..2 {
                queue.apply(message(true, &rest), Instant::now());
                assert_eq!(state(&queue, "1"), expected);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_told_again_keeps_what_has_changed_since_and_is_asked_for() {
        let mut queue = empty();
        let fits = [added("1", "A"), changed("1", "C"), added("1", "A")].map(|rest| queue.apply(message(true, &rest), Instant::now()));
        assert_eq!((fits, state(&queue, "1").as_str()), ([true, true, false], "C"));
    }

    #[tokio::test(start_paused = true)]
    async fn messages_in_the_wrong_order_are_noticed_and_the_later_state_wins() {
        let mut queue = empty();
        assert!(!queue.apply(message(true, &changed("1", "C")), Instant::now()), "of what was not heard of yet");
        queue.apply(message(true, &added("1", "A")), Instant::now());
        assert_eq!(state(&queue, "1"), "C");
        assert!(!queue.apply(message(true, &removed("2")), Instant::now()), "what has never come cannot go");
    }

    #[tokio::test(start_paused = true)]
    async fn within_a_message_what_leaves_and_comes_again_is_there() {
        let mut queue = empty();
        queue.apply(message(true, &added("1", "C")), Instant::now());
        let mut both = added("1", "A");
        both["interactionsRemoved"] = json!(["1"]);
        queue.apply(message(true, &both), Instant::now());
        assert_eq!(state(&queue, "1"), "A");
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_that_leaves_while_a_conference_is_made_is_believed_to_come_back() {
        let mut queue = empty();
        queue.apply(message(true, &added("1", "C")), Instant::now());
        let parent = json!({ "interactionsAdded": [{ "interactionId": "9", "attributes": { MEMBERS: "1|2", "Eic_State": "C" } }] });
        queue.apply(message(true, &parent), Instant::now());
        queue.apply(message(true, &removed("1")), Instant::now());
        assert_eq!((state(&queue, "1").as_str(), queue.sweep(Instant::now()).is_some()), ("C", true));
        let again =
            json!({ "interactionsAdded": [{ "interactionId": "1", "conferenceParentId": "9", "attributes": { "Eic_State": "C" } }] });
        queue.apply(message(true, &again), Instant::now());
        tokio::time::advance(BETWEEN).await;
        queue.sweep(Instant::now());
        assert_eq!(queue.get("1").and_then(|entry| entry.parent.clone()), Some("9".into()));
        queue.apply(message(true, &removed("1")), Instant::now());
        queue.sweep(Instant::now());
        assert_eq!(state(&queue, "1"), "gone", "the conference was made long ago");
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_that_does_not_come_back_is_gone_in_the_end() {
        let mut queue = empty();
        queue.apply(message(true, &added("1", "C")), Instant::now());
        queue.joining(Instant::now());
        queue.apply(message(true, &removed("1")), Instant::now());
        let until = queue.sweep(Instant::now()).unwrap();
        tokio::time::sleep_until(until).await;
        assert_eq!(queue.sweep(Instant::now()), None);
        assert_eq!(state(&queue, "1"), "gone");
    }
}
