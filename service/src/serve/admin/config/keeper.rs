//! What the desk asks of whoever keeps the file: `app` knows how that is done.

use super::super::Wish;
use hyper::StatusCode;
use serde::Serialize;
use shared::{Finding, diff::Change};
use std::{net::SocketAddr, time::Duration};

/// Keeps the file.
pub trait Keeper: Send + Sync {
    /// The file as it is written.
    fn read(&self) -> Wish<Result<Text, Denied>>;
    /// Judges a text that may take its place.
    fn check(&self, text: String) -> Wish<Result<Judged, Denied>>;
    /// Puts a text in its place and to work, until it is decided whether it stays.
    fn save(&self, save: Save) -> Wish<Result<Begun, Denied>>;
    /// It stays, or the one before comes back.
    fn decide(&self, number: u64, keep: bool, peer: SocketAddr) -> Wish<Result<(), Denied>>;
    /// How it stands with the last one.
    fn probation(&self) -> Probation;
    /// Begins to test a text on this machine; gives back the test's number.
    fn test(&self, text: String, peer: SocketAddr) -> Wish<Result<u64, Denied>>;
    /// What a test has said since the last time; waits a moment for something.
    fn lines(&self, number: u64) -> Wish<Result<Lines, Denied>>;
    /// Ends a test before its time.
    ///
    /// # Errors
    /// There is none of this number.
    fn cancel(&self, number: u64) -> Result<(), Denied>;
}

/// A file's text.
#[derive(Clone, Debug)]
pub struct Text {
    /// As it is written.
    pub text: String,
    /// Tells it from every other.
    pub version: String,
}

/// What is to be said of a text.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Everything that is wrong or doubtful.
    pub findings: Vec<Finding>,
    /// What it would change; nothing while it cannot be taken.
    pub changes: Vec<Change>,
}

/// What is to be saved.
#[derive(Clone, Debug)]
pub struct Save {
    /// The new text.
    pub text: String,
    /// The version of the file that it was made from.
    pub expected: String,
    /// How long it waits for its confirmation.
    pub probation: Duration,
    /// From where it comes.
    pub peer: SocketAddr,
}

/// A change that is in force and may still go back.
#[derive(Clone, Debug, Serialize)]
pub struct Begun {
    /// Its number.
    pub number: u64,
    /// It goes back after so many seconds.
    pub seconds: u64,
    /// The file's version now.
    pub version: String,
    /// What has changed.
    pub changes: Vec<Change>,
    /// The port for administrators on other machines, as it is now.
    pub port: Option<u16>,
}

/// How it stands with the last change from another machine.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Probation {
    /// One that waits for its confirmation.
    pub waiting: Option<OnProbation>,
    /// What became of the one before: `kept`, `expired`, `taken_back`, `restarted` or `overtaken`.
    pub last: Option<&'static str>,
}

/// A change that waits for its confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnProbation {
    /// Its number.
    pub number: u64,
    /// Seconds that are left.
    pub left: u64,
}

/// What a test has said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lines {
    /// This.
    Some(String),
    /// Nothing yet.
    NoneYet,
    /// Nothing more will come.
    Over,
}

/// Why something is not done; nothing has changed then.
#[derive(Clone, Debug)]
pub struct Denied {
    /// What kind of reason.
    pub cause: Cause,
    /// In words, with what to do; without a full stop.
    pub why: String,
    /// What is wrong with the text.
    pub findings: Vec<Finding>,
}

/// Kinds of reasons; for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The service has no file.
    NoFile,
    /// The file cannot be shown.
    Hidden,
    /// Another hand has changed it.
    Changed,
    /// The text is refused.
    Refused,
    /// Another change waits, or another test runs.
    Busy,
    /// The service cannot write its file.
    Unwritable,
    /// There is no such change or test any more.
    Gone,
    /// The service ends.
    Stopping,
}

// === impl Denied ===

impl Denied {
    /// For a reason in words.
    pub fn new(cause: Cause, why: impl Into<String>) -> Self {
        Self { cause, why: why.into(), findings: Vec::new() }
    }

    /// Because of what is wrong with the text.
    pub fn refused(findings: Vec<Finding>) -> Self {
        Self { cause: Cause::Refused, why: "The file would be refused".into(), findings }
    }
}

// === impl Cause ===

impl Cause {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NoFile => StatusCode::NOT_FOUND,
            Self::Hidden | Self::Busy => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::Refused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unwritable => StatusCode::INSUFFICIENT_STORAGE,
            Self::Gone => StatusCode::GONE,
            Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
