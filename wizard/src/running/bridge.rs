//! The bridge to Genesys Cloud, as the running service tells of it (`GET /bridge…`), and what it is told to do (`POST /bridge/orders`). What it
//! says is in `bridge::words`.

mod words;

pub use words::{Change, Counts, Explained, Held, Item, Pace, Past, Plan, Progress, Reason, Record, Report, Run, Step};

use super::{AFTER_TROUBLE, Asker, PACE, Place, Trouble, escaped};
use crate::jobs::{Job, Jobs, Reporter};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// How often the service is asked whether an order has been carried out.
const LOOK: Duration = Duration::from_millis(500);
/// While a run goes on, its records and history are asked for this often at most: at a large site they are megabytes.
const LISTS: Duration = Duration::from_secs(3);

/// What somebody looks at beside the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nothing.
    Health,
    /// Every record.
    Records,
    /// What was done.
    History,
}

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// How the bridge is.
    pub report: Arc<Report>,
    /// Every record, where they were asked for.
    pub records: Arc<Vec<Record>>,
    /// What was done, the newest first, where it was asked for.
    pub history: Arc<Vec<Past>>,
}

/// What the bridge is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Say what a complete run would do.
    Plan,
    /// Do exactly what the plan of this id says.
    Apply(String),
    /// Compare and write everything.
    ForceSync,
    /// See to this record now.
    Sync(String),
    /// Allow the removals that are held back.
    Allow,
    /// Reject them.
    Reject,
    /// The organisation is another one, and it is meant.
    NewOrganization,
    /// Say which dial groups the switch has, also while the bridge is off.
    DialGroups,
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// It is being carried out, for so long.
    Running(Duration),
    /// It is done, with what came of it.
    Done(Value),
    /// The bridge does not do it.
    Failed(Reason),
    /// The service does not tell.
    Lost(Trouble),
}

#[derive(Deserialize)]
struct Begun {
    order: u64,
}

#[derive(Deserialize)]
struct Look {
    state: String,
    #[serde(default)]
    result: Value,
    #[serde(default)]
    reason: Reason,
}

// === impl Order ===

impl Order {
    /// As the service reads it.
    fn body(&self) -> Value {
        match self {
            Self::Plan => json!({ "do": "plan" }),
            Self::Apply(plan) => json!({ "do": "apply", "plan": plan }),
            Self::ForceSync => json!({ "do": "sync", "force": true }),
            Self::Sync(record) => json!({ "do": "sync", "record": record }),
            Self::Allow => json!({ "do": "allow" }),
            Self::Reject => json!({ "do": "reject" }),
            Self::NewOrganization => json!({ "do": "new_organization" }),
            Self::DialGroups => json!({ "do": "dial_groups" }),
        }
    }
}

// === impl Place ===

impl Place {
    /// Asks how the bridge is again and again until the job is dropped; reports it when it is not as before.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn bridge(self, jobs: &Jobs, subject: Subject) -> io::Result<Job<Result<Seen, Trouble>>> {
        jobs.start("ask bridge", move |reporter| follow(reporter, &mut Asker::new(self), subject))
    }

    /// Asks once for everything about one record; `None`: there is none of this name any more.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn explain(self, jobs: &Jobs, record: &str) -> io::Result<Job<Result<Option<Explained>, Trouble>>> {
        let path = format!("/bridge/records/{}", escaped(record));
        jobs.start("ask record", move |reporter| reporter.say(Asker::new(self).perhaps(&path)))
    }

    /// Tells the bridge to do something, and how far it is until that is done. Whoever drops the job hears no more of it; the service goes on.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn order(self, jobs: &Jobs, order: Order) -> io::Result<Job<Word>> {
        jobs.start("order bridge", move |reporter| {
            let mut asker = Asker::new(self);
            let last = asker.carried_out(reporter, &order).unwrap_or_else(Word::Lost);
            reporter.say(last);
        })
    }
}

fn follow(reporter: &Reporter<Result<Seen, Trouble>>, asker: &mut Asker, subject: Subject) {
    let mut before: Option<Result<Seen, Trouble>> = None;
    let mut listed = None;
    while !reporter.is_cancelled() {
        let known = before.as_ref().and_then(|seen| seen.as_ref().ok());
        let now = asker.seen(subject, known, &mut listed);
        let pause = if now.is_ok() { PACE } else { AFTER_TROUBLE };
        if before.as_ref() != Some(&now) && !reporter.is_cancelled() {
            reporter.say(now.clone());
            before = Some(now);
        }
        thread::sleep(pause);
    }
}

// === impl Asker ===

impl Asker {
    /// How the bridge is; lists only when something has gone on since they came.
    fn seen(&mut self, subject: Subject, known: Option<&Seen>, listed: &mut Option<(Instant, Arc<Report>)>) -> Result<Seen, Trouble> {
        let report: Arc<Report> = Arc::new(self.ask("/bridge")?);
        let mut seen = Seen { report, ..known.cloned().unwrap_or_default() };
        let is_due = listed.as_ref().is_none_or(|(at, of)| at.elapsed() >= LISTS && of.tells_other_records(&seen.report));
        // After trouble nothing is known, and a service that was started again may tell the same of other records.
        if is_due || known.is_none() {
            match subject {
                Subject::Health => {}
                Subject::Records => seen.records = Arc::new(self.ask("/bridge/records")?),
                Subject::History => seen.history = Arc::new(self.ask("/bridge/history")?),
            }
            *listed = Some((Instant::now(), Arc::clone(&seen.report)));
        }
        Ok(seen)
    }

    fn carried_out(&mut self, reporter: &Reporter<Word>, order: &Order) -> Result<Word, Trouble> {
        let since = Instant::now();
        let begun = self.post("/bridge/orders", &order.body().to_string())?;
        let path = format!("/bridge/orders/{}", begun.order);
        while !reporter.is_cancelled() {
            let Some(look) = self.perhaps::<Look>(&path)? else {
                return Ok(Word::Failed(Reason::known_as("order-gone", "the service was started again, and has forgotten the order")));
            };
            match look.state.as_str() {
                "running" => reporter.say(Word::Running(since.elapsed())),
                "done" => return Ok(Word::Done(look.result)),
                _ => return Ok(Word::Failed(look.reason)),
            }
            thread::sleep(LOOK);
        }
        Ok(Word::Running(since.elapsed()))
    }

    fn post(&mut self, path: &str, body: &str) -> Result<Begun, Trouble> {
        let mut request = self.agent.post(format!("{}{path}", self.place.url())).header("Content-Type", "application/json");
        if let Some(token) = self.bearer()? {
            request = request.header("Authorization", token);
        }
        match self.read(request.send(body))? {
            (200..300, body) => serde_json::from_slice(&body).map_err(|_| Trouble::Foreign),
            (404, _) => Err(Trouble::Foreign),
            (_, body) => Err(Trouble::Refused(String::from_utf8_lossy(&body).trim().chars().take(300).collect())),
        }
    }
}

#[cfg(test)]
mod tests;
