//! Named points at which a test can end the process as `kill -9` would. Only a build for development has them; in a release they are
//! nothing.
//!
//! `JACKFIELD_CRASH=before-commit:17` ends the process when it comes to the point `before-commit` for the 17th time.

/// Where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The store's changes are taken, and nothing is written.
    BeforeCommit,
    /// They are in the file, and nobody knows it yet.
    AfterCommit,
    /// A command is decided, and the switch has not heard of it.
    BeforeRequest,
    /// The switch has answered, and nobody knows it yet.
    AfterRequest,
    /// A command is carried out, and SAP has not heard of it.
    BeforeAnswer,
    /// SAP has its answer.
    AfterAnswer,
    /// An event is about to be sent.
    BeforePost,
    /// SAP has taken an event, and nobody knows it yet.
    AfterPost,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::BeforeRequest,
        Self::AfterRequest,
        Self::BeforeAnswer,
        Self::AfterAnswer,
        Self::BeforePost,
        Self::AfterPost,
    ];

    /// Its name in the environment.
    pub fn name(self) -> &'static str {
        match self {
            Self::BeforeCommit => "before-commit",
            Self::AfterCommit => "after-commit",
            Self::BeforeRequest => "before-request",
            Self::AfterRequest => "after-request",
            Self::BeforeAnswer => "before-answer",
            Self::AfterAnswer => "after-answer",
            Self::BeforePost => "before-post",
            Self::AfterPost => "after-post",
        }
    }
}

/// The process has come to a point.
#[cfg(not(debug_assertions))]
#[inline]
pub fn point(_: Point) {}

/// The process has come to a point.
#[cfg(debug_assertions)]
pub fn point(here: Point) {
    use std::sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    };
    static WANTED: LazyLock<Option<(Point, AtomicU64)>> = LazyLock::new(|| parse(&std::env::var("JACKFIELD_CRASH").ok()?));
    if let Some((wanted, left)) = &*WANTED
        && *wanted == here
        && left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        // No destructor runs and nothing is flushed, as with `kill -9`.
        std::process::abort();
    }
}

/// `NAME:TIMES`; anything else asks for nothing.
#[cfg(debug_assertions)]
fn parse(text: &str) -> Option<(Point, std::sync::atomic::AtomicU64)> {
    let (name, times) = text.split_once(':')?;
    let wanted = Point::ALL.into_iter().find(|point| point.name() == name)?;
    Some((wanted, times.parse::<u64>().ok().filter(|times| *times > 0)?.into()))
}
