//! Action items: what SAP wants routed to an agent, how it travels with its interaction through the switch, and how SAP sees it there
//! (guide, "Action items"; ici-wire §2.10, §3.8, §3.9).
//!
//! SAP's data become attributes of the interaction and are read from there again: so they go with it to whoever gets it, and to another
//! run of this program.

use super::{
    ActionItemId, AppId, CallStatus, Capability, ContainerId, EventUrl, Interaction, InteractionKind, ItemId, NewInteraction, QueueId,
    Refusal, Rules, TextElement, UserId,
    item::{attribute, call_status},
};
use shared::rules::routing::{self, AsWhat};
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

/// SAP's request to route an action item.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionItem {
    /// SAP's own id of it.
    pub id: ActionItemId,
    /// What kind of business it is; empty where SAP does not say.
    pub scenario: TextElement,
    /// Names and values, as SAP sent them.
    pub attributes: Vec<(String, String)>,
    /// Agents whom SAP names with it; the workgroup decides all the same.
    pub users: Vec<UserId>,
}

/// Where SAP wants to hear of an action item beside the agent's own subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyTo {
    /// Its web service.
    pub url: EventUrl,
    /// How SAP processes the message.
    pub apps: Arc<[AppId]>,
    /// The address SAP asked from.
    pub peer: Option<IpAddr>,
}

/// An action item of one agent as SAP sees it: what `actionItemChanged` and `getAttributes` carry.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionItemView {
    /// SAP's handle of its way through the switch.
    pub item: ItemId,
    /// What SAP asked to be routed; for an object that the switch routes by itself it has that one's id.
    pub action: ActionItem,
    /// The folder it is in.
    pub container: ContainerId,
    /// Its state.
    pub status: CallStatus,
    /// What it is about.
    pub title: String,
    /// From whom it is.
    pub originator: String,
    /// Who has it: address and name.
    pub participants: Vec<TextElement>,
    /// The workgroup it came through.
    pub queue: Option<QueueId>,
    /// Byte for byte.
    pub attached_data: Option<Arc<str>>,
    /// What can be done with it now.
    pub capabilities: Vec<Capability>,
    /// When it came to this agent, seconds since 1970 UTC.
    pub since: i64,
}

/// Attributes of the interaction that carry SAP's data. Each of SAP's attributes is one of its own, with its place in front, so that the
/// switch's own handlers can read it.
const ID: &str = "Sap_ActionItemId";
const SCENARIO: &str = "Sap_ActionItemScenario";
const SCENARIO_TEXT: &str = "Sap_ActionItemScenarioText";
const USERS: &str = "Sap_ActionItemUsers";
const ATTRIBUTE: &str = "Sap_ActionItemAttr";

/// What an action item becomes on the switch, and in which workgroup.
///
/// # Errors
/// [`Refusal::NotAvailable`], [`Refusal::NoRoute`].
pub fn place(item: &ActionItem, rules: &Rules) -> Result<NewInteraction, Refusal> {
    if !rules.routes_action_items() {
        return Err(Refusal::NotAvailable("Routing of action items (`channels.action_item.enabled`)"));
    }
    let decision = rules.routing.decide(&item.attributes).ok_or_else(|| Refusal::NoRoute(item.id.clone()))?;
    let value = |name| routing::value(&item.attributes, name).unwrap_or_default().to_owned();
    Ok(NewInteraction {
        kind: match decision.as_what {
            AsWhat::Email => InteractionKind::Email,
            AsWhat::GenericObject => InteractionKind::GenericObject,
        },
        queue: decision.workgroup.into(),
        address: value("from"),
        name: value("FROM_NAME"),
        dialed: value("to"),
        attributes: item.to_attributes(),
        ..NewInteraction::default()
    })
}

// === impl ActionItem ===

impl ActionItem {
    fn to_attributes(&self) -> BTreeMap<String, String> {
        let users: Vec<_> = self.users.iter().map(UserId::as_str).collect();
        let own = [
            (ID, self.id.as_str().to_owned()),
            (SCENARIO, self.scenario.id.to_string()),
            (SCENARIO_TEXT, self.scenario.description.to_string()),
            (USERS, users.join(",")),
            ("Eic_Subject", routing::value(&self.attributes, "subject").unwrap_or_default().to_owned()),
        ];
        let own = own.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value));
        let sent = self.attributes.iter().enumerate().map(|(at, (name, value))| (format!("{ATTRIBUTE}_{at:03}_{name}"), value.clone()));
        own.chain(sent).collect()
    }

    /// What travels with an interaction; `None`: SAP did not ask for it.
    fn of(interaction: &Interaction) -> Option<Self> {
        let text = |name| attribute(interaction, name).unwrap_or_default();
        let id = attribute(interaction, ID).filter(|id| !id.is_empty())?;
        let sent = interaction.attributes.iter().filter_map(|(key, value)| {
            let (_, name) = key.strip_prefix(ATTRIBUTE)?.strip_prefix('_')?.split_once('_')?;
            Some((name.to_owned(), value.clone()))
        });
        Some(Self {
            id: id.into(),
            scenario: TextElement::new(text(SCENARIO), text(SCENARIO_TEXT)),
            attributes: sent.collect(),
            users: text(USERS).split(',').filter(|user| !user.is_empty()).map(UserId::from).collect(),
        })
    }
}

// === impl Interaction ===

impl Interaction {
    /// SAP's id of the action item that it is; `None`: SAP did not ask for it.
    pub fn action_item(&self) -> Option<ActionItemId> {
        attribute(self, ID).filter(|id| !id.is_empty()).map(ActionItemId::from)
    }
}

/// An action item as SAP sees it. `agent` is his address and name.
pub(super) fn action_item_view(
    item: &ItemId,
    found: &Interaction,
    capabilities: Vec<Capability>,
    folder: ContainerId,
    agent: TextElement,
) -> ActionItemView {
    let party = found.parties.first();
    let originator = party.map(|party| if party.address.is_empty() { &party.name } else { &party.address });
    let nobodys =
        || ActionItem { id: found.id.as_str().into(), scenario: TextElement::new("", ""), attributes: Vec::new(), users: Vec::new() };
    // The agent may hold it in the switch's own client; in SAP it stays accepted (guide, "Action items cannot be placed on hold").
    let status = match call_status(found) {
        CallStatus::Held => CallStatus::Connected,
        other => other,
    };
    ActionItemView {
        item: item.clone(),
        action: ActionItem::of(found).unwrap_or_else(nobodys),
        container: folder,
        status,
        title: found.subject().or(party.map(|party| party.name.as_str())).unwrap_or_default().to_owned(),
        originator: originator.cloned().unwrap_or_default(),
        participants: vec![agent],
        queue: found.queue.clone(),
        attached_data: found.attached_data.clone(),
        capabilities,
        since: found.since,
    }
}
