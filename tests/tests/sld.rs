//! The registration in SAP's System Landscape Directory with whole programs: Apache with basic authentication over TLS as somebody else's
//! receiver, and `jackfield simulate sld` in its moods.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::Value;
use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::Instant,
};
use system_tests::{PATIENCE, http, lab, program::Program};

const USER: &str = "SLDDSUSER";
const PASSWORD: &str = "hunter2-of-the-sld";

/// Apache below a folder: TLS by an authority of its own, basic authentication, and a script that keeps what it is sent.
struct Apache {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Apache {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        // As root it serves as another user.
        fs::set_permissions(at, Permissions::from_mode(0o755)).unwrap();
        let kept = at.join("kept");
        fs::create_dir(&kept).unwrap();
        fs::set_permissions(&kept, Permissions::from_mode(0o777)).unwrap();
        certificates(at);
        let hash = run(Command::new("openssl").args(["passwd", "-apr1", PASSWORD]));
        fs::write(at.join("users"), format!("{USER}:{hash}")).unwrap();
        let script = at.join("ds");
        let kept = kept.display();
        let text = format!(
            "#!/bin/sh\ncat > {kept}/part\nenv > {kept}/fields\nmv {kept}/part {kept}/body\nprintf 'Content-Type: text/plain\\r\\n\\r\\nOK'\n"
        );
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(at.join("httpd.conf"), configuration(at, port)).unwrap();
        let mut child = Command::new("/usr/sbin/apache2")
            .args(["-d", &at.display().to_string(), "-f", "httpd.conf", "-D", "FOREGROUND"])
            .stdin(Stdio::null())
            // At its end it ends its whole group.
            .process_group(0)
            .spawn()
            .expect("apache2 is installed: run tests/install");
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = || fs::read_to_string(at.join("error.log")).unwrap_or_default();
            assert!(child.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE, "Apache does not start: {}", log());
            std::thread::yield_now();
        }
        Self { child, folder, port }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it was sent last; it is gone afterwards.
    fn received(&self) -> (Vec<u8>, String) {
        let body = self.file("kept/body");
        let began = Instant::now();
        while !body.exists() {
            assert!(began.elapsed() < PATIENCE, "nothing came");
            std::thread::yield_now();
        }
        let received = (fs::read(&body).unwrap(), fs::read_to_string(self.file("kept/fields")).unwrap());
        fs::remove_file(body).unwrap();
        received
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        // It has children of its own, which only it can end.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn configuration(at: &Path, port: u16) -> String {
    let at = at.display();
    let modules = ["mpm_prefork", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias", "cgi", "ssl", "env"];
    let load: String = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .collect::<Vec<_>>()
        .concat();
    format!(
        "{load}ServerName localhost\nListen 127.0.0.1:{port}\nPidFile {at}/pid\nDefaultRuntimeDir {at}\nErrorLog {at}/error.log\nUser www-data\nGroup www-data\n\
         SSLEngine on\nSSLCertificateFile {at}/server.pem\nSSLCertificateKeyFile {at}/server.key\nSSLProtocol -all +TLSv1.2 +TLSv1.3\n\
         ScriptAlias /sld/ds {at}/ds\n<Location /sld>\nAuthType Basic\nAuthName SLD\nAuthUserFile {at}/users\nRequire valid-user\n</Location>\n"
    )
}

/// An authority, and a certificate of its for `localhost`.
fn certificates(at: &Path) {
    let ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let openssl = |arguments: &[&str]| run(Command::new("openssl").current_dir(at).args(arguments));
    let of = |name: &str| format!("{name}.key");
    openssl(
        &[&["req", "-x509", "-days", "2", "-subj", "/CN=Authority of the test", "-keyout", &of("ca"), "-out", "ca.pem"][..], &ec].concat(),
    );
    openssl(&[&["req", "-subj", "/CN=localhost", "-keyout", &of("server"), "-out", "server.csr"][..], &ec].concat());
    fs::write(at.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(&[
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        "names",
        "-out",
        "server.pem",
    ]);
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// `jackfield sld …`: its exit code, what it wrote, and what it said.
fn sld(arguments: &[&str]) -> (i32, Vec<u8>, String) {
    let Output { status, stdout, stderr } = Command::new(lab::jackfield()).arg("sld").args(arguments).output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(!said.contains(PASSWORD) && !String::from_utf8_lossy(&stdout).contains(PASSWORD), "the password is shown");
    (status.code().unwrap(), stdout, said)
}

/// A file with the password in the folder.
fn secret(folder: &Path, text: &str) -> String {
    let file = folder.join("secret");
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    format!("file:{}", file.display())
}

fn section(port: u16, password: &str, more: &str) -> String {
    format!("[sld]\nserver = \"localhost\"\nport = {port}\nuser_id = \"{USER}\"\npassword = \"{password}\"\n{more}\n")
}

fn status(admin: SocketAddr) -> Value {
    let answer = http::exchange(admin, b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    serde_json::from_slice::<Value>(&answer.body).unwrap()["sld"].take()
}

/// Waits until the service says so of its first registration.
fn until(program: &Program, what: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let all = status(program.admin);
        if what(&all[0]) {
            return all[0].clone();
        }
        assert!(began.elapsed() < PATIENCE, "{all}; its log: {}", program.log());
        std::thread::yield_now();
    }
}

#[test]
fn apache_with_basic_authentication_over_tls_receives_the_payload_byte_for_byte() {
    let apache = Apache::start();
    let folder = tempfile::tempdir().unwrap();
    let password = secret(folder.path(), PASSWORD);
    let tls = format!("tls = true\nauthority = \"{}\"", apache.file("ca.pem").display());
    let text = section(apache.port, &password, &tls);
    let file = folder.path().join("jackfield.toml");
    fs::write(&file, &text).unwrap();
    let config = ["--config", file.to_str().unwrap()];

    let (code, payload, said) = sld(&[&["preview"], &config[..]].concat());
    assert!(code == 0 && said.starts_with("POST https://localhost:"), "{said}");
    let (code, told, said) = sld(&[&["send"], &config[..]].concat());
    assert_eq!(code, 0, "{} {said}", String::from_utf8_lossy(&told));
    let (body, fields) = apache.received();
    assert_eq!(body, payload, "what came is what the preview shows");
    assert!(String::from_utf8(body).unwrap().starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sapdata"));
    let length = format!("CONTENT_LENGTH={}", payload.len());
    for expected in [&format!("REMOTE_USER={USER}"), "CONTENT_TYPE=text/xml; charset=UTF-8", "REQUEST_METHOD=POST", &length] {
        assert!(fields.lines().any(|line| line == expected), "{expected} is not in\n{fields}");
    }

    // The service by itself, at its start.
    let own = format!("{text}[service]\nlisten = \"127.0.0.1:0\"\n");
    let program = Program::with(&own);
    assert_eq!(apache.received().0, payload);
    let registered = until(&program, |registration| registration["state"] == "registered");
    assert_eq!((registered["last"]["status"].as_u64(), registered["last"]["answer"].as_str()), (Some(200), Some("OK")));
    assert!(!program.log().contains(PASSWORD) && !status(program.admin).to_string().contains(PASSWORD));
    drop(program);

    // What must not be believed or let in.
    fs::write(&file, section(apache.port, &password, "tls = true")).unwrap();
    let (code, told, _) = sld(&[&["send", "--json"], &config[..]].concat());
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!((code, told["id"].as_str()), (4, Some("check-sld-untrusted")), "{told}");
    fs::write(&file, section(apache.port, &secret(folder.path(), "guess"), &tls)).unwrap();
    for deed in ["test", "send"] {
        let (code, told, _) = sld(&[&[deed, "--json"], &config[..]].concat());
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert_eq!((code, told["id"].as_str()), (3, Some("check-sld-wrong-password")), "{told}");
    }
    assert!(!apache.file("kept/body").exists());
}

/// The simulator; ends with the test.
struct Directory {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl Directory {
    fn start(mood: &str, password: &str) -> Self {
        let mut child = Command::new(lab::jackfield())
            .args(["simulate", "sld", "--listen", "127.0.0.1:0", "--mood", mood, "--user", USER, "--password", password])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let place = first.strip_prefix("listening sld http://").unwrap_or_else(|| panic!("the first line is an interface: {first}"));
        let port = place.split(['/', ':']).nth(1).unwrap().parse().unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        Self { child, lines, port }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_exit_code_says_what_came_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let password = secret(folder.path(), PASSWORD);
    let file = folder.path().join("jackfield.toml");
    let config = ["--config", file.to_str().unwrap()];
    for (mood, code) in [("well", 0), ("no-role", 3), ("starting", 4), ("log-on-page", 3), ("page", 5), ("small", 5)] {
        let directory = Directory::start(mood, &password);
        fs::write(&file, section(directory.port, &password, "")).unwrap();
        let (seen, told, said) = sld(&[&["send"], &config[..]].concat());
        assert_eq!(seen, code, "{mood}: {} {said}", String::from_utf8_lossy(&told));
    }
    fs::write(&file, section(9, &password, "template = \"nowhere.template\"")).unwrap();
    assert_eq!(sld(&[&["send"], &config[..]].concat()).0, 2);
    fs::write(&file, section(9, "file:/nowhere/at/all", "")).unwrap();
    assert_eq!(sld(&[&["send", "--dry-run"], &config[..]].concat()).0, 2);
    // A dry run calls nobody: nothing listens there.
    fs::write(&file, section(9, &password, "")).unwrap();
    assert_eq!(sld(&[&["send", "--dry-run"], &config[..]].concat()).0, 0);
    fs::write(&file, "[sld]\nport = 7\n").unwrap();
    assert_eq!(sld(&[&["send"], &config[..]].concat()).0, 64);
}

#[test]
fn a_service_starts_without_its_directory_and_is_told_to_send_when_that_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let password = secret(folder.path(), PASSWORD);
    let mut directory = Directory::start("no-role", &password);
    let program = Program::with(&section(directory.port, &password, ""));
    assert!(directory.line().contains("403"));
    let failing = until(&program, |registration| registration["last"]["class"] == "auth");
    assert_eq!(failing["last"]["id"], "check-sld-no-role", "{failing}");
    let admin = program.admin.to_string();
    assert_eq!(sld(&["status", "--admin", &admin]).0, 3);
    let ready = http::exchange(program.admin, b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    assert!(ready.status() == 200 && ready.text().contains("sld: degraded: "), "{}", ready.text());

    let port = directory.port;
    drop(directory);
    // A changed template counts at once, and so does another directory.
    let mut well = Directory::start("well", &password);
    assert_ne!(port, well.port);
    let template = folder.path().join("site.template");
    fs::write(
        &template,
        "<sapdata><instance><property name=\"SystemName\"><value>${LocalSystemName}</value></property></instance></sapdata>",
    )
    .unwrap();
    let more = format!("template = \"{}\"", template.display());
    fs::write(program.config(), section(well.port, &password, &more)).unwrap();
    assert!(well.line().contains("registered JACKFIELD_ICI"));
    until(&program, |registration| registration["state"] == "registered");
    fs::write(&template, "<sapdata><instance><property name=\"SystemName\"><value>NEW</value></property></instance></sapdata>").unwrap();
    program.signal("HUP");
    assert!(well.line().contains("registered NEW"));

    let (code, told, said) = sld(&["send", "--by-service", "--json", "--admin", &admin]);
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!((code, told[0]["last"]["manual"].as_bool()), (0, Some(true)), "{told} {said}");
    assert!(well.line().contains("registered NEW"));
    assert_eq!(sld(&["status", "--admin", &admin]).0, 0);
    assert!(!program.log().contains(PASSWORD));
}

#[test]
fn once_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let password = secret(folder.path(), PASSWORD);
    let mut directory = Directory::start("well", &password);
    let text = format!("[store]\npath = \"STORE\"\n{}", section(directory.port, &password, ""));
    let start = || Program::with_store(folder.path(), &text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    let mut first = start();
    assert!(directory.line().contains("registered"));
    let registered = until(&first, |registration| registration["state"] == "registered");
    let store = |program: &Program| {
        let answer = http::exchange(program.admin, b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        serde_json::from_slice::<Value>(&answer.body).unwrap()["store"]["waiting"].as_u64()
    };
    while store(&first) != Some(0) {
        std::thread::yield_now();
    }
    first.kill();
    let second = start();
    let remembered = until(&second, |registration| registration["state"] == "registered");
    assert_eq!((remembered["accepted"].as_i64(), remembered["attempts"].as_u64()), (registered["accepted"].as_i64(), Some(0)));
}
