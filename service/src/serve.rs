//! The web service for SAP and the listener for administrators.
//!
//! `listener` and `connection` carry HTTP, `route` says what a path and a method mean, `access` who may call, `body` how much and how long,
//! `page` shows people what this is; `admin` is the second listener. XML is the codec's business: nothing here reads or writes any.
//!
//! A change of policy fails no request: the old address and the old path are served for [`GRACE`] more.

mod access;
pub mod admin;
mod body;
mod connection;
mod listener;
mod page;
mod reply;
mod route;
mod stream;
#[cfg(test)]
mod tests;

pub use access::Access;
pub use listener::GRACE;

use crate::{agents::Agents, capture::Recorder, ici::Codec};
use listener::Listener;
use route::{Known, Site};
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
    /// Bounds.
    pub limits: Limits,
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
}

/// How the parts are at the moment; `app` knows them.
pub type Health = Arc<dyn Fn() -> Vec<Part> + Send + Sync>;

/// The web service.
pub struct Server {
    known: watch::Sender<Arc<Known>>,
    listener: Listener<Site>,
}

impl Server {
    /// Binds and begins to answer.
    ///
    /// # Errors
    /// The address cannot be had.
    pub fn start(
        policy: Policy,
        codec: watch::Receiver<Arc<Codec>>,
        agents: Agents,
        health: Health,
        recorder: Recorder,
    ) -> io::Result<Self> {
        let listen = policy.listen;
        let (known, in_force) = watch::channel(Arc::new(Known::new(policy, listen)));
        let listener = Listener::start(listen, Arc::new(Site::new(in_force, codec, agents, health, recorder)))?;
        let bound = listener.address();
        known.send_modify(|known| *known = Arc::new(Known::new(known.policy.clone(), bound)));
        Ok(Self { known, listener })
    }

    /// Where it is reached on this machine.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.listener.address(), self.known.borrow().policy.path)
    }

    /// Works by another policy from now on.
    ///
    /// # Errors
    /// The new address cannot be had; then nothing has changed.
    pub async fn apply(&mut self, policy: Policy) -> io::Result<()> {
        let known = &self.known;
        let publish = |bound| known.send_modify(|known| *known = Arc::new(known.followed_by(policy.clone(), bound, Instant::now())));
        self.listener.relisten(policy.listen, publish).await
    }

    /// Takes no more connections, answers every request, and cuts off who is not done within the time.
    pub async fn stop(self, within: Duration) {
        self.listener.stop(within).await;
    }
}
