//! Is this XML harmless? A linear scan before any tree is built, and the only door to the tree.
//!
//! roxmltree resolves every name by walking the namespaces in scope and compares the attributes of an element pairwise, so a small message
//! can cost it minutes of CPU; runs of comments or references cost memory. Each limit here closes one such way, and none of them comes near
//! what a SOAP client sends. The size of the message and the time it may take are not here: they are bounded where it is received.

use super::{Document, Unreadable};
use quick_xml::{
    Reader,
    events::{BytesStart, Event, attributes::Attribute},
};

/// Levels of elements.
pub const DEPTH: usize = 64;
/// Elements.
pub const ELEMENTS: usize = 20_000;
/// Attributes of one element.
pub const ATTRIBUTES: usize = 64;
/// Attributes in all.
pub const ALL_ATTRIBUTES: usize = 40_000;
/// Namespace declarations.
pub const NAMESPACES: usize = 128;
/// Bytes of one name with its prefix.
pub const NAME: usize = 256;
/// Bytes of one attribute's value.
pub const ATTRIBUTE_VALUE: usize = 8 * 1024;
/// Bytes of all attributes' values.
pub const ALL_ATTRIBUTE_VALUES: usize = 256 * 1024;
/// Bytes of one tag.
pub const TAG: usize = 64 * 1024;
/// Comments and processing instructions.
pub const COMMENTS: usize = 1000;
/// Bytes of all comments and processing instructions.
pub const COMMENT_BYTES: usize = 64 * 1024;
/// Bytes before the root element: a declaration, comments, blanks.
pub const PROLOG: usize = 64 * 1024;
/// CDATA sections.
pub const CDATA: usize = 1000;
/// Bytes of an ordinary request at most. A request that costs more than twice this in steps is refused; where an administrator allows longer
/// ones, more than twice its own bytes.
pub const ORDINARY: usize = 4 * 1024 * 1024;

/// What reading costs, in steps of about a nanosecond on the machine it was measured on (`benches/message.rs`, group `hostile`). All limits
/// at once would add up to more than any of them, so what they bound is bounded together as well.
mod cost {
    /// A byte, whatever it is.
    pub(super) const BYTE: usize = 2;
    /// A letter's bytes after its first one, because letters outside ASCII are decoded three times over.
    pub(super) const WIDE: usize = 2;
    /// A byte of text with references or carriage returns, which the tree writes anew.
    pub(super) const REWRITTEN: usize = 4;
    /// A reference, which both parsers look up.
    pub(super) const REFERENCE: usize = 20;
    /// An element with what is made of it later.
    pub(super) const ELEMENT: usize = 200;
    /// An attribute.
    pub(super) const ATTRIBUTE: usize = 80;
    /// A name compared with another: names with namespaces in scope, attributes of one element pairwise.
    pub(super) const COMPARISON: usize = 18;
    /// Markup that a message has in any case.
    pub(super) const SLACK: usize = 100_000;
}

/// Decodes, scans and parses a message.
///
/// # Errors
/// [`Unreadable`]: not UTF-8, a limit, not well-formed.
pub fn read(body: &[u8]) -> Result<Document<'_>, Unreadable> {
    let text = decode(body)?;
    scan(text)?;
    // Every node is counted by the scan, so this limit is never met; it stands for the day when the two parsers disagree.
    let options = roxmltree::ParsingOptions { nodes_limit: NODES, ..roxmltree::ParsingOptions::default() };
    #[expect(clippy::disallowed_methods, reason = "this is the guard that the rule asks for")]
    let tree = roxmltree::Document::parse_with_options(text, options);
    match tree {
        Ok(tree) => Ok(Document::new(tree)),
        Err(roxmltree::Error::DtdDetected) => Err(Unreadable::DocumentType),
        Err(error) => {
            let position = error.pos();
            Err(Unreadable::Malformed {
                line: position.row as usize,
                column: position.col as usize,
                why: super::text::excerpt(&plain(&error), 200),
            })
        }
    }
}

/// Twice the elements for the text between them, comments, sections and the root.
#[expect(clippy::cast_possible_truncation, reason = "a sum of small constants")]
const NODES: u32 = (2 * ELEMENTS + 2 * COMMENTS + 2 * CDATA + 16) as u32;

const TOO_DEAR: &str = "much in it together (large texts cost least as CDATA sections), in steps of reading";

/// What a scan counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Elements.
    pub elements: usize,
    /// Attributes with namespace declarations.
    pub attributes: usize,
    /// Namespace declarations.
    pub namespaces: usize,
    /// The deepest level.
    pub depth: usize,
    values: usize,
    comments: usize,
    comment_bytes: usize,
    cdata: usize,
    /// In steps, see [`cost`].
    cost: usize,
    budget: usize,
}

/// Walks once over the message and counts.
///
/// # Errors
/// [`Unreadable::TooMuch`], [`Unreadable::DocumentType`], or [`Unreadable::Malformed`] where not even tags can be told apart.
pub fn scan(text: &str) -> Result<Counts, Unreadable> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut counts = Counts::for_message(text.len());
    counts.charge((text.len() - text.chars().count()) * cost::WIDE)?;
    let mut depth = 0usize;
    check_prolog(text)?;
    // A text with references comes in pieces: this is where it began, and whether one of its pieces makes the tree rewrite it.
    let mut run = Run::default();
    loop {
        let before = position(&reader);
        if text.len() > TAG {
            limit(tag_length(&text.as_bytes()[before.min(text.len())..]), TAG, "long tags, in bytes")?;
        }
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(malformed(text, usize::try_from(reader.error_position()).unwrap_or(text.len()), &error.to_string())),
        };
        match event {
            Event::Start(element) => {
                depth += 1;
                counts.depth = counts.depth.max(depth);
                limit(depth, DEPTH, "many levels of elements")?;
                counts.element(&element, text, before)?;
            }
            Event::Empty(element) => {
                counts.depth = counts.depth.max(depth + 1);
                limit(depth + 1, DEPTH, "many levels of elements")?;
                counts.element(&element, text, before)?;
            }
            Event::End(_) => depth = depth.checked_sub(1).ok_or_else(|| malformed(text, before, "an end tag without a start tag"))?,
            Event::Text(piece) => {
                run.take(piece.len(), memchr_return(&piece));
                continue;
            }
            Event::GeneralRef(name) => {
                counts.charge(cost::REFERENCE)?;
                limit(name.len(), NAME, "long names, in bytes")?;
                run.take(name.len() + 2, true);
                continue;
            }
            Event::CData(section) => {
                counts.cdata += 1;
                limit(counts.cdata, CDATA, "many CDATA sections")?;
                if memchr_return(&section) {
                    counts.charge(section.len() * cost::REWRITTEN)?;
                }
            }
            Event::Comment(piece) => counts.comment(piece.len())?,
            Event::PI(piece) => counts.comment(piece.len())?,
            Event::Decl(_) => {}
            Event::DocType(_) => return Err(Unreadable::DocumentType),
            Event::Eof => {
                counts.charge(run.end() * cost::REWRITTEN)?;
                return Ok(counts);
            }
        }
        counts.charge(run.end() * cost::REWRITTEN)?;
    }
}

// === impl Counts ===

impl Counts {
    fn for_message(bytes: usize) -> Self {
        Self { cost: bytes * cost::BYTE, budget: bytes.max(ORDINARY) * cost::BYTE + cost::SLACK, ..Self::default() }
    }

    fn charge(&mut self, steps: usize) -> Result<(), Unreadable> {
        self.cost += steps;
        limit(self.cost, self.budget, TOO_DEAR)
    }

    fn element(&mut self, element: &BytesStart<'_>, text: &str, at: usize) -> Result<(), Unreadable> {
        self.elements += 1;
        limit(self.elements, ELEMENTS, "many elements")?;
        limit(element.name().as_ref().len(), NAME, "long names, in bytes")?;
        let (mut own, mut prefixed) = (0, 1);
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| malformed(text, at, &error.to_string()))?;
            own += 1;
            limit(own, ATTRIBUTES, "many attributes in one element")?;
            prefixed += usize::from(self.attribute(&attribute)?);
        }
        self.attributes += own;
        limit(self.attributes, ALL_ATTRIBUTES, "many attributes")?;
        let comparisons = prefixed * self.namespaces + own * own / 2;
        self.charge(cost::ELEMENT + own * cost::ATTRIBUTE + comparisons * cost::COMPARISON)
    }

    fn comment(&mut self, bytes: usize) -> Result<(), Unreadable> {
        self.comments += 1;
        limit(self.comments, COMMENTS, "many comments and processing instructions")?;
        self.comment_bytes += bytes;
        limit(self.comment_bytes, COMMENT_BYTES, "long comments and processing instructions, in bytes")
    }

    /// Counts one attribute; true when its name has to be looked up among the namespaces.
    fn attribute(&mut self, attribute: &Attribute<'_>) -> Result<bool, Unreadable> {
        let name = attribute.key.as_ref();
        limit(name.len(), NAME, "long names, in bytes")?;
        limit(attribute.value.len(), ATTRIBUTE_VALUE, "long attributes, in bytes")?;
        self.values += attribute.value.len();
        limit(self.values, ALL_ATTRIBUTE_VALUES, "long attributes in all, in bytes")?;
        let declares = name.as_bytes().starts_with(b"xmlns");
        if declares {
            self.namespaces += 1;
            limit(self.namespaces, NAMESPACES, "many namespace declarations")?;
            limit(attribute.value.len(), NAME, "long namespaces, in bytes")?;
        }
        Ok(!declares && name.contains(':'))
    }
}

/// A text in pieces.
#[derive(Default)]
struct Run {
    bytes: usize,
    rewritten: bool,
}

impl Run {
    fn take(&mut self, bytes: usize, rewritten: bool) {
        self.bytes += bytes;
        self.rewritten |= rewritten;
    }

    /// The bytes that the tree will rewrite; the next run begins.
    fn end(&mut self) -> usize {
        let run = std::mem::take(self);
        if run.rewritten { run.bytes } else { 0 }
    }
}

/// The message as UTF-8. roxmltree ignores what the declaration says, so another encoding has to be refused here.
fn decode(body: &[u8]) -> Result<&str, Unreadable> {
    let utf16 = |name: &str| Err(Unreadable::Encoding(name.to_owned()));
    let body = match body {
        [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
        [0xFE, 0xFF, ..] | [0, b'<', ..] | [0xFF, 0xFE, ..] | [b'<', 0, ..] => return utf16("UTF-16"),
        other => other,
    };
    let text = std::str::from_utf8(body);
    // The declaration is the better explanation of bytes that are not UTF-8, so it is asked first; it is ASCII in either case.
    let head = body.get(..body.len().min(256)).unwrap_or_default();
    let ascii = head.iter().position(|byte| !byte.is_ascii()).unwrap_or(head.len());
    if let Some(name) = declared_encoding(std::str::from_utf8(&head[..ascii]).unwrap_or_default())
        && !["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|known| known.eq_ignore_ascii_case(name))
    {
        return Err(Unreadable::Encoding(super::text::excerpt(name, 40)));
    }
    text.map_err(|error| Unreadable::Utf8(error.valid_up_to()))
}

fn declared_encoding(head: &str) -> Option<&str> {
    let declaration = head.strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()
}

/// What stands before the root element is short and no document type. quick-xml would read one to its end first, however long it is.
fn check_prolog(text: &str) -> Result<(), Unreadable> {
    let mut rest = text.trim_ascii_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else {
            break;
        };
        let Some((_, after)) = rest.split_once(end) else { break };
        rest = after.trim_ascii_start();
    }
    limit(text.len() - rest.len(), PROLOG, "much before its first element, in bytes")?;
    let mark = rest.as_bytes().get(..9).unwrap_or_default();
    if mark.eq_ignore_ascii_case(b"<!doctype") { Err(Unreadable::DocumentType) } else { Ok(()) }
}

/// The bytes of the tag that `rest` begins with, counted up to just above the limit; 0 for anything else. quick-xml looks for the end of a tag
/// at every `>` in an attribute's value anew, so a long tag has to be found before it is read.
fn tag_length(rest: &[u8]) -> usize {
    if !matches!(rest, [b'<', second, ..] if !matches!(second, b'!' | b'?')) {
        return 0;
    }
    let mut quote = None;
    for (at, byte) in rest.iter().take(TAG + 1).enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if *byte == open => quote = None,
            _ => {}
        }
    }
    rest.len().min(TAG + 1)
}

fn limit(count: usize, limit: usize, what: &'static str) -> Result<(), Unreadable> {
    if count > limit { Err(Unreadable::TooMuch { what, limit }) } else { Ok(()) }
}

fn memchr_return(piece: &str) -> bool {
    piece.as_bytes().contains(&b'\r')
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn malformed(text: &str, at: usize, why: &str) -> Unreadable {
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line = before.matches('\n').count() + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
    Unreadable::Malformed { line, column, why: super::text::excerpt(why, 200) }
}

/// The parser's message without the position it ends with.
fn plain(error: &roxmltree::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at ") {
        Some(at) if message[at + 4..].chars().all(|c| c.is_ascii_digit() || c == ':') => message[..at].to_owned(),
        _ => message,
    }
}

#[cfg(test)]
mod tests;
