//! A value in a message, however it is encoded: text, records, lists, references, nothing.
//!
//! A view of the parsed tree. References (`href="#id"`) are followed when a value is looked at, and never deeper than somebody looks, so a
//! circle cannot be walked for ever; what one message may make us read by naming the same element many times is bounded by a budget.

use super::{ENCODING, Unreadable, XSI, text};
use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    collections::HashMap,
};

/// A parsed message.
pub struct Document<'i> {
    tree: roxmltree::Document<'i>,
    ids: OnceCell<HashMap<String, roxmltree::NodeId>>,
    /// Bytes and elements that may still be read through references.
    budget: Cell<usize>,
}

/// One element of a message.
#[derive(Clone, Copy)]
pub struct Value<'d, 'i> {
    node: roxmltree::Node<'d, 'i>,
    document: &'d Document<'i>,
}

/// References in a row.
const HOPS: usize = 8;
/// Bytes that one message may make us read by references: what it may be long itself, by default.
const BUDGET: usize = 4 * 1024 * 1024;

impl<'i> Document<'i> {
    /// Wraps a parsed tree; only the guard makes one.
    pub(super) fn new(tree: roxmltree::Document<'i>) -> Self {
        Self { tree, ids: OnceCell::new(), budget: Cell::new(BUDGET) }
    }

    /// The outermost element.
    pub fn root(&self) -> Value<'_, 'i> {
        Value { node: self.tree.root_element(), document: self }
    }

    fn by_id(&self, id: &str) -> Option<roxmltree::Node<'_, 'i>> {
        let ids = self.ids.get_or_init(|| {
            let elements = self.tree.descendants().filter(roxmltree::Node::is_element);
            // The first one of a name counts; `id` has no namespace in SOAP 1.1.
            let mut ids = HashMap::new();
            for node in elements {
                if let Some(id) = node.attribute("id") {
                    ids.entry(id.to_owned()).or_insert(node.id());
                }
            }
            ids
        });
        ids.get(id).and_then(|id| self.tree.get_node(*id))
    }

    fn charge(&self, bytes: usize) -> Result<(), Unreadable> {
        let left =
            self.budget.get().checked_sub(bytes).ok_or(Unreadable::TooMuch { what: "many bytes behind references", limit: BUDGET })?;
        self.budget.set(left);
        Ok(())
    }
}

impl<'d, 'i> Value<'d, 'i> {
    /// The local name.
    pub fn name(&self) -> &'d str {
        self.node.tag_name().name()
    }

    /// The namespace; empty for none.
    pub fn namespace(&self) -> &'d str {
        self.node.tag_name().namespace().unwrap_or_default()
    }

    /// An attribute; the namespace is empty for attributes without prefix.
    pub fn attribute(&self, namespace: &str, name: &str) -> Option<&'d str> {
        self.node
            .attributes()
            .find(|attribute| attribute.name() == name && attribute.namespace().unwrap_or_default() == namespace)
            .map(|attribute| attribute.value())
    }

    /// The elements in it, in order, as they stand (references are not followed).
    pub fn children(&self) -> impl Iterator<Item = Value<'d, 'i>> + use<'d, 'i> {
        let document = self.document;
        self.node.children().filter(roxmltree::Node::is_element).map(move |node| Value { node, document })
    }

    /// The same, or what it refers to.
    ///
    /// # Errors
    /// [`Unreadable::Reference`] when it leads nowhere or in a circle, [`Unreadable::TooMuch`] when the budget for references is used up.
    pub fn resolve(self) -> Result<Self, Unreadable> {
        let mut value = self;
        for _ in 0..HOPS {
            let Some(href) = value.attribute("", "href") else { return Ok(value) };
            let wrong = || Unreadable::Reference(text::excerpt(href, 100));
            let node = self.document.by_id(href.strip_prefix('#').ok_or_else(wrong)?).ok_or_else(wrong)?;
            // The whole element is charged: somebody follows the reference in order to read it.
            self.document.charge(node.range().len())?;
            value = self.at(node);
        }
        Err(Unreadable::Reference(text::excerpt(self.attribute("", "href").unwrap_or_default(), 100)))
    }

    /// `xsi:nil`.
    pub fn is_nil(&self) -> bool {
        matches!(self.attribute(XSI, "nil").map(str::trim), Some("true" | "1"))
    }

    /// Are there elements in it?
    pub fn has_children(&self) -> bool {
        self.node.children().any(|child| child.is_element())
    }

    /// Its text, as it is; comments in between do not count.
    ///
    /// # Errors
    /// As [`Value::resolve`].
    pub fn text(self) -> Result<Cow<'d, str>, Unreadable> {
        let value = self.resolve()?;
        let mut pieces = value.node.children().filter(roxmltree::Node::is_text).filter_map(|node| node.text());
        let first = pieces.next().unwrap_or_default();
        Ok(match pieces.next() {
            None => Cow::Borrowed(first),
            Some(second) => Cow::Owned([first, second].into_iter().chain(pieces).collect()),
        })
    }

    /// What stands between its tags, as it was sent.
    ///
    /// # Errors
    /// As [`Value::resolve`].
    pub fn markup(self) -> Result<&'d str, Unreadable> {
        let value = self.resolve()?;
        let children = || value.node.children();
        let range = children().next().map_or(0, |first| first.range().start)..children().next_back().map_or(0, |last| last.range().end);
        Ok(self.document.tree.input_text().get(range).unwrap_or_default())
    }

    /// Neither text nor elements, or nil: SAP's three ways to send nothing.
    ///
    /// # Errors
    /// As [`Value::resolve`].
    pub fn is_empty(self) -> Result<bool, Unreadable> {
        let value = self.resolve()?;
        Ok(value.is_nil() || (!value.has_children() && value.text()?.bytes().all(|byte| byte.is_ascii_whitespace())))
    }

    /// Is the element to be read by the rules of SOAP's section 5? The attribute counts for everything below it.
    pub fn is_encoded(&self) -> bool {
        self.node
            .ancestors()
            .find_map(|node| node.attribute((super::ENVELOPE, "encodingStyle")))
            .is_some_and(|style| style.split_ascii_whitespace().any(|uri| uri.trim_end_matches('/') == ENCODING.trim_end_matches('/')))
    }

    fn at(&self, node: roxmltree::Node<'d, 'i>) -> Self {
        Self { node, document: self.document }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::guard::read;

    fn first<'d, 'i>(document: &'d Document<'i>) -> Value<'d, 'i> {
        document.root().children().next().unwrap()
    }

    #[test]
    fn a_reference_is_followed() {
        let document = read(b"<r><a href='#x'/><b id='x'>text</b></r>").unwrap();
        assert_eq!(first(&document).text().unwrap(), "text");
        assert!(!first(&document).is_empty().unwrap());
    }

    #[test]
    fn a_circle_of_references_is_refused() {
        let document = read(b"<r><a id='y' href='#x'/><b id='x' href='#y'/></r>").unwrap();
        assert_eq!(first(&document).text(), Err(Unreadable::Reference("#x".to_owned())));
        let itself = read(b"<r><a id='x' href='#x'/></r>").unwrap();
        assert!(first(&itself).text().is_err());
    }

    #[test]
    fn a_reference_to_nothing_and_to_another_document_are_refused() {
        for message in ["<r><a href='#none'/></r>", "<r><a href='http://example.com/'/></r>", "<r><a href=''/></r>"] {
            let document = read(message.as_bytes()).unwrap();
            assert!(matches!(first(&document).text(), Err(Unreadable::Reference(_))), "{message}");
        }
    }

    #[test]
    fn a_text_that_is_referred_to_ten_thousand_times_is_not_copied_as_often() {
        let message = format!("<r>{}<b id='x'>{}</b></r>", "<a href='#x'/>".repeat(10_000), "long ".repeat(100_000));
        let document = read(message.as_bytes()).unwrap();
        let read: Vec<_> = document.root().children().map(Value::text).take_while(Result::is_ok).collect();
        assert_eq!(read.len(), BUDGET / 500_014);
    }

    #[test]
    fn comments_do_not_split_a_text() {
        let document = read(b"<r><a>one<!-- x -->two<![CDATA[<three>]]></a></r>").unwrap();
        assert_eq!(first(&document).text().unwrap(), "onetwo<three>");
    }

    #[test]
    fn nothing_is_nothing_in_three_ways() {
        for message in
            ["<r><a/></r>", "<r><a> \n </a></r>", "<r xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><a i:nil='1'>x</a></r>"]
        {
            let document = read(message.as_bytes()).unwrap();
            assert!(first(&document).is_empty().unwrap(), "{message}");
        }
    }

    #[test]
    fn markup_is_as_it_was_sent() {
        let document = read(b"<r><a><?pi x?><b  c='d'/> text &amp; </a></r>").unwrap();
        assert_eq!(first(&document).markup().unwrap(), "<?pi x?><b  c='d'/> text &amp; ");
    }
}
