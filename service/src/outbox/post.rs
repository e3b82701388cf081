//! One attempt to deliver one message: resolve, check, connect, POST, read the answer. Deadlines are the caller's.

use super::{
    Policy,
    admit::{self, Target},
    answer::{self, Answer},
    tls::{self, Trust},
};
use crate::ici::Message;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1::{Builder, Connection, SendRequest},
    header,
};
use hyper_util::rt::TokioIo;
use std::{
    error::Error,
    future::{Future, poll_fn},
    io,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    task::Poll,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

/// As much of an answer as is read.
const ANSWER: usize = 64 * 1024;

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the host name cannot be resolved: {0}")]
    Resolve(io::Error),
    #[error("the host resolves to no address that `service.event_hosts` allows")]
    Forbidden,
    #[error("no connection: {0}")]
    Connect(io::Error),
    #[error("no TLS: {0}")]
    Tls(String),
    #[error("the connection broke: {0}")]
    Broken(hyper::Error),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer is {0}, a redirection, and those are not followed: SAP must give the final URL")]
    Redirected(StatusCode),
    #[error("no connection in time")]
    Unreached,
    #[error("no answer in time")]
    Deadline,
    #[error("the message cannot be written: {0}")]
    Unwritable(hyper::http::Error),
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Self {
        // With TLS 1.3 a refused certificate of ours shows only when the answer is read.
        let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        let said = io.and_then(io::Error::get_ref).and_then(|inner| inner.downcast_ref::<rustls::Error>()).map(tls::explain_tls);
        said.map_or(Self::Broken(error), Self::Tls)
    }
}

impl Failure {
    /// No connection came about: nobody else's would. A certificate is its machine's, not one URL's.
    pub(super) fn is_of_the_machine(&self) -> bool {
        matches!(self, Self::Resolve(_) | Self::Connect(_) | Self::Unreached | Self::Tls(_))
    }
}

/// What became of an attempt that SAP answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Arrived, and perhaps refused.
    Delivered(Option<answer::Faultstring>),
    /// SAP's session is gone.
    Gone(StatusCode),
}

/// The way to one target; keeps its connection open between messages where the peer allows.
#[derive(Default)]
pub(super) struct Wire {
    open: Option<Open>,
    /// What SAP answered last, for a recording.
    answer: Option<(StatusCode, Vec<u8>)>,
}

/// The connection is driven by whoever uses it, not by a task of its own: dropping an attempt closes it, and an idle lane costs no task.
struct Open {
    /// Encrypted, and to which host and port.
    to: (bool, String),
    address: IpAddr,
    sender: SendRequest<Full<Bytes>>,
    driver: Pin<Box<Driver>>,
}

type Driver = Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

// === impl Wire ===

impl Wire {
    /// Sends one message and reads the answer. Whoever drops the future closes the connection.
    pub(super) async fn post(
        &mut self,
        policy: &Policy,
        trust: &Trust,
        target: &Target,
        peer: Option<IpAddr>,
        message: Message,
    ) -> Result<Outcome, Failure> {
        let Message { action, body, .. } = message;
        self.answer = None;
        let body = Bytes::from(body);
        // By the policy that counts now, so that a changed rule counts for what still waits.
        let target = &target.rewritten(&policy.rewrite);
        let is_there =
            |open: &Open| open.to == (target.tls, target.authority.clone()) && admit::address(policy, target, open.address, peer);
        let kept = self.open.take().filter(is_there);
        if let Some(mut open) = kept {
            // It may have died while it was idle, and only its use shows that: then a new one gets the same message.
            if let Ok(answer) = open.exchange(request(target, &action, body.clone())?).await {
                return self.finish(open, answer);
            }
        }
        let mut open = connect(policy, trust, target, peer).await?;
        let answer = open.exchange(request(target, &action, body)?).await?;
        self.finish(open, answer)
    }

    /// What SAP answered to the last attempt, if it did.
    pub(super) fn take_answer(&mut self) -> Option<(u16, Vec<u8>)> {
        self.answer.take().map(|(status, body)| (status.as_u16(), body))
    }

    /// Is a connection kept?
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Closes what is kept.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    fn finish(&mut self, open: Open, answer: Received) -> Result<Outcome, Failure> {
        let Received { status, body, reusable } = answer;
        self.open = reusable.then_some(open);
        let answer = answer::read(status, &body);
        self.answer = Some((status, body));
        match answer {
            Answer::Delivered => Ok(Outcome::Delivered(None)),
            Answer::Rejected(why) => Ok(Outcome::Delivered(Some(why))),
            Answer::Gone => Ok(Outcome::Gone(status)),
            Answer::Failed if status.is_redirection() => Err(Failure::Redirected(status)),
            Answer::Failed => Err(Failure::Status(status)),
        }
    }
}

// === impl Open ===

struct Received {
    status: StatusCode,
    body: Vec<u8>,
    reusable: bool,
}

impl Open {
    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Received, hyper::Error> {
        let Self { sender, driver, .. } = self;
        let mut driven = false;
        let received = {
            let mut work = pin!(async {
                sender.ready().await?;
                let response = sender.send_request(request).await?;
                let status = response.status();
                let (body, complete) = read(response.into_body()).await?;
                Ok::<_, hyper::Error>(Received { status, body, reusable: complete })
            });
            poll_fn(|cx| {
                // Its result comes to `work` as well.
                driven = driven || driver.as_mut().poll(cx).is_ready();
                work.as_mut().poll(cx)
            })
            .await?
        };
        // Once more, so that a `Connection: close` or the end of the stream is noticed before the connection is kept.
        poll_fn(|cx| {
            driven = driven || driver.as_mut().poll(cx).is_ready();
            Poll::Ready(())
        })
        .await;
        let reusable = received.reusable && !driven && !sender.is_closed();
        Ok(Received { reusable, ..received })
    }
}

fn request(target: &Target, action: &str, body: Bytes) -> Result<Request<Full<Bytes>>, Failure> {
    let action = if action.is_empty() { "\"\"" } else { action };
    Request::post(target.path.as_str())
        .header(header::HOST, &target.authority)
        .header(header::USER_AGENT, concat!("Jackfield/", env!("CARGO_PKG_VERSION")))
        .header(header::CONTENT_TYPE, "text/xml; charset=utf-8")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::ACCEPT, "text/xml")
        .header("soapaction", action)
        .body(Full::new(body))
        .map_err(Failure::Unwritable)
}

/// At most [`ANSWER`] bytes, and whether that was all.
async fn read(mut body: Incoming) -> Result<(Vec<u8>, bool), hyper::Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = ANSWER - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Ok((bytes, false));
        }
    }
    Ok((bytes, true))
}

async fn connect(policy: &Policy, trust: &Trust, target: &Target, peer: Option<IpAddr>) -> Result<Open, Failure> {
    // Once: the address that was checked is the address that is connected to.
    let resolved = tokio::net::lookup_host((target.host.as_str(), target.port)).await.map_err(Failure::Resolve)?;
    let allowed: Vec<SocketAddr> = resolved.filter(|address| admit::address(policy, target, address.ip(), peer)).collect();
    let (address, stream) = reach(&allowed, policy).await?;
    let stream: Box<dyn Stream> = if target.tls {
        let config = trust.config(policy).await.map_err(Failure::Tls)?;
        let name = rustls::pki_types::ServerName::try_from(target.host.clone()).map_err(|error| Failure::Tls(error.to_string()))?;
        let secured = tokio_rustls::TlsConnector::from(config).connect(name, stream).await;
        Box::new(secured.map_err(|error| Failure::Tls(tls::explain(&error)))?)
    } else {
        Box::new(stream)
    };
    let (sender, driver) = Builder::new().title_case_headers(true).handshake(TokioIo::new(stream)).await?;
    Ok(Open { to: (target.tls, target.authority.clone()), address, sender, driver: Box::pin(driver) })
}

/// The first address that accepts; each gets an equal share of the attempt, so that a dead one does not use it up.
async fn reach(addresses: &[SocketAddr], policy: &Policy) -> Result<(IpAddr, TcpStream), Failure> {
    let mut failure = Failure::Forbidden;
    for address in addresses {
        // Half of the attempt is for the answer, so that a machine that is away is told from one that hangs.
        let share = policy.attempt / 2 / u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        failure = match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Only a matter of latency.
                let _ = stream.set_nodelay(true);
                return Ok((address.ip(), stream));
            }
            Ok(Err(error)) => Failure::Connect(error),
            Err(_) => Failure::Unreached,
        };
    }
    Err(failure)
}
