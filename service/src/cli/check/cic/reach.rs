//! The stages `name` and `tcp`: what the server's name means, and whether anything listens there.

use super::{
    super::{
        DEADLINE,
        report::{self, Detail},
        sentences as say,
    },
    Server,
};
use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr},
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// More addresses of one name are not tried.
const MOST_ADDRESSES: usize = 4;

/// What its name means.
pub(super) async fn name(mut server: Server) -> (Server, Detail) {
    let host = server.host.clone();
    if let Ok(address) = host.parse::<IpAddr>() {
        server.addresses = vec![SocketAddr::new(address, server.port)];
        return (server, Detail::new(host, say::NAME_IS_ADDRESS));
    }
    let detail = match timeout(DEADLINE, lookup_host((host.clone(), server.port))).await {
        Ok(Ok(addresses)) => {
            server.addresses = addresses.collect();
            let mut names: Vec<String> = server.addresses.iter().map(|address| address.ip().to_string()).collect();
            names.dedup();
            Detail::with(host, say::NAME_KNOWN, [("addresses", names.join(", "))])
        }
        Ok(Err(error)) => Detail::with(host, say::NAME_UNKNOWN, [("why", error.to_string()), ("setting", server.setting.to_owned())]),
        Err(_) => Detail::new(host, say::NAME_LATE),
    };
    (server, detail)
}

/// Does anything listen there? All addresses are tried at once, and the first that accepts is taken.
pub(super) async fn connect(mut server: Server) -> (Server, Detail) {
    if server.addresses.is_empty() {
        return server.not_tried();
    }
    let tries: Vec<_> = server
        .addresses
        .iter()
        .take(MOST_ADDRESSES)
        .map(|address| (*address, tokio::spawn(timeout(DEADLINE, TcpStream::connect(*address)))))
        .collect();
    let mut seen = Vec::new();
    for (address, task) in tries {
        let port = ("port", server.port.to_string());
        let subject = address.to_string();
        match task.await {
            Ok(Ok(Ok(_))) => {
                server.address = Some(address);
                return (server, Detail::new(subject, say::TCP_OPEN));
            }
            Ok(Ok(Err(error))) if error.kind() == ErrorKind::ConnectionRefused => {
                seen.push(Detail::with(subject, say::TCP_REFUSED, [port]));
            }
            Ok(Ok(Err(error))) => seen.push(Detail::with(subject, say::TCP_FAILED, [("why", error.to_string())])),
            Ok(Err(_)) => seen.push(Detail::with(subject, say::TCP_LATE, [("seconds", DEADLINE.as_secs().to_string()), port])),
            Err(error) => seen.push(Detail::with(subject, report::OWN_FAULT, [("why", error.to_string())])),
        }
    }
    // The first address is the one that the name means first.
    let detail = seen.swap_remove(0);
    (server, detail)
}
