//! The process is killed and started again: what the next one makes of what this one has left behind. The clock is real, because the disk is.

use super::{
    bench::{Scripted, policy},
    *,
};
use crate::domain::{CallStatus, Content, Interaction, samples::outbound};
use std::path::PathBuf;

/// A place for stores; every process has a copy of what the one before has left on the disk.
struct Disk(tempfile::TempDir);

impl Disk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, process: &str) -> PathBuf {
        self.0.path().join(process)
    }

    fn start(&self, process: &str, switch: Scripted) -> Bench {
        Bench::keeping(switch, policy(), Store::open(&self.file(process)).expect("a store"))
    }

    /// `kill -9` of the first process, and a next one, which finds this switch.
    async fn restart(&self, dead: &Bench, process: &str, switch: Scripted) -> Bench {
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while dead.agents.0.store.figures().waiting > 0 {
            assert!(std::time::Instant::now() < deadline, "the store does not come to rest");
            tokio::task::yield_now().await;
        }
        std::fs::copy(self.file("first"), self.file(process)).expect("a copy");
        let bench = self.start(process, switch);
        bench.agents.resume();
        bench
    }
}

fn told(bench: &Bench) -> Vec<String> {
    let told = bench.outbox.take();
    let words = told.iter().map(|told| match &*told.event {
        Event::UserChanged(view) => format!("user {}", view.current_workmode.description),
        Event::PhoneCallChanged(call) => format!("{} {} {}", call.item, call.status.word(), call.attached_data.as_deref().unwrap_or("-")),
        other => format!("{other:?}"),
    });
    words.collect()
}

fn with_data(call: Interaction, data: &str) -> SwitchEvent {
    SwitchEvent::Interaction(Interaction { attached_data: Some(data.into()), ..call })
}

async fn item(bench: &Bench, user: &str) -> ItemId {
    match bench.ask(user, Command::CreateItem).await {
        Ok(Reply::Item(item)) => item,
        other => panic!("no item: {other:?}"),
    }
}

#[tokio::test]
async fn agents_go_on_without_logging_on_again() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    first.log_on("A").await;
    first.say("A", SwitchEvent::Interaction(call("1", S::Alerting))).await;
    first.say("A", with_data(call("2", S::Connected), "of the flow")).await;
    let data: Arc<str> = "of SAP".into();
    first.ask("A", Command::SetAttachedData { item: "2".into(), data: Arc::clone(&data) }).await.expect("accepted");
    let created = item(&first, "A").await;
    first.ask("A", Command::SetAttachedData { item: created.clone(), data }).await.expect("accepted");

    let switch = Scripted::default();
    switch.has(vec![call("1", S::Held)]);
    let second = disk.restart(&first, "second", switch).await;
    second.settle("A").await;
    assert_eq!(told(&second), ["2 ended of SAP", "1 held -", "user Available"], "the one that is gone has its end, with its data");
    let Ok(Reply::Text(kept)) = second.ask("A", Command::GetAttachedData(created.clone())).await else { panic!() };
    assert_eq!(&*kept, "of SAP");
    let summary = second.agents.summaries().await.remove(0);
    assert_eq!((summary.subscriptions, summary.since), (2, first.agents.summaries().await[0].since));
    second.say("A", SwitchEvent::Interaction(call("1", S::Connected))).await;
    assert_eq!(told(&second), ["1 connected -"], "and on it goes");
    second.ask("A", Command::Dial { item: Some(created), destination: "4930".to_owned() }).await.expect("the item can be dialled");
}

#[tokio::test]
async fn a_switch_that_ends_with_us_gets_the_agents_status_back() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    first.log_on("A").await;
    first.say("A", SwitchEvent::Status(status("Do Not Disturb"))).await;
    let switch = Scripted::default();
    switch.ends_with_us();
    let second = disk.restart(&first, "second", switch).await;
    second.settle("A").await;
    assert_eq!(second.switch.requests(), [R::SetStatus("Do Not Disturb".into())]);
    let third = disk.restart(&first, "third", Scripted::default()).await;
    third.settle("A").await;
    assert_eq!(third.switch.requests(), [], "a switch that has gone on knows better");
}

#[tokio::test]
async fn the_intent_to_dial_is_kept_before_the_switch_hears_of_it() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    first.log_on("A").await;
    let created = item(&first, "A").await;
    first.switch.never_answer();
    let dialling = tokio::spawn(first.ask("A", Command::Dial { item: Some(created.clone()), destination: "4930".to_owned() }));
    while first.switch.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(matches!(first.agents.0.store.stored()[0].items[0].1.content, Content::Placing { .. }));

    let switch = Scripted::default();
    switch.has(vec![outbound("9", S::Dialing)]);
    let second = disk.restart(&first, "second", switch).await;
    second.settle("A").await;
    assert_eq!(told(&second)[0], format!("{created} dialing -"), "the call that was made is the item that SAP has created");
    let third = disk.restart(&first, "third", Scripted::default()).await;
    third.settle("A").await;
    third.ask("A", Command::Dial { item: Some(created), destination: "4930".to_owned() }).await.expect("a call that was not made can be");
    dialling.abort();
}

/// An agent whose process dies while the switch owes him answers for two calls, the second of which carries data; their items.
async fn dies_while_dialling(first: &Bench) -> [ItemId; 2] {
    first.log_on("A").await;
    let items = [item(first, "A").await, item(first, "A").await];
    first.ask("A", Command::SetAttachedData { item: items[1].clone(), data: "of the second".into() }).await.expect("kept");
    for (count, item) in items.iter().enumerate() {
        first.switch.never_answer();
        tokio::spawn(first.ask("A", Command::Dial { item: Some(item.clone()), destination: format!("493{count}") }));
    }
    let mut asked = 0;
    while asked < items.len() {
        asked += first.switch.requests().len();
        tokio::task::yield_now().await;
    }
    items
}

#[tokio::test]
async fn two_calls_that_were_being_dialled_are_told_apart_by_their_data() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    let [plain, with_data] = dies_while_dialling(&first).await;
    let switch = Scripted::default();
    switch.has(vec![Interaction { attached_data: Some("of the second".into()), ..outbound("8", S::Dialing) }, outbound("9", S::Connected)]);
    let second = disk.restart(&first, "second", switch).await;
    second.settle("A").await;
    let all = told(&second);
    assert!(all.contains(&format!("{with_data} dialing of the second")) && all.contains(&format!("{plain} connected -")), "{all:?}");
    let again = second.ask("A", Command::Dial { item: Some(plain), destination: "4930".to_owned() }).await;
    assert!(again.is_err(), "nobody is called twice: {again:?}");
}

#[tokio::test]
async fn a_call_that_reaches_the_switch_after_the_restart_is_the_item_that_it_was_dialled_for() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    let [plain, with_data] = dies_while_dialling(&first).await;
    let second = disk.restart(&first, "second", Scripted::default()).await;
    second.settle("A").await;
    let late = Interaction { attached_data: Some("of the second".into()), ..outbound("8", S::Dialing) };
    second.say("A", SwitchEvent::Interaction(late)).await;
    let all = told(&second);
    assert!(all.contains(&format!("{with_data} dialing of the second")), "{all:?}");
    second.say("A", SwitchEvent::Interaction(outbound("9", S::Dialing))).await;
    let all = told(&second);
    assert!(all.contains(&"9 dialing -".to_owned()), "without data nobody knows what it was dialled for: {all:?}");
    let again = second.ask("A", Command::Dial { item: Some(plain), destination: "4930".to_owned() }).await;
    assert!(again.is_ok(), "{again:?}");
}

#[tokio::test]
async fn a_call_that_was_being_dialled_is_found_again_when_the_switch_comes_back_later() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    let [_, with_data] = dies_while_dialling(&first).await;
    let switch = Scripted::default();
    switch.refuse_log_on(Some(Refusal::SwitchUnavailable));
    let second = disk.restart(&first, "second", switch).await;
    // SAP is told that the switch is away.
    while told(&second).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    second.switch.has(vec![Interaction { attached_data: Some("of the second".into()), ..outbound("8", S::Dialing) }]);
    second.switch.refuse_log_on(None);
    let found = format!("{with_data} dialing of the second");
    let mut all = told(&second);
    while !all.contains(&found) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        all.extend(told(&second));
    }
    second.say("A", SwitchEvent::Interaction(outbound("10", S::Connected))).await;
    assert_eq!(told(&second), ["10 connected -"], "what the agent dials by hand from now on waits for nothing");
}

#[tokio::test]
async fn whom_the_switch_does_not_take_back_sap_hears_the_end_of() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    first.log_on("A").await;
    first.say("A", SwitchEvent::Interaction(call("1", S::Connected))).await;
    let switch = Scripted::default();
    switch.refuse_log_on(Some(Refusal::UnknownUser("A".into())));
    let second = disk.restart(&first, "second", switch).await;
    while second.outbox.closed().is_empty() {
        tokio::task::yield_now().await;
    }
    let all = told(&second);
    assert!(all.contains(&"1 ended -".to_owned()), "{all:?}");
    assert_eq!(all.last().map(String::as_str), Some("SubscriptionEnded(SwitchLost)"), "{all:?}");
    assert_eq!(second.agents.0.store.figures().records, 0, "with the last event nothing is left");
}

#[tokio::test]
async fn an_end_that_sap_has_not_heard_of_is_told_by_the_next_process() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    first.log_on("A").await;
    first.say("A", SwitchEvent::Interaction(call("1", S::Connected))).await;
    first.switch.say("A", SwitchEvent::LoggedOff);
    while !first.agents.summaries().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let second = disk.restart(&first, "second", Scripted::default()).await;
    while second.outbox.closed().is_empty() {
        tokio::task::yield_now().await;
    }
    let all = told(&second);
    assert!(all.contains(&"1 ended -".to_owned()) && all.contains(&"SubscriptionEnded(LoggedOff)".to_owned()), "{all:?}");
    assert!(second.switch.log_ons().is_empty(), "nobody is logged on for that");
}

#[tokio::test]
async fn who_logs_off_leaves_nothing_behind() {
    let disk = Disk::new();
    let first = disk.start("first", Scripted::default());
    first.log_on("A").await;
    first.say("A", SwitchEvent::Interaction(call("1", S::Connected))).await;
    item(&first, "A").await;
    first.ask("A", Command::SetCurrentWorkmode(WorkmodeId::LOGOUT)).await.expect("logged off");
    let second = disk.restart(&first, "second", Scripted::default()).await;
    assert_eq!(second.agents.0.store.figures().records, 0);
    assert_eq!(second.agents.summaries().await, []);
}

#[tokio::test]
async fn reading_commands_write_nothing() {
    let disk = Disk::new();
    let bench = disk.start("first", Scripted::default());
    bench.ask("B", Command::GetUserAttributes).await.expect("logged on");
    assert_eq!(bench.agents.0.store.figures().records, 0, "who only looks is not kept");
    bench.log_on("A").await;
    bench.say("A", SwitchEvent::Interaction(call("1", S::Connected))).await;
    while bench.agents.0.store.figures().waiting > 0 {
        tokio::task::yield_now().await;
    }
    let before = bench.agents.0.store.figures();
    for _ in 0..100 {
        bench.ask("A", Command::GetCalls { line: None }).await.expect("calls");
        bench.ask("A", Command::GetAttachedData("1".into())).await.expect("data");
        bench.ask("A", Command::GetPhoneCallAttributes("1".into())).await.expect("a call");
        bench.ask("B", Command::GetUserAttributes).await.expect("attributes");
    }
    assert_eq!(bench.agents.0.store.figures(), before);
    assert_eq!(bench.agents.summaries().await[0].calls, [("1".to_owned(), CallStatus::Connected)]);
}
