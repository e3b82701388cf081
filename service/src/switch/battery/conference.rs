//! Three and more: conference, dropping a party, leaving.

use super::{
    World,
    agent::{Agent, plan},
};
use crate::domain::{EndCause, Interaction, InteractionId, InteractionState, PartyId, Refusal, SwitchRequest};

use InteractionState::{Alerting, Connected, Dialing, Held};

fn conference(held: &InteractionId, connected: &InteractionId) -> SwitchRequest {
    SwitchRequest::Conference { held: held.clone(), connected: connected.clone() }
}

fn drop_party(call: &InteractionId, party: PartyId) -> SwitchRequest {
    SwitchRequest::DropParty { call: call.clone(), party }
}

fn party(call: &Interaction, address: &str) -> PartyId {
    call.parties.iter().find(|party| party.address == address).map(|party| party.id.clone()).unwrap()
}

fn addresses(call: &Interaction) -> Vec<&str> {
    call.parties.iter().map(|party| party.address.as_str()).collect()
}

/// Anna talks to the customer +4930 and to Bert, on the customer's call.
async fn three(world: &impl World, anna: &mut Agent, bert: &mut Agent) -> InteractionId {
    let call = anna.called(world, "+4930").await;
    let consultation = anna.consult(&call, "1002").await;
    bert.until_state(&consultation, Alerting).await;
    bert.answer(&consultation).await;
    anna.until_state(&consultation, Connected).await;
    anna.must(conference(&call, &consultation)).await;
    assert_eq!(anna.until_ended(&consultation).await, EndCause::Conferenced);
    assert_eq!(bert.until_ended(&consultation).await, EndCause::Conferenced);
    anna.until_state(&call, Connected).await;
    bert.until_state(&call, Connected).await;
    call
}

pub(in crate::switch) async fn a_conference_keeps_the_held_calls_id_for_everybody<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    assert_eq!(addresses(&anna.calls[&call]), ["+4930", "1002"]);
    assert_eq!(addresses(&bert.calls[&call]), ["+4930", "1001"]);
    assert_eq!((anna.calls.len(), bert.calls.len()), (1, 1));
}

pub(in crate::switch) async fn a_conference_can_take_in_a_fourth<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    let consultation = anna.consult(&call, "+4940").await;
    anna.until_state(&consultation, Connected).await;
    anna.must(conference(&call, &consultation)).await;
    anna.until("four talk", |agent| agent.calls[&call].parties.len() == 3).await;
    bert.until("four talk", |agent| agent.calls[&call].parties.len() == 3).await;
    assert_eq!(anna.state(&call), Some(Connected));
}

pub(in crate::switch) async fn a_conference_needs_a_held_and_a_connected_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let held = anna.called(&world, "+491").await;
    let connected = anna.called(&world, "+492").await;
    anna.until_state(&held, Held).await;
    anna.refused(conference(&connected, &held)).await;
    anna.refused(conference(&held, &held)).await;
    let dialled = anna.consult(&connected, "+49111").await;
    anna.until_state(&dialled, Dialing).await;
    anna.refused(conference(&connected, &dialled)).await;
}

pub(in crate::switch) async fn a_customer_who_hangs_up_leaves_the_agents_talking<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    world.hang_up(&call).await;
    anna.until("two talk", |agent| addresses(&agent.calls[&call]) == ["1002"]).await;
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(bert.until_ended(&call).await, EndCause::RemoteDisconnect);
}

pub(in crate::switch) async fn one_party_is_dropped_and_the_others_talk_on<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    let bert_there = party(&anna.calls[&call], "1002");
    anna.must(drop_party(&call, bert_there.clone())).await;
    assert_eq!(bert.until_ended(&call).await, EndCause::RemoteDisconnect);
    anna.until("two talk", |agent| addresses(&agent.calls[&call]) == ["+4930"]).await;
    assert_eq!(anna.state(&call), Some(Connected));
    assert!(matches!(anna.ask(drop_party(&call, bert_there)).await, Err(Refusal::UnknownParty { .. })));
}

pub(in crate::switch) async fn dropping_the_customer_leaves_the_agents_talking<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    let customer = party(&bert.calls[&call], "+4930");
    bert.must(drop_party(&call, customer)).await;
    anna.until("two talk", |agent| addresses(&agent.calls[&call]) == ["1002"]).await;
    bert.until("two talk", |agent| addresses(&agent.calls[&call]) == ["1001"]).await;
}

pub(in crate::switch) async fn dropping_the_only_other_party_ends_the_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    let customer = party(&anna.calls[&call], "+4930");
    anna.must(drop_party(&call, customer)).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::RemoteDisconnect);
}

pub(in crate::switch) async fn an_agent_who_leaves_leaves_the_others_talking<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    anna.must(SwitchRequest::Leave(call.clone())).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
    bert.until("two talk", |agent| addresses(&agent.calls[&call]) == ["+4930"]).await;
    assert_eq!(bert.state(&call), Some(Connected));
    bert.refused(SwitchRequest::Leave(call)).await;
}

pub(in crate::switch) async fn hanging_up_a_conference_leaves_the_other_agents_talking<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
    bert.until("two talk", |agent| addresses(&agent.calls[&call]) == ["+4930"]).await;
}

pub(in crate::switch) async fn a_conference_is_held_by_one_and_goes_on_for_the_others<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = three(&world, &mut anna, &mut bert).await;
    anna.hold(&call).await;
    bert.rest().await;
    assert_eq!(bert.state(&call), Some(Connected));
}

pub(in crate::switch) async fn a_conference_is_transferred_without_ending_for_the_others<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let mut emil = Agent::log_on(&world, "emil").await;
    let call = three(&world, &mut anna, &mut bert).await;
    anna.must(SwitchRequest::BlindTransfer { call: call.clone(), destination: "1003".into() }).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Transferred);
    emil.until_state(&call, Alerting).await;
    assert_eq!(emil.until_ended(&call).await, EndCause::Rerouted);
    bert.rest().await;
    assert_eq!(bert.state(&call), Some(Connected));
    assert_eq!(addresses(&bert.calls[&call]), ["+4930"]);
}
