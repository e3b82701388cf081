//! What differs between two drafts, setting by setting. Unlike `shared::diff` this works for drafts with errors too, because one compares
//! while one repairs. Knows no egui.

use shared::{Draft, SettingPath, definition};
use std::collections::BTreeMap;
use toml::Value;

/// What is shown in place of something that might be a password.
const HIDDEN: &str = "•••";

/// One setting that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub path: SettingPath,
    /// What the one draft has; `None` when it is not written there.
    pub old: Option<String>,
    /// What the other has.
    pub new: Option<String>,
}

/// Every setting that differs, in the order of the paths.
pub fn between(old: &Draft, new: &Draft) -> Vec<Change> {
    let (old, new) = (leaves(old), leaves(new));
    let mut paths: Vec<_> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    let differing = paths.into_iter().filter(|path| old.get(path) != new.get(path));
    let shown = |leaves: &BTreeMap<SettingPath, Value>, path: &SettingPath| leaves.get(path).map(|value| shown(path, value));
    differing.map(|path| Change { path: path.clone(), old: shown(&old, path), new: shown(&new, path) }).collect()
}

fn leaves(draft: &Draft) -> BTreeMap<SettingPath, Value> {
    let mut leaves = BTreeMap::new();
    for (key, value) in draft.values() {
        walk(&SettingPath::default().key(key), value, &mut leaves);
    }
    leaves
}

fn walk(path: &SettingPath, value: &Value, leaves: &mut BTreeMap<SettingPath, Value>) {
    match value {
        Value::Table(table) if !table.is_empty() => table.iter().for_each(|(key, value)| walk(&path.key(key), value, leaves)),
        Value::Array(list) if !list.is_empty() => list.iter().enumerate().for_each(|(at, value)| walk(&path.index(at), value, leaves)),
        value => {
            leaves.insert(path.clone(), value.clone());
        }
    }
}

/// A value for people. A reference to a secret says where it is; a secret itself, or what stands under an unknown key, is not shown.
fn shown(path: &SettingPath, value: &Value) -> String {
    let reference = |text: &str| ["keyring:", "credential:", "file:", "env:"].iter().any(|kind| text.starts_with(kind));
    let open = definition::at(path).is_some_and(|setting| !setting.is_secret() || value.as_str().is_some_and(reference));
    match value {
        _ if !open => HIDDEN.into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_told_and_no_password() {
        let old = Draft::parse("[limits]\nmailbox = 16\n[switch]\npassword = \"hunter2\"\npasswort = \"hunter3\"\n").unwrap();
        let new = Draft::parse("[service]\nevent_hosts = [\"sap1\"]\n[switch]\npassword = \"keyring:switch\"\n").unwrap();
        let changes: Vec<_> = between(&old, &new).into_iter().map(|change| (change.path.to_string(), change.old, change.new)).collect();
        let text = |text: &str| Some(text.to_owned());
        let expected = [
            ("limits.mailbox", text("16"), None),
            ("service.event_hosts[0]", None, text("sap1")),
            ("switch.password", text("•••"), text("keyring:switch")),
            ("switch.passwort", text("•••"), None),
        ];
        assert_eq!(changes, expected.map(|(path, old, new)| (path.to_owned(), old, new)));
        assert_eq!(between(&old, &old), []);
    }
}
