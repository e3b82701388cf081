//! Consultation, warm, half-warm and blind transfer.

use super::{
    World,
    agent::{AVAILABLE, Agent, LUNCH, caller, plan},
};
use crate::{
    domain::{EndCause, InteractionId, InteractionState, Refusal, SwitchRequest},
    switch::embedded::Reach,
};

use InteractionState::{Alerting, Connected, Dialing, Held};

fn complete(call: &InteractionId, consultation: &InteractionId) -> SwitchRequest {
    SwitchRequest::CompleteTransfer { call: call.clone(), consultation: consultation.clone() }
}

fn blind(call: &InteractionId, destination: &str) -> SwitchRequest {
    SwitchRequest::BlindTransfer { call: call.clone(), destination: destination.into() }
}

async fn with_data(agent: &mut Agent, call: &InteractionId) {
    agent.must(SwitchRequest::SetAttachedData { interaction: call.clone(), data: Some("<customer/>".into()) }).await;
    agent.until("the data are there", |agent| agent.calls[call].attached_data.is_some()).await;
}

pub(in crate::switch) async fn a_consultation_holds_the_call_and_carries_its_data_along<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.called(&world, "+4930").await;
    with_data(&mut anna, &call).await;
    let consultation = anna.consult(&call, "1002").await;
    anna.until_state(&call, Held).await;
    assert_eq!(anna.calls[&consultation].consultation_for, Some(call));
    let seen = bert.until_state(&consultation, Alerting).await;
    assert_eq!(seen.attached_data.as_deref(), Some("<customer/>"));
    bert.answer(&consultation).await;
    anna.until_state(&consultation, Connected).await;
}

pub(in crate::switch) async fn a_consultation_outlives_the_call_it_is_for<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+491").await;
    let consultation = anna.consult(&call, "+492").await;
    anna.until_state(&consultation, Connected).await;
    world.hang_up(&call).await;
    anna.until_ended(&call).await;
    anna.until("it is a call like any other", |agent| agent.calls[&consultation].consultation_for.is_none()).await;
}

pub(in crate::switch) async fn a_consultation_that_fails_leaves_the_call_on_hold<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+491").await;
    let consultation = anna.consult(&call, "+49000").await;
    assert_eq!(anna.until_ended(&consultation).await, EndCause::Failed);
    assert_eq!(anna.state(&call), Some(Held));
}

pub(in crate::switch) async fn an_impossible_consultation_leaves_the_call_alone<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+491").await;
    anna.refused(SwitchRequest::Consult { call: call.clone(), destination: "nobody".into() }).await;
    anna.refused(SwitchRequest::Consult { call: call.clone(), destination: String::new() }).await;
    assert_eq!(anna.state(&call), Some(Connected));
    let ringing = anna.rung(&world, "+492").await;
    anna.refused(SwitchRequest::Consult { call: ringing, destination: "1002".into() }).await;
}

pub(in crate::switch) async fn a_warm_transfer_gives_the_consulted_agent_the_customers_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.called(&world, "+4930").await;
    with_data(&mut anna, &call).await;
    let consultation = anna.consult(&call, "1002").await;
    bert.until_state(&consultation, Alerting).await;
    bert.answer(&consultation).await;
    anna.until_state(&consultation, Connected).await;
    anna.must(complete(&call, &consultation)).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Transferred);
    assert_eq!(anna.until_ended(&consultation).await, EndCause::Transferred);
    bert.until_ended(&consultation).await;
    let seen = bert.until_state(&call, Connected).await;
    assert_eq!(seen.attached_data.as_deref(), Some("<customer/>"));
    assert_eq!(seen.parties.iter().map(|party| party.address.as_str()).collect::<Vec<_>>(), ["+4930"]);
    world.hang_up(&call).await;
    assert_eq!(bert.until_ended(&call).await, EndCause::RemoteDisconnect);
    anna.rest().await;
    assert!(anna.calls.is_empty() && bert.calls.is_empty());
}

pub(in crate::switch) async fn a_warm_transfer_works_after_alternating<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.called(&world, "+4930").await;
    let consultation = anna.consult(&call, "1002").await;
    bert.until_state(&consultation, Alerting).await;
    bert.answer(&consultation).await;
    anna.until_state(&consultation, Connected).await;
    anna.must(SwitchRequest::Alternate { hold: consultation.clone(), pick_up: call.clone() }).await;
    anna.must(complete(&call, &consultation)).await;
    bert.until_state(&call, Connected).await;
}

pub(in crate::switch) async fn a_transfer_while_the_consultation_rings_lets_the_customer_ring_there<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.called(&world, "+4930").await;
    let consultation = anna.consult(&call, "1002").await;
    bert.until_state(&consultation, Alerting).await;
    anna.must(complete(&call, &consultation)).await;
    anna.until_ended(&call).await;
    bert.until_ended(&consultation).await;
    bert.until_state(&call, Alerting).await;
    bert.answer(&call).await;
}

pub(in crate::switch) async fn a_transferred_call_that_then_rings_in_vain_goes_to_voicemail<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.called(&world, "+4930").await;
    let consultation = anna.consult(&call, "1002").await;
    anna.must(complete(&call, &consultation)).await;
    bert.until_state(&call, Alerting).await;
    assert_eq!(bert.until_ended(&call).await, EndCause::Rerouted);
    assert_eq!(world.voicemail(&"bert".into()).await, ["+4930"]);
}

pub(in crate::switch) async fn a_consultation_with_a_workgroup_gives_the_customer_its_place_in_the_queue<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    let consultation = anna.consult(&call, "Support").await;
    anna.until_state(&consultation, Dialing).await;
    world.call_in(caller("+492"), Reach::Queue("Support".into())).await;
    anna.must(complete(&call, &consultation)).await;
    anna.until_ended(&call).await;
    let mut emil = Agent::ready(&world, "emil").await;
    let seen = emil.until_any(Alerting).await;
    assert_eq!((seen.id, seen.queue), (call, Some("Support".into())));
}

pub(in crate::switch) async fn a_warm_transfer_outside_joins_the_two_and_leaves_the_agents<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+491").await;
    let consultation = anna.consult(&call, "+492").await;
    anna.until_state(&consultation, Connected).await;
    anna.must(complete(&call, &consultation)).await;
    anna.until_ended(&call).await;
    anna.until_ended(&consultation).await;
    assert!(anna.calls.is_empty());
    anna.refused(SwitchRequest::Disconnect(call)).await;
}

pub(in crate::switch) async fn a_transfer_needs_two_different_live_calls<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+491").await;
    anna.refused(complete(&call, &call)).await;
    let ringing = anna.rung(&world, "+492").await;
    anna.refused(complete(&call, &ringing)).await;
    anna.refused(complete(&ringing, &call)).await;
}

pub(in crate::switch) async fn a_blind_transfer_leaves_the_agent_and_rings_at_the_other<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.called(&world, "+4930").await;
    with_data(&mut anna, &call).await;
    anna.must(blind(&call, "1002")).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Transferred);
    let seen = bert.until_state(&call, Alerting).await;
    assert_eq!(seen.attached_data.as_deref(), Some("<customer/>"));
    bert.answer(&call).await;
}

pub(in crate::switch) async fn a_blind_transfer_to_a_workgroup_waits_there<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.hold(&call).await;
    anna.must(blind(&call, "2002")).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Transferred);
    let mut emil = Agent::ready(&world, "emil").await;
    assert_eq!(emil.until_state(&call, Alerting).await.queue, Some("Support".into()));
}

pub(in crate::switch) async fn a_blind_transfer_to_nobody_still_leaves_the_agent<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    bert.set_status(LUNCH).await;
    for (destination, number) in [("1002", "+491"), ("1003", "+492"), ("+49000", "+493"), ("+49111", "+494")] {
        let call = anna.called(&world, number).await;
        anna.must(blind(&call, destination)).await;
        assert_eq!(anna.until_ended(&call).await, EndCause::Transferred);
    }
    assert_eq!(world.voicemail(&"bert".into()).await, ["+491"]);
    assert_eq!(world.voicemail(&"emil".into()).await, ["+492"]);
}

pub(in crate::switch) async fn a_blind_transfer_to_an_impossible_destination_is_refused<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    assert_eq!(anna.ask(blind(&call, "nobody")).await, Err(Refusal::UnknownDestination("nobody".into())));
    anna.refused(blind(&call, "")).await;
    anna.refused(blind(&call, "1001")).await;
    assert_eq!(anna.state(&call), Some(Connected));
}

pub(in crate::switch) async fn a_dialled_call_cannot_be_transferred_before_it_is_answered<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.makes(SwitchRequest::Dial { destination: "+49111".into(), attached_data: None }).await.id;
    anna.until_state(&call, Dialing).await;
    anna.refused(blind(&call, "1002")).await;
}

pub(in crate::switch) async fn a_blind_transfer_back_to_the_own_workgroup_reaches_another_agent_first<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = world.call_in(caller("+4930"), Reach::Queue("Sales".into())).await;
    anna.until_state(&call, Alerting).await;
    anna.answer(&call).await;
    let mut bert = Agent::ready(&world, "bert").await;
    anna.must(blind(&call, "2001")).await;
    bert.until_state(&call, Alerting).await;
    anna.until_ended(&call).await;
    assert_eq!(&*anna.status.name, AVAILABLE);
}
