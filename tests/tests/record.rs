//! `jackfield record` against the real program: what an agent says and hears is in the file, without secrets, and nothing else is.

use std::process::Command;
use system_tests::{
    agent::{self, Agent, Ear, Speaker, status},
    http, lab,
    program::Program,
    recording::Recording,
    sink::Sink,
    site, soap,
};

#[test]
fn both_directions_of_the_chosen_agent_are_recorded_without_secrets() {
    let program = Program::start();
    let recording = Recording::start(&program, &["--agent", site::AGENT]);
    let sink = Sink::start();
    let mut anna = Agent::of(&program, site::AGENT);
    let mut ear = Ear::new(&sink, "/sap/session=hunter2");
    agent::log_on(&mut anna, &ear.url());
    let mut bert = Agent::of(&program, site::CALLER);
    let bert_ear = Ear::new(&sink, "/bert");
    agent::log_on(&mut bert, &bert_ear.url());
    let item = anna.must("Item", "create", &[]).answer().to_owned();
    anna.must("PhoneCall", "dial", &[("itemId", item.as_str().into()), ("destination", site::OUTSIDE.into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    // What nobody understands is recorded as well.
    let strange = soap::envelope("User", "fetchEverything", Some(site::AGENT), &[]);
    let refused = http::exchange(program.ici, &http::post(&program.path, "\"x\"", strange.as_bytes())).unwrap();
    assert_eq!(refused.status(), 500);
    let file = std::fs::read_to_string(recording.stop().path()).unwrap();

    let lines: Vec<&str> = file.lines().collect();
    assert!(lines[0].starts_with("{\"jackfield_capture\":1,") || lines[0].contains("\"jackfield_capture\":1"), "{}", lines[0]);
    assert!(lines.last().unwrap().contains("\"end\":\"stopped\""), "{}", lines.last().unwrap());
    for (what, parts) in [
        ("the log-on", &["from_sap", "getAttributes", "getAttributesResponse"][..]),
        ("a subscription with a hidden path", &["from_sap", "<appUrl", "/hidden/1"]),
        ("an event with SAP's answer", &["to_sap", "phoneCallChanged", "\"status\":200", "/hidden/1"]),
        ("what was not understood", &["fetchEverything", "\"status\":500"]),
    ] {
        assert!(lines.iter().any(|line| parts.iter().all(|part| line.contains(part))), "{what} is missing in\n{file}");
    }
    for secret in ["hunter2", site::OUTSIDE, "4930123456", "<pre:user>BERT", "\"BERT\""] {
        assert!(!file.contains(secret), "{secret} is in\n{file}");
    }
}

#[test]
fn a_recording_says_how_it_cannot_begin() {
    let program = Program::start();
    let code = |arguments: &[&str]| Command::new(lab::jackfield()).arg("record").args(arguments).output().unwrap().status.code();
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "x").unwrap();
    let admin = program.admin.to_string();
    let new = folder.path().join("new");
    // Nobody listens at the discard port of a test machine.
    assert_eq!(code(&["--admin", "127.0.0.1:9", "--out", new.to_str().unwrap()]), Some(69));
    assert!(!new.exists(), "an empty file would only be in the way");
    assert_eq!(code(&["--admin", &admin, "--out", taken.to_str().unwrap()]), Some(74));
    assert_eq!(code(&["--admin", &admin, "--minutes", "0"]), Some(64));
    assert_eq!(std::fs::read(&taken).unwrap(), b"x");
}
