//! Delivery of events to SAP: one ordered lane for each subscription URL, each with its own task, so that a SAP that hangs holds up
//! nobody else.
//!
//! `queue` decides what waits, `breaker` when to try again, `destination` who tries when a whole machine is away, `admit` where events may go, `answer` what an answer means: all pure. `lane`
//! runs them, `post` and `tls` talk to SAP.

mod admit;
mod answer;
mod breaker;
mod destination;
mod lane;
mod policy;
mod post;
mod pulse;
mod queue;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod tls;

pub use policy::{Policy, Rewrite};
pub use pulse::Pulse;

use crate::{
    capture::Recorder,
    domain::{AppId, Event, EventUrl, Language, Refusal, UserId},
    ici::{Codec, Message},
    store::{Receipt, Store, Written},
};
use admit::Target;
use destination::{Condition, Destination};
use lane::Lane;
use queue::Cost;
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    net::IpAddr,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError, RwLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tls::Trust;
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc, watch},
};

/// The sender to all lanes; cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Hub>);

/// One event on its way to one URL.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where to; the lane's name.
    pub url: EventUrl,
    /// Whose event; the header's `user`.
    pub user: UserId,
    /// The header's `language`.
    pub language: Option<Language>,
    /// The subscriptions it serves: one POST for all that share the URL (ici-wire §4).
    pub apps: Arc<[AppId]>,
    /// The address the subscriber called from, for an empty list of event hosts.
    pub peer: Option<IpAddr>,
    /// What.
    pub event: Arc<Event>,
    /// What the store has to do with it.
    pub kept: Kept,
    /// Who learns that SAP has taken it.
    pub pulse: Arc<Pulse>,
}

/// What the store has to do with an event.
#[derive(Clone, Default)]
pub struct Kept {
    /// It is sent when this is in the file: what SAP is told of must outlive a crash.
    pub first: Option<Written>,
    /// Dropped with the event.
    pub receipt: Option<Arc<Receipt>>,
    /// Not sent when SAP has acknowledged the same before the process was started.
    pub unless_known: bool,
}

/// What became of a lane, told to `agents` by the channel that [`Outbox::start`] is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Which lane.
    pub url: EventUrl,
    /// What happened.
    pub kind: FateKind,
}

/// See [`Fate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FateKind {
    /// 401, 403 or 404: SAP's session is gone, the subscription ends and the lane is closed.
    Gone,
    /// SAP has not been reached for the time the policy names (15 s by default).
    Unreachable,
    /// It is reached again.
    Recovered,
}

/// Figures for `/status`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Lanes that are open; one without anything to do ends by itself and is opened again by the next event.
    pub lanes: usize,
    /// Events delivered since the start, those included that SAP rejected.
    pub delivered: u64,
    /// Of these, events that SAP answered with a fault.
    pub rejected: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Events that a later one about the same thing replaced.
    pub coalesced: u64,
    /// Events that were lost: no room, too old, nobody left to tell, or a fault of ours.
    pub dropped: u64,
    /// Events that were not sent after a restart, because SAP knew all that is in them.
    pub known: u64,
    /// Events that wait now or are on their way.
    pub waiting: usize,
    /// Machines that lanes lead to, by name; the first hundred.
    pub destinations: Vec<DestinationFigures>,
}

/// Figures of one machine that lanes lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestinationFigures {
    /// Host and port.
    pub host: String,
    /// Lanes that are open.
    pub lanes: usize,
    /// Events that wait for it.
    pub waiting: usize,
    /// Attempts to connect that failed since the last that did not; with one the breaker is open.
    pub failures: u32,
    /// Why the last one failed.
    pub failure: Option<String>,
}

/// Machines that [`Figures`] names; a site has one or two.
const DESTINATIONS: usize = 100;

struct Hub {
    policy: watch::Receiver<Arc<Policy>>,
    encode: Encode,
    fates: mpsc::Sender<Fate>,
    lanes: RwLock<HashMap<EventUrl, Arc<Lane>>>,
    /// By host and port; kept alive by their lanes.
    destinations: Mutex<HashMap<String, Weak<Destination>>>,
    counts: Counts,
    trust: Trust,
    recorder: Recorder,
    store: Store,
    /// Told whenever a lane has nothing to do.
    idle: Notify,
    runtime: Handle,
}

type Encode = Box<dyn Fn(&Delivery) -> Message + Send + Sync>;

#[derive(Default)]
struct Counts {
    delivered: AtomicU64,
    rejected: AtomicU64,
    failed: AtomicU64,
    coalesced: AtomicU64,
    dropped: AtomicU64,
    known: AtomicU64,
}

// === impl Outbox ===

impl Outbox {
    /// Starts delivery inside the current tokio runtime. Policy and codec may change at any time and count from the next attempt.
    pub fn start(
        policy: watch::Receiver<Arc<Policy>>,
        codec: watch::Receiver<Arc<Codec>>,
        fates: mpsc::Sender<Fate>,
        recorder: Recorder,
        store: Store,
    ) -> Self {
        let encode = move |delivery: &Delivery| {
            let codec = codec.borrow().clone();
            codec.event(&delivery.event, &delivery.apps, &delivery.user, delivery.language.as_ref())
        };
        Self::with(policy, Box::new(encode), fates, recorder, store)
    }

    /// May events go to this URL at all? Checks form and host, resolves nothing: for `subscribe…`.
    ///
    /// # Errors
    /// [`Refusal::BadEventUrl`], [`Refusal::EventHostNotAllowed`].
    pub fn admit(&self, url: &EventUrl, peer: Option<IpAddr>) -> Result<(), Refusal> {
        let policy = self.0.policy();
        admit::host(&policy, &Target::parse(url)?.rewritten(&policy.rewrite), peer)
    }

    /// Hands over an event: never blocks, keeps order within the lane, coalesces by [`crate::domain::Event::subject`].
    pub fn post(&self, delivery: Delivery) {
        let hub = &self.0;
        // Pushed while the list is locked: a lane that is about to end cannot do so with this event in it.
        {
            let lanes = hub.lanes.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(lane) = lanes.get(&delivery.url) {
                lane.push(hub, delivery);
                return;
            }
        }
        let target = match Target::parse(&delivery.url) {
            Ok(target) => target,
            Err(refusal) => {
                hub.counts.dropped.fetch_add(1, Ordering::Relaxed);
                tracing::error!(user = %delivery.user, %refusal, "an event was dropped");
                return;
            }
        };
        let mut lanes = hub.lanes.write().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry(delivery.url.clone()).or_insert_with(|| {
            let destination = hub.destination(&target);
            let lane = Arc::new(Lane::new(delivery.url.clone(), target, destination));
            hub.runtime.spawn(Arc::clone(&lane).run(Arc::clone(hub)));
            lane
        });
        lane.push(hub, delivery);
    }

    /// Ends a lane when what waits in it is delivered or its deadline ([`Policy::unreachable_after`] from now) is over: nobody is subscribed
    /// there any more. An event posted before that keeps it open.
    pub fn close(&self, url: &EventUrl) {
        if let Some(lane) = self.0.lanes.read().unwrap_or_else(PoisonError::into_inner).get(url) {
            lane.close();
        }
    }

    /// Figures for `/status`.
    pub fn figures(&self) -> Figures {
        let Hub { counts, .. } = &*self.0;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Figures {
            lanes: self.0.lanes.read().unwrap_or_else(PoisonError::into_inner).len(),
            delivered: read(&counts.delivered),
            rejected: read(&counts.rejected),
            failed: read(&counts.failed),
            coalesced: read(&counts.coalesced),
            dropped: read(&counts.dropped),
            known: read(&counts.known),
            waiting: self.0.waiting(),
            destinations: self.0.destinations(),
        }
    }

    /// Waits until every lane is empty or `within` is over: for a stop that keeps its promises.
    pub async fn drain(&self, within: Duration) {
        let empty = async {
            loop {
                let mut idle = std::pin::pin!(self.0.idle.notified());
                // Before looking, so that a lane that becomes empty in between is not missed.
                idle.as_mut().enable();
                if self.0.waiting() == 0 {
                    return;
                }
                idle.await;
            }
        };
        if tokio::time::timeout(within, empty).await.is_err() {
            tracing::warn!(waiting = self.0.waiting(), "events could not be delivered in time");
        }
    }

    fn with(policy: watch::Receiver<Arc<Policy>>, encode: Encode, fates: mpsc::Sender<Fate>, recorder: Recorder, store: Store) -> Self {
        Self(Arc::new(Hub {
            policy,
            encode,
            fates,
            lanes: RwLock::default(),
            destinations: Mutex::default(),
            counts: Counts::default(),
            trust: Trust::default(),
            recorder,
            store,
            idle: Notify::new(),
            runtime: Handle::current(),
        }))
    }
}

// === impl Kept ===

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, receipt, unless_known } = self;
        let (first, receipt) = (first.is_some(), receipt.is_some());
        f.debug_struct("Kept").field("first", &first).field("receipt", &receipt).field("unless_known", unless_known).finish()
    }
}

// === impl Hub ===

impl Hub {
    fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.borrow())
    }

    fn waiting(&self) -> usize {
        self.lanes.read().unwrap_or_else(PoisonError::into_inner).values().map(|lane| lane.waiting()).sum()
    }

    /// The machine that a lane leads to, shared with the others that do.
    fn destination(&self, target: &Target) -> Arc<Destination> {
        let mut destinations = self.destinations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = destinations.get(&target.authority).and_then(Weak::upgrade) {
            return known;
        }
        destinations.retain(|_, destination| destination.strong_count() > 0);
        let new = Arc::new(Destination::default());
        destinations.insert(target.authority.clone(), Arc::downgrade(&new));
        new
    }

    fn destinations(&self) -> Vec<DestinationFigures> {
        let mut all: BTreeMap<String, DestinationFigures> = BTreeMap::new();
        for lane in self.lanes.read().unwrap_or_else(PoisonError::into_inner).values() {
            let figures = all.entry(lane.machine().to_owned()).or_insert_with(|| {
                let Condition { failures, failure } = lane.condition();
                DestinationFigures { host: lane.machine().to_owned(), lanes: 0, waiting: 0, failures, failure }
            });
            figures.lanes += 1;
            figures.waiting += lane.waiting();
        }
        all.into_values().take(DESTINATIONS).collect()
    }

    /// Takes a lane off the list if nothing waits in it, or, by force, with what waits. `true` when it has ended.
    fn end(&self, lane: &Lane, by_force: bool) -> bool {
        let mut lanes = self.lanes.write().unwrap_or_else(PoisonError::into_inner);
        let is_listed = lanes.get(&lane.url).is_some_and(|listed| std::ptr::eq(Arc::as_ptr(listed), lane));
        if is_listed && !by_force && lane.waiting() > 0 {
            return false;
        }
        if is_listed {
            lanes.remove(&lane.url);
            self.counts.dropped.fetch_add(lane.clear(), Ordering::Relaxed);
            self.idle.notify_waiters();
        }
        true
    }

    /// The message for an event; `None` when a fault in the codec has cost this one event, and no other.
    fn encode(&self, delivery: &Delivery) -> Option<Message> {
        let encoded = std::panic::catch_unwind(AssertUnwindSafe(|| (self.encode)(delivery)));
        if encoded.is_err() {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
            tracing::error!(user = %delivery.user, "an event could not be written and was dropped: report this as a fault of Jackfield");
        }
        encoded.ok()
    }

    async fn tell(&self, url: &EventUrl, kind: FateKind) {
        // Nobody listens only when the service ends.
        let _ = self.fates.send(Fate { url: url.clone(), kind }).await;
    }
}

// === impl Counts ===

impl Counts {
    fn cost(&self, cost: Cost) {
        self.coalesced.fetch_add(cost.coalesced, Ordering::Relaxed);
        self.dropped.fetch_add(cost.dropped, Ordering::Relaxed);
    }
}
