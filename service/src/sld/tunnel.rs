//! A way through a proxy (RFC 9110 §9.3.6).

use super::verdict::Verdict;
use std::io;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A proxy's answer is longer only when it is none.
const HEAD: usize = 8 * 1024;

/// Asks for the way to `authority`.
///
/// # Errors
/// The proxy does not give it.
pub(super) async fn open(stream: &mut TcpStream, authority: &str) -> Result<(), Verdict> {
    let head = ask(stream, authority).await.map_err(|error| Verdict::NoProxy { why: error.to_string() })?;
    match status(&head) {
        Some(200..300) => Ok(()),
        Some(status) => Err(Verdict::NoProxy { why: format!("it answers with HTTP status {status}") }),
        None => Err(Verdict::NoProxy { why: "what answers there is no proxy".into() }),
    }
}

async fn ask(stream: &mut TcpStream, authority: &str) -> io::Result<Vec<u8>> {
    stream.write_all(format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n").as_bytes()).await?;
    let mut head = Vec::new();
    // Byte by byte: what follows the head belongs to TLS.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its answer has no end"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

/// `HTTP/1.1 200 Connection established` has 200.
fn status(head: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(head).ok()?;
    text.strip_prefix("HTTP/1.")?.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_from_a_head() {
        assert_eq!(status(b"HTTP/1.0 200 OK\r\n\r\n"), Some(200));
        assert_eq!(status(b"HTTP/1.1 407\r\n\r\n"), Some(407));
        assert_eq!(status(b"SSH-2.0-x\r\n\r\n"), None);
    }
}
