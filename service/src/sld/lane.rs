//! One destination's own task: waits, sends, remembers. It ends when it is dropped, in the middle of an attempt too.

use super::{
    ATTEMPT, Figures, State,
    attempt::{self, Outcome},
    destination::{Destination, Planned},
    plan::{self, Occasion, When},
    verdict::{Class, Verdict},
};
use crate::{
    store::{self, Accepted, Attempt, Key, Record, Registration, Store},
    telemetry::event::{Event, Registered, RegistrationFailed},
};
use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, sleep_until},
};

pub(super) struct Lane {
    whole: u64,
    when: When,
    orders: mpsc::Sender<()>,
    shown: Arc<Mutex<Figures>>,
    task: AbortHandle,
}

/// What the task owns.
struct Work {
    url: String,
    ready: Result<Arc<Destination>, Verdict>,
    whole: u64,
    when: When,
    store: Store,
    shown: Arc<Mutex<Figures>>,
    known: Registration,
    /// When it is sent by itself.
    next: Option<Instant>,
}

// === impl Lane ===

impl Lane {
    pub(super) fn start(planned: Planned, when: When, occasion: Occasion, store: Store) -> Self {
        let whole = planned.whole();
        let stored = store.registration(&planned.url);
        let content = planned.ready.as_ref().map_or(0, |destination| destination.content());
        let first = match &planned.ready {
            Ok(_) => plan::first(when, occasion, stored.as_ref(), content, whole, now()),
            Err(_) => None,
        };
        let mut known = stored.unwrap_or_default();
        if known.whole != whole {
            // Something was changed, and that may have been what was wrong.
            (known.whole, known.refusals, known.failures) = (whole, 0, 0);
        }
        let shown = Arc::new(Mutex::new(Figures {
            url: planned.url.clone(),
            user: planned.user.clone(),
            state: State::Waiting,
            next: None,
            accepted: None,
            last: None,
            attempts: 0,
        }));
        // A second order that comes while one waits is the same order.
        let (orders, inbox) = mpsc::channel(1);
        let mut work = Work { url: planned.url, ready: planned.ready, whole, when, store, shown: Arc::clone(&shown), known, next: None };
        work.wait_for(first);
        if let Err(verdict) = &work.ready {
            RegistrationFailed { url: &work.url, why: verdict, stopped: true }.emit();
        }
        let task = tokio::spawn(work.run(inbox)).abort_handle();
        Self { whole, when, orders, shown, task }
    }

    /// Would a new one do the same?
    pub(super) fn is(&self, planned: &Planned, when: When) -> bool {
        self.whole == planned.whole() && self.when == when
    }

    /// Sends now; `false` when there is nothing that could be sent.
    pub(super) fn send_now(&self) -> bool {
        // What is full has such an order already.
        let _ = self.orders.try_send(());
        lock(&self.shown).state != State::Invalid
    }

    pub(super) fn figures(&self) -> Figures {
        lock(&self.shown).clone()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.task.abort();
    }
}

// === impl Work ===

impl Work {
    async fn run(mut self, mut orders: mpsc::Receiver<()>) {
        loop {
            let next = self.next;
            let manual = tokio::select! {
                order = orders.recv() => match order {
                    Some(()) => true,
                    None => return,
                },
                () = until(next) => false,
            };
            let Ok(destination) = &self.ready else { continue };
            let destination = Arc::clone(destination);
            {
                let mut shown = lock(&self.shown);
                (shown.state, shown.next) = (State::Sending, None);
            }
            let outcome = attempt::send(&destination, ATTEMPT).await;
            self.note(&destination, &outcome, manual);
            let class = outcome.verdict.class();
            let pause = plan::after(self.when, &self.known, class, chance());
            self.wait_for(pause);
            self.tell(&outcome);
        }
    }

    fn note(&mut self, destination: &Destination, outcome: &Outcome, manual: bool) {
        let class = outcome.verdict.class();
        let known = &mut self.known;
        known.whole = self.whole;
        if manual {
            // A person has looked at it.
            (known.refusals, known.failures) = (0, 0);
        }
        if class == Class::Sent {
            known.accepted = Some(Accepted { content: destination.content(), at: now() });
            (known.refusals, known.failures) = (0, 0);
        } else {
            known.failures = known.failures.saturating_add(1);
            known.refusals = if class == Class::Auth { known.refusals.saturating_add(1) } else { known.refusals };
        }
        known.last = Some(Attempt {
            at: now(),
            manual,
            class: class.word().to_owned(),
            id: outcome.verdict.words().id.to_owned(),
            values: outcome.verdict.values().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            text: outcome.verdict.to_string(),
            status: outcome.status,
            answer: outcome.answer.clone(),
        });
        lock(&self.shown).attempts += 1;
        let record = Record::Registration(Box::new(known.clone()));
        self.store.put([(Key::Registration(self.url.as_str().into()), Some(record))], store::When::Soon);
    }

    /// Sets the next time, and shows how everything is now.
    fn wait_for(&mut self, pause: Option<Duration>) {
        self.next = pause.map(|pause| Instant::now() + pause);
        let last = self.known.last.as_ref().map(|last| Class::of(&last.class));
        let content = self.ready.as_ref().map_or(0, |destination| destination.content());
        let accepted = self.known.accepted.filter(|accepted| accepted.content == content).map(|accepted| accepted.at);
        let state = match (&self.ready, last) {
            (Err(_), _) => State::Invalid,
            (Ok(_), Some(Class::Auth)) if self.known.refusals >= plan::REFUSALS => State::Stopped,
            (Ok(_), _) if accepted.is_some() && self.known.failures == 0 => State::Registered,
            (Ok(_), _) if self.known.failures > 0 => State::Failing,
            (Ok(_), _) => State::Waiting,
        };
        let mut shown = lock(&self.shown);
        shown.state = state;
        shown.next = pause.map(|pause| now().saturating_add(i64::try_from(pause.as_secs()).unwrap_or(i64::MAX)));
        shown.accepted = self.known.accepted.map(|accepted| accepted.at);
        shown.last = match &self.ready {
            Ok(_) => self.known.last.clone(),
            // What was sent to it before does not matter as long as nothing can be sent.
            Err(verdict) => Some(Attempt {
                at: now(),
                manual: false,
                class: verdict.class().word().to_owned(),
                id: verdict.words().id.to_owned(),
                values: verdict.values().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                text: verdict.to_string(),
                status: None,
                answer: String::new(),
            }),
        };
    }

    fn tell(&self, outcome: &Outcome) {
        if outcome.verdict.class() == Class::Sent {
            Registered { url: &self.url, how: &outcome.verdict.cause() }.emit();
        } else {
            RegistrationFailed { url: &self.url, why: &outcome.verdict, stopped: self.next.is_none() }.emit();
        }
    }
}

async fn until(next: Option<Instant>) {
    match next {
        Some(next) => sleep_until(next).await,
        None => std::future::pending().await,
    }
}

/// Between 0 and 1: good enough that not everybody comes at once.
fn chance() -> f64 {
    // The keys of a hasher are the randomness that the standard library has.
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

/// Seconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn lock(shown: &Mutex<Figures>) -> MutexGuard<'_, Figures> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}
