//! The stage `tls`: can the connection be encrypted, and is the server the one that it says it is?

use super::{
    super::{DEADLINE, report::Detail, sentences as say},
    Server, Trust,
    ask::Way,
    hello::{self, Old},
};
use rustls::{AlertDescription, CertificateError, Error, pki_types::ServerName};
use std::{io, sync::Arc};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

/// Begins TLS and says what came of it.
pub(super) async fn inspect(mut server: Server, trust: Trust) -> (Server, Detail) {
    let Some(address) = server.address else {
        return server.not_tried();
    };
    let subject = server.authority();
    let config = match trust {
        Ok(config) => config,
        Err(why) => return (server, Detail::with(subject, say::TLS_NO_ROOTS, [("why", why)])),
    };
    let setting = ("setting", server.setting.to_owned());
    let Ok(name) = ServerName::try_from(server.host.clone()) else {
        return (server, Detail::with(subject, say::TLS_BAD_NAME, [setting]));
    };
    let seconds = ("seconds", DEADLINE.as_secs().to_string());
    let shake_hands = async { TlsConnector::from(Arc::clone(&config)).connect(name.clone(), TcpStream::connect(address).await?).await };
    let detail = match timeout(DEADLINE, shake_hands).await {
        Ok(Ok(stream)) => {
            let (_, session) = stream.get_ref();
            let version = session.protocol_version().map_or_else(String::new, |version| hello::version_name(version.into()));
            let cipher = session.negotiated_cipher_suite().map_or_else(String::new, |suite| hello::cipher_name(suite.suite().into()));
            server.way = Some(Way { address, authority: subject.clone(), prefix: server.prefix.clone(), tls: Some((config, name)) });
            Detail::with(subject, say::TLS_RIGHT, [("version", version), ("cipher", cipher)])
        }
        Ok(Err(error)) => match of_certificate(&error) {
            Some(error) => certificate(subject, error, setting.1),
            None if disagrees(&error) => match timeout(DEADLINE, hello::greet(address, &server.host)).await {
                Ok(Ok(Old { version, cipher })) => Detail::with(subject, say::TLS_TOO_OLD, [("version", version), ("cipher", cipher)]),
                _ => Detail::with(subject, say::TLS_DISAGREE, [("why", error.to_string())]),
            },
            None => failed(subject, &error),
        },
        Err(_) => Detail::with(subject, say::TLS_LATE, [seconds]),
    };
    (server, detail)
}

/// The file asks for no TLS: whether that matters.
pub(super) fn without(mut server: Server) -> (Server, Detail) {
    let Some(address) = server.address else {
        return server.not_tried();
    };
    let subject = server.authority();
    server.way = Some(Way { address, authority: subject.clone(), prefix: server.prefix.clone(), tls: None });
    let sentence = if address.ip().is_loopback() { say::TLS_OFF_HERE } else { say::TLS_OFF };
    (server, Detail::new(subject, sentence))
}

fn of_rustls(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn of_certificate(error: &io::Error) -> Option<&CertificateError> {
    if let Some(Error::InvalidCertificate(error)) = of_rustls(error) { Some(error) } else { None }
}

/// Are there no version and no cipher that both sides know?
fn disagrees(error: &io::Error) -> bool {
    use AlertDescription::{HandshakeFailure, InsufficientSecurity, ProtocolVersion};
    matches!(
        of_rustls(error),
        Some(Error::AlertReceived(HandshakeFailure | InsufficientSecurity | ProtocolVersion) | Error::PeerIncompatible(_))
    )
}

fn certificate(subject: String, error: &CertificateError, setting: String) -> Detail {
    match error {
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            let names: Vec<&str> = presented.iter().map(|name| plain_name(name)).collect();
            Detail::with(subject, say::TLS_OTHER_NAME, [("names", names.join(", ")), ("setting", setting)])
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Detail::with(subject, say::TLS_NO_NAME, [("setting", setting)])
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Detail::new(subject, say::TLS_UNTRUSTED),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Detail::new(subject, say::TLS_EXPIRED),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Detail::new(subject, say::TLS_NOT_YET),
        other => Detail::with(subject, say::TLS_CERTIFICATE, [("why", other.to_string())]),
    }
}

/// rustls writes the names of a certificate as `DnsName("cic.example.com")`.
fn plain_name(presented: &str) -> &str {
    presented.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).map_or(presented, |name| name.trim_matches('"'))
}

fn failed(subject: String, error: &io::Error) -> Detail {
    let sentence = match of_rustls(error) {
        Some(Error::InvalidMessage(_)) => say::TLS_PLAIN,
        Some(Error::AlertReceived(AlertDescription::CertificateRequired)) => say::TLS_CLIENT_CERTIFICATE,
        None if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
            say::TLS_CLOSED
        }
        _ => return Detail::with(subject, say::TLS_FAILED, [("why", error.to_string())]),
    };
    Detail::new(subject, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_certificate_are_written_as_people_write_them() {
        for (presented, plain) in [("DnsName(\"cic.example.com\")", "cic.example.com"), ("IpAddress(10.0.0.9)", "10.0.0.9"), ("x", "x")] {
            assert_eq!(plain_name(presented), plain);
        }
    }
}
