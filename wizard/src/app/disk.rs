//! What another hand does to the file: it is looked at while the wizard is open, and what to do about a change is asked once.

use super::Wizard;
use crate::{
    command::Command,
    dialog::{Dialog, Question},
    document::{self, Text},
    jobs::Reporter,
    problem::Problem,
};
use shared::file::Version;
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What is in a file now.
pub(super) struct Seen {
    pub(super) path: PathBuf,
    pub(super) found: Result<Text, Problem>,
}

impl Wizard {
    pub(super) fn look_at(&mut self, Seen { path, found }: Seen) {
        if self.model.file() != Some(&path) {
            return;
        }
        match found {
            Ok(text) => self.disk = (self.model.version() != Some(text.version)).then_some(text),
            Err(Problem::Absent) => self.say("status-file-gone", [("file", self.file_name())]),
            // Perhaps it is only half written; it is looked at again, and saving compares once more.
            Err(_) => self.say("status-file-unreadable", [("file", self.file_name())]),
        }
    }

    pub(super) fn decide_about_disk(&mut self) {
        // While this wizard itself writes, what is on the disk may be its own.
        if !self.work.is_empty() || self.dialog.is_some() {
            return;
        }
        let Some(text) = &self.disk else { return };
        if self.model.version() == Some(text.version) {
            self.disk = None;
        } else if !self.model.is_changed() || text.draft.values() == self.model.draft().values() {
            self.model.reload(text);
            self.disk = None;
            self.say("status-reloaded", []);
        } else if self.asked != Some(text.version) {
            self.asked = Some(text.version);
            let answers =
                [("answer-compare", Command::CompareWithDisk), ("answer-keep-mine", Command::KeepMine), ("answer-reload", Command::Reload)];
            let question = self.language.text_with("disk-text", [("file", self.file_name().into())]);
            self.dialog = Some(Dialog::Question(Question::new(self.language.text("disk"), question, answers)));
        }
    }

    /// The document has a file now: it is remembered and watched.
    pub(super) fn has_file(&mut self, key: &str) {
        let Some(path) = self.model.file().cloned() else { return };
        self.preferences.used(&path);
        self.say(key, [("file", self.file_name())]);
        self.disk = None;
        self.watch = self.jobs.start("watch file", move |reporter| watch(&path, reporter)).ok();
    }
}

/// Looks at a file until nobody wants to know any more; tells each new content once. It is read only when its time or length has changed.
fn watch(path: &Path, reporter: &Reporter<Seen>) {
    let mut stamp = None;
    let mut told: Option<Option<Version>> = None;
    while !reporter.is_cancelled() {
        let now = fs::metadata(path).ok().map(|metadata| (metadata.modified().ok(), metadata.len()));
        if stamp != Some(now) {
            stamp = Some(now);
            let found = document::read(path);
            let version = found.as_ref().ok().map(|text| text.version);
            if told != Some(version) {
                told = Some(version);
                reporter.say(Seen { path: path.into(), found });
            }
        }
        thread::sleep(LOOK);
    }
}
