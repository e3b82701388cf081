//! `tests/run --long`: 200,000 requests, kept alive and not, under 10,000 signals, 50 changes of the file, 200 of address and path.

use std::{
    io::{self, Write},
    process::ExitCode,
};
use system_tests::storm::{Storm, rage};

fn main() -> io::Result<ExitCode> {
    let report = rage(Storm { requests: 200_000, signals: 10_000, files: 50, moves: 200 });
    writeln!(io::stdout(), "{report}")?;
    let complete = report.kept + report.single >= 200_000 && (report.signals, report.files, report.moves) == (10_000, 50, 200);
    Ok(if complete && report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
