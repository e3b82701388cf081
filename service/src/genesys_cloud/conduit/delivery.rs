//! Sends what waits in the backlog, oldest first, one call at a time; waits after failures, and goes on after a restart where it was. What was sent
//! when the process is killed may be sent once more, and nothing is left out.

use super::{
    DeadLetter, Shown,
    event::{Event, EventKind},
    pace::{Backoff, Pace},
    sink::{Fate, Sink, Trouble},
    window::{Flush, Outgoing, Window},
};
use crate::{
    store::{Backlog, backlog::Rejected},
    telemetry::event::{ConduitFails, ConduitWorks, ConversationsSent, Event as _},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until, timeout},
};

/// After trouble that somebody has to end.
const LASTING: Duration = Duration::from_mins(5);
/// Before the disk is asked again.
const DISK: Duration = Duration::from_secs(1);
/// The key of an event is its conversation's UUID as a text.
const KEY: usize = 36;
/// Events that happened longer ago than this are replayed, and not faster than the pace allows.
const REPLAY: i64 = 5;
/// How often the other side is asked what it takes.
const RATE: Duration = Duration::from_mins(10);

/// See the module.
pub(super) struct Delivery {
    pub(super) flush: Flush,
    pub(super) sink: Arc<dyn Sink>,
    pub(super) backlog: Backlog,
    /// Something was added to the backlog.
    pub(super) added: Arc<Notify>,
    pub(super) shown: Arc<Shown>,
    pub(super) stop: watch::Receiver<bool>,
}

/// What is settled with the next commit.
#[derive(Default)]
struct Settled {
    sent: Vec<u64>,
    never: Vec<(u64, String)>,
}

// === impl Delivery ===

impl Delivery {
    pub(super) async fn run(mut self) {
        let mut stop = self.stop.clone();
        tokio::select! {
            () = self.work() => {}
            // An error says the same.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }

    async fn work(&mut self) {
        let mut window = Window::new(self.flush);
        let mut settled = Settled::default();
        let mut backoff = Backoff::default();
        let mut pace = Pace::new(self.sink.rate().await);
        let mut asked = Instant::now();
        let backlog = self.backlog.clone();
        let before = blocking(move || backlog.rejected(super::LETTERS)).await;
        self.shown.put_aside(before.unwrap_or_default().into_iter().map(DeadLetter::from));
        loop {
            if self.refill(&mut window, &mut settled).await.is_err() || self.settle(&mut settled).await.is_err() {
                tokio::time::sleep(DISK).await;
                continue;
            }
            let Some(due) = window.due() else {
                self.added.notified().await;
                continue;
            };
            if due > Instant::now() {
                tokio::select! {
                    () = sleep_until(due) => {}
                    () = self.added.notified() => continue,
                }
            }
            let replays = window.oldest().is_some_and(|at| at < super::now() - REPLAY);
            let call = Arc::new(window.take());
            if replays {
                if asked.elapsed() > RATE {
                    (pace, asked) = (Pace::new(self.sink.rate().await), Instant::now());
                }
                sleep_until(pace.next(call.len(), call.iter().map(|event| event.size).sum())).await;
            }
            let late = || Trouble::Passing("no answer in time".to_owned());
            let outcome = timeout(self.sink.patience(), self.sink.put(Arc::clone(&call))).await.unwrap_or_else(|_| Err(late()));
            let call = Arc::try_unwrap(call).unwrap_or_else(|call| (*call).clone());
            let wait = match outcome {
                Ok(fates) => self.sort(call, fates, &mut window, &mut settled, &mut backoff),
                Err(trouble) => {
                    window.put_back(call);
                    Some(self.fail(&trouble, &mut backoff))
                }
            };
            let _later = self.settle(&mut settled).await;
            if let Some(wait) = wait {
                tokio::time::sleep(wait).await;
            }
        }
    }

    /// Reads what comes after the window's last.
    async fn refill(&self, window: &mut Window, settled: &mut Settled) -> Result<(), ()> {
        let (backlog, after, room) = (self.backlog.clone(), window.last(), window.room());
        if room == 0 {
            return Ok(());
        }
        let read = blocking(move || backlog.after(after, room)).await.map_err(drop)?;
        // What happened a while ago has waited long enough already.
        let (now, unix) = (Instant::now(), super::now());
        for (number, entry) in read {
            window.skip_to(number);
            let event = Event::from_bytes(&entry.bytes).ok_or_else(|| "it cannot be read".to_owned());
            match event.and_then(|event| Ok((event.conversation, self.sink.write(&event)?))) {
                Ok((_, None)) => {
                    self.shown.skipped(entry.kind);
                    settled.sent.push(number);
                }
                Ok((conversation, Some(bytes))) => {
                    let waited = unix
                        .checked_sub(entry.at + 1)
                        .and_then(|waited| u64::try_from(waited).ok())
                        .map_or(Duration::ZERO, Duration::from_secs);
                    let came = now.checked_sub(waited.min(self.flush.after)).unwrap_or(now);
                    let size = bytes.len() + KEY;
                    window.push(Outgoing { number, conversation, at: entry.at, kind: entry.kind, bytes, size, came });
                }
                Err(why) => {
                    tracing::warn!(number, why, "a conversation event can never be sent and is put aside");
                    self.shown.put_aside([Rejected { number, why: why.clone(), entry }.into()]);
                    settled.never.push((number, why));
                }
            }
        }
        Ok(())
    }

    /// Notes what became of each event; gives back how long to wait.
    fn sort(
        &self,
        call: Vec<Outgoing>,
        fates: Vec<Fate>,
        window: &mut Window,
        settled: &mut Settled,
        backoff: &mut Backoff,
    ) -> Option<Duration> {
        let mut again = Vec::new();
        let (mut sent, mut why) = ([0; super::KINDS], None);
        // An answer that is too short says nothing of the rest.
        let fates = fates.into_iter().chain(std::iter::repeat(Fate::Again("the answer does not name it".to_owned())));
        for (event, fate) in call.into_iter().zip(fates) {
            match fate {
                Fate::Taken => {
                    sent[usize::from(event.kind).min(super::KINDS - 1)] += 1;
                    settled.sent.push(event.number);
                }
                Fate::Again(reason) => {
                    why = Some(reason);
                    again.push(event);
                }
                Fate::Never(why) => {
                    let Outgoing { number, conversation, at, kind, .. } = event;
                    tracing::warn!(number, why, "a conversation event was refused for good and is put aside");
                    let kind = EventKind::ALL.get(usize::from(kind)).copied();
                    self.shown.put_aside([DeadLetter { number, at, kind, conversation: Some(conversation), why: why.clone() }]);
                    settled.never.push((number, why));
                }
            }
        }
        let count = sent.iter().sum();
        if count > 0 {
            ConversationsSent { count }.emit();
            if self.shown.sent(&sent) {
                ConduitWorks { fingerprint: &super::avro::fingerprint() }.emit();
            }
        }
        let Some(why) = why else {
            backoff.reset();
            return None;
        };
        tracing::debug!(count = again.len(), why, "conversation events were not taken and are sent again");
        self.shown.again(again.len());
        window.put_back(again);
        Some(backoff.next())
    }

    fn fail(&self, trouble: &Trouble, backoff: &mut Backoff) -> Duration {
        let (why, lasting) = match trouble {
            Trouble::Passing(why) => (why, false),
            Trouble::Lasting(why) => (why, true),
        };
        if self.shown.failed(why, lasting) {
            ConduitFails { why, lasting }.emit();
        }
        if lasting { LASTING } else { backoff.next() }
    }

    /// Takes away what was sent; where the disk refuses, with the next.
    async fn settle(&self, settled: &mut Settled) -> Result<(), ()> {
        if settled.sent.is_empty() && settled.never.is_empty() {
            return Ok(());
        }
        let Settled { sent, never } = std::mem::take(settled);
        let backlog = self.backlog.clone();
        let (outcome, sent, never) = blocking(move || (backlog.settle(&sent, &never), sent, never)).await;
        outcome.map_err(|why| {
            tracing::warn!(why, "what was sent cannot be taken out of the backlog yet");
            *settled = Settled { sent, never };
        })
    }
}

/// The disk may keep us waiting; no async thread waits for it.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
