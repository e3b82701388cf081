//! All agents who are logged on, and what they share: the servers, the service's own user, how one proves who one is, what the file says now.

use super::{
    Credentials, IcwsError, Policy, Session,
    agent::Agent,
    agent_auth::{AgentAuth, AgentLogIn},
    cluster::Cluster,
    later::Later,
    super_user::{Found, Proof, SuperUser},
    wire::configuration::{self, User},
};
use crate::{
    domain::{Refusal, UserId, Workgroup},
    switch::BoxFuture,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// For the lists of the service's own user, where a log-on is better with them and possible without.
const LISTS: Duration = Duration::from_millis(500);
/// Extensions have fewer digits than any number outside.
const EXTENSION_AT_MOST: usize = 8;

/// What all agents share.
pub(super) struct Shared {
    pub(super) cluster: Arc<Cluster>,
    pub(super) super_user: SuperUser,
    policy: watch::Receiver<Arc<Policy>>,
    auth: Arc<dyn AgentAuth>,
    proof: Proof,
    pub(super) later: Later,
    agents: Mutex<HashMap<UserId, Arc<Agent>>>,
}

/// Whom a written destination means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) name: String,
    pub(super) is_workgroup: bool,
    /// May be empty.
    pub(super) number: String,
}

/// With what an agent is logged in, and whether it is a session of his own.
pub(super) struct LogIn {
    pub(super) credentials: Credentials,
    pub(super) is_own: bool,
}

// === impl Shared ===

impl Shared {
    pub(super) fn new(cluster: Arc<Cluster>, policy: watch::Receiver<Arc<Policy>>, auth: Arc<dyn AgentAuth>, proof: Proof) -> Self {
        let super_user = SuperUser::start(Arc::clone(&cluster), Arc::clone(&proof), Vec::new(), policy.clone());
        Self { cluster, super_user, policy, auth, proof, later: Later::default(), agents: Mutex::default() }
    }

    /// What the file says now.
    pub(super) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.borrow())
    }

    /// Tells when the file says something else.
    pub(super) fn policy_changes(&self) -> watch::Receiver<Arc<Policy>> {
        let mut changes = self.policy.clone();
        changes.mark_unchanged();
        changes
    }

    /// With what this agent is logged in; `Err` in words.
    pub(super) async fn log_in_of(&self, user: &UserId) -> Result<LogIn, String> {
        Ok(match self.auth.log_in(user).await? {
            AgentLogIn::Own(credentials) => LogIn { credentials, is_own: true },
            AgentLogIn::SuperUser => LogIn { credentials: (self.proof)().await?, is_own: false },
        })
    }

    /// The same once more, after a loss.
    pub(super) fn prove(&self, user: &UserId) -> BoxFuture<Result<Credentials, String>> {
        let (found, proof) = (self.auth.log_in(user), Arc::clone(&self.proof));
        Box::pin(async move {
            match found.await? {
                AgentLogIn::Own(credentials) => Ok(credentials),
                AgentLogIn::SuperUser => proof().await,
            }
        })
    }

    /// Is it plain already that he cannot be logged on? Asked before a password is sent, since CIC locks users out after a few wrong ones.
    ///
    /// # Errors
    /// Why he cannot.
    pub(super) async fn may_log_on(&self, user: &UserId) -> Result<(), Refusal> {
        // Without the lists the log-in itself will say.
        let _ = self.super_user.ready(Instant::now() + LISTS).await;
        match self.super_user.user(user.as_str()) {
            Found::OtherCase(known) => Err(Refusal::UserCase { asked: user.clone(), known }),
            Found::User(found) => may_be_an_agent(user, &found),
            // A user who was created a moment ago may be in no list yet.
            Found::Nobody | Found::Unknown => Ok(()),
        }
    }

    /// Why there is nothing to log him in with: of a user who is not there nobody has a password.
    pub(super) fn why_without(&self, user: &UserId, why: String) -> Refusal {
        match self.super_user.user(user.as_str()) {
            Found::Nobody => Refusal::UnknownUser(user.clone()),
            _ => Refusal::CannotLogOn { user: user.clone(), why },
        }
    }

    /// Why a log-in was refused: CIC says the same of a wrong password and of a user who is not there.
    pub(super) fn why_not(&self, user: &UserId, why: &str) -> Refusal {
        match self.super_user.user(user.as_str()) {
            Found::Nobody => Refusal::UnknownUser(user.clone()),
            Found::OtherCase(known) => Refusal::UserCase { asked: user.clone(), known },
            Found::User(_) => {
                let why = format!("the telephony server refused the log-in ({why}): his password or token is wrong or has expired");
                Refusal::CannotLogOn { user: user.clone(), why }
            }
            Found::Unknown => {
                let why =
                    format!("the telephony server refused the log-in ({why}): there is no such user, or his password or token is wrong");
                Refusal::CannotLogOn { user: user.clone(), why }
            }
        }
    }

    /// What CIC has set up for an agent (guide, "Agents cannot log on").
    ///
    /// # Errors
    /// He cannot be one.
    pub(super) async fn described(&self, session: &Session, who: &UserId) -> Result<(User, Vec<Workgroup>), Refusal> {
        let cannot = |why: String| Refusal::CannotLogOn { user: who.clone(), why };
        let (user, workgroups) = match self.super_user.user(who.as_str()) {
            Found::User(user) => (*user, self.super_user.workgroups_of(who.as_str())),
            _ => match session.one::<User>(who.as_str()).await {
                Ok(user) => {
                    let workgroups = numbered(session, &user).await;
                    (user, workgroups)
                }
                Err(error) if error.is_of_the_connection() => return Err(super::refusals::refusal(error, who)),
                Err(IcwsError::Refused { status: 404, .. }) => return Err(Refusal::UnknownUser(who.clone())),
                Err(error) => return Err(cannot(format!("what the telephony server knows of the user cannot be read: {error}"))),
            },
        };
        may_be_an_agent(who, &user)?;
        Ok((user, workgroups))
    }

    /// Whom a name or an extension means; `None`: it is dialled as it is.
    pub(super) async fn destination(&self, written: &str) -> Option<Destination> {
        let bare = written.strip_prefix('+').unwrap_or(written);
        let is_number = bare.bytes().all(|byte| byte.is_ascii_digit() || b" ()-.*#".contains(&byte));
        if is_number && bare.len() > EXTENSION_AT_MOST {
            return None;
        }
        let directory = self.super_user.directory(Instant::now() + LISTS).await.ok()?;
        let of_queue = directory.queues.iter().find(|queue| queue.id.as_str().eq_ignore_ascii_case(written) || queue.number == bare);
        let of_user = || directory.users.iter().find(|user| user.user.as_str() == written || user.number == bare);
        match (of_queue, of_user) {
            (Some(queue), _) => Some(Destination { name: queue.id.to_string(), is_workgroup: true, number: queue.number.clone() }),
            (None, of_user) => {
                of_user().map(|user| Destination { name: user.user.to_string(), is_workgroup: false, number: user.number.clone() })
            }
        }
        .filter(|found| !bare.is_empty() && !found.name.is_empty())
    }

    /// A session of the service's own user, for one purpose.
    pub(super) async fn log_in_as_super_user(&self, by: Instant) -> Result<Session, Refusal> {
        let credentials = (self.proof)().await.map_err(Refusal::SwitchRefused)?;
        self.cluster.log_in(&credentials, by).await.map_err(|error| match error {
            IcwsError::Timeout => Refusal::SwitchTimeout,
            error if error.is_of_the_connection() => Refusal::SwitchUnavailable,
            error => Refusal::SwitchRefused(error.to_string()),
        })
    }

    /// He is logged on; gives back the session that he had.
    pub(super) fn remember(&self, agent: &Arc<Agent>) -> Option<Arc<Agent>> {
        self.all().insert(agent.user.clone(), Arc::clone(agent))
    }

    /// He is logged off, unless another session has taken his place.
    pub(super) fn forget(&self, agent: &Agent) {
        let mut all = self.all();
        if all.get(&agent.user).is_some_and(|known| std::ptr::eq(&raw const **known, agent)) {
            all.remove(&agent.user);
        }
    }

    /// How many are logged on.
    pub(super) fn count(&self) -> usize {
        self.all().len()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<UserId, Arc<Agent>>> {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn may_be_an_agent(who: &UserId, user: &User) -> Result<(), Refusal> {
    let cannot = |why: &str| Err(Refusal::CannotLogOn { user: who.clone(), why: why.to_owned() });
    if user.exclude_from_directory {
        return cannot("the telephony server hides this user from its directory: clear that option of the user there");
    }
    if user.extension.is_empty() {
        return cannot("the user has no extension: give the user one on the telephony server");
    }
    Ok(())
}

/// His workgroups with their numbers, as far as he may see them himself.
async fn numbered(session: &Session, user: &User) -> Vec<Workgroup> {
    let mut workgroups = Vec::new();
    for workgroup in &user.workgroups {
        let read = session.one::<configuration::Workgroup>(&workgroup.id).await;
        let number = read.map(|found| found.extension.to_string()).unwrap_or_default();
        workgroups.push(Workgroup { id: workgroup.id.as_str().into(), number });
    }
    workgroups
}
