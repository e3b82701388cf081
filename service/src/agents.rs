//! Agent sessions: who is logged on, one thing at a time for each, and what SAP is told of it.
//!
//! One tokio task and one bounded mailbox for each agent. The task never awaits the switch: what it starts becomes a pending operation with
//! a deadline under 5 s, whose outcome comes back to the same task. What a command or a switch event *means* is decided in `domain`.

mod deliver;
mod directory;
mod figures;
mod ids;
mod login;
mod pending;
mod policy;
mod routed;
mod session;
mod subscription;
mod system;
#[cfg(test)]
mod tests;

pub use policy::{Channel, Flags, MappedWorkmode, NonAcdReject, OlderSubscriptions, Policy, StandardWorkmodes};

use crate::{
    crash,
    domain::{CallStatus, Change, Command, EndReason, Ghost, Refusal, Reply, Request, Rules, UserId},
    outbox::{Fate, Outbox},
    store::Store,
    switch::Switch,
};
use deliver::Deliver;
use directory::{Directory, Mailbox};
use figures::Figures;
use ids::Ids;
use login::{Absent, absent};
use routed::Routed;
use session::{Answer, Mail};
use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{
        Semaphore,
        mpsc::{self, error::TrySendError},
        oneshot, watch,
    },
    time::timeout,
};

/// The way to every agent session; cheap to clone.
#[derive(Clone)]
pub struct Agents(Arc<Shared>);

/// One agent as `/status` shows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSummary {
    /// Who.
    pub user: UserId,
    /// SAP's workmode and its text.
    pub workmode: u32,
    /// The text of the workmode.
    pub workmode_text: String,
    /// Subscriptions SAP holds.
    pub subscriptions: usize,
    /// Calls: item id and state.
    pub calls: Vec<(String, CallStatus)>,
    /// Logged on since, seconds since 1970 UTC.
    pub since: i64,
    /// SAP's last command, seconds since 1970 UTC.
    pub heard: i64,
    /// Why he is a ghost, if he is one.
    pub ghost: Option<Ghost>,
}

/// What can be named in the file: statuses, workgroups, users and stations of the switch, each in the switch's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// All statuses, selectable or not.
    pub statuses: Vec<String>,
    /// All workgroups.
    pub workgroups: Vec<String>,
    /// All users whom the directory shows.
    pub users: Vec<String>,
    /// All stations.
    pub stations: Vec<String>,
}

/// Agents who log on to the switch at a time when the service starts: it has other things to do as well.
const RESUMED_AT_A_TIME: usize = 64;
/// No command waits longer for its answer, whatever the deadlines of the file add up to.
const LONGEST: Duration = Duration::from_secs(5);

/// What all sessions share.
struct Shared {
    directory: Directory,
    figures: Arc<Figures>,
    ids: Ids,
    routed: Routed,
    outbox: Arc<dyn Deliver>,
    policy: watch::Receiver<Arc<Policy>>,
    /// The rules of the policy that was asked for last: made once for all sessions.
    rules: Mutex<(Arc<Policy>, Arc<Rules>)>,
    switch: RwLock<Arc<dyn Switch>>,
    store: Store,
    stopping: AtomicBool,
}

// === impl Agents ===

impl Agents {
    /// Starts inside the current tokio runtime. `fates` tells what became of lanes; the policy may change at any time.
    pub fn start(
        switch: Arc<dyn Switch>,
        outbox: Outbox,
        fates: mpsc::Receiver<Fate>,
        policy: watch::Receiver<Arc<Policy>>,
        store: Store,
    ) -> Self {
        Self::start_with(switch, Arc::new(outbox), fates, policy, store)
    }

    fn start_with(
        switch: Arc<dyn Switch>,
        outbox: Arc<dyn Deliver>,
        fates: mpsc::Receiver<Fate>,
        policy: watch::Receiver<Arc<Policy>>,
        store: Store,
    ) -> Self {
        let first = Arc::clone(&policy.borrow());
        let rules = Arc::new(first.rules());
        let shared = Arc::new(Shared {
            directory: Directory::new(),
            figures: Arc::new(Figures::new()),
            ids: Ids::new(),
            routed: Routed::new(store.clone()),
            outbox,
            policy,
            rules: Mutex::new((first, rules)),
            switch: RwLock::new(switch),
            store,
            stopping: AtomicBool::new(false),
        });
        tokio::spawn(pass_on_fates(Arc::clone(&shared), fates));
        tokio::spawn(Arc::clone(&shared.figures).run(Arc::downgrade(&shared)));
        Self(shared)
    }

    /// Takes up again what an earlier process has left in the store: its agents go on without logging on again. Their sessions are there when
    /// this returns; what SAP must be told of them follows.
    pub fn resume(&self) {
        let turns = Arc::new(Semaphore::new(RESUMED_AT_A_TIME));
        let (policy, stored) = (self.0.policy(), self.0.store.stored());
        if !self.0.switch().outlives_us() {
            let items = stored.iter().flat_map(|stored| &stored.items);
            self.0.routed.keep_only(&items.filter_map(|(_, item)| item.interaction()).cloned().collect());
        }
        if !stored.is_empty() {
            tracing::info!(agents = stored.len(), "sessions of the process before are taken up again");
        }
        for stored in stored {
            let user = stored.session.profile.user.clone();
            let start = || {
                let (own, mailbox) = mpsc::channel(policy.mailbox.max(1));
                tokio::spawn(login::resume(Arc::clone(&self.0), Arc::clone(&turns), stored, own.clone(), mailbox));
                own
            };
            // They were within the limit when they logged on.
            self.0.directory.get_or_start(&user, usize::MAX, start);
        }
    }

    /// Carries out one command. Answers when the switch has accepted or refused it, at most 5 s later.
    ///
    /// # Errors
    /// The refusal, in words for a person.
    pub async fn carry_out(&self, mut request: Request) -> Result<Reply, Refusal> {
        if let Some(outcome) = system::carry_out(&self.0, &request).await {
            return outcome;
        }
        let user = request.user.clone().ok_or(Refusal::UserMissing)?;
        // A session that ends gives back what it has not begun.
        for _ in 0..3 {
            let mailbox = match self.0.directory.get(&user).filter(|mailbox| !mailbox.is_closed()) {
                Some(mailbox) => mailbox,
                None => match absent(&request.command) {
                    Absent::LogOn => self.log_on(&user, &request.command)?,
                    Absent::Done => return Ok(Reply::Done),
                    Absent::Refuse => return Err(Refusal::NotLoggedOn(user)),
                },
            };
            let (answer, outcome) = oneshot::channel();
            match mailbox.try_send(Box::new(Mail::Command { request, answer })) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => return Err(Refusal::Busy(user)),
                Err(TrySendError::Closed(mail)) => match *mail {
                    Mail::Command { request: back, .. } => {
                        request = back;
                        continue;
                    }
                    _ => return Err(Refusal::Stopping),
                },
            }
            match timeout(LONGEST, outcome).await {
                Ok(Ok(Answer::Done(outcome))) => {
                    crash::point(crash::Point::BeforeAnswer);
                    return outcome;
                }
                Ok(Ok(Answer::Again(back))) => request = *back,
                Ok(Err(_)) => return Err(Refusal::Stopping),
                Err(_) => return Err(Refusal::SwitchTimeout),
            }
        }
        Err(Refusal::Busy(user))
    }

    /// How many agents are logged on.
    pub fn count(&self) -> usize {
        self.0.directory.count()
    }

    /// All agents who are logged on, sorted by name.
    pub async fn summaries(&self) -> Vec<AgentSummary> {
        let mut asked = Vec::new();
        for (_, mailbox) in self.0.directory.all() {
            let (answer, summary) = oneshot::channel();
            // Who is too busy to tell, or is just being logged on, is left out.
            if mailbox.try_send(Box::new(Mail::Summary(answer))).is_ok() {
                asked.push(summary);
            }
        }
        let mut summaries = Vec::with_capacity(asked.len());
        let all = async {
            for summary in asked {
                summaries.extend(summary.await.ok());
            }
        };
        // One deadline for all: a status page must come even when one agent hangs.
        let _ = timeout(Duration::from_secs(1), all).await;
        summaries
    }

    /// What the switch has that can be named in the file.
    ///
    /// # Errors
    /// The switch does not answer, or not in time.
    pub async fn names(&self) -> Result<Names, Refusal> {
        system::names(&self.0).await
    }

    /// Ends every session at the switch and every subscription with `subscriptionEnded`: for `jackfield stop --log-off` only.
    pub async fn log_off_all(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
        let mut ended = Vec::new();
        for (_, mailbox) in self.0.directory.all() {
            let (answer, end) = oneshot::channel();
            ended.push(async move {
                if mailbox.send(Box::new(Mail::LogOff { reason: EndReason::Shutdown, ended: answer })).await.is_ok() {
                    // An error is an end, too.
                    let _ = end.await;
                }
            });
        }
        let tasks: Vec<_> = ended.into_iter().map(tokio::spawn).collect();
        for task in tasks {
            let _ = timeout(2 * LONGEST, task).await;
        }
    }

    /// Logs one agent off for an administrator, as for [`Self::log_off_all`]; `false`: nobody of this name is logged on.
    pub async fn log_off(&self, user: &UserId) -> bool {
        let Some(mailbox) = self.0.directory.get(user).filter(|mailbox| !mailbox.is_closed()) else { return false };
        let (answer, end) = oneshot::channel();
        let work = async {
            let sent = mailbox.send(Box::new(Mail::LogOff { reason: EndReason::LoggedOff, ended: answer })).await.is_ok();
            // An error is an end, too.
            let _ = end.await;
            sent
        };
        // He is told, even when the switch takes its time.
        timeout(2 * LONGEST, work).await.unwrap_or(true)
    }

    /// Another switch from now on (the file's `[switch]` changed): sessions log on there anew and show what is there.
    pub fn use_switch(&self, switch: Arc<dyn Switch>) {
        *self.0.switch.write().unwrap_or_else(PoisonError::into_inner) = switch;
        for (_, mailbox) in self.0.directory.all() {
            post(mailbox, Mail::SwitchChanged);
        }
    }

    fn log_on(&self, user: &UserId, by: &Command) -> Result<Mailbox, Refusal> {
        if self.0.stopping.load(Ordering::Relaxed) {
            return Err(Refusal::Stopping);
        }
        let policy = self.0.policy();
        let start = || {
            let (own, mailbox) = mpsc::channel(policy.mailbox.max(1));
            tokio::spawn(login::run(Arc::clone(&self.0), login::of(user, by), own.clone(), mailbox));
            own
        };
        let limit = policy.sessions;
        self.0.directory.get_or_start(user, limit, start).ok_or(Refusal::LimitReached { what: "agents logged on", limit })
    }
}

// === impl Shared ===

impl Shared {
    fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.borrow())
    }

    fn switch(&self) -> Arc<dyn Switch> {
        Arc::clone(&self.switch.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn rules(&self, policy: &Arc<Policy>) -> Arc<Rules> {
        let mut last = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&last.0, policy) {
            *last = (Arc::clone(policy), Arc::new(policy.rules()));
        }
        Arc::clone(&last.1)
    }

    /// Keeps in mind whose an item is.
    fn note(&self, user: &UserId, change: &Change) {
        match change {
            Change::Came(item, interaction) => self.ids.add_item(item.clone(), user, Some(interaction.clone())),
            Change::Went(item, _) => self.ids.remove_item(item, user),
            Change::User | Change::Item(_) | Change::Posted(_) => {}
        }
    }
}

/// Tells every agent who is subscribed at a lane what became of it.
async fn pass_on_fates(shared: Arc<Shared>, mut fates: mpsc::Receiver<Fate>) {
    while let Some(fate) = fates.recv().await {
        for user in shared.directory.lane_users(&fate.url) {
            if let Some(mailbox) = shared.directory.get(&user) {
                post(mailbox, Mail::Fate(fate.clone()));
            }
        }
    }
}

/// Puts mail of our own into a mailbox, if need be when there is room: it must not get lost behind a flood of commands, nor wait for it.
fn post(mailbox: Mailbox, mail: Mail) {
    if let Err(TrySendError::Full(mail)) = mailbox.try_send(Box::new(mail)) {
        tokio::spawn(async move {
            // The session has ended: nothing to tell it any more.
            let _ = mailbox.send(mail).await;
        });
    }
}
