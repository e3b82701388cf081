//! Agent sessions: who is logged on, one thing at a time for each, and what SAP is told of it.
//!
//! One tokio task and one bounded mailbox for each agent. The task never awaits the switch: what it starts becomes a pending operation with
//! a deadline under 5 s, whose outcome comes back through the mailbox.

mod policy;

pub use policy::{Channel, Flags, MappedWorkmode, NonAcdReject, OlderSubscriptions, Policy, StandardWorkmodes};

use crate::{
    domain::{CallStatus, Refusal, Reply, Request, UserId},
    outbox::{Fate, Outbox},
    switch::Switch,
};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// The way to every agent session; cheap to clone.
#[derive(Clone)]
pub struct Agents;

/// One agent as `/status` shows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSummary {
    /// Who.
    pub user: UserId,
    /// SAP's workmode and its text.
    pub workmode: u32,
    /// The text of the workmode.
    pub workmode_text: String,
    /// Subscriptions SAP holds.
    pub subscriptions: usize,
    /// Calls: item id and state.
    pub calls: Vec<(String, CallStatus)>,
    /// Logged on since, seconds since 1970 UTC.
    pub since: i64,
}

impl Agents {
    /// Starts inside the current tokio runtime. `fates` tells what became of lanes; the policy may change at any time.
    pub fn start(_switch: Arc<dyn Switch>, _outbox: Outbox, _fates: mpsc::Receiver<Fate>, _policy: watch::Receiver<Arc<Policy>>) -> Self {
        unimplemented!()
    }

    /// Carries out one command. Answers when the switch has accepted or refused it, at most 5 s later.
    ///
    /// # Errors
    /// The refusal, in words for a person.
    pub async fn carry_out(&self, _request: Request) -> Result<Reply, Refusal> {
        unimplemented!()
    }

    /// All agents who are logged on, sorted by name.
    pub async fn summaries(&self) -> Vec<AgentSummary> {
        unimplemented!()
    }

    /// Ends every session at the switch and every subscription with `subscriptionEnded`: for `jackfield stop --log-off` only.
    pub async fn log_off_all(&self) {
        unimplemented!()
    }

    /// Another switch from now on (the file's `[switch]` changed): sessions log on there anew and show what is there.
    pub fn use_switch(&self, _switch: Arc<dyn Switch>) {
        unimplemented!()
    }
}
