//! People outside, who reach the switch through a listener: that of the service for administrators where the switch is the embedded one, that
//! of the simulated CIC server where it is not. Both understand the same.

use crate::{http, program::Program};
use std::{io, net::SocketAddr};

/// Somebody who has come in.
pub struct Customer {
    switch: SocketAddr,
    call: String,
}

impl Customer {
    /// Somebody opens a chat with a workgroup or an agent.
    ///
    /// # Panics
    /// When the service does not take him.
    pub fn chats(program: &Program, name: &str, to: &str) -> Self {
        Self::comes(program, &format!(r#"{{"kind": "chat", "name": "{name}", "to": "{to}"}}"#))
    }

    /// Somebody calls a workgroup or an agent.
    ///
    /// # Panics
    /// When the service does not take him.
    pub fn calls(program: &Program, number: &str, to: &str) -> Self {
        Self::comes(program, &format!(r#"{{"number": "{number}", "to": "{to}"}}"#))
    }

    fn comes(program: &Program, who: &str) -> Self {
        let answer = ask(program.outside, "POST", "/callers", who);
        let call = answer.split('"').nth(3).unwrap_or_else(|| panic!("whoever comes in has an id: {answer}")).to_owned();
        Self { switch: program.outside, call }
    }

    /// He writes.
    pub fn says(&self, text: &str) {
        ask(self.switch, "POST", &format!("/callers/{}/postings", self.call), &format!(r#"{{"text": "{text}"}}"#));
    }

    /// Everything he knows of his chat, in JSON.
    pub fn sees(&self) -> String {
        ask(self.switch, "GET", &format!("/callers/{}", self.call), "")
    }

    /// He leaves.
    pub fn leaves(&self) {
        ask(self.switch, "DELETE", &format!("/callers/{}", self.call), "");
    }
}

/// Is this call or chat on the switch still?
pub(crate) fn is_there(switch: SocketAddr, call: &str) -> bool {
    try_to_ask(switch, "GET", &format!("/callers/{call}"), "").is_ok_and(|answer| answer.status() == 200)
}

/// Asks such a listener.
pub(crate) fn try_to_ask(admin: SocketAddr, method: &str, path: &str, body: &str) -> io::Result<http::Message> {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {admin}\r\nConnection: close\r\nContent-Type: application/json\r\n");
    let request = format!("{head}Content-Length: {length}\r\n\r\n{body}");
    http::exchange(admin, request.as_bytes())
}

/// The same; it must be answered.
pub(crate) fn ask(admin: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let answer = try_to_ask(admin, method, path, body).unwrap_or_else(|error| panic!("{method} {path}: no answer: {error}"));
    assert!((200..300).contains(&answer.status()), "{method} {path} is answered with {}: {}", answer.status(), answer.text());
    answer.text()
}
