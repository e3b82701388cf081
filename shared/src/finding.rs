//! What is wrong with a file, or doubtful: where, how bad, and how to repair it.

use crate::setting_path::SettingPath;
use serde::Serialize;
use std::fmt;

/// One thing that is wrong or doubtful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The setting; empty for the whole file.
    pub path: SettingPath,
    /// How bad it is.
    pub severity: Severity,
    /// What kind of finding it is: for translations and scripts; it stays the same from version to version.
    pub id: &'static str,
    /// Which of several sentences of that kind it is; empty where there is only one. For translations.
    #[serde(skip)]
    pub case: &'static str,
    /// What the sentence names, so that another language can name it too. Never holds the value of a secret.
    #[serde(skip)]
    pub values: Vec<(&'static str, String)>,
    /// What is wrong, in a sentence without a full stop. Never holds the value of a secret.
    pub text: String,
    /// What to do about it.
    pub repair: String,
    /// Where in the file, if it is written there.
    #[serde(flatten)]
    pub place: Option<Place>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is taken.
    Warning,
}

/// A place in the file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl Finding {
    /// A finding that refuses the file.
    pub fn error(path: SettingPath, id: &'static str, text: impl Into<String>, repair: impl Into<String>) -> Self {
        let (text, repair) = (text.into(), repair.into());
        Self { path, severity: Severity::Error, id, case: "", values: Vec::new(), text, repair, place: None }
    }

    /// A finding that does not.
    pub fn warning(path: SettingPath, id: &'static str, text: impl Into<String>, repair: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(path, id, text, repair) }
    }

    /// With the sentence of its kind that it is.
    #[must_use]
    pub fn case(self, case: &'static str) -> Self {
        Self { case, ..self }
    }

    /// With something that the sentence names.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers hand over values as they are")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// Does it refuse the file?
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl Place {
    /// The place of a byte in a text.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

// === impl Finding ===

impl fmt::Display for Finding {
    /// `3:8: error: service.listen: this is no address. Write for example 127.0.0.1:8095 [bad-format]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: ", self.severity)?;
        if !self.path.steps().is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}", self.text)?;
        if !self.repair.is_empty() {
            write!(f, ". {}", self.repair)?;
        }
        write!(f, " [{}]", self.id)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_1() {
        let text = "a = 1\nü = \"x\"\n";
        assert_eq!(Place::of(text, 0), Place { line: 1, column: 1 });
        assert_eq!(Place::of(text, text.find('"').unwrap()), Place { line: 2, column: 5 });
        assert_eq!(Place::of(text, 999), Place { line: 3, column: 1 });
    }
}
