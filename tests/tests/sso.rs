//! The file for nginx, before a real nginx: it takes it, and nothing that a client sends chooses what the identity provider behind it takes for its
//! own address. The guide's own example, which lets it through, shows that the test would see it.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use system_tests::{PATIENCE, certificates::Authority, lab};

const NAME: &str = "appserver.example.com";
/// As a client forges it.
const FORGED: [&str; 4] = [
    "ININ-REMAP-BASE-URL=https://evil.example.com/PureConnect",
    "ININ_REMAP_BASE_URL=https://evil.example.com/PureConnect",
    "X-Forwarded-For=192.0.2.66",
    "X-Forwarded-Host=evil.example.com",
];

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The CIC server's side.
fn echo([certificate, key]: &[PathBuf; 2]) -> (Process, u16) {
    let mut child = Command::new(lab::installed().join("venv/bin/python"))
        .arg(lab::tests("clients/sso/echo.py"))
        .args([certificate, key])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Process(child), line.trim().parse().unwrap())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where nginx writes, which the package decides otherwise; loopback alone, because it is a test.
fn in_a_folder(text: &str, folder: &Path, port: u16) -> String {
    let place = |name: &str| format!("{name}_temp_path {}/{name};\n", folder.display());
    let places: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(place).concat();
    text.replacen("http {", &format!("http {{\naccess_log off;\n{places}"), 1)
        .replace(&format!("listen {port}"), &format!("listen 127.0.0.1:{port}"))
}

fn nginx(folder: &Path, file: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(lab::installed().join("nginx/nginx"));
    let rest = format!("pid {}/pid; daemon off; master_process off;", folder.display());
    command.args(["-e", "stderr", "-p"]).arg(folder).arg("-c").arg(file).args(["-g", &rest]).args(words);
    command.stdin(Stdio::null());
    command
}

fn serve(folder: &Path, file: &Path, port: u16) -> Process {
    let process = Process(nginx(folder, file, &[]).stderr(Stdio::null()).spawn().unwrap());
    let until = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "nginx does not listen");
        thread::sleep(Duration::from_millis(20));
    }
    process
}

/// Status and body; `none` where there is no answer.
fn ask(port: u16, name: &str, authority: &Path, path: &str, headers: &[&str]) -> (String, String) {
    let output = Command::new(lab::installed().join("venv/bin/python"))
        .arg(lab::tests("clients/sso/ask.py"))
        .args([&port.to_string(), name])
        .arg(authority)
        .arg(path)
        .args(headers)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (status, body) = text.split_once('\n').unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (status.to_owned(), body.trim().to_owned())
}

fn values(body: &str, header: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    let headers = body["headers"].as_array().unwrap();
    headers.iter().filter(|field| field[0] == header).map(|field| field[1].as_str().unwrap().to_owned()).collect()
}

fn generate(port: u16, upstream: u16, [certificate, key]: &[PathBuf; 2], more: &[&str]) -> Output {
    let (port, server) = (port.to_string(), format!("127.0.0.1:{upstream}"));
    Command::new(lab::jackfield())
        .args(["sso", "nginx", "--name", NAME, "--port", &port, "--server", &server, "--server", "127.0.0.2:9"])
        .arg("--certificate")
        .arg(certificate)
        .arg("--key")
        .arg(key)
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn nginx_takes_the_file_and_no_header_of_a_client_gets_through_it() {
    let authority = Authority::new("site");
    let ours = authority.sign(NAME);
    let (_upstream, upstream) = echo(&authority.sign("cic1"));
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();

    let made = generate(port, upstream, &ours, &[]);
    let said = String::from_utf8(made.stderr).unwrap();
    assert!(made.status.success(), "{said}");
    let target = format!("https://{NAME}:{port}/PureConnect/ICNotifierIDP/login?loginType=saml");
    assert!(said.contains(&format!("https://{NAME},")) && said.contains(&target), "{said}");
    let text = String::from_utf8(made.stdout).unwrap();
    let as_json: Value = serde_json::from_slice(&generate(port, upstream, &ours, &["--json"]).stdout).unwrap();
    assert_eq!((as_json["file"].as_str(), as_json["provider"]["target"].as_str()), (Some(&*text), Some(&*target)));

    let file = folder.path().join("nginx.conf");
    fs::write(&file, in_a_folder(&text, folder.path(), port)).unwrap();
    let tested = nginx(folder.path(), &file, &["-t"]).output().unwrap();
    let said = String::from_utf8(tested.stderr).unwrap();
    assert!(tested.status.success() && !said.contains("[warn]"), "{said}");

    let _nginx = serve(folder.path(), &file, port);
    let base = format!("https://{NAME}:{port}/PureConnect");
    let path = "/PureConnect/ICNotifierIDP/login?loginType=saml&SAMLRequest=abc%2B";
    for headers in [&[][..], &FORGED] {
        let (status, body) = ask(port, NAME, &authority.file(), path, headers);
        assert_eq!(status, "200", "{body}");
        assert!(body.contains(r#""path": "/ICNotifierIDP/login?loginType=saml&SAMLRequest=abc%2B""#), "{body}");
        assert_eq!(values(&body, "inin-remap-base-url"), std::slice::from_ref(&base), "{body}");
        assert_eq!(values(&body, "host"), [NAME], "{body}");
        assert_eq!(values(&body, "x-forwarded-for"), ["127.0.0.1"], "{body}");
        assert!(!body.contains("evil") && !body.contains("192.0.2.66"), "{body}");
    }
    // Whoever asks for another name is not led on, nor whoever asks for another path.
    assert_eq!(ask(port, NAME, &authority.file(), path, &["Host=evil.example.com"]).0, "none");
    assert_eq!(ask(port, NAME, &authority.file(), "/ICNotifierIDP/login", &[]).0, "404");
    assert_eq!(ask(port, "evil.example.com", &authority.file(), path, &[]).0, "none");
}

#[test]
fn the_guides_own_example_lets_a_forged_address_through_so_that_the_test_would_see_it() {
    let authority = Authority::new("site");
    let [certificate, key] = authority.sign(NAME);
    let (_upstream, upstream) = echo(&authority.sign("cic1"));
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let text = format!(
        "events {{}} http {{ server {{ listen {port} ssl; ssl_certificate {}; ssl_certificate_key {};\n\
         location /PureConnect/ {{ if ($http_inin_remap_base_url !~ .+) {{ set $http_inin_remap_base_url $scheme://$http_host/PureConnect; }}\n\
         rewrite ^/PureConnect/(.*)$ /$1 break; proxy_set_header ININ-REMAP-BASE-URL $http_inin_remap_base_url;\n\
         proxy_pass https://127.0.0.1:{upstream}; proxy_set_header Host $host; }} }} }}",
        certificate.display(),
        key.display()
    );
    let file = folder.path().join("nginx.conf");
    fs::write(&file, in_a_folder(&text, folder.path(), port)).unwrap();
    let _nginx = serve(folder.path(), &file, port);
    let (status, body) = ask(port, NAME, &authority.file(), "/PureConnect/x", &FORGED);
    assert_eq!(status, "200", "{body}");
    assert_eq!(values(&body, "inin-remap-base-url"), ["https://evil.example.com/PureConnect"]);
}
