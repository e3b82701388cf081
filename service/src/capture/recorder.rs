//! Takes messages while they pass, for one administrator at a time.
//!
//! The hot path pays one atomic load while nothing is recorded, and a copy into a bounded queue while something is; it never waits. Whoever
//! records fetches batches; what finds no room meanwhile is counted, and a recording that nobody fetches any more ends by itself. Secrets
//! are removed when a batch is fetched, outside the hot path and before anything leaves the service.

#[cfg(test)]
mod tests;

use super::{
    expiry,
    format::{self, End, Head, Message, Numbers, VERSION, Way},
    order::Order,
    redact::Redactor,
    tree,
};
use serde::Serialize;
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The tap on all traffic; cheap to clone. The default one records nothing until it is told to.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Tap>);

#[derive(Default)]
struct Tap {
    on: AtomicBool,
    keep_numbers: AtomicBool,
    keep_days: AtomicU32,
    last: AtomicU64,
    session: Mutex<Option<Session>>,
    arrived: tokio::sync::Notify,
}

/// A message as it passes.
#[derive(Clone, Debug)]
pub struct Note {
    /// Who asked.
    pub way: Way,
    /// The agent; `None` where the message could not be understood.
    pub user: Option<String>,
    /// The URL of an event.
    pub to: Option<String>,
    /// `SOAPAction`.
    pub action: Option<String>,
    /// HTTP status of the answer; 0 without one.
    pub status: u16,
    /// When the request came, or was sent.
    pub began: Instant,
    /// From the request to its answer.
    pub took: Duration,
    /// The request.
    pub body: Vec<u8>,
    /// The answer.
    pub answer: Vec<u8>,
}

/// What was recorded since the last one, as lines of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Lines, each ended; empty when nothing happened.
    pub text: String,
    /// This was the last one.
    pub over: bool,
}

/// Why nothing is recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not within bounds.
    #[error("{0}")]
    Order(String),
    /// Somebody else is at it.
    #[error("Somebody records already: wait for its end, or stop it with DELETE /capture/{0}")]
    Busy(u64),
    /// Over, or never begun.
    #[error("There is no such recording: it has ended, or was left for longer than 30 seconds")]
    Unknown,
}

/// For `/status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// A recording is under way.
    pub on: bool,
    /// Messages taken by it.
    pub messages: u64,
    /// Messages that found no room.
    pub lost: u64,
}

struct Session {
    id: u64,
    order: Order,
    began: Instant,
    fetched: Instant,
    /// With the microsecond in which each began, since 1970.
    queue: VecDeque<(i64, Note)>,
    queued: usize,
    bytes: u64,
    messages: u64,
    lost: u64,
    lost_told: u64,
    over: Option<&'static str>,
    redactor: Arc<Mutex<Redactor>>,
}

/// Bytes of one body that are kept.
const BODY: usize = 256 * 1024;
/// What may wait to be fetched.
const QUEUE: usize = 4096;
const QUEUE_BYTES: usize = 16 * 1024 * 1024;
/// One batch is about as long.
const BATCH: usize = 1024 * 1024;
/// Nobody has fetched for so long: he is gone.
const ABANDONED: Duration = Duration::from_secs(30);

// === impl Recorder ===

impl Recorder {
    /// What is recorded from now on has customers' numbers masked or not, and may be used for so many days; 0: for ever.
    pub fn obey(&self, mask_numbers: bool, keep_days: u32) {
        self.0.keep_numbers.store(!mask_numbers, Ordering::Relaxed);
        self.0.keep_days.store(keep_days, Ordering::Relaxed);
    }

    /// Is anything of this agent's recorded? Ask before a message is copied. `None`: nobody knows yet whose message it is.
    pub fn wants(&self, user: Option<&str>) -> bool {
        self.0.on.load(Ordering::Relaxed) && self.session().as_ref().is_some_and(|session| session.wants(user))
    }

    /// Takes a message, if there is room for it. Never waits.
    pub fn note(&self, mut note: Note) {
        if !self.0.on.load(Ordering::Relaxed) {
            return;
        }
        for part in [&mut note.body, &mut note.answer] {
            // One byte more tells that something was cut off.
            part.truncate(BODY + 1);
        }
        let now = jiff::Timestamp::now();
        // When it began: an event that a command causes may be over before the command is.
        let at = now.checked_sub(note.began.elapsed()).unwrap_or(now).as_microsecond();
        if let Some(session) = self.session().as_mut() {
            session.take(at, note);
        }
        self.0.arrived.notify_one();
    }

    /// Begins; gives back the recording's number and the capture's head.
    ///
    /// # Errors
    /// [`Refused::Order`], [`Refused::Busy`].
    pub fn begin(&self, order: Order) -> Result<(u64, Head), Refused> {
        order.check().map_err(Refused::Order)?;
        let mut session = self.session();
        if let Some(other) = session.as_ref().filter(|other| !other.is_abandoned()) {
            return Err(Refused::Busy(other.id));
        }
        let numbers = if self.0.keep_numbers.load(Ordering::Relaxed) { Numbers::Kept } else { Numbers::Masked };
        let now = jiff::Timestamp::now();
        let head = Head {
            jackfield_capture: VERSION,
            made: expiry::day(now),
            keep_until: expiry::until(now, self.0.keep_days.load(Ordering::Relaxed)),
            by: concat!("Jackfield ", env!("CARGO_PKG_VERSION")).to_owned(),
            agents: order.agents.clone(),
            numbers,
        };
        let id = self.0.last.fetch_add(1, Ordering::Relaxed) + 1;
        *session = Some(Session::new(id, order, numbers));
        self.0.on.store(true, Ordering::Relaxed);
        Ok((id, head))
    }

    /// What has been recorded since the last time; waits up to `patience` for something.
    ///
    /// # Errors
    /// [`Refused::Unknown`].
    pub async fn fetch(&self, id: u64, patience: Duration) -> Result<Batch, Refused> {
        let until = tokio::time::Instant::now() + patience;
        loop {
            let batch = self.batch(id)?;
            if batch.over || !batch.text.is_empty() || tokio::time::timeout_at(until, self.0.arrived.notified()).await.is_err() {
                return Ok(batch);
            }
        }
    }

    /// Takes nothing more; what waits is fetched as before.
    ///
    /// # Errors
    /// [`Refused::Unknown`].
    pub fn stop(&self, id: u64) -> Result<(), Refused> {
        let mut session = self.session();
        let session = session.as_mut().filter(|session| session.id == id).ok_or(Refused::Unknown)?;
        session.over.get_or_insert("stopped");
        self.0.arrived.notify_one();
        Ok(())
    }

    /// Figures for `/status`.
    pub fn figures(&self) -> Figures {
        let session = self.session();
        let session = session.as_ref();
        Figures {
            on: session.is_some_and(|session| session.over.is_none() && !session.is_abandoned()),
            messages: session.map_or(0, |session| session.messages),
            lost: session.map_or(0, |session| session.lost),
        }
    }

    fn batch(&self, id: u64) -> Result<Batch, Refused> {
        let (notes, agents, redactor, lost, end) = {
            let mut guard = self.session();
            let session = guard.as_mut().filter(|session| session.id == id).ok_or(Refused::Unknown)?;
            session.fetched = Instant::now();
            session.look_at_the_clock();
            let notes = session.some();
            let end = session.over.filter(|_| session.queue.is_empty());
            let end = end.map(|end| End { end: end.to_owned(), messages: session.messages, lost: session.lost });
            let lost = std::mem::replace(&mut session.lost_told, session.lost);
            let (redactor, lost) = (Arc::clone(&session.redactor), session.lost - lost);
            let agents = session.order.agents.clone();
            if end.is_some() {
                self.0.on.store(false, Ordering::Relaxed);
                *guard = None;
            }
            (notes, agents, redactor, lost, end)
        };
        let mut batch = Batch { text: String::new(), over: end.is_some() };
        let mut redactor = redactor.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, mut note) in notes {
            if note.user.is_none() {
                // What the service did not understand may name its agent all the same.
                note.user = named(&note.body);
                if note.user.as_ref().is_some_and(|user| !agents.is_empty() && !agents.contains(user)) {
                    continue;
                }
            }
            batch.text.push_str(&format::line(&message(at, note, &mut redactor)));
        }
        if lost > 0 {
            batch.text.push_str(&format::line(&serde_json::json!({ "lost": lost })));
        }
        if let Some(end) = end {
            batch.text.push_str(&format::line(&end));
        }
        Ok(batch)
    }

    fn session(&self) -> MutexGuard<'_, Option<Session>> {
        self.0.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Session ===

impl Session {
    fn new(id: u64, order: Order, numbers: Numbers) -> Self {
        let now = Instant::now();
        Self {
            id,
            order,
            began: now,
            fetched: now,
            queue: VecDeque::new(),
            queued: 0,
            bytes: 0,
            messages: 0,
            lost: 0,
            lost_told: 0,
            over: None,
            redactor: Arc::new(Mutex::new(Redactor::new(numbers == Numbers::Masked))),
        }
    }

    fn wants(&self, user: Option<&str>) -> bool {
        let chosen = |user: &str| self.order.agents.is_empty() || self.order.agents.iter().any(|agent| agent == user);
        self.over.is_none() && user.is_none_or(chosen)
    }

    fn take(&mut self, at: i64, note: Note) {
        self.look_at_the_clock();
        if !self.wants(note.user.as_deref()) {
            return;
        }
        let size = note.body.len() + note.answer.len();
        if self.queue.len() >= QUEUE || self.queued + size > QUEUE_BYTES {
            self.lost += 1;
            return;
        }
        self.bytes += size as u64;
        self.queued += size;
        self.messages += 1;
        self.queue.push_back((at, note));
        if self.bytes >= self.order.bytes {
            self.over = Some("size");
        }
    }

    fn some(&mut self) -> Vec<(i64, Note)> {
        let (mut notes, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH
            && let Some((at, note)) = self.queue.pop_front()
        {
            bytes += note.body.len() + note.answer.len();
            notes.push((at, note));
        }
        self.queued -= bytes;
        notes
    }

    fn look_at_the_clock(&mut self) {
        if self.began.elapsed() >= Duration::from_secs(self.order.seconds) {
            self.over.get_or_insert("time");
        }
        if self.is_abandoned() {
            self.over.get_or_insert("abandoned");
            // Nobody will fetch it.
            self.lost += self.queue.len() as u64;
            self.queue.clear();
            self.queued = 0;
        }
    }

    fn is_abandoned(&self) -> bool {
        self.fetched.elapsed() >= ABANDONED
    }
}

/// Whom the header of a message names.
fn named(body: &[u8]) -> Option<String> {
    let envelope = tree::read(std::str::from_utf8(body).ok()?).ok()?;
    envelope.header("user").map(str::to_owned)
}

/// The line for a message, without secrets.
fn message(at: i64, note: Note, redactor: &mut Redactor) -> Message {
    let Note { way, user, to, action, status, began: _, took, body, answer } = note;
    let truncated = body.len() > BODY || answer.len() > BODY;
    let text = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(BODY)]).into_owned();
    if let Some(user) = &user {
        redactor.keep(user);
    }
    Message {
        at: at.div_euclid(1000),
        at_us: u16::try_from(at.rem_euclid(1000)).unwrap_or_default(),
        way: Some(way),
        user,
        to: to.map(|url| redactor.url(&url)),
        action,
        status,
        // Microseconds are precise enough, and short to read.
        took_ms: (took.as_secs_f64() * 1_000_000.0).round() / 1000.0,
        body: redactor.text(&text(&body)),
        answer: redactor.text(&text(&answer)),
        truncated,
        ours: true,
    }
}
