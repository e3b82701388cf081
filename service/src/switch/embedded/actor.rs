//! The task around the exchange: a bounded mailbox, the clock, and the agents' feeds.

use super::{
    CallPicture, Caller, Legacy, Observation, Observer, Plan, Reach, Stage,
    exchange::{CallNo, Exchange, Output},
    observe::Observed,
};
use crate::{
    domain::{InteractionId, NewInteraction, Refusal, SwitchAnswer, SwitchRequest, UserId},
    switch::{AgentProfile, Directory, Feed, FeedSender, LogOn, TurnsSender, feed},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

/// Messages that may wait; a thousand events a second need a few.
pub(super) const MAILBOX: usize = 4_096;

/// What the task is asked. Who does not wait for his answer any more gets none.
pub(super) enum Message {
    LogOn(LogOn, oneshot::Sender<Result<LoggedOn, Refusal>>),
    LogOff(UserId, u64, oneshot::Sender<()>),
    Request { user: UserId, session: u64, request: SwitchRequest, answer: oneshot::Sender<Result<SwitchAnswer, Refusal>> },
    UseClient(UserId, Option<String>, oneshot::Sender<Result<(), Refusal>>),
    Directory(oneshot::Sender<Arc<Directory>>),
    Replan(Box<Plan>, oneshot::Sender<()>),
    CallIn(Box<Caller>, Reach, oneshot::Sender<Result<InteractionId, Refusal>>),
    HangUp(InteractionId, oneshot::Sender<()>),
    AnswerOutside(InteractionId, oneshot::Sender<()>),
    Say(InteractionId, Arc<str>, oneshot::Sender<()>),
    Types(InteractionId, bool, oneshot::Sender<()>),
    Place(Box<NewInteraction>, oneshot::Sender<Result<InteractionId, Refusal>>),
    Withdraw(InteractionId, oneshot::Sender<()>),
    PutInStatus(UserId, Arc<str>, oneshot::Sender<Result<(), Refusal>>),
    Annotate(InteractionId, BTreeMap<String, String>, Option<Arc<str>>, oneshot::Sender<bool>),
    DialBack(UserId, InteractionId, String, oneshot::Sender<Result<(), Refusal>>),
    TakeOver(Box<Legacy>, oneshot::Sender<()>),
    Observe(oneshot::Sender<Observer>),
    Voicemail(UserId, oneshot::Sender<Vec<String>>),
    Watch(InteractionId, oneshot::Sender<Option<watch::Receiver<CallPicture>>>),
}

/// A new session.
pub(super) struct LoggedOn {
    pub(super) profile: AgentProfile,
    pub(super) session: u64,
    pub(super) feed: Feed,
}

/// Figures that can be read without asking the task.
#[derive(Default)]
pub(super) struct Gauges {
    pub(super) agents: AtomicUsize,
    pub(super) calls: AtomicUsize,
}

/// The task's own state.
struct Actor {
    exchange: Exchange,
    start: Instant,
    feeds: HashMap<UserId, FeedSender>,
    watches: HashMap<CallNo, watch::Sender<CallPicture>>,
    observers: Vec<Observed>,
    gauges: Arc<Gauges>,
    /// What was told last of who and what is there, and when.
    directory: Option<(Duration, Arc<Directory>)>,
    turns: TurnsSender,
}

/// What calls change is in the lists after this long, because at five thousand agents each takes its time; what a person has just chosen is
/// there at once.
const DIRECTORY_LASTS: Duration = Duration::from_secs(1);

/// Starts the task; it ends when nobody can send to it any more.
pub(super) fn start(plan: Plan, turns: TurnsSender) -> (mpsc::Sender<Message>, Arc<Gauges>) {
    let (sender, mailbox) = mpsc::channel(MAILBOX);
    let gauges = Arc::new(Gauges::default());
    let epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let actor = Actor {
        exchange: Exchange::new(plan, i64::try_from(epoch).unwrap_or(i64::MAX)),
        start: Instant::now(),
        feeds: HashMap::new(),
        watches: HashMap::new(),
        observers: Vec::new(),
        gauges: Arc::clone(&gauges),
        directory: None,
        turns,
    };
    tokio::spawn(actor.run(mailbox));
    (sender, gauges)
}

// === impl Message ===

impl Message {
    /// Does it change who is there, where, or in what status?
    fn changes_agents(&self) -> bool {
        match self {
            Self::LogOn(..) | Self::LogOff(..) | Self::UseClient(..) | Self::Replan(..) | Self::PutInStatus(..) | Self::TakeOver(..) => {
                true
            }
            Self::Request { request, .. } => matches!(request, SwitchRequest::SetStatus(_) | SwitchRequest::SetStation(_)),
            _ => false,
        }
    }
}

// === impl Actor ===

impl Actor {
    async fn run(mut self, mut mailbox: mpsc::Receiver<Message>) {
        loop {
            let due = self.exchange.next_deadline().map(|at| self.start + at);
            tokio::select! {
                message = mailbox.recv() => match message {
                    Some(message) => self.handle(message),
                    None => break,
                },
                () = until(due) => {}
            }
            let now = self.now();
            if self.exchange.next_deadline().is_some_and(|at| at <= now) {
                self.exchange.tick(now);
            }
            self.publish();
        }
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn handle(&mut self, message: Message) {
        let now = self.now();
        if message.changes_agents() {
            self.directory = None;
        }
        self.exchange.tell_turns(self.turns.is_heard());
        let exchange = &mut self.exchange;
        match message {
            Message::LogOn(who, answer) => self.log_on(&who, answer),
            Message::LogOff(user, session, answer) => {
                exchange.log_off(now, &user, session);
                self.done(answer, ());
            }
            Message::Request { user, session, request, answer } => {
                let outcome = exchange.request(now, &user, session, request);
                self.done(answer, outcome);
            }
            Message::UseClient(user, station, answer) => {
                let outcome = exchange.use_client(now, &user, station.as_deref());
                self.done(answer, outcome);
            }
            Message::Directory(answer) => reply(answer, self.directory()),
            Message::Replan(plan, answer) => {
                exchange.replan(now, *plan);
                self.done(answer, ());
            }
            Message::CallIn(caller, reach, answer) => {
                let outcome = exchange.call_in(now, *caller, reach);
                self.done(answer, outcome);
            }
            Message::HangUp(call, answer) => {
                exchange.hang_up(now, &call);
                self.done(answer, ());
            }
            Message::AnswerOutside(call, answer) => {
                exchange.answer_outside(now, &call);
                self.done(answer, ());
            }
            Message::Say(chat, text, answer) => {
                exchange.say(now, &chat, text);
                self.done(answer, ());
            }
            Message::Types(chat, on, answer) => {
                exchange.types(now, &chat, on);
                self.done(answer, ());
            }
            Message::Place(new, answer) => {
                let outcome = exchange.place(now, *new);
                self.done(answer, outcome);
            }
            Message::Withdraw(interaction, answer) => {
                exchange.withdraw(now, &interaction);
                self.done(answer, ());
            }
            Message::PutInStatus(user, status, answer) => {
                let outcome = exchange.put_in_status(now, &user, &status);
                self.done(answer, outcome);
            }
            Message::Annotate(call, attributes, data, answer) => {
                let there = exchange.annotate(now, &call, attributes, data);
                self.done(answer, there);
            }
            Message::DialBack(user, call, number, answer) => {
                let outcome = exchange.dial_back(now, &user, &call, number);
                self.done(answer, outcome);
            }
            Message::TakeOver(legacy, answer) => {
                exchange.take_over(now, *legacy);
                self.done(answer, ());
            }
            Message::Observe(answer) => {
                self.publish();
                let (reading, writing) = Observer::new(self.exchange.scene());
                self.observers.push(writing);
                reply(answer, reading);
            }
            Message::Voicemail(user, answer) => reply(answer, exchange.voicemail(&user)),
            Message::Watch(call, answer) => reply(answer, self.watch(&call)),
        }
    }

    /// Tells everybody what has happened, and only then who asked for it: whoever has his answer and asks for more, or looks, is judged by what
    /// it came to.
    fn done<T>(&mut self, answer: oneshot::Sender<T>, value: T) {
        self.publish();
        reply(answer, value);
    }

    fn log_on(&mut self, who: &LogOn, answer: oneshot::Sender<Result<LoggedOn, Refusal>>) {
        let now = self.now();
        let logged_on = self.exchange.log_on(now, who).map(|(profile, session, snapshot)| {
            let (sender, feed) = feed();
            sender.send(snapshot);
            // A session that is taken over loses its feed here.
            self.feeds.insert(who.user.clone(), sender);
            LoggedOn { profile, session, feed }
        });
        if let Err(Ok(unwanted)) = answer.send(logged_on) {
            self.exchange.log_off(now, &who.user, unwanted.session);
        }
    }

    fn directory(&mut self) -> Arc<Directory> {
        let now = self.now();
        if let Some((_, directory)) = self.directory.as_ref().filter(|(made, _)| now < *made + DIRECTORY_LASTS) {
            return Arc::clone(directory);
        }
        let directory = Arc::new(self.exchange.directory(now));
        self.directory = Some((now, Arc::clone(&directory)));
        directory
    }

    fn watch(&mut self, call: &InteractionId) -> Option<watch::Receiver<CallPicture>> {
        let no = self.exchange.number_of(call)?;
        if let Some(sender) = self.watches.get(&no) {
            return Some(sender.subscribe());
        }
        let (sender, receiver) = watch::channel(self.exchange.picture(no)?);
        self.watches.insert(no, sender);
        Some(receiver)
    }

    /// Tells everybody what has happened.
    fn publish(&mut self) {
        let outputs = self.exchange.take_outputs();
        self.show_observers(&outputs);
        for output in outputs {
            match output {
                Output::Event(user, event) => {
                    if self.feeds.get(&user).is_some_and(|feed| !feed.send(event)) {
                        // Nobody reads it any more; the agent's station goes on ringing until somebody logs him on again, or off.
                        self.feeds.remove(&user);
                    }
                }
                Output::Closed(user) => drop(self.feeds.remove(&user)),
                Output::Turn(turn) => self.turns.tell(turn),
                Output::Changed(no) => {
                    if let (Some(watch), Some(picture)) = (self.watches.get(&no), self.exchange.picture(no)) {
                        watch.send_replace(picture);
                    }
                }
                Output::Over { call, voicemail } => {
                    if let Some(watch) = self.watches.remove(&call) {
                        watch.send_modify(|picture| {
                            picture.stage = voicemail.map_or(Stage::Over, Stage::Voicemail);
                            picture.agents.clear();
                        });
                    }
                }
            }
        }
        let (agents, calls) = self.exchange.gauges();
        self.gauges.agents.store(agents, Ordering::Relaxed);
        self.gauges.calls.store(calls, Ordering::Relaxed);
    }

    fn show_observers(&mut self, outputs: &[Output]) {
        if self.observers.is_empty() {
            return;
        }
        let observed = |output: &Output| match output {
            Output::Event(user, event) => Some(Observation::Agent(user.clone(), event.clone())),
            Output::Closed(_) | Output::Turn(_) => None,
            Output::Changed(no) => self.exchange.sight(*no).map(Observation::Call),
            Output::Over { call, voicemail } => Some(Observation::Over { call: Exchange::id_of(*call), voicemail: voicemail.clone() }),
        };
        let observations: Vec<_> = outputs.iter().filter_map(observed).collect();
        self.observers.retain(|observer| observer.tell(&observations));
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Answers; who asked may have gone.
fn reply<T>(answer: oneshot::Sender<T>, value: T) {
    let _gone = answer.send(value);
}
