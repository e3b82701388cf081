//! What the switch knows of an agent beside his status and his interactions.

use super::{InteractionKind, QueueId, StatusTexts, UserId};
use std::sync::Arc;

/// What the switch knows of an agent when he logs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentProfile {
    /// As the switch writes it.
    pub user: UserId,
    /// First name; may be empty.
    pub first_name: String,
    /// Last name; may be empty.
    pub last_name: String,
    /// His extension.
    pub extension: String,
    /// The station he sits at.
    pub station: String,
    /// His e-mail address; may be empty.
    pub email: String,
    /// Workgroups he belongs to.
    pub workgroups: Vec<Workgroup>,
    /// What he reads for his statuses.
    pub texts: Arc<StatusTexts>,
    /// What kinds of interaction the switch sends him.
    pub kinds: Vec<InteractionKind>,
}

/// A workgroup that an agent belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workgroup {
    /// Its name.
    pub id: QueueId,
    /// Its number; empty for none.
    pub number: String,
}

// === impl AgentProfile ===

impl AgentProfile {
    /// First and last name, else the user's.
    pub fn name(&self) -> String {
        let full = format!("{} {}", self.first_name, self.last_name);
        match full.trim() {
            "" => self.user.to_string(),
            full => full.to_owned(),
        }
    }
}
