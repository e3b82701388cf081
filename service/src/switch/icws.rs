//! A real CIC server behind the port, over its REST interface ICWS.

pub mod attributes;
mod policy;

pub use policy::{Handler, Policy, RejectStep};
