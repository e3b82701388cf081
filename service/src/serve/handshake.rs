//! The beginning of an encrypted connection, within the time and the share of the processor that its address has.

use super::{
    connection::{Door, Handler},
    fair::{HANDSHAKE, Turn},
    hall::Hall,
    stream::{Channel, Patient},
};
use crate::telemetry::event::{Event, HandshakeFailed};
use rustls::{AlertDescription, CertificateError, Error, ServerConfig};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::Instant};
use tokio_rustls::TlsAcceptor;

/// The first byte of whoever speaks TLS.
const HANDSHAKE_RECORD: u8 = 0x16;
/// What others are told, who are people or programs with a wrong address.
const SPEAKS_HTTPS: &str = "This is Jackfield, and this port speaks HTTPS: begin the address with https://.\n";

/// What comes of a connection before its first request.
pub(super) enum Begun {
    /// Requests may come.
    Ready(Channel),
    /// It is at its end, and the caller has been told why.
    Refused(Channel),
    /// It is at its end, and nobody needs to be told.
    Over,
}

/// Shakes hands where the caller has to; bounded by the handler's time for headers.
pub(super) async fn begin<H: Handler>(
    stream: TcpStream,
    peer: SocketAddr,
    door: Door,
    config: Option<Arc<ServerConfig>>,
    hall: &Hall<H>,
) -> Begun {
    let bounds = hall.handler.bounds();
    let Some(config) = config else { return Begun::Ready(Channel::Plain(Patient::new(stream, bounds.write_time))) };
    let shaking = async {
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Ok(Begun::Over);
        }
        if first != [HANDSHAKE_RECORD] {
            let mut channel = Channel::Plain(Patient::new(stream, bounds.write_time));
            let head = format!(
                "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                SPEAKS_HTTPS.len()
            );
            channel.write_all(&[head.as_bytes(), SPEAKS_HTTPS.as_bytes()].concat()).await?;
            HandshakeFailed { why: "the caller speaks HTTP where HTTPS is spoken", peer }.emit();
            return Ok(Begun::Refused(channel));
        }
        if door != Door::Remoting {
            match hall.fair.turn(peer.ip(), HANDSHAKE, bounds.requests_per_second, Instant::now()) {
                Turn::Now => {}
                Turn::After(wait) => tokio::time::sleep(wait).await,
                Turn::Never => return Ok(Begun::Over),
            }
        }
        let stream = TlsAcceptor::from(config).accept(Patient::new(stream, bounds.write_time)).await?;
        Ok(Begun::Ready(Channel::Secured(Box::new(stream))))
    };
    let begun = tokio::select! {
        begun = tokio::time::timeout(bounds.header_time, shaking) => begun,
        () = hall.stop.cancelled() => return Begun::Over,
    };
    match begun {
        Ok(Ok(begun)) => begun,
        Ok(Err(error)) => {
            HandshakeFailed { why: &explain(&error), peer }.emit();
            Begun::Over
        }
        // Who connects and says nothing is idle, and no failure.
        Err(_) => Begun::Over,
    }
}

/// A failed handshake in words that say what to do.
fn explain(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let hint = match tls {
        Some(Error::PeerIncompatible(_)) => {
            "the caller offers no version or cipher that is spoken here; it needs TLS 1.2 or 1.3 (`service.tls.versions`) with ECDHE and AES-GCM"
        }
        Some(Error::NoCertificatesPresented) => "the caller shows no certificate, and it is required of it",
        Some(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
            "the caller's certificate has expired; it needs a new one"
        }
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            "the caller's certificate comes from an authority that the file does not name"
        }
        Some(Error::InvalidCertificate(_)) => "the caller's certificate cannot be used",
        Some(Error::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired,
        )) => "the caller does not trust our certificate; import its authority there (in SAP: transaction STRUST), or renew it",
        Some(Error::InvalidMessage(_)) => "what came is no TLS",
        _ if error.kind() == io::ErrorKind::UnexpectedEof => "the caller has gone away",
        _ => return error.to_string(),
    };
    format!("{hint} ({error})")
}
