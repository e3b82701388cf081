//! Test kit: starts the real program, speaks to it as SAP does, and lets other people's SOAP software do the same.
//!
//! Nothing here shares code with the service: a fault of its codec cannot hide behind its mirror. Everything blocks, and everything that
//! waits has a deadline ([`PATIENCE`]).

pub mod agent;
pub mod certificates;
pub mod cic;
pub mod clean_root;
pub mod client;
pub mod conduit;
pub mod desktop;
pub mod far;
pub mod greedy;
pub mod http;
pub mod invented;
pub mod keeping;
pub mod killing;
pub mod lab;
pub mod manager;
pub mod organisation;
pub mod outside;
pub mod program;
pub mod recording;
pub mod screen_reader;
pub mod script;
pub mod sink;
pub mod site;
pub mod soap;
pub mod storm;
pub mod switch;
pub mod switchover;
pub mod tree;

use std::time::Duration;

/// How long anything may take before a test calls it lost. Generous, for the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);
