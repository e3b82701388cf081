//! An agent's work: log-in, station, status, calls.

use super::client::{AVAILABLE, Client, LUNCH, NO_ACD, caller, json_of, server, server_without};
use crate::{simulator::cic::Right, switch::embedded::Reach};
use serde_json::json;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_400_and_a_name_in_another_case_is_put_right() {
    let cic = server().await;
    let mut client = Client::connect(&cic).await;
    let log_in = |user: &str, password: &str| json!({ "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings", "applicationName": "t", "userID": user, "password": password });
    let language = [("Accept-Language", "en-us")];
    let response = client.raw("POST", "/connection", Some(&log_in("anna", "wrong")), &language).await;
    assert_eq!(response.status(), 400);
    let body = json_of(response).await;
    assert_eq!(
        (body["errorId"].as_str(), body["errorCode"].as_i64()),
        (Some("error.request.connection.authenticationFailure"), Some(-2_147_221_503))
    );
    let response = client.raw("POST", "/connection", Some(&log_in("ANNA", "secret")), &language).await;
    assert_eq!((response.status().as_u16(), json_of(response).await["userID"].as_str()), (201, Some("anna")));
    assert_eq!(client.raw("POST", "/connection", Some(&log_in("anna", "secret")), &[]).await.status(), 400, "the language is required");
}

#[tokio::test(start_paused = true)]
async fn a_session_needs_its_cookie_and_its_token_and_ends_when_it_says_nothing() {
    let cic = server().await;
    let mut client = Client::log_in(&cic, "anna").await;
    assert_eq!(client.ask("GET", "/connection", None).await.0, 200);
    let token = std::mem::replace(&mut client.token, "wrong".to_owned());
    let (status, body) = client.ask("GET", "/connection", None).await;
    assert_eq!((status, body["errorCode"].as_i64()), (401, Some(2)));
    client.token = token;
    tokio::time::sleep(Duration::from_secs(119)).await;
    assert_eq!(client.ask("GET", "/connection", None).await.0, 200);
    tokio::time::sleep(Duration::from_secs(121)).await;
    let (status, body) = client.ask("GET", "/connection", None).await;
    assert_eq!((status, body["errorCode"].as_i64()), (401, Some(-2_147_221_499)));
}

#[tokio::test(start_paused = true)]
async fn a_call_rings_is_answered_held_and_ends_and_stays_a_while() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let call = cic.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    let id = call.as_str();
    assert_eq!(anna.state_in_messages(id).await.as_deref(), Some("A"));
    anna.must("POST", &format!("/interactions/{id}/pickup"), None).await;
    assert_eq!(anna.state_in_messages(id).await.as_deref(), Some("C"));
    anna.must("POST", &format!("/interactions/{id}/hold"), Some(json!({ "on": true }))).await;
    assert_eq!(anna.state_in_messages(id).await.as_deref(), Some("H"));
    assert_eq!(anna.ask("POST", &format!("/interactions/{id}/hold"), Some(json!({ "on": true }))).await.0, 400);
    anna.must("POST", &format!("/interactions/{id}/disconnect"), None).await;
    assert_eq!(anna.state_in_messages(id).await.as_deref(), Some("I"));
    assert_eq!(anna.ask("POST", &format!("/interactions/{id}/disconnect"), None).await.0, 400);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(anna.messages().await[0]["interactionsRemoved"], json!([id]));
    assert_eq!(anna.ask("POST", &format!("/interactions/{id}/disconnect"), None).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_station_is_one_users_and_two_sessions_of_his_share_it() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let station = json!({ "__type": "urn:inin.com:connection:workstationSettings", "workstation": "1001" });
    let mut bert = Client::log_in(&cic, "bert").await;
    let (status, body) = bert.ask("PUT", "/connection/station", Some(station.clone())).await;
    assert_eq!(status, 403);
    let text = body["message"].as_str().unwrap();
    assert!(text.starts_with("You are not allowed to log on to this station.") && text.contains("anna"), "{text}");
    let mut again = Client::log_in(&cic, "anna").await;
    again.must("PUT", "/connection/station", Some(station.clone())).await;
    anna.must("DELETE", "/connection", None).await;
    assert_eq!(again.must("GET", "/connection/station", None).await["id"], "1001");
    assert_eq!(bert.ask("PUT", "/connection/station", Some(station.clone())).await.0, 403);
    again.must("DELETE", "/connection", None).await;
    bert.must("PUT", "/connection/station", Some(station)).await;
}

#[tokio::test(start_paused = true)]
async fn a_status_is_accepted_then_done_and_one_that_cannot_be_chosen_is_refused() {
    let cic = server().await;
    let mut anna = Client::log_in(&cic, "anna").await;
    anna.must("PUT", "/messaging/subscriptions/status/user-statuses", Some(json!({ "userIds": ["anna"] }))).await;
    assert_eq!(anna.messages().await[0]["userStatusList"][0]["statusId"], NO_ACD);
    let (status, body) = anna.ask("PUT", "/status/user-statuses/anna", Some(json!({ "statusId": "at lunch" }))).await;
    assert_eq!(status, 202);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let messages = anna.messages().await;
    let done = messages.iter().find(|message| message["__type"] == "urn:inin.com:messaging:asyncOperationCompletedMessage").unwrap();
    assert_eq!((&done["requestId"], &done["error"]), (&body["requestId"], &json!(null)));
    let told = messages.iter().find(|message| message["__type"] == "urn:inin.com:status:userStatusMessage").unwrap();
    assert_eq!((&told["isDelta"], &told["userStatusList"][0]["statusId"]), (&json!(true), &json!(LUNCH)));
    assert_eq!(anna.ask("PUT", "/status/user-statuses/anna", Some(json!({ "statusId": "Dancing" }))).await.0, 400);
    assert_eq!(anna.ask("PUT", "/status/user-statuses/bert", Some(json!({ "statusId": LUNCH }))).await.0, 403);
    anna.must("PUT", "/status/user-statuses/anna", Some(json!({ "statusId": "ACD - Agent Not Answering" }))).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(anna.messages_of("asyncOperationCompletedMessage").await[0]["error"]["message"].is_string());
}

#[tokio::test(start_paused = true)]
async fn the_super_user_watches_others_as_far_as_his_rights_go() {
    let cic = server().await;
    let mut watcher = Client::log_in(&cic, "sapsu").await;
    watcher.watch_queue(1, "anna").await;
    watcher.watch_queue(2, "Sales").await;
    assert_eq!(watcher.messages().await.len(), 2);
    let call = cic.outside().call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    assert_eq!(watcher.state_in_messages(call.as_str()).await.as_deref(), Some("O"));
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    anna.must("PUT", "/status/user-statuses/anna", Some(json!({ "statusId": AVAILABLE }))).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(anna.state_in_messages(call.as_str()).await.as_deref(), Some("A"));
    assert_eq!(watcher.state_in_messages(call.as_str()).await.as_deref(), Some("A"));

    let poor = server_without(Right::UserQueues).await;
    let mut watcher = Client::log_in(&poor, "SAPSU").await;
    watcher.watch_queue(1, "anna").await;
    let messages = watcher.messages().await;
    assert_eq!((messages[0]["state"].as_u64(), messages.len()), (Some(3), 1));
}

#[tokio::test(start_paused = true)]
async fn a_conference_is_a_parent_whose_members_went_and_came_again() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let mut bert = Client::at_station(&cic, "bert", "1002").await;
    let call = cic.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    let id = call.as_str();
    anna.must("POST", &format!("/interactions/{id}/pickup"), None).await;
    let consult = anna.must("POST", &format!("/interactions/{id}/consult"), Some(json!({ "target": "1002", "callMadeStage": 1 }))).await;
    let consulted = consult["consultInteractionId"].as_str().unwrap();
    bert.must("POST", &format!("/interactions/{consulted}/pickup"), None).await;
    anna.messages().await;
    let made = anna.must("POST", "/interactions/conferences", Some(json!({ "interactions": [id, consulted] }))).await;
    let conference = made["conferenceId"].as_str().unwrap();
    let messages = anna.messages_of("queueContentsMessage").await;
    let removed: Vec<_> = messages.iter().filter_map(|message| message["interactionsRemoved"].as_array()).flatten().collect();
    assert_eq!(removed, [&json!(id), &json!(consulted)]);
    let added: Vec<_> = messages.iter().filter_map(|message| message["interactionsAdded"].as_array()).flatten().collect();
    assert_eq!(added.len(), 4, "parent, own leg, and two that came again: {added:#?}");
    let parent = added.iter().find(|each| each["interactionId"] == conference).unwrap();
    let members = parent["attributes"]["Eic_ConferenceMembers"].as_str().unwrap();
    assert!(members.starts_with(&format!("{id}|{consulted}|")), "{members}");
    let child = added.iter().find(|each| each["interactionId"] == id).unwrap();
    assert_eq!(
        (child["conferenceParentId"].as_str(), child["attributes"]["Eic_RemoteAddress"].as_str()),
        (Some(conference), Some("+4930"))
    );
    let theirs = bert.messages_of("queueContentsMessage").await;
    assert!(theirs.iter().any(|message| {
        message["interactionsAdded"].as_array().is_some_and(|list| list.iter().any(|each| each["interactionId"] == conference))
    }));

    anna.must("POST", &format!("/interactions/{consulted}/disconnect"), None).await;
    assert_eq!(bert.state_in_messages(conference).await.as_deref(), Some("E"));
    assert_eq!(anna.ask("POST", &format!("/interactions/{consulted}/disconnect"), None).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn messages_come_as_events_with_pings_and_their_session_is_never_idle() {
    use http_body_util::BodyExt;
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let mut reader = Client::connect(&cic).await;
    (reader.base, reader.cookie, reader.token) = (anna.base.clone(), anna.cookie.clone(), anna.token.clone());
    let response = reader.raw("GET", "/messaging/messages", None, &[("Accept", "text/event-stream")]).await;
    let mut body = response.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), ":ping\n\n");
    cic.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(piece.starts_with(b"data: {") && piece.ends_with(b"}\n\n"), "{piece:?}");
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(anna.ask("GET", "/connection", None).await.0, 200);
    drop((body, reader));
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(anna.ask("GET", "/connection", None).await.0, 401);
}

#[tokio::test(start_paused = true)]
async fn lists_are_selected_filtered_ordered_and_paged() {
    let cic = server().await;
    let mut watcher = Client::log_in(&cic, "SAPSU").await;
    let (_, all) = watcher.ask("GET", "/configuration/users", None).await;
    assert_eq!(all["items"], json!([]), "without `view` nothing is seen");
    let path = "/configuration/users?rightsFilter=view&select=extension,personalInformationProperties.givenName&where=extension%20sw%20100&orderBy=extension%20desc";
    let response = watcher.raw("GET", path, None, &[("Range", "items=1-2")]).await;
    assert_eq!(response.headers()["content-range"], "items 1-2/4");
    let body = json_of(response).await;
    assert_eq!(body["items"][0]["extension"], "1003");
    assert_eq!(body["items"][0]["personalInformationProperties"], json!({ "givenName": "Emil" }));
    let one = watcher.must("GET", "/configuration/workgroups/sales", None).await;
    assert_eq!(one["extension"], "2001");
}
