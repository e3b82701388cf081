//! Where events may go: the form of a URL, the host by the file's list, and the address by what the name resolved to.
//!
//! Nobody aims us at another machine: a name that is allowed but points at this machine, at a neighbour on the link or at a cloud's metadata
//! service is refused all the same.

use super::{Policy, policy::Rewrite};
use crate::domain::{EventUrl, Refusal};
use hyper::http::uri::PathAndQuery;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An event URL, taken apart without changing a byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// `https`?
    pub(super) tls: bool,
    /// Host and port as written: the `Host` header, and what logs show (the rest of the URL may be a session token).
    pub(super) authority: String,
    /// The host without brackets.
    pub(super) host: String,
    /// The port, written or implied.
    pub(super) port: u16,
    /// Path and query as written.
    pub(super) path: PathAndQuery,
}

impl Target {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// [`Refusal::BadEventUrl`] in words for a person.
    pub(super) fn parse(url: &EventUrl) -> Result<Self, Refusal> {
        parse(url.as_str()).map_err(|why| Refusal::BadEventUrl(why.to_owned()))
    }

    /// Where the event goes instead, by these rules.
    pub(super) fn rewritten(&self, rules: &Rewrite) -> Self {
        let mut target = self.clone();
        let host = rules.hosts.iter().find(|(from, _)| names(from, self)).map(|(_, to)| to.as_str());
        let encrypts = rules.always_https && !self.tls;
        if encrypts {
            target.tls = true;
            target.port = rules.https_port.unwrap_or(if self.port == 80 { 443 } else { self.port });
        }
        if host.is_some() || encrypts {
            host.unwrap_or(&self.host).trim_matches(['[', ']']).clone_into(&mut target.host);
            let bracketed = if target.host.contains(':') { format!("[{}]", target.host) } else { target.host.clone() };
            let standard = if target.tls { 443 } else { 80 };
            target.authority = if target.port == standard { bracketed } else { format!("{bracketed}:{}", target.port) };
        }
        target
    }

    fn literal(&self) -> Option<IpAddr> {
        self.host.parse::<IpAddr>().ok().map(|address| address.to_canonical())
    }
}

/// May events go to this host, as far as can be told without resolving its name?
///
/// # Errors
/// [`Refusal::EventHostNotAllowed`].
pub(super) fn host(policy: &Policy, target: &Target, peer: Option<IpAddr>) -> Result<(), Refusal> {
    let allowed = if policy.event_hosts.is_empty() {
        match (peer, target.literal()) {
            (None, _) => false,
            (Some(peer), Some(literal)) => peer.to_canonical() == literal,
            (Some(_), None) => true,
        }
    } else {
        policy.event_hosts.iter().any(|entry| names(entry, target))
    };
    if allowed { Ok(()) } else { Err(Refusal::EventHostNotAllowed(target.host.clone())) }
}

/// May we connect to this address for that host?
pub(super) fn address(policy: &Policy, target: &Target, address: IpAddr, peer: Option<IpAddr>) -> bool {
    let address = address.to_canonical();
    let is_peer = peer.is_some_and(|peer| peer.to_canonical() == address);
    if policy.event_hosts.is_empty() {
        return is_peer;
    }
    let is_listed = || policy.event_hosts.iter().any(|entry| literal(entry) == Some(address));
    let is_local_by_name = || target.host.trim_end_matches('.').eq_ignore_ascii_case("localhost") && address.is_loopback();
    host(policy, target, peer).is_ok() && (!is_special(address) || is_peer || is_listed() || is_local_by_name())
}

fn parse(url: &str) -> Result<Target, &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("it must begin with http:// or https://")?;
    let tls = match scheme {
        _ if scheme.eq_ignore_ascii_case("http") => false,
        _ if scheme.eq_ignore_ascii_case("https") => true,
        _ => return Err("it must begin with http:// or https://"),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("a user name in it is not supported");
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (host, port) = bracketed.split_once(']').ok_or("the bracket around its address is not closed")?;
            host.parse::<Ipv6Addr>().map_err(|_| "what stands in brackets is no IPv6 address")?;
            (host, port.strip_prefix(':').or(port.is_empty().then_some("")).ok_or("its port cannot be read")?)
        }
        None => authority.split_once(':').unwrap_or((authority, "")),
    };
    let is_name = |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':'));
    if host.is_empty() || !is_name(host) {
        return Err("its host is missing or has characters that no host name has");
    }
    let port = match port {
        "" if tls => 443,
        "" => 80,
        port => port.parse().ok().filter(|port| *port != 0).ok_or("its port is not between 1 and 65535")?,
    };
    // A fragment is never sent; everything else is opaque and goes out as it came.
    let path = path.split('#').next().unwrap_or_default();
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let parsed = PathAndQuery::try_from(path.as_str()).map_err(|_| "it has characters that no URL has")?;
    if parsed.as_str() != path {
        return Err("it has characters that no URL has");
    }
    Ok(Target { tls, authority: authority.to_owned(), host: host.to_owned(), port, path: parsed })
}

fn names(entry: &str, target: &Target) -> bool {
    if let Some(listed) = literal(entry) {
        return target.literal() == Some(listed);
    }
    entry.trim_end_matches('.').eq_ignore_ascii_case(target.host.trim_end_matches('.'))
}

fn literal(entry: &str) -> Option<IpAddr> {
    entry.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Addresses that a host name has no business to resolve to.
fn is_special(address: IpAddr) -> bool {
    /// Alibaba's and Amazon's metadata services that are not link-local.
    const METADATA: [IpAddr; 2] =
        [IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))];
    let by_family = match address {
        IpAddr::V4(address) => address.is_link_local() || address.is_broadcast() || address.octets()[0] == 0,
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    by_family || address.is_loopback() || address.is_unspecified() || address.is_multicast() || METADATA.contains(&address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target, Refusal> {
        Target::parse(&EventUrl::from(url))
    }

    fn policy(hosts: &[&str]) -> Policy {
        Policy { event_hosts: hosts.iter().map(|host| (*host).to_owned()).collect(), ..Policy::default() }
    }

    #[test]
    fn a_url_is_taken_apart_without_changing_it() {
        let cases = [
            ("http://sap.example/x", false, "sap.example", "sap.example", 80, "/x"),
            (
                "HTTPS://Sap.Example:44300/sap(bD1l)/ICI?sap-Client=001&q=%2f%2F",
                true,
                "Sap.Example:44300",
                "Sap.Example",
                44300,
                "/sap(bD1l)/ICI?sap-Client=001&q=%2f%2F",
            ),
            ("http://10.1.2.3:8000", false, "10.1.2.3:8000", "10.1.2.3", 8000, "/"),
            ("http://[fd00::1]:8000/a//b/../c", false, "[fd00::1]:8000", "fd00::1", 8000, "/a//b/../c"),
            ("https://[::1]?x=1", true, "[::1]", "::1", 443, "/?x=1"),
            ("http://sap_app.example:/x#top", false, "sap_app.example:", "sap_app.example", 80, "/x"),
        ];
        for (url, tls, authority, host, port, path) in cases {
            let target = target(url).unwrap();
            let got = (target.tls, target.authority.as_str(), target.host.as_str(), target.port, target.path.as_str());
            assert_eq!(got, (tls, authority, host, port, path), "{url}");
        }
    }

    #[test]
    fn an_address_becomes_a_name_and_http_becomes_https_and_nothing_else_changes() {
        let rules = |always_https, https_port| Rewrite {
            hosts: vec![("10.1.2.3".into(), "crm.example.com".into()), ("SAPAPP01".into(), "fd00::1".into())],
            always_https,
            https_port,
        };
        let cases = [
            ("http://10.1.2.3:8000/a?b=%2f", rules(false, None), "http crm.example.com:8000 8000 /a?b=%2f"),
            ("http://10.1.2.3:8000/", rules(true, Some(44300)), "https crm.example.com:44300 44300 /"),
            ("http://other.example/", rules(true, None), "https other.example 443 /"),
            ("http://other.example:8000/", rules(true, None), "https other.example:8000 8000 /"),
            ("https://10.1.2.3:8443/", rules(true, Some(44300)), "https crm.example.com:8443 8443 /"),
            ("http://sapapp01/", rules(false, None), "http [fd00::1] 80 /"),
            ("http://Other.example:80/", rules(false, None), "http Other.example:80 80 /"),
        ];
        for (url, rules, expected) in cases {
            let Target { tls, authority, port, path, .. } = target(url).unwrap().rewritten(&rules);
            assert_eq!(format!("{} {authority} {port} {path}", if tls { "https" } else { "http" }), expected, "{url}");
        }
    }

    #[test]
    fn what_is_no_event_url_is_refused() {
        let cases = [
            "",
            "sap.example/x",
            "ftp://sap.example/",
            "file:///etc/passwd",
            "http://",
            "http:///x",
            "http://user:pass@sap.example/",
            "http://sap.example:0/",
            "http://sap.example:99999/",
            "http://sap.example:80x/",
            "http://[::1/",
            "http://[nonsense]/",
            "http://[::1]x/",
            "http://sap example/",
            "http://sap.example/a b",
            "http://sap.example/a\r\nX: y",
            "http://sap.example\\@evil/",
            "http://sap.example:80:80/",
        ];
        for url in cases {
            assert!(matches!(target(url), Err(Refusal::BadEventUrl(_))), "{url}");
        }
    }

    #[test]
    fn a_host_is_allowed_by_the_list_or_without_one_by_the_peer() {
        let peer = "10.0.0.5".parse().ok();
        let cases: [(&[&str], &str, Option<IpAddr>, bool); 11] = [
            (&["sap.example"], "http://SAP.example./", None, true),
            (&["sap.example"], "http://other.example/", peer, false),
            (&["sap.example"], "http://10.0.0.5/", peer, false),
            (&["sap.example"], "http://evilsap.example/", None, false),
            (&["10.0.0.5"], "http://10.0.0.5/", None, true),
            (&["10.0.0.5"], "http://[::ffff:10.0.0.5]/", None, true),
            (&["[fd00::1]"], "http://[fd00:0::1]/", None, true),
            (&[], "http://10.0.0.5/", peer, true),
            (&[], "http://10.0.0.6/", peer, false),
            (&[], "http://sap.example/", peer, true),
            (&[], "http://sap.example/", None, false),
        ];
        for (hosts, url, peer, allowed) in cases {
            assert_eq!(host(&policy(hosts), &target(url).unwrap(), peer).is_ok(), allowed, "{hosts:?} {url} {peer:?}");
        }
    }

    #[test]
    fn a_name_that_resolves_elsewhere_leads_nowhere() {
        let peer = "10.0.0.5";
        let cases: [(&[&str], &str, &str, bool); 20] = [
            (&["sap.example"], "http://sap.example/", "10.0.0.9", true),
            (&["sap.example"], "http://sap.example/", "10.0.0.5", true),
            (&["sap.example"], "http://sap.example/", "127.0.0.1", false),
            (&["sap.example"], "http://sap.example/", "::1", false),
            (&["sap.example"], "http://sap.example/", "::ffff:127.0.0.1", false),
            (&["sap.example"], "http://sap.example/", "169.254.169.254", false),
            (&["sap.example"], "http://sap.example/", "fe80::1", false),
            (&["sap.example"], "http://sap.example/", "fd00:ec2::254", false),
            (&["sap.example"], "http://sap.example/", "100.100.100.200", false),
            (&["sap.example"], "http://sap.example/", "0.0.0.0", false),
            (&["sap.example"], "http://sap.example/", "224.0.0.1", false),
            (&["sap.example", "127.0.0.1"], "http://sap.example/", "127.0.0.1", true),
            (&["localhost"], "http://localhost/", "127.0.0.1", true),
            (&["localhost"], "http://localhost/", "169.254.169.254", false),
            (&["127.0.0.1"], "http://127.0.0.1/", "127.0.0.1", true),
            (&["sap.example"], "http://other.example/", "10.0.0.9", false),
            (&[], "http://sap.example/", "10.0.0.5", true),
            (&[], "http://sap.example/", "::ffff:10.0.0.5", true),
            (&[], "http://sap.example/", "10.0.0.6", false),
            (&[], "http://localhost/", "127.0.0.1", false),
        ];
        for (hosts, url, to, allowed) in cases {
            let got = address(&policy(hosts), &target(url).unwrap(), to.parse().unwrap(), peer.parse().ok());
            assert_eq!(got, allowed, "{hosts:?} {url} {to}");
        }
        let loopback = "127.0.0.1".parse().unwrap();
        assert!(address(&policy(&[]), &target("http://localhost/").unwrap(), loopback, Some(loopback)), "the peer itself may be loopback");
    }
}
