//! Interactions that do not call in: action items and callbacks that the service places, and takes back.

use super::{
    CallNo, Exchange, Target, Timer,
    call::{Line, interaction_id},
};
use crate::domain::{InteractionId, InteractionKind, NewInteraction, QueueId, Refusal};
use std::time::Duration;

impl Exchange {
    /// Puts a new interaction into a workgroup's queue, or lets it come there when it is due.
    pub(in super::super) fn place(&mut self, now: Duration, new: NewInteraction) -> Result<InteractionId, Refusal> {
        self.now = now;
        let by_number = || match self.names.numbers.get(new.queue.as_str().trim_start_matches('+')) {
            Some(Target::Queue(queue)) => self.queue(queue.as_str()),
            _ => None,
        };
        let queue = self.queue(new.queue.as_str()).or_else(by_number);
        let queue = queue.ok_or_else(|| Refusal::UnknownDestination(new.queue.to_string()))?;
        let no = self.new_call(&new.dialed)?;
        let line = if new.kind == InteractionKind::Callback { Line::Asked } else { Line::Connected };
        self.add_line(no, &new.address, &new.name, line, None);
        if let Some(call) = self.calls.get_mut(&no) {
            call.become_kind(new.kind);
            call.attributes = new.attributes;
            call.calls = new.calls;
        }
        match new.not_before.map(|at| at.saturating_sub(self.unix())).and_then(|wait| u64::try_from(wait).ok()).filter(|wait| *wait > 0) {
            Some(wait) => self.arm(now + Duration::from_secs(wait), Timer::Due(no, queue)),
            None => self.send_to_queue(no, queue),
        }
        self.settle();
        Ok(interaction_id(no))
    }

    /// Takes an interaction away from wherever it is.
    pub(in super::super) fn withdraw(&mut self, now: Duration, id: &InteractionId) {
        self.now = now;
        if let Some(no) = self.number_of(id) {
            self.end_call(no, None);
            self.settle();
        }
    }

    /// A callback's time has come.
    pub(super) fn is_due(&mut self, no: CallNo, queue: &QueueId) {
        if !self.calls.contains_key(&no) {
            return;
        }
        match self.queue(queue.as_str()) {
            Some(queue) => self.send_to_queue(no, queue),
            // The workgroup is gone from the plan meanwhile.
            None => self.end_call(no, None),
        }
    }
}
