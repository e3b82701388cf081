//! The command line: one file for each subcommand. What is typed is understood here; what it does is done by `app` and the simulators.
//!
//! A subcommand is a struct `Arguments` (clap's `Args`) with `run(self) -> ExitCode` in its own file, a variant of [`Command`] and an arm
//! of [`Command::carry_out`].

pub mod access;
pub mod agents;
pub mod bridge;
pub mod check;
pub mod config;
pub mod connector;
pub mod demo;
pub mod doctor;
pub mod exit;
pub mod learn;
pub mod load;

mod path;
mod patience;
pub mod record;
pub mod reference;
pub mod replay;
mod report;
pub mod route;
pub mod run;
pub mod service;
pub mod simulate;
pub mod sld;
pub mod sso;
mod supervised;
pub mod support_bundle;
pub mod timeline;
pub mod tls;
mod typed_secret;

use clap::{Parser, Subcommand, error::ErrorKind};
use exit::Exit;
use std::{future::Future, process::ExitCode};

/// Jackfield joins SAP CRM's Interaction Center to a contact-centre switch.
#[derive(Debug, Parser)]
#[command(name = "jackfield", version, after_help = exit::HELP, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service.
    Run(run::Arguments),
    /// On Windows: install, uninstall, start, stop and look at the service.
    Service(service::Arguments),
    /// Show a whole day of phone agents in seconds, all on this machine.
    Demo(demo::Arguments),
    /// Run the web connector, SAP's side of the service on another machine.
    Connector(connector::Arguments),
    /// Play one of Jackfield's neighbours.
    Simulate(simulate::Arguments),
    /// Measure how many agents and calls this machine carries.
    Load(load::Arguments),
    /// List the agents who are logged on, and who of them is a ghost; log one off.
    Agents(agents::Arguments),
    /// Show what went on with an agent lately, on both sides.
    Timeline(timeline::Arguments),
    /// Put together what support needs, without secrets, as one archive.
    SupportBundle(support_bundle::Arguments),
    /// Look at the file and at what it needs, change nothing.
    Check(check::Arguments),
    /// Say why an agent cannot log on.
    Doctor(doctor::Arguments),
    /// Check, show, compare, copy and change the configuration file.
    Config(config::Arguments),
    /// Make hashes of passwords, and technical users for SAP to log on with.
    Access(access::Arguments),
    /// Bring certificates for HTTPS here.
    Tls(tls::Arguments),
    /// Try out where action items go.
    Route(route::Arguments),
    /// Register in SAP's System Landscape Directory: preview, test, send, status.
    Sld(sld::Arguments),
    /// Keep Genesys Cloud in step with the switch: status, plan, run.
    Bridge(bridge::Arguments),
    /// Single sign-on to Genesys Cloud with the CIC server as identity provider.
    Sso(sso::Arguments),
    /// Record what SAP and the running service say to each other.
    Record(record::Arguments),
    /// Learn from recorded traffic how SAP's interface looks here, and propose a profile.
    Learn(learn::Arguments),
    /// Play a capture against a service and compare the answers.
    Replay(replay::Arguments),
    /// Print documentation: an example file, its schema, its settings, metrics, the manual page, completions.
    Reference(reference::Arguments),
}

// === impl Arguments ===

impl Arguments {
    /// Reads the command line. Help and version are printed and end with 0, a wrong command line ends with 64.
    ///
    /// # Errors
    /// The exit code to end with; everything has been said.
    pub fn read() -> Result<Self, ExitCode> {
        Self::try_parse().map_err(|error| {
            // Nobody is left to tell when even this cannot be written.
            let _ = error.print();
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done.into(),
                _ => Exit::Usage.into(),
            }
        })
    }
}

// === impl Command ===

impl Command {
    /// Does it.
    pub fn carry_out(self) -> ExitCode {
        match self {
            Self::Run(arguments) => arguments.run(),
            Self::Service(arguments) => arguments.run(),
            Self::Demo(arguments) => arguments.run(),
            Self::Connector(arguments) => arguments.run(),
            Self::Simulate(arguments) => arguments.run(),
            Self::Load(arguments) => arguments.run(),
            Self::Agents(arguments) => arguments.run(),
            Self::Timeline(arguments) => arguments.run(),
            Self::SupportBundle(arguments) => arguments.run(),
            Self::Check(arguments) => arguments.run(),
            Self::Doctor(arguments) => arguments.run(),
            Self::Config(arguments) => arguments.run(),
            Self::Access(arguments) => arguments.run(),
            Self::Tls(arguments) => arguments.run(),
            Self::Route(arguments) => arguments.run(),
            Self::Sld(arguments) => arguments.run(),
            Self::Bridge(arguments) => arguments.run(),
            Self::Sso(arguments) => arguments.run(),
            Self::Record(arguments) => arguments.run(),
            Self::Learn(arguments) => arguments.run(),
            Self::Replay(arguments) => arguments.run(),
            Self::Reference(arguments) => arguments.run(),
        }
    }
}

/// Runs `work` on a runtime of its own; what is still running when it ends is given a moment and then left.
pub(crate) fn block_on<F: Future<Output = Exit>>(work: F) -> Exit {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("jackfield").build();
    match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(work);
            runtime.shutdown_timeout(std::time::Duration::from_millis(200));
            exit
        }
        Err(error) => {
            exit::say(&format!("jackfield cannot start its threads: {error}"));
            Exit::Internal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_free_of_contradictions() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_exit_code() {
        let help = Arguments::command().render_long_help().to_string();
        for exit in Exit::ALL {
            assert!(help.contains(&format!("\n  {:<3} ", exit.number())), "{exit:?} is missing in\n{help}");
        }
    }
}
