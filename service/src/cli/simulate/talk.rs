//! How `simulate sap` talks: plain lines for people, or an object in each line with `--json`.

use super::order::{Outcome, Problem};
use crate::simulator::sap::{Call, Event, Failure, LoggedOn, Message, Status};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    time::{Duration, SystemTime},
};

/// The conversation's writing side.
pub(super) struct Talk<W: Write> {
    out: W,
    json: bool,
}

// === impl Talk ===

impl<W: Write> Talk<W> {
    /// A conversation for people, or in JSON.
    pub(super) fn new(out: W, json: bool) -> Self {
        Self { out, json }
    }

    /// The agent is logged on.
    pub(super) fn logged_on(&mut self, done: &LoggedOn, event_url: &str) -> io::Result<()> {
        let LoggedOn { agent, requests, took, .. } = done;
        if self.json {
            let line =
                json!({ "type": "logged_on", "agent": agent, "event_url": event_url, "requests": requests, "took_ms": millis(*took) });
            return self.line(&line.to_string());
        }
        self.line(&format!("{} is logged on ({requests} requests in {} ms); events come to {event_url}", agent.user, millis(*took)))?;
        let modes: Vec<_> = agent.workmodes.iter().map(|mode| format!("{} {}", mode.id, mode.description)).collect();
        self.line(&format!("workmodes: {}", modes.join(", ")))?;
        self.line(&format!("line {}; `help` lists the commands", agent.lines().collect::<Vec<_>>().join(", ")))
    }

    /// A message has passed; people see events only.
    pub(super) fn message(&mut self, message: &Message) -> io::Result<()> {
        if self.json {
            return self.line(&describe(message).to_string());
        }
        let Message::Event { event, status, .. } = message else { return Ok(()) };
        match event.as_deref() {
            Some(Event::Call(call)) => self.line(&format!("event  {}", line_of(call))),
            Some(Event::Chat(chat)) => self.line(&format!("event  chat {} {}, with {}", chat.item, chat.status, chat.customer)),
            Some(Event::Posting(posting)) => {
                let from = if posting.is_system { "system" } else { &posting.from };
                self.line(&format!("event  chat {}, {from}: {}", posting.chat, posting.text.replace('\n', "\n       ")))
            }
            Some(Event::ActionItem(item)) => {
                let status = if item.status == Status::Connected { "accepted" } else { item.status.word() };
                self.line(&format!("event  action item {} {status}, from {}: {}", item.item, item.from, item.title))
            }
            Some(Event::User(agent)) => self.line(&format!("event  workmode {} {}", agent.workmode.id, agent.workmode.description)),
            Some(Event::Ended(reason)) => self.line(&format!("event  the service ended the subscription: {}", reason.description)),
            None => self.line(&format!("event  not understood, answered with HTTP status {status}")),
        }
    }

    /// Messages have passed that nobody could follow.
    pub(super) fn missed(&mut self, count: u64) -> io::Result<()> {
        self.line(&if self.json {
            json!({ "type": "missed", "count": count }).to_string()
        } else {
            format!("{count} messages were missed")
        })
    }

    /// A command was carried out, or was not.
    pub(super) fn outcome(&mut self, id: &Value, command: &str, outcome: &Outcome) -> io::Result<()> {
        match outcome {
            Ok(done) if self.json => {
                let (operation, took) =
                    done.operation.as_ref().map_or((Value::Null, Value::Null), |(name, took)| (json!(name), json!(millis(*took))));
                let line =
                    json!({ "type": "done", "id": id, "command": command, "operation": operation, "took_ms": took, "value": done.value });
                self.line(&line.to_string())
            }
            Ok(done) => {
                if let Some((operation, took)) = &done.operation {
                    self.line(&format!("done   {operation}  {} ms", millis(*took)))?;
                }
                self.value(&done.value)
            }
            Err(problem) => self.failed(id, command, kind(problem), &problem.to_string()),
        }
    }

    /// Something could not even be tried.
    pub(super) fn failed(&mut self, id: &Value, command: &str, kind: &str, why: &str) -> io::Result<()> {
        if self.json {
            return self.line(&json!({ "type": "failed", "id": id, "command": command, "kind": kind, "why": why }).to_string());
        }
        self.line(&format!("failed {why}"))
    }

    /// The help; nothing in JSON, where the outcome is enough.
    pub(super) fn help(&mut self) -> io::Result<()> {
        if self.json { Ok(()) } else { self.line(super::order::HELP) }
    }

    /// The conversation is over.
    pub(super) fn end(&mut self, user: &str) -> io::Result<()> {
        self.line(&if self.json { json!({ "type": "end", "user": user }).to_string() } else { format!("{user} is logged off") })
    }

    /// An answer's content for people.
    fn value(&mut self, value: &Value) -> io::Result<()> {
        match value {
            Value::Null => Ok(()),
            Value::String(text) if text.is_empty() => self.line("       (empty)"),
            Value::Array(entries) if entries.is_empty() => self.line("       (none)"),
            Value::Array(entries) => entries.iter().try_for_each(|entry| self.line(&format!("       {}", phrase(entry)))),
            Value::Object(fields) => fields.iter().try_for_each(|(name, field)| self.line(&format!("       {name}: {}", phrase(field)))),
            other => self.line(&format!("       {}", phrase(other).replace('\n', "\n       "))),
        }
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }
}

/// A message as an object.
fn describe(message: &Message) -> Value {
    match message {
        Message::Sent { at, operation, body } => json!({ "type": "sent", "at": time(*at), "operation": operation, "body": body }),
        Message::Answered { at, operation, status, took, body } => {
            json!({ "type": "answered", "at": time(*at), "operation": operation, "status": status, "took_ms": millis(*took), "body": body })
        }
        Message::Event { at, event, status, body } => {
            let mut line = json!({ "type": "event", "at": time(*at), "name": event.as_ref().map(|event| event.name()), "status": status, "body": body });
            match event.as_deref() {
                Some(Event::Call(call)) => line["call"] = json!(call),
                Some(Event::Chat(chat)) => line["chat"] = json!(chat),
                Some(Event::Posting(posting)) => line["posting"] = json!(posting),
                Some(Event::ActionItem(item)) => line["action_item"] = json!(item),
                Some(Event::User(agent)) => line["agent"] = json!(agent),
                Some(Event::Ended(reason)) => line["reason"] = json!(reason),
                None => {}
            }
            line
        }
    }
}

/// Anything in one line; what is empty is left out.
fn phrase(value: &Value) -> String {
    let pieces: Vec<String> = match value {
        Value::String(text) => return text.clone(),
        Value::Null => return String::new(),
        Value::Array(entries) => entries.iter().map(phrase).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| match (name.as_str(), phrase(field)) {
                (_, text) if text.is_empty() => text,
                // A code and its text speak for themselves.
                ("id" | "description", text) => text,
                (name, text) => format!("{name} {text}"),
            })
            .collect(),
        other => return other.to_string(),
    };
    let separator = if matches!(value, Value::Object(fields) if fields.contains_key("description")) { " " } else { ", " };
    pieces.into_iter().filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(separator)
}

/// A call in one line.
fn line_of(call: &Call) -> String {
    let numbers = |word: &str, numbers: &[String]| (!numbers.is_empty()).then(|| format!("{word} {}", numbers.join(" ")));
    let pieces = [
        Some(format!("call {} {}", call.item, call.status)),
        numbers(if call.is_outbound { "to" } else { "from" }, &call.remote_numbers),
        (!call.queue.is_empty()).then(|| format!("queue {}", call.queue)),
        (!call.attached_data.is_empty()).then(|| format!("{} characters of data", call.attached_data.chars().count())),
    ];
    pieces.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What kind of problem, for programs.
fn kind(problem: &Problem) -> &'static str {
    match problem {
        Problem::Sap(Failure::Fault { .. }) => "fault",
        Problem::Sap(Failure::Unreachable { .. } | Failure::TimedOut { .. }) => "unreachable",
        Problem::Sap(_) => "answer",
        Problem::NoCall(_) => "state",
        Problem::Outside(_) => "outside",
    }
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 1e2
}

fn time(at: SystemTime) -> String {
    Timestamp::try_from(at).map(|at| format!("{at:.3}")).unwrap_or_default()
}
