//! The example file: every setting, commented out, with its default and what it is for.

use super::{inner_sentence, toml_text};
use crate::{
    definition::{self, Kind, Setting},
    setting_path::SettingPath,
};
use serde_json::Value;
use std::fmt::Write as _;

const HEAD: &str = "\
# Jackfield: every setting with its default. A line that begins with # and a word is a setting that has its default, or
# none where it says 'for example'; take the # away to change it. What is not written keeps its default, so that a file holds
# only what this site does in its own way.
#
# `jackfield config check` says what is wrong with a file. Passwords never stand here: a setting for a secret says where it is,
# as keyring:NAME, credential:NAME, file:/PATH or env:NAME. The service takes a change at once, without a restart.
";

const WIDTH: usize = 118;

/// The example file.
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    if let Kind::Table(keys) = &definition::root().kind {
        settings(&mut text, keys, None);
        sections(&mut text, &SettingPath::default(), keys);
    }
    text
}

/// The keys of a table that are no sections, each with its description.
fn settings(text: &mut String, keys: &[(String, Setting)], values: Option<&Value>) {
    for (key, setting) in keys.iter().filter(|(_, setting)| !is_section(setting)) {
        text.push('\n');
        describe(text, setting);
        let written = values.and_then(|values| values.get(key)).or(setting.default.as_ref()).filter(|value| !value.is_null());
        let empty = written.is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
        let (value, remark) = match (&setting.example, written) {
            (Some(example), _) if empty => (example, " # for example"),
            (_, Some(written)) => (written, ""),
            (_, None) => (&Value::Null, ""),
        };
        let _ = writeln!(text, "#{key} = {}{remark}", toml_text(value).unwrap_or_else(|| "\"\"".into()));
    }
}

fn sections(text: &mut String, path: &SettingPath, keys: &[(String, Setting)]) {
    for (key, setting) in keys.iter().filter(|(_, setting)| is_section(setting)) {
        let path = path.key(key);
        match &setting.kind {
            Kind::Table(keys) => {
                // What is off as long as its section is not there has a commented header.
                let header = if setting.default.is_some() { format!("[{path}]") } else { format!("#[{path}]") };
                head(text, setting, &header);
                settings(text, keys, setting.default.as_ref());
                sections(text, &path, keys);
            }
            Kind::Map(_) => {
                head(text, setting, &format!("[{path}]"));
                for (key, value) in setting.default.as_ref().and_then(Value::as_object).into_iter().flatten() {
                    let _ = writeln!(text, "#{key} = {}", toml_text(value).unwrap_or_default());
                }
            }
            Kind::List(row) => rows(text, &path, setting, row),
            _ => {}
        }
    }
}

/// Rows: the first with every key described, the others as they are.
fn rows(text: &mut String, path: &SettingPath, setting: &Setting, row: &Setting) {
    let Kind::Table(keys) = &row.kind else { return };
    let header = format!("#[[{path}]]");
    head(text, setting, &header);
    let defaults = setting.default.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    settings(text, keys, defaults.first());
    for row in defaults.iter().skip(1) {
        let _ = writeln!(text, "\n{header}");
        for (key, value) in row.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            let _ = writeln!(text, "#{key} = {}", toml_text(value).unwrap_or_default());
        }
    }
}

fn head(text: &mut String, setting: &Setting, header: &str) {
    text.push_str("\n\n");
    describe(text, setting);
    let _ = writeln!(text, "{header}");
}

fn describe(text: &mut String, setting: &Setting) {
    let mut sentences = setting.description.replace('\n', " ");
    if let Kind::Choice(words) = &setting.kind {
        for (word, meaning) in words {
            let _ = write!(sentences, " \"{word}\": {}.", inner_sentence(meaning));
        }
    }
    let mut line = String::from("#");
    for word in sentences.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}

fn is_section(setting: &Setting) -> bool {
    match &setting.kind {
        Kind::Table(_) | Kind::Map(_) => true,
        Kind::List(element) => matches!(element.kind, Kind::Table(_)),
        _ => false,
    }
}
