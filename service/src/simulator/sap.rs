//! SAP CRM as the service meets it: a client that sends one SOAP message for each click of an agent, and a web service that receives events.
//!
//! [`Sink`] listens for events; [`Agent`] is one agent with his whole life, from log-on (ici-wire §5.1) to log-off. XML is read and written
//! here with code of its own ([`xml`]), HTTP too ([`http`]), so that what comes out is what SAP sends: HTTP/1.0 without keep-alive, the
//! envelope of the guide's trace byte for byte.

mod agent;
mod desk;
mod event;
mod failure;
pub mod http;
mod operations;
mod request;
mod sink;
#[cfg(test)]
mod tests;
mod trace;
mod views;
pub mod xml;
#[cfg(test)]
pub(crate) mod yes;

pub use agent::{Agent, Answer, Options};
pub use desk::Desk;
pub use event::Event;
pub use failure::Failure;
pub use operations::LoggedOn;
pub use request::{Operation, Value, envelope};
pub use sink::{Mood, Sink};
pub use trace::{Message, Trace};
pub use views::{ActionItem, Attributes, Call, Chat, Posting, Status, TextElement};
