//! The bench that sessions are tested on.

use super::super::{Agents, Channel, Flags, NonAcdReject, OlderSubscriptions, Policy, StandardWorkmodes, deliver::Deliver};
use crate::{
    agents::MappedWorkmode,
    domain::{
        Command, EventUrl, Interaction, InteractionId, InteractionKind, NewInteraction, Refusal, Reply, Request, RoutingTable,
        Subscription, SwitchAnswer, SwitchEvent, SwitchRequest, UserId, WorkmodeId, samples,
    },
    outbox::{Delivery, Fate, FateKind},
    store::Store,
    switch::{
        AgentLine, BoxFuture, Configuration, Directory, FeedSender, Health, LogOn, NotProven, Requests, Switch, Turns, TurnsSender, feed,
    },
};
use secrecy::SecretString;
use std::{
    collections::{HashMap, VecDeque},
    future::{pending, ready},
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{mpsc, watch};

/// Agents with a switch, a scripted one unless a test says otherwise, and an outbox that remembers.
pub(super) struct Bench<S = Scripted> {
    pub(super) agents: Agents,
    pub(super) switch: Arc<S>,
    pub(super) outbox: Arc<Remembered>,
    policy: watch::Sender<Arc<Policy>>,
    fates: mpsc::Sender<Fate>,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(|_| ())
    }

    pub(super) fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut first = policy();
        change(&mut first);
        Self::on(Scripted::default(), first)
    }

    /// SAP's usual sequence, with one URL for each agent.
    pub(super) async fn log_on(&self, user: &str) {
        self.log_on_at(user, &Scripted::extension(user)).await;
    }

    /// An agent who is logged on and has these calls; what was told of them is forgotten.
    pub(super) async fn with_calls(&self, user: &str, calls: impl IntoIterator<Item = Interaction>) {
        self.log_on(user).await;
        for call in calls {
            self.say(user, SwitchEvent::Interaction(call)).await;
        }
        self.outbox.take();
        self.switch.requests();
    }

    /// Says something to one agent and lets it sink in.
    pub(super) async fn say(&self, user: &str, event: SwitchEvent) {
        self.switch.say(user, event);
        self.settle(user).await;
    }

    pub(super) fn url(user: &str) -> String {
        format!("http://sap/{}", user.to_lowercase())
    }

    pub(super) fn key(url: &str, app: &str) -> Subscription {
        Subscription { url: url.into(), app: app.into() }
    }
}

impl<S: Switch> Bench<S> {
    pub(super) fn on(switch: S, first: Policy) -> Self {
        Self::keeping(switch, first, Store::in_memory())
    }

    pub(super) fn keeping(switch: S, first: Policy, store: Store) -> Self {
        let (policy, policies) = watch::channel(Arc::new(first));
        let (fates, told) = mpsc::channel(8);
        let switch = Arc::new(switch);
        let outbox = Arc::new(Remembered::default());
        let agents =
            Agents::start_with(Arc::clone(&switch) as Arc<dyn Switch>, Arc::clone(&outbox) as Arc<dyn Deliver>, told, policies, store);
        Self { agents, switch, outbox, policy, fates }
    }

    /// A command of one user, as a future that can be sent elsewhere.
    pub(super) fn ask(&self, user: &str, command: Command) -> BoxFuture<Result<Reply, Refusal>> {
        let request = Request { user: Some(user.into()), language: Some("EN".into()), peer: None, command };
        let agents = self.agents.clone();
        Box::pin(async move { agents.carry_out(request).await })
    }

    /// SAP's usual sequence, with one URL for each agent.
    pub(super) async fn log_on_at(&self, user: &str, line: &str) {
        let url = Bench::url(user);
        let sequence = [
            Command::GetUserAttributes,
            Command::SubscribeUser(Bench::key(&url, "1")),
            Command::SubscribeContainer { container: line.into(), subscription: Bench::key(&url, "2") },
        ];
        for command in sequence {
            self.ask(user, command).await.expect("the log-on sequence succeeds");
        }
    }

    /// Lets the session take in what the switch has said.
    pub(super) async fn settle(&self, user: &str) {
        self.ask(user, Command::GetCalls { line: None }).await.expect("the agent is logged on");
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Policy)) {
        self.policy.send_modify(|policy| change(Arc::make_mut(policy)));
    }

    /// Tells what became of the lane of one agent, and waits until he knows.
    pub(super) async fn fate(&self, url: &str, kind: FateKind) {
        self.fates.send(Fate { url: url.into(), kind }).await.expect("agents listen");
        // Every task that is ready runs before time goes on.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A policy like an ordinary site's.
pub(super) fn policy() -> Policy {
    Policy {
        standard: StandardWorkmodes { logout_text: "<Logout>".into(), ready: "Available".into(), not_ready: "Do Not Disturb".into() },
        mapped: vec![MappedWorkmode { id: WorkmodeId(4), status: "ACD - Rejected".into(), user_selectable: false }],
        login_workmode: None,
        reject_workmode: Some(WorkmodeId(4)),
        lost_workmode: WorkmodeId::NOT_READY,
        ghost_after: std::time::Duration::from_mins(30),
        flags: Flags::default(),
        non_acd_reject: NonAcdReject::Voicemail,
        remote_attributes: vec!["Eic_RemoteTn".to_owned()],
        dialed_attributes: vec!["Eic_LocalTn".to_owned()],
        channels: vec![Channel { key: "phone".into(), kinds: vec![InteractionKind::Call], address_extension: String::new() }],
        routing: RoutingTable::default(),
        close_chats_after: Duration::ZERO,
        own_postings: true,
        typing: true,
        user_presence: false,
        monitoring: false,
        interactions: 6,
        mailbox: 16,
        sessions: 100,
        switch_deadline: Duration::from_secs(4),
        attached_data: 1_000,
        may_listen: vec!["BOSS".into()],
        may_monitor: None,
        end_older: OlderSubscriptions::OnGetAttributes,
        ici_version: "3.07".to_owned(),
    }
}

/// A switch that does what the test says.
#[derive(Default)]
pub(super) struct Scripted(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    log_ons: Vec<String>,
    log_offs: Vec<String>,
    refuse: Option<Refusal>,
    hang: bool,
    /// Calls that are there at the next log-on.
    there: Vec<Interaction>,
    /// Its calls end with the process.
    forgetful: bool,
    feeds: HashMap<UserId, FeedSender>,
    requests: Vec<SwitchRequest>,
    placed: Vec<NewInteraction>,
    refuse_place: Option<Refusal>,
    withdrawn: Vec<String>,
    /// Answers to come; `None` never comes. Without one, everything is accepted.
    answers: VecDeque<Option<Result<SwitchAnswer, Refusal>>>,
}

impl Scripted {
    pub(super) fn log_ons(&self) -> Vec<String> {
        self.lock().log_ons.clone()
    }

    pub(super) fn log_offs(&self) -> Vec<String> {
        self.lock().log_offs.clone()
    }

    /// What was asked since the last look.
    pub(super) fn requests(&self) -> Vec<SwitchRequest> {
        std::mem::take(&mut self.lock().requests)
    }

    /// What was placed since the start.
    pub(super) fn placed(&self) -> Vec<NewInteraction> {
        self.lock().placed.clone()
    }

    pub(super) fn refuse_place(&self, refusal: Refusal) {
        self.lock().refuse_place = Some(refusal);
    }

    /// What was withdrawn since the last look.
    pub(super) fn withdrawn(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().withdrawn)
    }

    pub(super) fn refuse_log_on(&self, refusal: Option<Refusal>) {
        self.lock().refuse = refusal;
    }

    pub(super) fn hang_log_on(&self) {
        self.lock().hang = true;
    }

    pub(super) fn answer(&self, answer: Result<SwitchAnswer, Refusal>) {
        self.lock().answers.push_back(Some(answer));
    }

    pub(super) fn never_answer(&self) {
        self.lock().answers.push_back(None);
    }

    pub(super) fn has(&self, calls: Vec<Interaction>) {
        self.lock().there = calls;
    }

    pub(super) fn ends_with_us(&self) {
        self.lock().forgetful = true;
    }

    pub(super) fn say(&self, user: &str, event: SwitchEvent) {
        assert!(self.lock().feeds[&UserId::from(user)].send(event), "{user} does not listen");
    }

    /// The feed breaks off.
    pub(super) fn break_off(&self, user: &str) {
        self.lock().feeds.remove(&UserId::from(user)).expect("there is a feed");
    }

    pub(super) fn extension(user: &str) -> String {
        format!("10{}", user.to_lowercase())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds the lock")
    }
}

impl Switch for Scripted {
    fn log_on(&self, who: LogOn) -> BoxFuture<Result<AgentLine, Refusal>> {
        let mut state = self.lock();
        if state.hang {
            return Box::pin(pending());
        }
        if let Some(refusal) = state.refuse.clone() {
            return Box::pin(ready(Err(refusal)));
        }
        let (sender, feed) = feed();
        sender.send(SwitchEvent::Snapshot { status: samples::status("Available"), interactions: state.there.clone() });
        state.log_ons.push(who.user.to_string());
        state.feeds.insert(who.user.clone(), sender);
        let mut profile = samples::agent(who.user.as_str()).profile;
        profile.extension = Self::extension(who.user.as_str());
        let requests = Arc::new(ScriptedRequests { user: who.user, state: Arc::clone(&self.0) });
        Box::pin(ready(Ok(AgentLine { profile, requests, feed })))
    }

    fn turns(&self) -> Turns {
        TurnsSender::default().listen()
    }

    fn place(&self, new: NewInteraction) -> BoxFuture<Result<InteractionId, Refusal>> {
        let mut state = self.lock();
        state.placed.push(new);
        let id = format!("P{}", state.placed.len());
        Box::pin(ready(state.refuse_place.clone().map_or(Ok(id.into()), Err)))
    }

    fn withdraw(&self, interaction: InteractionId) -> BoxFuture<Result<(), Refusal>> {
        self.lock().withdrawn.push(interaction.to_string());
        Box::pin(ready(Ok(())))
    }

    fn prove(&self, _: UserId, _: SecretString) -> BoxFuture<Result<String, NotProven>> {
        Box::pin(async { Err(NotProven::NoPasswords) })
    }

    fn directory(&self) -> BoxFuture<Result<Arc<Directory>, Refusal>> {
        Box::pin(ready(Ok(Arc::default())))
    }

    fn configuration(&self) -> BoxFuture<Result<Arc<Configuration>, Refusal>> {
        Box::pin(ready(Ok(Arc::default())))
    }

    fn configuration_changes(&self) -> watch::Receiver<u64> {
        watch::channel(0).1
    }

    fn outlives_us(&self) -> bool {
        !self.lock().forgetful
    }

    fn health(&self) -> Health {
        Health { up: true, detail: String::new() }
    }
}

struct ScriptedRequests {
    user: UserId,
    state: Arc<Mutex<State>>,
}

impl Requests for ScriptedRequests {
    fn request(&self, request: SwitchRequest) -> BoxFuture<Result<SwitchAnswer, Refusal>> {
        let state = Arc::clone(&self.state);
        Box::pin(async move {
            // As an adapter does: the switch hears of it when somebody waits for the answer.
            let answer = {
                let mut state = state.lock().expect("no test panics while it holds the lock");
                state.requests.push(request);
                state.answers.pop_front().unwrap_or(Some(Ok(SwitchAnswer::Accepted)))
            };
            match answer {
                Some(answer) => answer,
                None => pending().await,
            }
        })
    }

    fn log_off(&self) -> BoxFuture<()> {
        self.state.lock().expect("no test panics while it holds the lock").log_offs.push(self.user.to_string());
        Box::pin(ready(()))
    }
}

/// An outbox that remembers.
#[derive(Default)]
pub(super) struct Remembered {
    told: Mutex<Vec<Delivery>>,
    closed: Mutex<Vec<String>>,
}

impl Remembered {
    /// What was told since the last look.
    pub(super) fn take(&self) -> Vec<Delivery> {
        std::mem::take(&mut self.told.lock().expect("no test panics while it holds the lock"))
    }

    /// Lanes that were closed.
    pub(super) fn closed(&self) -> Vec<String> {
        self.closed.lock().expect("no test panics while it holds the lock").clone()
    }
}

impl Deliver for Remembered {
    fn admit(&self, url: &EventUrl, _peer: Option<IpAddr>) -> Result<(), Refusal> {
        if url.as_str().starts_with("http") { Ok(()) } else { Err(Refusal::BadEventUrl(url.as_str().to_owned())) }
    }

    fn post(&self, delivery: Delivery) {
        self.told.lock().expect("no test panics while it holds the lock").push(delivery);
    }

    fn close(&self, url: &EventUrl) {
        self.closed.lock().expect("no test panics while it holds the lock").push(url.as_str().to_owned());
    }
}
