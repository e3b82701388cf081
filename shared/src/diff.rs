//! Compares two configurations: which settings differ, and what a running service has to do about each.

use crate::{
    config::Config,
    setting_path::{SettingPath, path},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

/// One setting that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The setting; in a list its place in the new one, or in the old one when it is gone.
    pub path: SettingPath,
    /// What it was; `None` when it was not there. Secrets are references, so this can be printed.
    pub old: Option<Value>,
    /// What it is.
    pub new: Option<Value>,
    /// What a running service does about it.
    pub class: Class,
}

/// What a running service does about a change. There is none that needs a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It counts from the next request on.
    Live,
    /// A listener closes and opens again.
    Relisten,
    /// Agents are logged on to the switch anew.
    Relogin,
}

/// Settings whose change is more than live.
const CLASSES: [(&str, Class); 19] = [
    ("service.listen", Class::Relisten),
    // New connections get the new certificate; those that are open stay.
    ("service.tls.certificate", Class::Live),
    ("service.tls.key", Class::Live),
    ("service.tls.warn_days", Class::Live),
    ("service.tls", Class::Relisten),
    ("admin.listen", Class::Relisten),
    ("admin.tls.listen", Class::Relisten),
    ("ici.remoting_port", Class::Relisten),
    ("remoting.address", Class::Relisten),
    ("switch.kind", Class::Relogin),
    ("switch.server", Class::Relogin),
    ("switch.backup", Class::Relogin),
    ("switch.port", Class::Relogin),
    ("switch.tls", Class::Relogin),
    ("switch.authority", Class::Relogin),
    ("switch.proxy", Class::Relogin),
    ("switch.user_id", Class::Relogin),
    // A new password for the same user too: the old session may have ended with the old one.
    ("switch.password", Class::Relogin),
    ("agents.log_in", Class::Relogin),
];

/// Every setting that differs, in the order of the definition.
pub fn diff(old: &Config, new: &Config) -> Vec<Change> {
    let value = |config: &Config| serde_json::to_value(config).unwrap_or_default();
    let mut changes = Vec::new();
    compare(&SettingPath::default(), Some(&value(old)), Some(&value(new)), &mut changes);
    changes
}

// === impl Change ===

impl fmt::Display for Change {
    /// `service.listen: "127.0.0.1:8095" → "10.0.0.5:8095" (relisten)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        write!(f, "{}: {} → {} ({})", self.path, text(&self.old), text(&self.new), self.class)
    }
}

// === impl Class ===

impl Class {
    /// The class of a change of this setting.
    pub fn of(changed: &SettingPath) -> Self {
        CLASSES.iter().find(|(prefix, _)| changed.is_within(&path(prefix))).map_or(Self::Live, |(_, class)| *class)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Live => "live",
            Self::Relisten => "relisten",
            Self::Relogin => "relogin",
        })
    }
}

fn compare(at: &SettingPath, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Change>) {
    let there = |value: Option<&'_ Value>| value.filter(|value| !value.is_null()).cloned();
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for key in new.keys().chain(old.keys().filter(|key| !new.contains_key(*key))) {
                compare(&at.key(key), old.get(key), new.get(key), changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if rows(old) && rows(new) => compare_rows(at, old, new, changes),
        (old, new) if there(old) != there(new) => {
            changes.push(Change { path: at.clone(), old: there(old), new: there(new), class: Class::of(at) });
        }
        _ => {}
    }
}

/// Rows are the same row when their id or name is the same, wherever they stand.
fn compare_rows(at: &SettingPath, old: &[Value], new: &[Value], changes: &mut Vec<Change>) {
    let mut kept = Vec::new();
    for (index, row) in new.iter().enumerate() {
        let twin = old.iter().position(|other| identity(other) == identity(row)).filter(|twin| !kept.contains(twin));
        kept.extend(twin);
        compare(&at.index(index), twin.map(|twin| &old[twin]), Some(row), changes);
    }
    for (index, row) in old.iter().enumerate().filter(|(index, _)| !kept.contains(index)) {
        compare(&at.index(index), Some(row), None, changes);
    }
    if kept.windows(2).any(|pair| pair[0] > pair[1]) {
        let names = |rows: &[Value]| Some(Value::Array(rows.iter().map(identity).collect()));
        changes.push(Change { path: at.clone(), old: names(old), new: names(new), class: Class::of(at) });
    }
}

fn rows(list: &[Value]) -> bool {
    list.iter().all(Value::is_object)
}

fn identity(row: &Value) -> Value {
    let key = |row: &Map<String, Value>| row.get("id").or_else(|| row.get("name")).cloned();
    row.as_object().and_then(key).unwrap_or_else(|| row.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_text;

    fn changes(old: &str, new: &str) -> Vec<String> {
        let config = |text| check_text(text).unwrap().config;
        diff(&config(old), &config(new)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_configuration_does_not_differ_from_itself() {
        assert_eq!(diff(&Config::built_in(), &Config::built_in()), []);
    }

    #[test]
    fn each_change_says_what_it_needs() {
        assert_eq!(
            changes("", "[service]\nlisten = \"127.0.0.1:1\"\npath = \"/x\"\nevent_hosts = [\"sap\"]\n[admin]\ntoken = \"env:T\""),
            [
                "service.listen: \"127.0.0.1:8095\" → \"127.0.0.1:1\" (relisten)",
                "service.path: \"/SapIciWebConnector/IcSapWebService.asmx\" → \"/x\" (live)",
                "service.event_hosts: [] → [\"sap\"] (live)",
                "admin.token: nothing → \"env:T\" (live)",
            ]
        );
    }

    #[test]
    fn rows_are_compared_by_what_identifies_them() {
        let row = |id: u32, status: &str| format!("[[workmodes.mapped]]\nid = {id}\nstatus = \"{status}\"\n");
        let old = row(4, "Lunch") + &row(5, "Follow Up");
        assert_eq!(
            changes(&old, &(row(6, "ACD not answering") + &row(5, "Lunch"))),
            [
                "workmodes.mapped[0]: nothing → {\"id\":6,\"status\":\"ACD not answering\",\"user_selectable\":true} (live)",
                "workmodes.mapped[1].status: \"Follow Up\" → \"Lunch\" (live)",
                "workmodes.mapped[0]: {\"id\":4,\"status\":\"Lunch\",\"user_selectable\":true} → nothing (live)",
            ]
        );
        assert_eq!(changes(&old, &(row(5, "Follow Up") + &row(4, "Lunch"))), ["workmodes.mapped: [4,5] → [5,4] (live)"]);
    }

    #[test]
    fn what_concerns_the_switch_logs_agents_on_anew() {
        for (text, class) in [
            ("switch.password", Class::Relogin),
            ("switch.kind", Class::Relogin),
            ("switch.embedded.users[0].name", Class::Live),
            ("service.tls.key", Class::Live),
            ("limits.body", Class::Live),
        ] {
            assert_eq!(Class::of(&path(text)), class, "{text}");
        }
    }
}
