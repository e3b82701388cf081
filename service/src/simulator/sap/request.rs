//! The envelopes SAP sends: the form of the guide's trace, byte for byte (ici-wire T1).

use super::xml::escape;
use std::fmt::Write as _;

/// One operation of one interface, e.g. `PhoneCall.hold`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// The interface; `urn:Ici…Interface` is its namespace, `Ici…Bean` its place in `SOAPAction`.
    pub interface: &'static str,
    /// The name on the wire.
    pub name: &'static str,
}

/// A parameter's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A list in ABAP's way, each in an element `item`.
    List(Vec<Value>),
    /// A structure with its fields in order.
    Record(Vec<(&'static str, Value)>),
}

/// The envelope of one request in the name of `user`. (Writing to a `String` cannot fail.)
pub fn envelope(operation: Operation, user: &str, language: &str, parameters: &[(&str, Value)]) -> String {
    let namespace = operation.namespace();
    let mut out = String::with_capacity(640);
    out.push_str(concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/""#,
        r#" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Header>"#
    ));
    for (block, text) in [("user", user), ("language", language)] {
        let _ = write!(out, r#"<pre:{block} xmlns:pre="{namespace}" SOAP-ENV:mustUnderstand="0" xsi:type="xsd:string">"#);
        escape(&mut out, text);
        let _ = write!(out, "</pre:{block}>");
    }
    let _ = write!(out, r#"</SOAP-ENV:Header><SOAP-ENV:Body><ns0:{} xmlns:ns0="{namespace}">"#, operation.name);
    for (name, value) in parameters {
        let _ = write!(out, r#"<{name} xmlns="{namespace}">"#);
        content(&mut out, value);
        let _ = write!(out, "</{name}>");
    }
    let _ = write!(out, "</ns0:{}></SOAP-ENV:Body></SOAP-ENV:Envelope>", operation.name);
    out
}

// === impl Operation ===

impl Operation {
    /// Names an operation.
    pub const fn new(interface: &'static str, name: &'static str) -> Self {
        Self { interface, name }
    }

    /// `urn:Ici…Interface`.
    pub fn namespace(self) -> String {
        format!("urn:Ici{}Interface", self.interface)
    }

    /// The `SOAPAction` header with its quotes: it names the interface, not the operation (ici-wire §1.3).
    pub fn action(self) -> String {
        format!("\"http://inqmy.com/soapdispatcher/rpc/bcbici/Ici{}Bean\"", self.interface)
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.interface, self.name)
    }
}

// === impl Value ===

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

fn content(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) => escape(out, text),
        Value::List(values) => values.iter().for_each(|value| element(out, "item", value)),
        Value::Record(fields) => fields.iter().for_each(|(name, value)| element(out, name, value)),
    }
}

fn element(out: &mut String, name: &str, value: &Value) {
    let _ = write!(out, "<{name}>");
    content(out, value);
    let _ = write!(out, "</{name}>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::sap::xml;

    /// The guide's trace of 2009, reconstructed to its Content-Length (ici-wire T1).
    const T1: &str = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" "#,
        r#"xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Header>"#,
        r#"<pre:user xmlns:pre="urn:IciUserInterface" SOAP-ENV:mustUnderstand="0" xsi:type="xsd:string">CRMFOSOUT</pre:user>"#,
        r#"<pre:language xmlns:pre="urn:IciUserInterface" SOAP-ENV:mustUnderstand="0" xsi:type="xsd:string">EN</pre:language>"#,
        r#"</SOAP-ENV:Header><SOAP-ENV:Body><ns0:getAttributes xmlns:ns0="urn:IciUserInterface">"#,
        r#"<userId xmlns="urn:IciUserInterface">CRMFOSOUT</userId></ns0:getAttributes></SOAP-ENV:Body></SOAP-ENV:Envelope>"#,
    );

    #[test]
    fn the_guides_request_comes_out_byte_for_byte() {
        let written = envelope(Operation::new("User", "getAttributes"), "CRMFOSOUT", "EN", &[("userId", "CRMFOSOUT".into())]);
        assert_eq!(written, T1);
        assert_eq!(written.len(), 655);
    }

    #[test]
    fn lists_records_and_special_characters_are_read_back() {
        let address = Value::Record(vec![("channel", "1".into()), ("address", "<&> \"ä\"".into())]);
        let parameters = [("userId", "A&B".into()), ("addresses", Value::List(vec![address]))];
        let written = envelope(Operation::new("User", "setAddresses"), "A&B", "EN", &parameters);
        let root = xml::read(written.as_bytes()).unwrap();
        assert_eq!(root.child("Header").unwrap().text_of("user"), "A&B");
        let body = root.child("Body").unwrap().child("setAddresses").unwrap();
        assert_eq!(&*body.namespace, "urn:IciUserInterface");
        let item = body.child("addresses").unwrap().child("item").unwrap();
        assert_eq!((item.text_of("channel"), item.text_of("address"), &*item.namespace), ("1", "<&> \"ä\"", "urn:IciUserInterface"));
    }
}
