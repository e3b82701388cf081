//! `jackfield simulate`: the doubles of Jackfield's neighbours, for administrators.

mod cic;
mod cloud;
mod order;
mod sap;
mod sld;
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
    /// CIC: a server, or a pair, that serves the built-in switch; or say something to one that runs.
    Cic(Box<cic::Arguments>),
    /// Genesys Cloud: an organisation with users and routing objects; or say something to one that runs.
    Cloud(Box<cloud::Arguments>),
    /// SAP's System Landscape Directory, in every mood: for trying out and for training.
    Sld(sld::Arguments),
}

// === impl Arguments ===

impl Arguments {
    /// Plays until it is told to stop.
    pub fn run(self) -> ExitCode {
        match self.neighbour {
            Neighbour::Sap(arguments) => arguments.run(),
            Neighbour::Cic(arguments) => arguments.run(),
            Neighbour::Cloud(arguments) => arguments.run(),
            Neighbour::Sld(arguments) => arguments.run(),
        }
    }
}
