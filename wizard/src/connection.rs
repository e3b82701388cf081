//! Test Connection: has the installed `jackfield check --json` look at what is on the screen, saved or not, and keeps what it says of each
//! stage. Knows no egui. The draft goes to the child's standard input, so that nothing of it is written anywhere.

use crate::{
    child::{Child, End, Event, Order},
    jobs::Jobs,
    language::Language,
    model::Model,
};
use serde::Deserialize;
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// No test takes longer; each of its probes has a shorter deadline of its own.
const DEADLINE: Duration = Duration::from_mins(1);
/// The command line was not understood (`sysexits.h`): the program is of another version.
const USAGE: i32 = 64;

/// A test that runs, or has run. Dropping it ends the child.
pub struct Test {
    program: Option<PathBuf>,
    child: Option<Child>,
    stages: Vec<Stage>,
    version: Option<String>,
    summary: Option<Verdict>,
    trouble: Option<Trouble>,
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
    /// A setting, an address, a host.
    pub subject: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen.
    pub cause: String,
    /// What to do; empty where nothing is to be done.
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
    pub fn start(jobs: &Jobs, program: Option<PathBuf>, model: &Model) -> Self {
        let mut test = Self { program, child: None, stages: Vec::new(), version: None, summary: None, trouble: None };
        let Some(program) = &test.program else {
            test.trouble = Some(Trouble::NoProgram);
            return test;
        };
        let mut order = Order::new(program).arguments(["check", "--json", "--config", "-"]).input(model.to_toml()).deadline(DEADLINE);
        // Relative paths in the file start at its folder; one that is not there yet has nothing to start at.
        if let Some(folder) = model.file().and_then(|file| file.parent()).filter(|folder| folder.is_dir()) {
            order = order.directory(folder);
        }
        match order.start(jobs) {
            Ok(child) => test.child = Some(child),
            Err(error) => test.trouble = Some(Trouble::NotStarted(error.to_string())),
        }
        test
    }

    /// Takes what has come.
    pub fn poll(&mut self) {
        let events = self.child.as_mut().map(Child::poll).unwrap_or_default();
        for event in events {
            self.take(event);
        }
    }

    /// Waits until it has ended: for tests, which have no window that would stand still.
    pub fn finish(&mut self) {
        while let Some(event) = self.child.as_mut().and_then(Child::wait) {
            self.take(event);
        }
    }

    /// Ends it before its time.
    pub fn cancel(&mut self) {
        if let Some(child) = &mut self.child {
            child.cancel();
        }
    }

    /// Has it not ended yet?
    pub fn is_running(&self) -> bool {
        self.child.is_some()
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
            for Detail { subject, verdict, cause, repair } in details {
                let _ = writeln!(text, "  {}: {subject}: {cause}", language.text(verdict.key()));
                if !repair.is_empty() {
                    let _ = writeln!(text, "    → {repair}");
                }
            }
        }
        text + &self.said(language) + "\n"
    }

    /// The end, or how far it is, in a sentence; with what to do where it did not come to a verdict.
    pub fn said(&self, language: Language) -> String {
        let program = self.program.as_deref().unwrap_or(Path::new("jackfield")).display().to_string();
        let with = |key: &str, why: &str| language.text_with(key, [("program", program.clone().into()), ("why", why.to_owned().into())]);
        match (&self.trouble, self.summary) {
            (Some(Trouble::NoProgram), _) => language.text("connection-no-program"),
            (Some(Trouble::NotStarted(why)), _) => with("connection-not-started", why),
            (Some(Trouble::OtherVersion), _) => with("connection-other-version", env!("CARGO_PKG_VERSION")),
            (Some(Trouble::TimedOut), _) => with("connection-timed-out", &DEADLINE.as_secs().to_string()),
            (Some(Trouble::Cancelled), _) => language.text("connection-cancelled"),
            (Some(Trouble::Broken(why)), _) => with("connection-broken", why),
            (None, Some(verdict)) => language.text(match verdict {
                Verdict::Ok | Verdict::Skipped => "connection-ok",
                Verdict::Warning | Verdict::Unknown => "connection-warning",
                Verdict::Failed => "connection-failed",
            }),
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
                self.child = None;
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

// === impl Verdict ===

impl Verdict {
    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "verdict-ok",
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
mod tests {
    use super::*;
    use shared::Draft;
    use std::{fs, os::unix::fs::PermissionsExt};

    /// Stands for `jackfield`, as this script does.
    fn test(script: &str, text: &str) -> Test {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("jackfield");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let model = Model::new(Some(folder.path().join("jackfield.toml")), Draft::parse(text).unwrap());
        let mut begun = Test::start(&Jobs::new(|| {}), Some(program), &model);
        begun.finish();
        begun
    }

    fn begin(version: &str) -> String {
        format!("echo '{{\"kind\":\"begin\",\"version\":\"{version}\",\"stages\":[\"file\",\"rights\"]}}'\n")
    }

    const OURS: &str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &str = "echo '{\"kind\":\"summary\",\"verdict\":\"failed\",\"exit_code\":2}'; exit 2";

    #[test]
    fn each_stage_has_its_verdict_its_cause_and_its_repair() {
        let stage = r#"echo '{"kind":"stage","stage":"file","verdict":"failed","milliseconds":7,"details":[{"subject":"x","verdict":"failed","cause":"wrong","repair":"Mend it"}]}'"#;
        let later = "echo '{\"kind\":\"note\",\"text\":\"from a later version\"}'; echo 'no JSON'";
        let test = test(&format!("{}{stage}\n{later}\n{SUMMARY}", begin(OURS)), "");
        let detail = Detail { subject: "x".into(), verdict: Verdict::Failed, cause: "wrong".into(), repair: "Mend it".into() };
        let result = StageResult { verdict: Verdict::Failed, milliseconds: 7, details: vec![detail] };
        let stages = [Stage { name: "file".into(), result: Some(result) }, Stage { name: "rights".into(), result: None }];
        assert_eq!(test.stages(), stages);
        assert_eq!((test.verdict(), test.trouble(), test.other_version(), test.is_running()), (Some(Verdict::Failed), None, None, false));
        let copy = test.to_text(Language::English);
        assert!(copy.contains("x: wrong\n    → Mend it"), "{copy}");
    }

    #[test]
    fn the_draft_goes_to_the_childs_input_in_the_files_folder() {
        let echo = test("cat >&2; echo \"$*\" >&2; ls >&2; exit 70", "[limits]\nmailbox = 17\n");
        let Some(Trouble::Broken(said)) = echo.trouble() else { panic!("{:?}", echo.trouble()) };
        assert_eq!(said, "[limits]\nmailbox = 17\ncheck --json --config -\njackfield");
    }

    #[test]
    fn a_program_of_another_version_is_said_to_be_one() {
        let newer = test(&format!("{}{SUMMARY}", begin("99.0.0")), "");
        assert_eq!((newer.other_version(), newer.trouble()), (Some("99.0.0"), None));
        for older in [
            "echo 'unknown option' >&2; exit 64",
            "echo '{\"kind\":\"stage\",\"stage\":\"file\",\"verdict\":\"failed\",\"milliseconds\":0}'; exit 2",
        ] {
            assert_eq!(test(older, "").trouble(), Some(&Trouble::OtherVersion), "{older}");
        }
    }

    #[test]
    fn every_way_to_fail_is_a_sentence() {
        let gone = Test::start(&Jobs::new(|| {}), None, &Model::new(None, Draft::default()));
        assert_eq!(gone.trouble(), Some(&Trouble::NoProgram));
        let mut absent = Test::start(&Jobs::new(|| {}), Some("/no/such/jackfield".into()), &Model::new(None, Draft::default()));
        absent.finish();
        assert!(matches!(absent.trouble(), Some(Trouble::NotStarted(_))));
        let silent = test("exit 3", "");
        assert_eq!(silent.trouble(), Some(&Trouble::Broken("exit code 3".into())));
        for test in [gone, absent, silent] {
            for language in crate::language::ALL {
                assert!(test.said(language).len() > 30, "{}", test.said(language));
            }
        }
    }

    #[test]
    fn a_cancelled_test_says_so_and_keeps_what_it_had() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("jackfield");
        fs::write(&program, format!("#!/bin/sh\n{}exec sleep 1000\n", begin(OURS))).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let mut test = Test::start(&Jobs::new(|| {}), Some(program), &Model::new(None, Draft::default()));
        let first = test.child.as_mut().and_then(Child::wait).unwrap();
        test.take(first);
        test.cancel();
        test.finish();
        assert_eq!((test.trouble(), test.stages().len(), test.is_running()), (Some(&Trouble::Cancelled), 2, false));
    }
}
