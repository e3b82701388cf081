//! The stage `event_hosts`: can the names that events may go to be resolved, and, where asked, can they be connected to?

use super::{
    DEADLINE,
    report::{self, Detail},
    sentences as say,
};
use std::net::{IpAddr, SocketAddr};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// Looks at all hosts at once; the answer has their order.
pub(super) async fn inspect(hosts: &[String], port: Option<u16>) -> Vec<Detail> {
    if hosts.is_empty() {
        return vec![Detail::new("service.event_hosts", say::HOSTS_NONE)];
    }
    let tasks: Vec<_> = hosts.iter().map(|host| tokio::spawn(one(host.clone(), hosts.to_vec(), port))).collect();
    let mut details = Vec::new();
    for (task, host) in tasks.into_iter().zip(hosts) {
        details.push(task.await.unwrap_or_else(|error| Detail::with(host, report::OWN_FAULT, [("why", error.to_string())])));
    }
    details
}

async fn one(host: String, listed: Vec<String>, port: Option<u16>) -> Detail {
    let resolved = match timeout(DEADLINE, lookup_host((host.clone(), port.unwrap_or(80)))).await {
        Ok(Ok(addresses)) => addresses.collect::<Vec<SocketAddr>>(),
        Ok(Err(error)) => return Detail::with(host, say::HOST_UNKNOWN, [("why", error.to_string())]),
        Err(_) => return Detail::new(host, say::HOST_LATE),
    };
    let mut addresses: Vec<IpAddr> = resolved.iter().map(SocketAddr::ip).collect();
    addresses.dedup();
    let names = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if leads_here(&host, &addresses, &listed) {
        return Detail::with(host, say::HOST_LEADS_HERE, [("addresses", names)]);
    }
    match port {
        None => Detail::with(host, say::HOST_KNOWN, [("addresses", names)]),
        Some(port) => connect(host, &resolved, port).await,
    }
}

async fn connect(host: String, addresses: &[SocketAddr], port: u16) -> Detail {
    let mut seen = Vec::new();
    for address in addresses.iter().take(4) {
        match timeout(DEADLINE, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Detail::with(host, say::HOST_ACCEPTS, [("address", address.to_string())]),
            Ok(Err(error)) => seen.push(format!("{address}: {error}")),
            Err(_) => seen.push(format!("{address}: no answer in time")),
        }
    }
    Detail::with(host, say::HOST_SILENT, [("why", seen.join("; ")), ("port", port.to_string())])
}

/// Does a name, not itself listed by its address, point back at this machine? Delivery refuses that, whatever the list says.
fn leads_here(host: &str, addresses: &[IpAddr], listed: &[String]) -> bool {
    let is_listed = |address: &IpAddr| listed.iter().any(|entry| entry.parse() == Ok(*address));
    !host.eq_ignore_ascii_case("localhost") && addresses.iter().all(|address| address.is_loopback() && !is_listed(address))
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};
    use tokio::net::TcpListener;

    async fn verdicts(hosts: &[&str], port: Option<u16>) -> Vec<Verdict> {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        inspect(&hosts, port).await.into_iter().map(|detail| detail.verdict).collect()
    }

    #[tokio::test]
    async fn every_host_is_looked_at_and_keeps_its_place() {
        let seen = verdicts(&["localhost", "no-such-host.invalid", "127.0.0.1", "192.0.2.1"], None).await;
        assert_eq!(seen, [Verdict::Ok, Verdict::Failed, Verdict::Ok, Verdict::Ok]);
        assert_eq!(verdicts(&[], None).await, [Verdict::Ok]);
    }

    #[tokio::test]
    async fn a_host_that_does_not_listen_fails_where_a_connection_was_asked_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(verdicts(&["127.0.0.1"], Some(port)).await, [Verdict::Ok]);
        drop(listener);
        assert_eq!(verdicts(&["127.0.0.1"], Some(port)).await, [Verdict::Failed]);
    }

    #[test]
    fn a_name_that_leads_back_here_is_noticed() {
        let cases: [(&str, &[&str], &[&str], bool); 5] = [
            ("sap.example", &["127.0.1.1"], &["sap.example"], true),
            ("sap.example", &["127.0.1.1"], &["sap.example", "127.0.1.1"], false),
            ("sap.example", &["127.0.1.1", "10.0.0.9"], &["sap.example"], false),
            ("localhost", &["127.0.0.1", "::1"], &["localhost"], false),
            ("127.0.0.1", &["127.0.0.1"], &["127.0.0.1"], false),
        ];
        for (host, addresses, listed, here) in cases {
            let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            let listed: Vec<String> = listed.iter().map(|entry| (*entry).to_owned()).collect();
            assert_eq!(leads_here(host, &addresses, &listed), here, "{host} {listed:?}");
        }
    }
}
