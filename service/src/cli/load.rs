//! `jackfield load`: how much a machine carries. Thousands of SAP's agents log on over SOAP, callers come at a steady rate, and each agent
//! works his calls by a mixed scenario; what every step took is told while it happens and in a table at the end.
//!
//! Without `--url` it starts a service of its own, as a process of its own, with an embedded switch made for the purpose: only then memory
//! and processor time of the service can be told. Both sides share the machine, so the figures are what it does with SAP's side on it as well.

mod figures;
mod report;
mod service;
mod site;
mod work;

use super::{
    exit::{self, Exit},
    patience,
};
use crate::simulator::{
    sap::{Agent, Failure, Options, Sink, http::Version},
    telephone::Telephone,
};
use clap::{Args, ValueHint};
use figures::Figures;
use report::Report;
use service::Service;
use shared::secret::SecretRef;
use site::Site;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinSet, time::MissedTickBehavior};
use work::{Callers, Worker};

/// Agents whose events come to one receiver: each may keep a connection, and a receiver has 4096.
const AGENTS_OF_A_SINK: usize = 2000;
/// Agents who log on at the same time.
const AT_ONCE: usize = 32;
/// From one line of progress to the next.
const PROGRESS: Duration = Duration::from_secs(2);

/// Log many agents on and let customers call: how many, how fast, how much memory.
#[derive(Debug, Args)]
#[command(after_help = "Each agent accepts what rings; of 20 calls 12 are talked through, 3 are held and taken back, 2 get attached data
that is read back and compared, 2 go on to the workgroup by a blind transfer, and 1 is rejected.

`event` is the time from sending a command to the last byte of the event that tells SAP of it, so the command itself is in it.
`alerting` is the time from asking for a call to the last byte of the event with which it rings at an agent.

Ends with 70 when anything failed or any event was wrong.")]
pub struct Arguments {
    /// Agents who log on.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    agents: u32,
    /// New calls in each second.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    calls_per_second: u32,
    /// Seconds of calls, after everybody has logged on.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    duration: u64,
    /// Milliseconds that a conversation takes.
    #[arg(long, value_name = "MS", default_value_t = 1500, value_parser = clap::value_parser!(u64).range(0..=600_000))]
    talk: u64,
    /// SAP keeps its connections (HTTP/1.1); otherwise a new one for each request, as SAP does by default.
    #[arg(long)]
    keep_alive: bool,
    /// Tell it in JSON, one object in each line.
    #[arg(long)]
    json: bool,
    /// A service that runs already, with an embedded switch; it must have the agents of --users.
    #[arg(long, value_name = "URL", requires = "users", requires = "workgroup", value_hint = ValueHint::Url)]
    url: Option<String>,
    /// Its listener for administrators, where calls are placed.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8096", requires = "url")]
    admin: String,
    /// Where that listener's token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, value_name = "REFERENCE", requires = "url")]
    admin_token: Option<SecretRef>,
    /// A file with the names of the running service's agents, one in each line; the first of them, as many as --agents says, log on.
    #[arg(long, value_name = "FILE", requires = "url")]
    users: Option<PathBuf>,
    /// The workgroup that customers call; its members are those agents.
    #[arg(long, value_name = "NAME", requires = "url")]
    workgroup: Option<String>,
}

/// Where it happens.
struct Scene {
    site: Site,
    url: String,
    telephone: Arc<Telephone>,
    /// Ours, when it was started for this.
    service: Option<Service>,
}

// === impl Arguments ===

impl Arguments {
    /// Runs it.
    pub fn run(self) -> ExitCode {
        super::block_on(async move {
            match self.carry_out(io::stdout()).await {
                Ok(true) => Exit::Done,
                Ok(false) => Exit::Internal,
                Err(why) => {
                    exit::say(&why);
                    Exit::Unavailable
                }
            }
        })
        .into()
    }

    /// True when nothing failed.
    async fn carry_out(self, out: impl Write) -> Result<bool, String> {
        let scene = self.scene().await?;
        let figures = Arc::new(Figures::default());
        let mut report = Report::new(out, self.json, self.agents);
        let told = |error: io::Error| format!("the report cannot be written: {error}");
        report.begin(&scene.url, scene.service.as_ref().map(Service::usage)).map_err(told)?;

        let agents = self.log_on(&scene, &figures).await?;
        report.logged_on(&figures, scene.service.as_ref().map(Service::usage)).map_err(told)?;

        let (stop, stopped) = watch::channel(false);
        let callers = Arc::new(Callers::default());
        let mut workers = JoinSet::new();
        for (number, agent) in (0_u64..).zip(&agents) {
            let worker = Worker {
                agent: Arc::clone(agent),
                talk: Duration::from_millis(self.talk),
                workgroup: scene.site.transfer_to.clone(),
                callers: Arc::clone(&callers),
                figures: Arc::clone(&figures),
                stop: stopped.clone(),
                dice: work::Dice::new(number),
            };
            workers.spawn(worker.work());
        }
        let before = scene.service.as_ref().map(Service::usage);
        let began = Instant::now();
        let marks: u64 = agents.iter().map(|agent| agent.mark()).sum();
        let events = || agents.iter().map(|agent| agent.mark()).sum::<u64>() - marks;
        self.call(&scene, &callers, &figures, |elapsed| {
            let usage = scene.service.as_ref().map(Service::usage);
            report.progress(elapsed, events(), callers.under_way(), &figures, usage)
        })
        .await
        .map_err(told)?;
        let (took, events) = (began.elapsed(), events());
        let after = scene.service.as_ref().map(Service::usage);
        // Everybody who has called is helped first, as far as anybody comes to it.
        let drained = callers.all_gone();
        if tokio::time::timeout(PATIENCE, drained).await.is_err() {
            figures.wrong(&format!("{} customers were not helped within {PATIENCE:?}: fewer calls or more agents", callers.under_way()));
        }
        let _ = stop.send(true);
        while workers.join_next().await.is_some() {}

        for agent in &agents {
            for complaint in agent.desk().complaints {
                figures.wrong(&format!("SAP of {}: {complaint}", agent.user()));
            }
        }
        self.log_off(agents, &figures).await;
        report.summary(&figures, took, events, before.zip(after)).map_err(told)?;
        if let Some(service) = scene.service {
            service.stop().await?;
        }
        Ok(figures.is_well())
    }

    /// Finds the service, or starts one.
    async fn scene(&self) -> Result<Scene, String> {
        let count = self.agents as usize;
        let Some(url) = self.url.clone() else {
            let site = Site::invented(count);
            let service = Service::start(&site.file()).await?;
            let telephone = Arc::new(Telephone::new(&service.admin, None)?);
            return Ok(Scene { site, url: service.ici.clone(), telephone, service: Some(service) });
        };
        let names = self.users.clone().unwrap_or_default();
        let text = std::fs::read_to_string(&names).map_err(|error| format!("{} cannot be read: {error}", names.display()))?;
        let site = Site::existing(&text, count, self.workgroup.clone().unwrap_or_default())?;
        let token = patience::admin_token(self.admin_token.clone()).await?;
        let telephone = Arc::new(Telephone::new(&self.admin, token)?);
        Ok(Scene { site, url, telephone, service: None })
    }

    /// Everybody logs on, some at a time.
    async fn log_on(&self, scene: &Scene, figures: &Arc<Figures>) -> Result<Vec<Arc<Agent>>, String> {
        let mut sinks = Vec::new();
        for _ in 0..scene.site.users.len().div_ceil(AGENTS_OF_A_SINK) {
            sinks.push(Sink::start(Sink::place_near(&scene.url)).await.map_err(|failure| failure.to_string())?);
        }
        let began = Instant::now();
        let (mut waiting, mut agents) = (JoinSet::new(), Vec::with_capacity(scene.site.users.len()));
        for (number, user) in scene.site.users.iter().enumerate() {
            if waiting.len() == AT_ONCE {
                take_one(&mut waiting, &mut agents).await?;
            }
            let version = if self.keep_alive { Version::Http11 } else { Version::Http10 };
            let options = Options { version, deadline: PATIENCE, patience: PATIENCE, ..Options::new(&scene.url, user) };
            let (sink, figures) = (sinks[number / AGENTS_OF_A_SINK].clone(), Arc::clone(figures));
            waiting.spawn(async move {
                let agent = Agent::new(options, &sink).await?;
                let done = agent.log_on(Some(work::READY)).await?;
                figures.took("log on", done.took);
                figures.requests(done.requests);
                Ok(Arc::new(agent))
            });
        }
        while !waiting.is_empty() {
            take_one(&mut waiting, &mut agents).await?;
        }
        figures.logged_on(began.elapsed());
        Ok(agents)
    }

    /// Customers call at the rate that was asked for; when the service falls behind, those who were late are not made up for.
    async fn call(
        &self,
        scene: &Scene,
        callers: &Arc<Callers>,
        figures: &Arc<Figures>,
        mut progress: impl FnMut(Duration) -> io::Result<()>,
    ) -> io::Result<()> {
        let began = Instant::now();
        let end = Duration::from_secs(self.duration);
        let mut next_progress = PROGRESS;
        let mut ticks = (self.calls_per_second > 0).then(|| {
            let mut ticks = tokio::time::interval(Duration::from_secs(1) / self.calls_per_second);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            ticks
        });
        while began.elapsed() < end {
            match &mut ticks {
                Some(ticks) => {
                    let wait = next_progress.saturating_sub(began.elapsed());
                    if tokio::time::timeout(wait, ticks.tick()).await.is_ok() {
                        let (telephone, callers, figures) = (Arc::clone(&scene.telephone), Arc::clone(callers), Arc::clone(figures));
                        let queue = scene.site.workgroup.clone();
                        tokio::spawn(async move { callers.call(&telephone, &queue, &figures).await });
                    }
                }
                None => tokio::time::sleep(next_progress.saturating_sub(began.elapsed())).await,
            }
            if began.elapsed() >= next_progress {
                progress(began.elapsed())?;
                next_progress += PROGRESS;
            }
        }
        Ok(())
    }

    async fn log_off(&self, agents: Vec<Arc<Agent>>, figures: &Arc<Figures>) {
        let mut waiting = JoinSet::new();
        for agent in agents {
            if waiting.len() == AT_ONCE {
                waiting.join_next().await;
            }
            let figures = Arc::clone(figures);
            waiting.spawn(async move {
                let began = Instant::now();
                match agent.log_off().await {
                    Ok(_) => figures.took("log off", began.elapsed()),
                    Err(failure) => figures.wrong(&failure.to_string()),
                }
            });
        }
        while waiting.join_next().await.is_some() {}
    }
}

/// For an answer, and for an event: a machine under load is slow, and that shows in the figures, not as a failure.
const PATIENCE: Duration = Duration::from_secs(30);

async fn take_one(waiting: &mut JoinSet<Result<Arc<Agent>, Failure>>, agents: &mut Vec<Arc<Agent>>) -> Result<(), String> {
    match waiting.join_next().await {
        Some(Ok(Ok(agent))) => agents.push(agent),
        Some(Ok(Err(failure))) => return Err(format!("an agent cannot log on: {failure}")),
        Some(Err(_)) | None => {}
    }
    Ok(())
}
