//! A client without any idea of its own: it sends the bytes it is given and reads what comes.

use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// Nothing on this machine takes longer; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Wire {
    stream: Box<dyn Stream>,
    read: Vec<u8>,
}

/// Bytes both ways, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Wire {
    pub(super) async fn open(address: SocketAddr) -> Self {
        Self::try_open(address).await.unwrap()
    }

    pub(super) async fn try_open(address: SocketAddr) -> std::io::Result<Self> {
        Ok(Self::over(TcpStream::connect(address).await?))
    }

    /// From another address of this machine.
    pub(super) async fn from(own: [u8; 4], address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((own, 0).into()).unwrap();
        Self::over(socket.connect(address).await.unwrap())
    }

    /// By what is open already.
    pub(super) fn over(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), read: Vec::new() }
    }

    /// Opens, sends and reads one answer.
    pub(super) async fn ask(address: SocketAddr, request: impl AsRef<[u8]>) -> Reply {
        let mut wire = Self::open(address).await;
        wire.send(request).await;
        wire.reply().await.unwrap()
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    pub(super) async fn half_close(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// One answer by its length; `None` when the connection ends before it.
    pub(super) async fn reply(&mut self) -> Option<Reply> {
        loop {
            if let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = String::from_utf8(self.read[..end].to_vec()).unwrap();
                let field = |name: &str| {
                    head.lines()
                        .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
                };
                let length = field("content-length").map_or(0, |length| length.parse().unwrap());
                let whole = end + 4 + length;
                if self.read.len() >= whole {
                    let body = String::from_utf8(self.read[end + 4..whole].to_vec()).unwrap();
                    self.read.drain(..whole);
                    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                    return Some(Reply { status, head, body });
                }
            }
            if self.more().await == 0 {
                return None;
            }
        }
    }

    /// What has come so far, once there is a whole head: as it came.
    pub(super) async fn bytes(&mut self) -> Vec<u8> {
        while !self.read.windows(4).any(|bytes| bytes == b"\r\n\r\n") && self.more().await > 0 {}
        // Head and body are written at once.
        std::mem::take(&mut self.read)
    }

    /// Everything until the connection ends.
    pub(super) async fn rest(&mut self) -> String {
        while self.more().await > 0 {}
        String::from_utf8(std::mem::take(&mut self.read)).unwrap()
    }

    /// Has the other side closed without another word?
    pub(super) async fn is_closed(&mut self) -> bool {
        self.read.is_empty() && self.more().await == 0
    }

    /// Does nothing come for a while?
    pub(super) async fn is_silent(&mut self, for_this_long: Duration) -> bool {
        self.read.is_empty() && timeout(for_this_long, self.stream.read_buf(&mut self.read)).await.is_err()
    }

    async fn more(&mut self) -> usize {
        // A reset ends a connection, too.
        timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await.expect("the service should have said something").unwrap_or(0)
    }
}

impl Reply {
    pub(super) fn has(&self, field: &str) -> bool {
        self.head.lines().any(|line| line.eq_ignore_ascii_case(field))
    }
}
