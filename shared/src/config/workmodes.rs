//! `[workmodes]`: SAP's workmodes and the switch's statuses that they mean (guide, "Configure workmodes").

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// SAP's workmodes and the switch's statuses that they mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Workmodes {
    /// Text of workmode 1. Choosing it logs the agent off and leaves his status as it is.
    #[schemars(length(min = 1, max = 128))]
    pub logout: String,
    /// Status of workmode 2, in which the agent is ready for calls.
    #[schemars(length(min = 1, max = 128))]
    pub ready: String,
    /// Status of workmode 3, in which he is not.
    #[schemars(length(min = 1, max = 128))]
    pub not_ready: String,
    /// More statuses, in the order SAP lists them. A file that changes switch or statuses starts without any.
    pub mapped: Vec<MappedWorkmode>,
}

/// A workmode of the site's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappedWorkmode {
    /// SAP's number for it. 1, 2 and 3 are taken.
    #[schemars(range(min = 4, max = 9999))]
    pub id: u32,
    /// The switch's status.
    #[schemars(length(min = 1, max = 128))]
    pub status: String,
    /// An agent may choose it.
    #[serde(default = "yes")]
    pub user_selectable: bool,
}

impl Workmodes {
    /// The switch's status of a workmode; `None` for 1 and for numbers that mean nothing.
    pub fn status(&self, id: u32) -> Option<&str> {
        match id {
            2 => Some(&self.ready),
            3 => Some(&self.not_ready),
            _ => self.mapped.iter().find(|row| row.id == id).map(|row| row.status.as_str()),
        }
    }

    /// Is this a workmode at all?
    pub fn exists(&self, id: u32) -> bool {
        id == 1 || self.status(id).is_some()
    }

    /// The lowest number from 4 on that is free.
    pub fn next_free_id(&self) -> u32 {
        (4..=9999).find(|id| self.mapped.iter().all(|row| row.id != *id)).unwrap_or(4)
    }
}

impl Default for Workmodes {
    fn default() -> Self {
        let row = |id, status: &str, user_selectable| MappedWorkmode { id, status: status.into(), user_selectable };
        Self {
            logout: "Logout".into(),
            ready: "Available".into(),
            not_ready: "Do Not disturb".into(),
            mapped: vec![row(4, "Lunch", true), row(5, "Follow Up", true), row(6, "ACD not answering", false)],
        }
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_free_number_fills_gaps_from_4_on() {
        let mut workmodes = Workmodes::default();
        assert_eq!(workmodes.next_free_id(), 7);
        workmodes.mapped.remove(1);
        assert_eq!(workmodes.next_free_id(), 5);
    }
}
