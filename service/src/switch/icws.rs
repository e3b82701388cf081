//! A real CIC server (Genesys PureConnect) behind the port, spoken to over its REST interface ICWS: the agents' sessions there, and one of the
//! service's own user.
//!
//! Written by the published descriptions of ICWS; where they are silent or differ, the code is tolerant and says so. The lower half speaks
//! ICWS and knows no agents' calls; the upper half knows calls and speaks no JSON.

pub mod attributes;
mod policy;

pub use policy::{Handler, Policy, RejectStep};
