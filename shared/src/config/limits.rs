//! `[limits]`: how much, how many, how long. What comes from outside is bounded before it is understood.

use super::duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Bounds: how much, how many, how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one request.
    #[schemars(range(min = 4096, max = 67_108_864))]
    pub body: usize,
    /// The header of a request must be there after this long.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub header_time: Duration,
    /// Its body must be there after this long.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub body_time: Duration,
    /// Connections at a time.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub connections: usize,
    /// Of these, connections from one address; more are closed after a second, unread.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub connections_per_address: usize,
    /// Requests a second from one address; more wait for their turn, a second at most, and are refused after that. 0: no bound.
    #[schemars(range(max = 1_000_000))]
    pub requests_per_second: u32,
    /// Agents who are logged on at a time.
    #[schemars(range(min = 1, max = 100_000))]
    pub sessions: usize,
    /// Commands that may wait for one agent; the next one is answered "busy".
    #[schemars(range(min = 1, max = 4096))]
    pub mailbox: usize,
    /// Interactions of one agent that SAP shows at a time. SAP itself shows six at most.
    #[schemars(range(min = 1, max = 6))]
    pub interactions: usize,
    /// Bytes of data attached to one interaction.
    #[schemars(range(min = 1024, max = 16_777_216))]
    pub attached_data: usize,
    /// The switch must have answered a request after this long; under 5s, because SAP waits no longer.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub switch_deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 4 * 1024 * 1024,
            header_time: Duration::from_secs(10),
            body_time: Duration::from_secs(20),
            connections: 8192,
            connections_per_address: 6144,
            requests_per_second: 5000,
            sessions: 5000,
            mailbox: 32,
            interactions: 6,
            attached_data: 1024 * 1024,
            switch_deadline: Duration::from_secs(4),
        }
    }
}
