//! Writes envelopes in the style of SAP's own message: `SOAP-ENV`, `xsd` and `xsi` on the envelope, the operation as `ns0`.
//!
//! Names come from a checked profile or from this program and are written as they are; every text is cleaned and escaped.

use super::text;

/// What every envelope begins with.
pub const OPEN: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/""#,
    r#" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#
);
/// The same for section 5 encoding.
pub const OPEN_ENCODED: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/""#,
    r#" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/""#,
    r#" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#
);
/// Begins the body.
pub const BODY: &str = "<SOAP-ENV:Body>";
/// Ends body and envelope.
pub const CLOSE: &str = "</SOAP-ENV:Body></SOAP-ENV:Envelope>";

/// A message that is being written.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
}

impl Writer {
    /// An empty message with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes) }
    }

    /// Markup that is known to be well-formed.
    pub fn markup(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// Begins an element; `attributes` is markup with a blank in front, or empty.
    pub fn open(&mut self, name: &str, attributes: &str) {
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str(attributes);
        self.out.push('>');
    }

    /// Ends an element.
    pub fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Text.
    pub fn text(&mut self, text: &str) {
        text::escape_into(&mut self.out, text);
    }

    /// An element with text.
    pub fn element(&mut self, name: &str, attributes: &str, text: &str) {
        self.open(name, attributes);
        self.text(text);
        self.close(name);
    }

    /// The message in UTF-8.
    pub fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}

/// ` name="value"`, escaped.
pub fn attribute(name: &str, value: &str) -> String {
    let mut out = format!(" {name}=\"");
    text::escape_attribute_into(&mut out, value);
    out.push('"');
    out
}
