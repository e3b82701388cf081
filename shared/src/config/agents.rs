//! `[agents]`: how agents are logged on to the switch, and what they may do.

use super::duration;
use crate::secret::{SecretPattern, SecretRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How agents are logged on to the switch, and what they may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Agents {
    /// How Jackfield logs an agent on to the switch. Absent: `embedded` on the built-in switch, `stored_password` on a CIC server.
    pub log_in: LogIn,
    /// Where agents' passwords are, for `log_in = "stored_password"`.
    pub stored_password: StoredPassword,
    /// Where tokens come from, for `log_in = "sso_token"`.
    pub sso_token: SsoToken,
    /// Workmode of an agent whom SAP has lost: his last subscription is gone, or SAP cannot be reached.
    #[schemars(range(min = 1, max = 9999))]
    pub lost_workmode: u32,
    /// An agent is a ghost when SAP has said and taken nothing for so long while he has no call, or could not be reached for so long.
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
    /// With a password of his that is stored for Jackfield; everything works.
    StoredPassword,
    /// With a token of a single sign-on service; everything works.
    SsoToken,
    /// Through the session of the super user: statuses, attributes, hold, hang-up and transfer work; accepting, dialling, consulting and
    /// conferences do not.
    SuperUser,
}

/// Where agents' passwords are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StoredPassword {
    /// Where each agent's password is, with `{user}` for his name. `jackfield agents import-passwords` brings them there from a table.
    pub secrets: SecretPattern,
}

/// Where tokens come from: a program or a web service, asked for each agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SsoToken {
    /// A program that writes a token to its standard output, and its arguments, with `{user}` for the agent's name. No shell is in between.
    #[schemars(extend("items" = { "type": "string", "format": "command" }))]
    #[schemars(extend("examples" = [["/usr/local/bin/cic-token", "--user", "{user}"]]))]
    pub command: Vec<String>,
    /// A web service that answers GET with a token, as a text or as JSON with `token`, `access_token` or `singleSignOnToken`; `{user}` stands
    /// for the agent's name.
    #[schemars(extend("format" = "user-url"))]
    #[schemars(example = &"https://login.example.com/cic-token?user={user}")]
    pub url: Option<String>,
    /// Where the secret is that the web service wants; it is sent as `Authorization: Bearer …`.
    #[schemars(example = &"credential:cic-token")]
    pub authorization: Option<SecretRef>,
    /// Without a token after this long the agent is not logged on.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub deadline: Duration,
    /// A token is used again for so long; 0s asks for each log-on.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub keep: Duration,
}

/// Stands for all users in a list of them.
pub const EVERYBODY: &str = "*";

/// What agents may do beyond their own calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rights {
    /// Users who may listen to other agents' calls; each time leaves an audit entry. A file that changes switch or users starts without any.
    pub listen: Vec<String>,
    /// Users who may watch the figures of queues and agents, where the profile offers monitoring; `*` is everybody.
    pub monitor: Vec<String>,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            log_in: LogIn::default(),
            stored_password: StoredPassword::default(),
            sso_token: SsoToken::default(),
            lost_workmode: 3,
            ghost_after: Duration::from_mins(30),
            rights: Rights::default(),
        }
    }
}

impl Default for StoredPassword {
    fn default() -> Self {
        Self { secrets: SecretPattern::in_folder("/etc/jackfield/agents") }
    }
}

impl Default for SsoToken {
    fn default() -> Self {
        Self { command: Vec::new(), url: None, authorization: None, deadline: Duration::from_secs(3), keep: Duration::ZERO }
    }
}

impl Default for Rights {
    fn default() -> Self {
        Self { listen: vec!["SUPERVISOR".into()], monitor: vec![EVERYBODY.into()] }
    }
}
