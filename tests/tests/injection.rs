//! Conversation events of the real program in an organisation's own event interface: `jackfield run` with the built-in switch, its bridge, and
//! `jackfield simulate cloud`. No organisation of Genesys Cloud takes part.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear, Speaker as _, status},
    conduit::{call, hang_up, sum, wait_for},
    lab,
    organisation::Organisation,
    program::Program,
    sink::Sink,
    site,
};

/// The double's own.
const ORGANIZATION: &str = "00000000-d0b1-4000-8000-0000000000aa";

fn jackfield(arguments: &[&str]) -> String {
    let output = Command::new(lab::jackfield()).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

fn file(folder: &Path, url: &str) -> String {
    let secret = folder.join("secret");
    fs::write(&secret, "of-the-client").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    // Users without an e-mail address are nobody there.
    let site = site::FILE.replace("last_name = \"Out\" }", "last_name = \"Out\", email = \"fosca@example.com\" }");
    format!(
        "{site}\n[store]\npath = \"STORE\"\n[genesys_cloud]\nenabled = true\nhost = \"{url}\"\norganization = \"double\"\nclient_id = \"bridge\"\n\
         client_secret = \"file:{}\"\nsync_platform_objects = true\nadmin_user = \"\"\n\
         [genesys_cloud.conduit]\nenabled = true\nsink = \"injection\"\norganization_id = \"{ORGANIZATION}\"\n",
        secret.display()
    )
}

fn start(folder: &Path, file: &str) -> Program {
    Program::with_store(folder, file, None).unwrap_or_else(|program| panic!("{}", program.log()))
}

/// The events that the organisation has taken, each with its list.
fn taken(organisation: &Organisation) -> Vec<(String, Value)> {
    let state = organisation.state();
    assert_eq!(state["refusals"], json!([]));
    let events = state["events"].as_array().unwrap().iter();
    events.map(|one| (one["list"].as_str().unwrap().trim_end_matches("Events").to_owned(), one["event"].clone())).collect()
}

fn lists(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(list, _)| list.as_str()).collect()
}

#[test]
fn a_call_is_told_from_the_queue_to_the_wrap_up_and_one_that_a_kill_interrupts_keeps_its_event_ids() {
    let organisation = Organisation::start();
    let folder = tempfile::tempdir().unwrap();
    let text = file(folder.path(), &organisation.url);
    let mut program = start(folder.path(), &text);
    jackfield(&["bridge", "sync", "--force", "--admin", &program.admin.to_string()]);
    let sink = Sink::start();
    let mut ear = Ear::new(&sink, "/fosca");
    let mut fosca = Agent::of(&program, site::AGENT);
    agent::log_on(&mut fosca, &ear.url());

    let menus = json!([{ "path": "Main/Billing", "entered": 7, "left": 8 }]);
    let caller = call(&program, &json!({ "number": "+4930123", "to": site::QUEUE, "menus": menus }));
    let item = ear.any_call(status::ALERTING).get("itemId").unwrap().to_owned();
    fosca.must("Item", "accept", &[("itemId", item.into())]);
    hang_up(&program, &caller);
    // The work after the call ends when she says what she is doing.
    fosca.must("User", "setCurrentWorkmode", &[("userId", site::AGENT.into()), ("workmode", "3".into())]);
    let told = wait_for(&program, "not all was sent", 2 * PATIENCE, |status| sum(status, "sent") == 5);
    assert_eq!((sum(&told, "skipped"), sum(&told, "rejected"), &told["again"]), (1, 0, &json!(0)), "a milestone has no counterpart");
    let events = taken(&organisation);
    let answered = [
        "ivrEstablished",
        "communicationEnded",
        "routingEstablished",
        "communicationEnded",
        "userEstablished",
        "communicationAnswered",
        "communicationEnded",
        "communicationDispositionApplied",
    ];
    assert_eq!(lists(&events), answered);
    let fosca_there = organisation.state()["users"][0].clone();
    assert_eq!((&fosca_there["user"]["userName"], &fosca_there["id"]), (&json!("fosca@example.com"), &events[4].1["userId"]));

    // What was taken and whose answer was lost is sent again by the next process, with the same ids.
    let at = organisation.address().to_owned();
    let fault = |faults: &str| jackfield(&["simulate", "cloud", "fault", faults, "--at", &at]);
    fault(r#"{"allowed": 3000, "answers": [{"path": "events/conversations", "deed": "drop_after"}]}"#);
    let caller = call(&program, &json!({ "number": "+4930124", "to": site::QUEUE }));
    hang_up(&program, &caller);
    wait_for(&program, "the lost answer is not noticed", 2 * PATIENCE, |status| status["trouble"].is_string());
    program.kill();
    fault(r#"{"allowed": 3000}"#);
    let program = start(folder.path(), &text);
    wait_for(&program, "not all was sent", 2 * PATIENCE, |status| sum(status, "waiting") == 0 && sum(status, "sent") == 2);
    let events = taken(&organisation);
    assert_eq!(lists(&events)[answered.len()..], ["routingEstablished", "communicationEnded"], "each once, in its order");
    assert_eq!(events[8].1["communicationId"], events[9].1["communicationId"]);
    assert!(organisation.state()["events_again"].as_u64().unwrap() > 0, "and known again by its id");
}

#[test]
fn the_check_names_the_permission_that_is_missing() {
    let organisation = Organisation::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jackfield.toml");
    fs::write(&path, file(folder.path(), &organisation.url).replace("STORE", &folder.path().join("store").display().to_string())).unwrap();
    let fault = r#"{"allowed": 3000, "missing": ["conversation:conversation:inject"]}"#;
    jackfield(&["simulate", "cloud", "fault", fault, "--at", organisation.address()]);
    let checked = Command::new(lab::jackfield()).args(["check", "--config", &path.display().to_string()]).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(!checked.status.success() && said.contains("conversation:conversation:inject"), "{said}");
}
