//! The configuration, checked and complete: what every part of the service may rely on. This is also the one definition of the file: the
//! doc comments, defaults and ranges here become the example, the JSON Schema, the settings reference and the check of keys and types.
//! How a file is read, judged and saved is in [`crate::draft`], [`mod@crate::check`] and [`crate::file`].

mod agents;
mod channels;
mod delivery;
pub mod duration;
mod genesys_cloud;
mod ici;
mod limits;
mod log;
mod network;
mod reject;
mod remoting;
mod service;
mod sld;
mod switch;
mod workmodes;

pub use agents::{Agents, EVERYBODY, LogIn, Rights, SsoToken, StoredPassword};
pub use channels::{ActionItemChannel, ActionItemKind, ActionItemRoute, Attributes, Channels, ChatChannel, Compare, PhoneChannel};
pub use delivery::{Delivery, RewriteHost};
pub use genesys_cloud::{
    BrowserGrant, Conduit, ConduitSink, CustomAttribute, Deletion, Events, Framing, GenesysCloud, PLAYPEN, Snmp, Sso, Stars,
};
pub use ici::{Flags, Ici};
pub use limits::Limits;
pub use log::{Log, LogToText, Topics};
pub use network::Network;
pub use reject::{Handler, Reject, RejectStep};
pub use remoting::{Connector, Remoting};
pub use service::{Access, AccessUser, Admin, AdminTls, ClientCertificates, Service, Store, Tls, TlsVersions};
pub use sld::{Sld, SldDestination, SldWhen, standard_attributes};
pub use switch::{Embedded, Reach, Status, StatusText, Switch, SwitchKind, User, Workgroup};
pub use workmodes::{MappedWorkmode, Workmodes};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the file's layout that this program writes and reads.
pub const SCHEMA: u32 = 1;

/// The whole configuration; every section has defaults, so that an empty file is a working one: an embedded switch, on loopback only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "Jackfield configuration")]
pub struct Config {
    /// Version of the file's layout; this program knows version 1.
    #[schemars(range(min = 1, max = 1))]
    pub schema: u32,
    /// Where SAP reaches Jackfield, and who may.
    pub service: Service,
    /// The way between a web connector on another machine and this service.
    pub remoting: Remoting,
    /// The web connector, which only `jackfield connector` is: SAP's side of the service on another machine.
    pub connector: Connector,
    /// The listener for administrators: health, status and figures.
    pub admin: Admin,
    /// What must outlive a crash.
    pub store: Store,
    /// The contact-centre switch.
    pub switch: Switch,
    /// How agents are logged on to the switch, and what they may do.
    pub agents: Agents,
    /// What happens when an agent rejects an interaction.
    pub reject: Reject,
    /// SAP's workmodes and the switch's statuses that they mean.
    pub workmodes: Workmodes,
    /// How SAP's Integrated Communication Interface is served.
    pub ici: Ici,
    /// Extra behaviour that can be turned on and off.
    pub flags: Flags,
    /// Where the numbers of caller and callee are looked up.
    pub attributes: Attributes,
    /// The kinds of interaction that SAP is told of.
    pub channels: Channels,
    /// Bounds: how much, how many, how long.
    pub limits: Limits,
    /// Registration in SAP's System Landscape Directory.
    pub sld: Sld,
    /// What is logged, and where.
    pub log: Log,
    /// A text log beside the service's own, for certification.
    pub log_to_text: LogToText,
    /// How events are delivered to SAP.
    pub delivery: Delivery,
    /// The bridge to Genesys Cloud.
    pub genesys_cloud: GenesysCloud,
}

impl Config {
    /// What `run` uses without a file: the same as an empty file.
    pub fn built_in() -> Self {
        Self::default()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            service: Service::default(),
            remoting: Remoting::default(),
            connector: Connector::default(),
            admin: Admin::default(),
            store: Store::default(),
            switch: Switch::default(),
            agents: Agents::default(),
            reject: Reject::default(),
            workmodes: Workmodes::default(),
            ici: Ici::default(),
            flags: Flags::default(),
            attributes: Attributes::default(),
            channels: Channels::default(),
            limits: Limits::default(),
            sld: Sld::default(),
            log: Log::default(),
            log_to_text: LogToText::default(),
            delivery: Delivery::default(),
            genesys_cloud: GenesysCloud::default(),
        }
    }
}
