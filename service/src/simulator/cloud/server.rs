//! HTTP/1.1 over whatever carries bytes: a socket, or a pair of ends in memory.

use super::{
    super::listening::Listening,
    Cloud,
    answer::Answer,
    document::Question,
    route::{self, Reply},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONTENT_TYPE, DATE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use serde_json::Value;
use std::{io, net::SocketAddr, time::Duration};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

/// Bytes of one body at most.
const BODY: usize = 4 << 20;
const BODY_TIME: Duration = Duration::from_secs(10);
const CONNECTIONS: usize = 1000;

// === impl Cloud ===

impl Cloud {
    /// Serves one connection until its end.
    pub async fn serve<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(&self, stream: S) {
        let answer = service_fn(|request| respond(self.clone(), request));
        // A connection that breaks is its client's matter.
        let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer).await;
    }

    /// Listens at an address, with TLS where an acceptor is given; port 0 takes any free one.
    ///
    /// # Errors
    /// The address cannot be had.
    pub async fn listen(&self, address: SocketAddr, tls: Option<TlsAcceptor>) -> io::Result<Listening> {
        let cloud = self.clone();
        Listening::start(address, CONNECTIONS, move |stream| {
            let (cloud, tls) = (cloud.clone(), tls.clone());
            async move {
                match tls {
                    None => cloud.serve(stream).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            cloud.serve(stream).await;
                        }
                    }
                }
            }
        })
        .await
    }
}

/// The error closes the connection without an answer.
async fn respond(cloud: Cloud, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let question = read(request).await?;
    let is_scim = question.path.starts_with("/api/v2/scim/");
    match route::answer(&cloud, &question) {
        Reply::Answer(answer) => Ok(written(answer, is_scim, cloud.with(|state| state.faults.clock))),
        Reply::Drop => Err(io::ErrorKind::ConnectionReset.into()),
        Reply::Hang => std::future::pending().await,
    }
}

#[expect(clippy::disallowed_methods, reason = "bounded in size and time right here")]
async fn read(request: Request<Incoming>) -> io::Result<Question> {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(BODY_TIME, Limited::new(body, BODY).collect()).await;
    let body = body.map_err(|_| io::ErrorKind::TimedOut)?.map_err(io::Error::other)?;
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    Ok(Question::new(head.method.as_str(), target, head.headers, body.to_bytes().to_vec()))
}

fn written(answer: Answer, is_scim: bool, clock: i64) -> Response<Full<Bytes>> {
    let bytes = answer.body.as_ref().map(Value::to_string).unwrap_or_default();
    let mut response = Response::new(Full::from(bytes));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if answer.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(if is_scim { "application/scim+json" } else { "application/json" }));
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
    if clock != 0 {
        let time = Timestamp::from_second(Timestamp::now().as_second().saturating_add(clock)).unwrap_or_default();
        if let Ok(date) = HeaderValue::from_str(&time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()) {
            headers.insert(DATE, date);
        }
    }
    response
}
