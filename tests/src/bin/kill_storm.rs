//! `tests/run --long`: the service is killed 200 times under load, at its named points and at random ones: `kill_storm [--switch icws] [SEED
//! [TIMES]]`.

use std::{
    io::{self, Write},
    process::ExitCode,
};
use system_tests::{killing::kill, switch::Switch};

fn main() -> io::Result<ExitCode> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let named = words.iter().position(|word| word == "--switch").map(|at| words.drain(at..(at + 2).min(words.len())).next_back());
    let switch = match named.flatten().as_deref() {
        None | Some("embedded") => Switch::Embedded,
        Some("icws") => Switch::Icws,
        Some(_) => {
            writeln!(io::stderr(), "--switch embedded or --switch icws")?;
            return Ok(ExitCode::from(64));
        }
    };
    let seed = words.first().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let times = words.get(1).and_then(|times| times.parse().ok()).unwrap_or(200);
    let report = kill(switch, times, seed);
    writeln!(io::stdout(), "{report}")?;
    let kills: usize = report.checked.values().map(|checked| checked.kills).sum();
    Ok(if kills == times && report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
