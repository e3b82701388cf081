//! What can be said to a simulated CIC server that runs: people outside call and write, things go wrong, the other one of a pair takes over.

use super::Refused;
use crate::{
    app,
    cli::exit::Exit,
    simulator::{administrator::Administrator, telephone::Telephone},
};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    path::PathBuf,
};

const JSON: &str = "Content-Type: application/json\r\n";

/// One thing to do.
#[derive(Debug, Subcommand)]
pub(super) enum Order {
    /// Somebody calls a workgroup or a user; prints the call.
    Call {
        /// The caller's number.
        number: String,
        /// A workgroup, else a user.
        to: String,
        /// Attached data that a call flow has collected.
        #[arg(long, value_name = "TEXT", default_value = "")]
        data: String,
        #[command(flatten)]
        at: At,
    },
    /// Somebody opens a chat; prints it.
    Chat {
        /// His name.
        name: String,
        /// A workgroup, else a user.
        to: String,
        #[command(flatten)]
        at: At,
    },
    /// Somebody wants to be called back; prints the callback.
    Callback {
        /// His number.
        number: String,
        /// A workgroup, else a user.
        to: String,
        #[command(flatten)]
        at: At,
    },
    /// The caller, or the number that was dialled, hangs up.
    HangUp {
        /// The call.
        call: String,
        #[command(flatten)]
        at: At,
    },
    /// The number that an agent has dialled answers.
    Answer {
        /// The call.
        call: String,
        #[command(flatten)]
        at: At,
    },
    /// The customer of a chat writes.
    Say {
        /// The chat.
        chat: String,
        /// What.
        text: String,
        #[command(flatten)]
        at: At,
    },
    /// A user is on at a station with another client, or (without a station) not any more.
    Client {
        /// Who.
        user: String,
        /// Where.
        station: Option<String>,
        #[command(flatten)]
        at: At,
    },
    /// Show what administrators have set up as another file has it: users, workgroups, skills, wrap-up codes and dial groups of its
    /// [switch.embedded]. Who can be called, and where, stays.
    Configure {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        at: At,
    },
    /// Let something go wrong, or nothing any more (`none`); without a name, show what does.
    #[command(after_help = FAULTS)]
    Fault {
        /// NAME, NAME=VALUE, or `none`.
        faults: Vec<String>,
        #[command(flatten)]
        at: At,
    },
    /// End all server-sent events.
    CutStreams {
        #[command(flatten)]
        at: At,
    },
    /// The active one of a pair goes, and the other one takes over.
    SwitchOver {
        /// How it goes.
        #[arg(value_enum, default_value_t = How::Yields)]
        how: How,
        #[command(flatten)]
        at: At,
    },
    /// How this server stands, for a pair in two processes.
    Mode {
        /// How.
        #[arg(value_enum)]
        mode: Stand,
        #[command(flatten)]
        at: At,
    },
    /// Show sessions, faults and what only a telephone would notice, as JSON.
    Status {
        #[command(flatten)]
        at: At,
    },
}

const FAULTS: &str = "Names:
  delay=MILLISECONDS           every answer comes late
  answer=KIND[,METHOD[,PATH[,TIMES]]]   these requests are answered otherwise: hang, drop, wrong_password, session_lost, denied, removed,
                               server_fault, not_accepting, unavailable, timed_out, empty, null
  old_errors no_content empty_bodies null_bodies
  names_for_numbers numeric_ids unknown
  doubled_messages reordered_messages no_events
  ignores_additional_attributes
  without_status=USER[,USER]   these users have never had a status, as new ones
  without_licence=USER[,USER]  these users' licence is not active
  idle_limit=SECONDS           a session that says nothing for so long is over";

/// Where the simulator is.
#[derive(Debug, Args)]
pub(super) struct At {
    /// The simulator's listener for commands.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8097")]
    admin: String,
}

/// How the active one of a pair goes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum How {
    /// It tells its sessions, and refuses them from then on.
    Yields,
    /// It is gone.
    Dies,
    /// It takes what comes and answers nothing.
    Hangs,
}

/// How a server stands.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Stand {
    /// It takes sessions.
    Active,
    /// The other one is active.
    Standby,
    /// It is gone.
    Dead,
    /// It answers nothing.
    Hung,
}

// === impl Order ===

impl Order {
    /// Does it, and says what came of it.
    pub(super) async fn carry_out(self, out: &mut impl Write) -> Result<(), Refused> {
        let said = self.ask().await?;
        match writeln!(out, "{said}").and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err((Exit::InputOutput, format!("standard output cannot be written: {error}")))
            }
            _ => Ok(()),
        }
    }

    async fn ask(self) -> Result<String, Refused> {
        let done = |()| "done".to_owned();
        let said = match self {
            Self::Call { number, to, data, at } => at.telephone()?.call(&number, &to, &data).await,
            Self::Chat { name, to, at } => at.telephone()?.come("chat", "", &name, &to).await,
            Self::Callback { number, to, at } => at.telephone()?.come("callback", &number, "", &to).await,
            Self::HangUp { call, at } => at.telephone()?.hang_up(&call).await.map(done),
            Self::Say { chat, text, at } => at.telephone()?.say(&chat, &text).await.map(done),
            Self::Answer { call, at } => at.tell("POST", &format!("/callers/{call}/answer"), &json!({})).await?,
            Self::Client { user, station, at } => at.tell("POST", "/clients", &json!({ "user": user, "station": station })).await?,
            Self::Configure { file, at } => {
                let loaded = shared::file::load(&file).map_err(|error| (Exit::Usage, error.to_string()))?;
                let plan = app::embedded_plan(&loaded.checked.config.switch.embedded);
                at.tell("PUT", "/configuration", &json!(*plan.configuration)).await?
            }
            Self::CutStreams { at } => at.tell("POST", "/faults/cut-streams", &json!({})).await?,
            Self::SwitchOver { how, at } => {
                let how = match how {
                    How::Yields => "yields",
                    How::Dies => "dies",
                    How::Hangs => "hangs",
                };
                at.tell("POST", "/switchover", &json!({ "how": how })).await?
            }
            Self::Mode { mode, at } => {
                let mode = match mode {
                    Stand::Active => "active",
                    Stand::Standby => "standby",
                    Stand::Dead => "dead",
                    Stand::Hung => "hung",
                };
                at.tell("POST", "/mode", &json!({ "mode": mode })).await?
            }
            Self::Status { at } => at.look("/status").await,
            Self::Fault { faults, at } if faults.is_empty() => at.look("/faults").await,
            Self::Fault { faults, at } => {
                let known = at.look("/faults").await.map_err(unavailable)?;
                let mut all: Value =
                    serde_json::from_str(&known).map_err(|error| (Exit::Unavailable, format!("it is no simulator: {error}")))?;
                for fault in &faults {
                    set(&mut all, fault).map_err(|why| (Exit::Usage, why))?;
                }
                at.tell("PUT", "/faults", &all).await?
            }
        };
        said.map_err(unavailable)
    }
}

/// Two kinds of failing: that nothing could be asked, and what was answered.
type Said = Result<Result<String, String>, Refused>;

// === impl At ===

impl At {
    fn telephone(&self) -> Result<Telephone, Refused> {
        Telephone::new(&self.admin, None).map_err(|why| self.wrong(why))
    }

    fn administrator(&self) -> Result<Administrator, Refused> {
        Administrator::new(&self.admin, None).map_err(|why| self.wrong(why))
    }

    fn wrong(&self, why: &str) -> Refused {
        (Exit::Usage, format!("--admin {}: {why}", self.admin))
    }

    async fn tell(&self, method: &str, path: &str, body: &Value) -> Said {
        let answer = self.administrator()?.ask(method, path, JSON, &body.to_string()).await;
        Ok(answer.map(|_| "done".to_owned()))
    }

    async fn look(&self, path: &str) -> Result<String, String> {
        let administrator = self.administrator().map_err(|(_, why)| why)?;
        let answer = administrator.ask("GET", path, "", "").await?;
        let value: Value = serde_json::from_slice(&answer.body)
            .map_err(|error| format!("what answers at {} is no simulator: {error}", administrator.url()))?;
        serde_json::to_string_pretty(&value).map_err(|error| error.to_string())
    }
}

fn unavailable(why: String) -> Refused {
    (Exit::Unavailable, why)
}

/// Sets one fault as it was typed.
fn set(all: &mut Value, typed: &str) -> Result<(), String> {
    let (name, value) = typed.split_once('=').unwrap_or((typed, "true"));
    match name {
        "none" => *all = json!({}),
        "answer" => {
            let mut parts = value.split(',');
            let mut part = || parts.next().unwrap_or_default();
            let (answer, method, path, times) = (part(), part(), part(), part());
            let times: u32 = if times.is_empty() { 0 } else { times.parse().map_err(|_| format!("{times} is no number of times"))? };
            let rule = json!({ "answer": answer, "method": method, "path": path, "times": times });
            match all["answers"].as_array_mut() {
                Some(rules) => rules.push(rule),
                None => all["answers"] = json!([rule]),
            }
        }
        "without_status" | "without_licence" => {
            let users: Vec<&str> = value.split(',').map(str::trim).filter(|user| !user.is_empty()).collect();
            all[name] = json!(users);
        }
        name => all[name] = serde_json::from_str(value).map_err(|_| format!("{value} is neither true, false nor a number"))?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_typed_one_by_one() {
        let mut all = json!({ "delay": 5 });
        for typed in ["unknown", "delay=7", "answer=session_lost,POST,/hold,2", "answer=drop"] {
            set(&mut all, typed).unwrap();
        }
        let first = json!({ "answer": "session_lost", "method": "POST", "path": "/hold", "times": 2 });
        assert_eq!(
            (&all["delay"], &all["unknown"], &all["answers"][0], &all["answers"][1]["path"]),
            (&json!(7), &json!(true), &first, &json!(""))
        );
        set(&mut all, "none").unwrap();
        assert_eq!(all, json!({}));
        assert!(set(&mut all, "delay=much").is_err() && set(&mut all, "answer=drop,,,often").is_err());
    }
}
