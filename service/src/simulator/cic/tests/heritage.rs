//! The other one of a pair in two processes: what it has when the first is gone.

use super::{
    super::{
        Cic, Mode, Site,
        heritage::{Heritage, Line},
    },
    client::{Client, LUNCH, caller, plan, server},
};
use crate::{
    domain::{InteractionKind, UserId},
    switch::embedded::{Caller, Reach},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// All that a server hands on at this moment, as it is written.
async fn handed_on(cic: &Cic) -> Heritage {
    let piece = cic.hand_on().recv().await.unwrap();
    let mut heritage = Heritage::default();
    for line in String::from_utf8(piece.to_vec()).unwrap().lines() {
        heritage.hear(serde_json::from_str::<Line>(line).unwrap());
    }
    heritage
}

/// Another server that takes over.
async fn successor(cic: &Cic) -> Cic {
    let other = Cic::start(Site { password: Some("secret".into()), ..Site::new("cic2", plan()) }).await;
    other.set_mode(Mode::Standby);
    other.inherit(handed_on(cic).await).await;
    other
}

async fn talks(cic: &Cic, agent: &mut Client, user: &str) -> String {
    let call = cic.outside().call_in(caller("+4930"), Reach::User(UserId::new(user))).await.unwrap().to_string();
    agent.must("POST", &format!("/interactions/{call}/pickup"), None).await;
    call
}

/// What is in an agent's queue: ids with their states and parents.
async fn queue(agent: &mut Client, user: &str) -> BTreeMap<String, (String, Value)> {
    agent.watch_queue(0, user).await;
    let contents = agent.messages_of("queueContentsMessage").await;
    let added = contents.last().unwrap()["interactionsAdded"].as_array().cloned().unwrap();
    let row = |item: &Value| {
        let state = item["attributes"]["Eic_State"].as_str().unwrap().to_owned();
        (item["interactionId"].as_str().unwrap().to_owned(), (state, item["conferenceParentId"].clone()))
    };
    added.iter().map(row).collect()
}

#[tokio::test(start_paused = true)]
async fn calls_in_which_people_talk_go_on_under_their_ids_and_what_rings_waits_or_is_no_call_is_lost() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let held = talks(&cic, &mut anna, "anna").await;
    anna.must("POST", &format!("/interactions/{held}"), Some(json!({ "attributes": { "Sap_Cad": "<data/>" } }))).await;
    let talking = talks(&cic, &mut anna, "anna").await;
    cic.outside().call_in(caller("+4931"), Reach::User("anna".into())).await.unwrap();
    let chat = Caller { kind: InteractionKind::Chat, name: "Max".into(), ..Caller::default() };
    let chat = cic.outside().call_in(chat, Reach::User("anna".into())).await.unwrap();
    anna.must("POST", &format!("/interactions/{chat}/pickup"), None).await;
    cic.outside().call_in(caller("+4932"), Reach::Queue("Sales".into())).await.unwrap();

    let other = successor(&cic).await;
    let mut anna = Client::at_station(&other, "anna", "1001").await;
    let there = queue(&mut anna, "anna").await;
    let expected = [(held.clone(), ("H".to_owned(), Value::Null)), (talking, ("C".to_owned(), Value::Null))];
    assert_eq!(there, BTreeMap::from(expected));
    let data = anna.must("GET", &format!("/interactions/{held}?select=Sap_Cad"), None).await;
    assert_eq!(data["attributes"]["Sap_Cad"], "<data/>");
    anna.must("POST", &format!("/interactions/{held}/hold"), Some(json!({ "on": false }))).await;
    let new = other.outside().call_in(caller("+4933"), Reach::User("bert".into())).await.unwrap();
    assert!(!there.contains_key(new.as_str()), "no id is used twice");
}

#[tokio::test(start_paused = true)]
async fn everybody_has_the_status_that_he_had() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    anna.must("PUT", "/status/user-statuses/anna", Some(json!({ "statusId": LUNCH }))).await;
    // It is set a moment after the answer.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let other = successor(&cic).await;
    let mut watcher = Client::log_in(&other, "SAPSU").await;
    for (user, expected) in [("anna", LUNCH), ("bert", "Available, No ACD")] {
        let status = watcher.must("GET", &format!("/status/user-statuses/{user}"), None).await;
        assert_eq!((&status["statusId"], &status["loggedIn"]), (&json!(expected), &json!(false)), "{user}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_conference_keeps_its_id_and_those_of_its_members() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let mut bert = Client::at_station(&cic, "bert", "1002").await;
    let call = talks(&cic, &mut anna, "anna").await;
    let made = anna.must("POST", &format!("/interactions/{call}/consult"), Some(json!({ "target": "1002" }))).await;
    let consulted = made["consultInteractionId"].as_str().unwrap().to_owned();
    bert.must("POST", &format!("/interactions/{consulted}/pickup"), None).await;
    anna.must("POST", "/interactions/conferences", Some(json!({ "interactions": [call, consulted] }))).await;
    let before = queue(&mut anna, "anna").await;
    assert_eq!(before.len(), 4, "a parent and three: {before:?}");
    let other = successor(&cic).await;
    let mut anna = Client::at_station(&other, "anna", "1001").await;
    assert_eq!(queue(&mut anna, "anna").await, before);
}
