//! Who is told that the connection to Genesys Cloud is lost or restored, as the file says.

use super::secrets;
use crate::alarm::{Policy, Receiver, Traps};
use shared::Config;
use std::sync::{Arc, LazyLock, atomic::AtomicI32};
use tokio::time::Instant;

/// Of this process, for the up-time of traps: set when the first policy is made, at the start.
static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

pub(super) fn policy(config: &Config) -> Policy {
    let started = *STARTED;
    let events = &config.genesys_cloud.events;
    // The check lets no file pass with receivers and without a community.
    let community = events.snmp.community.clone().filter(|_| !events.snmp.receivers.is_empty());
    let traps = community.map(|community| {
        Arc::new(Traps {
            receivers: events.snmp.receivers.iter().cloned().map(Receiver).collect(),
            community: secrets::password(community),
            confirmed: events.snmp.confirmed,
            enterprise: events.snmp.enterprise.split('.').filter_map(|number| number.parse().ok()).collect(),
            started,
            // Not the numbers of the process before, which a receiver may still remember.
            last: AtomicI32::new(i32::try_from(super::parts::now() & 0x3FFF_FFFF).unwrap_or_default()),
        })
    });
    Policy { system_log: events.system_log, traps }
}
