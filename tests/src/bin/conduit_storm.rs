//! `tests/run --long`: a hundred thousand conversation events on their way to Kinesis in bad weather, with a kill in the middle. An argument
//! is another number of events.

use std::{
    io::{self, Write},
    process::ExitCode,
};
use system_tests::conduit::{EVENTS, Weather, storm};

/// Events at least, unless an argument says otherwise.
const MANY: usize = 100_000;
/// So many MiB more than at the beginning, and memory is not flat.
const GROWTH: u64 = 32;

fn main() -> io::Result<ExitCode> {
    let many = std::env::args().nth(1).and_then(|many| many.parse().ok()).unwrap_or(MANY);
    let report = storm(many.div_ceil(EVENTS), Weather { refuses_some: 2, cuts_before: 17, cuts_after: 13, fails: 23 }, true);
    writeln!(io::stdout(), "{report}")?;
    let (early, late) = report.memory;
    Ok(if report.is_good() && late <= early + GROWTH { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
