//! HTTP as bytes: what is sent is exactly what the test wrote, what comes back is read by its framing.

use crate::PATIENCE;
use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
};

/// A message that came in: an answer, or a request to the event sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The first line, e.g. `HTTP/1.1 200 OK`.
    pub line: String,
    /// Names in lower case, values trimmed, in order.
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Message {
    /// The status of an answer; 0 when the first line has none.
    pub fn status(&self) -> u16 {
        self.line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as text, broken UTF-8 made visible.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that may carry several exchanges.
pub struct Connection {
    stream: TcpStream,
    spare: Vec<u8>,
}

impl Connection {
    /// Opens one.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        Self::over(stream)
    }

    /// Uses one that is open, from either side.
    pub fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, spare: Vec::new() })
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Says that nothing more will come, while the answer is still wanted.
    pub fn half_close(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// Reads one message; `None` when the other side closed before its first byte.
    pub fn receive(&mut self) -> io::Result<Option<Message>> {
        let mut raw = std::mem::take(&mut self.spare);
        let end = loop {
            if let Some(end) = find(&raw, b"\r\n\r\n") {
                break end;
            }
            if self.more(&mut raw)? == 0 {
                return if raw.is_empty() { Ok(None) } else { Err(truncated()) };
            }
        };
        let head = String::from_utf8_lossy(&raw[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let line = lines.next().unwrap_or_default().to_owned();
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut message = Message { line, headers, body: raw.split_off(end + 4) };
        if message.status() == 100 {
            self.spare = message.body;
            return self.receive();
        }
        if let Some(length) = message.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
            while message.body.len() < length {
                if self.more(&mut message.body)? == 0 {
                    return Err(truncated());
                }
            }
            self.spare = message.body.split_off(length);
        } else if message.header("transfer-encoding").is_some() {
            return Err(io::Error::other("a chunked body, which an HTTP/1.0 client could not read"));
        } else if message.line.starts_with("HTTP/") {
            while self.more(&mut message.body)? > 0 {}
        }
        Ok(Some(message))
    }

    /// Sends a request and reads its answer.
    pub fn exchange(&mut self, bytes: &[u8]) -> io::Result<Message> {
        self.send(bytes)?;
        self.receive()?.ok_or_else(truncated)
    }

    fn more(&mut self, into: &mut Vec<u8>) -> io::Result<usize> {
        let mut piece = [0; 16 * 1024];
        let count = self.stream.read(&mut piece)?;
        into.extend_from_slice(&piece[..count]);
        Ok(count)
    }
}

/// One request on a connection of its own.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> io::Result<Message> {
    Connection::open(address)?.exchange(bytes)
}

/// A POST of XML over HTTP/1.1 with `Connection: close`, the way most clients send it.
pub fn post(path: &str, action: &str, body: &[u8]) -> Vec<u8> {
    request(path, action, "Connection: close\r\n", body)
}

/// A POST of XML with further header lines.
pub fn request(path: &str, action: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: {action}\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A GET over HTTP/1.1 with `Connection: close`.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").into_bytes()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn truncated() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the other side closed in the middle of a message")
}
