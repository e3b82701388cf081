//! The way to a service that may die at any moment.

use crate::{
    http,
    outside::try_to_ask,
    sink::Sink,
    soap::{self, Outcome, Parameters},
};
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

/// The service does not answer any more.
pub(super) struct Dead;

/// One process of the service.
pub(super) struct Life<'a> {
    ici: SocketAddr,
    path: &'a str,
    outside: SocketAddr,
    pub(super) sink: &'a Sink,
    dead: AtomicBool,
    answered: AtomicUsize,
}

impl<'a> Life<'a> {
    /// Where the service serves SAP, and where people outside reach its switch.
    pub(super) fn at(ici: SocketAddr, path: &'a str, outside: SocketAddr, sink: &'a Sink) -> Self {
        Self { ici, path, outside, sink, dead: AtomicBool::new(false), answered: AtomicUsize::new(0) }
    }

    /// It is gone: another may have its port by now.
    pub(super) fn is_over(&self) {
        self.dead.store(true, Relaxed);
    }

    /// Commands that were answered.
    pub(super) fn answered(&self) -> usize {
        self.answered.load(Relaxed)
    }

    /// A command of an agent's SAP.
    pub(super) fn ask(&self, user: &str, interface: &str, operation: &str, parameters: Parameters<'_>) -> Result<Outcome, Dead> {
        let body = soap::envelope(interface, operation, Some(user), parameters);
        let request = http::post(self.path, &soap::action(interface), body.as_bytes());
        if self.dead.load(Relaxed) {
            return Err(Dead);
        }
        let answer = http::exchange(self.ici, &request).map_err(|_| Dead)?;
        self.answered.fetch_add(1, Relaxed);
        Ok(soap::outcome(&answer))
    }

    /// What people outside do; the body of what came of it.
    pub(super) fn outside(&self, method: &str, path: &str, body: &str) -> Result<String, Dead> {
        if self.dead.load(Relaxed) {
            return Err(Dead);
        }
        let answer = try_to_ask(self.outside, method, path, body).map_err(|_| Dead)?;
        assert!((200..300).contains(&answer.status()), "{method} {path}: {}", answer.text());
        Ok(answer.text())
    }
}
