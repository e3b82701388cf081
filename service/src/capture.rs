//! Recorded traffic with SAP: taken in the running service ([`Recorder`]), made harmless ([`redact`]), kept as lines of JSON ([`mod@format`]),
//! and read again, also when somebody else has made it ([`read`]).
//!
//! What traffic means is not known here: `learn` compares it with the profile.

pub mod expiry;
pub mod format;
mod har;
mod http;
mod order;
mod pcap;
pub mod read;
mod recorder;
pub mod redact;
mod scan;
pub mod shape;
pub mod tree;

pub use format::{End, Head, Line, Message, Numbers, Way};
pub use order::Order;
pub use read::{Capture, Unusable};
pub use recorder::{Batch, Figures, Note, Recorder, Refused};
