use super::{super::prepare::Prepared, *};
use crate::switch::icws::wire::read;
use serde_json::{Value, json};
use std::time::Duration;

const OURS: &str = "Jackfield";

fn hear(knowledge: &mut Knowledge, mut message: Value, kind: &str) {
    message["__type"] = json!(format!("urn:inin.com:x:{kind}"));
    knowledge.hear(Message::read(message).unwrap());
}

fn site() -> Knowledge {
    let mut knowledge = Knowledge::default();
    let users = json!([
        { "configurationId": { "id": "anna", "displayName": "Agent, Anna" }, "extension": "1001", "workgroups": [{ "id": "Sales" }],
          "defaultWorkstation": { "id": "1001" }, "personalInformationProperties": { "givenName": "Anna", "surname": "Agent" } },
        { "configurationId": { "id": "bert" }, "extension": "1002" },
        { "configurationId": { "id": "hidden" }, "extension": "1003", "excludeFromDirectory": true },
        { "configurationId": { "id": "mute" } },
    ]);
    let workgroups = json!([
        { "configurationId": { "id": "Sales" }, "extension": 2001, "members": [{ "id": "bert" }] },
        { "configurationId": { "id": "Everybody" }, "hasQueue": false },
    ]);
    let clock = Some((Moment::parse("20210706T190000Z").unwrap(), Instant::now()));
    let lists = Prepared {
        details: false,
        users: read(users).unwrap(),
        workgroups: read(workgroups).unwrap(),
        stations: Vec::new(),
        clock,
        refused: Vec::new(),
        conversations: false,
    };
    knowledge.learn(&lists);
    let statuses = json!({ "isDelta": false, "statusMessagesAdded": [
        { "statusId": "Available", "messageText": "Verfügbar", "isSelectableStatus": true },
        { "statusId": "At Lunch", "messageText": "", "isSelectableStatus": true, "isDoNotDisturbStatus": true },
    ] });
    hear(&mut knowledge, statuses, "statusMessagesMessage");
    knowledge
}

fn does(knowledge: &mut Knowledge, status: &Value) {
    hear(knowledge, json!({ "isDelta": true, "userStatusList": [status] }), "userStatusMessage");
}

fn presence(knowledge: &Knowledge, user: &str) -> Option<&'static str> {
    knowledge.directory(OURS).users.iter().find(|each| each.user == user.into()).map(|each| each.presence)
}

#[tokio::test]
async fn a_user_is_found_by_exactly_his_name_and_told_the_right_one_otherwise() {
    let knowledge = site();
    assert!(matches!(knowledge.user("anna"), Found::User(user) if user.extension == "1001"));
    assert_eq!(knowledge.user("ANNA"), Found::OtherCase("anna".into()));
    assert_eq!(knowledge.user("nobody"), Found::Nobody);
    assert_eq!(Knowledge::default().user("anna"), Found::Unknown);
}

#[tokio::test]
async fn a_membership_counts_from_either_side() {
    let knowledge = site();
    let sales = [Workgroup { id: "Sales".into(), number: "2001".to_owned() }];
    assert_eq!((knowledge.workgroups_of("anna"), knowledge.workgroups_of("bert")), (sales.to_vec(), sales.to_vec()));
    assert_eq!(knowledge.workgroups_of("mute"), []);
}

#[tokio::test]
async fn a_workgroup_is_found_by_name_or_number_when_it_has_a_queue() {
    let knowledge = site();
    for (named, found) in [("sales", true), (" 2001 ", true), ("Everybody", false), ("", false), ("1001", false)] {
        assert_eq!(knowledge.workgroup(named).is_some(), found, "{named}");
    }
}

#[tokio::test]
async fn whoever_is_on_from_sap_and_free_is_available_and_from_elsewhere_he_is_busy() {
    let mut knowledge = site();
    assert_eq!(presence(&knowledge, "anna"), Some("logged_off"));
    does(&mut knowledge, &json!({ "userId": "anna", "statusId": "available", "loggedIn": true, "stations": ["1001"] }));
    assert_eq!(presence(&knowledge, "anna"), Some("available"));
    let session = |application: &str| json!({ "applicationName": application, "userId": { "id": "anna" }, "stationId": { "id": "1001" } });
    hear(&mut knowledge, json!({ "isDelta": false, "sessionsAdded": [session("Interaction Desktop")] }), "sessionsMessage");
    assert_eq!(presence(&knowledge, "anna"), Some("busy"));
    hear(&mut knowledge, json!({ "isDelta": true, "sessionsAdded": [session(OURS)] }), "sessionsMessage");
    assert_eq!(presence(&knowledge, "anna"), Some("available"));
    hear(&mut knowledge, json!({ "isDelta": true, "sessionsRemoved": [session("Interaction Desktop")] }), "sessionsMessage");
    assert_eq!(presence(&knowledge, "anna"), Some("available"));
    does(&mut knowledge, &json!({ "userId": "anna", "statusId": "At Lunch" }));
    assert_eq!(presence(&knowledge, "anna"), Some("busy"));
    assert_eq!((presence(&knowledge, "hidden"), presence(&knowledge, "mute")), (None, None));
}

#[tokio::test]
async fn what_an_agent_has_is_counted_until_it_has_ended() {
    let mut knowledge = site();
    does(&mut knowledge, &json!({ "userId": "anna", "statusId": "Available", "loggedIn": true }));
    let call = |id: u32, state: &str| json!({ "interactionId": id, "attributes": { "Eic_State": state, "Eic_UserName": "Anna" } });
    hear(
        &mut knowledge,
        json!({ "subscriptionId": "users-0", "isDelta": false, "interactionsAdded": [call(1, "C"), call(2, "A")] }),
        "queueContentsMessage",
    );
    let items = |knowledge: &Knowledge| knowledge.directory(OURS).users[0].figures.clone().map(|figures| figures.items);
    assert_eq!((items(&knowledge), presence(&knowledge, "anna")), (Some(2), Some("busy")));
    let change = json!({ "subscriptionId": "users-0", "isDelta": true, "interactionsChanged": [{ "interactionId": 1, "attributes": { "eic_state": "I" } }], "interactionsRemoved": [2] });
    hear(&mut knowledge, change, "queueContentsMessage");
    assert_eq!((items(&knowledge), presence(&knowledge, "anna")), (Some(0), Some("available")));
}

#[tokio::test]
async fn a_seat_is_known_from_a_session_or_a_status_and_who_has_it() {
    let mut knowledge = site();
    does(&mut knowledge, &json!({ "userId": "bert", "stations": ["Desk-1"], "loggedIn": true }));
    assert_eq!((knowledge.seat_of("BERT").as_deref(), knowledge.sitter("desk-1")), (Some("Desk-1"), Some("bert".into())));
    let session = json!({ "applicationName": "x", "userId": { "id": "anna" }, "stationId": { "id": "1001" } });
    hear(&mut knowledge, json!({ "isDelta": false, "sessionsAdded": [session] }), "sessionsMessage");
    assert_eq!((knowledge.seat_of("anna").as_deref(), knowledge.sitter("1001")), (Some("1001"), Some("anna".into())));
    let stations: Vec<_> =
        knowledge.directory(OURS).stations.into_iter().map(|each| (each.name, each.user.map(|user| user.to_string()))).collect();
    assert_eq!(stations, [("1001".to_owned(), Some("anna".to_owned())), ("Desk-1".to_owned(), Some("bert".to_owned()))]);
}

#[tokio::test(start_paused = true)]
async fn figures_are_those_of_the_moment_by_the_servers_own_clock() {
    let mut knowledge = site();
    let figure = |name: &str, value: Value| {
        let parameter = json!({ "parameterTypeId": "ININ.People.WorkgroupStats:Workgroup", "value": "SALES" });
        json!({ "statisticKey": { "statisticIdentifier": format!("inin.workgroup:{name}"), "parameterValueItems": [parameter] }, "statisticValue": value })
    };
    let queue = |knowledge: &Knowledge| knowledge.directory(OURS).queues[0].figures;
    assert_eq!(queue(&knowledge), None);
    let int = |value: u32| json!({ "__type": "urn:inin.com:statistics:statisticIntValue", "value": value });
    let all = json!([
        figure("agentsLoggedIn", int(3)),
        figure("NumberAvailableForACDInteractions", json!({ "__type": "urn:inin.com:statistics:statisticErrorValue", "value": 2 })),
        figure("InteractionsWaiting", int(1)),
        figure(
            "LongestInteractionWaiting",
            json!({ "__type": "urn:inin.com:statistics:statisticFiniteDurationValue", "ticking": true, "startTickingTime": "20210706T185950Z" })
        ),
        figure("InteractionsAnswered", int(7)),
    ]);
    hear(&mut knowledge, json!({ "isDelta": false, "statisticValueChanges": all }), "statisticValueMessage");
    tokio::time::advance(Duration::from_secs(5)).await;
    let expected = QueueFigures { agents_logged_on: 3, waiting: 1, longest_wait: 15, answered: 7, ..QueueFigures::default() };
    assert_eq!(queue(&knowledge), Some(expected));
    hear(
        &mut knowledge,
        json!({ "isDelta": true, "statisticValueChanges": [figure("LongestInteractionWaiting", json!(null))] }),
        "statisticValueMessage",
    );
    assert_eq!(queue(&knowledge).map(|figures| figures.longest_wait), Some(0));
}

#[tokio::test]
async fn a_delta_of_a_list_makes_it_stale_and_its_first_state_does_not() {
    let mut knowledge = site();
    hear(&mut knowledge, json!({ "isDelta": false, "added": [] }), "usersMessage");
    assert!(!knowledge.is_stale());
    hear(&mut knowledge, json!({ "isDelta": true, "added": [{}] }), "usersMessage");
    assert!(knowledge.is_stale());
    knowledge.begin_to_read();
    assert!(!knowledge.is_stale());
    knowledge.hear(Message::Resubscribe);
    assert!(knowledge.is_stale() && knowledge.take_missed() && !knowledge.take_missed());
}
