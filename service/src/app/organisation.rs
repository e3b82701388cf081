//! Can the service work with the Genesys Cloud organisation that a file names? Looked at from the outside to the inside: hosts, token, whose token it
//! is, each permission that an enabled feature needs, limit and clock. Nothing is written; what is to be said about it is the command line's.

use super::secrets;
use crate::{
    genesys_cloud::{
        cloud::{Cloud, CloudError},
        rest::{
            self, Network, OAuthClient, Rest,
            probe::{self, PERMISSIONS, Permission},
        },
    },
    os::trust,
};
use shared::{
    config::{ConduitSink, GenesysCloud},
    genesys_cloud::{Hosts, hosts},
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::timeout;

pub use crate::genesys_cloud::rest::probe::Reached;

/// One question; reaching a host has the deadlines of its own steps.
const DEADLINE: Duration = Duration::from_secs(10);
/// A clock that is off by so many seconds makes log-ons by SAML fail.
const SKEW: i64 = 10;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// How far one gets to a host.
    Host {
        /// Its address.
        url: String,
        /// So far.
        reached: Reached,
    },
    /// There is no token for the client's id and secret.
    NoToken(String),
    /// Whose token it is.
    Organisation {
        /// Its name.
        name: String,
        /// Its short name.
        short_name: String,
    },
    /// It is of another organisation than the file names.
    OtherOrganisation {
        /// Its short name.
        is: String,
    },
    /// A question was not answered.
    Unanswered {
        /// Which: what it was to show.
        what: String,
        /// Why.
        why: String,
    },
    /// These permissions are there.
    Permitted(Vec<&'static str>),
    /// This one is missing.
    Missing(&'static str),
    /// Requests a minute that are allowed.
    Limit(u32),
    /// The organisation's clock is so many seconds before ours, which is too much.
    Skewed(i64),
}

/// Looks. The settings must be those of a file that was checked.
pub async fn look(settings: &GenesysCloud) -> Vec<Found> {
    let (Some(hosts), Some(id), Some(secret)) = (hosts(settings), settings.client_id.clone(), settings.client_secret.clone()) else {
        return Vec::new();
    };
    let tls = match trust::client(Vec::new()) {
        Ok(tls) => Arc::new(tls),
        Err(error) => return vec![Found::Unanswered { what: "trust".into(), why: error.to_string() }],
    };
    let mut found = Vec::new();
    for url in addresses(&hosts) {
        let reached = probe::reach(&url, Arc::clone(&tls)).await;
        found.push(Found::Host { url, reached });
    }
    if found.iter().any(|host| !matches!(host, Found::Host { reached: Reached::Open, .. })) {
        return found;
    }
    let client = OAuthClient { token_url: format!("{}/oauth/token", hosts.login), id, secret: secrets::password(secret) };
    let policy = rest::Policy { per_minute: settings.requests_per_minute, ..rest::Policy::new(hosts.api, settings.site.clone()) };
    let rest = Rest::new(policy, Arc::new(Network(tls)), client).in_lane(rest::Lane::Interactive);
    inside(settings, &rest, &mut found).await;
    found
}

/// What only somebody who is logged on sees.
async fn inside(settings: &GenesysCloud, rest: &Rest, found: &mut Vec<Found>) {
    if let Err(why) = on_time(rest.try_token()).await {
        found.push(Found::NoToken(why));
        return;
    }
    let wanted = settings.organization.as_deref().unwrap_or_default();
    match on_time(rest.organisation()).await {
        Ok(organisation) if organisation.short_name.eq_ignore_ascii_case(wanted) => {
            found.push(Found::Organisation { name: organisation.name, short_name: organisation.short_name });
        }
        Ok(organisation) => {
            found.push(Found::OtherOrganisation { is: organisation.short_name });
            return;
        }
        Err(why) => {
            found.push(Found::Unanswered { what: "organisation".into(), why });
            return;
        }
    }
    let mut there = Vec::new();
    for permission in needed(settings) {
        match on_time(rest.has(permission)).await {
            Ok(true) => there.push(permission.name),
            Ok(false) => found.push(Found::Missing(permission.name)),
            Err(why) => found.push(Found::Unanswered { what: permission.name.into(), why }),
        }
    }
    found.push(Found::Permitted(there));
    if let Ok(Some(limit)) = on_time(rest.limit()).await {
        found.push(Found::Limit(limit));
    }
    if let Ok(Some(skew)) = on_time(rest.clock()).await
        && skew.abs() > SKEW
    {
        found.push(Found::Skewed(skew));
    }
}

/// Permissions without which an enabled feature does not work.
fn needed(settings: &GenesysCloud) -> Vec<Permission> {
    let is_needed = |permission: &Permission| match permission.name.split(':').next() {
        Some("directory") => settings.sync_users,
        Some("routing") => settings.sync_platform_objects,
        Some("oauth") => !settings.browser_clients.is_empty(),
        Some("conversation") => settings.conduit.enabled && settings.conduit.sink == ConduitSink::Injection,
        _ => false,
    };
    PERMISSIONS.into_iter().filter(is_needed).collect()
}

/// Tokens and interfaces; one address where it is the same, as in tests.
fn addresses(hosts: &Hosts) -> Vec<String> {
    let mut all = vec![hosts.login.clone(), hosts.api.clone()];
    all.dedup();
    all
}

async fn on_time<T>(question: impl Future<Output = Result<T, CloudError>>) -> Result<T, String> {
    match timeout(DEADLINE, question).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer in {} s", DEADLINE.as_secs())),
    }
}
