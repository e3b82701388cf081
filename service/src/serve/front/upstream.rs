//! Connections from the web connector to the integration service: so many at a time, kept between requests, each exchange within a deadline.
//!
//! A request is sent a second time only when it was certainly not sent the first time: a call that is dialled twice is worse than one that is
//! not dialled.

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1::{Builder, SendRequest},
    http::response::Parts,
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// No answer of the service is longer, in bytes.
const ANSWER: usize = 64 * 1024 * 1024;
/// As much of the deadline as connecting may take.
const CONNECT_SHARE: u32 = 3;

/// Where the integration service is.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Its name or address.
    pub host: String,
    /// Its remoting port.
    pub port: u16,
    /// Secure remoting: whom we trust, and what we show; `None`: not encrypted.
    pub tls: Option<Arc<ClientConfig>>,
    /// From the whole request to the whole answer.
    pub deadline: Duration,
    /// Connections at a time.
    pub connections: usize,
}

/// Why nothing can be brought back; printed for the caller.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(
        "The integration service at {to} cannot be reached ({why}): see whether it runs, and whether a firewall lets the web connector through"
    )]
    Unreachable { to: String, why: String },
    #[error("No encrypted connection to the integration service at {to} comes about ({why})")]
    Insecure { to: String, why: String },
    #[error("The integration service at {0} did not answer in time: try again")]
    Late(String),
    #[error(
        "The connection to the integration service at {to} broke before its answer was there ({why}): it may have carried out the request"
    )]
    Broken { to: String, why: String },
}

/// See the module.
pub(super) struct Lines {
    upstream: Upstream,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    at_once: Semaphore,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Lines {
    pub(super) fn new(upstream: Upstream) -> Self {
        let at_once = Semaphore::new(upstream.connections.max(1));
        Self { upstream, idle: Mutex::default(), at_once }
    }

    /// Would new lines be of no use?
    pub(super) fn lead_to(&self, upstream: &Upstream) -> bool {
        let Upstream { host, port, tls, deadline, connections } = &self.upstream;
        let same_tls = match (tls, &upstream.tls) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_tls && (host, *port, *deadline, *connections) == (&upstream.host, upstream.port, upstream.deadline, upstream.connections)
    }

    /// Sends a request and brings back the whole answer.
    pub(super) async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), Fault> {
        let late = |_| Fault::Late(self.to());
        timeout(self.upstream.deadline, self.exchange_patiently(request)).await.map_err(late)?
    }

    async fn exchange_patiently(&self, mut request: Request<Full<Bytes>>) -> Result<(Parts, Bytes), Fault> {
        // The semaphore is never closed.
        let _permit = self.at_once.acquire().await;
        let broken = |error: hyper::Error| Fault::Broken { to: self.to(), why: plain(&error) };
        loop {
            let (mut line, kept) = match self.kept() {
                Some(line) => (line, true),
                None => (self.connect().await?, false),
            };
            match line.try_send_request(request).await {
                Ok(response) => {
                    let (head, body) = gather(response).await.map_err(broken)?;
                    self.idle().push(line);
                    return Ok((head, body));
                }
                // A kept line may have died while it was idle, and only its use shows that.
                Err(mut error) => match error.take_message().filter(|_| kept) {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(error.into_error())),
                },
            }
        }
    }

    fn kept(&self) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle();
        idle.retain(|line| !line.is_closed());
        // One that is not ready has not read its last answer to the end.
        let ready = idle.iter().rposition(SendRequest::is_ready)?;
        Some(idle.swap_remove(ready))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Fault> {
        let Upstream { host, port, tls, deadline, .. } = &self.upstream;
        let unreachable = |why: String| Fault::Unreachable { to: self.to(), why };
        let connecting = timeout(*deadline / CONNECT_SHARE, TcpStream::connect((host.as_str(), *port))).await;
        let stream = connecting.map_err(|_| unreachable("no answer".into()))?.map_err(|error| unreachable(error.to_string()))?;
        // Only a matter of latency.
        let _ = stream.set_nodelay(true);
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(stream),
            Some(config) => {
                let insecure = |why: String| Fault::Insecure { to: self.to(), why };
                let name = ServerName::try_from(host.clone()).map_err(|error| insecure(error.to_string()))?;
                let shaking = TlsConnector::from(Arc::clone(config)).connect(name, stream);
                Box::new(shaking.await.map_err(|error| insecure(explain(&error)))?)
            }
        };
        let (line, driver) = Builder::new().handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(plain(&error)))?;
        tokio::spawn(async move {
            // Its end shows at the line.
            let _ = driver.await;
        });
        Ok(line)
    }

    fn to(&self) -> String {
        format!("{}:{}", self.upstream.host, self.upstream.port)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<SendRequest<Full<Bytes>>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The whole answer; what is longer than any of the service's is cut off with its connection.
async fn gather(response: Response<Incoming>) -> Result<(Parts, Bytes), hyper::Error> {
    let (head, mut body) = response.into_parts();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if all.len() + data.len() > ANSWER {
            break;
        }
        all.extend_from_slice(&data);
    }
    Ok((head, all.into()))
}

/// An error with what is behind it.
fn plain(error: &hyper::Error) -> String {
    let behind = std::error::Error::source(error).map(|source| format!(": {source}"));
    format!("{error}{}", behind.unwrap_or_default())
}

/// A failed handshake in words that say what to do.
fn explain(error: &io::Error) -> String {
    use rustls::{
        CertificateError::{NotValidForName, NotValidForNameContext, UnknownIssuer},
        Error,
    };
    let hint = match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(UnknownIssuer)) => "`remoting.authority` has not signed its certificate",
        Some(Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) => {
            "its certificate is not for the name in `connector.server`"
        }
        Some(Error::InvalidMessage(_)) => "`flags.secure_remoting` is off over there",
        _ => return error.to_string(),
    };
    format!("{error}: {hint}")
}
