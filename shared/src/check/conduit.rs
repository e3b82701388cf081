//! `[genesys_cloud.conduit]`: what it needs to be able to send.

use super::Sheet;
use crate::config::{Conduit, ConduitSink, Config};
use std::time::Duration;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    let conduit = &config.genesys_cloud.conduit;
    let minute = Duration::from_mins(1);
    sheet.within("genesys_cloud.conduit.flush_after", conduit.flush_after, Duration::from_millis(10), minute);
    sheet.within("genesys_cloud.conduit.retention", conduit.retention, minute, Duration::from_hours(24 * 30));
    if conduit.access_key.is_some() != conduit.secret_key.is_some() {
        let key = if conduit.access_key.is_some() { "secret_key" } else { "access_key" };
        sheet
            .error(&format!("genesys_cloud.conduit.{key}"), "missing-key", "a key and its secret belong together", "Write both, or neither")
            .case("access-key");
    }
    if !conduit.enabled {
        return;
    }
    let injection = conduit.sink == ConduitSink::Injection;
    if injection && !config.genesys_cloud.enabled {
        sheet
            .error(
                "genesys_cloud.conduit.sink",
                "needs-bridge",
                "the organization's own event interface is reached by the bridge's OAuth client and names what the bridge has brought there, \
                 and the bridge is off",
                "Add `enabled = true` and what belongs to it under [genesys_cloud], or write kinesis",
            )
            .case("conduit");
    }
    for (key, _) in needed(conduit).into_iter().filter(|(_, there)| !there) {
        let repair = format!("Add `{key} = …` under [genesys_cloud.conduit]");
        sheet
            .error(&format!("genesys_cloud.conduit.{key}"), "missing-key", format!("conversation events need `{key}`"), repair)
            .case("conduit")
            .with("key", key);
    }
    for (key, endpoint) in [("endpoint", &conduit.endpoint), ("sts_endpoint", &conduit.sts_endpoint)] {
        if endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://") && !is_here(endpoint)) {
            let text = "who calls, and what about, goes over the network unencrypted";
            sheet.warning(&format!("genesys_cloud.conduit.{key}"), "unencrypted", text, "Write https://").case("conduit");
        }
    }
    if config.store.path.is_none() {
        let text = "conversation events that wait are lost when the service ends, because there is no store";
        sheet.warning("genesys_cloud.conduit.enabled", "not-kept", text, "Add `path = …` under [store]").case("conduit");
    }
}

/// Keys without which nothing can be sent, and whether they are there.
fn needed(conduit: &Conduit) -> [(&'static str, bool); 4] {
    let kinesis = conduit.sink == ConduitSink::Kinesis;
    [
        ("organization_id", conduit.organization_id.is_some()),
        ("stream", !kinesis || conduit.stream.is_some()),
        ("region", !kinesis || conduit.region.is_some()),
        ("role", !kinesis || conduit.role.is_some() || (conduit.web_identity_token.is_none() && conduit.external_id.is_none())),
    ]
}

/// Does the address stay on this machine?
fn is_here(url: &str) -> bool {
    let authority = url.trim_start_matches("http://").split('/').next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|here| authority == *here || authority.starts_with(&format!("{here}:")))
}
