//! An organisation of Genesys Cloud for tests, for teaching and for trying the bridge out: log-on, users by SCIM, routing objects and
//! events of conversations by the Platform API, with the ways that make such an organisation hard to keep in step.
//!
//! ```text
//! bytes ── server.rs ── route.rs: faults, token, permission, pace ──▶ scim.rs │ platform.rs │ queue.rs │ client.rs │ events.rs │ double.rs ──▶ state.rs
//! ```
//!
//! * Who is deleted keeps his e-mail address; a new user of the same address is refused.
//! * A list of users names active ones only, and a version that is too old is 400 with `invalidVers`.
//! * What was made is not there yet for a while, and lists may shift between two pages, when [`Faults`] say so.
//! * Every answer tells the rate, and who asks too fast is told how long to wait.
//!
//! It shares no code with the client, so that both cannot agree on an error. What nobody has published of a real organisation is invented here:
//! this is a double, no proof.

mod answer;
mod client;
mod document;
mod double;
mod events;
mod faults;
mod filter;
mod object;
mod pace;
mod patch;
mod platform;
mod queue;
mod route;
mod scim;
mod server;
mod state;
#[cfg(test)]
mod tests;
mod user;

pub use super::listening::Listening;
pub use faults::{Deed, Faults, Rule};

use secrecy::SecretString;
use state::State;
use std::sync::{Arc, Mutex, PoisonError};

/// What an organisation is like.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Who may log on; nobody: everybody, with anything.
    pub clients: Vec<(String, SecretString)>,
    /// What goes wrong, and how fast one may ask.
    pub faults: Faults,
}

/// An organisation; cheap to clone. It ends with its last clone and its last connection.
#[derive(Clone)]
pub struct Cloud(Arc<Mutex<State>>);

// === impl Cloud ===

impl Cloud {
    /// An organisation with nobody in it, inside a tokio runtime.
    pub fn new(site: Site) -> Self {
        Self(Arc::new(Mutex::new(State::new(site))))
    }

    /// Something else goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.with(|state| state.faults = faults);
    }

    /// These are in a queue by way of a group, whoever was before.
    pub fn set_by_group(&self, queue: &str, users: Vec<String>) {
        self.with(|state| {
            if let Some(joined) = state.joined.get_mut(queue) {
                joined.by_group = users;
            }
        });
    }

    /// Everything that is there, what was asked, and what was refused, as JSON.
    pub fn dump(&self) -> serde_json::Value {
        self.with(|state| double::dump(state))
    }

    /// Looks and acts under the lock.
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
