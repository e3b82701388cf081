//! One connection: HTTP/1.0 and 1.1 with every time bounded, and an end that lets the last answer arrive.
//!
//! A handler that panics costs its caller an answer 500 and nobody else anything. A caller who sends no whole header in time is told so
//! (408), which hyper by itself does not do.

use super::{
    fair::{PATIENCE, Turn},
    hall::Hall,
    handshake::{self, Begun},
    stream::Channel,
};
use crate::{
    crash,
    telemetry::event::{Event, HandlerPanicked},
};
use http_body_util::Full;
use hyper::{
    Request, Response, Version,
    body::{Bytes, Incoming},
    header::{CONNECTION, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep},
};

/// Every answer is in memory as a whole, so that it has a `Content-Length`: an HTTP/1.0 caller cannot read chunks.
pub(super) type Answer = Response<Full<Bytes>>;

/// Bytes that a request's header, and what hyper reads ahead, may have.
const HEADER_MOST: usize = 64 * 1024;

/// How long, and for how many bytes, we listen to what a caller still sends after our last answer. To close at once would reset the
/// connection and take the answer away from a caller who has not read it yet.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_MOST: usize = 16 * 1024 * 1024;

/// When the service stops, a caller who has just been let in may still send his request for this long.
const LAST_ORDERS: Duration = Duration::from_millis(100);

/// By which way a caller comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// The address that everybody knows.
    Main,
    /// The one for HTTPS beside it.
    Secure,
    /// The one for web connectors on other machines.
    Remoting,
}

/// What is spoken at a door.
pub(super) enum Protection {
    /// HTTP.
    Plain,
    /// HTTPS.
    Tls(Arc<ServerConfig>),
    /// Nothing: it is about to be closed, or not open yet.
    Closed,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guest {
    /// By which way.
    pub(super) door: Door,
    /// From where.
    pub(super) peer: SocketAddr,
    /// By TLS?
    pub(super) secure: bool,
    /// Has he shown a certificate that is trusted?
    pub(super) certified: bool,
    /// Has he come in by an address or an encryption that has been left since?
    pub(super) stale: bool,
}

/// Bounds of connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// A whole header must be there within this time.
    pub(super) header_time: Duration,
    /// A caller must take some of his answer within this time.
    pub(super) write_time: Duration,
    /// Connections at a time.
    pub(super) connections: usize,
    /// Of these, from one address.
    pub(super) connections_per_address: usize,
    /// Requests a second from one address; 0: as many as it likes.
    pub(super) requests_per_second: u32,
}

/// Answers requests.
pub(super) trait Handler: Send + Sync + 'static {
    /// Answers one.
    fn answer(&self, request: Request<Incoming>, guest: Guest) -> impl Future<Output = Answer> + Send;

    /// The answer when [`Handler::answer`] has panicked.
    fn broken(&self) -> Answer;

    /// The answer to who asks too much.
    fn too_many(&self) -> Answer;

    /// What a caller is told whose header came too slowly: content type and body of a 408.
    fn too_slow(&self) -> (&'static str, Vec<u8>);

    /// Bounds, as they are now.
    fn bounds(&self) -> Bounds;

    /// What is spoken at a door, as of now.
    fn protection(&self, door: Door) -> Protection;
}

/// Serves a connection until its end. When `leaving` is set the next answer is the last one; the hall's `stop` ends it as soon as nothing is
/// being answered.
pub(super) async fn serve<H: Handler>(stream: TcpStream, peer: SocketAddr, door: Door, hall: Arc<Hall<H>>, leaving: Arc<AtomicBool>) {
    // An answer is written at once; without this the system might keep its end back for 40 ms. A socket that refuses is still good.
    let _ = stream.set_nodelay(true);
    let config = match hall.handler.protection(door) {
        Protection::Plain => None,
        Protection::Tls(config) => Some(config),
        Protection::Closed => return,
    };
    let stream = match handshake::begin(stream, peer, door, config, &hall).await {
        Begun::Ready(stream) => stream,
        Begun::Refused(stream) => {
            let _ = tokio::time::timeout(LINGER, linger(stream)).await;
            return;
        }
        Begun::Over => return,
    };
    let guest = Guest { door, peer, secure: stream.is_secure(), certified: stream.is_certified(), stale: false };
    let service = {
        let hall = Arc::clone(&hall);
        service_fn(move |request| attend(Arc::clone(&hall), request, guest, Arc::clone(&leaving)))
    };
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(hall.handler.bounds().header_time)
        .half_close(true)
        .max_buf_size(HEADER_MOST)
        .serve_connection(TokioIo::new(stream), service);
    let mut asked = false;
    let last_orders = async {
        hall.stop.cancelled().await;
        sleep(LAST_ORDERS).await;
    };
    tokio::pin!(last_orders);
    let outcome = loop {
        tokio::select! {
            biased;
            outcome = poll_fn(|context| connection.poll_without_shutdown(context)) => break outcome,
            () = &mut last_orders, if !asked => {
                asked = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    };
    let parts = connection.into_parts();
    let mut stream = parts.io.into_inner();
    // Who has sent nothing at all is an idle caller, and to answer him would look like the answer to his next request.
    if outcome.is_err_and(|error| error.is_timeout()) && !parts.read_buf.is_empty() {
        let (content_type, body) = hall.handler.too_slow();
        let head = format!(
            "HTTP/1.1 408 Request Timeout\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        // A caller who is gone is told nothing.
        let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
    }
    crash::point(crash::Point::AfterAnswer);
    let _ = tokio::time::timeout(LINGER, linger(stream)).await;
}

type Attended = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

fn attend<H: Handler>(hall: Arc<Hall<H>>, request: Request<Incoming>, guest: Guest, leaving: Arc<AtomicBool>) -> Attended {
    Box::pin(async move {
        let keeps = keeps_open(&request);
        if guest.door != Door::Remoting && !is_turn(&hall, guest).await {
            let mut answer = hall.handler.too_many();
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            return Ok(answer);
        }
        let guest = Guest { stale: leaving.load(Ordering::Relaxed), ..guest };
        let answering = Arc::clone(&hall);
        let answer = CatchPanic(Box::pin(async move { answering.handler.answer(request, guest).await })).await;
        let mut answer = answer.unwrap_or_else(|message| {
            HandlerPanicked { message: &message, peer: guest.peer }.emit();
            hall.handler.broken()
        });
        if !keeps || leaving.load(Ordering::Relaxed) || hall.stop.is_cancelled() {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(answer)
    })
}

/// Waits for the turn of this caller's request; `false` when he has asked too much.
async fn is_turn<H: Handler>(hall: &Hall<H>, guest: Guest) -> bool {
    match hall.fair.turn(guest.peer.ip(), 1, hall.handler.bounds().requests_per_second, Instant::now()) {
        Turn::Now => true,
        Turn::After(wait) => {
            sleep(wait).await;
            true
        }
        Turn::Never => {
            // To be refused at once would invite him to try again at once.
            sleep(PATIENCE).await;
            false
        }
    }
}

/// HTTP/1.0 closes unless asked, 1.1 keeps open unless asked.
fn keeps_open(request: &Request<Incoming>) -> bool {
    let says = |word: &str| {
        let values = request.headers().get_all(CONNECTION).into_iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|token| token.trim().eq_ignore_ascii_case(word))
    };
    if request.version() == Version::HTTP_10 { says("keep-alive") } else { !says("close") }
}

/// Ends our side, then listens until the caller has ended his.
async fn linger(mut stream: Channel) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut heard = 0;
    let mut ear = vec![0; 8 * 1024];
    while let Ok(bytes) = stream.read(&mut ear).await {
        heard += bytes;
        if bytes == 0 || heard > LINGER_MOST {
            return;
        }
    }
}

/// A future whose panic is a value: what it said.
struct CatchPanic<F>(Pin<Box<F>>);

impl<F: Future> Future for CatchPanic<F> {
    type Output = Result<F::Output, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // What the future leaves behind is dropped and never looked at again.
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "a panic without words".to_owned()))),
        }
    }
}
