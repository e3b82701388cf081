//! Chats, callbacks and e-mails (icws §2.5, §4.7).
#![expect(missing_docs, reason = "fields and variants are ICWS's own words; each type names its paragraph")]

use super::{Id, lenient, lenient::Moment, wire_enum};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// Who takes part in a chat; `External` is the customer.
    ChatMemberType { None = 0, System = 1, CurrentUser = 2, Internal = 3, External = 4 }
}

wire_enum! {
    /// What was posted.
    ChatMessageType { Text = 0, File = 1 }
}

/// One who takes part in a chat.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ChatMember {
    pub chat_member_type: ChatMemberType,
    pub display_name: String,
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
    #[serde(alias = "userID")]
    pub user_id: Id,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_typing: bool,
}

/// `interactions.chat:chatMembersMessage`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ChatMembers {
    #[serde(default, deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
    #[serde(default, deserialize_with = "lenient::list")]
    pub members_added: Vec<ChatMember>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub members_changed: Vec<ChatMember>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub members_removed: Vec<ChatMember>,
}

/// One posting.
#[derive(Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ChatMessage {
    pub chat_member: ChatMember,
    pub text: String,
    pub timestamp: Moment,
    pub message_type: ChatMessageType,
}

impl std::fmt::Debug for ChatMessage {
    /// Without what a customer has written.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a posting of {:?}", self.chat_member.chat_member_type)
    }
}

/// `interactions.chat:chatContentsMessage`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ChatContents {
    #[serde(default, deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
    #[serde(default, deserialize_with = "lenient::list")]
    pub messages_added: Vec<ChatMessage>,
}

wire_enum! {
    /// How a callback ended.
    CallbackDisposition { Success = 0, Failure = 1, Retry = 2 }
}

/// `interactions.callback:callbackMessage`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
    #[serde(default)]
    pub target: Id,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub subject: String,
    #[serde(default, deserialize_with = "lenient::maybe_number")]
    pub attempts: Option<i64>,
    #[serde(default, deserialize_with = "lenient::maybe_number")]
    pub max_attempts: Option<i64>,
    #[serde(default)]
    pub associated_call_id: Option<Id>,
}

/// `interactions.email:emailContentsMessage`, what SAP can be shown of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    #[serde(alias = "interactionID")]
    pub interaction_id: Id,
    #[serde(default)]
    pub email_content: Option<EmailContent>,
}

/// A part of [`Email`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailContent {
    pub subject: String,
    pub sender: Option<EmailAddress>,
    pub received_timestamp: Option<Moment>,
}

/// From whom.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EmailAddress {
    pub display_name: String,
    pub address: Option<String>,
}
