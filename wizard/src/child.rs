//! Another program, run as a child that speaks in lines: what it writes comes as events, what it is told goes to its standard input. It
//! never blocks the window, has a deadline where one is asked for, and ends with the page that holds it. What the lines mean is not here.
//!
//! ```no_run
//! # use wizard::{child::{Event, Order}, jobs::Jobs};
//! # fn shown(jobs: &Jobs) -> std::io::Result<()> {
//! let mut child = Order::new("/usr/bin/jackfield").arguments(["simulate", "sap", "--json"]).start(jobs)?;
//! // In later frames; each event wakes the window, so nobody asks in a loop.
//! for event in child.poll() {
//!     match event {
//!         Event::Line(line) => println!("{line}"),
//!         Event::Ended(end) => println!("{end:?}"),
//!     }
//! }
//! # Ok(()) }
//! ```

use crate::jobs::{Jobs, Waker};
use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, TrySendError},
    },
    thread,
    time::{Duration, Instant},
};

/// Events that wait for the window; when they are not taken the child waits in its turn, and nothing grows.
const EVENTS: usize = 256;
/// Lines that wait for the child.
const ORDERS: usize = 64;
/// The longest line in bytes; the rest of a longer one is left out.
const LINE: u64 = 1024 * 1024;
/// How much of the end of what it says on standard error is kept, in bytes.
const ERRORS: usize = 8 * 1024;
/// A child that closed its output is about to end; this is how often it is looked at until it has.
const LOOK: Duration = Duration::from_millis(5);
/// Pipes may stay open after the end, when a grandchild has them; nobody waits for it longer than this.
const LEFT_OPEN: Duration = Duration::from_millis(500);

/// What is to be run, and how.
#[derive(Clone, Debug)]
pub struct Order {
    program: PathBuf,
    arguments: Vec<OsString>,
    directory: Option<PathBuf>,
    input: Option<Vec<u8>>,
    deadline: Option<Duration>,
    grace: Duration,
}

/// A child that was started. Dropping it ends it.
pub struct Child {
    events: mpsc::Receiver<Event>,
    lines: Option<mpsc::SyncSender<Vec<u8>>>,
    guard: mpsc::Sender<Word>,
    has_ended: bool,
}

/// What a child did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It wrote a line on its standard output; without its end.
    Line(String),
    /// It is gone. The last event.
    Ended(End),
}

/// How a child ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, or by a signal of somebody else.
    Exited {
        /// Its exit code; none when a signal ended it.
        code: Option<i32>,
        /// The end of what it said on standard error.
        errors: String,
    },
    /// It was told to.
    Cancelled,
    /// It took longer than it was given.
    TimedOut {
        /// The end of what it said on standard error.
        errors: String,
    },
    /// It could not be started at all, for this reason.
    NotStarted(String),
}

/// Why a line could not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The child has ended, or its input was closed.
    #[error("the program does not listen any more")]
    Gone,
    /// It does not read what it was sent before.
    #[error("the program is too busy to listen")]
    Busy,
}

/// What the guard is told.
enum Word {
    PipeEnded,
    Cancel,
}

impl Order {
    /// Runs this program, without arguments, with an input that stays open and is written by [`Child::send`].
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), arguments: Vec::new(), directory: None, input: None, deadline: None, grace: Duration::ZERO }
    }

    /// With these arguments as well. Everybody on the machine can read them: never a secret.
    #[must_use]
    pub fn arguments<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// In this folder instead of the wizard's own.
    #[must_use]
    pub fn directory(self, directory: impl Into<PathBuf>) -> Self {
        Self { directory: Some(directory.into()), ..self }
    }

    /// Gives it this on its standard input, and then its end: for a program that reads a whole document.
    #[must_use]
    pub fn input(self, input: impl Into<Vec<u8>>) -> Self {
        Self { input: Some(input.into()), ..self }
    }

    /// Ends it after this time.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// When it is cancelled or dropped, its input is closed first, and it has this long to end by itself: for a program that has something
    /// to tidy up, such as an agent to log off.
    #[must_use]
    pub fn grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// Starts it on threads of its own. A program that is not there is not an error here but an [`End`].
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(self, jobs: &Jobs) -> io::Result<Child> {
        let (sender, events) = mpsc::sync_channel(EVENTS);
        let (guard, words) = mpsc::channel();
        let (lines, to_write) = mpsc::sync_channel(ORDERS);
        let lines = match &self.input {
            None => Some(lines),
            // There is room for one in a channel that has just been made; dropping its sender is the end of the input.
            Some(input) => lines.try_send(input.clone()).ok().and(None),
        };
        let teller = Teller { events: sender, waker: jobs.waker() };
        let watch = Guard { order: self, teller, words, own: guard.clone() };
        thread::Builder::new().name("child".to_owned()).spawn(move || watch.run(to_write))?;
        Ok(Child { events, lines, guard, has_ended: false })
    }
}

impl Child {
    /// What has come since the last call.
    pub fn poll(&mut self) -> Vec<Event> {
        let come: Vec<Event> = self.events.try_iter().collect();
        self.has_ended |= matches!(come.last(), Some(Event::Ended(_)));
        come
    }

    /// Waits for the next event; `None` after the last one. The window never calls this: it would stand still.
    pub fn wait(&mut self) -> Option<Event> {
        let event = self.events.recv().ok();
        self.has_ended |= matches!(event, None | Some(Event::Ended(_)));
        event
    }

    /// Has it ended, and was everything that it wrote polled?
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    /// It has ended, or does not read.
    pub fn send(&self, line: &str) -> Result<(), NotSent> {
        let lines = self.lines.as_ref().ok_or(NotSent::Gone)?;
        lines.try_send(format!("{line}\n").into_bytes()).map_err(|error| match error {
            TrySendError::Full(_) => NotSent::Busy,
            TrySendError::Disconnected(_) => NotSent::Gone,
        })
    }

    /// Closes its standard input: most programs end then by themselves.
    pub fn end_input(&mut self) {
        self.lines = None;
    }

    /// Ends it; its last event comes soon.
    pub fn cancel(&mut self) {
        self.end_input();
        // It may have ended already; then there is nothing to do.
        let _ = self.guard.send(Word::Cancel);
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.cancel();
    }
}

// === the threads ===

#[derive(Clone)]
struct Teller {
    events: mpsc::SyncSender<Event>,
    waker: Waker,
}

impl Teller {
    fn tell(&self, event: Event) {
        // Nobody listens any more when the page was closed: then the pipe is only emptied, so that the child can end.
        let _ = self.events.send(event);
        (self.waker)();
    }
}

/// Owns the process: starts it, and sees to its end.
struct Guard {
    order: Order,
    teller: Teller,
    words: mpsc::Receiver<Word>,
    own: mpsc::Sender<Word>,
}

impl Guard {
    fn run(self, to_write: mpsc::Receiver<Vec<u8>>) {
        let end = match self.start(to_write) {
            Ok((process, errors)) => self.watch(process, &errors),
            Err(error) => End::NotStarted(error.to_string()),
        };
        self.teller.tell(Event::Ended(end));
    }

    fn start(&self, to_write: mpsc::Receiver<Vec<u8>>) -> io::Result<(std::process::Child, Arc<Mutex<Vec<u8>>>)> {
        let mut command = Command::new(&self.order.program);
        command.args(&self.order.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(directory) = &self.order.directory {
            command.current_dir(directory);
        }
        #[cfg(windows)]
        {
            // Without it a console window opens beside ours.
            const CREATE_NO_WINDOW: u32 = 0x0800_0000;
            std::os::windows::process::CommandExt::creation_flags(&mut command, CREATE_NO_WINDOW);
        }
        let mut process = command.spawn()?;
        let errors = Arc::new(Mutex::new(Vec::new()));
        let served = self.serve(&mut process, to_write, Arc::clone(&errors));
        if let Err(error) = served {
            // A child that nobody listens to must not stay.
            let _ = process.kill();
            let _ = process.wait();
            return Err(error);
        }
        Ok((process, errors))
    }

    /// A thread for each pipe, so that none of them can make another one wait.
    fn serve(&self, process: &mut std::process::Child, to_write: mpsc::Receiver<Vec<u8>>, errors: Arc<Mutex<Vec<u8>>>) -> io::Result<()> {
        let thread = |name: &str, work: Box<dyn FnOnce() + Send>| thread::Builder::new().name(name.to_owned()).spawn(work).map(drop);
        if let Some(input) = process.stdin.take() {
            thread("child input", Box::new(move || write(input, &to_write)))?;
        }
        if let Some(output) = process.stdout.take() {
            let (teller, guard) = (self.teller.clone(), self.own.clone());
            let work = move || {
                read_lines(output, |line| teller.tell(Event::Line(line)));
                let _ = guard.send(Word::PipeEnded);
            };
            thread("child output", Box::new(work))?;
        }
        if let Some(pipe) = process.stderr.take() {
            let guard = self.own.clone();
            let work = move || {
                read_tail(pipe, &errors);
                let _ = guard.send(Word::PipeEnded);
            };
            thread("child errors", Box::new(work))?;
        }
        Ok(())
    }

    /// Waits for the end of the child, of its time, or of our interest.
    fn watch(&self, mut process: std::process::Child, errors: &Mutex<Vec<u8>>) -> End {
        let deadline = self.order.deadline.map(|deadline| Instant::now() + deadline);
        let mut open_pipes = 2;
        let ended = loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            // With both pipes closed nothing announces the end any more.
            let wait = if open_pipes == 0 { LOOK.min(left.unwrap_or(LOOK)) } else { left.unwrap_or(Duration::MAX) };
            match self.hear(wait) {
                Ok(Word::PipeEnded) => {
                    open_pipes -= 1;
                    continue;
                }
                Ok(Word::Cancel) => break Err(true),
                Err(()) => {}
            }
            match process.try_wait() {
                Ok(Some(status)) if open_pipes == 0 => break Ok(status),
                Err(_) => break Err(false),
                Ok(_) if deadline.is_some_and(|deadline| deadline <= Instant::now()) => break Err(false),
                Ok(_) => {}
            }
        };
        match ended {
            Ok(status) => End::Exited { code: status.code(), errors: tail(errors) },
            Err(cancelled) => {
                let by_itself = cancelled && self.end_by_itself(&mut process).is_some();
                if !by_itself {
                    // It may have ended in this moment; then there is nothing to kill.
                    let _ = process.kill();
                    let _ = process.wait();
                }
                if cancelled { End::Cancelled } else { self.timed_out(open_pipes, errors) }
            }
        }
    }

    /// The next word, or nothing for so long.
    fn hear(&self, wait: Duration) -> Result<Word, ()> {
        if wait == Duration::MAX {
            return self.words.recv().map_err(drop);
        }
        self.words.recv_timeout(wait).map_err(|_: RecvTimeoutError| ())
    }

    /// Its input is closed already; gives it the time it was promised.
    fn end_by_itself(&self, process: &mut std::process::Child) -> Option<ExitStatus> {
        let until = Instant::now() + self.order.grace;
        loop {
            match process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => drop(self.hear(LOOK)),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// What it wrote before it was killed is still in the pipes.
    fn timed_out(&self, mut open_pipes: u32, errors: &Mutex<Vec<u8>>) -> End {
        let until = Instant::now() + LEFT_OPEN;
        while open_pipes > 0 && Instant::now() < until {
            match self.hear(until.saturating_duration_since(Instant::now())) {
                Ok(Word::PipeEnded) => open_pipes -= 1,
                Ok(Word::Cancel) | Err(()) => break,
            }
        }
        End::TimedOut { errors: tail(errors) }
    }
}

fn write(mut pipe: impl Write, lines: &mpsc::Receiver<Vec<u8>>) {
    // A child that closed its input has no use for the rest; it is its right.
    while let Ok(line) = lines.recv() {
        if pipe.write_all(&line).and_then(|()| pipe.flush()).is_err() {
            return;
        }
    }
}

fn read_lines(pipe: impl Read, mut each: impl FnMut(String)) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if line.pop_if(|last| *last == b'\n').is_none() && reader.skip_until(b'\n').is_err() {
            return;
        }
        line.pop_if(|last| *last == b'\r');
        each(String::from_utf8_lossy(&line).into_owned());
    }
}

fn read_tail(mut pipe: impl Read, tail: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = pipe.read(&mut buffer) {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend_from_slice(&buffer[..read]);
        let over = tail.len().saturating_sub(ERRORS);
        tail.drain(..over);
    }
}

fn tail(errors: &Mutex<Vec<u8>>) -> String {
    String::from_utf8_lossy(&errors.lock().unwrap_or_else(PoisonError::into_inner)).trim().to_owned()
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
