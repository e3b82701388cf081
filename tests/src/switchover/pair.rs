//! Two simulated CIC servers, each in a process of its own; the second follows the first and takes its place when that is killed.

use crate::{PATIENCE, lab};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
};

/// Where the two are reached, on the same port.
pub(super) const HOSTS: [&str; 2] = ["127.0.0.1", "127.0.0.2"];

/// See the module.
pub(super) struct Pair {
    pub(super) first: Server,
    pub(super) second: Server,
    pub(super) port: u16,
}

/// One of them; ends when it is dropped.
pub(super) struct Server {
    child: Child,
    output: Mutex<Receiver<String>>,
    place: SocketAddr,
    admin: SocketAddr,
}

/// A call that goes on, as the servers tell each other of it: who is in it, and who of them holds it.
pub(super) type Calls = BTreeMap<String, BTreeMap<String, bool>>;

// === impl Pair ===

impl Pair {
    /// Starts both with the people of this file.
    ///
    /// # Panics
    /// When they do not become ready.
    pub(super) fn start(config: &Path) -> Self {
        let first = Server::start(config, &format!("{}:0", HOSTS[0]), &["--alternate", HOSTS[1]]);
        let (port, admin) = (first.place.port(), first.admin.to_string());
        let second = Server::start(config, &format!("{}:{port}", HOSTS[1]), &["--alternate", HOSTS[0], "--follow", &admin]);
        Self { first, second, port }
    }
}

// === impl Server ===

impl Server {
    fn start(config: &Path, listen: &str, more: &[&str]) -> Self {
        let mut child = Command::new(lab::jackfield())
            .args(["simulate", "cic", "--listen", listen, "--admin", "127.0.0.1:0", "--config"])
            .arg(config)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the simulator starts");
        let pipe = child.stdout.take().expect("stdout is a pipe");
        let (lines, output) = mpsc::channel();
        let reading = move || BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| lines.send(line).map_err(drop));
        thread::Builder::new().name("cic-output".into()).spawn(reading).expect("a thread starts");
        let next = || output.recv_timeout(PATIENCE).expect("the start-up lines come");
        let place = |line: &str, what: &str| {
            let url = line.strip_prefix(what).unwrap_or_else(|| panic!("a start-up line `{what}…`: {line}"));
            url.split('/').next().and_then(|place| place.parse().ok()).unwrap_or_else(|| panic!("an address: {line}"))
        };
        let (cic, admin) = (place(&next(), "listening cic http://"), place(&next(), "listening admin http://"));
        assert_eq!(next(), "ready", "the start-up lines are an interface");
        Self { child, output: Mutex::new(output), place: cic, admin }
    }

    /// Ends it at once, as `kill -9` does.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits until it says that it has taken the other one's place.
    ///
    /// # Panics
    /// When it does not.
    pub(super) fn takes_over(&self) {
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(output.recv_timeout(PATIENCE).as_deref(), Ok("active"), "the other one takes over");
    }

    /// Somebody calls an agent.
    ///
    /// # Panics
    /// When the server does not take him.
    pub(super) fn call(&self, number: &str, to: &str) {
        let body = format!(r#"{{"number":"{number}","to":"{to}"}}"#);
        let head = "POST /callers HTTP/1.0\r\nContent-Type: application/json\r\n";
        let answer = self.ask(&format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()));
        assert!(answer.contains(" 201 "), "{number} calls {to}: {answer}");
    }

    /// Something that it says of itself (`/status`).
    pub(super) fn figure(&self, pointer: &str) -> u64 {
        let answer = self.ask("GET /status HTTP/1.0\r\n\r\n");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let status: Value = serde_json::from_str(body).unwrap_or_default();
        status.pointer(&format!("/servers/0{pointer}")).and_then(Value::as_u64).unwrap_or_else(|| panic!("{pointer} in {status}"))
    }

    /// The calls in which people talk.
    pub(super) fn calls(&self) -> Calls {
        let mut stream = self.connect();
        stream.write_all(b"GET /heritage HTTP/1.0\r\n\r\n").expect("the simulator reads");
        let mut lines = BufReader::new(stream).lines().map(|line| line.expect("the simulator writes"));
        lines.by_ref().find(String::is_empty).expect("an answer has a head");
        let mut calls = Calls::new();
        // What it has to say comes at once; an empty line says that there is nothing more.
        for line in lines.take_while(|line| !line.is_empty()) {
            let line: Value = serde_json::from_str(&line).expect("each line is JSON");
            if line["about"] == "call" {
                let parties = line["parties"].as_array().into_iter().flatten();
                let legs = parties.filter_map(|party| Some((party["leg"]["user"].as_str()?.to_owned(), party["leg"]["held"] == true)));
                calls.insert(line["call"].as_str().unwrap_or_default().to_owned(), legs.collect());
            }
        }
        calls
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("the simulator reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the simulator answers");
        answer
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&self.admin, PATIENCE).expect("the simulator listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time can be set");
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
