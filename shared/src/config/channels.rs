//! `[channels]` and `[attributes]`: which interactions reach SAP, and where their numbers are looked up (guide, "Configure channel
//! selection", "Configure remote attributes", "Configure dialed attributes").

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ChatChannel {
    /// SAP is told of them.
    pub enabled: bool,
    /// Domain that makes an address out of a name without one: `customer.com` gives `anna@customer.com`.
    pub address_extension: String,
}

/// E-mails that SAP's Email Response Management System sends through the switch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ActionItemChannel {
    /// SAP is told of them.
    pub enabled: bool,
    /// What they are on the switch.
    pub interaction: ActionItemKind,
    /// Workgroup that gets what no route takes.
    #[schemars(example = &"Support")]
    pub workgroup: Option<String>,
    /// Routes to workgroups; the first that fits counts.
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
    /// Attribute that SAP sends, `SUBJECT`, `FROM_ADDRESS` or `TO_NAME` for example.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"TO_NAME")]
    pub attribute: String,
    /// The value it must have; capital and small letters are the same.
    #[schemars(example = &"support@example.com")]
    pub equals: String,
    /// Workgroup that gets the action item.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"Support")]
    pub workgroup: String,
}

impl Default for PhoneChannel {
    fn default() -> Self {
        Self { enabled: true }
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
