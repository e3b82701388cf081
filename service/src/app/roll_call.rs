//! `[ici] log_interval`: every so many seconds the log says who is logged on from SAP. The product before Jackfield watched over time-outs with
//! it; SAP has its own now (guide, "Configure ICI settings"), so that it is off unless somebody wants to read it.

use crate::{
    agents::{AgentSummary, Agents},
    domain::Ghost,
};
use shared::config::Ici;
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

/// Goes by it until its sender is gone; `None`: says nothing.
pub(super) async fn run(agents: Agents, mut interval: watch::Receiver<Option<Duration>>) {
    loop {
        let every = *interval.borrow_and_update();
        let due = async {
            match every {
                Some(every) => sleep(every).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = interval.changed() => if changed.is_err() {
                return;
            },
            () = due => call(&agents.summaries().await),
        }
    }
}

/// What the file says.
pub(super) fn interval(ici: &Ici) -> Option<Duration> {
    (ici.log_interval > 0).then(|| Duration::from_secs(ici.log_interval.into()))
}

fn call(agents: &[AgentSummary]) {
    let ghosts = agents.iter().filter(|agent| agent.ghost.is_some()).count();
    let calls: usize = agents.iter().map(|agent| agent.calls.len()).sum();
    tracing::info!(target: "service::agents", agents = agents.len(), ghosts, calls, "logged on from SAP");
    for AgentSummary { user, workmode, workmode_text, subscriptions, calls, since, heard, ghost } in agents {
        let (calls, ghost) = (calls.len(), ghost.map_or("no", Ghost::word));
        tracing::debug!(target: "service::agents", %user, workmode, workmode_text, subscriptions, calls, since, heard, ghost, "is logged on");
    }
}
