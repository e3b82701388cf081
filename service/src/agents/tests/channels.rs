//! Chats, callbacks and action items: what SAP asks, what the switch does of it, what SAP is told. On the embedded switch, and where it
//! matters what the switch was asked, on the scripted one.

use super::*;
use crate::{
    domain::{
        ActionItem, CallBack, Destination, EndCause, InteractionKind, ReplyTo, TextElement,
        samples::{action_item, chat, rules},
    },
    switch::embedded::{Caller, Embedded, Reach},
};

fn with_channels(policy: &mut Policy) {
    let channel = |key: &str, kinds: &[InteractionKind], extension: &str| Channel {
        key: key.into(),
        kinds: kinds.to_vec(),
        address_extension: extension.to_owned(),
    };
    policy.channels = vec![
        channel("phone", &[InteractionKind::Call, InteractionKind::Callback], ""),
        channel("chat", &[InteractionKind::Chat], "customer.com"),
        channel("action_item", &[InteractionKind::Email, InteractionKind::GenericObject], ""),
    ];
    policy.routing = rules().routing;
}

/// ANNA and BOSS on the embedded switch, subscribed to everything; what was told of it is forgotten.
async fn site() -> Bench<Embedded> {
    let mut policy = policy();
    with_channels(&mut policy);
    let bench = Bench::on(Embedded::start(day::plan()), policy);
    for (user, line) in [("ANNA", "1001"), ("BOSS", "1002")] {
        bench.log_on_at(user, line).await;
        subscribe_folder(&bench, user).await;
    }
    bench.outbox.take();
    bench
}

/// An agent at the scripted switch, who has this.
async fn scripted(there: Vec<crate::domain::Interaction>) -> Bench {
    let bench = Bench::with(with_channels);
    bench.switch.has(there);
    bench.log_on("A").await;
    subscribe_folder(&bench, "A").await;
    bench.outbox.take();
    bench.switch.requests();
    bench
}

async fn subscribe_folder<S: Switch>(bench: &Bench<S>, user: &str) {
    let subscription = Bench::key(&Bench::url(user), "3");
    let subscribe = Command::SubscribeContainer { container: "Inbox".into(), subscription };
    bench.ask(user, subscribe).await.expect("the folder is the agent's own");
}

async fn done<S: Switch>(bench: &Bench<S>, user: &str, command: Command) {
    assert_eq!(bench.ask(user, command.clone()).await, Ok(Reply::Done), "{user} {command:?}");
}

/// What was told, in order and in words.
fn told<S: Switch>(bench: &Bench<S>) -> Vec<String> {
    let word = |event: &Event| match event {
        Event::PhoneCallChanged(call) => Some(format!("call {:?}", call.status)),
        Event::ChatChanged(chat) => Some(format!("chat {:?}", chat.status)),
        Event::ChatPosted(posting) => Some(format!("{}: {}", posting.participant, posting.text)),
        Event::ActionItemChanged(item) => Some(format!("{} {:?}", item.action.id, item.status)),
        Event::UserChanged(_) | Event::MonitorChanged(_) | Event::SubscriptionEnded(_) => None,
    };
    bench.outbox.take().iter().filter_map(|told| Some(format!("{} {}", told.user, word(&told.event)?))).collect()
}

fn erms(subject: &str) -> ActionItem {
    ActionItem {
        id: "GUID".into(),
        scenario: TextElement::new("ERMS", ""),
        attributes: vec![("ACTION_ITEM_ATTR_SUBJECT".to_owned(), subject.to_owned())],
        users: Vec::new(),
    }
}

fn route(item: ActionItem) -> Command {
    Command::RouteActionItem { item: Box::new(item), reply_to: None }
}

async fn routed<S: Switch>(bench: &Bench<S>, item: ActionItem) -> ItemId {
    // As SAP's workflow asks: in the name of nobody who is an agent.
    match bench.ask("WF-BATCH", route(item)).await {
        Ok(Reply::Item(item)) => item,
        other => panic!("not routed: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_chat_is_accepted_written_in_by_both_and_ended() {
    let bench = site().await;
    let customer = Caller { kind: InteractionKind::Chat, name: "Max".to_owned(), ..Caller::default() };
    let id = bench.switch.call_in(customer, Reach::Queue("Sales".into())).await.expect("the chat comes in");
    let item = || ItemId::new(id.as_str());
    bench.switch.say(&id, "hello?").await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA chat Alerting", "ANNA Max@customer.com: hello?"]);
    done(&bench, "ANNA", Command::Accept(item())).await;
    done(&bench, "ANNA", Command::Post { item: item(), text: "hi".into() }).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA chat Connected", "ANNA ANNA@customer.com: hi"]);
    let Ok(Reply::Postings(postings)) = bench.ask("ANNA", Command::GetPostings(item())).await else { panic!("no postings") };
    assert_eq!(postings.len(), 2);
    bench.switch.say(&id, "bye").await;
    bench.switch.hang_up(&id).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA Max@customer.com: bye", "ANNA chat Ended"]);
    assert_eq!(bench.ask("ANNA", Command::Post { item: item(), text: "?".into() }).await, Err(Refusal::UnknownItem(item())));
}

#[tokio::test(start_paused = true)]
async fn a_transferred_chat_shows_the_next_agent_all_that_was_written() {
    let bench = site().await;
    let customer = Caller { kind: InteractionKind::Chat, name: "Max".to_owned(), ..Caller::default() };
    let id = bench.switch.call_in(customer, Reach::User("ANNA".into())).await.expect("the chat comes in");
    let item = || ItemId::new(id.as_str());
    bench.switch.say(&id, "hello?").await;
    bench.settle("ANNA").await;
    done(&bench, "ANNA", Command::Accept(item())).await;
    let to = Destination::Number("1002".to_owned());
    let foreign = bench.ask("BOSS", Command::Post { item: item(), text: "mine".into() }).await;
    assert_eq!(foreign, Err(Refusal::ForeignItem(item())));
    done(&bench, "ANNA", Command::Transfer { item: item(), to }).await;
    bench.settle("ANNA").await;
    bench.settle("BOSS").await;
    let told = told(&bench);
    assert_eq!(told[told.len() - 3..], ["ANNA chat Ended", "BOSS chat Alerting", "BOSS Max@customer.com: hello?"]);
}

#[tokio::test(start_paused = true)]
async fn a_new_subscriber_is_shown_every_chat_and_action_item_with_what_was_written() {
    let bench = Bench::with(with_channels);
    bench.switch.has(vec![call("1", S::Held), chat("2", S::Connected, 2), action_item("3", S::Alerting)]);
    bench.log_on("A").await;
    assert_eq!(told(&bench), ["A call Held"], "the line has calls only");
    subscribe_folder(&bench, "A").await;
    let told = told(&bench);
    assert_eq!(told, ["A chat Connected", "A Carla@customer.com: line 1", "A Carla@customer.com: line 2", "A GUID-3 Alerting"]);
}

#[tokio::test(start_paused = true)]
async fn chats_are_ended_at_log_off_and_nothing_else() {
    let bench =
        scripted(vec![chat("1", S::Connected, 0), chat("2", S::Alerting, 0), action_item("3", S::Connected), call("4", S::Held)]).await;
    done(&bench, "A", Command::SetCurrentWorkmode(WorkmodeId::LOGOUT)).await;
    assert_eq!(bench.switch.requests(), [R::Disconnect("1".into())]);
    assert_eq!(bench.switch.log_offs(), ["A"]);
}

#[tokio::test(start_paused = true)]
async fn a_chat_whose_agent_forgot_it_is_ended_and_the_switch_is_asked_again_when_it_does_not() {
    // Its only posting is from 1970.
    for (limit, asked) in [(3600, vec![R::Disconnect("1".into())]), (0, Vec::new())] {
        let bench = scripted(vec![chat("1", S::Connected, 1), chat("2", S::Alerting, 1)]).await;
        bench.switch.answer(Err(Refusal::SwitchRefused("not now".to_owned())));
        bench.change(|policy| policy.close_chats_after = Duration::from_secs(limit));
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!(bench.switch.requests(), asked, "{limit}");
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(bench.switch.requests(), asked, "{limit}: it is still open");
        bench.say("A", SwitchEvent::Interaction(chat("1", S::Ended(EndCause::RemoteDisconnect), 1))).await;
        tokio::time::sleep(Duration::from_mins(2)).await;
        assert_eq!(bench.switch.requests(), [], "{limit}: it has ended");
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_pops_with_the_customers_number_and_is_answered_by_dialling() {
    let bench = site().await;
    let wish = CallBack { number: "+493012345".to_owned(), queue: Some("Sales".into()), ..CallBack::default() };
    let placed = bench.ask("WEB", Command::CreateCallBack(Box::new(wish.clone()))).await;
    let Ok(Reply::Item(item)) = placed else { panic!("{placed:?}") };
    bench.settle("ANNA").await;
    let Ok(Reply::Calls(calls)) = bench.ask("ANNA", Command::GetCalls { line: None }).await else { panic!("no calls") };
    assert_eq!(calls[0].remote_numbers, ["+493012345"]);
    done(&bench, "ANNA", Command::Accept(item.clone())).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA call Alerting", "ANNA call Dialing", "ANNA call Connected"]);
    done(&bench, "ANNA", Command::Drop(item)).await;
    let nowhere = CallBack { queue: Some("Nobody".into()), ..wish.clone() };
    let refused = bench.ask("WEB", Command::CreateCallBack(Box::new(nowhere))).await;
    assert_eq!(refused, Err(Refusal::UnknownDestination("Nobody".to_owned())));
    let refused = bench.ask("WEB", Command::CreateCallBack(Box::new(CallBack { queue: None, ..wish }))).await;
    assert_eq!(refused, Err(Refusal::QueueMissing));
}

#[tokio::test(start_paused = true)]
async fn an_action_item_is_offered_accepted_and_ended() {
    let bench = site().await;
    let item = routed(&bench, erms("Where is it?")).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA GUID Alerting"]);
    done(&bench, "ANNA", Command::Accept(item.clone())).await;
    assert_eq!(bench.ask("ANNA", Command::Hold(item.clone())).await, Err(Refusal::ActionItemOnHold(item.clone())));
    bench.settle("ANNA").await;
    let again = bench.ask("WF-BATCH", route(erms("Again"))).await;
    assert_eq!(again, Err(Refusal::ActionItemTaken("GUID".into())));
    done(&bench, "ANNA", Command::Drop("GUID".into())).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA GUID Connected", "ANNA GUID Ended"]);
    routed(&bench, erms("Again")).await;
}

#[tokio::test(start_paused = true)]
async fn a_rejected_action_item_goes_back_and_can_be_routed_anew() {
    let bench = site().await;
    let item = routed(&bench, erms("Where is it?")).await;
    bench.settle("ANNA").await;
    done(&bench, "ANNA", Command::Reroute(item.clone())).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA GUID Alerting", "ANNA GUID Ended"]);
    let second = routed(&bench, erms("Where is it now?")).await;
    assert_ne!(second, item);
    done(&bench, "ANNA", Command::SetCurrentWorkmode(WorkmodeId::READY)).await;
    bench.settle("ANNA").await;
    let told: Vec<_> = bench
        .outbox
        .take()
        .iter()
        .filter_map(|told| match &*told.event {
            Event::ActionItemChanged(item) => Some(item.title.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["Where is it now?"], "the one from before is gone");
}

#[tokio::test(start_paused = true)]
async fn sap_takes_an_action_item_back_from_its_queue_or_its_agent() {
    let bench = site().await;
    done(&bench, "WF-BATCH", Command::CancelActionItem("NEVER".into())).await;
    let item = routed(&bench, erms("One")).await;
    bench.settle("ANNA").await;
    done(&bench, "ANNA", Command::Accept(item.clone())).await;
    bench.settle("ANNA").await;
    done(&bench, "WF-BATCH", Command::CancelActionItem("GUID".into())).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), ["ANNA GUID Alerting", "ANNA GUID Connected", "ANNA GUID Ended"]);
    done(&bench, "ANNA", Command::SetCurrentWorkmode(WorkmodeId::NOT_READY)).await;
    routed(&bench, erms("Two")).await;
    done(&bench, "WF-BATCH", Command::CancelActionItem("GUID".into())).await;
    done(&bench, "ANNA", Command::SetCurrentWorkmode(WorkmodeId::READY)).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn who_asked_for_the_routing_hears_of_it_beside_the_agent() {
    let bench = site().await;
    let reply_to = ReplyTo { url: "http://erms".into(), apps: Arc::from([AppId::from("E")]), peer: None };
    let routed = bench.ask("WF-BATCH", Command::RouteActionItem { item: Box::new(erms("One")), reply_to: Some(reply_to) }).await;
    let Ok(Reply::Item(item)) = routed else { panic!("{routed:?}") };
    bench.settle("ANNA").await;
    done(&bench, "ANNA", Command::Accept(item.clone())).await;
    done(&bench, "ANNA", Command::Drop(item)).await;
    bench.settle("ANNA").await;
    let urls: Vec<_> = bench.outbox.take().iter().map(|told| told.url.as_str().to_owned()).collect();
    assert_eq!(urls.iter().filter(|url| *url == "http://erms").count(), 3, "{urls:?}");
    let nowhere = ReplyTo { url: "nonsense".into(), apps: Arc::from([AppId::from("E")]), peer: None };
    let refused = bench.ask("WF-BATCH", Command::RouteActionItem { item: Box::new(erms("Two")), reply_to: Some(nowhere) }).await;
    assert_eq!(refused, Err(Refusal::BadEventUrl("nonsense".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_routed_says_why_and_is_not_remembered() {
    let bench = Bench::with(|policy| {
        with_channels(policy);
        policy.routing.rest = None;
    });
    assert_eq!(bench.ask("WF", route(erms("One"))).await, Err(Refusal::NoRoute("GUID".into())));
    bench.change(|policy| policy.routing = rules().routing);
    bench.switch.refuse_place(Refusal::UnknownDestination("Sales".to_owned()));
    assert_eq!(bench.ask("WF", route(erms("One"))).await, Err(Refusal::UnknownDestination("Sales".to_owned())));
    assert_eq!(bench.switch.placed().len(), 1);
    done(&bench, "WF", Command::CancelActionItem("GUID".into())).await;
    assert!(bench.switch.withdrawn().is_empty());
    bench.change(|policy| policy.channels.truncate(1));
    let off = bench.ask("WF", route(erms("One"))).await;
    assert!(matches!(off, Err(Refusal::NotAvailable(_))), "{off:?}");
}

#[tokio::test(start_paused = true)]
async fn an_action_item_that_moves_on_is_not_forgotten() {
    let bench = scripted(vec![action_item("1", S::Connected)]).await;
    bench.say("A", SwitchEvent::Interaction(action_item("1", S::Ended(EndCause::Transferred)))).await;
    assert_eq!(told(&bench), ["A GUID-1 Ended"]);
}
