//! `[genesys_cloud.sso]`: single sign-on to Genesys Cloud with Jackfield as identity provider (guide *Genesys Cloud for CIC*, "Enable PureConnect as a
//! Genesys Cloud SSO provider", which has CIC's own for it).

use crate::config::duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// Agents log on to Genesys Cloud with their user name and password of CIC, and Jackfield vouches for them (SAML 2.0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sso {
    /// Answer at `/sso/login` and `/sso/metadata` of the web service.
    pub enabled: bool,
    /// How agents' browsers reach the web service: `https://`, a host, and a port where it is not 443.
    #[schemars(extend("format" = "http-url"))]
    #[schemars(example = &"https://sso.example.com:8443")]
    pub url: Option<String>,
    /// *Provider's Issuer URI* in Genesys Cloud. Absent: `url`.
    #[schemars(length(min = 1, max = 1024))]
    #[schemars(example = &"https://sso.example.com")]
    pub issuer: Option<String>,
    /// *Relying Party Identifier* in Genesys Cloud: who asks, and whom answers are for. Absent: where answers go, `https://login.mypurecloud.de/saml`
    /// for example.
    #[schemars(length(min = 1, max = 1024))]
    #[schemars(example = &"acme-genesys-cloud")]
    pub relying_party: Option<String>,
    /// Another address to which answers may go, beside the organisation's own, which follows from `region` or `host`.
    #[schemars(extend("format" = "http-url"))]
    #[schemars(example = &"https://login.mypurecloud.de/saml")]
    pub consumer: Option<String>,
    /// PEM file with the certificate by which Genesys Cloud knows answers; an RSA key belongs to it.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/sso.crt")]
    pub certificate: Option<PathBuf>,
    /// PEM file with its private key; it must be readable by the service's account only.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/sso.key")]
    pub key: Option<PathBuf>,
    /// PEM file with the certificate that takes its place: told in the metadata, and nothing is signed by it yet.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/sso-next.crt")]
    pub next_certificate: Option<PathBuf>,
    /// PEM file with the certificate whose place it has taken: still told, until everybody has heard of the change.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/sso-former.crt")]
    pub former_certificate: Option<PathBuf>,
    /// `ServiceName`: which part of Genesys Cloud is opened after the log-on, `directory` for example; capitals matter. Absent: it is not said.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"directory")]
    pub service_name: Option<String>,
    /// An answer counts for so long; it need only outlive the way through the agent's browser.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub life: Duration,
}

impl Default for Sso {
    fn default() -> Self {
        Self {
            enabled: false,
            url: None,
            issuer: None,
            relying_party: None,
            consumer: None,
            certificate: None,
            key: None,
            next_certificate: None,
            former_certificate: None,
            service_name: None,
            life: Duration::from_mins(5),
        }
    }
}
