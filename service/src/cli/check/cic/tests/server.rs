//! Stands for a CIC server: TCP and TLS are real, the HTTP answers are written down here.

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// A certificate and its key, of an authority of its own.
pub(super) struct Certificates {
    root: CertificateDer<'static>,
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

/// What is answered to a request, `METHOD path`, and its body.
pub(super) struct Answers(Box<Answering>);

type Answering = dyn Fn(&str, &Value) -> (u16, String) + Send + Sync;

/// A server; ends with the test's runtime.
pub(super) struct Server {
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

// === impl Certificates ===

impl Certificates {
    pub(super) fn of(names: &[&str]) -> Self {
        Self::made(names, |_| {})
    }

    pub(super) fn expired(name: &str) -> Self {
        Self::made(&[name], |parameters| {
            parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
            parameters.not_after = rcgen::date_time_ymd(2021, 1, 1);
        })
    }

    pub(super) fn roots(&self) -> Vec<CertificateDer<'static>> {
        vec![self.root.clone()]
    }

    fn made(names: &[&str], change: impl Fn(&mut rcgen::CertificateParams)) -> Self {
        use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // Two authorities of one name would be taken for one another.
        authority.distinguished_name.push(rcgen::DnType::CommonName, format!("Authority of {names:?} {:p}", &names));
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let mut parameters = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
        change(&mut parameters);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &authority).unwrap();
        Self { root: authority.der().clone(), chain: vec![certificate.der().clone()], key: key.serialize_der() }
    }

    fn acceptor(&self) -> TlsAcceptor {
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), PrivateKeyDer::try_from(self.key.clone()).unwrap())
            .unwrap();
        Arc::new(config).into()
    }
}

// === impl Answers ===

impl Answers {
    /// The same to everything.
    pub(super) fn fixed(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self(Box::new(move |_, _| (status, body.clone())))
    }

    /// A CIC server that knows SAPSU with this password.
    pub(super) fn cic(password: &str) -> Self {
        let password = password.to_owned();
        Self(Box::new(move |request, body| match request {
            "POST /icws/connection?include=features,version" => {
                let kind = body["__type"] == "urn:inin.com:connection:icAuthConnectionRequestSettings";
                if kind && body["userID"] == "SAPSU" && body["password"] == password.as_str() {
                    (201, r#"{"csrfToken":"token","sessionId":"42","version":{"productReleaseDisplayString":"2021 R2","productPatchDisplayString":"Patch 3"}}"#.to_owned())
                } else {
                    (
                        400,
                        r#"{"errorId":"error.request.connection.authenticationFailure","message":"The authentication process failed."}"#
                            .to_owned(),
                    )
                }
            }
            "GET /icws/42/status/status-messages" => {
                let list = concat!(
                    r#"{"statusId":"Available","isSelectableStatus":true,"isDoNotDisturbStatus":false},"#,
                    r#"{"statusId":"Do Not disturb","isSelectableStatus":true,"isDoNotDisturbStatus":true},"#,
                    r#"{"statusId":"ACD - Not Answering","isSelectableStatus":"false","isDoNotDisturbStatus":1}"#,
                );
                (200, format!(r#"{{"statusMessageList":[{list}]}}"#))
            }
            "GET /icws/connection/server-time" => (200, format!(r#"{{"serverUtcTime":"{}"}}"#, jiff::Timestamp::now())),
            "GET /icws/42/configuration/users?select=defaultWorkstation&rightsFilter=view" => {
                (200, r#"{"items":[{"configurationId":{"id":"anna"},"defaultWorkstation":{"id":"ST1"}}]}"#.to_owned())
            }
            "GET /icws/42/configuration/users?rightsFilter=view" => (200, r#"{"items":[{"configurationId":{"id":"anna"}}]}"#.to_owned()),
            "GET /icws/42/configuration/workgroups?rightsFilter=view" => {
                (200, r#"{"items":[{"configurationId":{"id":"AVP Support"}},{"configurationId":{"id":"Sales"}}]}"#.to_owned())
            }
            "GET /icws/42/messaging/messages" => (200, "[]".to_owned()),
            "DELETE /icws/42/connection" => (200, String::new()),
            request if request.starts_with("PUT /icws/42/messaging/subscriptions/") => (204, String::new()),
            _ => (404, r#"{"errorId":"error.request.unsupported","message":"unknown"}"#.to_owned()),
        }))
    }

    /// The same server, where the user may see next to nothing.
    pub(super) fn without_rights(self) -> Self {
        let denied = || (403, r#"{"errorId":"error.request.accessDenied","message":"Access denied."}"#.to_owned());
        Self(Box::new(move |request, body| {
            match request {
            "GET /icws/42/configuration/users?rightsFilter=view" => (200, r#"{"items":[]}"#.to_owned()),
            "PUT /icws/42/messaging/subscriptions/session/sessions-users" => denied(),
            "GET /icws/42/messaging/messages" => (
                200,
                r#"[{"__type":"urn:inin.com:queues:queueSubscriptionStateMessage","isDelta":false,"subscriptionId":"jackfield-check-2","state":3,"error":{"message":"No rights."}}]"#.to_owned(),
            ),
            _ => (self.0)(request, body),
        }
        }))
    }
}

// === impl Server ===

impl Server {
    pub(super) async fn plain(answers: Answers) -> Self {
        Self::at("127.0.0.1:0", answers).await
    }

    pub(super) async fn at(address: &str, answers: Answers) -> Self {
        Self::start(address, None, answers).await
    }

    pub(super) async fn with_tls(certificates: &Certificates, answers: Answers) -> Self {
        Self::start("127.0.0.1:0", Some(certificates.acceptor()), answers).await
    }

    /// Refuses what is safe by an alert, and greets what is old as a server with TLS 1.0 does.
    pub(super) async fn old_tls() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut hello = [0; 4096];
                let read = stream.read(&mut hello).await.unwrap();
                // TLS_RSA_WITH_AES_128_CBC_SHA, which no client of today offers.
                let knows = hello[..read].windows(4).any(|ciphers| ciphers == [0x00, 0x35, 0x00, 0x2f]);
                let mut answer = vec![0x15, 3, 1, 0, 2, 2, 40];
                if knows {
                    answer = vec![0x16, 3, 1, 0, 74, 2, 0, 0, 70, 3, 1];
                    answer.extend([7; 32]);
                    answer.push(32);
                    answer.extend([9; 32]);
                    answer.extend([0x00, 0x2f, 0]);
                }
                stream.write_all(&answer).await.unwrap();
            }
        });
        Self { port, asked: Arc::default() }
    }

    /// What was asked, in its order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    async fn start(address: &str, tls: Option<TlsAcceptor>, answers: Answers) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (log, answers) = (Arc::clone(&asked), Arc::new(answers));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answers, tls) = (Arc::clone(&log), Arc::clone(&answers), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &log, &answers).await;
                            }
                        }
                        None => serve(stream, &log, &answers).await,
                    }
                });
            }
        });
        Self { port, asked }
    }
}

/// One request and its answer.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, log: &Mutex<Vec<String>>, answers: &Answers) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // No server of that time reads past what is no HTTP.
        if bytes.first().is_some_and(|first| !first.is_ascii_alphabetic()) {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
            return;
        }
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                break (head.to_owned(), body.to_owned());
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let request = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    if request.contains("/icws/42/") {
        let has = |header: &str| head.lines().any(|line| line.eq_ignore_ascii_case(header));
        assert!(has("ININ-ICWS-CSRF-Token: token") && has("Cookie: icws_42=seal"), "{head}");
    }
    log.lock().unwrap().push(request.clone());
    let (status, said) = (answers.0)(&request, &serde_json::from_str(&body).unwrap_or_default());
    let cookie = "Set-Cookie: icws_42=seal; Path=/icws/42; HttpOnly\r\n";
    let length = if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", said.len()) };
    let answer = format!("HTTP/1.1 {status} X\r\n{cookie}{length}Content-Type: application/json\r\nConnection: close\r\n\r\n{said}");
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
