//! What SAP shows one agent, made from the events that have arrived, and the memory of them for who waits.

use super::{ActionItem, Attributes, Call, Chat, Event, Failure, Posting, Status, event::Envelope};
use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Events that are remembered.
const HISTORY: usize = 2048;
/// Complaints that are remembered.
const COMPLAINTS: usize = 32;

/// One agent's screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desk {
    /// The agent as the last user event, or the log-on, told.
    pub agent: Attributes,
    /// His live calls by their handle.
    pub calls: BTreeMap<String, Call>,
    /// His live chats by their handle.
    pub chats: BTreeMap<String, Chat>,
    /// What was written in them, oldest first.
    pub postings: Vec<Posting>,
    /// His live action items by their handle.
    pub action_items: BTreeMap<String, ActionItem>,
    /// The reason, when the service has ended the subscription.
    pub ended: Option<String>,
    /// What SAP would have stumbled over, oldest first.
    pub complaints: Vec<String>,
}

/// An event with its place in the order of arrival.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Received {
    /// Counted from 1.
    number: u64,
    /// When its last byte arrived.
    pub(super) at: Instant,
    /// What.
    pub(super) event: Event,
}

/// Where one subscriber's events arrive.
pub(super) struct Inbox {
    user: String,
    app: String,
    state: watch::Sender<State>,
}

#[derive(Default)]
struct State {
    desk: Desk,
    history: VecDeque<Received>,
    count: u64,
}

// === impl Inbox ===

impl Inbox {
    pub(super) fn new(user: &str, app: &str) -> Self {
        Self { user: user.to_owned(), app: app.to_owned(), state: watch::Sender::default() }
    }

    /// Takes an event in and says what is wrong with it.
    pub(super) fn take(&self, envelope: Envelope, at: Instant) {
        self.state.send_modify(|state| {
            if envelope.user != self.user {
                state.complain(format!("{} names user `{}`, not `{}`", envelope.event.name(), envelope.user, self.user));
            }
            if !envelope.apps.contains(&self.app) {
                state.complain(format!("{} is for {:?}, not for `{}`", envelope.event.name(), envelope.apps, self.app));
            }
            match &envelope.event {
                Event::User(agent) => state.desk.agent = agent.clone(),
                Event::Ended(reason) => state.desk.ended = Some(reason.description.clone()),
                Event::Chat(chat) if chat.status == Status::Ended => {
                    state.desk.chats.remove(&chat.item);
                    state.desk.postings.retain(|posting| posting.chat != chat.item);
                }
                Event::Chat(chat) => drop(state.desk.chats.insert(chat.item.clone(), chat.clone())),
                Event::Posting(posting) => {
                    if !state.desk.chats.contains_key(&posting.chat) {
                        state.complain(format!("there is no chat {}, but something was written in it", posting.chat));
                    }
                    state.desk.postings.push(posting.clone());
                }
                Event::ActionItem(item) if item.status == Status::Ended => drop(state.desk.action_items.remove(&item.item)),
                Event::ActionItem(item) => drop(state.desk.action_items.insert(item.item.clone(), item.clone())),
                Event::Call(call) => {
                    let has_ended = state
                        .history
                        .iter()
                        .any(|past| past.event.call().is_some_and(|past| past.item == call.item && past.status == Status::Ended));
                    if has_ended && !state.desk.calls.contains_key(&call.item) && call.status != Status::Alerting {
                        state.complain(format!("call {} has ended and is {} now", call.item, call.status));
                    }
                    if call.status == Status::Ended {
                        state.desk.calls.remove(&call.item);
                    } else {
                        state.desk.calls.insert(call.item.clone(), call.clone());
                    }
                }
            }
            state.count += 1;
            if state.history.len() == HISTORY {
                state.history.pop_front();
            }
            state.history.push_back(Received { number: state.count, at, event: envelope.event });
        });
    }

    pub(super) fn complain(&self, complaint: String) {
        self.state.send_modify(|state| state.complain(complaint));
    }

    /// What log-on learned before any event.
    pub(super) fn begin(&self, agent: Attributes, calls: Vec<Call>) {
        self.state.send_modify(|state| {
            if state.desk.agent.user.is_empty() {
                state.desk.agent = agent;
            }
            for call in calls {
                state.desk.calls.entry(call.item.clone()).or_insert(call);
            }
        });
    }

    pub(super) fn desk(&self) -> Desk {
        self.state.borrow().desk.clone()
    }

    /// The number of the last event.
    pub(super) fn mark(&self) -> u64 {
        self.state.borrow().count
    }

    /// What `pick` takes from the first event after `mark` from which it takes anything.
    pub(super) async fn event<T>(
        &self,
        mark: u64,
        within: Duration,
        awaited: impl FnOnce() -> String,
        pick: impl Fn(&Received) -> Option<T>,
    ) -> Result<T, Failure> {
        let find = |state: &State| state.history.iter().filter(|received| received.number > mark).find_map(&pick);
        self.wait(within, find).await.ok_or_else(|| Failure::NoEvent { awaited: awaited(), after: within })
    }

    /// Until SAP shows this call in this state.
    pub(super) async fn call(&self, item: &str, status: Status, within: Duration) -> Result<Call, Failure> {
        let find = |state: &State| {
            if let Some(call) = state.desk.calls.get(item) {
                return (call.status == status).then(|| Ok(call.clone()));
            }
            let last = state.history.iter().rev().find_map(|received| received.event.call().filter(|call| call.item == item))?;
            let ended = Failure::CallEnded { item: item.to_owned(), awaited: status };
            Some(if status == Status::Ended { Ok(last.clone()) } else { Err(ended) })
        };
        let awaited = || format!("call {item} {status}");
        self.wait(within, find).await.unwrap_or_else(|| Err(Failure::NoEvent { awaited: awaited(), after: within }))
    }

    /// Looks again after each event until something is found or the time is over.
    async fn wait<T>(&self, within: Duration, find: impl Fn(&State) -> Option<T>) -> Option<T> {
        let mut changes = self.state.subscribe();
        let look = async {
            loop {
                if let Some(found) = find(&changes.borrow_and_update()) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        };
        tokio::time::timeout(within, look).await.ok().flatten()
    }
}

// === impl State ===

impl State {
    fn complain(&mut self, complaint: String) {
        if self.desk.complaints.len() < COMPLAINTS {
            self.desk.complaints.push(complaint);
        }
    }
}
