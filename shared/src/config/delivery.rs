//! `[delivery]`: how events are delivered to SAP.

use super::duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How events are delivered to SAP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// One attempt may take this long, from connecting to the answer.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub attempt: Duration,
    /// Pause after the first failure; it doubles each time, with some chance in it.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub pause: Duration,
    /// The longest pause.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub pause_max: Duration,
    /// After this long without success SAP counts as unreachable, and its ready agents go to `agents.lost_workmode`.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub unreachable_after: Duration,
    /// An event that could not be sent is dropped when it is older than this; the state of what is alive and the end of an item never are.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub expire: Duration,
    /// Events that may wait for one subscription.
    #[schemars(range(min = 16, max = 65_536))]
    pub lane_capacity: usize,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(5),
            pause: Duration::from_millis(250),
            pause_max: Duration::from_secs(10),
            unreachable_after: Duration::from_secs(15),
            expire: Duration::from_mins(10),
            lane_capacity: 256,
        }
    }
}
