//! `[reject]`: what happens on the switch when an agent rejects an interaction of a workgroup. What becomes of other calls is
//! `flags.local_reject_to_voicemail`; the workmode is `ici.reject_workmode`.

use super::duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What happens when an agent rejects an interaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reject {
    /// Steps, tried in this order until the interaction has left the agent. Absent: "requeue" on the built-in switch; on a CIC server, which has
    /// no way of its own, the handler where one is named and then "transfer".
    pub steps: Vec<RejectStep>,
    /// The handler on the switch for the step `handler`.
    pub handler: Option<Handler>,
}

/// One way to give an interaction back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectStep {
    /// The switch's own way back to the workgroup, with a higher priority.
    Requeue,
    /// A notification to a handler on the switch, which takes the interaction back.
    Handler,
    /// A blind transfer to the workgroup's queue.
    Transfer,
}

/// A handler on the switch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handler {
    /// Object id of its custom notification.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"SapReject")]
    pub object_id: String,
    /// Event id of its custom notification.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"Reject")]
    pub event_id: String,
    /// The next step follows when the interaction has not left the agent after this long.
    #[serde(with = "duration", default = "patience")]
    #[schemars(with = "duration::Text")]
    pub wait: Duration,
}

impl Default for Reject {
    fn default() -> Self {
        Self { steps: vec![RejectStep::Requeue], handler: None }
    }
}

fn patience() -> Duration {
    Duration::from_secs(3)
}
