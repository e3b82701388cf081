//! What `jackfield check` finds, and how it says so: lines for people, or lines of JSON for the wizard. Pure.

use super::sentences::{self, Sentence};
use serde::Serialize;
use std::{collections::BTreeMap, fmt::Write, time::Duration};

/// How a stage or a part of it ended; the later in this list, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// Nothing to look at, or an earlier stage has to be right first.
    Skipped,
    /// As it should be.
    Ok,
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
pub(super) struct Begin {
    /// This program's version.
    pub(super) version: &'static str,
    /// The names of the stages, in their order.
    pub(super) stages: &'static [&'static str],
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
    pub(super) warnings: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
    pub(super) milliseconds: u64,
    pub(super) exit_code: u8,
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
            Self::Warning => 1,
            Self::Failed => 2,
        }
    }

    /// Tells them apart without colour, and all of the same width.
    fn symbol(self) -> &'static str {
        match self {
            Self::Ok => "[ ok ]",
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
        let (cause, repair) = (sentences::fill(cause, &values), sentences::fill(repair, &values));
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
            warnings: count(Verdict::Warning),
            failed: count(Verdict::Failed),
            skipped: count(Verdict::Skipped),
            milliseconds: millis(took),
            exit_code: worst.exit_code(),
        }
    }

    pub(super) fn for_people(&self) -> String {
        let Self { ok, warnings, failed, skipped, milliseconds, .. } = self;
        let verdict = match self.exit_code {
            0 => "everything is as it should be",
            1 => "it works, but look at the warnings",
            _ => "it does not work yet: repair what failed and check again",
        };
        format!("{verdict}\n{ok} ok, {warnings} with warnings, {failed} failed, {skipped} skipped ({milliseconds} ms)\n")
    }
}

fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (vec![Verdict::Failed, Verdict::Warning, Verdict::Skipped], 2),
        ] {
            assert_eq!(Summary::of(&stages, Duration::ZERO).exit_code, code);
        }
    }
}
