//! One entry of a timeline.

use crate::domain::{InteractionId, ItemId};
use std::{
    mem::size_of,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// Bytes of one message that are kept. What the interface says of an agent is below; what is longer is a document of figures.
const BODY: usize = 8 * 1024;

/// Something that went on. Nothing of it can be printed: it holds what SAP sent.
#[derive(Clone)]
pub struct Entry {
    /// When it began.
    pub at: SystemTime,
    /// From there to its outcome; `None`: it has none.
    pub took: Option<Duration>,
    /// What it is.
    pub kind: Kind,
    /// Its name: an operation, an event, a request.
    pub name: &'static str,
    /// SAP's item that it is about.
    pub item: Option<ItemId>,
    /// The switch's interaction that it is about.
    pub interaction: Option<InteractionId>,
    /// What came of it, in one word.
    pub outcome: &'static str,
    /// More about it, in words; may hold a customer's number.
    pub detail: Box<str>,
    /// How the agent stood, for [`Kind::State`].
    pub states: Option<Arc<States>>,
    /// What was sent.
    pub message: Option<Body>,
    /// What was answered.
    pub answer: Option<Body>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SAP has asked for something.
    Command,
    /// SAP was told something.
    Event,
    /// The switch was asked for something.
    Request,
    /// The switch has said something.
    Said,
    /// How the agent stands, after a change.
    State,
    /// The agent's session has begun or ended.
    Session,
}

/// How an agent stands on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct States {
    /// SAP's number for what he does, and its text.
    pub workmode: u32,
    /// Its text.
    pub workmode_text: Arc<str>,
    /// The switch's name for it.
    pub status: Arc<str>,
    /// The line to the switch: `up`, `down` or `reconnecting`.
    pub connection: &'static str,
    /// His items.
    pub items: Box<[ItemState]>,
}

/// How an item stands on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemState {
    /// What SAP calls it.
    pub item: ItemId,
    /// As SAP was told; `None`: SAP does not see it.
    pub told: Option<&'static str>,
    /// What the switch calls it, where it has it.
    pub interaction: Option<InteractionId>,
    /// As the switch has it.
    pub state: &'static str,
}

/// A message, or its beginning.
#[derive(Clone)]
pub struct Body {
    /// The beginning.
    pub kept: Box<[u8]>,
    /// How long it was.
    pub length: usize,
}

// === impl Entry ===

impl Entry {
    /// Something that happens at this moment, with no more to say of it.
    pub fn new(kind: Kind, name: &'static str) -> Self {
        Self {
            at: SystemTime::now(),
            took: None,
            kind,
            name,
            item: None,
            interaction: None,
            outcome: "",
            detail: Box::default(),
            states: None,
            message: None,
            answer: None,
        }
    }

    /// The same, which began so long ago.
    #[must_use]
    pub fn after(self, took: Duration) -> Self {
        Self { at: self.at.checked_sub(took).unwrap_or(self.at), took: Some(took), ..self }
    }

    /// Its size without its messages, in bytes.
    pub(super) fn line(&self) -> usize {
        let states = self.states.as_ref().map_or(0, |states| size_of::<States>() + states.items.len() * size_of::<ItemState>());
        // Names of items and interactions are shared with others who have them; some of them outlive those.
        let names = [self.item.as_ref().map(ItemId::as_str), self.interaction.as_ref().map(InteractionId::as_str)];
        let names: usize = names.into_iter().flatten().map(str::len).sum();
        size_of::<Self>() + 2 * size_of::<Box<Self>>() + self.detail.len() + states + names
    }

    /// The size of its messages, in bytes.
    pub(super) fn bodies(&self) -> usize {
        [&self.message, &self.answer].into_iter().flatten().map(|body| body.kept.len()).sum()
    }
}

// === impl Kind ===

impl Kind {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Event => "event",
            Self::Request => "request",
            Self::Said => "said",
            Self::State => "state",
            Self::Session => "session",
        }
    }
}

// === impl Body ===

impl Body {
    /// As much of a message as is kept.
    pub fn of(message: &[u8]) -> Option<Self> {
        let kept = &message[..message.len().min(BODY)];
        (!message.is_empty()).then(|| Self { kept: kept.into(), length: message.len() })
    }
}
