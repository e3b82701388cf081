//! An agent as a claim plays him: he asks, and he waits for what his feed says. And the plan all claims start from.

use super::World;
use crate::{
    domain::{
        AgentStatus, EndCause, Interaction, InteractionId, InteractionState, Refusal, SwitchAnswer, SwitchEvent, SwitchRequest, UserId,
    },
    switch::{
        AgentLine,
        embedded::{Caller, Plan, Reach, StatusPlan, UserPlan, WorkgroupPlan},
    },
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::timeout;

/// No claim waits longer, in paused time.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);

/// Ready for workgroups.
pub(in crate::switch) const AVAILABLE: &str = "Available";
/// Rings directly, not from workgroups.
pub(in crate::switch) const NO_ACD: &str = "Available, No ACD";
/// Nothing rings.
pub(in crate::switch) const LUNCH: &str = "At Lunch";

/// An agent who is logged on.
pub(in crate::switch) struct Agent {
    pub(in crate::switch) user: UserId,
    pub(in crate::switch) line: AgentLine,
    pub(in crate::switch) status: AgentStatus,
    /// His calls as the feed tells them.
    pub(in crate::switch) calls: BTreeMap<InteractionId, Interaction>,
    /// What ended, in order.
    pub(in crate::switch) ended: Vec<(InteractionId, EndCause)>,
    /// See [`World::news`].
    news: Duration,
    /// See [`World::patience`].
    patience: Duration,
}

impl Agent {
    /// Logs on in [`NO_ACD`] or whatever status he has.
    pub(in crate::switch) async fn log_on(world: &impl World, user: &str) -> Self {
        Self { news: world.news(), patience: world.patience(), ..Self::on(user, world.line(user).await).await }
    }

    /// Logs on and becomes available.
    pub(in crate::switch) async fn ready(world: &impl World, user: &str) -> Self {
        let mut agent = Self::log_on(world, user).await;
        agent.set_status(AVAILABLE).await;
        agent
    }

    /// Reads the snapshot of a line.
    pub(in crate::switch) async fn on(user: &str, mut line: AgentLine) -> Self {
        match timeout(PATIENCE, line.feed.next()).await {
            Ok(Some(SwitchEvent::Snapshot { status, interactions })) => {
                let calls = interactions.into_iter().map(|call| (call.id.clone(), call)).collect();
                Self { user: user.into(), line, status, calls, ended: Vec::new(), news: Duration::from_millis(1), patience: PATIENCE }
            }
            other => panic!("the feed of {user} starts with {other:?}"),
        }
    }

    pub(in crate::switch) async fn ask(&self, request: SwitchRequest) -> Result<SwitchAnswer, Refusal> {
        self.line.requests.request(request).await
    }

    /// Asks what must be done.
    pub(in crate::switch) async fn must(&self, request: SwitchRequest) {
        if let Err(refusal) = self.ask(request.clone()).await {
            panic!("{} asked for {request:?} and was refused: {refusal}", self.user);
        }
    }

    /// Asks what must make an interaction.
    pub(in crate::switch) async fn makes(&self, request: SwitchRequest) -> Interaction {
        match self.ask(request.clone()).await {
            Ok(SwitchAnswer::Interaction(made)) => *made,
            other => panic!("{request:?} was answered with {other:?}"),
        }
    }

    /// Asks what must be refused, and gives back the words.
    pub(in crate::switch) async fn refused(&mut self, request: SwitchRequest) -> String {
        self.rest().await;
        let refusal = match self.ask(request.clone()).await {
            Err(refusal) => refusal.to_string(),
            Ok(answer) => panic!("{} may {request:?}: {answer:?}", self.user),
        };
        assert!(self.is_quiet().await, "a refused {request:?} had an effect");
        refusal
    }

    pub(in crate::switch) async fn set_status(&mut self, status: &str) {
        self.must(SwitchRequest::SetStatus(status.into())).await;
        self.until(&format!("the status is {status}"), |agent| &*agent.status.name == status).await;
    }

    /// A caller reaches this agent directly, and it rings.
    pub(in crate::switch) async fn rung(&mut self, world: &impl World, number: &str) -> InteractionId {
        let call = world.call_in(caller(number), Reach::User(self.user.clone())).await;
        self.until_state(&call, InteractionState::Alerting).await;
        call
    }

    /// A caller reaches this agent directly, and they talk.
    pub(in crate::switch) async fn called(&mut self, world: &impl World, number: &str) -> InteractionId {
        let call = self.rung(world, number).await;
        self.answer(&call).await;
        call
    }

    pub(in crate::switch) async fn answer(&mut self, call: &InteractionId) {
        self.must(SwitchRequest::Answer(call.clone())).await;
        self.until_state(call, InteractionState::Connected).await;
    }

    /// Answers a callback, and waits until its customer has.
    pub(in crate::switch) async fn answer_callback(&mut self, wish: &InteractionId) {
        self.must(SwitchRequest::Answer(wish.clone())).await;
        self.until_state(wish, InteractionState::Connected).await;
    }

    pub(in crate::switch) async fn hold(&mut self, call: &InteractionId) {
        self.must(SwitchRequest::Hold(call.clone())).await;
        self.until_state(call, InteractionState::Held).await;
    }

    /// Consults, and waits until the consultation is heard of.
    pub(in crate::switch) async fn consult(&mut self, call: &InteractionId, destination: &str) -> InteractionId {
        let made = self.makes(SwitchRequest::Consult { call: call.clone(), destination: destination.into() }).await;
        assert_eq!(made.state, InteractionState::Dialing);
        self.until_state(&made.id, InteractionState::Dialing).await;
        made.id
    }

    /// Reads the feed until the call is in this state.
    pub(in crate::switch) async fn until_state(&mut self, call: &InteractionId, state: InteractionState) -> Interaction {
        self.until(&format!("call {call} is {}", state.word()), |agent| agent.calls.get(call).is_some_and(|call| call.state == state))
            .await;
        self.calls[call].clone()
    }

    /// Reads the feed until some call is in this state.
    pub(in crate::switch) async fn until_any(&mut self, state: InteractionState) -> Interaction {
        self.until(&format!("a call is {}", state.word()), |agent| agent.calls.values().any(|call| call.state == state)).await;
        self.calls.values().find(|call| call.state == state).cloned().unwrap()
    }

    /// Reads the feed until the call has ended, and says why.
    pub(in crate::switch) async fn until_ended(&mut self, call: &InteractionId) -> EndCause {
        self.until(&format!("call {call} has ended"), |agent| agent.ended.iter().any(|(id, _)| id == call)).await;
        self.ended.iter().rev().find(|(id, _)| id == call).unwrap().1
    }

    /// Reads the feed until something is so.
    pub(in crate::switch) async fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) {
        while !so(self) {
            match timeout(self.patience, self.line.feed.next()).await {
                Ok(Some(event)) => self.hear(event),
                Ok(None) => panic!("{} waited until {what}, but his feed has closed", self.user),
                Err(late) => panic!("{} waited in vain ({late}) until {what}; his calls: {:#?}", self.user, self.calls),
            }
        }
    }

    /// Reads what there is.
    pub(in crate::switch) async fn rest(&mut self) {
        while let Ok(Some(event)) = timeout(self.news, self.line.feed.next()).await {
            self.hear(event);
        }
    }

    /// Does nothing come?
    pub(in crate::switch) async fn is_quiet(&mut self) -> bool {
        timeout(self.news, self.line.feed.next()).await.is_err()
    }

    pub(in crate::switch) fn state(&self, call: &InteractionId) -> Option<InteractionState> {
        self.calls.get(call).map(|call| call.state)
    }

    fn hear(&mut self, event: SwitchEvent) {
        match event {
            SwitchEvent::Interaction(call) => {
                if let InteractionState::Ended(cause) = call.state {
                    // The feed may have merged its beginning into its end.
                    self.calls.remove(&call.id);
                    self.ended.push((call.id, cause));
                } else {
                    self.calls.insert(call.id.clone(), call);
                }
            }
            SwitchEvent::Status(status) => self.status = status,
            other => panic!("{} hears {other:?}", self.user),
        }
    }
}

/// A caller with this number.
pub(in crate::switch) fn caller(number: &str) -> Caller {
    Caller { number: number.into(), name: "Customer".into(), dialed: "+4962277".into(), ..Caller::default() }
}

/// Four agents who begin in [`NO_ACD`], two workgroups, and users who cannot log on.
pub(in crate::switch) fn plan() -> Plan {
    let user = |name: &str, first: &str, extension: &str| UserPlan {
        user: name.into(),
        first_name: first.into(),
        last_name: "Agent".into(),
        extension: extension.into(),
        email: format!("{name}@example.com"),
        excluded_from_directory: name == "hidden",
        status: Some(NO_ACD.into()),
    };
    let status =
        |name: &str, acd: bool, do_not_disturb: bool, selectable: bool| StatusPlan { name: name.into(), acd, do_not_disturb, selectable };
    let workgroup = |name: &str, extension: &str, members: &[&str]| WorkgroupPlan {
        queue: name.into(),
        extension: extension.into(),
        members: members.iter().map(|member| UserId::new(Arc::from(*member))).collect(),
    };
    Plan {
        users: vec![
            user("anna", "Anna", "1001"),
            user("bert", "Bert", "1002"),
            user("emil", "Emil", "1003"),
            user("dora", "Dora", "1004"),
            user("hidden", "Hidden", "1005"),
            user("mute", "Mute", ""),
        ],
        stations: vec!["desk-1".into()],
        statuses: vec![
            status(AVAILABLE, true, false, true),
            status(NO_ACD, false, false, true),
            status(LUNCH, false, true, true),
            status(StatusPlan::NOT_ANSWERING, false, true, false),
        ],
        workgroups: vec![workgroup("Sales", "2001", &["anna", "bert", "emil"]), workgroup("Support", "2002", &["emil"])],
        offering: Duration::from_secs(15),
        answer_after: Some(Duration::from_secs(2)),
        no_answer: Duration::from_mins(1),
        failing: vec!["+49000".into()],
        silent: vec!["+49111".into()],
        ..Plan::default()
    }
}
