//! `[genesys_cloud.conduit]`: conversation events (guide *Genesys Cloud for CIC*, "Genesys Cloud Conduit" and *Send AI Conversation Events*).

use crate::{config::duration, secret::SecretRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// What happens in calls, told to Genesys Cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Conduit {
    /// Send it (guide, *Send AI Conversation Events*).
    pub enabled: bool,
    /// Where to.
    pub sink: ConduitSink,
    /// UUID of the organization whose events they are; in Genesys Cloud under *Organization Settings*.
    #[schemars(extend("format" = "uuid"))]
    #[schemars(example = &"2f5b1a30-1c2d-4e5f-8a9b-0c1d2e3f4a5b")]
    pub organization_id: Option<String>,
    /// Name or ARN of the Kinesis stream.
    #[schemars(length(min = 1, max = 2048))]
    #[schemars(example = &"pureconnect-events")]
    pub stream: Option<String>,
    /// AWS region of the stream.
    #[schemars(length(min = 1, max = 64))]
    #[schemars(example = &"us-east-1")]
    pub region: Option<String>,
    /// Address of Kinesis, where it is not the region's own: an endpoint within a private network for example.
    #[schemars(extend("format" = "http-url"))]
    #[schemars(example = &"https://kinesis.example.com")]
    pub endpoint: Option<String>,
    /// Id of an access key. Absent: the key of `profile`.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"AKIAIOSFODNN7EXAMPLE")]
    pub access_key: Option<String>,
    /// Where that key's secret is.
    #[schemars(example = &"credential:kinesis")]
    pub secret_key: Option<SecretRef>,
    /// Profile of AWS's files whose key is taken where there is no other; absent: `default`.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"genesys")]
    pub profile: Option<String>,
    /// File of such profiles; absent: those of the user as whom the service runs.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/etc/jackfield/aws-credentials")]
    pub profile_file: Option<PathBuf>,
    /// Role to assume before sending, by its ARN.
    #[schemars(length(min = 20, max = 2048))]
    #[schemars(example = &"arn:aws:iam::123456789012:role/conduit")]
    pub role: Option<String>,
    /// External id that the role asks for.
    #[schemars(length(min = 2, max = 1224))]
    #[schemars(example = &"acme")]
    pub external_id: Option<String>,
    /// File with a token for which the role is given, in place of a key; somebody else renews it.
    #[schemars(extend("format" = "file-path"))]
    #[schemars(example = &"/var/run/secrets/aws/token")]
    pub web_identity_token: Option<PathBuf>,
    /// Address of STS, which gives the role, where it is not the region's own.
    #[schemars(extend("format" = "http-url"))]
    #[schemars(example = &"https://sts.example.com")]
    pub sts_endpoint: Option<String>,
    /// How an event becomes a record's bytes.
    pub framing: Framing,
    /// Events are gathered so long before they are sent together.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub flush_after: Duration,
    /// So many are sent together at most.
    #[schemars(range(min = 1, max = 500))]
    pub flush_records: u16,
    /// So many bytes are sent together at most.
    #[schemars(range(min = 1024, max = 10_485_760))]
    pub flush_bytes: u32,
    /// Events that could not be sent are kept so long.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub retention: Duration,
    /// So many events wait at most, on disk. Without room milestones of voice menus go first, then the oldest; they are counted.
    #[schemars(range(min = 1000, max = 10_000_000))]
    pub most_waiting: u32,
    /// When sending is turned off, keep what waits, for when it is turned on again.
    pub keep_when_off: bool,
}

/// Where events go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConduitSink {
    /// A stream of Amazon Kinesis, which Genesys names.
    #[default]
    Kinesis,
    /// The event interface of the organization itself (Genesys Cloud EX), by the bridge's OAuth client: the bridge must be on.
    Injection,
}

/// How an event becomes a record's bytes. The guide does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// As Avro writes it, and nothing else.
    #[default]
    Bare,
    /// With Avro's marker and the schema's fingerprint before it.
    SingleObject,
}

impl Default for Conduit {
    fn default() -> Self {
        Self {
            enabled: false,
            organization_id: None,
            sink: ConduitSink::default(),
            stream: None,
            region: None,
            endpoint: None,
            access_key: None,
            secret_key: None,
            profile: None,
            profile_file: None,
            role: None,
            external_id: None,
            web_identity_token: None,
            sts_endpoint: None,
            framing: Framing::default(),
            // The guide's half a second.
            flush_after: Duration::from_millis(500),
            flush_records: 500,
            // Below the 5 MiB that every Kinesis takes in one call.
            flush_bytes: 4_718_592,
            retention: Duration::from_hours(24),
            most_waiting: 1_000_000,
            keep_when_off: true,
        }
    }
}
