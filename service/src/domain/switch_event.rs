//! What the switch says has happened, to one agent.

use super::Interaction;
use std::sync::Arc;

/// One thing the switch says. After log-on the first is always [`SwitchEvent::Snapshot`].
#[derive(Clone, Debug, PartialEq)]
pub enum SwitchEvent {
    /// Everything anew: what is not in it is gone.
    Snapshot {
        /// What the agent is doing.
        status: AgentStatus,
        /// All live interactions in his queue.
        interactions: Vec<Interaction>,
    },
    /// The whole new state of one interaction; an ended one is told of once and then gone.
    Interaction(Interaction),
    /// The agent's status changed.
    Status(AgentStatus),
    /// The connection to the switch changed.
    Connection(Connection),
    /// The switch logged the agent off.
    LoggedOff,
}

/// An agent's status on the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentStatus {
    /// The switch's own name of it (guide: "Message Name", not localised); the file's workmodes map it.
    pub name: Arc<str>,
    /// The text to show; the name where the switch has no other.
    pub text: Arc<str>,
    /// The switch does not send ACD interactions now.
    pub do_not_disturb: bool,
    /// Seconds since 1970 UTC.
    pub since: i64,
}

/// The connection to the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Connection {
    /// It works.
    Up,
    /// Lost: the agent sees "Server Down".
    Down,
    /// Being tried again: the agent sees "Attempt Reconnect".
    Reconnecting,
}
