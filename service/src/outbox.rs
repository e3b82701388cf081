//! Delivery of events to SAP: one ordered lane for each subscription URL, each with its own task, so that a SAP that hangs holds up
//! nobody else.

mod policy;

pub use policy::Policy;

use crate::{
    domain::{AppId, Event, EventUrl, Language, Refusal, UserId},
    ici::Codec,
};
use std::{net::IpAddr, sync::Arc};
use tokio::sync::{mpsc, watch};

/// The sender to all lanes; cheap to clone.
#[derive(Clone)]
pub struct Outbox;

/// One event on its way to one URL.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where to; the lane's name.
    pub url: EventUrl,
    /// Whose event; the header's `user`.
    pub user: UserId,
    /// The header's `language`.
    pub language: Option<Language>,
    /// The subscriptions it serves: one POST for all that share the URL (ici-wire §4).
    pub apps: Arc<[AppId]>,
    /// The address the subscriber called from, for an empty list of event hosts.
    pub peer: Option<IpAddr>,
    /// What.
    pub event: Arc<Event>,
}

/// What became of a lane, told to `agents` by the channel that [`Outbox::start`] is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Which lane.
    pub url: EventUrl,
    /// What happened.
    pub kind: FateKind,
}

/// See [`Fate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FateKind {
    /// 401, 403 or 404: SAP's session is gone, the subscription ends and the lane is closed.
    Gone,
    /// SAP has not been reached for the time the policy names (15 s by default).
    Unreachable,
    /// It is reached again.
    Recovered,
}

/// Figures for `/status`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Lanes that are open.
    pub lanes: usize,
    /// Events delivered since the start.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Events that a later one about the same thing replaced.
    pub coalesced: u64,
    /// Events that wait now.
    pub waiting: usize,
}

impl Outbox {
    /// Starts delivery inside the current tokio runtime. Policy and codec may change at any time and count from the next attempt.
    pub fn start(_policy: watch::Receiver<Arc<Policy>>, _codec: watch::Receiver<Arc<Codec>>, _fates: mpsc::Sender<Fate>) -> Self {
        unimplemented!()
    }

    /// May events go to this URL at all? Checks form and host, resolves nothing: for `subscribe…`.
    ///
    /// # Errors
    /// [`Refusal::BadEventUrl`], [`Refusal::EventHostNotAllowed`].
    pub fn admit(&self, _url: &EventUrl, _peer: Option<IpAddr>) -> Result<(), Refusal> {
        unimplemented!()
    }

    /// Hands over an event: never blocks, keeps order within the lane, coalesces by [`crate::domain::Event::subject`].
    pub fn post(&self, _delivery: Delivery) {
        unimplemented!()
    }

    /// Ends a lane when what waits in it is delivered or its deadline is over: nobody is subscribed there any more.
    pub fn close(&self, _url: &EventUrl) {
        unimplemented!()
    }

    /// Figures for `/status`.
    pub fn figures(&self) -> Figures {
        unimplemented!()
    }

    /// Waits until every lane is empty or `within` is over: for a stop that keeps its promises.
    pub async fn drain(&self, _within: std::time::Duration) {
        unimplemented!()
    }
}
