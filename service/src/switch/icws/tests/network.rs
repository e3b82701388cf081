//! Real sockets: plain, with TLS, and to somebody else than the certificate says. The simulator is at the other end.

use crate::{
    os::trust,
    simulator::cic::{Cic, Site as Simulated},
    switch::{
        battery::agent::plan,
        icws::{Credentials, IcwsError, Network, Session, Site, Template},
    },
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;

async fn log_in(address: std::net::SocketAddr, tls: Option<CertificateDer<'static>>) -> Result<Session, IcwsError> {
    let config = tls.map(|root| Arc::new(trust::client([root]).unwrap()));
    let template = Template::direct(config.is_some(), address.port());
    let site = Site::new(Arc::new(Network::new(template.port(), config)), template, vec!["localhost".to_owned()]);
    Session::log_in(&site, "localhost", &Credentials::Password { user: "anna".to_owned(), password: "x".into() }).await
}

/// A TLS server for this name, and the root that vouches for it.
fn certificate(name: &str) -> (tokio_rustls::TlsAcceptor, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let root = made.cert.der().clone();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![root.clone()], key)
        .unwrap();
    (Arc::new(config).into(), root)
}

#[tokio::test]
async fn a_session_is_had_over_tcp_and_over_tls() {
    let cic = Cic::start(Simulated::new("cic1", plan())).await;
    let plain = cic.listen(([127, 0, 0, 1], 0).into(), None).await.unwrap();
    let session = log_in(plain.address(), None).await.unwrap();
    assert_eq!(session.user_status("anna").await.unwrap().user_id, "anna");
    let (acceptor, root) = certificate("localhost");
    let secured = cic.listen(([127, 0, 0, 1], 0).into(), Some(acceptor)).await.unwrap();
    let session = log_in(secured.address(), Some(root)).await.unwrap();
    assert_eq!(session.user_status("anna").await.unwrap().user_id, "anna");
}

#[tokio::test]
async fn nothing_is_said_to_a_server_with_another_name_nor_to_one_that_is_not_there() {
    let cic = Cic::start(Simulated::new("cic1", plan())).await;
    let (acceptor, root) = certificate("elsewhere");
    let other = cic.listen(([127, 0, 0, 1], 0).into(), Some(acceptor)).await.unwrap();
    let why = log_in(other.address(), Some(root)).await.unwrap_err();
    assert!(matches!(&why, IcwsError::Unreachable(why) if why.contains("certificate")), "{why}");
    // A port that was free a moment ago.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(matches!(log_in(free, None).await, Err(IcwsError::Unreachable(_))));
}
