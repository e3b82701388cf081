//! What goes on when a switch does not: another one takes it over, as the second server of a pair does.

use crate::domain::{InteractionId, QueueId, UserId};
use std::{collections::BTreeMap, sync::Arc};

/// What one switch leaves to another: how its agents stand, and calls in which people talk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Legacy {
    /// Agents with their statuses, and since when they have them (seconds since 1970 UTC).
    pub statuses: Vec<(UserId, Arc<str>, i64)>,
    /// Calls.
    pub calls: Vec<LeftCall>,
}

/// A phone call that goes on, under the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftCall {
    /// Which.
    pub call: InteractionId,
    /// The workgroup it was last sent to.
    pub assigned: Option<QueueId>,
    /// All who talk or are held.
    pub parties: Vec<LeftParty>,
    /// What was dialled.
    pub dialed: Arc<str>,
    /// The caller's own attributes.
    pub attributes: BTreeMap<String, String>,
    /// Attached data.
    pub attached_data: Option<Arc<str>>,
}

/// Somebody in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftParty {
    /// Extension or outside number.
    pub address: Arc<str>,
    /// Name.
    pub name: Arc<str>,
    /// How an agent is in it; `None`: somebody outside.
    pub leg: Option<LeftLeg>,
}

/// An agent's part in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftLeg {
    /// Who.
    pub user: UserId,
    /// He has put it on hold.
    pub held: bool,
    /// He has dialled it.
    pub outbound: bool,
    /// The workgroup that brought it to him.
    pub queue: Option<QueueId>,
    /// The call that he consults somebody for with this one.
    pub consultation_for: Option<InteractionId>,
    /// When it came to him, seconds since 1970 UTC.
    pub since: i64,
}
