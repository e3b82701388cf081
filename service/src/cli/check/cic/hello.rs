//! What a server offers that refuses everything which is safe: a greeting as clients sent it ten years ago (RFC 5246 §7.4.1.2), and the
//! version and cipher that the server chooses from it. Nothing else is ever sent on that connection.

use rustls::{CipherSuite, ProtocolVersion};
use std::{io, net::SocketAddr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What the server chose.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Old {
    pub(super) version: String,
    pub(super) cipher: String,
}

/// What servers of that time know: ECDHE and DHE with CBC, plain RSA, triple DES, RC4.
const CIPHERS: [u16; 27] = [
    0xc030, 0xc02f, 0xc028, 0xc027, 0xc014, 0xc013, 0xc024, 0xc023, 0xc00a, 0xc009, 0x009f, 0x009e, 0x006b, 0x0067, 0x0039, 0x0033, 0x009d,
    0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0xc012, 0x0016, 0x000a, 0x0005, 0x0004,
];
/// Elliptic curves: P-256, P-384, P-521.
const CURVES: [u16; 3] = [23, 24, 25];
/// Signatures: RSA and ECDSA with SHA-256, SHA-384, SHA-512 and SHA-1.
const SIGNATURES: [u16; 8] = [0x0401, 0x0501, 0x0601, 0x0201, 0x0403, 0x0503, 0x0603, 0x0203];

const HANDSHAKE: u8 = 0x16;
const SERVER_HELLO: u8 = 2;
/// As much of a server's greeting as is needed: record and message headers, version, random, a session's id, the cipher.
const ENOUGH: usize = 5 + 4 + 2 + 32 + 1 + 32 + 2;

/// Greets the server as old clients did, and says what it chose.
///
/// # Errors
/// No connection, or it refuses this as well.
pub(super) async fn greet(address: SocketAddr, host: &str) -> io::Result<Old> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&client_hello(host)).await?;
    let mut answer = Vec::new();
    while answer.len() < ENOUGH && chosen(&answer).is_none() {
        if stream.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    chosen(&answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The name of a version, as people write it.
pub(super) fn version_name(version: u16) -> String {
    match ProtocolVersion::from(version) {
        ProtocolVersion::SSLv3 => "SSL 3.0".to_owned(),
        ProtocolVersion::TLSv1_0 => "TLS 1.0".to_owned(),
        ProtocolVersion::TLSv1_1 => "TLS 1.1".to_owned(),
        ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
        ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
        other => format!("version {:#06x}", u16::from(other)),
    }
}

/// The name of a cipher suite, as the registry has it.
pub(super) fn cipher_name(cipher: u16) -> String {
    CipherSuite::from(cipher).as_str().map_or_else(|| format!("cipher {cipher:#06x}"), ToOwned::to_owned)
}

fn client_hello(host: &str) -> Vec<u8> {
    let mut extensions = Vec::new();
    if host.parse::<std::net::IpAddr>().is_err() {
        // A list of one name, of the kind "host name".
        let name = [&[0][..], &sized16(host.as_bytes())].concat();
        extension(&mut extensions, 0, &sized16(&name));
    }
    extension(&mut extensions, 10, &sized16(&words(&CURVES)));
    extension(&mut extensions, 11, &[1, 0]);
    extension(&mut extensions, 13, &sized16(&words(&SIGNATURES)));
    let mut hello = vec![3, 3];
    // No secret comes of this connection, so the random needs not be one.
    hello.extend([0x4a; 32]);
    hello.push(0);
    hello.extend(sized16(&words(&CIPHERS)));
    hello.extend([1, 0]);
    hello.extend(sized16(&extensions));
    let mut message = vec![1, 0];
    message.extend(sized16(&hello));
    let mut record = vec![HANDSHAKE, 3, 1];
    record.extend(sized16(&message));
    record
}

fn extension(extensions: &mut Vec<u8>, kind: u16, content: &[u8]) {
    extensions.extend(kind.to_be_bytes());
    extensions.extend(sized16(content));
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// With its length in two bytes before it; a name or a list here is never near 64 KiB.
fn sized16(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], bytes].concat()
}

/// Version and cipher of a server's greeting, once enough of it is there.
fn chosen(answer: &[u8]) -> Option<Old> {
    if *answer.first()? != HANDSHAKE || *answer.get(5)? != SERVER_HELLO {
        return None;
    }
    let word = |at: usize| Some(u16::from_be_bytes(answer.get(at..at + 2)?.try_into().ok()?));
    let session = usize::from(*answer.get(43)?);
    Some(Old { version: version_name(word(9)?), cipher: cipher_name(word(44 + session)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lengths_of_the_greeting_add_up() {
        for host in ["cic.example.com", "10.0.0.9"] {
            let hello = client_hello(host);
            let record = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
            let message = usize::from(u16::from_be_bytes([hello[7], hello[8]]));
            assert_eq!((hello.len(), record), (record + 5, message + 4), "{host}");
            assert_eq!(hello.windows(host.len()).any(|window| window == host.as_bytes()), host.starts_with("cic"), "{host}");
        }
    }

    #[test]
    fn an_answer_is_read_when_it_is_there_and_an_alert_is_none() {
        let mut answer = vec![HANDSHAKE, 3, 1, 0, 74, SERVER_HELLO, 0, 0, 70, 3, 1];
        answer.extend([7; 32]);
        answer.extend([2, 9, 9, 0x00, 0x2f, 0]);
        assert_eq!(chosen(&answer), Some(Old { version: "TLS 1.0".into(), cipher: "TLS_RSA_WITH_AES_128_CBC_SHA".into() }));
        assert_eq!(chosen(&answer[..46]), None);
        assert_eq!(chosen(&[0x15, 3, 1, 0, 2, 2, 40]), None);
    }
}
