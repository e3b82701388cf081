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

mod guard;

use crate::jobs::Jobs;
use guard::{Guard, Teller};
use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    sync::mpsc::{self, TrySendError},
    thread,
    time::Duration,
};

/// Events that wait for the window; when they are not taken the child waits in its turn, and nothing grows.
const EVENTS: usize = 256;
/// Lines that wait for the child.
const ORDERS: usize = 64;

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
        let teller = Teller::new(sender, jobs.waker());
        let watch = Guard::new(self, teller, words, guard.clone());
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

#[cfg(unix)]
#[cfg(test)]
mod tests;
