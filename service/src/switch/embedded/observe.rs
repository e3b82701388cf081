//! Everything that happens on the switch, for somebody who shows all of it to others: another interface to the same switch.

use crate::domain::{InteractionId, InteractionKind, Party, QueueId, SwitchEvent, UserId};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio::sync::Notify;

/// The reading end: what has happened since it was last read. It begins with all that there is.
pub struct Observer(Arc<Shared>);

/// The switch's end of it.
pub(super) struct Observed(Weak<Shared>);

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// What an agent is, or would be, told; logged on or not.
    Agent(UserId, SwitchEvent),
    /// A call is not as it was.
    Call(Sight),
    /// A call is over; it may have ended in an agent's voicemail.
    Over {
        /// Which.
        call: InteractionId,
        /// Whose voicemail took it.
        voicemail: Option<UserId>,
    },
}

/// A whole call, seen by nobody in particular.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// Which.
    pub call: InteractionId,
    /// What it is.
    pub kind: InteractionKind,
    /// The workgroup it waits in, and since when (seconds since 1970 UTC).
    pub waiting: Option<(QueueId, i64)>,
    /// The workgroup it was last sent to.
    pub assigned: Option<QueueId>,
    /// All who talk, hold, ring or dial; an agent with his name.
    pub parties: Vec<(Party, Option<UserId>)>,
    /// Supervisors who listen.
    pub listeners: Vec<UserId>,
    /// What was dialled.
    pub dialed: Arc<str>,
    /// The caller's own attributes.
    pub attributes: BTreeMap<String, String>,
    /// Attached data.
    pub attached_data: Option<Arc<str>>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<VecDeque<Observation>>,
    changed: Notify,
}

// === impl Observer ===

impl Observer {
    /// Both ends; `begin` is read first.
    pub(super) fn new(begin: Vec<Observation>) -> (Self, Observed) {
        let shared = Arc::new(Shared { waiting: Mutex::new(begin.into()), changed: Notify::new() });
        let written = Observed(Arc::downgrade(&shared));
        (Self(shared), written)
    }

    /// What has happened, in order.
    pub fn take(&self) -> VecDeque<Observation> {
        std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A second reading end of the same observation.
    #[must_use]
    pub fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    /// Waits until something has happened since the last time this was called.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }
}

// === impl Observed ===

impl Observed {
    /// `false`: nobody reads it any more.
    pub(super) fn tell(&self, observations: &[Observation]) -> bool {
        let Some(shared) = self.0.upgrade() else { return false };
        if !observations.is_empty() {
            shared.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(observations.iter().cloned());
            shared.changed.notify_one();
        }
        true
    }
}
