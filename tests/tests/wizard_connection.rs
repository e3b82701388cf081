//! *Test Connection* and *Examine an Agent* of the wizard against `jackfield simulate cic` in a process of its own: each stage, right and wrong
//! passwords, a backup server, a dead host, TLS with certificates that are right and wrong; and the same through the real window.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use shared::Draft;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use system_tests::{desktop::Desktop, lab};
use wizard::{
    connection::{Question, Test, Verdict},
    jobs::Jobs,
    model::Model,
};

/// The super user's password, and everybody's.
const RIGHT: &str = "geheim-4711";
/// All stages with a CIC server.
const STAGES: [&str; 18] = [
    "file",
    "secrets",
    "certificates",
    "agents",
    "listeners",
    "name",
    "tcp",
    "tls",
    "log_in",
    "rights",
    "statuses",
    "workgroups",
    "handlers",
    "clock",
    "profile",
    "sld",
    "event_hosts",
    "genesys_cloud",
];

/// The simulator, and a folder with what a site has beside its file.
struct Site {
    child: Child,
    port: String,
    admin: String,
    folder: tempfile::TempDir,
}

impl Site {
    fn new(arguments: &[&str]) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), arguments)
    }

    fn in_folder(folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        let kept = |name: &str, secret: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
            fs::write(&path, secret).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        };
        kept("sapsu", RIGHT);
        kept("wrong", "hunter2");
        kept("agents/ANNA", RIGHT);
        let password = format!("file:{}/sapsu", folder.path().display());
        let mut child = Command::new(lab::jackfield())
            .args(["simulate", "cic", "--admin", "127.0.0.1:0", "--password", &password])
            .args(if arguments.contains(&"--listen") { &[][..] } else { &["--listen", "127.0.0.1:0"] })
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut port, mut admin) = (String::new(), String::new());
        for line in lines.map_while(Result::ok).take_while(|line| line != "ready") {
            let place = line.rsplit("//").next().unwrap().trim_end_matches("/icws");
            if line.starts_with("listening cic") && port.is_empty() {
                place.rsplit(':').next().unwrap().clone_into(&mut port);
            } else if line.starts_with("listening admin") {
                place.clone_into(&mut admin);
            }
        }
        assert!(!admin.is_empty(), "the simulator does not start");
        Self { child, port, admin, folder }
    }

    /// One that encrypts by a certificate for this name, and the file of the authority that signed it.
    fn with_tls(name: &str) -> Self {
        use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, format!("Authority of {name}"));
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("authority.pem"), authority.pem()).unwrap();
        fs::write(path("certificate.pem"), certificate.pem()).unwrap();
        fs::write(path("key.pem"), key.serialize_pem()).unwrap();
        let (certificate, key) = (path("certificate.pem").display().to_string(), path("key.pem").display().to_string());
        Self::in_folder(folder, &["--certificate", &certificate, "--key", &key])
    }

    /// A file for this server, with these lines more in its section about the switch.
    fn file(&self, switch: &str) -> String {
        let (folder, port) = (self.folder.path().display(), &self.port);
        format!(
            "[service]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n[workmodes]\nmapped = []\n[switch]\nkind = \"icws\"\n\
             port = {port}\nuser_id = \"SAPSU\"\n{switch}\n[agents]\nlog_in = \"stored_password\"\n\
             stored_password = {{ secrets = \"file:{folder}/agents/{{user}}\" }}\n"
        )
    }

    /// The lines for the plain server, with this password.
    fn plain(&self, password: &str) -> String {
        self.file(&format!("server = \"127.0.0.1\"\ntls = false\npassword = \"file:{}/{password}\"", self.folder.path().display()))
    }

    fn encrypted(&self, server: &str, authority: Option<&Path>) -> String {
        let authority = authority.map_or_else(String::new, |file| format!("authority = \"{}\"\n", file.display()));
        self.file(&format!("server = \"{server}\"\n{authority}password = \"file:{}/sapsu\"", self.folder.path().display()))
    }

    fn order(&self, arguments: &[&str]) {
        let done =
            Command::new(lab::jackfield()).args(["simulate", "cic"]).args(arguments).args(["--admin", &self.admin]).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn ask(&self, text: &str, question: Question) -> Test {
        let model = Model::new(Some(self.folder.path().join("jackfield.toml")), Draft::parse(text).unwrap());
        let mut asked = Test::start(&Jobs::new(|| {}), Some(lab::jackfield()), &model, question);
        asked.finish();
        assert_eq!((asked.trouble(), asked.other_version()), (None, None));
        asked
    }

    fn test(&self, text: &str) -> Told {
        Told(self.ask(text, Question::Everything))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Told(Test);

impl Told {
    fn ids(&self, stage: &str) -> Vec<&str> {
        let stage = self.0.stages().iter().find(|known| known.name == stage).unwrap_or_else(|| panic!("no stage {stage}"));
        stage.result.as_ref().unwrap().details.iter().map(|detail| detail.id.as_str()).collect()
    }

    /// The first stage that failed.
    fn failed(&self) -> Option<&str> {
        let failed = |stage: &&wizard::connection::Stage| stage.result.as_ref().is_some_and(|result| result.verdict == Verdict::Failed);
        self.0.stages().iter().find(failed).map(|stage| stage.name.as_str())
    }

    fn repair(&self, stage: &str) -> String {
        let stage = self.0.stages().iter().find(|known| known.name == stage).unwrap();
        stage.result.as_ref().unwrap().details.iter().map(|detail| detail.repair.as_str()).collect()
    }
}

#[test]
fn each_stage_is_shown_and_is_right_against_a_right_server() {
    let site = Site::new(&[]);
    let told = site.test(&site.plain("sapsu"));
    let names: Vec<_> = told.0.stages().iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, STAGES);
    assert_eq!(told.failed(), None, "{}", told.0.to_text(wizard::language::Language::English));
    assert_eq!((told.ids("log_in"), told.ids("clock")), (vec!["check-logged-on"], vec!["check-clock-right"]));
    let text = told.0.to_text(wizard::language::Language::German);
    assert!(text.contains("Anmeldung: in Ordnung") && !text.contains(RIGHT), "{text}");
}

#[test]
fn a_wrong_password_is_the_only_failure_and_what_follows_is_not_tried() {
    let site = Site::new(&[]);
    let told = site.test(&site.plain("wrong"));
    assert_eq!((told.failed(), told.ids("log_in")), (Some("log_in"), vec!["check-wrong-password"]));
    assert_eq!(told.ids("rights"), ["check-not-tried"]);
    assert!(!told.repair("log_in").is_empty());
}

#[test]
fn of_a_pair_the_one_that_waits_is_right_and_after_a_switchover_so_is_the_other() {
    let site = Site::new(&["--pair"]);
    let file = site.file(&format!(
        "server = \"127.0.0.1\"\nbackup = \"127.0.0.2\"\ntls = false\npassword = \"file:{}/sapsu\"",
        site.folder.path().display()
    ));
    let told = site.test(&file);
    assert_eq!((told.failed(), told.ids("log_in")), (None, vec!["check-logged-on", "check-standby"]));
    site.order(&["switch-over", "yields"]);
    let told = site.test(&file);
    assert_eq!((told.failed(), told.ids("log_in")), (None, vec!["check-standby", "check-logged-on"]));
    site.order(&["switch-over", "dies"]);
    let told = site.test(&file);
    assert_eq!(told.ids("rights").first(), Some(&"check-sees-statuses"), "the one that is left is looked at");
}

#[test]
fn a_backup_server_is_looked_at_although_the_first_is_dead() {
    let site = Site::new(&["--listen", "127.0.0.2:0"]);
    let file = site.file(&format!(
        "server = \"127.0.0.1\"\nbackup = \"127.0.0.2\"\ntls = false\npassword = \"file:{}/sapsu\"",
        site.folder.path().display()
    ));
    let told = site.test(&file);
    assert_eq!((told.failed(), told.ids("tcp")), (Some("tcp"), vec!["check-tcp-refused", "check-tcp-open"]));
    assert!(told.ids("log_in").contains(&"check-logged-on") && told.ids("rights").contains(&"check-sees-users"));
}

#[test]
fn a_dead_host_says_at_which_stage_it_is_dead() {
    let site = Site::new(&[]);
    let told = site.test(&site.encrypted("no-such-host.invalid", None));
    assert_eq!((told.failed(), told.ids("name"), told.ids("log_in")), (Some("name"), vec!["check-name-unknown"], vec!["check-not-tried"]));
    // Nothing listens there any more, and nothing will in the meantime.
    let gone = TcpListener::bind("127.0.0.3:0").unwrap().local_addr().unwrap();
    let file = site.plain("sapsu").replace(&format!("port = {}", site.port), &format!("port = {}", gone.port()));
    let told = site.test(&file.replace("server = \"127.0.0.1\"", "server = \"127.0.0.3\""));
    assert_eq!((told.failed(), told.ids("tcp")), (Some("tcp"), vec!["check-tcp-refused"]));
    site.order(&["mode", "hung"]);
    let told = site.test(&site.plain("sapsu"));
    assert_eq!((told.failed(), told.ids("log_in")), (Some("log_in"), vec!["check-log-in-late"]));
}

#[test]
fn bad_tls_is_told_from_good_and_says_what_is_bad_about_it() {
    let site = Site::with_tls("localhost");
    let authority = site.folder.path().join("authority.pem");
    let right = site.test(&site.encrypted("localhost", Some(&authority)));
    assert_eq!(
        (right.failed(), right.ids("log_in")),
        (None, vec!["check-logged-on"]),
        "{}",
        right.0.to_text(wizard::language::Language::English)
    );

    let unknown = site.test(&site.encrypted("localhost", None));
    assert_eq!((unknown.failed(), unknown.ids("tls")), (Some("tls"), vec!["check-tls-untrusted"]));
    let other_name = site.test(&site.encrypted("127.0.0.1", Some(&authority)));
    assert_eq!((other_name.failed(), other_name.ids("tls")), (Some("tls"), vec!["check-tls-other-name"]));
    let plain = site.test(&site.plain("sapsu"));
    assert_eq!(plain.failed(), Some("log_in"), "{}", plain.0.to_text(wizard::language::Language::English));
    for told in [unknown, other_name, plain] {
        assert!(told.0.stages().iter().filter(|stage| stage.result.as_ref().unwrap().verdict == Verdict::Failed).count() == 1);
        assert_eq!(told.ids("rights"), ["check-not-tried"]);
    }
    let no_tls = Site::new(&[]);
    let told = no_tls.test(&no_tls.encrypted("localhost", Some(&authority)));
    assert_eq!((told.failed(), told.ids("tls")), (Some("tls"), vec!["check-tls-plain"]));
}

#[test]
fn an_agent_is_examined_at_the_same_server() {
    let site = Site::new(&[]);
    let file = site.plain("sapsu");
    let agent = |name: &str| Question::Agent { name: name.into(), station: String::new() };
    assert_eq!(site.ask(&file, agent("ANNA")).verdict(), Some(Verdict::Ok));
    let other = Told(site.ask(&file, agent("Anna")));
    assert_eq!(other.ids("case"), ["doctor-name-case"]);
    site.order(&["client", "BERT", "8001"]);
    site.order(&["fault", "without_status=ANNA", "without_licence=ANNA"]);
    let told = Told(site.ask(&file, agent("ANNA")));
    let ids = ["first_status", "station", "licence"].map(|stage| told.ids(stage)[0]);
    assert_eq!(ids, ["doctor-status-none", "doctor-seat-in-use", "doctor-licence-inactive"]);
    assert!(told.0.said(wizard::language::Language::German).contains("ANNA kann noch nicht angemeldet werden"));
}

#[test]
fn the_window_shows_each_stage_and_says_by_name_why_an_agent_cannot_log_on() {
    let site = Site::new(&[]);
    let file: PathBuf = site.folder.path().join("jackfield.toml");
    fs::write(&file, site.plain("sapsu")).unwrap();
    let mut desktop = Desktop::start();
    desktop.wizard(&file, "agents");
    let mut reader = desktop.screen_reader();
    reader.see("heading", "Agents & Reject");
    desktop.keys(&["ctrl+t"]);
    reader.see("dialog", "Test Connection");
    reader.see("push button", "Test again");
    let read: Vec<String> = reader.all().into_iter().map(|node| node.name).collect();
    for stage in ["File: ", "Secrets: ", "Name of the server: ", "Connection: ", "Encryption: ", "Log-on: ", "Rights: ", "Clock: "] {
        assert!(read.iter().any(|said| said.starts_with(stage)), "{stage} is not shown: {read:#?}");
    }
    desktop.keys(&["Escape"]);
    reader.press("push button", "Examine an Agent…");
    reader.write("Agent", "anna");
    reader.press("push button", "Examine");
    reader.see("label", "anna cannot be logged on yet. Repair what failed and examine again.");
    reader.see("label", "→ Write the name in SAP as ANNA, or rename the user on the telephony server");
}
