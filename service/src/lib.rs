//! Jackfield's headless service. `app` names every part; `ARCHITECTURE.md` says who may import whom, and a test enforces it.

pub mod agents;
pub mod alarm;
pub mod app;
pub mod capture;
pub mod cli;
pub mod crash;
pub mod domain;
pub mod genesys_cloud;
pub mod ici;
pub mod learn;
pub mod os;
pub mod outbox;
pub mod saml;
pub mod serve;
pub mod simulator;
pub mod sld;
pub mod soap;
pub mod store;
pub mod switch;
pub mod telemetry;
pub mod timeline;
