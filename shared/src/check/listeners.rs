//! `[service]` and `[admin]`: listeners, and who may come in.

use super::Sheet;
use crate::config::{ClientCertificates, Config};
use std::net::SocketAddr;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    let (service, admin) = (&config.service, &config.admin);
    if !service.path.starts_with('/') || service.path.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#')) {
        sheet
            .error(
                "service.path",
                "bad-format",
                format!("{:?} is not the path of a web service", service.path),
                "Begin it with a slash, without blanks, ? and #",
            )
            .case("path")
            .with("value", &service.path);
    }
    if collide(service.listen, admin.listen) {
        sheet
            .error(
                "admin.listen",
                "same-address",
                format!("{} is taken by `service.listen`", admin.listen),
                "Give one of the two another port",
            )
            .with("address", admin.listen);
    }
    if !service.listen.ip().is_loopback()
        && service.access.networks.is_empty()
        && service.access.users.is_empty()
        && !shows_certificates(config)
    {
        sheet
            .warning(
                "service.listen",
                "open-to-everybody",
                format!("everybody who reaches {} can act for every agent", service.listen),
                "Write SAP's addresses into `service.access.networks`",
            )
            .with("address", service.listen);
    }
    administration(config, sheet);
    encryption(config, sheet);
    remoting(config, sheet);
    let users = service.access.users.iter().enumerate();
    sheet.unique("name", users.map(|(index, user)| (format!("service.access.users[{index}].name"), user.name.as_str())), "");
}

/// `[admin]`: whoever is on another machine comes over TLS and shows a token.
fn administration(config: &Config, sheet: &mut Sheet) {
    let (service, admin) = (&config.service, &config.admin);
    if !admin.listen.ip().is_loopback() {
        sheet
            .error(
                "admin.listen",
                "admin-in-clear",
                format!("tokens and the names of agents would come to {} without encryption", admin.listen),
                "Listen on 127.0.0.1, and write [admin.tls] for administrators on other machines",
            )
            .with("address", admin.listen);
    }
    let Some(tls) = &admin.tls else { return };
    if admin.token.is_none() {
        sheet
            .error(
                "admin.tls.listen",
                "admin-without-token",
                format!("everybody who reaches {} could read this file and change it", tls.listen),
                "Write `admin.token`, or remove [admin.tls]",
            )
            .with("address", tls.listen);
    }
    let https = service.tls.as_ref().and_then(|tls| tls.listen);
    let remoting = config.ici.remoting_port.filter(|_| config.connector.server.is_none());
    let remoting = remoting.map(|port| SocketAddr::new(config.remoting.address, port));
    let others = [
        ("service.listen", Some(service.listen)),
        ("admin.listen", Some(admin.listen)),
        ("service.tls.listen", https),
        ("ici.remoting_port", remoting),
    ];
    for (setting, _) in others.into_iter().filter(|(_, other)| other.is_some_and(|other| collide(tls.listen, other))) {
        sheet
            .error(
                "admin.tls.listen",
                "same-address",
                format!("{} is taken by `{setting}`", tls.listen),
                "Give one of the two another port",
            )
            .with("address", tls.listen);
    }
}

/// Does everybody who comes show a certificate?
fn shows_certificates(config: &Config) -> bool {
    let tls = config.service.tls.as_ref();
    tls.is_some_and(|tls| tls.listen.is_none() && tls.client_certificates == ClientCertificates::Required)
}

/// `[service.tls]`, and what would go over the network without it.
fn encryption(config: &Config, sheet: &mut Sheet) {
    let (service, admin) = (&config.service, &config.admin);
    let plain = service.tls.as_ref().is_none_or(|tls| tls.listen.is_some()) && !service.listen.ip().is_loopback();
    if plain && !service.access.users.is_empty() {
        sheet
            .warning(
                "service.listen",
                "password-in-clear",
                format!("passwords come to {} without encryption", service.listen),
                "Let plain HTTP listen on 127.0.0.1, or remove `service.tls.listen` so that there is none",
            )
            .with("address", service.listen);
    }
    let Some(tls) = &service.tls else { return };
    for (other, setting) in [(service.listen, "service.listen"), (admin.listen, "admin.listen")] {
        if let Some(listen) = tls.listen.filter(|listen| collide(*listen, other)) {
            sheet
                .error(
                    "service.tls.listen",
                    "same-address",
                    format!("{listen} is taken by `{setting}`"),
                    "Give one of the two another port",
                )
                .with("address", listen);
        }
    }
    let asks = tls.client_certificates != ClientCertificates::None;
    if asks && tls.client_authority.is_none() {
        sheet
            .error(
                "service.tls.client_authority",
                "missing-key",
                "nobody is named whose certificates callers may show",
                "Add `client_authority = …`, the authority that has signed SAP's certificate",
            )
            .case("client-authority");
    }
    if !asks && tls.client_authority.is_some() {
        sheet
            .warning(
                "service.tls.client_authority",
                "without-effect",
                "callers are not asked for certificates",
                "Write client_certificates = \"required\" or \"optional\", or remove the line",
            )
            .case("client-authority");
    }
    if asks && plain {
        sheet
            .warning(
                "service.tls.client_certificates",
                "way-round",
                format!("who comes to {} by plain HTTP shows no certificate", service.listen),
                "Let plain HTTP listen on 127.0.0.1, or remove `service.tls.listen` so that there is none",
            )
            .with("address", service.listen);
    }
}

/// `[remoting]`: the way between web connector and service, on either side.
fn remoting(config: &Config, sheet: &mut Sheet) {
    let remoting = &config.remoting;
    let is_used = config.ici.remoting_port.is_some() || config.connector.server.is_some();
    if !is_used {
        if config.flags.secure_remoting {
            sheet
                .warning("flags.secure_remoting", "without-effect", "no web connector is spoken to", "Write `ici.remoting_port`, or false")
                .case("remoting");
        }
        return;
    }
    if config.flags.secure_remoting {
        let needed = [("certificate", &remoting.certificate), ("key", &remoting.key), ("authority", &remoting.authority)];
        for (key, _) in needed.into_iter().filter(|(_, written)| written.is_none()) {
            sheet
                .error(
                    &format!("remoting.{key}"),
                    "missing-key",
                    format!("secure remoting needs `{key}`"),
                    format!("Add `{key} = …` under [remoting], or write secure_remoting = false"),
                )
                .case("remoting")
                .with("key", key);
        }
    }
    let Some(port) = config.ici.remoting_port.filter(|_| config.connector.server.is_none()) else { return };
    let address = SocketAddr::new(remoting.address, port);
    for (other, setting) in [(config.service.listen, "service.listen"), (config.admin.listen, "admin.listen")] {
        if collide(address, other) {
            sheet
                .error(
                    "ici.remoting_port",
                    "same-address",
                    format!("{address} is taken by `{setting}`"),
                    "Give one of the two another port",
                )
                .with("address", address);
        }
    }
    if !remoting.address.is_loopback() && !config.flags.secure_remoting && remoting.networks.is_empty() {
        sheet
            .warning(
                "ici.remoting_port",
                "open-to-everybody",
                format!("everybody who reaches {address} can act for every agent"),
                "Write the web connector's address into `remoting.networks`, or secure_remoting = true",
            )
            .case("remoting")
            .with("address", address);
    }
}

fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let same_host = one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && same_host
}
