//! Workgroups: who is offered what and when, ringing in vain, rejecting, wrap-up, figures.

use super::{
    World,
    agent::{AVAILABLE, Agent, LUNCH, NO_ACD, caller, plan},
};
use crate::{
    domain::{AfterReject, EndCause, InteractionId, InteractionState, QueueFigures, SwitchRequest},
    switch::embedded::{Plan, Reach, StatusPlan},
};
use std::time::Duration;

use InteractionState::{Alerting, Connected};

async fn sales(world: &impl World, number: &str) -> InteractionId {
    world.call_in(caller(number), Reach::Queue("Sales".into())).await
}

async fn requeue(agent: &Agent, call: &InteractionId, status: Option<&str>) {
    let after = AfterReject::Requeue;
    agent.must(SwitchRequest::Reject { interaction: call.clone(), status: status.map(Into::into), after }).await;
}

pub(in crate::switch) async fn a_workgroups_call_is_offered_with_its_queue<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = sales(&world, "+4930").await;
    let seen = anna.until_state(&call, Alerting).await;
    assert_eq!(seen.queue, Some("Sales".into()));
    assert_eq!(seen.attributes.get("Eic_WorkgroupName").map(String::as_str), Some("Sales"));
    anna.answer(&call).await;
}

pub(in crate::switch) async fn the_agent_who_has_been_idle_longest_is_offered_the_call<W: World>() {
    let world = W::start(plan()).await;
    let mut bert = Agent::ready(&world, "bert").await;
    let mut anna = Agent::ready(&world, "anna").await;
    let first = sales(&world, "+491").await;
    bert.until_state(&first, Alerting).await;
    bert.answer(&first).await;
    bert.must(SwitchRequest::Disconnect(first)).await;
    let second = sales(&world, "+492").await;
    anna.until_state(&second, Alerting).await;
}

pub(in crate::switch) async fn an_agent_who_is_not_in_an_acd_status_is_offered_nothing<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = sales(&world, "+4930").await;
    assert!(anna.is_quiet().await);
    anna.set_status(AVAILABLE).await;
    anna.until_state(&call, Alerting).await;
}

pub(in crate::switch) async fn an_agent_who_talks_is_offered_nothing_until_he_hangs_up<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let direct = anna.called(&world, "+491").await;
    let call = sales(&world, "+492").await;
    assert!(anna.is_quiet().await);
    anna.must(SwitchRequest::Disconnect(direct)).await;
    anna.until_state(&call, Alerting).await;
}

pub(in crate::switch) async fn an_agent_takes_as_many_calls_as_the_plan_says<W: World>() {
    let world = W::start(Plan { calls_per_agent: 7, ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    for n in 0..9 {
        sales(&world, &format!("+49{n}")).await;
    }
    anna.rest().await;
    assert_eq!(anna.calls.len(), 7);
}

pub(in crate::switch) async fn with_room_for_several_the_agent_with_fewer_calls_comes_first<W: World>() {
    let world = W::start(Plan { calls_per_agent: 3, ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let mut bert = Agent::ready(&world, "bert").await;
    for n in 0..4 {
        sales(&world, &format!("+49{n}")).await;
    }
    anna.rest().await;
    bert.rest().await;
    assert_eq!((anna.calls.len(), bert.calls.len()), (2, 2));
}

pub(in crate::switch) async fn the_call_that_has_waited_longest_is_offered_first<W: World>() {
    let world = W::start(plan()).await;
    let first = sales(&world, "+491").await;
    sales(&world, "+492").await;
    let mut anna = Agent::ready(&world, "anna").await;
    assert_eq!(anna.until_any(Alerting).await.id, first);
}

pub(in crate::switch) async fn a_member_of_two_workgroups_gets_the_call_that_has_waited_longest_in_either<W: World>() {
    let world = W::start(plan()).await;
    let support = world.call_in(caller("+491"), Reach::Queue("Support".into())).await;
    sales(&world, "+492").await;
    let mut emil = Agent::ready(&world, "emil").await;
    let seen = emil.until_any(Alerting).await;
    assert_eq!((seen.id, seen.queue), (support, Some("Support".into())));
}

pub(in crate::switch) async fn a_call_that_rings_in_vain_goes_on_to_the_next_agent<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let mut bert = Agent::ready(&world, "bert").await;
    let call = sales(&world, "+4930").await;
    anna.until_state(&call, Alerting).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Rerouted);
    bert.until_state(&call, Alerting).await;
    assert_eq!(&*anna.status.name, StatusPlan::NOT_ANSWERING);
    assert!(anna.is_quiet().await);
}

pub(in crate::switch) async fn a_call_that_rings_in_vain_waits_for_the_next_free_agent<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = sales(&world, "+4930").await;
    anna.until_state(&call, Alerting).await;
    anna.until_ended(&call).await;
    assert!(anna.is_quiet().await);
    anna.set_status(AVAILABLE).await;
    anna.until_state(&call, Alerting).await;
}

pub(in crate::switch) async fn whoever_lets_a_call_ring_in_vain_is_shown_so_by_the_guides_name_too<W: World>() {
    let mut plan = plan();
    plan.statuses.retain(|status| &*status.name != StatusPlan::NOT_ANSWERING);
    plan.statuses.push(StatusPlan { name: StatusPlan::NOT_ANSWERING_TOO.into(), acd: false, do_not_disturb: true, selectable: false });
    let world = W::start(plan).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = sales(&world, "+4930").await;
    anna.until_ended(&call).await;
    anna.until("she is shown not to answer", |anna| &*anna.status.name == StatusPlan::NOT_ANSWERING_TOO).await;
}

pub(in crate::switch) async fn a_rejected_call_goes_to_the_next_agent_and_not_back<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = sales(&world, "+4930").await;
    anna.until_state(&call, Alerting).await;
    requeue(&anna, &call, Some(LUNCH)).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Rerouted);
    assert_eq!(&*anna.status.name, LUNCH, "the status is told before the call is gone");
    assert!(anna.is_quiet().await);
    let mut bert = Agent::ready(&world, "bert").await;
    bert.until_state(&call, Alerting).await;
}

pub(in crate::switch) async fn a_rejected_call_overtakes_those_that_have_waited_longer<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let early = sales(&world, "+491").await;
    let late = sales(&world, "+492").await;
    anna.until_state(&early, Alerting).await;
    anna.answer(&early).await;
    let mut bert = Agent::ready(&world, "bert").await;
    bert.until_state(&late, Alerting).await;
    let waiting = sales(&world, "+493").await;
    requeue(&bert, &late, Some(LUNCH)).await;
    anna.must(SwitchRequest::Disconnect(early)).await;
    assert_eq!(anna.until_any(Alerting).await.id, late);
    let mut emil = Agent::ready(&world, "emil").await;
    assert_eq!(emil.until_any(Alerting).await.id, waiting);
}

pub(in crate::switch) async fn a_caller_who_gives_up_waiting_is_offered_to_nobody<W: World>() {
    let world = W::start(plan()).await;
    let call = sales(&world, "+4930").await;
    world.hang_up(&call).await;
    assert!(Agent::ready(&world, "anna").await.is_quiet().await);
}

pub(in crate::switch) async fn a_caller_who_gives_up_while_it_rings_ends_the_offer<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = sales(&world, "+4930").await;
    anna.until_state(&call, Alerting).await;
    world.hang_up(&call).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::RemoteDisconnect);
    assert_eq!(&*anna.status.name, AVAILABLE);
}

pub(in crate::switch) async fn what_a_workgroup_offers_at_a_log_off_goes_to_the_next_agent<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let mut bert = Agent::ready(&world, "bert").await;
    let call = sales(&world, "+4930").await;
    anna.until_state(&call, Alerting).await;
    anna.line.requests.log_off().await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Rerouted);
    bert.until_state(&call, Alerting).await;
}

pub(in crate::switch) async fn an_agent_wraps_up_before_the_next_call<W: World>() {
    let world = W::start(Plan { wrap_up: Duration::from_secs(30), ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let first = sales(&world, "+491").await;
    anna.until_state(&first, Alerting).await;
    anna.answer(&first).await;
    let second = sales(&world, "+492").await;
    let start = tokio::time::Instant::now();
    anna.must(SwitchRequest::Disconnect(first)).await;
    anna.until_state(&second, Alerting).await;
    assert!(start.elapsed() >= Duration::from_secs(30));
}

pub(in crate::switch) async fn who_sets_his_status_has_wrapped_up<W: World>() {
    let world = W::start(Plan { wrap_up: Duration::from_secs(30), ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let first = sales(&world, "+491").await;
    anna.until_state(&first, Alerting).await;
    anna.answer(&first).await;
    anna.must(SwitchRequest::Disconnect(first)).await;
    let second = sales(&world, "+492").await;
    let start = tokio::time::Instant::now();
    anna.set_status(AVAILABLE).await;
    anna.until_state(&second, Alerting).await;
    assert!(start.elapsed() < Duration::from_secs(1));
}

/// A plan in which the work after a call has a status of its own.
fn with_wrap_up() -> Plan {
    let mut plan = Plan { wrap_up: Duration::from_secs(30), ..plan() };
    plan.statuses.push(StatusPlan { name: StatusPlan::WRAP_UP.into(), acd: false, do_not_disturb: true, selectable: true });
    plan
}

/// A call of the workgroup is taken and ended by this agent.
async fn work_on(agent: &mut Agent, world: &impl World, number: &str) {
    let call = sales(world, number).await;
    agent.until_state(&call, Alerting).await;
    agent.answer(&call).await;
    agent.must(SwitchRequest::Disconnect(call)).await;
}

pub(in crate::switch) async fn the_work_after_a_call_is_shown_as_a_status_until_it_ends<W: World>() {
    let world = W::start(with_wrap_up()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    work_on(&mut anna, &world, "+491").await;
    let start = tokio::time::Instant::now();
    anna.until("she wraps up", |anna| &*anna.status.name == StatusPlan::WRAP_UP).await;
    assert!(start.elapsed() < Duration::from_secs(1));
    anna.until("her time is over", |anna| &*anna.status.name == AVAILABLE).await;
    assert!(start.elapsed() >= Duration::from_secs(30));
    work_on(&mut anna, &world, "+492").await;
    let next = sales(&world, "+493").await;
    anna.until("she wraps up", |anna| &*anna.status.name == StatusPlan::WRAP_UP).await;
    let start = tokio::time::Instant::now();
    anna.set_status(AVAILABLE).await;
    anna.until_state(&next, Alerting).await;
    assert!(start.elapsed() < Duration::from_secs(1));
}

pub(in crate::switch) async fn whoever_was_not_available_keeps_his_status_after_a_call<W: World>() {
    let world = W::start(with_wrap_up()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = sales(&world, "+491").await;
    anna.until_state(&call, Alerting).await;
    anna.answer(&call).await;
    anna.set_status(LUNCH).await;
    anna.must(SwitchRequest::Disconnect(call)).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    anna.rest().await;
    assert_eq!(&*anna.status.name, LUNCH);
}

pub(in crate::switch) async fn a_direct_call_leaves_no_wrap_up<W: World>() {
    let world = W::start(Plan { wrap_up: Duration::from_secs(30), ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let direct = anna.called(&world, "+491").await;
    let call = sales(&world, "+492").await;
    let start = tokio::time::Instant::now();
    anna.must(SwitchRequest::Disconnect(direct)).await;
    anna.until_state(&call, Alerting).await;
    assert!(start.elapsed() < Duration::from_secs(1));
}

pub(in crate::switch) async fn the_directory_has_the_figures_of_the_moment<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let mut bert = Agent::ready(&world, "bert").await;
    let _emil = Agent::log_on(&world, "emil").await;
    let call = sales(&world, "+491").await;
    anna.until_state(&call, Alerting).await;
    bert.set_status(NO_ACD).await;
    let waiting = sales(&world, "+492").await;
    let directory = world.switch().directory().await.unwrap();
    let queue = directory.queues.iter().find(|queue| queue.id == "Sales".into()).unwrap();
    let figures = QueueFigures { agents_logged_on: 3, waiting: 1, ..QueueFigures::default() };
    assert_eq!((queue.figures, queue.number.as_str()), (Some(figures), "2001"));
    let presence = |user: &str| directory.users.iter().find(|each| each.user == user.into()).map(|each| each.presence);
    assert_eq!((presence("anna"), presence("bert"), presence("dora")), (Some("busy"), Some("available"), Some("logged_off")));
    assert_eq!(presence("hidden"), None);
    let at = |station: &str| directory.stations.iter().find(|each| each.name == station).map(|each| each.user.clone());
    assert_eq!((at("desk-1"), at("1001"), at("moon")), (Some(None), Some(Some("anna".into())), None));
    let mut selectable: Vec<_> = directory.statuses.iter().filter(|entry| entry.selectable).map(|entry| &*entry.status.name).collect();
    selectable.sort_unstable();
    assert_eq!(selectable, [LUNCH, AVAILABLE, NO_ACD]);
    assert!(world.switch().health().up);

    // Both calls wait on; one is answered, the other gives up.
    tokio::time::sleep(Duration::from_secs(10)).await;
    anna.answer(&call).await;
    world.hang_up(&waiting).await;
    let third = sales(&world, "+493").await;
    tokio::time::sleep(Duration::from_secs(7)).await;
    let directory = world.switch().directory().await.unwrap();
    let figures = directory.queues.iter().find(|queue| queue.id == "Sales".into()).and_then(|queue| queue.figures).unwrap();
    assert_eq!((figures.waiting, figures.longest_wait, figures.answered, figures.abandoned), (1, 7, 1, 1), "{third}");
    let anna = directory.users.iter().find(|user| user.user == "anna".into()).and_then(|user| user.figures.clone()).unwrap();
    assert_eq!((&*anna.status, anna.items), (AVAILABLE, 1));
}

pub(in crate::switch) async fn a_workgroup_may_have_no_agent_and_its_callers_wait<W: World>() {
    let world = W::start(plan()).await;
    let call = world.call_in(caller("+4930"), Reach::Queue("Support".into())).await;
    assert!(Agent::ready(&world, "anna").await.is_quiet().await);
    let mut emil = Agent::ready(&world, "emil").await;
    emil.until_state(&call, Alerting).await;
    emil.answer(&call).await;
    assert_eq!(emil.state(&call), Some(Connected));
}
