//! What happens to conversations at a CIC server, read from the queues of its workgroups (icws §2.5, §4.9) and from what a handler tells (icws §7).
//!
//! A queue tells that an interaction comes, is answered and ends. Of the voice menus and of the work after an interaction ICWS tells nothing
//! that is published, so that a handler on the server has to: by a custom notification of the object [`OBJECT`]. Pure but for the caller's clock.

use crate::{
    domain::{Direction, InteractionKind, Level, QueueId, Step, Turn, UserId},
    switch::icws::{
        Policy,
        attributes::Attributes,
        interaction,
        wire::{
            Id,
            queues::QueueContents,
            system::{Notification, NotificationHeader},
        },
    },
};
use std::{collections::HashMap, sync::Arc};

/// The object id of a handler's notifications; compared without case, as CIC does.
const OBJECT: &str = "Jackfield_Conversation";
/// Data: conversation, remote endpoint, path, number.
const LEVEL_ENTERED: &str = "IvrEnterLevel";
const LEVEL_LEFT: &str = "IvrExitLevel";
/// Data: conversation, remote endpoint, workgroup, agent, wrap-up code.
const WRAPPED_UP: &str = "WrapUp";
/// Begins the names of the subscriptions to workgroups' queues.
const SUBSCRIPTION: &str = "conversations-";
/// What is asked for of each interaction.
pub(super) const ATTRIBUTES: [&str; 10] = [
    "Eic_InteractionUuid",
    "Eic_RemoteEndpointImmutable",
    "Eic_RemoteAddress",
    "Eic_ObjectType",
    "Eic_CallDirection",
    "Eic_State",
    "Eic_UserName",
    "Eic_WorkgroupName",
    "Eic_AssignedWorkgroup",
    "Eic_ConferenceMembers",
];

/// Every interaction in a workgroup's queue, and what was told of it.
#[derive(Default)]
pub(super) struct Conversations {
    items: HashMap<Id, Item>,
    /// Subscriptions whose first contents have come since somebody listens: what was there before he did is not told.
    begun: Vec<Id>,
}

struct Item {
    subscription: Id,
    attributes: Attributes,
    queue: QueueId,
    /// Who has answered and has it still.
    agent: Option<UserId>,
    answered: bool,
    over: bool,
}

/// What comes of a message.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub(super) turns: Vec<Turn>,
    /// Interactions that have left a queue unanswered and without their end: if they are no more, this is what happened.
    pub(super) doubtful: Vec<(Id, Turn)>,
}

// === impl Conversations ===

impl Conversations {
    /// Somebody begins to listen.
    pub(super) fn begin(&mut self) {
        *self = Self::default();
    }

    /// Takes over what a queue says; `now` is in seconds since 1970.
    pub(super) fn hear(&mut self, message: &QueueContents, policy: &Policy, now: i64) -> Heard {
        let mut heard = Heard::default();
        let id = &message.subscription_id;
        // What is told at first was there before; after a loss, what is new in it came meanwhile.
        let quiet = !message.is_delta && !self.begun.contains(id);
        if quiet {
            self.begun.push(id.clone());
        }
        if !message.is_delta {
            let there = |item: &Id| message.interactions_added.iter().any(|added| added.interaction_id == *item);
            let gone = self.items.extract_if(|item, known| known.subscription == *id && !there(item));
            // Whom an agent had has ended meanwhile; of the others nobody can say how.
            heard.turns.extend(gone.filter_map(|(item, known)| Some(turn(&item, &known.attributes, policy, now, known.left()?))));
        }
        for removed in &message.interactions_removed {
            let Some(item) = self.items.remove(removed) else { continue };
            if let Some(step) = item.left() {
                heard.turns.push(turn(removed, &item.attributes, policy, now, step));
            } else if !item.answered && !item.over {
                let step = Step::Abandoned { queue: item.queue.clone() };
                heard.doubtful.push((removed.clone(), turn(removed, &item.attributes, policy, now, step)));
            }
        }
        for added in &message.interactions_added {
            let is_leg = added.conference_parent_id.as_ref().is_some_and(|parent| !parent.is_empty())
                || added.attributes.text("Eic_ConferenceMembers").is_some();
            if is_leg || interaction::direction(&added.attributes) == Direction::Outbound {
                continue;
            }
            let Some(queue) = queue(&added.attributes) else { continue };
            let mut item =
                Item { subscription: id.clone(), attributes: Attributes::default(), queue, agent: None, answered: false, over: false };
            match self.items.remove(&added.interaction_id) {
                Some(known) if known.queue == item.queue => item = known,
                _ if quiet => {}
                before => {
                    if let Some((known, step)) = before.and_then(|known| known.left().map(|step| (known, step))) {
                        heard.turns.push(turn(&added.interaction_id, &known.attributes, policy, now, step));
                    }
                    let step = Step::Enqueued { queue: item.queue.clone(), wanted: Vec::new() };
                    heard.turns.push(turn(&added.interaction_id, &added.attributes, policy, now, step));
                }
            }
            item.attributes.merge(added.attributes.clone());
            let step = item.judge();
            heard.turns.extend(step.filter(|_| !quiet).map(|step| turn(&added.interaction_id, &item.attributes, policy, now, step)));
            self.items.insert(added.interaction_id.clone(), item);
        }
        for changed in &message.interactions_changed {
            let Some(item) = self.items.get_mut(&changed.interaction_id) else { continue };
            item.attributes.merge(changed.attributes.clone());
            let step = item.judge();
            heard.turns.extend(step.map(|step| turn(&changed.interaction_id, &item.attributes, policy, now, step)));
        }
        heard
    }
}

// === impl Item ===

impl Item {
    /// The agent who has it has it no more.
    fn left(&self) -> Option<Step> {
        Some(Step::Left { queue: self.queue.clone(), agent: self.agent.clone()? })
    }

    /// What its state says that has not been told yet.
    fn judge(&mut self) -> Option<Step> {
        let agent = self.attributes.text("Eic_UserName").map(UserId::new);
        match self.attributes.get("Eic_State").map(str::trim).unwrap_or_default() {
            "C" | "H" if !self.answered => {
                let agent = agent?;
                self.answered = true;
                self.agent = Some(agent.clone());
                Some(Step::Connected { queue: self.queue.clone(), agent, wanted: Vec::new() })
            }
            "I" | "E" if !self.over => {
                self.over = true;
                let left = self.left();
                self.agent = None;
                left.or_else(|| (!self.answered).then(|| Step::Abandoned { queue: self.queue.clone() }))
            }
            // In a voicemail, or parked: it was neither answered nor given up.
            "M" | "P" | "X" => {
                self.over = true;
                let left = self.left();
                self.agent = None;
                left
            }
            _ => None,
        }
    }
}

/// The name of the subscription to some of the queues.
pub(super) fn subscription(number: usize) -> Id {
    format!("{SUBSCRIPTION}{number}").into()
}

/// Is the message about one of those subscriptions?
pub(super) fn is_meant(message: &QueueContents) -> bool {
    message.subscription_id.starts_with(SUBSCRIPTION)
}

/// Which notifications of handlers are wanted.
pub(super) fn notifications() -> NotificationHeader {
    let events = [LEVEL_ENTERED, LEVEL_LEFT, WRAPPED_UP];
    NotificationHeader { object_id: OBJECT.into(), event_ids: events.map(Id::from).to_vec() }
}

/// What a handler tells of a conversation; `None`: it tells of something else, or not enough.
pub(super) fn told(notification: &Notification, now: i64) -> Option<Turn> {
    if !notification.object_id.eq_ignore_ascii_case(OBJECT) {
        return None;
    }
    let data = |index: usize| notification.data.get(index).map(|data| data.trim()).unwrap_or_default();
    let level = || Some(Level { path: data(2).into(), code: data(3).parse().ok()? });
    let is = |event: &str| notification.event_id.eq_ignore_ascii_case(event);
    let step = if is(LEVEL_ENTERED) {
        Step::LevelEntered(level()?)
    } else if is(LEVEL_LEFT) {
        Step::LevelLeft(level()?)
    } else if is(WRAPPED_UP) {
        let [queue, agent] = [data(2), data(3)];
        Step::WrappedUp { queue: QueueId::new(queue), agent: agent.into(), code: data(4).into() }
    } else {
        return None;
    };
    let complete = match &step {
        Step::WrappedUp { queue, agent, .. } => !queue.as_str().is_empty() && !agent.as_str().is_empty(),
        _ => true,
    };
    let conversation: Arc<str> = data(0).into();
    (complete && !conversation.is_empty()).then(|| Turn {
        conversation,
        at: now,
        kind: InteractionKind::Call,
        remote: data(1).into(),
        step,
    })
}

fn turn(id: &Id, attributes: &Attributes, policy: &Policy, at: i64, step: Step) -> Turn {
    let first = |names: [&str; 2]| names.iter().find_map(|name| attributes.text(name)).unwrap_or_default();
    Turn {
        conversation: attributes.text("Eic_InteractionUuid").unwrap_or(id).into(),
        at,
        kind: interaction::kind(attributes, policy),
        remote: first(["Eic_RemoteEndpointImmutable", "Eic_RemoteAddress"]).into(),
        step,
    }
}

fn queue(attributes: &Attributes) -> Option<QueueId> {
    ["Eic_WorkgroupName", "Eic_AssignedWorkgroup"].iter().find_map(|name| attributes.text(name)).map(QueueId::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[derive(Default)]
    struct Site(Conversations);

    impl Site {
        fn hear(&mut self, is_delta: bool, rest: &Value) -> Heard {
            let mut message = json!({ "isDelta": is_delta, "subscriptionId": "conversations-0" });
            for (name, value) in rest.as_object().unwrap() {
                message[name] = value.clone();
            }
            self.0.hear(&serde_json::from_value(message).unwrap(), &Policy::default(), 100)
        }

        fn words(&mut self, is_delta: bool, rest: &Value) -> Vec<String> {
            self.hear(is_delta, rest).turns.iter().map(|turn| format!("{} {}", turn.conversation, word(&turn.step))).collect()
        }
    }

    fn word(step: &Step) -> &'static str {
        match step {
            Step::Enqueued { .. } => "enqueued",
            Step::Abandoned { .. } => "abandoned",
            Step::Connected { .. } => "connected",
            Step::Left { .. } => "gone",
            Step::WrappedUp { .. } => "wrapped up",
            Step::LevelEntered(_) => "entered",
            Step::LevelLeft(_) => "left",
        }
    }

    fn added(id: &str, state: &str, queue: &str) -> Value {
        let attributes = json!({ "Eic_State": state, "Eic_WorkgroupName": queue, "Eic_InteractionUuid": format!("u{id}"),
            "Eic_RemoteEndpointImmutable": "sip:+4930@example.com", "Eic_RemoteAddress": "other", "Eic_ObjectType": "Call" });
        json!({ "interactionsAdded": [{ "interactionId": id, "attributes": attributes }] })
    }

    fn changed(id: &str, state: &str, user: &str) -> Value {
        json!({ "interactionsChanged": [{ "interactionId": id, "attributes": { "Eic_State": state, "Eic_UserName": user } }] })
    }

    fn removed(id: &str) -> Value {
        json!({ "interactionsRemoved": [id] })
    }

    #[test]
    fn a_call_is_told_of_when_it_comes_is_answered_and_not_again() {
        let mut site = Site::default();
        assert!(site.words(false, &json!({ "interactionsAdded": [] })).is_empty());
        let heard = site.hear(true, &added("1", "O", "Sales"));
        let expected = Turn {
            conversation: "u1".into(),
            at: 100,
            kind: InteractionKind::Call,
            remote: "sip:+4930@example.com".into(),
            step: Step::Enqueued { queue: "Sales".into(), wanted: Vec::new() },
        };
        assert_eq!(heard.turns, [expected]);
        assert!(site.words(true, &changed("1", "A", "anna")).is_empty());
        let connected = site.hear(true, &changed("1", "C", "anna")).turns.remove(0).step;
        assert_eq!(connected, Step::Connected { queue: "Sales".into(), agent: "anna".into(), wanted: Vec::new() });
        for state in ["H", "C"] {
            assert!(site.words(true, &changed("1", state, "anna")).is_empty(), "{state}");
        }
        let gone = site.hear(true, &changed("1", "E", "")).turns.remove(0).step;
        assert_eq!(gone, Step::Left { queue: "Sales".into(), agent: "anna".into() });
        assert_eq!(site.hear(true, &removed("1")), Heard::default());
    }

    #[test]
    fn what_ends_unanswered_was_abandoned_and_what_leaves_without_an_end_is_doubtful() {
        let mut site = Site::default();
        site.words(false, &json!({ "interactionsAdded": [] }));
        site.words(true, &added("1", "O", "Sales"));
        assert_eq!(site.words(true, &changed("1", "E", "")), ["u1 abandoned"]);
        assert_eq!(site.hear(true, &removed("1")), Heard::default());
        site.words(true, &added("2", "O", "Sales"));
        let heard = site.hear(true, &removed("2"));
        assert!(heard.turns.is_empty());
        assert_eq!(heard.doubtful.iter().map(|(id, turn)| (id.as_str(), word(&turn.step))).collect::<Vec<_>>(), [("2", "abandoned")]);
    }

    #[test]
    fn what_was_there_before_is_not_told_and_what_came_during_a_loss_is() {
        let mut site = Site::default();
        assert!(site.words(false, &added("1", "O", "Sales")).is_empty());
        assert_eq!(site.words(true, &changed("1", "C", "anna")), ["u1 connected"]);
        let mut both = added("1", "C", "Sales");
        both["interactionsAdded"].as_array_mut().unwrap().extend(added("2", "O", "Sales")["interactionsAdded"].as_array().unwrap().clone());
        assert_eq!(site.words(false, &both), ["u2 enqueued"]);
    }

    #[test]
    fn a_call_that_goes_to_another_workgroup_is_enqueued_there() {
        let mut site = Site::default();
        site.words(false, &json!({ "interactionsAdded": [] }));
        site.words(true, &added("1", "O", "Sales"));
        assert_eq!(site.words(true, &added("1", "O", "Support")), ["u1 enqueued"]);
    }

    #[test]
    fn an_agent_is_told_to_have_left_when_his_call_goes_on_or_is_gone_and_once_only() {
        let mut site = Site::default();
        site.words(false, &json!({ "interactionsAdded": [] }));
        for id in ["1", "2", "3"] {
            site.words(true, &added(id, "O", "Sales"));
            assert_eq!(site.words(true, &changed(id, "C", "anna")), [format!("u{id} connected")]);
        }
        assert_eq!(site.words(true, &added("1", "O", "Support")), ["u1 gone", "u1 enqueued"], "sent on to another workgroup");
        assert_eq!(site.words(true, &removed("2")), ["u2 gone"], "out of the queue without its end");
        assert_eq!(site.words(false, &added("1", "O", "Support")), ["u3 gone"], "ended while nothing was heard");
        assert!(site.words(true, &removed("3")).is_empty());
    }

    #[test]
    fn a_handler_tells_of_menus_and_of_the_work_after() {
        let tell = |event: &str, data: &[&str]| {
            let data = data.iter().copied().map(Id::from).collect();
            told(&Notification { object_id: "JACKFIELD_conversation".into(), event_id: event.into(), data }, 7)
        };
        let entered = tell("ivrenterlevel", &["u1", "+4930", "Main/Billing", "12"]).unwrap();
        assert_eq!(entered.step, Step::LevelEntered(Level { path: "Main/Billing".into(), code: 12 }));
        assert_eq!((&*entered.conversation, &*entered.remote, entered.at), ("u1", "+4930", 7));
        assert!(matches!(tell("IvrExitLevel", &["u1", "", "Main", "0"]).unwrap().step, Step::LevelLeft(_)));
        let done = tell("WrapUp", &["u1", "+4930", "Sales", "anna", "Sold"]).unwrap();
        assert_eq!(done.step, Step::WrappedUp { queue: "Sales".into(), agent: "anna".into(), code: "Sold".into() });
        for (event, data) in
            [("IvrEnterLevel", vec!["u1", "", "Main", "many"]), ("WrapUp", vec!["u1"]), ("Other", vec!["u1"]), ("WrapUp", vec![])]
        {
            assert_eq!(tell(event, &data), None, "{event} {data:?}");
        }
    }
}
