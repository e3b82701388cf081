//! The one definition of the file, as a tree that programs can walk: every setting with its description, kind, default and range. It is
//! made from [`Config`]'s types, so that example, schema, reference, check and wizard can never disagree with them.

use crate::{
    config::Config,
    draft::Draft,
    setting_path::{SettingPath, Step},
};
use serde_json::Value;
use std::sync::LazyLock;

/// A setting, or a section of settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What it is for, for people.
    pub description: String,
    /// What may be written.
    pub kind: Kind,
    /// What counts when it is not written; `None` for settings without a value and for what must be written.
    pub default: Option<Value>,
    /// What one might write, where the default does not show it.
    pub example: Option<Value>,
    /// Must it be written when its table is?
    pub required: bool,
}

/// What may be written for a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A table with these keys.
    Table(Vec<(String, Setting)>),
    /// A table with keys of the user's own.
    Map(Box<Setting>),
    /// A list.
    List(Box<Setting>),
    /// A text.
    Text {
        /// Its format, one of those that `check` knows.
        format: Option<String>,
        /// Characters at least.
        min: Option<u64>,
        /// Characters at most.
        max: Option<u64>,
    },
    /// A whole number.
    Number {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// `true` or `false`.
    Switch,
    /// One of these words, each with its meaning.
    Choice(Vec<(String, String)>),
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A file that is there.
    File,
    /// A file that is made when it is not there.
    NewFile,
    /// A folder.
    Folder,
}

/// The JSON Schema of the file (draft 2020-12).
pub fn schema() -> Value {
    schemars::schema_for!(Config).to_value()
}

/// The whole file.
pub fn root() -> &'static Setting {
    static ROOT: LazyLock<Setting> = LazyLock::new(|| {
        let schema = schema();
        setting(&schema, &schema, true)
    });
    &ROOT
}

/// The definition of the setting at a path.
pub fn at(path: &SettingPath) -> Option<&'static Setting> {
    path.steps().iter().try_fold(root(), |setting, step| setting.below(step))
}

/// Every setting that has a value of its own, with its path; a list's elements have the index 0.
pub fn leaves() -> Vec<(SettingPath, &'static Setting)> {
    fn walk(path: &SettingPath, setting: &'static Setting, found: &mut Vec<(SettingPath, &'static Setting)>) {
        match &setting.kind {
            Kind::Table(keys) => keys.iter().for_each(|(key, setting)| walk(&path.key(key), setting, found)),
            Kind::List(element) if matches!(element.kind, Kind::Table(_)) => walk(&path.index(0), element, found),
            _ => found.push((path.clone(), setting)),
        }
    }
    let mut found = Vec::new();
    walk(&SettingPath::default(), root(), &mut found);
    found
}

/// Tells `seen` every value that is written for a setting, with its path and the setting's definition; what has none is passed over.
pub fn each_written(draft: &Draft, seen: &mut dyn FnMut(&SettingPath, &'static Setting, &toml::Value)) {
    fn walk(path: &SettingPath, value: &toml::Value, seen: &mut dyn FnMut(&SettingPath, &'static Setting, &toml::Value)) {
        match value {
            toml::Value::Table(table) => table.iter().for_each(|(key, value)| walk(&path.key(key), value, seen)),
            toml::Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| walk(&path.index(index), value, seen)),
            value => {
                if let Some(setting) = at(path) {
                    seen(path, setting, value);
                }
            }
        }
    }
    for (key, value) in draft.values() {
        walk(&SettingPath::default().key(key), value, seen);
    }
}

// === impl Setting ===

impl Setting {
    /// The setting one step below this one.
    pub fn below(&self, step: &Step) -> Option<&Self> {
        match (&self.kind, step) {
            (Kind::Table(keys), Step::Key(key)) => keys.iter().find(|(name, _)| name == key).map(|(_, setting)| setting),
            (Kind::Map(value), Step::Key(_)) => Some(value),
            (Kind::List(element), Step::Index(_)) => Some(element),
            _ => None,
        }
    }

    /// What lies at the path that is written, when it is one.
    pub fn path_kind(&self) -> Option<PathKind> {
        let Kind::Text { format: Some(format), .. } = &self.kind else { return None };
        match format.as_str() {
            "file-path" => Some(PathKind::File),
            "new-file-path" => Some(PathKind::NewFile),
            "folder-path" => Some(PathKind::Folder),
            _ => None,
        }
    }

    /// Is this the reference to a secret?
    pub fn is_secret(&self) -> bool {
        matches!(&self.kind, Kind::Text { format: Some(format), .. } if format == "secret-reference")
    }
}

fn setting(schema: &Value, root: &Value, required: bool) -> Setting {
    let resolved = resolve(schema, root);
    let text = |key| schema.get(key).or_else(|| resolved.get(key)).and_then(Value::as_str);
    Setting {
        description: text("description").unwrap_or_default().to_owned(),
        kind: kind(resolved, root),
        default: schema.get("default").filter(|value| !value.is_null()).cloned(),
        example: schema.get("examples").and_then(|examples| examples.get(0)).cloned(),
        required,
    }
}

/// Follows a reference, and leaves the `null` of an optional value out: TOML has none.
fn resolve<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)).map_or(schema, |target| resolve(target, root));
    }
    let parts = schema.get("anyOf").and_then(Value::as_array);
    parts
        .and_then(|parts| parts.iter().find(|part| part.get("type").and_then(Value::as_str) != Some("null")))
        .map_or(schema, |part| resolve(part, root))
}

fn kind(schema: &Value, root: &Value) -> Kind {
    if let Some(words) = words(schema) {
        return Kind::Choice(words);
    }
    let typed = schema.get("type");
    let name = typed.and_then(Value::as_str).or_else(|| typed.and_then(Value::as_array)?.first()?.as_str());
    match name {
        Some("object") => object(schema, root),
        Some("array") => Kind::List(Box::new(
            schema.get("items").map_or_else(|| setting(&Value::Null, root, false), |items| setting(items, root, false)),
        )),
        Some("integer") => Kind::Number {
            min: schema.get("minimum").and_then(Value::as_i64).unwrap_or(0),
            max: schema.get("maximum").and_then(Value::as_i64).unwrap_or(i64::MAX),
        },
        Some("boolean") => Kind::Switch,
        _ => Kind::Text {
            format: schema.get("format").and_then(Value::as_str).map(ToOwned::to_owned),
            min: schema.get("minLength").and_then(Value::as_u64),
            max: schema.get("maxLength").and_then(Value::as_u64),
        },
    }
}

fn object(schema: &Value, root: &Value) -> Kind {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Kind::Map(Box::new(setting(schema.get("additionalProperties").unwrap_or(&Value::Null), root, false)));
    };
    let required: Vec<_> = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    Kind::Table(properties.iter().map(|(key, value)| (key.clone(), setting(value, root, required.contains(&key.as_str())))).collect())
}

fn words(schema: &Value) -> Option<Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words.iter().map(|word| (text(word), String::new())).collect());
    }
    let variants = schema.get("oneOf")?.as_array()?;
    Some(variants.iter().map(|variant| (text(&variant["const"]), text(&variant["description"]))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setting_path::path;

    #[test]
    fn every_setting_is_described() {
        let leaves = leaves();
        assert!(leaves.len() > 100, "{}", leaves.len());
        for (path, setting) in leaves {
            assert!(setting.description.ends_with('.'), "{path}: {:?}", setting.description);
        }
    }

    #[test]
    fn kinds_ranges_and_defaults_are_those_of_the_types() {
        let kind = |text: &str| at(&path(text)).unwrap().kind.clone();
        assert_eq!(kind("workmodes.mapped[0].id"), Kind::Number { min: 4, max: 9999 });
        assert_eq!(kind("switch.port"), Kind::Number { min: 1, max: 65_535 });
        assert!(matches!(kind("service.tls"), Kind::Table(keys) if keys.len() == 7));
        assert!(matches!(kind("sld.attributes"), Kind::Map(_)));
        assert!(at(&path("switch.password")).unwrap().is_secret());
        assert!(at(&path("workmodes.mapped[0].id")).unwrap().required);
        assert!(!at(&path("workmodes.mapped[0].user_selectable")).unwrap().required);
        assert_eq!(at(&path("service.listen")).unwrap().default, Some("127.0.0.1:8095".into()));
        assert_eq!(at(&path("service.nowhere")), None);
    }
}
