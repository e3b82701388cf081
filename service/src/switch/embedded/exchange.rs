//! The exchange itself: all users, workgroups and calls, without clock, task or lock. Who calls it says what time it is; what it has to
//! tell is collected and taken from it with [`Exchange::take_outputs`]. The same calls in the same order give the same outputs.
//!
//! Every entry point checks everything before it changes anything, so that a refused request leaves no trace, and ends with `settle`:
//! waiting calls meet idle agents, then every agent whose picture of a call has changed is told the new one.

mod acd;
mod call;
mod chat;
mod commands;
mod destination;
mod directory;
mod listening;
mod observe;
mod outside;
mod parties;
mod people;
mod place;
mod replan;
mod seats;
mod take_over;
mod transfer;
mod turns;
mod voicemail;
mod wrap_up;

use super::plan::Plan;
use crate::{
    domain::{QueueId, SwitchEvent, Turn, UserId},
    switch::embedded::CallPicture,
};
use acd::Workgroup;
use call::{Call, End, Line, PartyNo};
use people::{Agent, Names};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

/// A call's number: its id, and the key it is found by.
pub(super) type CallNo = u64;

/// All that the switch is.
pub(super) struct Exchange {
    /// Times and limits; users, statuses and workgroups have become the tables below.
    plan: Arc<Plan>,
    /// Since the start.
    now: Duration,
    /// The start, seconds since 1970 UTC.
    epoch: i64,
    next_call: CallNo,
    next_number: u64,
    names: Names,
    agents: HashMap<UserId, Agent>,
    /// Who sits where.
    seats: HashMap<String, UserId>,
    workgroups: BTreeMap<QueueId, Workgroup>,
    calls: HashMap<CallNo, Call>,
    timers: BTreeMap<(Duration, u64), Timer>,
    /// Calls that have begun to wait.
    to_route: VecDeque<CallNo>,
    /// Agents who have become free.
    to_serve: VecDeque<UserId>,
    /// Calls whose picture may have changed.
    touched: Vec<CallNo>,
    outputs: Vec<Output>,
    /// Does anybody want to know what happens to conversations?
    turns_are_heard: bool,
}

/// What the exchange has to tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Output {
    /// To an agent, if he is logged on.
    Event(UserId, SwitchEvent),
    /// An agent's session is over.
    Closed(UserId),
    /// A call is not as it was.
    Changed(CallNo),
    /// A call is over.
    Over { call: CallNo, voicemail: Option<UserId> },
    /// Something has happened to a conversation.
    Turn(Turn),
}

/// Whom a number reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    User(UserId),
    Queue(QueueId),
    Outside(String),
}

/// What happens by itself. One that has been overtaken does nothing.
enum Timer {
    /// A party's ringing ends.
    Party(CallNo, PartyNo),
    WrapUp(UserId),
    /// It is time for a callback.
    Due(CallNo, QueueId),
}

impl Exchange {
    /// An exchange at the moment `epoch` (milliseconds since 1970 UTC). Calls are numbered by its microseconds from there on, so
    /// that a restart does not use numbers again, nor make one conversation of two: there are never a million calls a second.
    pub(super) fn new(plan: Plan, epoch: i64) -> Self {
        let mut exchange = Self {
            plan: Arc::new(Plan::default()),
            now: Duration::ZERO,
            epoch: epoch / 1000,
            next_call: u64::try_from(epoch.saturating_mul(1000)).unwrap_or(0).max(1_000_000_000),
            next_number: 1,
            names: Names::default(),
            agents: HashMap::new(),
            seats: HashMap::new(),
            workgroups: BTreeMap::new(),
            calls: HashMap::new(),
            timers: BTreeMap::new(),
            to_route: VecDeque::new(),
            to_serve: VecDeque::new(),
            touched: Vec::new(),
            outputs: Vec::new(),
            turns_are_heard: false,
        };
        exchange.replan(Duration::ZERO, plan);
        exchange
    }

    /// What there is to tell since the last time, in order.
    pub(super) fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// When [`Exchange::tick`] has something to do; `None`: never.
    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.timers.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets everything happen that is due.
    pub(super) fn tick(&mut self, now: Duration) {
        self.now = now;
        while let Some(due) = self.timers.first_entry().filter(|timer| timer.key().0 <= now) {
            match due.remove() {
                Timer::Party(call, party) => self.ringing_ends(call, party),
                Timer::WrapUp(user) => self.wrap_up_ends(&user),
                Timer::Due(call, queue) => self.is_due(call, &queue),
            }
            self.settle();
        }
    }

    /// Agents logged on, and calls.
    pub(super) fn gauges(&self) -> (usize, usize) {
        (self.seats.len(), self.calls.len())
    }

    fn ringing_ends(&mut self, no: CallNo, party: PartyNo) {
        let Some(call) = self.calls.get_mut(&no) else { return };
        let Some(at) = call.parties.iter().position(|each| each.no == party) else { return };
        if call.parties[at].deadline.is_none_or(|deadline| deadline > self.now) {
            return;
        }
        match &call.parties[at].end {
            End::Agent(leg) => {
                let user = leg.user.clone();
                self.not_answered(no, &user);
            }
            End::Outside(Line::WillAnswer) => self.line_answers(no, party),
            End::Outside(_) => self.line_fails(no, party),
        }
    }

    /// A number for whatever needs one: later ones are higher.
    fn next(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    fn unix(&self) -> i64 {
        self.epoch.saturating_add(i64::try_from(self.now.as_secs()).unwrap_or(i64::MAX))
    }

    fn arm(&mut self, at: Duration, timer: Timer) {
        let no = self.next();
        self.timers.insert((at, no), timer);
    }

    fn touch(&mut self, call: CallNo) {
        if !self.touched.contains(&call) {
            self.touched.push(call);
        }
    }

    fn settle(&mut self) {
        loop {
            if let Some(call) = self.to_route.pop_front() {
                self.route_call(call);
            } else if let Some(user) = self.to_serve.pop_front() {
                self.serve(&user);
            } else {
                break;
            }
        }
        self.show();
    }

    /// Tells every agent who sees a touched call what it is now, if that differs from what he was told.
    fn show(&mut self) {
        for no in std::mem::take(&mut self.touched) {
            let Some(call) = self.calls.get(&no) else { continue };
            let news: Vec<_> = call.legs().chain(&call.listeners).map(|leg| (leg.user.clone(), call.seen_by(leg))).collect();
            let Some(call) = self.calls.get_mut(&no) else { continue };
            let parties = call.parties.iter_mut().filter_map(|party| match &mut party.end {
                End::Agent(leg) => Some(&mut **leg),
                End::Outside(_) => None,
            });
            for (leg, (user, new)) in parties.chain(&mut call.listeners).zip(news) {
                if leg.shown.as_ref() != Some(&new) {
                    leg.shown = Some(new.clone());
                    self.outputs.push(Output::Event(user, SwitchEvent::Interaction(new)));
                }
            }
            self.outputs.push(Output::Changed(no));
        }
    }

    /// All that an agent has, as the first event of a session.
    fn snapshot(&self, agent: &Agent) -> SwitchEvent {
        let user = &agent.plan.user;
        let seen = |no: &CallNo| {
            let call = self.calls.get(no)?;
            call.legs().chain(&call.listeners).find(|leg| leg.user == *user).map(|leg| call.seen_by(leg))
        };
        let interactions = agent.calls.iter().chain(&agent.listening).filter_map(seen).collect();
        SwitchEvent::Snapshot { status: agent.status(), interactions }
    }

    /// What somebody outside can see of a call; `None` when there is none.
    pub(super) fn picture(&self, no: CallNo) -> Option<CallPicture> {
        self.calls.get(&no).map(outside::picture)
    }
}

#[cfg(test)]
mod tests;
