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
mod fair;
mod hall;
mod handshake;
mod listener;
mod page;
mod reply;
mod route;
mod stream;
#[cfg(test)]
mod tests;

pub use access::{Access, Question, User};
pub use listener::GRACE;

use crate::{agents::Agents, capture::Recorder, ici::Codec};
use connection::Door;
use hall::Hall;
use listener::Listener;
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

/// Which listener an error is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// [`Policy::listen`].
    Main,
    /// [`Secure::listen`].
    Secure,
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
}

/// How the parts are at the moment; `app` knows them.
pub type Health = Arc<dyn Fn() -> Vec<Part> + Send + Sync>;

/// The web service.
pub struct Server {
    known: watch::Sender<Arc<Known>>,
    hall: Arc<Hall<Site>>,
    main: Listener<Site>,
    secure: Option<Listener<Site>>,
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
        let (listen, beside) = (policy.listen, policy.beside());
        let (known, in_force) = watch::channel(Arc::new(Known::new(policy, listen)));
        let hall = Hall::new(Arc::new(Site::new(in_force, codec, agents, health, recorder)));
        let secure = beside.map(|address| Listener::start(address, &hall, Door::Secure)).transpose();
        let secure = secure.map_err(|error| (Which::Secure, error))?;
        let main = Listener::start(listen, &hall, Door::Main).map_err(|error| (Which::Main, error))?;
        let bound = main.address();
        known.send_modify(|known| *known = Arc::new(Known::new(known.policy.clone(), bound)));
        Ok(Self { known, hall, main, secure })
    }

    /// Where it is reached on this machine.
    pub fn url(&self) -> String {
        let known = self.known.borrow();
        let scheme = if known.policy.is_secure_alone() { "https" } else { "http" };
        format!("{scheme}://{}{}", self.main.address(), known.policy.path)
    }

    /// Where HTTPS is spoken beside HTTP.
    pub fn secure_url(&self) -> Option<String> {
        let secure = self.secure.as_ref()?;
        Some(format!("https://{}{}", secure.address(), self.known.borrow().policy.path))
    }

    /// Works by another policy from now on.
    ///
    /// # Errors
    /// Which new address cannot be had, and why; then nothing has changed.
    pub async fn apply(&mut self, policy: Policy) -> Result<(), (Which, io::Error)> {
        let old = self.known.borrow().policy.clone();
        self.beside(policy.beside()).await.map_err(|error| (Which::Secure, error))?;
        let (listen, turned) = (policy.listen, policy.is_secure_alone() != old.is_secure_alone());
        let known = &self.known;
        let publish = |bound| known.send_modify(|known| *known = Arc::new(known.followed_by(policy, bound, Instant::now())));
        if let Err(error) = self.main.relisten(listen, publish).await {
            // The address before is still being served, so that this cannot fail.
            let _ = self.beside(old.beside()).await;
            return Err((Which::Main, error));
        }
        if turned {
            self.main.renew().await;
        }
        Ok(())
    }

    /// HTTPS is spoken at this address beside the other, or nowhere.
    async fn beside(&mut self, address: Option<SocketAddr>) -> io::Result<()> {
        match (address, &mut self.secure) {
            (Some(address), Some(secure)) => secure.relisten(address, drop).await?,
            (Some(address), none) => *none = Some(Listener::start(address, &self.hall, Door::Secure)?),
            (None, some) => {
                if let Some(secure) = some.take() {
                    secure.leave().await;
                }
            }
        }
        Ok(())
    }

    /// Takes no more connections, answers every request, and cuts off who is not done within the time.
    pub async fn stop(self, within: Duration) {
        self.hall.stop(within).await;
    }
}

impl Policy {
    fn beside(&self) -> Option<SocketAddr> {
        self.secure.as_ref().and_then(|secure| secure.listen)
    }

    fn is_secure_alone(&self) -> bool {
        self.secure.as_ref().is_some_and(|secure| secure.listen.is_none())
    }
}
