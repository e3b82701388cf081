//! `tests/run --long`: a slow-loris and a flood from one address, and another caller's times before and during that, side by side.

use std::{
    io::{self, Write},
    process::ExitCode,
};
use system_tests::greedy::rage;

/// More than this many times as long, and somebody else has noticed the attack, whose own threads work on the same cores as the service.
const MOST: f64 = 2.0;

fn main() -> io::Result<ExitCode> {
    let report = rage(3000);
    writeln!(io::stdout(), "{report}")?;
    Ok(if report.factor() <= MOST && report.closed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
