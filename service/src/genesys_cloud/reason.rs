//! Why something is so: one sentence with an id and what it names, so that other languages can say it too.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// A sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which sentence, `no-business-email` for example. Stable: other programs may go by it.
    pub id: String,
    /// What it names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// In English.
    pub text: String,
}

impl Reason {
    /// A sentence that names nothing.
    pub fn new(id: &str, text: impl Into<String>) -> Self {
        Self { id: id.to_owned(), values: BTreeMap::new(), text: text.into() }
    }

    /// With something that it names.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "values are handed over as they are")]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
