//! What was learnt, for people and for programs.

use serde::Serialize;
use std::fmt::Write as _;

/// The whole report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// What was looked at.
    pub capture: Figures,
    /// Rows of the profile that should change.
    pub proposed: Vec<Proposal>,
    /// Rows of the profile that the capture confirms.
    pub confirmed: Vec<String>,
    /// What was seen and has no place in the profile, or could not be told.
    pub unknown: Vec<String>,
    /// What SAP answered to events with a fault.
    pub refused_by_sap: Vec<String>,
    /// How the capture's commands are understood by both profiles.
    pub check: Check,
    /// Remarks on the capture itself.
    pub remarks: Vec<String>,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Requests with their answers.
    pub messages: usize,
    /// Of these, SAP's commands.
    pub commands: usize,
    /// Of these, events to SAP.
    pub events: usize,
    /// Answers and events that somebody else than Jackfield wrote: only they show what SAP expects.
    pub foreign: usize,
    /// Bodies that are no SOAP messages.
    pub unreadable: usize,
    /// Messages that were lost while it was recorded.
    pub lost: u64,
    /// Agents.
    pub agents: Vec<String>,
}

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    /// One clue; look at it.
    Guess,
    /// Several clues.
    Likely,
    /// Several clues, and nothing else fits.
    Certain,
}

/// A row that should change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Which row, e.g. `operation[User.subscribe].name`.
    pub path: String,
    /// What stands there now.
    pub was: String,
    /// What should.
    pub is: String,
    /// How sure that is.
    pub sure: Sure,
    /// Why.
    pub why: String,
}

/// How many commands are understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Commands in the capture.
    pub commands: usize,
    /// Understood by the profile as it is.
    pub understood_now: usize,
    /// Understood by the proposed one.
    pub understood_then: usize,
    /// Why the others are not.
    pub still: Vec<String>,
}

// === impl Sure ===

impl Sure {
    /// From the clues for something, and how far the next best is.
    pub(super) fn of(score: f64, margin: f64) -> Self {
        if score >= 8.0 && margin >= 2.0 {
            Self::Certain
        } else if score >= 5.5 && margin >= 0.75 || margin >= 3.0 {
            Self::Likely
        } else {
            Self::Guess
        }
    }

    /// In the profile's words.
    pub(super) fn confidence(self, messages: usize) -> String {
        match self {
            Self::Certain if messages == 1 => "seen: 1 message".to_owned(),
            Self::Certain => format!("seen: {messages} messages"),
            Self::Likely => "inferred-strong".to_owned(),
            Self::Guess => "inferred".to_owned(),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Guess => "guess",
        }
    }
}

// === impl Report ===

impl Report {
    /// For a person.
    pub fn text(&self) -> String {
        let Figures { messages, commands, events, foreign, unreadable, lost, agents } = &self.capture;
        let mut out = format!("{messages} messages: {commands} commands of SAP's, {events} events; agents: {}\n", agents.join(", "));
        if *foreign == 0 {
            out.push_str(
                "No answer and no event in it was written by anybody but Jackfield: what SAP expects of them cannot be learnt from it.\n",
            );
        }
        for (count, what) in [(*unreadable as u64, "bodies are no SOAP messages"), (*lost, "messages were lost while it was recorded")] {
            if count > 0 {
                let _ = writeln!(out, "{count} {what}");
            }
        }
        section(&mut out, "Remarks", self.remarks.iter().cloned());
        section(
            &mut out,
            "Proposed",
            self.proposed.iter().map(|row| {
                let Proposal { path, was, is, sure, why } = row;
                let was = if was.is_empty() { String::new() } else { format!("{was} → ") };
                format!("{:<8}{path}: {was}{is}\n          {why}", sure.word())
            }),
        );
        section(&mut out, "Confirmed", self.confirmed.iter().cloned());
        section(&mut out, "Unknown", self.unknown.iter().cloned());
        section(&mut out, "SAP refused", self.refused_by_sap.iter().cloned());
        let Check { commands, understood_now, understood_then, still } = &self.check;
        let _ = writeln!(
            out,
            "\nOf {commands} commands the profile understands {understood_now} now, and {understood_then} as it is proposed."
        );
        for why in still {
            let _ = writeln!(out, "  {why}");
        }
        out
    }
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    for (at, line) in lines.enumerate() {
        if at == 0 {
            let _ = writeln!(out, "\n{title}");
        }
        let _ = writeln!(out, "  {line}");
    }
}
