//! `jackfield simulate`: the doubles of Jackfield's neighbours, for administrators.

mod order;
mod sap;
mod talk;

use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Play one of Jackfield's neighbours.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    neighbour: Neighbour,
}

#[derive(Debug, Subcommand)]
enum Neighbour {
    /// SAP CRM: log an agent on, see his events, type what he clicks.
    Sap(sap::Arguments),
}

// === impl Arguments ===

impl Arguments {
    /// Plays until it is told to stop.
    pub fn run(self) -> ExitCode {
        match self.neighbour {
            Neighbour::Sap(arguments) => arguments.run(),
        }
    }
}
