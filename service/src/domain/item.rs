//! One item of an agent: what SAP calls an interaction, before, while and after the switch knows it; and how SAP sees it.

use super::{
    AgentProfile, CallStatus, CallView, Capability, ContainerId, Direction, Interaction, InteractionId, InteractionState, ItemId,
    MessageView, Rules, TextElement, capability::is_conference,
};
use shared::rules::{attribute_order::first_valid, phone_number};
use std::sync::Arc;

/// An item.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// SAP's handle.
    pub id: ItemId,
    /// What stands behind it.
    pub content: Content,
    /// What SAP was last told it can do with it; `None`: SAP does not see the item (yet).
    pub(super) shown: Option<Vec<Capability>>,
    /// Changed since SAP was told.
    pub(super) touched: bool,
    /// The number of the last posting that SAP was told of.
    pub(super) told: u64,
}

/// What stands behind an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// SAP created it; nothing was dialled yet.
    New {
        /// Goes with the call when it is dialled.
        attached_data: Option<Arc<str>>,
    },
    /// The switch was asked for the call and has not answered.
    Placing {
        /// As above, for another try.
        attached_data: Option<Arc<str>>,
    },
    /// The switch knows it.
    Live(Box<Interaction>),
}

impl Item {
    /// The switch's view of it, if it is there.
    pub fn interaction(&self) -> Option<&Interaction> {
        match &self.content {
            Content::Live(interaction) => Some(interaction),
            Content::New { .. } | Content::Placing { .. } => None,
        }
    }

    /// Does SAP see it?
    pub fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// Its state in one word, for refusals.
    pub fn word(&self) -> &'static str {
        match &self.content {
            Content::New { .. } => "new",
            Content::Placing { .. } => "dialing",
            Content::Live(interaction) => interaction.state.word(),
        }
    }

    /// Attached data, wherever it is; empty where there is none.
    pub fn attached_data(&self) -> Arc<str> {
        let data = match &self.content {
            Content::New { attached_data } | Content::Placing { attached_data } => attached_data,
            Content::Live(interaction) => &interaction.attached_data,
        };
        data.clone().unwrap_or_default()
    }
}

/// A call as SAP sees it. `item_of` names the item of another interaction of the same agent.
pub(super) fn call_view(
    item: &ItemId,
    call: &Interaction,
    capabilities: Vec<Capability>,
    line: ContainerId,
    item_of: impl Fn(&InteractionId) -> Option<ItemId>,
    rules: &Rules,
) -> CallView {
    let outbound = call.direction == Direction::Outbound;
    CallView {
        item: item.clone(),
        container: line,
        status: call_status(call),
        direction: call.direction,
        remote_numbers: numbers(call, &rules.remote_attributes, true),
        dialed_numbers: numbers(call, &rules.dialed_attributes, outbound),
        participants: call.parties.iter().map(|party| TextElement::new(party.id.as_str(), party_text(party))).collect(),
        queue: call.queue.clone(),
        consultation_for: call.consultation_for.as_ref().and_then(item_of),
        attached_data: call.attached_data.clone(),
        capabilities,
        since: call.since,
    }
}

/// A message of the agent's inbox as SAP sees it.
pub(super) fn message_view(item: &ItemId, mail: &Interaction, folder: ContainerId) -> MessageView {
    MessageView {
        id: item.clone(),
        folder,
        originator: mail.parties.first().map(|party| party.address.clone()).unwrap_or_default(),
        subject: mail.subject().unwrap_or_default().to_owned(),
        read: mail.state != InteractionState::Alerting,
        answered: false,
        status: call_status(mail),
    }
}

/// What SAP calls the state.
pub(super) fn call_status(call: &Interaction) -> CallStatus {
    match call.state {
        InteractionState::Alerting => CallStatus::Alerting,
        InteractionState::Dialing => CallStatus::Dialing,
        InteractionState::Connected if is_conference(call) => CallStatus::Conferenced,
        InteractionState::Connected => CallStatus::Connected,
        InteractionState::Held => CallStatus::Held,
        InteractionState::Listening => CallStatus::Listening,
        InteractionState::Ended(_) => CallStatus::Ended,
    }
}

/// The first attribute of `order` with a valid value, as SAP wants numbers; else the other party's address when that stands for it.
fn numbers(call: &Interaction, order: &[String], or_party: bool) -> Vec<String> {
    let found = first_valid(order, |name| attribute(call, name)).map(|(_, value)| value);
    let party = || call.parties.first().map(|party| party.address.as_str()).filter(|_| or_party);
    found.or_else(party).map(phone_number::to_sap).filter(|number| !number.is_empty()).into_iter().collect()
}

/// The first attribute of `order` whose value is of the right form.
pub(super) fn first_attribute<'a>(call: &'a Interaction, order: &'a [String], is_right: impl Fn(&str) -> bool) -> Option<&'a str> {
    first_valid(order, |name| attribute(call, name).filter(|value| is_right(value))).map(|(_, value)| value)
}

/// An attribute by name, without regard to case, as the switch does.
pub(super) fn attribute<'a>(call: &'a Interaction, name: &str) -> Option<&'a str> {
    let exact = call.attributes.get(name);
    let any_case = || call.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    exact.or_else(any_case).map(String::as_str)
}

/// What SAP shows of a party: his number, else his name.
fn party_text(party: &super::Party) -> String {
    let number = phone_number::to_sap(&party.address);
    if number.is_empty() { party.name.clone() } else { number }
}

/// Is `text` this party: his id, his address or number however it is written, or his name?
pub(super) fn names_party(text: &str, party: &super::Party) -> bool {
    text == party.id.as_str() || (!party.name.is_empty() && text == party.name) || same_number(text, &party.address)
}

/// Does `text` name `profile`'s agent: his user name, his name, or his extension however it is written?
pub(super) fn names_agent(text: &str, profile: &AgentProfile) -> bool {
    let full = format!("{} {}", profile.first_name, profile.last_name);
    text == profile.user.as_str() || (full.len() > 1 && text == full.trim()) || same_number(text, &profile.extension)
}

fn same_number(text: &str, address: &str) -> bool {
    let (asked, known) = (phone_number::to_sap(text), phone_number::to_sap(address));
    // Whatever begins with a letter becomes `+0`: equal only as it was written.
    !address.is_empty() && (text == address || (asked == known && asked != "+0" && !asked.is_empty()))
}
