//! `[genesys_cloud.sso]`: what single sign-on needs, and what would make it unsafe.

use super::Sheet;
use crate::{
    config::{ClientCertificates, Config, SwitchKind},
    genesys_cloud::is_safe_url,
};
use std::time::Duration;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    let (cloud, sso) = (&config.genesys_cloud, &config.genesys_cloud.sso);
    sheet.within("genesys_cloud.sso.life", sso.life, Duration::from_secs(30), Duration::from_mins(10));
    for (path, url) in addresses(config).filter(|(_, url)| !is_safe_url(url)) {
        sheet
            .error(
                path,
                "unencrypted",
                format!("{url:?} is no encrypted address: passwords or answers could be read on the way"),
                "Write https://; http:// is for 127.0.0.1 and localhost only",
            )
            .case("sso")
            .with("value", url);
    }
    if !sso.enabled {
        return;
    }
    let needed = [("url", sso.url.is_some()), ("certificate", sso.certificate.is_some()), ("key", sso.key.is_some())];
    for (key, _) in needed.into_iter().filter(|(_, there)| !there) {
        let (path, repair) = (format!("genesys_cloud.sso.{key}"), format!("Add `{key} = …` under [genesys_cloud.sso]"));
        sheet.error(&path, "missing-key", format!("single sign-on needs `{key}`"), repair).case("sso").with("key", key);
    }
    if cloud.organization.is_none() {
        let (text, repair) = ("single sign-on needs the organisation's short name", "Add `organization = …` under [genesys_cloud]");
        sheet.error("genesys_cloud.organization", "missing-key", text, repair).case("sso-organization");
    }
    if config.switch.kind == SwitchKind::Embedded {
        let (text, repair) =
            ("the built-in switch knows no passwords, so nobody could sign on", "Use a CIC server: `kind = \"icws\"` under [switch]");
        sheet.error("genesys_cloud.sso.enabled", "no-passwords", text, repair);
    }
    if config.service.path.to_ascii_lowercase().starts_with("/sso/") {
        let (text, repair) =
            ("single sign-on takes the addresses below /sso/ for itself", "Write another path, or turn single sign-on off");
        sheet.error("service.path", "same-address", text, repair).case("sso");
    }
    let tls = config.service.tls.as_ref();
    if tls.is_some_and(|tls| tls.client_certificates == ClientCertificates::Required) {
        let (text, repair) = ("agents' browsers have to show certificates too", "Write \"optional\", unless every agent's browser has one");
        sheet.warning("service.tls.client_certificates", "browsers-need-certificates", text, repair);
    }
    if tls.is_none() && !config.service.listen.ip().is_loopback() {
        let text = "passwords are taken over HTTPS only, and the web service speaks HTTP";
        sheet
            .warning("genesys_cloud.sso.enabled", "unencrypted", text, "Add [service.tls], or put a proxy with HTTPS on this machine")
            .case("sso-door");
    }
}

/// Everything that a browser is led to.
fn addresses(config: &Config) -> impl Iterator<Item = (&'static str, &str)> {
    let sso = &config.genesys_cloud.sso;
    let all = [("genesys_cloud.sso.url", &sso.url), ("genesys_cloud.sso.consumer", &sso.consumer)];
    all.into_iter().filter_map(|(path, url)| Some((path, url.as_deref()?)))
}
