//! An administrator on another machine: what he sends goes through OpenSSL, which trusts the site's authority and nobody else.

use crate::{certificates::Authority, program::Program};
use std::{
    fs,
    io::Write,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

/// The token of every site here.
pub const TOKEN: &str = "far-away-4711";

/// A site whose service is administered from other machines.
pub struct Site {
    folder: tempfile::TempDir,
    authority: Authority,
}

/// An answer.
#[derive(Debug)]
pub struct Told {
    /// Its status.
    pub status: u16,
    /// Its lines before the body, in lower case.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Site {
    /// Certificates and a token in a folder of its own.
    ///
    /// # Panics
    /// When they cannot be made.
    #[expect(clippy::new_without_default, reason = "it makes files")]
    pub fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a temporary folder can be made"), authority: Authority::new("Site") };
        for (made, name) in site.authority.sign("localhost").iter().zip(["admin.crt", "admin.key"]) {
            fs::copy(made, site.folder().join(name)).expect("a file can be copied");
        }
        let token = site.folder().join("token");
        fs::write(&token, TOKEN).expect("a file can be written");
        fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).expect("a mode can be set");
        site
    }

    /// Where everything is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whom administrators trust.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The service's file: on free ports, with these lines more.
    pub fn file(&self, more: &str) -> String {
        format!(
            "# Ask Fosca before you change it.\n[service]\nlisten = \"127.0.0.1:0\"\n\n[admin]\nlisten = \"127.0.0.1:0\"\n\
             token = \"file:{}/token\"\n\n[admin.tls]\nlisten = \"127.0.0.1:0\"\ncertificate = \"admin.crt\"\nkey = \"admin.key\"\n{more}",
            self.folder().display()
        )
    }

    /// Starts the service with a file in this folder, whose files are its credentials too (`credential:token`).
    ///
    /// # Panics
    /// When it does not become ready; with its log.
    pub fn start(&self, file: &str) -> Program {
        let credentials = self.folder().to_str().expect("temporary folders have plain names");
        let program = Program::supervised(self.folder(), file, "run", &[("CREDENTIALS_DIRECTORY", credentials)], &[]);
        program.unwrap_or_else(|program| panic!("the program does not become ready; its log: {}", program.log()))
    }

    /// Asks the service.
    ///
    /// # Panics
    /// When OpenSSL does not get in.
    pub fn ask(&self, to: SocketAddr, request: &str, fields: &str, body: &str) -> Told {
        let mut openssl = Command::new("openssl")
            .args(["s_client", "-connect", &to.to_string(), "-quiet", "-verify_return_error", "-verify_hostname", "localhost", "-CAfile"])
            .arg(self.authority.file())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("OpenSSL is installed");
        let request =
            format!("{request} HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len());
        // It may have given up already; then its answer says so.
        let _ = openssl.stdin.take().expect("a pipe").write_all(request.as_bytes());
        let answer = openssl.wait_with_output().expect("OpenSSL ends").stdout;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{request}: no answer: {answer}"));
        let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or_default();
        Told { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// Saves a text over the file as it is now.
    pub fn save(&self, to: SocketAddr, seconds: u32, text: &str) -> Told {
        let head = self.ask(to, "GET /config", "", "").head;
        let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap_or_default();
        self.ask(to, &format!("PUT /config?seconds={seconds}"), &format!("If-Match: {tag}\r\n"), text)
    }
}
