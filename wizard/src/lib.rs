//! Jackfield's wizard: an administrator configures everything by clicking. It edits the same file by the same rules as the service (`shared`)
//! and never imports the service; what it wants of it, it asks the installed program.

pub mod administrator;
pub mod app;
pub mod browse;
pub mod browser;
pub mod changes;
pub mod child;
pub mod command;
pub mod connection;
pub mod controls;
pub mod dialog;
pub mod document;
pub mod icon;
pub mod jobs;
pub mod language;
pub mod model;
pub mod page;
pub mod preferences;
pub mod probe;
pub mod problem;
pub mod remote;
pub mod running;
pub mod screenshot;
pub mod search;
pub mod service_unit;
pub mod theme;
pub mod widget;
