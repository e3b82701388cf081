//! SAP's Integrated Communication Interface as a codec: envelopes to commands, replies, refusals and events to messages, all by the profile.
//!
//! Whatever SAP has not published is data of [`shared::profile`], never a constant here. One operation group, one file; how single
//! parameters are read is in `parameters`, how values are written in `types`.

mod action_item;
mod chat;
mod container;
mod dispatch;
mod event;
mod fault;
mod folder;
#[cfg(test)]
mod golden;
mod item;
mod line;
mod monitoring;
mod parameters;
mod phone_call;
mod system;
#[cfg(test)]
mod tests;
mod types;
mod user;
mod wsdl;

use crate::{
    domain::{AppId, Command, Event, Language, Listened, Refusal, Reply, Request, Side, UserId},
    soap::{self, Envelope, Unreadable, Value, write},
};
use dispatch::Dispatch;
use fault::Misread;
use parameters::Parameters;
use shared::profile::{InterfaceKey, OperationKey, Profile, Role, Slot};
use std::{net::IpAddr, sync::Arc};
use types::Sink;

/// Reads and writes ICI by one profile; made anew when the profile changes.
pub struct Codec {
    profile: Arc<Profile>,
    dispatch: Dispatch,
    /// By the key of the profile's operation.
    answers: Vec<Answer>,
    /// By the key of the profile's event.
    events: Vec<event::Outline>,
}

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
pub struct Operation(OperationKey);

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

/// What of an answer the profile fixes.
struct Answer {
    literal: String,
    encoded: String,
    tail: String,
    /// Attributes of the response in the literal style.
    top: String,
    /// `None` when the answer holds nothing.
    response: Option<Slot>,
}

/// Header blocks that are understood, in whatever namespace.
const USER: &str = "user";
const LANGUAGE: &str = "language";
/// What the encoded WSDL adds to every `SOAPAction`: a client of it need not say in its message that it wants an encoded answer.
const ENCODED_ACTION: &str = "#encoded";
/// Room that the answer of an ordinary agent needs.
const ANSWER: usize = 3072;

impl Codec {
    /// A codec for a checked profile.
    pub fn new(profile: Arc<Profile>) -> Self {
        let dispatch = Dispatch::new(&profile);
        let answers = profile
            .operations()
            .iter()
            .map(|operation| {
                let namespace = &profile.interface(operation.key.interface()).namespace;
                let name = format!("ns0:{}{}", operation.name, profile.style.response_suffix);
                let xmlns = write::attribute("xmlns:ns0", namespace);
                let style = write::attribute("SOAP-ENV:encodingStyle", soap::ENCODING);
                Answer {
                    literal: format!("{}{}<{name}{xmlns}>", write::OPEN, write::BODY),
                    encoded: format!("{}{}<{name}{xmlns}{style}>", write::OPEN_ENCODED, write::BODY),
                    tail: format!("</{name}>{}", write::CLOSE),
                    top: types::default_namespace(namespace),
                    response: operation.reply.map(|kind| types::response(&profile, kind)),
                }
            })
            .collect();
        let events = profile.events().iter().map(event::Outline::new).collect();
        Self { profile, dispatch, answers, events }
    }

    /// Guards, parses and decodes one request. `action` is the `SOAPAction` header as it came; `peer` goes into the request.
    ///
    /// # Errors
    /// The complete fault message to answer with: hostile or broken XML, no SOAP, unknown operation, missing or doubled parameter.
    pub fn decode(&self, body: &[u8], action: Option<&str>, peer: Option<IpAddr>) -> Result<Decoded, Message> {
        self.read(body, action, peer).map_err(|misread| misread.message())
    }

    /// The answer to a command.
    pub fn answer(&self, operation: Operation, style: Style, outcome: &Result<Reply, Refusal>) -> Message {
        let reply = match outcome {
            Ok(reply) => reply,
            Err(refusal) => return fault::refused(refusal),
        };
        let answer = &self.answers[operation.0 as usize];
        let (head, top) = match style {
            Style::Literal => (&answer.literal, answer.top.as_str()),
            Style::Encoded => (&answer.encoded, ""),
        };
        let mut out = Sink::new(&self.profile, style == Style::Encoded, top, ANSWER);
        out.markup(head);
        out.reply(answer.response.as_ref(), reply);
        out.markup(&answer.tail);
        Message { status: 200, action: Arc::from(""), body: out.finish() }
    }

    /// A fault for what never became a command (too large, wrong type, our own failure).
    pub fn fault(&self, side: Side, text: &str) -> Message {
        fault::message(fault::code(side), text)
    }

    /// An event to SAP.
    pub fn event(&self, event: &Event, apps: &[AppId], user: &UserId, language: Option<&Language>) -> Message {
        let outline = &self.events[event::key(event) as usize];
        let body = event::encode(&self.profile, outline, event, apps, user, language);
        Message { status: 200, action: Arc::clone(&outline.action), body }
    }

    /// The WSDL for this profile with `address` as the service's place.
    pub fn wsdl(&self, style: Style, address: &str) -> String {
        wsdl::write(&self.profile, style, address)
    }

    /// The schema of SOAP encoding, which the encoded WSDL imports from `ADDRESS?schema=soap-encoding`, so that clients need no other server.
    pub fn encoding_schema(&self) -> &'static str {
        wsdl::SOAP_ENCODING_SCHEMA
    }

    /// `System.exchangeProductInformation`-style name of an operation, for logs, counters and the service page.
    pub fn name(&self, operation: Operation) -> &'static str {
        operation.0.word()
    }

    /// Every operation with its parameters, for the service page.
    pub fn operations(&self) -> Vec<OperationHelp> {
        let help = |operation: &shared::profile::Operation| OperationHelp {
            interface: operation.key.interface().word().to_owned(),
            name: operation.name.clone(),
            parameters: operation.parameters.iter().map(|slot| slot.name.clone()).collect(),
            purpose: operation.purpose.clone(),
        };
        self.profile.operations().iter().map(help).collect()
    }

    fn read(&self, body: &[u8], action: Option<&str>, peer: Option<IpAddr>) -> Result<Decoded, Misread> {
        let document = soap::read(body)?;
        let envelope = Envelope::read(&document, &[USER, LANGUAGE])?;
        let call = envelope.call;
        let key = self
            .dispatch
            .find(call.namespace(), call.name(), action)
            .ok_or_else(|| Misread::UnknownOperation(soap::text::excerpt(call.name(), 100)))?;
        let parameters = Parameters::read(&self.profile, self.profile.operation(key), call)?;
        let command = self.command(key, &parameters, call)?;
        let user = acting_user(key, header(&envelope, USER)?, &parameters, &command)?;
        let language = header(&envelope, LANGUAGE)?;
        Ok(Decoded { operation: Operation(key), style: style(call, action), request: Request { user, language, peer, command } })
    }

    fn command(&self, key: OperationKey, parameters: &Parameters<'_, '_, '_>, call: Value<'_, '_>) -> Result<Command, Misread> {
        match key.interface() {
            InterfaceKey::System => {
                // All of a structure's fields in one element of an unknown name: read the structure.
                let inside = call.children().next().filter(|_| parameters.is_empty()).map(Value::resolve).transpose()?;
                match inside.filter(Value::has_children) {
                    Some(inside) => system::decode(key, &Parameters::read(&self.profile, self.profile.operation(key), inside)?),
                    None => system::decode(key, parameters),
                }
            }
            InterfaceKey::User => user::decode(key, parameters),
            InterfaceKey::Item => item::decode(key, parameters),
            InterfaceKey::Container => container::decode(key, parameters),
            InterfaceKey::Line => line::decode(key, parameters),
            InterfaceKey::PhoneCall => phone_call::decode(key, parameters),
            InterfaceKey::Folder => folder::decode(key, parameters),
            InterfaceKey::Chat => chat::decode(key, parameters),
            InterfaceKey::ActionItem => action_item::decode(key, parameters),
            InterfaceKey::Monitoring => monitoring::decode(key, parameters),
        }
    }
}

/// The acting user: the header's, else the body's; both must agree.
fn acting_user(
    key: OperationKey,
    header: Option<UserId>,
    parameters: &Parameters<'_, '_, '_>,
    command: &Command,
) -> Result<Option<UserId>, Misread> {
    let mut body = parameters.acting_user::<UserId>()?;
    // Beside a call that is listened to, the user is the supervisor himself (ici-wire §2.6); a header still counts more.
    if let (None, Command::Listen(Listened::Call(_))) = (&header, command) {
        body = parameters.optional(Role::Agent)?;
    }
    match (header, body) {
        (Some(header), Some(body)) if header != body => Err(Refusal::UserMismatch { header, body }.into()),
        (None, None) if key.needs_user() => Err(Refusal::UserMissing.into()),
        (header, body) => Ok(header.or(body)),
    }
}

/// The text of a header block; blanks around it do not count, an empty one is none.
fn header<T: for<'t> From<&'t str>>(envelope: &Envelope<'_, '_>, name: &'static str) -> Result<Option<T>, Misread> {
    let Some(block) = envelope.header(name) else { return Ok(None) };
    if block.is_empty()? {
        return Ok(None);
    }
    let text = block.text()?;
    let text = text.trim();
    if text.len() > HEADER {
        return Err(Unreadable::TooMuch { what: "long a header block, in bytes", limit: HEADER }.into());
    }
    Ok(Some(T::from(text)))
}

/// Bytes of one header block.
const HEADER: usize = 1024;

/// A caller that sends unqualified parameters or an encoding style reads its answers in the same way.
fn style(call: Value<'_, '_>, action: Option<&str>) -> Style {
    let by_action = action.is_some_and(|action| action.contains(ENCODED_ACTION));
    let unqualified = || call.children().next().is_some_and(|child| child.namespace().is_empty() && !call.namespace().is_empty());
    if by_action || call.is_encoded() || unqualified() { Style::Encoded } else { Style::Literal }
}
