//! With TLS: an authority that the file names, and certificates that must not be believed.

use super::*;
use crate::simulator::cic::acceptor;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::CertificateDer;

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// What comes of sending to a directory whose certificate is for `name`, when this authority is trusted.
async fn sent(signed: &CertifiedIssuer<'static, KeyPair>, trusted: Vec<CertificateDer<'static>>, name: &str, year: i32) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2010, 1, 1);
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, signed).unwrap();
    let (pem, secret) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    std::fs::write(&pem, certificate.pem()).unwrap();
    std::fs::write(&secret, key.serialize_pem()).unwrap();
    let site = Site { user: Some(USER.into()), password: Some(PASSWORD.into()), largest: 1 << 20 };
    let (directory, _) = Directory::new(site, Mood::Well);
    let listening = directory.listen("127.0.0.1:0".parse().unwrap(), Some(acceptor(&pem, &secret).unwrap())).await.unwrap();
    let plain = destination(listening.address(), SUPPLIER);
    send(&Destination { tls: true, host: "localhost".into(), roots: trusted, ..plain }, PATIENCE).await
}

#[tokio::test]
async fn a_directory_of_the_files_authority_is_believed_and_others_are_named_by_what_is_wrong() {
    let (ours, others) = (authority(), authority());
    let root = || vec![ours.der().clone()];
    let id = |outcome: Outcome| outcome.verdict.words().id;
    assert_eq!(id(sent(&ours, root(), "localhost", 2040).await), "check-sld-accepted");
    assert_eq!(id(sent(&others, root(), "localhost", 2040).await), "check-sld-untrusted");
    assert_eq!(id(sent(&ours, root(), "elsewhere.example.com", 2040).await), "check-sld-other-name");
    assert_eq!(id(sent(&ours, root(), "localhost", 2020).await), "check-sld-expired");
}

#[tokio::test]
async fn a_port_without_tls_is_no_directory_with_tls() {
    let (_directory, listening) = directory(Mood::Well).await;
    let plain = destination(listening.address(), SUPPLIER);
    let verdict = send(&Destination { tls: true, host: "localhost".into(), ..plain }, PATIENCE).await.verdict;
    assert!(matches!(&verdict, Verdict::NoTls { .. }), "{verdict:?}");
}
