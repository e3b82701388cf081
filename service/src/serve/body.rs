//! Reads a request's body: bounded in size and time, and unpacked within the same bound.
//!
//! What the caller has announced is judged before anything is read, so that a client that waits for `100 Continue` never sends a body that
//! is too large; hyper sends that line with the first read.

use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::{
    HeaderMap,
    body::{Body, Bytes, Incoming},
    header::{CONTENT_ENCODING, TRANSFER_ENCODING},
};
use std::{io::Read, time::Duration};

/// Why a body could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BodyError {
    /// More than allowed, packed or unpacked.
    #[error("The request is larger than {0} bytes: an administrator can raise `limits.body`")]
    TooLarge(usize),
    /// Not there in time.
    #[error("The request did not arrive within {0:?}: send it at once, or an administrator can raise `limits.body_time`")]
    TooSlow(Duration),
    /// The client went away, or its chunks are none.
    #[error("The request broke off before its end: send as many bytes as Content-Length says, or proper chunks")]
    BrokenOff,
    /// Neither `Content-Length` nor chunks: where it ends cannot be known.
    #[error("The request has no Content-Length: send one, or the chunked transfer coding of HTTP/1.1")]
    LengthMissing,
    /// Packed in a way we do not know.
    #[error("The content coding {0:?} is not supported: send the request as it is, or with gzip")]
    UnknownCoding(String),
    /// It says gzip and is none.
    #[error("The request says it is packed with gzip, but it cannot be unpacked: send it as it is")]
    NotGzip,
}

/// Reads the whole body.
///
/// # Errors
/// See [`BodyError`]; its text is for the caller.
pub(super) async fn read(headers: &HeaderMap, body: Incoming, most: usize, within: Duration) -> Result<Bytes, BodyError> {
    let packed = coding(headers)?;
    let bytes = raw(headers, body, most, within).await?;
    if packed { unpack(&bytes, most) } else { Ok(bytes) }
}

/// Reads the whole body as it came.
///
/// # Errors
/// See [`BodyError`]; its text is for the caller.
pub(super) async fn raw(headers: &HeaderMap, body: Incoming, most: usize, within: Duration) -> Result<Bytes, BodyError> {
    match body.size_hint().exact() {
        // For hyper a request that announces nothing has an empty body.
        Some(0) if !headers.contains_key(hyper::header::CONTENT_LENGTH) && !headers.contains_key(TRANSFER_ENCODING) => {
            return Err(BodyError::LengthMissing);
        }
        Some(length) if length > most as u64 => return Err(BodyError::TooLarge(most)),
        _ => {}
    }
    tokio::time::timeout(within, gather(body, most)).await.map_err(|_| BodyError::TooSlow(within))?
}

async fn gather(mut body: Incoming, most: usize) -> Result<Bytes, BodyError> {
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| BodyError::BrokenOff)?.into_data() else { continue };
        if first.len().max(all.len()) + data.len() > most {
            return Err(BodyError::TooLarge(most));
        }
        // Nearly every request is one frame and needs no copy.
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

/// Is the body packed with gzip?
fn coding(headers: &HeaderMap) -> Result<bool, BodyError> {
    let mut packed = false;
    for value in headers.get_all(CONTENT_ENCODING) {
        let name = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
        match name.as_str() {
            "" | "identity" => {}
            "gzip" | "x-gzip" if !packed => packed = true,
            _ => return Err(BodyError::UnknownCoding(name)),
        }
    }
    Ok(packed)
}

fn unpack(bytes: &[u8], most: usize) -> Result<Bytes, BodyError> {
    let mut plain = Vec::new();
    // One byte more than allowed tells a bomb from a body that just fits.
    let read = MultiGzDecoder::new(bytes).take(most as u64 + 1).read_to_end(&mut plain);
    if plain.len() > most {
        return Err(BodyError::TooLarge(most));
    }
    read.map_err(|_| BodyError::NotGzip)?;
    Ok(plain.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use hyper::header::HeaderValue;
    use std::io::Write;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_gzip_bomb_is_refused_at_the_limit() {
        let bomb = pack(&vec![b' '; 10_000_000]);
        assert!(bomb.len() < 20_000);
        assert_eq!(unpack(&bomb, 20_000), Err(BodyError::TooLarge(20_000)));
        assert_eq!(unpack(&pack(&vec![b'x'; 20_000]), 20_000).map(|plain| plain.len()), Ok(20_000));
    }

    #[test]
    fn what_is_not_gzip_is_said_to_be_none() {
        assert_eq!(unpack(b"<Envelope/>", 100), Err(BodyError::NotGzip));
        let whole = pack(b"<Envelope/>");
        assert_eq!(unpack(&whole[..whole.len() - 6], 100), Err(BodyError::NotGzip));
    }

    #[test]
    fn only_one_layer_of_gzip_is_taken() {
        let headers =
            |values: &[&'static str]| values.iter().map(|value| (CONTENT_ENCODING, HeaderValue::from_static(value))).collect::<HeaderMap>();
        assert_eq!(coding(&headers(&[])), Ok(false));
        assert_eq!(coding(&headers(&["GZIP"])), Ok(true));
        assert_eq!(coding(&headers(&["identity", "x-gzip"])), Ok(true));
        assert_eq!(coding(&headers(&["gzip, gzip"])), Err(BodyError::UnknownCoding("gzip, gzip".into())));
        assert_eq!(coding(&headers(&["gzip", "gzip"])), Err(BodyError::UnknownCoding("gzip".into())));
        assert_eq!(coding(&headers(&["br"])), Err(BodyError::UnknownCoding("br".into())));
    }
}
