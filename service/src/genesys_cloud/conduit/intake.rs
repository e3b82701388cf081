//! Takes turns from the switch and writes them into the backlog, all that came together with one commit. A disk that refuses is asked again each
//! second; meanwhile so many wait here, and then the switch's own bound counts.

use super::{Bounds, Shown, delivery::blocking, event::Event, ids::Ids};
use crate::{
    domain::Turn,
    store::{Backlog, backlog::Entry},
    switch::Turns,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until},
};

/// Entries that wait for the disk here.
const WAITING: usize = 10_000;
/// Before the disk is asked again.
const DISK: Duration = Duration::from_secs(1);
/// How often is looked for what is too old, while nothing happens.
const EXPIRE: Duration = Duration::from_mins(1);

/// See the module.
pub(super) struct Intake {
    pub(super) ids: Ids,
    pub(super) bounds: Bounds,
    pub(super) turns: Turns,
    pub(super) backlog: Backlog,
    pub(super) added: Arc<Notify>,
    pub(super) shown: Arc<Shown>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) sequence: u64,
}

// === impl Intake ===

impl Intake {
    /// Works until it is stopped or nothing comes any more; then everything that was there is in the backlog.
    pub(super) async fn run(mut self) {
        let mut stop = self.stop.clone();
        let (mut entries, mut turns) = (Vec::new(), Vec::new());
        let (mut look, mut ended) = (Instant::now() + EXPIRE, false);
        while !ended {
            let retry = if entries.is_empty() { look } else { Instant::now() + DISK };
            tokio::select! {
                more = self.turns.next(&mut turns), if entries.len() < WAITING => ended = !more,
                () = sleep_until(retry) => {}
                // An error says the same.
                _ = stop.wait_for(|stop| *stop) => {
                    self.turns.rest(&mut turns);
                    ended = true;
                }
            }
            self.shown.missed(self.turns.missed());
            entries.extend(turns.drain(..).map(|turn| entry(turn, self.ids, &mut self.sequence)));
            if entries.is_empty() && Instant::now() >= look {
                self.expire().await;
            }
            if !entries.is_empty() {
                entries = self.append(entries).await;
            }
            if Instant::now() >= look {
                look = Instant::now() + EXPIRE;
            }
        }
    }

    /// Gives back what could not be written.
    async fn append(&self, entries: Vec<Entry>) -> Vec<Entry> {
        let (backlog, bounds) = (self.backlog.clone(), self.bounds);
        let (outcome, entries) = blocking(move || (backlog.append(&entries, bounds.of_store(), super::now()), entries)).await;
        match outcome {
            Ok(gone) => {
                self.shown.gone(&gone);
                self.added.notify_one();
                Vec::new()
            }
            Err(why) => {
                tracing::warn!(why, "conversation events cannot be written yet");
                entries
            }
        }
    }

    async fn expire(&self) {
        let (backlog, bounds) = (self.backlog.clone(), self.bounds);
        match blocking(move || backlog.expire(bounds.of_store(), super::now())).await {
            Ok(gone) => self.shown.gone(&gone),
            Err(why) => tracing::warn!(why, "what is too old cannot be taken out of the backlog yet"),
        }
    }
}

fn entry(turn: Turn, ids: Ids, sequence: &mut u64) -> Entry {
    *sequence = sequence.wrapping_add(1);
    let event = Event::of(turn, ids, *sequence);
    Entry { kind: event.body.kind().place(), at: event.created, bytes: event.to_bytes() }
}
