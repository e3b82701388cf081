//! Statuses and who has which (icws §3).
#![expect(missing_docs, reason = "fields are ICWS's own words; each type names its paragraph")]

use super::{Id, lenient, lenient::Moment};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A status that the site has (icws §3.1).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusMessage {
    /// Its name, the same in every language.
    #[serde(alias = "statusID")]
    pub status_id: Id,
    /// What agents read, in the session's language.
    pub message_text: String,
    pub group_tag: String,
    pub system_id: Id,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_do_not_disturb_status: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_selectable_status: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_persistent_status: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_forward_status: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_after_call_work_status: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_acd_status: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_allow_follow_up_status: bool,
}

/// `GET /status/status-messages`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusMessageList {
    #[serde(deserialize_with = "lenient::list")]
    pub status_message_list: Vec<StatusMessage>,
}

/// `status:statusMessagesMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusMessages {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    #[serde(deserialize_with = "lenient::list")]
    pub status_messages_added: Vec<StatusMessage>,
    #[serde(deserialize_with = "lenient::list")]
    pub status_messages_removed: Vec<Id>,
    #[serde(deserialize_with = "lenient::list")]
    pub status_messages_changed: Vec<StatusMessage>,
}

/// The statuses a user may set (icws §3.1).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusAccess {
    #[serde(alias = "userID")]
    pub user_id: Id,
    #[serde(deserialize_with = "lenient::list")]
    pub status_messages: Vec<Id>,
}

/// `status:statusMessagesUserAccessMessage`: the list's name is not published, both that are likely are read.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct StatusAccessChange {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    #[serde(alias = "userAccessList", alias = "statusMessagesUserAccess", deserialize_with = "lenient::list")]
    pub status_messages_user_access_list: Vec<StatusAccess>,
}

/// What a user does (icws §3.2). Also a delta: what is `None` there is unchanged.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct UserStatus {
    #[serde(alias = "userID")]
    pub user_id: Id,
    /// Missing for a user who never had one.
    #[serde(alias = "statusID")]
    pub status_id: Option<Id>,
    pub notes: Option<String>,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    pub on_phone: Option<bool>,
    pub on_phone_changed: Option<Moment>,
    pub status_changed: Option<Moment>,
    pub stations: Option<Vec<Id>>,
    pub ic_servers: Option<Vec<Id>>,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    pub logged_in: Option<bool>,
}

/// `status:userStatusMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct UserStatuses {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    #[serde(deserialize_with = "lenient::list")]
    pub user_status_list: Vec<UserStatus>,
}

/// A status to be set (icws §3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewStatus<'a> {
    pub status_id: &'a str,
}

/// What is answered to an operation that goes on afterwards.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    #[serde(alias = "requestID")]
    pub request_id: Option<Id>,
}

/// In which workgroups a user takes part now (icws §3.3). Both the answer and, by what L documents, the message.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Activations {
    #[serde(alias = "userID", skip_serializing_if = "str::is_empty")]
    pub user_id: Id,
    pub activations: BTreeMap<String, bool>,
}
