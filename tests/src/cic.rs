//! `jackfield simulate cic` in a process of its own: the CIC server of the tests, which goes on when the service does not.

use crate::{PATIENCE, http, lab, outside, program::follow};
use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{self, Receiver},
};

/// Everybody's.
const PASSWORD: &str = "opensesame";

/// The simulator, alive until it is dropped.
pub struct Cic {
    child: Child,
    /// Where clients reach it, as URLs; the active one of a pair first.
    pub places: Vec<String>,
    /// Where people outside and whoever makes trouble reach it.
    pub admin: SocketAddr,
    /// Its file, and everybody's password.
    folder: tempfile::TempDir,
    /// Beside those of the users, as the file writes them; empty where it has none.
    stations: String,
}

impl Cic {
    /// Starts it on ports of its own choice, with further arguments.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary folder can be made"), arguments)
    }

    /// Starts it for the people, workgroups and statuses of this file, and keeps a password for each of them.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn serving(file: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (config, password) = (folder.path().join("cic.toml"), folder.path().join("password"));
        fs::write(&config, file).expect("a temporary file can be written");
        keep(&password);
        fs::create_dir(folder.path().join("agents")).expect("a temporary folder can be made");
        for name in file.split("name = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            keep(&folder.path().join("agents").join(name));
        }
        let (config, password) = (config.display().to_string(), format!("file:{}", password.display()));
        let stations = file.lines().find(|line| line.starts_with("stations = ")).unwrap_or_default();
        let mut cic = Self::start_in(folder, &["--config", &config, "--password", &password]);
        stations.clone_into(&mut cic.stations);
        cic
    }

    fn start_in(folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        let mut child = Command::new(lab::jackfield())
            .args(["simulate", "cic", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the simulator starts");
        let (lines, output) = mpsc::channel();
        follow("cic", child.stdout.take().expect("stdout is a pipe"), move |line| {
            // It may outlive the test's interest in it.
            let _ = lines.send(line);
        });
        let (places, admin) = read_places(&output);
        Self { child, places, admin, folder, stations: String::new() }
    }

    /// What the service's file says to use it: `[switch]` and how agents are logged on, to be put behind everything else.
    ///
    /// # Panics
    /// When it was not started by [`Self::serving`].
    pub fn section(&self) -> String {
        let place: PathBuf = self.folder.path().to_owned();
        assert!(place.join("password").exists(), "nobody has a password");
        let (host, port) = self.address();
        let place = place.display();
        format!(
            "\n[switch]\nkind = \"icws\"\nserver = \"{host}\"\nport = {port}\ntls = false\nuser_id = \"SAPSU\"\n\
             password = \"file:{place}/password\"\n{}\n[agents.stored_password]\nsecrets = \"file:{place}/agents/{{user}}\"\n",
            self.stations
        )
    }

    /// Host and port of the active one.
    pub fn address(&self) -> (String, u16) {
        let rest = self.places[0].strip_prefix("http://").expect("it is not encrypted");
        let (host, rest) = rest.split_once(':').expect("it says its port");
        let port = rest.split('/').next().and_then(|port| port.parse().ok()).expect("a port is a number");
        (host.to_owned(), port)
    }

    /// Asks its listener for administrators, which must do it; the body of the answer.
    ///
    /// # Panics
    /// When it does not.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> String {
        outside::ask(self.admin, method, path, body)
    }

    /// Says a command to it: `jackfield simulate cic …`.
    pub fn order(&self, arguments: &[&str]) -> Output {
        let admin = self.admin.to_string();
        let mut command = Command::new(lab::jackfield());
        command.args(["simulate", "cic"]).args(arguments).args(["--admin", &admin]).output().expect("the command starts")
    }

    /// Says a command that has to succeed; what it prints.
    ///
    /// # Panics
    /// When it does not.
    pub fn must(&self, arguments: &[&str]) -> String {
        let output = self.order(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Cic {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_places(output: &Receiver<String>) -> (Vec<String>, SocketAddr) {
    let (mut cic, mut admin) = (Vec::new(), None);
    loop {
        let line = output.recv_timeout(PATIENCE).expect("the start-up lines come");
        match line.split_once(" http://") {
            Some(("listening cic", place)) => cic.push(format!("http://{place}")),
            Some(("listening admin", place)) => admin = place.parse().ok(),
            _ => break assert_eq!(line, "ready", "the start-up lines are an interface"),
        }
    }
    (cic, admin.expect("it says where its listener for administrators is"))
}

/// Only its owner may read a password.
fn keep(path: &Path) {
    fs::write(path, PASSWORD).expect("a temporary file can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("our own file's mode can be set");
}

/// Has the service at this listener found its server, and whatever else it needs?
pub(crate) fn is_ready(admin: SocketAddr) -> bool {
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {admin}\r\nConnection: close\r\n\r\n");
    http::exchange(admin, request.as_bytes()).is_ok_and(|answer| answer.status() == 200)
}
