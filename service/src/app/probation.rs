//! A change of the file from another machine: in force at once, and kept only when somebody confirms it in time. Else the file before it comes
//! back by itself, for whoever has cut himself off cannot bring it back.
//!
//! ```text
//! save ─ intent on the disk ─ file replaced ─ in force ─┬─ confirmed: intent removed
//!                                                       ├─ time over, or asked for: file before it, in force, intent removed
//!                                                       └─ the process ends: the next one finds the intent and goes back before it starts
//! ```
//!
//! The intent holds the whole text of the file before, so that nothing else is needed to go back.

use super::{
    editor,
    parts::{Parts, Shown},
    reload::Outcome,
    source::{Loaded, Source, blocking},
    watch::Watch,
};
use crate::serve::{
    Part,
    admin::{Begun, Cause, Denied, OnProbation, Probation, Save},
};
use serde::{Deserialize, Serialize};
use shared::file::{self, FileError, Version, backup, read, write};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::PoisonError,
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// How soon it is tried again when the file before cannot be written.
const AGAIN: Duration = Duration::from_secs(5);

/// A change that waits for its confirmation.
pub(super) struct Pending {
    number: u64,
    until: Instant,
    intent: Intent,
    /// What was in force, for the case that the file before was not: it had been refused.
    before: Box<Loaded>,
}

/// What is on the disk before the file is replaced.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Intent {
    /// The file before.
    previous: String,
    /// The version of the file that was to take its place.
    new: String,
}

/// What is wished of a change that waits.
pub(super) struct Decision {
    pub(super) number: u64,
    pub(super) keep: bool,
    pub(super) peer: SocketAddr,
}

/// How it stands, for everybody who asks.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    waiting: Option<(u64, Instant)>,
    last: Option<Ending>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// It was confirmed.
    Kept,
    /// Nobody confirmed it.
    Expired,
    /// An administrator wanted the file before.
    TakenBack,
    /// The service started anew in between.
    Restarted,
    /// Another hand has changed the file meanwhile, and knows what it does.
    Overtaken,
    /// The service started anew, and the file before could not be written.
    Stuck,
}

/// Waits until a change has to go back; for ever where there is none.
pub(super) async fn end(pending: Option<&Pending>) {
    match pending {
        Some(pending) => sleep_until(pending.until).await,
        None => std::future::pending().await,
    }
}

/// Goes back where the process before was interrupted.
pub(super) async fn recover(source: &Source) -> State {
    let Some(path) = source.path().map(Path::to_path_buf) else { return State::default() };
    State { waiting: None, last: blocking(move || recover_blocking(&path)).await }
}

fn recover_blocking(path: &Path) -> Option<Ending> {
    let text = read::text(&beside(path)).ok()?;
    let ending = match serde_json::from_str(&text) {
        Ok(intent) => match write_back(path, &intent) {
            Ok(true) => Ending::Restarted,
            // Either it was never replaced, or by somebody else in the end.
            Ok(false) if read::text(path).is_ok_and(|now| now == intent.previous) => Ending::Restarted,
            Ok(false) => Ending::Overtaken,
            Err(_) => return Some(Ending::Stuck),
        },
        // It is written as a whole or not at all: this is nothing of ours.
        Err(_) => return None,
    };
    // Where it stays it does no harm: what it would bring back is there.
    let _ = write::remove(&beside(path));
    Some(ending)
}

/// Puts the file before in its place, unless another hand has changed it; says whether.
fn write_back(path: &Path, intent: &Intent) -> Result<bool, FileError> {
    let now = match read::text(path) {
        Ok(now) => now,
        Err(FileError::Absent(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    if Version::of(&now).to_string() != intent.new {
        return Ok(false);
    }
    backup::make(path)?;
    // What was there comes back even if it was refused: it was no worse than that.
    write::write(path, &intent.previous)?;
    Ok(true)
}

/// Where the intent is.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".probation");
    path.with_file_name(name)
}

/// How it is, for `/readyz`: whoever looks there has to know that this may change by itself.
pub(super) fn part(shown: &Shown) -> Option<Part> {
    let standing = shown.probation.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match (standing.left(), standing.last) {
        (Some(OnProbation { left, .. }), _) => {
            let detail = format!("a change from another machine goes back by itself in {left} s unless it is confirmed");
            Some(Part::works("probation", detail).degraded("confirm it where it was made, or wait"))
        }
        (None, None | Some(Ending::Kept)) => None,
        (None, Some(Ending::Stuck)) => {
            Some(Part::works("probation", Ending::Stuck.said().to_owned()).degraded("let the service write its file, and start it again"))
        }
        (None, Some(ending)) => Some(Part::works("probation", ending.said().to_owned())),
    }
}

impl Parts {
    /// Puts a text in the file's place and to work, on probation.
    pub(super) async fn save(&mut self, watch: &mut Watch, save: Save) -> Result<Begun, Denied> {
        let Some(path) = self.source.path().map(Path::to_path_buf) else { return Err(editor::no_file()) };
        if self.probation.is_some() {
            return Err(Denied::new(Cause::Busy, "Another change waits for its confirmation"));
        }
        let reading = path.clone();
        let previous = blocking(move || read::text(&reading)).await.map_err(|error| Denied::new(Cause::Hidden, error.to_string()))?;
        if Version::of(&previous).to_string() != save.expected {
            return Err(Denied::new(Cause::Changed, "The file has been changed by somebody else: look at it again"));
        }
        let base = editor::base(&previous, &self.shown);
        let (_, changes) = editor::judge(&self.source, &base, &save.text).await.map_err(Denied::refused)?;
        let intent = Intent { previous, new: Version::of(&save.text).to_string() };
        let (writing, kept, text) = (path.clone(), intent.clone(), save.text);
        let written = blocking(move || write(&writing, &kept, &text)).await;
        written.map_err(|error| match error {
            FileError::Refused { findings, .. } => Denied::refused(findings),
            error => Denied::new(
                Cause::Unwritable,
                format!("The service's account cannot write its file: {error}. Give it the file and its folder, or change the file there"),
            ),
        })?;
        let before = Box::new(self.loaded.clone());
        let number = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
        let until = Instant::now() + save.probation;
        if let Outcome::Rejected(findings) = self.reload(watch).await {
            self.probation = Some(Pending { number, until, intent, before });
            self.go_back(watch, Ending::TakenBack).await;
            return Err(Denied::refused(findings));
        }
        // Whoever confirms has to come in by what is in force now.
        self.admin.renew().await;
        let paths: Vec<_> = changes.iter().map(|change| change.path.to_string()).collect();
        let (paths, seconds) = (paths.join(", "), save.probation.as_secs());
        tracing::info!(target: "audit", peer = %save.peer, number, seconds, paths, "the file was changed over the network by the holder of the token, on probation");
        let version = intent.new.clone();
        self.probation = Some(Pending { number, until, intent, before });
        self.stands(|standing| standing.waiting = Some((number, until)));
        let port = self.admin.far_url().and_then(|url| url.rsplit(':').next()?.parse().ok());
        Ok(Begun { number, seconds, version, changes, port })
    }

    /// A change stays, or goes back before its time.
    pub(super) async fn decide(&mut self, watch: &mut Watch, Decision { number, keep, peer }: Decision) -> Result<(), Denied> {
        if self.probation.as_ref().is_none_or(|pending| pending.number != number) {
            return Err(Denied::new(Cause::Gone, "This change waits no more: it has gone back, or has been confirmed"));
        }
        if !keep {
            tracing::info!(target: "audit", %peer, number, "the change is taken back over the network");
            self.go_back(watch, Ending::TakenBack).await;
            return Ok(());
        }
        let intent = self.source.path().map(beside);
        let removed = match intent {
            Some(intent) => blocking(move || write::remove(&intent)).await,
            None => Ok(()),
        };
        // With the intent there the next start would go back: that must not be promised otherwise.
        removed.map_err(|error| Denied::new(Cause::Unwritable, format!("The change cannot be kept: {error}")))?;
        self.probation = None;
        tracing::info!(target: "audit", %peer, number, "the change is confirmed");
        self.stands(|standing| *standing = State { waiting: None, last: Some(Ending::Kept) });
        Ok(())
    }

    /// Nobody has confirmed it.
    pub(super) async fn expire(&mut self, watch: &mut Watch) {
        self.go_back(watch, Ending::Expired).await;
    }

    async fn go_back(&mut self, watch: &mut Watch, ending: Ending) {
        let (Some(pending), Some(path)) = (self.probation.take(), self.source.path().map(Path::to_path_buf)) else { return };
        let (writing, intent) = (path.clone(), pending.intent.clone());
        let written = blocking(move || write_back(&writing, &intent)).await;
        let ending = match written {
            Ok(true) => ending,
            Ok(false) => Ending::Overtaken,
            Err(error) => {
                tracing::error!(target: "service", %error, "the file before the change cannot be written; this is tried again");
                let until = Instant::now() + AGAIN;
                self.stands(|standing| standing.waiting = Some((pending.number, until)));
                self.probation = Some(Pending { until, ..pending });
                return;
            }
        };
        // What was in force comes back also where the file before had been refused.
        if matches!(self.reload(watch).await, Outcome::Rejected(_)) && ending != Ending::Overtaken {
            let _ = self.apply(*pending.before).await;
        }
        let removed = blocking(move || write::remove(&beside(&path))).await;
        if let Err(error) = removed {
            tracing::warn!(target: "service", %error, "what was kept for going back cannot be removed");
        }
        let standing = State { waiting: None, last: Some(ending) };
        standing.say();
        self.stands(|shown| *shown = standing);
    }

    fn stands(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shown.probation.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The intent first, and both as a whole; what cannot be finished leaves nothing.
fn write(path: &Path, intent: &Intent, text: &str) -> Result<(), FileError> {
    let kept = serde_json::to_string(intent).unwrap_or_default();
    write::write(&beside(path), &kept)?;
    file::replace(path, text).map(drop).inspect_err(|_| drop(write::remove(&beside(path))))
}

// === impl State ===

impl State {
    /// For the one who has made the change.
    pub(super) fn told(&self) -> Probation {
        Probation { waiting: self.left(), last: self.last.map(Ending::word) }
    }

    /// In the log, where it has gone back.
    pub(super) fn say(&self) {
        if let Some(ending) = self.last.filter(|ending| *ending != Ending::Kept) {
            tracing::warn!(target: "service", "{}", ending.said());
        }
    }

    fn left(&self) -> Option<OnProbation> {
        let (number, until) = self.waiting?;
        Some(OnProbation { number, left: until.saturating_duration_since(Instant::now()).as_secs() })
    }
}

// === impl Ending ===

impl Ending {
    fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Expired => "expired",
            Self::TakenBack => "taken_back",
            Self::Restarted => "restarted",
            Self::Overtaken => "overtaken",
            Self::Stuck => "stuck",
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Kept => "the last change from another machine was confirmed",
            Self::Expired => "the last change from another machine was not confirmed in time: the file before it is in force again",
            Self::TakenBack => "the last change from another machine was taken back: the file before it is in force again",
            Self::Restarted => {
                "the service started anew before a change from another machine was confirmed: the file before it is in force"
            }
            Self::Overtaken => {
                "the last change from another machine was not confirmed, but another hand has changed the file meanwhile: it stays"
            }
            Self::Stuck => {
                "a change from another machine was not confirmed, and the file before it cannot be written: see the backup beside the file"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const OLD: &str = "schema = 1\n";
    const NEW: &str = "schema = 1\n# new\n";

    fn interrupted(there: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jackfield.toml");
        fs::write(&path, there).unwrap();
        let intent = Intent { previous: OLD.into(), new: Version::of(NEW).to_string() };
        fs::write(beside(&path), serde_json::to_string(&intent).unwrap()).unwrap();
        (folder, path)
    }

    #[test]
    fn whenever_the_process_was_interrupted_the_next_one_has_the_file_before() {
        for there in [OLD, NEW] {
            let (_folder, path) = interrupted(there);
            assert_eq!(recover_blocking(&path), Some(Ending::Restarted));
            assert_eq!((fs::read_to_string(&path).unwrap().as_str(), beside(&path).exists()), (OLD, false));
            assert_eq!(recover_blocking(&path), None, "it is done once");
        }
    }

    #[test]
    fn what_another_hand_wrote_meanwhile_stays() {
        let (_folder, path) = interrupted("schema = 1\n# theirs\n");
        assert_eq!(recover_blocking(&path), Some(Ending::Overtaken));
        assert!(fs::read_to_string(&path).unwrap().contains("theirs"));
    }

    #[test]
    fn what_goes_back_is_kept_as_a_backup() {
        let (_folder, path) = interrupted(NEW);
        recover_blocking(&path);
        assert_eq!(fs::read_to_string(path.with_extension("toml.backup")).unwrap(), NEW);
    }
}
