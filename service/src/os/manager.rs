//! The service manager that has started this process, whichever it is: it is told when the service is ready, how it stands, that it lives, and
//! that it ends. How each manager wants to hear it is in `os/systemd.rs` and `os/windows.rs`.
//!
//! What is said goes out by a thread of its own: the other end is another process, which may not listen for a while.

use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::Duration,
};

/// What a service manager is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The service answers, after its start or after a reload; how it stands, in one line.
    Ready(String),
    /// It reads its file again.
    Reloading,
    /// It lives, for the manager's watchdog; how it stands.
    Alive(String),
    /// It ends; what it still does.
    Stopping(String),
    /// What it is doing now may take so much longer.
    MoreTime(Duration),
}

/// The way to the manager that has started this process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Manager {
    thread: Option<SyncSender<News>>,
    watchdog: Option<Duration>,
}

/// News that may wait. What is more is not said: a manager that does not read learns nothing from it.
const WAITING: usize = 32;

// === impl Manager ===

impl Manager {
    /// None: there is nobody to tell.
    pub(super) fn nobody() -> Self {
        Self { thread: None, watchdog: None }
    }

    /// One that `talk` speaks to, on a thread of its own and until the last clone is gone.
    ///
    /// # Errors
    /// The system gives us no thread.
    pub(super) fn spoken_to(talk: impl FnOnce(Receiver<News>) + Send + 'static, watchdog: Option<Duration>) -> io::Result<Self> {
        let (thread, news) = sync_channel(WAITING);
        thread::Builder::new().name("manager".to_owned()).spawn(move || talk(news))?;
        Ok(Self { thread: Some(thread), watchdog })
    }

    /// One whose news come out of the other end.
    #[cfg(test)]
    pub(crate) fn heard_by_tests(watchdog: Option<Duration>) -> (Self, Receiver<News>) {
        let (thread, news) = sync_channel(WAITING);
        (Self { thread: Some(thread), watchdog }, news)
    }

    /// Is there anybody to tell?
    pub fn is_there(&self) -> bool {
        self.thread.is_some()
    }

    /// When it hears nothing for so long, it takes us for dead; `None`: it does not look.
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Tells it something; never waits.
    pub fn tell(&self, news: News) {
        if let Some(thread) = &self.thread {
            // Full: it does not read, see WAITING.
            let _ = thread.try_send(news);
        }
    }
}
