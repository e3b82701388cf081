//! An agent whose server goes: what he is shown, and what he has when the other one of the pair has taken him.

use super::scene::{Scene, is};
use crate::{
    domain::{Connection, InteractionState, Refusal, SwitchEvent, SwitchRequest},
    simulator::cic::{self, Faults, Going, Pair, Rule, Scripted},
    switch::{Switch, battery::agent::AVAILABLE},
};
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test(start_paused = true)]
async fn an_agent_whose_server_goes_has_his_status_and_his_call_at_the_other_one() {
    // In a task of its own, which takes turns with the others: what is shown for a moment only is seen by it.
    tokio::spawn(async {
        for how in [Going::Yields, Going::Dies, Going::Hangs] {
            let (mut scene, call) = Scene::start(true).await;
            scene.pair.switch_over(how);
            if how == Going::Hangs {
                // What it sends by itself still comes, so that nobody notices before something is asked.
                assert_eq!(scene.ask(SwitchRequest::Hold(call.clone())).await, Err(Refusal::SwitchTimeout));
            }
            let (status, interactions, shown) = scene.snapshot().await;
            assert_eq!(shown.first(), Some(&Connection::Down), "{how:?}");
            assert!(shown.contains(&Connection::Reconnecting), "{how:?}: {shown:?}");
            let there: Vec<_> = interactions.iter().map(|each| (each.id.clone(), each.state)).collect();
            assert_eq!((status.as_str(), there), (AVAILABLE, vec![(call.clone(), InteractionState::Connected)]), "{how:?}");
            scene.ask(SwitchRequest::Hold(call.clone())).await.unwrap();
            scene.until(|event| is(event, &call, InteractionState::Held)).await;
            if how == Going::Hangs {
                continue;
            }
            scene.pair.switch_over(Going::Dies);
            let (_, interactions, _) = scene.snapshot().await;
            let there: Vec<_> = interactions.into_iter().map(|each| (each.id, each.state)).collect();
            assert_eq!(there, [(call, InteractionState::Held)], "{how:?}, and back again");
        }
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_did_not_survive_is_not_in_the_snapshot() {
    let (mut scene, _) = Scene::start(false).await;
    scene.pair.switch_over(Going::Dies);
    assert_eq!(scene.snapshot().await.1, []);

    let (mut scene, call) = Scene::start(true).await;
    let outside = scene.pair.active().outside().clone();
    scene.pair.switch_over(Going::Dies);
    outside.hang_up(&call).await;
    assert_eq!(scene.snapshot().await.1, []);
}

/// Who sits where at the active server.
async fn seats(pair: &Pair) -> Vec<(String, String)> {
    let directory = pair.active().outside().directory().await.unwrap();
    let seat = |station: &crate::domain::StationView| Some((station.name.clone(), station.user.as_ref()?.to_string()));
    directory.stations.iter().filter_map(seat).collect()
}

#[tokio::test(start_paused = true)]
async fn a_station_that_is_refused_for_a_moment_costs_the_agent_a_moment() {
    let (mut scene, call) = Scene::start_at(true, Some("desk-1")).await;
    let refused = Rule { method: "PUT".to_owned(), path: "/connection/station".to_owned(), times: 2, answer: Scripted::Denied };
    scene.pair.servers()[1].set_faults(Faults { answers: vec![refused], ..Faults::default() });
    scene.pair.switch_over(Going::Dies);
    let (status, interactions, _) = scene.snapshot().await;
    assert_eq!((status.as_str(), &interactions[0].id), (AVAILABLE, &call));
    assert_eq!(seats(&scene.pair).await, [("desk-1".to_owned(), "anna".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_agent_whose_station_somebody_else_has_now_sits_at_his_own_and_is_not_logged_off() {
    let (mut scene, _) = Scene::start_at(false, Some("desk-1")).await;
    scene.pair.servers()[1].use_client("bert", Some("desk-1")).await.unwrap();
    scene.pair.switch_over(Going::Dies);
    scene.snapshot().await;
    let seats = seats(&scene.pair).await;
    assert_eq!(seats, [("1001".to_owned(), "anna".to_owned()), ("desk-1".to_owned(), "bert".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_agent_whom_no_station_takes_is_shown_that_it_is_tried_until_one_does() {
    let (mut scene, _) = Scene::start(true).await;
    let refused = Rule { method: "PUT".to_owned(), path: "/connection/station".to_owned(), times: 0, answer: Scripted::Denied };
    scene.pair.servers()[1].set_faults(Faults { answers: vec![refused], ..Faults::default() });
    scene.pair.switch_over(Going::Dies);
    scene.until(|event| *event == SwitchEvent::Connection(Connection::Reconnecting)).await;
    let meanwhile = timeout(Duration::from_mins(10), scene.anna.feed.next()).await;
    assert!(meanwhile.is_err(), "nothing else is told: {meanwhile:?}");
    scene.pair.servers()[1].set_faults(Faults::default());
    scene.snapshot().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_while_the_server_is_away_is_refused_at_once() {
    let (mut scene, call) = Scene::start(true).await;
    scene.pair.active().set_mode(cic::Mode::Dead);
    scene.until(|event| *event == SwitchEvent::Connection(Connection::Reconnecting)).await;
    assert_eq!(scene.ask(SwitchRequest::Hold(call)).await, Err(Refusal::SwitchUnavailable));
    scene.anna.requests.log_off().await;
    while scene.anna.feed.next().await.is_some() {}
    assert_eq!(scene.ask(SwitchRequest::SetStatus(AVAILABLE.into())).await, Err(Refusal::NotLoggedOn("anna".into())));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_costs_the_agent_nothing() {
    let (mut scene, call) = Scene::start(true).await;
    for _ in 0..3 {
        scene.pair.active().cut_streams();
        scene.ask(SwitchRequest::Hold(call.clone())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Held)).await;
        scene.ask(SwitchRequest::Pickup(call.clone())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Connected)).await;
    }
}
