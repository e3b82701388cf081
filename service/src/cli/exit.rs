//! Exit codes, as `sysexits.h` numbers them, and the way to say why.

use std::{io::Write, process::ExitCode};

/// How the program ends. `jackfield check` has codes of its own beside these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// The command line, a file with findings, or a store of a newer version.
    Usage,
    /// Something it needs is not there.
    Unavailable,
    /// Our own fault.
    Internal,
    /// Reading or writing failed.
    InputOutput,
}

/// The end of `--help`.
pub const HELP: &str = "Exit codes:
  0   done
  64  the command line, a configuration file with findings, or a store of a newer version
  69  something it needs is not there (an address that is taken, a switch that does not answer)
  70  a fault of Jackfield's own
  74  reading or writing failed";

/// Says something on standard error, for people. Never fails: when nobody listens, nobody is told.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says why something failed, and how the program ends by it.
pub fn told((exit, why): (Exit, String)) -> Exit {
    say(&why);
    exit
}

// === impl Exit ===

impl Exit {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Done, Self::Usage, Self::Unavailable, Self::Internal, Self::InputOutput];

    /// The number the system sees.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Usage => 64,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::InputOutput => 74,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.number().into()
    }
}
