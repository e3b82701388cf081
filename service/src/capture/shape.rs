//! What two answers have in common and where they differ, by their elements and not by their values.

use super::tree::{self, Node};
use std::collections::BTreeSet;

/// An answer without its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// `{namespace}name` of the answer's element; empty for an empty body.
    pub root: String,
    /// The fault's text.
    pub fault: Option<String>,
    /// The paths of names of all its elements without elements in them.
    pub paths: BTreeSet<String>,
    /// The values, path by path, in order.
    pub values: Vec<(String, String)>,
}

// === impl Shape ===

impl Shape {
    /// Of a message's body.
    ///
    /// # Errors
    /// Why it is no SOAP message; an empty one has an empty shape.
    pub fn of(body: &str) -> Result<Self, String> {
        if body.trim().is_empty() {
            return Ok(Self::default());
        }
        let envelope = tree::read(body)?;
        let fault = envelope.fault().map(str::to_owned);
        let Some(call) = envelope.call else { return Ok(Self::default()) };
        let values: Vec<_> = call.leaves().into_iter().map(|(path, node)| (path, node.text.clone())).collect();
        let paths = if fault.is_some() { BTreeSet::new() } else { values.iter().map(|(path, _)| path.clone()).collect() };
        Ok(Self { root: qualified(&call), fault, paths, values })
    }

    /// Where another one differs, in sentences without full stops; empty when it does not.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        match (&self.fault, &other.fault) {
            (None, Some(fault)) => found.push(format!("answered by a fault: {fault}")),
            (Some(_), None) => found.push("was answered by a fault, and is answered now".to_owned()),
            (None, None) if self.root != other.root => {
                found.push(format!("the answer is {} instead of {}", name(&other.root), name(&self.root)));
            }
            _ => {}
        }
        if self.fault.is_none() && other.fault.is_none() {
            let list = |paths: Vec<&String>| paths.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(", ");
            // A list that is empty today has no entries, and that is no difference of form.
            let missing: Vec<_> = self.paths.iter().filter(|path| !other.has_room_for(path)).collect();
            let new: Vec<_> = other.paths.iter().filter(|path| !self.has_room_for(path)).collect();
            if !missing.is_empty() {
                found.push(format!("missing: {}", list(missing)));
            }
            if !new.is_empty() {
                found.push(format!("new: {}", list(new)));
            }
        }
        found
    }

    fn has_room_for(&self, path: &str) -> bool {
        // What is empty today and full then, or the other way about, is the same element.
        let below = format!("{path}/");
        let above = |known: &String| path.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.paths.iter().any(|known| known == path || known.starts_with(&below) || above(known))
    }
}

fn qualified(node: &Node) -> String {
    if node.namespace.is_empty() { node.name.clone() } else { format!("{{{}}}{}", node.namespace, node.name) }
}

fn name(root: &str) -> &str {
    if root.is_empty() { "empty" } else { root }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(inside: &str) -> Shape {
        Shape::of(&format!("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>{inside}</e:Body></e:Envelope>"))
            .unwrap()
    }

    #[test]
    fn values_and_the_length_of_lists_are_no_difference() {
        let deep = shape("<r xmlns='n'><c><l><i>1</i></l></c></r>");
        assert_eq!(deep.differences(&shape("<r xmlns='n'><c><l/></c></r>")), Vec::<String>::new());
        assert_eq!(shape("<r xmlns='n'><c><l/></c></r>").differences(&deep), Vec::<String>::new());
        let one = shape("<r xmlns='n'><a>1</a><l><i>1</i><i>2</i></l></r>");
        for other in ["<r xmlns='n'><a>2</a><l><i>9</i></l></r>", "<r xmlns='n'><a/><l/></r>"] {
            assert_eq!(one.differences(&shape(other)), Vec::<String>::new(), "{other}");
            assert_eq!(shape(other).differences(&one), Vec::<String>::new(), "{other}");
        }
    }

    #[test]
    fn a_difference_is_told_by_its_path() {
        let one = shape("<r xmlns='n'><a><b>1</b></a><c/></r>");
        assert_eq!(one.differences(&shape("<s xmlns='n'><a><b>1</b></a><c/></s>")), ["the answer is {n}s instead of {n}r"]);
        assert_eq!(one.differences(&shape("<r xmlns='n'><a><x>1</x></a><c/></r>")), ["missing: a/b", "new: a/x"]);
        assert_eq!(one.differences(&shape("<r xmlns='n'><c/><d/></r>")), ["missing: a/b", "new: d"]);
        let fault = shape("<e:Fault xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><faultstring>No.</faultstring></e:Fault>");
        assert_eq!(one.differences(&fault), ["answered by a fault: No."]);
        assert_eq!(fault.differences(&fault), Vec::<String>::new());
        assert!(Shape::of("<html/>").is_err());
        assert_eq!(Shape::of(" ").unwrap(), Shape::default());
    }
}
