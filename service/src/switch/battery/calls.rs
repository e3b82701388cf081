//! One agent and his calls: answering, hanging up, hold, two calls, rejecting, attached data, voicemail.

use super::{
    World,
    agent::{Agent, LUNCH, NO_ACD, caller, plan},
};
use crate::{
    domain::{AfterReject, Direction, EndCause, InteractionId, InteractionState, SwitchRequest},
    switch::embedded::{Caller, Reach},
};

use InteractionState::{Alerting, Connected, Dialing, Held};

fn reject(call: &InteractionId, status: Option<&str>, after: AfterReject) -> SwitchRequest {
    SwitchRequest::Reject { interaction: call.clone(), status: status.map(Into::into), after }
}

fn data(call: &InteractionId, data: Option<&str>) -> SwitchRequest {
    SwitchRequest::SetAttachedData { interaction: call.clone(), data: data.map(Into::into) }
}

pub(in crate::switch) async fn a_direct_call_rings_and_is_answered<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.rung(&world, "+4930").await;
    let seen = &anna.calls[&call];
    assert_eq!((seen.direction, seen.queue.clone()), (Direction::Inbound, None));
    assert_eq!(seen.parties.len(), 1);
    assert_eq!((seen.parties[0].address.as_str(), seen.parties[0].name.as_str()), ("+4930", "Customer"));
    anna.answer(&call).await;
}

pub(in crate::switch) async fn a_call_brings_its_numbers_attributes_and_data_along<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let who = Caller {
        attributes: [("Customer_Id".to_owned(), "42".to_owned())].into(),
        attached_data: Some("<ItemAttachedData/>\r\n".into()),
        ..caller("sip:4930@example.com")
    };
    let call = world.call_in(who, Reach::User("anna".into())).await;
    let seen = anna.until_state(&call, Alerting).await;
    let attribute = |name: &str| seen.attributes.get(name).map(String::as_str);
    assert_eq!(attribute("Eic_RemoteTn"), Some("sip:4930@example.com"));
    assert_eq!(attribute("Eic_LocalTnRaw"), Some("+4962277"));
    assert_eq!(attribute("Customer_Id"), Some("42"));
    assert_eq!(seen.attached_data.as_deref(), Some("<ItemAttachedData/>\r\n"));
}

pub(in crate::switch) async fn a_connected_call_cannot_be_answered<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.refused(SwitchRequest::Answer(call)).await;
}

pub(in crate::switch) async fn a_call_is_held_and_picked_up<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.hold(&call).await;
    anna.must(SwitchRequest::Pickup(call.clone())).await;
    anna.until_state(&call, Connected).await;
}

pub(in crate::switch) async fn a_held_call_cannot_be_held_again<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.hold(&call).await;
    anna.refused(SwitchRequest::Hold(call)).await;
}

pub(in crate::switch) async fn an_alerting_call_can_be_neither_held_nor_picked_up<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.rung(&world, "+4930").await;
    anna.refused(SwitchRequest::Hold(call.clone())).await;
    anna.refused(SwitchRequest::Pickup(call)).await;
}

pub(in crate::switch) async fn a_connected_call_cannot_be_picked_up<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.refused(SwitchRequest::Pickup(call)).await;
}

pub(in crate::switch) async fn hanging_up_ends_a_call_once<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
    anna.refused(SwitchRequest::Disconnect(call)).await;
}

pub(in crate::switch) async fn a_held_call_can_be_hung_up<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.hold(&call).await;
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
}

pub(in crate::switch) async fn the_caller_may_hang_up_in_every_state<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let held = anna.called(&world, "+491").await;
    anna.hold(&held).await;
    let connected = anna.called(&world, "+492").await;
    let alerting = anna.rung(&world, "+493").await;
    for call in [alerting, connected, held] {
        world.hang_up(&call).await;
        assert_eq!(anna.until_ended(&call).await, EndCause::RemoteDisconnect);
    }
}

pub(in crate::switch) async fn an_unknown_call_is_refused_by_every_request<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let other = anna.called(&world, "+4930").await;
    for unknown in ["4711", "", "not a number", "+1", "18446744073709551616"] {
        let call = InteractionId::new(unknown);
        let all = [
            SwitchRequest::Answer(call.clone()),
            SwitchRequest::Disconnect(call.clone()),
            SwitchRequest::Hold(call.clone()),
            SwitchRequest::Pickup(call.clone()),
            SwitchRequest::Alternate { hold: other.clone(), pick_up: call.clone() },
            SwitchRequest::Reconnect { drop: other.clone(), pick_up: call.clone() },
            SwitchRequest::Consult { call: call.clone(), destination: "1002".into() },
            SwitchRequest::Conference { held: call.clone(), connected: other.clone() },
            SwitchRequest::CompleteTransfer { call: other.clone(), consultation: call.clone() },
            SwitchRequest::BlindTransfer { call: call.clone(), destination: "1002".into() },
            SwitchRequest::DropParty { call: call.clone(), party: "party-1".into() },
            SwitchRequest::Leave(call.clone()),
            reject(&call, Some(LUNCH), AfterReject::Disconnect),
            SwitchRequest::Listen { agent: None, call: Some(call.clone()) },
            SwitchRequest::ListenEnd(call.clone()),
            data(&call, None),
        ];
        for request in all {
            anna.refused(request).await;
        }
    }
}

pub(in crate::switch) async fn another_agents_call_is_out_of_reach<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.called(&world, "+4930").await;
    for request in [SwitchRequest::Disconnect(call.clone()), SwitchRequest::Hold(call.clone()), data(&call, Some("mine"))] {
        bert.refused(request).await;
    }
}

pub(in crate::switch) async fn answering_a_second_call_holds_the_first<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let first = anna.called(&world, "+491").await;
    let second = anna.called(&world, "+492").await;
    anna.until_state(&first, Held).await;
    assert_eq!(anna.state(&second), Some(Connected));
}

pub(in crate::switch) async fn two_calls_alternate<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let first = anna.called(&world, "+491").await;
    let second = anna.called(&world, "+492").await;
    anna.until_state(&first, Held).await;
    anna.must(SwitchRequest::Alternate { hold: second.clone(), pick_up: first.clone() }).await;
    anna.until_state(&first, Connected).await;
    anna.until_state(&second, Held).await;
    anna.refused(SwitchRequest::Alternate { hold: second, pick_up: first }).await;
}

pub(in crate::switch) async fn reconnecting_drops_the_active_call_and_picks_up_the_held_one<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let held = anna.called(&world, "+491").await;
    let active = anna.called(&world, "+492").await;
    anna.until_state(&held, Held).await;
    anna.must(SwitchRequest::Reconnect { drop: active.clone(), pick_up: held.clone() }).await;
    assert_eq!(anna.until_ended(&active).await, EndCause::Dropped);
    anna.until_state(&held, Connected).await;
    anna.refused(SwitchRequest::Reconnect { drop: held.clone(), pick_up: held }).await;
}

pub(in crate::switch) async fn reconnecting_gives_up_a_consultation_that_still_rings<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let held = anna.called(&world, "+491").await;
    let consultation = anna.consult(&held, "1002").await;
    bert.until_state(&consultation, Alerting).await;
    anna.must(SwitchRequest::Reconnect { drop: consultation.clone(), pick_up: held.clone() }).await;
    anna.until_state(&held, Connected).await;
    assert_eq!(bert.until_ended(&consultation).await, EndCause::RemoteDisconnect);
}

pub(in crate::switch) async fn attached_data_is_kept_byte_for_byte_and_told_to_all_agents_of_the_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let call = anna.makes(SwitchRequest::Dial { destination: "1002".into(), attached_data: None }).await.id;
    bert.until_state(&call, Alerting).await;
    let text = " <ItemAttachedData a='ä'>\t\r\n</ItemAttachedData> ";
    anna.must(data(&call, Some(text))).await;
    for agent in [&mut anna, &mut bert] {
        agent
            .until("the data are there", |agent| agent.calls.get(&call).is_some_and(|call| call.attached_data.as_deref() == Some(text)))
            .await;
    }
    bert.must(data(&call, None)).await;
    for agent in [&mut anna, &mut bert] {
        agent.until("the data are gone", |agent| agent.calls.get(&call).is_some_and(|call| call.attached_data.is_none())).await;
    }
}

pub(in crate::switch) async fn a_direct_call_that_nobody_answers_goes_to_voicemail<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.rung(&world, "+4930").await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Rerouted);
    assert_eq!(world.voicemail(&"anna".into()).await, ["+4930"]);
    assert_eq!(&*anna.status.name, NO_ACD);
}

pub(in crate::switch) async fn a_direct_call_goes_to_voicemail_when_the_agent_is_away<W: World>() {
    let world = W::start(plan()).await;
    world.call_in(caller("+491"), Reach::User("anna".into())).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    anna.set_status(LUNCH).await;
    world.call_in(caller("+492"), Reach::User("anna".into())).await;
    assert_eq!(world.voicemail(&"anna".into()).await, ["+491", "+492"]);
    assert!(anna.is_quiet().await);
}

pub(in crate::switch) async fn eight_direct_calls_ring_at_one_agent<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut all = Vec::new();
    for n in 0..8 {
        all.push(anna.called(&world, &format!("+49{n}")).await);
    }
    anna.rest().await;
    assert_eq!(anna.calls.values().filter(|call| call.state == Connected).count(), 1);
    assert_eq!(anna.calls.values().filter(|call| call.state == Held).count(), 7);
    assert_eq!(all.len(), anna.calls.len());
}

pub(in crate::switch) async fn a_rejected_call_goes_to_voicemail<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.rung(&world, "+4930").await;
    anna.must(reject(&call, Some(LUNCH), AfterReject::Voicemail)).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Rerouted);
    assert_eq!(&*anna.status.name, LUNCH);
    assert_eq!(world.voicemail(&"anna".into()).await, ["+4930"]);
}

pub(in crate::switch) async fn a_rejected_call_is_disconnected<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.rung(&world, "+4930").await;
    anna.must(reject(&call, None, AfterReject::Disconnect)).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
    assert_eq!(&*anna.status.name, NO_ACD);
    assert!(world.voicemail(&"anna".into()).await.is_empty());
}

pub(in crate::switch) async fn a_direct_call_cannot_go_back_to_a_workgroup<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.rung(&world, "+4930").await;
    anna.refused(reject(&call, Some(LUNCH), AfterReject::Requeue)).await;
    assert_eq!(&*anna.status.name, NO_ACD);
}

pub(in crate::switch) async fn a_connected_call_cannot_be_rejected<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    for after in [AfterReject::Requeue, AfterReject::Voicemail, AfterReject::Disconnect] {
        anna.refused(reject(&call, Some(LUNCH), after)).await;
    }
}

pub(in crate::switch) async fn a_reject_with_an_unknown_status_changes_nothing<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.rung(&world, "+4930").await;
    anna.refused(reject(&call, Some("Dancing"), AfterReject::Disconnect)).await;
    anna.answer(&call).await;
}

pub(in crate::switch) async fn the_second_command_of_a_race_is_refused_in_words<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    let first = anna.line.requests.request(SwitchRequest::Hold(call.clone()));
    let second = anna.line.requests.request(SwitchRequest::Hold(call.clone()));
    assert!(first.await.is_ok());
    let words = second.await.unwrap_err().to_string();
    assert!(words.contains(call.as_str()) && words.contains("held"), "{words}");
}

pub(in crate::switch) async fn who_drops_the_answer_does_not_take_back_the_request<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    drop(anna.line.requests.request(SwitchRequest::Hold(call.clone())));
    anna.until_state(&call, Held).await;
}

pub(in crate::switch) async fn a_dialled_call_cannot_be_held<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.makes(SwitchRequest::Dial { destination: "+49111".into(), attached_data: None }).await.id;
    anna.until_state(&call, Dialing).await;
    anna.refused(SwitchRequest::Hold(call.clone())).await;
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::Dropped);
}
