//! What the embedded switch has; `app` makes it from `[switch.embedded]`.

use crate::domain::{QueueId, UserId};
use std::{sync::Arc, time::Duration};

/// Users, statuses, workgroups and times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Agents.
    pub users: Vec<UserPlan>,
    /// Extra stations for free seating; each user has one of his own, named as his extension.
    pub stations: Vec<String>,
    /// Statuses.
    pub statuses: Vec<StatusPlan>,
    /// Workgroups.
    pub workgroups: Vec<WorkgroupPlan>,
    /// An offered interaction goes on after this long.
    pub offering: Duration,
    /// An outside number answers after this long; `None`: only [`super::Embedded::answer_outside`] does it.
    pub answer_after: Option<Duration>,
    /// Wrap-up after an ACD interaction: the agent gets no other for this long; zero for none.
    pub wrap_up: Duration,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPlan {
    /// His name, case-sensitive.
    pub user: UserId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// His extension; empty: he cannot be logged on.
    pub extension: String,
    /// E-mail address.
    pub email: String,
    /// Hidden from the directory: cannot be logged on (guide, "Agents cannot log on").
    pub excluded_from_directory: bool,
    /// His first status; `None`: the first of the plan.
    pub status: Option<Arc<str>>,
}

/// A status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusPlan {
    /// Its name.
    pub name: Arc<str>,
    /// ACD interactions are sent in it.
    pub acd: bool,
    /// Nothing rings in it (direct calls go to voicemail).
    pub do_not_disturb: bool,
    /// May an agent choose it?
    pub selectable: bool,
}

/// A workgroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkgroupPlan {
    /// Its name.
    pub queue: QueueId,
    /// Its number; empty for none.
    pub extension: String,
    /// Its members.
    pub members: Vec<UserId>,
}
