//! Free seating: where an agent sits when he logs on, changes his seat, or is logged on again.

use super::*;
use crate::{
    domain::TextElement,
    switch::{
        LogOn,
        embedded::{Embedded, Plan},
    },
};

/// The day's site with two desks, where agents may choose their seats.
fn site() -> Bench<Embedded> {
    let mut policy = policy();
    policy.flags = Flags { free_seating: true, workcenter_lists: true, workcenter_filters: true, ..policy.flags };
    let plan = Plan { stations: vec!["Desk-1".to_owned(), "Desk-2".to_owned()], ..day::plan() };
    Bench::on(Embedded::start(plan), policy)
}

fn sit(station: &str) -> Command {
    Command::SetWorkcenter(station.to_owned())
}

async fn found<S: Switch>(bench: &Bench<S>, filter: &str) -> Vec<TextElement> {
    match bench.ask("ANNA", Command::GetWorkcenters { filter: filter.to_owned() }).await {
        Ok(Reply::Workcenters(found)) => found,
        other => panic!("{other:?}"),
    }
}

async fn station_of(bench: &Bench<Embedded>, user: &str) -> Option<String> {
    let there = bench.switch.directory().await.expect("the switch is there");
    there.stations.iter().find(|station| station.user == Some(user.into())).map(|station| station.name.clone())
}

#[tokio::test(start_paused = true)]
async fn an_agent_is_logged_on_at_the_work_centre_he_names_and_may_change_it() {
    let bench = site();
    assert_eq!(bench.ask("ANNA", sit("desk-1.branch.example.com")).await, Ok(Reply::Done));
    bench.log_on_at("ANNA", "1001").await;
    assert_eq!(station_of(&bench, "ANNA").await.as_deref(), Some("Desk-1"));
    assert_eq!(bench.ask("ANNA", sit("Desk-2")).await, Ok(Reply::Done));
    assert_eq!(station_of(&bench, "ANNA").await.as_deref(), Some("Desk-2"));
    let taken = bench.ask("BOSS", sit("DESK-2")).await;
    assert!(matches!(&taken, Err(Refusal::CannotLogOn { why, .. }) if why.contains("ANNA")), "{taken:?}");
    assert_eq!(bench.ask("BOSS", Command::GetUserAttributes).await.map(|_| ()), Ok(()), "he logs on at his own");
    assert_eq!(station_of(&bench, "BOSS").await.as_deref(), Some("1002"));
}

#[tokio::test(start_paused = true)]
async fn an_agent_who_is_logged_on_elsewhere_works_from_there() {
    let bench = site();
    bench.switch.use_client(&"ANNA".into(), Some("Desk-2")).await.expect("the desk is free");
    bench.log_on_at("ANNA", "1001").await;
    assert_eq!(station_of(&bench, "ANNA").await.as_deref(), Some("Desk-2"));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_logged_on_again_sits_where_he_sat_or_at_his_own() {
    let bench = site();
    bench.ask("ANNA", sit("Desk-1")).await.expect("the desk is free");
    let other = Embedded::start(Plan { stations: vec!["Desk-1".to_owned()], ..day::plan() });
    bench.agents.use_switch(Arc::new(other.clone()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let who = LogOn { user: "BOSS".into(), station: Some("Desk-1".to_owned()) };
    assert!(matches!(other.log_on(who).await.err(), Some(Refusal::CannotLogOn { why, .. }) if why.contains("ANNA")));
    // The next one has no desks.
    bench.agents.use_switch(Arc::new(Embedded::start(day::plan())));
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.settle("ANNA").await;
}

#[tokio::test(start_paused = true)]
async fn work_centres_are_listed_and_filtered_by_a_flag_each() {
    let bench = site();
    bench.ask("BOSS", sit("Desk-2")).await.expect("the desk is free");
    assert_eq!(found(&bench, "desk*").await, [TextElement::new("Desk-1", "Desk-1")]);
    assert_eq!(found(&bench, "").await.len(), 4, "three extensions and the free desk");
    bench.change(|policy| policy.flags.workcenter_filters = false);
    assert_eq!(found(&bench, "*").await.len(), 4);
    let list = |filter: &str| bench.ask("ANNA", Command::GetWorkcenters { filter: filter.to_owned() });
    assert!(matches!(list("desk*").await, Err(Refusal::NotAvailable(_))));
    bench.change(|policy| policy.flags.workcenter_lists = false);
    assert!(matches!(list("").await, Err(Refusal::NotAvailable(_))));
    bench.change(|policy| policy.flags = Flags { workcenter_lists: true, ..Flags::default() });
    assert!(matches!(list("").await, Err(Refusal::NotAvailable(_))));
    assert_eq!(bench.ask("ANNA", sit("Desk-1")).await, Err(Refusal::NotAvailable("Free seating")));
}
