//! A foreign SOAP client as a child process that calls what it is told (`tests/clients/CLIENT/agent.*`).
//!
//! One line in: `INTERFACE OPERATION name=value …`, one line out: `ok name=value …`, `fault code=… text=…`, or `broken text=…` when the
//! client itself could not make or read the message. Values are percent-encoded; names are paths (`channels.0`, `addresses.0.address`).

use crate::{
    PATIENCE,
    agent::Speaker,
    lab,
    soap::{Fault, Outcome, Parameters, Value},
    tree::Leaves,
};
use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
};

/// A client that has said `ready`.
pub struct Client {
    name: String,
    user: String,
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
}

impl Client {
    /// Starts the program `agent` of a client with an address (of the service, or of its WSDL) and a user.
    ///
    /// # Panics
    /// When it does not get ready; its reason is on standard error.
    pub fn start(client: &str, program: &str, address: &str, user: &str) -> Self {
        let mut child = Command::new(lab::tests("clients/run"))
            .arg(lab::installed())
            .args([client, program, address, user])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a client starts");
        let (lines, output) = mpsc::channel();
        let pipe = child.stdout.take().expect("stdout is a pipe");
        let reading = move || BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| lines.send(line).map_err(drop));
        thread::Builder::new().name(format!("client-{client}")).spawn(reading).expect("a thread starts");
        let input = child.stdin.take().expect("stdin is a pipe");
        let started = Self { name: client.to_owned(), user: user.to_owned(), child, input, output };
        assert_eq!(started.line(), "ready", "{client} says that it is ready");
        started
    }

    /// The next line it says.
    ///
    /// # Panics
    /// When it says nothing.
    pub fn line(&self) -> String {
        self.output.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("{} says nothing more: {error}", self.name))
    }
}

impl Speaker for Client {
    fn user(&self) -> &str {
        &self.user
    }

    fn call(&mut self, interface: &str, operation: &str, parameters: Parameters<'_>) -> Outcome {
        let mut line = format!("{interface} {operation}");
        for (path, value) in paths(parameters) {
            write!(line, " {path}={}", encode(&value)).expect("a string takes everything");
        }
        writeln!(self.input, "{line}").and_then(|()| self.input.flush()).unwrap_or_else(|error| panic!("{} has gone: {error}", self.name));
        let answer = self.line();
        let mut words = answer.split(' ');
        let verdict = words.next().unwrap_or_default();
        let leaves = Leaves::new(pairs(words));
        let part = |name| leaves.get(name).unwrap_or_default().to_owned();
        match verdict {
            "ok" => Ok(leaves),
            "fault" => Err(Fault { status: 500, code: part("code"), text: part("text") }),
            _ => panic!("{} could not do {line}: {}", self.name, part("text")),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Parameters as paths and texts.
fn paths(parameters: Parameters<'_>) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for (name, value) in parameters {
        add_paths(name, value, &mut paths);
    }
    paths
}

fn add_paths(name: &str, value: &Value, paths: &mut Vec<(String, String)>) {
    match value {
        Value::Text(text) => paths.push((name.to_owned(), text.clone())),
        Value::List(list) => paths.extend(list.iter().enumerate().map(|(place, text)| (format!("{name}.{place}"), text.clone()))),
        Value::Structures(list) => {
            for (place, fields) in list.iter().enumerate() {
                paths.extend(fields.iter().map(|(field, text)| (format!("{name}.{place}.{field}"), text.clone())));
            }
        }
        Value::Structure(fields) => fields.iter().for_each(|(field, value)| add_paths(&format!("{name}.{field}"), value, paths)),
        Value::Many(list) => list.iter().enumerate().for_each(|(place, value)| add_paths(&format!("{name}.{place}"), value, paths)),
    }
}

/// Percent-encodes everything that is not a letter or digit.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes everything");
        }
        encoded
    })
}

/// Words `name=value` of a line, decoded.
pub(crate) fn pairs<'a>(words: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    words.filter_map(|word| word.split_once('=')).map(|(name, value)| (name.to_owned(), decode(value))).collect()
}

pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(byte)) = (first, hex) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_survives_the_line() {
        for text in ["", "plain", "a b=c%d\n<ü>", "100%"] {
            assert!(!encode(text).contains([' ', '\n', '=']));
            assert_eq!(decode(&encode(text)), text);
        }
    }
}
