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
