//! What the switch is asked to do for one agent: the outcome of every decision about a command.

use super::{Interaction, InteractionId, PartyId, UserId};
use std::sync::Arc;

/// One thing the switch is asked. It answers when it has accepted; the truth comes as a [`super::SwitchEvent`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwitchRequest {
    /// Set the agent's status by the switch's name for it.
    SetStatus(Arc<str>),
    /// Sit at another station, as a person writes it.
    SetStation(String),
    /// Answer an alerting interaction. Who answers a callback calls its customer: it is dialled, then connected.
    Answer(InteractionId),
    /// Hang up.
    Disconnect(InteractionId),
    /// Put on hold.
    Hold(InteractionId),
    /// Take from hold.
    Pickup(InteractionId),
    /// Hold the one and pick up the other, in this order, as one thing.
    Alternate {
        /// The connected one.
        hold: InteractionId,
        /// The held one.
        pick_up: InteractionId,
    },
    /// Hang up the one and pick up the other, in this order, as one thing.
    Reconnect {
        /// The active one.
        drop: InteractionId,
        /// The held one.
        pick_up: InteractionId,
    },
    /// Call out; answered with [`SwitchAnswer::Interaction`] before the other side answers.
    Dial {
        /// Number, extension or workgroup.
        destination: String,
        /// Data the call carries from the start.
        attached_data: Option<Arc<str>>,
    },
    /// Hold a connected call and call out for a consultation; answered with the new interaction. The attached data is carried along.
    Consult {
        /// The call that will be held.
        call: InteractionId,
        /// Number, extension or workgroup.
        destination: String,
    },
    /// Joins a held call and a connected one; the result keeps the held one's id, the other ends as [`super::EndCause::Conferenced`].
    Conference {
        /// The held call, perhaps itself a conference.
        held: InteractionId,
        /// The connected call.
        connected: InteractionId,
    },
    /// The held call goes to whom the consultation reached; both leave the agent.
    CompleteTransfer {
        /// The customer's call.
        call: InteractionId,
        /// The live consultation.
        consultation: InteractionId,
    },
    /// The call leaves the agent whether or not the destination answers.
    BlindTransfer {
        /// Which.
        call: InteractionId,
        /// Number, extension or workgroup.
        destination: String,
    },
    /// Remove one party from a conference.
    DropParty {
        /// The conference.
        call: InteractionId,
        /// The party, one of [`Interaction::parties`].
        party: PartyId,
    },
    /// The agent leaves a conference that goes on without him.
    Leave(InteractionId),
    /// Reject: first the status (so that the queue cannot offer it again), then the interaction.
    Reject {
        /// Which.
        interaction: InteractionId,
        /// The reject workmode's status; `None` leaves the status alone.
        status: Option<Arc<str>>,
        /// What becomes of it.
        after: AfterReject,
    },
    /// Listen to a call of another agent.
    Listen {
        /// Whose; `None` when the id alone is known.
        agent: Option<UserId>,
        /// Which; `None`: the one he talks on.
        call: Option<InteractionId>,
    },
    /// Stop listening.
    ListenEnd(InteractionId),
    /// Write into a chat.
    Post {
        /// Which.
        chat: InteractionId,
        /// What.
        text: Arc<str>,
    },
    /// The agent is writing into a chat, or has stopped.
    SetTyping {
        /// Which.
        chat: InteractionId,
        /// Is he?
        on: bool,
    },
    /// Set (`Some`) or remove (`None`) attached data.
    SetAttachedData {
        /// Which.
        interaction: InteractionId,
        /// Byte for byte.
        data: Option<Arc<str>>,
    },
}

/// What becomes of a rejected interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AfterReject {
    /// Back to its workgroup with a raised priority.
    Requeue,
    /// To the agent's voicemail.
    Voicemail,
    /// Disconnected.
    Disconnect,
}

/// What the switch answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwitchAnswer {
    /// Accepted.
    Accepted,
    /// Accepted, and this interaction came of it.
    Interaction(Box<Interaction>),
}

impl SwitchRequest {
    /// The interaction that it is about; of two the one that SAP named first.
    pub fn interaction(&self) -> Option<&InteractionId> {
        match self {
            Self::SetStatus(_) | Self::SetStation(_) | Self::Dial { .. } => None,
            Self::Answer(id)
            | Self::Disconnect(id)
            | Self::Hold(id)
            | Self::Pickup(id)
            | Self::Leave(id)
            | Self::ListenEnd(id)
            | Self::Alternate { hold: id, .. }
            | Self::Reconnect { drop: id, .. }
            | Self::Consult { call: id, .. }
            | Self::Conference { held: id, .. }
            | Self::CompleteTransfer { call: id, .. }
            | Self::BlindTransfer { call: id, .. }
            | Self::DropParty { call: id, .. }
            | Self::Reject { interaction: id, .. }
            | Self::Post { chat: id, .. }
            | Self::SetTyping { chat: id, .. }
            | Self::SetAttachedData { interaction: id, .. } => Some(id),
            Self::Listen { call, .. } => call.as_ref(),
        }
    }

    /// What it is called in figures and logs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SetStatus(_) => "set_status",
            Self::SetStation(_) => "set_station",
            Self::Answer(_) => "answer",
            Self::Disconnect(_) => "disconnect",
            Self::Hold(_) => "hold",
            Self::Pickup(_) => "pick_up",
            Self::Alternate { .. } => "alternate",
            Self::Reconnect { .. } => "reconnect",
            Self::Dial { .. } => "dial",
            Self::Consult { .. } => "consult",
            Self::Conference { .. } => "conference",
            Self::CompleteTransfer { .. } => "complete_transfer",
            Self::BlindTransfer { .. } => "blind_transfer",
            Self::DropParty { .. } => "drop_party",
            Self::Leave(_) => "leave",
            Self::Reject { .. } => "reject",
            Self::Listen { .. } => "listen",
            Self::ListenEnd(_) => "listen_end",
            Self::Post { .. } => "post",
            Self::SetTyping { .. } => "set_typing",
            Self::SetAttachedData { .. } => "set_attached_data",
        }
    }
}
