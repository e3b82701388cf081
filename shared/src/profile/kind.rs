//! What a parameter or a field holds.

use super::words::RecordKey;
use std::fmt;

/// What a parameter or field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Any number of them.
    pub list: bool,
    /// Of what.
    pub of: Of,
}

/// See [`Kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// A string; blanks around it do not count.
    String,
    /// A string taken byte for byte.
    Text,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer,
    /// A time in UTC.
    Time,
    /// A structure.
    Record(RecordKey),
}

impl Kind {
    /// From the profile's words, e.g. `list of TextElement`.
    pub fn of(word: &str) -> Option<Self> {
        let (list, word) = word.strip_prefix("list of ").map_or((false, word), |rest| (true, rest));
        let of = match word {
            "string" => Of::String,
            "text" => Of::Text,
            "boolean" => Of::Boolean,
            "integer" => Of::Integer,
            "time" => Of::Time,
            record => Of::Record(RecordKey::of(record)?),
        };
        Some(Self { list, of })
    }

    /// Can a value of this kind be written as `other`? A record may be written as its id alone, everything single as a string.
    pub(super) fn fits(self, other: Self) -> bool {
        self.list == other.list && (self.of == other.of || matches!(other.of, Of::String | Of::Text))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.list { "list of " } else { "" })?;
        f.write_str(match self.of {
            Of::String => "string",
            Of::Text => "text",
            Of::Boolean => "boolean",
            Of::Integer => "integer",
            Of::Time => "time",
            Of::Record(record) => record.word(),
        })
    }
}
