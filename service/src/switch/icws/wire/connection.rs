//! Log-in, session and station (icws §1.3, §1.4, §1.6).
#![expect(missing_docs, reason = "fields and variants are ICWS's own words; each type names its paragraph")]

use super::{Id, lenient, wire_enum};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The body of a log-in (icws §1.3). Never printed.
#[derive(Serialize)]
#[serde(tag = "__type")]
pub(in crate::switch::icws) enum LogIn<'a> {
    #[serde(rename = "urn:inin.com:connection:icAuthConnectionRequestSettings")]
    IcAuth {
        #[serde(rename = "applicationName")]
        application_name: &'a str,
        #[serde(rename = "userID")]
        user_id: &'a str,
        password: &'a str,
    },
    #[serde(rename = "urn:inin.com:connection:singleSignOnTokenConnectionRequestSettings")]
    SingleSignOnToken {
        #[serde(rename = "applicationName")]
        application_name: &'a str,
        #[serde(rename = "singleSignOnToken")]
        single_sign_on_token: &'a str,
    },
}

/// The answer to a log-in (icws §1.3), without what is secret in it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionResponse {
    pub session_id: Id,
    #[serde(deserialize_with = "lenient::list")]
    pub alternate_host_list: Vec<String>,
    #[serde(rename = "userID", alias = "userId")]
    pub user_id: Id,
    pub user_display_name: String,
    pub ic_server: String,
    #[serde(deserialize_with = "lenient::maybe_number")]
    pub days_until_password_expiration: Option<i64>,
    pub version: Option<Version>,
    #[serde(deserialize_with = "lenient::list")]
    pub features: Vec<Feature>,
    pub default_workstation_id: Option<Id>,
    pub effective_station: Option<EffectiveStation>,
}

/// One ability of the server (icws §1.4).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Feature {
    pub feature_id: Id,
    #[serde(deserialize_with = "lenient::number")]
    pub version: i64,
}

/// `GET /icws/connection/features`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Features {
    #[serde(deserialize_with = "lenient::list")]
    pub feature_info_list: Vec<Feature>,
}

/// The server's release (icws §1.4); all texts.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Version {
    pub major_version: Id,
    pub minor_version: Id,
    pub su: Id,
    pub build: Id,
    pub product_id: Id,
    pub codebase_id: Id,
    pub product_release_display_string: String,
    pub product_patch_display_string: String,
}

/// How a server lets one log in (icws §1.4).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerInfo {
    pub languages: Vec<serde_json::Value>,
    pub accept_language: String,
    pub authentication: Option<Authentication>,
}

/// A part of [`ServerInfo`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Authentication {
    #[serde(deserialize_with = "lenient::flag")]
    pub allow_ic_auth: bool,
    pub identity_providers: Vec<serde_json::Value>,
    pub user_agreement_text: String,
}

/// `GET /icws/connection/server-time`.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerTime {
    #[serde(rename = "serverUtcTime")]
    pub server_utc_time: lenient::Moment,
}

wire_enum! {
    /// Does the session's server still know its CIC?
    ConnectionState { None = 0, Up = 1, Down = 2 }
}

/// `GET /connection` (icws §1.4).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Connection {
    pub connection_state: ConnectionState,
    pub reason: String,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    pub should_reconnect: Option<bool>,
}

/// The message of that name (icws §2.5).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionStateChange {
    pub previous_connection_state: ConnectionState,
    pub new_connection_state: ConnectionState,
    pub reason: String,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    pub should_reconnect: Option<bool>,
}

/// Where the user sits, whichever of his sessions took the seat (icws §1.6).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct EffectiveStation {
    pub station_id: NamedId,
}

/// The message of that name; without a station the user sits nowhere.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct EffectiveStationChange {
    pub effective_station: Option<EffectiveStation>,
}

/// An id with what people call it (icws §5.3). Also read from the id alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedId {
    pub id: Id,
    pub display_name: Option<String>,
    pub uri: Option<String>,
}

impl<'de> Deserialize<'de> for NamedId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Whole {
                id: Id,
                #[serde(rename = "displayName")]
                display_name: Option<String>,
                uri: Option<String>,
            },
            Bare(Id),
        }
        Ok(match Shape::deserialize(deserializer)? {
            Shape::Whole { id, display_name, uri } => Self { id, display_name, uri },
            Shape::Bare(id) => Self { id, ..Self::default() },
        })
    }
}

impl NamedId {
    /// What to show: the name, else the id.
    pub fn shown(&self) -> &str {
        self.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.id)
    }
}

wire_enum! {
    /// What a station may be used for.
    MediaType {
        None = 0, Call = 1, Chat = 2, Email = 3, Generic = 4, Callback = 5, Sms = 6, WorkItem = 7, DirectMessage = 8, SocialConversation = 9,
    }
}

wire_enum! {
    /// What becomes of the station when the session ends.
    StationConnectionMode { Default = 0, IndependentOfSession = 1, IndependentConnectionsLogoutWithSession = 2 }
}

wire_enum! {
    /// What kind of station a session has.
    StationSetting { None = 0, Workstation = 1, RemoteWorkstation = 2, RemoteNumber = 3 }
}

/// A seat that is asked for (icws §1.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StationSettings {
    #[serde(flatten)]
    pub seat: Seat,
    pub supported_media_types: Vec<MediaType>,
    pub station_connection_mode: StationConnectionMode,
    /// Without it nothing is ever delivered there.
    pub ready_for_interactions: bool,
}

/// The four kinds of seat (icws §1.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "__type", rename_all_fields = "camelCase")]
pub enum Seat {
    #[serde(rename = "urn:inin.com:connection:workstationSettings")]
    Workstation { workstation: Id },
    #[serde(rename = "urn:inin.com:connection:remoteWorkstationSettings")]
    RemoteWorkstation {
        workstation: Id,
        #[serde(skip_serializing_if = "Option::is_none")]
        remote_number: Option<String>,
    },
    #[serde(rename = "urn:inin.com:connection:remoteNumberSettings")]
    RemoteNumber { remote_number: String, persistent_connection: bool },
    #[serde(rename = "urn:inin.com:connection:stationlessSettings")]
    Stationless {},
}

impl StationSettings {
    /// A seat for everything that SAP shows, ready for interactions.
    pub fn at(seat: Seat) -> Self {
        let all = [MediaType::Call, MediaType::Chat, MediaType::Email, MediaType::Generic, MediaType::Callback];
        Self {
            seat,
            supported_media_types: all.to_vec(),
            station_connection_mode: StationConnectionMode::Default,
            ready_for_interactions: true,
        }
    }
}

/// The seat a session has (icws §1.6). The password of its telephone is not read at all.
#[derive(Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct StationInfo {
    pub id: Id,
    pub extension: Id,
    pub station_setting: StationSetting,
    pub sip_address: String,
    pub sip_user: String,
    pub remote_number: Id,
    #[serde(deserialize_with = "lenient::list")]
    pub allowed_media_types: Vec<MediaType>,
}

impl fmt::Debug for StationInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "station {} ({:?})", self.id, self.station_setting)
    }
}

/// The message of that name (icws §1.6).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct StationConnectionStateChange {
    pub previous_station_info: Option<StationInfo>,
    pub new_station_info: Option<StationInfo>,
}

/// `GET /connection/switchover-status` (icws §8).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct SwitchoverStatus {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_switchover_active: bool,
    pub primary_host: String,
    pub backup_host: Option<String>,
    #[serde(rename = "isBackupICStopping", deserialize_with = "lenient::flag")]
    pub is_backup_ic_stopping: bool,
    #[serde(rename = "isBackupICStarting", deserialize_with = "lenient::flag")]
    pub is_backup_ic_starting: bool,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_manual_switch_only: bool,
    #[serde(deserialize_with = "lenient::list")]
    pub subsystems_down: Vec<serde_json::Value>,
}

wire_enum! {
    /// Why a session came or went.
    SessionReason { ConnectionChange = 0, ConfigurationChange = 1 }
}

/// A session of some user (icws §2.5).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionInfo {
    pub application_name: String,
    pub machine_name: String,
    pub station_id: Option<NamedId>,
    pub user_id: Option<NamedId>,
    pub reason: SessionReason,
}

/// `session:sessionsMessage`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Sessions {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    #[serde(deserialize_with = "lenient::list")]
    pub sessions_added: Vec<SessionInfo>,
    #[serde(deserialize_with = "lenient::list")]
    pub sessions_removed: Vec<SessionInfo>,
}
