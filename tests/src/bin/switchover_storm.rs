//! `tests/run --long`: the CIC server of 500 agents (or of as many as the argument says) is killed.

use std::{
    io::{self, Write},
    process::ExitCode,
};
use system_tests::switchover::switch_over;

fn main() -> io::Result<ExitCode> {
    let agents = std::env::args().nth(1).and_then(|agents| agents.parse().ok()).unwrap_or(500);
    let report = switch_over(agents);
    writeln!(io::stdout(), "{report}")?;
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
