//! The battery, run against the embedded switch; and what only the embedded switch has: the view from outside, another plan, its mailbox.

use super::{CallPicture, Caller, Embedded, Plan, Reach, Stage, actor};
use crate::{
    domain::{Author, EndCause, InteractionId, InteractionState, Posting, Refusal, SwitchEvent, SwitchRequest, UserId},
    switch::{
        Directory, LogOn, Switch,
        battery::{
            World,
            agent::{AVAILABLE, Agent, LUNCH, NO_ACD, caller, plan},
        },
    },
};
use std::{sync::Arc, time::Duration};

impl World for Embedded {
    async fn start(plan: Plan) -> Self {
        Self::start(plan)
    }

    fn switch(&self) -> &dyn Switch {
        self
    }

    async fn call_in(&self, caller: Caller, reach: Reach) -> InteractionId {
        self.call_in(caller, reach).await.unwrap()
    }

    async fn hang_up(&self, call: &InteractionId) {
        self.hang_up(call).await;
    }

    async fn say(&self, chat: &InteractionId, text: &str) {
        self.say(chat, text).await;
    }

    async fn types(&self, chat: &InteractionId, on: bool) {
        self.types(chat, on).await;
    }

    async fn heard_by_customer(&self, chat: &InteractionId) -> Vec<String> {
        let picture = self.watch(chat).await.unwrap().borrow().clone();
        let by_agent = |posting: &&std::sync::Arc<Posting>| matches!(posting.author, Author::Agent(_));
        picture.postings.iter().filter(by_agent).map(|posting| posting.text.to_string()).collect()
    }

    async fn answer_outside(&self, call: &InteractionId) {
        self.answer_outside(call).await;
    }

    async fn use_client(&self, user: &str, station: Option<&str>) {
        self.use_client(&user.into(), station).await.unwrap();
    }

    async fn voicemail(&self, user: &UserId) -> Vec<String> {
        self.voicemail(user).await
    }
}

crate::switch::battery::battery!(crate::switch::embedded::Embedded);

fn without(user: &str, mut plan: Plan) -> Plan {
    plan.users.retain(|each| each.user.as_str() != user);
    plan
}

#[tokio::test(start_paused = true)]
async fn a_caller_can_be_followed_until_he_hangs_up() {
    let switch = Embedded::start(plan());
    let call = switch.call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    let waiting = switch.wait_for(&call, |picture| picture.stage == Stage::Waiting).await.unwrap();
    assert_eq!((waiting.queue, waiting.outside), (Some("Sales".into()), vec!["+4930".to_owned()]));
    let mut anna = Agent::ready(&switch, "anna").await;
    switch.wait_for(&call, |picture| picture.stage == Stage::Ringing).await.unwrap();
    let mut watch = switch.watch(&call).await.unwrap();
    anna.answer(&call).await;
    assert!(watch.wait_for(|picture| picture.talks(&"anna".into())).await.is_ok());
    assert_eq!(watch.borrow().stage, Stage::Talking);
    anna.hold(&call).await;
    switch.wait_for(&call, |picture| picture.stage == Stage::OnHold).await.unwrap();
    switch.hang_up(&call).await;
    assert!(watch.wait_for(|picture| picture.stage == Stage::Over).await.is_ok());
    assert_eq!(switch.watch(&call).await.map(|watch| watch.borrow().clone()), None);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_was_not_answered_is_seen_to_leave_a_message() {
    let switch = Embedded::start(plan());
    let mut anna = Agent::log_on(&switch, "anna").await;
    let call = anna.rung(&switch, "+4930").await;
    let end = switch.wait_for(&call, CallPicture::is_over).await.unwrap();
    assert_eq!(end.stage, Stage::Voicemail("anna".into()));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_what_never_comes_ends_with_the_call() {
    let switch = Embedded::start(plan());
    let mut anna = Agent::log_on(&switch, "anna").await;
    let call = anna.rung(&switch, "+4930").await;
    assert_eq!(switch.wait_for(&call, |picture| picture.stage == Stage::Talking).await, None);
}

#[tokio::test]
async fn nobody_and_nowhere_cannot_be_called() {
    let switch = Embedded::start(plan());
    assert_eq!(switch.call_in(caller("1"), Reach::User("ANNA".into())).await.unwrap_err().to_string().matches("anna").count(), 1);
    let nowhere = switch.call_in(caller("1"), Reach::Queue("Nowhere".into())).await;
    assert_eq!(nowhere, Err(Refusal::UnknownDestination("Nowhere".into())));
}

#[tokio::test(start_paused = true)]
async fn who_is_gone_from_the_plan_is_logged_off_at_once_or_after_his_last_call() {
    let switch = Embedded::start(plan());
    let mut idle = Agent::log_on(&switch, "bert").await;
    let mut anna = Agent::log_on(&switch, "anna").await;
    let call = anna.called(&switch, "+4930").await;
    switch.replan(without("bert", without("anna", plan()))).await;
    assert_eq!(idle.line.feed.next().await, Some(SwitchEvent::LoggedOff));
    assert_eq!(idle.line.feed.next().await, None);
    assert!(anna.is_quiet().await);
    assert!(matches!(switch.log_on(LogOn { user: "anna".into(), station: None }).await, Err(Refusal::UnknownUser(_))));
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
    assert_eq!(anna.line.feed.next().await, Some(SwitchEvent::LoggedOff));
    switch.replan(plan()).await;
    Agent::log_on(&switch, "anna").await;
}

#[tokio::test(start_paused = true)]
async fn callers_of_a_workgroup_that_is_gone_are_still_served() {
    let switch = Embedded::start(plan());
    let call = switch.call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    switch.replan(Plan { workgroups: Vec::new(), ..plan() }).await;
    assert!(switch.directory().await.unwrap().queues.is_empty());
    assert!(switch.call_in(caller("+4931"), Reach::Queue("Sales".into())).await.is_err());
    let mut anna = Agent::ready(&switch, "anna").await;
    anna.until_state(&call, InteractionState::Alerting).await;
    anna.until_ended(&call).await;
    anna.set_status(AVAILABLE).await;
    anna.until_state(&call, InteractionState::Alerting).await;
}

#[tokio::test(start_paused = true)]
async fn who_has_a_status_that_is_gone_gets_his_first_one() {
    let switch = Embedded::start(plan());
    let mut anna = Agent::log_on(&switch, "anna").await;
    anna.set_status(LUNCH).await;
    let mut new = plan();
    new.statuses.retain(|status| &*status.name != LUNCH);
    switch.replan(new).await;
    anna.until("the status has changed", |agent| &*agent.status.name == NO_ACD).await;
}

#[tokio::test(start_paused = true)]
async fn a_new_member_of_a_workgroup_gets_its_waiting_call() {
    let switch = Embedded::start(plan());
    let mut dora = Agent::ready(&switch, "dora").await;
    let call = switch.call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    assert!(dora.is_quiet().await);
    let mut new = plan();
    new.workgroups[0].members.push("dora".into());
    switch.replan(new).await;
    dora.until_state(&call, InteractionState::Alerting).await;
}

#[tokio::test]
async fn a_full_mailbox_refuses_at_once() {
    let switch = Embedded::start(plan());
    let anna = Agent::log_on(&switch, "anna").await;
    // The switch cannot run while this test does not wait.
    let pending: Vec<_> = (0..actor::MAILBOX).map(|_| anna.line.requests.request(SwitchRequest::SetStatus(LUNCH.into()))).collect();
    let refused = anna.line.requests.request(SwitchRequest::SetStatus(LUNCH.into())).await;
    assert_eq!(refused, Err(Refusal::Busy("anna".into())));
    assert_eq!(switch.directory().await, Err(Refusal::SwitchUnavailable));
    for answer in pending {
        assert!(answer.await.is_ok());
    }
    assert!(switch.directory().await.is_ok());
}

#[tokio::test]
async fn a_log_on_that_nobody_waits_for_any_more_is_undone() {
    let switch = Embedded::start(plan());
    drop(switch.log_on(LogOn { user: "anna".into(), station: None }));
    let directory = switch.directory().await.unwrap();
    assert!(directory.users.iter().all(|user| user.presence == "logged_off"));
}

#[tokio::test(start_paused = true)]
async fn the_directory_follows_calls_within_a_second_and_agents_at_once() {
    let switch = Embedded::start(plan());
    let _anna = Agent::log_on(&switch, "anna").await;
    let first = switch.directory().await.unwrap();
    switch.call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    assert!(Arc::ptr_eq(&first, &switch.directory().await.unwrap()), "nothing is made anew within the second");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let waiting = |directory: &Directory| directory.queues[0].figures.unwrap().waiting;
    let second = switch.directory().await.unwrap();
    assert_eq!((waiting(&first), waiting(&second)), (0, 1));
    let _bert = Agent::log_on(&switch, "bert").await;
    let logged_on = |directory: &Directory| directory.users.iter().filter(|user| user.presence != "logged_off").count();
    assert_eq!((logged_on(&second), logged_on(&switch.directory().await.unwrap())), (1, 2));
    switch.replan(Plan { stations: vec!["desk-9".into()], ..plan() }).await;
    assert!(switch.directory().await.unwrap().stations.iter().any(|station| station.name == "desk-9"));
}

#[tokio::test]
async fn health_counts_agents_and_calls() {
    let switch = Embedded::start(plan());
    let _anna = Agent::log_on(&switch, "anna").await;
    switch.call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    let _settled = switch.directory().await;
    let health = switch.health();
    assert!(health.up);
    assert_eq!(health.detail, "embedded switch, agents logged on: 1, calls: 1");
}

#[tokio::test]
async fn the_switch_ends_with_its_last_user() {
    let switch = Embedded::start(plan());
    let mut anna = Agent::log_on(&switch, "anna").await.line;
    drop(switch);
    assert!(anna.requests.request(SwitchRequest::SetStatus(LUNCH.into())).await.is_ok());
    drop(anna.requests);
    while anna.feed.next().await.is_some() {}
}
