//! What concerns files: opening, saving, importing, exporting, backups, and what another hand does to the file. All of it runs as jobs;
//! their reports are taken at the beginning of a frame.

use super::Wizard;
use crate::{
    changes,
    command::{Action, Command},
    dialog::{Backups, Browse, Compare, Dialog, Kept, PathDialog, Purpose, Question},
    document::{self, Expected, Problem, Text, Writing, Written},
    jobs::{Job, Reporter},
    model::Model,
    probe,
};
use egui::ViewportCommand;
use shared::{
    Draft, Finding, SettingPath,
    file::{self, Version, backup},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What a job has done.
pub(super) enum Report {
    Opened(PathBuf, Result<Text, Problem>),
    Imported(PathBuf, Result<Text, Problem>),
    Saved(Writing, Result<Written, Problem>),
    Exported(PathBuf, Result<usize, Problem>),
    RolledBack(PathBuf, PathBuf, Result<Text, Problem>),
    Backups(Result<Vec<Kept>, Problem>),
    Looked(Seen),
}

/// What is in a file now.
pub(super) struct Seen {
    pub(super) path: PathBuf,
    pub(super) found: Result<Text, Problem>,
}

impl Wizard {
    /// Opens a file; one that is not there becomes a new document that is saved there.
    pub fn open(&mut self, file: PathBuf) {
        self.start("open file", move |reporter| {
            let text = document::read(&file);
            reporter.say(Report::Opened(file, text));
        });
    }

    /// Waits until everything that reads or writes files has ended: for tests, which have no window that would stand still.
    pub fn finish(&mut self, context: &egui::Context) {
        while let Some(mut job) = self.work.pop() {
            while let Some(report) = job.wait() {
                self.take(context, report);
            }
        }
    }

    pub(super) fn take_reports(&mut self, context: &egui::Context) {
        self.names.take();
        let mut reports = Vec::new();
        self.work.retain_mut(|job| {
            reports.extend(job.poll());
            !job.has_ended()
        });
        for report in reports {
            self.take(context, report);
        }
        let seen = self.watch.as_mut().map(Job::poll).unwrap_or_default();
        for seen in seen {
            self.look_at(seen);
        }
        let picked = self.browsing.as_mut().and_then(|job| job.poll().pop());
        if let (Some(picked), Some(Dialog::Path(dialog))) = (picked, &mut self.dialog)
            && let Some(command) = dialog.picked(picked)
        {
            self.close_dialog();
            self.run(context, command);
        }
        self.decide_about_disk();
    }

    pub(super) fn act_on_file(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::New => self.guard(context, Command::Do(Action::New)),
            Action::Quit => self.guard(context, Command::Close),
            Action::Open => self.ask_path(Purpose::Open),
            Action::Import => self.ask_path(Purpose::Import),
            Action::Export => self.ask_path(Purpose::Export),
            Action::Save => self.save(),
            Action::SaveAs if self.may_save() => self.ask_path(Purpose::SaveAs),
            Action::Revert => {
                self.model.revert();
                self.say("status-reverted", []);
            }
            Action::Backups => self.list_backups(),
            _ => {}
        }
    }

    pub(super) fn run_file(&mut self, context: &egui::Context, command: Command) {
        match command {
            Command::OpenFile(path) => self.guard(context, Command::OpenFile(path)),
            Command::SaveTo(path) => {
                let own = self.model.file() == Some(&path);
                let expected = self.model.version().filter(|_| own).map_or(Expected::Nothing, Expected::Version);
                self.write(path, expected);
            }
            Command::Replace(path) => self.write(path, Expected::Anything),
            Command::SaveAsAdministrator(path) => self.write_as_administrator(&path),
            Command::SaveThen(then) => {
                self.after_save = Some(Command::Discard(then));
                self.save();
            }
            Command::Discard(then) => self.discard(context, *then),
            Command::ImportFrom(path) => self.start("import file", move |reporter| {
                let text = document::read(&path);
                reporter.say(Report::Imported(path, text));
            }),
            Command::ExportTo(path) => {
                let text = self.model.to_toml();
                self.start("export file", move |reporter| {
                    let done = document::export(&text, &path);
                    reporter.say(Report::Exported(path, done));
                });
            }
            Command::RollBack(backup) => {
                let Some(file) = self.model.file().cloned() else { return };
                self.start("roll back", move |reporter| {
                    let done = document::roll_back(&file, &backup);
                    reporter.say(Report::RolledBack(file, backup, done));
                });
            }
            Command::Reload => {
                if let Some(text) = self.disk.take() {
                    self.model.reload(&text);
                    self.say("status-reloaded", []);
                }
            }
            Command::KeepMine => {
                if let Some(text) = self.disk.take() {
                    self.model.keep_mine(&text);
                    self.say("status-kept", []);
                }
            }
            Command::CompareWithDisk => {
                if let Some(text) = &self.disk {
                    self.dialog = Some(Dialog::Compare(Compare::new(changes::between(&text.draft, self.model.draft()))));
                }
            }
            Command::Browse => self.browse(),
            Command::Close => {
                self.closing = true;
                context.send_viewport_cmd(ViewportCommand::Close);
            }
            Command::Do(_) | Command::Show(_) | Command::Find(_) => {}
        }
    }

    fn take(&mut self, context: &egui::Context, report: Report) {
        match report {
            Report::Opened(path, Ok(text)) => {
                self.model = Model::opened(path, &text);
                self.names.ask(&self.jobs, &self.model);
                self.has_file("status-opened");
            }
            Report::Opened(path, Err(Problem::Absent)) if !self.preferences.recent.contains(&path) => {
                self.model = Model::new(Some(path), Draft::default());
                self.watch = None;
                self.say("status-new-file", [("file", self.file_name())]);
            }
            Report::Opened(path, Err(problem)) => {
                if problem == Problem::Absent {
                    self.preferences.forget(&path);
                }
                self.tell(&path, &problem, []);
            }
            Report::Imported(_, Ok(text)) => {
                let draft = Draft::clone(&text.draft);
                self.model.change(&SettingPath::default(), |mine| *mine = draft);
                self.say("status-imported", []);
            }
            Report::Exported(path, Ok(count)) => {
                self.say("status-exported", [("file", path.display().to_string()), ("count", count.to_string())]);
            }
            Report::Imported(path, Err(problem)) | Report::Exported(path, Err(problem)) => self.tell(&path, &problem, []),
            Report::Saved(writing, done) => self.saved(context, writing, done),
            Report::RolledBack(file, backup, done) => self.rolled_back(&file, &backup, done),
            Report::Backups(Ok(copies)) => self.dialog = Some(Dialog::Backups(Backups::new(copies, self.model.draft()))),
            Report::Backups(Err(problem)) => {
                let file = self.model.file().cloned().unwrap_or_default();
                self.tell(&file, &problem, []);
            }
            Report::Looked(seen) => self.look_at(seen),
        }
    }

    // === saving ===

    fn save(&mut self) {
        if !self.may_save() {
            return;
        }
        match self.model.file().cloned() {
            Some(path) => self.write(path.clone(), self.model.version().map_or(Expected::Nothing, Expected::Version)),
            None => self.ask_path(Purpose::SaveAs),
        }
    }

    fn first_error(&self) -> Option<SettingPath> {
        self.model.findings().iter().find(|finding| finding.is_error()).map(|Finding { path, .. }| path.clone())
    }

    fn may_save(&mut self) -> bool {
        let Some(error) = self.first_error() else { return true };
        self.after_save = None;
        let (title, text) = (self.language.text("errors"), self.language.text("errors-text"));
        self.dialog = Some(Dialog::Question(Question::new(title, text, [("answer-show-error", Command::Find(error))])));
        false
    }

    fn write(&mut self, path: PathBuf, expected: Expected) {
        self.model.never_empty();
        let writing = Writing { path, draft: Arc::clone(self.model.draft()), base: Arc::clone(self.model.base()), expected };
        self.start("save file", move |reporter| {
            let done = writing.write();
            reporter.say(Report::Saved(writing, done));
        });
    }

    fn write_as_administrator(&mut self, path: &Path) {
        let Some(administrator) = probe::administrator() else { return };
        let Some(writing) = self.failed.take().filter(|writing| writing.path == path) else { return };
        self.say("status-asking-password", []);
        self.start("save as administrator", move |reporter| {
            let done = writing.write_as_administrator(&administrator);
            reporter.say(Report::Saved(writing, done));
        });
    }

    fn saved(&mut self, context: &egui::Context, writing: Writing, done: Result<Written, Problem>) {
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
            Err(Problem::Denied) => {
                self.failed = Some(writing);
                let administrator = ("answer-administrator", Command::SaveAsAdministrator(path.clone()));
                let elsewhere = ("answer-elsewhere", Command::Do(Action::SaveAs));
                let answers = probe::administrator().map(|_| administrator).into_iter().chain([elsewhere]);
                self.tell(&path, &Problem::Denied, answers);
            }
            Err(problem) => self.tell(&path, &problem, [("answer-elsewhere", Command::Do(Action::SaveAs))]),
        }
    }

    // === unsaved changes ===

    /// Does something that ends this document; asks first when changes would get lost.
    fn guard(&mut self, context: &egui::Context, then: Command) {
        if !self.model.is_changed() {
            return self.discard(context, then);
        }
        let boxed = || Box::new(then.clone());
        let (key, first) = match self.first_error() {
            Some(error) => ("unsaved-errors-text", ("answer-show-error", Command::Find(error))),
            None => ("unsaved-text", ("answer-save", Command::SaveThen(boxed()))),
        };
        let answers = [first, ("answer-discard", Command::Discard(boxed()))];
        let text = self.language.text_with(key, [("file", self.file_name().into())]);
        self.dialog = Some(Dialog::Question(Question::new(self.language.text("unsaved"), text, answers)));
    }

    fn discard(&mut self, context: &egui::Context, then: Command) {
        match then {
            Command::Do(Action::New) => {
                self.model = Model::new(None, Draft::default());
                (self.watch, self.disk) = (None, None);
                self.say("status-new", []);
            }
            Command::OpenFile(path) => self.open(path),
            command => self.run_file(context, command),
        }
    }

    // === paths ===

    fn ask_path(&mut self, purpose: Purpose) {
        let file = self.model.file().cloned().unwrap_or_else(|| file::locate(None).path);
        let proposal = match purpose {
            Purpose::SaveAs => file,
            Purpose::Export => std::env::home_dir().unwrap_or_default().join("jackfield-export.toml"),
            Purpose::Open | Purpose::Import => file.parent().map(|folder| folder.join("")).unwrap_or_default(),
        };
        let browse = if self.file_dialogs { Browse::Possible } else { Browse::Impossible };
        self.dialog = Some(Dialog::Path(PathDialog::new(purpose, Some(&proposal), browse)));
        if self.file_dialogs {
            self.browse();
        }
    }

    fn browse(&mut self) {
        let Some(Dialog::Path(dialog)) = &mut self.dialog else { return };
        let (purpose, typed) = (dialog.purpose(), dialog.typed());
        let title = self.language.text(purpose.key());
        let kind = self.language.text("path-kind");
        let job = self.jobs.start("file dialog", move |reporter: &Reporter<Option<PathBuf>>| {
            let asked = rfd::FileDialog::new().set_title(title).add_filter(kind, &["toml"]);
            let folder = if typed.is_dir() { Some(typed.as_path()) } else { typed.parent() };
            let asked = folder.map_or_else(|| asked.clone(), |folder| asked.clone().set_directory(folder));
            let name = typed.file_name().filter(|_| !typed.is_dir()).map(|name| name.to_string_lossy().into_owned());
            reporter.say(match purpose {
                Purpose::Open | Purpose::Import => asked.pick_file(),
                Purpose::SaveAs | Purpose::Export => asked.set_file_name(name.unwrap_or_default()).save_file(),
            });
        });
        if let Ok(job) = job {
            dialog.browse = Browse::Open;
            self.browsing = Some(job);
        }
    }

    // === backups ===

    fn list_backups(&mut self) {
        let Some(file) = self.model.file().cloned() else { return };
        self.start("list backups", move |reporter| {
            let kept = |backup: backup::Backup| Kept { draft: document::read(&backup.path).map(|text| text.draft), backup };
            let listed = backup::list(&file).map(|backups| backups.into_iter().map(kept).collect());
            reporter.say(Report::Backups(listed.map_err(|error| Problem::Failed(error.to_string()))));
        });
    }

    fn rolled_back(&mut self, file: &Path, backup: &Path, done: Result<Text, Problem>) {
        let name = backup.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match done {
            Ok(text) => {
                self.model.reload(&text);
                self.say("status-rolled-back", [("backup", name)]);
            }
            // The file may not be written: the backup's settings become an edit, which is saved with more rights or elsewhere.
            Err(Problem::Denied) => {
                let backup = backup.to_path_buf();
                self.start("import file", move |reporter| {
                    let text = document::read(&backup);
                    reporter.say(Report::Imported(backup, text));
                });
            }
            Err(problem) => self.tell(file, &problem, []),
        }
    }

    // === another hand ===

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

    fn decide_about_disk(&mut self) {
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
    fn has_file(&mut self, key: &str) {
        let Some(path) = self.model.file().cloned() else { return };
        self.preferences.used(&path);
        self.say(key, [("file", self.file_name())]);
        self.disk = None;
        self.watch = self.jobs.start("watch file", move |reporter| watch(&path, reporter)).ok();
    }

    // === words ===

    pub(super) fn file_name(&self) -> String {
        let name = self.model.file().and_then(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
        name.unwrap_or_else(|| self.language.text("untitled"))
    }

    fn tell(&mut self, path: &Path, problem: &Problem, answers: impl IntoIterator<Item = (&'static str, Command)>) {
        let values = [("file", path.display().to_string().into()), ("why", problem.why().into())];
        let text = self.language.text_with(problem.key(), values);
        self.status.clone_from(&text);
        self.dialog = Some(Dialog::Question(Question::new(self.language.text("problem"), text, answers)));
    }

    fn start(&mut self, name: &str, work: impl FnOnce(&Reporter<Report>) + Send + 'static) {
        match self.jobs.start(name, work) {
            Ok(job) => self.work.push(job),
            Err(error) => self.say("problem-failed", [("file", name.to_owned()), ("why", error.to_string())]),
        }
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
