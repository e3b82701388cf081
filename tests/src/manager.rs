//! A service manager's ear: the socket of `sd_notify(3)`, at a path or, as systemd has it in user sessions, with a name that is in no folder.

use crate::PATIENCE;
use std::{
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixDatagram},
    },
    path::Path,
    time::Instant,
};

/// The ear.
pub struct Manager {
    socket: UnixDatagram,
    name: String,
}

/// What came together: `READY=1`, `STATUS=…` …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard(Vec<String>);

// === impl Manager ===

impl Manager {
    /// Listens at a path.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).expect("a socket can be made");
        Self::of(socket, path.display().to_string())
    }

    /// Listens at a name that is in no folder.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn abstract_name(name: &str) -> Self {
        let address = SocketAddr::from_abstract_name(name).expect("a name for a socket");
        let socket = UnixDatagram::bind_addr(&address).expect("a socket can be made");
        Self::of(socket, format!("@{name}"))
    }

    fn of(socket: UnixDatagram, name: String) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).expect("a socket takes a deadline");
        Self { socket, name }
    }

    /// What `NOTIFY_SOCKET` says.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The next message.
    ///
    /// # Panics
    /// When none comes.
    pub fn next(&self) -> Heard {
        let mut bytes = [0; 4096];
        let length = self.socket.recv(&mut bytes).expect("the service says something to its manager");
        let text = String::from_utf8(bytes[..length].to_vec()).expect("what it says is text");
        Heard(text.lines().map(str::to_owned).collect())
    }

    /// The next message that fits; others are passed over.
    ///
    /// # Panics
    /// When none comes in time.
    pub fn until(&self, what: &str, fits: impl Fn(&Heard) -> bool) -> Heard {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let heard = self.next();
            if fits(&heard) {
                return heard;
            }
            assert!(Instant::now() < deadline, "{what} is not heard, but {heard:?}");
        }
    }
}

// === impl Heard ===

impl Heard {
    /// What is said of a name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    }

    /// Is this said?
    pub fn says(&self, line: &str) -> bool {
        self.0.iter().any(|said| said == line)
    }
}
