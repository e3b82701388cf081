//! One capture, played: message by message, each with what came of it.

use super::{Arguments, Broken, values::Values};
use crate::{
    capture::{Message, Way, shape::Shape},
    cli::exit::Exit,
    simulator::{
        ear::Ear,
        sap::http::{Client, Url, Version},
        telephone::Telephone,
    },
};
use secrecy::SecretString;
use serde_json::json;
use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

/// One request's deadline.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long an event is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
/// Before a customer is made to call, the call may already be on its way.
const MOMENT: Duration = Duration::from_millis(200);
/// The number that calls in, where the capture's is not known to be one.
const CALLER: &str = "+4930000001";

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    commands: usize,
    events: usize,
    different: usize,
    missing: usize,
}

/// Who plays.
pub(super) struct Player<W> {
    client: Client,
    ear: Ear,
    telephone: Option<Telephone>,
    pace: u32,
    users: Vec<(String, String)>,
    json: bool,
    out: W,
    /// Events that have come and were not asked for yet.
    waiting: Vec<Shape>,
}

/// What is told of one message.
struct Told<'m> {
    number: usize,
    message: &'m Message,
    name: String,
    status: Option<u16>,
    took: Duration,
    differences: Vec<String>,
}

// === impl Summary ===

impl Summary {
    pub(super) fn is_same(&self) -> bool {
        self.different + self.missing == 0
    }
}

// === impl Player ===

impl<W: Write> Player<W> {
    pub(super) async fn new(arguments: &Arguments, url: Url, token: Option<SecretString>, out: W) -> Result<Self, Broken> {
        let listen = arguments.listen();
        let ear = Ear::start(listen).await.map_err(|error| Broken(Exit::Unavailable, format!("--listen {listen}: {error}")))?;
        let telephone = match &arguments.admin {
            Some(admin) => Some(Telephone::new(admin, token).map_err(|why| Broken(Exit::Usage, format!("--admin {admin}: {why}")))?),
            None => None,
        };
        Ok(Self {
            client: Client::new(url, Version::Http10, DEADLINE),
            ear,
            telephone,
            pace: arguments.pace,
            users: arguments.users.clone(),
            json: arguments.json,
            out,
            waiting: Vec::new(),
        })
    }

    pub(super) async fn play(mut self, messages: &[Message]) -> Result<Summary, Broken> {
        let address = self.ear.address();
        let mut values = Values::new(messages, &self.users, |number| format!("http://{address}/replay/{number}"));
        let mut summary = Summary::default();
        let (began, first) = (Instant::now(), messages.first().map_or(0, |message| message.at));
        for (number, message) in messages.iter().enumerate() {
            if self.pace > 0 {
                let due = Duration::from_millis(u64::try_from(message.at - first).unwrap_or(0)) / self.pace;
                tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
            }
            let recorded = Shape::of(&message.body).unwrap_or_default();
            let told = if message.way == Some(Way::ToSap) {
                summary.events += 1;
                let told = self.event(number + 1, message, &recorded, &mut values).await?;
                summary.missing += usize::from(told.status.is_none());
                told
            } else {
                summary.commands += 1;
                self.command(number + 1, message, &recorded, &mut values).await?
            };
            summary.different += usize::from(told.status.is_some() && !told.differences.is_empty());
            self.tell(&told)?;
        }
        self.end(&summary)?;
        Ok(summary)
    }

    async fn command<'m>(&self, number: usize, message: &'m Message, recorded: &Shape, values: &mut Values) -> Result<Told<'m>, Broken> {
        let action = message.action.as_deref().unwrap_or("\"\"");
        let action = if action.starts_with('"') { action.to_owned() } else { format!("\"{action}\"") };
        let began = Instant::now();
        let answer = self.client.post(&action, &values.translate(&message.body)).await;
        let answer = answer.map_err(|error| Broken(Exit::Unavailable, format!("the service does not answer message {number}: {error}")))?;
        let took = began.elapsed();
        let mut differences = Vec::new();
        match (Shape::of(&message.answer), Shape::of(&String::from_utf8_lossy(&answer.body))) {
            (Ok(was), Ok(is)) => {
                values.learn(&was, &is);
                differences = was.differences(&is);
            }
            (_, Err(why)) => differences.push(format!("the answer is no SOAP message: {why}")),
            // What was recorded is cut off, or was never one.
            (Err(_), Ok(_)) => {}
        }
        if differences.is_empty() && message.status != 0 && message.status != answer.status {
            differences.push(format!("HTTP status {} instead of {}", answer.status, message.status));
        }
        Ok(Told { number, message, name: recorded.root.clone(), status: Some(answer.status), took, differences })
    }

    async fn event<'m>(&mut self, number: usize, message: &'m Message, recorded: &Shape, values: &mut Values) -> Result<Told<'m>, Broken> {
        let began = Instant::now();
        let mut found = self.hear(recorded, values, if values.is_news(recorded) { MOMENT } else { PATIENCE }).await;
        if found.is_none() && values.is_news(recorded) {
            if let (Some(telephone), Some(user)) = (&self.telephone, &message.user) {
                let user = self.users.iter().find(|(old, _)| old == user).map_or(user, |(_, new)| new);
                telephone.call(CALLER, user, "").await.map_err(|why| Broken(Exit::Unavailable, why))?;
            }
            found = self.hear(recorded, values, PATIENCE).await;
        }
        let (name, took) = (recorded.root.clone(), began.elapsed());
        let Some(today) = found else {
            let why = "the event did not come".to_owned();
            return Ok(Told { number, message, name, status: None, took, differences: vec![why] });
        };
        values.learn(recorded, &today);
        Ok(Told { number, message, name, status: Some(200), took, differences: recorded.differences(&today) })
    }

    /// The event that stands for a recorded one: of its name, about the same thing, in the order in which they came.
    async fn hear(&mut self, recorded: &Shape, values: &Values, within: Duration) -> Option<Shape> {
        let until = Instant::now() + within;
        loop {
            let wanted = values.translated_ids(recorded);
            let fits = |shape: &Shape| shape.root == recorded.root && values.common(recorded, shape) == wanted;
            if let Some(at) = self.waiting.iter().position(fits) {
                return Some(self.waiting.remove(at));
            }
            let left = until.saturating_duration_since(Instant::now());
            let heard = self.ear.next(left).await?;
            self.waiting.extend(Shape::of(&heard.body));
        }
    }

    fn tell(&mut self, told: &Told<'_>) -> Result<(), Broken> {
        let Told { number, message, name, status, took, differences } = told;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a request")]
        let took = took.as_micros() as f64 / 1000.0;
        let line = if self.json {
            json!({
                "type": "message", "number": number, "way": message.way, "user": message.user, "name": name,
                "status": status, "took_ms": took, "same": differences.is_empty(), "differences": differences,
            })
            .to_string()
        } else {
            let way = if message.way == Some(Way::ToSap) { "to SAP  " } else { "from SAP" };
            let verdict = if differences.is_empty() { "same".to_owned() } else { differences.join("; ") };
            format!("{number:>5}  {way}  {:<12} {name}  {took:.1} ms  {verdict}", message.user.as_deref().unwrap_or("?"))
        };
        say(&mut self.out, &line)
    }

    fn end(&mut self, summary: &Summary) -> Result<(), Broken> {
        let Summary { commands, events, different, missing } = summary;
        let line = if self.json {
            json!({ "type": "summary", "commands": commands, "events": events, "different": different, "missing": missing }).to_string()
        } else {
            format!("{commands} commands and {events} events: {different} different, {missing} events did not come")
        };
        say(&mut self.out, &line)
    }
}

fn say(out: &mut impl Write, line: &str) -> Result<(), Broken> {
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Broken(Exit::InputOutput, format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}
