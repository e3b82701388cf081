//! Figures of queues and agents: who is told, when, and what it costs when nobody wants to know.

use super::*;
use crate::{
    domain::MonitorView,
    switch::embedded::{Caller, Embedded, Reach},
};

/// ANNA and BOSS are logged on; what was told of it is forgotten.
async fn site() -> Bench<Embedded> {
    let bench = Bench::on(Embedded::start(day::plan()), Policy { monitoring: true, ..policy() });
    bench.log_on_at("ANNA", "1001").await;
    bench.log_on_at("BOSS", "1002").await;
    bench.outbox.take();
    bench
}

fn key() -> crate::domain::Subscription {
    Bench::key(&Bench::url("BOSS"), "9")
}

/// What was told, to whom.
fn told(bench: &Bench<Embedded>) -> Vec<(String, Arc<MonitorView>)> {
    let figures = bench.outbox.take().into_iter().filter_map(|told| match &*told.event {
        Event::MonitorChanged(view) => Some((format!("{} {:?}", told.user, told.apps), Arc::clone(view))),
        _ => None,
    });
    figures.collect()
}

fn waiting(view: &MonitorView) -> Option<u32> {
    view.queues.iter().find(|queue| queue.id.as_str() == "Sales").and_then(|queue| Some(queue.figures?.waiting))
}

#[tokio::test(start_paused = true)]
async fn a_watcher_is_told_the_figures_at_once_and_when_they_differ() {
    let bench = site().await;
    assert_eq!(bench.ask("BOSS", Command::SubscribeMonitor(key())).await, Ok(Reply::Done));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let first = told(&bench);
    let [(who, view)] = &first[..] else { panic!("{first:?}") };
    assert_eq!((who.as_str(), waiting(view)), ("BOSS [AppId(\"9\")]", Some(0)));
    let agents: Vec<_> = view.agents.iter().map(|agent| agent.user.as_str()).collect();
    assert_eq!(agents, ["ANNA", "BOSS"], "who is away is not among them");

    tokio::time::sleep(Duration::from_mins(5)).await;
    assert_eq!(told(&bench).len(), 0, "nothing has changed");
    bench.ask("ANNA", Command::SetCurrentWorkmode(WorkmodeId::NOT_READY)).await.expect("she may");
    bench.switch.call_in(Caller::default(), Reach::Queue("Sales".into())).await.expect("it comes in");
    tokio::time::sleep(Duration::from_secs(6)).await;
    let next = told(&bench);
    assert_eq!(next.last().map(|(_, view)| waiting(view)), Some(Some(1)), "{next:?}");

    assert_eq!(bench.ask("BOSS", Command::UnsubscribeMonitor(key())).await, Ok(Reply::Done));
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(told(&bench).len(), 0);
    let Ok(Reply::Monitor(now)) = bench.ask("BOSS", Command::GetMonitorData).await else { panic!("no figures") };
    assert_eq!(waiting(&now), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_second_watcher_need_not_wait_for_a_change() {
    let bench = site().await;
    bench.ask("BOSS", Command::SubscribeMonitor(key())).await.expect("he may");
    tokio::time::sleep(Duration::from_mins(1)).await;
    told(&bench);
    let subscription = Bench::key(&Bench::url("ANNA"), "9");
    bench.ask("ANNA", Command::SubscribeMonitor(subscription)).await.expect("she may");
    bench.settle("ANNA").await;
    let told = told(&bench);
    assert_eq!(told.iter().map(|(who, _)| who.as_str()).collect::<Vec<_>>(), ["ANNA [AppId(\"9\")]"]);
}

#[tokio::test(start_paused = true)]
async fn only_who_has_the_right_watches_figures_and_only_while_he_has_it() {
    let bench = site().await;
    bench.change(|policy| policy.may_monitor = Some(vec!["BOSS".into()]));
    let not_permitted = || Err(Refusal::NotPermitted { user: "ANNA".into(), what: "watch the figures of queues and agents" });
    let subscription = Bench::key(&Bench::url("ANNA"), "9");
    for command in [Command::SubscribeMonitor(subscription), Command::GetMonitorData] {
        assert_eq!(bench.ask("ANNA", command).await, not_permitted());
    }
    let nobody = Request { user: None, language: None, peer: None, command: Command::GetMonitorData };
    assert_eq!(bench.agents.carry_out(nobody).await, Err(Refusal::UserMissing));
    bench.ask("BOSS", Command::SubscribeMonitor(key())).await.expect("he may");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(told(&bench).len(), 1);

    bench.change(|policy| policy.may_monitor = Some(Vec::new()));
    bench.ask("ANNA", Command::SetCurrentWorkmode(WorkmodeId::NOT_READY)).await.expect("she may");
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(told(&bench).len(), 0, "he may not any more");
    bench.change(|policy| policy.may_monitor = None);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(told(&bench).len(), 1, "now everybody may");
}

#[tokio::test(start_paused = true)]
async fn monitoring_that_is_not_offered_is_refused() {
    let bench = Bench::new();
    for command in [Command::SubscribeMonitor(key()), Command::GetMonitorData] {
        assert_eq!(bench.ask("A", command).await, Err(Refusal::NotAvailable("Monitoring")));
    }
    assert_eq!(bench.ask("A", Command::UnsubscribeMonitor(key())).await, Ok(Reply::Done));
}
