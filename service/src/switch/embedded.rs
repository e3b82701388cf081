//! The embedded switch: users, stations, statuses, workgroups and calls in memory, with real ACD routing.

mod plan;

pub use plan::{Plan, StatusPlan, UserPlan, WorkgroupPlan};

use super::{AgentLine, BoxFuture, Directory, Health, LogOn, Switch};
use crate::domain::{InteractionId, QueueId, Refusal, UserId};
use std::{collections::BTreeMap, sync::Arc};

/// The switch; cheap to clone. Beside the port it has a side for the world outside: callers ([`Embedded::call_in`] and the rest), which the
/// demo, the simulators and tests use.
#[derive(Clone)]
pub struct Embedded;

/// A caller from outside.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// His number, as the telephone network gives it (`sip:+49…@…`, `PrivateNumber`, …).
    pub number: String,
    /// His name; may be empty.
    pub name: String,
    /// The number he dialled.
    pub dialed: String,
    /// More attributes of the interaction.
    pub attributes: BTreeMap<String, String>,
    /// Attached data that the call flow has collected.
    pub attached_data: Option<Arc<str>>,
}

/// Whom a caller reaches.
#[derive(Clone, Debug)]
pub enum Reach {
    /// A workgroup, by ACD.
    Queue(QueueId),
    /// An agent's extension, directly.
    User(UserId),
}

impl Embedded {
    /// Starts the switch inside the current tokio runtime.
    pub fn start(_plan: Plan) -> Self {
        unimplemented!()
    }

    /// Changes users, statuses and workgroups while calls go on; who is gone from the plan is logged off when his last call ends.
    pub async fn replan(&self, _plan: Plan) {
        unimplemented!()
    }

    /// A call from outside.
    ///
    /// # Errors
    /// Unknown queue or user.
    pub async fn call_in(&self, _caller: Caller, _reach: Reach) -> Result<InteractionId, Refusal> {
        unimplemented!()
    }

    /// The outside party of a call hangs up.
    pub async fn hang_up(&self, _call: &InteractionId) {
        unimplemented!()
    }

    /// The outside party that an agent has dialled answers. Numbers answer by themselves after [`Plan::answer_after`] unless the plan says
    /// otherwise; then this does it.
    pub async fn answer_outside(&self, _call: &InteractionId) {
        unimplemented!()
    }

    /// Messages in an agent's voicemail, oldest first: the callers' numbers.
    pub async fn voicemail(&self, _user: &UserId) -> Vec<String> {
        unimplemented!()
    }
}

impl Switch for Embedded {
    fn log_on(&self, _who: LogOn) -> BoxFuture<Result<AgentLine, Refusal>> {
        unimplemented!()
    }

    fn directory(&self) -> BoxFuture<Result<Directory, Refusal>> {
        unimplemented!()
    }

    fn health(&self) -> Health {
        unimplemented!()
    }
}
