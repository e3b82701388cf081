//! `jackfield doctor`: why can this agent not log on? Six items, each with verdict, cause and the repair: the name's capital and small letters,
//! the directory, the extension, the first status, the station, the licence; and what he is logged on with, and what the running service says.
//! Asks the switch that the file names, changes nothing. What cannot be told is undecided, and says what would decide it.

mod built_in;
mod cic;
mod person;
pub(super) mod sentences;
mod service;

use super::{
    check::{self, cic as server, file},
    exit::{self, Exit},
    report::{Closing, Detail, Report, Summary, Verdict},
};
use clap::Args;
use person::{ITEMS, Person};
use shared::{
    config::{Config, LogIn, SwitchKind},
    secret::SecretRef,
};
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

/// What comes before the items, with a CIC server.
const REACH: [&str; 4] = ["name", "tcp", "tls", "log_in"];
/// What comes behind the items.
const LAST: [&str; 2] = ["credentials", "service"];

const CLOSING: Closing = Closing {
    good: "nothing speaks against a log-on",
    undecided: "nothing that could be seen speaks against a log-on; look at what is undecided",
    doubtful: "the agent can be logged on, but look at the warnings",
    bad: "the agent cannot be logged on yet: repair what failed and ask again",
};

/// The codes of this subcommand, beside those that all have.
const CODES: &str = "Exit codes:
  0   nothing speaks against a log-on
  1   something is undecided or doubtful
  2   something speaks against it
  64  the command line
  70  a fault of Jackfield's own
  74  the report could not be written";

/// Say why an agent cannot log on, and how to repair it.
#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub struct Arguments {
    /// The agent's name as SAP has it, in its capital and small letters.
    pub agent: String,
    /// The work centre that he names at log-on [default: where he sits, else his own].
    #[arg(long, value_name = "NAME")]
    pub station: Option<String>,
    /// The configuration file, or - for standard input, as if it stood in the present folder [default: what `JACKFIELD_CONFIG` names, else
    /// the standard one where it exists].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The running service's listener for administrators [default: the one that the file names].
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<String>,
    /// Where its token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME` [default: the one that the file names].
    #[arg(long, value_name = "REFERENCE")]
    pub admin_token: Option<SecretRef>,
    /// Write one JSON object a line: the version and the names of the stages, each stage as it ends, then a summary.
    #[arg(long)]
    pub json: bool,
}

// === impl Arguments ===

impl Arguments {
    /// Asks and ends. Ctrl-C ends it at once, because it holds nothing.
    pub fn run(self) -> ExitCode {
        let mut code = Verdict::Ok.exit_code();
        let exit = super::block_on(async {
            match self.ask(&mut io::stdout().lock()).await {
                Ok(summary) => {
                    code = summary.exit_code;
                    Exit::Done
                }
                Err(error) => {
                    exit::say(&format!("the report cannot be written: {error}"));
                    Exit::InputOutput
                }
            }
        });
        if exit == Exit::Done { code.into() } else { exit.into() }
    }

    async fn ask(&self, out: &mut impl Write) -> io::Result<Summary> {
        let mut report = Report::new(out, self.json, CLOSING);
        let began = Instant::now();
        let file::Inspected { details, config, .. } = file::inspect(self.config.as_deref()).await;
        let is_cic = config.as_ref().is_some_and(|config| config.switch.kind == SwitchKind::Icws);
        let before: &[&str] = if is_cic { &REACH } else { &[] };
        let stages = [&["file"], before, &ITEMS, &LAST].concat();
        report.begin(&stages)?;
        // Who asks for an agent wants to hear of the file only what keeps it from being used.
        let details: Vec<_> = details.into_iter().filter(|detail| detail.verdict != Verdict::Warning).collect();
        report.stage("file", began, details)?;
        let Some(config) = config else {
            for stage in &stages[1..] {
                report.stage(stage, Instant::now(), vec![Detail::new("", check::sentences::WAITS_FOR_FILE)])?;
            }
            return report.end();
        };
        self.look(&config, &mut report).await?;
        report.end()
    }

    async fn look(&self, config: &Config, report: &mut Report<'_, impl Write>) -> io::Result<()> {
        let began = Instant::now();
        let running = service::ask(config, self.admin.as_deref(), self.admin_token.clone()).await;
        let asked = began.elapsed();
        let station = self.station.as_deref();
        let person = match config.switch.kind {
            SwitchKind::Embedded => Some(built_in::look(&config.switch.embedded, &self.agent, station, &running)),
            SwitchKind::Icws => {
                let servers = server::reach(config, report).await?;
                let user = config.switch.user_id.as_deref().unwrap_or_default();
                let mut person = None;
                for server in &servers {
                    if let Some(desk) = server.desk(user) {
                        person = Some(cic::look(&desk, &self.agent, station).await);
                        server.leave().await;
                    }
                }
                person
            }
        };
        let began = Instant::now();
        let details = person.as_ref().map(Person::judged);
        let details = details.unwrap_or_else(|| ITEMS.map(|_| Detail::new(self.agent.as_str(), sentences::NO_SERVER)));
        for (item, detail) in ITEMS.into_iter().zip(details) {
            report.stage(item, began, vec![detail])?;
        }
        let began = Instant::now();
        report.stage("credentials", began, self.credentials(config).await)?;
        let began = Instant::now().checked_sub(asked).unwrap_or(began);
        report.stage("service", began, vec![service::judged(&self.agent, &running)])
    }

    /// Is there what he is logged on with? It is neither shown nor tried.
    async fn credentials(&self, config: &Config) -> Vec<Detail> {
        match config.agents.log_in {
            _ if config.switch.kind == SwitchKind::Embedded => Vec::new(),
            LogIn::Embedded => Vec::new(),
            LogIn::StoredPassword => {
                let reference = config.agents.stored_password.secrets.of(&self.agent);
                vec![check::secrets::one(format!("{} {reference}", self.agent), reference, false).await]
            }
            LogIn::SsoToken => check::agents::inspect(config).await,
            LogIn::SuperUser => {
                let asking = ("asking", config.switch.user_id.clone().unwrap_or_default());
                vec![Detail::with(self.agent.as_str(), sentences::WITH_SUPER_USER, [asking])]
            }
        }
    }
}

#[cfg(test)]
mod tests;
