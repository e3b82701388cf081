//! `jackfield learn`: compares recorded traffic with the profile and proposes another one, with a report.

use super::exit::{self, Exit};
use crate::{capture, learn};
use clap::Args;
use serde_json::json;
use shared::profile;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Learn from recorded traffic how SAP's interface looks here, and propose a profile.
///
/// What `jackfield record` wrote shows how SAP asks. How SAP wants to be answered and told is seen only in traffic between SAP and the
/// connector that served it before: take that with Fiddler, tcpdump or SAP's own ICI trace, and give it here as it is.
#[derive(Debug, Args)]
#[command(after_help = "A capture is a file of `jackfield record`, packets of `tcpdump -w` (pcap), an HTTP archive (HAR), a text with HTTP
messages or SOAP envelopes (dumps, SAP's ICI trace, Wireshark's `Follow`), or a folder of such files; a folder is read in the order of
its names.

Put the proposed profile beside the configuration file, name it under [ici] profile, and record again.

Exit codes: 0 a profile is proposed, 64 there is nothing to learn from, 74 reading or writing failed.")]
pub struct Arguments {
    /// Captures, read one after the other.
    #[arg(required = true, value_name = "CAPTURE")]
    pub captures: Vec<PathBuf>,
    /// Write the proposed profile here; must not be there yet.
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The profile to compare with and to begin from [default: the built-in one].
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Name of the proposed profile.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Write the report as one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Why it cannot be done.
struct Broken(Exit, String);

// === impl Arguments ===

impl Arguments {
    /// Learns, writes and tells.
    pub fn run(self) -> ExitCode {
        self.learn(&mut io::stdout().lock()).map_or_else(|Broken(exit, why)| exit::told((exit, why)), |()| Exit::Done).into()
    }

    fn learn(&self, out: &mut impl Write) -> Result<(), Broken> {
        let text = match &self.profile {
            Some(path) => fs::read_to_string(path).map_err(|error| broken(path, "cannot be read", &error))?,
            None => profile::BUILT_IN.to_owned(),
        };
        let capture = capture::read::read(&self.captures).map_err(|error| {
            let exit = if matches!(error, capture::Unusable::Unreadable { .. }) { Exit::InputOutput } else { Exit::Usage };
            Broken(exit, error.to_string())
        })?;
        let name = self.name.clone().unwrap_or_else(|| "learnt".to_owned());
        let learnt = learn::learn(&capture, &text, &name).map_err(|why| Broken(Exit::Usage, why.to_string()))?;
        if let Some(path) = &self.out {
            let made = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
                .and_then(|mut file| file.write_all(learnt.profile.as_bytes()));
            made.map_err(|error| broken(path, "cannot be written", &error))?;
        }
        let told = if self.json {
            writeln!(out, "{}", json!({ "report": learnt.report, "profile": self.out }))
        } else {
            let next = self.out.as_ref().map_or_else(
                || "\n--out FILE writes the proposed profile.\n".to_owned(),
                |path| {
                    format!(
                        "\nThe proposed profile is in {}: name it under [ici] profile; the running service reads it at once.\n",
                        path.display()
                    )
                },
            );
            write!(out, "{}{next}", learnt.report.text())
        };
        match told.and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Broken(Exit::InputOutput, format!("the report cannot be written: {error}")))
            }
            _ => Ok(()),
        }
    }
}

fn broken(path: &Path, what: &str, error: &io::Error) -> Broken {
    Broken(Exit::InputOutput, format!("{} {what}: {error}", path.display()))
}
