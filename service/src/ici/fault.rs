//! What cannot be read or done, as SOAP faults: the sentence says what to do about it.

use super::Message;
use crate::{
    domain::{Refusal, Side},
    soap::{FaultCode, Unreadable, fault, text},
};
use std::sync::Arc;

/// Why a message is no command.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum Misread {
    /// Not even SOAP.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A command that is refused before anybody has seen it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing the profile knows.
    #[error("Operation {0} is not supported: the service page and its WSDL list what is")]
    UnknownOperation(String),
    /// A parameter that the operation needs.
    #[error("{operation} needs the parameter {parameter}, which is missing or empty: add it")]
    Missing {
        /// Interface and operation.
        operation: &'static str,
        /// Its name by the profile.
        parameter: String,
    },
    /// A parameter that is there more than once.
    #[error("{operation} has the parameter {parameter} more than once: send it once")]
    Doubled {
        /// Interface and operation.
        operation: &'static str,
        /// As it was sent.
        parameter: String,
    },
    /// A number that is none.
    #[error("The parameter {parameter} of {operation} must be a whole number, not `{found}`")]
    NoNumber {
        /// Interface and operation.
        operation: &'static str,
        /// Its name by the profile.
        parameter: String,
        /// What was sent, shortened.
        found: String,
    },
    /// Neither yes nor no.
    #[error("The parameter {parameter} of {operation} must be true or false, not `{found}`")]
    NoBoolean {
        /// Interface and operation.
        operation: &'static str,
        /// Its name by the profile.
        parameter: String,
        /// What was sent, shortened.
        found: String,
    },
    /// A time that is none.
    #[error("The parameter {parameter} of {operation} must be a time like 2009-11-05T11:29:54Z, not `{found}`")]
    NoTime {
        /// Interface and operation.
        operation: &'static str,
        /// Its name by the profile.
        parameter: String,
        /// What was sent, shortened.
        found: String,
    },
    /// A list without end.
    #[error("The parameter {parameter} of {operation} has too many entries: at most {limit} are allowed")]
    LongList {
        /// Interface and operation.
        operation: &'static str,
        /// Its name by the profile.
        parameter: String,
        /// The limit.
        limit: usize,
    },
    /// An identifier or number nobody would use.
    #[error("The parameter {parameter} of {operation} is too long: at most {limit} bytes are allowed")]
    LongText {
        /// Interface and operation.
        operation: &'static str,
        /// Its name by the profile.
        parameter: String,
        /// The limit.
        limit: usize,
    },
}

impl Misread {
    /// The whole fault.
    pub(super) fn message(&self) -> Message {
        match self {
            Self::Unreadable(unreadable) => message(unreadable.code(), &self.to_string()),
            Self::Refused(refusal) => refused(refusal),
            _ => message(FaultCode::Client, &self.to_string()),
        }
    }
}

/// The fault for a refusal.
pub(super) fn refused(refusal: &Refusal) -> Message {
    message(code(refusal.side()), &refusal.to_string())
}

/// A fault with this text. What callers put into it is shortened: it goes into logs and to agents' screens.
pub(super) fn message(code: FaultCode, sentence: &str) -> Message {
    Message { status: 500, action: Arc::from(""), body: fault::message(code, &text::excerpt(sentence, 1000)) }
}

/// The fault code for a side.
pub(super) fn code(side: Side) -> FaultCode {
    match side {
        Side::Client => FaultCode::Client,
        Side::Server => FaultCode::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &Message) -> &str {
        std::str::from_utf8(&message.body).unwrap()
    }

    #[test]
    fn a_refusal_tells_whose_turn_it_is() {
        let client = refused(&Refusal::UnknownItem("4711".into()));
        assert_eq!(client.status, 500);
        assert!(text(&client).contains("<faultcode>SOAP-ENV:Client</faultcode><faultstring>Item 4711 is not known"), "{}", text(&client));
        let server = refused(&Refusal::SwitchUnavailable);
        assert!(
            text(&server).contains("<faultcode>SOAP-ENV:Server</faultcode><faultstring>Telephony server is not available</faultstring>")
        );
    }

    #[test]
    fn a_fault_is_short_whatever_was_sent() {
        let long = refused(&Refusal::UnknownItem("x".repeat(1_000_000).into()));
        assert!(long.body.len() < 2000);
    }
}
