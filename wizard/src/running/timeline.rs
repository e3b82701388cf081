//! What went on with one agent lately, as the service tells it (`GET /agents/NAME/timeline`).

use super::{AFTER_TROUBLE, Asker, PACE, Place, Trouble};
use crate::jobs::{Job, Jobs};
use serde::Deserialize;
use std::{io, thread};

/// Entries that are remembered here; the service has the others.
pub const REMEMBERED: usize = 200;

/// A timeline, the oldest entry first.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Timeline {
    /// Whose.
    pub user: String,
    /// Entries that there is no room for any more, in the service or here.
    pub forgotten: u64,
    /// The number of the last entry.
    pub last: u64,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// Something that went on.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct Entry {
    pub number: u64,
    /// Milliseconds since 1970 UTC.
    pub at_ms: i64,
    pub took_ms: Option<f64>,
    /// `command`, `event`, `request`, `said`, `state` or `session`.
    pub kind: String,
    pub name: String,
    pub item: Option<String>,
    pub interaction: Option<String>,
    pub outcome: String,
    pub detail: String,
    pub states: Option<States>,
    pub message: Option<Text>,
    pub answer: Option<Text>,
}

/// How the agent stood on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after what the service says")]
pub struct States {
    pub workmode: u32,
    pub workmode_text: String,
    pub status: String,
    /// `up`, `down` or `reconnecting`.
    pub connection: String,
    pub items: Vec<Standing>,
}

/// How an item stood on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// What SAP calls it.
    pub item: String,
    /// As SAP was told; `None`: SAP does not see it.
    pub told: Option<String>,
    /// What the switch calls it, where it has it.
    pub interaction: Option<String>,
    /// As the switch has it.
    pub state: String,
}

/// A message, or its beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Text {
    /// As much as is kept.
    pub text: String,
    /// How long it was, in bytes.
    pub length: u64,
}

#[derive(Deserialize)]
struct Listed {
    agents: Vec<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    user: String,
}

// === impl Place ===

impl Place {
    /// Asks once who has a timeline; a service that does not tell gives no names.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn timelines(self, jobs: &Jobs) -> io::Result<Job<Vec<String>>> {
        jobs.start("ask timelines", move |reporter| {
            let listed: Result<Option<Listed>, Trouble> = Asker::new(self).perhaps("/timelines");
            let owners = listed.ok().flatten().map(|listed| listed.agents).unwrap_or_default();
            reporter.say(owners.into_iter().map(|owner| owner.user).collect());
        })
    }

    /// Asks for an agent's timeline again and again until the job is dropped; reports it when it is not as before. `None`: nothing has
    /// happened with an agent of this name.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn timeline(self, jobs: &Jobs, user: &str) -> io::Result<Job<Result<Option<Timeline>, Trouble>>> {
        let path = format!("/agents/{}/timeline", super::escaped(user));
        jobs.start("ask timeline", move |reporter| {
            let (mut asker, mut before) = (Asker::new(self), None);
            while !reporter.is_cancelled() {
                let known = before.as_ref().and_then(|told: &Result<Option<Timeline>, Trouble>| told.as_ref().ok()?.clone());
                let now = asker.timeline(&path, known);
                let pause = if now.is_ok() { PACE } else { AFTER_TROUBLE };
                if before.as_ref() != Some(&now) && !reporter.is_cancelled() {
                    reporter.say(now.clone());
                    before = Some(now);
                }
                thread::sleep(pause);
            }
        })
    }
}

// === impl Asker ===

impl Asker {
    /// A timeline with what is new in it. A service that has been started anew is not there for a moment, so nothing is known then, and all
    /// of it is asked for.
    fn timeline(&mut self, path: &str, known: Option<Timeline>) -> Result<Option<Timeline>, Trouble> {
        let known = known.unwrap_or_default();
        let told: Option<Timeline> = self.perhaps(&format!("{path}?after={}", known.last))?;
        Ok(told.map(|told| told.after(known)))
    }
}

// === impl Timeline ===

impl Timeline {
    /// With what was known before it.
    fn after(mut self, known: Self) -> Self {
        let mut entries = known.entries;
        entries.append(&mut self.entries);
        let over = entries.len().saturating_sub(REMEMBERED);
        entries.drain(..over);
        Self { forgotten: self.forgotten.max(known.forgotten) + over as u64, last: self.last.max(known.last), entries, ..self }
    }
}
