//! Every file of `tests/data/icws`: the client sends what stands there and understands what is answered.

use super::peer::{Peer, Reply, Seen, refused};
use crate::switch::icws::{
    Credentials, IcwsError, Session, Site,
    answer::judge,
    attributes::Attributes,
    http::{ANSWER, Client, Question},
    wire::{
        Id,
        configuration::{Listed, Station, User},
        connection::{ConnectionState, MediaType, Seat, StationSettings},
        interactions::{AppendMode, Audience, CallMadeStage, Direction, InteractionState, NewConsult, NewInteraction, PartyType, Target},
        lenient::Moment,
        message::Message,
        queues::{QueueId, QueueType},
        statistics::{StatisticKey, StatisticValue},
        subscription::Subscription,
        system::{Notification, NotificationHeader},
    },
};
use hyper::{
    Method,
    body::Bytes,
    header::{HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::VecDeque,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

/// A request and its answer.
#[derive(Clone)]
struct Exchange {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Value,
    answer: String,
}

const CALL: &str = "1001234567";

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/icws")
}

fn exchanges(text: &str) -> Vec<Exchange> {
    let exchange = |part: &str| {
        let (request, answer) = part.split_once("<<<\n").unwrap();
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, path) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let body = if body.trim().is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() };
        Exchange { method, path, headers: headers.collect(), body, answer: answer.to_owned() }
    };
    text.split(">>>\n").skip(1).map(exchange).collect()
}

/// A peer that answers these exchanges in their order, and says what did not fit.
fn peer(script: Vec<Exchange>) -> (Arc<Peer>, Arc<Mutex<Vec<String>>>) {
    let faults = Arc::new(Mutex::new(Vec::new()));
    let (mut rest, noted) = (VecDeque::from(script), Arc::clone(&faults));
    let peer = Peer::new(move |seen| match rest.pop_front() {
        Some(next) => {
            noted.lock().unwrap().extend(differences(&next, seen));
            Reply::Raw(next.answer)
        }
        // A reader goes on asking.
        None => Reply::Silence,
    });
    (peer, faults)
}

fn differences(golden: &Exchange, seen: &Seen) -> Vec<String> {
    let mut faults = Vec::new();
    if (&golden.method, &golden.path) != (&seen.method, &seen.path) {
        faults.push(format!("{} {} instead of {} {}", seen.method, seen.path, golden.method, golden.path));
    }
    if golden.body != seen.body {
        faults.push(format!("{} instead of {}", seen.body, golden.body));
    }
    for (name, value) in &golden.headers {
        if !seen.headers.iter().any(|(seen_name, seen_value)| seen_name == name && seen_value == value) {
            faults.push(format!("the header {name}: {value} is missing among {:?}", seen.headers));
        }
    }
    faults
}

fn site(peer: &Arc<Peer>) -> Site {
    Site { application: "SAP ICI Connector".to_owned(), ..peer.site() }
}

fn stars() -> Credentials {
    Credentials::Password { user: "agent1".to_owned(), password: "***".into() }
}

/// What the client never sends by itself, sent as it stands there.
async fn raw(site: &Site, golden: &Exchange) -> Result<Value, IcwsError> {
    let client = Client::new(Arc::clone(&site.connector), site.template.place("cic1").unwrap());
    let headers = golden.headers.iter().filter(|(name, _)| name != "content-type");
    let headers = headers.map(|(name, value)| (HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap()));
    let question = Question {
        method: Method::from_bytes(golden.method.as_bytes()).unwrap(),
        path: golden.path.strip_prefix("/icws").unwrap().to_owned(),
        headers: headers.collect(),
        body: (!golden.body.is_null()).then(|| Bytes::from(golden.body.to_string())),
        limit: ANSWER,
        once: true,
    };
    judge(&client.ask(&question).await.unwrap())
}

fn workstation(station: &str) -> StationSettings {
    StationSettings::at(Seat::Workstation { workstation: station.into() })
}

async fn messages<const N: usize>(session: &Session) -> [Message; N] {
    let mut reader = session.messages();
    let mut all = Vec::new();
    while all.len() < N {
        all.push(reader.next().await.unwrap());
    }
    all.try_into().unwrap()
}

/// A page of users with fewer properties than the service asks for.
#[derive(Default, Deserialize)]
#[serde(transparent)]
struct Few(User);

impl Listed for Few {
    const KIND: &'static str = "users";
    const SELECT: &'static str = "extension,workgroups";
}

fn dial(target: &str) -> NewInteraction {
    let workgroup = Some("Support".into());
    NewInteraction::Call { target: target.to_owned(), workgroup, call_made_stage: None, additional_attributes: Attributes::default() }
}

#[tokio::test(start_paused = true)]
async fn every_golden_is_sent_as_it_is_written_and_understood() {
    let mut names: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "http"));
    names.sort();
    assert!(names.len() >= 32, "{names:?}");
    let login = exchanges(&fs::read_to_string(folder().join("login.http")).unwrap()).remove(0);
    for path in names {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let script = exchanges(&fs::read_to_string(&path).unwrap());
        let first = script[0].clone();
        // Whatever is asked in a session begins with its log-in.
        let in_session = first.path.starts_with("/icws/29113001/") && first.headers.iter().any(|(name, _)| name == "cookie");
        let count = script.len();
        let (peer, faults) = peer(if in_session { [vec![login.clone()], script].concat() } else { script });
        let site = site(&peer);
        if in_session {
            let session = Session::log_in(&site, "cic1", &stars()).await.unwrap();
            in_a_session(&name, &session).await;
        } else {
            without(&name, &site, &first).await;
        }
        assert_eq!(*faults.lock().unwrap(), Vec::<String>::new(), "{name}");
        assert!(peer.seen().len() >= count + usize::from(in_session), "{name}: not all of it was asked");
    }
}

async fn without(name: &str, site: &Site, first: &Exchange) {
    let logged_in = |credentials| async move { Session::log_in(site, "cic1", &credentials).await };
    let lost = |message: &str| Err(IcwsError::SessionLost(message.to_owned()));
    match name {
        "login" | "login_token" => {
            let token = Credentials::SsoToken { user: "agent1".to_owned(), token: "***".into() };
            let session = logged_in(if name == "login" { stars() } else { token }).await.unwrap();
            let response = session.response();
            assert_eq!(
                (session.id().as_str(), response.user_display_name.as_str(), response.ic_server.as_str()),
                ("29113001", "Agent One", "cic1")
            );
            assert_eq!((response.alternate_host_list.as_slice(), &response.effective_station), (&["cic2".to_owned()][..], &None));
            assert!(session.features().server_sent_events() && session.features().consult_to_queue());
        }
        "login_wrong_password" => {
            let why = logged_in(stars()).await.err();
            assert_eq!(why, Some(IcwsError::Authentication("The authentication process failed.".to_owned())));
        }
        "login_backup_server" | "login_unavailable" => {
            let Err(IcwsError::NotAccepting { alternates, .. }) = logged_in(stars()).await else { panic!("{name}") };
            let expected: &[&str] = if name == "login_backup_server" { &["otherserver"] } else { &["cic2", "cic3"] };
            assert_eq!(alternates, expected);
        }
        "login_without_type" => {
            let id = "error.request.invalidRepresentation.missingProperty";
            assert_eq!(raw(site, first).await, Err(refused(400, id, None, "The property __type is missing.")));
        }
        "session_lost" => {
            assert_eq!(raw(site, first).await, lost("An authentication token was expected in the request, but not found."));
        }
        "session_expired" => assert_eq!(raw(site, first).await, lost("The session is unknown or has expired.")),
        "session_missing" => assert_eq!(raw(site, first).await, lost("This request requires a session ID!")),
        "wrong_verb" => {
            let id = "error.request.accessDenied.httpMethodNotAllowed";
            assert_eq!(raw(site, first).await, Err(refused(405, id, None, "The HTTP method is not allowed.")));
        }
        other => panic!("{other} has no test of the client"),
    }
}

async fn in_a_session(name: &str, session: &Session) {
    match name {
        "station" => session.set_station(&workstation("ST1001")).await.unwrap(),
        "station_remote_number" => {
            let mut settings =
                StationSettings::at(Seat::RemoteNumber { remote_number: "5550100".to_owned(), persistent_connection: false });
            settings.supported_media_types = vec![MediaType::Chat, MediaType::Email];
            session.set_station(&settings).await.unwrap();
        }
        "station_refused" => {
            let expected = refused(403, "error.request.accessDenied", None, "You are not allowed to log on to this station.");
            assert_eq!(session.set_station(&workstation("ST1002")).await, Err(expected));
        }
        "user_status" => {
            let [Message::UserStatuses(told)] = messages(session).await else { panic!("{name}") };
            let status = &told.user_status_list[0];
            assert_eq!(
                (status.user_id.as_str(), status.status_id.as_deref(), status.logged_in),
                ("Administrator", Some("Do Not disturb"), Some(true))
            );
            assert_eq!((status.status_changed, told.is_delta), (Some(Moment(1_625_599_949)), false));
            assert_eq!(status.stations.as_deref(), Some(&["1234".into()][..]));
        }
        "set_status" => {
            let request = session.set_status("agent1", "Do Not disturb").await.unwrap();
            let [Message::AsyncCompleted(done)] = messages(session).await else { panic!("{name}") };
            assert_eq!((request, done.error), (Some(done.request_id), None));
        }
        "set_status_unknown" => {
            let id = "error.request.invalidRepresentation.invalidProperty";
            assert_eq!(
                session.set_status("agent1", "No such status").await,
                Err(refused(400, id, None, "The property statusId is invalid."))
            );
        }
        "queue" => queue(session).await,
        "events" => {
            let mut reader = session.messages();
            let Ok(Message::ConnectionState(change)) = reader.next().await else { panic!("{name}") };
            assert_eq!((change.new_connection_state, change.should_reconnect), (ConnectionState::Down, Some(true)));
            assert_eq!(reader.next().await, Err(IcwsError::SessionLost("switchover".to_owned())));
        }
        "dial" => assert_eq!(session.create(&dial("555-0123")).await.unwrap(), "1001234570"),
        "hold" => session.hold(CALL, true).await.unwrap(),
        "attributes" => {
            let data = Attributes::from_iter([("Sap_Cad", "<ItemAttachedData/>")]);
            session.set_attributes(CALL, &data, AppendMode::Replace).await.unwrap();
            assert_eq!(session.attributes(CALL, &["Sap_Cad"]).await.unwrap(), data);
        }
        "blind_transfer" => {
            session.blind_transfer(CALL, &Target::Dial("8001".to_owned())).await.unwrap();
            session.blind_transfer(CALL, &Target::Queue(QueueId::new(QueueType::Workgroup, "Sales"))).await.unwrap();
        }
        "consult" => {
            let target = Target::Dial("2002".to_owned());
            let new = NewConsult { target, call_made_stage: Some(CallMadeStage::Allocated), additional_attributes: Attributes::default() };
            let consult = session.consult(CALL, &new).await.unwrap();
            assert_eq!((consult.consult_id.as_str(), consult.consult_interaction_id.as_str()), ("7", "1001234571"));
            session.change_audience(CALL, &consult.consult_id, Audience::of(true, true)).await.unwrap();
            session.conclude_consult(CALL, &consult.consult_id).await.unwrap();
        }
        "generic_object" => {
            let item = NewInteraction::Generic {
                queue_id: QueueId::new(QueueType::Workgroup, "SAP1"),
                initial_state: Some(InteractionState::Offering),
                interaction_direction: Some(Direction::Inbound),
                local_party_type: Some(PartyType::Internal),
                remote_party_type: Some(PartyType::External),
                remote_id: None,
                remote_name: Some("Item 4711".to_owned()),
                additional_attributes: Attributes::default(),
            };
            let id = session.create(&item).await.unwrap();
            session.set_attributes(&id, &Attributes::from_iter([("SAP_ItemId", "4711")]), AppendMode::Replace).await.unwrap();
        }
        "statistics" => {
            let key = StatisticKey::of_workgroup("NumberAvailableForACDInteractions", "Swat Team");
            session.subscribe(&Subscription::Statistics(vec![key.clone()])).await.unwrap();
            let [Message::Statistics(told)] = messages(session).await else { panic!("{name}") };
            let change = &told.statistic_value_changes[0];
            assert_eq!((&change.statistic_key, change.statistic_value.as_ref().and_then(StatisticValue::count)), (&key, Some(100)));
        }
        "users" => {
            let users = session.list::<Few>().await.unwrap();
            let user = &users[0].0;
            assert_eq!(
                (user.configuration_id.id.as_str(), user.configuration_id.shown(), user.extension.as_str()),
                ("Operator", "Company Operator", "0")
            );
            assert_eq!((users.len(), user.workgroups[0].id.as_str()), (1, "CompanyOperator"));
        }
        "handler" => {
            let header = NotificationHeader { object_id: "Test_objectId".into(), event_ids: vec!["Test_eventId".into()] };
            session.subscribe(&Subscription::HandlerNotifications(vec![header])).await.unwrap();
            let mut notification = Notification {
                object_id: "Test_objectId".into(),
                event_id: "Test_eventId".into(),
                data: vec!["value1".into(), "value2".into()],
            };
            session.notify_handler(&notification).await.unwrap();
            notification.data.pop();
            assert_eq!(messages(session).await, [Message::Handler(notification)]);
        }
        "unsupported" => {
            let expected = refused(400, "error.request.unsupported", None, "The request is not supported.");
            assert_eq!(session.one::<Station>("ST1001").await, Err(expected));
        }
        "unknown_interaction" => {
            let expected = refused(404, "", Some(-2_147_221_496), "The interaction was not found.");
            assert_eq!(session.pickup("9999999999").await, Err(expected));
        }
        "removed" => {
            let expected = refused(410, "error.request.removed", None, "The resource has been removed.");
            assert_eq!(session.pickup(CALL).await, Err(expected));
        }
        "server_fault" => {
            assert_eq!(session.pickup(CALL).await, Err(refused(500, "", Some(-2_147_467_259), "Unspecified error")));
        }
        "resolve_timeout" => {
            let expected = refused(504, "", None, "The address could not be resolved in time.");
            assert_eq!(session.email_resolve("smith").await, Err(expected));
        }
        other => panic!("{other} has no test of the client"),
    }
}

async fn queue(session: &Session) {
    let names = ["Eic_InteractionId", "Eic_RemoteName", "Eic_RemoteAddress", "Eic_State", "Eic_ObjectType"];
    let watch = Subscription::Queues {
        id: "arbitrarystring".into(),
        queues: vec![QueueId::new(QueueType::User, "agent1")],
        attributes: names.map(str::to_owned).to_vec(),
    };
    session.subscribe(&watch).await.unwrap();
    let [Message::Queue(empty), Message::Queue(added), Message::Queue(changed), Message::Queue(removed)] = messages(session).await else {
        panic!("four messages about the queue were expected")
    };
    assert_eq!((empty.is_delta, empty.subscription_id.as_str(), empty.interactions_added.len()), (false, "arbitrarystring", 0));
    let call = &added.interactions_added[0];
    assert_eq!((added.is_delta, call.interaction_id.as_str(), call.attributes.get("eic_state")), (true, CALL, Some("A")));
    assert_eq!(call.attributes.get("Eic_RemoteAddress"), Some("sip:5550123@10.0.0.9"));
    assert_eq!(changed.interactions_changed[0].attributes, Attributes::from_iter([("Eic_State", "C")]));
    assert_eq!(removed.interactions_removed, [Id::from(CALL)]);
}
