//! The system's file dialog, beside every path that can be typed. It is asked on a thread, because it blocks until a person has chosen;
//! where there is none, that was found out beforehand (`probe`), as a dialog that cannot be shown and one that was cancelled look alike.

use crate::jobs::{Job, Jobs, Reporter};
use shared::{SettingPath, definition::PathKind};
use std::path::{Path, PathBuf};

/// What the dialog is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The dialog's title.
    pub title: String,
    /// What is to be chosen.
    pub kind: PathKind,
    /// Where it begins: the folder, and the name that is proposed for a new file.
    pub from: PathBuf,
    /// Which files it shows, as the name of their kind and their extension; `None` for all.
    pub filter: Option<(String, &'static str)>,
}

/// Asks; the job says `None` when the person has cancelled.
///
/// # Errors
/// The system has no thread left.
pub fn ask(jobs: &Jobs, ask: Ask) -> std::io::Result<Job<Option<PathBuf>>> {
    jobs.start("file dialog", move |reporter: &Reporter<Option<PathBuf>>| reporter.say(answer(ask)))
}

fn answer(Ask { title, kind, from, filter }: Ask) -> Option<PathBuf> {
    let is_folder = from.is_dir();
    let mut dialog = rfd::FileDialog::new().set_title(title);
    if let Some((name, extension)) = filter {
        dialog = dialog.add_filter(name, &[extension]);
    }
    if let Some(folder) = if is_folder { Some(from.as_path()) } else { from.parent() }.filter(|folder| folder.is_dir()) {
        dialog = dialog.set_directory(folder);
    }
    match kind {
        PathKind::File => dialog.pick_file(),
        PathKind::Folder => dialog.pick_folder(),
        PathKind::NewFile => {
            let name = from.file_name().filter(|_| !is_folder).map(|name| name.to_string_lossy().into_owned());
            dialog.set_file_name(name.unwrap_or_default()).save_file()
        }
    }
}

/// The dialog that a field has opened, one at a time.
#[derive(Default)]
pub struct Browsing {
    /// Can it be shown at all?
    pub possible: bool,
    open: Option<(SettingPath, Job<Option<PathBuf>>)>,
}

impl Browsing {
    /// Is it open, for whichever field?
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens it for a field.
    pub fn start(&mut self, jobs: &Jobs, field: &SettingPath, question: Ask) {
        self.open = ask(jobs, question).ok().map(|job| (field.clone(), job));
    }

    /// What was chosen for this field; `Some(None)` when that was cancelled.
    pub fn poll(&mut self, field: &SettingPath) -> Option<Option<PathBuf>> {
        let (asked, job) = self.open.as_mut()?;
        if asked != field {
            return None;
        }
        let come = job.poll().pop();
        if come.is_some() || job.has_ended() {
            self.open = None;
            return Some(come.flatten());
        }
        None
    }
}

/// A path as people type it: `~` is the home folder, and what is relative counts from where the wizard was started.
pub fn absolute(typed: &str) -> PathBuf {
    let home = || std::env::home_dir().filter(|_| typed == "~" || typed.starts_with("~/"));
    let path = home().map_or_else(|| PathBuf::from(typed), |home| home.join(typed.trim_start_matches('~').trim_start_matches('/')));
    std::path::absolute(&path).unwrap_or(path)
}

/// Where a dialog for this path begins; beside the configuration when nothing is typed.
pub fn begin(typed: &str, beside: Option<&Path>) -> PathBuf {
    match typed.trim() {
        "" => beside.and_then(Path::parent).map(|folder| folder.join("")).unwrap_or_default(),
        typed => absolute(typed),
    }
}
