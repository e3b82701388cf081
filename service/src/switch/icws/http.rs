//! HTTP/1.1 to one server, on connections that are kept between questions. Bounded by size here; deadlines are the caller's.

use super::{
    IcwsError,
    connector::{Connector, Stream},
    site::Place,
};
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1::{Builder, Connection, SendRequest},
    header::{self, HeaderMap, HeaderValue},
};
use hyper_util::rt::TokioIo;
use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};
use tokio::time::Instant;

/// An ordinary answer.
pub(super) const ANSWER: usize = 1024 * 1024;
/// A page of configuration, or what has gathered for a reader.
pub(super) const LONG_ANSWER: usize = 8 * 1024 * 1024;
/// Connections that are kept while nobody uses them.
const KEPT: usize = 2;
/// A connection that was not used for so long is closed: servers close theirs after about as much, and a question on a dying one is lost.
const IDLE: Duration = Duration::from_secs(20);

/// The way to one server.
pub(super) struct Client {
    connector: Arc<dyn Connector>,
    place: Place,
    idle: Mutex<Vec<(Instant, Open)>>,
}

/// What is asked.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) method: Method,
    /// Below the server's interface.
    pub(super) path: String,
    /// Beside those that all questions have.
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    /// The longest answer that is read.
    pub(super) limit: usize,
    /// Never asked a second time by itself, although it is no `POST`: reading messages takes them away.
    pub(super) once: bool,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Is that all of it, or was it too long to be read to its end?
    pub(super) complete: bool,
}

/// A connection. It is done by whoever uses it and not by a task of its own: dropping a question closes it, an idle one costs no task.
pub(super) struct Open {
    sender: SendRequest<Full<Bytes>>,
    driver: Pin<Box<Driver>>,
    done: bool,
}

type Driver = Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>;

/// Why there is no answer, and whether the server can have seen the question.
struct Unanswered {
    error: IcwsError,
    unsent: bool,
}

// === impl Client ===

impl Client {
    pub(super) fn new(connector: Arc<dyn Connector>, place: Place) -> Self {
        Self { connector, place, idle: Mutex::default() }
    }

    /// Asks and reads the whole answer. A question that a dying connection swallowed is asked again on a new one, unless doing it twice could
    /// matter.
    pub(super) async fn ask(&self, question: &Question) -> Result<Answer, IcwsError> {
        let repeatable = question.method != Method::POST && !question.once;
        while let Some(open) = self.kept().await {
            match self.ask_on(open, question).await {
                Ok(answer) => return Ok(answer),
                Err(Unanswered { unsent, .. }) if unsent || repeatable => {}
                Err(Unanswered { error, .. }) => return Err(error),
            }
        }
        let open = self.connect().await?;
        self.ask_on(open, question).await.map_err(|unanswered| unanswered.error)
    }

    /// Asks on a connection of its own and gives back the beginning of the answer; its body is read with [`Open::frame`].
    pub(super) async fn stream(&self, question: &Question) -> Result<(Open, Response<Incoming>), IcwsError> {
        let mut open = self.connect().await?;
        let request = self.request(question)?;
        let response = open.send(request).await.map_err(|unanswered| unanswered.error)?;
        Ok((open, response))
    }

    /// Closes connections that nobody has used for a while.
    pub(super) fn tidy(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < IDLE);
    }

    async fn ask_on(&self, mut open: Open, question: &Question) -> Result<Answer, Unanswered> {
        let request = self.request(question).map_err(|error| Unanswered { error, unsent: false })?;
        let response = open.send(request).await?;
        let (parts, mut body) = response.into_parts();
        let lost = |error| Unanswered { error, unsent: false };
        let (bytes, complete) = open.read(&mut body, question.limit).await.map_err(lost)?;
        if complete && open.is_usable().await {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < KEPT {
                idle.push((Instant::now(), open));
            }
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body: bytes, complete })
    }

    /// A kept connection that is still open as far as can be seen.
    async fn kept(&self) -> Option<Open> {
        loop {
            let (since, mut open) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < IDLE && open.is_usable().await {
                return Some(open);
            }
        }
    }

    async fn connect(&self) -> Result<Open, IcwsError> {
        let stream = self.connector.connect(&self.place.host).await?;
        let (sender, driver) = Builder::new().handshake(TokioIo::new(stream)).await?;
        Ok(Open { sender, driver: Box::pin(driver), done: false })
    }

    fn request(&self, question: &Question) -> Result<Request<Full<Bytes>>, IcwsError> {
        let mut request = Request::builder()
            .method(question.method.clone())
            .uri(format!("{}{}", self.place.path, question.path))
            .header(header::HOST, &self.place.authority)
            .header(header::USER_AGENT, concat!("Jackfield/", env!("CARGO_PKG_VERSION")));
        if let Some(headers) = request.headers_mut() {
            headers.extend(question.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
            if question.body.is_some() {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.inin.icws+JSON;charset=utf-8"));
            }
            if !headers.contains_key(header::ACCEPT) {
                headers.insert(header::ACCEPT, HeaderValue::from_static("application/vnd.inin.icws+JSON, application/json"));
            }
        }
        // An empty POST says so: some servers answer 411 to one without a length.
        if question.body.is_none() && matches!(question.method, Method::POST | Method::PUT) {
            request = request.header(header::CONTENT_LENGTH, 0);
        }
        let body = question.body.clone().unwrap_or_default();
        request.body(Full::new(body)).map_err(|error| IcwsError::Malformed(format!("the request cannot be written: {error}")))
    }
}

// === impl Open ===

impl Open {
    /// The next piece of a body; `None` at its end. Safe to drop while it waits.
    pub(super) async fn frame(&mut self, body: &mut Incoming) -> Option<Result<Bytes, hyper::Error>> {
        loop {
            match self.drive(body.frame()).await?.map(hyper::body::Frame::into_data) {
                Ok(Ok(bytes)) => return Some(Ok(bytes)),
                Ok(Err(_)) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// At most so many bytes of the body, and whether that was all.
    pub(super) async fn read(&mut self, body: &mut Incoming, limit: usize) -> Result<(Vec<u8>, bool), IcwsError> {
        let mut bytes = Vec::new();
        while let Some(frame) = self.frame(body).await {
            let frame = frame?;
            let room = limit - bytes.len();
            bytes.extend_from_slice(&frame[..frame.len().min(room)]);
            if frame.len() > room {
                return Ok((bytes, false));
            }
        }
        Ok((bytes, true))
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Unanswered> {
        let Self { sender, driver, done } = self;
        let work = async {
            sender.ready().await.map_err(|error| Unanswered { error: error.into(), unsent: true })?;
            sender.try_send_request(request).await.map_err(|mut lost| {
                let unsent = lost.take_message().is_some();
                Unanswered { error: lost.into_error().into(), unsent }
            })
        };
        both(driver, done, work).await
    }

    /// Can another question be asked on it? Looks whether the other side has closed it meanwhile.
    async fn is_usable(&mut self) -> bool {
        let Self { driver, done, .. } = self;
        poll_fn(|cx| {
            *done = *done || driver.as_mut().poll(cx).is_ready();
            Poll::Ready(())
        })
        .await;
        !self.done && !self.sender.is_closed()
    }

    async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        both(&mut self.driver, &mut self.done, work).await
    }
}

/// Works while the connection is done. The driver's result comes to the work as well.
async fn both<T>(driver: &mut Pin<Box<Driver>>, done: &mut bool, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| {
        *done = *done || driver.as_mut().poll(cx).is_ready();
        work.as_mut().poll(cx)
    })
    .await
}

// === impl Answer ===

impl Answer {
    /// One of its headers, when it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
