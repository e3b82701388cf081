//! An organisation over its own interfaces: users by SCIM 2 (RFC 7644, with Genesys's ways of it), everything else by the Platform API.
//!
//! ```text
//! Cloud ── scim, platform: what to ask, what an answer says ──▶ caller: token, repeat, patience ──▶ gate: pace, lanes ──▶ http ──▶ connect
//! ```
//!
//! Nothing here decides what an organisation should have. What is not published about the interfaces is in [`Policy`], to be changed at a site.

mod caller;
mod connect;
#[cfg(feature = "oauth")]
mod events;
mod gate;
mod http;
mod judge;
#[cfg(feature = "oauth")]
mod oauth;
mod pace;
mod platform;
pub mod probe;
mod scim;
#[cfg(test)]
mod tests;
mod token;
mod wire;

pub use connect::{Connect, Network, Stream};
#[cfg(feature = "oauth")]
pub(in crate::genesys_cloud) use events::EventError;
pub use gate::Lane;
#[cfg(feature = "oauth")]
pub use oauth::{OAuthClient, Secret};

use super::cloud::{Cloud, CloudError, Existing, Find, Member, Organisation, Pace, Write, Written};
use super::record::{CloudId, Content, Kind};
use crate::switch::BoxFuture;
use caller::{Ask, Caller};
use std::{future::Future, sync::Arc};

/// Four fifths of what Genesys Cloud allows a token of client credentials in a minute (`client.credentials.token.rate.per.minute`).
const USUAL: u32 = 240;

/// What a site says about its organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Where its interfaces are: `https://api.mypurecloud.de`.
    pub api: String,
    /// Whose marks count when a user bears several.
    pub site: String,
    /// Questions a minute at most; the organisation's answers say when it must be fewer.
    pub per_minute: u32,
    /// Values in filters of SCIM stand in quotes, as RFC 7644 has it; Genesys's own examples have none.
    pub quoted_filters: bool,
    /// Queues are marked by `peerId`; an organisation that is not allowed to use it refuses that.
    pub peer_ids: bool,
}

/// An organisation; cheap to clone. All clones share one pace.
#[derive(Clone)]
pub struct Rest {
    caller: Arc<Caller>,
    policy: Arc<Policy>,
    lane: Lane,
}

// === impl Rest ===

impl Rest {
    /// The organisation that these credentials are of; for the background.
    #[cfg(feature = "oauth")]
    pub fn new(policy: Policy, connect: Arc<dyn Connect>, client: OAuthClient) -> Self {
        let caller = Caller::new(policy.api.clone(), connect, Box::new(client), policy.per_minute);
        Self { caller: Arc::new(caller), policy: Arc::new(policy), lane: Lane::default() }
    }

    /// The same organisation at the same pace, for somebody who waits, or for nobody who does.
    #[must_use]
    pub fn in_lane(&self, lane: Lane) -> Self {
        Self { lane, ..self.clone() }
    }

    /// Asks one question, and takes its answer apart when that is a success.
    async fn ask(&self, ask: Ask) -> Result<http::Answer, CloudError> {
        self.caller.ask(self.lane, &ask).await
    }

    /// Does something with a copy of this, as a future that needs nothing else.
    fn with<T, F>(&self, work: impl FnOnce(Self) -> F) -> BoxFuture<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        Box::pin(work(self.clone()))
    }
}

impl Cloud for Rest {
    fn organisation(&self) -> BoxFuture<Result<Organisation, CloudError>> {
        self.with(|rest| async move { platform::organisation(&rest).await })
    }

    fn list(&self, kind: Kind) -> BoxFuture<Result<Vec<Existing>, CloudError>> {
        self.with(move |rest| async move {
            match kind {
                Kind::User => scim::list(&rest).await,
                _ => platform::list(&rest, kind).await,
            }
        })
    }

    fn find(&self, kind: Kind, by: Find) -> BoxFuture<Result<Option<Existing>, CloudError>> {
        self.with(move |rest| async move {
            match kind {
                Kind::User => scim::find(&rest, by).await,
                _ => platform::find(&rest, kind, by).await,
            }
        })
    }

    fn members(&self, queue: CloudId) -> BoxFuture<Result<Vec<Member>, CloudError>> {
        self.with(|rest| async move { platform::members(&rest, &queue).await })
    }

    fn codes(&self, queue: CloudId) -> BoxFuture<Result<Vec<CloudId>, CloudError>> {
        self.with(|rest| async move { platform::codes(&rest, &queue).await })
    }

    fn write(&self, write: Write) -> BoxFuture<Result<Written, CloudError>> {
        self.with(|rest| async move {
            match write {
                Write::Create { content: Content::User(person), ours } => scim::create(&rest, &person, &ours).await,
                Write::Create { content, ours } => platform::create(&rest, &content, &ours).await,
                Write::Change { id, version, content: Content::User(person), ours } => {
                    scim::change(&rest, &id, version.as_deref(), &person, &ours).await
                }
                Write::Change { id, content, ours, .. } => platform::change(&rest, &id, &content, &ours).await,
                Write::Restore { user } => scim::restore(&rest, &user).await,
                Write::Deactivate { user } => scim::deactivate(&rest, &user).await,
                Write::Delete { kind: Kind::User, id } => scim::delete(&rest, &id).await,
                Write::Delete { kind, id } => platform::delete(&rest, kind, &id).await,
                Write::AddMembers { queue, users } => platform::add_members(&rest, &queue, &users, false).await,
                Write::RemoveMembers { queue, users } => platform::add_members(&rest, &queue, &users, true).await,
                Write::AddCodes { queue, codes } => platform::add_codes(&rest, &queue, &codes).await,
                Write::RemoveCodes { queue, codes } => platform::remove_codes(&rest, &queue, &codes).await,
            }
        })
    }

    fn pace(&self) -> Pace {
        self.caller.figures()
    }
}

// === impl Policy ===

impl Policy {
    /// What is usual, at this place and for this site.
    pub fn new(api: impl Into<String>, site: impl Into<String>) -> Self {
        let api = api.into().trim_end_matches('/').to_owned();
        Self { api, site: site.into(), per_minute: USUAL, quoted_filters: true, peer_ids: true }
    }
}
