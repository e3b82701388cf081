//! What whoever watches machines is told: that something important is broken, and that it is not any more. Told to the operating system's log
//! and by traps of SNMP; nobody waits for either.
//!
//! An alarm is told once, when something changes; whoever raises it decides when that is so. Alarms are told in their order: a receiver who cannot
//! be reached holds the next ones up for two minutes at most.

mod trap;

use crate::os::system_log::{self, Entry};
use std::sync::Arc;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

pub use trap::{Community, Receiver, Traps};

/// Alarms that wait. What is more is in our log only: something is very wrong then, and the first ones have said so.
const WAITING: usize = 32;

/// A kind of alarm. Numbers and symbols are an interface: monitoring goes by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its number: of the Windows event, of the trap, and in the journal's field `EVENT_ID`.
    pub number: u16,
    /// The number's symbol.
    pub symbol: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Of the journal's field `MESSAGE_ID`: made once at random, and never changed.
    message_id: &'static str,
    /// Something is wrong; otherwise it is so no longer.
    is_fault: bool,
}

/// The organisation of Genesys Cloud cannot be reached (guide, "MessageId=47000").
pub const CLOUD_LOST: Kind = Kind {
    number: 47000,
    symbol: "MSG_PURECLOUD_CONNECTION_LOST",
    text: "Genesys Cloud connection lost.",
    message_id: "59f7c4629c544a6484641dad066afd7e",
    is_fault: true,
};

/// It can be again (guide, "MessageId=47001").
pub const CLOUD_RESTORED: Kind = Kind {
    number: 47001,
    symbol: "MSG_PURECLOUD_CONNECTION_RESTORED",
    text: "Genesys Cloud connection restored.",
    message_id: "2082814f8bf34203be078b9c53a434d7",
    is_fault: false,
};

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Which.
    pub kind: Kind,
    /// What it is about: the organisation.
    pub about: String,
    /// Why; empty when there is nothing more to say.
    pub why: String,
}

/// Who is told.
#[derive(Clone, Default)]
pub struct Policy {
    /// The operating system's log.
    pub system_log: bool,
    /// Receivers of traps.
    pub traps: Option<Arc<Traps>>,
}

/// The way to whoever watches; cheap to clone. With the last of them the telling ends.
#[derive(Clone)]
pub struct Alarms {
    alarms: mpsc::Sender<Alarm>,
    _task: Arc<Task>,
}

struct Task(JoinHandle<()>);

// === impl Alarms ===

impl Alarms {
    /// Begins to tell.
    pub fn start(policy: watch::Receiver<Policy>) -> Self {
        let (alarms, inbox) = mpsc::channel(WAITING);
        Self { alarms, _task: Arc::new(Task(tokio::spawn(work(policy, inbox)))) }
    }

    /// Tells it; never waits. It is in our own log in any case.
    pub fn raise(&self, alarm: Alarm) {
        let Kind { number, symbol, text, is_fault, .. } = alarm.kind;
        let (about, why) = (&alarm.about, &alarm.why);
        if is_fault {
            tracing::error!(target: "service::genesys_cloud", event_id = number, symbol, about, why, "{text}");
        } else {
            tracing::warn!(target: "service::genesys_cloud", event_id = number, symbol, about, why, "{text}");
        }
        if self.alarms.try_send(alarm).is_err() {
            tracing::error!(target: "service", event_id = number, "this is told to nobody else: too much waits to be told");
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn work(policy: watch::Receiver<Policy>, mut inbox: mpsc::Receiver<Alarm>) {
    while let Some(alarm) = inbox.recv().await {
        let Policy { system_log, traps } = policy.borrow().clone();
        let alarm = Arc::new(alarm);
        if system_log {
            write(Arc::clone(&alarm)).await;
        }
        if let Some(traps) = traps {
            traps.tell(&alarm).await;
        }
    }
}

async fn write(alarm: Arc<Alarm>) {
    let outcome = tokio::task::spawn_blocking(move || {
        let Kind { number, symbol, message_id, is_fault, .. } = alarm.kind;
        system_log::write(Entry { number, symbol, message_id, is_fault, text: &alarm.sentence() })
    })
    .await;
    if let Ok(Err(error)) = outcome {
        tracing::warn!(target: "service", %error, "the operating system's log does not take an event");
    }
}

// === impl Alarm ===

impl Alarm {
    /// The guide's text, and what there is to say beside it.
    fn sentence(&self) -> String {
        let Self { kind, about, why } = self;
        if why.is_empty() { format!("{} Organization: {about}.", kind.text) } else { format!("{} Organization: {about}. {why}", kind.text) }
    }
}
