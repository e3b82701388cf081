//! Conversation events of the real program at other people's software: moto for Kinesis and STS, fastavro as the reader.

use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use system_tests::{
    PATIENCE,
    conduit::{self, EVENTS, Moto, ORGANIZATION, Proxy, Record, STREAM, Weather, call, file, hang_up, start, sum, wait_for},
};

/// Goes through a menu, waits, and gives up: four events.
fn give_up(program: &system_tests::program::Program) {
    let menus = json!([{ "path": "Main/Billing", "entered": 7, "left": 8 }]);
    let caller = call(program, &json!({ "number": "sip:+4930123@10.0.0.9", "to": "Support", "menus": menus }));
    hang_up(program, &caller);
}

fn names(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.name.as_str()).collect()
}

const GIVEN_UP: [&str; 4] = ["ConversationIvrDisposed", "ConversationIvrMilestone", "ConversationEnqueued", "ConversationAbandoned"];

#[test]
fn what_a_caller_does_is_in_the_stream_field_by_field_as_the_guide_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let moto = Moto::start();
    moto.make_stream(1);
    let program = start(folder.path(), &file(&moto.url(), "framing = \"single_object\""));
    give_up(&program);
    let status = wait_for(&program, "not all was sent", PATIENCE, |status| sum(status, "sent") == 4);
    assert_eq!(status["schema"], "c677f56f3ddf667c");
    let records = moto.read("single_object", None);
    assert_eq!(names(&records), GIVEN_UP);
    let fields = |record: &Record| record.event.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let common = ["organizationId", "conversationId", "createdDate", "externalContactId", "Channels"];
    for (record, own) in
        records.iter().zip([&["flowId", "dispositionCode"][..], &["flowId", "milestone"], &["queueId", "routingCriteria"], &["queueId"]])
    {
        let mut expected: Vec<_> = common.iter().chain(own).map(|name| (*name).to_owned()).collect();
        let mut found = fields(record);
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{}", record.name);
        let event = &record.event;
        assert_eq!((event["organizationId"].as_str(), event["conversationId"].as_str()), (Some(ORGANIZATION), Some(record.key.as_str())));
        assert_eq!(event["Channels"], json!([{ "mediaType": "VOICE", "platform": "PureConnect" }]));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert!(now - event["createdDate"].as_u64().unwrap() < 600, "seconds since 1970");
        // Made of the organisation's id and +4930123 by version 5 of RFC 9562, as Python's uuid does it.
        assert_eq!(event["externalContactId"], records[0].event["externalContactId"]);
    }
    assert_eq!((&records[0].event["flowId"], &records[0].event["dispositionCode"]), (&json!("Main/Billing"), &json!(7)));
    assert_eq!(records[1].event["milestone"], 8);
    assert_eq!(records[2].event["queueId"], records[3].event["queueId"]);
    assert_eq!(records[2].event["routingCriteria"], json!([]));
}

#[test]
fn a_signature_is_right_and_a_wrong_one_stops_everything_until_it_is_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let moto = Moto::with(Some(4));
    let (id, secret) = moto.make_user();
    conduit::write_secret(folder.path(), "wrong");
    let key = format!("access_key = \"{id}\"\nsecret_key = \"env:JACKFIELD_TEST_CONDUIT_SECRET\"");
    let program = start(folder.path(), &file(&moto.url(), &key));
    give_up(&program);
    let status = wait_for(&program, "the wrong secret is not noticed", PATIENCE, |status| status["lasting"] == true);
    assert!(status["trouble"].as_str().unwrap().contains("ignature"), "{status}");
    assert_eq!((sum(&status, "waiting"), sum(&status, "sent")), (4, 0));
    drop(program);
    conduit::write_secret(folder.path(), &secret);
    let program = start(folder.path(), &file(&moto.url(), &key));
    wait_for(&program, "not all was sent", PATIENCE, |status| sum(status, "sent") == 4);
    assert_eq!(names(&moto.read("bare", Some((&id, &secret)))), GIVEN_UP);
}

#[test]
fn a_role_is_taken_on_with_its_external_id_by_the_key_of_a_profile() {
    let folder = tempfile::tempdir().unwrap();
    let moto = Moto::start();
    moto.make_stream(1);
    let profiles = folder.path().join("profiles");
    std::fs::write(&profiles, "[conduit]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = not-checked\n").unwrap();
    let role = format!(
        "role = \"arn:aws:iam::123456789012:role/conduit\"\nexternal_id = \"4711\"\nprofile = \"conduit\"\n\
         profile_file = \"{}\"",
        profiles.display()
    );
    let program = start(folder.path(), &file(&moto.url(), &role));
    give_up(&program);
    wait_for(&program, "not all was sent", PATIENCE, |status| sum(status, "sent") == 4);
    assert_eq!(names(&moto.read("bare", None)), GIVEN_UP);
}

#[test]
fn a_stream_that_is_not_there_is_named_and_everything_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let moto = Moto::start();
    let program = start(folder.path(), &file(&moto.url(), ""));
    give_up(&program);
    let status = wait_for(&program, "the missing stream is not noticed", PATIENCE, |status| status["lasting"] == true);
    assert!(status["trouble"].as_str().unwrap().contains(STREAM), "{status}");
    assert_eq!(sum(&status, "waiting"), 4);
}

#[test]
fn what_waits_when_the_program_is_killed_is_sent_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = file(&format!("http://{nobody}"), "");
    let mut program = start(folder.path(), &text);
    for _ in 0..25 {
        give_up(&program);
    }
    wait_for(&program, "not all was written down", PATIENCE, |status| sum(status, "waiting") == 100);
    program.kill();
    let moto = Moto::at(nobody, None);
    moto.make_stream(1);
    let program = start(folder.path(), &text);
    wait_for(&program, "not all was sent", 2 * PATIENCE, |status| sum(status, "waiting") == 0);
    let mut conversations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in moto.read("bare", None) {
        conversations.entry(record.key).or_default().push(record.name);
    }
    assert_eq!(conversations.len(), 25);
    assert!(conversations.values().all(|names| names == &GIVEN_UP), "{conversations:?}");
}

#[test]
fn in_bad_weather_every_event_arrives_in_its_conversations_order() {
    let weather = Weather { refuses_some: 2, cuts_before: 7, cuts_after: 5, fails: 11 };
    let report = conduit::storm(150, weather, true);
    assert!(report.is_good(), "{report}");
    assert!(report.happened == 150 * EVENTS && report.twice > 0, "the answers that were lost made some come twice: {report}");
}

#[test]
fn switched_off_it_hears_nothing_and_what_waits_is_kept_or_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let moto = Moto::start();
    moto.make_stream(1);
    let proxy = Proxy::before(moto.address, Weather { cuts_before: 1, ..Weather::default() });
    let on = file(&proxy.url(), "keep_when_off = false");
    let program = start(folder.path(), &on);
    give_up(&program);
    wait_for(&program, "nothing waits", PATIENCE, |status| sum(status, "waiting") == 4);
    let text = std::fs::read_to_string(program.config()).unwrap();
    std::fs::write(program.config(), text.replace("conduit]\nenabled = true", "conduit]\nenabled = false")).unwrap();
    program.signal("HUP");
    wait_for(&program, "it is not switched off", PATIENCE, serde_json::Value::is_null);
    give_up(&program);
    std::fs::write(program.config(), text.replace(&proxy.url(), &moto.url())).unwrap();
    program.signal("HUP");
    wait_for(&program, "it is not switched on again", PATIENCE, serde_json::Value::is_object);
    give_up(&program);
    wait_for(&program, "not all was sent", PATIENCE + Duration::from_secs(5), |status| sum(status, "sent") == 4);
    assert_eq!(names(&moto.read("bare", None)), GIVEN_UP, "of the last caller only");
}
