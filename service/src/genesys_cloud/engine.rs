//! The bridge at work: one task that looks at the switch, plans, and carries plans out.
//!
//! Three things begin a run: the switch tells of a change (gathered for [`GATHER`]), the timer, and an administrator. Each run takes the same
//! steps: snapshot, read, plan, guard, apply, verify, record. What is known is written before and after every write to the organisation, so that
//! a process that is killed repeats nothing that had effect.

mod apply;
mod express;
mod read;
mod report;
mod run;
#[cfg(test)]
mod tests;
mod verify;

pub use report::{Counts, Explained, Part, Progress, Report, RunReport, Summary};

use super::{
    cloud::{Cloud, Fault},
    connection::{Change, Connection, Patience},
    desired::{Desired, Scope, desired},
    history::Past,
    known::{Known, Status},
    memory::{About, Memory},
    plan::{Deletion, Limits, Plan},
    reason::Reason,
    record::{CloudId, Fingerprint, Kind, RecordId},
};
use crate::{
    store::Store,
    switch::{Configuration, Switch},
};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

/// Changes at the switch are gathered so long.
pub const GATHER: Duration = Duration::from_secs(2);
/// After a run that failed as a whole it is tried again after this long, and twice that each time after it, up to the interval.
const AGAIN: Duration = Duration::from_secs(30);
/// A switch that suddenly has nothing is asked again after this long.
const ASK_AGAIN: Duration = Duration::from_secs(30);
/// A look whether the organisation answers takes no longer.
const LOOK: Duration = Duration::from_secs(20);
/// Orders that wait; an administrator has one at a time.
const ORDERS: usize = 8;

/// What the file says; `app` makes it from `[genesys_cloud]`.
#[derive(Clone)]
pub struct Policy {
    /// The organisation.
    pub cloud: Arc<dyn Cloud>,
    /// The same at the same pace, for somebody who waits.
    pub at_once: Arc<dyn Cloud>,
    /// Tells one organisation, with its credentials, from another.
    pub address: String,
    /// Its short name.
    pub organisation: String,
    /// The site in our marks.
    pub site: String,
    /// What is kept in step.
    pub scope: Scope,
    /// What becomes of that which the switch has no longer.
    pub deletion: Deletion,
    /// How many removals may be.
    pub limits: Limits,
    /// Everything is compared this often.
    pub interval: Duration,
    /// Requests a minute, for estimates.
    pub per_minute: u32,
    /// The user who may not be missing on the switch; empty: nobody.
    pub admin_user: String,
    /// Dial groups that may not be missing there.
    pub dial_groups: Vec<String>,
    /// When the connection counts as lost.
    pub watch: Watch,
}

/// Takes in a change of the connection, and why it came.
pub type Tell = Arc<dyn Fn(Change, &Reason) + Send + Sync>;

/// What whoever watches machines hears of.
#[derive(Clone)]
pub struct Watch {
    /// The organisation is asked whether it answers when nothing was asked of it for so long.
    pub every: Duration,
    /// What is borne before the connection counts as lost.
    pub patience: Patience,
    /// Is told of each change, and why; never waits.
    pub tell: Tell,
}

/// Where the switch in use is asked for: another one may be put to use meanwhile.
pub type Source = Arc<dyn Fn() -> Arc<dyn Switch> + Send + Sync>;

/// The bridge; cheap to clone. With the last of them it ends.
#[derive(Clone)]
pub struct Bridge {
    orders: mpsc::Sender<Order>,
    express: mpsc::Sender<Express>,
    shared: Arc<Shared>,
    _task: Arc<Task>,
}

struct Task(JoinHandle<()>);

/// One record now, though a run is under way: somebody waits for it.
struct Express {
    record: RecordId,
    tell: oneshot::Sender<Result<RunReport, Reason>>,
}

/// What somebody asks of the bridge.
enum Order {
    Plan { tell: oneshot::Sender<Result<Plan, Reason>> },
    Sync { force: bool, tell: oneshot::Sender<Result<RunReport, Reason>> },
    Apply { plan: Fingerprint, tell: oneshot::Sender<Result<RunReport, Reason>> },
    Removals { allow: bool, tell: oneshot::Sender<Result<(), Reason>> },
    NewOrganisation { tell: oneshot::Sender<Result<(), Reason>> },
    AcceptAdminUser { tell: oneshot::Sender<Result<(), Reason>> },
}

/// What whoever looks may see while the task works.
struct Shared(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    about: About,
    known: Known,
    past: VecDeque<Past>,
    state: report::State,
    /// Of the last snapshot.
    desired: Arc<Desired>,
    last: Option<RunReport>,
    progress: Option<report::Progress>,
    held: Option<super::plan::Held>,
    admin_user: AdminUser,
    /// Dial groups that the file names and the switch has not.
    dial_groups_missing: Vec<String>,
    /// Why the organisation did not answer last; `None`: it did.
    unanswered: Option<Reason>,
    /// Records whose intent this process has noted first: what of them had effect it knows.
    begun: BTreeSet<RecordId>,
    per_minute: u32,
    pace: super::cloud::Pace,
}

/// How the user of the bridge on the switch was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum AdminUser {
    /// As he was, or nobody is named.
    #[default]
    Same,
    Missing,
    /// Otherwise than he was; this is how he is.
    Changed(String, Fingerprint),
}

/// Why a run is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Start,
    Change,
    Timer,
    Administrator,
}

/// The task.
struct Engine {
    policy: watch::Receiver<Option<Arc<Policy>>>,
    source: Source,
    express: mpsc::Receiver<Express>,
    memory: Memory,
    shared: Arc<Shared>,
    /// The organisation was looked at since it was put to use, under this address.
    connected: Option<String>,
    /// Changes of the switch that a run has taken in.
    changes: u64,
    /// The last snapshot lacked a whole kind.
    looked_empty: bool,
    /// Runs that failed as a whole, one after the other.
    failures: u32,
    cause: Cause,
    connection: Connection,
    /// When it was found out last whether the organisation answers.
    asked: Instant,
}

// === impl Bridge ===

impl Bridge {
    /// Starts it. While there is no policy it is dormant: what it knows stays.
    pub fn start(policy: watch::Receiver<Option<Arc<Policy>>>, source: Source, store: Store) -> Self {
        let memory = Memory::new(store);
        let (about, known, past) = memory.load();
        let connection = Connection::new(about.connection_lost);
        let shared = Arc::new(Shared(Mutex::new(Seen { about, known, past, ..Seen::default() })));
        let (orders, inbox) = mpsc::channel(ORDERS);
        let (express, waiting) = mpsc::channel(ORDERS);
        let engine = Engine {
            policy,
            source,
            express: waiting,
            memory,
            shared: Arc::clone(&shared),
            connected: None,
            changes: 0,
            looked_empty: false,
            failures: 0,
            cause: Cause::Start,
            connection,
            asked: Instant::now(),
        };
        let task = tokio::spawn(engine.work(inbox));
        Self { orders, express, shared, _task: Arc::new(Task(task)) }
    }

    /// How everything is.
    pub fn report(&self) -> Report {
        report::report(&self.shared.lock())
    }

    /// Every record, as far as anything is known of it.
    pub fn records(&self) -> Vec<Summary> {
        report::records(&self.shared.lock())
    }

    /// What each record is in the organisation, of those that are there.
    pub fn ids(&self) -> Vec<(RecordId, CloudId)> {
        let seen = self.shared.lock();
        let all = seen.known.records.iter();
        all.filter_map(|(id, entry)| Some((id.clone(), entry.cloud.clone()?))).collect()
    }

    /// Everything about one record.
    pub fn explain(&self, id: &RecordId) -> Option<Explained> {
        report::explain(&self.shared.lock(), id)
    }

    /// What was done, the newest first, so many at most.
    pub fn history(&self, most: usize) -> Vec<Past> {
        self.shared.lock().past.iter().rev().take(most).cloned().collect()
    }

    /// What a complete run would do now. Writes nothing.
    ///
    /// # Errors
    /// Why nobody can say.
    pub async fn plan(&self) -> Result<Plan, Reason> {
        self.ask(|tell| Order::Plan { tell }).await
    }

    /// Runs now: what has changed, or everything (`force`), or one record and what belongs to it. One record does not wait for a run that is
    /// under way.
    ///
    /// # Errors
    /// Why there was no run.
    pub async fn sync(&self, force: bool, user: Option<RecordId>) -> Result<RunReport, Reason> {
        match user {
            None => self.ask(|tell| Order::Sync { force, tell }).await,
            Some(record) => {
                let (tell, told) = oneshot::channel();
                waited(self.express.try_send(Express { record, tell }).is_ok(), told).await
            }
        }
    }

    /// Carries out a plan that was made before, if it would be made again now exactly so; the removals in it are allowed by that.
    ///
    /// # Errors
    /// The ground has changed, or there was no run.
    pub async fn apply(&self, plan: Fingerprint) -> Result<RunReport, Reason> {
        self.ask(|tell| Order::Apply { plan, tell }).await
    }

    /// Allows or rejects the removals that are held back.
    ///
    /// # Errors
    /// There are none.
    pub async fn removals(&self, allow: bool) -> Result<(), Reason> {
        self.ask(|tell| Order::Removals { allow, tell }).await
    }

    /// Forgets what is known of the organisation before, because another one is meant now.
    ///
    /// # Errors
    /// It is the same one.
    pub async fn new_organisation(&self) -> Result<(), Reason> {
        self.ask(|tell| Order::NewOrganisation { tell }).await
    }

    /// The user of the bridge on the switch is meant as he is now.
    ///
    /// # Errors
    /// He is as he was.
    pub async fn accept_admin_user(&self) -> Result<(), Reason> {
        self.ask(|tell| Order::AcceptAdminUser { tell }).await
    }

    async fn ask<T>(&self, order: impl FnOnce(oneshot::Sender<Result<T, Reason>>) -> Order) -> Result<T, Reason> {
        let (tell, told) = oneshot::channel();
        waited(self.orders.try_send(order(tell)).is_ok(), told).await
    }
}

async fn waited<T>(was_taken: bool, told: oneshot::Receiver<Result<T, Reason>>) -> Result<T, Reason> {
    if !was_taken {
        return Err(Reason::new("busy", "the bridge has enough to do: try again when its run has ended"));
    }
    told.await.unwrap_or_else(|_| Err(Reason::new("ended", "the bridge has ended")))
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

// === impl Policy ===

impl Policy {
    /// Dial groups that the file names and the switch has not; none where the switch does not tell of them.
    fn missing_dial_groups(&self, configuration: &Configuration) -> Vec<String> {
        let Some(there) = &configuration.dial_groups else { return Vec::new() };
        let is_there = |group: &&String| there.iter().any(|name| name.eq_ignore_ascii_case(group));
        self.dial_groups.iter().filter(|group| !is_there(group)).cloned().collect()
    }
}

// === impl Shared ===

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Cause ===

impl Cause {
    fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Change => "change",
            Self::Timer => "timer",
            Self::Administrator => "administrator",
        }
    }
}

// === impl Engine ===

impl Engine {
    async fn work(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut next = Instant::now();
        loop {
            let Some(policy) = self.policy.borrow_and_update().clone() else {
                // Dormant: what is known stays, and nothing is asked.
                (self.connected, self.asked) = (None, Instant::now());
                self.shared.lock().state = report::State::Dormant;
                next = Instant::now();
                tokio::select! {
                    biased;
                    changed = self.policy.changed() => if changed.is_err() { return },
                    order = orders.recv() => match order {
                        Some(order) => order.refuse(&dormant()),
                        None => return,
                    },
                    Some(express) = self.express.recv() => drop(express.tell.send(Err(dormant()))),
                }
                continue;
            };
            self.shared.lock().per_minute = policy.per_minute;
            let mut changes = (self.source)().configuration_changes();
            let (taken_in, look) = (self.changes, self.asked + self.until_look(&policy));
            tokio::select! {
                biased;
                other = self.policy.changed() => {
                    if other.is_err() { return }
                    next = Instant::now();
                    self.cause = Cause::Start;
                }
                Some(express) = self.express.recv() => drop(self.at_once(&policy, express).await),
                order = orders.recv() => match order {
                    Some(order) => self.obey(&policy, order).await,
                    None => return,
                },
                () = sleep_until(next) => {
                    let cause = self.cause;
                    self.cause = Cause::Timer;
                    let run = self.run(&policy, cause, &run::Wanted::Everything).await;
                    next = Instant::now() + self.pause(&policy, run.is_ok());
                }
                () = sleep_until(look) => {
                    if self.look(&policy).await == Some(Change::Restored) {
                        // What failed because nobody answered is done now, and not when its pause ends.
                        next = Instant::now();
                    }
                }
                // Another switch counts anew, and is looked at for that.
                Ok(()) = async { changes.wait_for(|changes| *changes != taken_in).await.map(drop) } => {
                    tokio::time::sleep(GATHER).await;
                    if self.run(&policy, Cause::Change, &run::Wanted::Changes).await.is_err() {
                        next = next.min(Instant::now() + self.pause(&policy, false));
                    }
                }
            }
        }
    }

    fn pause(&mut self, policy: &Policy, was_good: bool) -> Duration {
        if self.looked_empty {
            return ASK_AGAIN;
        }
        self.failures = if was_good { 0 } else { (self.failures + 1).min(12) };
        if was_good { policy.interval } else { (AGAIN * 2_u32.pow(self.failures - 1)).min(policy.interval) }
    }

    /// While it is in doubt whether the connection is lost, it is looked at often enough to decide that in time.
    fn until_look(&self, policy: &Policy) -> Duration {
        let Watch { every, patience, .. } = &policy.watch;
        if self.connection.is_doubtful() { (patience.after / patience.failures.max(1)).min(*every) } else { *every }
    }

    /// Finds out whether the organisation answers.
    async fn look(&mut self, policy: &Policy) -> Option<Change> {
        let began = Instant::now();
        let outcome = match tokio::time::timeout(LOOK, policy.cloud.organisation()).await {
            Ok(Err(error)) if matches!(error.fault, Fault::Unreachable | Fault::Unauthorised) => Err(report::of_error(&error)),
            // Whatever it says, it answers.
            Ok(_) => Ok(()),
            Err(_) => Err(Reason::new("unreachable", format!("the organisation does not answer within {} s", LOOK.as_secs()))),
        };
        self.answered(policy, began, outcome)
    }

    /// Takes in whether the organisation has answered what began then, and tells of it when that changes something.
    fn answered(&mut self, policy: &Policy, began: Instant, outcome: Result<(), Reason>) -> Option<Change> {
        let now = Instant::now();
        self.asked = now;
        let change = match &outcome {
            Ok(()) => self.connection.worked(),
            Err(_) => self.connection.failed(began, now, policy.watch.patience),
        };
        let about = {
            let mut seen = self.shared.lock();
            seen.about.connection_lost = self.connection.is_lost();
            seen.unanswered = outcome.as_ref().err().cloned();
            seen.about.clone()
        };
        if let Some(change) = change {
            self.memory.put_about(&about);
            let reason = outcome.err().unwrap_or_else(|| Reason::new("connected", "The organisation answers"));
            (policy.watch.tell)(change, &reason);
        }
        change
    }

    async fn obey(&mut self, policy: &Arc<Policy>, order: Order) {
        match order {
            Order::Plan { tell } => {
                let plan = self.plan(policy, &run::Wanted::Everything).await.map(|made| made.plan);
                let _ = tell.send(plan);
            }
            Order::Sync { force, tell } => {
                let wanted = if force { run::Wanted::Everything } else { run::Wanted::Changes };
                let _ = tell.send(self.run(policy, Cause::Administrator, &wanted).await);
            }
            Order::Apply { plan, tell } => {
                let _ = tell.send(self.run(policy, Cause::Administrator, &run::Wanted::Plan(plan)).await);
            }
            Order::Removals { allow, tell } => {
                let decided = {
                    let mut seen = self.shared.lock();
                    match seen.held.clone() {
                        None => Err(Reason::new("nothing-held", "no removals are held back")),
                        Some(held) => {
                            let (yes, no) = if allow { (Some(held.id), None) } else { (None, Some(held.id)) };
                            (seen.about.allowed, seen.about.rejected) = (yes, no);
                            Ok(seen.about.clone())
                        }
                    }
                };
                if let Ok(about) = &decided {
                    self.memory.put_about(about);
                }
                let was_allowed = allow && decided.is_ok();
                let _ = tell.send(decided.map(|_| ()));
                if was_allowed {
                    // Whoever has allowed them finds out at the status what came of it.
                    let _ = self.run(policy, Cause::Administrator, &run::Wanted::Everything).await;
                }
            }
            Order::NewOrganisation { tell } => {
                let _ = tell.send(self.new_organisation(policy).await);
            }
            Order::AcceptAdminUser { tell } => {
                let _ = tell.send(self.accept_admin_user());
            }
        }
    }

    fn accept_admin_user(&self) -> Result<(), Reason> {
        let about = {
            let mut seen = self.shared.lock();
            let AdminUser::Changed(name, now) = std::mem::take(&mut seen.admin_user) else {
                return Err(Reason::new("admin-user-there", "the user of the bridge is as he was"));
            };
            seen.about.admin_user = Some((name, now));
            seen.about.clone()
        };
        self.memory.put_about(&about);
        Ok(())
    }

    /// Is the user of the bridge there, and as he was? Who is seen for the first time is as he should be.
    fn look_at_admin_user(&self, policy: &Policy, configuration: &Configuration) {
        let name = &policy.admin_user;
        let found = configuration.users.iter().find(|user| user.id.eq_ignore_ascii_case(name));
        let about = {
            let mut seen = self.shared.lock();
            let known = seen.about.admin_user.clone().filter(|(known, _)| known == name);
            let now = found.map(Fingerprint::of);
            let (state, is_first) = match (now, known) {
                _ if name.is_empty() => (AdminUser::Same, false),
                (None, _) => (AdminUser::Missing, false),
                (Some(now), Some((_, before))) if now != before => (AdminUser::Changed(name.clone(), now), false),
                (Some(_), Some(_)) => (AdminUser::Same, false),
                (Some(now), None) => {
                    seen.about.admin_user = Some((name.clone(), now));
                    (AdminUser::Same, true)
                }
            };
            seen.admin_user = state;
            is_first.then(|| seen.about.clone())
        };
        if let Some(about) = about {
            self.memory.put_about(&about);
        }
    }

    async fn new_organisation(&mut self, policy: &Policy) -> Result<(), Reason> {
        let organisation = policy.cloud.organisation().await.map_err(|error| report::of_error(&error))?;
        let forgotten: Vec<RecordId> = {
            let mut seen = self.shared.lock();
            if seen.about.organisation.as_ref() == Some(&organisation.id) {
                return Err(Reason::new("same-organisation", "it is the organisation that the bridge knows"));
            }
            // Who the bridge is on the switch has nothing to do with it, nor what was told of the connection.
            let (admin_user, connection_lost) = (seen.about.admin_user.take(), seen.about.connection_lost);
            seen.about = About { organisation: Some(organisation.id), admin_user, connection_lost, ..About::default() };
            std::mem::take(&mut seen.known).records.into_keys().collect()
        };
        for id in &forgotten {
            self.memory.put(id, None, crate::store::When::Soon);
        }
        let about = self.shared.lock().about.clone();
        self.memory.put_about(&about);
        Ok(())
    }
}

fn dormant() -> Reason {
    Reason::new("dormant", "the bridge is not enabled: write `enabled = true` under [genesys_cloud]")
}

impl Order {
    fn refuse(self, why: &Reason) {
        match self {
            Self::Plan { tell } => drop(tell.send(Err(why.clone()))),
            Self::Sync { tell, .. } | Self::Apply { tell, .. } => drop(tell.send(Err(why.clone()))),
            Self::Removals { tell, .. } | Self::NewOrganisation { tell } | Self::AcceptAdminUser { tell } => {
                drop(tell.send(Err(why.clone())));
            }
        }
    }
}
