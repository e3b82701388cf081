//! What both programs of Jackfield know about the configuration file: reading, checking, comparing, saving, secrets, and the pure rules
//! that the service obeys and the wizard tries out. Knows no tokio, no hyper, no egui.

pub mod config;
pub mod profile;
pub mod rules;
pub mod secret;

pub use config::Config;
