//! `jackfield sso`: what stands around single sign-on to Genesys Cloud, with PureConnect as identity provider (guide *Genesys Cloud for CIC*, "Enable
//! PureConnect as a Genesys Cloud SSO provider") or with Jackfield.

mod certificate;
mod nginx;

use super::exit::{self, Exit};
use certificate::SelfSigned;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use nginx::Proxy;
use shared::file::{self, FileError};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The port of CIC's security token service (guide).
const STS: u16 = 8043;

/// Single sign-on to Genesys Cloud, with Jackfield or the CIC server as identity provider.
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
    /// Print a file for nginx that leads browsers to the CIC servers' identity provider, and to standard error what to enter in Genesys Cloud.
    Nginx(Nginx),
    /// Make key and certificate for `[genesys_cloud.sso]`, and print what to write there. Files that are there are left alone.
    Certificate(SelfSigned),
}

/// The proxy.
#[derive(Debug, Args)]
pub struct Nginx {
    /// The name by which browsers and Genesys Cloud know the proxy: appserver.example.com.
    #[arg(long, value_name = "HOST")]
    pub name: String,
    /// The proxy's certificate, which agents' browsers must trust: a PEM file on its machine.
    #[arg(long, value_name = "FILE")]
    pub certificate: PathBuf,
    /// The certificate's key: a PEM file on the proxy's machine.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// A CIC server, HOST or HOST:PORT; may be given twice for a switchover pair [default: `switch.server` and `switch.backup` of the file].
    #[arg(long, value_name = "HOST")]
    pub server: Vec<String>,
    /// The proxy's port.
    #[arg(long, default_value_t = 443, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
    /// The first part of the path, which is taken away before a CIC server sees it.
    #[arg(long, default_value = "PureConnect")]
    pub path: String,
    /// The configuration file.
    #[arg(long, short, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print file and values as JSON.
    #[arg(long)]
    pub json: bool,
}

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        let done = match self.what {
            What::Nginx(nginx) => nginx.print(),
            What::Certificate(certificate) => certificate.make(Timestamp::now()).and_then(|text| print(&text)),
        };
        match done {
            Ok(()) => Exit::Done.into(),
            Err(failure) => exit::told(failure).into(),
        }
    }
}

// === impl Nginx ===

impl Nginx {
    fn print(self) -> Result<(), (Exit, String)> {
        let json = self.json;
        let proxy = self.proxy()?;
        let text = if json {
            format!("{:#}\n", serde_json::json!({ "file": proxy.file(), "provider": proxy.provider() }))
        } else {
            // Beside the file, so that it can be redirected by itself.
            exit::say(&proxy.remark());
            proxy.file()
        };
        print(&text)
    }

    fn proxy(self) -> Result<Proxy, (Exit, String)> {
        let usage = |why: String| (Exit::Usage, why);
        let servers = if self.server.is_empty() { servers_of(self.config.as_deref())? } else { self.server };
        Proxy::new(self.name, self.port, self.path, &servers, STS, [&self.certificate, &self.key]).map_err(usage)
    }
}

fn print(text: &str) -> Result<(), (Exit, String)> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| (Exit::InputOutput, error.to_string()))
}

fn servers_of(config: Option<&Path>) -> Result<Vec<String>, (Exit, String)> {
    let location = file::locate(config);
    let switch = match file::load(&location.path) {
        Ok(loaded) => loaded.checked.config.switch,
        Err(FileError::Absent(_)) if !location.named => shared::Config::built_in().switch,
        Err(error) => return Err((Exit::Usage, error.to_string())),
    };
    let servers: Vec<String> = switch.server.into_iter().chain(switch.backup).collect();
    if servers.is_empty() {
        return Err((Exit::Usage, "the file names no CIC server: name one with --server".into()));
    }
    Ok(servers)
}
