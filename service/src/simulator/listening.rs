//! A listener that takes so many connections at once and no more, for the simulators that are spoken to.

use std::{future::Future, io, net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};

/// A server that listens; ends when it is dropped, with all its connections.
pub struct Listening {
    address: SocketAddr,
    task: AbortHandle,
}

// === impl Listening ===

impl Listening {
    /// Listens at an address (port 0 takes any free one), and serves each connection by `connected`; further ones than `at_most` wait.
    ///
    /// # Errors
    /// The address cannot be had.
    pub(super) async fn start<F, A>(address: SocketAddr, at_most: usize, connected: F) -> io::Result<Self>
    where
        F: Fn(TcpStream) -> A + Send + 'static,
        A: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, at_most, connected)).abort_handle();
        Ok(Self { address, task })
    }

    /// Where it listens, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept<F, A>(listener: TcpListener, at_most: usize, connected: F)
where
    F: Fn(TcpStream) -> A,
    A: Future<Output = ()> + Send + 'static,
{
    // Dropped with this task: no connection outlives the listener.
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= at_most {
            connections.join_next().await;
        }
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors: one of ours has to end first.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        connections.spawn(connected(stream));
    }
}
