//! What goes wrong on purpose, and what may be done how fast. Set at run time, by a test or by an administrator.

use serde::{Deserialize, Serialize};

/// What goes wrong; nothing by default. As JSON it is what administrators set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Questions a minute that a client may ask.
    pub allowed: u32,
    /// How long a token lives, in seconds.
    pub token_seconds: u64,
    /// What is made, changed or deleted is seen by those who read only so many milliseconds later.
    pub lag: u64,
    /// So many further pages, of those behind the first, come from a list that has shifted.
    pub shifts: u32,
    /// Before so many further changes of a user or queue somebody else changes it.
    pub races: u32,
    /// So many further events of conversations are not taken, and may be sent again.
    pub events_refused: u32,
    /// So many further ones are not taken, for good.
    pub events_rejected: u32,
    /// Permissions that the clients do not have: `routing:queue:edit`.
    pub missing: Vec<String>,
    /// Filters of SCIM are understood without quotes only.
    pub unquoted_filters: bool,
    /// Every answer's time is off by so many seconds.
    pub clock: i64,
    /// Certain questions are answered otherwise.
    pub answers: Vec<Rule>,
}

/// One kind of question, answered otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Only this method; empty: all.
    #[serde(default)]
    pub method: String,
    /// Only paths that have this in them; empty: all.
    #[serde(default)]
    pub path: String,
    /// So often; 0: always.
    #[serde(default)]
    pub times: u32,
    /// How.
    pub deed: Deed,
}

/// How a question is answered instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// With this status, and nothing is done.
    Status {
        /// The status.
        status: u16,
        /// `Retry-After`, in seconds.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// The connection is closed, and nothing is done.
    Drop,
    /// It is done, and the connection is closed without an answer.
    DropAfter,
    /// Nothing is answered, and nothing done; the connection stays.
    Hang,
    /// The token is worth nothing any more.
    Forget,
}

// === impl Faults ===

impl Default for Faults {
    fn default() -> Self {
        Self {
            allowed: 300,
            token_seconds: 86_400,
            lag: 0,
            shifts: 0,
            races: 0,
            events_refused: 0,
            events_rejected: 0,
            missing: Vec::new(),
            unquoted_filters: false,
            clock: 0,
            answers: Vec::new(),
        }
    }
}

impl Faults {
    /// What happens to this question; it counts as having happened.
    pub(super) fn take(&mut self, method: &str, path: &str) -> Option<Deed> {
        let fits = |rule: &Rule| (rule.method.is_empty() || rule.method == method) && path.contains(&rule.path);
        let index = self.answers.iter().position(fits)?;
        let rule = &mut self.answers[index];
        let deed = rule.deed.clone();
        if rule.times == 1 {
            self.answers.remove(index);
        } else {
            rule.times = rule.times.saturating_sub(1);
        }
        Some(deed)
    }

    /// Does it happen this time?
    pub(super) fn happens(count: &mut u32) -> bool {
        let happens = *count > 0;
        *count = count.saturating_sub(1);
        happens
    }
}
