//! Brings an installation of the product before Jackfield along: reads its `ININIntegrationService.exe.config` and `Web.config` (guide,
//! "Roll back the integration", "Troubleshoot log files") and says of every entry what became of it, and why.
//!
//! Of their keys one is published, `tracefilepath`; what the others are called is guessed from the words of the wizard that wrote them. So
//! nothing is taken in silence: the report names the guess, the check of the file judges every value, and the value of a key that nobody
//! knows is never repeated, because it may be a password.

mod entries;
mod keys;
mod rows;
mod take;

use crate::{draft::Draft, setting_path::SettingPath};
use serde::Serialize;
use std::fmt;

/// No file of the old product is longer, in bytes.
pub const LONGEST: u64 = 1024 * 1024;

/// A file of the old installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldFile {
    /// Its name, for the report and to tell which of the two it is.
    pub name: String,
    /// Its bytes: XML in UTF-8 or UTF-16.
    pub bytes: Vec<u8>,
}

/// What an old installation becomes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// Settings to lay over a file, each with its value.
    pub settings: Vec<(SettingPath, toml::Value)>,
    /// Every entry and what became of it, in the files' order.
    pub rows: Vec<Row>,
}

/// An entry of an old file, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The old file.
    pub file: String,
    /// Its line, counted from 1.
    pub line: u32,
    /// What it is called there, with the section it stands in.
    pub key: String,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// Its value is this setting now.
    Taken {
        /// The setting.
        setting: SettingPath,
        /// Its new value, as TOML writes it.
        value: String,
        /// How sure it is that the entry means this setting.
        sure: Sure,
    },
    /// It was left.
    Left {
        /// Why, in a word that stays the same from version to version.
        why: Why,
        /// What to do, in a sentence without a full stop; never holds the entry's value.
        text: String,
    },
}

/// How sure it is what an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    /// The guide names the key.
    Known,
    /// The key has the words of the old wizard.
    Guessed,
}

/// Why an entry was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is a secret, and no file of ours holds one.
    Secret,
    /// It is for .NET or IIS, which are needed no more.
    Platform,
    /// Nothing is written there.
    Empty,
    /// No word of it is known.
    Unknown,
    /// Another entry has set the same setting.
    Twice,
    /// The setting does not take this value.
    Refused,
    /// It has no meaning on this system.
    Elsewhere,
}

/// Why a file of the old installation cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OldFileError {
    /// Too long.
    #[error("{0} is larger than 1 MiB: this cannot be a file of the old installation")]
    TooLong(String),
    /// Neither UTF-8 nor UTF-16.
    #[error("{0} is neither UTF-8 nor UTF-16; save it as UTF-8")]
    Encoding(String),
    /// Not XML, or with a DTD.
    #[error("{name}:{line}: {text}")]
    Xml {
        /// Which file.
        name: String,
        /// Where, counted from 1.
        line: u32,
        /// What is wrong.
        text: String,
    },
    /// Something else.
    #[error("{0} does not begin with <configuration>: this is no file of the old installation")]
    Foreign(String),
}

/// Reads an old installation. On Windows folders of the old files are kept; elsewhere they mean nothing.
///
/// # Errors
/// One of the files cannot be read; then nothing is taken of any.
pub fn take(files: &[OldFile]) -> Result<Taken, OldFileError> {
    let mut entries = Vec::new();
    for file in files {
        entries.extend(entries::read(file)?);
    }
    Ok(take::take(&entries, cfg!(windows)))
}

// === impl Taken ===

impl Taken {
    /// Lays what was taken over a file as it is written.
    pub fn apply(&self, draft: &mut Draft) {
        for (setting, value) in &self.settings {
            draft.set(setting, value.clone());
        }
    }

    /// How many entries were taken by what the guide says, by a guess, and left.
    pub fn counts(&self) -> (usize, usize, usize) {
        let taken = |wanted| self.rows.iter().filter(|row| matches!(row.fate, Fate::Taken { sure, .. } if sure == wanted)).count();
        let (known, guessed) = (taken(Sure::Known), taken(Sure::Guessed));
        (known, guessed, self.rows.len() - known - guessed)
    }
}

// === impl Row ===

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}: ", self.file, self.line, self.key)?;
        match &self.fate {
            Fate::Taken { setting, value, sure: Sure::Known } => write!(out, "{setting} = {value}"),
            Fate::Taken { setting, value, sure: Sure::Guessed } => write!(out, "{setting} = {value} (by the name of the key)"),
            Fate::Left { text, .. } => write!(out, "left: {text}"),
        }
    }
}

#[cfg(test)]
mod tests;
