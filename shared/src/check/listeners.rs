//! `[service]` and `[admin]`: listeners, and who may come in.

use super::Sheet;
use crate::config::Config;
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
    if !service.listen.ip().is_loopback() && service.access.networks.is_empty() && service.access.users.is_empty() {
        sheet
            .warning(
                "service.listen",
                "open-to-everybody",
                format!("everybody who reaches {} can act for every agent", service.listen),
                "Write SAP's addresses into `service.access.networks`",
            )
            .with("address", service.listen);
    }
    if !admin.listen.ip().is_loopback() && admin.token.is_none() {
        sheet
            .error(
                "admin.listen",
                "admin-without-token",
                format!("everybody who reaches {} could read the names and calls of agents", admin.listen),
                "Write `admin.token`, or listen on 127.0.0.1",
            )
            .with("address", admin.listen);
    }
    let users = service.access.users.iter().enumerate();
    sheet.unique("name", users.map(|(index, user)| (format!("service.access.users[{index}].name"), user.name.as_str())), "");
}

fn collide(one: SocketAddr, other: SocketAddr) -> bool {
    let same_host = one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && same_host
}
