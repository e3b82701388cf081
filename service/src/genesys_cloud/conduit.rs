//! Conversation events for Genesys Cloud (guide, "Genesys Cloud Conduit for PureConnect features" and appendix A).
//!
//! ```text
//! switch ── Turns ──▶ intake ── one commit for all that came together ──▶ store::Backlog ──▶ delivery ── window ──▶ sink (Kinesis or injection)
//! ```
//!
//! Every event arrives at least once, those of one conversation in their order, however often the other side, the way there or this process
//! fails in between. The switch waits for nothing of it. What is bounded is bounded by the file: number and age of what waits.

mod avro;
mod delivery;
mod event;
mod ids;
#[cfg(feature = "oauth")]
pub mod injection;
mod intake;
#[cfg(feature = "kinesis")]
pub mod kinesis;
mod pace;
mod sink;
#[cfg(test)]
mod tests;
mod window;

pub use avro::{Framing, fingerprint};
pub use event::EventKind;
pub use window::Flush;

use crate::{
    store::{
        Backlog,
        backlog::{self, Gone, Rejected},
    },
    switch::Turns,
    telemetry::event::{ConversationsDropped, Event as _},
};
use delivery::{Delivery, blocking};
use event::Event;
use ids::Ids;
use intake::Intake;
use sink::Sink;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use uuid::Uuid;

/// Kinds of events.
const KINDS: usize = EventKind::ALL.len();

/// Events that can never be sent are shown, so many of them.
const LETTERS: usize = 100;

/// What the file says; `app` makes it.
pub struct Policy {
    /// The organisation whose events they are.
    pub organization: Uuid,
    /// Where they go.
    pub target: Target,
    /// How much may wait.
    pub bounds: Bounds,
    /// What goes together.
    pub flush: Flush,
}

/// Where events go.
pub enum Target {
    /// A stream of Amazon Kinesis.
    #[cfg(feature = "kinesis")]
    Kinesis(kinesis::Settings),
    /// The event interface of the organisation itself.
    #[cfg(feature = "oauth")]
    Injection(injection::Settings),
}

/// How much may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Events.
    pub events: u64,
    /// For how long.
    pub age: Duration,
}

/// The conduit; it works between [`Conduit::begin`] and [`Conduit::end`].
pub struct Conduit {
    backlog: Backlog,
    shown: Arc<Shown>,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 2],
}

/// How it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// It takes events and sends them.
    pub runs: bool,
    /// What waits, by the places of [`EventKind::ALL`].
    pub waiting: [u64; KINDS],
    /// Bytes of it.
    pub bytes: u64,
    /// When the oldest of it happened, seconds since 1970.
    pub oldest: Option<i64>,
    /// Sent since the start.
    pub sent: [u64; KINDS],
    /// Sent again, because they were not taken.
    pub again: u64,
    /// Not sent since the start, because the other side has no counterpart for them.
    pub skipped: [u64; KINDS],
    /// Gone unsent, since the start: there was no room, or they were too old.
    pub dropped: [u64; KINDS],
    /// Missed before they could be written down: the disk was too slow for too long.
    pub missed: u64,
    /// Can never be sent; see [`Conduit::rejected`].
    pub rejected: u64,
    /// The last trouble, unless all went well since.
    pub trouble: Option<String>,
    /// Somebody has to do something about it.
    pub lasting: bool,
    /// Why nothing can be written down at the moment.
    pub disk: Option<String>,
}

/// An event that can never be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its number.
    pub number: u64,
    /// When it happened, seconds since 1970.
    pub at: i64,
    /// What it is; `None`: it cannot be read.
    pub kind: Option<EventKind>,
    /// Its conversation.
    pub conversation: Option<Uuid>,
    /// Why it cannot be sent.
    pub why: String,
}

/// What the tasks tell of themselves.
#[derive(Default)]
struct Shown(Mutex<Told>);

#[derive(Clone, Default)]
struct Told {
    sent: [u64; KINDS],
    again: u64,
    skipped: [u64; KINDS],
    dropped: [u64; KINDS],
    missed: u64,
    trouble: Option<(String, bool)>,
    worked: bool,
    letters: VecDeque<DeadLetter>,
}

// === impl Conduit ===

impl Conduit {
    /// One that has this backlog and does nothing yet.
    pub fn new(backlog: Backlog) -> Self {
        Self { backlog, shown: Arc::default(), running: Mutex::default() }
    }

    /// Begins to listen and to send, by this policy, inside the current tokio runtime. What did so before must have ended.
    #[cfg_attr(
        not(any(feature = "kinesis", feature = "oauth")),
        expect(unreachable_code, unused_variables, reason = "without a sink there is no target, and so no policy to begin with")
    )]
    pub fn begin(&self, policy: Policy, turns: Turns) {
        let Policy { organization, target, bounds, flush } = policy;
        let sink: Arc<dyn Sink> = match target {
            #[cfg(feature = "kinesis")]
            Target::Kinesis(settings) => Arc::new(kinesis::Kinesis::new(settings)),
            #[cfg(feature = "oauth")]
            Target::Injection(settings) => Arc::new(injection::Injection::new(settings, organization)),
        };
        self.run(organization, bounds, flush, sink, turns);
    }

    fn run(&self, organization: Uuid, bounds: Bounds, flush: Flush, sink: Arc<dyn Sink>, turns: Turns) {
        self.shown.lock().trouble = None;
        let flush = Flush { events: flush.events.min(sink.most()), ..flush };
        let (stop, stopped) = watch::channel(false);
        let added = Arc::new(Notify::new());
        // Higher than any before, so that no two events have one id.
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let intake = Intake {
            ids: Ids(organization),
            bounds,
            turns,
            backlog: self.backlog.clone(),
            added: Arc::clone(&added),
            shown: Arc::clone(&self.shown),
            stop: stopped.clone(),
            sequence: u64::try_from(since.as_nanos()).unwrap_or_default(),
        };
        let delivery = Delivery { flush, sink, backlog: self.backlog.clone(), added, shown: Arc::clone(&self.shown), stop: stopped };
        let tasks = [tokio::spawn(intake.run()), tokio::spawn(delivery.run())];
        *self.running() = Some(Running { stop, tasks });
    }

    /// Ends listening and sending. What was heard is in the backlog then.
    pub async fn end(&self) {
        let Some(Running { stop, tasks }) = self.running().take() else { return };
        stop.send_replace(true);
        for task in tasks {
            if let Err(error) = task.await
                && let Ok(panic) = error.try_into_panic()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }

    /// Throws away what waits.
    pub async fn empty(&self) {
        let backlog = self.backlog.clone();
        if let Err(why) = blocking(move || backlog.empty()).await {
            tracing::warn!(why, "what waits of conversation events cannot be thrown away");
        }
    }

    /// How it is; waits for no disk.
    pub fn figures(&self) -> Figures {
        let backlog::Figures { waiting, bytes, oldest, rejected, failure } = self.backlog.figures();
        let Told { sent, again, skipped, dropped, missed, trouble, .. } = self.shown.lock().clone();
        let (trouble, lasting) = trouble.map_or((None, false), |(why, lasting)| (Some(why), lasting));
        let runs = self.running().is_some();
        Figures {
            runs,
            waiting: of_kinds(&waiting),
            bytes,
            oldest,
            sent,
            again,
            skipped,
            dropped,
            missed,
            rejected,
            trouble,
            lasting,
            disk: failure,
        }
    }

    /// Takes over what waits in another, `most` at a time, and empties that one. Neither may run.
    ///
    /// # Errors
    /// In words, why not all of it could be taken over.
    pub async fn take_over(&self, other: &Self, bounds: Bounds, most: usize) -> Result<(), String> {
        let (ours, theirs) = (self.backlog.clone(), other.backlog.clone());
        blocking(move || {
            loop {
                let (numbers, entries): (Vec<_>, Vec<_>) = theirs.after(0, most)?.into_iter().unzip();
                if entries.is_empty() {
                    return theirs.remove();
                }
                ours.append(&entries, bounds.of_store(), now())?;
                theirs.settle(&numbers, &[])?;
            }
        })
        .await
    }

    /// The last events that can never be sent, oldest first.
    pub fn rejected(&self) -> Vec<DeadLetter> {
        self.shown.lock().letters.iter().cloned().collect()
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Conduit {
    fn drop(&mut self) {
        if let Some(running) = self.running().take() {
            running.stop.send_replace(true);
        }
    }
}

// === impl Bounds ===

impl Bounds {
    fn of_store(self) -> backlog::Bounds {
        backlog::Bounds { entries: self.events, age: self.age, first: EventKind::IvrMilestone.place() }
    }
}

// === impl DeadLetter ===

impl From<Rejected> for DeadLetter {
    fn from(Rejected { number, why, entry }: Rejected) -> Self {
        let event = Event::from_bytes(&entry.bytes);
        let kind = event.as_ref().map(|event| event.body.kind());
        Self { number, at: entry.at, kind, conversation: event.map(|event| event.conversation), why }
    }
}

// === impl Shown ===

impl Shown {
    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `true`: it is the first success, or the first after trouble.
    fn sent(&self, count: &[u64; KINDS]) -> bool {
        let mut told = self.lock();
        for (all, more) in told.sent.iter_mut().zip(count) {
            *all += more;
        }
        let news = told.trouble.take().is_some() || !told.worked;
        told.worked = true;
        news
    }

    fn put_aside(&self, letters: impl IntoIterator<Item = DeadLetter>) {
        let mut told = self.lock();
        told.letters.extend(letters);
        let superfluous = told.letters.len().saturating_sub(LETTERS);
        told.letters.drain(..superfluous);
    }

    fn again(&self, count: usize) {
        self.lock().again += u64::try_from(count).unwrap_or(u64::MAX);
    }

    fn skipped(&self, kind: u8) {
        self.lock().skipped[usize::from(kind).min(KINDS - 1)] += 1;
    }

    /// `true`: it is news.
    fn failed(&self, why: &str, lasting: bool) -> bool {
        let mut told = self.lock();
        let news = told.trouble.as_ref().is_none_or(|(before, was_lasting)| before != why || *was_lasting != lasting);
        told.trouble = Some((why.to_owned(), lasting));
        news
    }

    fn gone(&self, gone: &Gone) {
        let (crowded_out, expired) = (of_kinds(&gone.crowded_out), of_kinds(&gone.expired));
        for kind in EventKind::ALL {
            let place = usize::from(kind.place());
            for (count, why) in [(crowded_out[place], "there is no room for them"), (expired[place], "they have waited too long")] {
                if count > 0 {
                    self.lock().dropped[place] += count;
                    ConversationsDropped { kind: kind.name(), count, why }.emit();
                }
            }
        }
    }

    fn missed(&self, count: u64) {
        let mut told = self.lock();
        if let Some(more) = count.checked_sub(told.missed).filter(|more| *more > 0) {
            told.missed = count;
            ConversationsDropped { kind: "any", count: more, why: "they came faster than they can be written down" }.emit();
        }
    }
}

/// Of the kinds that there are.
fn of_kinds(all: &[u64; backlog::KINDS]) -> [u64; KINDS] {
    std::array::from_fn(|place| all[place])
}

/// Seconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
