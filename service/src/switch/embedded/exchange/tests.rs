//! The exchange under random days: whatever happens in whatever order, what must always be true is true after each step.

use super::{Exchange, Output};
use crate::{
    domain::{AfterReject, Interaction, InteractionId, InteractionState, SwitchEvent, SwitchRequest, UserId},
    switch::{
        LogOn,
        battery::agent::{AVAILABLE, LUNCH, NO_ACD, caller, plan},
        embedded::{Caller, Plan, Reach},
    },
};
use proptest::{collection::vec, prelude::*};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

const USERS: [&str; 4] = ["anna", "bert", "emil", "dora"];
const DESTINATIONS: [&str; 12] = ["1001", "1002", "1003", "1004", "2001", "2002", "+4930", "+49000", "+49111", "nobody", "", "mute"];

/// One thing that happens. Calls are named by how many ids ago they began.
#[derive(Clone, Debug)]
enum Step {
    LogOn(usize),
    LogOff(usize),
    CallQueue(bool),
    CallUser(usize),
    HangUp(u64),
    AnswerOutside(u64),
    Wait(u64),
    Replan(usize),
    Ask(usize, Ask),
}

#[derive(Clone, Debug)]
enum Ask {
    Status(usize),
    Answer(u64),
    Disconnect(u64),
    Hold(u64),
    Pickup(u64),
    Alternate(u64, u64),
    Reconnect(u64, u64),
    Dial(usize),
    Consult(u64, usize),
    Conference(u64, u64),
    Complete(u64, u64),
    Blind(u64, usize),
    DropParty(u64, u64),
    Leave(u64),
    Reject(u64, usize, usize),
    Listen(Option<usize>, Option<u64>),
    ListenEnd(u64),
    Data(u64, bool),
}

fn ask() -> impl Strategy<Value = Ask> {
    let call = || 0..6u64;
    let place = || 0..DESTINATIONS.len();
    prop_oneof![
        2 => (0..5usize).prop_map(Ask::Status),
        6 => call().prop_map(Ask::Answer),
        2 => call().prop_map(Ask::Disconnect),
        2 => call().prop_map(Ask::Hold),
        2 => call().prop_map(Ask::Pickup),
        2 => (call(), call()).prop_map(|(a, b)| Ask::Alternate(a, b)),
        2 => (call(), call()).prop_map(|(a, b)| Ask::Reconnect(a, b)),
        2 => place().prop_map(Ask::Dial),
        4 => (call(), place()).prop_map(|(a, b)| Ask::Consult(a, b)),
        4 => (call(), call()).prop_map(|(a, b)| Ask::Conference(a, b)),
        4 => (call(), call()).prop_map(|(a, b)| Ask::Complete(a, b)),
        2 => (call(), place()).prop_map(|(a, b)| Ask::Blind(a, b)),
        1 => (call(), 0..40u64).prop_map(|(a, b)| Ask::DropParty(a, b)),
        1 => call().prop_map(Ask::Leave),
        2 => (call(), 0..6usize, 0..3usize).prop_map(|(a, b, c)| Ask::Reject(a, b, c)),
        2 => (prop::option::of(0..USERS.len()), prop::option::of(call())).prop_map(|(a, b)| Ask::Listen(a, b)),
        1 => call().prop_map(Ask::ListenEnd),
        1 => (call(), any::<bool>()).prop_map(|(a, b)| Ask::Data(a, b)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let user = || 0..USERS.len();
    prop_oneof![
        3 => user().prop_map(Step::LogOn),
        1 => user().prop_map(Step::LogOff),
        4 => any::<bool>().prop_map(Step::CallQueue),
        2 => user().prop_map(Step::CallUser),
        2 => (0..6u64).prop_map(Step::HangUp),
        1 => (0..6u64).prop_map(Step::AnswerOutside),
        3 => (0..20u64).prop_map(Step::Wait),
        1 => (0..=USERS.len()).prop_map(Step::Replan),
        40 => (user(), ask()).prop_map(|(user, ask)| Step::Ask(user, ask)),
    ]
}

/// An exchange and what each agent has been told.
struct Day {
    exchange: Exchange,
    now: Duration,
    sessions: HashMap<UserId, u64>,
    told: HashMap<UserId, BTreeMap<InteractionId, Interaction>>,
    over: HashSet<u64>,
}

impl Day {
    fn new(plan: Plan) -> Self {
        let mut exchange = Exchange::new(plan, 0);
        exchange.take_outputs();
        Self { exchange, now: Duration::ZERO, sessions: HashMap::new(), told: HashMap::new(), over: HashSet::new() }
    }

    fn id(&self, ago: u64) -> InteractionId {
        InteractionId::new(self.exchange.next_call.saturating_sub(ago + 1).to_string())
    }

    fn step(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::LogOn(user) => {
                let who = LogOn { user: USERS[user].into(), station: None };
                if let Ok((_, session, SwitchEvent::Snapshot { interactions, .. })) = self.exchange.log_on(now, &who) {
                    self.sessions.insert(who.user.clone(), session);
                    self.told.insert(who.user, interactions.into_iter().map(|each| (each.id.clone(), each)).collect());
                }
            }
            Step::LogOff(user) => {
                let user = UserId::new(USERS[user]);
                if let Some(session) = self.sessions.get(&user) {
                    self.exchange.log_off(now, &user, *session);
                }
            }
            Step::CallQueue(sales) => {
                let queue = if sales { "Sales" } else { "Support" };
                self.call_in(Reach::Queue(queue.into()));
            }
            Step::CallUser(user) => self.call_in(Reach::User(USERS[user].into())),
            Step::HangUp(ago) => self.exchange.hang_up(now, &self.id(ago)),
            Step::AnswerOutside(ago) => self.exchange.answer_outside(now, &self.id(ago)),
            Step::Wait(seconds) => {
                self.now += Duration::from_secs(seconds);
                self.exchange.tick(self.now);
            }
            Step::Replan(without) => {
                let mut new = Plan { calls_per_agent: self.exchange.plan.calls_per_agent, ..plan() };
                if let Some(user) = USERS.get(without) {
                    new.users.retain(|each| each.user.as_str() != *user);
                    new.workgroups.retain(|each| each.queue.as_str() != "Support");
                }
                self.exchange.replan(now, new);
            }
            Step::Ask(user, ask) => {
                let user = UserId::new(USERS[user]);
                let session = self.sessions.get(&user).copied().unwrap_or(0);
                let request = self.request(&ask);
                let refused = self.exchange.request(now, &user, session, request.clone()).is_err();
                assert!(!refused || self.exchange.outputs.is_empty(), "a refused {request:?} told {:?}", self.exchange.outputs);
            }
        }
        self.hear();
        self.check();
    }

    fn call_in(&mut self, reach: Reach) {
        let who = Caller { attached_data: Some("<data/>".into()), ..caller("+4930") };
        let _refused_while_it_is_out_of_the_plan = self.exchange.call_in(self.now, who, reach);
    }

    fn request(&self, ask: &Ask) -> SwitchRequest {
        let destination = |at: usize| DESTINATIONS[at].to_owned();
        let status = |at: usize| [AVAILABLE, AVAILABLE, NO_ACD, LUNCH, "Dancing"].get(at).map(|name| (*name).into());
        match *ask {
            Ask::Status(at) => SwitchRequest::SetStatus(status(at).unwrap()),
            Ask::Answer(a) => SwitchRequest::Answer(self.id(a)),
            Ask::Disconnect(a) => SwitchRequest::Disconnect(self.id(a)),
            Ask::Hold(a) => SwitchRequest::Hold(self.id(a)),
            Ask::Pickup(a) => SwitchRequest::Pickup(self.id(a)),
            Ask::Alternate(a, b) => SwitchRequest::Alternate { hold: self.id(a), pick_up: self.id(b) },
            Ask::Reconnect(a, b) => SwitchRequest::Reconnect { drop: self.id(a), pick_up: self.id(b) },
            Ask::Dial(to) => SwitchRequest::Dial { destination: destination(to), attached_data: None },
            Ask::Consult(a, to) => SwitchRequest::Consult { call: self.id(a), destination: destination(to) },
            Ask::Conference(a, b) => SwitchRequest::Conference { held: self.id(a), connected: self.id(b) },
            Ask::Complete(a, b) => SwitchRequest::CompleteTransfer { call: self.id(a), consultation: self.id(b) },
            Ask::Blind(a, to) => SwitchRequest::BlindTransfer { call: self.id(a), destination: destination(to) },
            Ask::DropParty(a, ago) => {
                let party = format!("party-{}", self.exchange.next_number.saturating_sub(ago));
                SwitchRequest::DropParty { call: self.id(a), party: party.into() }
            }
            Ask::Leave(a) => SwitchRequest::Leave(self.id(a)),
            Ask::Reject(a, at, after) => {
                let after = [AfterReject::Requeue, AfterReject::Voicemail, AfterReject::Disconnect][after];
                SwitchRequest::Reject { interaction: self.id(a), status: status(at), after }
            }
            Ask::Listen(agent, call) => {
                SwitchRequest::Listen { agent: agent.map(|at| USERS[at].into()), call: call.map(|ago| self.id(ago)) }
            }
            Ask::ListenEnd(a) => SwitchRequest::ListenEnd(self.id(a)),
            Ask::Data(a, some) => SwitchRequest::SetAttachedData { interaction: self.id(a), data: some.then(|| "<new/>".into()) },
        }
    }

    /// Plays what is told to the agents; nothing may end that had not begun, and nothing is told twice.
    fn hear(&mut self) {
        for output in self.exchange.take_outputs() {
            match output {
                Output::Event(user, SwitchEvent::Interaction(new)) => {
                    let Some(told) = self.told.get_mut(&user) else { continue };
                    let old = told.get(&new.id);
                    assert_ne!(old, Some(&new), "{user} is told twice");
                    if new.has_ended() {
                        assert!(told.remove(&new.id).is_some(), "{user} is told of the end of {} again", new.id);
                    } else {
                        told.insert(new.id.clone(), new);
                    }
                }
                Output::Closed(user) => {
                    self.told.remove(&user);
                    self.sessions.remove(&user);
                }
                Output::Over { call, .. } => assert!(self.over.insert(call), "call {call} is over twice"),
                Output::Event(..) | Output::Changed(_) | Output::Turn(_) => {}
            }
        }
    }

    fn check(&self) {
        let exchange = &self.exchange;
        for (no, call) in &exchange.calls {
            assert!(call.has_somebody(), "nobody is in call {no}");
            assert!(call.waiting.is_some() || call.parties.len() > 1, "one is alone in call {no}");
            for leg in call.legs() {
                let agent = &exchange.agents[&leg.user];
                assert_eq!(agent.calls.iter().filter(|each| *each == no).count(), 1, "{} and call {no}", leg.user);
                if let Some(about) = leg.consultation_for {
                    assert!(agent.calls.contains(&about), "{} consults about a call he has not", leg.user);
                }
            }
            assert!(call.listeners.is_empty() || call.legs().next().is_some(), "call {no} is listened to without an agent");
            if let Some(place) = &call.waiting {
                let key = (std::cmp::Reverse(place.priority), place.order, *no);
                assert!(exchange.workgroups[&place.queue].waiting.contains(&key));
            }
        }
        for (user, agent) in &exchange.agents {
            let legs: Vec<_> = agent.calls.iter().map(|no| exchange.calls[no].leg(user).expect("a call of the agent")).collect();
            let talking = legs.iter().filter(|leg| leg.state == InteractionState::Connected).count();
            assert!(talking <= 1, "{user} talks on {talking} calls");
            assert_eq!(
                agent.idle.is_some(),
                agent.takes_acd(exchange.plan.calls_per_agent, exchange.weight(user)),
                "{user} is in the wrong set"
            );
            assert_eq!(agent.session.is_some(), self.sessions.contains_key(user));
            if let Some(told) = self.told.get(user) {
                let listened = agent.listening.iter().map(|no| {
                    let call = &exchange.calls[no];
                    call.seen_by(call.listeners.iter().find(|leg| leg.user == *user).expect("a listener"))
                });
                let is: BTreeMap<_, _> = agent
                    .calls
                    .iter()
                    .map(|no| exchange.calls[no].seen_by(exchange.calls[no].leg(user).expect("a leg")))
                    .chain(listened)
                    .map(|each| (each.id.clone(), each))
                    .collect();
                assert_eq!(told, &is, "what {user} was told");
            }
        }
        for (queue, workgroup) in &exchange.workgroups {
            for key in &workgroup.idle {
                assert_eq!(exchange.agents[&key.user].idle.as_ref(), Some(key), "{queue} has an old entry of {}", key.user);
                for (.., no) in &workgroup.waiting {
                    assert!(exchange.calls[no].leg(&key.user).is_some(), "call {no} waits in {queue} though {} is idle", key.user);
                }
            }
            for (.., no) in &workgroup.waiting {
                assert_eq!(exchange.calls[no].waiting.as_ref().map(|place| &place.queue), Some(queue));
            }
        }
    }

    /// Everybody outside hangs up, everybody logs off after hanging up: nothing may be left.
    fn close(mut self) {
        for user in USERS {
            let user = UserId::new(user);
            let calls =
                self.exchange.agents.get(&user).map(|agent| [agent.calls.clone(), agent.listening.clone()].concat()).unwrap_or_default();
            self.step(Step::LogOn(USERS.iter().position(|each| *each == user.as_str()).unwrap()));
            let Some(session) = self.sessions.get(&user).copied() else { continue };
            for call in calls {
                let _over_by_now =
                    self.exchange.request(self.now, &user, session, SwitchRequest::Disconnect(call.to_string().as_str().into()));
                self.hear();
                self.check();
            }
        }
        let mut calls: Vec<_> = self.exchange.calls.keys().copied().collect();
        calls.sort_unstable();
        for call in calls {
            while self.exchange.calls.contains_key(&call) {
                let before = self.exchange.calls[&call].parties.len();
                self.exchange.hang_up(self.now, &InteractionId::new(call.to_string()));
                self.hear();
                self.check();
                if self.exchange.calls.get(&call).is_some_and(|call| call.parties.len() == before) {
                    // Agents only, who are not in the plan any more or were offered it just now: time ends what rings.
                    break;
                }
            }
        }
        // What is left rings at one agent after the other, until none answers any more.
        for _ in 0..20 {
            self.step(Step::Wait(100));
        }
        assert!(self.exchange.timers.is_empty(), "a timer is left");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_exchange_stays_consistent(calls_per_agent in 1..4usize, steps in vec(step(), 1..120)) {
        let mut day = Day::new(Plan { calls_per_agent, wrap_up: Duration::from_secs(5), ..plan() });
        for user in 0..USERS.len() {
            day.step(Step::LogOn(user));
            day.step(Step::Ask(user, Ask::Status(0)));
        }
        for step in steps {
            day.step(step);
        }
        day.close();
    }
}

#[test]
fn the_same_day_is_told_in_the_same_words() {
    let day = || {
        let mut exchange = Exchange::new(plan(), 0);
        for user in USERS {
            let who = LogOn { user: user.into(), station: None };
            let (_, session, _) = exchange.log_on(Duration::ZERO, &who).unwrap();
            exchange.request(Duration::ZERO, &who.user, session, SwitchRequest::SetStatus(AVAILABLE.into())).unwrap();
        }
        for _ in 0..20 {
            exchange.call_in(Duration::from_secs(1), caller("+4930"), Reach::Queue("Sales".into())).unwrap();
        }
        exchange.tick(Duration::from_secs(100));
        exchange.take_outputs()
    };
    assert_eq!(day(), day());
}

#[test]
fn the_number_of_calls_is_bounded() {
    let mut exchange = Exchange::new(Plan { calls_at_most: 3, ..plan() }, 0);
    let mut call = || exchange.call_in(Duration::ZERO, caller("+4930"), Reach::Queue("Sales".into()));
    assert!(call().is_ok() && call().is_ok() && call().is_ok());
    assert!(call().unwrap_err().to_string().contains("limit is 3"));
}

#[test]
fn ids_grow_and_start_at_the_moment_of_the_start() {
    let mut exchange = Exchange::new(plan(), 1_790_000_000_123);
    let mut call = || exchange.call_in(Duration::ZERO, caller("+4930"), Reach::User("anna".into())).unwrap();
    assert_eq!((call().as_str().to_owned(), call().as_str().to_owned()), ("1790000000123000".to_owned(), "1790000000123001".to_owned()));
}

#[test]
fn an_event_costs_the_same_whether_few_or_many_agents_are_logged_on() {
    // Counted, not timed: what a call touches is what it tells.
    let many = 5_000;
    let mut plan = plan();
    let template = plan.users[0].clone();
    plan.users = (0..many)
        .map(|n| crate::switch::embedded::UserPlan {
            user: format!("agent{n}").into(),
            extension: format!("{}", 100_000 + n),
            status: Some(AVAILABLE.into()),
            ..template.clone()
        })
        .collect();
    plan.workgroups[0].members = plan.users.iter().map(|user| user.user.clone()).collect();
    let mut exchange = Exchange::new(plan, 0);
    for n in 0..many {
        exchange.log_on(Duration::ZERO, &LogOn { user: format!("agent{n}").into(), station: None }).unwrap();
    }
    exchange.take_outputs();
    for _ in 0..many {
        exchange.call_in(Duration::ZERO, caller("+4930"), Reach::Queue("Sales".into())).unwrap();
        assert_eq!(exchange.take_outputs().len(), 2);
    }
    assert_eq!(exchange.workgroups.values().map(|workgroup| workgroup.idle.len()).sum::<usize>(), 0);
}
