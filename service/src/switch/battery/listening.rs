//! Listening in.

use super::{
    World,
    agent::{Agent, caller, plan},
};
use crate::{
    domain::{EndCause, InteractionId, InteractionState, SwitchRequest},
    switch::embedded::Reach,
};

use InteractionState::{Alerting, Connected, Held, Listening};

fn listen(agent: Option<&str>, call: Option<&InteractionId>) -> SwitchRequest {
    SwitchRequest::Listen { agent: agent.map(Into::into), call: call.cloned() }
}

pub(in crate::switch) async fn a_supervisor_hears_a_call_and_is_no_party_of_it<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut dora = Agent::log_on(&world, "dora").await;
    let call = anna.called(&world, "+4930").await;
    anna.rest().await;
    let made = dora.makes(listen(Some("anna"), None)).await;
    assert_eq!((made.id.clone(), made.state, made.parties.len()), (call.clone(), Listening, 2));
    dora.until_state(&call, Listening).await;
    assert!(anna.is_quiet().await, "the agent notices nothing");
    dora.must(SwitchRequest::ListenEnd(call.clone())).await;
    assert_eq!(dora.until_ended(&call).await, EndCause::ListenEnded);
    anna.rest().await;
    assert_eq!(anna.state(&call), Some(Connected));
}

pub(in crate::switch) async fn a_call_can_be_listened_to_by_its_id_alone<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut dora = Agent::log_on(&world, "dora").await;
    let call = anna.called(&world, "+4930").await;
    dora.makes(listen(None, Some(&call))).await;
    dora.until_state(&call, Listening).await;
}

pub(in crate::switch) async fn listening_ends_with_the_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut dora = Agent::log_on(&world, "dora").await;
    let call = anna.called(&world, "+4930").await;
    dora.makes(listen(Some("anna"), Some(&call))).await;
    dora.until_state(&call, Listening).await;
    world.hang_up(&call).await;
    assert_eq!(dora.until_ended(&call).await, EndCause::ListenEnded);
}

pub(in crate::switch) async fn hanging_up_ends_the_listening_only<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut dora = Agent::log_on(&world, "dora").await;
    let call = anna.called(&world, "+4930").await;
    dora.makes(listen(Some("anna"), None)).await;
    dora.until_state(&call, Listening).await;
    dora.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(dora.until_ended(&call).await, EndCause::ListenEnded);
    anna.rest().await;
    assert_eq!(anna.state(&call), Some(Connected));
}

pub(in crate::switch) async fn who_listens_can_do_nothing_else_with_the_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut dora = Agent::log_on(&world, "dora").await;
    let call = anna.called(&world, "+4930").await;
    dora.makes(listen(Some("anna"), None)).await;
    dora.until_state(&call, Listening).await;
    for request in [
        SwitchRequest::Hold(call.clone()),
        SwitchRequest::Pickup(call.clone()),
        SwitchRequest::Answer(call.clone()),
        SwitchRequest::SetAttachedData { interaction: call.clone(), data: None },
        SwitchRequest::BlindTransfer { call: call.clone(), destination: "1003".into() },
        listen(Some("anna"), None),
    ] {
        dora.refused(request).await;
    }
}

pub(in crate::switch) async fn there_must_be_somebody_talking_to_listen_to<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut dora = Agent::log_on(&world, "dora").await;
    dora.refused(listen(Some("anna"), None)).await;
    dora.refused(listen(Some("nobody"), None)).await;
    dora.refused(listen(None, None)).await;
    let call = anna.rung(&world, "+4930").await;
    dora.refused(listen(None, Some(&call))).await;
    anna.answer(&call).await;
    anna.hold(&call).await;
    dora.refused(listen(Some("anna"), None)).await;
    anna.refused(SwitchRequest::ListenEnd(call)).await;
}

pub(in crate::switch) async fn nobody_listens_to_his_own_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.refused(listen(None, Some(&call))).await;
}

pub(in crate::switch) async fn a_supervisor_who_listens_is_offered_nothing_and_holds_his_own_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut emil = Agent::ready(&world, "emil").await;
    let own = emil.called(&world, "+491").await;
    let call = anna.called(&world, "+4930").await;
    emil.makes(listen(Some("anna"), None)).await;
    emil.until_state(&own, Held).await;
    emil.must(SwitchRequest::Disconnect(own)).await;
    let waiting = world.call_in(caller("+492"), Reach::Queue("Support".into())).await;
    emil.rest().await;
    assert_eq!(emil.state(&waiting), None);
    emil.must(SwitchRequest::ListenEnd(call)).await;
    emil.until_state(&waiting, Alerting).await;
}
