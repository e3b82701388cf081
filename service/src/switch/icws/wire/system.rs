//! Errors, handlers, licences (icws §1.7, §7).
#![expect(missing_docs, reason = "fields and variants are ICWS's own words; each type names its paragraph")]

use super::{Id, lenient, wire_enum};
use serde::{Deserialize, Serialize};

/// An error as the server writes it (icws §1.7); older servers give a number instead of an id.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Fault {
    pub error_id: String,
    #[serde(deserialize_with = "lenient::maybe_number")]
    pub error_code: Option<i64>,
    pub message: String,
    /// With a 503: where to go instead.
    #[serde(deserialize_with = "lenient::list")]
    pub alternate_host_list: Vec<String>,
}

/// `messaging:asyncOperationCompletedMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct AsyncCompleted {
    #[serde(alias = "requestID")]
    pub request_id: Id,
    pub error: Option<Fault>,
}

/// What is told to a handler, and what a handler tells (icws §7).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Notification {
    pub object_id: Id,
    pub event_id: Id,
    #[serde(deserialize_with = "lenient::list")]
    pub data: Vec<Id>,
}

/// Which of a handler's notifications are wanted (icws §7).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationHeader {
    pub object_id: Id,
    pub event_ids: Vec<Id>,
}

wire_enum! {
    /// What became of a licence.
    LicenseStatus {
        UnknownError = 0, None = 1, Available = 2, NotAssigned = 3, Unavailable = 4, UserOnAnotherStation = 5,
        StationInUseOtherMachine = 6, StationInUseOtherUser = 7, OtherApplication = 8, Unknowable = 9,
    }
}

/// One licence; the answer is 200 even when it was refused.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct LicenseResult {
    pub license_name: String,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_available: bool,
    pub error_details: String,
    pub license_status: LicenseStatus,
}

/// The answer about licences, and `licenses:licenseMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Licenses {
    #[serde(alias = "licenseList", deserialize_with = "lenient::list")]
    pub license_operation_result_list: Vec<LicenseResult>,
}

/// Whose number this is (icws §5.1).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct NumberDetails {
    pub extension: Option<Id>,
    pub queue_name: Option<Id>,
    /// 1 my interactions, 2 user, 3 station, 4 workgroup, 5 orbit, 6 line: another numbering than that of queues.
    #[serde(deserialize_with = "lenient::maybe_number")]
    pub queue_type: Option<i64>,
}
