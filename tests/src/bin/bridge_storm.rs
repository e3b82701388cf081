//! `tests/run --long`: an organisation of Genesys Cloud is kept in step with a switch of 1,000 users, 100 workgroups, 200 skills and 50 wrap-up codes,
//! through random edits, kills and lost answers: `bridge_storm [SEED [ROUNDS]]`.

use std::{
    io::{self, Write},
    process::ExitCode,
};
use system_tests::keeping::{Size, keep};

fn main() -> io::Result<ExitCode> {
    let mut words = std::env::args().skip(1).map(|word| word.parse().ok());
    let seed = words.next().flatten().unwrap_or(1);
    let rounds = words.next().flatten().unwrap_or(40);
    let report = keep(Size { users: 1_000, workgroups: 100, skills: 200, codes: 50 }, usize::try_from(rounds).unwrap_or(40), seed);
    writeln!(io::stdout(), "{report}")?;
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
