//! Users, their statuses, stations and numbers, and who of them is logged on.

use super::{CallNo, Exchange, Output, Target, acd::IdleKey, seats::Stations, wrap_up::WrapUp};
use crate::{
    domain::{self, AgentStatus, InteractionKind, InteractionState, QueueId, Refusal, SwitchEvent, UserId},
    switch::{
        AgentProfile, LogOn,
        embedded::plan::{Plan, StatusPlan, UserPlan},
    },
};
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

/// One agent, logged on or not.
pub(super) struct Agent {
    pub(super) plan: UserPlan,
    pub(super) name: Arc<str>,
    pub(super) extension: Arc<str>,
    pub(super) workgroups: Vec<QueueId>,
    pub(super) status: Arc<StatusPlan>,
    pub(super) status_since: i64,
    /// The number of his session; a later log-on has a higher one.
    pub(super) session: Option<u64>,
    /// Where he sits, or sat last.
    pub(super) station: String,
    /// He is logged on with a client of the switch's own, SAP or not.
    pub(super) has_client: bool,
    /// Calls at his station, in the order in which they came.
    pub(super) calls: Vec<CallNo>,
    /// Calls he listens to.
    pub(super) listening: Vec<CallNo>,
    pub(super) wrap_up: Option<WrapUp>,
    /// His entry in the idle sets of his workgroups, while he can be offered something.
    pub(super) idle: Option<IdleKey>,
    pub(super) voicemail: VecDeque<String>,
    /// No longer in the plan: he ends with his last call.
    pub(super) gone: bool,
}

/// What a call weighs beside a chat, an e-mail or an object: three of them keep an agent as busy.
pub(super) const A_CALL: usize = 3;

/// What is looked up by name or number.
#[derive(Default)]
pub(super) struct Names {
    /// User names in lower case: for the refusal that says that only the case differs.
    users: HashMap<String, UserId>,
    /// Extensions of users and workgroups.
    pub(super) numbers: HashMap<String, Target>,
    pub(super) stations: Stations,
    statuses: HashMap<Arc<str>, Arc<StatusPlan>>,
    /// In the plan's order; never empty.
    pub(super) status_list: Vec<Arc<StatusPlan>>,
}

// === impl Agent ===

impl Agent {
    pub(super) fn new(plan: UserPlan, status: Arc<StatusPlan>, since: i64) -> Self {
        let mut agent = Self {
            name: "".into(),
            extension: "".into(),
            workgroups: Vec::new(),
            status,
            status_since: since,
            session: None,
            station: String::new(),
            has_client: false,
            calls: Vec::new(),
            listening: Vec::new(),
            wrap_up: None,
            idle: None,
            voicemail: VecDeque::new(),
            gone: false,
            plan: plan.clone(),
        };
        agent.follow(plan);
        agent
    }

    /// Takes over what the plan says of him now.
    pub(super) fn follow(&mut self, plan: UserPlan) {
        let full = format!("{} {}", plan.first_name, plan.last_name);
        self.name = match full.trim() {
            "" => plan.user.as_str().into(),
            full => full.into(),
        };
        self.extension = plan.extension.as_str().into();
        self.plan = plan;
        self.gone = false;
    }

    /// Everything that keeps him busy.
    pub(super) fn load(&self) -> usize {
        self.calls.len() + self.listening.len()
    }

    /// `weight` is what keeps him busy, by [`Exchange::weight`].
    pub(super) fn takes_acd(&self, calls_per_agent: usize, weight: usize) -> bool {
        self.session.is_some()
            && self.status.acd
            && !self.status.do_not_disturb
            && !self.gone
            && self.wrap_up.is_none()
            && weight < calls_per_agent * A_CALL
    }

    /// Does a direct call ring at his station?
    pub(super) fn can_be_rung(&self, lines: usize) -> bool {
        self.session.is_some() && !self.gone && !self.status.do_not_disturb && self.calls.len() < lines
    }

    pub(super) fn status(&self) -> AgentStatus {
        AgentStatus {
            name: Arc::clone(&self.status.name),
            text: Arc::clone(&self.status.name),
            do_not_disturb: self.status.do_not_disturb,
            since: self.status_since,
        }
    }

    /// Key of the profile's presence table. Whoever is logged on here but not from SAP is busy (ici-wire §3.12).
    pub(super) fn presence(&self) -> &'static str {
        match self.session {
            None if self.has_client => "busy",
            None => "logged_off",
            Some(_) if self.status.do_not_disturb || self.load() > 0 => "busy",
            Some(_) => "available",
        }
    }
}

// === impl Names ===

impl Names {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut names = Self::default();
        for status in &plan.statuses {
            let status = Arc::new(status.clone());
            names.statuses.insert(Arc::clone(&status.name), Arc::clone(&status));
            names.status_list.push(status);
        }
        if names.status_list.is_empty() {
            let available = Arc::new(StatusPlan { name: "Available".into(), acd: true, do_not_disturb: false, selectable: true });
            names.statuses.insert(Arc::clone(&available.name), Arc::clone(&available));
            names.status_list.push(available);
        }
        plan.stations.iter().for_each(|station| names.stations.add(station));
        for workgroup in plan.workgroups.iter().filter(|workgroup| !workgroup.extension.is_empty()) {
            names.numbers.insert(workgroup.extension.clone(), Target::Queue(workgroup.queue.clone()));
        }
        for user in &plan.users {
            names.users.insert(user.user.as_str().to_lowercase(), user.user.clone());
            if !user.extension.is_empty() {
                names.numbers.insert(user.extension.clone(), Target::User(user.user.clone()));
                names.stations.add(&user.extension);
            }
        }
        names
    }

    pub(super) fn status(&self, name: &str) -> Option<&Arc<StatusPlan>> {
        self.statuses.get(name)
    }

    /// The status a user begins with.
    pub(super) fn first_status(&self, user: &UserPlan) -> Arc<StatusPlan> {
        let named = user.status.as_deref().and_then(|name| self.statuses.get(name));
        Arc::clone(named.unwrap_or(&self.status_list[0]))
    }
}

// === impl Exchange ===

impl Exchange {
    /// Logs an agent on; a session he already has is taken over. Answers with the number of the session and the snapshot.
    pub(in super::super) fn log_on(&mut self, now: Duration, who: &LogOn) -> Result<(AgentProfile, u64, SwitchEvent), Refusal> {
        self.now = now;
        let agent = self.known(&who.user)?;
        let user = who.user.clone();
        let cannot = |why: String| Refusal::CannotLogOn { user: user.clone(), why };
        if agent.plan.excluded_from_directory {
            return Err(cannot("the telephony server hides this user from its directory: clear that option of the user there".into()));
        }
        if agent.extension.is_empty() {
            return Err(cannot("the user has no extension: give the user one on the telephony server".into()));
        }
        let station = self.seat(agent, who.station.as_deref())?;
        let workgroups = agent.workgroups.iter().filter_map(|queue| self.workgroups.get(queue));
        let workgroups =
            workgroups.map(|workgroup| domain::Workgroup { id: workgroup.plan.queue.clone(), number: workgroup.plan.extension.clone() });
        let workgroups = workgroups.collect();

        let session = self.next();
        let agent = self.agents.get_mut(&user).ok_or_else(|| Refusal::UnknownUser(user.clone()))?;
        agent.session = Some(session);
        let profile = AgentProfile {
            user: user.clone(),
            first_name: agent.plan.first_name.clone(),
            last_name: agent.plan.last_name.clone(),
            extension: agent.plan.extension.clone(),
            station: station.clone(),
            email: agent.plan.email.clone(),
            workgroups,
            texts: Arc::clone(&self.plan.texts),
            kinds: vec![
                InteractionKind::Call,
                InteractionKind::Callback,
                InteractionKind::Chat,
                InteractionKind::Email,
                InteractionKind::GenericObject,
            ],
        };
        self.take_seat(&user, station);
        let snapshot = self.snapshot(self.known(&user)?);
        self.review(&user, true);
        self.settle();
        Ok((profile, session, snapshot))
    }

    /// Ends a session. The status stays. What rings goes back to its workgroup, or to voicemail; calls he talks on stay at his station
    /// until they end, and the next log-on shows them.
    pub(in super::super) fn log_off(&mut self, now: Duration, user: &UserId, session: u64) {
        self.now = now;
        if self.agents.get(user).and_then(|agent| agent.session) == Some(session) {
            self.end_session(user);
            self.settle();
        }
    }

    pub(super) fn end_session(&mut self, user: &UserId) {
        let Some(agent) = self.agents.get_mut(user) else { return };
        agent.session = None;
        let (calls, listening) = (agent.calls.clone(), agent.listening.clone());
        self.leave_seat(user);
        self.review(user, false);
        for call in listening {
            self.end_listening(call, user);
        }
        for call in calls {
            if self.leg_state(call, user) == Some(InteractionState::Alerting) {
                self.give_up_ringing(call, user);
            }
        }
        self.outputs.push(Output::Closed(user.clone()));
    }

    /// Sets a status. The agent's wrap-up is over with it: he has said what he is doing.
    pub(super) fn set_status(&mut self, user: &UserId, name: &str) -> Result<(), Refusal> {
        let status = self.names.status(name).cloned().ok_or_else(|| no_status(name))?;
        let unix = self.unix();
        let Some(agent) = self.agents.get_mut(user) else { return Ok(()) };
        if agent.status.name != status.name {
            agent.status_since = unix;
        }
        agent.status = status;
        let done = agent.wrap_up.take().and_then(WrapUp::over);
        self.outputs.push(Output::Event(user.clone(), SwitchEvent::Status(agent.status())));
        self.tell_later(done);
        self.review(user, false);
        Ok(())
    }

    /// An agent who is gone from the plan leaves when nothing keeps him.
    pub(super) fn retire(&mut self, user: &UserId) {
        let Some(agent) = self.agents.get(user) else { return };
        if !agent.gone || agent.load() > 0 {
            return;
        }
        if agent.session.is_some() {
            self.outputs.push(Output::Event(user.clone(), SwitchEvent::LoggedOff));
            self.end_session(user);
        }
        self.agents.remove(user);
    }

    /// The agent of that name, in exactly that case.
    pub(super) fn known(&self, user: &UserId) -> Result<&Agent, Refusal> {
        if let Some(agent) = self.agents.get(user).filter(|agent| !agent.gone) {
            return Ok(agent);
        }
        Err(match self.names.users.get(&user.as_str().to_lowercase()) {
            Some(known) => Refusal::UserCase { asked: user.clone(), known: known.clone() },
            None => Refusal::UnknownUser(user.clone()),
        })
    }
}

fn no_status(name: &str) -> Refusal {
    Refusal::SwitchRefused(format!("there is no status {name}: create it on the telephony server or map another one"))
}
