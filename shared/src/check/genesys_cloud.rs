//! `[genesys_cloud]`: what its settings mean together; those of conversation events are `conduit`'s.

use super::Sheet;
use crate::{
    config::{Config, SwitchKind},
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
        missing(sheet, key);
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
    around(config, sheet);
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
}

/// What the guide has on pages of its own: clients in the browser, custom attributes, dial groups.
fn around(config: &Config, sheet: &mut Sheet) {
    let cloud = &config.genesys_cloud;
    for (i, client) in cloud.browser_clients.iter().enumerate().filter(|(_, client)| genesys_cloud::redirect_uri(client).is_none()) {
        sheet
            .error(
                &format!("genesys_cloud.browser_clients[{i}]"),
                "bad-format",
                format!("{client:?} is no address to which Genesys Cloud could lead a browser back"),
                "Write https:// (http:// for this machine only), a host and a path, without user, password and #",
            )
            .case("browser-client")
            .with("value", client);
    }
    let attributes =
        || cloud.custom_attributes.iter().enumerate().map(|(i, one)| (format!("genesys_cloud.custom_attributes[{i}].field"), one));
    for (path, one) in attributes().filter(|(_, one)| !genesys_cloud::FIELDS.contains(&one.field.as_str())) {
        let names = genesys_cloud::FIELDS.join(", ");
        sheet
            .error(
                &path,
                "bad-format",
                format!("{:?} is no field that a custom attribute may fill", one.field),
                format!("Write one of {names}"),
            )
            .case("cloud-field")
            .with("value", &one.field)
            .with("names", names);
    }
    sheet.unique("field", attributes().map(|(path, one)| (path, one.field.as_str())), "");
    if config.switch.kind == SwitchKind::Embedded {
        let known = &config.switch.embedded.dial_groups;
        for (i, group) in cloud.dial_groups.iter().enumerate().filter(|(_, group)| !known.contains(group)) {
            sheet
                .warning(
                    &format!("genesys_cloud.dial_groups[{i}]"),
                    "unknown-name",
                    format!("the built-in switch has no dial group {group:?}"),
                    "Write it under `dial_groups` of [switch.embedded], or remove it here",
                )
                .case("dial-group")
                .with("name", group);
        }
    }
}

fn missing(sheet: &mut Sheet, key: &str) {
    let (path, repair) = (format!("genesys_cloud.{key}"), format!("Add `{key} = …` under [genesys_cloud]"));
    sheet.error(&path, "missing-key", format!("the bridge needs `{key}`"), repair).case("bridge").with("key", key);
}
