//! SOAP 1.1 on the wire, knowing nothing of ICI: bounded reading, envelopes, values, writing, faults.
//!
//! The only place that names roxmltree and quick-xml. What was read is borrowed from the message, nothing is copied until a value is asked
//! for.

pub mod envelope;
pub mod fault;
pub mod guard;
pub mod text;
pub mod value;
pub mod write;

pub use envelope::Envelope;
pub use fault::FaultCode;
pub use guard::read;
pub use value::{Document, Value};
pub use write::Writer;

/// The namespace of SOAP 1.1.
pub const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of SOAP 1.1's section 5, arrays and references.
pub const ENCODING: &str = "http://schemas.xmlsoap.org/soap/encoding/";
/// XML Schema instances: `xsi:type`, `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Why a message cannot be read; the text tells its sender what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not UTF-8.
    #[error("The message is in {0}: send UTF-8, with or without a byte order mark")]
    Encoding(String),
    /// UTF-8 that is none.
    #[error("The message is not valid UTF-8 at byte {0}: send UTF-8")]
    Utf8(usize),
    /// No well-formed XML.
    #[error("The message is not well-formed XML at line {line}, column {column}: {why}")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The parser's words.
        why: String,
    },
    /// A document type.
    #[error("The message has a document type (DOCTYPE), which SOAP forbids: leave it out")]
    DocumentType,
    /// One of the guard's limits.
    #[error("The message has too {what}: at most {limit} are allowed")]
    TooMuch {
        /// Of what, after "too": `many elements`.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// XML, but something else.
    #[error("The message is no SOAP envelope: its root is {{{namespace}}}{name}")]
    NotSoap {
        /// Namespace of the root.
        namespace: String,
        /// Local name of the root.
        name: String,
    },
    /// Another version of SOAP.
    #[error("The message is not SOAP 1.1: its envelope is in the namespace {0}, {ENVELOPE} is understood")]
    Version(String),
    /// A header block that had to be understood.
    #[error("The header block {{{namespace}}}{name} must be understood but is not: leave it out or set mustUnderstand to 0")]
    MustUnderstand {
        /// Its namespace.
        namespace: String,
        /// Its local name.
        name: String,
    },
    /// Nothing to do.
    #[error("The message has no {0}: send one operation element in the SOAP body")]
    Empty(&'static str),
    /// A reference that leads nowhere or in a circle.
    #[error("The reference href=\"{0}\" leads nowhere or in a circle: it must name the id of an element of the message")]
    Reference(String),
}

impl Unreadable {
    /// The fault code that SOAP 1.1, section 4.4.1, gives it.
    pub fn code(&self) -> FaultCode {
        match self {
            Self::Version(_) => FaultCode::VersionMismatch,
            Self::MustUnderstand { .. } => FaultCode::MustUnderstand,
            _ => FaultCode::Client,
        }
    }
}
