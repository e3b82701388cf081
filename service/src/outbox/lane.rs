//! One ordered lane: the events for one URL, one POST at a time, as long as it takes.

use super::{
    Delivery, FateKind, Hub, Policy,
    admit::Target,
    breaker::Breaker,
    post::{Failure, Outcome, Wire},
    queue::{Queue, Taken},
};
use crate::{
    capture::{Note, Way},
    domain::EventUrl,
    ici::Message,
};
use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// An unused connection is closed after this long, below any server's own keep-alive; a lane with nothing to do ends with it, and the next
/// event makes a new one.
const IDLE: Duration = Duration::from_secs(10);

/// What senders and the lane's task share.
pub(super) struct Lane {
    pub(super) url: EventUrl,
    target: Target,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    queue: Queue,
    on_its_way: bool,
    closed_at: Option<Instant>,
}

enum Next {
    Send(Taken),
    Wait(Option<Instant>),
    End,
}

// === impl Lane ===

impl Lane {
    pub(super) fn new(url: EventUrl, target: Target) -> Self {
        Self { url, target, state: Mutex::default(), changed: Notify::new() }
    }

    /// Adds an event; a lane that was closing goes on.
    pub(super) fn push(&self, hub: &Hub, delivery: Delivery) {
        let policy = hub.policy();
        let cost = {
            let mut state = self.state();
            state.closed_at = None;
            state.queue.push(delivery, policy.lane_capacity, now())
        };
        hub.counts.cost(cost);
        if cost.dropped > 0 {
            tracing::warn!(host = %self.target.authority, dropped = cost.dropped, "SAP is too slow: events were dropped because their lane is full");
        }
        self.changed.notify_one();
    }

    /// Lets the lane end when it is empty or the policy's time is over.
    pub(super) fn close(&self) {
        self.state().closed_at = Some(now());
        self.changed.notify_one();
    }

    /// Events that are not delivered yet.
    pub(super) fn waiting(&self) -> usize {
        let state = self.state();
        state.queue.len() + usize::from(state.on_its_way)
    }

    /// Drops what waits; how much it was.
    pub(super) fn clear(&self) -> u64 {
        self.state().queue.clear()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Delivers until there is nobody to deliver to.
    pub(super) async fn run(self: Arc<Self>, hub: Arc<Hub>) {
        let _ends = EndsWithTask { lane: &self, hub: &hub };
        let (mut wire, mut breaker, mut idle_since) = (Wire::default(), Breaker::default(), now());
        loop {
            let (time, policy) = (now(), hub.policy());
            if breaker.alarm(time, policy.unreachable_after) {
                self.unreachable(&hub).await;
            }
            match self.next(&hub, &policy, &breaker, time, idle_since) {
                Next::End => return,
                Next::Wait(until) => {
                    let timer = async {
                        match until {
                            Some(until) => tokio::time::sleep_until(until.into()).await,
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        () = self.changed.notified() => {}
                        () = timer => {}
                    }
                    if wire.is_open() && now().saturating_duration_since(idle_since) >= IDLE {
                        wire.close();
                    }
                }
                Next::Send(taken) => {
                    if !self.send(&hub, &policy, &mut wire, &mut breaker, taken).await {
                        return;
                    }
                    idle_since = now();
                }
            }
        }
    }

    fn next(&self, hub: &Hub, policy: &Policy, breaker: &Breaker, now: Instant, idle_since: Instant) -> Next {
        let mut state = self.state();
        let given_up = state.closed_at.map(|at| at + policy.unreachable_after);
        let open_until = breaker.open_until(now).filter(|_| !state.queue.is_empty());
        if let Some(until) = open_until
            && given_up.is_none_or(|at| at > now)
        {
            let alarm = breaker.alarm_at(policy.unreachable_after);
            return Next::Wait([Some(until), given_up, alarm].into_iter().flatten().min());
        }
        if open_until.is_none() {
            let (taken, cost) = state.queue.take(policy.expire, now);
            hub.counts.cost(cost);
            if let Some(taken) = taken {
                state.on_its_way = true;
                return Next::Send(taken);
            }
        }
        let (closed, idle_until) = (state.closed_at.is_some(), idle_since + IDLE);
        drop(state);
        hub.idle.notify_waiters();
        let done = closed || (idle_until <= now && breaker.failures() == 0);
        if done && hub.end(self, given_up.is_some_and(|at| at <= now)) {
            return Next::End;
        }
        Next::Wait((idle_until > now).then_some(idle_until))
    }

    /// One attempt; `false` when the lane has ended.
    async fn send(&self, hub: &Hub, policy: &Policy, wire: &mut Wire, breaker: &mut Breaker, taken: Taken) -> bool {
        let Some(message) = hub.encode(&taken.delivery) else {
            self.state().on_its_way = false;
            return true;
        };
        let began = now();
        breaker.begin(began);
        let copy = hub.recorder.wants(Some(taken.delivery.user.as_str())).then(|| message.clone());
        let outcome = self.attempt(hub, policy, wire, breaker, taken.delivery.peer, message).await;
        if let Some(copy) = copy {
            self.record(hub, wire, &taken, copy, began);
        }
        self.state().on_its_way = false;
        match outcome {
            Ok(Outcome::Delivered(fault)) => {
                hub.counts.delivered.fetch_add(1, Ordering::Relaxed);
                if let Some(fault) = fault {
                    hub.counts.rejected.fetch_add(1, Ordering::Relaxed);
                    tracing::warn!(host = %self.target.authority, user = %taken.delivery.user, %fault, "SAP rejected an event");
                }
                if breaker.succeed() {
                    tracing::info!(host = %self.target.authority, user = %taken.delivery.user, "SAP is reached again");
                    self.tell(hub, FateKind::Recovered).await;
                }
                true
            }
            Ok(Outcome::Gone(status)) => {
                tracing::info!(host = %self.target.authority, user = %taken.delivery.user, %status, "SAP's session is gone: its subscription ends");
                let closed = self.state().closed_at.is_some();
                hub.end(self, true);
                if !closed {
                    hub.tell(&self.url, FateKind::Gone).await;
                }
                false
            }
            Err(failure) => {
                hub.counts.failed.fetch_add(1, Ordering::Relaxed);
                if breaker.failures() == 0 {
                    tracing::warn!(host = %self.target.authority, user = %taken.delivery.user, %failure, "an event could not be delivered: it is tried again");
                } else {
                    tracing::debug!(host = %self.target.authority, user = %taken.delivery.user, %failure, "an event could not be delivered again");
                }
                breaker.fail(now(), policy, jitter());
                hub.counts.cost(self.state().queue.put_back(taken));
                true
            }
        }
    }

    /// The attempt itself, within its deadline; raises the alarm when that falls due meanwhile.
    async fn attempt(
        &self,
        hub: &Hub,
        policy: &Policy,
        wire: &mut Wire,
        breaker: &mut Breaker,
        peer: Option<IpAddr>,
        message: Message,
    ) -> Result<Outcome, Failure> {
        // Boxed, so that an idle lane's task does not carry the room for it.
        let post = Box::pin(wire.post(policy, &hub.trust, &self.target, peer, message));
        let mut attempt = Box::pin(tokio::time::timeout(policy.attempt, post));
        let outcome = match breaker.alarm_at(policy.unreachable_after) {
            Some(alarm) => tokio::select! {
                outcome = &mut attempt => outcome,
                () = tokio::time::sleep_until(alarm.into()) => {
                    breaker.alarm(alarm, policy.unreachable_after);
                    self.unreachable(hub).await;
                    attempt.await
                }
            },
            None => attempt.await,
        };
        outcome.unwrap_or(Err(Failure::Deadline))
    }

    fn record(&self, hub: &Hub, wire: &mut Wire, taken: &Taken, message: Message, began: Instant) {
        let (status, answer) = wire.take_answer().unwrap_or_default();
        hub.recorder.note(Note {
            way: Way::ToSap,
            user: Some(taken.delivery.user.as_str().to_owned()),
            to: Some(self.url.as_str().to_owned()),
            action: Some(message.action.to_string()),
            status,
            took: now().saturating_duration_since(began),
            body: message.body,
            answer,
        });
    }

    async fn unreachable(&self, hub: &Hub) {
        tracing::warn!(host = %self.target.authority, "SAP is unreachable: events wait");
        self.tell(hub, FateKind::Unreachable).await;
    }

    async fn tell(&self, hub: &Hub, kind: FateKind) {
        if self.state().closed_at.is_none() {
            hub.tell(&self.url, kind).await;
        }
    }
}

/// Takes the lane off the list however its task ends: the next event makes a new one.
struct EndsWithTask<'a> {
    lane: &'a Lane,
    hub: &'a Hub,
}

impl Drop for EndsWithTask<'_> {
    fn drop(&mut self) {
        self.hub.end(self.lane, true);
    }
}

/// By tokio's clock, which tests can pause.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// From 0 to 1. The standard library's hash keys are random enough to spread retries.
fn jitter() -> f64 {
    f64::from(u16::try_from(RandomState::new().hash_one(0_u8) & 0xffff).unwrap_or_default()) / f64::from(u16::MAX)
}
