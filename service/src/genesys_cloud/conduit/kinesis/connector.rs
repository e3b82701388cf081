//! The SDK's requests over our own hyper and rustls. A connection is kept after its answer and used for the next request; one that has died
//! meanwhile is replaced, if the request has certainly not been sent on it. Redirections are not followed, proxies not used.

use crate::os::trust;
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, Uri,
    body::{Bytes, Incoming},
    client::conn::http1::{Builder, SendRequest},
    header::HOST,
    http::{HeaderValue, uri::Scheme},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    collections::HashMap,
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::OnceCell,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// A connection comes about within this.
const CONNECT: Duration = Duration::from_secs(5);
/// No answer is longer: five hundred results are less than a tenth of it.
const ANSWER: usize = 1024 * 1024;
/// Idle connections to one place that are kept.
const KEPT: usize = 2;

/// All connections; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Network(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tls: OnceCell<Arc<ClientConfig>>,
    idle: Mutex<HashMap<String, Vec<Line>>>,
}

type Line = SendRequest<Full<Bytes>>;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

// === impl Network ===

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

impl HttpClient for Network {
    fn http_connector(&self, _settings: &HttpConnectorSettings, _components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Network {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let inner = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move { inner.exchange(request).await })
    }
}

// === impl Inner ===

impl Inner {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (place, mut request) = ours(request)?;
        let broken = |error: hyper::Error| ConnectorError::io(Box::new(error));
        loop {
            let (mut line, kept) = match self.kept(&place.key) {
                Some(line) => (line, true),
                None => (self.connect(&place).await?, false),
            };
            match line.try_send_request(request).await {
                Ok(response) => {
                    let response = gather(response).await?;
                    let mut idle = self.idle();
                    let lines = idle.entry(place.key).or_default();
                    if lines.len() < KEPT {
                        lines.push(line);
                    }
                    drop(idle);
                    return HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None));
                }
                Err(mut error) => match error.take_message().filter(|_| kept) {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(error.into_error())),
                },
            }
        }
    }

    fn kept(&self, place: &str) -> Option<Line> {
        let mut idle = self.idle();
        let lines = idle.get_mut(place)?;
        lines.retain(|line| !line.is_closed());
        let ready = lines.iter().rposition(SendRequest::is_ready)?;
        Some(lines.swap_remove(ready))
    }

    async fn connect(&self, place: &Place) -> Result<Line, ConnectorError> {
        let late = |_| ConnectorError::timeout(Box::new(io::Error::from(io::ErrorKind::TimedOut)));
        timeout(CONNECT, self.connect_patiently(place)).await.map_err(late)?
    }

    async fn connect_patiently(&self, place: &Place) -> Result<Line, ConnectorError> {
        let io = |error: io::Error| ConnectorError::io(Box::new(error));
        let stream = TcpStream::connect((place.host.as_str(), place.port)).await.map_err(io)?;
        // Only a matter of latency.
        let _ = stream.set_nodelay(true);
        let stream: Box<dyn Stream> = if place.tls {
            let name = ServerName::try_from(place.host.clone()).map_err(|error| ConnectorError::user(Box::new(error)))?;
            let config = self.tls.get_or_try_init(trusting).await?;
            Box::new(TlsConnector::from(Arc::clone(config)).connect(name, stream).await.map_err(io)?)
        } else {
            Box::new(stream)
        };
        let (line, driver) = Builder::new().handshake(TokioIo::new(stream)).await.map_err(|error| ConnectorError::io(Box::new(error)))?;
        tokio::spawn(async move {
            // Its end shows at the line.
            let _ = driver.await;
        });
        Ok(line)
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<String, Vec<Line>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whom a request goes to.
struct Place {
    key: String,
    host: String,
    port: u16,
    tls: bool,
}

/// The SDK's request as hyper sends it: the path alone, and the host as a header.
fn ours(request: HttpRequest) -> Result<(Place, Request<Full<Bytes>>), ConnectorError> {
    let user = |why: &str| ConnectorError::user(why.into());
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (mut head, body) = request.into_parts();
    let body = Bytes::copy_from_slice(body.bytes().ok_or_else(|| user("a body that is streamed"))?);
    let tls = head.uri.scheme() != Some(&Scheme::HTTP);
    let authority = head.uri.authority().cloned().ok_or_else(|| user("an address without a host"))?;
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let named = HeaderValue::from_str(authority.as_str()).map_err(|error| ConnectorError::user(error.into()))?;
    head.headers.entry(HOST).or_insert(named);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    head.uri = path.parse::<Uri>().map_err(|error| ConnectorError::user(error.into()))?;
    let key = format!("{}:{host}:{port}", if tls { "https" } else { "http" });
    Ok((Place { key, host, port, tls }, Request::from_parts(head, Full::new(body))))
}

/// The whole answer; what is longer than any is an error.
async fn gather(response: Response<Incoming>) -> Result<Response<SdkBody>, ConnectorError> {
    let (head, mut body) = response.into_parts();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ConnectorError::io(Box::new(error)))?;
        let Ok(data) = frame.into_data() else { continue };
        if all.len() + data.len() > ANSWER {
            return Err(ConnectorError::io("the answer is longer than any should be".into()));
        }
        all.extend_from_slice(&data);
    }
    Ok(Response::from_parts(head, SdkBody::from(all)))
}

/// Whom this machine trusts. Reading that takes a while.
async fn trusting() -> Result<Arc<ClientConfig>, ConnectorError> {
    let other = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(error, None);
    let config = tokio::task::spawn_blocking(|| trust::client([])).await.map_err(|error| other(error.into()))?;
    Ok(Arc::new(config.map_err(|error| other(error.into()))?))
}
