//! Agents, calls and rules to test decisions with.

use super::*;
use shared::rules::routing::AsWhat;
use std::{collections::BTreeMap, sync::Arc};

/// The rules of an ordinary site.
pub(crate) fn rules() -> Rules {
    Rules {
        workmodes: Workmodes {
            logout_text: "<Logout>".into(),
            ready: "Available".into(),
            not_ready: "Do Not Disturb".into(),
            mapped: vec![Workmode { id: WorkmodeId(4), status: "ACD - Rejected".into(), selectable: false }],
            view_non_selectable: false,
        },
        reject_workmode: Some(WorkmodeId(4)),
        non_acd_reject: AfterReject::Voicemail,
        remote_attributes: vec!["Eic_RemoteTn".to_owned(), "Eic_RemoteId".to_owned()],
        dialed_attributes: vec!["Eic_LocalTn".to_owned()],
        channels: vec![
            channel(PHONE, &[InteractionKind::Call, InteractionKind::Callback], ""),
            channel("chat", &[InteractionKind::Chat], "customer.com"),
            channel("action_item", &[InteractionKind::Email, InteractionKind::GenericObject], ""),
        ],
        routing: RoutingTable { routes: Vec::new(), rest: Some(("Sales".to_owned(), AsWhat::Email)) },
        own_postings: true,
        typing: true,
        interactions: 6,
        attached_data: 32,
        may_listen: vec!["BOSS".into()],
        drop_plus: false,
    }
}

fn channel(id: &str, kinds: &[InteractionKind], address_extension: &str) -> ChannelRule {
    let address_extension = address_extension.to_owned();
    ChannelRule { id: id.into(), description: id.into(), kinds: kinds.to_vec(), address_extension }
}

/// An agent without calls.
pub(crate) fn agent(user: &str) -> Agent {
    Agent::new(AgentProfile {
        user: user.into(),
        first_name: "Anna".to_owned(),
        last_name: "Berg".to_owned(),
        extension: "1001".to_owned(),
        station: "1001".to_owned(),
        email: "anna@example.com".to_owned(),
        workgroups: vec![Workgroup { id: "Sales".into(), number: "8000".to_owned() }],
        texts: Arc::default(),
        kinds: vec![InteractionKind::Call],
    })
}

/// A status by name.
pub(crate) fn status(name: &str) -> AgentStatus {
    AgentStatus { name: name.into(), text: name.into(), do_not_disturb: name != "Available", since: 1 }
}

/// An inbound ACD call from one party.
pub(crate) fn call(id: &str, state: InteractionState) -> Interaction {
    Interaction {
        id: id.into(),
        kind: InteractionKind::Call,
        state,
        direction: Direction::Inbound,
        queue: Some("Sales".into()),
        attributes: BTreeMap::new(),
        parties: vec![party("p1", "sip:4930@example.com", "Carla")],
        consultation_for: None,
        chat: None,
        attached_data: None,
        since: 5,
    }
}

/// A chat in which the customer has written so many times.
pub(crate) fn chat(id: &str, state: InteractionState, postings: u64) -> Interaction {
    let author = Author::Customer { address: String::new(), name: "Carla".to_owned() };
    let posting = |number: u64| Posting { number, author: author.clone(), text: format!("line {number}").into(), at: 5 };
    let written = Chat { postings: (1..=postings).map(|number| Arc::new(posting(number))).collect(), typing: Vec::new() };
    let parties = vec![party("p1", "", "Carla")];
    Interaction { kind: InteractionKind::Chat, chat: Some(Arc::new(written)), parties, ..call(id, state) }
}

/// An action item of SAP on its way.
pub(crate) fn action_item(id: &str, state: InteractionState) -> Interaction {
    let sent = [("ACTION_ITEM_ATTR_SUBJECT", "Where is it?"), ("ACTION_ITEM_ATTR_FROM_ADDRESS", "max@customer.example")];
    let item = ActionItem {
        id: format!("GUID-{id}").as_str().into(),
        scenario: TextElement::new("ERMS", "E-mail"),
        attributes: sent.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        users: vec!["A".into()],
    };
    let placed = place_action_item(&item, &rules()).expect("the rules take it");
    let parties = vec![party("p1", &placed.address, "")];
    Interaction { kind: placed.kind, attributes: placed.attributes, parties, ..call(id, state) }
}

/// The agent's own call out.
pub(crate) fn outbound(id: &str, state: InteractionState) -> Interaction {
    Interaction { direction: Direction::Outbound, queue: None, ..call(id, state) }
}

/// A consultation for `customer`.
pub(crate) fn consultation(id: &str, state: InteractionState, customer: &str) -> Interaction {
    Interaction { consultation_for: Some(customer.into()), ..outbound(id, state) }
}

/// Another party.
pub(crate) fn party(id: &str, address: &str, name: &str) -> Party {
    Party { id: id.into(), address: address.to_owned(), name: name.to_owned() }
}

/// A call with two other parties.
pub(crate) fn conference(id: &str, state: InteractionState) -> Interaction {
    Interaction { parties: vec![party("p1", "sip:4930@example.com", "Carla"), party("p2", "1002", "Bob Stein")], ..call(id, state) }
}

/// Lets `agent` have these calls.
pub(crate) fn with(mut agent: Agent, calls: impl IntoIterator<Item = Interaction>) -> Agent {
    let interactions = calls.into_iter().collect();
    agent.apply(SwitchEvent::Snapshot { status: status("Available"), interactions }, &rules());
    agent
}

/// Attached data as interactions carry it.
#[expect(clippy::unnecessary_wraps, reason = "wrapped as the fields it is for")]
pub(crate) fn data(text: &str) -> Option<Arc<str>> {
    Some(text.into())
}
