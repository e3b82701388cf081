//! The JSON of an organisation as far as we read it: tolerant of what is missing and of what nobody knows. Names as in Genesys's own libraries.

use crate::genesys_cloud::{
    cloud::{Existing, State},
    record::{CloudId, Content, FIELDS, OurId, Person, Phone},
};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// Schema of the fields that Genesys Cloud adds to a user of SCIM.
pub(super) const GENESYS: &str = "urn:ietf:params:scim:schemas:extension:genesys:purecloud:2.0:User";
/// Schema of a user (RFC 7643 §4.1).
pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// Schema of what users of a firm have besides (RFC 7643 §4.3).
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// Schema of a PATCH (RFC 7644 §3.5.2).
pub(super) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A page of SCIM.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ScimPage {
    #[serde(rename = "totalResults")]
    pub(super) total: usize,
    #[serde(rename = "Resources", deserialize_with = "or_default")]
    pub(super) users: Vec<ScimUser>,
}

/// A user by SCIM.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ScimUser {
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) active: bool,
    #[serde(deserialize_with = "or_default")]
    pub(super) user_name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) display_name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) emails: Vec<Typed>,
    #[serde(deserialize_with = "or_default")]
    pub(super) phone_numbers: Vec<Typed>,
    #[serde(deserialize_with = "or_default")]
    pub(super) title: String,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", deserialize_with = "or_default")]
    pub(super) enterprise: Enterprise,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:genesys:purecloud:2.0:User", deserialize_with = "or_default")]
    pub(super) genesys: Extension,
    #[serde(deserialize_with = "or_default")]
    pub(super) meta: Meta,
}

/// A number or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(super) kind: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) value: String,
}

/// What users of a firm have besides (RFC 7643 §4.3), as far as Genesys Cloud knows it as text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Enterprise {
    #[serde(deserialize_with = "or_default")]
    pub(super) department: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) division: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) employee_number: String,
}

/// What Genesys Cloud adds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Extension {
    #[serde(deserialize_with = "or_default")]
    pub(super) routing_skills: Vec<Proficient>,
    #[serde(deserialize_with = "or_default")]
    pub(super) routing_languages: Vec<Proficient>,
    #[serde(deserialize_with = "or_default")]
    pub(super) external_ids: Vec<ExternalId>,
}

/// A skill or a language of a user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Proficient {
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) proficiency: f64,
}

/// How another system knows a user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExternalId {
    #[serde(deserialize_with = "or_default")]
    pub(super) authority: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) value: String,
}

/// What SCIM says about a resource.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Meta {
    #[serde(deserialize_with = "or_default")]
    pub(super) version: String,
}

/// A page of the Platform API.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(deserialize_with = "or_default")]
    pub(super) entities: Vec<Entity>,
    /// Lists of members have none that can be used.
    pub(super) total: Option<usize>,
}

/// An object of the Platform API: what all kinds have, and what some have.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Entity {
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    /// Of skills, languages and users.
    #[serde(deserialize_with = "or_default")]
    pub(super) state: String,
    /// Of queues.
    #[serde(deserialize_with = "or_default")]
    pub(super) peer_id: String,
    /// Of queues and codes.
    #[serde(deserialize_with = "or_default")]
    pub(super) description: String,
    /// Of users.
    #[serde(deserialize_with = "or_default")]
    pub(super) email: String,
    /// Of users.
    pub(super) version: Option<u64>,
    /// Of OAuth clients. That a client has a secret too is nothing that we want to know.
    #[serde(deserialize_with = "or_default")]
    pub(super) authorized_grant_type: String,
    /// Of OAuth clients.
    #[serde(deserialize_with = "or_default")]
    pub(super) registered_redirect_uri: Vec<String>,
}

/// Whose token it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Organization {
    pub(super) id: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) name: String,
    #[serde(deserialize_with = "or_default")]
    pub(super) third_party_org_name: String,
}

/// `null` is as good as nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

// === impl ScimUser ===

impl ScimUser {
    /// As the port wants it; of several marks of ours the one of this site counts.
    pub(super) fn existing(self, site: &str) -> Existing {
        let marks = self.genesys.external_ids.iter().filter_map(|id| OurId::from_external(&id.authority, &id.value));
        let ours = marks.min_by_key(|mark| mark.site != site);
        let phones = Phone::ALL.into_iter().filter_map(|phone| Some((phone, self.phone(phone)?.to_owned())));
        let content = Content::User(Person {
            phones: phones.collect(),
            fields: FIELDS.into_iter().map(|name| (name.to_owned(), self.field(name).to_owned())).collect(),
            skills: Some(stars(&self.genesys.routing_skills)),
            languages: Some(stars(&self.genesys.routing_languages)),
            email: self.user_name.to_lowercase(),
            display_name: self.display_name,
        });
        let state = if self.active { State::Active } else { State::Inactive };
        let version = Some(self.meta.version).filter(|version| !version.is_empty());
        Existing { id: CloudId(self.id), ours, state, version, content }
    }

    /// One of [`FIELDS`]; empty: there is nothing in it.
    pub(super) fn field(&self, name: &str) -> &str {
        match name {
            "title" => &self.title,
            "department" => &self.enterprise.department,
            "division" => &self.enterprise.division,
            "employeeNumber" => &self.enterprise.employee_number,
            _ => "",
        }
    }

    /// The number of this kind, as we write numbers.
    pub(super) fn phone(&self, phone: Phone) -> Option<&str> {
        let found = self.phone_numbers.iter().find(|number| number.kind == phone.scim_type())?;
        let plain = found.value.strip_prefix("tel:").unwrap_or(&found.value);
        Some(plain).filter(|plain| !plain.is_empty())
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
pub(super) fn stars(all: &[Proficient]) -> BTreeMap<String, u8> {
    all.iter().map(|each| (each.name.clone(), each.proficiency.round().clamp(0.0, 5.0) as u8)).collect()
}

// === impl Entity ===

impl Entity {
    /// Is it there no more? Lists go on naming skills and languages that are deleted.
    pub(super) fn is_deleted(&self) -> bool {
        self.state.eq_ignore_ascii_case("deleted")
    }

    /// A user of whom the Platform API alone knows: what it says of him.
    pub(super) fn person(self) -> Existing {
        let state = match self.state.as_str() {
            "active" => State::Active,
            "inactive" => State::Inactive,
            _ => State::Deleted,
        };
        let person = Person { email: self.email.to_lowercase(), display_name: self.name, ..Person::default() };
        // His version counts otherwise than that of SCIM, and is of no use to it.
        Existing { id: CloudId(self.id), ours: None, state, version: None, content: Content::User(person) }
    }
}
