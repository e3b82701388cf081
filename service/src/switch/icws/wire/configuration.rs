//! What administrators have set up: users, workgroups, stations (icws §5).
#![expect(missing_docs, reason = "fields are ICWS's own words; each type names its paragraph")]

use super::{Id, connection::NamedId, lenient, wire_enum};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A list, one page of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Page<T> {
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
}

/// A user (icws §5.3), what the service needs of him.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    pub configuration_id: NamedId,
    pub extension: Id,
    #[serde(deserialize_with = "lenient::flag")]
    pub exclude_from_directory: bool,
    pub default_workstation: Option<NamedId>,
    #[serde(deserialize_with = "lenient::list")]
    pub workgroups: Vec<NamedId>,
    pub personal_information_properties: PersonalInformation,
}

/// A part of [`User`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct PersonalInformation {
    pub given_name: String,
    pub surname: String,
    pub email_address: String,
}

wire_enum! {
    /// How a workgroup chooses whom it rings.
    WorkgroupQueueType { None = 0, Custom = 1, GroupRing = 2, Sequential = 3, RoundRobin = 4, Acd = 5 }
}

/// A workgroup (icws §5.3).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Workgroup {
    pub configuration_id: NamedId,
    pub extension: Id,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    pub has_queue: Option<bool>,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    pub is_active: Option<bool>,
    pub queue_type: WorkgroupQueueType,
    #[serde(deserialize_with = "lenient::list")]
    pub members: Vec<NamedId>,
}

/// A station. `configuration/stations` is not in the published descriptions (icws §5.1); a server that has it is asked.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Station {
    pub configuration_id: NamedId,
    pub extension: Id,
}

/// An object of any kind, of which only the name is wanted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Named {
    pub configuration_id: NamedId,
}

/// A kind of object that can be listed.
pub trait Listed: DeserializeOwned + Send {
    /// Its name in URLs.
    const KIND: &'static str;
    /// The properties that are asked for.
    const SELECT: &'static str;
}

impl Listed for User {
    const KIND: &'static str = "users";
    const SELECT: &'static str = "extension,excludeFromDirectory,defaultWorkstation,workgroups,personalInformationProperties.givenName,personalInformationProperties.surname,personalInformationProperties.emailAddress";
}

impl Listed for Workgroup {
    const KIND: &'static str = "workgroups";
    const SELECT: &'static str = "extension,hasQueue,isActive,queueType,members";
}

impl Listed for Station {
    const KIND: &'static str = "stations";
    const SELECT: &'static str = "extension";
}

/// What is watched of a kind of objects (icws §5.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationWatch {
    pub configuration_ids: Vec<Id>,
    pub properties: Vec<String>,
    pub rights_filter: &'static str,
}

/// `configuration.people:…Message`. What changed is not typed: whoever watches reads the list again.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigurationChange {
    #[serde(deserialize_with = "lenient::flag")]
    pub is_delta: bool,
    pub subscription_id: Id,
    #[serde(deserialize_with = "lenient::list")]
    pub added: Vec<Value>,
    #[serde(deserialize_with = "lenient::list")]
    pub changed: Vec<Value>,
    #[serde(deserialize_with = "lenient::list")]
    pub removed: Vec<Value>,
}
