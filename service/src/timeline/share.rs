//! How much each ring may take, so that all together stay within one budget: an equal part, and for nobody more than [`MOST`].

use std::sync::atomic::{AtomicUsize, Ordering};

/// One ring, in bytes. More would be nobody's to read.
const MOST: usize = 256 * 1024;

/// See the module.
#[derive(Debug)]
pub(super) struct Share {
    budget: usize,
    rings: AtomicUsize,
    used: AtomicUsize,
    turn: AtomicUsize,
}

// === impl Share ===

impl Share {
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, rings: AtomicUsize::new(0), used: AtomicUsize::new(0), turn: AtomicUsize::new(0) }
    }

    /// One ring more.
    pub(super) fn join(&self) {
        self.rings.fetch_add(1, Ordering::Relaxed);
    }

    /// One ring less.
    pub(super) fn leave(&self) {
        self.rings.fetch_sub(1, Ordering::Relaxed);
    }

    /// What one ring may take now. An eighth of the budget is nobody's, so that whoever is within his share need not ask the others.
    pub(super) fn of_one(&self) -> usize {
        (self.budget / 8 * 7 / self.rings.load(Ordering::Relaxed).max(1)).min(MOST)
    }

    /// Is there room for so much more? Then it is taken.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.budget);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    /// So much is free again.
    pub(super) fn give(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Whose turn it is to be looked at.
    pub(super) fn turn(&self, of: usize) -> usize {
        self.turn.fetch_add(1, Ordering::Relaxed) % of
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}
