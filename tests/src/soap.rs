//! SOAP with strings: envelopes as SAP writes them (ici-wire T1), answers taken apart.

use crate::{http, tree, tree::Leaves};

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// A list of structures.
    Structures(Vec<Vec<(String, String)>>),
    /// A structure.
    Structure(Vec<(String, Value)>),
    /// A list of anything.
    Many(Vec<Value>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl<const N: usize> From<[&str; N]> for Value {
    fn from(list: [&str; N]) -> Self {
        Self::List(list.map(str::to_owned).to_vec())
    }
}

/// Parameters in order.
pub type Parameters<'a> = &'a [(&'a str, Value)];

/// How a command ends that was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// HTTP status; 0 where a foreign client does not tell.
    pub status: u16,
    /// `Client` or `Server`, without prefix.
    pub code: String,
    /// The text for people.
    pub text: String,
}

/// What an answer was.
pub type Outcome = Result<Leaves, Fault>;

/// The namespace of an interface.
pub fn namespace(interface: &str) -> String {
    format!("urn:Ici{interface}Interface")
}

/// The `SOAPAction` of an interface, with its quotes.
pub fn action(interface: &str) -> String {
    format!("\"http://inqmy.com/soapdispatcher/rpc/bcbici/Ici{interface}Bean\"")
}

/// An envelope as SAP writes it; without a user there is no header.
pub fn envelope(interface: &str, operation: &str, user: Option<&str>, parameters: Parameters<'_>) -> String {
    let namespace = namespace(interface);
    let block = |name: &str, value: &str| {
        format!(
            "<pre:{name} xmlns:pre=\"{namespace}\" SOAP-ENV:mustUnderstand=\"0\" xsi:type=\"xsd:string\">{}</pre:{name}>",
            escape(value)
        )
    };
    let header = user
        .map(|user| format!("<SOAP-ENV:Header>{}{}</SOAP-ENV:Header>", block("user", user), block("language", "EN")))
        .unwrap_or_default();
    let body = concat(parameters.iter().map(|(name, value)| format!("<{name} xmlns=\"{namespace}\">{}</{name}>", content(value))));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{header}<SOAP-ENV:Body>\
         <ns0:{operation} xmlns:ns0=\"{namespace}\">{body}</ns0:{operation}></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
}

/// Takes an answer apart.
///
/// # Panics
/// When it is neither a reply nor a fault: that is never right.
pub fn outcome(answer: &http::Message) -> Outcome {
    let text = answer.text();
    let document = tree::parse(&text).unwrap_or_else(|error| panic!("an answer of {}, which is no XML: {error}", answer.status()));
    let body = document
        .root_element()
        .children()
        .find(|node| node.tag_name().name() == "Body")
        .and_then(|body| body.children().find(roxmltree::Node::is_element))
        .unwrap_or_else(|| panic!("an answer without a body: {text}"));
    if body.tag_name().name() != "Fault" {
        assert_eq!(answer.status(), 200, "a reply is 200: {text}");
        return Ok(Leaves::below(body));
    }
    let part = |name: &str| {
        let node = body.children().find(|node| node.tag_name().name() == name);
        node.and_then(|node| node.text()).unwrap_or_default().to_owned()
    };
    let code = part("faultcode");
    let code = code.rsplit(':').next().unwrap_or_default().to_owned();
    Err(Fault { status: answer.status(), code, text: part("faultstring") })
}

/// Text for XML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn content(value: &Value) -> String {
    match value {
        Value::Text(text) => escape(text),
        Value::List(list) => concat(list.iter().map(|entry| format!("<item>{}</item>", escape(entry)))),
        Value::Structure(fields) => concat(fields.iter().map(|(name, value)| format!("<{name}>{}</{name}>", content(value)))),
        Value::Many(list) => concat(list.iter().map(|entry| format!("<item>{}</item>", content(entry)))),
        Value::Structures(list) => concat(list.iter().map(|fields| {
            let fields = concat(fields.iter().map(|(name, value)| format!("<{name}>{}</{name}>", escape(value))));
            format!("<item>{fields}</item>")
        })),
    }
}

fn concat(pieces: impl Iterator<Item = String>) -> String {
    pieces.collect::<Vec<_>>().concat()
}
