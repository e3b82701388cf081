//! `[genesys_cloud.events]`: the events 47000 and 47001 (guide *Genesys Cloud for CIC*, FAQ, "Windows Event IDs").

use crate::{config::duration, secret::SecretRef};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The arc below which Net-SNMP lets everybody play (`netSnmpPlaypen` of NET-SNMP-MIB). Jackfield has no number of its own.
pub const PLAYPEN: &str = "1.3.6.1.4.1.8072.9999.9999.4700";
/// Names for the example.
const RECEIVERS: [&str; 1] = ["monitoring.example.com:162"];

/// That the connection to the organisation is lost (47000) and restored (47001), told to whoever watches machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Events {
    /// Write the events into the operating system's log: the journal or syslog, or the event log of Windows.
    pub system_log: bool,
    /// The organisation is asked this often whether it answers, while nothing else is asked of it.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub look_every: Duration,
    /// The connection counts as lost when it has failed so many times in a row.
    #[schemars(range(min = 1, max = 100))]
    pub failures: u8,
    /// It counts as lost, too, when it has failed for so long. An answer in between begins both anew.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub after: Duration,
    /// Traps.
    pub snmp: Snmp,
}

/// Traps of SNMP, version 2c.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Snmp {
    /// Who receives traps, each by host and port; eight at most. Empty: nobody.
    #[schemars(length(max = 8))]
    #[schemars(example = RECEIVERS)]
    pub receivers: Vec<String>,
    /// Where the community is. It goes over the network as it is, as everything in SNMP v2c does.
    #[schemars(example = &"credential:snmp-community")]
    pub community: Option<SecretRef>,
    /// Send each as an inform, which its receiver confirms, and repeat it until he does.
    pub confirmed: bool,
    /// The arc of Jackfield's objects. The one here is Net-SNMP's for experiments, because Jackfield has no number of its own at IANA; a site
    /// that has one puts an arc of its own here, and into the MIB.
    #[schemars(length(min = 3, max = 255))]
    #[schemars(extend("format" = "object-identifier"))]
    pub enterprise: String,
}

impl Default for Events {
    fn default() -> Self {
        let minute = Duration::from_mins(1);
        Self { system_log: true, look_every: minute, failures: 3, after: minute, snmp: Snmp::default() }
    }
}

impl Default for Snmp {
    fn default() -> Self {
        Self { receivers: Vec::new(), community: None, confirmed: false, enterprise: PLAYPEN.into() }
    }
}
