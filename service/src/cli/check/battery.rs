//! `jackfield check --battery`: the claims that the tests hold every switch to, at a site's own CIC server. It calls, transfers and hangs up with
//! agents that are named for it, so it runs only after somebody has said that the server is one for tests.

use super::{
    CLOSING,
    report::{Detail, Report, Summary},
    sentences as say,
};
use crate::{
    app::battery::{AtSite, Cast, Held, Outcome},
    cli::exit::{self, Exit},
    os::{Signal, Signals},
};
use clap::Args;
use shared::{config::Config, file};
use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::{Path, PathBuf},
    time::Instant,
};

/// Who plays, and where that is allowed.
#[derive(Clone, Debug, Default, Args)]
pub struct Order {
    /// Hold the CIC server to the claims that Jackfield's own tests hold every switch to. It calls and hangs up with the agents that are named
    /// for it: for test systems only.
    #[arg(long)]
    pub battery: bool,
    /// The server that may be used for it, as the file names it; without this a person at a terminal is asked.
    #[arg(long, value_name = "HOST", requires = "battery")]
    pub yes_this_is_a_test_system: Option<String>,
    /// Agents, stations and numbers that may be used, as a TOML file with `agents = ["…"]`, `caller = "…"` and the names of the options below.
    #[arg(long, value_name = "FILE", requires = "battery")]
    pub cast: Option<PathBuf>,
    /// An agent for the battery alone; up to four.
    #[arg(long = "agent", value_name = "NAME", requires = "battery")]
    pub agents: Vec<String>,
    /// One more agent, who calls the others in the place of customers.
    #[arg(long, value_name = "NAME", requires = "battery")]
    pub caller: Option<String>,
    /// A workgroup with the first three of the agents and nobody else.
    #[arg(long, value_name = "NAME", requires = "battery")]
    pub workgroup: Option<String>,
    /// A workgroup with the third of the agents and nobody else.
    #[arg(long, value_name = "NAME", requires = "battery")]
    pub second_workgroup: Option<String>,
    /// A station at which nobody sits.
    #[arg(long, value_name = "NAME", requires = "battery")]
    pub station: Option<String>,
    /// A number outside that may be called and answers by itself.
    #[arg(long, value_name = "NUMBER", requires = "battery")]
    pub outside: Option<String>,
    /// A number outside that may be called and rings without end.
    #[arg(long, value_name = "NUMBER", requires = "battery")]
    pub silent: Option<String>,
    /// Only claims of this group, or with this in their names.
    #[arg(long = "claim", value_name = "PART", requires = "battery")]
    pub claims: Vec<String>,
}

/// Why it does not begin.
pub(super) type Refused = (Exit, String);

// === impl Order ===

impl Order {
    /// Asks for leave, prepares, runs and reports.
    pub(super) async fn run(&self, file: Option<&Path>, out: &mut impl Write, json: bool) -> Result<Summary, Refused> {
        let usage = |why: String| (Exit::Usage, why);
        let cast = self.cast().map_err(usage)?;
        let config = file::load(&file::locate(file).path).map_err(|error| usage(error.to_string()))?.checked.config;
        let server = config.switch.server.as_deref().unwrap_or_default();
        self.allowed(&config, &cast, &mut io::stdin().lock(), &mut io::stderr()).map_err(usage)?;
        let began = Instant::now();
        let unavailable = |why: String| (Exit::Unavailable, format!("the battery cannot begin at {server}: {why}"));
        let ready = AtSite::prepare(file.map(Path::to_path_buf), &cast, &self.claims).await.map_err(unavailable)?;
        let internal = |error: io::Error| (Exit::Internal, format!("jackfield cannot listen to signals: {error}"));
        let mut signals = Signals::listen().map_err(internal)?;
        let stop = async { while signals.next().await != Signal::Stop {} };
        let broken = |error: io::Error| (Exit::InputOutput, format!("the report cannot be written: {error}"));
        let mut report = Report::new(out, json, CLOSING);
        let claims = ready.claims();
        let all = claims.len();
        report.begin(&claims).map_err(broken)?;
        tracing::debug!(took = ?began.elapsed(), "the battery is ready");
        let (mut done, mut failed) = (0_usize, None);
        let progress = !json && io::stderr().is_terminal();
        ready
            .run(stop, |outcome| {
                done += 1;
                if progress {
                    exit::say(&format!("{done} of {all}"));
                }
                let Outcome { claim, took, .. } = outcome;
                let began = Instant::now().checked_sub(took).unwrap_or_else(Instant::now);
                failed = failed.take().or(report.stage(claim, began, vec![judged(outcome)]).err());
            })
            .await;
        match failed {
            Some(error) => Err(broken(error)),
            None => report.end().map_err(broken),
        }
    }

    /// Who plays: by the file, and by the command line, which counts more.
    fn cast(&self) -> Result<Cast, String> {
        let mut cast = match &self.cast {
            None => Cast::of(Vec::new(), String::new()),
            Some(path) => {
                let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
                toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?
            }
        };
        if !self.agents.is_empty() {
            cast.agents.clone_from(&self.agents);
        }
        if let Some(caller) = &self.caller {
            cast.caller.clone_from(caller);
        }
        let options = [
            (&mut cast.workgroup, &self.workgroup),
            (&mut cast.second_workgroup, &self.second_workgroup),
            (&mut cast.station, &self.station),
            (&mut cast.outside, &self.outside),
            (&mut cast.silent, &self.silent),
        ];
        for (place, said) in options {
            *place = said.clone().or(place.take());
        }
        match (cast.agents.len(), cast.caller.is_empty()) {
            (0, _) => Err("name the agents that may be used: --agent NAME, up to four times, or --cast FILE".to_owned()),
            (5.., _) => Err("four agents are the most that claims have a use for".to_owned()),
            (_, true) => Err("name an agent who calls the others: --caller NAME".to_owned()),
            _ if cast.agents.contains(&cast.caller) => Err("the caller must be another than the agents".to_owned()),
            _ => Ok(cast),
        }
    }

    /// Has somebody said that this server is one for tests?
    fn allowed(&self, config: &Config, cast: &Cast, input: &mut impl BufRead, out: &mut impl Write) -> Result<(), String> {
        let server = config.switch.server.as_deref().unwrap_or_default();
        if let Some(named) = &self.yes_this_is_a_test_system {
            return if named == server && !server.is_empty() {
                Ok(())
            } else {
                Err(format!("--yes-this-is-a-test-system names {named}, and the file names {server}: nothing was done"))
            };
        }
        if !io::stdin().is_terminal() {
            return Err("nobody is here to ask: say --yes-this-is-a-test-system HOST, with the server that the file names".to_owned());
        }
        ask(server, cast, input, out)
    }
}

/// Asks the person, who has to type the server's name.
fn ask(server: &str, cast: &Cast, input: &mut impl BufRead, out: &mut impl Write) -> Result<(), String> {
    let lost = |error: io::Error| format!("you could not be asked: {error}");
    let agents = cast.agents.join(", ");
    let numbers: Vec<&str> = [&cast.outside, &cast.silent, &cast.unreachable].into_iter().flatten().map(String::as_str).collect();
    let numbers = if numbers.is_empty() { String::new() } else { format!(" It also calls {}.", numbers.join(", ")) };
    write!(
        out,
        "The battery logs {agents} and {} on at {server}, lets them call each other, transfer, confer and hang up, and sets their\n\
         statuses.{numbers} Whatever it makes it takes away again. Do this at a test system only.\nType {server} to begin: ",
        cast.caller
    )
    .and_then(|()| out.flush())
    .map_err(lost)?;
    let mut typed = String::new();
    input.read_line(&mut typed).map_err(lost)?;
    if typed.trim() == server && !server.is_empty() { Ok(()) } else { Err("that is not the server's name: nothing was done".to_owned()) }
}

fn judged(outcome: Outcome) -> Detail {
    match outcome.result {
        Held::Yes => Detail::new(outcome.group, say::CLAIM_HOLDS),
        Held::No(why) => Detail::with(outcome.group, say::CLAIM_FAILS, [("why", why)]),
        Held::Undecided(what) => Detail::with(outcome.group, say::CLAIM_UNDECIDED, [("what", what)]),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
