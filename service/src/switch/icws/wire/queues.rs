//! Queues and what is in them (icws §4.1, §2.5).
#![expect(missing_docs, reason = "fields and variants are ICWS's own words; each type names its paragraph")]

use super::{Id, lenient, system::Fault, wire_enum};
use crate::switch::icws::attributes::Attributes;
use serde::{Deserialize, Serialize};

wire_enum! {
    /// Whose queue: `System` means "my interactions", the user's and his station's.
    QueueType { System = 0, User = 1, Workgroup = 2, Station = 3 }
}

wire_enum! {
    /// What became of the watch on a queue; `Faulted` is a refusal.
    SubscriptionState { None = 0, Normal = 1, Suspended = 2, Faulted = 3 }
}

wire_enum! {
    /// Whom an alert is for; `AcdUser` and `AcdStation` are offers of a workgroup.
    AlertType { None = 0, User = 1, Station = 2, Workgroup = 3, StationGroup = 4, AcdUser = 5, AcdStation = 6 }
}

wire_enum! {
    /// Does it begin or end?
    AlertAction { None = 0, Start = 1, Stop = 2 }
}

/// A queue (icws §4.1).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QueueId {
    pub queue_type: QueueType,
    pub queue_name: Id,
}

impl QueueId {
    pub fn new(queue_type: QueueType, queue_name: impl Into<Id>) -> Self {
        Self { queue_type, queue_name: queue_name.into() }
    }
}

/// An interaction in a queue, whole or what changed of it (icws §2.5).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct QueueInteraction {
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
    #[serde(default)]
    pub attributes: Attributes,
    /// The conference that it is a leg of.
    #[serde(default)]
    pub conference_parent_id: Option<Id>,
}

/// `queues:queueContentsMessage` (icws §2.5).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct QueueContents {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    pub subscription_id: Id,
    #[serde(deserialize_with = "lenient::list")]
    pub interactions_added: Vec<QueueInteraction>,
    #[serde(deserialize_with = "lenient::list")]
    pub interactions_changed: Vec<QueueInteraction>,
    #[serde(deserialize_with = "lenient::list")]
    pub interactions_removed: Vec<Id>,
    /// The server shows only a part of the queue.
    #[serde(deserialize_with = "lenient::flag")]
    pub queue_result_limit_exceeded: bool,
}

/// `queues:queueSubscriptionStateMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct QueueState {
    pub subscription_id: Id,
    pub state: SubscriptionState,
    pub error: Option<Fault>,
}

/// One of `interactions:interactionAlertingMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Alert {
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
    pub interaction_type: Id,
    pub name: Id,
    pub address: Id,
    pub alert_type: AlertType,
    pub alert_action: AlertAction,
    #[serde(deserialize_with = "lenient::flag")]
    pub auto_answer: bool,
    pub monitored_queue: Option<QueueId>,
    pub attributes: Attributes,
}

/// `interactions:interactionAlertingMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Alerting {
    #[serde(deserialize_with = "lenient::list")]
    pub alerting_interaction_details: Vec<Alert>,
}
