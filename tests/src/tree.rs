//! XML flattened to paths and values, which is all a test asks of it: `participants.0.id` = `4711`.
//!
//! Elements that repeat are numbered; so are the entries of lists, whatever their element is called (`item`, `String`, …). References of
//! rpc/encoded are not followed, because the service never sends any.

/// Leaves of a document, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaves(Vec<(String, String)>);

impl Leaves {
    /// Leaves that come flattened from a foreign client, which may or may not show the elements that wrap a list's entries.
    pub fn new(leaves: Vec<(String, String)>) -> Self {
        let plain = |path: String| path.split('.').filter(|step| *step != "item").collect::<Vec<_>>().join(".");
        Self(leaves.into_iter().map(|(path, value)| (plain(path), value)).collect())
    }

    /// Flattens what is below an element.
    pub fn below(node: roxmltree::Node<'_, '_>) -> Self {
        let mut leaves = Vec::new();
        flatten(node, "", &mut leaves);
        Self(leaves)
    }

    /// The first value whose path ends with this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(path, _)| ends_with(path, name)).map(|(_, value)| value.as_str())
    }

    /// The answer, where it is one value: `response` is all there is of it, or even that was unwrapped.
    pub fn answer(&self) -> &str {
        self.0.iter().find(|(path, _)| path.is_empty() || path == "response").map_or("", |(_, value)| value.as_str())
    }

    /// All values whose path ends with this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(path, _)| ends_with(path, name)).map(|(_, value)| value.as_str())
    }

    /// All values of a list, or of anything else whose path has this segment.
    pub fn under<'a>(&'a self, segment: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(path, _)| path.split('.').any(|part| part == segment)).map(|(_, value)| value.as_str())
    }

    /// Is this value anywhere?
    pub fn holds(&self, value: &str) -> bool {
        self.0.iter().any(|(_, leaf)| leaf == value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, value)| (path.as_str(), value.as_str()))
    }
}

/// Parses a document that the service has written.
///
/// # Errors
/// What is wrong with it, with the document.
#[expect(clippy::disallowed_methods, reason = "the service's own output, small and not hostile")]
pub fn parse(text: &str) -> Result<roxmltree::Document<'_>, String> {
    roxmltree::Document::parse(text).map_err(|error| format!("{error} in {text}"))
}

fn ends_with(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn flatten(node: roxmltree::Node<'_, '_>, path: &str, leaves: &mut Vec<(String, String)>) {
    let children: Vec<_> = node.children().filter(roxmltree::Node::is_element).collect();
    if children.is_empty() {
        let text = node.children().filter_map(|child| child.text()).collect();
        leaves.push((path.to_owned(), text));
        return;
    }
    let list = children.iter().all(|child| child.tag_name().name() == "item");
    for (place, child) in children.iter().enumerate() {
        let name = child.tag_name().name();
        let twins = children.iter().filter(|twin| twin.tag_name().name() == name).count();
        let step = match (list, twins) {
            (true, _) => place.to_string(),
            (false, 1) => name.to_owned(),
            (false, _) => format!("{name}.{place}"),
        };
        flatten(*child, &if path.is_empty() { step } else { format!("{path}.{step}") }, leaves);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_numbered_and_leaves_found_by_the_end_of_their_path() {
        let document = parse("<r><call><itemId>7</itemId><numbers><item>+1</item><item>+2</item></numbers></call></r>").unwrap();
        let leaves = Leaves::below(document.root_element());
        assert_eq!(leaves.get("itemId"), Some("7"));
        assert_eq!(leaves.get("Id"), None);
        assert_eq!(leaves.under("numbers").collect::<Vec<_>>(), ["+1", "+2"]);
        assert!(leaves.holds("+2") && !leaves.holds("numbers"));
    }
}
