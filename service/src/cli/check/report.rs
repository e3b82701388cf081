//! What `jackfield check` finds, and how it says so: lines for people, or lines of JSON for the wizard. Pure.

use serde::Serialize;
use std::{fmt::Write, time::Duration};

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
    /// What was looked at: a setting, an address, a host.
    pub(super) subject: String,
    /// How it ended.
    pub(super) verdict: Verdict,
    /// What was seen, in a sentence without a full stop.
    pub(super) cause: String,
    /// What to do; empty where nothing is to be done.
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
    pub(super) stages: [&'static str; 6],
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
    pub(super) fn ok(subject: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { subject: subject.into(), verdict: Verdict::Ok, cause: cause.into(), repair: String::new() }
    }

    pub(super) fn skipped(subject: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { verdict: Verdict::Skipped, ..Self::ok(subject, cause) }
    }

    pub(super) fn warning(subject: impl Into<String>, cause: impl Into<String>, repair: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warning, repair: repair.into(), ..Self::ok(subject, cause) }
    }

    pub(super) fn failed(subject: impl Into<String>, cause: impl Into<String>, repair: impl Into<String>) -> Self {
        Self { verdict: Verdict::Failed, repair: repair.into(), ..Self::ok(subject, cause) }
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
        for (index, Detail { subject, verdict, cause, repair }) in self.details.iter().enumerate() {
            let (stage, took) = if index == 0 { (self.name, format!(" ({} ms)", self.milliseconds)) } else { ("", String::new()) };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{} {stage:<12} {}: {}{took}", verdict.symbol(), tame(subject), tame(cause));
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
            Detail::ok("sap.example", "resolves to 10.0.0.9"),
            Detail::failed("sap2.example", "no such\nname", "Correct the name"),
            Detail::skipped("x", "y"),
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
[FAIL]              sap2.example: no such name
                    repair: Correct the name
[skip]              x: y
";
        assert_eq!(stage().for_people(), expected);
    }

    #[test]
    fn programs_read_one_object_a_line() {
        let json = serde_json::to_string(&stage()).unwrap();
        let expected = r#"{"kind":"stage","stage":"event_hosts","verdict":"failed","milliseconds":12,"details":[{"subject":"sap.example","verdict":"ok","cause":"resolves to 10.0.0.9"},{"subject":"sap2.example","verdict":"failed","cause":"no such\nname","repair":"Correct the name"},{"subject":"x","verdict":"skipped","cause":"y"}]}"#;
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
