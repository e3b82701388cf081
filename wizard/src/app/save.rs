//! Saving: when it may be done, what is asked when it cannot, and that unsaved changes are never lost without a question.

use super::Wizard;
use super::{disk::Seen, file::Report};
use crate::{
    administrator,
    command::{Action, Command},
    dialog::{Dialog, Purpose, Question},
    document::{self, Expected, Writing, Written},
    model::Model,
    problem::Problem,
};
use shared::{Draft, Finding, SettingPath};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

impl Wizard {
    pub(super) fn save(&mut self) {
        if !self.may_save() {
            return;
        }
        if self.begins_to_provision() {
            let organization = self.model.config().genesys_cloud.organization.clone().unwrap_or_default();
            let values = [("file", self.file_name().into()), ("organization", organization.into())];
            let (title, text) = (self.language.text("cloud-provision-title"), self.language.text_with("cloud-provision-text", values));
            self.dialog = Some(Dialog::Question(Question::new(title, text, [("answer-yes", Command::Provision)])));
            return;
        }
        self.save_now();
    }

    /// With this file the service begins to write into an organisation of Genesys Cloud: the guide asks once more before that.
    fn begins_to_provision(&self) -> bool {
        let Ok(enabled) = "genesys_cloud.enabled".parse::<SettingPath>() else { return false };
        let is_on = |draft: &Draft| draft.get(&enabled).and_then(toml::Value::as_bool) == Some(true);
        is_on(self.model.draft()) && !is_on(self.model.saved())
    }

    pub(super) fn save_now(&mut self) {
        if let Some(service) = self.model.service().cloned() {
            return self.save_far(&service);
        }
        match self.model.file().cloned() {
            Some(path) => self.write(path.clone(), self.model.version().map_or(Expected::Nothing, Expected::Version)),
            None => self.ask_path(Purpose::SaveAs),
        }
    }

    fn first_error(&self) -> Option<SettingPath> {
        self.model.findings().iter().find(|finding| finding.is_error()).map(|Finding { path, .. }| path.clone())
    }

    pub(super) fn may_save(&mut self) -> bool {
        let Some(error) = self.first_error() else { return true };
        self.after_save = None;
        let (title, text) = (self.language.text("errors"), self.language.text("errors-text"));
        self.dialog = Some(Dialog::Question(Question::new(title, text, [("answer-show-error", Command::Find(error))])));
        false
    }

    pub(super) fn write(&mut self, path: PathBuf, expected: Expected) {
        self.model.never_empty();
        let writing = Writing { path, draft: Arc::clone(self.model.draft()), base: Arc::clone(self.model.base()), expected };
        self.start("save file", move |reporter| {
            let done = writing.write();
            reporter.say(Report::Saved(writing, done));
        });
    }

    pub(super) fn write_as_administrator(&mut self, path: &Path) {
        let Some(writing) = self.failed.take().filter(|writing| writing.path == path) else { return };
        let Some(administrator) = administrator::find() else {
            return self.tell(path, &Problem::NoAdministrator, [("answer-elsewhere", Command::Do(Action::SaveAs))]);
        };
        self.say("status-asking-password", []);
        self.start("save as administrator", move |reporter| {
            let done = writing.write_as_administrator(&administrator);
            reporter.say(Report::Saved(writing, done));
        });
    }

    pub(super) fn saved(&mut self, context: &egui::Context, writing: Writing, done: Result<Written, Problem>) {
        let path = writing.path.clone();
        match done {
            Ok(written) => {
                self.model.was_saved(path, &written.text);
                self.disk = None;
                match written.backup.as_deref().and_then(Path::file_name) {
                    Some(backup) => {
                        let backup = backup.to_string_lossy().into_owned();
                        self.has_file("status-saved");
                        self.say("status-saved-backup", [("file", self.file_name()), ("backup", backup)]);
                    }
                    None => self.has_file("status-saved"),
                }
                if let Some(then) = self.after_save.take() {
                    self.run(context, then);
                }
            }
            Err(Problem::Changed) => {
                self.asked = None;
                self.start("look at file", move |reporter| reporter.say(Report::Looked(Seen { found: document::read(&path), path })));
            }
            Err(Problem::Exists) => self.tell(&path.clone(), &Problem::Exists, [("answer-replace", Command::Replace(path))]),
            // Whoever has mistyped the password, or closed its window, is asked again.
            Err(problem @ (Problem::Denied | Problem::NotAllowed)) => {
                self.failed = Some(writing);
                let administrator = ("answer-administrator", Command::SaveAsAdministrator(path.clone()));
                let elsewhere = ("answer-elsewhere", Command::Do(Action::SaveAs));
                let answers = administrator::find().map(|_| administrator).into_iter().chain([elsewhere]);
                self.tell(&path, &problem, answers);
            }
            Err(problem) => self.tell(&path, &problem, [("answer-elsewhere", Command::Do(Action::SaveAs))]),
        }
    }

    /// Does something that ends this document; asks first when changes would get lost.
    pub(super) fn guard(&mut self, context: &egui::Context, then: Command) {
        if self.guard_waiting(&then) {
            return;
        }
        if !self.model.is_changed() {
            return self.discard(context, then);
        }
        let boxed = || Box::new(then.clone());
        let (key, first) = match self.first_error() {
            Some(error) => ("unsaved-errors-text", ("answer-show-error", Command::Find(error))),
            None => ("unsaved-text", ("answer-save", Command::SaveThen(boxed()))),
        };
        // What is saved on another machine has to be kept as well: that cannot be done on the way out.
        let first = Some(first).filter(|(key, _)| self.model.service().is_none() || *key != "answer-save");
        let answers = first.into_iter().chain([("answer-discard", Command::Discard(boxed()))]);
        let text = self.language.text_with(key, [("file", self.file_name().into())]);
        self.dialog = Some(Dialog::Question(Question::new(self.language.text("unsaved"), text, answers)));
    }

    pub(super) fn discard(&mut self, context: &egui::Context, then: Command) {
        self.waiting = None;
        match then {
            Command::Do(Action::New) => {
                self.model = Model::new(None, Draft::default());
                (self.watch, self.disk) = (None, None);
                self.say("status-new", []);
            }
            Command::Do(Action::ConnectService) => self.ask_service(),
            Command::OpenFile(path) => self.open(path),
            command => self.run_file(context, command),
        }
    }
}
