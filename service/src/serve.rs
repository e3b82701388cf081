//! The web service for SAP and the listener for administrators.
//!
//! `listener` and `connection` carry HTTP, `handshake` HTTPS, `fair` says how much one address may take for itself, `route` what a path and a
//! method mean, `access` who may call, `body` how much and how long, `page` shows people what this is; `admin` is the second listener. XML is
//! the codec's business: nothing here reads or writes any.
//!
//! A change of policy fails no request: the old address and the old path are served for [`GRACE`] more. A new certificate counts for new
//! connections; those that are open go on with the one that they began with.

mod access;
pub mod admin;
mod body;
mod connection;
mod doors;
mod fair;
mod form;
pub mod front;
mod hall;
mod handshake;
mod listener;
mod page;
mod reply;
mod route;
mod sso;
mod stream;
#[cfg(test)]
mod tests;

pub use access::{Access, Question, User};
pub use listener::GRACE;
pub use sso::{Prove, SignOn, Unproven};

use crate::{agents::Agents, capture::Recorder, ici::Codec};
use connection::{Bounds, Door, Protection};
use doors::{Doors, Plan};
use route::{Known, Site};
use rustls::ServerConfig;
use serde::Serialize;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};

/// What the file says of the web service; `app` makes it from `[service]` and `[limits]`.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Path of the web service.
    pub path: String,
    /// How SAP reaches it when a proxy stands between.
    pub public_url: Option<String>,
    /// Who may call.
    pub access: Access,
    /// Encryption.
    pub secure: Option<Secure>,
    /// Where web connectors on other machines come in.
    pub remoting: Option<Remoting>,
    /// Single sign-on to Genesys Cloud.
    pub sign_on: Option<Arc<SignOn>>,
    /// Bounds.
    pub limits: Limits,
}

/// Encryption of the web service.
#[derive(Clone, Debug)]
pub struct Secure {
    /// Where HTTPS is spoken beside HTTP; `None`: at the one address, and nothing else is.
    pub listen: Option<SocketAddr>,
    /// How.
    pub config: Arc<ServerConfig>,
}

/// Where web connectors on other machines come in. They say themselves for whom they speak, so that not everybody may be one.
#[derive(Clone, Debug)]
pub struct Remoting {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who may be a web connector.
    pub access: Access,
    /// Secure remoting: both sides show certificates. `None`: not encrypted.
    pub config: Option<Arc<ServerConfig>>,
}

/// Which listener an error is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// [`Policy::listen`].
    Main,
    /// [`Secure::listen`].
    Secure,
    /// [`Remoting::listen`].
    Remoting,
}

/// Bounds of requests and connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one request, packed and unpacked.
    pub body: usize,
    /// A whole header must be there within this time; also the longest pause between two requests of one connection.
    pub header_time: Duration,
    /// A whole body must be there within this time, and the caller must take some of his answer within it.
    pub body_time: Duration,
    /// Connections at a time.
    pub connections: usize,
    /// Of these, from one address.
    pub connections_per_address: usize,
    /// Requests a second from one address; 0: as many as it likes.
    pub requests_per_second: u32,
}

/// How one part of the service is, as `/status`, `/readyz` and the service page show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Which part.
    pub name: &'static str,
    /// Does it work?
    pub up: bool,
    /// It works, but does not keep all it promises.
    pub degraded: bool,
    /// In words.
    pub detail: String,
    /// What to do, where something should be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<String>,
}

/// How the parts are at the moment; `app` knows them.
pub type Health = Arc<dyn Fn() -> Vec<Part> + Send + Sync>;

/// The web service.
pub struct Server {
    known: watch::Sender<Arc<Known>>,
    doors: Doors<Site>,
}

impl Server {
    /// Binds and begins to answer.
    ///
    /// # Errors
    /// Which address cannot be had, and why.
    pub fn start(
        policy: Policy,
        codec: watch::Receiver<Arc<Codec>>,
        agents: Agents,
        health: Health,
        recorder: Recorder,
    ) -> Result<Self, (Which, io::Error)> {
        let plan = policy.plan();
        let (known, in_force) = watch::channel(Arc::new(Known::new(policy, plan.main)));
        let doors = Doors::start(Arc::new(Site::new(in_force, codec, agents, health, recorder)), plan)?;
        let bound = doors.main();
        known.send_modify(|known| *known = Arc::new(Known::new(known.policy.clone(), bound)));
        Ok(Self { known, doors })
    }

    /// Where it is reached on this machine.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.doors.scheme(), self.doors.main(), self.known.borrow().policy.path)
    }

    /// Where HTTPS is spoken beside HTTP.
    pub fn secure_url(&self) -> Option<String> {
        Some(format!("https://{}{}", self.doors.secure()?, self.known.borrow().policy.path))
    }

    /// Where web connectors come in.
    pub fn remoting_url(&self) -> Option<String> {
        let is_secure = self.known.borrow().policy.remoting.as_ref()?.config.is_some();
        Some(format!("{}://{}", if is_secure { "https" } else { "http" }, self.doors.remoting()?))
    }

    /// Works by another policy from now on.
    ///
    /// # Errors
    /// Which new address cannot be had, and why; then nothing has changed.
    pub async fn apply(&mut self, policy: Policy) -> Result<(), (Which, io::Error)> {
        let is_secure = |policy: &Policy| policy.remoting.as_ref().is_some_and(|remoting| remoting.config.is_some());
        let turned = is_secure(&policy) != is_secure(&self.known.borrow().policy);
        let (plan, known) = (policy.plan(), &self.known);
        let publish = |bound| known.send_modify(|known| *known = Arc::new(known.followed_by(policy, bound, Instant::now())));
        self.doors.apply(plan, publish).await?;
        if turned {
            self.doors.renew_remoting().await;
        }
        Ok(())
    }

    /// Takes no more connections, answers every request, and cuts off who is not done within the time.
    pub async fn stop(self, within: Duration) {
        self.doors.stop(within).await;
    }
}

impl Part {
    /// It works.
    pub fn works(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, up: true, degraded: false, detail: detail.into(), repair: None }
    }

    /// The same part, which does not keep all it promises; and what to do.
    #[must_use]
    pub fn degraded(self, repair: impl Into<String>) -> Self {
        Self { degraded: true, repair: Some(repair.into()), ..self }
    }

    /// The same part, which does not work; and what to do.
    #[must_use]
    pub fn down(self, repair: impl Into<String>) -> Self {
        Self { up: false, repair: Some(repair.into()), ..self }
    }
}

impl Policy {
    fn plan(&self) -> Plan {
        let secure = self.secure.as_ref();
        Plan {
            main: self.listen,
            main_is_secure: secure.is_some_and(|secure| secure.listen.is_none()),
            secure: secure.and_then(|secure| secure.listen),
            remoting: self.remoting.as_ref().map(|remoting| remoting.listen),
        }
    }

    fn bounds(&self) -> Bounds {
        let limits = &self.limits;
        Bounds {
            header_time: limits.header_time,
            write_time: limits.body_time,
            connections: limits.connections,
            connections_per_address: limits.connections_per_address,
            requests_per_second: limits.requests_per_second,
        }
    }

    fn protection(&self, door: Door) -> Protection {
        let tls = |config: &Arc<ServerConfig>| Protection::Tls(Arc::clone(config));
        match (door, &self.secure, &self.remoting) {
            (Door::Main, Some(secure), _) if secure.listen.is_none() => tls(&secure.config),
            (Door::Main, ..) => Protection::Plain,
            (Door::Secure, Some(secure), _) => tls(&secure.config),
            (Door::Remoting, _, Some(remoting)) => remoting.config.as_ref().map_or(Protection::Plain, tls),
            (Door::Secure | Door::Remoting, ..) => Protection::Closed,
        }
    }
}
