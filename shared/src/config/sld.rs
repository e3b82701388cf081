//! `[sld]`: registration in SAP's System Landscape Directory (guide, appendix B; what is decided beyond it is in `reference/sld.md` §6).

use super::duration;
use crate::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Registration in SAP's System Landscape Directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sld {
    /// Name or address of the SLD server. Absent: no registration, unless `sld.destinations` names one.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"sld.example.com")]
    pub server: Option<String>,
    /// Its port.
    #[schemars(range(min = 1, max = 65_535))]
    pub port: u16,
    /// Encrypt the connection to it.
    pub tls: bool,
    /// Certificate of the authority that signed the server's, as a PEM file; beside those that this machine trusts.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/sld-authority.pem")]
    pub authority: Option<PathBuf>,
    /// Address of a proxy on the way to it.
    #[schemars(extend("format" = "http-url"))]
    #[schemars(example = &"http://proxy.example.com:8080")]
    pub proxy: Option<String>,
    /// User who sends the registration.
    #[schemars(example = &"SLDDSUSER")]
    pub user_id: Option<String>,
    /// Where that user's password is.
    #[schemars(example = &"credential:sld")]
    pub password: Option<SecretRef>,
    /// Path that takes registrations; `/sld/cimom` takes them as CIM-XML.
    #[schemars(length(min = 1, max = 256))]
    pub uri: String,
    /// A template of the registration. Absent: the one that is built in for this path.
    #[schemars(example = &"/etc/jackfield/ThirdPartySystem.template")]
    #[schemars(extend("format" = "file-path"))]
    pub template: Option<PathBuf>,
    /// What the request says that its content is. Absent: `text/xml`, or `application/xml` for CIM-XML, in UTF-8.
    #[schemars(length(min = 3, max = 128))]
    #[schemars(example = &"application/xml")]
    pub content_type: Option<String>,
    /// When it is sent.
    pub when: SldWhen,
    /// Time between two sendings, give or take a tenth, where `when` is `interval`.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub interval: Duration,
    /// Values for the template; an empty `Computer` is the machine's name. What is not written here keeps its value.
    #[serde(deserialize_with = "merged")]
    pub attributes: BTreeMap<String, String>,
    /// Further servers that get the same attributes: another SLD, or the router of a Solution Manager.
    pub destinations: Vec<SldDestination>,
}

/// When the registration is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SldWhen {
    /// Once, and again when it has changed. What was sent is kept in the store.
    #[default]
    Once,
    /// At each start, and when it has changed.
    AtStart,
    /// Again and again.
    Interval,
}

/// A server that takes registrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SldDestination {
    /// Name or address of the server.
    #[schemars(length(min = 1, max = 253))]
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"sld2.example.com")]
    pub server: String,
    /// Its port.
    #[serde(default = "port")]
    #[schemars(range(min = 1, max = 65_535))]
    pub port: u16,
    /// Encrypt the connection to it.
    #[serde(default)]
    pub tls: bool,
    /// Certificate of the authority that signed the server's, as a PEM file; beside those that this machine trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/sld-authority.pem")]
    pub authority: Option<PathBuf>,
    /// Address of a proxy on the way to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "http-url"))]
    #[schemars(example = &"http://proxy.example.com:8080")]
    pub proxy: Option<String>,
    /// User who sends the registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"SLDDSUSER")]
    pub user_id: Option<String>,
    /// Where that user's password is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"credential:sld2")]
    pub password: Option<SecretRef>,
    /// Path that takes registrations.
    #[serde(default = "uri")]
    #[schemars(length(min = 1, max = 256))]
    pub uri: String,
    /// A template of the registration. Absent: the one that is built in for this path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"/etc/jackfield/ThirdPartySystem.template")]
    #[schemars(extend("format" = "file-path"))]
    pub template: Option<PathBuf>,
    /// What the request says that its content is. Absent: `text/xml`, or `application/xml` for CIM-XML, in UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 128))]
    #[schemars(example = &"application/xml")]
    pub content_type: Option<String>,
}

impl Sld {
    /// Every server that gets a registration, each with the path of its settings: the one of `[sld]` itself, then `[[sld.destinations]]`.
    pub fn all(&self) -> Vec<(String, SldDestination)> {
        let own = self.server.clone().map(|server| {
            let own = SldDestination {
                server,
                port: self.port,
                tls: self.tls,
                authority: self.authority.clone(),
                proxy: self.proxy.clone(),
                user_id: self.user_id.clone(),
                password: self.password.clone(),
                uri: self.uri.clone(),
                template: self.template.clone(),
                content_type: self.content_type.clone(),
            };
            ("sld".to_owned(), own)
        });
        let more = self.destinations.iter().enumerate().map(|(index, more)| (format!("sld.destinations[{index}]"), more.clone()));
        own.into_iter().chain(more).collect()
    }
}

impl Default for Sld {
    fn default() -> Self {
        Self {
            server: None,
            port: port(),
            tls: false,
            authority: None,
            proxy: None,
            user_id: None,
            password: None,
            uri: uri(),
            template: None,
            content_type: None,
            when: SldWhen::default(),
            interval: Duration::from_hours(12),
            attributes: standard_attributes(),
            destinations: Vec::new(),
        }
    }
}

/// The guide's table (appendix B), with a name of our own.
pub fn standard_attributes() -> BTreeMap<String, String> {
    [
        ("Computer", ""),
        ("LocalSystemName", "JACKFIELD_ICI"),
        ("ProductID", "0"),
        ("ProductName", "ICI_CONNECTOR"),
        ("ProductVendor", "sap.com"),
        ("ProductVersion", "3.00"),
        ("SoftwareComponentID", "0"),
        ("SoftwareComponentVendor", "sap.com"),
        ("SoftwareComponentName", "ICI_SERVICE_PLUGIN"),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .into()
}

/// The first instance of an AS Java; any other has a port of its own (sld §2.2).
fn port() -> u16 {
    50_000
}

fn uri() -> String {
    "/sld/ds".into()
}

fn merged<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let mut attributes = standard_attributes();
    attributes.extend(BTreeMap::<String, String>::deserialize(deserializer)?);
    Ok(attributes)
}
