//! `jackfield check`: can the service do its work here and now? Looks at the file and at what it needs around it, changes nothing, and says
//! what is wrong and how to repair it. Every probe has a deadline; each stage is told as soon as it ends.

mod event_hosts;
mod file;
mod listeners;
mod report;
mod secrets;
mod switch;

use super::exit::{self, Exit};
use clap::Args;
use listeners::Sign;
use report::{Begin, Detail, Stage, Summary, Verdict};
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

/// One probe of something that may not answer.
const DEADLINE: Duration = Duration::from_secs(3);

/// The stages, in their order.
const STAGES: [&str; 6] = ["file", "secrets", "listeners", "switch", "profile", "event_hosts"];

/// The codes of this subcommand, beside those that all have.
const CODES: &str = "Exit codes:
  0   everything is as it should be
  1   it works, but there are warnings
  2   something failed
  64  the command line
  70  a fault of Jackfield's own
  74  the report could not be written";

/// Look at the file and at what it needs: secrets, addresses, the switch, the profile, the hosts of events.
#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub struct Arguments {
    /// The configuration file, or - for standard input, as if it stood in the present folder [default: what `JACKFIELD_CONFIG` names, else
    /// the standard one where it exists].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Write one JSON object a line: the version and the names of the stages, each stage as it ends, then a summary.
    #[arg(long)]
    pub json: bool,
    /// Connect to the event hosts at this port too.
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub event_port: Option<u16>,
}

// === impl Arguments ===

impl Arguments {
    /// Checks and ends. Ctrl-C ends it at once, because it holds nothing.
    pub fn run(self) -> ExitCode {
        let mut out = io::stdout().lock();
        let mut code = Verdict::Ok.exit_code();
        let exit = super::block_on(async {
            match self.check(&mut out).await {
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

    async fn check(&self, out: &mut impl Write) -> io::Result<Summary> {
        let mut report = Report { out, json: self.json, began: Instant::now(), stages: Vec::new() };
        report.say(&Begin { version: env!("CARGO_PKG_VERSION"), stages: STAGES }, |_| String::new())?;
        let began = Instant::now();
        let file::Inspected { details, config, file } = file::inspect(self.config.as_deref()).await;
        report.stage("file", began, details)?;
        let Some(config) = config else {
            for stage in &STAGES[1..] {
                report.stage(stage, Instant::now(), vec![Detail::skipped("not looked at", "the file has to be right first")])?;
            }
            return report.end();
        };
        let began = Instant::now();
        report.stage("secrets", began, secrets::inspect(&config).await)?;
        let began = Instant::now();
        let listeners = vec![
            listeners::inspect("service.listen", config.service.listen, Sign { path: &config.service.path, words: "Jackfield" }).await,
            // What the admin listener says of paths that it does not have.
            listeners::inspect("admin.listen", config.admin.listen, Sign { path: "/", words: "/readyz" }).await,
        ];
        report.stage("listeners", began, listeners)?;
        let began = Instant::now();
        report.stage("switch", began, vec![switch::switch(&config)])?;
        let began = Instant::now();
        report.stage("profile", began, switch::profile(&config, &file).await)?;
        let began = Instant::now();
        report.stage("event_hosts", began, event_hosts::inspect(&config.service.event_hosts, self.event_port).await)?;
        report.end()
    }
}

/// Where the stages are told.
struct Report<'a, W> {
    out: &'a mut W,
    json: bool,
    began: Instant,
    stages: Vec<Verdict>,
}

// === impl Report ===

impl<W: Write> Report<'_, W> {
    fn stage(&mut self, name: &'static str, began: Instant, details: Vec<Detail>) -> io::Result<()> {
        let stage = Stage::new(name, began.elapsed(), details);
        self.stages.push(stage.verdict);
        self.say(&stage, Stage::for_people)
    }

    fn end(mut self) -> io::Result<Summary> {
        let summary = Summary::of(&self.stages, self.began.elapsed());
        self.say(&summary, Summary::for_people)?;
        Ok(summary)
    }

    fn say<T: serde::Serialize>(&mut self, what: &T, for_people: impl Fn(&T) -> String) -> io::Result<()> {
        let text = if self.json { serde_json::to_string(what)? + "\n" } else { for_people(what) };
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// Runs what may wait, for a file system or a key store, on a thread of its own, and does not wait for it longer than [`DEADLINE`].
async fn on_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    match tokio::time::timeout(DEADLINE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(format!("a fault of Jackfield's own: {error}")),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(text: &str, json: bool) -> (Summary, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jackfield.toml");
        std::fs::write(&path, text).unwrap();
        let mut out = Vec::new();
        let arguments = Arguments { config: Some(path), json, event_port: None };
        let summary = arguments.check(&mut out).await.unwrap();
        (summary, String::from_utf8(out).unwrap())
    }

    const FREE: &str = "[service]\nlisten = \"127.0.0.1:0\"\nevent_hosts = [\"127.0.0.1\"]\n[admin]\nlisten = \"127.0.0.1:0\"\n";

    #[tokio::test]
    async fn a_file_that_works_here_has_nothing_to_repair() {
        let (summary, text) = check(FREE, false).await;
        assert_eq!(summary.exit_code, 0, "{text}");
        assert!(!text.contains("repair"), "{text}");
    }

    #[tokio::test]
    async fn json_is_one_object_a_line_for_each_stage_and_a_summary() {
        let (summary, text) = check(FREE, true).await;
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["kind"], "begin");
        assert_eq!((&lines[0]["version"], &lines[0]["stages"]), (&env!("CARGO_PKG_VERSION").into(), &STAGES.as_slice().into()));
        let stages: Vec<&str> = lines.iter().filter_map(|line| line["stage"].as_str()).collect();
        assert_eq!(stages, STAGES);
        let last = lines.last().unwrap();
        assert_eq!((last["kind"].as_str(), last["exit_code"].as_u64()), (Some("summary"), Some(summary.exit_code.into())));
    }

    #[tokio::test]
    async fn a_wrong_file_fails_and_the_rest_is_skipped() {
        let (summary, text) = check("[service]\nlissten = 1\n", false).await;
        assert_eq!((summary.exit_code, summary.failed, summary.skipped), (2, 1, 5), "{text}");
    }

    #[tokio::test]
    async fn an_event_host_that_nobody_knows_is_the_only_failure() {
        let (summary, text) = check(&FREE.replace("127.0.0.1\"]", "no-such-host.invalid\"]"), false).await;
        assert_eq!((summary.exit_code, summary.failed), (2, 1), "{text}");
    }
}
