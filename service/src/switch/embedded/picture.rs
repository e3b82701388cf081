//! A call as somebody outside sees it: for demo, simulators and tests that wait for something to happen.

use crate::domain::{InteractionId, InteractionState, Posting, QueueId, UserId};
use std::sync::Arc;

/// How a call stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallPicture {
    /// Which.
    pub call: InteractionId,
    /// How far it has come.
    pub stage: Stage,
    /// The workgroup it waits in.
    pub queue: Option<QueueId>,
    /// Agents who take part, and what the call is for each.
    pub agents: Vec<(UserId, InteractionState)>,
    /// What was written in a chat, oldest first.
    pub postings: Vec<Arc<Posting>>,
    /// An agent is writing to the customer.
    pub agent_types: bool,
    /// Numbers of the outside parties, the caller's first.
    pub outside: Vec<String>,
}

/// How far a call has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In a workgroup's queue.
    Waiting,
    /// Somewhere it rings, or it is being dialled.
    Ringing,
    /// Two at least can hear each other.
    Talking,
    /// An agent has put it on hold.
    OnHold,
    /// Over; it ended in this agent's voicemail.
    Voicemail(UserId),
    /// Over.
    Over,
}

// === impl CallPicture ===

impl CallPicture {
    /// Does this agent talk on it?
    pub fn talks(&self, user: &UserId) -> bool {
        self.agents.iter().any(|(each, state)| each == user && *state == InteractionState::Connected)
    }

    /// Will it never change again?
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Voicemail(_) | Stage::Over)
    }
}
