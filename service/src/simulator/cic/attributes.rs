//! Attributes of an interaction: a name means the same in any case, and keeps the spelling that it was written in.

use std::collections::BTreeMap;

/// Names in lower case, with name and value as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes(BTreeMap<String, (String, String)>);

// === impl Attributes ===

impl Attributes {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_ascii_lowercase()).map(|(_, value)| value.as_str())
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_ascii_lowercase(), (name.to_owned(), value.into()));
    }

    /// Those of these names that there are, under the names as they were asked for.
    pub(super) fn select<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> BTreeMap<String, String> {
        let found = names.into_iter().filter_map(|name| Some((name.clone(), self.get(name)?.to_owned())));
        found.collect()
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Attributes {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(pairs: T) -> Self {
        let mut all = Self::default();
        for (name, value) in pairs {
            all.set(name, value);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_case_and_echoed_as_it_was_asked_for() {
        let attributes = Attributes::from_iter([("Eic_State", "A"), ("Sap_Cad", "<a/>")]);
        assert_eq!(attributes.get("EIC_STATE"), Some("A"));
        let selected = attributes.select(&["sap_cad".to_owned(), "Eic_Nothing".to_owned()]);
        assert_eq!(selected, BTreeMap::from([("sap_cad".to_owned(), "<a/>".to_owned())]));
    }
}
