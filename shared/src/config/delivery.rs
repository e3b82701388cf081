//! `[delivery]`: how events are delivered to SAP.

use super::duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// How events are delivered to SAP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// One attempt may take this long, from connecting to the answer.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub attempt: Duration,
    /// Pause after the first failure; it doubles each time, with some chance in it.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub pause: Duration,
    /// The longest pause.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub pause_max: Duration,
    /// After this long without success SAP counts as unreachable, and its ready agents go to `agents.lost_workmode`.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub unreachable_after: Duration,
    /// An event that could not be sent is dropped when it is older than this; the state of what is alive and the end of an item never are.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub expire: Duration,
    /// Events that may wait for one subscription.
    #[schemars(range(min = 16, max = 65_536))]
    pub lane_capacity: usize,
    /// Certificate of the authority that signed SAP's, as a PEM file; beside those that this machine trusts.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/sap-authority.pem")]
    pub authority: Option<PathBuf>,
    /// PEM file with the certificate that is shown where SAP asks for one.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/events.crt")]
    pub certificate: Option<PathBuf>,
    /// PEM file with its private key.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/events.key")]
    pub key: Option<PathBuf>,
    /// Send events by https even where SAP has handed out an http URL.
    pub always_https: bool,
    /// Port for these. Absent: 443 instead of 80, and any other port as it is.
    #[schemars(range(min = 1, max = 65_535))]
    #[schemars(example = 44300)]
    pub https_port: Option<u16>,
    /// Hosts that are replaced in event URLs, for SAP systems that hand out an address where their certificate has a name (Note 1515178).
    pub rewrite: Vec<RewriteHost>,
}

/// A host that is replaced in event URLs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RewriteHost {
    /// Name or address as SAP hands it out.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"10.1.2.3")]
    pub host: String,
    /// Name that is used instead.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"crm.example.com")]
    pub to: String,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(5),
            pause: Duration::from_millis(250),
            pause_max: Duration::from_secs(10),
            unreachable_after: Duration::from_secs(15),
            expire: Duration::from_mins(10),
            lane_capacity: 256,
            authority: None,
            certificate: None,
            key: None,
            always_https: false,
            https_port: None,
            rewrite: Vec::new(),
        }
    }
}
