//! `jackfield demo`: a whole day in seconds. The real service on loopback with the embedded switch, a temporary file, two agents and a
//! supervisor whom SAP's double logs on over SOAP, and callers. It ends with a summary, and with 0 when everything was as it should be.

mod day;
mod file;
mod narrator;

use super::exit::{self, Exit};
use crate::{
    app::{App, Options},
    simulator::{
        callers::Callers,
        sap::{self, Agent, Message, Sink},
    },
};
use anyhow::{Context, Result};
use clap::Args;
use day::Day;
use file::DemoFile;
use narrator::{Figures, Narrator, Style};
use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::sync::broadcast;

/// Show a whole day of phone agents in seconds: the service, a switch, SAP and callers, all on this machine.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Keep running at the end and print where the service page is, until Ctrl-C.
    #[arg(long)]
    stay: bool,
    /// Tell it in JSON, one object in each line.
    #[arg(long)]
    json: bool,
}

// === impl Arguments ===

impl Arguments {
    /// Shows it.
    pub fn run(self) -> ExitCode {
        super::block_on(async move {
            match self.show(io::stdout()).await {
                Ok(true) => Exit::Done,
                Ok(false) => Exit::Internal,
                // The reader has gone, as `head` does: nothing is left to tell.
                Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) => {
                    Exit::Done
                }
                Err(error) => {
                    exit::say(&format!("the demo cannot begin: {error:#}"));
                    Exit::Unavailable
                }
            }
        })
        .into()
    }

    /// True when everything was as it should be.
    async fn show(&self, out: impl Write) -> Result<bool> {
        let file = DemoFile::write().context("the temporary file cannot be written")?;
        let app = App::start(Options::file(file.path())).await.context("the service does not start")?;
        let callers = Callers::new(app.embedded().context("the service runs without its embedded switch")?);
        let url = app.ici_url();
        let sink = Sink::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let [anna, bert, carla] = ["ANNA", "BERT", "CARLA"].map(|user| {
            // A busy machine is no failure; what comes late shows in the figures.
            let options = sap::Options { patience: Duration::from_secs(15), ..sap::Options::new(&url, user) };
            Agent::new(options, &sink)
        });
        let (anna, bert, carla) = (anna.await?, bert.await?, carla.await?);
        // Room for the day's messages of each agent is in the trace itself; they are counted in the evening.
        let mut traces = [&anna, &bert, &carla].map(|agent| agent.trace().watch());
        let mut narrator = Narrator::new(out, Style::choose(self.json));
        narrator.title(&url)?;
        let mut day = Day { narrator, anna: &anna, bert: &bert, carla: &carla, callers: &callers, file: &file, reload: None };
        let mut failures = Vec::new();
        if let Err(error) = day.live().await {
            if error.is::<io::Error>() {
                return Err(error);
            }
            failures.push(format!("{error:#}"));
        }
        for agent in [&anna, &bert, &carla] {
            failures.extend(agent.desk().complaints.iter().map(|complaint| format!("SAP of {}: {complaint}", agent.user())));
        }
        let Day { mut narrator, reload, .. } = day;
        let mut figures = Figures { reload, ..Figures::default() };
        for trace in &mut traces {
            count(trace, &mut figures);
        }
        for failure in &failures {
            narrator.failed(failure)?;
        }
        narrator.summary(failures.len(), figures)?;
        if self.stay {
            stay(&mut narrator, &url).await?;
        }
        app.stop().await;
        Ok(failures.is_empty())
    }
}

/// Counts the messages that have passed.
fn count(messages: &mut broadcast::Receiver<Arc<Message>>, figures: &mut Figures) {
    while let Ok(message) = messages.try_recv() {
        match &*message {
            Message::Answered { took, .. } => figures.answers.push(*took),
            Message::Event { .. } => figures.events += 1,
            Message::Sent { .. } => {}
        }
    }
}

async fn stay<W: Write>(narrator: &mut Narrator<W>, url: &str) -> Result<()> {
    if narrator.style() == Style::Json {
        narrator.line(&serde_json::json!({ "type": "stay", "page": url }).to_string())?;
    } else {
        narrator.line(&format!("\nThe service goes on until Ctrl-C. Its page: {url}"))?;
        narrator.line(&format!("Be an agent yourself: jackfield simulate sap --url {url}"))?;
    }
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be waited for")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_day_is_as_it_should_be() {
        let mut out = Vec::new();
        let is_well = Arguments { stay: false, json: true }.show(&mut out).await.unwrap();
        let story = String::from_utf8(out).unwrap();
        let lines: Vec<serde_json::Value> = story.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(is_well, "{story}");
        let steps = lines.iter().filter(|line| line["type"] == "step").count();
        assert_eq!(
            (lines.last().unwrap()["type"].as_str(), lines.last().unwrap()["steps"].as_u64()),
            (Some("summary"), Some(steps as u64))
        );
        let told = |operation: &str| lines.iter().any(|line| line["operation"]["name"] == operation);
        for operation in ["accept", "reroute", "create", "getAttachedData", "setAttachedData"].map(|name| format!("Item.{name}")) {
            assert!(told(&operation), "{operation} is missing in\n{story}");
        }
        let calls =
            ["hold", "unhold", "consult", "alternate", "conference", "dropParty", "drop", "transfer", "dial", "listen", "listenEnd"];
        for operation in calls.map(|name| format!("PhoneCall.{name}")) {
            assert!(told(&operation), "{operation} is missing in\n{story}");
        }
    }
}
