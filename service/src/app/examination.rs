//! A test of a file on this machine, for an administrator on another one: `jackfield check` as a child of ours, so that it can be ended and
//! bounded whatever it waits for. One at a time; its lines are fetched, and a test that nobody fetches ends.

use crate::serve::admin::{Cause, Denied, Lines};
use std::{
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
    sync::Notify,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// No test takes longer; each of its probes has a shorter deadline of its own.
const DEADLINE: Duration = Duration::from_mins(1);
/// A test that nobody asks about for so long ends.
const ABANDONED: Duration = Duration::from_secs(20);
/// How long somebody who asks waits for a line.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than a check ever says, in bytes.
const MOST: usize = 1024 * 1024;

/// The test that runs, or ran last; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Examination(Arc<Mutex<Option<Running>>>);

#[derive(Clone)]
struct Running {
    number: u64,
    said: Arc<Mutex<Said>>,
    news: Arc<Notify>,
    stop: CancellationToken,
}

struct Said {
    lines: String,
    /// Everything so far.
    bytes: usize,
    over: bool,
    asked: Instant,
}

impl Examination {
    /// Begins to test a text as if it stood in this folder; gives back the test's number.
    pub(super) fn begin(&self, text: String, folder: Option<PathBuf>) -> Result<u64, Denied> {
        let mut current = self.current();
        if current.as_ref().is_some_and(|running| !running.said().over) {
            return Err(Denied::new(Cause::Busy, "Another test runs: wait for its end"));
        }
        let cannot = |error: std::io::Error| Denied::new(Cause::Stopping, format!("The test cannot be started: {error}"));
        let program = program().map_err(cannot)?;
        let mut command = Command::new(program);
        command.args(["check", "--json", "--config", "-"]).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
            command.current_dir(folder);
        }
        let child = command.spawn().map_err(cannot)?;
        let number = current.as_ref().map_or(1, |running| running.number + 1);
        let said = Said { lines: String::new(), bytes: 0, over: false, asked: Instant::now() };
        let running = Running { number, said: Arc::new(Mutex::new(said)), news: Arc::default(), stop: CancellationToken::new() };
        tokio::spawn(running.clone().follow(child, text));
        *current = Some(running);
        Ok(number)
    }

    /// What it has said since the last time; waits a moment for something.
    pub(super) async fn lines(&self, number: u64) -> Result<Lines, Denied> {
        let running = self.of(number)?;
        let until = Instant::now() + PATIENCE;
        loop {
            let news = running.news.notified();
            {
                let mut said = running.said();
                said.asked = Instant::now();
                if !said.lines.is_empty() {
                    return Ok(Lines::Some(std::mem::take(&mut said.lines)));
                }
                if said.over {
                    return Ok(Lines::Over);
                }
            }
            if timeout(until.saturating_duration_since(Instant::now()), news).await.is_err() {
                return Ok(Lines::NoneYet);
            }
        }
    }

    /// Ends it before its time.
    pub(super) fn cancel(&self, number: u64) -> Result<(), Denied> {
        self.of(number)?.stop.cancel();
        Ok(())
    }

    fn of(&self, number: u64) -> Result<Running, Denied> {
        let current = self.current().clone().filter(|running| running.number == number);
        current.ok_or_else(|| Denied::new(Cause::Gone, "There is no such test"))
    }

    fn current(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Running ===

impl Running {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow(self, mut child: Child, text: String) {
        let (input, output) = (child.stdin.take(), child.stdout.take());
        if let (Some(mut input), Some(output)) = (input, output) {
            let end = Instant::now() + DEADLINE;
            let mut lines = BufReader::new(output).lines();
            let told = async move {
                // A child that has ended early closes its end; its lines say why.
                let _ = input.write_all(text.as_bytes()).await;
            };
            tokio::pin!(told);
            let mut telling = true;
            loop {
                let abandoned = self.said().asked + ABANDONED;
                tokio::select! {
                    () = &mut told, if telling => telling = false,
                    line = lines.next_line() => match line {
                        Ok(Some(line)) if self.take(&line) => {}
                        _ => break,
                    },
                    () = self.stop.cancelled() => break,
                    () = sleep_until(end) => break,
                    () = sleep_until(abandoned) => {
                        if self.said().asked + ABANDONED <= Instant::now() {
                            break;
                        }
                    }
                }
            }
        }
        // One that has ended by itself is only taken away.
        let _ = child.kill().await;
        self.said().over = true;
        self.news.notify_waiters();
    }

    /// `false`: it says more than a check ever does.
    fn take(&self, line: &str) -> bool {
        let mut said = self.said();
        said.bytes += line.len() + 1;
        if said.bytes > MOST {
            return false;
        }
        said.lines.push_str(line);
        said.lines.push('\n');
        drop(said);
        self.news.notify_waiters();
        true
    }
}

/// Ourselves: on Linux also when an update has put another file in our place meanwhile.
fn program() -> std::io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}
