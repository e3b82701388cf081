//! `jackfield simulate sap`: SAP's agent for an administrator. He logs on, what happens to him is shown, what he shall do is typed.
//!
//! With `--json` both sides speak one JSON object in each line. Asked for:
//!
//! ```json
//! {"id": 1, "command": "dial +493012345678"}
//! ```
//!
//! where `command` is what could be typed and `id`, which may be anything or absent, comes back with the outcome. `item` may name the call
//! that is meant, where more than one has the button lit. Told, by `type`:
//!
//! * `logged_on` — `agent` (user, workmodes, queues, containers …), `event_url`, `requests`, `took_ms`
//! * `sent` — `at`, `operation`, `body`: a SOAP request as it is on the wire
//! * `answered` — `at`, `operation`, `status`, `took_ms`, `body`: its answer
//! * `event` — `at`, `name`, `status` (ours), `body`, and `call`, `chat`, `posting`, `action_item`, `agent` or `reason` as it was
//!   understood
//! * `done` — `id`, `command`, `operation`, `took_ms`, `value`
//! * `failed` — `id`, `command`, `kind` (`fault`, `unreachable`, `answer`, `state`, `command`, `outside`), `why`
//! * `missed` — `count` messages that came too quickly to be told
//! * `end` — `user`: the last line
//!
//! The end of standard input logs the agent off and ends with 0.

mod conversation;
mod typed;

use super::talk::Talk;
use crate::{
    cli::exit::{self, Exit},
    simulator::sap::{Agent, Failure, Options, Sink, http::Version},
};
use clap::Args;
use conversation::Conversation;
use shared::secret::SecretRef;
use std::{
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
    thread,
};
use tokio::sync::mpsc;
use typed::read_lines;

/// Log an agent on as SAP does, show his events, and do what is typed (`help` lists it).
#[derive(Debug, Args)]
#[command(
    after_help = "With --json each line of standard input is {\"id\": 1, \"command\": \"dial +4930…\"} with a command as it could be typed;
\"item\" may name the call that is meant.
Each line of output is an object whose `type` is logged_on, sent, answered, event, done, failed, missed or end;
`sent`, `answered` and `event` hold the SOAP message as it is on the wire, `done` and `failed` repeat the `id`.
Whoever reads too slowly is told by `missed` how many messages he has lost; at most 1024 wait for him.

`callin` and `callend` play a caller outside. They need the service's listener for administrators (--admin).

The end of standard input logs the agent off."
)]
pub(super) struct Arguments {
    /// The service's address.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8095/SapIciWebConnector/IcSapWebService.asmx")]
    url: String,
    /// The agent, in capital and small letters as the switch has him.
    #[arg(long, value_name = "NAME", default_value = "ANNA")]
    user: String,
    /// The workmode to log on with.
    #[arg(long, value_name = "N", default_value_t = 3)]
    workmode: u32,
    /// Speak JSON, one object in each line, both ways.
    #[arg(long)]
    json: bool,
    /// Where to listen for events [default: a free port, on loopback when the service is there].
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// The service's listener for administrators, for `callin`.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8096")]
    admin: String,
    /// Where its token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, value_name = "REFERENCE")]
    admin_token: Option<SecretRef>,
    /// HTTP/1.1 with a kept connection; otherwise 1.0 without, as SAP does by default.
    #[arg(long)]
    keep_alive: bool,
}

// === impl Arguments ===

impl Arguments {
    /// Talks until standard input ends.
    pub(super) fn run(self) -> ExitCode {
        let (lines, typed) = mpsc::channel(16);
        // A thread of its own that is left behind at the end: reading from a terminal cannot be interrupted.
        let reader = thread::Builder::new().name("stdin".to_owned()).spawn(move || read_lines(io::stdin().lock(), &lines));
        match reader {
            Ok(_) => crate::cli::block_on(self.talk(typed, io::stdout())).into(),
            Err(error) => {
                exit::say(&format!("standard input cannot be read: {error}"));
                Exit::Internal.into()
            }
        }
    }

    async fn talk(self, mut typed: mpsc::Receiver<Result<String, String>>, out: impl Write) -> Exit {
        let json = self.json;
        let mut conversation = match self.begin(Talk::new(out, json)).await {
            Ok(conversation) => conversation,
            Err(failure) => return explain(&failure),
        };
        match conversation.log_on().await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => return explain(&failure),
            Err(error) => return broken(&error),
        }
        match conversation.go_on(&mut typed, json).await {
            Ok(()) => Exit::Done,
            Err(error) => broken(&error),
        }
    }

    async fn begin<W: Write>(self, talk: Talk<W>) -> Result<Conversation<W>, Failure> {
        let sink = Sink::start(self.listen.unwrap_or_else(|| Sink::place_near(&self.url))).await?;
        let version = if self.keep_alive { Version::Http11 } else { Version::Http10 };
        let agent = Agent::new(Options { version, ..Options::new(&self.url, &self.user) }, &sink).await?;
        Ok(Conversation::new(agent, talk, self.workmode, self.admin, self.admin_token))
    }
}

/// Why the agent is not logged on, and what to do.
fn explain(failure: &Failure) -> Exit {
    let (remedy, exit) = match failure {
        Failure::BadUrl { .. } => ("give --url as http://HOST:PORT/PATH", Exit::Usage),
        Failure::Unreachable { .. } => ("start it with `jackfield run`, or name its address with --url", Exit::Unavailable),
        Failure::TimedOut { .. } => ("is it a Jackfield that listens there? Its log says what holds it up", Exit::Unavailable),
        Failure::BadAnswer { .. } => {
            ("is it a Jackfield that listens there? See the address in its line `listening ici`", Exit::Unavailable)
        }
        Failure::CannotListen { .. } => ("name a free address of this machine with --listen", Exit::Unavailable),
        Failure::Fault { .. } | Failure::NoEvent { .. } | Failure::CallEnded { .. } => ("the agent is not logged on", Exit::Unavailable),
    };
    exit::say(&format!("{failure}\n{remedy}"));
    exit
}

/// Nobody reads what is told.
fn broken(error: &io::Error) -> Exit {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    exit::say(&format!("standard output cannot be written: {error}"));
    Exit::InputOutput
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::sap::yes::Yes;
    use clap::Parser;
    use serde_json::Value;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        arguments: Arguments,
    }

    /// Types these lines at the agent and gives back how it ended and what was told.
    async fn converse(url: &str, options: &[&str], input: &str) -> (Exit, String) {
        let Cli { arguments } = Cli::parse_from([&["sap", "--url", url], options].concat());
        let (lines, typed) = mpsc::channel(16);
        let input = input.to_owned();
        let reader = thread::Builder::new().name("typist".to_owned()).spawn(move || read_lines(input.as_bytes(), &lines)).unwrap();
        let mut out = Vec::new();
        let exit = arguments.talk(typed, &mut out).await;
        reader.join().unwrap();
        (exit, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn json_tells_each_message_and_the_outcome_with_its_id() {
        let service = Yes::start().await;
        let input = "{\"id\": 7, \"command\": \"hold\"}\n\n{\"command\": \"accept\"}\n{\"id\": \"x\", \"command\": \"jump\"}\nhold\n";
        let (exit, told) = converse(&service.url, &["--json"], input).await;
        let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
        assert_eq!((of("sent").len(), of("answered").len(), of("logged_on").len(), exit), (17, 17, 1, Exit::Done));
        assert_eq!(of("logged_on")[0]["agent"]["containers"][0][0], "8001");
        let done = of("done")[0];
        assert_eq!((&done["id"], &done["operation"], &done["value"]), (&Value::from(7), &"PhoneCall.hold".into(), &"7".into()));
        let failed: Vec<_> = of("failed").iter().map(|line| (line["id"].clone(), line["kind"].clone())).collect();
        assert_eq!(failed, [(Value::Null, "state".into()), ("x".into(), "command".into()), (Value::Null, "command".into())]);
        assert_eq!(lines.last().unwrap()["type"], "end");
        assert!(of("sent")[2]["body"].as_str().unwrap().contains("<ns0:getAttributes"));
    }

    #[tokio::test]
    async fn people_read_plain_lines() {
        let service = Yes::start().await;
        let (exit, told) = converse(&service.url, &[], "help\ncalls\ndial +49301234\nlogoff\nquit\nhold\n").await;
        assert_eq!(exit, Exit::Done);
        for expected in ["ANNA is logged on (12 requests", "workmodes: 2 Available", "Commands:", "done   PhoneCall.dial", "       J-1"] {
            assert!(told.contains(expected), "{expected} is missing in\n{told}");
        }
        assert!(told.ends_with("ANNA is logged off\n"));
        assert_eq!(
            service.asked().iter().filter(|asked| *asked == "User.unsubscribe").count(),
            1,
            "who is logged off is not logged off again"
        );
    }

    #[tokio::test]
    async fn how_it_cannot_begin_is_an_exit_code() {
        assert_eq!(converse("nonsense", &[], "").await.0, Exit::Usage);
        // Nobody listens at the discard port of a test machine.
        assert_eq!(converse("http://127.0.0.1:9/", &[], "").await.0, Exit::Unavailable);
    }
}
