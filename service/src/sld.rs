//! Registration in SAP's System Landscape Directory: one document to each destination, in the background. Nobody waits for it, and no call is
//! worse for its failure.
//!
//! ```text
//! Policy ─▶ Sld ─▶ a lane for each destination: when? (plan) ─▶ attempt ─▶ wire: connect, POST, read ─▶ answer: what does that mean?
//!                        │                                                                                     │
//!                        └── store: what was accepted, what came of the last attempt ◀───── verdict ◀──────────┘
//! ```
//!
//! The document itself is rendered by `shared::sld`; who asks for passwords and reads files is `app`.

mod answer;
mod attempt;
mod destination;
mod lane;
mod plan;
#[cfg(test)]
mod tests;
mod tunnel;
mod verdict;
mod wire;

pub use attempt::{Outcome, look, send, test};
pub use destination::{Destination, Door, Password, Planned};
pub use plan::When;
pub use verdict::{Class, Verdict, WORDS, Words};

use crate::store::Store;
use lane::Lane;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long one attempt may take altogether. A bridge that takes a document in takes its time.
pub const ATTEMPT: Duration = Duration::from_mins(1);

/// What the file says; `app` makes it from `[sld]`.
#[derive(Clone, Default)]
pub struct Policy {
    /// When it is sent.
    pub when: When,
    /// Where to.
    pub destinations: Vec<Planned>,
}

/// All registrations; cheap to clone. They end with the last clone.
#[derive(Clone)]
pub struct Sld(Arc<Inner>);

struct Inner {
    store: Store,
    lanes: Mutex<Vec<Lane>>,
}

/// How one registration is, for `/status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Where to.
    pub url: String,
    /// As whom.
    pub user: Option<String>,
    /// How it is.
    pub state: State,
    /// When it is sent again, seconds since 1970; `None`: not by itself.
    pub next: Option<i64>,
    /// When the directory accepted it last.
    pub accepted: Option<i64>,
    /// The last attempt.
    pub last: Option<crate::store::Attempt>,
    /// Attempts since the start.
    pub attempts: u64,
}

/// How a registration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It has not been sent yet.
    Waiting,
    /// It is being sent.
    Sending,
    /// It is registered as the file says.
    Registered,
    /// The last attempt failed; there will be another.
    Failing,
    /// Nothing is sent any more until somebody has looked at it: the user might be locked.
    Stopped,
    /// There is nothing that could be sent.
    Invalid,
}

// === impl Policy ===

impl Policy {
    /// Does it ask for the same as another?
    pub fn is(&self, other: &Self) -> bool {
        let wholes = |policy: &Self| policy.destinations.iter().map(Planned::whole).collect::<Vec<_>>();
        self.when == other.when && wholes(self) == wholes(other)
    }
}

// === impl Sld ===

impl Sld {
    /// Starts them, inside the current tokio runtime.
    pub fn start(policy: Policy, store: Store) -> Self {
        let sld = Self(Arc::new(Inner { store, lanes: Mutex::default() }));
        sld.go_over(policy, plan::Occasion::Start);
        sld
    }

    /// Goes over to another policy. What is as it was goes on; what is not is replaced, with the attempt that is under way.
    pub fn apply(&self, policy: Policy) {
        self.go_over(policy, plan::Occasion::Reload);
    }

    /// Sends everything now, whatever has been before, and does not wait for it; how many.
    pub fn send_now(&self) -> usize {
        self.lanes().iter().filter(|lane| lane.send_now()).count()
    }

    /// How each is.
    pub fn figures(&self) -> Vec<Figures> {
        self.lanes().iter().map(Lane::figures).collect()
    }

    fn go_over(&self, policy: Policy, occasion: plan::Occasion) {
        let mut lanes = self.lanes();
        let mut before = std::mem::take(&mut *lanes);
        for planned in policy.destinations {
            let same = before.iter().position(|lane| lane.is(&planned, policy.when));
            lanes.push(match same {
                Some(index) => before.swap_remove(index),
                None => Lane::start(planned, policy.when, occasion, self.0.store.clone()),
            });
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl State ===

impl State {
    /// Its word in `/status`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Registered => "registered",
            Self::Failing => "failing",
            Self::Stopped => "stopped",
            Self::Invalid => "invalid",
        }
    }
}
