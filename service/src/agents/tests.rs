//! Sessions against a switch that does what the test says and an outbox that only remembers: time is paused, so deadlines cost nothing.

mod bench;
mod channels;
mod commands;
mod day;
mod events;
mod lost;
mod monitor;
mod resume;
mod seats;

use super::*;
use crate::domain::{
    AppId, Change, Command, Connection, ContainerId, Event, InteractionState as S, ItemId, ProductInformation, SwitchEvent,
    SwitchRequest as R, WorkmodeId,
    samples::{call, status},
};
use bench::{Bench, policy};

#[tokio::test(start_paused = true)]
async fn get_attributes_logs_the_agent_on_once() {
    let bench = Bench::new();
    for _ in 0..3 {
        let Ok(Reply::Agent(view)) = bench.ask("A", Command::GetUserAttributes).await else { panic!("no attributes") };
        assert_eq!((view.user.as_str(), &*view.current_workmode.id), ("A", "2"));
    }
    assert_eq!(bench.switch.log_ons(), ["A"]);
}

#[tokio::test(start_paused = true)]
async fn commands_at_the_same_time_log_on_once() {
    let bench = Bench::new();
    let (one, two) = tokio::join!(bench.ask("A", Command::GetUserAttributes), bench.ask("A", Command::SetCurrentQueues(Vec::new())));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(bench.switch.log_ons(), ["A"]);
}

#[tokio::test(start_paused = true)]
async fn attributes_are_made_once_and_shared() {
    let bench = Bench::new();
    let Ok(Reply::Agent(one)) = bench.ask("A", Command::GetUserAttributes).await else { panic!() };
    let Ok(Reply::Agent(two)) = bench.ask("A", Command::GetUserAttributes).await else { panic!() };
    assert!(Arc::ptr_eq(&one, &two));
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_logged_on_has_no_session() {
    let bench = Bench::new();
    let refusals = [
        Refusal::UnknownUser("X".into()),
        Refusal::UserCase { asked: "x".into(), known: "X".into() },
        Refusal::CannotLogOn { user: "X".into(), why: "he has no extension".to_owned() },
        Refusal::SwitchUnavailable,
    ];
    for refusal in refusals {
        bench.switch.refuse_log_on(Some(refusal.clone()));
        assert_eq!(bench.ask("X", Command::GetUserAttributes).await, Err(refusal));
        assert_eq!(bench.agents.summaries().await, []);
    }
    bench.switch.refuse_log_on(None);
    assert!(bench.ask("X", Command::GetUserAttributes).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_switch_that_does_not_answer_a_log_on_is_given_up() {
    let bench = Bench::new();
    bench.switch.hang_log_on();
    assert_eq!(bench.ask("A", Command::GetUserAttributes).await, Err(Refusal::SwitchTimeout));
    assert_eq!(bench.agents.summaries().await, []);
}

#[tokio::test(start_paused = true)]
async fn without_a_session_only_the_log_on_sequence_is_served() {
    let bench = Bench::new();
    let item = || ItemId::from("1");
    let refused = [
        Command::CreateItem,
        Command::Accept(item()),
        Command::GetCalls { line: None },
        Command::GetMessages { folder: String::new() },
        Command::Dial { item: None, destination: "1".to_owned() },
    ];
    for command in refused {
        assert_eq!(bench.ask("A", command).await, Err(Refusal::NotLoggedOn("A".into())));
    }
    let nothing_to_do = [
        Command::SetCurrentWorkmode(WorkmodeId::LOGOUT),
        Command::UnsubscribeUser(Bench::key("u", "1")),
        Command::UnsubscribeContainer { container: "1001".into(), subscription: Bench::key("u", "1") },
    ];
    for command in nothing_to_do {
        assert_eq!(bench.ask("A", command).await, Ok(Reply::Done));
    }
    assert!(bench.switch.log_ons().is_empty());
    let nobody = Request { user: None, language: None, peer: None, command: Command::GetUserAttributes };
    assert_eq!(bench.agents.carry_out(nobody).await, Err(Refusal::UserMissing));
}

#[tokio::test(start_paused = true)]
async fn no_more_agents_than_the_file_allows() {
    let bench = Bench::with(|policy| policy.sessions = 2);
    assert!(bench.ask("A", Command::GetUserAttributes).await.is_ok());
    assert!(bench.ask("B", Command::GetUserAttributes).await.is_ok());
    let full = Err(Refusal::LimitReached { what: "agents logged on", limit: 2 });
    assert_eq!(bench.ask("C", Command::GetUserAttributes).await, full);
    assert_eq!(bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId::LOGOUT)).await, Ok(Reply::Done));
    assert!(bench.ask("C", Command::GetUserAttributes).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_full_mailbox_is_said_at_once() {
    let bench = Bench::with(|policy| policy.mailbox = 2);
    bench.switch.hang_log_on();
    let asking: Vec<_> = (0..3).map(|_| bench.ask("A", Command::GetUserAttributes)).collect();
    let mut outcomes = Vec::new();
    let tasks: Vec<_> = asking.into_iter().map(tokio::spawn).collect();
    for task in tasks {
        outcomes.push(task.await.expect("no panic"));
    }
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Refusal::Busy("A".into()))).count(), 1, "{outcomes:?}");
}

#[tokio::test(start_paused = true)]
async fn log_out_leaves_the_status_alone_and_ends_quietly() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.outbox.take();
    assert_eq!(bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId::LOGOUT)).await, Ok(Reply::Done));
    assert_eq!(bench.switch.requests(), []);
    assert_eq!(bench.switch.log_offs(), ["A"]);
    let told = bench.outbox.take();
    assert_eq!(told.len(), 1);
    assert!(matches!(&*told[0].event, Event::UserChanged(view) if &*view.current_workmode.id == "1"));
    assert_eq!(bench.outbox.closed(), ["http://sap/a"]);
    assert_eq!(bench.agents.summaries().await, []);
    assert!(bench.ask("A", Command::GetUserAttributes).await.is_ok(), "he can log on again");
    assert_eq!(bench.switch.log_ons(), ["A", "A"]);
}

#[tokio::test(start_paused = true)]
async fn saps_first_workmode_is_ignored_when_the_file_says_so() {
    let bench = Bench::with(|policy| {
        policy.flags.ignore_initial_workmode = true;
        policy.login_workmode = Some(WorkmodeId(4));
    });
    bench.log_on("A").await;
    assert_eq!(bench.switch.requests(), [R::SetStatus("ACD - Rejected".into())], "the log-on status is ours");
    bench.outbox.take();
    assert_eq!(bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId::READY)).await, Ok(Reply::Done));
    assert_eq!(bench.switch.requests(), []);
    assert!(matches!(&*bench.outbox.take()[0].event, Event::UserChanged(_)), "SAP is told what he really does");
    assert_eq!(bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId::READY)).await, Ok(Reply::Done));
    assert_eq!(bench.switch.requests(), [R::SetStatus("Available".into())]);
}

#[tokio::test(start_paused = true)]
async fn saps_first_workmode_counts_otherwise() {
    let bench = Bench::with(|policy| policy.login_workmode = Some(WorkmodeId(4)));
    bench.log_on("A").await;
    assert_eq!(bench.switch.requests(), []);
    assert_eq!(bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId::NOT_READY)).await, Ok(Reply::Done));
    assert_eq!(bench.switch.requests(), [R::SetStatus("Do Not Disturb".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_workmode_that_cannot_be_set_is_refused() {
    let bench = Bench::new();
    bench.log_on("A").await;
    let cases = [(4, Refusal::WorkmodeNotSelectable(WorkmodeId(4))), (77, Refusal::UnknownWorkmode(WorkmodeId(77)))];
    for (id, refusal) in cases {
        assert_eq!(bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId(id))).await, Err(refusal));
    }
    assert_eq!(bench.switch.requests(), []);
}

#[tokio::test(start_paused = true)]
async fn two_workmodes_with_one_status_stay_apart() {
    let bench = Bench::with(|policy| {
        policy.mapped.push(MappedWorkmode { id: WorkmodeId(9), status: "Available".into(), user_selectable: true });
    });
    bench.log_on("A").await;
    bench.outbox.take();
    bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId(9))).await.expect("accepted");
    let told = bench.outbox.take();
    assert!(matches!(&*told[0].event, Event::UserChanged(view) if &*view.current_workmode.id == "9"));
    bench.switch.answer(Err(Refusal::SwitchRefused("no".to_owned())));
    bench.ask("A", Command::SetCurrentWorkmode(WorkmodeId::READY)).await.expect_err("refused");
    assert_eq!(bench.agents.summaries().await[0].workmode, 9);
}

#[tokio::test(start_paused = true)]
async fn what_sap_sets_is_shown() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.ask("A", Command::SetCurrentQueues(vec!["Sales".into()])).await.expect("accepted");
    bench.ask("A", Command::SetCurrentChannels(vec!["phone".into()])).await.expect("accepted");
    let address = crate::domain::Address { channel: "phone".into(), address: "+49".to_owned() };
    bench.ask("A", Command::SetAddresses(vec![address.clone()])).await.expect("accepted");
    let Ok(Reply::Agent(view)) = bench.ask("A", Command::GetUserAttributes).await else { panic!() };
    assert_eq!(view.current_queues, ["Sales".into()]);
    assert_eq!(view.current_channels, ["phone".into()]);
    assert_eq!(view.addresses, [address]);
    let many = vec!["Sales".into(); 65];
    assert_eq!(bench.ask("A", Command::SetCurrentQueues(many)).await, Err(Refusal::LimitReached { what: "queues", limit: 64 }));
}

#[tokio::test(start_paused = true)]
async fn who_never_subscribes_is_forgotten() {
    let bench = Bench::new();
    bench.ask("A", Command::GetUserAttributes).await.expect("logged on");
    tokio::time::advance(Duration::from_secs(119)).await;
    assert_eq!(bench.agents.summaries().await.len(), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(bench.agents.summaries().await, []);
    assert_eq!(bench.switch.requests(), [R::SetStatus("Do Not Disturb".into())], "he is not left ready");
    assert_eq!(bench.switch.log_offs(), ["A"]);
}

#[tokio::test(start_paused = true)]
async fn who_subscribes_or_talks_is_not_forgotten() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.ask("B", Command::GetUserAttributes).await.expect("logged on");
    bench.switch.say("B", SwitchEvent::Interaction(call("1", S::Connected)));
    tokio::time::sleep(Duration::from_secs(100_000)).await;
    assert_eq!(bench.agents.summaries().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_system_commands_need_nobody() {
    let bench = Bench::new();
    let ask = |command| bench.agents.carry_out(Request { user: None, language: None, peer: None, command });
    let theirs = ProductInformation { ici_version: "3.05".to_owned(), ..ProductInformation::default() };
    let Ok(Reply::Product(ours)) = ask(Command::ExchangeProductInformation(theirs)).await else { panic!() };
    assert_eq!((ours.name.as_str(), ours.ici_version.as_str()), ("Jackfield", "3.05"));
    assert_eq!(ask(Command::GetWorkcenterCapability).await, Ok(Reply::Workcenter(crate::domain::WorkcenterCapability::default())));
    let queues = Err(Refusal::NotAvailable("Presence queue information"));
    assert_eq!(ask(Command::GetPresenceQueueInfo { channel: None }).await, queues);
    let users = Err(Refusal::NotAvailable("User presence"));
    let everybody = || Command::GetUserPresence { search: String::new() };
    assert_eq!(ask(everybody()).await, users);
    // Each is offered by itself.
    bench.change(|policy| policy.flags.presence_queue_info = true);
    assert_eq!(ask(everybody()).await, users);
    assert_eq!(ask(Command::GetPresenceQueueInfo { channel: None }).await, Ok(Reply::Queues(Vec::new())));
    bench.change(|policy| policy.user_presence = true);
    assert_eq!(ask(Command::GetUserPresence { search: "*".to_owned() }).await, Ok(Reply::Users(Vec::new())));
}

#[tokio::test(start_paused = true)]
async fn log_off_all_ends_every_subscription_and_takes_nobody_on() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.log_on("B").await;
    bench.outbox.take();
    bench.agents.log_off_all().await;
    let ended = bench.outbox.take().into_iter().filter(|told| *told.event == Event::SubscriptionEnded(EndReason::Shutdown)).count();
    assert_eq!(ended, 2);
    let mut off = bench.switch.log_offs();
    off.sort();
    assert_eq!(off, ["A", "B"]);
    assert_eq!(bench.ask("C", Command::GetUserAttributes).await, Err(Refusal::Stopping));
}

#[tokio::test(start_paused = true)]
async fn a_ghost_is_listed_with_its_reason_and_an_administrator_logs_it_off() {
    let bench = Bench::new();
    bench.log_on("A").await;
    let ghost = || async { bench.agents.summaries().await[0].ghost };
    assert_eq!(ghost().await, None);
    tokio::time::advance(policy().ghost_after).await;
    assert_eq!(ghost().await, Some(Ghost::Silent));
    let told = bench.outbox.take().pop().expect("he was told of himself when he subscribed");
    told.pulse.beat();
    assert_eq!(ghost().await, None, "he whose SAP takes an event is no ghost");
    tokio::time::advance(policy().ghost_after).await;
    assert_eq!(ghost().await, Some(Ghost::Silent));
    bench.ask("A", Command::GetUserAttributes).await.unwrap();
    assert_eq!(ghost().await, None, "who says something is no ghost");
    bench.switch.requests();
    assert!(bench.agents.log_off(&"A".into()).await);
    assert_eq!(bench.switch.requests(), [R::SetStatus("Do Not Disturb".into())], "nobody is left ready");
    assert_eq!(bench.switch.log_offs(), ["A"]);
    assert_eq!(bench.agents.summaries().await, []);
    assert!(!bench.agents.log_off(&"A".into()).await, "nobody is there any more");
}

#[tokio::test(start_paused = true)]
async fn summaries_are_sorted_and_say_what_goes_on() {
    let bench = Bench::new();
    bench.log_on("B").await;
    bench.log_on("A").await;
    bench.switch.say("B", SwitchEvent::Interaction(call("1", S::Held)));
    bench.settle("B").await;
    let summaries = bench.agents.summaries().await;
    let users: Vec<_> = summaries.iter().map(|summary| summary.user.as_str()).collect();
    assert_eq!(users, ["A", "B"]);
    assert_eq!(summaries[1].calls, [("1".to_owned(), CallStatus::Held)]);
    assert_eq!((summaries[1].subscriptions, summaries[1].workmode, summaries[1].workmode_text.as_str()), (2, 2, "Available"));
}
