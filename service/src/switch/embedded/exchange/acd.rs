//! Workgroups: who waits, who is idle, and who is offered what.
//!
//! A waiting call goes to the idle agent who has the fewest calls and has been idle longest; a free agent gets the call of the highest
//! priority that has waited longest in any of his workgroups. Both sides are ordered sets, so that nothing ever looks at all agents.

use super::{
    CallNo, Exchange,
    call::{Call, Place},
    people::A_CALL,
};
use crate::{
    domain::{Direction, EndCause, InteractionState, QueueId, Step, UserId},
    switch::embedded::plan::{StatusPlan, WorkgroupPlan},
};
use std::{cmp::Reverse, collections::BTreeSet};

/// A workgroup.
pub(super) struct Workgroup {
    pub(super) plan: WorkgroupPlan,
    /// Members who can be offered a call now, the next one first.
    pub(super) idle: BTreeSet<IdleKey>,
    /// Calls that wait, the next one first.
    pub(super) waiting: BTreeSet<WaitKey>,
    /// Calls that an agent has answered.
    pub(super) answered: u32,
    /// Calls that ended before.
    pub(super) abandoned: u32,
    /// No longer in the plan: it serves what it still has.
    pub(super) gone: bool,
}

/// An agent's place among the idle: least busy first, then longest idle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IdleKey {
    pub(super) load: usize,
    pub(super) since: u64,
    pub(super) user: UserId,
}

/// A call's place in the queue.
pub(super) type WaitKey = (Reverse<u32>, u64, CallNo);

// === impl Workgroup ===

impl Workgroup {
    pub(super) fn new(plan: WorkgroupPlan) -> Self {
        Self { plan, idle: BTreeSet::new(), waiting: BTreeSet::new(), answered: 0, abandoned: 0, gone: false }
    }
}

// === impl Exchange ===

impl Exchange {
    /// Puts a call into a queue for the first time.
    pub(super) fn send_to_queue(&mut self, call: CallNo, queue: QueueId) {
        let order = self.next();
        self.tell_turn(call, |_| Step::Enqueued { queue: queue.clone(), wanted: Vec::new() });
        self.enqueue(call, Place { queue, priority: 0, order, since: self.now });
    }

    /// Puts a call into a queue at a place.
    pub(super) fn enqueue(&mut self, no: CallNo, place: Place) {
        let (Some(call), Some(workgroup)) = (self.calls.get_mut(&no), self.workgroups.get_mut(&place.queue)) else { return };
        workgroup.waiting.insert((Reverse(place.priority), place.order, no));
        call.assigned = Some(place.queue.clone());
        call.waiting = Some(place);
        self.to_route.push_back(no);
        self.touch(no);
    }

    /// Takes a call out of its queue, if it waits in one.
    pub(super) fn dequeue(&mut self, no: CallNo) -> Option<Place> {
        let place = self.calls.get_mut(&no)?.waiting.take()?;
        if let Some(workgroup) = self.workgroups.get_mut(&place.queue) {
            workgroup.waiting.remove(&(Reverse(place.priority), place.order, no));
        }
        Some(place)
    }

    /// An agent has answered what this workgroup offered him.
    pub(super) fn count_answer(&mut self, no: CallNo, queue: &QueueId, agent: &UserId) {
        self.tell_turn(no, |_| Step::Connected { queue: queue.clone(), agent: agent.clone(), wanted: Vec::new() });
        if let Some(workgroup) = self.workgroups.get_mut(queue) {
            workgroup.answered = workgroup.answered.saturating_add(1);
        }
    }

    /// A call is over; if it waited in a workgroup or rang for one, nobody has answered it.
    pub(super) fn count_abandoned(&mut self, no: CallNo) {
        let Some(call) = self.calls.get(&no) else { return };
        let rang = || call.legs().filter(|leg| !leg.answered).find_map(|leg| leg.offer.as_ref());
        let queue = call.waiting.as_ref().or_else(rang).map(|place| place.queue.clone());
        if let Some(queue) = queue.clone() {
            self.tell_turn(no, |_| Step::Abandoned { queue });
        }
        if let Some(workgroup) = queue.and_then(|queue| self.workgroups.get_mut(&queue)) {
            workgroup.abandoned = workgroup.abandoned.saturating_add(1);
        }
    }

    /// Brings an agent's entry in the idle sets up to date. `fresh`: his idle time begins anew.
    pub(super) fn review(&mut self, user: &UserId, fresh: bool) {
        let order = self.next();
        let weight = self.weight(user);
        let Some(agent) = self.agents.get_mut(user) else { return };
        let since = agent.idle.as_ref().filter(|_| !fresh).map_or(order, |key| key.since);
        let new = agent.takes_acd(self.plan.calls_per_agent, weight).then(|| IdleKey { load: weight, since, user: user.clone() });
        if agent.idle == new {
            return;
        }
        for queue in &agent.workgroups {
            let Some(workgroup) = self.workgroups.get_mut(queue) else { continue };
            if let Some(old) = &agent.idle {
                workgroup.idle.remove(old);
            }
            if let Some(new) = &new {
                workgroup.idle.insert(new.clone());
            }
        }
        if new.is_some() {
            self.to_serve.push_back(user.clone());
        }
        agent.idle = new;
    }

    /// How busy an agent is: calls that he has or hears weigh more than what he reads.
    pub(super) fn weight(&self, user: &UserId) -> usize {
        let Some(agent) = self.agents.get(user) else { return 0 };
        let weigh = |no: &CallNo| if self.calls.get(no).is_none_or(Call::has_sound) { A_CALL } else { 1 };
        agent.calls.iter().map(weigh).sum::<usize>() + agent.listening.len() * A_CALL
    }

    /// Offers a waiting call to the next idle agent, if there is one.
    pub(super) fn route_call(&mut self, no: CallNo) {
        let Some(call) = self.calls.get(&no) else { return };
        let Some(workgroup) = call.waiting.as_ref().and_then(|place| self.workgroups.get(&place.queue)) else { return };
        // A caller who is himself idle in the workgroup he dialled is not offered his own call.
        let next = workgroup.idle.iter().map(|key| &key.user).find(|user| call.leg(user).is_none()).cloned();
        if let Some(user) = next {
            self.offer(no, &user);
        }
    }

    /// Offers an idle agent the next calls of his workgroups, as many as he takes.
    pub(super) fn serve(&mut self, user: &UserId) {
        while let Some(agent) = self.agents.get(user).filter(|agent| agent.idle.is_some()) {
            let queues = agent.workgroups.iter().filter_map(|queue| self.workgroups.get(queue));
            let waiting = queues.filter_map(|workgroup| {
                workgroup.waiting.iter().find(|(.., no)| self.calls.get(no).is_some_and(|call| call.leg(user).is_none()))
            });
            let Some(&(.., no)) = waiting.min() else { return };
            self.offer(no, user);
        }
    }

    fn offer(&mut self, no: CallNo, user: &UserId) {
        if let Some(place) = self.dequeue(no) {
            self.add_leg(no, user, InteractionState::Alerting, Direction::Inbound, Some(place));
        }
    }

    /// The agent did not answer in time. A workgroup's call goes on to the next agent, and he gets the status that says so.
    pub(super) fn not_answered(&mut self, no: CallNo, user: &UserId) {
        let from_queue = self.calls.get(&no).and_then(|call| call.leg(user)).is_some_and(|leg| leg.offer.is_some());
        let names = [StatusPlan::NOT_ANSWERING, StatusPlan::NOT_ANSWERING_TOO];
        if let Some(name) = names.into_iter().find(|name| from_queue && self.names.status(name).is_some()) {
            // Before the call is queued again, else he might be offered it once more.
            let _known = self.set_status(user, name);
        }
        self.give_up_ringing(no, user);
    }

    /// What rings at an agent goes back to its workgroup with a raised priority, or to his voicemail when it came directly.
    pub(super) fn give_up_ringing(&mut self, no: CallNo, user: &UserId) {
        let Some(leg) = self.calls.get(&no).and_then(|call| call.leg(user)) else { return };
        let Some(offer) = leg.offer.clone() else {
            self.end_leg(no, user, EndCause::Rerouted);
            self.send_to_voicemail(no, user);
            return;
        };
        self.end_leg(no, user, EndCause::Rerouted);
        self.enqueue(no, Place { priority: offer.priority.saturating_add(1), ..offer });
    }
}
