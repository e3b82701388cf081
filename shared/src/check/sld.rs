//! `[sld]`: what its settings mean together. What the template makes of the attributes is `crate::sld`'s.

use super::Sheet;
use crate::{
    config::{Config, SldDestination},
    sld,
};
use std::{net::IpAddr, time::Duration};

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    let settings = &config.sld;
    // A quarter of an hour is the least that SAP's own suppliers take (sld §4).
    sheet.within("sld.interval", settings.interval, Duration::from_mins(15), Duration::from_hours(30 * 24));
    if settings.server.is_none() {
        // Nothing is sent, and all the same what stands there must not be wrong.
        let own = SldDestination {
            server: String::new(),
            user_id: settings.user_id.clone(),
            password: settings.password.clone(),
            proxy: settings.proxy.clone(),
            uri: settings.uri.clone(),
            ..anywhere()
        };
        one("sld", &own, sheet);
    }
    let all = settings.all();
    for (path, destination) in &all {
        one(path, destination, sheet);
        let here = destination.server == "localhost" || destination.server.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if destination.password.is_some() && !destination.tls && !here {
            sheet
                .warning(
                    &format!("{path}.tls"),
                    "sld-clear-text",
                    "the password of the SLD's user goes over the network unencrypted",
                    "Write `tls = true` and the port of HTTPS, or use a segment that you trust",
                )
                .with("server", &destination.server);
        }
    }
    let urls: Vec<(String, String)> = all.iter().map(|(path, destination)| (path.clone(), sld::url(destination))).collect();
    sheet.unique("address", urls.iter().map(|(path, url)| (format!("{path}.server"), url.as_str())), "");
}

fn one(path: &str, destination: &SldDestination, sheet: &mut Sheet) {
    let SldDestination { user_id, password, uri, proxy, .. } = destination;
    if user_id.is_some() != password.is_some() {
        let missing = if user_id.is_some() { "password" } else { "user_id" };
        sheet
            .error(&format!("{path}.{missing}"), "missing-key", "user and password belong together", "Write both, or neither")
            .case("pair");
    }
    if !uri.starts_with('/') {
        sheet
            .error(&format!("{path}.uri"), "bad-format", format!("{uri:?} is not a path"), "Begin it with a slash: /sld/ds")
            .case("path")
            .with("value", uri);
    }
    if proxy.as_deref().is_some_and(|proxy| sld::proxy(proxy).is_none()) {
        let repair =
            "Write http://, a host and a port, and nothing behind it: Jackfield speaks plain HTTP to proxies and does not log on there";
        sheet.error(&format!("{path}.proxy"), "sld-proxy", "this is no proxy that Jackfield can use", repair);
    }
}

fn anywhere() -> SldDestination {
    SldDestination {
        server: String::new(),
        port: 1,
        tls: false,
        authority: None,
        proxy: None,
        user_id: None,
        password: None,
        uri: "/".into(),
        template: None,
        content_type: None,
    }
}
