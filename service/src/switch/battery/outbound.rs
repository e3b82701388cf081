//! Calling out: numbers outside, other agents, workgroups, and what cannot be reached.

use super::{
    World,
    agent::{Agent, LUNCH, plan},
};
use crate::{
    domain::{Direction, EndCause, InteractionId, InteractionState, Refusal, SwitchRequest},
    switch::embedded::Plan,
};

use InteractionState::{Alerting, Connected, Dialing, Held};

async fn dial(agent: &Agent, destination: &str) -> InteractionId {
    let made = agent.makes(SwitchRequest::Dial { destination: destination.into(), attached_data: Some("<data/>".into()) }).await;
    assert_eq!((made.state, made.direction), (Dialing, Direction::Outbound));
    assert_eq!(made.attached_data.as_deref(), Some("<data/>"));
    made.id
}

pub(in crate::switch) async fn a_number_outside_is_dialled_and_answers<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = dial(&anna, "+4930").await;
    let seen = anna.until_state(&call, Dialing).await;
    assert_eq!(seen.parties[0].address, "+4930");
    assert_eq!(seen.attributes.get("Eic_RemoteTn").map(String::as_str), Some("+4930"));
    anna.until_state(&call, Connected).await;
    world.hang_up(&call).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::RemoteDisconnect);
}

pub(in crate::switch) async fn a_silent_number_answers_when_somebody_picks_it_up<W: World>() {
    let world = W::start(Plan { answer_after: None, ..plan() }).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = dial(&anna, "+4930").await;
    anna.until_state(&call, Dialing).await;
    assert!(anna.is_quiet().await);
    world.answer_outside(&call).await;
    anna.until_state(&call, Connected).await;
}

pub(in crate::switch) async fn a_number_that_cannot_be_reached_fails<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = dial(&anna, "+49000").await;
    anna.until_state(&call, Dialing).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Failed);
}

pub(in crate::switch) async fn a_number_that_never_answers_is_given_up<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = dial(&anna, "+49111").await;
    anna.until_state(&call, Dialing).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Failed);
}

pub(in crate::switch) async fn dialling_holds_the_call_the_agent_talks_on<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let first = anna.called(&world, "+491").await;
    let second = dial(&anna, "+492").await;
    anna.until_state(&first, Held).await;
    anna.until_state(&second, Connected).await;
}

pub(in crate::switch) async fn nowhere_cannot_be_dialled<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let dial = |destination: &str| SwitchRequest::Dial { destination: destination.into(), attached_data: None };
    assert_eq!(anna.ask(dial(" ")).await, Err(Refusal::DestinationMissing));
    assert_eq!(anna.ask(dial("nobody")).await, Err(Refusal::UnknownDestination("nobody".into())));
    anna.refused(dial(&"1".repeat(100_000))).await;
    anna.refused(dial("1001")).await;
    anna.refused(dial("anna")).await;
}

pub(in crate::switch) async fn another_agents_extension_rings_there<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    for written in ["1002", "+1002", "/1002", " 1002 ", "bert"] {
        let call = dial(&anna, written).await;
        let seen = bert.until_state(&call, Alerting).await;
        assert_eq!(
            (seen.direction, seen.parties[0].address.as_str(), seen.parties[0].name.as_str()),
            (Direction::Inbound, "1001", "Anna Agent")
        );
        assert_eq!(seen.attached_data.as_deref(), Some("<data/>"));
        bert.answer(&call).await;
        anna.until_state(&call, Connected).await;
        bert.must(SwitchRequest::Disconnect(call.clone())).await;
        assert_eq!(anna.until_ended(&call).await, EndCause::RemoteDisconnect);
        assert_eq!(bert.until_ended(&call).await, EndCause::Dropped);
    }
}

pub(in crate::switch) async fn giving_up_dialling_stops_the_ringing<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = dial(&anna, "1002").await;
    bert.until_state(&call, Alerting).await;
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(bert.until_ended(&call).await, EndCause::RemoteDisconnect);
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
}

pub(in crate::switch) async fn an_agent_who_is_away_cannot_be_reached<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    bert.set_status(LUNCH).await;
    let call = dial(&anna, "1002").await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Failed);
    assert_eq!(world.voicemail(&"bert".into()).await, ["1001"]);
    assert!(bert.is_quiet().await);
}

pub(in crate::switch) async fn a_rejected_internal_call_fails_for_the_caller<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = dial(&anna, "1002").await;
    bert.until_state(&call, Alerting).await;
    let after = crate::domain::AfterReject::Disconnect;
    bert.must(SwitchRequest::Reject { interaction: call.clone(), status: None, after }).await;
    assert_eq!(bert.until_ended(&call).await, EndCause::Dropped);
    assert_eq!(anna.until_ended(&call).await, EndCause::Failed);
}

pub(in crate::switch) async fn a_workgroups_number_reaches_its_next_agent<W: World>() {
    let world = W::start(plan()).await;
    let mut dora = Agent::log_on(&world, "dora").await;
    let call = dial(&dora, "2001").await;
    dora.until_state(&call, Dialing).await;
    let mut bert = Agent::ready(&world, "bert").await;
    let seen = bert.until_state(&call, Alerting).await;
    assert_eq!(seen.queue, Some("Sales".into()));
    bert.answer(&call).await;
    assert_eq!(dora.until_state(&call, Connected).await.queue, None);
}

pub(in crate::switch) async fn an_agent_is_not_offered_his_own_call_to_his_workgroup<W: World>() {
    let world = W::start(Plan { calls_per_agent: 4, ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let call = dial(&anna, "Sales").await;
    anna.until_state(&call, Dialing).await;
    assert!(anna.is_quiet().await);
    let mut bert = Agent::ready(&world, "bert").await;
    bert.until_state(&call, Alerting).await;
}

pub(in crate::switch) async fn a_station_has_so_many_lines_and_no_more<W: World>() {
    let world = W::start(Plan { lines_per_agent: 2, ..plan() }).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    anna.called(&world, "+491").await;
    anna.called(&world, "+492").await;
    anna.rest().await;
    anna.refused(SwitchRequest::Dial { destination: "+493".into(), attached_data: None }).await;
    world.call_in(super::agent::caller("+494"), crate::switch::embedded::Reach::User("anna".into())).await;
    assert_eq!(world.voicemail(&"anna".into()).await, ["+494"]);
}
