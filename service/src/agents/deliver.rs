//! What a session needs of the outbox.

use crate::{
    domain::{EventUrl, Refusal},
    outbox::{Delivery, Outbox},
};
use std::net::IpAddr;

/// Takes events on their way to SAP.
pub(super) trait Deliver: Send + Sync + 'static {
    /// May events go to this URL at all?
    fn admit(&self, url: &EventUrl, peer: Option<IpAddr>) -> Result<(), Refusal>;
    /// Hands over an event; never blocks.
    fn post(&self, delivery: Delivery);
    /// Nobody is subscribed there any more.
    fn close(&self, url: &EventUrl);
}

impl Deliver for Outbox {
    fn admit(&self, url: &EventUrl, peer: Option<IpAddr>) -> Result<(), Refusal> {
        Self::admit(self, url, peer)
    }

    fn post(&self, delivery: Delivery) {
        Self::post(self, delivery);
    }

    fn close(&self, url: &EventUrl) {
        Self::close(self, url);
    }
}
