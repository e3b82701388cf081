//! A service for the trial: the installed `jackfield run` as a child, with a private copy of the unsaved draft, on addresses of this machine
//! that the system chooses. It ends with whoever holds it, and even with a wizard that is killed, because it ends with its input.

use super::folder;
use crate::{
    child::{Child, End, Event, Order},
    jobs::{Job, Jobs},
};
use shared::{Draft, SettingPath};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// The service drains and says good-bye to SAP for as long.
const GRACE: Duration = Duration::from_secs(5);

/// Settings that a trial does without: what says who may call from elsewhere, and what reaches other systems or leaves files behind.
const LEFT_OUT: [&str; 11] = [
    "service.listen",
    "service.public_url",
    "service.event_hosts",
    "service.tls",
    "service.access",
    "admin",
    "store",
    "sld",
    "genesys_cloud",
    "log.folder",
    "log_to_text",
];

/// The service for the trial.
pub struct Trial {
    /// What it was made from, to tell whether the draft has changed since.
    draft: Arc<Draft>,
    program: PathBuf,
    writing: Option<Job<Result<TempDir, String>>>,
    /// Gone with the trial.
    folder: Option<TempDir>,
    child: Option<Child>,
    ici: Option<String>,
    admin: Option<String>,
    is_ready: bool,
    failure: Option<String>,
}

impl Trial {
    /// Starts one from a draft; `file` is where the draft will be saved, from where it counts its relative paths.
    pub fn start(jobs: &Jobs, program: PathBuf, draft: &Arc<Draft>, file: Option<&Path>) -> Self {
        let text = toml::to_string(copy(draft, file.and_then(Path::parent)).values());
        let write = move || -> Result<TempDir, String> {
            let folder = folder::make().map_err(|error| error.to_string())?;
            let text = text.map_err(|error| error.to_string())?;
            fs::write(folder.path().join("jackfield.toml"), text).map_err(|error| error.to_string())?;
            Ok(folder)
        };
        let (writing, failure) = match jobs.start("trial", move |reporter| reporter.say(write())) {
            Ok(job) => (Some(job), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self { draft: Arc::clone(draft), program, writing, folder: None, child: None, ici: None, admin: None, is_ready: false, failure }
    }

    /// Takes in what has happened.
    pub fn poll(&mut self, jobs: &Jobs) {
        if let Some(folder) = self.writing.as_mut().and_then(|job| job.poll().pop()) {
            self.writing = None;
            match folder.and_then(|folder| self.run(jobs, folder).map_err(|error| error.to_string())) {
                Ok(()) => {}
                Err(why) => self.failure = Some(why),
            }
        }
        for event in self.child.as_mut().map(Child::poll).unwrap_or_default() {
            match event {
                Event::Line(line) => self.hear(&line),
                Event::Ended(end) => {
                    self.is_ready = false;
                    self.failure = Some(words(&end));
                }
            }
        }
    }

    /// Where SAP reaches it, and where administrators do, as soon as it is ready.
    pub fn places(&self) -> Option<(&str, &str)> {
        if self.is_ready { Some((self.ici.as_deref()?, self.admin.as_deref()?)) } else { None }
    }

    /// Why it is not there, in the program's words.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Is it another draft by now?
    pub fn is_stale(&self, draft: &Draft) -> bool {
        self.draft.values() != draft.values()
    }

    fn run(&mut self, jobs: &Jobs, folder: TempDir) -> std::io::Result<()> {
        let any = "127.0.0.1:0";
        let config = folder.path().join("jackfield.toml");
        self.folder = Some(folder);
        let order = Order::new(&self.program)
            .arguments(["run", "--until-input-ends", "--listen", any, "--admin", any, "--config"])
            .arguments([config])
            .grace(GRACE);
        self.child = Some(order.start(jobs)?);
        Ok(())
    }

    /// The start-up lines are an interface of the program.
    fn hear(&mut self, line: &str) {
        if let Some(url) = line.strip_prefix("listening ici ") {
            self.ici = Some(url.to_owned());
        } else if let Some(url) = line.strip_prefix("listening admin ") {
            self.admin = Some(url.to_owned());
        } else if line == "ready" {
            self.is_ready = true;
        }
    }
}

/// The draft without what is of no use here; relative paths count from `folder`.
fn copy(draft: &Draft, folder: Option<&Path>) -> Draft {
    let mut copy = draft.clone();
    for path in LEFT_OUT.iter().filter_map(|path| path.parse::<SettingPath>().ok()) {
        copy.unset(&path);
    }
    if let (Ok(profile), Some(folder)) = ("ici.profile".parse::<SettingPath>(), folder)
        && let Some(path) = copy.get(&profile).and_then(toml::Value::as_str).map(|path| folder.join(path))
    {
        copy.set(&profile, path.to_string_lossy().into_owned().into());
    }
    // A file without anything in it is refused as one that an editor has just emptied.
    if let Ok(schema) = "schema".parse()
        && copy.get(&schema).is_none()
    {
        copy.set(&schema, i64::from(shared::config::SCHEMA).into());
    }
    copy
}

/// How a child ended, in its own words; its log stands before them.
pub(super) fn words(end: &End) -> String {
    let last = |errors: &str| {
        let lines: Vec<&str> = errors.lines().collect();
        lines[lines.len().saturating_sub(6)..].join("\n")
    };
    match end {
        End::Exited { errors, .. } | End::TimedOut { errors } => last(errors),
        End::Cancelled => String::new(),
        End::NotStarted(why) => why.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_reaches_nobody_else_and_keeps_the_rest() {
        let text = "[service]\nlisten = \"0.0.0.0:80\"\npath = \"/ici\"\n[service.access]\nnetworks = [\"10.0.0.0/8\"]\n\
                    [admin]\ntoken = \"env:X\"\n[ici]\nprofile = \"site.toml\"\n[workmodes]\nready = \"Free\"\n[sld]\nserver = \"sld\"\n";
        let copy = copy(&Draft::parse(text).unwrap(), Some(Path::new("/etc/jackfield")));
        let expected =
            "schema = 1\n[service]\npath = \"/ici\"\n[ici]\nprofile = \"/etc/jackfield/site.toml\"\n[workmodes]\nready = \"Free\"\n";
        assert_eq!(copy.values(), Draft::parse(expected).unwrap().values());
    }

    #[test]
    fn an_empty_draft_is_a_file_that_the_service_takes() {
        assert_eq!(toml::to_string(copy(&Draft::default(), None).values()).unwrap(), "schema = 1\n");
    }
}
