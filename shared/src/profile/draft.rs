//! A profile as it is written: strings, nothing checked but the TOML itself.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    pub(super) schema: u32,
    pub(super) name: String,
    pub(super) ici_version: String,
    pub(super) end_older: Choice,
    pub(super) own_postings: Choice,
    pub(super) offers: Offers,
    pub(super) acting_user: ActingUser,
    pub(super) style: Style,
    #[serde(default)]
    pub(super) interface: Vec<Interface>,
    #[serde(default)]
    pub(super) operation: Vec<Operation>,
    #[serde(default)]
    pub(super) record: Vec<Record>,
    #[serde(default)]
    pub(super) event: Vec<Event>,
    #[serde(default)]
    pub(super) codes: BTreeMap<String, BTreeMap<String, Code>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    pub(super) is: String,
    pub(super) confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Offers {
    pub(super) queue_presence: Choice,
    pub(super) user_presence: Choice,
    pub(super) monitoring: Choice,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActingUser {
    pub(super) names: Vec<String>,
    pub(super) confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Style {
    pub(super) array: Choice,
    #[serde(default)]
    pub(super) item: Option<Choice>,
    pub(super) boolean: Choice,
    pub(super) empty: Choice,
    pub(super) time: Choice,
    pub(super) response: Choice,
    pub(super) response_suffix: Choice,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Interface {
    pub(super) is: String,
    pub(super) namespace: String,
    pub(super) action: String,
    pub(super) confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    pub(super) is: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    #[serde(default)]
    pub(super) parameters: Vec<Slot>,
    pub(super) reply: String,
    pub(super) purpose: String,
    pub(super) confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    pub(super) is: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) is: String,
    pub(super) fields: Vec<Slot>,
    pub(super) confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    pub(super) is: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) action: String,
    pub(super) parameters: Vec<Slot>,
    pub(super) confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) confidence: String,
}

/// Reads the TOML. A fault is told by line and column, never with its source line: nobody knows what stands in a file that is not ours.
pub(super) fn parse(text: &str) -> Result<Draft, Vec<String>> {
    toml::from_str(text).map_err(|error| {
        let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        vec![format!("line {line}, column {column}: {}", error.message())]
    })
}
