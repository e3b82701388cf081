//! The operating system: signals, the service manager, its log, whom it trusts, who we are for others, and what it says of this process. Nothing of ours.

pub mod identity;
pub mod process;
pub mod system_log;
pub mod systemd;
pub mod trust;

use std::io;

/// What the system, or the person at the keyboard, wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Finish and end: SIGTERM, SIGINT, Ctrl-C.
    Stop,
    /// Look at the file again: SIGHUP.
    Reload,
}

/// The signals of this process; from now on they no longer end it.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
}

/// Asks another process to finish and end, as SIGTERM does.
///
/// # Errors
/// The system does not let us, or knows no such process.
#[cfg(unix)]
pub fn terminate(process: u32) -> io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};
    let process = i32::try_from(process).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::NotFound)?;
    Ok(kill_process(process, Signal::TERM)?)
}

/// Asks another process to end.
///
/// # Errors
/// [`io::ErrorKind::Unsupported`]: this system has no such signal.
#[cfg(not(unix))]
pub fn terminate(_process: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

// === impl Signals ===

#[cfg(unix)]
impl Signals {
    /// Takes them over.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The next one. Safe to drop while it waits. Signals of one kind that come in quick succession count once.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.terminate.recv() => Signal::Stop,
            _ = self.interrupt.recv() => Signal::Stop,
            _ = self.hang_up.recv() => Signal::Reload,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Takes them over.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// The next one. Safe to drop while it waits.
    pub async fn next(&mut self) -> Signal {
        // When Ctrl-C cannot be heard, there is nothing to hear at all.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::Stop
    }
}
