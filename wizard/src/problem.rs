//! Why a file could not be read or written, and the sentence that says it: what is wrong, and what to do. Nothing is lost in any of these
//! cases.

use crate::{language::Language, widget::finding};
use shared::{Finding, file::FileError};
use std::{io, path::Path};

/// Why a file could not be read or written.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// There is none.
    Absent,
    /// This account may not read it.
    MayNotRead,
    /// This account may not write it.
    Denied,
    /// Another hand has changed it since it was read.
    Changed,
    /// There is one already.
    Exists,
    /// It is no TOML, or only half of it: the first error.
    Syntax(Box<Finding>),
    /// TOML, but nothing of it is Jackfield's.
    Foreign,
    /// It was written by a newer Jackfield, in this version of the layout.
    Newer(i64),
    /// It is larger than any configuration.
    TooLarge,
    /// It is no text.
    NotText,
    /// It is a folder, a device or a pipe.
    NotFile,
    /// It is empty: an editor may be about to write it.
    Empty,
    /// The check refuses it: the first error.
    Refused(Box<Finding>),
    /// Nobody gave an administrator's password, or the right is missing.
    NotAllowed,
    /// What asks for an administrator's password does not work on this machine: no agent, or no polkit.
    NoAdministrator,
    /// The program that was to write it says this.
    Program(String),
    /// The system refuses.
    System(io::ErrorKind, String),
}

impl Problem {
    /// What is wrong with this file and what to do, in whole sentences.
    pub fn said(&self, language: Language, file: &Path) -> String {
        let why = match self {
            Self::Syntax(found) | Self::Refused(found) => finding::in_line(language, found),
            Self::Newer(schema) => schema.to_string(),
            Self::Program(said) => said.clone(),
            Self::System(kind, text) => words(language, *kind, text),
            _ => String::new(),
        };
        language.text_with(self.key(), [("file", file.display().to_string().into()), ("why", why.into())])
    }

    /// The key of its sentence.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Absent => "problem-absent",
            Self::MayNotRead => "problem-may-not-read",
            Self::Denied => "problem-denied",
            Self::Changed => "problem-changed",
            Self::Exists => "problem-exists",
            Self::Syntax(_) => "problem-syntax",
            Self::Foreign => "problem-foreign",
            Self::Newer(_) => "problem-newer",
            Self::TooLarge => "problem-too-large",
            Self::NotText => "problem-not-text",
            Self::NotFile => "problem-not-file",
            Self::Empty => "problem-empty",
            Self::Refused(_) => "problem-refused",
            Self::NotAllowed => "problem-not-allowed",
            Self::NoAdministrator => "problem-no-administrator",
            Self::Program(_) | Self::System(..) => "problem-failed",
        }
    }

    /// The first error among findings.
    pub(crate) fn first(findings: &[Finding], problem: impl FnOnce(Box<Finding>) -> Self) -> Self {
        match findings.iter().find(|finding| finding.is_error()) {
            Some(finding) => problem(Box::new(finding.clone())),
            None => Self::System(io::ErrorKind::Other, String::new()),
        }
    }
}

/// What the system says, in the person's language where it is one of the usual things.
pub fn system(language: Language, error: &io::Error) -> String {
    words(language, error.kind(), &error.to_string())
}

fn words(language: Language, kind: io::ErrorKind, text: &str) -> String {
    let key = match kind {
        io::ErrorKind::NotFound => "system-not-found",
        io::ErrorKind::PermissionDenied => "system-denied",
        io::ErrorKind::ReadOnlyFilesystem => "system-read-only",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "system-full",
        io::ErrorKind::IsADirectory => "system-folder",
        io::ErrorKind::NotADirectory => "system-no-folder",
        io::ErrorKind::AlreadyExists => "system-exists",
        io::ErrorKind::InvalidFilename => "system-name",
        io::ErrorKind::ResourceBusy | io::ErrorKind::ExecutableFileBusy => "system-busy",
        io::ErrorKind::StaleNetworkFileHandle | io::ErrorKind::TimedOut | io::ErrorKind::NetworkDown => "system-network",
        _ => return language.text_with("system-other", [("text", text.to_owned().into())]),
    };
    language.text(key)
}

// === impl Problem ===

impl From<&FileError> for Problem {
    fn from(error: &FileError) -> Self {
        match error {
            FileError::Absent(_) | FileError::NoBackup { .. } => Self::Absent,
            FileError::Changed(_) => Self::Changed,
            FileError::InputOutput { error, .. } => error.into(),
            FileError::Refused { findings, .. } => match findings.iter().find(|finding| finding.is_error()).map(|finding| finding.id) {
                Some("too-large") => Self::TooLarge,
                Some("not-utf8") => Self::NotText,
                Some("not-a-file") => Self::NotFile,
                Some("empty") => Self::Empty,
                Some("syntax") => Self::first(findings, Self::Syntax),
                _ => Self::first(findings, Self::Refused),
            },
        }
    }
}

impl From<&io::Error> for Problem {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Denied,
            io::ErrorKind::AlreadyExists => Self::Exists,
            kind => Self::System(kind, error.to_string()),
        }
    }
}
