//! Keys, kinds and ranges, by the definition of the file. What is wrong is left out of the clean copy, so that the rest can be judged too.

use super::{MOST_FINDINGS, Noted, format};
use crate::{
    definition::{self, Kind, Setting},
    draft::Draft,
    finding::Finding,
    setting_path::SettingPath,
};
use toml::{Table, Value};

/// Judges every setting that is written; gives back the findings and a copy that the types of the configuration accept.
pub(super) fn examine(draft: &Draft) -> (Vec<Finding>, Table) {
    let mut findings = Vec::new();
    let mut examiner = Examiner { draft, findings: &mut findings };
    let clean = match &definition::root().kind {
        Kind::Table(keys) => examiner.table(&SettingPath::default(), keys, draft.values()),
        _ => Table::new(),
    };
    (findings, clean)
}

struct Examiner<'a> {
    draft: &'a Draft,
    findings: &'a mut Vec<Finding>,
}

impl Examiner<'_> {
    fn table(&mut self, path: &SettingPath, keys: &[(String, Setting)], written: &Table) -> Table {
        let mut clean = Table::new();
        for (key, value) in written {
            let below = path.key(key);
            match keys.iter().find(|(name, _)| name == key) {
                Some((_, setting)) => {
                    if let Some(value) = self.value(&below, setting, value) {
                        clean.insert(key.clone(), value);
                    }
                }
                None => self.unknown(&below, key, keys),
            }
        }
        for (key, setting) in keys.iter().filter(|(_, setting)| setting.required) {
            if !written.contains_key(key) {
                let text = format!("`{key}` is missing: {}", setting.description.trim_end_matches('.'));
                self.error(&path.key(key), "missing-key", text, format!("Add `{key} = …`")).with("key", key);
            }
            if !clean.contains_key(key) {
                clean.insert(key.clone(), placeholder(setting));
            }
        }
        clean
    }

    fn value(&mut self, path: &SettingPath, setting: &Setting, written: &Value) -> Option<Value> {
        match (&setting.kind, written) {
            (Kind::Table(keys), Value::Table(table)) => Some(Value::Table(self.table(path, keys, table))),
            (Kind::Map(each), Value::Table(table)) => {
                let clean = table.iter().filter_map(|(key, value)| Some((key.clone(), self.value(&path.key(key), each, value)?)));
                Some(Value::Table(clean.collect()))
            }
            (Kind::List(each), Value::Array(list)) => Some(Value::Array(
                list.iter().enumerate().filter_map(|(index, value)| self.value(&path.index(index), each, value)).collect(),
            )),
            (Kind::Text { format, min, max }, Value::String(text)) => {
                self.text(path, format.as_deref(), *min, *max, text).then(|| written.clone())
            }
            (Kind::Number { min, max }, Value::Integer(number)) => {
                if (min..=max).contains(&number) {
                    return Some(written.clone());
                }
                let range = if *max == i64::MAX { format!("{min} or more") } else { format!("{min} to {max}") };
                self.error(path, "out-of-range", format!("{number} is out of range"), format!("Write a number from {range}"))
                    .case(if *max == i64::MAX { "least" } else { "number" })
                    .with("value", number)
                    .with("min", min)
                    .with("max", max);
                None
            }
            (Kind::Switch, Value::Boolean(_)) => Some(written.clone()),
            (Kind::Choice(words), Value::String(word)) => {
                if words.iter().any(|(known, _)| known == word) {
                    return Some(written.clone());
                }
                let known = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
                self.error(path, "unknown-choice", format!("{word:?} is not one of the words for this"), format!("Write one of {known}"))
                    .with("value", word)
                    .with("known", &known);
                None
            }
            (kind, written) => {
                let (is, must) = (name(written), expected(kind));
                if setting.is_secret() {
                    self.error(path, "literal-secret", "a secret must not stand in the file", format!("Write {must}")).with("value", "…");
                } else {
                    self.error(path, "wrong-type", format!("this is {is}, and {must} is needed"), format!("Write {must}"))
                        .with("is", code(written))
                        .with("must", expected_code(kind));
                }
                None
            }
        }
    }

    fn text(&mut self, path: &SettingPath, format: Option<&str>, min: Option<u64>, max: Option<u64>, text: &str) -> bool {
        let length = text.chars().count() as u64;
        if min.is_some_and(|min| length < min) {
            self.error(path, "out-of-range", "this must not be empty", "Write a text, or remove the line so that the default counts")
                .case("empty");
            return false;
        }
        if max.is_some_and(|max| length > max) {
            let most = max.unwrap_or_default();
            self.error(path, "out-of-range", format!("this is {length} characters long"), format!("Write {most} characters at most"))
                .case("long")
                .with("value", length)
                .with("most", most);
            return false;
        }
        match format.map_or(Ok(()), |format| format::judge(format, text)) {
            Ok(()) => true,
            Err(wrong) => {
                // What stands before an @ may be a user name with its password; a secret may stand anywhere.
                let is_open = wrong.id != "literal-secret" && !text.contains('@');
                let shown = if is_open { text } else { "…" };
                self.error(path, wrong.id, wrong.text, wrong.repair).case(wrong.case).with("value", shown);
                false
            }
        }
    }

    fn unknown(&mut self, path: &SettingPath, key: &str, siblings: &[(String, Setting)]) {
        if self.findings.len() >= MOST_FINDINGS {
            return;
        }
        let nearest = nearest(path, key, siblings);
        let repair = nearest.as_ref().map_or_else(
            || "Remove it; `jackfield reference settings` lists every setting".to_owned(),
            |nearest| format!("Did you mean `{nearest}`?"),
        );
        let mut finding = Finding::error(path.clone(), "unknown-key", format!("there is no setting `{path}`"), repair);
        finding.place = self.draft.key_place(path);
        finding = finding.with("key", path);
        if let Some(nearest) = nearest {
            finding = finding.case("near").with("nearest", nearest);
        }
        self.findings.push(finding);
    }

    fn error(&mut self, path: &SettingPath, id: &'static str, text: impl Into<String>, repair: impl Into<String>) -> Noted<'_> {
        if self.findings.len() >= MOST_FINDINGS {
            return Noted(None);
        }
        let mut finding = Finding::error(path.clone(), id, text, repair);
        finding.place = self.draft.place(path);
        Noted(Some(self.findings.push_mut(finding)))
    }
}

/// The right key for a wrong one: the most similar one beside it, else a key of the same name anywhere else.
fn nearest(path: &SettingPath, key: &str, siblings: &[(String, Setting)]) -> Option<String> {
    let close = |known: &str| strsim::osa_distance(&key.to_lowercase().replace('-', "_"), known);
    let beside = siblings.iter().map(|(known, _)| (close(known), known)).min();
    if let Some((distance, known)) = beside
        && distance <= known.len() / 3
    {
        return Some(path.parent().unwrap_or_default().key(known).to_string());
    }
    definition::leaves().into_iter().map(|(path, _)| path).find(|path| path.name() == key).map(|path| path.to_string())
}

/// Stands in for a value that is missing or wrong, so that the types accept the rest of the row.
fn placeholder(setting: &Setting) -> Value {
    match &setting.kind {
        Kind::Table(_) | Kind::Map(_) => Value::Table(Table::new()),
        Kind::List(_) => Value::Array(Vec::new()),
        Kind::Number { min, .. } => Value::Integer(*min),
        Kind::Switch => Value::Boolean(false),
        Kind::Choice(words) => Value::String(words.first().map(|(word, _)| word.clone()).unwrap_or_default()),
        Kind::Text { format, .. } => Value::String(format::placeholder(format.as_deref()).to_owned()),
    }
}

/// The same for translations.
fn code(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "text",
        Value::Integer(_) => "number",
        Value::Float(_) => "float",
        Value::Boolean(_) => "truth",
        Value::Datetime(_) => "date",
        Value::Array(_) => "list",
        Value::Table(_) => "section",
    }
}

fn expected_code(kind: &Kind) -> &'static str {
    match kind {
        Kind::Table(_) | Kind::Map(_) => "section",
        Kind::List(element) if matches!(element.kind, Kind::Table(_)) => "sections",
        Kind::List(_) => "list",
        Kind::Text { format: Some(format), .. } if format == "time-span" => "time",
        Kind::Text { .. } | Kind::Choice(_) => "text",
        Kind::Number { .. } => "number",
        Kind::Switch => "truth",
    }
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number with a point",
        Value::Boolean(_) => "a truth value",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Table(_) | Kind::Map(_) => "a section of settings",
        Kind::List(element) if matches!(element.kind, Kind::Table(_)) => "a list of sections, each with [[…]] above it",
        Kind::List(_) => "a list in [ ]",
        Kind::Text { format: Some(format), .. } if format == "secret-reference" => {
            "keyring:NAME, credential:NAME, file:/PATH or env:NAME, in quotes"
        }
        Kind::Text { format: Some(format), .. } if format == "time-span" => "a time in quotes, \"15s\" for example,",
        Kind::Text { .. } | Kind::Choice(_) => "a text in quotes",
        Kind::Number { .. } => "a whole number without quotes",
        Kind::Switch => "true or false",
    }
}
