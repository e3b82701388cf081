//! Log files, in a folder for each day (UTC): `SapIci.log` with what the service does, `SapIciWeb.log` with requests and SAP's messages (guide,
//! "Troubleshoot log files"). A thread of its own writes them, so that a slow disk holds nobody up: what it cannot take is left out and
//! counted, and the next line that is written says how many were lost.

mod clean;
mod list;
mod place;

use super::{COUNTERS, hide::hidden, topic::topic};
use clean::clean;
use jiff::civil::Date;
pub use list::log_files;
use place::Place;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};
use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

/// Where log files go, and how many there may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePolicy {
    /// The folder that holds the days' folders.
    pub folder: PathBuf,
    /// Days kept, today included; at least 1.
    pub keep_days: u32,
    /// A file that has become this long, in bytes, is followed by another.
    pub file: u64,
    /// All files together may take so many bytes; then the oldest go.
    pub all: u64,
}

/// How the files are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileState {
    /// Are there any?
    pub is_on: bool,
    /// Why they cannot be written at the moment.
    pub failure: Option<String>,
}

/// Which of a day's logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Book {
    /// What the service does.
    Service,
    /// Requests, and SAP's messages.
    Web,
}

/// The files of this process.
#[derive(Clone, Debug)]
pub(super) struct Files {
    lines: SyncSender<Entry>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    is_on: AtomicBool,
    policy: Mutex<Option<FilePolicy>>,
    failure: Mutex<Option<String>>,
}

enum Entry {
    Line(Book, Box<str>),
    Flush(SyncSender<()>),
}

/// A line on its way to its file.
pub(super) struct Piece<'f> {
    files: &'f Files,
    book: Book,
}

/// Lines that may wait for the disk.
const WAITING: usize = 8192;
/// How long a written line may stay in memory.
const FLUSH: Duration = Duration::from_millis(500);
/// How often old files are looked for.
const CLEAN: Duration = Duration::from_mins(10);
/// How long after a file could not be written it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

// === impl Files ===

impl Files {
    /// Begins; nothing is written until [`Self::obey`] says where.
    pub(super) fn start() -> Self {
        let (lines, waiting) = sync_channel(WAITING);
        let state = Arc::new(State::default());
        let files = Self { lines, state: Arc::clone(&state) };
        let work = move || Writer { state, policy: None, open: [const { None }; 2], cleaned: None, failed: None, lost: 0 }.run(&waiting);
        if let Err(error) = thread::Builder::new().name("log-files".into()).spawn(work) {
            tracing::error!(%error, "there are no log files: the thread for them cannot be started");
        }
        files
    }

    /// Goes by this from the next line on; `None`: no files.
    pub(super) fn obey(&self, policy: Option<FilePolicy>) {
        self.state.is_on.store(policy.is_some(), Ordering::Relaxed);
        *self.state.policy.lock().unwrap_or_else(PoisonError::into_inner) = policy;
    }

    /// Are there any?
    pub(super) fn is_on(&self) -> bool {
        self.state.is_on.load(Ordering::Relaxed)
    }

    pub(super) fn state(&self) -> FileState {
        let failure = self.state.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        FileState { is_on: self.is_on(), failure: failure.filter(|_| self.is_on()) }
    }

    /// Waits until what was written before is in the files, for so long at most. Blocks.
    pub(super) fn flush(&self, patience: Duration) {
        let (done, told) = sync_channel(1);
        if self.is_on() && self.lines.try_send(Entry::Flush(done)).is_ok() {
            // Whoever waits no longer has done what could be done.
            let _ = told.recv_timeout(patience);
        }
    }
}

impl<'f> MakeWriter<'f> for Files {
    type Writer = Piece<'f>;

    fn make_writer(&'f self) -> Piece<'f> {
        Piece { files: self, book: Book::Service }
    }

    fn make_writer_for(&'f self, about: &Metadata<'_>) -> Piece<'f> {
        let book = if matches!(topic(about.target()), "http" | "ici") { Book::Web } else { Book::Service };
        Piece { files: self, book }
    }
}

// === impl Piece ===

impl Write for Piece<'_> {
    /// Each line comes in one piece.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if self.files.lines.try_send(Entry::Line(self.book, hidden(&text).into())).is_err() {
            COUNTERS.log_lines_lost.add();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The thread.
struct Writer {
    state: Arc<State>,
    policy: Option<FilePolicy>,
    open: [Option<Open>; 2],
    cleaned: Option<(Date, Instant)>,
    /// When it failed last.
    failed: Option<Instant>,
    /// The counter at the last line that was written.
    lost: u64,
}

struct Open {
    day: Date,
    file: BufWriter<File>,
    length: u64,
}

// === impl Writer ===

impl Writer {
    fn run(mut self, waiting: &Receiver<Entry>) {
        let mut flushed = Instant::now();
        loop {
            let entry = waiting.recv_timeout(FLUSH);
            self.follow();
            match entry {
                Ok(Entry::Line(book, line)) => self.line(book, &line, jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()),
                Ok(Entry::Flush(done)) => {
                    self.flush();
                    // Nobody may wait any more.
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.flush(),
                Err(RecvTimeoutError::Disconnected) => return self.flush(),
            }
            if flushed.elapsed() >= FLUSH {
                self.flush();
                flushed = Instant::now();
            }
        }
    }

    /// The policy may have changed.
    fn follow(&mut self) {
        let policy = self.state.policy.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if policy != self.policy {
            self.flush();
            self.open = [const { None }; 2];
            (self.policy, self.cleaned, self.failed) = (policy, None, None);
            self.note(None);
        }
    }

    fn line(&mut self, book: Book, line: &str, today: Date) {
        let Some(policy) = self.policy.clone() else { return };
        if self.failed.is_some_and(|failed| failed.elapsed() < AGAIN) {
            return COUNTERS.log_lines_lost.add();
        }
        match self.write(&policy, book, line, today) {
            Ok(()) => {
                if self.failed.take().is_some() {
                    self.note(None);
                }
            }
            Err(error) => {
                self.note(Some(error.to_string()));
                COUNTERS.log_lines_lost.add();
                self.open[book.index()] = None;
                // Once for each time that it goes wrong; this one comes here too, and is counted.
                if self.failed.replace(Instant::now()).is_none() {
                    tracing::warn!(target: "service", folder = %policy.folder.display(), %error, "log files cannot be written: lines are lost");
                }
            }
        }
        if self.cleaned.is_none_or(|(day, at)| day != today || at.elapsed() >= CLEAN) {
            self.cleaned = Some((today, Instant::now()));
            clean(&policy, today);
        }
    }

    /// For whoever asks how the files are.
    fn note(&self, failure: Option<String>) {
        *self.state.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    fn write(&mut self, policy: &FilePolicy, book: Book, line: &str, today: Date) -> io::Result<()> {
        let slot = &mut self.open[book.index()];
        if slot.as_ref().is_none_or(|open| open.day != today || open.length >= policy.file) {
            if let Some(mut full) = slot.take() {
                full.file.flush()?;
            }
            *slot = Some(open(&policy.folder, book, today, policy.file)?);
        }
        let Some(open) = slot else { return Ok(()) };
        let lost = COUNTERS.log_lines_lost.get();
        if lost > self.lost {
            let missing = format!("{} lines are missing here: the disk was too slow, full or away\n", lost - self.lost);
            open.file.write_all(missing.as_bytes())?;
            self.lost = lost;
        }
        open.file.write_all(line.as_bytes())?;
        open.length += line.len() as u64;
        Ok(())
    }

    fn flush(&mut self) {
        for slot in &mut self.open {
            // What cannot be written is found by the next line.
            if slot.as_mut().is_some_and(|open| open.file.flush().is_err()) {
                *slot = None;
                COUNTERS.log_lines_lost.add();
            }
        }
    }
}

/// The day's last file of this log, or the next one where that is full.
fn open(folder: &Path, book: Book, day: Date, limit: u64) -> io::Result<Open> {
    let within = place::folder(folder, day);
    fs::create_dir_all(&within)?;
    let last = fs::read_dir(&within)?.filter_map(|entry| Place::of(entry.ok()?.file_name().to_str()?)).filter(|place| place.book == book);
    let mut place = last.max_by_key(|place| place.number).unwrap_or(Place { book, number: 0 });
    loop {
        let file = OpenOptions::new().append(true).create(true).open(within.join(place.name()))?;
        let length = file.metadata()?.len();
        if length < limit {
            return Ok(Open { day, file: BufWriter::new(file), length });
        }
        place.number += 1;
    }
}

// === impl Book ===

impl Book {
    fn index(self) -> usize {
        match self {
            Self::Service => 0,
            Self::Web => 1,
        }
    }
}

#[cfg(test)]
mod tests;
