//! The service with `kind = "icws"`: without a server, with one (the simulator, over TCP and TLS), and from one switch to the other.

use super::*;
use crate::simulator::cic::{Cic, Listening, Site as CicSite};
use std::{os::unix::fs::PermissionsExt, time::Duration};
use tokio_rustls::TlsAcceptor;

const PASSWORD: &str = "geheim";

/// Logs this user on as SAP does.
async fn log_on(app: &App, user: &str) -> String {
    let request = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><n:getAttributes xmlns:n=\"urn:IciUserInterface\">\
         <userId>{user}</userId></n:getAttributes></e:Body></e:Envelope>"
    );
    ask(&app.ici_url(), Some(&request)).await.unwrap()
}

async fn simulator(tls: Option<TlsAcceptor>) -> (Cic, Listening) {
    let plan = super::super::policy::plan(&shared::config::Embedded::default());
    let cic = Cic::start(CicSite { password: Some(PASSWORD.into()), ..CicSite::new("cic1", plan) }).await;
    let listening = cic.listen("127.0.0.1:0".parse().unwrap(), tls).await.unwrap();
    (cic, listening)
}

impl Site {
    fn keep(&self, name: &str, secret: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, secret).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The file's sections for a server at this port.
    fn with_cic(&self, server: &str, port: u16, tls: bool) -> String {
        self.keep("sapsu", PASSWORD);
        self.keep("agents/ANNA", PASSWORD);
        let folder = self.folder.path().display();
        listening("127.0.0.1:0", "/ici")
            + &format!(
                "[switch]\nkind = \"icws\"\nserver = \"{server}\"\nport = {port}\ntls = {tls}\nuser_id = \"SAPSU\"\n\
                 password = \"file:{folder}/sapsu\"\n[agents.stored_password]\nsecrets = \"file:{folder}/agents/{{user}}\"\n"
            )
    }
}

/// Asks again until it is so; the switch finds its server in its own time.
async fn eventually(mut look: impl AsyncFnMut() -> (bool, String)) -> String {
    let mut last = String::new();
    for _ in 0..100 {
        let (found, text) = look().await;
        if found {
            return text;
        }
        last = text;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not come: {last}");
}

#[tokio::test]
async fn without_its_server_the_service_listens_and_says_so() {
    let site = Site::new("");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    site.write(&site.with_cic("127.0.0.1", closed, false));
    let app = site.start().await;
    assert!(works(&app).await);
    assert!(app.embedded().is_none());
    let ready = ready(&app).await;
    assert!(ready.starts_with("HTTP/1.0 503") && ready.contains("switch"), "{ready}");
    let refused = log_on(&app, "ANNA").await;
    assert!(refused.starts_with("HTTP/1.0 500"), "{refused}");
    app.stop().await;
}

#[tokio::test]
async fn an_agent_is_logged_on_with_the_password_that_is_kept_for_him() {
    let (_cic, at) = simulator(None).await;
    let site = Site::new("");
    site.write(&site.with_cic("127.0.0.1", at.address().port(), false));
    let app = site.start().await;
    let answer = eventually(async || {
        let answer = log_on(&app, "ANNA").await;
        (answer.starts_with("HTTP/1.0 200"), answer)
    })
    .await;
    assert!(answer.contains("8001"), "{answer}");
    assert!(ready(&app).await.starts_with("HTTP/1.0 200"));
    let refused = log_on(&app, "BERT").await;
    assert!(refused.contains("is not there"), "nobody keeps a password for BERT: {refused}");
    site.keep("agents/BERT", "wrong");
    assert!(log_on(&app, "BERT").await.starts_with("HTTP/1.0 500"));
    site.keep("agents/BERT", PASSWORD);
    assert!(log_on(&app, "BERT").await.starts_with("HTTP/1.0 200"), "a new password needs no restart");
    app.stop().await;
}

#[tokio::test]
async fn a_server_with_the_authority_of_the_file_is_trusted_and_another_is_not() {
    let authority = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(authority.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![authority.cert.der().clone()], key)
        .unwrap();
    let (_cic, at) = simulator(Some(Arc::new(config).into())).await;
    let site = Site::new("");
    let text = site.with_cic("localhost", at.address().port(), true);
    site.write(&text);
    let app = site.start().await;
    assert!(log_on(&app, "ANNA").await.starts_with("HTTP/1.0 500"), "nobody signed this certificate whom the machine knows");
    site.keep("authority.pem", &authority.cert.pem());
    site.write(&text.replace("tls = true\n", "tls = true\nauthority = \"authority.pem\"\n"));
    assert!(changes(app.reload().await).contains(&"switch.authority".to_owned()));
    eventually(async || {
        let answer = log_on(&app, "ANNA").await;
        (answer.starts_with("HTTP/1.0 200"), answer)
    })
    .await;
    site.keep("authority.pem", "no certificate");
    let Outcome::Rejected(findings) = app.reload().await else { panic!("it was taken") };
    assert_eq!(findings[0].path.to_string(), "switch.authority");
    app.stop().await;
}

#[tokio::test]
async fn agents_go_over_to_another_switch_when_the_file_says_so() {
    let (cic, at) = simulator(None).await;
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let app = site.start().await;
    assert!(log_on(&app, "ANNA").await.starts_with("HTTP/1.0 200"));
    site.write(&site.with_cic("127.0.0.1", at.address().port(), false));
    let changed = changes(app.reload().await);
    assert!(changed.contains(&"switch.kind".to_owned()), "{changed:?}");
    assert!(app.embedded().is_none());
    eventually(async || {
        let ready = ready(&app).await;
        (ready.starts_with("HTTP/1.0 200") && ready.contains("agents logged on: 1"), ready)
    })
    .await;
    site.write(&listening("127.0.0.1:0", "/ici"));
    assert!(changes(app.reload().await).contains(&"switch.kind".to_owned()));
    assert!(app.embedded().is_some() && works(&app).await);
    app.stop().await;
    drop(cic);
}
