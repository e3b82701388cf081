//! `jackfield check`: can the service do its work here and now? Looks at the file and at what it needs around it, changes nothing, and says
//! what is wrong and how to repair it. Every probe has a deadline; each stage is told as soon as it ends.

pub(super) mod agents;
mod battery;
mod certificates;
pub(super) mod cic;
mod event_hosts;
pub(super) mod file;
#[cfg(feature = "oauth")]
mod genesys_cloud;
mod listeners;
pub(super) mod secrets;
pub(super) mod sentences;
mod sld;
mod switch;

use super::{
    exit::{self, Exit},
    patience::{self, Late},
    report::{self, Closing, Detail, Report, Summary, Verdict},
};
use clap::Args;
use listeners::Sign;
use shared::config::{Config, SwitchKind};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

/// One probe of something that may not answer.
const DEADLINE: Duration = Duration::from_secs(3);

/// The stages, in their order, with the built-in switch.
const STAGES: [&str; 9] = ["file", "secrets", "certificates", "listeners", "switch", "profile", "sld", "event_hosts", "genesys_cloud"];
/// The stages, in their order, with a CIC server.
const CIC_STAGES: [&str; 18] = [
    "file",
    "secrets",
    "certificates",
    "agents",
    "listeners",
    "name",
    "tcp",
    "tls",
    "log_in",
    "rights",
    "statuses",
    "workgroups",
    "handlers",
    "clock",
    "profile",
    "sld",
    "event_hosts",
    "genesys_cloud",
];

/// How it closes.
const CLOSING: Closing = Closing {
    good: "everything is as it should be",
    undecided: "nothing speaks against it, but something is undecided",
    doubtful: "it works, but look at the warnings",
    bad: "it does not work yet: repair what failed and check again",
};

/// The codes of this subcommand, beside those that all have.
const CODES: &str = "Exit codes:
  0   everything is as it should be
  1   it works, but there are warnings
  2   something failed
  64  the command line
  69  the battery cannot begin
  70  a fault of Jackfield's own
  74  the report could not be written";

/// Look at the file and at what it needs: secrets, addresses, the switch, the profile, the directory, the hosts of events, Genesys Cloud.
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
    /// The battery.
    #[command(flatten)]
    pub battery: battery::Order,
}

// === impl Arguments ===

impl Arguments {
    /// Checks and ends. Ctrl-C ends it at once, because it holds nothing.
    pub fn run(self) -> ExitCode {
        let mut out = io::stdout().lock();
        let mut code = Verdict::Ok.exit_code();
        let exit = super::block_on(async {
            if self.battery.battery {
                // What a claim panics with stands in the report.
                std::panic::set_hook(Box::new(|_| {}));
                return match self.battery.run(self.config.as_deref(), &mut out, self.json).await {
                    Ok(summary) => {
                        code = summary.exit_code;
                        Exit::Done
                    }
                    Err((exit, why)) => {
                        exit::say(&why);
                        exit
                    }
                };
            }
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

    /// What `--json` says, for others of the command line.
    pub(super) fn in_json(config: Option<PathBuf>) -> Self {
        Self { config, json: true, event_port: None, battery: battery::Order::default() }
    }

    pub(super) async fn check(&self, out: &mut impl Write) -> io::Result<Summary> {
        let mut report = Report::new(out, self.json, CLOSING);
        let began = Instant::now();
        let file::Inspected { details, config, file } = file::inspect(self.config.as_deref()).await;
        let is_cic = config.as_ref().is_some_and(|config| config.switch.kind == SwitchKind::Icws);
        let stages: &'static [&'static str] = if is_cic { &CIC_STAGES } else { &STAGES };
        report.begin(stages)?;
        report.stage("file", began, details)?;
        let Some(config) = config else {
            for stage in &stages[1..] {
                report.stage(stage, Instant::now(), vec![Detail::new("", sentences::WAITS_FOR_FILE)])?;
            }
            return report.end();
        };
        self.look_around(&config, &file, &mut report).await?;
        report.end()
    }

    /// Looks at what the file names.
    async fn look_around(&self, config: &Config, file: &Path, report: &mut Report<'_, impl Write>) -> io::Result<()> {
        let began = Instant::now();
        report.stage("secrets", began, secrets::inspect(config).await)?;
        let began = Instant::now();
        report.stage("certificates", began, certificates::inspect(config, file).await)?;
        if config.switch.kind == SwitchKind::Icws {
            let began = Instant::now();
            report.stage("agents", began, agents::inspect(config).await)?;
        }
        let began = Instant::now();
        let mut listeners = vec![
            listeners::inspect("service.listen", config.service.listen, Sign { path: &config.service.path, words: "Jackfield" }).await,
            // What the admin listener says of paths that it does not have.
            listeners::inspect("admin.listen", config.admin.listen, Sign { path: "/", words: "/readyz" }).await,
        ];
        if let Some(listen) = config.service.tls.as_ref().and_then(|tls| tls.listen) {
            let sign = Sign { path: &config.service.path, words: "Jackfield" };
            listeners.insert(1, listeners::inspect("service.tls.listen", listen, sign).await);
        }
        if let Some(tls) = &config.admin.tls {
            // Whoever speaks plain HTTP there is told by whom that TLS is spoken.
            listeners.push(listeners::inspect("admin.tls.listen", tls.listen, Sign { path: "/", words: "Jackfield" }).await);
        }
        if let Some(port) = config.ici.remoting_port.filter(|_| config.connector.server.is_none()) {
            let (address, sign) = ((config.remoting.address, port).into(), Sign { path: &config.service.path, words: "Jackfield" });
            listeners.push(listeners::inspect("ici.remoting_port", address, sign).await);
        }
        report.stage("listeners", began, listeners)?;
        match config.switch.kind {
            SwitchKind::Embedded => report.stage("switch", Instant::now(), vec![switch::embedded(&config.switch.embedded)])?,
            SwitchKind::Icws => cic::inspect(config, report).await?,
        }
        let began = Instant::now();
        report.stage("profile", began, switch::profile(config, file).await)?;
        let began = Instant::now();
        report.stage("sld", began, sld::inspect(&config.sld, file).await)?;
        let began = Instant::now();
        report.stage("event_hosts", began, event_hosts::inspect(&config.service.event_hosts, self.event_port).await)?;
        let began = Instant::now();
        report.stage("genesys_cloud", began, genesys_cloud(config).await)
    }
}

/// The stage of the same name, where this program has the log-on to Genesys Cloud.
#[cfg(feature = "oauth")]
async fn genesys_cloud(config: &Config) -> Vec<Detail> {
    genesys_cloud::inspect(&config.genesys_cloud).await
}

#[cfg(not(feature = "oauth"))]
#[expect(clippy::unused_async, reason = "the other one asks an organisation")]
async fn genesys_cloud(_: &Config) -> Vec<Detail> {
    vec![Detail::new("genesys_cloud.enabled", sentences::CLOUD_OFF)]
}

/// See [`patience::on_time`]; a check waits for nothing longer than [`DEADLINE`].
pub(super) async fn on_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Late> {
    patience::on_time(DEADLINE, work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(text: &str, json: bool) -> (Summary, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jackfield.toml");
        std::fs::write(&path, text).unwrap();
        let mut out = Vec::new();
        let arguments = Arguments { config: Some(path), json, event_port: None, battery: battery::Order::default() };
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
        assert_eq!((summary.exit_code, summary.failed, summary.skipped), (2, 1, 8), "{text}");
    }

    #[tokio::test]
    async fn an_event_host_that_nobody_knows_is_the_only_failure() {
        let (summary, text) = check(&FREE.replace("127.0.0.1\"]", "no-such-host.invalid\"]"), false).await;
        assert_eq!((summary.exit_code, summary.failed), (2, 1), "{text}");
    }
}
