//! What a simulated CIC server has: its name, its users and their password, the super user and his rights, and how it behaves where CIC leaves
//! that to the installation.

use crate::{
    domain::UserId,
    switch::embedded::{Plan, StatusPlan, UserPlan},
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A server.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name, as Interaction Administrator knows it.
    pub name: String,
    /// Hosts that a client may try when this one is lost, with their ports where they are not the usual ones.
    pub alternates: Vec<String>,
    /// Users, stations, statuses, workgroups and times; and what administrators have set up (`Plan::configuration`).
    pub plan: Plan,
    /// Who watches all others; he has no extension and takes no calls.
    pub super_user: String,
    /// What he may.
    pub rights: BTreeSet<Right>,
    /// Everybody's password; `None`: any that is not empty.
    pub password: Option<SecretString>,
    /// Single sign-on: whose token it is.
    pub tokens: BTreeMap<String, UserId>,
    /// A session that says nothing for so long is over.
    pub idle_limit: Duration,
    /// What has ended stays in its queue for so long.
    pub linger: Duration,
    /// Version of the feature `messaging`; 1 has no server-sent events.
    pub messaging: u32,
}

/// A right of the super user (SAP integration guide, "SAPSU"; reference of ICWS, §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Proxy Logins › View: to act for agents.
    ProxyLogins,
    /// User Queues \[All\] › View.
    UserQueues,
    /// Workgroups \[All\] › View.
    Workgroups,
    /// Station Queues \[All\] › View.
    StationQueues,
}

// === impl Right ===

impl Right {
    /// All that the guide asks for.
    pub const ALL: [Self; 4] = [Self::ProxyLogins, Self::UserQueues, Self::Workgroups, Self::StationQueues];
}

impl Site {
    /// A server with these users and so on, and everything else as usual.
    pub fn new(name: &str, plan: Plan) -> Self {
        Self {
            name: name.to_owned(),
            alternates: Vec::new(),
            plan: Plan { dials_callbacks: false, ..plan },
            super_user: "SAPSU".to_owned(),
            rights: Right::ALL.into(),
            password: None,
            tokens: BTreeMap::new(),
            idle_limit: Duration::from_mins(2),
            linger: Duration::from_secs(5),
            messaging: 2,
        }
    }

    pub(super) fn is_password(&self, typed: &str) -> bool {
        match &self.password {
            Some(password) => password.expose_secret() == typed,
            None => !typed.is_empty(),
        }
    }

    pub(super) fn status(&self, name: &str) -> Option<&StatusPlan> {
        self.plan.statuses.iter().find(|status| status.name.to_lowercase() == name.to_lowercase())
    }

    pub(super) fn is_super(&self, user: &UserId) -> bool {
        user.as_str() == self.super_user
    }

    /// Names of all stations: everybody's own, and the rest.
    pub(super) fn stations(&self) -> impl Iterator<Item = &str> {
        let own = self.plan.users.iter().map(|user| user.extension.as_str()).filter(|extension| !extension.is_empty());
        own.chain(self.plan.stations.iter().map(String::as_str))
    }

    /// The user with this extension.
    pub(super) fn user_at(&self, extension: &str) -> Option<&UserPlan> {
        self.plan.users.iter().find(|user| !extension.is_empty() && user.extension == extension)
    }
}

/// A user's name for people.
pub(super) fn display_name(user: &UserPlan) -> String {
    let full = format!("{} {}", user.first_name, user.last_name);
    match full.trim() {
        "" => user.user.to_string(),
        full => full.to_owned(),
    }
}
