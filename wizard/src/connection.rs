//! Test Connection, and Examine an Agent: has the installed `jackfield check --json` or `jackfield doctor --json` look at what is on the
//! screen, saved or not, and keeps what it says of each stage. Knows no egui. The draft goes to the child's standard input, so that nothing of it is written anywhere.

use crate::{
    child::{Child, End, Event, Order},
    jobs::{Job, Jobs},
    language::Language,
    model::Model,
    remote::Service,
    widget::finding,
};
use fluent_bundle::FluentArgs;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// No test takes longer; each of its probes has a shorter deadline of its own.
const DEADLINE: Duration = Duration::from_mins(1);
/// The command line was not understood (`sysexits.h`): the program is of another version.
const USAGE: i32 = 64;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether everything is as it should be.
    Everything,
    /// Why this agent cannot log on.
    Agent {
        /// His name as SAP has it.
        name: String,
        /// The work centre that he names; empty: none.
        station: String,
    },
}

/// A test that runs, or has run. Dropping it ends the child.
pub struct Test {
    question: Question,
    program: Option<PathBuf>,
    source: Option<Source>,
    stages: Vec<Stage>,
    version: Option<String>,
    summary: Option<Verdict>,
    trouble: Option<Trouble>,
}

/// Who tests.
enum Source {
    /// The installed program.
    Child(Child),
    /// A service on another machine.
    There(Job<Event>),
}

/// One stage of the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name, as the program calls it.
    pub name: String,
    /// What came of it; `None`: it has not ended.
    pub result: Option<StageResult>,
}

/// What came of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct StageResult {
    /// The worst of its details.
    pub verdict: Verdict,
    /// How long it took.
    pub milliseconds: u64,
    /// What was looked at.
    #[serde(default)]
    pub details: Vec<Detail>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Detail {
    /// A setting, an address, a host; empty for all of it.
    #[serde(default)]
    pub subject: String,
    /// How it is.
    pub verdict: Verdict,
    /// Which sentence it is: `check-…` or `finding-…`; empty from an older program.
    #[serde(default)]
    pub id: String,
    /// Which of several of that id; empty where there is only one.
    #[serde(default)]
    pub case: String,
    /// What the sentence names.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What was seen, in English.
    pub cause: String,
    /// What to do, in English; empty where nothing is to be done.
    #[serde(default)]
    pub repair: String,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not looked at.
    Skipped,
    /// As it should be.
    Ok,
    /// Nobody could tell.
    Undecided,
    /// It works, but somebody should look at it.
    Warning,
    /// It does not work.
    Failed,
    /// A verdict of a later version.
    #[serde(other)]
    Unknown,
}

/// Why there is no verdict, or not the whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The service's program is not installed.
    NoProgram,
    /// It cannot be started.
    NotStarted(String),
    /// It does not understand us, or we do not understand it.
    OtherVersion,
    /// It took too long.
    TimedOut,
    /// It was told to stop.
    Cancelled,
    /// It ended without a verdict; what it said.
    Broken(String),
}

/// A line of the child; kinds that are not known are left out.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Begin {
        version: String,
        stages: Vec<String>,
    },
    Stage {
        stage: String,
        #[serde(flatten)]
        result: StageResult,
    },
    Summary {
        verdict: Verdict,
    },
    #[serde(other)]
    Other,
}

impl Test {
    /// Begins to test the draft with this program; `None`: there is none.
    pub fn start(jobs: &Jobs, program: Option<PathBuf>, model: &Model, question: Question) -> Self {
        let mut test = Self { question, program, source: None, stages: Vec::new(), version: None, summary: None, trouble: None };
        let Some(program) = &test.program else {
            test.trouble = Some(Trouble::NoProgram);
            return test;
        };
        let mut order = Order::new(program).arguments(test.question.arguments()).input(model.to_toml()).deadline(DEADLINE);
        // Relative paths in the file start at its folder; one that is not there yet has nothing to start at.
        if let Some(folder) = model.file().and_then(|file| file.parent()).filter(|folder| folder.is_dir()) {
            order = order.directory(folder);
        }
        match order.start(jobs) {
            Ok(child) => test.source = Some(Source::Child(child)),
            Err(error) => test.trouble = Some(Trouble::NotStarted(error.to_string())),
        }
        test
    }

    /// Has the service of the document, which is on another machine, test the draft there.
    pub fn there(jobs: &Jobs, service: Service, model: &Model) -> Self {
        let question = Question::Everything;
        let mut test = Self { question, program: None, source: None, stages: Vec::new(), version: None, summary: None, trouble: None };
        match service.test(jobs, model.to_toml()) {
            Ok(job) => test.source = Some(Source::There(job)),
            Err(error) => test.trouble = Some(Trouble::NotStarted(error.to_string())),
        }
        test
    }

    /// Takes what has come.
    pub fn poll(&mut self) {
        let events = match &mut self.source {
            Some(Source::Child(child)) => child.poll(),
            Some(Source::There(job)) => job.poll(),
            None => Vec::new(),
        };
        for event in events {
            self.take(event);
        }
    }

    /// Waits until it has ended: for tests, which have no window that would stand still.
    pub fn finish(&mut self) {
        loop {
            let event = match &mut self.source {
                Some(Source::Child(child)) => child.wait(),
                Some(Source::There(job)) => job.wait(),
                None => None,
            };
            let Some(event) = event else { return };
            self.take(event);
        }
    }

    /// Ends it before its time.
    pub fn cancel(&mut self) {
        match &mut self.source {
            Some(Source::Child(child)) => child.cancel(),
            Some(Source::There(job)) => job.cancel(),
            None => {}
        }
    }

    /// Has it not ended yet?
    pub fn is_running(&self) -> bool {
        self.source.is_some()
    }

    /// The stages, in their order.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The verdict about everything; `None` as long as there is none.
    pub fn verdict(&self) -> Option<Verdict> {
        self.summary
    }

    /// Why there is no verdict, or not the whole one.
    pub fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// What was asked.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The program that tests.
    pub fn program(&self) -> Option<&Path> {
        self.program.as_deref()
    }

    /// The program's version, when it is not ours: then it may judge differently.
    pub fn other_version(&self) -> Option<&str> {
        self.version.as_deref().filter(|version| *version != env!("CARGO_PKG_VERSION"))
    }

    /// Everything as a text, to be sent to somebody.
    pub fn to_text(&self, language: Language) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        for Stage { name, result } in &self.stages {
            let Some(StageResult { verdict, milliseconds, details }) = result else {
                let _ = writeln!(text, "{}: {}", stage_name(language, name), language.text("connection-open"));
                continue;
            };
            let _ = writeln!(text, "{}: {} ({milliseconds} ms)", stage_name(language, name), language.text(verdict.key()));
            for detail in details {
                let (seen, repair) = detail.said(language);
                let _ = writeln!(text, "  {}: {seen}", language.text(detail.verdict.key()));
                if !repair.is_empty() {
                    let _ = writeln!(text, "    → {repair}");
                }
            }
        }
        text + &self.said(language) + "\n"
    }

    /// The end, or how far it is, in a sentence; with what to do where it did not come to a verdict.
    pub fn said(&self, language: Language) -> String {
        let program = self.program.as_deref().unwrap_or(Path::new("jackfield check")).display().to_string();
        let with = |key: &str, why: &str| language.text_with(key, [("program", program.clone().into()), ("why", why.to_owned().into())]);
        match (&self.trouble, self.summary) {
            (Some(Trouble::NoProgram), _) => language.text("connection-no-program"),
            (Some(Trouble::NotStarted(why)), _) => with("connection-not-started", why),
            (Some(Trouble::OtherVersion), _) => with("connection-other-version", env!("CARGO_PKG_VERSION")),
            (Some(Trouble::TimedOut), _) => with("connection-timed-out", &DEADLINE.as_secs().to_string()),
            (Some(Trouble::Cancelled), _) => language.text("connection-cancelled"),
            (Some(Trouble::Broken(why)), _) => with("connection-broken", why),
            (None, Some(verdict)) => self.question.closing(language, verdict),
            (None, None) => language.text("connection-running"),
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Line(line) => {
                // A line that is not the child's own report is not for us.
                if let Ok(line) = serde_json::from_str(&line) {
                    self.take_line(line);
                }
            }
            Event::Ended(end) => {
                self.source = None;
                self.trouble = self.ended(end);
            }
        }
    }

    fn take_line(&mut self, line: Line) {
        match line {
            Line::Begin { version, stages } => {
                self.version = Some(version);
                self.stages = stages.into_iter().map(|name| Stage { name, result: None }).collect();
            }
            Line::Stage { stage, result } => match self.stages.iter_mut().find(|known| known.name == stage) {
                Some(known) => known.result = Some(result),
                None => self.stages.push(Stage { name: stage, result: Some(result) }),
            },
            Line::Summary { verdict } => self.summary = Some(verdict),
            Line::Other => {}
        }
    }

    fn ended(&self, end: End) -> Option<Trouble> {
        match end {
            // An older program takes the draft's place on the command line for the name of a file.
            End::Exited { .. } if self.version.is_none() && !self.stages.is_empty() => Some(Trouble::OtherVersion),
            End::Exited { .. } if self.summary.is_some() => None,
            End::Exited { code: Some(USAGE), .. } => Some(Trouble::OtherVersion),
            End::Exited { code, errors } if errors.is_empty() => Some(Trouble::Broken(format!("exit code {}", code.unwrap_or(-1)))),
            End::Exited { errors, .. } => Some(Trouble::Broken(errors)),
            End::Cancelled => Some(Trouble::Cancelled),
            End::TimedOut { .. } => Some(Trouble::TimedOut),
            End::NotStarted(why) => Some(Trouble::NotStarted(why)),
        }
    }
}

// === impl Question ===

impl Question {
    fn arguments(&self) -> Vec<String> {
        let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match self {
            Self::Everything => text(&["check", "--json", "--config", "-"]),
            Self::Agent { name, station } => {
                let mut arguments = text(&["doctor", "--json", "--config", "-"]);
                if !station.is_empty() {
                    arguments.push(format!("--station={station}"));
                }
                // A name may begin with a dash.
                arguments.extend(["--".to_owned(), name.clone()]);
                arguments
            }
        }
    }

    fn closing(&self, language: Language, verdict: Verdict) -> String {
        let end = match verdict {
            Verdict::Ok | Verdict::Skipped => "ok",
            Verdict::Undecided | Verdict::Unknown => "undecided",
            Verdict::Warning => "warning",
            Verdict::Failed => "failed",
        };
        match self {
            Self::Everything => language.text(&format!("connection-{end}")),
            Self::Agent { name, .. } => language.text_with(&format!("examine-{end}"), [("agent", name.clone().into())]),
        }
    }
}

// === impl Detail ===

impl Detail {
    /// What was looked at and seen, and what to do, in the person's language; a sentence of a later version stays English.
    pub fn said(&self, language: Language) -> (String, String) {
        let values: FluentArgs<'_> = self.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (cause, repair) = finding::said(language, &self.id, &self.case, &values, (&self.cause, &self.repair));
        let seen = if self.subject.is_empty() { cause } else { format!("{}: {cause}", self.subject) };
        (seen, repair)
    }
}

// === impl Verdict ===

impl Verdict {
    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "verdict-ok",
            Self::Undecided => "verdict-undecided",
            Self::Warning => "verdict-warning",
            Self::Failed => "verdict-failed",
            Self::Skipped => "verdict-skipped",
            Self::Unknown => "verdict-unknown",
        }
    }
}

/// The name of a stage as people say it; one of a later version keeps its own.
pub fn stage_name(language: Language, name: &str) -> String {
    language.find(&format!("stage-{}", name.replace('_', "-")), None).unwrap_or_else(|| name.replace('_', " "))
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
