//! What can go wrong for SAP, in words for the person who runs the simulator.

use super::{Operation, Status, xml};
use std::time::Duration;

/// Why something did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The address of the service cannot be used.
    #[error("`{url}` cannot be used: {why}")]
    BadUrl {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Nobody listens there.
    #[error("{url} cannot be reached: {why}")]
    Unreachable {
        /// Of the service.
        url: String,
        /// In the system's words.
        why: String,
    },
    /// It answers too late.
    #[error("no answer to {operation} within {after:?}")]
    TimedOut {
        /// Which.
        operation: Operation,
        /// How long was waited.
        after: Duration,
    },
    /// What answers is no SOAP service.
    #[error("the answer to {operation} is not SOAP: {why}")]
    BadAnswer {
        /// Which.
        operation: Operation,
        /// What is wrong.
        why: String,
    },
    /// The service refuses: a SOAP fault.
    #[error("{operation} was refused: {text}")]
    Fault {
        /// Which.
        operation: Operation,
        /// `SOAP-ENV:Client` or `SOAP-ENV:Server`.
        code: String,
        /// The fault's text, which says what to do.
        text: String,
    },
    /// The event that should have come did not.
    #[error("no event within {after:?}: {awaited}")]
    NoEvent {
        /// What was waited for.
        awaited: String,
        /// How long.
        after: Duration,
    },
    /// The call has ended while another state was awaited.
    #[error("call {item} has ended while {awaited} was awaited")]
    CallEnded {
        /// Which.
        item: String,
        /// The state.
        awaited: Status,
    },
    /// We cannot listen for events.
    #[error("events cannot be received at {address}: {why}")]
    CannotListen {
        /// Where.
        address: String,
        /// In the system's words.
        why: String,
    },
}

impl Failure {
    /// A SOAP answer that is not what it must be.
    pub(super) fn not_soap(operation: Operation, error: &xml::Error) -> Self {
        Self::BadAnswer { operation, why: error.to_string() }
    }
}
