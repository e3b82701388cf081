//! `jackfield service`: Jackfield as a service of Windows. On other systems the command says who has services there.
//!
//! Several services run on one host by their names, each with a folder, a file and an account of its own (`service/instance.rs`); `manage`
//! speaks with the service control manager, `closed` shuts the folder, `begun` is the service itself.

#[cfg(windows)]
mod begun;
#[cfg(windows)]
mod closed;
mod instance;
#[cfg(windows)]
mod manage;

use super::exit::{self, Exit};
use clap::{Args, Subcommand};
use instance::Instance;
use std::{path::PathBuf, process::ExitCode};

/// Install, uninstall, start, stop and look at Jackfield as a service of Windows.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Make the service with its folder and file, or bring one that is there up to this program. It starts with the machine.
    Install(Install),
    /// Stop the service and take it away; its file, logs, secrets and store stay.
    Uninstall(Which),
    /// Start it, wait until it answers, or say why it does not.
    Start(Which),
    /// Stop it: what SAP has asked for is finished, nobody is logged off.
    Stop(Which),
    /// Check the file, and have the service look at it now.
    Reload(Which),
    /// Say how it stands, and why its last start failed.
    Status(Which),
    /// What the service control manager calls.
    #[command(hide = true)]
    Run(Begun),
}

/// Which service.
#[derive(Debug, Args)]
pub struct Which {
    /// One of several services on this host [default: the one without a name].
    #[arg(long, value_name = "NAME", value_parser = Instance::named, default_value = "", hide_default_value = true)]
    pub name: Instance,
}

/// What is installed.
#[derive(Debug, Args)]
pub struct Install {
    /// Which.
    #[command(flatten)]
    pub which: Which,
    /// The configuration file [default: `jackfield.toml` in the service's folder below `%ProgramData%`, written when it is not there].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Run the web connector, SAP's side of the service on another machine.
    #[arg(long)]
    pub connector: bool,
}

/// With what the service control manager starts us.
#[derive(Debug, Args)]
pub struct Begun {
    /// Which.
    #[command(flatten)]
    pub which: Which,
    /// Its folder, as who has installed it has seen it: the environment of a service may be another one.
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Its file.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Whether it is the web connector.
    #[arg(long)]
    pub connector: bool,
}

// === impl Arguments ===

impl Arguments {
    /// Does it.
    #[cfg(windows)]
    pub fn run(self) -> ExitCode {
        let done = match self.what {
            What::Install(install) => manage::install(&install),
            What::Uninstall(Which { name }) => manage::uninstall(&name),
            What::Start(Which { name }) => manage::start(&name),
            What::Stop(Which { name }) => manage::stop(&name),
            What::Reload(Which { name }) => manage::reload(&name),
            What::Status(Which { name }) => manage::status(&name),
            What::Run(begun) => begun::run(begun),
        };
        match done {
            Ok(text) => {
                super::run::line(&text);
                Exit::Done.into()
            }
            Err(failure) => failure.say().into(),
        }
    }

    /// Says who does it here.
    #[cfg(not(windows))]
    pub fn run(self) -> ExitCode {
        exit::say(
            "`jackfield service` is for Windows. Here systemd has the services: `systemctl start jackfield`, and `jackfield@NAME` for several \
             on one host; the packages and assets/systemd bring the units",
        );
        Exit::Unavailable.into()
    }
}
