//! The embedded switch: users, stations, statuses, workgroups and calls in memory, with real ACD routing.
//!
//! `exchange` is the switch proper, without clock, task or lock; `actor` is the task around it; here is the way to that task. What CIC
//! leaves open is decided as an agent would expect it: he has one talking call, so answering or picking up one puts the other on hold;
//! who logs off keeps his status and the calls he talks on; direct calls ring beside other calls unless he wants no disturbance, and go to
//! voicemail when they cannot ring or nobody answers. A call that is transferred to an agent's extension comes to him directly, without a
//! workgroup. Who hangs up a conference leaves it to the other agents; without one it is over, unless he has expressly left it. A transfer
//! completed while the consultation still rings lets the customer ring there instead. Chats, e-mails and generic objects run beside calls
//! and hold nothing; a callback becomes a call when it is answered.

mod actor;
mod exchange;
mod legacy;
mod observe;
mod picture;
mod plan;

pub use legacy::{LeftCall, LeftLeg, LeftParty, Legacy};
pub use observe::{Observation, Observer, Sight};
pub use picture::{CallPicture, Stage};
pub use plan::{Plan, StatusPlan, UserPlan, WorkgroupPlan};

use super::{AgentLine, BoxFuture, Configuration, Directory, Health, LogOn, NotProven, Requests, Switch, Turns, TurnsSender};
use crate::domain::{InteractionId, InteractionKind, NewInteraction, QueueId, Refusal, SwitchAnswer, SwitchRequest, UserId};
use actor::{Gauges, Message};
use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};
use tokio::sync::{mpsc, oneshot, watch};

/// The switch; cheap to clone. Beside the port it has a side for the world outside: callers ([`Embedded::call_in`] and the rest), which the
/// demo, the simulators and tests use.
#[derive(Clone)]
pub struct Embedded {
    mailbox: mpsc::Sender<Message>,
    gauges: Arc<Gauges>,
    configured: Arc<Configured>,
    turns: TurnsSender,
}

/// What administrators have set up, and how often that has changed.
struct Configured {
    current: Mutex<Arc<Configuration>>,
    changes: watch::Sender<u64>,
}

/// Somebody outside who calls, writes, or wants to be called back.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// How he comes in.
    pub kind: InteractionKind,
    /// His number, as the telephone network gives it (`sip:+49…@…`, `PrivateNumber`, …), or his address.
    pub number: String,
    /// His name; may be empty.
    pub name: String,
    /// The number he dialled.
    pub dialed: String,
    /// What is dialled when his wish to be called back is answered; `None`: his number.
    pub calls: Option<String>,
    /// More attributes of the interaction.
    pub attributes: BTreeMap<String, String>,
    /// Attached data that the call flow has collected.
    pub attached_data: Option<Arc<str>>,
    /// The voice menus that he has gone through before: only told of, see [`Turns`].
    pub menus: Vec<Menu>,
}

/// A level of the voice menus that a caller has gone through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The way to it.
    pub path: Arc<str>,
    /// The number of coming in.
    pub entered: i32,
    /// The number of going out.
    pub left: i32,
}

/// Whom a caller reaches.
#[derive(Clone, Debug)]
pub enum Reach {
    /// A workgroup, by ACD.
    Queue(QueueId),
    /// An agent's extension, directly.
    User(UserId),
    /// The workgroup of this name, else the agent.
    Named(String),
}

/// One agent's session.
struct Session {
    user: UserId,
    number: u64,
    mailbox: mpsc::Sender<Message>,
}

// === impl Embedded ===

impl Embedded {
    /// Starts the switch inside the current tokio runtime. It ends when the last clone and the last agent's line are dropped.
    pub fn start(plan: Plan) -> Self {
        let configured = Configured { current: Mutex::new(Arc::clone(&plan.configuration)), changes: watch::Sender::new(0) };
        let turns = TurnsSender::default();
        let (mailbox, gauges) = actor::start(plan, turns.clone());
        Self { mailbox, gauges, configured: Arc::new(configured), turns }
    }

    /// Changes users, statuses and workgroups while calls go on; who is gone from the plan is logged off when his last call ends.
    pub async fn replan(&self, plan: Plan) {
        self.configured.become_(&plan.configuration);
        self.ask(|answer| Message::Replan(Box::new(plan), answer)).await.unwrap_or_default();
    }

    /// A call from outside, or whatever the caller's kind is.
    ///
    /// # Errors
    /// Unknown queue or user; the switch has as many calls as it takes.
    pub async fn call_in(&self, caller: Caller, reach: Reach) -> Result<InteractionId, Refusal> {
        self.ask(|answer| Message::CallIn(Box::new(caller), reach, answer)).await?
    }

    /// The outside party of a call hangs up: the caller, or the number that was dialled. A call that has ended is left alone.
    pub async fn hang_up(&self, call: &InteractionId) {
        self.ask(|answer| Message::HangUp(call.clone(), answer)).await.unwrap_or_default();
    }

    /// The outside party that an agent has dialled answers. Numbers answer by themselves after [`Plan::answer_after`] unless the plan says
    /// otherwise; then this does it.
    pub async fn answer_outside(&self, call: &InteractionId) {
        self.ask(|answer| Message::AnswerOutside(call.clone(), answer)).await.unwrap_or_default();
    }

    /// The customer of a chat writes. A chat that has ended is left alone.
    pub async fn say(&self, chat: &InteractionId, text: &str) {
        self.ask(|answer| Message::Say(chat.clone(), text.into(), answer)).await.unwrap_or_default();
    }

    /// The customer of a chat is writing, or has stopped.
    pub async fn types(&self, chat: &InteractionId, on: bool) {
        self.ask(|answer| Message::Types(chat.clone(), on, answer)).await.unwrap_or_default();
    }

    /// An agent logs on at a station, or off (`None`), with a client of the switch's own, as agents do beside SAP.
    ///
    /// # Errors
    /// Unknown user or station; somebody else sits there.
    pub async fn use_client(&self, user: &UserId, station: Option<&str>) -> Result<(), Refusal> {
        self.ask(|answer| Message::UseClient(user.clone(), station.map(Into::into), answer)).await?
    }

    /// An agent's status is set for him, logged on or not.
    ///
    /// # Errors
    /// Unknown user or status.
    pub async fn put_in_status(&self, user: &UserId, status: &str) -> Result<(), Refusal> {
        self.ask(|answer| Message::PutInStatus(user.clone(), status.into(), answer)).await?
    }

    /// Somebody who is no party of a call writes on it: attributes, and attached data where they are given (an empty text removes them).
    /// `false`: it is over.
    pub async fn annotate(&self, call: &InteractionId, attributes: BTreeMap<String, String>, data: Option<Arc<str>>) -> bool {
        self.ask(|answer| Message::Annotate(call.clone(), attributes, data, answer)).await.unwrap_or_default()
    }

    /// The agent who has accepted a callback calls its customer at this number, where [`Plan::dials_callbacks`] leaves that to him.
    ///
    /// # Errors
    /// It is no callback that he has accepted, or the customer has been called already.
    pub async fn dial_back(&self, user: &UserId, call: &InteractionId, number: &str) -> Result<(), Refusal> {
        self.ask(|answer| Message::DialBack(user.clone(), call.clone(), number.to_owned(), answer)).await?
    }

    /// Goes on where another switch has ended: agents have the statuses that they had there, and calls go on at their stations until they are
    /// logged on. Users and statuses that this one has not are left out.
    pub async fn take_over(&self, legacy: Legacy) {
        self.ask(|answer| Message::TakeOver(Box::new(legacy), answer)).await.unwrap_or_default();
    }

    /// Everything that happens from now on, after all that there is. What somebody has asked for can be observed before he is answered.
    pub async fn observe(&self) -> Option<Observer> {
        self.ask(Message::Observe).await.ok()
    }

    /// Messages in an agent's voicemail, oldest first: the callers' numbers.
    pub async fn voicemail(&self, user: &UserId) -> Vec<String> {
        self.ask(|answer| Message::Voicemail(user.clone(), answer)).await.unwrap_or_default()
    }

    /// Follows a live call from outside: who talks, whether it waits or is held, how it ended. `None` when it has ended already. A call that
    /// is joined into another is over; follow the other.
    pub async fn watch(&self, call: &InteractionId) -> Option<watch::Receiver<CallPicture>> {
        self.ask(|answer| Message::Watch(call.clone(), answer)).await.ok().flatten()
    }

    /// Waits until a live call looks as `wanted`; `None` when it is over without that, or was before.
    pub async fn wait_for(&self, call: &InteractionId, wanted: impl Fn(&CallPicture) -> bool) -> Option<CallPicture> {
        let mut watch = self.watch(call).await?;
        loop {
            let picture = watch.borrow_and_update().clone();
            if wanted(&picture) {
                return Some(picture);
            }
            if picture.is_over() {
                return None;
            }
            watch.changed().await.ok()?;
        }
    }

    async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Result<T, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.mailbox.send(message(answer)).await.map_err(|_| Refusal::SwitchUnavailable)?;
        answered.await.map_err(|_| Refusal::SwitchUnavailable)
    }

    /// Like `ask`, but refuses at once when too much waits.
    fn try_ask<T: Send + 'static>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> BoxFuture<Result<T, Refusal>> {
        let (answer, answered) = oneshot::channel();
        let sent = self.mailbox.try_send(message(answer));
        Box::pin(async move {
            sent.map_err(|_| Refusal::SwitchUnavailable)?;
            answered.await.map_err(|_| Refusal::SwitchUnavailable)
        })
    }
}

impl Switch for Embedded {
    fn log_on(&self, who: LogOn) -> BoxFuture<Result<AgentLine, Refusal>> {
        let user = who.user.clone();
        let logged_on = self.try_ask(|answer| Message::LogOn(who, answer));
        let mailbox = self.mailbox.clone();
        Box::pin(async move {
            let logged_on = logged_on.await??;
            let session = Session { user, number: logged_on.session, mailbox };
            Ok(AgentLine { profile: logged_on.profile, requests: Arc::new(session), feed: logged_on.feed })
        })
    }

    fn place(&self, new: NewInteraction) -> BoxFuture<Result<InteractionId, Refusal>> {
        let placed = self.try_ask(|answer| Message::Place(Box::new(new), answer));
        Box::pin(async move { placed.await? })
    }

    fn withdraw(&self, interaction: InteractionId) -> BoxFuture<Result<(), Refusal>> {
        self.try_ask(|answer| Message::Withdraw(interaction, answer))
    }

    fn prove(&self, _: UserId, _: SecretString) -> BoxFuture<Result<String, NotProven>> {
        Box::pin(async { Err(NotProven::NoPasswords) })
    }

    fn directory(&self) -> BoxFuture<Result<Arc<Directory>, Refusal>> {
        self.try_ask(Message::Directory)
    }

    fn configuration(&self) -> BoxFuture<Result<Arc<Configuration>, Refusal>> {
        let current = self.configured.current();
        Box::pin(async { Ok(current) })
    }

    fn configuration_changes(&self) -> watch::Receiver<u64> {
        self.configured.changes.subscribe()
    }

    fn turns(&self) -> Turns {
        self.turns.listen()
    }

    fn outlives_us(&self) -> bool {
        false
    }

    fn health(&self) -> Health {
        if self.mailbox.is_closed() {
            return Health { up: false, detail: "the embedded switch has stopped: restart the service".into() };
        }
        let (agents, calls) = (self.gauges.agents.load(Ordering::Relaxed), self.gauges.calls.load(Ordering::Relaxed));
        Health { up: true, detail: format!("embedded switch, agents logged on: {agents}, calls: {calls}") }
    }
}

// === impl Configured ===

impl Configured {
    fn current(&self) -> Arc<Configuration> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn become_(&self, next: &Arc<Configuration>) {
        let before = std::mem::replace(&mut *self.current.lock().unwrap_or_else(PoisonError::into_inner), Arc::clone(next));
        if before != *next {
            self.changes.send_modify(|changes| *changes += 1);
        }
    }
}

// === impl Session ===

impl Requests for Session {
    fn request(&self, request: SwitchRequest) -> BoxFuture<Result<SwitchAnswer, Refusal>> {
        let (answer, answered) = oneshot::channel();
        // Sent now, not when it is polled: who drops the future gives up the answer only.
        let sent = self.mailbox.try_send(Message::Request { user: self.user.clone(), session: self.number, request, answer });
        let user = self.user.clone();
        Box::pin(async move {
            sent.map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Refusal::Busy(user),
                mpsc::error::TrySendError::Closed(_) => Refusal::SwitchUnavailable,
            })?;
            answered.await.map_err(|_| Refusal::SwitchUnavailable)?
        })
    }

    fn log_off(&self) -> BoxFuture<()> {
        let (answer, answered) = oneshot::channel();
        let sent = self.mailbox.try_send(Message::LogOff(self.user.clone(), self.number, answer));
        let mailbox = self.mailbox.clone();
        Box::pin(async move {
            if let Err(mpsc::error::TrySendError::Full(message)) = sent
                && mailbox.send(message).await.is_err()
            {
                return;
            }
            // The switch may have ended: then he is logged off as well.
            answered.await.unwrap_or_default();
        })
    }
}

#[cfg(test)]
mod tests;
