//! Where an organisation of Genesys Cloud is reached: its regions are data (`assets/genesys_cloud/regions.toml`), and a host that is not among
//! them may be named.

use crate::config::GenesysCloud;
use serde::Deserialize;
use std::sync::LazyLock;

/// A region.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The name of the AWS region it lies in.
    pub name: String,
    /// Its host, without what stands before it.
    pub host: String,
}

/// Where an organisation is reached; each without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// The Platform API and SCIM.
    pub api: String,
    /// Tokens, and SAML.
    pub login: String,
    /// The page that people open.
    pub apps: String,
}

/// Fields of a user that custom attributes of the switch may fill, by their names in SCIM: `title` of the core schema, the others of the
/// enterprise extension (RFC 7643 §4.3). All others are the bridge's own, or of another type.
pub const FIELDS: [&str; 4] = ["title", "department", "division", "employeeNumber"];

/// The address of a client in the browser as Genesys Cloud is told of it: absolute, encrypted beyond this machine, without fragment and user, and
/// a bare host with the slash that belongs to it. `None`: it is no such address.
pub fn redirect_uri(text: &str) -> Option<String> {
    let text = text.trim();
    let (is_encrypted, rest) = match text.split_once("://")? {
        ("https", rest) => (true, rest),
        ("http", rest) => (false, rest),
        _ => return None,
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_here = matches!(bare, "127.0.0.1" | "localhost" | "::1");
    let is_good = crate::check::is_host(bare)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
        && (is_encrypted || is_here)
        && !path.contains(['#', '\\'])
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    is_good.then(|| format!("{}://{}{path}", if is_encrypted { "https" } else { "http" }, authority.to_lowercase()))
}

/// Is it an address that is encrypted beyond this machine, without user, question and fragment?
pub fn is_safe_url(text: &str) -> bool {
    redirect_uri(text).is_some() && !text.contains('?') && text.trim() == text
}

/// Where answers of single sign-on go, the organisation's own address first; none where its region is unknown.
pub fn consumers(settings: &GenesysCloud) -> Vec<String> {
    let Some(hosts) = hosts(settings) else { return Vec::new() };
    let mut all = vec![format!("{}/saml", hosts.login)];
    all.extend(settings.sso.consumer.clone());
    all
}

/// All regions that are known, North America first.
pub fn regions() -> &'static [Region] {
    #[derive(Deserialize)]
    struct File {
        regions: Vec<Region>,
    }
    static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
        let file: Result<File, _> = toml::from_str(include_str!("../../assets/genesys_cloud/regions.toml"));
        // A test reads the file, so that there is always one.
        file.map(|file| file.regions).unwrap_or_default()
    });
    &REGIONS
}

/// Where the organisation of these settings is reached; `None`: its region is unknown, or its host is none.
pub fn hosts(settings: &GenesysCloud) -> Option<Hosts> {
    let Some(host) = &settings.host else {
        let region = regions().iter().find(|region| region.name == settings.region)?;
        return Some(of(&region.host));
    };
    if let Some(address) = loopback(host) {
        return Some(Hosts { api: address.into(), login: address.into(), apps: address.into() });
    }
    // Whoever copies it from a browser's address or from the interface's documentation means the region.
    let bare = ["api.", "login.", "apps."].iter().find_map(|start| host.strip_prefix(start)).unwrap_or(host);
    (!host.contains("://") && crate::check::is_host(bare)).then(|| of(bare))
}

fn of(host: &str) -> Hosts {
    Hosts { api: format!("https://api.{host}"), login: format!("https://login.{host}"), apps: format!("https://apps.{host}") }
}

/// Unencrypted is allowed within this machine only, for tests: one address for everything.
fn loopback(host: &str) -> Option<&str> {
    let authority = host.strip_prefix("http://")?.trim_end_matches('/');
    let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
    let port_is_one = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    (matches!(name, "127.0.0.1" | "localhost" | "[::1]") && port_is_one).then(|| host.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(region: &str, host: Option<&str>) -> Option<String> {
        let settings = GenesysCloud { region: region.into(), host: host.map(str::to_owned), ..GenesysCloud::default() };
        hosts(&settings).map(|hosts| hosts.api)
    }

    #[test]
    fn a_client_in_the_browser_has_an_absolute_and_encrypted_address_without_secrets() {
        let good = |text: &str| redirect_uri(text);
        assert_eq!(good(" https://Desk.Example.com:9001 ").as_deref(), Some("https://desk.example.com:9001/"));
        assert_eq!(good("https://desk.example.com/Client/?a=b").as_deref(), Some("https://desk.example.com/Client/?a=b"));
        assert_eq!(good("http://localhost:8080/x").as_deref(), Some("http://localhost:8080/x"));
        assert_eq!(good("https://[::1]:8080").as_deref(), Some("https://[::1]:8080/"));
        for wrong in [
            "desk.example.com",
            "http://desk.example.com/",
            "https://",
            "https://a@b/",
            "https://x/#y",
            "https://x:99999/",
            "ftp://x/",
            "https://x/a b",
        ] {
            assert_eq!(good(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_region_gives_its_hosts_and_a_host_wins_over_it() {
        assert_eq!(regions().len(), 18);
        assert_eq!(api("us-east-1", None).as_deref(), Some("https://api.mypurecloud.com"));
        assert_eq!(api("eu-central-1", None).as_deref(), Some("https://api.mypurecloud.de"));
        assert_eq!(api("mars-1", None), None);
        assert_eq!(api("mars-1", Some("mars1.pure.cloud")).as_deref(), Some("https://api.mars1.pure.cloud"));
        assert_eq!(api("us-east-1", Some("api.mypurecloud.ie")).as_deref(), Some("https://api.mypurecloud.ie"));
    }

    #[test]
    fn unencrypted_is_for_this_machine_only() {
        assert_eq!(api("us-east-1", Some("http://127.0.0.1:8095/")).as_deref(), Some("http://127.0.0.1:8095"));
        for wrong in ["http://mypurecloud.de:80", "https://mypurecloud.de", "http://127.0.0.1", "http://127.0.0.1.example.com:80", "a b"] {
            assert_eq!(api("us-east-1", Some(wrong)), None, "{wrong}");
        }
    }
}
