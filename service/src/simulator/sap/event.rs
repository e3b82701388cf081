//! Events as they arrive: read, checked, answered as SAP does.

use super::{
    views::{ActionItem, Attributes, Call, Chat, Posting, TextElement, list},
    xml::{self, Element},
};

pub(super) const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of events (ici-wire §1.6).
const NAMESPACE: &str = "urn:IciEventInterface";

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `phoneCallChanged`.
    Call(Call),
    /// `chatSessionChanged`.
    Chat(Chat),
    /// `chatNewPosting`.
    Posting(Posting),
    /// `actionItemChanged`.
    ActionItem(ActionItem),
    /// `userChanged`.
    User(Attributes),
    /// `subscriptionEnded`: SAP may show the agent as logged off.
    Ended(TextElement),
}

/// An event that was read.
#[derive(Debug)]
pub(super) struct Envelope {
    /// The header's `user`.
    pub(super) user: String,
    /// The subscriptions it serves.
    pub(super) apps: Vec<String>,
    /// What.
    pub(super) event: Event,
}

impl Event {
    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Call(_) => "phoneCallChanged",
            Self::Chat(_) => "chatSessionChanged",
            Self::Posting(_) => "chatNewPosting",
            Self::ActionItem(_) => "actionItemChanged",
            Self::User(_) => "userChanged",
            Self::Ended(_) => "subscriptionEnded",
        }
    }

    /// The call, where it is about one.
    pub fn call(&self) -> Option<&Call> {
        if let Self::Call(call) = self { Some(call) } else { None }
    }

    /// The chat, where it is about one.
    pub fn chat(&self) -> Option<&Chat> {
        if let Self::Chat(chat) = self { Some(chat) } else { None }
    }

    /// What was written, where something was.
    pub fn posting(&self) -> Option<&Posting> {
        if let Self::Posting(posting) = self { Some(posting) } else { None }
    }

    /// The action item, where it is about one.
    pub fn action_item(&self) -> Option<&ActionItem> {
        if let Self::ActionItem(item) = self { Some(item) } else { None }
    }

    /// The agent, where it is about him.
    pub fn agent(&self) -> Option<&Attributes> {
        if let Self::User(agent) = self { Some(agent) } else { None }
    }
}

/// Reads an event's envelope.
///
/// # Errors
/// What SAP would not understand, in words.
pub(super) fn read(body: &[u8]) -> Result<Envelope, String> {
    let root = xml::read(body).map_err(|error| error.to_string())?;
    let content = soap_body(&root)?;
    if &*content.namespace != NAMESPACE {
        return Err(format!("`{}` is in the namespace `{}`, not `{NAMESPACE}`", content.name, content.namespace));
    }
    let missing = |what: &str| format!("`{}` has no readable `{what}`", content.name);
    let event = match content.name.as_str() {
        "phoneCallChanged" => Event::Call(content.child("phoneCall").and_then(Call::read).ok_or_else(|| missing("phoneCall"))?),
        "chatSessionChanged" => Event::Chat(content.child("chatSession").and_then(Chat::read).ok_or_else(|| missing("chatSession"))?),
        "chatNewPosting" => Event::Posting(content.child("chatPosting").map(Posting::read).ok_or_else(|| missing("chatPosting"))?),
        "actionItemChanged" => {
            let session = content.child("actionSession").and_then(ActionItem::read).ok_or_else(|| missing("actionSession"))?;
            let data = content.child("itemData").ok_or_else(|| missing("itemData"))?;
            let pair = |entry: &Element| (entry.text_of("name").to_owned(), entry.text_of("value").to_owned());
            Event::ActionItem(ActionItem { attributes: list(data, "attributes").map(pair).collect(), ..session })
        }
        "userChanged" => Event::User(content.child("userAttributes").map(Attributes::read).ok_or_else(|| missing("userAttributes"))?),
        "subscriptionEnded" => Event::Ended(content.child("reason").map(TextElement::read).ok_or_else(|| missing("reason"))?),
        other => return Err(format!("ICI event `{other}` is not understood")),
    };
    Ok(Envelope {
        user: root.child("Header").map_or("", |header| header.text_of("user")).to_owned(),
        apps: list(content, "appIds").map(|app| app.text.clone()).collect(),
        event,
    })
}

/// The one child of the body.
pub(super) fn soap_body(root: &Element) -> Result<&Element, String> {
    if root.name != "Envelope" || &*root.namespace != ENVELOPE {
        return Err(format!("`{}` is no SOAP 1.1 envelope", root.name));
    }
    match root.child("Body").map(|body| body.children.as_slice()) {
        Some([content]) => Ok(content),
        Some(contents) => Err(format!("the SOAP body has {} children instead of one", contents.len())),
        None => Err("the envelope has no body".to_owned()),
    }
}

/// SAP's answer to an event it has understood.
pub(super) fn answer(name: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{ENVELOPE}\"><SOAP-ENV:Body>\
         <ns0:{name}Response xmlns:ns0=\"{NAMESPACE}\"><response xmlns=\"{NAMESPACE}\"/></ns0:{name}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
}

/// SAP's answer to one it has not.
pub(super) fn fault(text: &str) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{ENVELOPE}\"><SOAP-ENV:Body><SOAP-ENV:Fault>\
         <faultcode>SOAP-ENV:Client</faultcode><faultstring>"
    );
    xml::escape(&mut out, text);
    out.push_str("</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>");
    out
}
