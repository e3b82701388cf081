//! HTTPS: what is spoken at which address, who is asked for a certificate, and a change of certificate that ends no connection.

use super::{
    PATH, policy,
    site::{BODY, post, start},
    wire::Wire,
};
use crate::{
    os::{
        identity::{BOTH, Clients, Identity, ONLY_12, ONLY_13, authority::Authority},
        trust,
    },
    serve::{Access, Policy, Secure, Server, User},
    telemetry::COUNTERS,
};
use rustls::{
    ClientConfig, ProtocolVersion, SupportedProtocolVersion,
    pki_types::{CertificateDer, ServerName},
};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

fn encrypted(identity: &Identity, listen: Option<SocketAddr>, clients: Clients, authorities: &[CertificateDer<'static>]) -> Policy {
    let config = Arc::new(identity.server(BOTH, clients, authorities).unwrap());
    Policy { secure: Some(Secure { listen, config }), ..policy() }
}

const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Trusts the authority, and shows a certificate if it has one.
fn client(authority: &Authority, shown: Option<&Identity>) -> ClientConfig {
    let roots = vec![authority.root()];
    shown.map_or_else(|| trust::client(roots.clone()).unwrap(), |identity| identity.client(roots.clone()).unwrap())
}

async fn shake(address: SocketAddr, config: ClientConfig) -> io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// The status of one request by TLS; an error when none comes about.
async fn ask(address: SocketAddr, config: ClientConfig, fields: &str) -> io::Result<u16> {
    let mut stream = shake(address, config).await?;
    stream.write_all(&post(PATH, &format!("Content-Type: text/xml\r\nConnection: close\r\n{fields}"), BODY)).await?;
    let mut answer = Vec::new();
    // With TLS 1.3 a caller learns only now that his certificate was refused.
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| io::Error::other(answer))
}

fn beside(server: &Server) -> SocketAddr {
    server.secure_url().unwrap().split('/').nth(2).unwrap().parse().unwrap()
}

#[tokio::test]
async fn http_and_https_are_spoken_side_by_side_each_at_its_address() {
    let authority = Authority::new("side by side");
    let (server, plain) = start(encrypted(&authority.sign("localhost"), Some(ANY), Clients::Unasked, &[]));
    assert!(server.url().starts_with("http://") && server.secure_url().unwrap().starts_with("https://"));
    assert_eq!(Wire::ask(plain, post(PATH, "Content-Type: text/xml\r\n", BODY)).await.status, 200);
    assert_eq!(ask(beside(&server), client(&authority, None), "").await.unwrap(), 200);
    let mut secured = Wire::over(shake(beside(&server), client(&authority, None)).await.unwrap());
    secured.send(format!("GET {PATH}?wsdl HTTP/1.1\r\nHost: cti.example:8443\r\n\r\n")).await;
    let wsdl = secured.reply().await.unwrap().body;
    assert!(wsdl.contains(&format!("https://cti.example:8443{PATH}")), "who came by HTTPS is told to come by HTTPS");
}

#[tokio::test]
async fn where_https_alone_is_asked_for_nobody_gets_in_by_http_and_is_told_so() {
    let authority = Authority::new("alone");
    let (server, address) = start(encrypted(&authority.sign("localhost"), None, Clients::Unasked, &[]));
    assert!(server.url().starts_with("https://") && server.secure_url().is_none());
    let refused = Wire::ask(address, post(PATH, "Content-Type: text/xml\r\n", BODY)).await;
    assert!(refused.status == 400 && refused.body.contains("https://"), "{refused:?}");
    assert_eq!(ask(address, client(&authority, None), "").await.unwrap(), 200);
}

#[tokio::test]
async fn a_reload_to_https_sends_those_away_who_came_by_http() {
    let (mut server, address) = start(policy());
    let mut kept = Wire::open(address).await;
    kept.send(post(PATH, "Content-Type: text/xml\r\n", BODY)).await;
    assert!(!kept.reply().await.unwrap().has("connection: close"));
    let authority = Authority::new("turned");
    let next = encrypted(&authority.sign("localhost"), None, Clients::Unasked, &[]);
    server.apply(Policy { listen: address, ..next }).await.unwrap();
    kept.send(post(PATH, "Content-Type: text/xml\r\n", BODY)).await;
    let last = kept.reply().await.unwrap();
    assert!(last.status == 200 && last.has("connection: close"), "{last:?}");
    assert_eq!(ask(address, client(&authority, None), "").await.unwrap(), 200);
}

#[tokio::test]
async fn a_new_certificate_counts_for_new_connections_and_ends_none() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let with = |authority: &Authority| encrypted(&authority.sign("localhost"), Some(ANY), Clients::Unasked, &[]);
    let (mut server, plain) = start(with(&old));
    let address = beside(&server);
    let mut kept = Wire::over(shake(address, client(&old, None)).await.unwrap());
    kept.send(post(PATH, "Content-Type: text/xml\r\n", BODY)).await;
    assert_eq!(kept.reply().await.unwrap().status, 200);
    let next = with(&new);
    let next = Policy { listen: plain, secure: next.secure.map(|secure| Secure { listen: Some(address), ..secure }), ..next };
    server.apply(next).await.unwrap();
    assert_eq!(beside(&server), address);
    assert!(ask(address, client(&old, None), "").await.is_err(), "whoever trusts the old authority alone does not get in");
    assert_eq!(ask(address, client(&new, None), "").await.unwrap(), 200);
    kept.send(post(PATH, "Content-Type: text/xml\r\n", BODY)).await;
    let answer = kept.reply().await.unwrap();
    assert!(answer.status == 200 && !answer.has("connection: close"), "{answer:?}");
}

#[tokio::test]
async fn a_required_certificate_must_come_from_the_authority_and_be_valid() {
    let (ours, sap, stranger) = (Authority::new("ours"), Authority::new("sap"), Authority::new("stranger"));
    let (server, _) = start(encrypted(&ours.sign("localhost"), Some(ANY), Clients::Required, &[sap.root()]));
    let address = beside(&server);
    assert_eq!(ask(address, client(&ours, Some(&sap.sign("sap"))), "").await.unwrap(), 200);
    let failed = COUNTERS.handshakes_failed.get();
    for (what, shown) in [("none", None), ("a stranger's", Some(stranger.sign("sap"))), ("an old one", Some(sap.sign_until("sap", 2021)))] {
        assert!(ask(address, client(&ours, shown.as_ref()), "").await.is_err(), "{what}");
    }
    assert!(COUNTERS.handshakes_failed.get() >= failed + 3);
}

#[tokio::test]
async fn an_optional_certificate_stands_for_the_password() {
    let (ours, sap) = (Authority::new("ours"), Authority::new("sap"));
    let users = vec![User { name: "SAP".into(), is_password: Arc::new(|password| password == b"hunter2") }];
    let clients = encrypted(&ours.sign("localhost"), Some(ANY), Clients::Asked, &[sap.root()]);
    let (server, _) = start(Policy { access: Access::everybody().with_users(users).unwrap(), ..clients });
    let address = beside(&server);
    assert_eq!(ask(address, client(&ours, None), "").await.unwrap(), 401);
    // SAP:hunter2
    assert_eq!(ask(address, client(&ours, None), "Authorization: Basic U0FQOmh1bnRlcjI=\r\n").await.unwrap(), 200);
    assert_eq!(ask(address, client(&ours, Some(&sap.sign("sap"))), "").await.unwrap(), 200);
}

#[tokio::test]
async fn the_versions_are_those_that_the_file_names_and_none_below() {
    let authority = Authority::new("versions");
    let identity = authority.sign("localhost");
    let cases: [(&[&'static SupportedProtocolVersion], ProtocolVersion, bool); 3] =
        [(BOTH, ProtocolVersion::TLSv1_3, true), (ONLY_12, ProtocolVersion::TLSv1_2, true), (ONLY_13, ProtocolVersion::TLSv1_3, false)];
    for (versions, best, old_gets_in) in cases {
        let config = Some(Secure { listen: Some(ANY), config: Arc::new(identity.server(versions, Clients::Unasked, &[]).unwrap()) });
        let (server, _) = start(Policy { secure: config, ..policy() });
        let stream = shake(beside(&server), client(&authority, None)).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(best));
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.root()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let only_12 = ClientConfig::builder_with_provider(provider).with_protocol_versions(ONLY_12).unwrap();
        let only_12 = only_12.with_root_certificates(roots).with_no_client_auth();
        assert_eq!(shake(beside(&server), only_12).await.is_ok(), old_gets_in, "{best:?}");
    }
}

#[tokio::test]
async fn an_address_for_https_that_is_taken_changes_nothing() {
    let (mut server, address) = start(policy());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = Authority::new("taken");
    let next = encrypted(&authority.sign("localhost"), taken.local_addr().ok(), Clients::Unasked, &[]);
    let (which, _) = server.apply(Policy { path: "/else".into(), listen: address, ..next }).await.unwrap_err();
    assert_eq!((which, server.secure_url()), (crate::serve::Which::Secure, None));
    assert_eq!(Wire::ask(address, post(PATH, "Content-Type: text/xml\r\n", BODY)).await.status, 200);
}
