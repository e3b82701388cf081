//! The port to a contact-centre switch: log an agent on, carry out his requests, hear what happens to him.
//!
//! Adapters: [`embedded`], a small but real ACD in memory, and [`icws`], a CIC server. The claims of [`battery`] hold for
//! every adapter, in tests and at a site's own server. The port knows `domain` only;
//! it knows neither SAP nor sessions.

pub mod battery;
mod configuration;
pub mod embedded;
mod feed;
pub mod icws;
mod turns;

pub use configuration::{Configuration, ConfiguredCode, ConfiguredPhones, ConfiguredSkill, ConfiguredUser, ConfiguredWorkgroup};
pub use feed::{Feed, FeedSender, feed};
pub use turns::{Turns, TurnsSender};

pub use crate::domain::AgentProfile;

use crate::domain::{
    AgentStatus, InteractionId, NewInteraction, QueueView, Refusal, StationView, SwitchAnswer, SwitchRequest, UserId, UserPresence,
};
use secrecy::SecretString;
use std::{future::Future, pin::Pin, sync::Arc};
use tokio::sync::watch;

/// A future that can be kept as a pending operation.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// A contact-centre switch.
pub trait Switch: Send + Sync + 'static {
    /// Logs an agent on and gives back his session, whose feed starts with a full snapshot.
    ///
    /// # Errors
    /// [`Refusal::UnknownUser`], [`Refusal::UserCase`], [`Refusal::CannotLogOn`] (no extension, station in use …),
    /// [`Refusal::SwitchUnavailable`], [`Refusal::SwitchTimeout`].
    fn log_on(&self, who: LogOn) -> BoxFuture<Result<AgentLine, Refusal>>;

    /// Puts a new interaction into a workgroup's queue, for no agent in particular: a callback, an e-mail or generic object. (On CIC: the
    /// service's own user creates it, `POST /interactions` with its attributes.)
    ///
    /// # Errors
    /// [`Refusal::UnknownDestination`] without such a workgroup, [`Refusal::LimitReached`], [`Refusal::SwitchUnavailable`].
    fn place(&self, new: NewInteraction) -> BoxFuture<Result<InteractionId, Refusal>>;

    /// Takes an interaction away, from its queue or from the agent who has it; one that is over is no error.
    ///
    /// # Errors
    /// [`Refusal::SwitchUnavailable`], [`Refusal::SwitchTimeout`].
    fn withdraw(&self, interaction: InteractionId) -> BoxFuture<Result<(), Refusal>>;

    /// Is this the user's password? Nothing stays of it at the switch: no session, no status. Gives back his *Business Email*, which may be empty.
    ///
    /// # Errors
    /// See [`NotProven`].
    fn prove(&self, user: UserId, password: SecretString) -> BoxFuture<Result<String, NotProven>>;

    /// Names and figures that the wizard, the check and presence lists need. What calls change in them may be a
    /// second old: SAP asks at every transfer, and a site may have thousands of agents.
    fn directory(&self) -> BoxFuture<Result<Arc<Directory>, Refusal>>;

    /// How it is configured, as one snapshot. For the bridge to Genesys Cloud; it may take as long as reading everything takes.
    ///
    /// # Errors
    /// [`Refusal::SwitchUnavailable`]: a part of it could not be read. A snapshot is whole, or it is none.
    fn configuration(&self) -> BoxFuture<Result<Arc<Configuration>, Refusal>>;

    /// Counts up when [`Switch::configuration`] may give something else.
    fn configuration_changes(&self) -> watch::Receiver<u64>;

    /// What happens to conversations from now on, agents or not. One can listen: whoever listens next takes the place of the one before. The
    /// switch never waits for him.
    fn turns(&self) -> Turns;

    /// Do its calls go on when this process ends?
    fn outlives_us(&self) -> bool {
        true
    }

    /// Is it there? Answers at once from what is known.
    fn health(&self) -> Health;
}

/// Why it is not proven who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// No such user, or not his password; a switch does not say which.
    #[error("the user name or the password is wrong")]
    Wrong,
    /// The switch could not be asked, in words.
    #[error("the switch could not be asked: {0}")]
    Unavailable(String),
    /// The switch knows no passwords.
    #[error("the switch in use knows no passwords")]
    NoPasswords,
}

/// Who logs on.
#[derive(Clone, Debug)]
pub struct LogOn {
    /// His name, case-sensitive.
    pub user: UserId,
    /// The station he named (free seating); `None`: where he sits already, else his own.
    pub station: Option<String>,
}

/// An agent who is logged on at the switch.
pub struct AgentLine {
    /// What the switch knows of him.
    pub profile: AgentProfile,
    /// Where his requests go.
    pub requests: Arc<dyn Requests>,
    /// What happens to him; the first event is a snapshot.
    pub feed: Feed,
}

/// Carries out one agent's requests.
pub trait Requests: Send + Sync + 'static {
    /// Answers when the switch has accepted or refused. The future may be kept and polled elsewhere; who drops it gives up the answer,
    /// not the request.
    fn request(&self, request: SwitchRequest) -> BoxFuture<Result<SwitchAnswer, Refusal>>;

    /// Ends the session at the switch. His status stays as it was (guide, workmode *Logout*).
    fn log_off(&self) -> BoxFuture<()>;
}

/// What a switch has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// All statuses, selectable or not.
    pub statuses: Vec<StatusEntry>,
    /// All workgroups, with live figures.
    pub queues: Vec<QueueView>,
    /// All users.
    pub users: Vec<UserPresence>,
    /// All stations.
    pub stations: Vec<StationView>,
}

/// A status of the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// Name and nature.
    pub status: AgentStatus,
    /// May an agent choose it?
    pub selectable: bool,
}

/// The connection to the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Does it work?
    pub up: bool,
    /// In words.
    pub detail: String,
}
