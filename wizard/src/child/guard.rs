//! The threads of a child: one that owns the process and sees to its end, and one for each pipe, so that none of them can make another wait.

use super::{End, Event, Order, Word};
use crate::jobs::Waker;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    process::{Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// The longest line in bytes; the rest of a longer one is left out.
pub(super) const LINE: u64 = 1024 * 1024;
/// How much of the end of what it says on standard error is kept, in bytes.
pub(super) const ERRORS: usize = 8 * 1024;
/// A child that closed its output is about to end; this is how often it is looked at until it has.
const LOOK: Duration = Duration::from_millis(5);
/// Pipes may stay open after the end, when a grandchild has them; nobody waits for it longer than this.
const LEFT_OPEN: Duration = Duration::from_millis(500);

/// Tells the window what the child does.
#[derive(Clone)]
pub(super) struct Teller {
    events: mpsc::SyncSender<Event>,
    waker: Waker,
}

impl Teller {
    pub(super) fn new(events: mpsc::SyncSender<Event>, waker: Waker) -> Self {
        Self { events, waker }
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more when the page was closed: then the pipe is only emptied, so that the child can end.
        let _ = self.events.send(event);
        (self.waker)();
    }
}

/// Owns the process: starts it, and sees to its end.
pub(super) struct Guard {
    order: Order,
    teller: Teller,
    words: mpsc::Receiver<Word>,
    own: mpsc::Sender<Word>,
}

impl Guard {
    /// `own` speaks to the same ear as `words` hears.
    pub(super) fn new(order: Order, teller: Teller, words: mpsc::Receiver<Word>, own: mpsc::Sender<Word>) -> Self {
        Self { order, teller, words, own }
    }

    /// Starts the child and stays until it has ended; `to_write` is what goes to its input.
    pub(super) fn run(self, to_write: mpsc::Receiver<Vec<u8>>) {
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
                let by_itself = cancelled && self.end_by_itself(&mut process, &mut open_pipes).is_some();
                if !by_itself {
                    // It may have ended in this moment; then there is nothing to kill.
                    let _ = process.kill();
                    let _ = process.wait();
                }
                // What it wrote before its end is still in the pipes, and nothing may be told after the end.
                self.empty(open_pipes);
                if cancelled { End::Cancelled } else { End::TimedOut { errors: tail(errors) } }
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
    fn end_by_itself(&self, process: &mut std::process::Child, open_pipes: &mut u32) -> Option<ExitStatus> {
        let until = Instant::now() + self.order.grace;
        loop {
            match process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < until => {
                    if let Ok(Word::PipeEnded) = self.hear(LOOK) {
                        *open_pipes -= 1;
                    }
                }
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// Waits until the pipes are empty, for a moment at most.
    fn empty(&self, mut open_pipes: u32) {
        let until = Instant::now() + LEFT_OPEN;
        while open_pipes > 0
            && let Some(left) = until.checked_duration_since(Instant::now())
        {
            if let Ok(Word::PipeEnded) = self.hear(left) {
                open_pipes -= 1;
            }
        }
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
