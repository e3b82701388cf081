//! A real CIC server (Genesys PureConnect) behind the port, spoken to over its REST interface ICWS: the agents' sessions there, and one of the
//! service's own user.
//!
//! Written by the published descriptions of ICWS; where they are silent or differ, the code is tolerant and says so. The lower half speaks
//! ICWS and knows no agents' calls; the upper half knows calls and speaks no JSON.

mod agent;
mod agent_auth;
mod agents;
mod answer;
pub mod attributes;
mod chats;
mod cluster;
mod connector;
mod credentials;
mod error;
mod features;
mod glance;
mod http;
mod interaction;
mod later;
mod messages;
mod outcome;
mod pace;
mod path;
mod picture;
mod policy;
mod prove;
mod queue;
mod refusals;
mod session;
mod site;
mod snapshot;
pub mod sse;
mod statuses;
mod super_user;
pub mod switchover;
#[cfg(test)]
mod tests;
pub mod wire;

pub use agent_auth::{AgentAuth, AgentLogIn, Password, SecretProvider, SsoToken, SuperUserOnly};
pub use cluster::{Cluster, Prove};
pub use connector::{Connector, Network, Stream};
pub use credentials::Credentials;
pub use error::IcwsError;
pub use features::Features;
pub use messages::Messages;
pub use pace::{Pace, chance};
pub use policy::{Handler, Policy, RejectStep};
pub use session::Session;
pub use site::{Place, Site, Template};
pub use super_user::{Found, Proof, SuperUser};

use super::{AgentLine, BoxFuture, Configuration, Directory, Health, LogOn, NotProven, Switch, Turns};
use crate::domain::{InteractionId, NewInteraction, Refusal, StationView, UserId};
use agents::Shared;
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// For lists that are being read for the first time.
const LISTS: Duration = Duration::from_secs(4);

/// The adapter; cheap to clone. It ends with its last clone and the last agent's line.
#[derive(Clone)]
pub struct Icws(Arc<Shared>);

// === impl Icws ===

impl Icws {
    /// Begins to speak with the servers of a site. `policy` may change at any time; `auth` says with what agents are logged in, `proof` the
    /// service's own user.
    pub fn start(site: Site, policy: watch::Receiver<Arc<Policy>>, auth: Arc<dyn AgentAuth>, proof: Proof) -> Self {
        Self(Arc::new(Shared::new(Arc::new(Cluster::new(site)), policy, auth, proof)))
    }

    /// Ends the session of the service's own user. Agents' sessions and their calls go on at the server.
    pub async fn stop(&self) {
        self.0.super_user.stop().await;
    }
}

impl Switch for Icws {
    fn log_on(&self, who: LogOn) -> BoxFuture<Result<AgentLine, Refusal>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move { agent::log_on(&shared, &who).await })
    }

    fn place(&self, new: NewInteraction) -> BoxFuture<Result<InteractionId, Refusal>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            shared.super_user.ready(Instant::now() + LISTS).await?;
            match new.not_before {
                Some(at) => shared.place_later(new, at),
                None => shared.super_user.place(new).await,
            }
        })
    }

    fn withdraw(&self, interaction: InteractionId) -> BoxFuture<Result<(), Refusal>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move { shared.take_back(&interaction).await })
    }

    fn prove(&self, user: UserId, password: SecretString) -> BoxFuture<Result<String, NotProven>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move { prove::prove(&shared, user, password).await })
    }

    fn directory(&self) -> BoxFuture<Result<Arc<Directory>, Refusal>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            let mut directory = shared.super_user.directory(Instant::now() + LISTS).await?;
            let known = |directory: &Directory, name: &str| directory.stations.iter().any(|each| each.name.eq_ignore_ascii_case(name));
            let more: std::collections::BTreeSet<_> =
                shared.policy().stations.iter().filter(|name| !known(&directory, name)).cloned().collect();
            if !more.is_empty() {
                let all = &mut Arc::make_mut(&mut directory).stations;
                all.extend(more.into_iter().map(|name| StationView { user: shared.super_user.sitter(&name), name }));
                all.sort_by(|one, other| one.name.cmp(&other.name));
            }
            Ok(directory)
        })
    }

    fn configuration(&self) -> BoxFuture<Result<Arc<Configuration>, Refusal>> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            shared.super_user.ready(Instant::now() + LISTS).await?;
            let read = snapshot::read(&shared.super_user.session()?).await;
            read.map(Arc::new).map_err(|error| {
                tracing::warn!(cause = %error, "the configuration of CIC could not be read");
                Refusal::SwitchUnavailable
            })
        })
    }

    fn configuration_changes(&self) -> watch::Receiver<u64> {
        self.0.super_user.configuration_changes()
    }

    fn turns(&self) -> Turns {
        self.0.super_user.turns()
    }

    fn outlives_us(&self) -> bool {
        true
    }

    fn health(&self) -> Health {
        let health = self.0.super_user.health();
        Health { detail: format!("{}, agents logged on: {}", health.detail, self.0.count()), ..health }
    }
}
