//! Single sign-on with whole programs: `jackfield run` is the identity provider, `jackfield simulate cic` knows the passwords, and pysaml2 is the service
//! provider that believes or refuses. What Genesys Cloud itself makes of an answer is not tried here.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::{Value, json};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use system_tests::{PATIENCE, certificates::Authority, cic::Cic, lab, program::Program};

const URL: &str = "https://sso.example.com";
const ACS: &str = "https://login.mypurecloud.de/saml";
const ENTITY: &str = "acme-genesys-cloud";
/// Everybody's on the simulated CIC server.
const PASSWORD: &str = "opensesame";

const SITE: &str = r#"
[switch.embedded]
users = [{ name = "ANNA", first_name = "Anna", last_name = "Adler", email = "Anna.Adler@Example.com " }, { name = "BERT", email = "" }]
workgroups = [{ name = "Sales", members = ["ANNA", "BERT"] }]
"#;

/// Everything that takes part, and the two certificates.
struct Scene {
    program: Program,
    authority: Authority,
    folder: tempfile::TempDir,
    /// The file without what certificates are told.
    file: String,
    _cic: Cic,
}

impl Scene {
    fn new(more: &str) -> Self {
        let (authority, folder, cic) = (Authority::new("Site"), tempfile::tempdir().unwrap(), Cic::serving(SITE));
        let [certificate, key] = authority.sign("sso.example.com").map(|path| path.display().to_string());
        for name in ["old", "new"] {
            let [certificate, key] = ["crt", "key"].map(|ending| folder.path().join(format!("{name}.{ending}")));
            let made = Command::new(lab::jackfield())
                .args(["sso", "certificate", "--certificate"])
                .arg(certificate)
                .arg("--key")
                .arg(key)
                .output()
                .unwrap();
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        let file = format!(
            "[service.tls]\ncertificate = {certificate:?}\nkey = {key:?}\nlisten = \"127.0.0.1:0\"\n{}\n\
             [genesys_cloud]\nregion = \"eu-central-1\"\norganization = \"acme\"\n\
             [genesys_cloud.sso]\nenabled = true\nurl = \"{URL}\"\nrelying_party = \"{ENTITY}\"\nservice_name = \"directory\"\n{more}",
            cic.section()
        );
        let text = file.clone() + &signing(folder.path(), "old", None, None);
        let mut program = Program::with(&text);
        assert!(program.finds_its_switch(), "{}", program.log());
        Self { program, authority, folder, file, _cic: cic }
    }

    /// Opens a page, or sends a form.
    fn browse(&self, url: &str, fields: &Value, headers: &[&str]) -> Value {
        let (port, authority) = (self.program.https.unwrap().port().to_string(), self.authority.file());
        let script = lab::tests("clients/sso/browser.py");
        python(&[&[script.to_str().unwrap(), &port, authority.to_str().unwrap(), url], headers].concat(), &fields.to_string())
    }

    /// Our metadata as they are now, in a file of this name.
    fn metadata(&self, name: &str) -> PathBuf {
        let answer = self.browse(&format!("{URL}/sso/metadata"), &json!({}), &[]);
        assert_eq!(
            (answer["status"].as_i64(), answer["headers"]["content-type"].as_str()),
            (Some(200), Some("application/samlmetadata+xml"))
        );
        let path = self.folder.path().join(name);
        fs::write(&path, answer["page"].as_str().unwrap()).unwrap();
        path
    }

    /// Fills in the form of a page.
    fn log_on(&self, page: &Value, user: &str, password: &str) -> Value {
        let mut fields = page["form"]["fields"].clone();
        (fields["user"], fields["password"]) = (user.into(), password.into());
        self.browse(page["form"]["action"].as_str().unwrap(), &fields, &[])
    }

    /// From the service provider's request to our answer.
    fn sign_on(&self, metadata: &Path) -> (String, String) {
        let request = service_provider("request", metadata, ACS, None, "");
        let page = self.browse(request["url"].as_str().unwrap(), &json!({}), &[]);
        let answer = self.log_on(&page, "ANNA", PASSWORD);
        assert_eq!(answer["status"], 200, "{answer}");
        assert_eq!((&answer["form"]["action"], &answer["form"]["fields"]["RelayState"]), (&json!(ACS), &json!("where I was & more")));
        (request["id"].as_str().unwrap().to_owned(), answer["form"]["fields"]["SAMLResponse"].as_str().unwrap().to_owned())
    }

    /// Goes by another file, and waits until it does.
    fn reload(&self, text: &str) {
        let before = self.program.log().matches("configuration reloaded").count();
        fs::write(self.program.config(), text).unwrap();
        let until = Instant::now() + PATIENCE;
        while self.program.log().matches("configuration reloaded").count() == before {
            assert!(Instant::now() < until, "{}", self.program.log());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What the file says of certificates.
fn signing(folder: &Path, current: &str, next: Option<&str>, former: Option<&str>) -> String {
    let file = |name: &str, ending: &str| format!("{:?}", folder.join(format!("{name}.{ending}")).display().to_string());
    let mut text = format!("certificate = {}\nkey = {}\n", file(current, "crt"), file(current, "key"));
    text.extend(next.map(|next| format!("next_certificate = {}\n", file(next, "crt"))));
    text.extend(former.map(|former| format!("former_certificate = {}\n", file(former, "crt"))));
    text
}

fn python(arguments: &[&str], input: &str) -> Value {
    let mut child = Command::new(lab::installed().join("venv/bin/python"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn service_provider(what: &str, metadata: &Path, acs: &str, more: Option<&str>, input: &str) -> Value {
    let script = lab::tests("clients/sso/sp.py");
    let mut arguments = vec![script.to_str().unwrap(), what, metadata.to_str().unwrap(), ENTITY, acs];
    arguments.extend(more);
    python(&arguments, input)
}

fn verify(metadata: &Path, id: Option<&str>, answer: &str) -> Value {
    service_provider("verify", metadata, ACS, id, answer)
}

#[test]
fn an_agent_signs_on_with_the_password_of_cic_and_pysaml2_believes_us() {
    let scene = Scene::new("");
    let metadata = scene.metadata("metadata.xml");
    let (id, answer) = scene.sign_on(&metadata);
    let proven = verify(&metadata, Some(&id), &answer);
    assert_eq!(proven["name"], "anna.adler@example.com", "{proven}");
    assert_eq!(proven["format"], "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress");
    assert_eq!(proven["issuer"], URL);
    assert_eq!(
        proven["attributes"],
        json!({ "email": ["anna.adler@example.com"], "OrganizationName": ["acme"], "ServiceName": ["directory"] })
    );
    assert_eq!(proven["context"], json!(["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"]));
    assert!(scene.program.log().contains("signed on to Genesys Cloud"), "{}", scene.program.log());
    assert!(!scene.program.log().contains(PASSWORD), "a password is in the log");

    // The judge would see it.
    let text = String::from_utf8(base64(&answer)).unwrap();
    for (was, becomes) in [("anna.adler@example.com</saml:NameID>", "berta@example.com</saml:NameID>"), (">acme<", ">evil<")] {
        assert!(text.contains(was), "{text}");
        let forged = verify(&metadata, Some(&id), &unbase64(text.replacen(was, becomes, 1).as_bytes()));
        assert!(forged["refused"].as_str().is_some_and(|why| why.contains("Signature")), "{forged}");
    }
    let other = verify(&metadata, Some("id-of-another-request"), &answer);
    assert!(other["refused"].is_string(), "{other}");
}

#[test]
fn an_agent_who_begins_here_signs_on_without_a_request() {
    let scene = Scene::new("");
    let metadata = scene.metadata("metadata.xml");
    let page = scene.browse(&format!("{URL}/sso/login"), &json!({}), &["Accept-Language=de-DE,de;q=0.9,en;q=0.5"]);
    assert_eq!((&page["status"], &page["language"]), (&json!(200), &json!("de")), "{page}");
    let headers = &page["headers"];
    assert_eq!((&headers["cache-control"], &headers["x-frame-options"]), (&json!("no-store"), &json!("DENY")));
    let policy = headers["content-security-policy"].as_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("script"), "{policy}");
    let answer = scene.log_on(&page, "anna", PASSWORD);
    assert_eq!(answer["form"]["action"], ACS, "{answer}");
    let proven = verify(&metadata, None, answer["form"]["fields"]["SAMLResponse"].as_str().unwrap());
    assert_eq!(proven["name"], "anna.adler@example.com", "{proven}");
}

#[test]
fn who_cannot_prove_himself_gets_nothing_and_has_to_wait() {
    let scene = Scene::new("");
    let metadata = scene.metadata("metadata.xml");
    let request = service_provider("request", &metadata, ACS, None, "");
    let mut page = scene.browse(request["url"].as_str().unwrap(), &json!({}), &[]);
    // Without an e-mail address Genesys Cloud could not know him.
    let unknown = scene.log_on(&page, "BERT", PASSWORD);
    assert!(unknown["status"] == 403 && unknown["alert"].as_str().unwrap().contains("e-mail") && unknown["form"].is_null(), "{unknown}");
    for _ in 0..3 {
        page = scene.log_on(&page, "ANNA", "swordfish");
        assert_eq!((&page["status"], &page["alert"]), (&json!(403), &json!("User name or password is wrong.")), "{page}");
        assert!(page["form"]["fields"]["SAMLResponse"].is_null() && page["form"]["fields"]["password"] == "", "{page}");
    }
    // The right one is not looked at either, so that nobody finds it out by trying.
    page = scene.log_on(&page, "Anna", PASSWORD);
    assert_eq!(page["status"], 429, "{page}");
    assert!(page["headers"]["retry-after"].as_str().is_some_and(|seconds| seconds.parse::<u16>().is_ok()), "{page}");
    let log = scene.program.log();
    assert!(log.contains("sign-on refused") && !log.contains("swordfish"), "{log}");
}

#[test]
fn only_fresh_requests_of_the_one_service_provider_are_answered_once_and_only_where_the_file_allows() {
    let scene = Scene::new("");
    let metadata = scene.metadata("metadata.xml");
    let open = |request: &Value| scene.browse(request["url"].as_str().unwrap(), &json!({}), &[]);
    let foreign = open(&service_provider("request", &metadata, "https://evil.example.com/saml", None, ""));
    assert!(foreign["status"] == 400 && foreign["form"].is_null(), "{foreign}");
    assert!(!foreign["page"].as_str().unwrap().contains("evil"), "nothing is reflected: {foreign}");
    let old = open(&service_provider("request", &metadata, ACS, Some("700"), ""));
    assert!(old["status"] == 400 && old["alert"].as_str().unwrap().contains("too long"), "{old}");
    assert_eq!(open(&service_provider("request", &metadata, ACS, Some("500"), ""))["status"], 200);

    let request = service_provider("request", &metadata, ACS, None, "");
    let page = open(&request);
    // Of another page, a stranger's log-on is not taken for the person's.
    let mut fields = page["form"]["fields"].clone();
    (fields["user"], fields["password"]) = ("ANNA".into(), PASSWORD.into());
    let sent = scene.browse(page["form"]["action"].as_str().unwrap(), &fields, &["Sec-Fetch-Site=cross-site"]);
    assert!(sent["status"] == 403 && sent["form"].is_null(), "{sent}");
    assert_eq!(scene.log_on(&page, "ANNA", PASSWORD)["form"]["action"], ACS);
    for again in [scene.log_on(&page, "ANNA", PASSWORD), open(&request)] {
        assert!(again["status"] == 400 && again["alert"].as_str().unwrap().contains("done already"), "{again}");
    }
}

#[test]
fn a_certificate_follows_another_without_a_gap() {
    let scene = Scene::new("");
    let only_old = scene.metadata("old.xml");
    scene.reload(&(scene.file.clone() + &signing(scene.folder.path(), "old", Some("new"), None)));
    // A service provider that is told now knows both; one that is not knows one.
    let both = scene.metadata("both.xml");
    let believes =
        |metadata: &Path, (id, answer): &(String, String)| verify(metadata, Some(id), answer)["name"] == "anna.adler@example.com";
    let before = scene.sign_on(&both);
    assert!(believes(&both, &before) && believes(&only_old, &before));
    scene.reload(&(scene.file.clone() + &signing(scene.folder.path(), "new", None, Some("old"))));
    let after = scene.sign_on(&both);
    assert!(believes(&both, &after), "it was told in time");
    assert!(!believes(&only_old, &after), "the new one signs now");
    let told = scene.metadata("after.xml");
    assert!(believes(&told, &before) && believes(&told, &after), "answers on the way are still believed");
    scene.reload(&(scene.file.clone() + &signing(scene.folder.path(), "new", None, None)));
    let only_new = scene.metadata("new.xml");
    assert!(believes(&only_new, &after) && !believes(&only_new, &before), "the old one is gone");
}

fn base64(text: &str) -> Vec<u8> {
    let output = python(&["-c", "import base64,sys,json; print(json.dumps(base64.b64decode(sys.stdin.read()).decode()))"], text);
    output.as_str().unwrap().as_bytes().to_vec()
}

fn unbase64(bytes: &[u8]) -> String {
    let output = python(
        &["-c", "import base64,sys,json; print(json.dumps(base64.b64encode(sys.stdin.buffer.read()).decode()))"],
        std::str::from_utf8(bytes).unwrap(),
    );
    output.as_str().unwrap().to_owned()
}
