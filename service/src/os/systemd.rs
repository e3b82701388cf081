//! The service manager, where it speaks systemd's protocol (`sd_notify(3)`): it is told when the service is ready, how it stands, that it
//! lives, and that it ends. Without `NOTIFY_SOCKET` in the environment there is nobody to tell.
//!
//! What is said goes out by a thread of its own: the other end of the socket is another process, which may not read for a while.

#[cfg(test)]
use std::sync::mpsc::Receiver;
use std::{ffi::OsStr, io, sync::mpsc::SyncSender, time::Duration};
#[cfg(unix)]
use std::{
    os::unix::{ffi::OsStrExt as _, net::UnixDatagram},
    sync::mpsc::sync_channel,
    thread,
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
    /// The manager that the environment names; one that never listens, where it names none.
    ///
    /// # Errors
    /// It cannot be reached, or the system gives us no thread.
    pub fn find() -> io::Result<Self> {
        let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Ok(Self { thread: None, watchdog: None });
        };
        Ok(Self { thread: Some(talk(&name)?), watchdog: watchdog() })
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

#[cfg(unix)]
fn talk(name: &OsStr) -> io::Result<SyncSender<News>> {
    let socket = connect(name)?;
    let (thread, news) = sync_channel::<News>(WAITING);
    // A manager that has gone away is no reason not to go on.
    let talking = move || news.iter().for_each(|news| drop(socket.send(news.text().as_bytes())));
    thread::Builder::new().name("manager".to_owned()).spawn(talking)?;
    Ok(thread)
}

#[cfg(not(unix))]
fn talk(_name: &OsStr) -> io::Result<SyncSender<News>> {
    Err(io::ErrorKind::Unsupported.into())
}

// === impl News ===

impl News {
    /// As the protocol has it: a line for each assignment. Nothing in a sentence of ours can end its line.
    #[cfg(unix)]
    fn text(&self) -> String {
        let line = |sentence: &str| sentence.replace(char::is_control, " ");
        match self {
            Self::Ready(standing) => format!("READY=1\nSTATUS={}\n", line(standing)),
            // Since systemd 253 a reload without the time of its begin fails.
            Self::Reloading => format!("RELOADING=1\nMONOTONIC_USEC={}\n", monotonic_microseconds()),
            Self::Alive(standing) => format!("WATCHDOG=1\nSTATUS={}\n", line(standing)),
            Self::Stopping(rest) => format!("STOPPING=1\nSTATUS={}\n", line(rest)),
            Self::MoreTime(time) => format!("EXTEND_TIMEOUT_USEC={}\n", time.as_micros()),
        }
    }
}

#[cfg(unix)]
fn monotonic_microseconds() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

/// The socket, at a path or, with an `@` before it, a name that is in no folder.
#[cfg(unix)]
fn connect(name: &OsStr) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    match name.as_bytes().strip_prefix(b"@") {
        #[cfg(target_os = "linux")]
        Some(name) => {
            use std::os::{linux::net::SocketAddrExt as _, unix::net::SocketAddr};
            socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?;
        }
        _ => socket.connect(name)?,
    }
    Ok(socket)
}

/// How long the manager waits for a word, when it has not started somebody else of this name.
fn watchdog() -> Option<Duration> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let is_meant = number("WATCHDOG_PID").is_none_or(|process| process == u64::from(std::process::id()));
    number("WATCHDOG_USEC").filter(|longest| is_meant && *longest > 0).map(Duration::from_micros)
}
