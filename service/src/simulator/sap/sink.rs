//! SAP's listening web service: every subscriber has a URL of his own, events posted there are checked, kept and answered.
//!
//! A URL that nobody holds any more answers 401, as SAP does when the session behind it is gone (ici-wire §1.6).

use super::{Failure, Message, Trace, desk::Inbox, event, http::Url, xml};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::CONTENT_TYPE,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{AbortHandle, JoinSet},
};

/// An event's body must be here within this time.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Connections at once.
const CONNECTIONS: usize = 4096;
/// The path of SAP's own receiver (ici-wire §1.6).
const PATH: &str = "/sap/bc/soap/ici";

/// How SAP feels about events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// Takes them: 200.
    #[default]
    Well,
    /// The session behind the URL is gone: 401.
    Gone,
    /// A bad day: 500 without SOAP.
    Broken,
    /// Understands nothing: 500 with a fault.
    Faulty,
    /// Takes the bytes and never answers, until the mood changes.
    Hanging,
}

/// The receiver; ends when the last clone is dropped.
#[derive(Clone)]
pub struct Sink(Arc<Listening>);

struct Listening {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    desks: Mutex<HashMap<String, Arc<Desk>>>,
    mood: watch::Sender<Mood>,
    /// Sessions so far: every URL is new.
    sessions: AtomicU64,
}

struct Desk {
    inbox: Arc<Inbox>,
    trace: Trace,
    /// A POST is being answered: a second one at the same time breaks the order (ici-wire §4).
    busy: AtomicBool,
}

// === impl Sink ===

impl Sink {
    /// Listens at `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// [`Failure::CannotListen`].
    pub async fn start(address: SocketAddr) -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| Failure::CannotListen { address: address.to_string(), why: error.to_string() };
        let listener = TcpListener::bind(address).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let shared = Arc::new(Shared { desks: Mutex::default(), mood: watch::Sender::default(), sessions: AtomicU64::new(1) });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Ok(Self(Arc::new(Listening { address, shared, task })))
    }

    /// Where to listen for a service at this address: on loopback when it is there, at any free port.
    pub fn place_near(service: &str) -> SocketAddr {
        let host = Url::parse(service).map(|url| url.host).unwrap_or_default();
        let ip = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) if ip.is_loopback() => ip.into(),
            Ok(IpAddr::V6(ip)) if ip.is_loopback() => ip.into(),
            Ok(IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
            Err(_) if host == "localhost" => Ipv4Addr::LOCALHOST.into(),
            _ => IpAddr::from(Ipv4Addr::UNSPECIFIED),
        };
        SocketAddr::new(ip, 0)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Changes how events are answered from now on.
    pub fn set_mood(&self, mood: Mood) {
        self.0.shared.mood.send_replace(mood);
    }

    /// Opens a URL for a subscriber; `host` is the address by which the service reaches us.
    pub(super) fn open(&self, inbox: Arc<Inbox>, trace: Trace, host: IpAddr) -> String {
        let mut desks = self.0.shared.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let session = format!("sap-client=001&session={}", self.0.shared.sessions.fetch_add(1, Ordering::Relaxed));
        desks.insert(session.clone(), Arc::new(Desk { inbox, trace, busy: AtomicBool::new(false) }));
        format!("http://{}{PATH}?{session}", SocketAddr::new(host, self.0.address.port()))
    }

    /// Closes a URL: SAP's session is gone.
    pub(super) fn close(&self, url: &str) {
        let session = url.split_once('?').map_or("", |(_, session)| session);
        self.0.shared.desks.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task: no connection outlives the sink.
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= CONNECTIONS || connections.try_join_next().is_some() {
            if connections.len() >= CONNECTIONS {
                connections.join_next().await;
            }
        }
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors: one of ours has to end first.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(|request| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(shared.answer(request).await) }
            });
            // A connection that breaks is the service's matter; what was lost shows as an event that is awaited in vain.
            let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

// === impl Shared ===

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let session = request.uri().query().unwrap_or_default();
        let desk = self.desks.lock().unwrap_or_else(PoisonError::into_inner).get(session).map(Arc::clone);
        let Some(desk) = desk.filter(|_| request.uri().path() == PATH) else {
            return response(StatusCode::UNAUTHORIZED, String::new());
        };
        if request.method() != Method::POST {
            return response(StatusCode::METHOD_NOT_ALLOWED, String::new());
        }
        if desk.busy.swap(true, Ordering::AcqRel) {
            desk.inbox.complain("two events are under way at the same time".to_owned());
        }
        let answer = self.take(&desk, request).await;
        desk.busy.store(false, Ordering::Release);
        answer
    }

    #[expect(clippy::disallowed_methods, reason = "bounded in size and time right here")]
    async fn take(&self, desk: &Desk, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !header(CONTENT_TYPE.as_str()).starts_with("text/xml") {
            desk.inbox.complain(format!("an event comes as `{}`, not as text/xml", header(CONTENT_TYPE.as_str())));
        }
        if !(header("soapaction").starts_with('"') && header("soapaction").ends_with('"')) {
            desk.inbox.complain("an event comes without a SOAPAction in quotes".to_owned());
        }
        let body = tokio::time::timeout(BODY_TIME, Limited::new(request.into_body(), xml::BYTES).collect()).await;
        let at = Instant::now();
        let Ok(Ok(body)) = body else {
            desk.inbox.complain("an event is too large or too slow".to_owned());
            return response(StatusCode::BAD_REQUEST, String::new());
        };
        let body = body.to_bytes();
        let mut mood = self.mood.subscribe();
        // It fails only when the sink is gone, and this task with it.
        let mood = mood.wait_for(|mood| *mood != Mood::Hanging).await.map_or(Mood::Well, |mood| *mood);
        let (status, event, answer) = match mood {
            Mood::Well | Mood::Hanging => match event::read(&body) {
                Ok(envelope) => {
                    let event = envelope.event.clone();
                    desk.inbox.take(envelope, at);
                    let answer = event::answer(event.name());
                    (StatusCode::OK, Some(Box::new(event)), answer)
                }
                Err(why) => {
                    desk.inbox.complain(why.clone());
                    (StatusCode::INTERNAL_SERVER_ERROR, None, event::fault(&why))
                }
            },
            Mood::Gone => (StatusCode::UNAUTHORIZED, None, String::new()),
            Mood::Broken => (StatusCode::INTERNAL_SERVER_ERROR, None, String::new()),
            Mood::Faulty => (StatusCode::INTERNAL_SERVER_ERROR, None, event::fault("SAP is in a faulty mood")),
        };
        desk.trace.tell(|| Message::Event {
            at: SystemTime::now(),
            event,
            status: status.as_u16(),
            body: String::from_utf8_lossy(&body).into_owned(),
        });
        response(status, answer)
    }
}

fn response(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/xml; charset=utf-8"));
    response
}
