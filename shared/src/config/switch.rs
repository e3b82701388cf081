//! `[switch]` and `[switch.embedded]`: the contact-centre switch.

use super::duration;
use crate::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// Names of stations for the examples. An array in the attribute would need all of `syn`, which not every build has.
const STATIONS: [&str; 2] = ["DESK-1", "DESK-2"];
const SKILLS: [&str; 2] = ["Marketing", "Development"];
const LEVELS: [&str; 2] = ["Marketing=60", "Development=80"];
const CODES: [&str; 2] = ["Sold", "Call back"];
const DIAL_GROUPS: [&str; 1] = ["Edges"];
const ATTRIBUTES: [&str; 1] = ["Department=Sales"];

/// The contact-centre switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Switch {
    /// Which switch.
    pub kind: SwitchKind,
    /// Name or address of the primary CIC server.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"cic1.example.com")]
    pub server: Option<String>,
    /// Name or address of the backup CIC server of a switchover pair.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"cic2.example.com")]
    pub backup: Option<String>,
    /// Port of the CIC server's REST interface. Absent: 8019 with TLS, 8018 without.
    #[schemars(range(min = 1, max = 65_535))]
    #[schemars(example = 8019)]
    pub port: Option<u16>,
    /// Encrypt the connection to the CIC server.
    pub tls: bool,
    /// Certificate of the authority that signed the CIC server's, as a PEM file; beside those that this machine trusts.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/cic-authority.pem")]
    pub authority: Option<PathBuf>,
    /// Address of a proxy before the CIC servers, with `{host}` for a server's name; `port` and `tls` do not count then.
    #[schemars(extend("format" = "host-url"))]
    #[schemars(example = &"https://proxy.example.com/api/{host}")]
    pub proxy: Option<String>,
    /// After a switchover so many agents a second are logged on again, so that the server that took over is not overrun.
    #[schemars(range(min = 1, max = 1000))]
    pub log_ons_per_second: u32,
    /// Stations that agents may choose, beside those that belong to users or are in use: the interface of a CIC server lists none.
    #[schemars(example = STATIONS)]
    pub stations: Vec<String>,
    /// The CIC user who monitors sessions and sends notifications, SAPSU for example.
    #[schemars(example = &"SAPSU")]
    pub user_id: Option<String>,
    /// Where that user's password is.
    #[schemars(example = &"credential:sapsu")]
    pub password: Option<SecretRef>,
    /// The switch that is built in, for trying out, teaching and testing.
    pub embedded: Embedded,
}

/// Which switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchKind {
    /// The one that is built in.
    #[default]
    Embedded,
    /// A CIC server, by its REST interface.
    Icws,
}

/// The built-in switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Embedded {
    /// An offered interaction goes on to somebody else after this long.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub offering: Duration,
    /// Outside numbers that an agent dials answer by themselves.
    pub outside_answers: bool,
    /// They answer after this long.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub answer_after: Duration,
    /// After an interaction from a workgroup an agent gets no other for this long, unless he sets his status. An agent who was available is in
    /// the status "Follow Up" meanwhile, where there is one.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub wrap_up: Duration,
    /// Agents. A file that names its own users but no workgroups has all of them in the two built-in ones.
    pub users: Vec<User>,
    /// Stations beside those of the users, whose own are named as their extensions.
    pub stations: Vec<String>,
    /// Statuses. The first is the one that users start in.
    pub statuses: Vec<Status>,
    /// What agents read for statuses in other languages.
    pub texts: Vec<StatusText>,
    /// Workgroups.
    pub workgroups: Vec<Workgroup>,
    /// Skills, which users and workgroups may have.
    #[schemars(example = SKILLS)]
    pub skills: Vec<String>,
    /// Wrap-up codes, which workgroups may have.
    #[schemars(example = CODES)]
    pub wrap_up_codes: Vec<String>,
    /// Dial groups, which the bridge to Genesys Cloud may name.
    #[schemars(example = DIAL_GROUPS)]
    pub dial_groups: Vec<String>,
}

/// An agent of the built-in switch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// User name, the same as in SAP, with the same capital and small letters.
    #[schemars(length(min = 1, max = 128))]
    pub name: String,
    /// Extension. Without one the user cannot be logged on.
    #[serde(default)]
    pub extension: String,
    /// First name.
    #[serde(default)]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// Hidden from the directory: cannot be logged on.
    #[serde(default)]
    pub excluded_from_directory: bool,
    /// Status to start in. Absent: the first one.
    #[serde(default)]
    #[schemars(example = &"Available")]
    pub status: Option<String>,
    /// Name to be shown in Genesys Cloud. Empty: first and last name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// Business phone, +49 30 123456 for example.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub business_phone: String,
    /// Second business phone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub business_phone2: String,
    /// Mobile phone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mobile_phone: String,
    /// Home phone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub home_phone: String,
    /// Fax.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fax: String,
    /// Skills, each with its proficiency from 1 to 100: `Marketing=60`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = LEVELS)]
    pub skills: Vec<String>,
    /// Custom attributes: `Department=Sales`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = ATTRIBUTES)]
    pub attributes: Vec<String>,
}

/// A status of the built-in switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// Its name.
    #[schemars(length(min = 1, max = 128))]
    pub name: String,
    /// Interactions from workgroups are offered in it.
    #[serde(default)]
    pub acd: bool,
    /// Nothing rings in it; direct calls go to voicemail.
    #[serde(default)]
    pub do_not_disturb: bool,
    /// An agent may choose it.
    #[serde(default = "yes")]
    pub selectable: bool,
}

/// What agents read for a status in another language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusText {
    /// The status.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"Lunch")]
    pub status: String,
    /// The language as SAP sends it, DE for example.
    #[schemars(length(min = 1, max = 8))]
    #[schemars(example = &"DE")]
    pub language: String,
    /// The text.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"Mittagspause")]
    pub text: String,
}

/// A workgroup of the built-in switch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workgroup {
    /// Its name.
    #[schemars(length(min = 1, max = 128))]
    pub name: String,
    /// Its number.
    #[serde(default)]
    pub extension: String,
    /// Names of the users who belong to it.
    #[serde(default)]
    pub members: Vec<String>,
    /// Skills that its members inherit, each with its proficiency from 1 to 100: `Development=80`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = LEVELS)]
    pub skills: Vec<String>,
    /// Its wrap-up codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = CODES)]
    pub wrap_up_codes: Vec<String>,
}

/// Where the interface of a CIC server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// With TLS?
    pub tls: bool,
    /// Whom to connect to: the server, or the proxy before it.
    pub host: String,
    /// At this port.
    pub port: u16,
    /// What stands before `/icws` in every path; empty without a proxy.
    pub path: String,
}

impl Switch {
    /// Where the interface of this server is reached: directly, or by the proxy.
    pub fn reach(&self, server: &str) -> Reach {
        let Some(proxy) = &self.proxy else {
            return Reach { tls: self.tls, host: server.to_owned(), port: self.port(), path: String::new() };
        };
        let tls = proxy.starts_with("https:");
        let rest = proxy.split_once("://").map_or(proxy.as_str(), |(_, rest)| rest);
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':').filter(|(host, _)| !host.contains(':') || host.ends_with(']')) {
            Some((host, port)) => (host, port.parse().ok()),
            None => (authority, None),
        };
        let usual = match (host.contains("{host}"), tls) {
            (true, true) => 8019,
            (true, false) => 8018,
            (false, true) => 443,
            (false, false) => 80,
        };
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix("/icws").unwrap_or(path);
        Reach {
            tls,
            host: host.trim_matches(['[', ']']).replace("{host}", server),
            port: port.unwrap_or(usual),
            path: path.replace("{host}", server),
        }
    }

    /// The port of the CIC server: the one written, else the standard one.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls { 8019 } else { 8018 })
    }
}

impl Default for Switch {
    fn default() -> Self {
        Self {
            kind: SwitchKind::default(),
            server: None,
            backup: None,
            port: None,
            tls: true,
            authority: None,
            proxy: None,
            log_ons_per_second: 25,
            stations: Vec::new(),
            user_id: None,
            password: None,
            embedded: Embedded::default(),
        }
    }
}

impl Default for Embedded {
    fn default() -> Self {
        let user = |name: &str, extension: &str, first: &str, last: &str| User {
            name: name.into(),
            extension: extension.into(),
            first_name: first.into(),
            last_name: last.into(),
            email: format!("{}@example.com", first.to_lowercase()),
            excluded_from_directory: false,
            status: Some("Do Not disturb".into()),
            ..User::default()
        };
        let status = |name: &str, acd, do_not_disturb, selectable| Status { name: name.into(), acd, do_not_disturb, selectable };
        let workgroup = |name: &str, extension: &str, members: [&str; 3]| Workgroup {
            name: name.into(),
            extension: extension.into(),
            members: members.map(Into::into).into(),
            ..Workgroup::default()
        };
        Self {
            offering: Duration::from_secs(20),
            outside_answers: true,
            answer_after: Duration::from_secs(2),
            wrap_up: Duration::ZERO,
            users: vec![
                user("ANNA", "8001", "Anna", "Adler"),
                user("BERT", "8002", "Bert", "Brandt"),
                user("CARLA", "8003", "Carla", "Conti"),
                user("SUPERVISOR", "8009", "Simone", "Sommer"),
            ],
            stations: Vec::new(),
            statuses: vec![
                status("Available", true, false, true),
                status("Do Not disturb", false, true, true),
                status("Lunch", false, true, true),
                status("Follow Up", false, true, true),
                status("ACD not answering", false, true, false),
            ],
            texts: Vec::new(),
            workgroups: vec![
                workgroup("Sales", "7001", ["ANNA", "BERT", "CARLA"]),
                workgroup("Support", "7002", ["ANNA", "BERT", "CARLA"]),
            ],
            skills: Vec::new(),
            wrap_up_codes: Vec::new(),
            dial_groups: Vec::new(),
        }
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_directly_or_by_the_proxy() {
        let reach = |proxy: Option<&str>, tls| Switch { proxy: proxy.map(str::to_owned), tls, ..Switch::default() }.reach("cic1");
        let place = |tls, host: &str, port, path: &str| Reach { tls, host: host.into(), port, path: path.into() };
        assert_eq!(reach(None, true), place(true, "cic1", 8019, ""));
        assert_eq!(reach(None, false), place(false, "cic1", 8018, ""));
        assert_eq!(reach(Some("https://proxy.example.com/api/{host}"), false), place(true, "proxy.example.com", 443, "/api/cic1"));
        assert_eq!(reach(Some("http://proxy:8080/{host}/icws/"), true), place(false, "proxy", 8080, "/cic1"));
        assert_eq!(reach(Some("https://{host}.example.com"), false), place(true, "cic1.example.com", 8019, ""));
    }
}
