//! Opens a page in the person's browser, by the system's own way, on a thread.

use crate::jobs::{Job, Jobs};
use std::{
    io,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A program that runs longer has become the browser.
const LONG: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(100);

/// Opens an address; the job says what is wrong where that fails.
///
/// # Errors
/// The system has no thread left.
pub fn open(jobs: &Jobs, address: String) -> io::Result<Job<Result<(), String>>> {
    jobs.start("open browser", move |reporter| {
        let (program, arguments) = opener(&address);
        let child = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        match child {
            Err(error) => reporter.say(Err(format!("{program}: {error}"))),
            Ok(mut child) => {
                reporter.say(outcome(program, &mut child));
                // It may be the browser itself, that is told nothing more.
                let _ = child.wait();
            }
        }
    })
}

/// The system's program for it. On Windows the exit code of Explorer says nothing.
#[cfg(windows)]
fn opener(address: &str) -> (&'static str, Vec<String>) {
    ("explorer.exe", vec![address.to_owned()])
}

#[cfg(not(windows))]
fn opener(address: &str) -> (&'static str, Vec<String>) {
    ("xdg-open", vec![address.to_owned()])
}

fn outcome(program: &str, child: &mut Child) -> Result<(), String> {
    let until = Instant::now() + LONG;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(None) => thread::sleep(LOOK),
            Ok(Some(status)) if status.success() || cfg!(windows) => return Ok(()),
            Ok(Some(status)) => return Err(format!("{program}: {status}")),
            Err(error) => return Err(format!("{program}: {error}")),
        }
    }
    Ok(())
}
