//! Behind a proxy: what goes in the clear names the whole address, what is encrypted goes through a tunnel.

use super::*;
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional, sink},
    net::{TcpListener, TcpStream},
};

/// A proxy that lets everything through, or says `refusal` to everybody; and how often it was asked for a tunnel.
async fn proxy(to: SocketAddr, refusal: Option<&'static str>) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tunnels);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let tunnels = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut head = [0; 7];
                client.read_exact(&mut head).await.unwrap();
                if let Some(refusal) = refusal {
                    client.write_all(refusal.as_bytes()).await.unwrap();
                    client.shutdown().await.unwrap();
                    // Closing with something unread would take the answer back.
                    let _ = copy(&mut client, &mut sink()).await;
                    return;
                }
                let mut server = TcpStream::connect(to).await.unwrap();
                if &head == b"CONNECT" {
                    tunnels.fetch_add(1, Ordering::Relaxed);
                    let mut rest = Vec::new();
                    while !rest.ends_with(b"\r\n\r\n") {
                        rest.push(client.read_u8().await.unwrap());
                    }
                    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
                } else {
                    server.write_all(&head).await.unwrap();
                }
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (address, tunnels)
}

#[tokio::test]
async fn a_plain_request_by_a_proxy_names_the_whole_address() {
    let (directory, listening) = directory(Mood::Well).await;
    let (at, tunnels) = proxy(listening.address(), None).await;
    let way = Some((at.ip().to_string(), at.port()));
    // The name is for the proxy to resolve.
    let url = format!("http://sld.invalid:{}/sld/ds", listening.address().port());
    let destination = Destination { proxy: way, host: "sld.invalid".into(), url, ..destination(listening.address(), SUPPLIER) };
    assert_eq!(send(&destination, PATIENCE).await.verdict.class(), Class::Sent);
    assert_eq!((directory.records().len(), tunnels.load(Ordering::Relaxed)), (1, 0));
    assert!(directory.seen()[0].fields.iter().any(|(name, value)| name == "host" && value.starts_with("sld.invalid:")));
}

#[tokio::test]
async fn an_encrypted_request_goes_through_a_tunnel() {
    let (_directory, listening) = directory(Mood::Well).await;
    let (at, tunnels) = proxy(listening.address(), None).await;
    let way = Some((at.ip().to_string(), at.port()));
    let destination = Destination { proxy: way, tls: true, host: "localhost".into(), ..destination(listening.address(), SUPPLIER) };
    // What is behind it speaks no TLS; that this is noticed shows that the tunnel is there.
    assert!(matches!(send(&destination, PATIENCE).await.verdict, Verdict::NoTls { .. }));
    assert_eq!(tunnels.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let nowhere: SocketAddr = "127.0.0.1:9".parse().unwrap();
    for (refusal, tls) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", true),
        ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", false),
        ("SSH-2.0-x\r\n\r\n", true),
    ] {
        let (at, _) = proxy(nowhere, Some(refusal)).await;
        let way = Some((at.ip().to_string(), at.port()));
        let destination = Destination { proxy: way, tls, ..destination(nowhere, SUPPLIER) };
        let verdict = send(&destination, PATIENCE).await.verdict;
        assert!(matches!(&verdict, Verdict::NoProxy { .. }), "{refusal:?} {tls}: {verdict:?}");
        assert_eq!(verdict.class(), Class::Network);
    }
}
