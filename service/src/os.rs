//! The operating system: signals, the service manager, its log, whom it trusts, who we are for others, and what it says of this process. Nothing of ours.

pub mod identity;
pub mod manager;
pub mod process;
pub mod system_log;
#[cfg(unix)]
pub mod systemd;
pub mod trust;
#[cfg(windows)]
pub mod windows;

use std::io;
#[cfg(unix)]
pub use systemd::manager;

/// The manager that has started this process from outside: a service of Windows is begun in another way (`windows::serve`), so there is none.
///
/// # Errors
/// Never.
#[cfg(windows)]
pub fn manager() -> io::Result<manager::Manager> {
    Ok(manager::Manager::nobody())
}

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
pub struct Signals(#[cfg(unix)] Unix, #[cfg(windows)] windows::Wishes);

/// Those of Unix.
#[cfg(unix)]
#[derive(Debug)]
struct Unix {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

// === impl Signals ===

impl Signals {
    /// Takes over those that the system has for this process: SIGTERM, SIGINT and SIGHUP; on Windows what a console says.
    ///
    /// # Errors
    /// The system does not let us.
    pub fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self(Unix {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
                hang_up: signal(SignalKind::hangup())?,
            }))
        }
        #[cfg(windows)]
        windows::Wishes::of_console().map(Self)
    }

    /// What a service manager asks for.
    #[cfg(windows)]
    pub(super) fn asked(wishes: windows::Wishes) -> Self {
        Self(wishes)
    }

    /// The next one. Safe to drop while it waits. Signals of one kind that come in quick succession count once.
    pub async fn next(&mut self) -> Signal {
        #[cfg(unix)]
        tokio::select! {
            _ = self.0.terminate.recv() => Signal::Stop,
            _ = self.0.interrupt.recv() => Signal::Stop,
            _ = self.0.hang_up.recv() => Signal::Reload,
        }
        #[cfg(windows)]
        self.0.next().await
    }
}
