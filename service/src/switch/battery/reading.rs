//! What is read and written, not heard: chats, e-mails and generic objects; and callbacks, which become calls.

use super::{
    World,
    agent::{AVAILABLE, Agent, LUNCH, caller, plan},
};
use crate::{
    domain::{
        AfterReject, Author, EndCause, InteractionId, InteractionKind, InteractionState, NewInteraction, QueueId, Refusal, SwitchRequest,
    },
    switch::embedded::{Caller, Plan, Reach},
};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use InteractionState::{Alerting, Connected, Dialing, Held};

fn chatter(name: &str) -> Caller {
    Caller { kind: InteractionKind::Chat, name: name.into(), number: String::new(), ..caller("") }
}

async fn chat_at(world: &impl World, agent: &mut Agent) -> InteractionId {
    let chat = world.call_in(chatter("Max"), Reach::User(agent.user.clone())).await;
    agent.until_state(&chat, Alerting).await;
    agent.answer(&chat).await;
    chat
}

fn post(chat: &InteractionId, text: &str) -> SwitchRequest {
    SwitchRequest::Post { chat: chat.clone(), text: text.into() }
}

/// Who wrote what.
fn written(agent: &Agent, chat: &InteractionId) -> Vec<String> {
    let postings = &agent.calls[chat].chat.as_ref().unwrap().postings;
    let word = |author: &Author| match author {
        Author::Agent(user) => user.to_string(),
        Author::Customer { name, .. } => name.clone(),
        Author::System => "system".to_owned(),
    };
    postings.iter().map(|posting| format!("{} {}: {}", posting.number, word(&posting.author), posting.text)).collect()
}

fn object(kind: InteractionKind, queue: &str) -> NewInteraction {
    NewInteraction {
        kind,
        queue: queue.into(),
        address: "max@customer.example".into(),
        attributes: BTreeMap::from([("Sap_ActionItemId".to_owned(), "GUID".to_owned())]),
        ..NewInteraction::default()
    }
}

fn callback(not_before: Option<i64>) -> NewInteraction {
    let kind = InteractionKind::Callback;
    NewInteraction { kind, queue: "Sales".into(), address: "+4930".into(), not_before, ..NewInteraction::default() }
}

pub(in crate::switch) async fn a_chat_is_offered_with_its_kind_and_what_was_written<W: World>() {
    let world = W::start(plan()).await;
    let chat = world.call_in(chatter("Max"), Reach::Queue("Sales".into())).await;
    world.say(&chat, "hello?").await;
    let mut anna = Agent::ready(&world, "anna").await;
    let seen = anna.until_state(&chat, Alerting).await;
    assert_eq!((seen.kind, seen.queue.as_ref().map(QueueId::as_str)), (InteractionKind::Chat, Some("Sales")));
    assert_eq!(seen.parties[0].name, "Max");
    assert_eq!(written(&anna, &chat), ["1 Max: hello?"]);
}

pub(in crate::switch) async fn agent_and_customer_write_in_turn_and_numbers_count_up<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let chat = chat_at(&world, &mut anna).await;
    world.say(&chat, "hello?").await;
    anna.must(post(&chat, "how can I help?")).await;
    world.say(&chat, "my order").await;
    anna.rest().await;
    assert_eq!(written(&anna, &chat), ["1 Max: hello?", "2 anna: how can I help?", "3 Max: my order"]);
    assert_eq!(world.heard_by_customer(&chat).await, ["how can I help?"]);
}

pub(in crate::switch) async fn a_reader_who_falls_behind_misses_no_posting<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let chat = chat_at(&world, &mut anna).await;
    for n in 1..=50 {
        world.say(&chat, &n.to_string()).await;
    }
    world.hang_up(&chat).await;
    let mut last = None;
    while let Ok(Some(event)) = tokio::time::timeout(Duration::from_secs(1), anna.line.feed.next()).await {
        if let crate::domain::SwitchEvent::Interaction(chat) = event {
            last = Some(chat);
        }
    }
    let last = last.expect("the end is told");
    assert!(last.has_ended());
    assert_eq!(last.chat.map(|chat| chat.postings.len()), Some(50), "the end has the whole transcript");
}

pub(in crate::switch) async fn typing_is_seen_by_the_other_side_until_it_writes<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let chat = chat_at(&world, &mut anna).await;
    let typing = |agent: &Agent| agent.calls[&chat].chat.as_ref().is_some_and(|chat| !chat.typing.is_empty());
    world.types(&chat, true).await;
    anna.until("the customer writes", typing).await;
    world.say(&chat, "there").await;
    anna.until("the customer has written", |agent| !typing(agent)).await;
    anna.must(SwitchRequest::SetTyping { chat: chat.clone(), on: true }).await;
    anna.rest().await;
    assert!(!typing(&anna), "what he does himself is no news to him");
}

pub(in crate::switch) async fn only_who_has_accepted_a_chat_writes_in_it<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let chat = world.call_in(chatter("Max"), Reach::User("anna".into())).await;
    anna.until_state(&chat, Alerting).await;
    anna.refused(post(&chat, "too early")).await;
    anna.answer(&chat).await;
    bert.refused(post(&chat, "not mine")).await;
    let call = anna.called(&world, "+4930").await;
    anna.refused(post(&call, "no chat")).await;
    anna.refused(SwitchRequest::SetTyping { chat: call, on: true }).await;
}

pub(in crate::switch) async fn a_chat_holds_no_call_and_no_call_holds_a_chat<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    let chat = chat_at(&world, &mut anna).await;
    anna.rest().await;
    assert_eq!((anna.state(&call), anna.state(&chat)), (Some(Connected), Some(Connected)));
    let second = anna.called(&world, "+4931").await;
    anna.rest().await;
    assert_eq!((anna.state(&call), anna.state(&chat), anna.state(&second)), (Some(Held), Some(Connected), Some(Connected)));
}

pub(in crate::switch) async fn three_chats_keep_an_agent_as_busy_as_a_call<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    for name in ["A", "B", "C", "D"] {
        world.call_in(chatter(name), Reach::Queue("Sales".into())).await;
    }
    anna.rest().await;
    assert_eq!(anna.calls.len(), 3);
    let first = anna.calls.keys().next().cloned().unwrap();
    anna.answer(&first).await;
    anna.must(SwitchRequest::Disconnect(first)).await;
    anna.rest().await;
    assert_eq!(anna.calls.len(), 3, "the fourth has come");
}

pub(in crate::switch) async fn either_side_ends_a_chat<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let chat = chat_at(&world, &mut anna).await;
    anna.must(SwitchRequest::Disconnect(chat.clone())).await;
    assert_eq!(anna.until_ended(&chat).await, EndCause::Dropped);
    let chat = chat_at(&world, &mut anna).await;
    world.hang_up(&chat).await;
    assert_eq!(anna.until_ended(&chat).await, EndCause::RemoteDisconnect);
}

pub(in crate::switch) async fn a_transferred_chat_takes_its_transcript_along<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let mut bert = Agent::log_on(&world, "bert").await;
    let chat = chat_at(&world, &mut anna).await;
    world.say(&chat, "hello?").await;
    anna.must(post(&chat, "one moment")).await;
    let transfer = |destination: &str| SwitchRequest::BlindTransfer { call: chat.clone(), destination: destination.into() };
    anna.refused(transfer("+49301234")).await;
    anna.refused(transfer("dora")).await;
    anna.must(transfer("bert")).await;
    assert_eq!(anna.until_ended(&chat).await, EndCause::Transferred);
    bert.until_state(&chat, Alerting).await;
    bert.answer(&chat).await;
    bert.must(post(&chat, "here I am")).await;
    bert.rest().await;
    assert_eq!(written(&bert, &chat), ["1 Max: hello?", "2 anna: one moment", "3 bert: here I am"]);
}

pub(in crate::switch) async fn a_chat_is_not_consulted_on_nor_joined<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let chat = chat_at(&world, &mut anna).await;
    let call = anna.called(&world, "+4930").await;
    anna.hold(&call).await;
    anna.refused(SwitchRequest::Consult { call: chat.clone(), destination: "bert".into() }).await;
    anna.refused(SwitchRequest::Conference { held: call.clone(), connected: chat.clone() }).await;
    anna.refused(SwitchRequest::CompleteTransfer { call, consultation: chat }).await;
}

pub(in crate::switch) async fn a_rejected_chat_goes_on_or_ends_and_never_to_voicemail<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let chat = world.call_in(chatter("Max"), Reach::Queue("Sales".into())).await;
    anna.until_state(&chat, Alerting).await;
    let reject = |chat: &InteractionId, after, status: Option<&str>| SwitchRequest::Reject {
        interaction: chat.clone(),
        status: status.map(Into::into),
        after,
    };
    anna.must(reject(&chat, AfterReject::Requeue, Some(LUNCH))).await;
    assert_eq!(anna.until_ended(&chat).await, EndCause::Rerouted);
    let mut bert = Agent::ready(&world, "bert").await;
    bert.until_state(&chat, Alerting).await;
    bert.answer(&chat).await;
    anna.set_status(AVAILABLE).await;
    let direct = world.call_in(chatter("Eva"), Reach::User("anna".into())).await;
    anna.until_state(&direct, Alerting).await;
    anna.must(reject(&direct, AfterReject::Disconnect, None)).await;
    anna.until_ended(&direct).await;
    assert_eq!(world.voicemail(&"anna".into()).await, [""; 0]);
}

pub(in crate::switch) async fn a_callback_is_offered_with_its_number_and_answered_by_dialling<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let placed = world.switch().place(callback(None)).await.unwrap();
    let seen = anna.until_state(&placed, Alerting).await;
    assert_eq!((seen.kind, seen.parties[0].address.as_str()), (InteractionKind::Callback, "+4930"));
    assert_eq!(seen.attributes.get("Eic_RemoteTn").map(String::as_str), Some("+4930"));
    anna.must(SwitchRequest::Answer(placed.clone())).await;
    anna.until_state(&placed, Dialing).await;
    anna.until_state(&placed, Connected).await;
    anna.hold(&placed).await;
    anna.must(SwitchRequest::Disconnect(placed.clone())).await;
    assert_eq!(anna.until_ended(&placed).await, EndCause::Dropped);
}

pub(in crate::switch) async fn a_callback_holds_the_call_the_agent_talks_on<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+491").await;
    let wish = world.call_in(Caller { kind: InteractionKind::Callback, ..caller("+492") }, Reach::User("anna".into())).await;
    anna.until_state(&wish, Alerting).await;
    anna.must(SwitchRequest::Answer(wish.clone())).await;
    anna.until_state(&call, Held).await;
    anna.until_state(&wish, Connected).await;
}

pub(in crate::switch) async fn a_callback_whose_customer_cannot_be_reached_fails<W: World>() {
    let world = W::start(Plan { failing: vec!["0+4930".into()], ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let placed = world.switch().place(NewInteraction { calls: Some("0+4930".into()), ..callback(None) }).await.unwrap();
    anna.until_state(&placed, Alerting).await;
    anna.must(SwitchRequest::Answer(placed.clone())).await;
    assert_eq!(anna.until_ended(&placed).await, EndCause::Failed);
}

pub(in crate::switch) async fn giving_up_a_callback_before_it_is_answered_ends_it<W: World>() {
    let world = W::start(Plan { silent: vec!["+4930".into()], ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let placed = world.switch().place(callback(None)).await.unwrap();
    anna.until_state(&placed, Alerting).await;
    anna.must(SwitchRequest::Answer(placed.clone())).await;
    anna.until_state(&placed, Dialing).await;
    anna.must(SwitchRequest::Disconnect(placed.clone())).await;
    assert_eq!(anna.until_ended(&placed).await, EndCause::Dropped);
}

pub(in crate::switch) async fn a_callback_waits_for_its_time<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let at = i64::try_from(now).unwrap() + 300;
    let start = tokio::time::Instant::now();
    let placed = world.switch().place(callback(Some(at))).await.unwrap();
    assert!(anna.is_quiet().await);
    anna.until_state(&placed, Alerting).await;
    assert!(start.elapsed() >= Duration::from_secs(290), "{:?}", start.elapsed());
    let withdrawn = world.switch().place(callback(Some(at + 300))).await.unwrap();
    world.switch().withdraw(withdrawn).await.unwrap();
    anna.answer_callback(&placed).await;
    tokio::time::sleep(Duration::from_mins(10)).await;
    anna.rest().await;
    assert_eq!(anna.calls.len(), 1, "what was withdrawn never comes");
}

pub(in crate::switch) async fn an_object_is_placed_in_a_workgroup_with_its_attributes<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    for (kind, queue) in [(InteractionKind::Email, "Sales"), (InteractionKind::GenericObject, "2001")] {
        let placed = world.switch().place(object(kind, queue)).await.unwrap();
        let seen = anna.until_state(&placed, Alerting).await;
        assert_eq!((seen.kind, seen.queue.as_ref().map(QueueId::as_str)), (kind, Some("Sales")));
        assert_eq!(seen.action_item(), Some("GUID".into()));
        assert_eq!(seen.parties[0].address, "max@customer.example");
        anna.answer(&placed).await;
        anna.must(SwitchRequest::Disconnect(placed.clone())).await;
        assert_eq!(anna.until_ended(&placed).await, EndCause::Dropped);
    }
}

pub(in crate::switch) async fn nothing_is_placed_in_an_unknown_workgroup<W: World>() {
    let world = W::start(plan()).await;
    for queue in ["Nobody", "", "1001", "anna"] {
        let refused = world.switch().place(object(InteractionKind::Email, queue)).await;
        assert_eq!(refused, Err(Refusal::UnknownDestination(queue.into())), "{queue:?}");
    }
}

pub(in crate::switch) async fn what_is_withdrawn_leaves_its_queue_or_its_agent<W: World>() {
    let world = W::start(plan()).await;
    let waiting = world.switch().place(object(InteractionKind::Email, "Sales")).await.unwrap();
    world.switch().withdraw(waiting.clone()).await.unwrap();
    let mut anna = Agent::ready(&world, "anna").await;
    assert!(anna.is_quiet().await);
    let taken = world.switch().place(object(InteractionKind::Email, "Sales")).await.unwrap();
    anna.until_state(&taken, Alerting).await;
    anna.answer(&taken).await;
    world.switch().withdraw(taken.clone()).await.unwrap();
    assert_eq!(anna.until_ended(&taken).await, EndCause::RemoteDisconnect);
    world.switch().withdraw(taken).await.unwrap();
    world.switch().withdraw("nonsense".into()).await.unwrap();
}

pub(in crate::switch) async fn an_object_that_nobody_accepts_goes_on_to_the_next_agent<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let placed = world.switch().place(object(InteractionKind::GenericObject, "Sales")).await.unwrap();
    anna.until_state(&placed, Alerting).await;
    let mut bert = Agent::ready(&world, "bert").await;
    assert_eq!(anna.until_ended(&placed).await, EndCause::Rerouted);
    bert.until_state(&placed, Alerting).await;
}

pub(in crate::switch) async fn what_was_read_leaves_no_wrap_up<W: World>() {
    let world = W::start(Plan { wrap_up: Duration::from_secs(30), ..plan() }).await;
    let mut anna = Agent::ready(&world, "anna").await;
    let first = world.switch().place(object(InteractionKind::Email, "Sales")).await.unwrap();
    anna.until_state(&first, Alerting).await;
    anna.answer(&first).await;
    anna.must(SwitchRequest::Disconnect(first)).await;
    let start = tokio::time::Instant::now();
    let second = world.switch().place(object(InteractionKind::Email, "Sales")).await.unwrap();
    anna.until_state(&second, Alerting).await;
    assert!(start.elapsed() < Duration::from_secs(1));
}
