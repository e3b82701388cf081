//! What SAP is told, where, and when nothing is to be told.

use super::*;
use crate::{
    domain::{EventUrl, Interaction},
    outbox::Delivery,
};

fn urls(told: &[Delivery]) -> Vec<String> {
    told.iter().map(|told| told.url.as_str().to_owned()).collect()
}

fn calls(told: &[Delivery]) -> Vec<(String, CallStatus)> {
    let calls = told.iter().filter_map(|told| match &*told.event {
        Event::PhoneCallChanged(call) => Some((call.item.to_string(), call.status)),
        _ => None,
    });
    calls.collect()
}

#[tokio::test(start_paused = true)]
async fn a_call_is_told_from_alerting_to_its_end() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.outbox.take();
    for state in
        [S::Alerting, S::Connected, S::Held, S::Ended(crate::domain::EndCause::Dropped), S::Ended(crate::domain::EndCause::Dropped)]
    {
        bench.say("A", SwitchEvent::Interaction(call("1", state))).await;
    }
    let told = bench.outbox.take();
    let states = [CallStatus::Alerting, CallStatus::Connected, CallStatus::Held, CallStatus::Ended].map(|status| ("1".to_owned(), status));
    assert_eq!(calls(&told), states);
    assert!(told.iter().all(|told| *told.apps == [AppId::from("2")] && told.user.as_str() == "A"));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_of_another_agents_calls() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.log_on("B").await;
    bench.outbox.take();
    bench.say("A", SwitchEvent::Interaction(call("1", S::Alerting))).await;
    assert_eq!(urls(&bench.outbox.take()), ["http://sap/a"]);
}

#[tokio::test(start_paused = true)]
async fn who_has_subscribed_to_nothing_is_told_nothing() {
    let bench = Bench::new();
    bench.ask("A", Command::GetUserAttributes).await.expect("logged on");
    bench.say("A", SwitchEvent::Status(status("At Lunch"))).await;
    bench.say("A", SwitchEvent::Interaction(call("1", S::Alerting))).await;
    assert!(bench.outbox.take().is_empty());
    bench.ask("A", Command::SubscribeUser(Bench::key("http://u", "1"))).await.expect("subscribed");
    bench.outbox.take();
    bench.say("A", SwitchEvent::Interaction(call("1", S::Connected))).await;
    assert!(bench.outbox.take().is_empty(), "the line was not subscribed to");
}

#[tokio::test(start_paused = true)]
async fn a_first_subscription_gets_the_whole_picture_once() {
    let bench = Bench::new();
    bench.switch.has(vec![call("1", S::Connected), call("2", S::Held)]);
    bench.ask("A", Command::GetUserAttributes).await.expect("logged on");
    let user = || Command::SubscribeUser(Bench::key("http://u", "1"));
    let line = || Command::SubscribeContainer { container: "10a".into(), subscription: Bench::key("http://u", "1") };
    bench.ask("A", user()).await.expect("subscribed");
    assert!(matches!(&*bench.outbox.take()[0].event, Event::UserChanged(_)));
    bench.ask("A", line()).await.expect("subscribed");
    let picture = [("1".to_owned(), CallStatus::Connected), ("2".to_owned(), CallStatus::Held)];
    assert_eq!(calls(&bench.outbox.take()), picture);
    bench.ask("A", user()).await.expect("subscribed again");
    bench.ask("A", line()).await.expect("subscribed again");
    assert!(bench.outbox.take().is_empty());
    let inbox = Command::SubscribeContainer { container: "Inbox:A".into(), subscription: Bench::key("http://u", "1") };
    bench.ask("A", inbox).await.expect("subscribed");
    assert!(bench.outbox.take().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_status_change_is_told_whoever_made_it() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.outbox.take();
    bench.say("A", SwitchEvent::Status(status("Do Not Disturb"))).await;
    bench.say("A", SwitchEvent::Status(status("Gone Home"))).await;
    let workmodes: Vec<_> = bench
        .outbox
        .take()
        .iter()
        .map(|told| match &*told.event {
            Event::UserChanged(view) => view.current_workmode.description.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(workmodes, ["Do Not Disturb", "Gone Home"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_for_one_url_carries_all_its_applications() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.ask("A", Command::SubscribeUser(Bench::key("http://sap/a", "7"))).await.expect("subscribed");
    bench.ask("A", Command::SubscribeUser(Bench::key("http://other", "8"))).await.expect("subscribed");
    bench.outbox.take();
    bench.say("A", SwitchEvent::Status(status("At Lunch"))).await;
    let told: Vec<_> = bench
        .outbox
        .take()
        .iter()
        .map(|told| (told.url.as_str().to_owned(), told.apps.iter().map(AppId::to_string).collect::<Vec<_>>().join(",")))
        .collect();
    assert_eq!(told, [("http://sap/a".to_owned(), "1,7".to_owned()), ("http://other".to_owned(), "8".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_event_url_that_is_not_allowed_is_refused() {
    let bench = Bench::new();
    bench.log_on("A").await;
    let bad = || Bench::key("ftp://x", "1");
    let refused = Err(Refusal::BadEventUrl("ftp://x".to_owned()));
    assert_eq!(bench.ask("A", Command::SubscribeUser(bad())).await, refused);
    assert_eq!(bench.ask("A", Command::SubscribeContainer { container: "10a".into(), subscription: bad() }).await, refused);
}

#[tokio::test(start_paused = true)]
async fn subscriptions_of_one_agent_are_bounded() {
    let bench = Bench::new();
    bench.ask("A", Command::GetUserAttributes).await.expect("logged on");
    for app in 0..64 {
        bench.ask("A", Command::SubscribeUser(Bench::key("http://u", &app.to_string()))).await.expect("subscribed");
    }
    let refused = bench.ask("A", Command::SubscribeUser(Bench::key("http://u", "one more"))).await;
    assert_eq!(refused, Err(Refusal::LimitReached { what: "subscriptions of one agent", limit: 64 }));
    assert_eq!(bench.ask("A", Command::SubscribeUser(Bench::key("http://u", "0"))).await, Ok(Reply::Done), "an old one is no new one");
}

#[tokio::test(start_paused = true)]
async fn another_log_on_ends_the_older_subscriptions() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.outbox.take();
    bench.ask("A", Command::GetUserAttributes).await.expect("attributes");
    let told = bench.outbox.take();
    assert_eq!(urls(&told), ["http://sap/a"]);
    assert_eq!(*told[0].event, Event::SubscriptionEnded(EndReason::LoggedOnAgain));
    assert_eq!(*told[0].apps, [AppId::from("1"), AppId::from("2")]);
    assert_eq!(bench.outbox.closed(), ["http://sap/a"]);
    bench.ask("A", Command::GetUserAttributes).await.expect("attributes");
    assert!(bench.outbox.take().is_empty(), "there is nothing left to end");
    assert_eq!(bench.switch.requests(), [], "he is logging on: his status is his own");
}

#[tokio::test(start_paused = true)]
async fn older_subscriptions_may_end_at_subscribe_or_never() {
    let bench = Bench::with(|policy| policy.end_older = OlderSubscriptions::OnSubscribe);
    bench.log_on("A").await;
    bench.outbox.take();
    bench.ask("A", Command::GetUserAttributes).await.expect("attributes");
    assert!(bench.outbox.take().is_empty());
    bench.ask("A", Command::SubscribeUser(Bench::key("http://new", "1"))).await.expect("subscribed");
    assert_eq!(urls(&bench.outbox.take()), ["http://sap/a", "http://new"]);

    let bench = Bench::with(|policy| policy.end_older = OlderSubscriptions::Never);
    bench.log_on("A").await;
    bench.ask("A", Command::SubscribeUser(Bench::key("http://new", "1"))).await.expect("subscribed");
    bench.outbox.take();
    bench.ask("A", Command::GetUserAttributes).await.expect("attributes");
    bench.say("A", SwitchEvent::Status(status("At Lunch"))).await;
    assert_eq!(urls(&bench.outbox.take()), ["http://sap/a", "http://new"]);
}

#[tokio::test(start_paused = true)]
async fn a_lane_is_closed_with_its_last_subscriber_only() {
    let bench = Bench::new();
    let shared = || Bench::key("http://shared", "1");
    for user in ["A", "B"] {
        bench.ask(user, Command::SubscribeUser(shared())).await.expect("subscribed");
    }
    bench.ask("A", Command::UnsubscribeUser(shared())).await.expect("unsubscribed");
    assert!(bench.outbox.closed().is_empty());
    bench.ask("B", Command::UnsubscribeUser(shared())).await.expect("unsubscribed");
    assert_eq!(bench.outbox.closed(), ["http://shared"]);
    assert_eq!(bench.ask("B", Command::UnsubscribeUser(shared())).await, Ok(Reply::Done));
}

#[tokio::test(start_paused = true)]
async fn the_seventh_call_is_presented_when_one_of_the_six_ends() {
    let bench = Bench::new();
    bench.with_calls("A", (1..=6).map(|id| call(&id.to_string(), S::Alerting))).await;
    bench.say("A", SwitchEvent::Interaction(call("7", S::Alerting))).await;
    assert!(bench.outbox.take().is_empty());
    bench.say("A", SwitchEvent::Interaction(call("2", S::Ended(crate::domain::EndCause::RemoteDisconnect)))).await;
    let told = calls(&bench.outbox.take());
    assert_eq!(told, [("2".to_owned(), CallStatus::Ended), ("7".to_owned(), CallStatus::Alerting)]);
}

#[tokio::test(start_paused = true)]
async fn a_changed_file_is_told_when_it_changes_the_picture() {
    let bench = Bench::new();
    let numbered = Interaction {
        attributes: [("Other".to_owned(), "5".to_owned()), ("Eic_RemoteTn".to_owned(), "6".to_owned())].into(),
        ..call("1", S::Connected)
    };
    bench.with_calls("A", [numbered]).await;
    bench.change(|policy| policy.switch_deadline = Duration::from_secs(1));
    bench.settle("A").await;
    assert!(bench.outbox.take().is_empty(), "nothing that SAP sees has changed");
    bench.change(|policy| policy.standard.logout_text = "Bye".into());
    bench.settle("A").await;
    let told = bench.outbox.take();
    assert!(matches!(&*told[0].event, Event::UserChanged(view) if &*view.workmodes[0].description == "Bye"));
    bench.change(|policy| policy.remote_attributes = vec!["Other".to_owned()]);
    bench.settle("A").await;
    let told = bench.outbox.take();
    assert!(matches!(&*told[0].event, Event::PhoneCallChanged(call) if call.remote_numbers == ["+5"]), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn changes_name_their_lane() {
    let bench = Bench::new();
    bench.log_on("A").await;
    assert_eq!(bench.agents.0.directory.lane_users(&EventUrl::from("http://sap/a")), ["A".into()]);
    bench.agents.0.note(&"A".into(), &Change::Came("x".into(), "y".into()));
    assert!(bench.agents.0.ids.item_of_another(&"x".into(), &"B".into()).is_some());
    assert!(bench.agents.0.ids.item_of_another(&"x".into(), &"A".into()).is_none());
}

#[tokio::test(start_paused = true)]
async fn each_subscription_is_told_in_the_language_that_it_was_made_in() {
    let bench = Bench::new();
    bench.log_on("A").await;
    let command = Command::SubscribeUser(Bench::key("http://sap/german", "9"));
    let german = Request { user: Some("A".into()), language: Some("DE".into()), peer: None, command };
    bench.agents.carry_out(german).await.expect("the agent is logged on");
    bench.outbox.take();
    bench.switch.say("A", SwitchEvent::Connection(Connection::Down));
    bench.settle("A").await;
    let mut told: Vec<_> = bench
        .outbox
        .take()
        .iter()
        .filter_map(|told| match &*told.event {
            Event::UserChanged(view) => Some(format!("{} {}", told.url.as_str(), view.current_workmode.description)),
            _ => None,
        })
        .collect();
    told.sort();
    assert_eq!(told, ["http://sap/a Server Down", "http://sap/german Anlage nicht erreichbar"]);
}
