//! How bytes get to Genesys Cloud: the seam that lets tests put a pipe in memory where a site has TCP and TLS. Connections are kept and handed out
//! by hyper's pool; the deadline of a call is its caller's.

use crate::switch::BoxFuture;
use hyper::{
    Uri,
    rt::{Read, ReadBufCursor, Write},
};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tower_service::Service;

/// One address of a name; a dead one leaves time for the next.
const ADDRESS: Duration = Duration::from_secs(3);
/// More addresses of one name are not tried.
const ADDRESSES: usize = 4;

/// Bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Opens connections.
pub trait Connect: Send + Sync + 'static {
    /// A new connection, encrypted where that is asked for, ready for HTTP.
    ///
    /// # Errors
    /// The name means nothing, nobody listens there, or no TLS comes about.
    fn connect(&self, tls: bool, host: &str, port: u16) -> BoxFuture<io::Result<Box<dyn Stream>>>;
}

/// Connections as sites have them, by this TLS.
pub struct Network(pub Arc<ClientConfig>);

/// What hyper's pool asks for connections.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Arc<dyn Connect>);

/// A connection as hyper wants it.
pub(super) struct Wire(TokioIo<Box<dyn Stream>>);

// === impl Network ===

impl Connect for Network {
    fn connect(&self, tls: bool, host: &str, port: u16) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (host, config) = (host.to_owned(), Arc::clone(&self.0));
        Box::pin(async move {
            let stream = reach(&host, port).await?;
            // Only a matter of latency.
            let _ = stream.set_nodelay(true);
            if !tls {
                return Ok(Box::new(stream) as Box<dyn Stream>);
            }
            let name = ServerName::try_from(host).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
            Ok(Box::new(TlsConnector::from(config).connect(name, stream).await?))
        })
    }
}

/// The first address of this name that accepts.
async fn reach(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let addresses: Vec<SocketAddr> = lookup_host((host, port)).await?.take(ADDRESSES).collect();
    for address in addresses {
        match timeout(ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

// === impl Connector ===

impl Service<Uri> for Connector {
    type Response = Wire;
    type Error = io::Error;
    type Future = BoxFuture<io::Result<Wire>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let tls = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let connecting = self.0.connect(tls, host, uri.port_u16().unwrap_or(if tls { 443 } else { 80 }));
        Box::pin(async move { Ok(Wire(TokioIo::new(connecting.await?))) })
    }
}

// === impl Wire ===

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, bytes)
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
