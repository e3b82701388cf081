//! Takes messages while they pass, for one administrator at a time.
//!
//! The hot path pays one atomic load while nothing is recorded, and a copy into a bounded queue while something is; it never waits. Whoever
//! records fetches batches; what finds no room meanwhile is counted, and a recording that nobody fetches any more ends by itself. Secrets
//! are removed when a batch is fetched, outside the hot path and before anything leaves the service.

use super::{
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
        atomic::{AtomicBool, AtomicU64, Ordering},
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
    /// Are customers' numbers masked in what is recorded from now on?
    pub fn mask_numbers(&self, mask: bool) {
        self.0.keep_numbers.store(!mask, Ordering::Relaxed);
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
        let at = jiff::Timestamp::now().as_millisecond();
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
        let head = Head {
            jackfield_capture: VERSION,
            made: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
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
    let Note { way, user, to, action, status, took, body, answer } = note;
    let truncated = body.len() > BODY || answer.len() > BODY;
    let text = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(BODY)]).into_owned();
    if let Some(user) = &user {
        redactor.keep(user);
    }
    Message {
        at,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Line;

    fn order(agents: &[&str]) -> Order {
        Order { agents: agents.iter().map(|&name| name.into()).collect(), seconds: 60, bytes: 1 << 20 }
    }

    fn note(user: Option<&str>, body: &str) -> Note {
        Note {
            way: Way::FromSap,
            user: user.map(str::to_owned),
            to: None,
            action: None,
            status: 200,
            took: Duration::from_micros(1500),
            body: body.into(),
            answer: Vec::new(),
        }
    }

    async fn lines(recorder: &Recorder, id: u64) -> Vec<Line> {
        let batch = recorder.fetch(id, Duration::ZERO).await.unwrap();
        batch.text.lines().map(|line| Line::parse(line).unwrap()).collect()
    }

    fn bodies(lines: &[Line]) -> Vec<&str> {
        lines.iter().filter_map(|line| if let Line::Message(message) = line { Some(message.body.as_str()) } else { None }).collect()
    }

    #[tokio::test]
    async fn only_the_agents_that_were_chosen_are_recorded_and_what_names_nobody() {
        let recorder = Recorder::default();
        assert!(!recorder.wants(Some("ANNA")) && !recorder.wants(None));
        let (id, head) = recorder.begin(order(&["ANNA"])).unwrap();
        assert!(head.agents == ["ANNA"] && head.numbers == Numbers::Masked);
        assert!(recorder.wants(Some("ANNA")) && recorder.wants(None) && !recorder.wants(Some("BERT")));
        let strange = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><x:user xmlns:x='x'>BERT</x:user></e:Header></e:Envelope>";
        for (user, body) in [(Some("ANNA"), "<a/>"), (Some("BERT"), "<b/>"), (None, "<c/>"), (None, strange)] {
            recorder.note(note(user, body));
        }
        assert_eq!(bodies(&lines(&recorder, id).await), ["<a/>", "<c/>"]);
        recorder.stop(id).unwrap();
        recorder.note(note(Some("ANNA"), "<late/>"));
        let rest = lines(&recorder, id).await;
        assert_eq!(rest, [Line::End(End { end: "stopped".into(), messages: 3, lost: 0 })]);
        assert_eq!(recorder.fetch(id, Duration::ZERO).await, Err(Refused::Unknown));
        assert!(!recorder.wants(None));
    }

    #[tokio::test]
    async fn what_finds_no_room_is_counted_and_nobody_waits() {
        let recorder = Recorder::default();
        let (id, _) = recorder.begin(Order { bytes: 256 << 20, ..order(&[]) }).unwrap();
        for _ in 0..QUEUE + 5 {
            recorder.note(note(Some("A"), "<a/>"));
        }
        assert_eq!(recorder.figures(), Figures { on: true, messages: QUEUE as u64, lost: 5 });
        let taken = lines(&recorder, id).await;
        assert_eq!((bodies(&taken).len(), taken.last()), (QUEUE, Some(&Line::Lost(5))));
        let large = "x".repeat(BODY);
        for _ in 0..=(QUEUE_BYTES / BODY) {
            recorder.note(note(Some("A"), &large));
        }
        assert_eq!(recorder.figures().lost, 6);
        recorder.note(note(Some("A"), "<room/>"));
        assert_eq!(recorder.figures().lost, 7, "16 MiB are full to the last byte");
    }

    #[tokio::test]
    async fn a_recording_ends_at_its_size_and_a_body_is_cut_at_its_own() {
        let recorder = Recorder::default();
        let (id, _) = recorder.begin(Order { bytes: 300 << 10, ..order(&[]) }).unwrap();
        recorder.note(note(None, &"y".repeat(BODY + 10)));
        recorder.note(note(None, &"y".repeat(BODY)));
        recorder.note(note(None, "<late/>"));
        let taken = lines(&recorder, id).await;
        let [Line::Message(cut), Line::Message(whole), Line::End(end)] = taken.as_slice() else { panic!("{}", taken.len()) };
        assert_eq!((cut.body.len(), cut.truncated, whole.truncated, end.end.as_str()), (BODY, true, false, "size"));
    }

    #[tokio::test]
    async fn one_administrator_records_at_a_time() {
        let recorder = Recorder::default();
        let (id, _) = recorder.begin(order(&[])).unwrap();
        assert_eq!(recorder.begin(order(&[])), Err(Refused::Busy(id)));
        assert_eq!(recorder.stop(id + 1), Err(Refused::Unknown));
        recorder.stop(id).unwrap();
        assert!(recorder.fetch(id, Duration::ZERO).await.unwrap().over);
        assert!(recorder.begin(order(&[])).is_ok());
    }

    #[tokio::test]
    async fn numbers_are_masked_unless_the_file_says_otherwise() {
        let recorder = Recorder::default();
        for (mask, kept) in [(true, false), (false, true)] {
            recorder.mask_numbers(mask);
            let (id, _) = recorder.begin(order(&[])).unwrap();
            recorder.note(note(Some("A"), "<n>+493012345678</n>"));
            recorder.stop(id).unwrap();
            let batch = recorder.fetch(id, Duration::ZERO).await.unwrap();
            assert_eq!(batch.text.contains("493012345678"), kept, "{}", batch.text);
        }
    }
}
