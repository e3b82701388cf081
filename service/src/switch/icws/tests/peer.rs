//! The other end of the wire: in memory, in the test's hands.

use crate::switch::{
    BoxFuture,
    icws::{Connector, Credentials, IcwsError, Session, Site, Stream, Template},
};
use serde_json::Value;
use std::{
    io,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    sync::mpsc,
};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) host: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

/// What the peer does about it.
pub(super) enum Reply {
    /// Status, further headers, body.
    Answer(u16, &'static str, String),
    /// A whole answer as a golden file has it: status line, headers, body.
    Raw(String),
    /// Server-sent events: what comes is sent, and the end closes the connection.
    Events(mpsc::UnboundedReceiver<String>),
    /// The connection is closed without an answer.
    Hang,
    /// Nothing, for ever.
    Silence,
}

/// Decides about each request.
pub(super) type Script = Box<dyn FnMut(&Seen) -> Reply + Send>;

/// A peer: connects in memory, follows its script, remembers what it saw.
pub(super) struct Peer {
    script: Mutex<Script>,
    seen: Mutex<Vec<Seen>>,
    /// Hosts that cannot be connected to.
    dead: Mutex<Vec<String>>,
}

struct Wire(Arc<Peer>);

pub(super) const LOGIN: &str = r#"{"csrfToken":"WAhhZ2VudDE=","sessionId":"7","features":[{"featureId":"messaging","version":1}]}"#;

pub(super) fn json(status: u16, body: &str) -> Reply {
    Reply::Answer(status, "", body.to_owned())
}

impl Peer {
    pub(super) fn new(script: impl FnMut(&Seen) -> Reply + Send + 'static) -> Arc<Self> {
        Arc::new(Self { script: Mutex::new(Box::new(script)), seen: Mutex::default(), dead: Mutex::default() })
    }

    /// Answers a log-in with these features of `messaging`, and the rest by the script.
    pub(super) fn after_log_in(messaging: u32, mut script: impl FnMut(&Seen) -> Reply + Send + 'static) -> Arc<Self> {
        let login = LOGIN.replace("\"version\":1", &format!("\"version\":{messaging}"));
        Self::new(move |seen| {
            if seen.path.starts_with("/icws/connection") {
                return Reply::Answer(201, "Set-Cookie: icws_7=secretcookie; Path=/icws/7; HttpOnly\r\n", login.clone());
            }
            script(seen)
        })
    }

    pub(super) fn site(self: &Arc<Self>) -> Site {
        let connector: Arc<dyn Connector> = Arc::new(Wire(Arc::clone(self)));
        Site::new(connector, Template::direct(false, 8018), vec!["cic1".to_owned(), "cic2".to_owned()])
    }

    pub(super) async fn session(self: &Arc<Self>) -> Session {
        Session::log_in(&self.site(), "cic1", &credentials()).await.unwrap()
    }

    pub(super) fn kill(&self, host: &str) {
        self.dead.lock().unwrap().push(host.to_owned());
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Method and path of everything but the log-in.
    pub(super) fn asked(&self) -> Vec<String> {
        let all = self.seen();
        let after = all.iter().filter(|seen| !seen.path.starts_with("/icws/connection"));
        after.map(|seen| format!("{} {}", seen.method, seen.path.trim_start_matches("/icws/7"))).collect()
    }
}

pub(super) fn credentials() -> Credentials {
    Credentials::Password { user: "agent1".to_owned(), password: "opensesame".into() }
}

pub(super) fn refused(status: u16, id: &str, code: Option<i64>, message: &str) -> IcwsError {
    IcwsError::Refused { status, id: id.to_owned(), code, message: message.to_owned() }
}

impl Connector for Wire {
    fn connect(&self, host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (peer, host) = (Arc::clone(&self.0), host.to_owned());
        Box::pin(async move {
            if peer.dead.lock().unwrap().contains(&host) {
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let (near, far) = duplex(64 * 1024);
            tokio::spawn(serve(peer, host, far));
            Ok(Box::new(near) as Box<dyn Stream>)
        })
    }
}

async fn serve(peer: Arc<Peer>, host: String, mut stream: DuplexStream) {
    while let Some(mut seen) = read(&mut stream).await {
        seen.host.clone_from(&host);
        peer.seen.lock().unwrap().push(seen.clone());
        let reply = (peer.script.lock().unwrap())(&seen);
        let bytes = match reply {
            Reply::Answer(status, headers, body) => format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()),
            Reply::Raw(whole) => {
                let (head, body) = whole.split_once("\n\n").unwrap_or((whole.trim_end(), ""));
                let length = if head.contains("text/event-stream") {
                    "Connection: close".to_owned()
                } else {
                    format!("Content-Length: {}", body.len())
                };
                format!("{}\r\n{length}\r\n\r\n{body}", head.replace('\n', "\r\n"))
            }
            Reply::Events(mut events) => {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
                if stream.write_all(head.as_bytes()).await.is_err() {
                    return;
                }
                while let Some(text) = events.recv().await {
                    if stream.write_all(text.as_bytes()).await.is_err() {
                        return;
                    }
                }
                return;
            }
            Reply::Hang => return,
            Reply::Silence => std::future::pending().await,
        };
        if stream.write_all(bytes.as_bytes()).await.is_err() || bytes.contains("Connection: close") {
            return;
        }
    }
}

async fn read(stream: &mut DuplexStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, length)| length.parse().unwrap());
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    Some(Seen { host: String::new(), method, path, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
}
