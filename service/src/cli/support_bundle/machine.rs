//! What the machine is, and what systemd says of the service: by the system's own programs, each within a deadline.

use std::time::Duration;
use tokio::{process::Command, time::timeout};

/// Each program.
const DEADLINE: Duration = Duration::from_secs(10);
/// Of what a program says, so much at most.
const LONGEST: usize = 8 * 1024 * 1024;
/// What of a unit is asked for. Its environment and its credentials are not.
const PROPERTIES: &str = "Id,Description,LoadState,ActiveState,SubState,Result,UnitFileState,FragmentPath,DropInPaths,Type,User,MainPID,\
ExecMainStatus,ExecMainCode,NRestarts,ActiveEnterTimestamp,InactiveEnterTimestamp,MemoryCurrent,MemoryPeak,CPUUsageNSec,TasksCurrent,LimitNOFILE,\
WatchdogUSec,StatusText";

/// Our version and the system.
pub(super) async fn versions() -> String {
    let file = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (os, kernel) = (file("/etc/os-release"), file("/proc/version"));
    let name = os.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or(std::env::consts::OS).trim_matches('"').to_owned();
    let package = said("dpkg-query", &["--show", "jackfield", "jackfield-wizard"]).await.unwrap_or_default();
    format!(
        "jackfield {} ({}, {})\nsystem: {name}\nkernel: {}\nprocessors: {}\npackages:\n{package}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH,
        if cfg!(debug_assertions) { "for development" } else { "release" },
        kernel.trim(),
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
    )
}

/// How systemd has the service; `None` where there is no systemd, or no such unit.
pub(super) async fn unit() -> Option<String> {
    let said = said("systemctl", &["show", "jackfield.service", "--no-pager", &format!("--property={PROPERTIES}")]).await?;
    (!said.contains("LoadState=not-found") && !said.trim().is_empty()).then_some(said)
}

/// What the journal has of the service; `None` where there is none.
pub(super) async fn journal(since: Duration) -> Option<String> {
    let since = format!("--since=-{}s", since.as_secs());
    let said =
        said("journalctl", &["--unit=jackfield.service", &since, "--no-pager", "--output=short-iso-precise", "--lines=50000"]).await?;
    (!said.trim().is_empty() && !said.starts_with("-- No entries --")).then_some(said)
}

async fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let run = Command::new(program).args(arguments).env("LC_ALL", "C").kill_on_drop(true).output();
    let output = timeout(DEADLINE, run).await.ok()?.ok()?;
    let start = output.stdout.len().saturating_sub(LONGEST);
    Some(String::from_utf8_lossy(&output.stdout[start..]).into_owned())
}
