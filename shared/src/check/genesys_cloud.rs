//! `[genesys_cloud]`: what its settings mean together; those of conversation events are `conduit`'s.

use super::Sheet;
use crate::{config::Config, genesys_cloud};
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

fn missing(sheet: &mut Sheet, key: &str) {
    let (path, repair) = (format!("genesys_cloud.{key}"), format!("Add `{key} = …` under [genesys_cloud]"));
    sheet.error(&path, "missing-key", format!("the bridge needs `{key}`"), repair).case("bridge").with("key", key);
}
