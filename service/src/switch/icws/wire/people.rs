//! What administrators have set up, in the depth that the bridge to Genesys Cloud needs (icws §5.3): skills with proficiencies, telephone numbers,
//! wrap-up codes. Names of telephone numbers beside *Business 1* and *Mobile* are not in the published descriptions; they follow these two.
#![expect(missing_docs, reason = "fields are ICWS's own words; each type names its paragraph")]

use super::{Id, configuration::Listed, connection::NamedId, lenient};
use serde::Deserialize;

/// A user (icws §5.3).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Person {
    pub configuration_id: NamedId,
    pub skills: Skills,
    pub personal_information_properties: Details,
    #[serde(deserialize_with = "lenient::list")]
    pub custom_attributes: Vec<Attribute>,
}

/// What an administrator has noted of somebody.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Attribute {
    pub name: String,
    pub value: String,
}

/// His own skills, and those that he has in effect.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Skills {
    #[serde(deserialize_with = "lenient::list")]
    pub actual_value: Vec<Level>,
}

/// A skill with its proficiency.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Level {
    pub id: NamedId,
    pub proficiency: i64,
}

/// A part of [`Person`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Details {
    pub email_address: String,
    pub phone_number_of_business1: Number,
    pub phone_number_of_business2: Number,
    pub phone_number_of_mobile: Number,
    #[serde(alias = "phoneNumberOfHome1")]
    pub phone_number_of_home: Number,
    pub phone_number_of_fax: Number,
}

/// A telephone number.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Number {
    pub number: String,
    pub extension: String,
}

/// A workgroup (icws §5.3).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    pub configuration_id: NamedId,
    #[serde(deserialize_with = "lenient::maybe_flag")]
    pub is_active: Option<bool>,
    #[serde(deserialize_with = "lenient::list")]
    pub members: Vec<NamedId>,
    #[serde(deserialize_with = "lenient::list")]
    pub skills: Vec<Level>,
    #[serde(deserialize_with = "lenient::list")]
    pub wrap_up_codes: Vec<NamedId>,
}

/// A skill (icws §5.3).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct Skill {
    pub configuration_id: NamedId,
}

/// A wrap-up code (icws §5.3); its id is a key of the server's, its name the one to be shown.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct WrapUpCode {
    pub configuration_id: NamedId,
}

/// A group of lines, by which calls are dialled. Its type is not among the published ones, see `snapshot`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct LineGroup {
    pub configuration_id: NamedId,
}

impl Listed for LineGroup {
    const KIND: &'static str = "line-groups";
    const SELECT: &'static str = "configurationId";
}

impl Listed for Person {
    const KIND: &'static str = "users";
    const SELECT: &'static str = "skills,personalInformationProperties,customAttributes";
}

impl Listed for Group {
    const KIND: &'static str = "workgroups";
    const SELECT: &'static str = "isActive,members,skills,wrapUpCodes";
}

impl Listed for Skill {
    const KIND: &'static str = "skills";
    const SELECT: &'static str = "configurationId";
}

impl Listed for WrapUpCode {
    const KIND: &'static str = "wrap-up-codes";
    const SELECT: &'static str = "configurationId";
}

impl Number {
    /// As a person writes it.
    pub fn text(&self) -> String {
        if self.extension.is_empty() { self.number.clone() } else { format!("{} ext {}", self.number, self.extension) }
    }
}

impl Level {
    /// The skill, and its proficiency from 0 to 100.
    pub fn pair(&self) -> (Id, u8) {
        (self.id.id.clone(), u8::try_from(self.proficiency.clamp(0, 100)).unwrap_or_default())
    }
}
