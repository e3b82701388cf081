//! A listener that takes whatever is posted to it and answers as SAP does, without understanding a word: for playing back a capture of any
//! dialect.

use super::listening::Listening;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::CONTENT_TYPE,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, io, net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, sync::mpsc};

/// Bytes of one event at most.
const BODY: usize = 4 << 20;
const BODY_TIME: Duration = Duration::from_secs(10);
const CONNECTIONS: usize = 256;
/// Events that may wait to be looked at; the sender of a further one waits.
const WAITING: usize = 4096;

/// The listener; ends when it is dropped.
pub struct Ear {
    listening: Listening,
    heard: mpsc::Receiver<Heard>,
}

/// What was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The path.
    pub path: String,
    /// The body.
    pub body: String,
}

// === impl Ear ===

impl Ear {
    /// Listens at `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be had.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let (told, heard) = mpsc::channel(WAITING);
        let listening = Listening::start(address, CONNECTIONS, move |stream| hear(stream, told.clone())).await?;
        Ok(Self { listening, heard })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listening.address()
    }

    /// The next event, if one comes within the time.
    pub async fn next(&mut self, within: Duration) -> Option<Heard> {
        tokio::time::timeout(within, self.heard.recv()).await.ok().flatten()
    }
}

/// Serves one connection until its end.
async fn hear(stream: TcpStream, told: mpsc::Sender<Heard>) {
    let service = service_fn(|request| {
        let told = told.clone();
        async move { Ok::<_, Infallible>(take(request, &told).await) }
    });
    // A connection that breaks is the service's matter: it posts the event again.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
}

#[expect(clippy::disallowed_methods, reason = "bounded in size and time right here")]
async fn take(request: Request<Incoming>, told: &mpsc::Sender<Heard>) -> Response<Full<Bytes>> {
    const ANSWER: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>";
    let path = request.uri().path().to_owned();
    let body = tokio::time::timeout(BODY_TIME, Limited::new(request.into_body(), BODY).collect()).await;
    let Ok(Ok(body)) = body else {
        let mut refused = Response::new(Full::default());
        *refused.status_mut() = StatusCode::BAD_REQUEST;
        return refused;
    };
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    // Nobody listens any more only when all is over.
    let _ = told.send(Heard { path, body }).await;
    let mut answer = Response::new(Full::from(ANSWER));
    answer.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/xml; charset=utf-8"));
    answer
}
