//! What concerns more than one: consultation, chats, callbacks, handlers, statistics, sessions, activations.

use super::client::{AVAILABLE, Client, caller, server};
use crate::{
    domain::InteractionKind,
    simulator::cic::{Cic, REJECT},
    switch::embedded::{Caller, Reach},
};
use serde_json::{Value, json};
use std::time::Duration;

async fn ready(cic: &Cic, user: &str, station: &str) -> Client {
    let mut client = Client::at_station(cic, user, station).await;
    client.must("PUT", &format!("/status/user-statuses/{user}"), Some(json!({ "statusId": AVAILABLE }))).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    client
}

#[tokio::test(start_paused = true)]
async fn a_consultation_is_concluded_and_the_call_goes_to_whom_it_reached() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let mut bert = Client::at_station(&cic, "bert", "1002").await;
    let call = cic.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    let id = call.as_str();
    anna.must("POST", &format!("/interactions/{id}/pickup"), None).await;
    let (status, consult) = anna.ask("POST", &format!("/interactions/{id}/consult"), Some(json!({ "target": "1002" }))).await;
    assert_eq!(status, 201);
    let (number, consulted) = (consult["consultId"].as_str().unwrap(), consult["consultInteractionId"].as_str().unwrap());
    bert.must("POST", &format!("/interactions/{consulted}/pickup"), None).await;
    let audience = json!({ "audience": { "originalParty": true, "consultedParty": false } });
    assert_eq!(anna.ask("POST", &format!("/interactions/{id}/consult/{number}/change-audience"), Some(audience)).await.0, 204);
    assert_eq!(anna.state_in_messages(id).await.as_deref(), Some("C"));
    assert_eq!(bert.ask("POST", &format!("/interactions/{id}/consult/{number}/conclude"), None).await.0, 404, "it is not his");
    assert_eq!(anna.ask("POST", &format!("/interactions/{id}/consult/{number}/conclude"), None).await.0, 204);
    let removed: Vec<_> =
        anna.messages().await.iter().flat_map(|message| message["interactionsRemoved"].as_array().cloned().unwrap_or_default()).collect();
    assert_eq!(removed.len(), 2, "both left without an end: {removed:?}");
    assert_eq!(bert.state_in_messages(id).await.as_deref(), Some("C"));
}

#[tokio::test(start_paused = true)]
async fn a_chat_is_watched_written_in_and_typed_in() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let max = Caller { kind: InteractionKind::Chat, name: "Max".into(), ..Caller::default() };
    let chat = cic.outside().call_in(max, Reach::User("anna".into())).await.unwrap();
    cic.outside().say(&chat, "hello?").await;
    anna.must("POST", &format!("/interactions/{chat}/pickup"), None).await;
    anna.must("PUT", &format!("/messaging/subscriptions/interactions/{chat}/chat"), None).await;
    let contents = anna.messages_of("chatContentsMessage").await;
    assert_eq!((&contents[0]["isDelta"], &contents[0]["messagesAdded"][0]["text"]), (&json!(false), &json!("hello?")));
    cic.outside().types(&chat, true).await;
    let members = anna.messages_of("chatMembersMessage").await;
    assert_eq!(members[0]["membersChanged"][0]["isTyping"], true);
    anna.must("POST", &format!("/interactions/{chat}/chat/messages"), Some(json!({ "text": "good day", "clearTypingIndicator": true })))
        .await;
    let contents = anna.messages_of("chatContentsMessage").await;
    let said = &contents[0]["messagesAdded"][0];
    assert_eq!(
        (&contents[0]["isDelta"], &said["text"], &said["chatMember"]["chatMemberType"]),
        (&json!(true), &json!("good day"), &json!(2))
    );
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_picked_up_and_its_customer_called_by_a_call_of_its_own() {
    let cic = server().await;
    let mut anna = Client::at_station(&cic, "anna", "1001").await;
    let wish = Caller { kind: InteractionKind::Callback, ..caller("+4930") };
    let wish = cic.outside().call_in(wish, Reach::User("anna".into())).await.unwrap();
    let dial = json!({
        "__type": "urn:inin.com:interactions.callback:createCallbackResponseCallParameters",
        "parentInteractionId": wish.as_str(), "target": "+4930",
    });
    assert_eq!(anna.ask("POST", "/interactions", Some(dial.clone())).await.0, 400, "nobody has picked it up");
    anna.must("POST", &format!("/interactions/{wish}/pickup"), None).await;
    assert_eq!(anna.state_in_messages(wish.as_str()).await.as_deref(), Some("C"));
    let made = anna.must("POST", "/interactions", Some(dial)).await;
    let call = made["interactionId"].as_str().unwrap().to_owned();
    let link = anna.must("GET", &format!("/interactions/{wish}?select=eic_callbackassociatedcallid"), None).await;
    assert_eq!(link["attributes"]["eic_callbackassociatedcallid"], json!(call));
    assert_eq!(anna.state_in_messages(&call).await.as_deref(), Some("R"));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(anna.state_in_messages(&call).await.as_deref(), Some("C"));
    anna.must("PUT", &format!("/interactions/{wish}/callback/disposition"), Some(json!({ "disposition": 0 }))).await;
    anna.must("POST", &format!("/interactions/{call}/disconnect"), None).await;
    assert_eq!(anna.state_in_messages(wish.as_str()).await.as_deref(), Some("I"));
}

#[tokio::test(start_paused = true)]
async fn the_sample_handler_gives_a_rejected_call_to_the_next_agent_and_says_so() {
    let cic = server().await;
    let mut anna = ready(&cic, "anna", "1001").await;
    let call = cic.outside().call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    let mut bert = ready(&cic, "bert", "1002").await;
    let mut watcher = Client::log_in(&cic, "SAPSU").await;
    let headers = json!({ "headers": [{ "objectId": REJECT.0.to_uppercase(), "eventIds": [REJECT.1] }] });
    assert_eq!(watcher.ask("PUT", "/messaging/subscriptions/system/handler-sent-notifications", Some(headers)).await.0, 204);
    anna.messages().await;
    anna.must("PUT", "/status/user-statuses/anna", Some(json!({ "statusId": "At Lunch" }))).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = json!({ "objectId": REJECT.0, "eventId": REJECT.1, "data": [call.as_str(), "Sales", "anna"] });
    assert_eq!(watcher.ask("POST", "/system/handler-notification", Some(told)).await.0, 202);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bert.state_in_messages(call.as_str()).await.as_deref(), Some("A"));
    assert!(anna.messages().await.iter().any(|message| message["interactionsRemoved"] == json!([call.as_str()])));
    assert_eq!(watcher.messages_of("handlerSentNotificationMessage").await[0]["data"], json!([call.as_str(), "ok"]));
}

fn key(name: &str, interval: bool) -> Value {
    let mut parameters = vec![json!({ "parameterTypeId": "ININ.People.WorkgroupStats:Workgroup", "value": "Sales" })];
    if interval {
        parameters.push(json!({ "parameterTypeId": "ININ.Queue:Interval", "value": "CurrentShift" }));
    }
    json!({ "statisticIdentifier": format!("inin.workgroup:{name}"), "parameterValueItems": parameters })
}

#[tokio::test(start_paused = true)]
async fn statistics_are_counted_and_told_when_they_change() {
    let cic = server().await;
    let mut anna = ready(&cic, "anna", "1001").await;
    let _bert = Client::at_station(&cic, "bert", "1002").await;
    let mut watcher = Client::log_in(&cic, "SAPSU").await;
    let keys = [
        key("AgentsLoggedIn", false),
        key("numberavailableforacdinteractions", false),
        key("InteractionsAnswered", true),
        key("InteractionsWaiting", false),
        key("Nonsense", false),
        key("InteractionsAnswered", false),
    ];
    watcher.must("PUT", "/messaging/subscriptions/statistics/statistic-values", Some(json!({ "statisticKeys": keys }))).await;
    let first = watcher.messages().await.remove(0);
    let values: Vec<_> =
        first["statisticValueChanges"].as_array().unwrap().iter().map(|each| each["statisticValue"]["value"].as_u64().unwrap()).collect();
    assert_eq!(values, [2, 1, 0, 0, 2, 1], "the last two are errors");
    let call = cic.outside().call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    anna.must("POST", &format!("/interactions/{call}/pickup"), None).await;
    let changes: Vec<_> =
        watcher.messages().await.iter().flat_map(|message| message["statisticValueChanges"].as_array().cloned().unwrap()).collect();
    let of = |name: &str| {
        changes.iter().rfind(|each| each["statisticKey"]["statisticIdentifier"] == format!("inin.workgroup:{name}")).unwrap()["statisticValue"]["value"].clone()
    };
    assert_eq!((of("numberavailableforacdinteractions"), of("InteractionsAnswered")), (json!(0), json!(1)));
}

#[tokio::test(start_paused = true)]
async fn a_client_beside_sap_shows_where_its_user_sits() {
    let cic = server().await;
    let mut watcher = Client::log_in(&cic, "SAPSU").await;
    watcher.must("PUT", "/messaging/subscriptions/session/sessions-users", Some(json!({ "userIds": ["anna"] }))).await;
    assert_eq!(watcher.messages().await[0]["sessionsAdded"], json!([]));
    cic.use_client("anna", Some("desk-1")).await.unwrap();
    let added = &watcher.messages_of("sessionsMessage").await[0]["sessionsAdded"][0];
    assert_eq!((&added["stationId"]["id"], &added["applicationName"]), (&json!("desk-1"), &json!("Interaction Desktop")));
    assert_eq!(watcher.must("GET", "/status/user-statuses/anna", None).await["stations"], json!(["desk-1"]));
    let mut anna = Client::at_station(&cic, "anna", "desk-1").await;
    anna.must("DELETE", "/connection", None).await;
    assert_eq!(watcher.must("GET", "/status/user-statuses/anna", None).await["loggedIn"], true);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_activated_is_offered_nothing() {
    let cic = server().await;
    let mut anna = ready(&cic, "anna", "1001").await;
    let set = anna.must("PUT", "/activations/users/anna", Some(json!({ "activations": { "sales": false } }))).await;
    assert_eq!(set["activations"], json!({ "Sales": false }));
    let call = cic.outside().call_in(caller("+4930"), Reach::Queue("Sales".into())).await.unwrap();
    assert_eq!(anna.state_in_messages(call.as_str()).await, None);
    anna.must("PUT", "/activations/users/anna", Some(json!({ "activations": { "Sales": true } }))).await;
    assert_eq!(anna.state_in_messages(call.as_str()).await.as_deref(), Some("A"));
}
