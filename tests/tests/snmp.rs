//! The events 47000 and 47001 as traps: what the service sends when an organisation of Genesys Cloud goes and comes, received and read by Net-SNMP's
//! snmptrapd by our MIB file.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::UdpSocket,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};
use system_tests::{PATIENCE, lab, organisation::Organisation, program::Program};

/// snmptrapd, alive until it is dropped.
struct Trapd {
    child: Child,
    lines: Receiver<String>,
    address: String,
}

impl Trapd {
    /// Takes traps and informs of this community.
    fn start(folder: &Path, community: &str) -> Self {
        let file = folder.join("snmptrapd.conf");
        // One line for each, with the names of the MIB.
        fs::write(&file, format!("disableAuthorization no\nauthCommunity log {community}\nformat2 %P %v\\n\n")).unwrap();
        let address = free_udp();
        let lab = lab::installed();
        let mibs =
            format!("{}:{}", lab.join("node/node_modules/net-snmp/lib/mibs").display(), lab::repository().join("assets/snmp").display());
        let mut child = Command::new(lab.join("snmp/snmptrapd"))
            .args(["-f", "-Lo", "-n", "-C", "-c"])
            .arg(&file)
            .args(["-M", &mibs, "-m", "JACKFIELD-MIB", "-OQ"])
            .arg(format!("udp:{address}"))
            // What it remembers from one time to the next goes with the test.
            .env("SNMP_PERSISTENT_DIR", folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, lines) = mpsc::channel();
        let outputs: [Box<dyn std::io::Read + Send>; 2] = [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let tell = tell.clone();
            thread::Builder::new()
                .spawn(move || {
                    for line in BufReader::new(output).lines().map_while(Result::ok).filter(|line| !line.trim().is_empty()) {
                        let _ = tell.send(line);
                    }
                })
                .unwrap();
        }
        let trapd = Self { child, lines, address };
        // Before it there may be a line about a folder of its own.
        while !trapd.next().starts_with("NET-SNMP version") {}
        trapd
    }

    fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    fn hears_nothing(&self) {
        let heard = self.lines.recv_timeout(Duration::from_secs(4));
        assert!(heard.is_err(), "{heard:?}");
    }
}

impl Drop for Trapd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody uses at the moment.
fn free_udp() -> String {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn secret(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    format!("file:{}", file.display())
}

fn file(folder: &Path, url: &str, receiver: &str, confirmed: bool) -> String {
    let (client, community) = (secret(folder, "client", "of-the-client"), secret(folder, "community", "geheim"));
    format!(
        r#"
[store]
path = "STORE"

[genesys_cloud]
enabled = true
host = "{url}"
organization = "double"
client_id = "bridge"
client_secret = "{client}"
admin_user = ""

[genesys_cloud.events]
look_every = "1s"
failures = 2
after = "30s"

[genesys_cloud.events.snmp]
receivers = ["{receiver}"]
community = "{community}"
confirmed = {confirmed}
"#
    )
}

fn says(line: &str, kind: &str, number: u32, text: &str, name: &str) {
    for part in [
        kind,
        &format!(" = JACKFIELD-MIB::{name}"),
        &format!("JACKFIELD-MIB::jackfieldEventId.0 = {number}"),
        &format!("JACKFIELD-MIB::jackfieldEventText.0 = {text}"),
        "JACKFIELD-MIB::jackfieldOrganization.0 = double",
        "JACKFIELD-MIB::jackfieldReason.0 = ",
    ] {
        assert!(line.contains(part), "{part} is missing in {line}");
    }
}

fn lost(line: &str, kind: &str) {
    says(line, kind, 47000, "Genesys Cloud connection lost.", "jackfieldCloudConnectionLost");
}

fn restored(line: &str, kind: &str) {
    says(line, kind, 47001, "Genesys Cloud connection restored.", "jackfieldCloudConnectionRestored");
}

#[test]
fn a_receiver_of_traps_hears_once_that_the_organisation_is_gone_and_once_that_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let trapd = Trapd::start(folder.path(), "geheim");
    let organisation = Organisation::start();
    let (address, url) = (organisation.address().to_owned(), organisation.url.clone());
    let text = file(folder.path(), &url, &trapd.address, false);
    let mut program = Program::with_store(folder.path(), &text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    trapd.hears_nothing();
    drop(organisation);
    lost(&trapd.next(), "TRAP2");
    trapd.hears_nothing();
    // What was told is known to the next process.
    program.kill();
    let program = Program::with_store(folder.path(), &text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    trapd.hears_nothing();
    let _organisation = Organisation::at(&address);
    restored(&trapd.next(), "TRAP2");
    trapd.hears_nothing();
    let log = program.log();
    assert!(log.contains("event_id=47001") && log.contains("Genesys Cloud connection restored."), "{log}");
    assert!(!log.contains("geheim"), "{log}");
}

#[test]
fn an_inform_is_repeated_until_it_is_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let late = free_udp();
    let organisation = Organisation::start();
    let text = file(folder.path(), &organisation.url, &late, true);
    let program = Program::with_store(folder.path(), &text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    drop(organisation);
    let sizes = receive(&late, 2);
    assert!(sizes.iter().all(|size| *size > 100), "it comes again while nobody confirms it: {sizes:?}\n{}", program.log());

    let trapd = Trapd::start(folder.path(), "geheim");
    let organisation = Organisation::start();
    let text = file(folder.path(), &organisation.url, &trapd.address, true);
    let other = tempfile::tempdir().unwrap();
    let _program = Program::with_store(other.path(), &text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    drop(organisation);
    lost(&trapd.next(), "INFORM");
    // Confirmed, so that it does not come again.
    trapd.hears_nothing();
    trapd.hears_nothing();
}

/// As many datagrams as somebody receives who confirms none.
fn receive(address: &str, count: usize) -> Vec<usize> {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = [0; 2048];
    (0..count).map(|_| socket.recv(&mut bytes).unwrap()).collect()
}
