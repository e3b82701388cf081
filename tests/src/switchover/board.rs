//! What SAP shows all the agents: the workmode that each was told last, and his items.

use crate::{PATIENCE, agent::status, sink::Sink};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// A look again at something that another process is about to do.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// See the module.
pub(super) struct Board {
    sink: Sink,
    state: Mutex<State>,
}

struct State {
    seen: usize,
    agents: Vec<Shown>,
}

/// One agent.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// Workmodes as he was told them: when, which, and in words.
    pub(super) modes: Vec<(Instant, String, String)>,
    /// Items that are not over, with their status.
    pub(super) items: BTreeMap<String, String>,
    /// Items whose end he was told.
    pub(super) ended: usize,
    /// SAP was told that he is logged off.
    pub(super) is_off: bool,
}

// === impl Board ===

impl Board {
    pub(super) fn new(agents: usize) -> Self {
        Self { sink: Sink::start(), state: Mutex::new(State { seen: 0, agents: vec![Shown::default(); agents] }) }
    }

    /// Where an agent's events go.
    pub(super) fn url(&self, agent: usize) -> String {
        self.sink.url(&format!("/{agent}"))
    }

    /// One agent, as of now.
    pub(super) fn shown(&self, agent: usize) -> Shown {
        self.look().agents[agent].clone()
    }

    /// All of them, as of now.
    pub(super) fn all(&self) -> Vec<Shown> {
        self.look().agents.clone()
    }

    /// How many of all are like this.
    pub(super) fn count(&self, so: impl Fn(usize, &Shown) -> bool) -> usize {
        self.look().agents.iter().enumerate().filter(|(agent, shown)| so(*agent, shown)).count()
    }

    /// Waits until an agent is shown something.
    ///
    /// # Panics
    /// When he is not.
    pub(super) fn wait(&self, agent: usize, what: &str, so: impl Fn(&Shown) -> bool) -> Shown {
        let deadline = Instant::now() + PATIENCE;
        loop {
            {
                let state = self.look();
                if so(&state.agents[agent]) {
                    return state.agents[agent].clone();
                }
                assert!(Instant::now() < deadline, "agent {agent} is not shown {what}: {:?}", state.agents[agent]);
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    fn look(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, events) = self.sink.all_since(state.seen);
        for event in events {
            let number = event.path.trim_start_matches('/').parse::<usize>().ok();
            let Some(shown) = number.and_then(|number| state.agents.get_mut(number)) else { continue };
            let leaf = |name: &str| event.leaves.get(name).unwrap_or_default().to_owned();
            match event.name.as_str() {
                "userChanged" => shown.modes.push((event.at, leaf("currentWorkmode.id"), leaf("currentWorkmode.description"))),
                "phoneCallChanged" => match leaf("processingStatus.id") {
                    over if over == status::ENDED => shown.ended += usize::from(shown.items.remove(&leaf("itemId")).is_some()),
                    status => drop(shown.items.insert(leaf("itemId"), status)),
                },
                "subscriptionEnded" => shown.is_off = true,
                _ => {}
            }
        }
        state.seen = seen;
        self.sink.forget(seen);
        state
    }
}

// === impl Shown ===

impl Shown {
    /// The item in this status.
    pub(super) fn item(&self, status: &str) -> Option<&str> {
        self.items.iter().find(|(_, each)| *each == status).map(|(item, _)| item.as_str())
    }

    /// The workmode that he was told last.
    pub(super) fn mode(&self) -> &str {
        self.modes.last().map_or("", |(_, id, _)| id)
    }
}
