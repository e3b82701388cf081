//! One agent's last entries. Half of its share is for what happened, half for the messages themselves, so that a few long messages do not cost
//! the story; of both the oldest go first.

use super::{entry::Entry, share::Share};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::SystemTime,
};

/// See the module.
#[derive(Default)]
pub(super) struct Ring(Mutex<State>);

#[derive(Default)]
struct State {
    /// Boxed, so that room for more of them costs next to nothing.
    entries: VecDeque<Box<Entry>>,
    /// The number of the first of them.
    first: u64,
    /// Of so many, from the oldest on, the messages are gone.
    stripped: usize,
    lines: usize,
    bodies: usize,
    /// It was taken off the list: what comes is nobody's.
    is_over: bool,
}

/// What somebody sees who looks.
pub struct View {
    /// The entries, in the order in which they ended.
    pub entries: Vec<Numbered>,
    /// So many have been forgotten since the service was started.
    pub forgotten: u64,
    /// The number of the last entry.
    pub last: u64,
}

/// An entry with its number, which counts from 1 and is never used again.
pub struct Numbered {
    /// The number.
    pub number: u64,
    /// The entry.
    pub entry: Entry,
}

// === impl Ring ===

impl Ring {
    /// Adds an entry; `false`: the others take more than their share.
    pub(super) fn push(&self, entry: Entry, share: &Share) -> bool {
        let mut state = self.state();
        if state.is_over {
            return true;
        }
        let size = entry.line() + entry.bodies();
        let at_once = share.take(size);
        let mut fits = at_once;
        // Whoever has none of his own to give up keeps nothing until the others have given up theirs.
        while !fits && !state.entries.is_empty() {
            state.forget(share);
            fits = share.take(size);
        }
        if !fits {
            return false;
        }
        let in_time = state.lines + state.bodies + size <= share.of_one();
        state.lines += entry.line();
        state.bodies += entry.bodies();
        state.entries.push_back(Box::new(entry));
        if !in_time {
            state.trim(share);
        }
        at_once
    }

    /// Gives up what is beyond its share; not now, if somebody uses it.
    pub(super) fn trim(&self, share: &Share) {
        match self.0.try_lock() {
            Ok(mut state) => state.trim(share),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().trim(share),
            Err(TryLockError::WouldBlock) => {}
        }
    }

    /// Gives up everything, for ever.
    pub(super) fn end(&self, share: &Share) {
        let mut state = self.state();
        state.is_over = true;
        while !state.entries.is_empty() {
            state.forget(share);
        }
    }

    pub(super) fn view(&self, after: u64) -> View {
        let state = self.state();
        let last = state.first + state.entries.len() as u64;
        let numbered = (state.first + 1..).zip(&state.entries).filter(|(number, _)| *number > after);
        let entries = numbered.map(|(number, entry)| Numbered { number, entry: Entry::clone(entry) }).collect();
        View { entries, forgotten: state.first, last }
    }

    /// When the last entry began, in milliseconds since 1970 UTC.
    pub(super) fn last(&self) -> i64 {
        let at = self.state().entries.back().map(|entry| entry.at);
        let since = at.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok()).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl State ===

impl State {
    fn trim(&mut self, share: &Share) {
        let half = share.of_one() / 2;
        while self.bodies > half && self.stripped < self.entries.len() {
            let entry = &mut self.entries[self.stripped];
            let bodies = entry.bodies();
            (entry.message, entry.answer) = (None, None);
            self.stripped += 1;
            self.bodies -= bodies;
            share.give(bodies);
        }
        while self.lines > half && self.entries.len() > 1 {
            self.forget(share);
        }
    }

    /// The oldest entry goes.
    fn forget(&mut self, share: &Share) {
        let Some(entry) = self.entries.pop_front() else { return };
        let (line, bodies) = (entry.line(), entry.bodies());
        self.first += 1;
        self.stripped = self.stripped.saturating_sub(1);
        self.lines -= line;
        self.bodies -= bodies;
        share.give(line + bodies);
    }
}
