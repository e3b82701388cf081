//! What must outlive a crash: sessions, subscriptions, item ids, attached data, and what SAP has acknowledged.
//!
//! ```text
//! a session ── put ──▶ memory (the truth while the process lives) ── the writer's thread ──▶ file, one commit for all that arrived together
//!     ▲                                                                    │
//!     └────────── Written: answered, or posted to SAP, when it is ─────────┘
//! ```
//!
//! Nothing here waits for a disk but the writer's thread. A disk that is full, broken or too slow costs durability and never an answer: the
//! records go on in memory, everybody is told, and when the disk works again it gets everything anew. Without a file there is only the
//! memory, and nobody waits for anything.

pub mod bytes;
mod file;
mod memory;
mod record;
mod state;
#[cfg(test)]
mod tests;
mod writer;

pub use file::backlog::{self, Backlog};
pub use record::{About, Accepted, Attempt, Item, Key, Mark, Record, Registration, Routed, Session, Stored, Subscribed, fingerprint};

use crate::domain::{ActionItemId, EventUrl, ItemId, UserId};
use file::{File, Opened};
use memory::Change;
use state::{Owner, Shared};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};
use writer::Writer;

/// The way to the records; cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Owner>);

/// How soon a change must be in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Somebody waits for it.
    Now,
    /// Within a tenth of a second, or with the next that must be: who crashes before that loses nothing that cannot be had again.
    Soon,
}

/// A promise that everything put so far is in the file, or that the file has been given up for now.
#[derive(Clone)]
pub struct Written {
    shared: Arc<Shared>,
    number: u64,
}

/// Goes with the events that tell the end of something. With its last copy the records of it are forgotten: whatever became of the events,
/// there is nobody left to tell. A process that is killed forgets nothing, and tells the end when it is started again.
pub struct Receipt {
    store: Store,
    records: Vec<(Key, u64)>,
}

/// An open file that is not in use yet.
pub struct Prepared(Opened);

/// Why a file cannot be used. A file that is damaged is no error: it is set aside. One of an older form is brought to the form of today, and a
/// copy of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("the store {} is in use by another process: end that one, or give each Jackfield a `store.path` of its own", path.display())]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// A newer version has written it, in a form that this one does not know.
    #[error(
        "the store {} was written by {by} in the form {form}, and this Jackfield {} reads forms up to {known}: install the newer one again, or \
         put the copy that it has made (`{}`) in the place of the store",
        path.display(), env!("CARGO_PKG_VERSION"), copy.display()
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Who has written it, with his version.
        by: String,
        /// Its form.
        form: u64,
        /// The newest form that is known here.
        known: u64,
        /// Where the copy is that the newer version has made when it brought the file to its own form.
        copy: PathBuf,
    },
    /// It cannot be opened or made.
    #[error("the store {} cannot be used: {why}", path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// There is no room for it.
    #[error("there is no room for the store: {why}")]
    Full {
        /// What the system says.
        why: String,
    },
}

/// How the store is, for `/status` and `/readyz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The file; `None`: memory only, as the file asks.
    pub path: Option<PathBuf>,
    /// Why nothing is written at the moment though there is a file.
    pub degraded: Option<String>,
    /// A file that could not be used and is kept under another name, since the start.
    pub set_aside: Option<String>,
    /// Records in memory.
    pub records: usize,
    /// Commits since the start.
    pub commits: u64,
    /// Commits that failed.
    pub failures: u64,
    /// Records whose change is not in the file yet.
    pub waiting: usize,
}

/// The port to a place that outlives the process. Blocking; only the writer's thread uses it.
trait Keeper: Send {
    /// Makes these changes, all or none.
    fn commit(&mut self, changes: &[Change]) -> Result<(), Failure>;
    /// Holds these records and no others; opens anew what a failure has closed.
    fn replace(&mut self, all: &[Change]) -> Result<(), Failure>;
    /// Is used no more.
    fn remove(self: Box<Self>);
}

/// Why a commit failed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    why: String,
}

/// Longer than this nobody waits for the disk. SAP waits five seconds for an answer, and the switch may need four of them.
const PATIENCE: Duration = Duration::from_millis(800);
/// How long a move to another file may take before it goes on by itself.
const LONGEST_MOVE: Duration = Duration::from_secs(5);
/// See [`When::Soon`].
const SOON: Duration = Duration::from_millis(100);

// === impl Store ===

impl Store {
    /// Without a file.
    pub fn in_memory() -> Self {
        Self(Arc::new(Owner::new()))
    }

    /// With this file, and everything that is in it. Blocking. A full disk is no error: the records are in memory until there is room.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let store = Self::in_memory();
        let opened = match prepare(path) {
            Ok(prepared) => prepared.0,
            Err(OpenError::Full { why }) => {
                tracing::error!(path = %path.display(), why, "there is no room for the store: what must outlive a crash is in memory only");
                store.0.lock().degraded = Some(why);
                store.start(path, Box::new(File::closed(path)));
                return Ok(store);
            }
            Err(error) => return Err(error),
        };
        let Opened { file, records, unreadable, set_aside } = opened;
        {
            let mut state = store.0.lock();
            for (key, record) in records {
                state.memory.put(key, Some(record));
            }
            state.note(path, unreadable, set_aside);
            let (_, orphans) = state.memory.stored();
            for key in orphans {
                state.memory.put(key.clone(), None);
                state.dirty.insert(key);
            }
        }
        store.start(path, Box::new(file));
        Ok(store)
    }

    /// Goes over to another file, or to none, and removes the file before. Blocking, until the new file has everything.
    pub fn move_to(&self, path: Option<(&Path, Prepared)>) {
        let before = self.0.end_writer();
        if let Some((path, Prepared(Opened { file, unreadable, set_aside, .. }))) = path {
            {
                let mut state = self.0.lock();
                state.note(path, unreadable, set_aside);
                // What is in it belongs to another day: the writer begins with everything anew.
                state.degraded = Some("it is being written".into());
            }
            let attempts = self.0.lock().attempts();
            self.start(path, Box::new(file));
            let state = self.0.lock();
            let waited = self.0.attempted.wait_timeout_while(state, LONGEST_MOVE, |state| state.attempts() == attempts);
            if waited.unwrap_or_else(PoisonError::into_inner).0.degraded.is_some() {
                // The old file is the only one that has something.
                return;
            }
        } else {
            let mut state = self.0.lock();
            (state.path, state.degraded) = (None, None);
            state.dirty.clear();
            self.0.follows.store(false, Ordering::Relaxed);
        }
        if let Some(keeper) = before {
            keeper.remove();
        }
    }

    /// Every agent who was logged on when the file was last written, with his items.
    pub fn stored(&self) -> Vec<Stored> {
        self.0.lock().memory.stored().0
    }

    /// Every action item that SAP had sent through the switch then.
    pub fn routed(&self) -> Vec<(ActionItemId, Routed)> {
        self.0.lock().memory.routed()
    }

    /// What the System Landscape Directory at this address was told.
    pub fn registration(&self, url: &str) -> Option<Registration> {
        self.0.lock().memory.registration(url)
    }

    /// Everything that the bridge to Genesys Cloud remembers, in the order of its names.
    pub fn bridge(&self) -> Vec<(Arc<str>, Arc<str>)> {
        self.0.lock().memory.bridge()
    }

    /// Makes changes together. What is as it was costs nothing.
    pub fn put(&self, changes: impl IntoIterator<Item = (Key, Option<Record>)>, when: When) -> Written {
        let mut state = self.0.lock();
        let follows = state.path.is_some();
        let mut news = false;
        for (key, record) in changes {
            if state.closed {
                break;
            }
            let is_news = match record {
                Some(record) => state.memory.put(key.clone(), Some(record)),
                None => state.remove(&key),
            };
            // Somebody wants to be sure of it now, though another has only wanted it soon.
            let wanted = when == When::Now && state.dirty.contains(&key);
            news |= is_news || wanted;
            if is_news && follows {
                state.dirty.insert(key);
            }
        }
        if news && follows {
            state.since.get_or_insert_with(Instant::now);
            if when == When::Now {
                state.number += 1;
                state.urgent = true;
            }
            self.0.work.notify_one();
        }
        Written { shared: Arc::clone(&self.0.0), number: state.number }
    }

    /// Is there a record?
    pub fn has(&self, key: &Key) -> bool {
        self.0.lock().memory.get(key).is_some()
    }

    /// A receipt for the records as they are now.
    pub fn receipt(&self, keys: impl IntoIterator<Item = Key>) -> Receipt {
        let state = self.0.lock();
        let records = keys.into_iter().filter_map(|key| state.memory.stamp(&key).map(|stamp| (key, stamp))).collect();
        Receipt { store: self.clone(), records }
    }

    /// What a message is known by later; `None` without a file, because nobody will ask.
    pub fn fingerprint(&self, message: &[u8]) -> Option<u64> {
        self.0.follows.load(Ordering::Relaxed).then(|| fingerprint(message))
    }

    /// SAP has acknowledged this at a URL, about an item or about the agent himself.
    pub fn acknowledged(&self, user: &UserId, item: Option<&ItemId>, url: &EventUrl, mark: Mark) {
        let mut state = self.0.lock();
        // Of what is over or was never kept, nobody will ask.
        let subject = item.map_or_else(|| Key::Session(user.clone()), |item| Key::Item(user.clone(), item.clone()));
        let key = Key::Told(user.clone(), item.cloned());
        if state.closed || state.memory.get(&subject).is_none() {
            return;
        }
        if state.memory.told(key.clone(), url, mark) {
            state.soon(key);
            self.0.work.notify_one();
        }
    }

    /// Is this what SAP has acknowledged of it there last?
    pub fn knows(&self, user: &UserId, item: Option<&ItemId>, url: &EventUrl, mark: Mark) -> bool {
        self.0.lock().memory.knows(&Key::Told(user.clone(), item.cloned()), url, mark)
    }

    /// Has SAP acknowledged anything of an item there?
    pub fn was_told(&self, user: &UserId, item: &ItemId, url: &EventUrl) -> bool {
        self.0.lock().memory.was_told(&Key::Told(user.clone(), Some(item.clone())), url)
    }

    /// Figures for `/status`.
    pub fn figures(&self) -> Figures {
        let state = self.0.lock();
        let late = (!self.0.keeps_up.load(Ordering::Relaxed)).then(|| "the disk does not keep up".to_owned());
        Figures {
            path: state.path.clone(),
            degraded: state.degraded.clone().or(late).filter(|_| state.path.is_some()),
            set_aside: state.set_aside.clone(),
            records: state.memory.len(),
            commits: state.commits,
            failures: state.failures,
            waiting: state.dirty.len() + state.writing,
        }
    }

    /// Writes what is not written, and takes nothing more: the process ends. Blocking.
    pub fn close(&self) {
        self.0.lock().closed = true;
        drop(self.0.end_writer());
    }

    fn start(&self, path: &Path, keeper: Box<dyn Keeper>) {
        {
            let mut state = self.0.lock();
            state.path = Some(path.to_owned());
            state.ending = false;
            self.0.follows.store(true, Ordering::Relaxed);
            self.0.keeps_up.store(state.degraded.is_none(), Ordering::Relaxed);
        }
        *self.0.writer() = Writer::start(&self.0.0, keeper);
    }
}

/// Opens a file for [`Store::move_to`]. Blocking.
///
/// # Errors
/// See [`OpenError`].
pub fn prepare(path: &Path) -> Result<Prepared, OpenError> {
    File::open(path).map(Prepared)
}

// === impl Written ===

impl Written {
    /// Is there nothing to wait for?
    pub fn is_done(&self) -> bool {
        !self.shared.keeps_up.load(Ordering::Acquire) || *self.shared.written.borrow() >= self.number
    }

    /// Waits until it is so, or the disk has shown that it does not keep up: then nobody waits until it does again.
    pub async fn wait(self) {
        if self.is_done() {
            return;
        }
        let mut written = self.shared.written.subscribe();
        let done = written.wait_for(|number| *number >= self.number || !self.shared.keeps_up.load(Ordering::Acquire));
        if tokio::time::timeout(PATIENCE, done).await.is_err() && self.shared.keeps_up.swap(false, Ordering::AcqRel) {
            tracing::error!("the disk of the store does not keep up: what must outlive a crash is in memory only until it does");
            self.shared.give_up();
        }
    }
}

// === impl Receipt ===

impl Drop for Receipt {
    fn drop(&mut self) {
        let mut state = self.store.0.lock();
        if state.closed {
            return;
        }
        for (key, stamp) in &self.records {
            if state.memory.stamp(key) == Some(*stamp) && state.remove(key) && state.path.is_some() {
                state.soon(key.clone());
            }
        }
        self.store.0.work.notify_one();
    }
}
