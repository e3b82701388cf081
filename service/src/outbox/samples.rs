//! Events for the tests, numbered so that they can be told apart.

use super::Delivery;
use crate::domain::{AgentView, CallStatus, CallView, ChatView, Content, Direction, Event, PostingView, TextElement};
use crate::store::{Item, Record};
use std::sync::Arc;

/// A snapshot of a call.
pub(super) fn call(item: &str, number: i64) -> Delivery {
    delivery(phone_call(item, number, CallStatus::Connected))
}

/// The end of a call.
pub(super) fn ended(item: &str, number: i64) -> Delivery {
    delivery(phone_call(item, number, CallStatus::Ended))
}

/// A snapshot of the agent.
pub(super) fn user(number: i64) -> Delivery {
    in_workmode("2", number)
}

/// The agent has logged off.
pub(super) fn log_off(number: i64) -> Delivery {
    in_workmode("1", number)
}

fn in_workmode(id: &str, number: i64) -> Delivery {
    delivery(Event::UserChanged(Arc::new(AgentView {
        user: "JONES".into(),
        first_name: String::new(),
        last_name: number.to_string(),
        workmodes: Vec::new(),
        current_workmode: TextElement { id: id.into(), description: "a workmode".into() },
        channels: Vec::new(),
        current_channels: Vec::new(),
        queues: Vec::new(),
        current_queues: Vec::new(),
        addresses: Vec::new(),
        containers: Vec::new(),
    })))
}

/// A chat.
pub(super) fn chat(item: &str, number: i64) -> Delivery {
    delivery(Event::ChatChanged(Box::new(ChatView {
        item: item.into(),
        container: "Inbox".into(),
        status: CallStatus::Connected,
        title: String::new(),
        customer: String::new(),
        participants: Vec::new(),
        typing: Vec::new(),
        queue: None,
        attached_data: None,
        capabilities: Vec::new(),
        since: number,
    })))
}

/// Something written in a chat.
pub(super) fn posting(item: &str, number: i64) -> Delivery {
    delivery(Event::ChatPosted(Box::new(PostingView {
        item: item.into(),
        number: number.unsigned_abs(),
        participant: String::new(),
        text: "text".into(),
        is_system: false,
        at: number,
    })))
}

/// The number an event was made with.
pub(super) fn number(delivery: &Delivery) -> i64 {
    match &*delivery.event {
        Event::UserChanged(agent) => agent.last_name.parse().expect("made by `user`"),
        Event::PhoneCallChanged(call) => call.since,
        Event::ChatChanged(chat) => chat.since,
        Event::ChatPosted(posting) => posting.at,
        other => panic!("no sample: {other:?}"),
    }
}

fn delivery(event: Event) -> Delivery {
    Delivery {
        url: "http://127.0.0.1:1/".into(),
        user: "JONES".into(),
        language: None,
        apps: Arc::new(["app".into()]),
        peer: "127.0.0.1".parse().ok(),
        event: Arc::new(event),
        kept: crate::outbox::Kept::default(),
        pulse: Arc::default(),
    }
}

fn phone_call(item: &str, number: i64, status: CallStatus) -> Event {
    Event::PhoneCallChanged(Box::new(CallView {
        item: item.into(),
        container: "7001".into(),
        status,
        direction: Direction::Inbound,
        remote_numbers: Vec::new(),
        dialed_numbers: Vec::new(),
        participants: Vec::new(),
        queue: None,
        consultation_for: None,
        attached_data: None,
        capabilities: Vec::new(),
        since: number,
    }))
}

/// The record of an item that SAP has created: that it is there is all that counts.
pub(super) fn kept() -> Record {
    Record::Item(Box::new(Item { content: Content::New { attached_data: None }, shown: true }))
}
