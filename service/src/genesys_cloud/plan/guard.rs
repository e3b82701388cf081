//! The guard before removals: a switch that suddenly lacks much of what it had is more likely wrong than right.

use crate::genesys_cloud::record::{Fingerprint, RecordId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So few are never too many, however small a site is.
const NEVER_TOO_MANY: usize = 3;

/// How many removals one run may make by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many.
    pub count: usize,
    /// This share of the records that are known, in per cent.
    pub percent: usize,
}

/// Removals that wait for an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// How many.
    pub removals: usize,
    /// Of how many records.
    pub of: usize,
    /// Names exactly these removals: what somebody allows or rejects.
    pub id: Fingerprint,
}

/// Are these removals too many?
pub(super) fn judge(removals: &BTreeSet<RecordId>, known: usize, limits: Limits) -> Option<Held> {
    let count = removals.len();
    let too_many = count > NEVER_TOO_MANY && (count > limits.count || count * 100 > known * limits.percent);
    too_many.then(|| Held { removals: count, of: known, id: Fingerprint::of(removals) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesys_cloud::record::Kind;

    #[test]
    fn too_many_removals_are_held_by_number_and_by_share_and_few_never_are() {
        let judge = |count: usize, known: usize| {
            let removals = (0..count).map(|n| RecordId::new(Kind::User, n.to_string().as_str())).collect();
            judge(&removals, known, Limits { count: 50, percent: 10 }).map(|held| held.removals)
        };
        assert_eq!(judge(3, 3), None);
        assert_eq!(judge(4, 40), None);
        assert_eq!(judge(4, 39), Some(4));
        assert_eq!(judge(50, 1000), None);
        assert_eq!(judge(51, 1000), Some(51));
    }
}
