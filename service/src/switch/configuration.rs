//! How a switch is configured, as one snapshot: who belongs to what and can do what. Live figures and statuses are not here, see
//! [`super::Directory`]. As JSON it is what a simulated CIC server is told to have.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A snapshot. Names are as the switch writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// All users.
    pub users: Vec<ConfiguredUser>,
    /// All workgroups.
    pub workgroups: Vec<ConfiguredWorkgroup>,
    /// All skills.
    pub skills: Vec<ConfiguredSkill>,
    /// All wrap-up codes; two may have the same name.
    pub wrap_up_codes: Vec<ConfiguredCode>,
    /// Names of all dial groups; `None`: the switch does not tell of them.
    pub dial_groups: Option<Vec<String>>,
}

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfiguredUser {
    /// His user name.
    pub id: String,
    /// The name to be shown; empty: none is configured.
    pub display_name: String,
    /// *Business Email*; empty: none is configured.
    pub email: String,
    /// Telephone numbers, as somebody typed them.
    pub phones: ConfiguredPhones,
    /// His own skills, each with his proficiency of 1 to 100; 0: none is configured.
    pub skills: BTreeMap<String, u8>,
    /// May he log on?
    pub active: bool,
    /// Custom attributes that administrators have given him, by name.
    pub attributes: BTreeMap<String, String>,
}

/// A user's telephone numbers; empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfiguredPhones {
    /// *Business phone*.
    pub business: String,
    /// *Business phone 2*.
    pub business2: String,
    /// *Mobile*.
    pub mobile: String,
    /// *Home*.
    pub home: String,
    /// *Fax*.
    pub fax: String,
}

/// A workgroup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfiguredWorkgroup {
    /// Its id, which is its name.
    pub id: String,
    /// Ids of the users who belong to it.
    pub members: Vec<String>,
    /// Skills that its members inherit, each with its proficiency.
    pub skills: BTreeMap<String, u8>,
    /// Ids of its wrap-up codes.
    pub wrap_up_codes: Vec<String>,
}

/// A skill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfiguredSkill {
    /// Its id, by which users and workgroups name it.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A wrap-up code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConfiguredCode {
    /// Its id, by which workgroups name it.
    pub id: String,
    /// Its name.
    pub name: String,
}
