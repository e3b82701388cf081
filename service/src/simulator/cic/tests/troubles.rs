//! Faults on request, and pairs.

use super::client::{Client, caller, json_of, plan, server};
use crate::{
    simulator::cic::{Faults, Going, Mode, Pair, Rule, Scripted, Site},
    switch::embedded::Reach,
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, timeout};

#[tokio::test(start_paused = true)]
async fn a_request_is_answered_late_not_at_all_or_with_nothing() {
    let cic = server().await;
    let mut anna = Client::log_in(&cic, "anna").await;
    cic.set_faults(Faults { delay: 3_000, ..Faults::default() });
    let start = Instant::now();
    anna.must("GET", "/connection", None).await;
    assert!(start.elapsed() >= Duration::from_secs(3));
    let rule = |answer| Rule { method: "GET".to_owned(), path: "/connection".to_owned(), times: 1, answer };
    cic.set_faults(Faults { answers: vec![rule(Scripted::Null), rule(Scripted::Empty), rule(Scripted::Hang)], ..Faults::default() });
    assert_eq!(anna.ask("GET", "/connection", None).await, (200, Value::Null));
    let response = anna.raw("GET", "/connection", None, &[]).await;
    assert!(response.headers()["content-type"].to_str().unwrap().contains("JSON"));
    assert_eq!(json_of(response).await, Value::Null);
    assert!(timeout(Duration::from_mins(1), anna.ask("GET", "/connection", None)).await.is_err());
    let mut anna = Client::log_in(&cic, "anna").await;
    assert_eq!(anna.ask("GET", "/connection", None).await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn messages_come_twice_with_names_numbers_and_unknown_things() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    cic.set_faults(Faults { doubled_messages: true, numeric_ids: true, unknown: true, ..Faults::default() });
    let call = cic.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    let messages = anna.messages().await;
    assert_eq!((messages.len(), &messages[1]), (3, &messages[2]));
    assert_eq!(messages[1]["interactionsAdded"][0]["interactionId"].as_u64().map(|id| id.to_string()).as_deref(), Some(call.as_str()));
    assert!(messages[1]["simulatorAdds"].is_object() && messages[0]["__type"].as_str().unwrap().contains("unheardOf"));
}

#[tokio::test(start_paused = true)]
async fn a_shorter_idle_limit_ends_sessions_sooner_and_old_servers_know_no_ids() {
    let cic = server().await;
    let mut anna = Client::log_in(&cic, "anna").await;
    cic.set_faults(Faults { idle_limit: 5, old_errors: true, no_events: true, ..Faults::default() });
    let (status, body) = anna.ask("GET", "/configuration/users/nobody", None).await;
    assert_eq!((status, body["errorId"].is_null(), body["errorCode"].is_i64()), (404, true, true));
    let response = anna.raw("GET", "/messaging/messages", None, &[("Accept", "text/event-stream")]).await;
    assert_eq!(json_of(response).await, json!([]), "no stream, though it was asked for");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(anna.ask("GET", "/connection", None).await.0, 401);
}

async fn pair(keeps_calls: bool) -> Pair {
    let site = |name: &str| Site { password: Some("secret".into()), ..Site::new(name, plan()) };
    Pair::start(site("cic1"), site("cic2"), keeps_calls).await
}

#[tokio::test(start_paused = true)]
async fn the_inactive_one_of_a_pair_refuses_and_names_the_other_until_it_takes_over() {
    let pair = pair(true).await;
    let [first, second] = pair.servers();
    let log_in = json!({ "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings", "applicationName": "t", "userID": "anna", "password": "secret" });
    let mut stranger = Client::connect(second).await;
    let response = stranger.raw("POST", "/connection", Some(&log_in), &[("Accept-Language", "en")]).await;
    assert_eq!(response.status(), 503);
    assert_eq!(json_of(response).await["alternateHostList"], json!(["cic1"]));
    assert_eq!(stranger.ask("GET", "/connection/version", None).await.0, 200, "it is alive all the same");

    let mut anna = Client::at_station(first, "anna", "1001").await;
    let call = first.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    anna.must("POST", &format!("/interactions/{call}/pickup"), None).await;
    pair.switch_over(Going::Dies);
    assert_eq!((first.mode(), second.mode()), (Mode::Dead, Mode::Active));
    let mut again = Client::log_in(second, "anna").await;
    again
        .must("PUT", "/connection/station", Some(json!({ "__type": "urn:inin.com:connection:workstationSettings", "workstation": "1001" })))
        .await;
    again.watch_queue(0, "anna").await;
    assert_eq!(again.state_in_messages(call.as_str()).await.as_deref(), Some("C"), "the call has gone on");
    again.must("POST", &format!("/interactions/{call}/hold"), Some(json!({ "on": true }))).await;
}

#[tokio::test(start_paused = true)]
async fn a_pair_with_two_switches_loses_its_calls_and_a_hung_one_says_nothing() {
    let pair = pair(false).await;
    let [first, second] = pair.servers();
    let mut anna = Client::at_station(first, "anna", "1001").await;
    let call = first.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    pair.switch_over(Going::Hangs);
    assert!(timeout(Duration::from_mins(1), anna.ask("GET", "/connection", None)).await.is_err());
    let mut again = Client::at_station(second, "anna", "1001").await;
    assert_eq!(again.ask("POST", &format!("/interactions/{call}/pickup"), None).await.0, 404);
    pair.switch_over(Going::Yields);
    assert_eq!((first.mode(), again.ask("GET", "/connection", None).await.0), (Mode::Active, 503));
}
