//! What can go wrong between us and a CIC server (icws §1.7). The HTTP status decides; the server's own id and text are for people.

use std::{fmt, io};

/// Why an operation was not carried out, or why it is not known whether it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IcwsError {
    /// No connection, or it broke.
    #[error("the CIC server cannot be reached: {0}")]
    Unreachable(String),
    /// No answer within the deadline; the operation may still be carried out.
    #[error("the CIC server did not answer in time")]
    Timeout,
    /// The session is gone (401): log in again.
    #[error("the CIC server knows the session no longer: {0}")]
    SessionLost(String),
    /// The session was ended on purpose, by an administrator or by another log-in: do not log in again.
    #[error("the CIC server has ended the session: {0}")]
    LoggedOff(String),
    /// The server is the inactive one of a pair, or starts or stops (503).
    #[error("the CIC server does not accept connections: {message}")]
    NotAccepting {
        /// Where it says one should try instead.
        alternates: Vec<String>,
        /// In its words.
        message: String,
    },
    /// The log-in was refused: wrong user, password or token.
    #[error("the CIC server refused the log-in: {0}")]
    Authentication(String),
    /// It said no.
    #[error("the CIC server refused ({status}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its id of the error; empty on servers before 4.0 SU6.
        id: String,
        /// The number that older servers give.
        code: Option<i64>,
        /// In its words.
        message: String,
    },
    /// The answer cannot be understood.
    #[error("the answer of the CIC server cannot be read: {0}")]
    Malformed(String),
}

// === impl IcwsError ===

impl IcwsError {
    /// The connection as a whole is at fault and not this operation: the owner of the session looks for a server again (icws §8).
    pub fn is_of_the_connection(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Timeout | Self::SessionLost(_) | Self::NotAccepting { .. })
    }

    /// Was it refused with this HTTP status?
    pub fn is_status(&self, wanted: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == wanted)
    }

    pub(super) fn unreachable(error: &dyn fmt::Display) -> Self {
        Self::Unreachable(error.to_string())
    }
}

impl From<io::Error> for IcwsError {
    fn from(error: io::Error) -> Self {
        Self::unreachable(&error)
    }
}

impl From<hyper::Error> for IcwsError {
    fn from(error: hyper::Error) -> Self {
        // Its own text says only what was being done; the cause stands behind it.
        let cause = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
        Self::Unreachable(format!("{error}{cause}"))
    }
}
