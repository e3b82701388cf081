//! The attributes of an interaction: text by name, whatever the case of the name (icws §1.8). The spelling that came first is kept, because
//! the file may name attributes in the case that people know them by, and an administrator compares both.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;
use std::{cmp::Ordering, collections::BTreeMap, fmt};

/// Attribute values by name; two names that differ in case only are one.
#[derive(Clone, Default)]
pub struct Attributes {
    /// Shorter names first, those of one length in alphabetical order.
    entries: Vec<(String, String)>,
}

// === impl Attributes ===

impl Attributes {
    /// The value of an attribute; `None` when it was never told.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).ok().map(|at| self.entries[at].1.as_str())
    }

    /// The value of an attribute; `None` also when it is empty, which is how CIC says "not set".
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Sets an attribute. A name that is there already keeps its spelling.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        match self.find(&name) {
            Ok(at) => self.entries[at].1 = value.into(),
            Err(at) => self.entries.insert(at, (name, value.into())),
        }
    }

    /// Takes over what another map has; what only this one has stays (the merge of a delta, icws §2.3).
    pub fn merge(&mut self, newer: Self) {
        for (name, value) in newer.entries {
            self.set(name, value);
        }
    }

    /// Names as they are spelled, and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What the rest of the program reads: those that have a value, by the spelling of their names.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        self.entries.iter().filter(|(_, value)| !value.is_empty()).cloned().collect()
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(known, _)| folded(known, name))
    }
}

/// Length first: most names differ in it, so that few are compared at all. They are ASCII.
fn folded(one: &str, other: &str) -> Ordering {
    let by_letter = || one.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(other.bytes().map(|byte| byte.to_ascii_lowercase()));
    one.len().cmp(&other.len()).then_with(by_letter)
}

impl PartialEq for Attributes {
    /// The spelling of names does not count.
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&(String, String), &(String, String))| folded(&one.0, &other.0) == Ordering::Equal && one.1 == other.1;
        self.entries.len() == other.entries.len() && self.entries.iter().zip(&other.entries).all(same)
    }
}

impl Eq for Attributes {}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(all: I) -> Self {
        let mut attributes = Self::default();
        for (name, value) in all {
            attributes.set(name, value);
        }
        attributes
    }
}

impl fmt::Debug for Attributes {
    /// Names only: values hold customers' numbers and what SAP keeps about them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    /// From a JSON object. Values are texts by the documentation; numbers, flags (`1`, `0`) and `null` (not set) are taken for what they mean.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Lenient)
    }
}

struct Lenient;

impl<'de> Visitor<'de> for Lenient {
    type Value = Attributes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of attributes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
        let mut attributes = Attributes::default();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            attributes.set(name, text_of(value));
        }
        Ok(attributes)
    }

    fn visit_unit<E>(self) -> Result<Attributes, E> {
        Ok(Attributes::default())
    }
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        Value::Bool(flag) => if flag { "1" } else { "0" }.to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Attributes;

    fn read(json: &str) -> Attributes {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_name_is_found_in_any_case_and_keeps_the_spelling_that_came_first() {
        let mut attributes = read(r#"{"Sap_Cad":"<x/>","EIC_State":"A"}"#);
        attributes.set("SAP_CAD", "<y/>");
        attributes.merge(read(r#"{"eic_state":"C","Eic_Muted":"0"}"#));
        let all: Vec<_> = attributes.iter().collect();
        assert_eq!(all, [("Sap_Cad", "<y/>"), ("Eic_Muted", "0"), ("EIC_State", "C")]);
        assert_eq!((attributes.get("sap_cad"), attributes.get("Sap_Ca")), (Some("<y/>"), None));
    }

    #[test]
    fn values_that_are_no_texts_are_read_for_what_they_mean() {
        let attributes = read(r#"{"a":7,"b":true,"c":false,"d":null,"e":1.5,"f":["x"]}"#);
        let values: Vec<_> = attributes.iter().map(|(_, value)| value).collect();
        assert_eq!(values, ["7", "1", "0", "", "1.5", r#"["x"]"#]);
        assert_eq!(attributes.text("d"), None);
        assert_eq!(attributes.to_map().len(), 5);
    }

    #[test]
    fn no_attributes_at_all_may_be_null() {
        assert!(read("null").is_empty());
        assert!(serde_json::from_str::<Attributes>("[1]").is_err());
    }

    #[test]
    fn the_same_name_twice_is_one_attribute_with_the_later_value() {
        assert_eq!(read(r#"{"Eic_State":"A","EIC_STATE":"C"}"#).get("eic_state"), Some("C"));
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        let written = serde_json::to_string(&read(r#"{"Sap_Cad":"<x a=\"1\"/>","B":"2"}"#)).unwrap();
        assert_eq!(written, r#"{"B":"2","Sap_Cad":"<x a=\"1\"/>"}"#);
    }

    #[test]
    fn values_are_never_printed() {
        let printed = format!("{:?}", read(r#"{"Eic_RemoteTn":"+4930"}"#));
        assert_eq!(printed, r#"["Eic_RemoteTn"]"#);
    }
}
