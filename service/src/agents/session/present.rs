//! What of one agent is in the figures: that he is there, whether he is ready, and his interactions by channel. Taken out with his session.

use crate::{
    domain::{Agent, Medium, Rules},
    telemetry::{CHANNELS, FIGURES},
};

/// See the module.
pub(super) struct Present {
    ready: bool,
    items: [u64; CHANNELS.len()],
}

// === impl Present ===

impl Present {
    /// He is there and has nothing.
    pub(super) fn new() -> Self {
        FIGURES.sessions.change(0, 1);
        Self { ready: false, items: [0; CHANNELS.len()] }
    }

    /// Takes note of how he is now.
    pub(super) fn renew(&mut self, agent: &Agent, rules: &Rules) {
        let mut items = [0; CHANNELS.len()];
        for interaction in agent.live() {
            let channel = match interaction.medium() {
                Medium::Call => 0,
                Medium::Chat => 1,
                Medium::ActionItem => 2,
            };
            items[channel] += 1;
        }
        self.set(agent.is_ready(rules), items);
    }

    fn set(&mut self, ready: bool, items: [u64; CHANNELS.len()]) {
        if ready != self.ready {
            FIGURES.ready.change(self.ready.into(), ready.into());
            self.ready = ready;
        }
        for ((gauge, before), after) in FIGURES.items.iter().zip(&mut self.items).zip(items) {
            if *before != after {
                gauge.change(*before, after);
                *before = after;
            }
        }
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.set(false, [0; CHANNELS.len()]);
        FIGURES.sessions.change(1, 0);
    }
}
