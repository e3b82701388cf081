//! What is done with interactions: creating, transferring, consulting, conferences (icws §4.2 to §4.6).
#![expect(missing_docs, reason = "fields and variants are ICWS's own words; each type names its paragraph")]

use super::{Id, lenient, queues::QueueId, wire_enum};
use crate::switch::icws::attributes::Attributes;
use serde::{Deserialize, Serialize};

wire_enum! {
    /// How far dialling has come when the server answers.
    CallMadeStage { None = 0, Allocated = 1, Started = 2, Completed = 3 }
}

wire_enum! {
    /// The states of an interaction, where the API and not an attribute names them (icws §4.9).
    InteractionState {
        None = 0, Alerting = 1, Connected = 2, Held = 3, Messaging = 4, Offering = 5, Parked = 6, Proceeding = 7, Suspended = 8, System = 9,
        InternalDisconnect = 10, ExternalDisconnect = 11,
    }
}

wire_enum! {
    /// Who began an interaction.
    Direction { None = 0, Inbound = 1, Outbound = 2 }
}

wire_enum! {
    /// On which side of the switch a party is.
    PartyType { None = 0, Internal = 1, External = 2 }
}

wire_enum! {
    /// How long a recording pauses for what must not be recorded.
    SecurePauseType { None = 0, DefaultTimeout = 1, Infinite = 2, Given = 3, Resume = 4 }
}

wire_enum! {
    /// What a written attribute does with the value before it.
    AppendMode { Replace = 0, Append = 1, AppendWithSeparator = 2 }
}

/// A new interaction (icws §4.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "__type", rename_all_fields = "camelCase")]
pub enum NewInteraction {
    #[serde(rename = "urn:inin.com:interactions:createCallParameters")]
    Call {
        target: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        workgroup: Option<Id>,
        #[serde(skip_serializing_if = "Option::is_none")]
        call_made_stage: Option<CallMadeStage>,
        #[serde(skip_serializing_if = "Attributes::is_empty")]
        additional_attributes: Attributes,
    },
    #[serde(rename = "urn:inin.com:interactions.callback:createCallbackParameters")]
    Callback {
        target: String,
        target_queue: QueueId,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        subject: String,
        #[serde(skip_serializing_if = "Attributes::is_empty")]
        additional_attributes: Attributes,
    },
    /// Dials the customer of a callback.
    #[serde(rename = "urn:inin.com:interactions.callback:createCallbackResponseCallParameters")]
    CallbackResponse {
        parent_interaction_id: Id,
        target: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        workgroup: Option<Id>,
        #[serde(skip_serializing_if = "Option::is_none")]
        call_made_stage: Option<CallMadeStage>,
    },
    #[serde(rename = "urn:inin.com:interactions.chat:createChatParameters")]
    Chat { target: String },
    #[serde(rename = "urn:inin.com:interactions:createGenericInteractionParameters")]
    Generic {
        queue_id: QueueId,
        #[serde(skip_serializing_if = "Option::is_none")]
        initial_state: Option<InteractionState>,
        #[serde(skip_serializing_if = "Option::is_none")]
        interaction_direction: Option<Direction>,
        #[serde(skip_serializing_if = "Option::is_none")]
        local_party_type: Option<PartyType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        remote_party_type: Option<PartyType>,
        #[serde(skip_serializing_if = "Option::is_none")]
        remote_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        remote_name: Option<String>,
        #[serde(skip_serializing_if = "Attributes::is_empty")]
        additional_attributes: Attributes,
    },
}

/// What became of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
}

/// Where a transfer goes: exactly one of the two (icws §4.5). Here it is `queueID`, in creation `queueId`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Target {
    /// Anything that can be dialled.
    #[serde(rename = "target")]
    Dial(String),
    #[serde(rename = "queueID")]
    Queue(QueueId),
}

/// The beginning of a consultation (icws §4.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewConsult {
    #[serde(flatten)]
    pub target: Target,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_made_stage: Option<CallMadeStage>,
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub additional_attributes: Attributes,
}

/// A consultation.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Consult {
    #[serde(alias = "consultID")]
    pub consult_id: Id,
    /// The call to whom is consulted.
    #[serde(alias = "consultInteractionID")]
    pub consult_interaction_id: Id,
}

/// Who hears the agent during a consultation (icws §4.5). In messages a party may be left out: unchanged.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Audience {
    #[serde(deserialize_with = "lenient::maybe_flag", skip_serializing_if = "Option::is_none")]
    pub original_party: Option<bool>,
    #[serde(deserialize_with = "lenient::maybe_flag", skip_serializing_if = "Option::is_none")]
    pub consulted_party: Option<bool>,
}

impl Audience {
    pub fn of(original: bool, consulted: bool) -> Self {
        Self { original_party: Some(original), consulted_party: Some(consulted) }
    }
}

/// `interactions:consultMessage`. Which consultation it is about is not documented; some servers say it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ConsultChange {
    #[serde(alias = "interactionID")]
    pub interaction_id: Option<Id>,
    #[serde(alias = "consultID")]
    pub consult_id: Option<Id>,
    pub audience: Audience,
}

/// A conference that came about (icws §4.6).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Conference {
    #[serde(alias = "conferenceID")]
    pub conference_id: Id,
}

/// The attributes of an interaction (icws §4.2).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct AttributeSet {
    pub attributes: Attributes,
}

/// `interactions:interactionChangedMessage`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct InteractionChange {
    #[serde(rename = "interactionID", alias = "interactionId")]
    pub interaction_id: Id,
    #[serde(default)]
    pub attributes: Attributes,
}

/// `interactions:interactionDeallocatedMessage` and `…LostRightsMessage`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct InteractionGone {
    #[serde(rename = "interactionID", alias = "interactionId")]
    pub interaction_id: Id,
}

/// `interactions:interactionMorphedMessage`: the id changes, the interaction does not.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Morph {
    #[serde(rename = "interactionID", alias = "interactionId")]
    pub interaction_id: Id,
    #[serde(rename = "newInteractionID", alias = "newInteractionId")]
    pub new_interaction_id: Id,
}
