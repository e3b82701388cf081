//! One ordered lane: the events for one URL, one POST at a time, as long as it takes.

use super::{
    Delivery, FateKind, Hub, Policy,
    admit::Target,
    breaker::Breaker,
    destination::{Condition, Destination, Turn},
    post::{Failure, Outcome, Wire},
    queue::{Queue, Taken},
};
use crate::{
    capture::{Note, Way},
    crash,
    domain::{Event, EventUrl, ItemId, Subject},
    ici::Message,
    store::Mark,
    telemetry::FIGURES,
    timeline::{Body, Entry, Kind, TIMELINES},
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
    destination: Arc<Destination>,
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
    /// And whether all other lanes to the same machine wait for what comes of it.
    Send(Taken, bool),
    Wait(Option<Instant>),
    End,
}

// === impl Lane ===

impl Lane {
    pub(super) fn new(url: EventUrl, target: Target, destination: Arc<Destination>) -> Self {
        Self { url, target, destination, state: Mutex::default(), changed: Notify::new() }
    }

    /// Adds an event; a lane that was closing goes on.
    pub(super) fn push(&self, hub: &Hub, delivery: Delivery) {
        let policy = hub.policy();
        let (user, name, item) = (delivery.user.clone(), delivery.event.word(), delivery.event.item().cloned());
        let cost = {
            let mut state = self.state();
            state.closed_at = None;
            state.queue.push(delivery, policy.lane_capacity, now())
        };
        hub.counts.cost(cost);
        for (count, outcome) in [(cost.coalesced, "replaces"), (cost.dropped, "lost")].into_iter().filter(|(count, _)| *count > 0) {
            let detail = format!("{}: {count} that had not been sent", self.machine()).into();
            TIMELINES.note(&user, Entry { item: item.clone(), outcome, detail, ..Entry::new(Kind::Event, name) });
        }
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

    /// Host and port.
    pub(super) fn machine(&self) -> &str {
        &self.target.authority
    }

    /// How the machine is that it leads to.
    pub(super) fn condition(&self) -> Condition {
        self.destination.condition()
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
            // Before the turn is asked for, so that no change of it is missed.
            let mut turned = std::pin::pin!(self.destination.changed.notified());
            turned.as_mut().enable();
            let (time, policy) = (now(), hub.policy());
            if breaker.alarm(time, policy.unreachable_after) {
                self.unreachable(&hub).await;
            }
            match self.next(&hub, &policy, &mut breaker, time, idle_since) {
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
                        () = turned => {}
                        () = timer => {}
                    }
                    if wire.is_open() && now().saturating_duration_since(idle_since) >= IDLE {
                        wire.close();
                    }
                }
                Next::Send(taken, probe) => {
                    // However it goes on, the others do not wait for us for ever.
                    let _turn = probe.then(|| HasTurn(&self.destination));
                    if !self.send(&hub, &policy, &mut wire, &mut breaker, taken).await {
                        return;
                    }
                    idle_since = now();
                }
            }
        }
    }

    fn next(&self, hub: &Hub, policy: &Policy, breaker: &mut Breaker, now: Instant, idle_since: Instant) -> Next {
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
            let cost = state.queue.expire(policy.expire, now);
            hub.counts.cost(cost);
            if !state.queue.is_empty() {
                let turn = self.destination.turn(now);
                let alone = given_up.is_some_and(|at| at <= now);
                if let (Turn::Wait(until), false) = (turn, alone) {
                    // Somebody else finds out for us; that it takes its time is our agent's trouble all the same.
                    breaker.begin(now);
                    let alarm = breaker.alarm_at(policy.unreachable_after);
                    return Next::Wait([until, given_up, alarm].into_iter().flatten().min());
                }
                if let (Turn::Go | Turn::Probe, Some(taken)) = (turn, state.queue.take()) {
                    state.on_its_way = true;
                    return Next::Send(taken, turn == Turn::Probe);
                }
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
    async fn send(&self, hub: &Hub, policy: &Policy, wire: &mut Wire, breaker: &mut Breaker, mut taken: Taken) -> bool {
        if let Some(first) = taken.delivery.kept.first.take() {
            first.wait().await;
        }
        let Some(message) = hub.encode(&taken.delivery) else {
            self.state().on_its_way = false;
            return true;
        };
        let user = &taken.delivery.user;
        let mark = hub.store.fingerprint(&message.body).and_then(|message| mark(&taken.delivery.event, message));
        if taken.delivery.kept.unless_known
            && let Some((item, mark)) = &mark
            && (hub.store.knows(user, item.as_ref(), &self.url, *mark) || self.is_of_no_chat(hub, &taken.delivery))
        {
            hub.counts.known.fetch_add(1, Ordering::Relaxed);
            self.story(&taken, "known", "", None);
            self.state().on_its_way = false;
            return true;
        }
        let began = now();
        breaker.begin(began);
        let copy = hub.recorder.wants(Some(taken.delivery.user.as_str())).then(|| message.clone());
        let body = Body::of(&message.body);
        crash::point(crash::Point::BeforePost);
        let outcome = self.attempt(hub, policy, wire, breaker, taken.delivery.peer, message).await;
        crash::point(crash::Point::AfterPost);
        if let Some(copy) = copy {
            self.record(hub, wire, &taken, copy, began);
        }
        self.state().on_its_way = false;
        if !matches!(&outcome, Err(failure) if failure.is_of_the_machine()) {
            self.destination.reached();
        }
        match outcome {
            Ok(Outcome::Delivered(fault)) => {
                hub.counts.delivered.fetch_add(1, Ordering::Relaxed);
                FIGURES.event.record(now().saturating_duration_since(taken.since));
                let why = fault.as_ref().map(ToString::to_string).unwrap_or_default();
                self.story(&taken, if fault.is_none() { "delivered" } else { "rejected" }, &why, body);
                if fault.is_none() {
                    taken.delivery.pulse.beat();
                    if let Some((item, mark)) = mark {
                        hub.store.acknowledged(&taken.delivery.user, item.as_ref(), &self.url, mark);
                    }
                }
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
                self.story(&taken, "gone", status.as_str(), body);
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
                // The message comes again with the attempt that succeeds.
                self.story(&taken, "failed", &failure.to_string(), None);
                if failure.is_of_the_machine() {
                    breaker.miss();
                    self.destination.fail(now(), policy, jitter(), &failure.to_string());
                } else {
                    breaker.fail(now(), policy, jitter());
                }
                hub.counts.cost(self.state().queue.put_back(taken));
                true
            }
        }
    }

    /// Was it written in a chat that SAP shows nobody? The process before has died before it could tell of it, and now it is over.
    fn is_of_no_chat(&self, hub: &Hub, delivery: &Delivery) -> bool {
        matches!(&*delivery.event, Event::ChatPosted(posting) if !hub.store.was_told(&delivery.user, &posting.item, &self.url))
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

    /// For the agent's timeline: what became of an event, from the moment at which it was due.
    fn story(&self, taken: &Taken, outcome: &'static str, why: &str, message: Option<Body>) {
        let machine = self.machine();
        let detail = if why.is_empty() { machine.into() } else { format!("{machine}: {why}").into() };
        let Delivery { user, event, .. } = &taken.delivery;
        let entry = Entry { item: event.item().cloned(), outcome, detail, message, ..Entry::new(Kind::Event, event.word()) };
        TIMELINES.note(user, entry.after(now().saturating_duration_since(taken.since)));
    }

    fn record(&self, hub: &Hub, wire: &mut Wire, taken: &Taken, message: Message, began: Instant) {
        let (status, answer) = wire.take_answer().unwrap_or_default();
        hub.recorder.note(Note {
            way: Way::ToSap,
            user: Some(taken.delivery.user.as_str().to_owned()),
            to: Some(self.url.as_str().to_owned()),
            action: Some(message.action.to_string()),
            status,
            began,
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

/// A lane that tries for all others.
struct HasTurn<'a>(&'a Destination);

impl Drop for HasTurn<'_> {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// What SAP knows when it has taken this event: about an item, or about the agent himself; `None` for an end, after which it knows nothing.
fn mark(event: &Event, message: u64) -> Option<(Option<ItemId>, Mark)> {
    match (event, event.subject()) {
        (Event::ChatPosted(posting), _) => Some((Some(posting.item.clone()), Mark::Written(posting.number))),
        (_, Subject::User) => Some((None, Mark::Message(message))),
        (_, Subject::Item(item)) => Some((Some(item), Mark::Message(message))),
        (_, Subject::Once | Subject::Figures) => None,
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
