//! What was done, append-only: what, to which record, why, and what the organisation answered.

use super::{plan::FieldChange, reason::Reason, record::RecordId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// More is forgotten, the oldest first.
pub const LONGEST: usize = 5000;

/// One thing that was done, or was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Counts up from 1 and is never used again.
    pub number: u64,
    /// When, seconds since 1970 UTC.
    pub at: i64,
    /// What began the run: `change`, `timer`, `start` or `administrator`.
    pub cause: String,
    /// Which record; `None`: the bridge as a whole.
    pub record: Option<RecordId>,
    /// What was done.
    pub action: String,
    /// Why.
    pub reason: Reason,
    /// What changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// Why it failed; `None`: it is done.
    pub failure: Option<Reason>,
    /// Of the organisation's answer.
    pub correlation: Option<String>,
}

/// Adds one and says which is forgotten for it.
pub(super) fn push(all: &mut VecDeque<Past>, mut one: Past) -> (Past, Option<u64>) {
    one.number = all.back().map_or(0, |last| last.number) + 1;
    all.push_back(one.clone());
    let forgotten = if all.len() > LONGEST { all.pop_front() } else { None };
    (one, forgotten.map(|old| old.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_bounded_and_numbers_are_never_used_again() {
        let one = Past {
            number: 0,
            at: 0,
            cause: "timer".into(),
            record: None,
            action: "create".into(),
            reason: Reason::new("new", "new"),
            changes: Vec::new(),
            failure: None,
            correlation: None,
        };
        let mut all = VecDeque::new();
        for _ in 0..LONGEST {
            assert_eq!(push(&mut all, one.clone()).1, None);
        }
        let (added, forgotten) = push(&mut all, one);
        assert_eq!((added.number, forgotten, all.len()), (LONGEST as u64 + 1, Some(1), LONGEST));
    }
}
