//! Where the CIC servers of a site are and how they are spoken to (icws §1.1).

use super::{IcwsError, connector::Connector};
use std::{fmt, sync::Arc, time::Duration};

/// One site: its servers, how to reach them, and how long to wait.
#[derive(Clone)]
pub struct Site {
    /// Opens connections.
    pub connector: Arc<dyn Connector>,
    /// Where a server's interface is.
    pub template: Template,
    /// The servers of the file: the usual one first, then its backup.
    pub hosts: Vec<String>,
    /// Under what name our sessions are listed at CIC.
    pub application: String,
    /// The language of status texts and error messages, as `Accept-Language` has it.
    pub language: String,
    /// One operation, from connecting to the end of the answer. Below 5 s, so that SAP has its answer in time.
    pub deadline: Duration,
    /// Agents who are logged in again in one second after a switchover (icws §8).
    pub log_ins_per_second: u32,
}

/// A URL that holds `{host}` where the name of a server belongs: `https://{host}:8019`, or behind a reverse proxy
/// `https://proxy.example.com/api/{host}`. What ICWS calls `/icws` follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    tls: bool,
    host: String,
    port: u16,
    path: String,
}

/// A server's interface: whom to connect to, and what to ask for there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whom to connect to.
    pub host: String,
    /// Host and port for the header `Host`.
    pub authority: String,
    /// The beginning of every path, without a slash at its end: `/icws` or longer.
    pub path: String,
}

/// The ports of ICWS without and with TLS.
const PORTS: (u16, u16) = (8018, 8019);
const MARK: &str = "{host}";

// === impl Site ===

impl Site {
    /// With the usual name, language and deadline.
    pub fn new(connector: Arc<dyn Connector>, template: Template, hosts: Vec<String>) -> Self {
        Self {
            connector,
            template,
            hosts,
            application: "Jackfield".to_owned(),
            language: "en-US".to_owned(),
            deadline: Duration::from_secs(4),
            log_ins_per_second: 25,
        }
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("template", &self.template).field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

// === impl Template ===

impl Template {
    /// Each server at its own name.
    pub fn direct(tls: bool, port: u16) -> Self {
        Self { tls, host: MARK.to_owned(), port, path: "/icws".to_owned() }
    }

    /// Reads a URL with `{host}` in it. Without a port it is ICWS's own for a server, and that of the scheme for a proxy. A trailing `/icws`
    /// may be written or left out.
    ///
    /// # Errors
    /// In words, what is wrong with it.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (tls, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(format!("{url} begins with neither http:// nor https://")),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':').filter(|(host, _)| !host.contains(':') || host.ends_with(']')) {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| format!("{port} is no port"))?)),
            None => (authority, None),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || authority.contains('@') {
            return Err(format!("{url} names no server"));
        }
        if !host.contains(MARK) && !path.contains(MARK) {
            return Err(format!("{url} has no {MARK}, where the name of the CIC server belongs"));
        }
        if !path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#".contains(&byte)) {
            return Err(format!("{path} is no path"));
        }
        let usual = match (host.contains(MARK), tls) {
            (true, false) => PORTS.0,
            (true, true) => PORTS.1,
            (false, false) => 80,
            (false, true) => 443,
        };
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix("/icws").unwrap_or(path);
        Ok(Self { tls, host: host.to_owned(), port: port.unwrap_or(usual), path: format!("{path}/icws") })
    }

    /// With TLS?
    pub fn tls(&self) -> bool {
        self.tls
    }

    /// The port that connections go to.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the interface of this server is.
    ///
    /// # Errors
    /// [`IcwsError::Unreachable`]: this can be no server's name. It may have come from another server's list of alternates, so that it is
    /// looked at before it becomes part of a request.
    pub fn place(&self, server: &str) -> Result<Place, IcwsError> {
        let server = server.trim();
        let sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        if server.is_empty() || server.len() > 255 || !server.bytes().all(sound) {
            return Err(IcwsError::Unreachable(format!("{server:?} is no name of a server")));
        }
        let bare = server.trim_start_matches('[').trim_end_matches(']');
        let host = self.host.replace(MARK, bare);
        let authority = if host.contains(':') { format!("[{host}]:{}", self.port) } else { format!("{host}:{}", self.port) };
        Ok(Place { path: self.path.replace(MARK, bare), host, authority })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_found_directly_or_behind_a_proxy() {
        let cases = [
            ("http://{host}", "cic1", "cic1", "cic1:8018", "/icws"),
            ("https://{host}/icws/", "cic1", "cic1", "cic1:8019", "/icws"),
            ("https://{host}:9443", "10.0.0.9", "10.0.0.9", "10.0.0.9:9443", "/icws"),
            ("https://{host}:9443", "fe80::1", "fe80::1", "[fe80::1]:9443", "/icws"),
            ("https://proxy.example.com/api/{host}", "cic1", "proxy.example.com", "proxy.example.com:443", "/api/cic1/icws"),
            ("http://proxy:8080/{host}/icws", "cic2", "proxy", "proxy:8080", "/cic2/icws"),
            ("https://{host}.example.com", "cic1", "cic1.example.com", "cic1.example.com:8019", "/icws"),
        ];
        for (url, server, host, authority, path) in cases {
            let place = Template::parse(url).unwrap().place(server).unwrap();
            assert_eq!((place.host.as_str(), place.authority.as_str(), place.path.as_str()), (host, authority, path), "{url}");
        }
        assert_eq!(Template::parse("http://{host}:8018").unwrap(), Template::direct(false, 8018));
    }

    #[test]
    fn an_address_that_can_be_none_is_refused_in_words() {
        for url in [
            "cic1",
            "ftp://{host}",
            "http://",
            "http://cic1",
            "http://{host}:x",
            "http://u:p@{host}",
            "http://{host}/a?b",
            "http://{host}/a b",
        ] {
            assert!(Template::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_alternate_that_is_no_name_becomes_no_part_of_a_request() {
        let template = Template::parse("http://proxy/{host}").unwrap();
        for server in ["", " ", "a/../b", "a b", "a\r\nb", "a@b", "a?b", &"a".repeat(256)] {
            assert!(template.place(server).is_err(), "{server:?}");
        }
    }
}
