//! The service's own user at CIC (in the guide: SAPSU): one session that watches the whole site for the [`Directory`], places interactions for
//! nobody in particular, and speaks with handlers. It is also the first to log in again after a switchover: agents follow.

mod conversations;
mod knowledge;
mod place;
mod prepare;

use super::{
    IcwsError, Messages, Policy, Session,
    cluster::Cluster,
    credentials::Credentials,
    wire::{
        Id,
        configuration::User,
        message::Message,
        queues::QueueContents,
        system::{Notification, NotificationHeader},
    },
};
use crate::{
    domain::{Connection, InteractionId, NewInteraction, QueueId, Refusal, Turn, UserId, Workgroup},
    switch::{BoxFuture, Directory, Health, Turns, TurnsSender},
};
use conversations::Conversations;
use knowledge::Knowledge;
use prepare::{Prepared, prepare};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
    time::{Instant, sleep, sleep_until, timeout_at},
};

/// How often lists are read again where nothing says that they changed.
const REFRESH: Duration = Duration::from_mins(5);
/// After something has changed: more of it is on its way.
const SETTLE: Duration = Duration::from_secs(1);
/// Before a log-in that was refused is tried again: the password may have been set right meanwhile.
const AGAIN: Duration = Duration::from_secs(30);
/// Agents wait so long for this user at most, before they log in again by themselves.
const LEAD: Duration = Duration::from_secs(10);
/// A directory is given again for so many times as long as it took to make it, but no longer than this: SAP asks at every transfer, and a
/// large site shall not spend more than a twentieth of its time on it. While nothing was heard it is given again for longer.
const FRESH_TIMES: u32 = 20;
const FRESH: Duration = Duration::from_millis(250);
const FRESH_IN_QUIET: Duration = Duration::from_secs(1);
/// Notifications of handlers that wait for who hears them.
const NOTIFICATIONS: usize = 256;

/// Says whether an interaction that has left a queue has ended.
const STATE: &str = "Eic_State";

/// Gives this user's password or token each time it is needed; `Err` in words.
pub type Proof = Arc<dyn Fn() -> BoxFuture<Result<Credentials, String>> + Send + Sync>;

/// The service's own user. Dropping it ends its session's work, not the session at the server.
pub struct SuperUser {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    cluster: Arc<Cluster>,
    proof: Proof,
    wanted: Vec<NotificationHeader>,
    knowledge: Mutex<Knowledge>,
    made: Mutex<Option<Made>>,
    state: watch::Sender<State>,
    notifications: broadcast::Sender<Notification>,
    /// Counts what the server has told of its configuration, and each time its lists were read in a new session.
    changes: watch::Sender<u64>,
    /// Somebody asks what changes, so that the lists are read and watched with all that the bridge needs.
    followed: watch::Sender<bool>,
    turns: TurnsSender,
    conversations: Mutex<Conversations>,
    policy: watch::Receiver<Arc<Policy>>,
}

/// The directory that was made last.
struct Made {
    at: Instant,
    took: Duration,
    /// Of which knowledge.
    version: u64,
    directory: Arc<Directory>,
}

#[derive(Clone, Default)]
struct State {
    session: Option<Session>,
    /// Lists were read once in this session.
    ready: bool,
    /// It may not log in, which says nothing about others.
    refused: bool,
    /// In words, for health.
    detail: String,
}

/// A user as he was looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// This one.
    User(Box<User>),
    /// Only the case of the name differs; this is the right one.
    OtherCase(UserId),
    /// None of them.
    Nobody,
    /// The users are not known (yet).
    Unknown,
}

// === impl Made ===

impl Made {
    fn is_fresh(&self, version: u64) -> bool {
        let lasts = if self.version == version { FRESH_IN_QUIET } else { FRESH.min(self.took * FRESH_TIMES) };
        self.at.elapsed() < lasts
    }
}

// === impl SuperUser ===

impl SuperUser {
    /// Logs in and begins to watch; goes on for ever. `wanted` are the notifications of handlers that are listened to.
    pub fn start(cluster: Arc<Cluster>, proof: Proof, wanted: Vec<NotificationHeader>, policy: watch::Receiver<Arc<Policy>>) -> Self {
        let (state, _) = watch::channel(State { detail: "not logged in yet".to_owned(), ..State::default() });
        let (notifications, _) = broadcast::channel(NOTIFICATIONS);
        let shared = Arc::new(Shared {
            cluster,
            proof,
            wanted,
            knowledge: Mutex::default(),
            made: Mutex::default(),
            state,
            notifications,
            changes: watch::Sender::new(0),
            followed: watch::Sender::new(false),
            turns: TurnsSender::default(),
            conversations: Mutex::default(),
            policy,
        });
        let task = tokio::spawn(Arc::clone(&shared).run());
        Self { shared, task }
    }

    /// Its session, while it has one.
    ///
    /// # Errors
    /// [`Refusal::SwitchUnavailable`].
    pub fn session(&self) -> Result<Session, Refusal> {
        self.shared.state.borrow().session.clone().ok_or(Refusal::SwitchUnavailable)
    }

    /// Waits until the lists were read, `by` at the latest.
    ///
    /// # Errors
    /// [`Refusal::SwitchUnavailable`]: they were not.
    pub async fn ready(&self, by: Instant) -> Result<(), Refusal> {
        let mut state = self.shared.state.subscribe();
        let ready = timeout_at(by, state.wait_for(|state| state.ready)).await;
        if matches!(ready, Ok(Ok(_))) { Ok(()) } else { Err(Refusal::SwitchUnavailable) }
    }

    /// For agents after a loss: waits until this user is back, but not for ever, since it may be kept out for a reason of its own.
    pub async fn lead(&self) {
        let mut state = self.shared.state.subscribe();
        // Either way they go on.
        let _ = timeout_at(Instant::now() + LEAD, state.wait_for(|state| state.session.is_some() || state.refused)).await;
    }

    /// What the site has, as of now or at most a second ago.
    ///
    /// # Errors
    /// [`Refusal::SwitchUnavailable`]: nothing is known, and nobody can be asked.
    pub async fn directory(&self, by: Instant) -> Result<Arc<Directory>, Refusal> {
        self.ready(by).await?;
        let knowledge = self.shared.knowledge();
        let mut made = self.shared.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.as_ref().filter(|made| made.is_fresh(knowledge.version())) {
            return Ok(Arc::clone(&made.directory));
        }
        let began = Instant::now();
        let directory = Arc::new(knowledge.directory(&self.shared.cluster.site().application));
        let took = began.elapsed();
        *made = Some(Made { at: Instant::now(), took, version: knowledge.version(), directory: Arc::clone(&directory) });
        Ok(directory)
    }

    /// A user by his name.
    pub fn user(&self, name: &str) -> Found {
        self.shared.knowledge().user(name)
    }

    /// The workgroups that a user belongs to.
    pub fn workgroups_of(&self, user: &str) -> Vec<Workgroup> {
        self.shared.knowledge().workgroups_of(user)
    }

    /// The workgroup of this name or number.
    pub fn workgroup(&self, named: &str) -> Option<QueueId> {
        self.shared.knowledge().workgroup(named)
    }

    /// The station at which a user sits, in whichever program.
    pub fn seat_of(&self, user: &str) -> Option<String> {
        self.shared.knowledge().seat_of(user)
    }

    /// Who sits at a station.
    pub fn sitter(&self, station: &str) -> Option<UserId> {
        self.shared.knowledge().sitter(station)
    }

    /// Every station that is known, as CIC spells it.
    pub fn stations(&self) -> Vec<String> {
        self.shared.knowledge().stations().into_iter().collect()
    }

    /// Places an interaction in a workgroup's queue.
    ///
    /// # Errors
    /// [`Refusal::UnknownDestination`], [`Refusal::NotAvailable`], [`Refusal::SwitchUnavailable`], [`Refusal::SwitchRefused`].
    pub async fn place(&self, new: NewInteraction) -> Result<InteractionId, Refusal> {
        let session = self.session()?;
        let named = new.queue.as_str();
        let workgroup = self.workgroup(named).ok_or_else(|| Refusal::UnknownDestination(named.to_owned()))?;
        place::place(&session, &workgroup, new).await
    }

    /// Takes an interaction away; one that is over is no error.
    ///
    /// # Errors
    /// [`Refusal::SwitchUnavailable`], [`Refusal::SwitchTimeout`], [`Refusal::SwitchRefused`].
    pub async fn withdraw(&self, interaction: &InteractionId) -> Result<(), Refusal> {
        place::withdraw(&self.session()?, interaction.as_str()).await
    }

    /// Tells a handler something; whether one ran is not known.
    ///
    /// # Errors
    /// What the server says, or that it cannot be asked.
    pub async fn notify(&self, notification: &Notification) -> Result<(), IcwsError> {
        let session = self.shared.state.borrow().session.clone();
        let session = session.ok_or_else(|| IcwsError::Unreachable("the service's user is not logged in".to_owned()))?;
        session.notify_handler(notification).await
    }

    /// What handlers tell from now on.
    pub fn notifications(&self) -> broadcast::Receiver<Notification> {
        self.shared.notifications.subscribe()
    }

    /// Counts up when users or workgroups have changed. Of skills and wrap-up codes the server is asked for no notice.
    pub fn configuration_changes(&self) -> watch::Receiver<u64> {
        let changes = self.shared.changes.subscribe();
        // Who begins to follow does not wait for the next refresh: until then the server would be asked for no notice of what he needs.
        self.shared.followed.send_if_modified(|followed| !std::mem::replace(followed, true));
        changes
    }

    /// What happens to conversations in the workgroups' queues from now on, and what a handler tells of them.
    pub fn turns(&self) -> Turns {
        self.shared.conversations().begin();
        self.shared.turns.listen()
    }

    /// Is it there?
    pub fn health(&self) -> Health {
        let state = self.shared.state.borrow();
        Health { up: state.session.is_some(), detail: state.detail.clone() }
    }

    /// Logs out and stops.
    pub async fn stop(&self) {
        self.task.abort();
        let session = self.shared.state.send_replace(State { detail: "stopped".to_owned(), ..State::default() }).session;
        if let Some(session) = session {
            // It ends at the server by itself as well.
            let _ = session.log_out().await;
        }
    }
}

impl Drop for SuperUser {
    fn drop(&mut self) {
        self.task.abort();
    }
}

// === impl Shared ===

impl Shared {
    async fn run(self: Arc<Self>) {
        let mut why = IcwsError::Unreachable("not logged in yet".to_owned());
        loop {
            let prove = || (self.proof)();
            let tell = |connection| {
                let what = if connection == Connection::Reconnecting { "is being logged in" } else { "waits for a server" };
                self.state.send_modify(|state| state.detail = format!("the service's user {what}"));
            };
            match self.cluster.log_in_first(&why, &prove, tell).await {
                Ok(session) => {
                    tracing::info!(host = session.host(), "the service's user is logged in at CIC");
                    why = self.serve(session).await;
                    tracing::warn!(cause = %why, "the service's user has lost its session at CIC");
                    self.lost(&why.to_string());
                }
                Err(over) => {
                    // Nobody else can do its work, so that even a log-off on purpose is not for good.
                    tracing::error!(cause = %over, "the service's user cannot log in at CIC; it is tried again");
                    self.lost(&over.to_string());
                    self.state.send_modify(|state| state.refused = true);
                    sleep(AGAIN).await;
                    why = IcwsError::Unreachable(over.to_string());
                }
            }
        }
    }

    /// Watches until the session ends.
    async fn serve(&self, session: Session) -> IcwsError {
        let mut messages = session.messages();
        self.state.send_modify(|state| {
            (state.session, state.refused) = (Some(session.clone()), false);
            state.detail = format!("logged in at {}, reading its lists", session.host());
        });
        let mut before = None;
        let mut heard = self.turns.follow();
        let mut followed = self.followed.subscribe();
        loop {
            self.knowledge().begin_to_read();
            let conversations = *heard.borrow_and_update();
            self.followed.send_modify(|followed| *followed = self.changes.receiver_count() > 0);
            let details = *followed.borrow_and_update();
            let work = prepare(session.clone(), before.take(), self.wanted.clone(), conversations, details);
            let prepared = tokio::select! {
                prepared = work => prepared,
                why = self.listen(&session, &mut messages, None) => return why.unwrap_or_else(|| IcwsError::Malformed("the reader has stopped".to_owned())),
            };
            match prepared {
                Ok(prepared) => {
                    let detail = self.learn(&session, &prepared);
                    self.state.send_modify(|state| (state.ready, state.detail) = (true, detail));
                    before = Some(prepared);
                }
                Err(error) => {
                    tracing::warn!(cause = %error, "the lists of CIC could not be read; they are tried again");
                }
            }
            let pause = if before.is_some() { REFRESH } else { SETTLE };
            let over = tokio::select! {
                over = self.listen(&session, &mut messages, Some(Instant::now() + pause)) => over,
                // Never an error: the sender is here. Somebody begins to listen, or has stopped.
                _ = heard.changed() => None,
                // The same, of what is configured.
                _ = followed.changed() => None,
            };
            if let Some(why) = over {
                return why;
            }
            if self.knowledge().take_missed() {
                before = None;
            }
        }
    }

    /// Hears messages; comes back when lists are to be read again, or (`Some`) when the session is over.
    async fn listen(&self, session: &Session, messages: &mut Messages, mut until: Option<Instant>) -> Option<IcwsError> {
        loop {
            if let Some(until) = until.as_mut().filter(|_| self.knowledge().is_stale()) {
                *until = (*until).min(Instant::now() + SETTLE);
            }
            let due = async {
                match until {
                    Some(until) => sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                message = messages.next() => match message {
                    Ok(Message::Handler(notification)) => {
                        self.tell(conversations::told(&notification, now()));
                        // Nobody may listen.
                        let _ = self.notifications.send(notification);
                    }
                    Ok(Message::Queue(change)) if conversations::is_meant(&change) => self.hear_conversations(session, &change),
                    Ok(message) => {
                        if matches!(&message, Message::Configuration(change) if change.is_delta) {
                            self.changes.send_modify(|changes| *changes += 1);
                        }
                        self.knowledge().hear(message);
                    }
                    Err(why) => return Some(why),
                },
                () = due => return None,
            }
        }
    }

    fn hear_conversations(&self, session: &Session, change: &QueueContents) {
        if !self.turns.is_heard() {
            return;
        }
        let heard = self.conversations().hear(change, &self.policy.borrow(), now());
        self.tell(heard.turns);
        for (interaction, turn) in heard.doubtful {
            let (session, turns) = (session.clone(), self.turns.clone());
            tokio::spawn(async move {
                let state = session.attributes(interaction.as_str(), &[STATE]).await;
                let gone = match &state {
                    Ok(attributes) => matches!(attributes.get(STATE), Some("I" | "E")),
                    Err(error) => !error.is_of_the_connection(),
                };
                if gone {
                    turns.tell(turn);
                }
            });
        }
    }

    fn tell(&self, turns: impl IntoIterator<Item = Turn>) {
        for turn in turns {
            self.turns.tell(turn);
        }
    }

    fn conversations(&self) -> MutexGuard<'_, Conversations> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, session: &Session, prepared: &Prepared) -> String {
        self.knowledge().learn(prepared);
        let version =
            session.response().version.as_ref().map_or_else(String::new, |version| format!(", {}", version.product_release_display_string));
        let limits = if prepared.refused.is_empty() { String::new() } else { format!("; not seen: {}", prepared.refused.join(", ")) };
        format!(
            "CIC server {}{version}, users: {}, workgroups: {}{limits}",
            session.host(),
            prepared.users.len(),
            prepared.workgroups.len()
        )
    }

    fn lost(&self, why: &str) {
        self.state.send_modify(|state| *state = State { detail: why.to_owned(), ..State::default() });
        *self.knowledge() = Knowledge::default();
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn knowledge(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The names in a list of objects.
fn ids<'a>(all: impl IntoIterator<Item = &'a super::wire::connection::NamedId>) -> Vec<Id> {
    all.into_iter().map(|named| named.id.clone()).collect()
}
