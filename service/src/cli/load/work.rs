//! One agent at work: waits for a call, works it by a scenario that the dice choose, measures every step. And the customers who call.

use super::figures::Figures;
use crate::simulator::{
    sap::{Agent, Answer, Call, Failure, Status},
    telephone::{Telephone, screen_pop},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Notify, watch};

/// The workmode in which an agent gets calls.
pub(super) const READY: u32 = 2;

/// An agent, and what he needs.
pub(super) struct Worker {
    pub(super) agent: Arc<Agent>,
    /// How long a conversation takes.
    pub(super) talk: Duration,
    /// What is dialled to hand a call on.
    pub(super) workgroup: String,
    pub(super) callers: Arc<Callers>,
    pub(super) figures: Arc<Figures>,
    /// No more calls when it is true.
    pub(super) stop: watch::Receiver<bool>,
    pub(super) dice: Dice,
}

/// Customers who are on the line, by their number.
#[derive(Default)]
pub(super) struct Callers {
    next: AtomicU64,
    left: Notify,
    /// When each called. A lock, held for the time of one look.
    since: Mutex<HashMap<String, Option<Instant>>>,
}

/// Chance that is the same in every run.
pub(super) struct Dice(u64);

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scenario {
    Talk,
    Hold,
    Data,
    Transfer,
    Reject,
}

// === impl Worker ===

impl Worker {
    /// Works until he is stopped.
    pub(super) async fn work(mut self) {
        while let Some(call) = self.next_call().await {
            if let Err(failure) = self.help(&call).await {
                self.figures.wrong(&format!("{}: {failure}", self.agent.user()));
            }
        }
    }

    /// The next call that rings.
    async fn next_call(&mut self) -> Option<Call> {
        loop {
            // In this order nothing is missed: what arrives after the mark is waited for, what was there is on the desk.
            let mark = self.agent.mark();
            if let Some(call) = self.agent.desk().calls.into_values().find(|call| call.status == Status::Alerting) {
                return Some(call);
            }
            tokio::select! {
                stopped = self.stop.wait_for(|stop| *stop) => {
                    // The sender is gone only when nobody waits for us any more.
                    drop(stopped);
                    return None;
                }
                rung = self.agent.call_event(mark, None, Status::Alerting) => if let Ok((call, at)) = rung {
                    if let Some(since) = call.remote_numbers.iter().find_map(|number| self.callers.rings(number)) {
                        self.figures.took("alerting", at.saturating_duration_since(since));
                    }
                    return Some(call);
                },
            }
        }
    }

    async fn help(&mut self, call: &Call) -> Result<(), Failure> {
        let item = call.item.as_str();
        match self.dice.scenario() {
            Scenario::Reject => {
                let rejected = self.agent.reroute(item).await;
                self.done("reject", item, Status::Ended, rejected).await?;
                self.request("ready again", self.agent.set_current_workmode(READY).await)?;
                // It rings at the next agent, and he counts it.
                return Ok(());
            }
            scenario => {
                let accepted = self.agent.accept(item).await;
                self.done("accept", item, Status::Connected, accepted).await?;
                tokio::time::sleep(self.talk).await;
                match scenario {
                    Scenario::Hold => {
                        let held = self.agent.hold(item).await;
                        self.done("hold", item, Status::Held, held).await?;
                        let back = self.agent.unhold(item).await;
                        self.done("unhold", item, Status::Connected, back).await?;
                    }
                    Scenario::Data => {
                        let data = screen_pop(&format!("{}", self.dice.roll()));
                        self.request("set data", self.agent.set_attached_data(item, &data).await)?;
                        let read = self.request("get data", self.agent.get_attached_data(item).await)?;
                        if read.value != data {
                            self.figures.wrong(&format!("{}: the attached data of {item} came back changed", self.agent.user()));
                        }
                    }
                    Scenario::Transfer => {
                        let handed_on = self.agent.transfer(item, &self.workgroup).await;
                        self.done("transfer", item, Status::Ended, handed_on).await?;
                        return Ok(());
                    }
                    Scenario::Talk | Scenario::Reject => {}
                }
            }
        }
        let dropped = self.agent.drop_call(item).await;
        self.done("hang up", item, Status::Ended, dropped).await?;
        for number in &call.remote_numbers {
            self.callers.gone(number);
        }
        self.figures.finished();
        Ok(())
    }

    /// A command and the event that tells of it.
    async fn done<T>(&self, name: &'static str, item: &str, status: Status, answer: Result<Answer<T>, Failure>) -> Result<(), Failure> {
        let answer = self.request(name, answer)?;
        let (_, at) = self.agent.call_event(answer.mark, Some(item), status).await?;
        self.figures.took("event", at.saturating_duration_since(answer.begun));
        Ok(())
    }

    fn request<T>(&self, name: &'static str, answer: Result<Answer<T>, Failure>) -> Result<Answer<T>, Failure> {
        let answer = answer?;
        self.figures.requests(1);
        self.figures.took(name, answer.took);
        Ok(answer)
    }
}

// === impl Callers ===

impl Callers {
    /// One more customer calls the workgroup.
    pub(super) async fn call(&self, telephone: &Telephone, workgroup: &str, figures: &Figures) {
        let number = format!("+49301{:08}", self.next.fetch_add(1, Relaxed));
        self.locked().insert(number.clone(), Some(Instant::now()));
        figures.call();
        if let Err(why) = telephone.call(&number, workgroup, "").await {
            self.gone(&number);
            figures.wrong(&format!("a customer cannot call: {why}"));
        }
    }

    /// Customers who have called and are not helped yet.
    pub(super) fn under_way(&self) -> usize {
        self.locked().len()
    }

    /// Until nobody is on the line any more.
    pub(super) async fn all_gone(&self) {
        loop {
            // Waiting begins before the look, so that the last one cannot leave in between.
            let left = self.left.notified();
            if self.under_way() == 0 {
                return;
            }
            left.await;
        }
    }

    /// It rings for the first time: when the customer called.
    fn rings(&self, number: &str) -> Option<Instant> {
        self.locked().get_mut(number).and_then(Option::take)
    }

    fn gone(&self, number: &str) {
        self.locked().remove(number);
        self.left.notify_waiters();
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<String, Option<Instant>>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Dice ===

impl Dice {
    /// Dice of their own for each agent.
    pub(super) fn new(number: u64) -> Self {
        Self(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// Xorshift: chance enough for a choice, and always the same.
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn scenario(&mut self) -> Scenario {
        match self.roll() % 20 {
            0..12 => Scenario::Talk,
            12..15 => Scenario::Hold,
            15..17 => Scenario::Data,
            17..19 => Scenario::Transfer,
            _ => Scenario::Reject,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_comes_as_often_as_the_help_says() {
        let mut dice = Dice::new(7);
        let mut counts = [0_u32; 5];
        for _ in 0..20_000 {
            counts[dice.scenario() as usize] += 1;
        }
        for (count, expected) in counts.into_iter().zip([12_000, 3000, 2000, 2000, 1000]) {
            assert!(count.abs_diff(expected) < expected / 5, "{counts:?}");
        }
    }
}
