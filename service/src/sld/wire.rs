//! One request and its answer, each step within what is left of the time, and no more of the answer than is needed. Redirections are not
//! followed: a password goes nowhere that the file does not name.

use super::{answer::Answer, destination::Destination, tunnel, verdict::Verdict};
use crate::os::trust;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{CONTENT_TYPE, HeaderName, LOCATION},
};
use hyper_util::rt::TokioIo;
use rustls::{CertificateError, Error, pki_types::ServerName};
use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::{Instant, timeout, timeout_at},
};

/// As much of an answer as is read, bytes.
const ANSWER: usize = 64 * 1024;
/// More addresses of one name are not tried.
const ADDRESSES: usize = 4;

pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The end of the time, and how long it was.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    end: Instant,
    whole: Duration,
}

impl Patience {
    pub(super) fn new(whole: Duration) -> Self {
        Self { end: Instant::now() + whole, whole }
    }

    /// Waits for a step until the end.
    pub(super) async fn step<T>(self, what: &str, step: impl Future<Output = T>) -> Result<T, Verdict> {
        timeout_at(self.end, step).await.map_err(|_| self.late(what))
    }

    fn late(self, what: &str) -> Verdict {
        Verdict::Late { what: what.to_owned(), seconds: self.whole.as_secs().to_string() }
    }
}

/// Sends a request; its target is made here, because that depends on the proxy.
pub(super) async fn exchange(
    destination: &Destination,
    fields: &[(HeaderName, String)],
    method: &hyper::Method,
    body: &str,
    patience: Patience,
) -> Result<Answer, Verdict> {
    let Destination { tls, host, port, path, proxy, roots, .. } = destination;
    let authority = authority(host, *port);
    // A proxy is told the whole address, but where it only passes on what it cannot read.
    let target = if proxy.is_some() && !tls { destination.url.clone() } else { path.clone() };
    let mut request = Request::builder().method(method.clone()).uri(target).header(hyper::header::HOST, &authority);
    for (name, value) in fields {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body.to_owned())));
    let request = request.map_err(|error| Verdict::Invalid { why: format!("the request cannot be written: {error}") })?;
    let mut stream: Box<dyn Stream> = match proxy {
        None => Box::new(connect(host, *port, patience).await?),
        Some((proxy, at)) => {
            let mut stream = connect(proxy, *at, patience).await?;
            if *tls {
                patience.step("answer of the proxy", tunnel::open(&mut stream, &authority)).await??;
            }
            Box::new(stream)
        }
    };
    if *tls {
        let roots = roots.clone();
        // Reading the system's certificates takes a while.
        let config = tokio::task::spawn_blocking(move || trust::client(roots)).await;
        let config = config.map_err(|error| error.to_string()).and_then(|config| config.map_err(|error| error.to_string()));
        let config = config.map_err(|why| Verdict::NoTls { why })?;
        let name = ServerName::try_from(host.clone()).map_err(|error| Verdict::NoTls { why: error.to_string() })?;
        let shaken = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream);
        let secured = patience.step("TLS", shaken).await?.map_err(|error| untrusted(&error, host))?;
        stream = Box::new(secured);
    }
    patience.step("answer", talk(stream, request)).await?.map_err(|error| Verdict::Broken { why: reason(&error) })
}

/// The first address that accepts; each gets an equal share of what is left, so that a dead one does not use it up.
async fn connect(host: &str, port: u16, patience: Patience) -> Result<TcpStream, Verdict> {
    let found = patience.step("answer of the name service", lookup_host((host, port))).await?;
    let unknown = |why: String| Verdict::Unknown { host: host.to_owned(), why };
    let addresses: Vec<SocketAddr> = found.map_err(|error| unknown(error.to_string()))?.take(ADDRESSES).collect();
    let mut failure = unknown("it has no address".to_owned());
    for (index, address) in addresses.iter().enumerate() {
        // Half is for the answer, so that a machine that is away is told from one that hangs.
        let left = patience.end.saturating_duration_since(Instant::now()) / 2;
        let share = left / u32::try_from(addresses.len() - index).unwrap_or(1);
        failure = match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => Verdict::Unreached { place: address.to_string(), why: error.to_string() },
            Err(_) => patience.late(&format!("connection to {address}")),
        };
    }
    Err(failure)
}

async fn talk(stream: Box<dyn Stream>, request: Request<Full<Bytes>>) -> Result<Answer, hyper::Error> {
    let (mut sender, driver) = http1::Builder::new().title_case_headers(true).handshake(TokioIo::new(stream)).await?;
    let mut driver = pin!(driver);
    let mut work = pin!(async {
        let response = sender.send_request(request).await?;
        read(response).await
    });
    let mut over = false;
    loop {
        tokio::select! {
            answer = &mut work => return answer,
            // What became of the connection comes to `work` as well.
            _ = &mut driver, if !over => over = true,
        }
    }
}

async fn read(response: Response<Incoming>) -> Result<Answer, hyper::Error> {
    let field =
        |name| response.headers().get(name).map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let (status, location, content_type) = (response.status().as_u16(), field(LOCATION), field(CONTENT_TYPE));
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER
        && let Some(frame) = body.frame().await
    {
        let Ok(data) = frame?.into_data() else { continue };
        let room = ANSWER - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
    }
    Ok(Answer { status, location, content_type, body: String::from_utf8_lossy(&bytes).into_owned() })
}

/// `host:port`, as `Host` and a proxy want it.
fn authority(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

fn untrusted(error: &io::Error, host: &str) -> Verdict {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let Some(Error::InvalidCertificate(why)) = tls else {
        return Verdict::NoTls { why: explained(error, tls) };
    };
    match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Verdict::Untrusted,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Verdict::OtherName { host: host.to_owned() },
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Verdict::Expired,
        other => Verdict::NoTls { why: other.to_string() },
    }
}

fn explained(error: &io::Error, tls: Option<&Error>) -> String {
    let hint = match tls {
        Some(Error::PeerIncompatible(_) | Error::AlertReceived(_)) => {
            "the other side offers nothing that is safe: enable TLS 1.2 with ECDHE and AES-GCM there; or it asks for a client certificate"
        }
        Some(Error::InvalidMessage(_)) => "the port does not speak TLS; is it the http port?",
        None if error.kind() == io::ErrorKind::UnexpectedEof => "the other side closed the connection; does the port speak TLS?",
        _ => return error.to_string(),
    };
    format!("{error}: {hint}")
}

/// The innermost reason: hyper's own words alone say little.
fn reason(error: &hyper::Error) -> String {
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(error);
    while let Some(next) = inner {
        text = format!("{text}: {next}");
        inner = next.source();
    }
    text
}
