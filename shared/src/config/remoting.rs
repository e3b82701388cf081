//! `[remoting]` and `[connector]`: the two-host layout, with a web connector in another zone of the network (guide, "Install the SAP ICI Web
//! Connector", "Configure ICI settings").

use super::{Network, duration};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};

/// The way between a web connector on another machine and this service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Remoting {
    /// Address at which the service opens `ici.remoting_port`.
    #[schemars(extend("format" = "ip-address"))]
    pub address: IpAddr,
    /// Networks that web connectors call from. Empty: every network that reaches the port.
    #[schemars(extend("examples" = [["10.9.0.7"]]))]
    pub networks: Vec<Network>,
    /// PEM file with the certificate that this side shows, for `flags.secure_remoting`.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/remoting.crt")]
    pub certificate: Option<PathBuf>,
    /// PEM file with its private key.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/remoting.key")]
    pub key: Option<PathBuf>,
    /// PEM file with the authority that has signed the other side's certificate; no other is trusted.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/remoting-authority.pem")]
    pub authority: Option<PathBuf>,
}

/// The web connector, which only `jackfield connector` is: SAP's side of the service on another machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Connector {
    /// Name or address of the integration service; its port is `ici.remoting_port`.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"integration.example.com")]
    pub server: Option<String>,
    /// The service must have answered after this long.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub deadline: Duration,
    /// Requests that are carried at a time.
    #[schemars(range(min = 1, max = 4096))]
    pub connections: usize,
}

impl Default for Remoting {
    fn default() -> Self {
        Self { address: Ipv4Addr::UNSPECIFIED.into(), networks: Vec::new(), certificate: None, key: None, authority: None }
    }
}

impl Default for Connector {
    fn default() -> Self {
        Self { server: None, deadline: Duration::from_secs(8), connections: 128 }
    }
}
