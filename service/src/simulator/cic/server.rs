//! HTTP/1.1 over whatever carries bytes: a socket, or a pair of ends in memory.

use super::{super::listening::Listening, Cic, Mode, answer, answer::Answer, ask::Ask, route};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response,
    body::{Body, Bytes, Frame, Incoming},
    header::{CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use std::{
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::mpsc,
};
use tokio_rustls::TlsAcceptor;

/// Bytes of one body at most.
const BODY: usize = 4 << 20;
const BODY_TIME: Duration = Duration::from_secs(10);
const CONNECTIONS: usize = 20_000;

/// What is written back.
pub(super) enum Reply {
    /// An answer.
    Answer(Answer),
    /// Server-sent events.
    Stream(mpsc::Receiver<Bytes>),
    /// Nothing: the connection is closed.
    Nothing,
}

/// A body: all of it, or piece by piece.
pub(super) enum Outgoing {
    Whole(Full<Bytes>),
    Pieces(mpsc::Receiver<Bytes>),
}

// === impl Cic ===

impl Cic {
    /// Serves one connection until its end.
    pub async fn serve<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(&self, stream: S) {
        let mut mode = self.0.mode.subscribe();
        let connection = serve_with(stream, |request| {
            let cic = self.clone();
            async move { respond(&cic, request).await }
        });
        tokio::select! {
            () = connection => {}
            _ = mode.wait_for(|mode| *mode == Mode::Dead) => {}
        }
    }

    /// Listens at an address, with TLS where an acceptor is given; port 0 takes any free one.
    ///
    /// # Errors
    /// The address cannot be had.
    pub async fn listen(&self, address: SocketAddr, tls: Option<TlsAcceptor>) -> io::Result<Listening> {
        let cic = self.clone();
        Listening::start(address, CONNECTIONS, move |stream| {
            let (cic, tls) = (cic.clone(), tls.clone());
            async move {
                match tls {
                    None => cic.serve(stream).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            cic.serve(stream).await;
                        }
                    }
                }
            }
        })
        .await
    }
}

/// Listens, and answers every request by itself.
pub(super) async fn listen_with<F, A>(address: SocketAddr, answer: F) -> io::Result<Listening>
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = io::Result<Response<Outgoing>>> + Send + 'static,
{
    Listening::start(address, CONNECTIONS, move |stream| serve_with(stream, answer.clone())).await
}

async fn serve_with<S, F, A>(stream: S, answer: F)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    F: Fn(Request<Incoming>) -> A,
    A: Future<Output = io::Result<Response<Outgoing>>>,
{
    // A connection that breaks is its client's matter.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service_fn(answer)).await;
}

/// The error closes the connection without an answer.
async fn respond(cic: &Cic, request: Request<Incoming>) -> Result<Response<Outgoing>, io::Error> {
    match route::answer(cic, read(request).await?).await {
        Reply::Answer(answer) => Ok(written(answer)),
        Reply::Stream(pieces) => {
            let mut response = Response::new(Outgoing::Pieces(pieces));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
            response.headers_mut().insert("Cache-Control", HeaderValue::from_static("no-cache"));
            Ok(response)
        }
        Reply::Nothing => Err(io::ErrorKind::ConnectionReset.into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "bounded in size and time right here")]
pub(super) async fn read(request: Request<Incoming>) -> io::Result<Ask> {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(BODY_TIME, Limited::new(body, BODY).collect()).await;
    let body = body.map_err(|_| io::ErrorKind::TimedOut)?.map_err(io::Error::other)?;
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    Ok(Ask::new(head.method.as_str(), target, head.headers, body.to_bytes().to_vec()))
}

fn written(answer: Answer) -> Response<Outgoing> {
    let bytes = answer.body.as_ref().map(Value::to_string).unwrap_or_default();
    let mut response = Response::new(Outgoing::Whole(Full::from(bytes)));
    *response.status_mut() = hyper::StatusCode::from_u16(answer.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if answer.status != 204 {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer::JSON));
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
    response
}

// === impl Outgoing ===

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(whole) => Pin::new(whole).poll_frame(context),
            Self::Pieces(pieces) => Poll::Ready(ready!(pieces.poll_recv(context)).map(|piece| Ok(Frame::data(piece)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(whole) if whole.is_end_stream())
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        match self {
            Self::Whole(whole) => whole.size_hint(),
            Self::Pieces(_) => hyper::body::SizeHint::default(),
        }
    }
}
