//! What happens to conversations, from a switch to the one who listens: bounded, and its writer never waits. While nobody listens a switch asks
//! [`TurnsSender::is_heard`] and makes none.

use crate::domain::Turn;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use tokio::sync::{mpsc, watch};

/// Turns that may wait; at a thousand a second a listener that has stopped for a minute misses none.
const WAITING: usize = 65_536;
/// As many as are read at once.
const AT_ONCE: usize = 4_096;

/// The switch's end; cheap to clone.
#[derive(Clone)]
pub struct TurnsSender(Arc<Shared>);

/// The listener's end. There is one: whoever listens next takes its place.
pub struct Turns {
    receiver: mpsc::Receiver<Turn>,
    shared: Arc<Shared>,
}

struct Shared {
    sender: Mutex<Option<mpsc::Sender<Turn>>>,
    heard: watch::Sender<bool>,
    is_heard: AtomicBool,
    missed: AtomicU64,
}

// === impl TurnsSender ===

impl TurnsSender {
    /// Takes place of whoever listened before.
    pub fn listen(&self) -> Turns {
        let (sender, receiver) = mpsc::channel(WAITING);
        *self.0.sender() = Some(sender);
        self.0.hear(true);
        Turns { receiver, shared: Arc::clone(&self.0) }
    }

    /// Is there anybody to tell?
    pub fn is_heard(&self) -> bool {
        self.0.is_heard.load(Ordering::Relaxed)
    }

    /// Follows whether there is.
    pub fn follow(&self) -> watch::Receiver<bool> {
        self.0.heard.subscribe()
    }

    /// Tells what happened. Who cannot keep up misses it, and can read how many he has missed.
    pub fn tell(&self, turn: Turn) {
        if let Some(sender) = &*self.0.sender()
            && let Err(mpsc::error::TrySendError::Full(_)) = sender.try_send(turn)
        {
            self.0.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Default for TurnsSender {
    fn default() -> Self {
        let (heard, _) = watch::channel(false);
        Self(Arc::new(Shared { sender: Mutex::default(), heard, is_heard: AtomicBool::new(false), missed: AtomicU64::new(0) }))
    }
}

// === impl Turns ===

impl Turns {
    /// Waits for the next ones, in order; `false` when somebody else listens, or the switch is gone, and all were read. Safe to drop while it
    /// waits.
    pub async fn next(&mut self, into: &mut Vec<Turn>) -> bool {
        self.receiver.recv_many(into, AT_ONCE).await > 0
    }

    /// Those that are there already.
    pub fn rest(&mut self, into: &mut Vec<Turn>) {
        while let Ok(turn) = self.receiver.try_recv() {
            into.push(turn);
        }
    }

    /// How many were missed since the switch was started.
    pub fn missed(&self) -> u64 {
        self.shared.missed.load(Ordering::Relaxed)
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.receiver.close();
        let mut sender = self.shared.sender();
        // Somebody else may listen by now.
        if sender.as_ref().is_some_and(mpsc::Sender::is_closed) {
            *sender = None;
            self.shared.hear(false);
        }
    }
}

// === impl Shared ===

impl Shared {
    fn sender(&self) -> MutexGuard<'_, Option<mpsc::Sender<Turn>>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, heard: bool) {
        self.is_heard.store(heard, Ordering::Relaxed);
        self.heard.send_replace(heard);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{InteractionKind, Step};

    fn turn(n: i64) -> Turn {
        let step = Step::Abandoned { queue: "Support".into() };
        Turn { conversation: "1".into(), at: n, kind: InteractionKind::Call, remote: "".into(), step }
    }

    #[tokio::test]
    async fn turns_come_in_order_to_whoever_listens_last() {
        let sender = TurnsSender::default();
        assert!(!sender.is_heard());
        let mut first = sender.listen();
        sender.tell(turn(1));
        let mut second = sender.listen();
        sender.tell(turn(2));
        sender.tell(turn(3));
        let (mut one, mut two) = (Vec::new(), Vec::new());
        assert!(first.next(&mut one).await && second.next(&mut two).await);
        assert_eq!((one, two), (vec![turn(1)], vec![turn(2), turn(3)]));
        assert!(!first.next(&mut Vec::new()).await, "somebody else listens");
        drop(first);
        assert!(sender.is_heard());
        drop(second);
        assert!(!sender.is_heard());
    }

    #[tokio::test]
    async fn a_listener_that_has_stopped_misses_turns_and_costs_the_switch_nothing() {
        let sender = TurnsSender::default();
        let turns = sender.listen();
        for n in 0..i64::try_from(WAITING).unwrap() + 7 {
            sender.tell(turn(n));
        }
        assert_eq!(turns.missed(), 7);
    }
}
