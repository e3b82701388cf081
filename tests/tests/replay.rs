//! `jackfield replay`: what was recorded of one service is played against another, and a difference is told.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::process::{Command, Output};
use system_tests::{
    agent::{self, Agent, Ear, Speaker, status},
    lab,
    program::Program,
    recording::{Recorded, Recording},
    sink::Sink,
    site,
};

fn replay(capture: &Recorded, program: &Program) -> (Output, String) {
    let url = program.url();
    let output = Command::new(lab::jackfield()).args(["replay", "--json", "--url", &url]).arg(capture.path()).output().unwrap();
    let told = String::from_utf8(output.stdout.clone()).unwrap();
    (output, told)
}

/// An agent logs on, calls somebody, hangs up.
fn morning() -> Recorded {
    let program = Program::start();
    let recording = Recording::start(&program, &[]);
    let sink = Sink::start();
    let mut anna = Agent::of(&program, site::AGENT);
    let mut ear = Ear::new(&sink, "/anna");
    agent::log_on(&mut anna, &ear.url());
    let item = anna.must("Item", "create", &[]).answer().to_owned();
    anna.must("PhoneCall", "dial", &[("itemId", item.as_str().into()), ("destination", site::OUTSIDE.into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    anna.must("PhoneCall", "drop", &[("itemId", item.as_str().into())]);
    ear.calls(&[(&item, status::ENDED)]);
    recording.stop()
}

#[test]
fn a_morning_plays_back_the_same_and_what_differs_is_told_by_its_path() {
    let capture = morning();
    let same = Program::start();
    let (output, told) = replay(&capture, &same);
    let commands = told.lines().filter(|line| line.contains("\"way\":\"from_sap\""));
    assert!(commands.clone().count() >= 12, "{told}");
    assert!(commands.clone().all(|line| line.contains("\"same\":true")), "{told}");
    assert!(told.contains("\"different\":0,\"missing\":0"), "{told}");
    assert_eq!(output.status.code(), Some(0), "{told}");

    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("other.toml");
    let built_in = std::fs::read_to_string(lab::repository().join("assets/ici/default.toml")).unwrap();
    std::fs::write(&profile, built_in.replace("name = \"firstName\"", "name = \"givenName\"")).unwrap();
    let other = Program::with(&format!("{}\nprofile = {:?}\n", site::FILE, profile.to_str().unwrap()));
    let (output, told) = replay(&capture, &other);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("missing: response/firstName") && told.contains("new: response/givenName"), "{told}");
}

#[test]
fn what_cannot_be_played_is_an_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("nothing.txt");
    std::fs::write(&nothing, "no message").unwrap();
    let one = folder.path().join("one.xml");
    std::fs::write(&one, "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><a/></s:Body></s:Envelope>").unwrap();
    let code = |arguments: &[&str]| Command::new(lab::jackfield()).arg("replay").args(arguments).output().unwrap().status.code();
    assert_eq!(code(&[nothing.to_str().unwrap()]), Some(64));
    assert_eq!(code(&["/nowhere/at/all"]), Some(74));
    // Nobody listens at the discard port of a test machine.
    assert_eq!(code(&[one.to_str().unwrap(), "--url", "http://127.0.0.1:9/"]), Some(69));
}
