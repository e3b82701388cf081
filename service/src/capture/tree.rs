//! A SOAP message as a small tree of its own, for programs that look at what stands in it without knowing what it means.

use crate::soap::{self, ENVELOPE, Value, XSI, text};

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The local name.
    pub name: String,
    /// Its namespace; empty for none.
    pub namespace: String,
    /// Its own text, without blanks around it.
    pub text: String,
    /// Elements in it.
    pub children: Vec<Node>,
    /// `xsi:nil`.
    pub nil: bool,
}

/// What an envelope holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Blocks of the header.
    pub header: Vec<Node>,
    /// The element of the body; `None` for an empty one.
    pub call: Option<Node>,
}

/// References within references at most.
const DEPTH: usize = 24;

/// Reads an envelope of any version of SOAP.
///
/// # Errors
/// Why it cannot be read.
pub fn read(body: &str) -> Result<Envelope, String> {
    let document = soap::read(body.trim_start_matches('\u{feff}').trim().as_bytes()).map_err(|error| error.to_string())?;
    let root = document.root();
    if root.name() != "Envelope" {
        return Err(format!(
            "no SOAP envelope: its root is {{{}}}{}",
            text::excerpt(root.namespace(), 100),
            text::excerpt(root.name(), 100)
        ));
    }
    let part = |name| root.children().find(|child| child.name() == name && child.namespace() == root.namespace());
    let blocks = part("Header").into_iter().flat_map(|header| header.children().collect::<Vec<_>>());
    let header = blocks.map(|block| node(block, 0)).collect();
    let call = part("Body").and_then(|body| body.children().find(|child| child.attribute(soap::ENCODING, "root") != Some("0")));
    Ok(Envelope { header, call: call.map(|call| node(call, 0)) })
}

fn node(value: Value<'_, '_>, depth: usize) -> Node {
    let (name, namespace) = (value.name().to_owned(), value.namespace().to_owned());
    // What leads nowhere has no content.
    let Some(target) = Some(value).filter(|_| depth < DEPTH).and_then(|value| value.resolve().ok()) else {
        return Node { name, namespace, ..Node::default() };
    };
    let nil = matches!(target.attribute(XSI, "nil").map(str::trim), Some("true" | "1"));
    let text = target.text().map(|text| text.trim().to_owned()).unwrap_or_default();
    Node { name, namespace, text, children: target.children().map(|child| node(child, depth + 1)).collect(), nil }
}

// === impl Envelope ===

impl Envelope {
    /// The text of a header block, whatever its namespace.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header.iter().find(|block| block.name == name).map(|block| block.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The text of the fault that it is.
    pub fn fault(&self) -> Option<&str> {
        let fault = self.call.as_ref().filter(|call| call.name == "Fault")?;
        // SOAP 1.1, then 1.2, which somebody else's service may answer with.
        let told = fault.child("faultstring").or_else(|| fault.child("Reason")?.children.first());
        Some(told.map_or("", |told| &told.text))
    }
}

// === impl Node ===

impl Node {
    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Neither text nor elements.
    pub fn is_empty(&self) -> bool {
        self.nil || (self.text.is_empty() && self.children.is_empty())
    }

    /// Every element without elements in it, with the path of names that leads to it, itself not included.
    pub fn leaves(&self) -> Vec<(String, &Self)> {
        let mut found = Vec::new();
        self.walk("", &mut found);
        found
    }

    fn walk<'n>(&'n self, path: &str, found: &mut Vec<(String, &'n Self)>) {
        for child in &self.children {
            let path = if path.is_empty() { child.name.clone() } else { format!("{path}/{}", child.name) };
            if child.children.is_empty() {
                found.push((path, child));
            } else {
                child.walk(&path, found);
            }
        }
    }

    /// Is it in SOAP's own namespace, or a fault?
    pub fn is_fault(&self) -> bool {
        self.name == "Fault" && (self.namespace == ENVELOPE || self.namespace.contains("soap-envelope"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_a_tree_with_references_followed() {
        let body = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><u xmlns='h'> ANNA </u></e:Header><e:Body>\
                    <n:op xmlns:n='urn:x'><a><b>1</b><b>2</b></a><c href='#r'/></n:op><m id='r'>3</m></e:Body></e:Envelope>";
        let envelope = read(body).unwrap();
        assert_eq!(envelope.header("u"), Some("ANNA"));
        let call = envelope.call.unwrap();
        assert_eq!((call.namespace.as_str(), call.name.as_str()), ("urn:x", "op"));
        let leaves: Vec<_> = call.leaves().into_iter().map(|(path, node)| (path, node.text.clone())).collect();
        let expected = [("a/b", "1"), ("a/b", "2"), ("c", "3")].map(|(path, text)| (path.to_owned(), text.to_owned()));
        assert_eq!(leaves, expected);
    }

    #[test]
    fn a_fault_is_told_in_its_own_words_and_a_circle_ends() {
        let open = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>";
        let fault = read(&format!("{open}<e:Fault><faultcode>x</faultcode><faultstring>No.</faultstring></e:Fault></e:Body></e:Envelope>"));
        assert_eq!(fault.unwrap().fault(), Some("No."));
        assert!(read(&format!("{open}<a id='a'><b href='#a'/></a></e:Body></e:Envelope>")).is_ok());
        assert!(read("<html/>").unwrap_err().contains("no SOAP envelope"));
    }
}
