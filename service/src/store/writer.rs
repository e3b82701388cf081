//! The writer's thread: takes everything that has arrived since the last commit and makes one commit of it. While it writes, the next ones
//! gather; so a disk that takes a millisecond costs everybody a millisecond, however many they are.

use super::{
    Failure, Keeper, SOON,
    memory::Change,
    state::{Shared, State},
};
use crate::{crash, telemetry::FIGURES};
use std::{
    sync::{Arc, PoisonError},
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};

/// The thread, until it is joined.
pub(super) struct Writer(JoinHandle<Box<dyn Keeper>>);

/// Pauses between two attempts on a disk that refuses.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

struct Batch {
    changes: Vec<Change>,
    /// They are all there is, for a file that holds something else.
    all: bool,
    /// The last change in it that somebody waits for.
    number: u64,
}

// === impl Writer ===

impl Writer {
    pub(super) fn start(shared: &Arc<Shared>, keeper: Box<dyn Keeper>) -> Option<Self> {
        let own = Arc::clone(shared);
        match Builder::new().name("store".into()).spawn(move || run(&own, keeper)) {
            Ok(thread) => Some(Self(thread)),
            Err(error) => {
                tracing::error!(%error, "no thread for the store: what must outlive a crash is in memory only");
                shared.lock().degraded = Some(error.to_string());
                shared.give_up();
                None
            }
        }
    }

    /// Waits for its end; what it has written to.
    pub(super) fn join(self) -> Option<Box<dyn Keeper>> {
        self.0.join().ok()
    }
}

fn run(shared: &Shared, mut keeper: Box<dyn Keeper>) -> Box<dyn Keeper> {
    let (mut pause, mut retry_at) = (FIRST_PAUSE, Instant::now());
    while let Some(batch) = next(shared, retry_at) {
        crash::point(crash::Point::BeforeCommit);
        let begun = Instant::now();
        let outcome = if batch.all { keeper.replace(&batch.changes) } else { keeper.commit(&batch.changes) };
        FIGURES.commit.record(begun.elapsed());
        crash::point(crash::Point::AfterCommit);
        match outcome {
            Ok(()) => {
                pause = FIRST_PAUSE;
                shared.has_written(&batch);
            }
            Err(failure) => {
                retry_at = Instant::now() + pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
                if shared.has_failed(batch, failure) {
                    break;
                }
            }
        }
    }
    keeper
}

/// Waits for something to write; `None` when there is nothing and nothing will come.
fn next(shared: &Shared, retry_at: Instant) -> Option<Batch> {
    let mut state = shared.lock();
    loop {
        let due = if state.degraded.is_some() { Some(retry_at) } else { state.due() };
        let now = Instant::now();
        if due.is_some_and(|due| due <= now || state.ending) {
            return Some(state.take());
        }
        if state.ending {
            return None;
        }
        state = match due {
            Some(due) => shared.work.wait_timeout(state, due - now).unwrap_or_else(PoisonError::into_inner).0,
            None => shared.work.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

// === impl State ===

impl State {
    /// When the next commit should begin; `None`: there is nothing to write.
    fn due(&self) -> Option<Instant> {
        let since = self.since.filter(|_| !self.dirty.is_empty())?;
        Some(if self.urgent { since } else { since + SOON })
    }

    fn take(&mut self) -> Batch {
        let all = self.degraded.is_some();
        let changes = if all {
            self.dirty.clear();
            self.memory.all()
        } else {
            // In the order of the keys, so that neighbours in the file are written together.
            let mut keys: Vec<_> = self.dirty.drain().collect();
            keys.sort();
            keys.into_iter().map(|key| (key.clone(), self.memory.get(&key).cloned())).collect()
        };
        (self.since, self.urgent, self.writing) = (None, false, changes.len());
        Batch { changes, all, number: self.number }
    }
}

// === impl Shared ===

impl Shared {
    fn has_written(&self, batch: &Batch) {
        let mut state = self.lock();
        state.commits += 1;
        state.writing = 0;
        if state.degraded.take().is_some() && state.failures > 0 {
            tracing::info!("the store is written again");
        }
        drop(state);
        self.keeps_up.store(true, std::sync::atomic::Ordering::Release);
        self.written.send_replace(batch.number);
        self.attempted.notify_all();
    }

    /// `true` when nobody wants another attempt.
    fn has_failed(&self, batch: Batch, failure: Failure) -> bool {
        let mut state = self.lock();
        state.failures += 1;
        state.writing = 0;
        // Said once, not with every attempt.
        if state.degraded.as_ref() != Some(&failure.why) {
            tracing::error!(why = failure.why, "the store cannot be written: what must outlive a crash is in memory only until it can");
        }
        state.degraded = Some(failure.why);
        state.dirty.extend(batch.changes.into_iter().map(|(key, _)| key));
        let ending = state.ending;
        drop(state);
        self.give_up();
        self.attempted.notify_all();
        ending
    }
}
