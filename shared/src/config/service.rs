//! `[service]`, `[admin]`, `[store]`: where Jackfield listens, who may come in, and what it keeps.

use super::Network;
use crate::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// Where SAP reaches Jackfield, and who may.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// Address and port for SAP. Port 0 takes any free one.
    #[schemars(extend("format" = "socket-address"))]
    pub listen: SocketAddr,
    /// Path of the web service, as it stands in SAP's RFC destination.
    #[schemars(length(min = 1, max = 256))]
    pub path: String,
    /// How SAP reaches this service when a proxy stands between; `?wsdl` names it. Absent: the address of the request.
    #[schemars(extend("format" = "http-url"))]
    #[schemars(example = &"https://jackfield.example.com/SapIciWebConnector/IcSapWebService.asmx")]
    pub public_url: Option<String>,
    /// Hosts that events may be sent to. Empty: only the address that the subscriber called from.
    #[schemars(extend("items" = { "type": "string", "format": "host" }))]
    #[schemars(extend("examples" = [["sap1.example.com", "10.1.2.3"]]))]
    pub event_hosts: Vec<String>,
    /// Encryption. Absent: plain HTTP.
    pub tls: Option<Tls>,
    /// Who may call the web service.
    pub access: Access,
}

/// Encryption of the web service (guide, "SAP Integration to use TLS 1.2").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file with the certificate and its chain; `jackfield tls import` makes it from a PKCS#12 file.
    #[schemars(example = &"/etc/jackfield/tls.crt")]
    #[schemars(extend("format" = "file-path"))]
    pub certificate: PathBuf,
    /// PEM file with the private key; it must be readable by the service's account only.
    #[schemars(example = &"/etc/jackfield/tls.key")]
    #[schemars(extend("format" = "file-path"))]
    pub key: PathBuf,
    /// Address and port for HTTPS beside plain HTTP. Absent: `service.listen` itself speaks HTTPS, and nothing speaks HTTP.
    #[serde(default)]
    #[schemars(extend("format" = "socket-address"))]
    #[schemars(example = &"0.0.0.0:8443")]
    pub listen: Option<SocketAddr>,
    /// Versions of TLS that are spoken.
    #[serde(default)]
    pub versions: TlsVersions,
    /// Whether callers show certificates of their own.
    #[serde(default)]
    pub client_certificates: ClientCertificates,
    /// PEM file with the authorities that sign the callers' certificates.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/sap-authority.pem")]
    #[schemars(extend("format" = "file-path"))]
    pub client_authority: Option<PathBuf>,
    /// Health and `jackfield check` warn so many days before a certificate ends.
    #[serde(default = "thirty")]
    #[schemars(range(min = 1, max = 365))]
    pub warn_days: u16,
}

/// Versions of TLS that are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// Only 1.2.
    Only12,
    /// Only 1.3.
    Only13,
}

/// Whether callers show certificates of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientCertificates {
    /// They are not asked.
    #[default]
    None,
    /// Whoever shows one needs no password.
    Optional,
    /// Whoever shows none is turned away.
    Required,
}

fn thirty() -> u16 {
    30
}

/// Who may call the web service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Access {
    /// Networks that may call. Empty: every network that reaches the listener.
    #[schemars(extend("examples" = [["10.1.0.0/16"]]))]
    pub networks: Vec<Network>,
    /// Technical users, one of whom SAP names by HTTP basic authentication. Empty: nobody is asked.
    pub users: Vec<AccessUser>,
}

/// A technical user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessUser {
    /// User name.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"SAPICI")]
    pub name: String,
    /// Where the hash of the password is, as `jackfield access hash` writes it; never the password itself.
    #[schemars(example = &"credential:sap-user")]
    pub password: SecretRef,
}

/// The listener for administrators: health, status and figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// Address and port for administrators on this machine. Port 0 takes any free one.
    #[schemars(extend("format" = "socket-address"))]
    pub listen: SocketAddr,
    /// Where the token is that administrators show. Without one only callers on this machine are answered, and nobody changes this file over it.
    #[schemars(example = &"credential:jackfield-token")]
    pub token: Option<SecretRef>,
    /// The same over TLS, for administrators on other machines. Absent: only this machine is answered.
    pub tls: Option<AdminTls>,
}

/// The listener for administrators on other machines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminTls {
    /// Address and port for administrators on other machines; only TLS is spoken here.
    #[schemars(extend("format" = "socket-address"))]
    #[schemars(example = &"0.0.0.0:8097")]
    pub listen: SocketAddr,
    /// PEM file with the certificate and its chain.
    #[schemars(example = &"/etc/jackfield/admin.crt")]
    #[schemars(extend("format" = "file-path"))]
    pub certificate: PathBuf,
    /// PEM file with the private key; it must be readable by the service's account only.
    #[schemars(example = &"/etc/jackfield/admin.key")]
    #[schemars(extend("format" = "file-path"))]
    pub key: PathBuf,
}

/// What must outlive a crash.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Database file. Absent: memory only, so that agents log on again after a restart.
    #[schemars(example = &"/var/lib/jackfield/store")]
    #[schemars(extend("format" = "new-file-path"))]
    pub path: Option<PathBuf>,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 8095).into(),
            path: "/SapIciWebConnector/IcSapWebService.asmx".into(),
            public_url: None,
            event_hosts: Vec::new(),
            tls: None,
            access: Access::default(),
        }
    }
}

impl Default for Admin {
    fn default() -> Self {
        Self { listen: (Ipv4Addr::LOCALHOST, 8096).into(), token: None, tls: None }
    }
}
