//! What concerns files: opening, importing, exporting, backups. All of it runs as jobs; their reports are taken at the beginning of a frame.
//! Saving is in `save`, what another hand does to the file in `disk`.

use super::{Wizard, disk::Seen, far::Done};
use crate::{
    changes,
    command::{Action, Command},
    dialog::{Backups, Compare, Dialog, Kept, Purpose, Question},
    document::{self, Expected, Text, Writing, Written},
    jobs::{Job, Reporter},
    model::Model,
    problem::Problem,
};
use egui::ViewportCommand;
use shared::{Draft, SettingPath, file::backup};
use std::path::{Path, PathBuf};

/// What a job has done.
pub(super) enum Report {
    Opened(PathBuf, Result<Text, Problem>),
    Imported(PathBuf, Result<Text, Problem>),
    Saved(Writing, Result<Written, Problem>),
    Exported(PathBuf, Result<usize, Problem>),
    RolledBack(PathBuf, PathBuf, Result<Text, Problem>),
    Backups(Result<Vec<Kept>, Problem>),
    Looked(Seen),
    Far(Done),
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
        self.take_far(context);
        self.decide_about_disk();
    }

    pub(super) fn act_on_file(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::New => self.guard(context, Command::Do(Action::New)),
            Action::Quit => self.guard(context, Command::Close),
            Action::ConnectService => self.guard(context, Command::Do(Action::ConnectService)),
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
                if self.disk.is_none() && self.model.service().is_some() {
                    self.compare_there();
                } else if let Some(text) = &self.disk {
                    self.dialog = Some(Dialog::Compare(Compare::new(changes::between(&text.draft, self.model.draft()))));
                }
            }
            Command::Browse => self.browse(),
            Command::Close => {
                self.closing = true;
                context.send_viewport_cmd(ViewportCommand::Close);
            }
            Command::Do(_)
            | Command::Show(_)
            | Command::Find(_)
            | Command::Examine(_)
            | Command::Connect
            | Command::ForgetCertificate(_)
            | Command::Keep
            | Command::GoBack
            | Command::Provision => {}
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
            // It gets its place, so that its backups can be listed; saving over it is asked about.
            Report::Opened(path, Err(Problem::Empty)) => {
                self.model = Model::new(Some(path.clone()), Draft::default());
                self.watch = None;
                self.tell(&path, &Problem::Empty, [("answer-backups", Command::Do(Action::Backups))]);
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
            Report::Far(done) => self.far_done(done),
        }
    }

    fn list_backups(&mut self) {
        let Some(file) = self.model.file().cloned() else { return };
        self.start("list backups", move |reporter| {
            let kept = |backup: backup::Backup| Kept { draft: document::read(&backup.path).map(|text| text.draft), backup };
            let listed = backup::list(&file).map(|backups| backups.into_iter().map(kept).collect());
            reporter.say(Report::Backups(listed.map_err(|error| Problem::from(&error))));
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

    pub(super) fn file_name(&self) -> String {
        if let Some(service) = self.model.service() {
            return service.address();
        }
        let name = self.model.file().and_then(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
        name.unwrap_or_else(|| self.language.text("untitled"))
    }

    pub(super) fn tell(&mut self, path: &Path, problem: &Problem, answers: impl IntoIterator<Item = (&'static str, Command)>) {
        let text = problem.said(self.language, path);
        self.status.clone_from(&text);
        self.went_wrong = true;
        self.dialog = Some(Dialog::Question(Question::new(self.language.text("problem"), text, answers)));
    }

    pub(super) fn start(&mut self, name: &str, work: impl FnOnce(&Reporter<Report>) + Send + 'static) {
        match self.jobs.start(name, work) {
            Ok(job) => self.work.push(job),
            Err(error) => self.status = Problem::from(&error).said(self.language, Path::new(name)),
        }
    }
}
