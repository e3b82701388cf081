//! One question to a CIC server over HTTP, on a connection of its own: what was reached, what was answered. Deadlines are the caller's.

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{self, HeaderMap},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use serde_json::Value;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// As much of an answer as is read: the names of fifty thousand users.
const ANSWER: usize = 8 * 1024 * 1024;
/// As much of what a server says as a person wants to read.
const SAID: usize = 200;

/// How a server is spoken to.
pub(in crate::cli) struct Way {
    pub(in crate::cli) address: SocketAddr,
    /// Host and port, as a URL has them.
    pub(in crate::cli) authority: String,
    /// What stands before `/icws`: a proxy's own path.
    pub(in crate::cli) prefix: String,
    /// With TLS, and the name that the certificate must have.
    pub(in crate::cli) tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

/// What is asked.
pub(in crate::cli) struct Question<'a> {
    pub(in crate::cli) method: Method,
    pub(in crate::cli) path: &'a str,
    /// Headers beside those that all questions have.
    pub(in crate::cli) headers: &'a [(&'static str, &'a str)],
    pub(in crate::cli) body: Option<Value>,
}

/// What was answered.
pub(in crate::cli) struct Answer {
    pub(in crate::cli) status: StatusCode,
    pub(in crate::cli) headers: HeaderMap,
    /// The JSON of it; null when it is none.
    pub(in crate::cli) body: Value,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum Trouble {
    #[error("{0}")]
    Connection(#[from] io::Error),
    #[error("{0}")]
    Http(#[from] hyper::Error),
    #[error("{0}")]
    Unwritable(#[from] hyper::http::Error),
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

// === impl Way ===

impl Way {
    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// No connection, or what answers does not speak HTTP.
    pub(in crate::cli) async fn ask(&self, question: Question<'_>) -> Result<Answer, Trouble> {
        let Question { method, path, headers, body } = question;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.prefix))
            .header(header::HOST, &self.authority)
            .header(header::USER_AGENT, concat!("Jackfield/", env!("CARGO_PKG_VERSION")))
            .header(header::ACCEPT, "application/json, application/vnd.inin.icws+JSON")
            .header(header::ACCEPT_LANGUAGE, "en-US")
            .header(header::CONNECTION, "close");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/vnd.inin.icws+JSON;charset=utf-8");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let request = request.body(Full::new(body))?;
        let (mut sender, driver) = http1::handshake(TokioIo::new(self.connect().await?)).await?;
        let work = async {
            let answer = sender.send_request(request).await?;
            let (parts, body) = answer.into_parts();
            let body = serde_json::from_slice(&read(body).await?).unwrap_or_default();
            Ok(Answer { status: parts.status, headers: parts.headers, body })
        };
        tokio::pin!(work, driver);
        tokio::select! {
            answer = &mut work => answer,
            // Its result comes to `work` as well, unless the answer is complete already.
            _ = &mut driver => work.await,
        }
    }

    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect(self.address).await?;
        Ok(match &self.tls {
            Some((config, name)) => Box::new(TlsConnector::from(Arc::clone(config)).connect(name.clone(), stream).await?),
            None => Box::new(stream),
        })
    }
}

// === impl Answer ===

impl Answer {
    /// What the server says for people, shortened; its status when it says nothing.
    pub(in crate::cli) fn said(&self) -> String {
        let text = ["message", "errorId"].iter().find_map(|key| self.body[key].as_str().filter(|text| !text.is_empty()));
        text.map_or_else(|| format!("status {}", self.status), |text| text.chars().take(SAID).collect())
    }
}

/// At most [`ANSWER`] bytes.
async fn read(mut body: Incoming) -> Result<Vec<u8>, hyper::Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = ANSWER - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            break;
        }
    }
    Ok(bytes)
}
