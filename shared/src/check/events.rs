//! `[genesys_cloud.events]`: what its settings mean together.

use super::{Sheet, format::is_host};
use crate::config::Config;
use std::time::Duration;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    let events = &config.genesys_cloud.events;
    let (second, hour) = (Duration::from_secs(1), Duration::from_hours(1));
    sheet.within("genesys_cloud.events.look_every", events.look_every, second, hour);
    sheet.within("genesys_cloud.events.after", events.after, second, hour);
    let path = |place: usize| format!("genesys_cloud.events.snmp.receivers[{place}]");
    for (place, receiver) in events.snmp.receivers.iter().enumerate() {
        if !is_receiver(receiver) {
            let repair = "Write a host and a port, monitoring.example.com:162 for example";
            sheet
                .error(&path(place), "bad-format", format!("{receiver:?} is nobody who could receive traps"), repair)
                .case("receiver")
                .with("value", receiver);
        }
    }
    let named = events.snmp.receivers.iter().enumerate().map(|(place, receiver)| (path(place), receiver.as_str()));
    sheet.unique("receiver", named, "");
    if !events.snmp.receivers.is_empty() && events.snmp.community.is_none() {
        sheet
            .error(
                "genesys_cloud.events.snmp.community",
                "missing-key",
                "traps need a community",
                "Add `community = …` under [genesys_cloud.events.snmp]",
            )
            .case("community");
    }
}

/// A host and a port; an address of IPv6 in brackets.
fn is_receiver(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        let host = host.strip_prefix('[').map_or(host, |host| host.strip_suffix(']').unwrap_or_default());
        is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0) && (!host.contains(':') || text.starts_with('['))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_a_host_with_a_port() {
        for good in ["127.0.0.1:162", "monitoring.example.com:9162", "[::1]:162", "nms:1"] {
            assert!(is_receiver(good), "{good}");
        }
        for bad in ["127.0.0.1", "::1:162", "[::1:162", ":162", "nms:0", "nms:x", "udp:nms:162", ""] {
            assert!(!is_receiver(bad), "{bad}");
        }
    }
}
