//! What is kept in step: the canonical form of each kind of record, how it is known here and there, and the fingerprint that says whether it
//! is as it was. Where it comes from and how it gets there are other files' business.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
    str::FromStr,
};

/// A kind of record, in the order in which they are made: what stands later may refer to what stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A skill of the switch, an ACD skill there.
    Skill,
    /// A skill of the switch that is to be treated as a language, an ACD language there.
    Language,
    /// A wrap-up code; only its name is kept in step (guide, "Wrap-up Codes").
    WrapUpCode,
    /// A workgroup, a queue there.
    Queue,
    /// A user.
    User,
    /// The OAuth client by which clients in the browser log people on (guide, "Browser Client Applications").
    OauthClient,
}

/// What the switch calls a thing: the id of its configuration, which for CIC is its name. Of wrap-up codes it is the name itself, because two
/// codes of one name are one there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

/// What the organisation calls a thing: a UUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CloudId(pub String);

/// A record. Written `user:ANNA`, in the command line and in history.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RecordId {
    /// What it is.
    pub kind: Kind,
    /// Which.
    pub source: SourceId,
}

/// Our mark on a thing of the organisation: `externalIds` of a user (authority and value), `peerId` of a queue, `description` of a wrap-up
/// code and of an OAuth client. Skills and languages have no place for one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OurId {
    /// The site it belongs to, `genesys_cloud.site`: two sites may share an organisation.
    pub site: String,
    /// Which of its kind.
    pub source: SourceId,
}

/// The fields of a thing that we own there; all others are nobody's business here, and whoever writes must leave them as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// An ACD skill. Cannot be changed there, only made and deleted.
    Skill {
        /// Its name, with capital and small letters as they are.
        name: String,
    },
    /// An ACD language. Cannot be changed there either.
    Language {
        /// Its name.
        name: String,
    },
    /// A wrap-up code.
    WrapUpCode {
        /// Its name.
        name: String,
    },
    /// A queue. Its members and codes are [`Links`].
    Queue {
        /// Its name.
        name: String,
    },
    /// A user.
    User(Person),
    /// An OAuth client for clients in the browser. Names of these are not unique, so that only our mark says which is ours.
    OauthClient {
        /// Its name.
        name: String,
        /// `CODE` or `TOKEN`.
        grant: String,
        /// To where browsers may be led back.
        redirect_uris: BTreeSet<String>,
    },
}

/// The fields of a user that we own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The main e-mail address, in small letters; unique there.
    pub email: String,
    /// The name to be shown.
    pub display_name: String,
    /// Telephone numbers in E.164 (`+4930123456`, with `;ext=12` for an extension). A kind that is not here is cleared there.
    pub phones: BTreeMap<Phone, String>,
    /// Skills by name, 1 to 5 stars each; `None`: skills are not kept in step, so leave them.
    pub skills: Option<BTreeMap<String, u8>>,
    /// Languages by name, 1 to 5 stars each; `None`: leave them.
    pub languages: Option<BTreeMap<String, u8>>,
    /// Further fields by their names in SCIM ([`FIELDS`]), which custom attributes of the switch fill. Empty text: cleared
    /// there; a field that is not here is nobody's business.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// Fields of a user that are nobody's but the site's, by their names in SCIM: `title` of the core schema, the others of the enterprise extension
/// (RFC 7643 §4.3).
pub const FIELDS: [&str; 4] = ["title", "department", "division", "employeeNumber"];

/// A user's telephone (guide, "Users": five of them are kept in step).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phone {
    /// *Business phone*, `work` there.
    Work,
    /// *Business phone 2*, `work2` there.
    Work2,
    /// *Mobile*, `mobile` there.
    Mobile,
    /// *Home*, `home` there.
    Home,
    /// *Fax*, `other` there.
    Other,
}

/// What a queue is joined to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// Users who are members.
    pub members: BTreeSet<SourceId>,
    /// Wrap-up codes that may be chosen, by name.
    pub codes: BTreeSet<SourceId>,
}

/// A record as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Which.
    pub id: RecordId,
    /// Its fields.
    pub content: Content,
    /// What it is joined to; empty for all but queues.
    pub links: Links,
    /// Is it in use? Only users can be out of it.
    pub active: bool,
}

/// SHA-256 of a canonical form, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

// === impl Kind ===

impl Kind {
    /// All, in the order in which they are made.
    pub const ALL: [Self; 6] = [Self::Skill, Self::Language, Self::WrapUpCode, Self::Queue, Self::User, Self::OauthClient];

    /// Does its natural key say which it is? Where names are not unique only our mark does.
    pub fn has_natural_key(self) -> bool {
        self != Self::OauthClient
    }

    /// The word for it in record ids, JSON and the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Skill => "skill",
            Self::Language => "language",
            Self::WrapUpCode => "wrap_up_code",
            Self::Queue => "queue",
            Self::User => "user",
            Self::OauthClient => "oauth_client",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

// === impl SourceId, CloudId ===

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for SourceId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for CloudId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for CloudId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

// === impl RecordId ===

impl RecordId {
    /// A record.
    pub fn new(kind: Kind, source: impl Into<SourceId>) -> Self {
        Self { kind, source: source.into() }
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.source)
    }
}

impl FromStr for RecordId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, source) = text.split_once(':').unwrap_or((text, ""));
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word).filter(|_| !source.is_empty());
        let kind = kind.ok_or_else(|| format!("{text:?} names no record: write its kind and its name, user:ANNA for example"))?;
        Ok(Self { kind, source: source.into() })
    }
}

impl From<RecordId> for String {
    fn from(id: RecordId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for RecordId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

// === impl OurId ===

/// Before the site in every mark, so that a description that somebody typed is never taken for one.
const MARK: &str = "jackfield:";

impl OurId {
    /// The authority of a user's external id.
    pub fn authority(&self) -> String {
        format!("{MARK}{}", self.site)
    }

    /// From a user's external id; `None`: another program's.
    pub fn from_external(authority: &str, value: &str) -> Option<Self> {
        let site = authority.strip_prefix(MARK)?;
        Some(Self { site: site.to_owned(), source: value.into() })
    }

    /// From a `peerId` or a description; `None`: another program's, or a person's.
    pub fn parse(text: &str) -> Option<Self> {
        let (site, source) = text.strip_prefix(MARK)?.split_once(':')?;
        Some(Self { site: site.to_owned(), source: source.into() })
    }
}

impl fmt::Display for OurId {
    /// As in a `peerId` or a description.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{}:{}", self.site, self.source)
    }
}

// === impl Content ===

impl Content {
    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Skill { .. } => Kind::Skill,
            Self::Language { .. } => Kind::Language,
            Self::WrapUpCode { .. } => Kind::WrapUpCode,
            Self::Queue { .. } => Kind::Queue,
            Self::User(_) => Kind::User,
            Self::OauthClient { .. } => Kind::OauthClient,
        }
    }

    /// What is unique there and means the same thing to people: the e-mail address of a user, the name of everything else.
    pub fn natural_key(&self) -> &str {
        match self {
            Self::Skill { name }
            | Self::Language { name }
            | Self::WrapUpCode { name }
            | Self::Queue { name }
            | Self::OauthClient { name, .. } => name,
            Self::User(person) => &person.email,
        }
    }
}

// === impl Phone ===

impl Phone {
    /// All.
    pub const ALL: [Self; 5] = [Self::Work, Self::Work2, Self::Mobile, Self::Home, Self::Other];

    /// The `type` of a SCIM telephone number.
    pub fn scim_type(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Work2 => "work2",
            Self::Mobile => "mobile",
            Self::Home => "home",
            Self::Other => "other",
        }
    }
}

// === impl Record ===

impl Record {
    /// Two records with the same fingerprint need the same of the organisation.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self)
    }
}

// === impl Fingerprint ===

impl Fingerprint {
    /// Of anything whose fields stand in a fixed order, as those of our types do.
    pub fn of(value: &impl Serialize) -> Self {
        // Types of ours that are serialised here have text keys only, so nothing can fail.
        let json = serde_json::to_vec(value).unwrap_or_default();
        let mut text = String::with_capacity(64);
        for byte in digest::digest(&digest::SHA256, &json).as_ref() {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// One that was written down.
    pub fn parse(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// In hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_kind_and_name_as_people_write_them() {
        let id: RecordId = "wrap_up_code:Ends: well".parse().unwrap();
        assert_eq!(id, RecordId::new(Kind::WrapUpCode, "Ends: well"));
        assert_eq!(id.to_string(), "wrap_up_code:Ends: well");
        for wrong in ["", "user", "user:", "agent:ANNA", "ANNA"] {
            assert!(wrong.parse::<RecordId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_mark_is_read_back_and_a_text_that_somebody_typed_is_none() {
        let ours = OurId { site: "berlin".into(), source: "Sales: north".into() };
        assert_eq!(OurId::parse(&ours.to_string()), Some(ours.clone()));
        assert_eq!(OurId::from_external(&ours.authority(), "Sales: north"), Some(ours));
        assert_eq!(OurId::parse("for the north"), None);
        assert_eq!(OurId::from_external("x-pc:scimv2:v1:1", "a"), None);
    }

    #[test]
    fn a_fingerprint_changes_with_every_field_and_with_nothing_else() {
        let person = |email: &str, stars: u8| Record {
            id: RecordId::new(Kind::User, "ANNA"),
            content: Content::User(Person {
                email: email.into(),
                display_name: "Anna Adler".into(),
                phones: [(Phone::Work, "+4930123456".into())].into(),
                skills: Some([("Marketing".into(), stars)].into()),
                ..Person::default()
            }),
            links: Links::default(),
            active: true,
        };
        let known = person("anna@example.com", 3).fingerprint();
        assert_eq!(known, person("anna@example.com", 3).fingerprint());
        assert_ne!(known, person("anna@example.com", 4).fingerprint());
        assert_ne!(known, person("anna@example.org", 3).fingerprint());
        assert_eq!(known.as_str().len(), 64);
    }
}
