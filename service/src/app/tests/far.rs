//! The file changed from another machine, over TLS: what is refused, what is confirmed, and what goes back by itself.

use super::*;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName};
use serde_json::Value;
use shared::secret::{SecretRef, keep};
use std::{path::Path, time::Duration};
use tokio_rustls::{TlsConnector, client::TlsStream};

const TOKEN: &str = "s3cret";

/// A service with a door for administrators on other machines.
struct Far {
    site: Site,
    app: App,
    tls: Arc<ClientConfig>,
}

/// A connection of an administrator, kept open.
struct Line(TlsStream<TcpStream>);

#[derive(Debug)]
struct Told {
    status: u16,
    head: String,
    body: String,
}

impl Told {
    fn of(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
        Self { status: head[9..12].parse().unwrap(), head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    fn version(&self) -> String {
        let tag = self.head.lines().find_map(|line| line.strip_prefix("etag: \"")).unwrap();
        tag.trim_end_matches('"').to_owned()
    }

    fn ids(&self) -> Vec<String> {
        let told = self.json();
        let findings = told["findings"].as_array().unwrap().iter();
        findings.map(|finding| format!("{} {}", finding["path"].as_str().unwrap(), finding["id"].as_str().unwrap())).collect()
    }
}

impl Far {
    async fn new(more: &str) -> Self {
        let site = Site::new("");
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(site.folder.path().join("admin.crt"), made.cert.pem()).unwrap();
        fs::write(site.folder.path().join("admin.key"), made.signing_key.serialize_pem()).unwrap();
        let reference = SecretRef::File(site.folder.path().join("token"));
        keep::keep(&reference, &TOKEN.to_owned().into(), None, Duration::from_secs(9)).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        site.write(&text(site.folder.path(), more));
        let app = site.start().await;
        Self { site, app, tls: Arc::new(tls) }
    }

    fn address(&self) -> SocketAddr {
        let url = self.app.places().borrow().admin_tls.clone().unwrap();
        url.strip_prefix("https://").unwrap().parse().unwrap()
    }

    async fn connect(&self, address: SocketAddr) -> std::io::Result<Line> {
        let stream = TcpStream::connect(address).await?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        Ok(Line(connector.connect(ServerName::try_from("localhost").unwrap(), stream).await?))
    }

    async fn send(&self, request: &str, token: &str, fields: &str, body: &str) -> Told {
        let request =
            format!("{request} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len());
        let mut line = self.connect(self.address()).await.unwrap();
        line.0.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        line.0.read_to_string(&mut answer).await.unwrap();
        Told::of(&answer)
    }

    async fn ask(&self, request: &str, body: &str) -> Told {
        self.send(request, TOKEN, "", body).await
    }

    async fn save(&self, text: &str) -> Told {
        let version = self.ask("GET /config", "").await.version();
        self.send("PUT /config", TOKEN, &format!("If-Match: \"{version}\"\r\n"), text).await
    }

    fn on_disk(&self) -> String {
        fs::read_to_string(self.site.file()).unwrap()
    }

    fn intent(&self) -> PathBuf {
        self.site.folder.path().join("jackfield.toml.probation")
    }

    fn mailbox(&self) -> usize {
        let text = self.on_disk();
        shared::check_text(&text).unwrap().config.limits.mailbox
    }

    /// The file with another size of mailboxes.
    fn changed(&self, mailbox: usize) -> String {
        self.on_disk() + &format!("[limits]\nmailbox = {mailbox}\n")
    }

    async fn waits_until_ready_says(&self, what: &str) -> String {
        let waiting = async {
            loop {
                let told = ready(&self.app).await;
                if told.contains(what) {
                    return told;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("/readyz does not say {what}"))
    }
}

impl Line {
    async fn ask(&mut self, request: &str) -> Told {
        let request = format!("{request} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 0\r\n\r\n");
        self.0.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        loop {
            let read = self.0.read(&mut part).await.unwrap();
            answer.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
                if read == 0 || length.is_some_and(|length| length.parse::<usize>().unwrap() <= body.len()) {
                    return Told::of(&text);
                }
            }
        }
    }
}

fn text(folder: &Path, more: &str) -> String {
    let token = folder.join("token");
    format!(
        "# by hand\n[service]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\ntoken = \"file:{}\"\n\
         [admin.tls]\nlisten = \"127.0.0.1:0\"\ncertificate = \"admin.crt\"\nkey = \"admin.key\"\n{more}",
        token.display()
    )
}

/// Time goes by without anybody waiting for it.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn only_who_has_the_token_is_heard_from_another_machine() {
    let far = Far::new("").await;
    assert_eq!(far.send("GET /livez", "", "", "").await.status, 200);
    for path in ["GET /config", "GET /status", "GET /config/probation", "PUT /config", "POST /config/check", "POST /config/test"] {
        assert_eq!(far.send(path, "s3cre", "", "").await.status, 401, "{path}");
    }
    let told = far.ask("GET /config", "").await;
    assert_eq!((told.status, told.body.as_str()), (200, far.on_disk().as_str()));
    let page = far.send("PUT /config", TOKEN, "Origin: https://evil.example\r\n", "").await;
    assert_eq!(page.status, 403, "a web page");
}

#[tokio::test]
async fn without_a_token_nobody_reads_the_file_over_the_network_on_this_machine_neither() {
    let site = Site::new(&listening("127.0.0.1:0", "/ici"));
    let app = site.start().await;
    let told = ask(&format!("{}/config", app.admin_url()), None).await.unwrap();
    assert!(told.starts_with("HTTP/1.0 403") && told.contains("admin.token"), "{told}");
}

#[tokio::test]
async fn plain_http_is_told_that_tls_is_spoken() {
    let far = Far::new("").await;
    let told = ask(&format!("http://{}/livez", far.address()), None).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 400") && told.contains("https://"), "{told}");
}

#[tokio::test]
async fn a_file_with_a_secret_in_it_never_leaves_the_machine() {
    let far = Far::new("").await;
    far.site.replace(&(far.on_disk() + "[switch]\npassword = \"hunter2\"\n"));
    let told = far.ask("GET /config", "").await;
    assert!(told.status == 409 && told.body.contains("switch.password") && !told.body.contains("hunter2"), "{told:?}");
    far.site.replace("[switch]\npassword = hunter2 oops\n");
    let told = far.ask("GET /config", "").await;
    assert!(told.status == 409 && !told.body.contains("hunter2"), "{told:?}");
}

#[tokio::test]
async fn a_text_is_judged_with_places_and_what_it_would_change() {
    let far = Far::new("").await;
    let good = far.ask("POST /config/check", &far.changed(17)).await.json();
    assert_eq!(good["findings"], serde_json::json!([]));
    let change = &good["changes"][0];
    assert_eq!((&change["path"], &change["new"], &change["class"]), (&"limits.mailbox".into(), &17.into(), &"live".into()));
    let bad = far.ask("POST /config/check", &far.changed(0)).await;
    let finding = &bad.json()["findings"][0];
    assert_eq!(
        (&finding["path"], &finding["id"], &finding["values"]["value"]),
        (&"limits.mailbox".into(), &"out-of-range".into(), &"0".into())
    );
    assert!(finding["line"].as_u64().is_some_and(|line| line > 5), "{finding}");
    let service_only = far.on_disk()
        + "[switch]\npassword = \"credential:there-is-none\"\n[service.access]\n\
                        users = [{ name = \"a\", password = \"credential:none\" }]\n";
    assert!(
        far.ask("POST /config/check", &service_only)
            .await
            .ids()
            .contains(&"service.access.users[0].password secret-unavailable".to_owned())
    );
}

#[tokio::test]
async fn what_must_not_be_saved_is_refused_and_the_file_stays_as_it_was() {
    let far = Far::new("").await;
    let before = far.on_disk();
    assert_eq!(far.ask("PUT /config", &far.changed(17)).await.status, 428, "without If-Match");
    let other = far.send("PUT /config", TOKEN, "If-Match: \"0000000000000000\"\r\n", &far.changed(17)).await;
    assert_eq!((other.status, &other.json()["cause"]), (412, &"changed".into()));
    let wrong = far.save(&far.changed(0)).await;
    assert_eq!((wrong.status, wrong.ids()), (422, vec!["limits.mailbox out-of-range".to_owned()]));
    assert_eq!(far.save(" \n").await.status, 422, "an empty file is nobody's wish");
    let locked = [
        ("[store]\npath = \"/etc/cron.d/x\"\n", "store.path"),
        ("[ici]\nprofile = \"/etc/shadow\"\n", "ici.profile"),
        ("[log]\nfolder = \"/etc\"\n", "log.folder"),
        ("[agents]\nsso_token = { command = [\"/bin/sh\", \"-c\", \"id\"] }\n", "agents.sso_token.command"),
        ("[switch]\npassword = \"file:/etc/shadow\"\n", "switch.password"),
        ("[sld]\npassword = \"env:PATH\"\nuser_id = \"u\"\n", "sld.password"),
    ];
    for (more, path) in locked {
        let text = far.on_disk() + more;
        for refused in [far.save(&text).await, far.ask("POST /config/test", &text).await] {
            assert_eq!(refused.status, 422, "{more}: {refused:?}");
            assert!(refused.ids().contains(&format!("{path} locked-setting")), "{more}: {refused:?}");
        }
        assert!(far.ask("POST /config/check", &text).await.ids().contains(&format!("{path} locked-setting")), "{more}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let cannot =
        far.on_disk().replace("[service]\nlisten = \"127.0.0.1:0\"", &format!("[service]\nlisten = \"{}\"", taken.local_addr().unwrap()));
    let refused = far.save(&cannot).await;
    assert_eq!((refused.status, refused.ids()), (422, vec!["service.listen cannot-listen".to_owned()]));
    assert_eq!((far.on_disk(), far.intent().exists()), (before, false));
    assert!(!ready(&far.app).await.contains("rejected"), "what was put back is what is in force");
}

#[tokio::test]
async fn a_change_that_is_confirmed_stays() {
    let far = Far::new("").await;
    let begun = far.save(&far.changed(17)).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let begun = begun.json();
    assert_eq!((&begun["seconds"], &begun["changes"][0]["path"], far.mailbox()), (&60.into(), &"limits.mailbox".into(), 17));
    assert!(far.intent().exists() && ready(&far.app).await.contains("probation: degraded: a change from another machine goes back"));
    assert_eq!(far.ask("GET /config/probation", "").await.json()["waiting"]["number"], begun["number"]);
    assert_eq!(far.save(&far.changed(18)).await.status, 409, "one after the other");
    let number = begun["number"].as_u64().unwrap();
    assert_eq!(far.ask(&format!("POST /config/probation/{}", number + 1), "").await.status, 410);
    assert_eq!(far.ask(&format!("POST /config/probation/{number}"), "").await.status, 200);
    pass(Duration::from_secs(700)).await;
    assert_eq!((far.app.reload().await, far.mailbox(), far.intent().exists()), (Outcome::Unchanged, 17, false));
    assert!(!ready(&far.app).await.contains("probation"));
    assert!(far.on_disk().contains("# by hand") && far.site.folder.path().join("jackfield.toml.backup").exists());
}

#[tokio::test]
async fn a_change_that_nobody_confirms_goes_back_by_itself_and_is_said_to_have() {
    let far = Far::new("").await;
    let before = far.on_disk();
    let begun = far.save(&far.changed(17).replace("[service]\n", "[service]\npath = \"/new\"\n")).await.json();
    assert!(far.app.ici_url().ends_with("/new"));
    pass(Duration::from_secs(61)).await;
    far.waits_until_ready_says("was not confirmed in time: the file before it is in force again").await;
    assert_eq!((far.on_disk(), far.intent().exists()), (before, false));
    assert!(!far.app.ici_url().ends_with("/new"));
    let late = far.ask(&format!("POST /config/probation/{}", begun["number"]), "").await;
    assert_eq!((late.status, &far.ask("GET /config/probation", "").await.json()["last"]), (410, &"expired".into()));
}

#[tokio::test]
async fn whoever_wants_the_file_before_has_it_at_once() {
    let far = Far::new("").await;
    let before = far.on_disk();
    let begun = far.save(&far.changed(17)).await.json();
    assert_eq!(far.ask(&format!("DELETE /config/probation/{}", begun["number"]), "").await.status, 200);
    assert_eq!(far.on_disk(), before);
    assert_eq!(far.ask("GET /config/probation", "").await.json()["last"], "taken_back");
}

#[tokio::test]
async fn a_connection_from_before_the_change_cannot_confirm_it() {
    let far = Far::new("").await;
    let mut old = far.connect(far.address()).await.unwrap();
    assert_eq!(old.ask("GET /livez").await.status, 200);
    let begun = far.save(&far.changed(17)).await.json();
    let confirm = format!("POST /config/probation/{}", begun["number"]);
    assert_eq!(old.ask(&confirm).await.status, 409);
    assert_eq!(far.ask(&confirm, "").await.status, 200);
}

#[tokio::test]
async fn who_moves_the_door_or_the_token_confirms_by_the_new_one() {
    let far = Far::new("").await;
    let old = far.address();
    let moved = far.on_disk().replace("[admin.tls]\nlisten = \"127.0.0.1:0\"", "[admin.tls]\nlisten = \"127.0.0.2:0\"");
    let begun = far.save(&moved).await.json();
    let (confirm, port) = (format!("POST /config/probation/{}", begun["number"]), far.address().port());
    assert!(far.address() != old && begun["port"] == port, "{begun}");
    // The old address is served for a moment more, but what comes by it does not count.
    if let Ok(mut line) = far.connect(old).await {
        assert_eq!(line.ask(&confirm).await.status, 409);
    }
    fs::write(far.site.folder.path().join("token"), "another").unwrap();
    changes(far.app.reload().await);
    assert_eq!(far.ask(&confirm, "").await.status, 401, "the token of before");
    assert_eq!(far.send(&confirm, "another", "", "").await.status, 200);
}

#[tokio::test]
async fn after_a_start_in_between_the_file_before_is_in_force() {
    let mut far = Far::new("").await;
    let before = far.on_disk();
    let begun = far.save(&far.changed(17)).await;
    assert_eq!(begun.status, 202);
    far.app.stop().await;
    assert_eq!(far.mailbox(), 17, "an ordinary end decides nothing");
    far.app = far.site.start().await;
    assert_eq!((far.on_disk(), far.intent().exists()), (before, false));
    assert!(ready(&far.app).await.contains("started anew before a change from another machine was confirmed"));
    let late = far.ask(&format!("POST /config/probation/{}", begun.json()["number"]), "").await;
    assert_eq!(late.status, 410);
}

#[tokio::test]
async fn what_another_hand_writes_meanwhile_is_not_lost() {
    let far = Far::new("").await;
    assert_eq!(far.save(&far.changed(17)).await.status, 202);
    let theirs = far.on_disk().replace("mailbox = 17", "mailbox = 19");
    far.site.replace(&theirs);
    pass(Duration::from_secs(61)).await;
    far.waits_until_ready_says("another hand has changed the file meanwhile").await;
    assert_eq!((far.on_disk(), far.mailbox()), (theirs, 19));
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_said_to_be() {
    let far = Far::new("").await;
    // Where the intent should be there is a folder with something in it: so it cannot be written, as root neither.
    fs::create_dir_all(far.intent().join("x")).unwrap();
    let before = far.on_disk();
    let told = far.save(&far.changed(17)).await;
    assert_eq!((told.status, &told.json()["cause"], far.on_disk()), (507, &"unwritable".into(), before));
}
