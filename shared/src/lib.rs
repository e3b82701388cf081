//! What both programs of Jackfield know about the configuration file: reading, checking, comparing, saving, secrets, and the pure rules
//! that the service obeys and the wizard tries out. Knows no tokio, no hyper, no egui.

pub mod address;
pub mod certificate;
pub mod check;
pub mod config;
pub mod definition;
pub mod diff;
pub mod draft;
pub mod export;
pub mod file;
pub mod finding;
pub mod genesys_cloud;
pub mod locked;
pub mod machine;
pub mod old_installation;
pub mod password_hash;
pub mod passwords;
pub mod profile;
pub mod reference;
pub mod rules;
pub mod secret;
pub mod setting_path;
pub mod sld;

pub use check::{Checked, check, check_text};
pub use config::Config;
pub use draft::Draft;
pub use finding::{Finding, Place, Severity};
pub use setting_path::SettingPath;
