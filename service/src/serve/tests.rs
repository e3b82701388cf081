//! The web service over raw sockets: what really goes over the wire, byte by byte.

mod connection;
mod front;
mod moves;
mod secure;
mod site;
mod wire;

use super::{Access, Limits, Policy};
use std::time::Duration;

pub(super) const PATH: &str = "/SapIciWebConnector/IcSapWebService.asmx";

/// A policy for everybody, on a port of its own.
pub(super) fn policy() -> Policy {
    Policy {
        listen: ([127, 0, 0, 1], 0).into(),
        path: PATH.into(),
        public_url: None,
        access: Access::everybody(),
        secure: None,
        remoting: None,
        sign_on: None,
        limits: Limits {
            body: 20_000,
            header_time: Duration::from_secs(20),
            body_time: Duration::from_millis(100),
            connections: 100,
            connections_per_address: 100,
            requests_per_second: 0,
        },
    }
}
