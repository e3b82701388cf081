//! SAP's Integrated Communication Interface as a codec: envelopes to commands, replies, refusals and events to messages, all by the profile.
//!
//! Whatever SAP has not published is data of [`shared::profile`], never a constant here.

use crate::domain::{AppId, Event, Language, Refusal, Reply, Request, UserId};
use shared::profile::Profile;
use std::{net::IpAddr, sync::Arc};

/// Reads and writes ICI by one profile; made anew when the profile changes.
pub struct Codec;

/// What came in, decoded.
#[derive(Debug)]
pub struct Decoded {
    /// Which operation, for the reply and for logs and counters.
    pub operation: Operation,
    /// How the caller writes, so that the answer is written the same way.
    pub style: Style,
    /// The command.
    pub request: Request,
}

/// An operation of the interface: its place in the profile's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation;

/// Document/literal wrapped, or rpc/encoded for clients of `?wsdl=encoded`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// What SAP sends.
    Literal,
    /// With `xsi:type` and SOAP-ENC arrays.
    Encoded,
}

/// A message to be sent, complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// 200 or 500 for answers; unused for events.
    pub status: u16,
    /// `SOAPAction` with its quotes; empty for answers.
    pub action: Arc<str>,
    /// The envelope in UTF-8.
    pub body: Vec<u8>,
}

impl Codec {
    /// A codec for a checked profile.
    pub fn new(_profile: Arc<Profile>) -> Self {
        unimplemented!()
    }

    /// Guards, parses and decodes one request. `action` is the `SOAPAction` header as it came; `peer` goes into the request.
    ///
    /// # Errors
    /// The complete fault message to answer with: hostile or broken XML, no SOAP, unknown operation, missing or doubled parameter.
    pub fn decode(&self, _body: &[u8], _action: Option<&str>, _peer: Option<IpAddr>) -> Result<Decoded, Message> {
        unimplemented!()
    }

    /// The answer to a command.
    pub fn answer(&self, _operation: Operation, _style: Style, _outcome: &Result<Reply, Refusal>) -> Message {
        unimplemented!()
    }

    /// A fault for what never became a command (too large, wrong type, our own failure).
    pub fn fault(&self, _side: crate::domain::Side, _text: &str) -> Message {
        unimplemented!()
    }

    /// An event to SAP.
    pub fn event(&self, _event: &Event, _apps: &[AppId], _user: &UserId, _language: Option<&Language>) -> Message {
        unimplemented!()
    }

    /// The WSDL for this profile with `address` as the service's place.
    pub fn wsdl(&self, _style: Style, _address: &str) -> String {
        unimplemented!()
    }

    /// The schema of SOAP encoding, which the encoded WSDL imports from `ADDRESS?schema=soap-encoding`, so that clients need no other server.
    pub fn encoding_schema(&self) -> &'static str {
        unimplemented!()
    }

    /// `System.exchangeProductInformation`-style name of an operation, for logs, counters and the service page.
    pub fn name(&self, _operation: Operation) -> &str {
        unimplemented!()
    }

    /// Every operation with its parameters, for the service page.
    pub fn operations(&self) -> Vec<OperationHelp> {
        unimplemented!()
    }
}

/// An operation for people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationHelp {
    /// The interface, e.g. `PhoneCall`.
    pub interface: String,
    /// The operation on the wire.
    pub name: String,
    /// Its parameters in order.
    pub parameters: Vec<String>,
    /// What it does, in one sentence.
    pub purpose: String,
}
