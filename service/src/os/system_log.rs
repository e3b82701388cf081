//! The operating system's log, for what whoever watches machines looks for there: the journal of systemd by its own protocol, with fields to
//! search by; syslog where there is no journal; on Windows the event log. Blocks: not for an async thread.

use std::io;
#[cfg(unix)]
use std::{os::unix::net::UnixDatagram, path::Path, time::Duration};

/// Under which name it is written.
const NAME: &str = "jackfield";
/// Where systemd's journal listens (systemd.io, "Native Journal Protocol").
#[cfg(unix)]
const JOURNAL: &str = "/run/systemd/journal/socket";
/// Where syslog does.
#[cfg(unix)]
const SYSLOG: &str = "/dev/log";
/// The other end is another process, which may not read for a while.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_secs(2);

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its number, by which monitoring knows it.
    pub number: u16,
    /// The number's symbol.
    pub symbol: &'a str,
    /// 128 bits in hexadecimal digits that name this kind of entry in a journal.
    pub message_id: &'a str,
    /// Something is wrong; otherwise it is so no longer.
    pub is_fault: bool,
    /// What is said.
    pub text: &'a str,
}

/// Writes it.
///
/// # Errors
/// Nobody takes it.
#[cfg(unix)]
pub fn write(entry: Entry<'_>) -> io::Result<()> {
    match send(Path::new(JOURNAL), &entry.for_journal()) {
        Ok(()) => Ok(()),
        // Without systemd there is no journal; what syslog says is what counts then.
        Err(_) => send(Path::new(SYSLOG), &entry.for_syslog()),
    }
}

/// Writes it, by the program that Windows has for it: to do so ourselves would take code that the compiler does not check. Values travel as
/// variables of the environment, so that none can become a command. The source is registered at the first entry, for which the service's account
/// needs the right.
///
/// # Errors
/// The program is not there, or says that it could not.
#[cfg(windows)]
pub fn write(entry: Entry<'_>) -> io::Result<()> {
    const SCRIPT: &str = "$ErrorActionPreference = 'Stop'; $log = [System.Diagnostics.EventLog]; \
        if (-not $log::SourceExists($env:JACKFIELD_SOURCE)) { $log::CreateEventSource($env:JACKFIELD_SOURCE, 'Application') }; \
        $log::WriteEntry($env:JACKFIELD_SOURCE, $env:JACKFIELD_TEXT, $env:JACKFIELD_KIND, [int]$env:JACKFIELD_NUMBER)";
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    let program = std::path::Path::new(&root).join(r"System32\WindowsPowerShell\v1.0\powershell.exe");
    let done = std::process::Command::new(program)
        .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", SCRIPT])
        .env("JACKFIELD_SOURCE", NAME)
        .env("JACKFIELD_TEXT", format!("{}: {}", entry.symbol, entry.text))
        .env("JACKFIELD_KIND", if entry.is_fault { "Error" } else { "Information" })
        .env("JACKFIELD_NUMBER", entry.number.to_string())
        .stdin(std::process::Stdio::null())
        .output()?;
    if done.status.success() { Ok(()) } else { Err(io::Error::other(String::from_utf8_lossy(&done.stderr).trim().to_owned())) }
}

#[cfg(unix)]
fn send(socket: &Path, text: &str) -> io::Result<()> {
    let ours = UnixDatagram::unbound()?;
    ours.set_write_timeout(Some(PATIENCE))?;
    ours.send_to(text.as_bytes(), socket).map(drop)
}

#[cfg(unix)]
impl Entry<'_> {
    /// syslog's number of how bad it is: error or notice.
    fn severity(&self) -> u8 {
        if self.is_fault { 3 } else { 5 }
    }

    /// What is said, in one line, so that nothing in it can begin a field of its own.
    fn line(&self) -> String {
        self.text.replace(char::is_control, " ")
    }

    /// A field on each line.
    fn for_journal(&self) -> String {
        let Self { number, symbol, message_id, .. } = self;
        format!(
            "MESSAGE={}\nPRIORITY={}\nSYSLOG_IDENTIFIER={NAME}\nMESSAGE_ID={message_id}\nEVENT_ID={number}\nEVENT_SYMBOL={symbol}\n",
            self.line(),
            self.severity()
        )
    }

    /// As a program on the same machine writes it (RFC 3164; the time is the receiver's), as a daemon.
    fn for_syslog(&self) -> String {
        const DAEMON: u8 = 3 << 3;
        let Self { number, symbol, .. } = self;
        format!("<{}>{NAME}[{}]: {number} {symbol}: {}", DAEMON | self.severity(), std::process::id(), self.line())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const ENTRY: Entry<'_> = Entry { number: 47000, symbol: "LOST", message_id: "abc", is_fault: true, text: "gone\nPRIORITY=7" };

    #[test]
    fn an_entry_of_the_journal_has_a_field_on_each_line_and_its_text_makes_none() {
        let folder = tempfile::tempdir().unwrap();
        let there = UnixDatagram::bind(folder.path().join("socket")).unwrap();
        send(&folder.path().join("socket"), &ENTRY.for_journal()).unwrap();
        let mut bytes = [0; 1024];
        let taken = there.recv(&mut bytes).unwrap();
        let mut lines: Vec<_> = std::str::from_utf8(&bytes[..taken]).unwrap().lines().collect();
        lines.sort_unstable();
        let wanted = [
            "EVENT_ID=47000",
            "EVENT_SYMBOL=LOST",
            "MESSAGE=gone PRIORITY=7",
            "MESSAGE_ID=abc",
            "PRIORITY=3",
            "SYSLOG_IDENTIFIER=jackfield",
        ];
        assert_eq!(lines, wanted);
    }

    #[test]
    fn an_entry_of_syslog_says_facility_severity_and_process() {
        let text = ENTRY.for_syslog();
        assert_eq!(text, format!("<27>jackfield[{}]: 47000 LOST: gone PRIORITY=7", std::process::id()));
        assert!(Entry { is_fault: false, ..ENTRY }.for_syslog().starts_with("<29>"));
    }

    #[test]
    fn nobody_there_is_an_error() {
        assert!(send(Path::new("/nonexistent/socket"), "x").is_err());
    }
}
