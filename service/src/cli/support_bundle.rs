//! `jackfield support-bundle`: everything that whoever helps from afar asks for, in one archive, without secrets and customers' numbers.

mod archive;
mod gather;
mod logs;
mod machine;
mod scrub;

use super::exit::{self, Exit};
use clap::Args;
use gather::Piece;
use serde_json::json;
use shared::{config::duration, secret::SecretRef};
use std::{
    fmt::Write as _,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

/// Put together what support needs: the file without secrets, versions, checks, health, figures, logs and timelines, as one zip archive.
///
/// Passwords, tokens and whatever the file names as a secret are taken out of all of it, customers' numbers are masked in logs, status and
/// timelines, and the names of agents stay. Nothing is sent anywhere. With --list it is put together and only told.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct Arguments {
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one where it exists].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where to write; must not be there yet [default: jackfield-support-DATE-TIME.zip].
    #[arg(long, short, value_name = "FILE", conflicts_with = "list")]
    pub out: Option<PathBuf>,
    /// Say what would be in it, with sizes, and write nothing.
    #[arg(long)]
    pub list: bool,
    /// Logs and timelines of this time, for example 2h or 3d.
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = duration::parse)]
    pub since: Duration,
    /// With the timeline of this agent; may be given several times.
    #[arg(long = "agent", value_name = "NAME")]
    pub agents: Vec<String>,
    /// With the messages in the timelines: what agents and customers wrote and attached is in them.
    #[arg(long, requires = "agents")]
    pub messages: bool,
    /// Write JSON: what is inside, and where it is.
    #[arg(long)]
    pub json: bool,
    /// The service's listener for administrators [default: what the file says].
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<String>,
    /// Where its token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME` [default: what the file says].
    #[arg(long, value_name = "REFERENCE")]
    pub admin_token: Option<SecretRef>,
}

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        super::block_on(async { self.carry_out(&mut io::stdout()).await.map_or_else(exit::told, |()| Exit::Done) }).into()
    }

    async fn carry_out(self, out: &mut impl Write) -> Result<(), (Exit, String)> {
        let pieces = gather::all(&self).await;
        let file = if self.list {
            None
        } else {
            let file = self.out.clone().unwrap_or_else(archive::name);
            archive::write(&file, &pieces).map_err(|error| {
                let hint = if error.kind() == io::ErrorKind::AlreadyExists { "; name another with --out" } else { "" };
                (Exit::InputOutput, format!("{} cannot be written: {error}{hint}", file.display()))
            })?;
            Some(file)
        };
        let text = if self.json {
            let entries: Vec<_> =
                pieces.iter().map(|Piece { name, what, text }| json!({ "name": name, "what": what, "bytes": text.len() })).collect();
            let bytes: usize = pieces.iter().map(|piece| piece.text.len()).sum();
            format!("{}\n", json!({ "file": file, "bytes": bytes, "entries": entries }))
        } else {
            let mut text = table(&pieces);
            if let Some(file) = &file {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "\n{} is written; look into it before you send it", file.display());
            }
            text
        };
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err((Exit::InputOutput, format!("standard output cannot be written: {error}")))
            }
            _ => Ok(()),
        }
    }
}

/// What is inside, for people.
fn table(pieces: &[Piece]) -> String {
    let width = pieces.iter().map(|piece| piece.name.chars().count()).max().unwrap_or(0);
    let rows = pieces.iter().map(|Piece { name, what, text }| format!("{name:<width$}  {:>10}  {what}\n", text.len()));
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_what_is_inside_with_its_size() {
        let piece = |name: &str, what, text: &str| Piece { name: name.into(), what, text: text.into() };
        let list = table(&[piece("README.txt", "what this is", "abc"), piece("logs/2026-11-30/SapIci.log", "a log", "x")]);
        assert_eq!(list, "README.txt                           3  what this is\nlogs/2026-11-30/SapIci.log           1  a log\n");
    }
}
