//! The program `jackfield`: read the arguments, carry out the subcommand, end with its exit code. Each subcommand is a file in `cli/`;
//! `cli/run.rs` is the service.

use mimalloc::MiMalloc;
use service::cli::Arguments;
use std::process::ExitCode;

/// When five thousand agents log on, short-lived buffers lie between what their sessions keep, and the system's allocator then holds three
/// times the memory that is in use, for ever. This one gives it back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match Arguments::read() {
        Ok(arguments) => arguments.command.carry_out(),
        Err(code) => code,
    }
}
