//! SAP is lost, the switch is lost, the switch is another one.

use super::*;
use crate::{domain::EndCause, outbox::FateKind};

fn told(bench: &Bench) -> Vec<String> {
    let told = bench.outbox.take();
    let words = told.iter().map(|told| match &*told.event {
        Event::UserChanged(view) => view.current_workmode.description.to_string(),
        Event::PhoneCallChanged(call) => format!("{} {:?}", call.item, call.status),
        Event::ChatChanged(chat) => format!("{} {:?}", chat.item, chat.status),
        Event::ChatPosted(posting) => format!("{} {:?}", posting.item, posting.text),
        Event::ActionItemChanged(item) => format!("{} {:?}", item.item, item.status),
        Event::MonitorChanged(view) => format!("figures of {} queues", view.queues.len()),
        Event::SubscriptionEnded(reason) => format!("{reason:?}"),
    });
    words.collect()
}

#[tokio::test(start_paused = true)]
async fn the_agents_last_subscription_takes_him_out_of_ready() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.ask("A", Command::SubscribeUser(Bench::key("http://second", "1"))).await.expect("subscribed");
    bench.fate("http://second", FateKind::Gone).await;
    assert_eq!(bench.switch.requests(), [], "SAP still has another session");
    bench.outbox.take();
    bench.fate("http://sap/a", FateKind::Gone).await;
    assert_eq!(bench.switch.requests(), [R::SetStatus("Do Not Disturb".into())]);
    bench.say("A", SwitchEvent::Status(status("Do Not Disturb"))).await;
    assert!(bench.outbox.take().is_empty(), "nobody is subscribed any more");
    let summary = &bench.agents.summaries().await[0];
    assert_eq!((summary.subscriptions, summary.ghost), (0, Some(Ghost::Gone)));
    bench.fate("http://sap/a", FateKind::Gone).await;
    assert_eq!(bench.switch.requests(), []);
}

#[tokio::test(start_paused = true)]
async fn a_ready_agent_whom_sap_cannot_see_is_taken_out_of_ready() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.ask("A", Command::SubscribeUser(Bench::key("http://second", "1"))).await.expect("subscribed");
    bench.fate("http://sap/a", FateKind::Unreachable).await;
    assert_eq!(bench.switch.requests(), [], "SAP is reached elsewhere");
    bench.fate("http://second", FateKind::Unreachable).await;
    assert_eq!(bench.switch.requests(), [R::SetStatus("Do Not Disturb".into())]);
    assert_eq!(bench.agents.summaries().await[0].subscriptions, 3, "an unreachable SAP keeps its subscriptions");
}

#[tokio::test(start_paused = true)]
async fn an_agent_who_is_not_ready_stays_as_he_is() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.say("A", SwitchEvent::Status(status("At Lunch"))).await;
    bench.fate("http://sap/a", FateKind::Unreachable).await;
    assert_eq!(bench.switch.requests(), []);
}

#[tokio::test(start_paused = true)]
async fn a_lost_agent_may_be_logged_off() {
    let bench = Bench::with(|policy| policy.lost_workmode = WorkmodeId::LOGOUT);
    bench.log_on("A").await;
    bench.fate("http://sap/a", FateKind::Gone).await;
    assert_eq!(bench.switch.log_offs(), ["A"]);
    assert_eq!(bench.agents.summaries().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_lost_agent_does_not_come_back_ready_with_the_switch() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.say("A", SwitchEvent::Connection(Connection::Down)).await;
    bench.switch.answer(Err(Refusal::SwitchUnavailable));
    bench.fate("http://sap/a", FateKind::Unreachable).await;
    assert_eq!(bench.switch.requests().len(), 1);
    let snapshot = SwitchEvent::Snapshot { status: status("Available"), interactions: Vec::new() };
    bench.say("A", snapshot.clone()).await;
    assert_eq!(bench.switch.requests(), [R::SetStatus("Do Not Disturb".into())], "tried again");
    bench.fate("http://sap/a", FateKind::Recovered).await;
    bench.say("A", snapshot).await;
    assert_eq!(bench.switch.requests(), [], "SAP is back: the agent decides");
}

#[tokio::test(start_paused = true)]
async fn a_lost_switch_is_seen_and_what_vanished_meanwhile_ends() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected), call("2", S::Held)]).await;
    bench.say("A", SwitchEvent::Connection(Connection::Down)).await;
    bench.say("A", SwitchEvent::Connection(Connection::Reconnecting)).await;
    bench.say("A", SwitchEvent::Snapshot { status: status("Available"), interactions: vec![call("2", S::Held)] }).await;
    assert_eq!(told(&bench), ["Server Down", "Attempt Reconnect", "Available", "1 Ended", "2 Held"]);
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_breaks_off_is_taken_up_again() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    bench.switch.refuse_log_on(Some(Refusal::SwitchUnavailable));
    bench.switch.break_off("A");
    bench.settle("A").await;
    assert_eq!(bench.ask("A", Command::Hold("1".into())).await, Err(Refusal::SwitchUnavailable));
    assert_eq!(bench.ask("A", Command::DropCalls { line: None }).await, Err(Refusal::SwitchUnavailable));
    tokio::time::sleep(Duration::from_secs(10)).await;
    bench.switch.refuse_log_on(None);
    bench.switch.has(vec![call("1", S::Held)]);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(told(&bench), ["Server Down", "Available", "1 Held"]);
    assert_eq!(bench.ask("A", Command::Unhold("1".into())).await, Ok(Reply::Done));
}

#[tokio::test(start_paused = true)]
async fn an_agent_whom_the_switch_does_not_take_back_is_told_so() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.outbox.take();
    bench.switch.refuse_log_on(Some(Refusal::UnknownUser("A".into())));
    bench.switch.break_off("A");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(told(&bench), ["Server Down", "<Logout>", "SwitchLost"]);
    assert_eq!(bench.agents.summaries().await, []);
}

#[tokio::test(start_paused = true)]
async fn an_agent_whom_the_switch_logs_off_is_told_so() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    bench.switch.say("A", SwitchEvent::LoggedOff);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(told(&bench), ["1 Ended", "<Logout>", "LoggedOff"]);
    assert!(bench.switch.log_offs().is_empty(), "there is nothing left to log off from");
    assert_eq!(bench.ask("A", Command::Hold("1".into())).await, Err(Refusal::NotLoggedOn("A".into())));
}

#[tokio::test(start_paused = true)]
async fn sessions_move_to_another_switch() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    let other = Arc::new(bench::Scripted::default());
    other.has(vec![call("5", S::Alerting)]);
    bench.agents.use_switch(Arc::clone(&other) as Arc<dyn Switch>);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((bench.switch.log_offs(), other.log_ons()), (vec!["A".to_owned()], vec!["A".to_owned()]));
    assert_eq!(told(&bench), ["Attempt Reconnect", "Available", "1 Ended", "5 Alerting"]);
    assert_eq!(bench.ask("A", Command::Accept("5".into())).await, Ok(Reply::Done));
    assert_eq!(other.requests(), [R::Answer("5".into())]);
    bench.ask("B", Command::GetUserAttributes).await.expect("logged on");
    assert_eq!(other.log_ons(), ["A", "B"]);
    other.say("A", SwitchEvent::Interaction(call("5", S::Ended(EndCause::Dropped))));
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_was_not_asked_for_changes_nothing() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.outbox.take();
    bench.change(|there| *there = policy());
    bench.settle("A").await;
    assert!(bench.outbox.take().is_empty());
}
