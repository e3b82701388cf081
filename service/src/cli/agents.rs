//! `jackfield agents`: who is logged on from SAP at a service that runs, and who of them is a ghost; logging one off; and keeping their
//! passwords.

mod import_passwords;

use super::{
    exit::{self, Exit},
    path::escaped,
    patience,
};
use crate::simulator::administrator::Administrator;
use clap::{Args, Subcommand};
use import_passwords::Import;
use serde::Deserialize;
use serde_json::Value;
use shared::secret::SecretRef;
use std::{
    fmt::Write as _,
    io::{self, Write},
    process::ExitCode,
};

/// List the agents who are logged on from SAP, or log one off.
///
/// A ghost is an agent whose browser seems to be gone: SAP has ended its session, cannot be reached, does not want his events, or has not
/// said anything for longer than the file's `agents.ghost_after`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// What to do instead of listing.
    #[command(subcommand)]
    pub what: Option<What>,
    /// Only ghosts.
    #[arg(long)]
    pub ghosts: bool,
    /// Write JSON: a list of objects as they are in `/status`.
    #[arg(long)]
    pub json: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

/// What to do with an agent.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Log an agent off at the switch; SAP is told where it still listens.
    LogOff {
        /// His name, in capital and small letters as it is listed.
        name: String,
        /// Which service.
        #[command(flatten)]
        service: Service,
    },
    /// Keep agents' passwords, from a table, where the service will look for them.
    ImportPasswords(Import),
}

/// A service that runs.
#[derive(Debug, Args)]
pub struct Service {
    /// The service's listener for administrators.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8096")]
    pub admin: String,
    /// Where its token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, value_name = "REFERENCE")]
    pub admin_token: Option<SecretRef>,
}

/// What is shown of an agent.
#[derive(Deserialize)]
struct Agent {
    user: String,
    workmode: u32,
    workmode_text: String,
    calls: Vec<Value>,
    heard: i64,
    ghost: Option<String>,
}

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        super::block_on(async { self.carry_out(&mut io::stdout()).await.unwrap_or_else(exit::told) }).into()
    }

    async fn carry_out(self, out: &mut impl Write) -> Result<Exit, (Exit, String)> {
        let unavailable = |why| (Exit::Unavailable, why);
        let text = match self.what {
            Some(What::ImportPasswords(import)) => return import.run(out).await,
            Some(What::LogOff { name, service }) => {
                let administrator = service.administrator().await?;
                administrator.ask("DELETE", &format!("/agents/{}", escaped(&name)), "", "").await.map_err(unavailable)?;
                format!("{name} is logged off\n")
            }
            None => {
                let administrator = self.service.administrator().await?;
                let answer = administrator.ask("GET", "/status", "", "").await.map_err(unavailable)?;
                let foreign = || unavailable(format!("what answers at {} is no Jackfield of this version", administrator.url()));
                let mut status: Value = serde_json::from_slice(&answer.body).map_err(|_| foreign())?;
                let Value::Array(mut agents) = status["agents"].take() else { return Err(foreign()) };
                if self.ghosts {
                    agents.retain(|agent| agent["ghost"].is_string());
                }
                if self.json {
                    serde_json::to_string_pretty(&agents).map_err(|error| (Exit::Internal, error.to_string()))? + "\n"
                } else {
                    let agents: Result<Vec<Agent>, _> = agents.into_iter().map(serde_json::from_value).collect();
                    // By the service's clock, which may be another than ours.
                    let now = status["started"].as_i64().zip(status["uptime"].as_i64()).map(|(started, up)| started + up);
                    table(&agents.map_err(|_| foreign())?, now.ok_or_else(foreign)?, self.ghosts)
                }
            }
        };
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err((Exit::InputOutput, format!("standard output cannot be written: {error}")))
            }
            _ => Ok(Exit::Done),
        }
    }
}

// === impl Service ===

impl Service {
    pub(super) async fn administrator(self) -> Result<Administrator, (Exit, String)> {
        let Self { admin, admin_token } = self;
        let token = patience::admin_token(admin_token).await.map_err(|why| (Exit::Unavailable, why))?;
        Administrator::new(&admin, token).map_err(|why| (Exit::Usage, format!("--admin {admin}: {why}")))
    }
}

/// For people.
fn table(agents: &[Agent], now: i64, ghosts: bool) -> String {
    if agents.is_empty() {
        return if ghosts { "no ghosts\n" } else { "nobody is logged on\n" }.to_owned();
    }
    let rows: Vec<[String; 5]> = agents.iter().map(|agent| row(agent, now)).collect();
    let titles = ["agent", "workmode", "items", "from SAP", "ghost"].map(str::to_owned);
    let lines = || std::iter::once(&titles).chain(&rows);
    let width = |column: usize| lines().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let mut text = String::new();
    for [user, workmode, items, heard, ghost] in lines() {
        let [one, two, three, four] = widths;
        let line = format!("{user:<one$}  {workmode:<two$}  {items:>three$}  {heard:>four$}  {ghost}");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn row(agent: &Agent, now: i64) -> [String; 5] {
    let reason = match agent.ghost.as_deref() {
        None => "",
        Some("gone") => "SAP has ended the session of his browser",
        Some("unreachable") => "SAP cannot be reached",
        Some("unsubscribed") => "SAP does not want his events",
        Some("silent") => "SAP has not said anything",
        Some(other) => other,
    };
    let workmode = format!("{} {}", agent.workmode, agent.workmode_text);
    [agent.user.clone(), workmode, agent.calls.len().to_string(), ago(now.saturating_sub(agent.heard).max(0)), reason.to_owned()]
}

/// `12 s ago`, `34 min ago`, `5 h ago`.
fn ago(seconds: i64) -> String {
    match seconds {
        0..120 => format!("{seconds} s ago"),
        120..7200 => format!("{} min ago", seconds / 60),
        _ => format!("{} h ago", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(user: &str, silent: i64, ghost: Option<&str>) -> Agent {
        let calls = vec![Value::Null; user.len() % 2];
        Agent {
            user: user.into(),
            workmode: 2,
            workmode_text: "Ready".into(),
            calls,
            heard: 1_000_000 - silent,
            ghost: ghost.map(str::to_owned),
        }
    }

    #[test]
    fn people_read_a_table() {
        let agents = [agent("ANNA", 5, None), agent("BERTA", 3000, Some("silent")), agent("CY", 90_000, Some("gone"))];
        let expected = "\
agent  workmode  items    from SAP  ghost
ANNA   2 Ready       0     5 s ago
BERTA  2 Ready       1  50 min ago  SAP has not said anything
CY     2 Ready       0    25 h ago  SAP has ended the session of his browser
";
        assert_eq!(table(&agents, 1_000_000, false), expected);
        assert_eq!((table(&[], 0, true).as_str(), table(&[], 0, false).as_str()), ("no ghosts\n", "nobody is logged on\n"));
    }
}
