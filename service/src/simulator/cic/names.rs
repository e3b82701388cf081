//! What of a site is looked up by name at every request: users and workgroups in any case, and who works where.

use super::site::Site;
use crate::domain::{QueueId, UserId};
use std::collections::HashMap;

/// See the module. A site never changes, so that places in its lists stay.
pub(super) struct Names {
    users: HashMap<String, usize>,
    workgroups: HashMap<String, usize>,
    memberships: HashMap<UserId, Vec<QueueId>>,
}

// === impl Names ===

impl Names {
    pub(super) fn of(site: &Site) -> Self {
        let mut memberships: HashMap<UserId, Vec<QueueId>> = HashMap::new();
        for workgroup in &site.plan.workgroups {
            for user in &workgroup.members {
                memberships.entry(user.clone()).or_default().push(workgroup.queue.clone());
            }
        }
        // The first of two that differ in their case only.
        let places = |names: Vec<String>| names.into_iter().enumerate().rev().map(|(place, name)| (name, place)).collect();
        Self {
            users: places(site.plan.users.iter().map(|user| user.user.as_str().to_lowercase()).collect()),
            workgroups: places(site.plan.workgroups.iter().map(|workgroup| workgroup.queue.as_str().to_lowercase()).collect()),
            memberships,
        }
    }

    /// The user's place in the site's list.
    pub(super) fn user(&self, name: &str) -> Option<usize> {
        self.users.get(&name.to_lowercase()).copied()
    }

    /// The workgroup's place in the site's list.
    pub(super) fn workgroup(&self, name: &str) -> Option<usize> {
        self.workgroups.get(&name.to_lowercase()).copied()
    }

    /// The workgroups that a user is a member of.
    pub(super) fn workgroups_of(&self, user: &UserId) -> &[QueueId] {
        self.memberships.get(user).map_or(&[], Vec::as_slice)
    }
}
