//! The port to an organisation: read what it has, write what we own of it. It knows records and nothing of plans; who implements it knows
//! HTTP, tokens and pace and decides nothing.
//!
//! What an adapter must hold to:
//! * it leaves every field that is not in [`Content`] as it is: where the interface wants a whole object, it sends back what it has read;
//! * a list that it gives is whole, or it is an error; inactive users are in it, deleted ones are not;
//! * it keeps the pace and waits out what asks to be waited for, each call for [`PATIENCE`] at most; what then still fails is an error;
//! * it repeats by itself only what certainly had no effect.

use super::record::{CloudId, Content, Kind, OurId};
use crate::switch::BoxFuture;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// No operation of a [`Cloud`] takes longer, retries and waits for the pace included.
pub const PATIENCE: Duration = Duration::from_mins(5);
/// Members or codes of a queue that one request may name.
pub const BATCH: usize = 100;

/// An organisation of Genesys Cloud.
pub trait Cloud: Send + Sync + 'static {
    /// Whose token it is: proves address, credentials and region at once.
    fn organisation(&self) -> BoxFuture<Result<Organisation, CloudError>>;

    /// Everything of a kind that is there, whoever made it: active and inactive users, skills and languages that are not deleted.
    fn list(&self, kind: Kind) -> BoxFuture<Result<Vec<Existing>, CloudError>>;

    /// One thing, read now; `None` when there is none, or none yet. By natural key deleted users are found too.
    fn find(&self, kind: Kind, by: Find) -> BoxFuture<Result<Option<Existing>, CloudError>>;

    /// Who is in a queue, each with the way he came into it.
    fn members(&self, queue: CloudId) -> BoxFuture<Result<Vec<Member>, CloudError>>;

    /// Which wrap-up codes a queue has.
    fn codes(&self, queue: CloudId) -> BoxFuture<Result<Vec<CloudId>, CloudError>>;

    /// Changes something.
    fn write(&self, write: Write) -> BoxFuture<Result<Written, CloudError>>;

    /// Requests sent since the start and what is known of the limit, for health and for measuring an estimate.
    fn pace(&self) -> Pace;
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its short name (`thirdPartyOrgName`), which the file names.
    pub short_name: String,
}

/// Something that an organisation has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existing {
    /// Its id there.
    pub id: CloudId,
    /// Our mark on it; `None`: it bears none, or its kind has no place for one.
    pub ours: Option<OurId>,
    /// How it is.
    pub state: State,
    /// Its version, for a change that must not overwrite another's; `None` where there is none.
    pub version: Option<String>,
    /// The fields that we would own. Of a user's telephone numbers those in the five kinds, of his skills and languages all.
    pub content: Content,
}

/// How something of an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In use.
    Active,
    /// Not in use: a user who cannot log on.
    Inactive,
    /// Deleted, and to be restored: users only.
    Deleted,
}

/// How to find something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// By its id there.
    Id(CloudId),
    /// By our mark.
    Ours(OurId),
    /// By e-mail address or name, see [`Content::natural_key`]; the whole key must match, e-mail addresses without regard to capitals.
    Key(String),
}

/// A member of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: CloudId,
    /// He is one by way of a group: then he is not to be added or removed himself.
    pub by_group: bool,
}

/// A change. Ids of users and codes may be more than [`BATCH`]: the adapter divides them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Makes something, with our mark where there is a place for it. A user is made active and without a password.
    Create {
        /// Its fields.
        content: Content,
        /// Our mark.
        ours: OurId,
    },
    /// Gives something these fields and our mark; a user becomes active. Never asked for skills and languages.
    Change {
        /// Which.
        id: CloudId,
        /// The version that was read; another one there is [`Fault::Version`].
        version: Option<String>,
        /// Its fields.
        content: Content,
        /// Our mark.
        ours: OurId,
    },
    /// Brings a deleted user back, active and without the roles he had.
    Restore {
        /// Who.
        user: CloudId,
    },
    /// Makes a user inactive and changes nothing else of him.
    Deactivate {
        /// Who.
        user: CloudId,
    },
    /// Deletes something; what is gone already is no error.
    Delete {
        /// What.
        kind: Kind,
        /// Which.
        id: CloudId,
    },
    /// Adds members to a queue; who is one already is no error.
    AddMembers {
        /// Which queue.
        queue: CloudId,
        /// Who.
        users: Vec<CloudId>,
    },
    /// Takes members out of a queue; who is none is no error.
    RemoveMembers {
        /// Which queue.
        queue: CloudId,
        /// Who.
        users: Vec<CloudId>,
    },
    /// Lets a queue's agents choose these codes.
    AddCodes {
        /// Which queue.
        queue: CloudId,
        /// Which codes.
        codes: Vec<CloudId>,
    },
    /// Takes codes from a queue; what it has not is no error.
    RemoveCodes {
        /// Which queue.
        queue: CloudId,
        /// Which codes.
        codes: Vec<CloudId>,
    },
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What is there now, as the answer says, for [`Write::Create`], [`Write::Change`] and [`Write::Restore`].
    pub existing: Option<Existing>,
    /// `inin-correlation-id` of the answer, which Genesys's support asks for.
    pub correlation: Option<String>,
}

/// How fast requests go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Requests sent since the start, those for tokens left out.
    pub calls: u64,
    /// Of these, answered with 429.
    pub throttled: u64,
    /// Requests a minute that are aimed at now.
    pub per_minute: u32,
}

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct CloudError {
    /// What kind of failure.
    pub fault: Fault,
    /// In words, for people: what was asked, and what the organisation answered.
    pub message: String,
    /// `inin-correlation-id` of the answer, when there was one.
    pub correlation: Option<String>,
}

/// Kinds of failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It is not there, or not yet: reads trail writes by minutes.
    NotThere,
    /// It was there and has been deleted.
    Gone,
    /// Something with this name or e-mail address is there already.
    Conflict,
    /// Somebody has changed it since it was read.
    Version,
    /// The token is not accepted, or no longer.
    Unauthorised,
    /// The OAuth client's roles do not allow it.
    Refused {
        /// The permission that is missing, when the answer names it: `routing:queue:edit` for example.
        permission: Option<String>,
    },
    /// Too many requests, for longer than there was patience.
    Rate,
    /// No answer, or one that says the organisation is not there for us (5xx).
    Unreachable,
    /// What was asked is wrong in itself: asking again helps nothing.
    Invalid,
}

// === impl CloudError ===

impl CloudError {
    /// May the same, asked again later, succeed with nobody having done anything about it?
    pub fn is_retryable(&self) -> bool {
        match self.fault {
            Fault::NotThere | Fault::Version | Fault::Rate | Fault::Unreachable => true,
            Fault::Gone | Fault::Conflict | Fault::Unauthorised | Fault::Refused { .. } | Fault::Invalid => false,
        }
    }

    /// Does it concern the whole organisation and not one record?
    pub fn is_of_connection(&self) -> bool {
        matches!(self.fault, Fault::Unauthorised | Fault::Rate | Fault::Unreachable)
    }
}
