//! A web server that receives events as SAP would, and misbehaves on request. Speaks HTTP by hand, so that a fault of our client cannot
//! hide behind the same library on the other side.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::{Notify, mpsc},
};
use tokio_rustls::TlsAcceptor;

/// How to answer one request.
#[derive(Clone)]
pub(super) enum Reply {
    /// With this status and body; the connection is kept.
    Status(u16, String),
    /// 200 when told to.
    When(Arc<Notify>),
    /// 307 to this place.
    Redirect(String),
    /// No HTTP.
    Garbage,
    /// Not at all; the connection stays open.
    Hang,
    /// The head of an answer and never its body.
    Half,
    /// Not at all; the connection is closed.
    Close,
    /// 200, and then the connection is closed without a word.
    OkThenClose,
}

/// A request as it came.
pub(super) struct Received {
    pub(super) head: String,
    pub(super) body: String,
}

pub(super) struct Sink {
    pub(super) address: SocketAddr,
    received: mpsc::UnboundedReceiver<Received>,
    shared: Arc<Shared>,
}

struct Shared {
    script: Mutex<VecDeque<Reply>>,
    otherwise: Mutex<Reply>,
    connections: AtomicUsize,
    busy: AtomicUsize,
    received: mpsc::UnboundedSender<Received>,
}

impl Sink {
    pub(super) async fn start() -> Self {
        Self::start_with(None).await
    }

    pub(super) async fn start_with(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            script: Mutex::default(),
            otherwise: Mutex::new(ok()),
            connections: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            received: sender,
        });
        let accepting = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                let (shared, tls) = (Arc::clone(&accepting), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &shared).await;
                            }
                        }
                        None => serve(stream, &shared).await,
                    }
                });
            }
        });
        Self { address, received, shared }
    }

    /// The answers to the next requests, in order.
    pub(super) fn script(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shared.script.lock().unwrap().extend(replies);
    }

    /// The answer to all requests that no script is for.
    pub(super) fn otherwise(&self, reply: Reply) {
        *self.shared.otherwise.lock().unwrap() = reply;
    }

    pub(super) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) async fn next(&mut self) -> Received {
        tokio::time::timeout(Duration::from_secs(30), self.received.recv()).await.expect("no request came").expect("the sink has ended")
    }

    /// The bodies of the next requests, as numbers.
    pub(super) async fn numbers(&mut self, count: usize) -> Vec<i64> {
        let mut numbers = Vec::new();
        for _ in 0..count {
            numbers.push(self.next().await.body.parse().unwrap());
        }
        numbers
    }

    pub(super) fn nothing_came(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}

pub(super) fn ok() -> Reply {
    Reply::Status(200, "<Envelope/>".to_owned())
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        assert_eq!(shared.busy.fetch_add(1, Ordering::SeqCst), 0, "two requests at once for one URL");
        let next = shared.script.lock().unwrap().pop_front();
        let reply = next.unwrap_or_else(|| shared.otherwise.lock().unwrap().clone());
        let _ = shared.received.send(request);
        if let Reply::When(told) = &reply {
            told.notified().await;
        }
        // A lane may post again as soon as it has the answer.
        if !matches!(reply, Reply::Hang | Reply::Half) {
            shared.busy.fetch_sub(1, Ordering::SeqCst);
        }
        let answer = match &reply {
            Reply::Status(status, body) => format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
            Reply::When(_) | Reply::OkThenClose => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(),
            Reply::Redirect(to) => format!("HTTP/1.1 307 X\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"),
            Reply::Garbage => "this is no HTTP\r\n\r\n".to_owned(),
            Reply::Half => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_owned(),
            Reply::Hang | Reply::Close => String::new(),
        };
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.flush().await;
        match reply {
            Reply::Hang | Reply::Half => {
                // Until the other side gives up.
                let _ = stream.read(&mut [0; 64]).await;
                shared.busy.fetch_sub(1, Ordering::SeqCst);
                return;
            }
            Reply::Close | Reply::OkThenClose | Reply::Garbage => return,
            _ => {}
        }
    }
}

pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<Received> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
            let length: usize = head.to_lowercase().split_once("content-length: ").unwrap().1.lines().next().unwrap().parse().unwrap();
            if buffer.len() >= end + 4 + length {
                let body = String::from_utf8(buffer[end + 4..end + 4 + length].to_vec()).unwrap();
                buffer.drain(..end + 4 + length);
                return Some(Received { head, body });
            }
        }
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        buffer.extend_from_slice(&chunk[..count]);
    }
}
