//! One trial: SAP's double as a child, what it tells, and what it is asked. Knows no egui, so that tests take a call without a window.

use super::{
    messages::Messages,
    told::Told,
    toolbar::{Toolbar, Wish},
    trial,
};
use crate::{
    child::{Child, End, Event, NotSent, Order},
    jobs::Jobs,
};
use serde_json::json;
use std::{path::PathBuf, time::Duration};

/// SAP's double logs its agent off for as long.
const GRACE: Duration = Duration::from_secs(5);

/// Who logs on where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogOn {
    /// The installed `jackfield`.
    pub program: PathBuf,
    /// The service's address.
    pub url: String,
    /// The agent.
    pub user: String,
    /// The service's listener for administrators, for demo calls.
    pub admin: String,
    /// Where its token is, never the token itself.
    pub admin_token: Option<String>,
}

/// SAP's double, alive until it is dropped.
pub struct Session {
    child: Child,
    toolbar: Toolbar,
    messages: Messages,
    /// The last command.
    asked: u64,
    /// What waits for its outcome.
    pending: Option<u64>,
    outcome: Option<Outcome>,
    is_leaving: bool,
    end: Option<End>,
    /// Why it has ended, in the program's words.
    words: String,
}

/// What came of the last command.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was done: by this operation, in so many milliseconds.
    Done(Option<(String, f64)>),
    /// It was not, for this reason.
    Failed(String),
}

impl Session {
    /// Begins to log an agent on.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn log_on(jobs: &Jobs, who: LogOn) -> std::io::Result<Self> {
        let LogOn { program, url, user, admin, admin_token } = who;
        let token = admin_token.map(|reference| ["--admin-token".to_owned(), reference]).into_iter().flatten();
        let order = Order::new(program)
            .arguments(["simulate", "sap", "--json", "--url", &url, "--user", &user, "--admin", &admin])
            .arguments(token)
            .grace(GRACE);
        Ok(Self {
            child: order.start(jobs)?,
            toolbar: Toolbar::default(),
            messages: Messages::default(),
            asked: 0,
            pending: None,
            outcome: None,
            is_leaving: false,
            end: None,
            words: String::new(),
        })
    }

    /// Takes in what has happened.
    pub fn poll(&mut self) {
        for event in self.child.poll() {
            self.take(event);
        }
    }

    /// Waits for something to happen; `false` when nothing will any more. The window never calls this: it would stand still.
    pub fn wait(&mut self) -> bool {
        let Some(event) = self.child.wait() else { return false };
        self.take(event);
        true
    }

    /// Asks for something to be done.
    pub fn ask(&mut self, wish: &Wish) {
        self.asked += 1;
        let Wish { command, item } = wish;
        let line = json!({ "id": self.asked, "command": command, "item": item }).to_string();
        match self.child.send(&line) {
            Ok(()) => (self.pending, self.outcome) = (Some(self.asked), None),
            Err(error @ (NotSent::Gone | NotSent::Busy)) => self.outcome = Some(Outcome::Failed(error.to_string())),
        }
    }

    /// Logs off; the rest is told until the end.
    pub fn log_off(&mut self) {
        self.is_leaving = true;
        self.child.cancel();
    }

    /// The agent's toolbar.
    pub fn toolbar(&self) -> &Toolbar {
        &self.toolbar
    }

    /// Works with another call.
    pub fn select(&mut self, item: &str) {
        self.toolbar.select(item);
    }

    /// The SOAP messages that have passed.
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// Forgets the messages.
    pub fn clear_messages(&mut self) {
        self.messages.clear();
    }

    /// Does a command wait for its outcome?
    pub fn is_busy(&self) -> bool {
        self.pending.is_some() || self.is_leaving
    }

    /// What came of the last command.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// When it has ended: why, in the program's words; empty when it was to.
    pub fn end(&self) -> Option<&str> {
        self.end.as_ref().map(|_| self.words.as_str())
    }

    /// When it has ended by itself: its exit code.
    pub fn exit_code(&self) -> Option<i32> {
        if let Some(End::Exited { code, .. }) = &self.end { *code } else { None }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Line(line) => {
                let Some(told) = Told::read(&line) else { return };
                self.toolbar.take(&told);
                self.messages.take(&told);
                self.hear(told);
            }
            Event::Ended(end) => {
                self.words = trial::words(&end);
                self.end = Some(end);
                self.pending = None;
                self.toolbar = Toolbar::default();
            }
        }
    }

    fn hear(&mut self, told: Told) {
        let (id, outcome) = match told {
            Told::Done { id, operation, took_ms } => (id, Outcome::Done(operation.zip(took_ms))),
            Told::Failed { id, why } => (id, Outcome::Failed(why)),
            _ => return,
        };
        if id == self.pending || id.is_none() {
            self.outcome = Some(outcome);
        }
        if id == self.pending {
            self.pending = None;
        }
    }
}
