//! An interaction as the switch tells of it, seen from one agent.

use super::{Chat, InteractionId, PartyId, QueueId, item::attribute};
use std::{collections::BTreeMap, sync::Arc};

/// A call, callback, chat, e-mail or generic object in one agent's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// The switch's id; it stays through hold, transfer and conference.
    pub id: InteractionId,
    /// What it is.
    pub kind: InteractionKind,
    /// Its state at this agent.
    pub state: InteractionState,
    /// Who began it.
    pub direction: Direction,
    /// The workgroup it came through; `None` when it is not an ACD interaction.
    pub queue: Option<QueueId>,
    /// The switch's attributes: `remote` and `dialed` of the file are searched among them, in order.
    pub attributes: BTreeMap<String, String>,
    /// The other parties; more than one in a conference.
    pub parties: Vec<Party>,
    /// The call this one is a consultation for.
    pub consultation_for: Option<InteractionId>,
    /// What is particular to a chat; `None` for whatever is none.
    pub chat: Option<Arc<Chat>>,
    /// The attached data (on CIC the attribute `Sap_Cad`), byte for byte.
    pub attached_data: Option<Arc<str>>,
    /// When it came to this agent, seconds since 1970 UTC.
    pub since: i64,
}

/// The kinds of interaction; the file's channels say which reach SAP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InteractionKind {
    /// A phone call.
    #[default]
    Call,
    /// A request to be called back; a phone item in SAP: whoever accepts it calls the customer.
    Callback,
    /// A web chat.
    Chat,
    /// An e-mail, routed by the switch.
    Email,
    /// Anything else that the switch routes.
    GenericObject,
}

/// What SAP knows an interaction as, whether or not it is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Medium {
    /// A phone call.
    Call,
    /// A chat session.
    Chat,
    /// An action item, or a message of the agent's inbox.
    ActionItem,
}

/// The state of an interaction at one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InteractionState {
    /// Rings.
    Alerting,
    /// Goes out; nobody has answered.
    Dialing,
    /// Talking.
    Connected,
    /// Held by this agent.
    Held,
    /// This agent listens to it and is not heard.
    Listening,
    /// Gone from this agent.
    Ended(EndCause),
}

/// Why an interaction left an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndCause {
    /// This agent hung up.
    Dropped,
    /// The other side hung up, or gave up waiting.
    RemoteDisconnect,
    /// It went on to somebody else.
    Transferred,
    /// It was joined into another call.
    Conferenced,
    /// Nobody answered in time, or the agent rejected it, and it went back to its queue or to voicemail.
    Rerouted,
    /// The other side could not be reached.
    Failed,
    /// Only the listening ended.
    ListenEnded,
}

/// Who began an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The other side.
    Inbound,
    /// The agent.
    Outbound,
}

/// Another party of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// As the switch names it.
    pub id: PartyId,
    /// A number or address, unformatted.
    pub address: String,
    /// A name for people; may be empty.
    pub name: String,
}

// === impl InteractionKind ===

impl InteractionKind {
    /// What SAP knows it as.
    pub fn medium(self) -> Medium {
        match self {
            Self::Call | Self::Callback => Medium::Call,
            Self::Chat => Medium::Chat,
            Self::Email | Self::GenericObject => Medium::ActionItem,
        }
    }
}

// === impl Medium ===

impl Medium {
    /// Its name, with its article.
    pub fn word(self) -> &'static str {
        match self {
            Self::Call => "a phone call",
            Self::Chat => "a chat",
            Self::ActionItem => "an action item",
        }
    }
}

// === impl Interaction ===

impl Interaction {
    /// What SAP knows it as.
    pub fn medium(&self) -> Medium {
        self.kind.medium()
    }

    /// What it is about, where an attribute says so.
    pub fn subject(&self) -> Option<&str> {
        ["Eic_Subject", "Eic_EmailSubject", "Subject"].into_iter().find_map(|name| attribute(self, name)).filter(|text| !text.is_empty())
    }

    /// Has it left the agent?
    pub fn has_ended(&self) -> bool {
        matches!(self.state, InteractionState::Ended(_))
    }
}
