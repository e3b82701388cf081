//! systemd as the service manager (`sd_notify(3)`): it listens at the socket that `NOTIFY_SOCKET` in the environment names.

use super::manager::{Manager, News};
use std::{
    ffi::OsStr,
    io,
    os::unix::{ffi::OsStrExt as _, net::UnixDatagram},
    time::Duration,
};

/// The manager that the environment names; one that never listens, where it names none.
///
/// # Errors
/// It cannot be reached, or the system gives us no thread.
pub fn manager() -> io::Result<Manager> {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else { return Ok(Manager::nobody()) };
    let socket = connect(&name)?;
    // A manager that has gone away is no reason not to go on.
    Manager::spoken_to(move |news| news.iter().for_each(|news| drop(socket.send(text(&news).as_bytes()))), watchdog())
}

/// As the protocol has it: a line for each assignment. Nothing in a sentence of ours can end its line.
fn text(news: &News) -> String {
    let line = |sentence: &str| sentence.replace(char::is_control, " ");
    match news {
        News::Ready(standing) => format!("READY=1\nSTATUS={}\n", line(standing)),
        // Since systemd 253 a reload without the time of its begin fails.
        News::Reloading => format!("RELOADING=1\nMONOTONIC_USEC={}\n", monotonic_microseconds()),
        News::Alive(standing) => format!("WATCHDOG=1\nSTATUS={}\n", line(standing)),
        News::Stopping(rest) => format!("STOPPING=1\nSTATUS={}\n", line(rest)),
        News::MoreTime(time) => format!("EXTEND_TIMEOUT_USEC={}\n", time.as_micros()),
    }
}

fn monotonic_microseconds() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

/// The socket, at a path or, with an `@` before it, a name that is in no folder.
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
