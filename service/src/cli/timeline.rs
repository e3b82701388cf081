//! `jackfield timeline`: what went on with an agent lately, on both sides of the service, on one axis.

use super::{
    agents::Service,
    exit::{self, Exit},
    path::escaped,
};
use crate::simulator::{administrator::Administrator, sap::http::Answer};
use clap::Args;
use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use serde_json::Value;
use shared::config::duration;
use std::{
    fmt::Write as _,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

/// Show what went on with an agent lately: SAP's commands and events, requests to the switch and what it said, and how he stood on both sides.
///
/// The service keeps the last entries of every agent in memory (64 MiB for all together), those included who are not logged on any more.
/// Secrets are hidden, and customers' numbers masked unless the service's file says `log.mask_numbers = false`.
#[derive(Debug, Args)]
#[command(after_help = "SAP ─▶     a command of SAP's, with its outcome      ─▶ SW  a request to the switch, with its answer
SAP ◀─     an event to SAP, with its fate            ◀─ SW  what the switch said
Times are UTC.")]
pub struct Arguments {
    /// The agent, as SAP writes him; without: who has a timeline.
    pub agent: Option<String>,
    /// Only what began within this time, for example 10m.
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub since: Option<Duration>,
    /// Goes on with what happens, until Ctrl-C.
    #[arg(long, requires = "agent")]
    pub follow: bool,
    /// The messages themselves as well.
    #[arg(long, requires = "agent")]
    pub messages: bool,
    /// Write JSON: the service's answer; with --follow one entry a line.
    #[arg(long)]
    pub json: bool,
    /// Which service.
    #[command(flatten)]
    pub service: Service,
}

#[derive(Deserialize)]
struct Listed {
    agents: Vec<Agent>,
}

#[derive(Deserialize)]
struct Agent {
    user: String,
    last_ms: i64,
}

#[derive(Deserialize)]
struct Timeline {
    now_ms: i64,
    forgotten: u64,
    last: u64,
    entries: Vec<Value>,
}

#[derive(Deserialize)]
struct Entry {
    at_ms: i64,
    took_ms: Option<f64>,
    kind: String,
    name: String,
    item: Option<String>,
    interaction: Option<String>,
    outcome: String,
    detail: String,
    states: Option<States>,
    message: Option<Text>,
    answer: Option<Text>,
}

#[derive(Deserialize)]
struct States {
    workmode: u32,
    workmode_text: String,
    status: String,
    connection: String,
    items: Vec<Standing>,
}

#[derive(Deserialize)]
struct Standing {
    item: String,
    told: Option<String>,
    interaction: Option<String>,
    state: String,
}

#[derive(Deserialize)]
struct Text {
    text: String,
    length: usize,
}

/// How often is asked again.
const PACE: Duration = Duration::from_secs(1);

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        super::block_on(async { self.carry_out(&mut io::stdout()).await.map_or_else(exit::told, |()| Exit::Done) }).into()
    }

    async fn carry_out(self, out: &mut impl Write) -> Result<(), (Exit, String)> {
        let Self { agent, since, follow, messages, json, service } = self;
        let administrator = service.administrator().await?;
        let Some(agent) = agent else { return write(out, &list(&administrator, json).await?).map(drop) };
        let path = format!("/agents/{}/timeline?messages={}", escaped(&agent), if messages { "yes" } else { "no" });
        let mut after = 0;
        loop {
            let answer = ask(&administrator, &format!("{path}&after={after}")).await?;
            let mut timeline: Timeline = read(&administrator, &answer.body)?;
            let oldest = since.map(|since| timeline.now_ms.saturating_sub(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)));
            let at = |entry: &Value| entry["at_ms"].as_i64().unwrap_or_default();
            // They come as they ended; people read them as they began.
            timeline.entries.retain(|entry| after > 0 || oldest.is_none_or(|oldest| at(entry) >= oldest));
            timeline.entries.sort_by_key(at);
            let text = match (json, follow) {
                (true, true) => timeline.entries.iter().fold(String::new(), |text, entry| text + &entry.to_string() + "\n"),
                (true, false) => {
                    let mut whole: Value = read(&administrator, &answer.body)?;
                    whole["entries"] = Value::Array(timeline.entries);
                    format!("{whole:#}\n")
                }
                (false, _) => {
                    let first = if after == 0 && timeline.forgotten > 0 {
                        format!("what happened before is forgotten: {} entries\n", timeline.forgotten)
                    } else {
                        String::new()
                    };
                    let entries: Result<Vec<Entry>, _> = timeline.entries.into_iter().map(serde_json::from_value).collect();
                    entries.map_err(|_| foreign(&administrator))?.iter().fold(first, |text, entry| text + &told(entry))
                }
            };
            if !write(out, &text)? || !follow {
                return Ok(());
            }
            // A service that was started anew counts anew.
            after = if timeline.last < after { 0 } else { timeline.last };
            tokio::time::sleep(PACE).await;
        }
    }
}

async fn list(administrator: &Administrator, json: bool) -> Result<String, (Exit, String)> {
    let answer = ask(administrator, "/timelines").await?;
    if json {
        let whole: Value = read(administrator, &answer.body)?;
        return Ok(format!("{whole:#}\n"));
    }
    let Listed { agents } = read(administrator, &answer.body)?;
    if agents.is_empty() {
        return Ok("nobody has been named by SAP since the service was started\n".to_owned());
    }
    let width = agents.iter().map(|agent| agent.user.chars().count()).max().unwrap_or(0);
    Ok(agents.iter().fold(String::new(), |text, Agent { user, last_ms }| text + &format!("{user:<width$}  last {}\n", when(*last_ms))))
}

async fn ask(administrator: &Administrator, path: &str) -> Result<Answer, (Exit, String)> {
    administrator.ask("GET", path, "", "").await.map_err(|why| (Exit::Unavailable, why))
}

fn read<T: for<'de> Deserialize<'de>>(administrator: &Administrator, body: &[u8]) -> Result<T, (Exit, String)> {
    serde_json::from_slice(body).map_err(|_| foreign(administrator))
}

fn foreign(administrator: &Administrator) -> (Exit, String) {
    (Exit::Unavailable, format!("what answers at {} is no Jackfield of this version", administrator.url()))
}

/// `false`: nobody reads any more.
fn write(out: &mut impl Write, text: &str) -> Result<bool, (Exit, String)> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err((Exit::InputOutput, format!("standard output cannot be written: {error}"))),
        Ok(()) => Ok(true),
    }
}

/// An entry for people: one line, and its messages below it.
fn told(entry: &Entry) -> String {
    let Entry { at_ms, took_ms, kind, name, item, interaction, outcome, detail, states, message, answer } = entry;
    let lane = match kind.as_str() {
        "command" => "SAP ─▶      ",
        "event" => "SAP ◀─      ",
        "request" => "      ─▶ SW ",
        "said" => "      ◀─ SW ",
        _ => "            ",
    };
    let what = if let Some(states) = states {
        standing(states)
    } else {
        let about = [item, interaction].into_iter().flatten().fold(Vec::new(), |mut about: Vec<&str>, id| {
            // Most items are called what their interaction is called.
            if !about.contains(&id.as_str()) {
                about.push(id);
            }
            about
        });
        let took = took_ms.map(|took| format!("{took:.1} ms")).unwrap_or_default();
        let parts = [name.as_str(), &about.join("/"), outcome, &took, detail];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    };
    let mut text = format!("{}  {lane}{what}\n", when(*at_ms));
    for (Text { text: body, length }, arrow) in
        [(message, '>'), (answer, '<')].into_iter().filter_map(|(body, arrow)| Some((body.as_ref()?, arrow)))
    {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {arrow} {length} bytes: {body}");
    }
    text
}

/// `SAP: 2 Ready, 17 connected | switch: Available, 3001 connected`.
fn standing(States { workmode, workmode_text, status, connection, items }: &States) -> String {
    let told = |item: &Standing| Some(format!(", {} {}", item.item, item.told.as_ref()?));
    let has = |item: &Standing| format!(", {} {}", item.interaction.as_ref().unwrap_or(&item.item), item.state);
    let sap: String = items.iter().filter_map(told).collect();
    let switch: String = items.iter().map(has).collect();
    let line = if connection == "up" { String::new() } else { format!(" ({connection})") };
    format!("= SAP: {workmode} {workmode_text}{sap} | switch{line}: {status}{switch}")
}

fn when(milliseconds: i64) -> String {
    let time = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_read_which_side_what_about_what_and_what_came_of_it() {
        let entry = |value: Value| told(&serde_json::from_value(value).unwrap());
        let request = json!({"at_ms": 1500, "took_ms": 1.25, "kind": "request", "name": "hold", "item": "17", "interaction": "17",
            "outcome": "refused", "detail": "it rings", "message": {"text": "<a/>", "length": 4}});
        assert_eq!(entry(request), "1970-01-01 00:00:01.500        ─▶ SW hold  17  refused  1.2 ms  it rings\n    > 4 bytes: <a/>\n");
        let state = json!({"at_ms": 0, "kind": "state", "name": "state", "outcome": "", "detail": "", "states": {
            "workmode": 2, "workmode_text": "Ready", "status": "Available", "connection": "down",
            "items": [{"item": "X1", "told": "held", "interaction": "17", "state": "held"}, {"item": "X2", "state": "new"}]}});
        let line = "= SAP: 2 Ready, X1 held | switch (down): Available, 17 held, X2 new\n";
        assert_eq!(entry(state), format!("1970-01-01 00:00:00.000              {line}"));
    }
}
