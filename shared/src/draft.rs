//! The file as it is written: whatever that is, with the place of each setting. A draft can hold what the check refuses, so that a person
//! can be half-way through typing. It may even hold a password that does not belong there: therefore it cannot be printed.

use crate::{
    finding::{Finding, Place},
    setting_path::{SettingPath, Step},
};
use std::{collections::BTreeMap, ops::Range, sync::Arc};
use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue},
};

/// A file as it is written.
#[derive(Clone, Default, PartialEq)]
pub struct Draft {
    values: Table,
    /// Lines are counted only for the few places that somebody asks for, not for every setting of a large file.
    text: Arc<str>,
    offsets: BTreeMap<SettingPath, Offsets>,
}

/// Where a setting stands in the text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Offsets {
    key: Option<usize>,
    value: usize,
}

impl Draft {
    /// Reads a file's text.
    ///
    /// # Errors
    /// Every syntax error, each by message, line and column, none with the source line, as that may hold a password.
    pub fn parse(text: &str) -> Result<Self, Vec<Finding>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (document, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(errors.iter().map(|error| syntax(text, error)).collect());
        }
        let values = toml::from_str(text).map_err(|error| vec![syntax(text, &error)])?;
        let mut offsets = BTreeMap::new();
        locate(&SettingPath::default(), document.get_ref(), &mut offsets);
        Ok(Self { values, text: text.into(), offsets })
    }

    /// Everything that is written.
    pub fn values(&self) -> &Table {
        &self.values
    }

    /// What is written for a setting.
    pub fn get(&self, path: &SettingPath) -> Option<&Value> {
        let (first, rest) = path.steps().split_first()?;
        let Step::Key(key) = first else { return None };
        rest.iter().try_fold(self.values.get(key)?, |value, step| match step {
            Step::Key(key) => value.as_table()?.get(key),
            Step::Index(index) => value.as_array()?.get(*index),
        })
    }

    /// Writes a setting; tables on the way are made. An index one behind the end of a list adds to it. `false` when the path leads through
    /// something that is neither table nor list.
    pub fn set(&mut self, path: &SettingPath, value: Value) -> bool {
        self.offsets.retain(|known, _| !known.is_within(path));
        let mut table = Value::Table(std::mem::take(&mut self.values));
        let done = place_in(&mut table, path.steps(), value);
        if let Value::Table(table) = table {
            self.values = table;
        }
        done
    }

    /// Takes a setting out, so that its default counts; gives back what was written.
    pub fn unset(&mut self, path: &SettingPath) -> Option<Value> {
        let parent = path.parent()?;
        let last = path.steps().last()?.clone();
        self.offsets.retain(|known, _| !known.is_within(path));
        let holder = if parent.steps().is_empty() {
            return match last {
                Step::Key(key) => self.values.remove(&key),
                Step::Index(_) => None,
            };
        } else {
            self.get_mut(&parent)?
        };
        match (holder, last) {
            (Value::Table(table), Step::Key(key)) => table.remove(&key),
            (Value::Array(entries), Step::Index(index)) if index < entries.len() => Some(entries.remove(index)),
            _ => None,
        }
    }

    /// Where a setting's value stands; for what is not written, where the nearest section around it begins.
    pub fn place(&self, path: &SettingPath) -> Option<Place> {
        let mut path = path.clone();
        loop {
            if let Some(offsets) = self.offsets.get(&path) {
                let offset = if self.get(&path).is_some_and(Value::is_table) { offsets.key } else { None };
                return Some(Place::of(&self.text, offset.unwrap_or(offsets.value)));
            }
            path = path.parent()?;
        }
    }

    /// Where a setting's key stands.
    pub(crate) fn key_place(&self, path: &SettingPath) -> Option<Place> {
        let offset = self.offsets.get(path).and_then(|offsets| offsets.key);
        offset.map(|offset| Place::of(&self.text, offset)).or_else(|| self.place(path))
    }

    fn get_mut(&mut self, path: &SettingPath) -> Option<&mut Value> {
        let (first, rest) = path.steps().split_first()?;
        let Step::Key(key) = first else { return None };
        rest.iter().try_fold(self.values.get_mut(key)?, |value, step| match step {
            Step::Key(key) => value.as_table_mut()?.get_mut(key),
            Step::Index(index) => value.as_array_mut()?.get_mut(*index),
        })
    }
}

fn syntax(text: &str, error: &toml::de::Error) -> Finding {
    let mut finding = Finding::error(
        SettingPath::default(),
        "syntax",
        format!("this is not TOML: {}", error.message().replace('\n', ", ")),
        "Texts stand in quotes, lists in [ ], and each setting on its own line",
    );
    finding.place = error.span().map(|Range { start, .. }| Place::of(text, start));
    finding
}

fn locate(path: &SettingPath, table: &DeTable<'_>, offsets: &mut BTreeMap<SettingPath, Offsets>) {
    for (key, value) in table {
        locate_value(path.key(key.get_ref()), Some(key.span().start), value, offsets);
    }
}

fn locate_value(path: SettingPath, key: Option<usize>, value: &Spanned<DeValue<'_>>, offsets: &mut BTreeMap<SettingPath, Offsets>) {
    match value.get_ref() {
        DeValue::Table(table) => locate(&path, table, offsets),
        DeValue::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                locate_value(path.index(index), None, element, offsets);
            }
        }
        _ => {}
    }
    offsets.insert(path, Offsets { key, value: value.span().start });
}

fn place_in(holder: &mut Value, steps: &[Step], value: Value) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        *holder = value;
        return true;
    };
    let fresh = || if matches!(rest.first(), Some(Step::Index(_))) { Value::Array(Vec::new()) } else { Value::Table(Table::new()) };
    match (holder, step) {
        (Value::Table(table), Step::Key(key)) => place_in(table.entry(key.clone()).or_insert_with(fresh), rest, value),
        (Value::Array(list), Step::Index(index)) if *index <= list.len() => {
            if *index == list.len() {
                list.push(fresh());
            }
            place_in(&mut list[*index], rest, value)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting_path::path;

    const FILE: &str = "schema = 1\n[workmodes]\nready = \"Available\"\n\n[[workmodes.mapped]]\nid = 4\nstatus = \"Lunch\"\n\
                        [[workmodes.mapped]]\nid = 5\nstatus = \"Away\"\n";

    #[test]
    fn every_setting_has_its_place() {
        let draft = Draft::parse(FILE).unwrap();
        let place = |text: &str| draft.place(&path(text)).map(|place| (place.line, place.column));
        assert_eq!(place("workmodes.ready"), Some((3, 9)));
        assert_eq!(place("workmodes.mapped[1].status"), Some((10, 10)));
        assert_eq!(place("workmodes.not_ready"), Some((2, 2)), "what is not written is where its section begins");
        assert_eq!(place("switch.server"), None);
    }

    #[test]
    fn settings_are_written_read_and_taken_out_by_path() {
        let mut draft = Draft::parse(FILE).unwrap();
        assert!(draft.set(&path("workmodes.mapped[1].status"), "Gone".into()));
        assert!(draft.set(&path("service.access.networks[0]"), "10.0.0.0/8".into()));
        assert!(!draft.set(&path("workmodes.ready.x"), 1.into()));
        assert!(!draft.set(&path("workmodes.mapped[9].id"), 1.into()));
        assert_eq!(draft.get(&path("workmodes.mapped[1].status")).and_then(Value::as_str), Some("Gone"));
        assert_eq!(draft.get(&path("service.access.networks[0]")).and_then(Value::as_str), Some("10.0.0.0/8"));
        assert!(draft.unset(&path("workmodes.mapped[0]")).is_some());
        assert_eq!(draft.get(&path("workmodes.mapped[0].id")).and_then(Value::as_integer), Some(5));
        assert!(draft.unset(&path("schema")).is_some());
        assert!(draft.unset(&path("schema")).is_none());
    }

    #[test]
    fn syntax_errors_name_line_and_column_and_never_the_source() {
        let broken = "[switch]\npassword = \"hunter2\" oops\n[service\nlisten = hunter2\n";
        let Err(findings) = Draft::parse(broken) else { panic!("taken") };
        assert!(findings.len() >= 2, "{findings:?}");
        assert_eq!(findings[0].place.map(|place| place.line), Some(2));
        for finding in findings {
            assert!(finding.place.is_some());
            assert!(!finding.to_string().contains("hunter2") && !finding.to_string().contains("oops"), "{finding}");
        }
    }

    #[test]
    fn no_syntax_error_repeats_a_value() {
        let values = [
            "hunter2",
            "\"hunter2",
            "'hunter2' 'x'",
            "\"hunter2\" x",
            "0xhunter2",
            "[\"hunter2\"",
            "{ x = hunter2 }",
            "\"hunter2\\q\"",
            "\"\"\"hunter2",
            "1hunter2",
        ];
        for value in values {
            let Err(findings) = Draft::parse(&format!("[switch]\npassword = {value}\n")) else { panic!("{value} is taken") };
            for finding in findings {
                assert!(!finding.to_string().contains("unter2"), "{value}: {finding}");
            }
        }
    }
}
