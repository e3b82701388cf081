//! Agents, calls and rules to test decisions with.

use super::*;
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
        channels: vec![ChannelRule {
            id: PHONE.into(),
            description: "Phone".into(),
            kinds: vec![InteractionKind::Call, InteractionKind::Callback],
            address_extension: String::new(),
        }],
        interactions: 6,
        attached_data: 32,
        may_listen: vec!["BOSS".into()],
        drop_plus: false,
    }
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
        workgroups: vec!["Sales".into()],
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
        attached_data: None,
        since: 5,
    }
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
