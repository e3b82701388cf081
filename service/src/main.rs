//! The program `jackfield`: read the arguments, carry out the subcommand, end with its exit code. Each subcommand is a file in `cli/`;
//! `cli/run.rs` is the service.

use service::cli::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::read() {
        Ok(arguments) => arguments.command.carry_out(),
        Err(code) => code,
    }
}
