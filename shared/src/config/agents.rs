//! `[agents]`: how agents are logged on to the switch, and what they may do.

use super::duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How agents are logged on to the switch, and what they may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// How Jackfield logs an agent on to the switch.
    pub log_in: LogIn,
    /// Workmode of an agent whom SAP has lost: his last subscription is gone, or SAP cannot be reached.
    #[schemars(range(min = 1, max = 9999))]
    pub lost_workmode: u32,
    /// An agent is listed as a ghost when SAP has said nothing for so long while he has no call, or could not be reached for so long.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub ghost_after: Duration,
    /// What agents may do beyond their own calls.
    pub rights: Rights,
}

/// How Jackfield logs an agent on to the switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogIn {
    /// The built-in switch takes the agent by name.
    #[default]
    Embedded,
    /// With a password of his that is stored for Jackfield.
    StoredPassword,
    /// With a token of a single sign-on service.
    SsoToken,
    /// Through the session of the super user.
    SuperUser,
}

/// What agents may do beyond their own calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rights {
    /// Users who may listen to other agents' calls; each time leaves an audit entry. A file that changes switch or users starts without any.
    pub listen: Vec<String>,
}

impl Default for Agents {
    fn default() -> Self {
        Self { log_in: LogIn::default(), lost_workmode: 3, ghost_after: Duration::from_mins(30), rights: Rights::default() }
    }
}

impl Default for Rights {
    fn default() -> Self {
        Self { listen: vec!["SUPERVISOR".into()] }
    }
}
