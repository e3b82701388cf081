//! `tests/run --long`: the service is killed 200 times under load, at its named points and at random ones.

use std::{
    io::{self, Write},
    process::ExitCode,
};
use system_tests::killing::kill;

fn main() -> io::Result<ExitCode> {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let times = std::env::args().nth(2).and_then(|times| times.parse().ok()).unwrap_or(200);
    let report = kill(times, seed);
    writeln!(io::stdout(), "{report}")?;
    let kills: usize = report.checked.values().map(|checked| checked.kills).sum();
    Ok(if kills == times && report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
