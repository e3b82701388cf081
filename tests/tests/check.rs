//! `jackfield check` as an administrator runs it: beside a Jackfield that runs, on a machine where something is wrong, and onto a disk
//! that is full.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use system_tests::{lab, program::Program};

fn check(arguments: &[&str], config: &Path) -> Output {
    let program = lab::jackfield();
    Command::new(program).arg("check").args(arguments).arg("--config").arg(config).output().expect("the program starts")
}

/// The line of this stage, in JSON.
fn stage(output: &Output, name: &str) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.contains(&format!("\"stage\":\"{name}\"")));
    line.unwrap_or_else(|| panic!("no stage {name} in\n{text}")).to_owned()
}

fn file(ici: impl std::fmt::Display, admin: impl std::fmt::Display) -> String {
    format!("[service]\nlisten = \"{ici}\"\n[admin]\nlisten = \"{admin}\"\n")
}

#[test]
fn a_jackfield_that_runs_is_no_reason_to_fail() {
    let program = Program::with("schema = 1\n");
    let config = program.config().with_file_name("same-addresses.toml");
    std::fs::write(&config, file(program.ici, program.admin)).unwrap();
    let output = check(&["--json"], &config);
    let listeners = stage(&output, "listeners");
    assert_eq!(listeners.matches("in use by the Jackfield that runs here").count(), 2, "{listeners}");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn somebody_else_at_the_address_is() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("jackfield.toml");
    // Accepts, and never says a word: the check must not wait for it for long.
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    std::fs::write(&config, file(stranger.local_addr().unwrap(), "127.0.0.1:0")).unwrap();
    let output = check(&["--json"], &config);
    assert!(stage(&output, "listeners").contains("in use by another program"));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_file_with_warnings_ends_with_1_and_one_with_findings_with_2_and_a_wrong_command_line_with_64() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("jackfield.toml");
    for (text, code) in [(file("127.0.0.1:0", "127.0.0.1:0"), 0), (file("0.0.0.0:0", "127.0.0.1:0"), 1), ("[servise]".to_owned(), 2)] {
        std::fs::write(&config, &text).unwrap();
        let output = check(&[], &config);
        assert_eq!(output.status.code(), Some(code), "{text}\n{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(check(&["--jsno"], &config).status.code(), Some(64));
    assert_eq!(check(&[], &folder.path().join("absent.toml")).status.code(), Some(2));
}

/// A server of OpenSSL's that offers one cipher of old, which no client of today takes: RSA key exchange with AES in CBC mode.
struct OldServer {
    child: Child,
    port: u16,
}

impl OldServer {
    fn start(folder: &Path) -> Self {
        let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
        let make = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"];
        let output =
            Command::new("openssl").args(make).arg("-keyout").arg(&key).arg("-out").arg(&certificate).output().expect("openssl starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        let mut child = Command::new("openssl")
            .args(["s_server", "-www", "-tls1_2", "-cipher", "AES128-SHA", "-accept", &format!("127.0.0.1:{port}")])
            .arg("-key")
            .arg(&key)
            .arg("-cert")
            .arg(&certificate)
            .stdout(Stdio::piped())
            .spawn()
            .expect("openssl starts");
        // It says ACCEPT when it listens.
        let said = BufReader::new(child.stdout.take().expect("its output is piped"))
            .lines()
            .map_while(Result::ok)
            .find(|line| line.contains("ACCEPT"));
        assert!(said.is_some(), "openssl does not listen");
        Self { child, port }
    }
}

impl Drop for OldServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_an_old_cic_server_offers_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let old = OldServer::start(folder.path());
    let config = folder.path().join("jackfield.toml");
    let switch = format!(
        "[switch]\nkind = \"icws\"\nserver = \"localhost\"\nport = {}\ntls = true\nuser_id = \"SAPSU\"\npassword = \"env:NONE\"\n",
        old.port
    );
    std::fs::write(&config, file("127.0.0.1:0", "127.0.0.1:0") + &switch).unwrap();
    let output = check(&["--json"], &config);
    assert!(stage(&output, "file").contains("check-file-right"), "{}", stage(&output, "file"));
    assert!(stage(&output, "tcp").contains("check-tcp-open"), "{}", stage(&output, "tcp"));
    let tls = stage(&output, "tls");
    assert!(tls.contains("check-tls-too-old") && tls.contains("it chose TLS 1.2 with TLS_RSA_WITH_AES_128_CBC_SHA"), "{tls}");
    assert!(stage(&output, "log_in").contains("check-not-tried"));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_report_that_cannot_be_written_ends_with_74() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("jackfield.toml");
    std::fs::write(&config, file("127.0.0.1:0", "127.0.0.1:0")).unwrap();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = Command::new(lab::jackfield()).args(["check", "--config"]).arg(&config).stdout(full).stderr(Stdio::null()).status();
    assert_eq!(status.unwrap().code(), Some(74));
}
