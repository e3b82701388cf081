//! What stands in an old file: entries with a name and a value, whatever way of .NET they are written in.

use super::{OldFile, OldFileError};
use roxmltree::{Document, Node, ParsingOptions};

/// Sections that .NET and IIS read and the product did not.
const PLATFORM: [&str; 12] = [
    "configSections",
    "startup",
    "runtime",
    "system.diagnostics",
    "system.net",
    "system.serviceModel",
    "system.web",
    "system.web.extensions",
    "system.webServer",
    "system.codedom",
    "system.xml.serialization",
    "location",
];
/// An old file has not more elements; it bounds the work, not the meaning.
const MOST_NODES: u32 = 50_000;

/// Which of the two files an entry comes from: both have a server and a port, and mean different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// `ININIntegrationService.exe.config`.
    Service,
    /// `Web.config`.
    Connector,
}

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) side: Side,
    pub(super) line: u32,
    /// The elements around it, below the root, outermost first.
    pub(super) section: Vec<String>,
    pub(super) name: String,
    pub(super) content: Content,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// One value.
    Text(String),
    /// Several.
    List(Vec<String>),
    /// An element with several attributes.
    Attributes(Vec<(String, String)>),
    /// A whole section for .NET or IIS.
    Platform,
}

/// Reads a file.
///
/// # Errors
/// See [`OldFileError`].
#[expect(clippy::disallowed_methods, reason = "no message from outside but a file that an administrator names, bounded in bytes and nodes")]
pub(super) fn read(file: &OldFile) -> Result<Vec<Entry>, OldFileError> {
    if file.bytes.len() as u64 > super::LONGEST {
        return Err(OldFileError::TooLong(file.name.clone()));
    }
    let text = decode(&file.bytes).ok_or_else(|| OldFileError::Encoding(file.name.clone()))?;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(|error| OldFileError::Xml {
        name: file.name.clone(),
        line: error.pos().row,
        text: error.to_string(),
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "configuration" {
        return Err(OldFileError::Foreign(file.name.clone()));
    }
    let is_connector =
        file.name.to_ascii_lowercase().ends_with("web.config") || root.children().any(|child| child.has_tag_name("system.web"));
    let side = if is_connector { Side::Connector } else { Side::Service };
    let mut reader = Reader { file, side, document: &document, section: Vec::new(), entries: Vec::new() };
    for child in root.children().filter(Node::is_element) {
        reader.element(child);
    }
    Ok(reader.entries)
}

/// .NET writes UTF-8 with or without a mark, and editors of Windows UTF-16.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        rest.is_empty().then(|| String::from_utf16(&units).ok()).flatten()
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

struct Reader<'d> {
    file: &'d OldFile,
    side: Side,
    document: &'d Document<'d>,
    section: Vec<String>,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn element(&mut self, element: Node<'_, '_>) {
        let tag = element.tag_name().name();
        if self.section.is_empty() && PLATFORM.contains(&tag) {
            return self.push(element, tag.to_owned(), Content::Platform);
        }
        let attribute = |names: &[&str]| names.iter().find_map(|name| element.attribute(*name));
        match tag {
            // Sections of .NET begin anew with `clear` or `remove`; what they say about older ones is over.
            "clear" | "remove" => {}
            "setting" if element.attribute("name").is_some() => {
                let name = element.attribute("name").unwrap_or_default().to_owned();
                let content = value(element);
                self.push(element, name, content);
            }
            "add" if element.attributes().len() <= 2 && attribute(&["key", "name"]).is_some() => {
                let name = attribute(&["key", "name"]).unwrap_or_default().to_owned();
                let text = attribute(&["value", "connectionString"]).unwrap_or_default().trim().to_owned();
                self.push(element, name, Content::Text(text));
            }
            _ => self.other(element, tag),
        }
    }

    /// A section of the product's own: an element around others, a text, or attributes.
    fn other(&mut self, element: Node<'_, '_>, tag: &str) {
        let attributes: Vec<_> = element.attributes().map(|found| (found.name().to_owned(), found.value().trim().to_owned())).collect();
        if !attributes.is_empty() {
            self.push(element, tag.to_owned(), Content::Attributes(attributes));
        }
        if element.children().any(|child| child.is_element()) {
            self.section.push(tag.to_owned());
            for child in element.children().filter(Node::is_element) {
                self.element(child);
            }
            self.section.pop();
        } else if element.attributes().len() == 0 {
            let content = Content::Text(element.text().unwrap_or_default().trim().to_owned());
            self.push(element, tag.to_owned(), content);
        }
    }

    fn push(&mut self, element: Node<'_, '_>, name: String, content: Content) {
        let line = self.document.text_pos_at(element.range().start).row;
        let (file, section) = (self.file.name.clone(), self.section.clone());
        self.entries.push(Entry { file, side: self.side, line, section, name, content });
    }
}

/// The `<value>` of a `<setting>`: a text, or a list of them.
fn value(setting: Node<'_, '_>) -> Content {
    let Some(value) = setting.children().find(|child| child.has_tag_name("value")) else { return Content::Text(String::new()) };
    let texts: Vec<String> = value
        .descendants()
        .filter(|node| node.is_element() && *node != value && !node.children().any(|child| child.is_element()))
        .map(|node| node.text().unwrap_or_default().trim().to_owned())
        .collect();
    if texts.is_empty() { Content::Text(value.text().unwrap_or_default().trim().to_owned()) } else { Content::List(texts) }
}
