//! How bytes get to a CIC server: the seam that lets tests put a pipe in memory where a site has TCP or TLS.

use crate::switch::BoxFuture;
use rustls::{ClientConfig, pki_types::ServerName};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Opens connections. The deadline is the caller's.
pub trait Connector: Send + Sync + 'static {
    /// A new connection to this host, ready for HTTP.
    ///
    /// # Errors
    /// The name means nothing, nobody listens there, or no TLS comes about.
    fn connect(&self, host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>>;
}

/// One address of a name; a dead one leaves time for the next.
const ADDRESS: Duration = Duration::from_millis(1_500);

/// Connections as sites have them.
pub struct Network {
    port: u16,
    tls: Option<Arc<ClientConfig>>,
}

// === impl Network ===

impl Network {
    /// To this port, with TLS by this configuration or without any.
    pub fn new(port: u16, tls: Option<Arc<ClientConfig>>) -> Self {
        Self { port, tls }
    }
}

impl Connector for Network {
    fn connect(&self, host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (host, port, tls) = (host.to_owned(), self.port, self.tls.clone());
        Box::pin(async move {
            let stream = reach(&host, port).await?;
            // Only a matter of latency.
            let _ = stream.set_nodelay(true);
            let Some(config) = tls else { return Ok(Box::new(stream) as Box<dyn Stream>) };
            let name = ServerName::try_from(host).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
            Ok(Box::new(TlsConnector::from(config).connect(name, stream).await?))
        })
    }
}

/// The first address of this name that accepts.
async fn reach(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in lookup_host((host, port)).await? {
        match timeout(ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}
