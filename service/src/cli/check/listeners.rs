//! The stage `listeners`: can the addresses be listened at, or does a Jackfield that runs do so already?

use super::{DEADLINE, report::Detail, sentences as say};
use shared::address::reachable;
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// As much of an answer as is read to recognise ourselves.
const ANSWER: u64 = 64 * 1024;

/// How a Jackfield that runs is recognised.
#[derive(Clone, Copy)]
pub(super) struct Sign<'a> {
    /// What it is asked for.
    pub(super) path: &'a str,
    /// What stands in its answer, whatever its status.
    pub(super) words: &'a str,
}

/// One address, with the setting that names it.
pub(super) async fn inspect(setting: &str, address: SocketAddr, sign: Sign<'_>) -> Detail {
    let subject = format!("{setting} {address}");
    let named = |sentence| Detail::with(subject.as_str(), sentence, [("setting", setting.to_owned())]);
    if address.port() == 0 {
        return Detail::new(subject, say::LISTEN_ANY);
    }
    match TcpListener::bind(address).await {
        Ok(_) => Detail::new(subject, say::LISTEN_FREE),
        Err(error) => match error.kind() {
            ErrorKind::AddrInUse if timeout(DEADLINE, is_ours(address, sign)).await.unwrap_or(false) => {
                Detail::new(subject, say::LISTEN_OURS)
            }
            ErrorKind::AddrInUse => named(say::LISTEN_FOREIGN),
            ErrorKind::PermissionDenied if address.port() < 1024 => named(say::LISTEN_LOW_PORT),
            ErrorKind::AddrNotAvailable => {
                Detail::with(subject, say::LISTEN_NO_ADDRESS, [("address", address.ip().to_string()), ("setting", setting.to_owned())])
            }
            _ => Detail::with(subject, say::LISTEN_FAILED, [("why", error.to_string()), ("setting", setting.to_owned())]),
        },
    }
}

/// Asks who listens there.
async fn is_ours(address: SocketAddr, sign: Sign<'_>) -> bool {
    let Sign { path, words } = sign;
    let ask = async {
        let mut stream = TcpStream::connect(reachable(address)).await?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(ANSWER).read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(answer)
    };
    ask.await.is_ok_and(|answer| String::from_utf8_lossy(&answer).contains(words))
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};

    const SIGN: Sign<'_> = Sign { path: "/", words: "Jackfield" };

    async fn server(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    #[tokio::test]
    async fn a_free_address_is_ok_and_stays_free() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(inspect("service.listen", address, SIGN).await.cause, "free");
        TcpListener::bind(address).await.expect("the check must let go of it");
        assert_eq!(inspect("service.listen", "127.0.0.1:0".parse().unwrap(), SIGN).await.verdict, Verdict::Ok);
    }

    #[tokio::test]
    async fn an_address_in_use_is_ok_only_when_we_use_it() {
        let ours = server("HTTP/1.1 404 Not Found\r\n\r\nJackfield has nothing here").await;
        let foreign = server("HTTP/1.1 200 OK\r\n\r\nIt works").await;
        assert_eq!(inspect("service.listen", ours, SIGN).await.verdict, Verdict::Ok);
        let detail = inspect("service.listen", foreign, SIGN).await;
        assert_eq!((detail.verdict, detail.cause.as_str()), (Verdict::Failed, "in use by another program"));
        assert!(detail.repair.contains("service.listen"));
    }

    #[tokio::test]
    async fn an_address_that_this_machine_does_not_have_says_so() {
        let detail = inspect("admin.listen", "192.0.2.1:8096".parse().unwrap(), SIGN).await;
        assert_eq!(detail.verdict, Verdict::Failed);
        assert!(detail.cause.contains("192.0.2.1") && detail.repair.contains("admin.listen"), "{detail:?}");
    }
}
