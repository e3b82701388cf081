//! `[genesys_cloud]`: what its settings mean together.

use super::Sheet;
use crate::{
    config::{ConduitSink, Config},
    genesys_cloud,
};
use std::time::Duration;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    let cloud = &config.genesys_cloud;
    let needed = [
        ("organization", cloud.organization.is_some()),
        ("client_id", cloud.client_id.is_some()),
        ("client_secret", cloud.client_secret.is_some()),
    ];
    for (key, _) in needed.iter().filter(|(_, there)| cloud.enabled && !there) {
        missing(sheet, "genesys_cloud", key, "bridge");
    }
    if genesys_cloud::hosts(cloud).is_none() {
        if let Some(host) = &cloud.host {
            let repair = "Write the region's host without https://, mypurecloud.de for example";
            sheet
                .error("genesys_cloud.host", "bad-format", format!("{host:?} is no host of Genesys Cloud"), repair)
                .case("cloud-host")
                .with("value", host);
        } else {
            let names = genesys_cloud::regions().iter().map(|region| region.name.as_str()).collect::<Vec<_>>().join(", ");
            sheet
                .error(
                    "genesys_cloud.region",
                    "bad-format",
                    format!("{:?} is no region of Genesys Cloud that is known here", cloud.region),
                    format!("Write one of {names}; or the host of another under `host`"),
                )
                .case("cloud-region")
                .with("value", &cloud.region)
                .with("names", names);
        }
    }
    if !cloud.site.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        sheet
            .error(
                "genesys_cloud.site",
                "bad-format",
                format!("{:?} is no name of a site", cloud.site),
                "Write letters, digits, - and _ only",
            )
            .case("site")
            .with("value", &cloud.site);
    }
    let stars = [
        ("three", cloud.stars.two, cloud.stars.three),
        ("four", cloud.stars.three, cloud.stars.four),
        ("five", cloud.stars.four, cloud.stars.five),
    ];
    if let Some((key, least, value)) = stars.into_iter().find(|(_, before, value)| before >= value) {
        sheet
            .error(
                &format!("genesys_cloud.stars.{key}"),
                "out-of-range",
                format!("{value} is no more than the star before needs"),
                format!("Write more than {least}"),
            )
            .case("stars")
            .with("value", value)
            .with("least", least);
    }
    let (minute, day) = (Duration::from_mins(1), Duration::from_hours(24));
    sheet.within("genesys_cloud.user_grace", cloud.user_grace, Duration::ZERO, 365 * day);
    sheet.within("genesys_cloud.object_grace", cloud.object_grace, Duration::ZERO, 365 * day);
    sheet.within("genesys_cloud.interval", cloud.interval, minute, 30 * day);
    let conduit = &cloud.conduit;
    sheet.within("genesys_cloud.conduit.flush_after", conduit.flush_after, Duration::from_millis(10), minute);
    sheet.within("genesys_cloud.conduit.retention", conduit.retention, minute, 30 * day);
    if conduit.enabled && conduit.sink == ConduitSink::Kinesis {
        for (key, there) in [("stream", conduit.stream.is_some()), ("region", conduit.region.is_some())] {
            if !there {
                missing(sheet, "genesys_cloud.conduit", key, "conduit");
            }
        }
    }
    if conduit.access_key.is_some() != conduit.secret_key.is_some() {
        let key = if conduit.access_key.is_some() { "secret_key" } else { "access_key" };
        sheet
            .error(&format!("genesys_cloud.conduit.{key}"), "missing-key", "a key and its secret belong together", "Write both, or neither")
            .case("access-key");
    }
}

fn missing(sheet: &mut Sheet, section: &str, key: &str, case: &'static str) {
    let text = if case == "bridge" { format!("the bridge needs `{key}`") } else { format!("Kinesis needs `{key}`") };
    sheet.error(&format!("{section}.{key}"), "missing-key", text, format!("Add `{key} = …` under [{section}]")).case(case).with("key", key);
}
