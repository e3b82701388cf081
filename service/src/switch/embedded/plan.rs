//! What the embedded switch has; `app` makes it from `[switch.embedded]`. Who writes one out starts from [`Plan::default`].

use crate::{
    domain::{QueueId, StatusTexts, UserId},
    switch::Configuration,
};
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
    /// What agents read for statuses in their languages.
    pub texts: Arc<StatusTexts>,
    /// Workgroups.
    pub workgroups: Vec<WorkgroupPlan>,
    /// An offered interaction goes on after this long.
    pub offering: Duration,
    /// An outside number answers after this long; `None`: only [`super::Embedded::answer_outside`] does it.
    pub answer_after: Option<Duration>,
    /// An outside number that does not answer is given up after this long.
    pub no_answer: Duration,
    /// Outside numbers that cannot be reached: a call to one fails when another would be answered.
    pub failing: Vec<String>,
    /// Outside numbers that ring and never answer by themselves.
    pub silent: Vec<String>,
    /// Wrap-up after an ACD interaction: the agent gets no other for this long, unless he sets his status; zero for none. Where the plan
    /// has [`StatusPlan::WRAP_UP`], an agent who was available has that status meanwhile.
    pub wrap_up: Duration,
    /// Workgroups offer to an agent while he has fewer calls than this (CIC: utilisation); three chats, e-mails or objects keep him as busy
    /// as a call. Direct calls do not ask.
    pub calls_per_agent: usize,
    /// Calls that fit on one station: a further direct call goes to voicemail, a further outbound one is refused.
    pub lines_per_agent: usize,
    /// Whoever answers a callback calls its customer with that; else [`super::Embedded::dial_back`] does it.
    pub dials_callbacks: bool,
    /// Calls on the switch at most.
    pub calls_at_most: usize,
    /// The same users and workgroups as administrators know them, with what routing does not need: skills, wrap-up codes, telephone numbers.
    pub configuration: Arc<Configuration>,
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

impl Default for Plan {
    /// Nobody and nothing, with times and limits that suit a trial.
    fn default() -> Self {
        Self {
            users: Vec::new(),
            stations: Vec::new(),
            statuses: Vec::new(),
            texts: Arc::default(),
            workgroups: Vec::new(),
            offering: Duration::from_secs(15),
            answer_after: Some(Duration::from_secs(2)),
            no_answer: Duration::from_mins(1),
            failing: Vec::new(),
            silent: Vec::new(),
            wrap_up: Duration::ZERO,
            calls_per_agent: 1,
            lines_per_agent: 16,
            dials_callbacks: true,
            calls_at_most: 20_000,
            configuration: Arc::default(),
        }
    }
}

impl StatusPlan {
    /// The status that CIC sets when an agent lets an ACD interaction ring in vain; the embedded switch does so too where the plan has it.
    pub const NOT_ANSWERING: &'static str = "ACD - Agent Not Answering";
    /// The same as the guide calls it ("View non-selectable statuses"), and the file that comes with the program.
    pub const NOT_ANSWERING_TOO: &'static str = "ACD not answering";
    /// The status that CIC sets for the work after an ACD interaction.
    pub const WRAP_UP: &'static str = "Follow Up";
}
