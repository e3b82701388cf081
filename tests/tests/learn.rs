//! From a capture of an installation that is nothing like ours to a profile by which it works: learnt, loaded into the running service, proved
//! by its own SAP through log-on and calls, recorded and played back.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    path::Path,
    process::{Command, Output},
};
use system_tests::{
    http, invented,
    invented::{say, state},
    lab,
    program::Program,
    recording::Recording,
    sink::Sink,
    site,
};

const NUMBER: &str = "+49891234567";

fn jackfield(arguments: &[&str]) -> Output {
    Command::new(lab::jackfield()).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Learns from a folder; gives back the report.
fn learn(captures: &Path, out: &Path, more: &[&str]) -> String {
    let learnt = jackfield(&[&["learn", captures.to_str().unwrap(), "--out", out.to_str().unwrap()], more].concat());
    assert!(learnt.status.success(), "{}", text(&learnt.stderr));
    text(&learnt.stdout)
}

/// A customer calls the agent.
fn call_in(program: &Program) {
    let body = format!("{{\"number\": \"{NUMBER}\", \"to\": \"{}\"}}", site::AGENT);
    let request = format!(
        "POST /callers HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_eq!(http::exchange(program.admin, request.as_bytes()).unwrap().status(), 201);
}

/// Log-on, a call from a customer with everything an agent does to it, and a call to somebody, all in the installation's own words.
fn work(program: &Program, report: &str) {
    let sink = Sink::start();
    let mut sap = invented::Sap::new(program, site::AGENT, &sink);
    let must = |sap: &invented::Sap<'_>, command: &invented::Command| sap.say(command).unwrap_or_else(|why| panic!("{why}\n{report}"));

    // Log-on.
    must(&sap, &say::introduce());
    let known = must(&sap, &say::profile(site::AGENT));
    assert_eq!(known.get("employeeNo"), Some(site::AGENT), "{known:?}\n{report}");
    assert!(known.under("modes").any(|mode| mode == "2"), "{known:?}\n{report}");
    let containers: Vec<String> = known.all("boxNo").map(str::to_owned).collect();
    assert_eq!(containers.len(), 2, "{known:?}\n{report}");
    let url = sap.url();
    must(&sap, &say::enrol(site::AGENT, &url));
    must(&sap, &say::reach(site::AGENT, "+498001"));
    must(&sap, &say::media(site::AGENT));
    for container in &containers {
        must(&sap, &say::watch(container, &url));
    }
    must(&sap, &say::mode(site::AGENT, "2"));
    sap.hears("employeeMoved", "ready", |leaves| leaves.get("mode.code") == Some("2"));

    // A customer calls, is helped, waits a while, and is let go.
    call_in(program);
    let call = sap.contact(state::RINGING);
    let contact = call.get("contactNo").unwrap().to_owned();
    assert!(call.under("callers").any(|number| number == NUMBER), "{call:?}\n{report}");
    assert_eq!(call.get("way"), Some("I"), "{call:?}\n{report}");
    assert!(call.under("possible").any(|button| button == "takeUp"), "{call:?}\n{report}");
    for (command, reached) in [
        (say::take_up(&contact), state::TALKING),
        (say::park(&contact), state::PARKED),
        (say::unpark(&contact), state::TALKING),
        (say::ring_off(&contact), state::GONE),
    ] {
        must(&sap, &command);
        let heard = sap.contact(reached);
        assert_eq!(heard.get("contactNo"), Some(contact.as_str()), "{heard:?}");
    }

    // And the agent calls somebody.
    let opened = must(&sap, &say::open(site::AGENT)).answer().to_owned();
    must(&sap, &say::call_out(&opened, site::OUTSIDE));
    let heard = sap.contact(state::TALKING);
    assert_eq!((heard.get("contactNo"), heard.get("way")), (Some(opened.as_str()), Some("O")), "{heard:?}");
    must(&sap, &say::ring_off(&opened));
    sap.contact(state::GONE);
    must(&sap, &say::withdraw(site::AGENT, &url));
}

/// A service with this profile.
fn with_profile(profile: &Path) -> Program {
    Program::with(&format!("{}\nprofile = {:?}\n", site::FILE, profile.to_str().unwrap()))
}

#[test]
fn an_installation_that_is_nothing_like_ours_works_with_what_was_learnt_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let past = folder.path().join("past");
    std::fs::create_dir(&past).unwrap();
    invented::past(&past, site::AGENT);
    let profile = folder.path().join("learnt.toml");
    let report = learn(&past, &profile, &[]);
    let program = with_profile(&profile);
    let recording = Recording::start(&program, &["--agent", site::AGENT]);
    work(&program, &report);
    let recorded = recording.stop();

    // What was recorded there plays back the same wherever the profile is, and nowhere else.
    let play = |program: &Program| {
        let (url, admin) = (program.url(), program.admin.to_string());
        jackfield(&["replay", recorded.path().to_str().unwrap(), "--json", "--url", &url, "--admin", &admin])
    };
    let played = play(&with_profile(&profile));
    let told = text(&played.stdout);
    assert!(told.contains("\"commands\":16,") && told.contains("\"different\":0,\"missing\":0"), "{told}");
    assert_eq!(played.status.code(), Some(0), "{told}");
    let elsewhere = play(&Program::start());
    assert_eq!(elsewhere.status.code(), Some(1), "{}", text(&elsewhere.stdout));

    // And what is learnt from the recording, beginning with what was known, goes on to work.
    let again = folder.path().join("again.toml");
    let report = learn(recorded.path(), &again, &["--profile", profile.to_str().unwrap(), "--name", "again"]);
    assert!(report.contains("Of 16 commands the profile understands 16 now, and 16 as it is proposed."), "{report}");
    work(&with_profile(&again), &report);
}
