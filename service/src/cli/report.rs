//! What is looked at stage by stage, how each stage ended, and how that is said: lines for people, or lines of JSON for the wizard.
//! `jackfield check` and `jackfield doctor` report so.

mod sentence;

pub(super) use sentence::{Sentence, sentences};

use super::patience::Late;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
    time::{Duration, Instant},
};

sentences! {
    OWN_FAULT = "check-own-fault", Failed, "a fault of Jackfield's own: {why}", "Send this text to the support";
}

/// How a stage or a part of it ended; the later in this list, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// Nothing to look at, or an earlier stage has to be right first.
    Skipped,
    /// As it should be.
    Ok,
    /// Nobody could tell; what would decide it is said.
    Undecided,
    /// It works, but somebody should look at it.
    Warning,
    /// It does not work.
    Failed,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Detail {
    /// What was looked at: a setting, an address, a host; empty for all of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) subject: String,
    /// How it ended.
    pub(super) verdict: Verdict,
    /// Which sentence this is: `check-…`, or `finding-…` for what the check of the file says.
    pub(super) id: String,
    /// Which of several of that id; empty where there is only one.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) case: &'static str,
    /// What the sentence names, so that another language can name it too. Never holds a secret.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) values: BTreeMap<&'static str, String>,
    /// What was seen, in an English sentence without a full stop.
    pub(super) cause: String,
    /// What to do, in English; empty where nothing is to be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) repair: String,
}

/// What comes first, for programs only: who speaks, and what is to come.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "begin")]
struct Begin<'a> {
    /// This program's version.
    version: &'static str,
    /// The names of the stages, in their order.
    stages: &'a [&'static str],
}

/// One stage.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "stage")]
pub(super) struct Stage {
    /// Its name; scripts and the wizard rely on it.
    #[serde(rename = "stage")]
    pub(super) name: &'static str,
    /// The worst of its details.
    pub(super) verdict: Verdict,
    /// How long it took, in milliseconds.
    pub(super) milliseconds: u64,
    /// What it found.
    pub(super) details: Vec<Detail>,
}

/// The end: how many stages ended how.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "summary")]
pub(super) struct Summary {
    pub(super) verdict: Option<Verdict>,
    pub(super) ok: usize,
    #[serde(skip_serializing_if = "is_none")]
    pub(super) undecided: usize,
    pub(super) warnings: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
    pub(super) milliseconds: u64,
    pub(super) exit_code: u8,
}

/// Where stages are told, and what has been told.
pub(super) struct Report<'a, W> {
    out: &'a mut W,
    json: bool,
    closing: Closing,
    began: Instant,
    stages: Vec<Verdict>,
}

/// The last sentence for people, by the worst verdict.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closing {
    pub(super) good: &'static str,
    pub(super) undecided: &'static str,
    pub(super) doubtful: &'static str,
    pub(super) bad: &'static str,
}

// === impl Report ===

impl<'a, W: Write> Report<'a, W> {
    /// Nothing is told yet.
    pub(super) fn new(out: &'a mut W, json: bool, closing: Closing) -> Self {
        Self { out, json, closing, began: Instant::now(), stages: Vec::new() }
    }

    /// Tells programs what is to come.
    pub(super) fn begin(&mut self, stages: &[&'static str]) -> io::Result<()> {
        self.say(&Begin { version: env!("CARGO_PKG_VERSION"), stages }, |_| String::new())
    }

    /// Tells a stage that began then and ends now.
    pub(super) fn stage(&mut self, name: &'static str, began: Instant, details: Vec<Detail>) -> io::Result<()> {
        let stage = Stage::new(name, began.elapsed(), details);
        self.stages.push(stage.verdict);
        self.say(&stage, Stage::for_people)
    }

    /// Tells how all of it ended.
    pub(super) fn end(mut self) -> io::Result<Summary> {
        let summary = Summary::of(&self.stages, self.began.elapsed());
        let closing = self.closing;
        self.say(&summary, |summary| summary.for_people(closing))?;
        Ok(summary)
    }

    fn say<T: Serialize>(&mut self, what: &T, for_people: impl Fn(&T) -> String) -> io::Result<()> {
        let text = if self.json { serde_json::to_string(what)? + "\n" } else { for_people(what) };
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

// === impl Late ===

impl Late {
    /// As a sentence; `overdue` says it of what did not come in time.
    pub(super) fn detail(self, subject: impl Into<String>, overdue: Sentence) -> Detail {
        match self {
            Self::Overdue => Detail::new(subject, overdue),
            Self::Fault(why) => Detail::with(subject, OWN_FAULT, [("why", why)]),
        }
    }
}

// === impl Verdict ===

impl Verdict {
    /// The worst; skipped when there is none.
    pub(super) fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Skipped)
    }

    /// The program's exit code.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Self::Ok | Self::Skipped => 0,
            Self::Undecided | Self::Warning => 1,
            Self::Failed => 2,
        }
    }

    /// Tells them apart without colour, and all of the same width.
    fn symbol(self) -> &'static str {
        match self {
            Self::Ok => "[ ok ]",
            Self::Undecided => "[ ?? ]",
            Self::Warning => "[warn]",
            Self::Failed => "[FAIL]",
            Self::Skipped => "[skip]",
        }
    }
}

// === impl Detail ===

impl Detail {
    /// A sentence about a setting, an address or a host.
    pub(super) fn new(subject: impl Into<String>, sentence: Sentence) -> Self {
        Self::with(subject, sentence, [])
    }

    /// A sentence that names these.
    pub(super) fn with<const N: usize>(subject: impl Into<String>, sentence: Sentence, values: [(&'static str, String); N]) -> Self {
        let Sentence { id, verdict, cause, repair } = sentence;
        let values = BTreeMap::from(values);
        let (cause, repair) = (sentence::fill(cause, &values), sentence::fill(repair, &values));
        Self { subject: subject.into(), verdict, id: id.to_owned(), case: "", values, cause, repair }
    }
}

// === impl Stage ===

impl Stage {
    pub(super) fn new(name: &'static str, took: Duration, details: Vec<Detail>) -> Self {
        let verdict = Verdict::worst(details.iter().map(|detail| detail.verdict));
        Self { name, verdict, milliseconds: millis(took), details }
    }

    /// One line for each detail, with its repair below it; line breaks and other control characters in texts from outside are taken out.
    pub(super) fn for_people(&self) -> String {
        let mut text = String::new();
        for (index, Detail { subject, verdict, cause, repair, .. }) in self.details.iter().enumerate() {
            let (stage, took) = if index == 0 { (self.name, format!(" ({} ms)", self.milliseconds)) } else { ("", String::new()) };
            let colon = if subject.is_empty() { "" } else { ": " };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{} {stage:<12} {}{colon}{}{took}", verdict.symbol(), tame(subject), tame(cause));
            if !repair.is_empty() {
                let _ = writeln!(text, "{:19} repair: {}", "", tame(repair));
            }
        }
        text
    }
}

// === impl Summary ===

impl Summary {
    pub(super) fn of(stages: &[Verdict], took: Duration) -> Self {
        let count = |verdict| stages.iter().filter(|stage| **stage == verdict).count();
        let worst = Verdict::worst(stages.iter().copied());
        Self {
            verdict: Some(worst),
            ok: count(Verdict::Ok),
            undecided: count(Verdict::Undecided),
            warnings: count(Verdict::Warning),
            failed: count(Verdict::Failed),
            skipped: count(Verdict::Skipped),
            milliseconds: millis(took),
            exit_code: worst.exit_code(),
        }
    }

    fn for_people(&self, closing: Closing) -> String {
        let Self { ok, undecided, warnings, failed, skipped, milliseconds, .. } = self;
        let verdict = match self.verdict {
            None | Some(Verdict::Ok | Verdict::Skipped) => closing.good,
            Some(Verdict::Undecided) => closing.undecided,
            Some(Verdict::Warning) => closing.doubtful,
            Some(Verdict::Failed) => closing.bad,
        };
        let undecided = if *undecided > 0 { format!("{undecided} undecided, ") } else { String::new() };
        format!("{verdict}\n{ok} ok, {undecided}{warnings} with warnings, {failed} failed, {skipped} skipped ({milliseconds} ms)\n")
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives it so")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{super::check::sentences, *};

    fn stage() -> Stage {
        let details = vec![
            Detail::with("sap.example", sentences::HOST_KNOWN, [("addresses", "10.0.0.9".into())]),
            Detail::with("sap2.example", sentences::NAME_UNKNOWN, [("why", "no such\nname".into()), ("setting", "x".into())]),
            Detail::new("", sentences::SECRET_NONE),
        ];
        Stage::new("event_hosts", Duration::from_millis(12), details)
    }

    #[test]
    fn a_stage_is_as_bad_as_its_worst_detail() {
        assert_eq!(stage().verdict, Verdict::Failed);
        assert_eq!(Stage::new("secrets", Duration::ZERO, Vec::new()).verdict, Verdict::Skipped);
        assert_eq!(Verdict::worst([Verdict::Skipped, Verdict::Ok]), Verdict::Ok);
        assert_eq!(Verdict::worst([Verdict::Warning, Verdict::Ok]), Verdict::Warning);
    }

    #[test]
    fn people_read_lines_that_need_no_colour() {
        let expected = "\
[ ok ] event_hosts  sap.example: resolves to 10.0.0.9 (12 ms)
[FAIL]              sap2.example: the name cannot be resolved: no such name
                    repair: Correct x, or add the name to this machine's name service
[skip]              the file refers to no secret
";
        assert_eq!(stage().for_people(), expected);
    }

    #[test]
    fn programs_read_one_object_a_line() {
        let json = serde_json::to_string(&stage()).unwrap();
        let expected = r#"{"kind":"stage","stage":"event_hosts","verdict":"failed","milliseconds":12,"details":[{"subject":"sap.example","verdict":"ok","id":"check-host-known","values":{"addresses":"10.0.0.9"},"cause":"resolves to 10.0.0.9"},{"subject":"sap2.example","verdict":"failed","id":"check-name-unknown","values":{"setting":"x","why":"no such\nname"},"cause":"the name cannot be resolved: no such\nname","repair":"Correct x, or add the name to this machine's name service"},{"verdict":"skipped","id":"check-secret-none","cause":"the file refers to no secret"}]}"#;
        assert_eq!(json, expected);
        let summary = Summary::of(&[Verdict::Ok, Verdict::Warning, Verdict::Skipped], Duration::from_millis(34));
        let expected =
            r#"{"kind":"summary","verdict":"warning","ok":1,"warnings":1,"failed":0,"skipped":1,"milliseconds":34,"exit_code":1}"#;
        assert_eq!(serde_json::to_string(&summary).unwrap(), expected);
    }

    #[test]
    fn the_exit_code_follows_the_worst_stage() {
        for (stages, code) in [
            (vec![Verdict::Ok, Verdict::Skipped], 0),
            (vec![Verdict::Ok, Verdict::Warning], 1),
            (vec![Verdict::Ok, Verdict::Undecided], 1),
            (vec![Verdict::Failed, Verdict::Warning, Verdict::Skipped], 2),
        ] {
            assert_eq!(Summary::of(&stages, Duration::ZERO).exit_code, code);
        }
    }
}
