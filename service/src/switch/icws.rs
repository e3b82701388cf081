//! A real CIC server (Genesys PureConnect) behind the port, spoken to over its REST interface ICWS: the agents' sessions there, and one of the
//! service's own user.
//!
//! Written by the published descriptions of ICWS; where they are silent or differ, the code is tolerant and says so. The lower half speaks
//! ICWS and knows no agents' calls; the upper half knows calls and speaks no JSON.

mod agent_auth;
mod answer;
pub mod attributes;
mod cluster;
mod connector;
mod credentials;
mod error;
mod features;
mod http;
mod messages;
mod outcome;
mod pace;
mod path;
mod policy;
mod session;
mod site;
mod sse;
mod super_user;
pub mod switchover;
#[cfg(test)]
mod tests;
pub mod wire;

pub use agent_auth::{AgentAuth, AgentLogIn, Password, SecretProvider, SsoToken, SuperUserOnly};
pub use cluster::{Cluster, Prove};
pub use connector::{Connector, Network, Stream};
pub use credentials::Credentials;
pub use error::IcwsError;
pub use features::Features;
pub use messages::Messages;
pub use pace::{Pace, chance};
pub use policy::{Handler, Policy, RejectStep};
pub use session::Session;
pub use site::{Place, Site, Template};
pub use super_user::{Found, Proof, SuperUser};
