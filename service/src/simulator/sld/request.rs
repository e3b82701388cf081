//! Reads one request: a head, then a body by its length or in chunks, as senders in the field do both.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

const HEAD: usize = 64 * 1024;

/// A request.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) fields: Vec<(String, String)>,
    /// `None`: it is larger than the limit and was not read.
    pub(super) body: Option<Vec<u8>>,
}

pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin), limit: usize) -> io::Result<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > HEAD {
            return Err(broken("the head has no end"));
        }
        more(stream, &mut bytes).await?;
        if !bytes[0].is_ascii_uppercase() {
            return Err(broken("this is no HTTP; is it TLS?"));
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut rest = bytes.split_off(end + 4);
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default());
    // What comes by a proxy names the whole address.
    let path = target.split_once("://").map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..])).to_owned();
    let fields: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = Request { method, path, fields, body: Some(Vec::new()) };
    if request.field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        request.body = chunks(stream, rest, limit).await?;
    } else if let Some(length) = request.field("content-length").map(str::parse::<usize>) {
        let length = length.map_err(|_| broken("the length is no number"))?;
        request.body = if length > limit {
            None
        } else {
            while rest.len() < length {
                more(stream, &mut rest).await?;
            }
            rest.truncate(length);
            Some(rest)
        };
    }
    Ok(request)
}

async fn chunks(stream: &mut (impl AsyncRead + Unpin), mut rest: Vec<u8>, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            if let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
                break at;
            }
            if rest.len() > HEAD {
                return Err(broken("a chunk has no length"));
            }
            more(stream, &mut rest).await?;
        };
        let size = String::from_utf8_lossy(&rest[..line]).split(';').next().unwrap_or_default().trim().to_owned();
        let size = usize::from_str_radix(&size, 16).map_err(|_| broken("a chunk's length is no number"))?;
        if size > limit || body.len() + size > limit {
            return Ok(None);
        }
        while rest.len() < line + 2 + size + 2 {
            more(stream, &mut rest).await?;
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + size]);
        rest.drain(..line + 2 + size + 2);
        if size == 0 {
            return Ok(Some(body));
        }
    }
}

async fn more(stream: &mut (impl AsyncRead + Unpin), bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = [0; 8192];
    let count = stream.read(&mut buffer).await?;
    if count == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(&buffer[..count]);
    Ok(())
}

fn broken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

// === impl Request ===

impl Request {
    /// The first field of this name, which is in small letters.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_comes_by_its_length_or_in_chunks() {
        for text in [
            "POST /sld/ds HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
            "POST http://sld:1/sld/ds HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        ] {
            let request = read(&mut text.as_bytes(), 100).await.unwrap();
            assert_eq!((request.path.as_str(), request.body.as_deref()), ("/sld/ds", Some(&b"hello"[..])), "{text}");
            assert_eq!(read(&mut text.as_bytes(), 4).await.unwrap().body, None, "{text}");
            assert!(read(&mut &text.as_bytes()[..text.len() - 3], 100).await.is_err(), "{text}");
        }
    }
}
