//! The work after an interaction that came through a workgroup: the switch keeps it, not SAP (guide, "Wrap-ups"). It ends by time, or when
//! the agent says what he is doing.

use super::{Exchange, Output, Timer};
use crate::{
    domain::{SwitchEvent, Turn, UserId},
    switch::embedded::plan::StatusPlan,
};
use std::{sync::Arc, time::Duration};

/// An agent at it.
pub(super) struct WrapUp {
    until: Duration,
    /// His status before, where he has another for it.
    before: Option<Arc<StatusPlan>>,
    /// What is told when it is over.
    turn: Option<Turn>,
}

impl WrapUp {
    /// It is over: what is to be told of it.
    pub(super) fn over(self) -> Option<Turn> {
        self.turn
    }
}

impl Exchange {
    /// Starts it, or anew. Who was available is shown to be at it, where the plan has a status for that. `turn` is told when it is over: at once
    /// where there is no time for it.
    pub(super) fn wrap_up(&mut self, user: &UserId, turn: Option<Turn>) {
        let until = self.now + self.plan.wrap_up;
        let status = self.names.status(StatusPlan::WRAP_UP).cloned();
        let Some(agent) = self.agents.get_mut(user).filter(|_| until > self.now) else { return self.tell_later(turn) };
        let mut overtaken = None;
        let before = match agent.wrap_up.take() {
            Some(wrap_up) => {
                overtaken = wrap_up.turn;
                wrap_up.before
            }
            None => status.filter(|_| agent.status.acd).map(|status| std::mem::replace(&mut agent.status, status)),
        };
        let is_shown = before.is_some();
        agent.wrap_up = Some(WrapUp { until, before, turn });
        self.tell_later(overtaken);
        self.arm(until, Timer::WrapUp(user.clone()));
        if is_shown {
            self.tell_status(user);
        }
    }

    /// Its time is over, unless it has begun anew or the agent has ended it.
    pub(super) fn wrap_up_ends(&mut self, user: &UserId) {
        let Some(agent) = self.agents.get_mut(user) else { return };
        let Some(wrap_up) = agent.wrap_up.take_if(|wrap_up| wrap_up.until <= self.now) else { return };
        if let Some(before) = wrap_up.before {
            // Another plan may have changed it meanwhile.
            agent.status = self.names.status(&before.name).cloned().unwrap_or(before);
            self.tell_status(user);
        }
        self.tell_later(wrap_up.turn);
        self.review(user, true);
    }

    fn tell_status(&mut self, user: &UserId) {
        let unix = self.unix();
        if let Some(agent) = self.agents.get_mut(user) {
            agent.status_since = unix;
            self.outputs.push(Output::Event(user.clone(), SwitchEvent::Status(agent.status())));
        }
    }
}
