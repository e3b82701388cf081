//! The smallest XML that SOAP needs, read and written with code of our own: elements with namespaces, attributes, text, CDATA, the five
//! named entities and numbered ones. No DOCTYPE, no other entities, no processing instructions but the declaration.
//!
//! Everything is bounded (bytes, depth, elements, attributes, namespace declarations), so that no input costs more than its length.

use std::sync::Arc;

/// Bytes of one document at most.
pub const BYTES: usize = 4 << 20;
/// Elements within elements at most.
pub const DEPTH: usize = 64;
/// Elements of one document at most.
pub const ELEMENTS: usize = 50_000;
/// Attributes of one element at most.
pub const ATTRIBUTES: usize = 64;
/// Namespace declarations that are in force at one place at most: a name is looked up among them one by one.
pub const NAMESPACES: usize = 128;

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// One element with all that is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The namespace; empty for none.
    pub namespace: Arc<str>,
    /// The local name.
    pub name: String,
    /// Attributes by the name as it is written; declarations of namespaces are not among them.
    pub attributes: Vec<(String, String)>,
    /// Elements in it.
    pub children: Vec<Element>,
    /// Its own text, all pieces together, untrimmed.
    pub text: String,
}

/// Why a text is not the XML we read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Larger, deeper or more than is good.
    #[error("the document has too many {0}")]
    TooMany(&'static str),
    /// Not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// Not well-formed, or something we do not read.
    #[error("{what} at byte {at}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Where.
        at: usize,
    },
}

/// Reads a document.
///
/// # Errors
/// See [`Error`]; nothing is read beyond the first.
pub fn read(bytes: &[u8]) -> Result<Element, Error> {
    if bytes.len() > BYTES {
        return Err(Error::TooMany("bytes"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Error::NotUtf8)?;
    Reader { text, at: 0 }.document()
}

/// Adds `text` with what XML does not allow in content or in a quoted attribute written as entities. Characters that XML 1.0 cannot hold at
/// all become U+FFFD.
pub fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader turns a bare carriage return into a line feed (XML 1.0 §2.11).
            '\r' => out.push_str("&#13;"),
            c if is_char(c) => out.push(c),
            _ => out.push('\u{FFFD}'),
        }
    }
}

// === impl Element ===

impl Element {
    /// The first child with this local name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child with this local name; empty where there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.as_str())
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// An element whose end has not come yet.
struct Open<'a> {
    element: Element,
    /// The name as it is written: its end must be written the same.
    written: &'a str,
    /// How many namespaces were in force outside it.
    namespaces_before: usize,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Element, Error> {
        self.take_if("\u{FEFF}");
        let mut stack: Vec<Open<'a>> = Vec::new();
        let mut namespaces: Vec<(&'a str, Arc<str>)> = Vec::new();
        let mut elements = 0;
        loop {
            let content = self.until("<");
            match stack.last_mut() {
                Some(open) => unescape(content, self.at - content.len(), &mut open.element.text)?,
                None if !content.trim().is_empty() => return Err(self.malformed("text outside the document")),
                None => {}
            }
            if self.at == self.text.len() {
                return Err(self.malformed("the document ends too early"));
            }
            if self.take_if("<!--") {
                self.through("-->")?;
            } else if self.take_if("<![CDATA[") {
                let data = self.through("]]>")?;
                if !data.chars().all(is_char) {
                    return Err(self.malformed("a character that XML does not allow"));
                }
                stack.last_mut().ok_or(Error::Malformed { what: "text outside the document", at: self.at })?.element.text.push_str(data);
            } else if self.take_if("<?") {
                // Only the declaration is expected; others would be instructions to somebody else.
                let instruction = self.through("?>")?;
                if !instruction.starts_with("xml") || !stack.is_empty() {
                    return Err(self.malformed("a processing instruction"));
                }
            } else if self.take_if("<!") {
                return Err(self.malformed("a document type declaration"));
            } else if self.take_if("</") {
                let written = self.name()?;
                self.blanks();
                self.expect(">")?;
                let open = stack.pop().filter(|open| open.written == written);
                let Open { element, namespaces_before, .. } = open.ok_or_else(|| self.malformed("an end without its beginning"))?;
                namespaces.truncate(namespaces_before);
                if let Some(done) = close(&mut stack, element) {
                    return self.end(done);
                }
            } else {
                self.expect("<")?;
                elements += 1;
                if elements > ELEMENTS {
                    return Err(Error::TooMany("elements"));
                }
                if stack.len() >= DEPTH {
                    return Err(Error::TooMany("elements within elements"));
                }
                let (open, is_empty) = self.start(&mut namespaces)?;
                if is_empty {
                    namespaces.truncate(open.namespaces_before);
                    if let Some(done) = close(&mut stack, open.element) {
                        return self.end(done);
                    }
                } else {
                    stack.push(open);
                }
            }
        }
    }

    /// Name and attributes of a start tag, through its `>`; true where it ends at once.
    fn start(&mut self, namespaces: &mut Vec<(&'a str, Arc<str>)>) -> Result<(Open<'a>, bool), Error> {
        let namespaces_before = namespaces.len();
        let written = self.name()?;
        let mut attributes: Vec<(String, String)> = Vec::new();
        let is_empty = loop {
            let blanks = self.blanks();
            if self.take_if("/>") {
                break true;
            }
            if self.take_if(">") {
                break false;
            }
            if !blanks {
                return Err(self.malformed("no blank between attributes"));
            }
            let name = self.name()?;
            self.blanks();
            self.expect("=")?;
            self.blanks();
            let value = self.quoted()?;
            if attributes.len() + (namespaces.len() - namespaces_before) >= ATTRIBUTES {
                return Err(Error::TooMany("attributes"));
            }
            let prefix = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            match prefix {
                Some(prefix) => {
                    if namespaces.len() >= NAMESPACES {
                        return Err(Error::TooMany("namespaces"));
                    }
                    if namespaces[namespaces_before..].iter().any(|(declared, _)| *declared == prefix) {
                        return Err(self.malformed("an attribute twice"));
                    }
                    namespaces.push((prefix, value.into()));
                }
                None if attributes.iter().any(|(other, _)| other == name) => return Err(self.malformed("an attribute twice")),
                None => attributes.push((name.to_owned(), value)),
            }
        };
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        let namespace = match namespaces.iter().rev().find(|(declared, _)| *declared == prefix) {
            Some((_, namespace)) => Arc::clone(namespace),
            None if prefix.is_empty() => Arc::from(""),
            None if prefix == "xml" => Arc::from(XML_NAMESPACE),
            None => return Err(self.malformed("a prefix that is not declared")),
        };
        let element = Element { namespace, name: local.to_owned(), attributes, ..Element::default() };
        Ok((Open { element, written, namespaces_before }, is_empty))
    }

    fn end(mut self, root: Element) -> Result<Element, Error> {
        loop {
            self.blanks();
            if self.at == self.text.len() {
                return Ok(root);
            }
            if !self.take_if("<!--") {
                return Err(self.malformed("something after the document"));
            }
            self.through("-->")?;
        }
    }

    fn name(&mut self) -> Result<&'a str, Error> {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len());
        let name = &rest[..length];
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if !starts_well || name.matches(':').count() > 1 || name.ends_with(':') {
            return Err(self.malformed("not a name"));
        }
        self.at += length;
        Ok(name)
    }

    fn quoted(&mut self) -> Result<String, Error> {
        let quote = if self.take_if("\"") {
            "\""
        } else {
            self.expect("'")?;
            "'"
        };
        let begin = self.at;
        let raw = self.through(quote)?;
        if raw.contains('<') {
            return Err(self.malformed("`<` in an attribute"));
        }
        let mut value = String::with_capacity(raw.len());
        unescape(raw, begin, &mut value)?;
        Ok(value)
    }

    fn blanks(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n')).unwrap_or(rest.len());
        self.at += length;
        length > 0
    }

    /// What comes before `mark`, or everything.
    fn until(&mut self, mark: &str) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.find(mark).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn through(&mut self, mark: &str) -> Result<&'a str, Error> {
        let content = self.until(mark);
        self.expect(mark)?;
        Ok(content)
    }

    fn take_if(&mut self, mark: &str) -> bool {
        let found = self.text[self.at..].starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    fn expect(&mut self, mark: &str) -> Result<(), Error> {
        if self.take_if(mark) { Ok(()) } else { Err(self.malformed("not well-formed")) }
    }

    fn malformed(&self, what: &'static str) -> Error {
        Error::Malformed { what, at: self.at }
    }
}

/// Puts a finished element where it belongs; gives it back when it is the root.
fn close(stack: &mut [Open<'_>], element: Element) -> Option<Element> {
    match stack.last_mut() {
        Some(parent) => {
            parent.element.children.push(element);
            None
        }
        None => Some(element),
    }
}

fn unescape(raw: &str, begin: usize, out: &mut String) -> Result<(), Error> {
    let mut rest = raw;
    let malformed = |rest: &str, what| Error::Malformed { what, at: begin + raw.len() - rest.len() };
    if !raw.chars().all(is_char) {
        return Err(malformed(rest, "a character that XML does not allow"));
    }
    while let Some(ampersand) = rest.find('&') {
        push_lines(out, &rest[..ampersand]);
        rest = &rest[ampersand + 1..];
        let end = rest.as_bytes().iter().take(12).position(|b| *b == b';').ok_or_else(|| malformed(rest, "a bare `&`"))?;
        let entity = &rest[..end];
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = entity.strip_prefix('#').ok_or_else(|| malformed(rest, "an entity we do not know"))?;
                let code = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                let character = code.ok().and_then(char::from_u32).filter(|c| is_char(*c));
                character.ok_or_else(|| malformed(rest, "a character that XML does not allow"))?
            }
        });
        rest = &rest[end + 1..];
    }
    push_lines(out, rest);
    Ok(())
}

/// Line ends become line feeds (XML 1.0 §2.11).
fn push_lines(out: &mut String, text: &str) {
    let mut pieces = text.split('\r');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        if !piece.starts_with('\n') {
            out.push('\n');
        }
        out.push_str(piece);
    }
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

/// XML 1.0 §2.2.
fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests;
