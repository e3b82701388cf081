//! Where a setting stands in the file: `workmodes.mapped[2].status`. Findings, changes and `config set` all name settings this way.

use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// The path of a setting; empty for the whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SettingPath(Vec<Step>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A place in a list, counted from 0.
    Index(usize),
}

impl SettingPath {
    /// The steps from the top of the file.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The path of a key below this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// The path of a place in the list that this path names.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// One level up; `None` at the top.
    pub fn parent(&self) -> Option<Self> {
        (!self.0.is_empty()).then(|| Self(self.0[..self.0.len() - 1].to_vec()))
    }

    /// Is this the other path, or does it lie below it?
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The last key, for messages.
    pub fn name(&self) -> &str {
        self.0.iter().rev().find_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None }).unwrap_or("")
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

/// Makes a path of a text that the program itself contains.
pub(crate) fn path(text: &str) -> SettingPath {
    text.parse().unwrap_or_default()
}

// === impl SettingPath ===

impl FromStr for SettingPath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "this is not the path of a setting; write for example service.listen or workmodes.mapped[2].status";
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (index, after) = inner.split_once(']').ok_or(FORM)?;
                if steps.is_empty() {
                    return Err(FORM);
                }
                steps.push(Step::Index(index.parse().map_err(|_| FORM)?));
                rest = after;
                continue;
            }
            if !steps.is_empty() {
                rest = rest.strip_prefix('.').ok_or(FORM)?;
            }
            let (key, after) = if let Some(quoted) = rest.strip_prefix('"') {
                quoted.split_once('"').ok_or(FORM)?
            } else {
                rest.split_at(rest.find(|c| !is_bare(c)).unwrap_or(rest.len()))
            };
            if key.is_empty() {
                return Err(FORM);
            }
            steps.push(Step::Key(key.to_owned()));
            rest = after;
        }
        if steps.is_empty() { Err(FORM) } else { Ok(Self(steps)) }
    }
}

impl fmt::Display for SettingPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    if !key.is_empty() && key.chars().all(is_bare) { f.write_str(key)? } else { write!(f, "\"{}\"", key.escape_debug())? }
                }
            }
        }
        Ok(())
    }
}

impl Serialize for SettingPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_printed_as_it_is_read() {
        for text in ["schema", "service.listen", "workmodes.mapped[2].status", "sld.attributes.\"a b\"", "attributes.remote[0]"] {
            assert_eq!(text.parse::<SettingPath>().map(|path| path.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", ".", "a.", ".a", "[1]", "a[x]", "a[1", "a b", "a..b", "a[0]b", "\"a"] {
            assert!(text.parse::<SettingPath>().is_err(), "{text:?}");
        }
    }
}
