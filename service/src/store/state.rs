//! What everybody who uses the store shares with the writer's thread: the records, what the file does not have yet, and how the file is.

use super::{Keeper, memory::Memory, record::Key, writer::Writer};
use std::{
    collections::HashSet,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};
use tokio::sync::watch;

/// With the last of those who use the store its writer ends.
pub(super) struct Owner(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    /// For the writer: there is something to do.
    pub(super) work: Condvar,
    /// Changes up to this number are in the file.
    pub(super) written: watch::Sender<u64>,
    /// There is a file, and it keeps up.
    pub(super) keeps_up: AtomicBool,
    /// There is a file.
    pub(super) follows: AtomicBool,
    /// The writer has tried to write.
    pub(super) attempted: Condvar,
    pub(super) writer: Mutex<Option<Writer>>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) memory: Memory,
    /// What the file does not have yet.
    pub(super) dirty: HashSet<Key>,
    /// Records that are being written.
    pub(super) writing: usize,
    /// Since when.
    pub(super) since: Option<Instant>,
    /// Changes that somebody waits for, counted.
    pub(super) number: u64,
    /// One of them is not being written yet.
    pub(super) urgent: bool,
    /// The writer shall write what there is and end.
    pub(super) ending: bool,
    /// Nothing counts any more: the process ends.
    pub(super) closed: bool,
    pub(super) path: Option<PathBuf>,
    pub(super) degraded: Option<String>,
    pub(super) set_aside: Option<String>,
    pub(super) commits: u64,
    pub(super) failures: u64,
}

// === impl Owner ===

impl Owner {
    /// Without a file.
    pub(super) fn new() -> Self {
        let shared = Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            written: watch::Sender::new(0),
            keeps_up: AtomicBool::new(false),
            follows: AtomicBool::new(false),
            attempted: Condvar::new(),
            writer: Mutex::default(),
        };
        Self(Arc::new(shared))
    }
}

impl Deref for Owner {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        drop(self.end_writer());
    }
}

// === impl Shared ===

impl Shared {
    /// Lets the writer write what there is, and end; what it has written to.
    pub(super) fn end_writer(&self) -> Option<Box<dyn Keeper>> {
        let writer = self.writer().take()?;
        self.lock().ending = true;
        self.work.notify_one();
        let keeper = writer.join();
        self.give_up();
        keeper
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn writer(&self) -> MutexGuard<'_, Option<Writer>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody shall wait for the file.
    pub(super) fn give_up(&self) {
        self.keeps_up.store(false, Ordering::Release);
        self.written.send_modify(|_| ());
    }
}

// === impl State ===

impl State {
    /// Removes a record and what depends on it.
    pub(super) fn remove(&mut self, key: &Key) -> bool {
        let dependent = match key {
            Key::Session(user) => vec![Key::Told(user.clone(), None)],
            Key::Item(user, item) => vec![Key::Data(user.clone(), item.clone()), Key::Told(user.clone(), Some(item.clone()))],
            Key::Data(..) | Key::Told(..) | Key::Routed(_) | Key::Registration(_) | Key::Bridge(_) => Vec::new(),
        };
        for key in dependent {
            if self.memory.put(key.clone(), None) && self.path.is_some() {
                self.soon(key);
            }
        }
        self.memory.put(key.clone(), None)
    }

    pub(super) fn soon(&mut self, key: Key) {
        self.dirty.insert(key);
        self.since.get_or_insert_with(Instant::now);
    }

    pub(super) fn attempts(&self) -> u64 {
        self.commits + self.failures
    }

    /// Says what was found when a file was opened.
    pub(super) fn note(&mut self, path: &Path, unreadable: usize, set_aside: Option<(PathBuf, String)>) {
        if unreadable > 0 {
            tracing::warn!(path = %path.display(), unreadable, "records of the store could not be read and are left out");
        }
        if let Some((aside, why)) = set_aside {
            let text = format!(
                "the store {} could not be used ({why}): it is kept as {}, and a new one is in use",
                path.display(),
                aside.display()
            );
            tracing::error!("{text}");
            self.set_aside = Some(text);
        }
    }
}
