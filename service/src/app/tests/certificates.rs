//! Certificates and technical users of a whole service: taken up while it works, refused when they cannot be used.

use super::*;
use shared::{
    password_hash,
    secret::{SecretRef, keep},
};

/// Writes a pair of files for `localhost` that is valid until then.
fn certificate(site: &Site, year: i32) {
    let mut parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap().pem();
    for (name, text) in [("tls.key", key.serialize_pem()), ("tls.crt", certificate)] {
        fs::write(site.folder.path().join(name), text).unwrap();
    }
}

fn with_tls() -> String {
    listening("127.0.0.1:0", "/ici") + "[service.tls]\ncertificate = \"tls.crt\"\nkey = \"tls.key\"\nlisten = \"127.0.0.1:0\"\n"
}

#[tokio::test]
async fn a_replaced_certificate_is_noticed_without_being_told_and_a_bad_one_changes_nothing() {
    let site = Site::new("");
    certificate(&site, 2090);
    site.write(&with_tls());
    let app = site.start().await;
    let https = app.places().borrow().https.clone().unwrap();
    assert!(https.starts_with("https://127.0.0.1:") && works(&app).await);
    assert!(ready(&app).await.contains("certificates: ok: service.tls.certificate: valid until 2090-01-01"), "{}", ready(&app).await);
    certificate(&site, 2091);
    while !ready(&app).await.contains("valid until 2091-01-01") {
        tokio::task::yield_now().await;
    }
    fs::write(site.folder.path().join("tls.crt"), "no certificate").unwrap();
    let Outcome::Rejected(findings) = app.reload().await else { panic!("it was taken") };
    assert!(findings[0].to_string().contains("service.tls.certificate") && findings[0].to_string().contains("no certificate"));
    let told = ready(&app).await;
    assert!(told.contains("reload: rejected") && told.contains("valid until 2091-01-01"), "{told}");
    certificate(&site, 2021);
    let Outcome::Rejected(findings) = app.reload().await else { panic!("an expired one was taken for a good one") };
    assert!(findings[0].to_string().contains("expired"), "{findings:?}");
    certificate(&site, 2092);
    assert_eq!(changes(app.reload().await), ["service.tls.certificate"]);
    assert_eq!(app.places().borrow().https.as_deref(), Some(https.as_str()), "nothing has moved");
}

#[tokio::test]
async fn an_expired_certificate_is_better_than_none_at_the_start_and_health_says_so() {
    let site = Site::new("");
    certificate(&site, 2021);
    site.write(&with_tls());
    let app = site.start().await;
    let told = ready(&app).await;
    assert!(
        told.starts_with("HTTP/1.0 200") && told.contains("certificates: degraded") && told.contains("expired on 2021-01-01"),
        "{told}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_who_knows_the_password_is_heard_and_a_new_hash_counts_at_once() {
    let site = Site::new("");
    let reference = SecretRef::File(site.folder.path().join("sap"));
    let set =
        |password: &str| password_hash::keep(&reference, &password.to_owned().into(), None, std::time::Duration::from_secs(9)).unwrap();
    set("hunter2");
    let users = format!("[[service.access.users]]\nname = \"SAP\"\npassword = \"{reference}\"\n");
    site.write(&(listening("127.0.0.1:0", "/ici") + &users));
    let app = site.start().await;
    let status = async |url: &str, pair: &str| {
        let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET /{path} HTTP/1.0\r\nAuthorization: Basic {pair}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer[9..12].to_owned()
    };
    // SAP:hunter2 and SAP:hunter3
    let (old, new) = ("U0FQOmh1bnRlcjI=", "U0FQOmh1bnRlcjM=");
    let url = app.ici_url();
    assert_eq!((status(&url, old).await.as_str(), status(&url, new).await.as_str(), works(&app).await), ("200", "401", false));
    set("hunter3");
    assert_eq!(changes(app.reload().await), ["service.access.users"]);
    assert_eq!((status(&url, old).await.as_str(), status(&url, new).await.as_str()), ("401", "200"));
    keep::keep(&reference, &"hunter3".to_owned().into(), None, std::time::Duration::from_secs(9)).unwrap();
    let Outcome::Rejected(findings) = app.reload().await else { panic!("a password was taken for a hash") };
    let finding = findings[0].to_string();
    assert!(
        finding.contains("service.access.users[0].password") && finding.contains("access hash") && !finding.contains("hunter3"),
        "{finding}"
    );
}
