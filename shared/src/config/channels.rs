//! `[channels]` and `[attributes]`: which interactions reach SAP, and where their numbers are looked up (guide, "Configure channel
//! selection", "Configure remote attributes", "Configure dialed attributes").

use super::duration;
use crate::rules::routing;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where the numbers of caller and callee are looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Attributes {
    /// Attributes of the interaction that may hold the caller's number, searched in this order until one has a value.
    #[schemars(inner(length(min = 1, max = 128)))]
    pub remote: Vec<String>,
    /// Attributes that may hold the number that was dialled, searched in the same way.
    #[schemars(inner(length(min = 1, max = 128)))]
    pub dialed: Vec<String>,
}

/// The kinds of interaction that SAP is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Channels {
    /// Calls and callbacks.
    pub phone: PhoneChannel,
    /// Web chats.
    pub chat: ChatChannel,
    /// E-mails that SAP's Email Response Management System sends through the switch.
    pub action_item: ActionItemChannel,
}

/// Calls and callbacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PhoneChannel {
    /// SAP is told of them.
    pub enabled: bool,
}

/// Web chats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChatChannel {
    /// SAP is told of them.
    pub enabled: bool,
    /// Domain that makes an address out of a name without one: `customer.com` gives `anna@customer.com`.
    pub address_extension: String,
    /// A chat in which nobody has written for this long is ended, because its agent forgot to; `"0s"`: never.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub close_after: Duration,
}

/// E-mails that SAP's Email Response Management System sends through the switch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ActionItemChannel {
    /// SAP is told of them.
    pub enabled: bool,
    /// What they are on the switch, unless their route says otherwise.
    pub interaction: ActionItemKind,
    /// Workgroup that gets what no route takes.
    #[schemars(example = &"Support")]
    pub workgroup: Option<String>,
    /// Routes to workgroups; the first that fits counts. `jackfield route` tries them.
    pub routes: Vec<ActionItemRoute>,
}

/// What an action item is on the switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionItemKind {
    /// An e-mail: with screen recording, failover and every report.
    #[default]
    Email,
    /// A generic object.
    GenericObject,
}

/// A route of action items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionItemRoute {
    /// Attribute that SAP sends: `to`, `from` and `subject` mean what their names say, any other is written as SAP names it, `TO_NAME` or
    /// `ACTION_ITEM_ATTR_TO_NAME` for example.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"to")]
    pub attribute: String,
    /// How it is compared; capital and small letters are the same.
    #[serde(default)]
    pub compare: Compare,
    /// With what.
    #[schemars(length(min = 1, max = 1024))]
    #[schemars(example = &"support@example.com")]
    pub value: String,
    /// Workgroup that gets the action item.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"Support")]
    pub workgroup: String,
    /// What it is on the switch; `channels.action_item.interaction` where it is not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"generic_object")]
    pub interaction: Option<ActionItemKind>,
}

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The whole attribute is the value.
    #[default]
    Exact,
    /// The attribute begins with the value.
    Prefix,
    /// The value is somewhere in the attribute.
    Contains,
}

impl ActionItemChannel {
    /// The routes as the service and whoever tries them out obey them.
    pub fn routing(&self) -> routing::Table {
        let as_what = |kind| match kind {
            ActionItemKind::Email => routing::AsWhat::Email,
            ActionItemKind::GenericObject => routing::AsWhat::GenericObject,
        };
        let route = |route: &ActionItemRoute| routing::Route {
            attribute: route.attribute.clone(),
            compare: match route.compare {
                Compare::Exact => routing::Compare::Exact,
                Compare::Prefix => routing::Compare::Prefix,
                Compare::Contains => routing::Compare::Contains,
            },
            value: route.value.clone(),
            workgroup: route.workgroup.clone(),
            as_what: as_what(route.interaction.unwrap_or(self.interaction)),
        };
        let rest = self.workgroup.clone().map(|workgroup| (workgroup, as_what(self.interaction)));
        routing::Table { routes: self.routes.iter().map(route).collect(), rest }
    }
}

impl Default for PhoneChannel {
    fn default() -> Self {
        Self { enabled: true }
    }
}

impl Default for ChatChannel {
    fn default() -> Self {
        Self { enabled: false, address_extension: String::new(), close_after: Duration::from_hours(1) }
    }
}

impl Default for Attributes {
    fn default() -> Self {
        let names = |names: [&str; 3]| names.map(Into::into).into();
        Self {
            remote: names(["Eic_RemoteTnRaw", "Eic_RemoteTn", "Eic_RemoteAddress"]),
            dialed: names(["Eic_LocalTnRaw", "Eic_LocalTn", "Eic_LocalAddress"]),
        }
    }
}
