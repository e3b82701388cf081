//! `jackfield simulate cic` with the real program: somebody else's HTTP client as its client, and its own commands as the people outside.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    fs,
    io::{BufRead, BufReader, Lines},
    os::unix::fs::PermissionsExt as _,
    process::{Child, ChildStdout, Command, Stdio},
};
use system_tests::{
    agent::{self, Ear, Speaker, status},
    cic::Cic,
    lab,
    program::Program,
    sink::Sink,
};

/// An agent by `requests`.
struct Agent {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Agent {
    fn start(base: &str) -> Self {
        let python = lab::installed().join("venv/bin/python");
        let script = lab::tests("clients/icws/day.py");
        let mut child = Command::new(python).arg(script).args([base, "ANNA"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("the agent goes on").unwrap()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn somebody_elses_client_takes_a_call_that_a_command_has_placed() {
    let simulator = Cic::start(&[]);
    let mut anna = Agent::start(&simulator.places[0]);
    assert_eq!(anna.line(), "ready");
    let status = simulator.must(&["status"]);
    assert!(status.contains("\"user\": \"ANNA\"") && status.contains("\"application\": \"requests\""), "{status}");
    let call = simulator.must(&["call", "+4930", "ANNA"]);
    assert_eq!(anna.line(), format!("talking {call}"));
    assert_eq!(simulator.must(&["hang-up", &call]), "done");
    assert_eq!(anna.line(), "ended");
    assert!(anna.child.wait().unwrap().success());
    let nobody = simulator.order(&["call", "+4930", "NOBODY"]);
    assert_eq!(nobody.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("NOBODY"), "{nobody:?}");
}

#[test]
fn without_secrets_of_agents_sap_shows_them_their_calls_and_says_what_it_cannot_do_for_them() {
    let simulator = Cic::start(&[]);
    let mut client = Agent::start(&simulator.places[0]);
    assert_eq!(client.line(), "ready");
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    fs::write(&password, "anything").unwrap();
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    let (host, port) = simulator.address();
    let mut program = Program::with(&format!(
        "schema = 1\n[switch]\nkind = \"icws\"\nserver = \"{host}\"\nport = {port}\ntls = false\nuser_id = \"SAPSU\"\n\
         password = \"file:{}\"\n[agents]\nlog_in = \"super_user\"\n",
        password.display()
    ));
    assert!(program.finds_its_switch(), "{}", program.log());
    let (sink, mut anna) = (Sink::start(), agent::Agent::of(&program, "ANNA"));
    let mut ear = Ear::new(&sink, "/anna");
    let attributes = anna.must("User", "getAttributes", &[("userId", "ANNA".into())]);
    let subscription = |what: &'static str, id: &str| [(what, id.into()), ("appUrl", ear.url().into()), ("appId", "CRM".into())];
    anna.must("User", "subscribe", &subscription("userId", "ANNA"));
    for (_, id) in attributes.iter().filter(|(path, _)| path.contains("containers.") && path.rsplit('.').next() == Some("id")) {
        anna.must("Container", "subscribe", &subscription("containerId", id));
    }

    let call = simulator.must(&["call", "+4930", "ANNA"]);
    assert_eq!(client.line(), format!("talking {call}"), "her own client has answered");
    let talks = ear.any_call(status::CONNECTED);
    let item = talks.get("itemId").unwrap();
    let new = anna.must("Item", "create", &[]).answer().to_owned();
    let refused = anna.call("PhoneCall", "dial", &[("itemId", new.into()), ("destination", "+4931".into())]).unwrap_err();
    assert!(refused.text.contains("a session of the agent's own"), "{refused:?}");
    anna.must("PhoneCall", "drop", &[("itemId", item.into())]);
    ear.calls(&[(item, status::ENDED)]);
    assert_eq!(client.line(), "ended");
}

#[test]
fn faults_come_and_go_and_the_other_one_of_a_pair_takes_over() {
    let simulator = Cic::start(&["--pair"]);
    let version = |at: usize| {
        let (host, rest) = simulator.places[at].strip_prefix("http://").unwrap().split_once('/').unwrap();
        get(host, &format!("/{rest}/connection/version"))
    };
    assert_eq!((version(0), version(1)), (Some(200), Some(200)));
    simulator.must(&["fault", "answer=server_fault,GET,/version"]);
    assert_eq!(version(0), Some(500));
    assert!(simulator.must(&["fault"]).contains("server_fault"));
    simulator.must(&["fault", "none"]);
    assert_eq!(version(0), Some(200));
    assert_eq!(simulator.order(&["fault", "nonsense"]).status.code(), Some(69));

    simulator.must(&["switch-over", "dies"]);
    assert_eq!((version(0), version(1)), (None, Some(200)), "the first is gone");
    assert!(simulator.must(&["status"]).contains("\"mode\": \"dead\""));
}

/// The status of the answer, where there is one.
fn get(host: &str, path: &str) -> Option<u16> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}
