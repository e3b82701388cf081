//! HTTP as SAP's kernel speaks it to the service: HTTP/1.0 with a connection for each request, or 1.1 that keeps it; the header lines of the
//! guide's trace, no `Host` for 1.0. Every answer is bounded in size and time.

use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Mutex,
};

/// Head of an answer at most, bytes.
const HEAD: usize = 64 << 10;
/// Body of an answer at most, bytes.
const BODY: usize = super::xml::BYTES;

/// Which HTTP the administrator chose for SAP's destination (SM59, ici-wire §1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// One connection for each request.
    #[default]
    Http10,
    /// The connection is kept.
    Http11,
}

/// A service's place, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Host name or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path and query, at least `/`.
    pub path: String,
}

/// An HTTP client for one service.
pub struct Client {
    url: Url,
    version: Version,
    deadline: Duration,
    /// The kept connection of HTTP/1.1. A lock, because one SAP session sends one request after the other.
    kept: Mutex<Option<TcpStream>>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

// === impl Url ===

impl Url {
    /// Takes `http://host[:port][/path][?query]` apart.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => {
                return Err("the simulator speaks no TLS: give the service a plain address on loopback for it");
            }
            _ => return Err("it must begin with http://"),
        };
        if rest.contains(|c: char| c.is_control() || c == ' ') {
            return Err("it contains blanks");
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (host, port) = match authority.strip_prefix('[') {
            Some(v6) => {
                let (host, port) = v6.split_once(']').ok_or("the address lacks its `]`")?;
                (host, port.strip_prefix(':'))
            }
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Ok(80), str::parse).map_err(|_| "the port is not a number up to 65535")?;
        if host.is_empty() || host.contains('@') {
            return Err("it names no host");
        }
        Ok(Self { host: host.to_owned(), port, path })
    }
}

// === impl Client ===

impl Client {
    /// A client; connects only when it is used. `deadline` covers one request from connect to the last byte.
    pub fn new(url: Url, version: Version, deadline: Duration) -> Self {
        Self { url, version, deadline, kept: Mutex::new(None) }
    }

    /// Time for one request.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Sends one request and reads its answer. A kept connection that the other side has closed meanwhile is opened anew once, before
    /// anything was answered.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] after the deadline, [`io::ErrorKind::InvalidData`] for what is no HTTP, else the system's.
    pub async fn post(&self, action: &str, body: &str) -> io::Result<Answer> {
        let fields =
            format!("Content-Type: text/xml\r\nContent-Length: {}\r\naccept: text/xml, text/html\r\nsoapaction: {action}\r\n", body.len());
        self.transmit(self.request("POST", &self.url.path, &fields, body)).await
    }

    /// Sends any other request: with these header lines, each ended by CR LF, and its length.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub async fn send(&self, method: &str, path: &str, fields: &str, body: &str) -> io::Result<Answer> {
        let fields = format!("{fields}Content-Length: {}\r\n", body.len());
        self.transmit(self.request(method, path, &fields, body)).await
    }

    async fn transmit(&self, request: Vec<u8>) -> io::Result<Answer> {
        let work = async {
            if self.version == Version::Http10 {
                // Nothing is kept, so nobody waits for another's answer: an order may be followed by one that ends it.
                return Ok(exchange(self.connect().await?, &request).await?.0);
            }
            let mut kept = self.kept.lock().await;
            if let Some(stream) = kept.take()
                && let Ok((answer, stream)) = exchange(stream, &request).await
            {
                *kept = stream;
                return Ok(answer);
            }
            let (answer, stream) = exchange(self.connect().await?, &request).await?;
            *kept = stream;
            Ok(answer)
        };
        tokio::time::timeout(self.deadline, work).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((self.url.host.as_str(), self.url.port)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    fn request(&self, method: &str, path: &str, fields: &str, body: &str) -> Vec<u8> {
        let Url { host, port, .. } = &self.url;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let (version, more) = match self.version {
            Version::Http10 => ("1.0", String::new()),
            Version::Http11 => ("1.1", format!("Host: {host}:{port}\r\n")),
        };
        format!("{method} {path} HTTP/{version}\r\n{more}{fields}\r\n{body}").into_bytes()
    }
}

/// Writes a request, reads an answer; gives the stream back when the other side will keep it open.
async fn exchange(mut stream: TcpStream, request: &[u8]) -> io::Result<(Answer, Option<TcpStream>)> {
    stream.write_all(request).await?;
    let mut read = Vec::with_capacity(4096);
    let head = loop {
        if let Some(end) = read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        if read.len() > HEAD {
            return Err(invalid("the head of the answer is too large"));
        }
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
    };
    let mut body = read.split_off(head);
    let Head { status, length, keep } = Head::parse(&read)?;
    if length.is_some_and(|length| length > BODY) {
        return Err(invalid("the body of the answer is too large"));
    }
    while length.is_none_or(|length| body.len() < length) {
        if body.len() > BODY {
            return Err(invalid("the body of the answer is too large"));
        }
        if stream.read_buf(&mut body).await? == 0 {
            if length.is_some() {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            break;
        }
    }
    if length.is_some_and(|length| body.len() > length) {
        return Err(invalid("the answer is longer than its Content-Length"));
    }
    Ok((Answer { status, body }, Some(stream).filter(|_| keep && length.is_some())))
}

struct Head {
    status: u16,
    length: Option<usize>,
    keep: bool,
}

impl Head {
    fn parse(bytes: &[u8]) -> io::Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| invalid("the head of the answer is not text"))?;
        let mut lines = text.split("\r\n");
        let (version, rest) = lines.next().unwrap_or_default().split_once(' ').ok_or_else(|| invalid("the answer is not HTTP"))?;
        let status = rest.split(' ').next().and_then(|code| code.parse().ok()).filter(|code| (100..600).contains(code));
        let status = status.filter(|_| version.starts_with("HTTP/1.")).ok_or_else(|| invalid("the answer is not HTTP"))?;
        let mut head = Self { status, length: None, keep: version == "HTTP/1.1" };
        for line in lines.filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header line without a colon"))?;
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Some(value.parse().map_err(|_| invalid("Content-Length is not a number"))?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                // SAP in 1.0 cannot read it and the service never sends it.
                return Err(invalid("the answer comes in chunks, which SAP with HTTP/1.0 cannot read"));
            } else if name.eq_ignore_ascii_case("connection") {
                head.keep = value.eq_ignore_ascii_case("keep-alive") || (head.keep && !value.eq_ignore_ascii_case("close"));
            }
        }
        Ok(head)
    }
}

fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers each connection's first request with fixed bytes and closes; gives back what was asked.
    async fn responder(answers: Vec<&'static str>) -> (Url, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 16 << 10];
                let length = stream.read(&mut request).await.unwrap();
                asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            asked
        });
        (Url { host: "127.0.0.1".into(), port, path: "/x?y=1".into() }, task)
    }

    async fn ask(version: Version, answer: &'static str) -> Result<Answer, String> {
        let (url, task) = responder(vec![answer]).await;
        let outcome = Client::new(url, version, Duration::from_secs(5)).post("\"a\"", "<x/>").await;
        task.await.unwrap();
        outcome.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn the_header_lines_are_those_of_the_guides_trace() {
        let (url, task) = responder(vec!["HTTP/1.0 200 OK\r\n\r\nrest"]).await;
        let answer = Client::new(url, Version::Http10, Duration::from_secs(5)).post("\"a\"", "<x/>").await.unwrap();
        assert_eq!(answer, Answer { status: 200, body: b"rest".to_vec() });
        let asked = task.await.unwrap();
        let expected = "POST /x?y=1 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: 4\r\naccept: text/xml, text/html\r\nsoapaction: \"a\"\r\n\r\n<x/>";
        assert_eq!(asked, [expected]);
    }

    #[tokio::test]
    async fn a_kept_connection_that_was_closed_is_opened_anew() {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let (url, task) = responder(vec![answer, answer]).await;
        let client = Client::new(url, Version::Http11, Duration::from_secs(5));
        for _ in 0..2 {
            assert_eq!(client.post("\"\"", "<x/>").await.unwrap().body, b"ok");
        }
        assert_eq!(task.await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn what_is_no_http_is_refused() {
        let cases = [
            ("SSH-2.0-x\r\n\r\n", "the answer is not HTTP"),
            ("HTTP/1.1 abc\r\n\r\n", "the answer is not HTTP"),
            ("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "a header line without a colon"),
            ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "Content-Length is not a number"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", "the answer is longer than its Content-Length"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "the body of the answer is too large"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "the answer comes in chunks, which SAP with HTTP/1.0 cannot read",
            ),
        ];
        let mut refused = 0;
        for (answer, why) in cases {
            assert_eq!(ask(Version::Http11, answer).await.unwrap_err(), why);
            refused += 1;
        }
        assert_eq!(refused, 7);
    }

    #[tokio::test]
    async fn an_answer_that_never_comes_ends_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url { host: "127.0.0.1".into(), port: listener.local_addr().unwrap().port(), path: "/".into() };
        let error = Client::new(url, Version::Http10, Duration::from_millis(30)).post("\"\"", "<x/>").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn addresses_are_taken_apart() {
        let url = |text: &str| Url::parse(text).map(|url| format!("{} {} {}", url.host, url.port, url.path));
        assert_eq!(url("http://h").as_deref(), Ok("h 80 /"));
        assert_eq!(url("HTTP://h:8095/a/b?c=d#e").as_deref(), Ok("h 8095 /a/b?c=d"));
        assert_eq!(url("http://[::1]:1?x").as_deref(), Ok("::1 1 /?x"));
        for wrong in
            ["h", "ftp://h", "https://h", "http://", "http://h:99999", "http://[::1", "http://u@h", "http://h/a b", "http://h/\r\n"]
        {
            assert!(Url::parse(wrong).is_err(), "{wrong}");
        }
    }
}
