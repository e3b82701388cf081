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

use super::{
    order::{Done, Order, Outcome, Problem},
    talk::Talk,
};
use crate::{
    cli::exit::{self, Exit},
    simulator::{
        sap::{Agent, Failure, Message, Options, Sink, http::Version},
        telephone::{Telephone, screen_pop},
    },
};
use clap::Args;
use serde::Deserialize;
use serde_json::Value;
use shared::secret::{SecretRef, store};
use std::{
    future::Future,
    io::{self, BufRead, Read, Write},
    net::SocketAddr,
    pin::pin,
    process::ExitCode,
    sync::Arc,
    thread,
};
use tokio::sync::{broadcast, mpsc};

/// One line of standard input at most, bytes: room for attached data of the size that the service takes.
const LINE: u64 = 4 << 20;

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

/// A command from outside.
#[derive(Debug, PartialEq)]
struct Line {
    id: Value,
    command: String,
    item: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    id: Value,
    command: String,
    #[serde(default)]
    item: Option<String>,
}

/// The agent and who listens to him.
struct Conversation<W: Write> {
    agent: Agent,
    messages: broadcast::Receiver<Arc<Message>>,
    talk: Talk<W>,
    workmode: u32,
    is_on: bool,
    admin: String,
    admin_token: Option<SecretRef>,
    /// The last demo call.
    caller: Option<(Telephone, String)>,
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
        let messages = agent.trace().watch();
        let Self { workmode, admin, admin_token, .. } = self;
        Ok(Conversation { agent, messages, talk, workmode, is_on: false, admin, admin_token, caller: None })
    }
}

// === impl Conversation ===

impl<W: Write> Conversation<W> {
    async fn log_on(&mut self) -> io::Result<Result<(), Failure>> {
        let done = during(&mut self.messages, &mut self.talk, self.agent.log_on(Some(self.workmode))).await?;
        Ok(match done {
            Ok(done) => {
                self.is_on = true;
                self.talk.logged_on(&done, self.agent.event_url())?;
                Ok(())
            }
            Err(failure) => Err(failure),
        })
    }

    async fn go_on(&mut self, typed: &mut mpsc::Receiver<Result<String, String>>, json: bool) -> io::Result<()> {
        let mut stop = pin!(tokio::signal::ctrl_c());
        loop {
            let line = tokio::select! {
                message = self.messages.recv() => {
                    tell(&mut self.talk, message)?;
                    continue;
                }
                line = typed.recv() => line,
                _ = &mut stop => None,
            };
            let Some(line) = line else { break };
            match line.and_then(|line| Line::parse(&line, json)) {
                Err(why) => self.talk.failed(&Value::Null, "", "command", &why)?,
                Ok(None) => {}
                Ok(Some(Line { id, command, item })) => match Order::parse(&command) {
                    Err(why) => self.talk.failed(&id, &command, "command", &why)?,
                    Ok(Order::Quit) => break,
                    Ok(order) => {
                        let outcome = self.obey(order, item.as_deref()).await?;
                        self.talk.outcome(&id, &command, &outcome)?;
                    }
                },
            }
        }
        if self.is_on
            && let Err(failure) = during(&mut self.messages, &mut self.talk, self.agent.log_off()).await?
        {
            self.talk.failed(&Value::Null, "logoff", "answer", &failure.to_string())?;
        }
        self.talk.end(self.agent.user())
    }

    async fn obey(&mut self, order: Order, item: Option<&str>) -> io::Result<Outcome> {
        let nothing = || Ok(Done { operation: None, value: Value::Null });
        match order {
            Order::Help => self.talk.help().map(|()| nothing()),
            Order::LogOn => Ok(self.log_on().await?.map_err(Into::into).and_then(|()| nothing())),
            Order::LogOff => {
                let outcome = during(&mut self.messages, &mut self.talk, self.agent.log_off()).await?;
                self.is_on = false;
                Ok(outcome.map_err(Into::into).and_then(|_| nothing()))
            }
            Order::CallIn(number, to) => self.call_in(&number, to).await,
            Order::ChatIn(name, to) => self.come("chat", "", &name, to).await,
            Order::Callback(number, to) => self.come("callback", &number, "", to).await,
            Order::ChatSay(text) => self.chat_say(&text).await,
            Order::CallEnd => self.call_end().await,
            order => during(&mut self.messages, &mut self.talk, order.carry_out(&self.agent, item)).await,
        }
    }
}

impl<W: Write> Conversation<W> {
    async fn call_in(&mut self, number: &str, to: Option<String>) -> io::Result<Outcome> {
        let to = to.unwrap_or_else(|| self.agent.user().to_owned());
        let telephone = telephone(self.admin.clone(), self.admin_token.clone());
        let call = async {
            let telephone = telephone.await?;
            let call = telephone.call(number, &to, &screen_pop("4711")).await?;
            Ok((telephone, call))
        };
        self.remember(call).await
    }

    /// Somebody comes in another way than by a call.
    async fn come(&mut self, kind: &str, number: &str, name: &str, to: Option<String>) -> io::Result<Outcome> {
        let to = to.unwrap_or_else(|| self.agent.user().to_owned());
        let telephone = telephone(self.admin.clone(), self.admin_token.clone());
        let coming = async {
            let telephone = telephone.await?;
            let call = telephone.come(kind, number, name, &to).await?;
            Ok((telephone, call))
        };
        self.remember(coming).await
    }

    async fn chat_say(&mut self, text: &str) -> io::Result<Outcome> {
        let Some((telephone, chat)) = &self.caller else {
            return Ok(Err(Problem::Outside("nobody chats yet: type `chatin NAME`".to_owned())));
        };
        let said = during(&mut self.messages, &mut self.talk, telephone.say(chat, text)).await?;
        Ok(said.map(|()| Done { operation: None, value: Value::from(chat.clone()) }).map_err(Problem::Outside))
    }

    async fn remember(&mut self, call: impl Future<Output = Result<(Telephone, String), String>>) -> io::Result<Outcome> {
        Ok(match during(&mut self.messages, &mut self.talk, call).await? {
            Ok((telephone, call)) => {
                self.caller = Some((telephone, call.clone()));
                Ok(Done { operation: None, value: Value::from(call) })
            }
            Err(why) => Err(Problem::Outside(why)),
        })
    }

    async fn call_end(&mut self) -> io::Result<Outcome> {
        let Some((telephone, call)) = self.caller.take() else {
            return Ok(Err(Problem::Outside("nobody has called yet: type `callin NUMBER`".to_owned())));
        };
        let done = during(&mut self.messages, &mut self.talk, telephone.hang_up(&call)).await?;
        Ok(done.map(|()| Done { operation: None, value: Value::from(call) }).map_err(Problem::Outside))
    }
}

/// A telephone that reaches the service.
async fn telephone(admin: String, token: Option<SecretRef>) -> Result<Telephone, String> {
    // A key store may ask a person first.
    let token = match token {
        Some(token) => Some(tokio::task::spawn_blocking(move || store::resolve(&token)).await.map_err(|error| error.to_string())?),
        None => None,
    };
    let token = token.transpose().map_err(|error| error.to_string())?;
    Telephone::new(&admin, token).map_err(|why| format!("--admin {admin}: {why}"))
}

// === impl Line ===

impl Line {
    /// A line of standard input; `None` for an empty one.
    fn parse(line: &str, json: bool) -> Result<Option<Self>, String> {
        if line.trim().is_empty() {
            return Ok(None);
        }
        if !json {
            return Ok(Some(Self { id: Value::Null, command: line.trim().to_owned(), item: None }));
        }
        let Asked { id, command, item } =
            serde_json::from_str(line).map_err(|error| format!("the line is not {{\"id\": …, \"command\": \"…\"}}: {error}"))?;
        Ok(Some(Self { id, command, item }))
    }
}

/// Waits for work to be done, and tells of the messages that pass meanwhile, all of them before it gives back the outcome.
async fn during<W: Write, T>(
    messages: &mut broadcast::Receiver<Arc<Message>>,
    talk: &mut Talk<W>,
    work: impl Future<Output = T>,
) -> io::Result<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            message = messages.recv() => tell(talk, message)?,
            outcome = &mut work => {
                while !messages.is_empty() {
                    tell(talk, messages.recv().await)?;
                }
                return Ok(outcome);
            }
        }
    }
}

fn tell<W: Write>(talk: &mut Talk<W>, message: Result<Arc<Message>, broadcast::error::RecvError>) -> io::Result<()> {
    match message {
        Ok(message) => talk.message(&message),
        Err(broadcast::error::RecvError::Lagged(count)) => talk.missed(count),
        // The agent holds the other end as long as he is there.
        Err(broadcast::error::RecvError::Closed) => Ok(()),
    }
}

/// Reads lines until the input ends or nobody wants more.
fn read_lines(mut input: impl BufRead, lines: &mpsc::Sender<Result<String, String>>) {
    loop {
        let mut line = Vec::new();
        let outcome = match input.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) if line.len() as u64 == LINE && line.last() != Some(&b'\n') => {
                let _ = lines.blocking_send(Err(format!("a line is longer than {LINE} bytes")));
                return;
            }
            Ok(_) => String::from_utf8(line).map_err(|_| "the line is not UTF-8".to_owned()),
            Err(error) => Err(format!("standard input cannot be read: {error}")),
        };
        if lines.blocking_send(outcome).is_err() {
            return;
        }
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

    #[test]
    fn a_line_without_end_is_refused() {
        let (lines, mut typed) = mpsc::channel(16);
        read_lines(io::BufReader::new(io::repeat(b'x').take(LINE * 2)), &lines);
        assert!(typed.blocking_recv().unwrap().unwrap_err().starts_with("a line is longer than"));
    }
}
