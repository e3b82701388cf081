//! The world outside: callers who call in and hang up, numbers that answer, and what can be seen of a call from there.

use super::{
    Exchange, Target,
    call::{Call, End, Line},
};
use crate::{
    domain::{InteractionId, InteractionKind, InteractionState, QueueId, Refusal},
    switch::embedded::{CallPicture, Caller, Reach, Stage},
};
use std::time::Duration;

impl Exchange {
    /// A call from outside begins.
    pub(in super::super) fn call_in(&mut self, now: Duration, caller: Caller, reach: Reach) -> Result<InteractionId, Refusal> {
        self.now = now;
        let unknown = |name: &str| Refusal::UnknownDestination(name.into());
        let target = match reach {
            Reach::User(user) => Target::User(self.known(&user)?.plan.user.clone()),
            Reach::Queue(queue) => Target::Queue(self.queue(queue.as_str()).ok_or_else(|| unknown(queue.as_str()))?),
            Reach::Named(name) => match self.queue(&name) {
                Some(queue) => Target::Queue(queue),
                None => Target::User(self.known(&name.as_str().into()).map_err(|_| unknown(&name))?.plan.user.clone()),
            },
        };
        let dialed = if caller.dialed.is_empty() { self.number_of_target(&target) } else { caller.dialed };
        let no = self.new_call(&dialed)?;
        let line = if caller.kind == InteractionKind::Callback { Line::Asked } else { Line::Connected };
        self.add_line(no, &caller.number, &caller.name, line, None);
        if let Some(call) = self.calls.get_mut(&no) {
            call.become_kind(caller.kind);
            call.calls = caller.calls;
            call.attributes = caller.attributes;
            call.attached_data = caller.attached_data;
        }
        self.tell_menus(no, &caller.menus);
        self.ring(no, &target);
        self.settle();
        Ok(super::call::interaction_id(no))
    }

    /// The first outside party hangs up: the caller, or the number that was dialled. A call that has ended is left alone.
    pub(in super::super) fn hang_up(&mut self, now: Duration, id: &InteractionId) {
        self.now = now;
        let line = self.number_of(id).and_then(|no| Some((no, self.calls.get(&no)?.customer()?.no)));
        if let Some((no, party)) = line {
            self.line_fails(no, party);
            self.settle();
        }
    }

    /// The numbers that were dialled answer now.
    pub(in super::super) fn answer_outside(&mut self, now: Duration, id: &InteractionId) {
        self.now = now;
        let Some(no) = self.number_of(id) else { return };
        let ringing: Vec<_> = self.calls.get(&no).into_iter().flat_map(|call| &call.parties).filter(|party| !party.is_present()).collect();
        let ringing: Vec<_> = ringing.into_iter().filter(|party| party.user().is_none()).map(|party| party.no).collect();
        for party in ringing {
            self.line_answers(no, party);
        }
        self.settle();
    }

    /// What is dialled to reach it.
    fn number_of_target(&self, target: &Target) -> String {
        match target {
            Target::User(user) => self.agents.get(user).map(|agent| agent.plan.extension.clone()).unwrap_or_default(),
            Target::Queue(queue) => self.workgroups.get(queue).map(|workgroup| workgroup.plan.extension.clone()).unwrap_or_default(),
            Target::Outside(number) => number.clone(),
        }
    }

    /// The workgroup of that name, if calls may still be sent to it.
    pub(super) fn queue(&self, name: &str) -> Option<QueueId> {
        self.workgroups.get(&QueueId::new(name)).filter(|workgroup| !workgroup.gone).map(|workgroup| workgroup.plan.queue.clone())
    }
}

/// How a call looks from outside.
pub(super) fn picture(call: &Call) -> CallPicture {
    let agents: Vec<_> = call.legs().map(|leg| (leg.user.clone(), leg.state)).collect();
    let has = |state| agents.iter().any(|(_, each)| *each == state);
    let talking = |party: &super::call::Party| match &party.end {
        End::Agent(leg) => leg.state == InteractionState::Connected,
        End::Outside(line) => *line == Line::Connected,
    };
    let stage = if call.parties.iter().filter(|party| talking(party)).count() > 1 {
        Stage::Talking
    } else if call.waiting.is_some() {
        Stage::Waiting
    } else if has(InteractionState::Held) && !has(InteractionState::Alerting) {
        Stage::OnHold
    } else {
        Stage::Ringing
    };
    CallPicture {
        call: call.id.clone(),
        stage,
        queue: call.waiting.as_ref().map(|place| place.queue.clone()),
        agents,
        postings: call.written.iter().flat_map(|written| &written.postings).cloned().collect(),
        agent_types: call
            .written
            .as_ref()
            .is_some_and(|written| call.parties.iter().any(|party| party.user().is_some() && written.typing.contains(&party.no))),
        outside: call.parties.iter().filter(|party| party.user().is_none()).map(|party| party.address.to_string()).collect(),
    }
}
