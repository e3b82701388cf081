//! A service of our own for the time of the measurement: this program, once more, as a process of its own, whose memory and processor time
//! the system counts apart from ours.

use std::{io, process::Stdio, time::Duration};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// It must be ready after this long: a file with thousands of agents is read first.
const START: Duration = Duration::from_secs(30);
/// It must have ended this long after it was asked to.
const END: Duration = Duration::from_secs(15);

/// The process.
pub(super) struct Service {
    child: Child,
    id: u32,
    /// Where SAP reaches it.
    pub(super) ici: String,
    /// Where administrators reach it.
    pub(super) admin: String,
    /// Its output goes on being read, so that it never waits for us.
    _output: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

/// What the system counts of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Memory that is in use, bytes; `None` where the system does not tell.
    pub(super) memory: Option<u64>,
    /// Processor time so far.
    pub(super) processor: Option<Duration>,
}

// === impl Service ===

impl Service {
    /// Starts it with this configuration.
    ///
    /// # Errors
    /// Why it does not start, in words.
    pub(super) async fn start(file: &str) -> Result<Self, String> {
        let failed = |error: io::Error| format!("a service for the measurement cannot be started: {error}");
        let folder = TempDir::with_prefix("jackfield-load-").map_err(failed)?;
        let config = folder.path().join("jackfield.toml");
        std::fs::write(&config, file).map_err(failed)?;
        let program = std::env::current_exe().map_err(failed)?;
        let mut child = Command::new(program)
            .args(["run", "--until-input-ends", "--config"])
            .arg(&config)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let id = child.id().unwrap_or_default();
        let output = child.stdout.take().ok_or("its output is not a pipe")?;
        let mut lines = BufReader::new(output).lines();
        let (ici, admin) = tokio::time::timeout(START, places(&mut lines))
            .await
            .map_err(|_| format!("the service for the measurement is not ready after {START:?}"))?
            .ok_or("the service for the measurement has ended; what it said stands above")?;
        let output = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, id, ici, admin, _output: output, _folder: folder })
    }

    /// Its memory and time so far.
    pub(super) fn usage(&self) -> Usage {
        Usage::of(self.id)
    }

    /// Ends it, as an administrator would, by the end of its input: no system lacks that.
    ///
    /// # Errors
    /// It does not end, or not well.
    pub(super) async fn stop(mut self) -> Result<(), String> {
        drop(self.child.stdin.take());
        match tokio::time::timeout(END, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(format!("the service ended with {status}")),
            Ok(Err(error)) => Err(format!("the service cannot be waited for: {error}")),
            Err(_) => Err(format!("the service has not ended within {END:?}")),
        }
    }
}

/// Both addresses, from the start-up lines.
async fn places(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<(String, String)> {
    let (mut ici, mut admin) = (None, None);
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(url) = line.strip_prefix("listening ici ") {
            ici = Some(url.to_owned());
        } else if let Some(url) = line.strip_prefix("listening admin ") {
            admin = Some(url.to_owned());
        } else if line == "ready" {
            break;
        }
    }
    ici.zip(admin)
}

// === impl Usage ===

impl Usage {
    fn of(id: u32) -> Self {
        let file = |name: &str| std::fs::read_to_string(format!("/proc/{id}/{name}")).ok();
        Self { memory: file("status").and_then(|status| resident(&status)), processor: file("stat").and_then(|stat| processor(&stat)) }
    }
}

/// `VmRSS` of `/proc/PID/status`, in bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// User and system time of `/proc/PID/stat`. The name before them may contain anything, so they are counted from its closing bracket; Linux
/// gives hundredths of a second to every program, whatever its own clock.
fn processor(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map(str::parse::<u64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some(Duration::from_millis((user + system) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_figures_are_read() {
        assert_eq!(resident("Name:\tjackfield\nVmRSS:\t   10240 kB\nThreads:\t4\n"), Some(10 << 20));
        let stat = "4711 (a ) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
        assert_eq!(processor(stat), Some(Duration::from_secs(2)));
        assert_eq!((resident(""), processor("")), (None, None));
    }
}
