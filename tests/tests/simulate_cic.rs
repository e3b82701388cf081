//! `jackfield simulate cic` with the real program: somebody else's HTTP client as its client, and its own commands as the people outside.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};
use system_tests::{cic::Cic, lab};

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
