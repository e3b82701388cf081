//! What happens to a conversation as a whole, seen by nobody in particular: it waits, somebody answers it, it is given up. The kinds are
//! those that the guide's appendix A knows ("Common Conversation Event Data"), and one more; how they are written there is not decided here.

use super::{InteractionKind, QueueId, UserId};
use std::sync::Arc;

/// One thing that happened to a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The conversation, as the switch knows it wherever it goes (CIC: `Eic_InteractionUuid`); the interaction's own id where the switch has
    /// no other.
    pub conversation: Arc<str>,
    /// When, seconds since 1970 UTC.
    pub at: i64,
    /// Over what it is held.
    pub kind: InteractionKind,
    /// Who is at the other end, as the network gave it first (CIC: `Eic_RemoteEndpointImmutable`); empty: not known.
    pub remote: Arc<str>,
    /// What happened.
    pub step: Step,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It came into a workgroup's queue.
    Enqueued {
        /// Which.
        queue: QueueId,
        /// What an agent must be able to do.
        wanted: Vec<Criterion>,
    },
    /// It ended before an agent had answered.
    Abandoned {
        /// The queue that it waited in or rang for.
        queue: QueueId,
    },
    /// An agent has answered.
    Connected {
        /// The queue that offered it to him.
        queue: QueueId,
        /// Who.
        agent: UserId,
        /// What he had to be able to do.
        wanted: Vec<Criterion>,
    },
    /// An agent who had answered has no part in it any more: it is over, or somebody else has it. Appendix A knows no such event; who shows
    /// agents' conversations as they are needs it.
    Left {
        /// The queue that had offered it to him.
        queue: QueueId,
        /// Who.
        agent: UserId,
    },
    /// An agent has finished his work after it.
    WrappedUp {
        /// The queue that it came from.
        queue: QueueId,
        /// Who.
        agent: UserId,
        /// What he said it was about; empty: nothing.
        code: Arc<str>,
    },
    /// It came to a level of the voice menus.
    LevelEntered(Level),
    /// It left one.
    LevelLeft(Level),
}

/// A level of the voice menus, and the number that whoever designed them has given to the passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The way to it.
    pub path: Arc<str>,
    /// The number.
    pub code: i32,
}

/// What an agent must be able to do, and how well (1 to 100).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// The skill; of a category `Category:` and its name.
    pub skill: Arc<str>,
    /// At least.
    pub least: i32,
    /// At most.
    pub most: i32,
}
