//! Parties come into calls, leave them, and are moved from one call into another; a call that nobody is left in ends.

use super::{
    CallNo, Exchange, Output, Timer,
    call::{Call, End, Leg, Line, Party, Place, interaction_id},
};
use crate::domain::{Direction, EndCause, Interaction, InteractionKind, InteractionState, Medium, Refusal, Step, SwitchEvent, UserId};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

impl Exchange {
    /// A call without parties.
    pub(super) fn new_call(&mut self, dialed: &str) -> Result<CallNo, Refusal> {
        let limit = self.plan.calls_at_most;
        if self.calls.len() >= limit {
            return Err(Refusal::LimitReached { what: "calls", limit });
        }
        let no = self.next_call;
        self.next_call += 1;
        let call = Call {
            id: interaction_id(no),
            kind: InteractionKind::Call,
            written: None,
            calls: None,
            parties: Vec::new(),
            listeners: Vec::new(),
            attributes: BTreeMap::new(),
            dialed: dialed.into(),
            remote: "".into(),
            attached_data: None,
            waiting: None,
            assigned: None,
        };
        self.calls.insert(no, call);
        Ok(no)
    }

    /// The call comes to an agent.
    pub(super) fn add_leg(&mut self, no: CallNo, user: &UserId, state: InteractionState, direction: Direction, offer: Option<Place>) {
        self.end_listening(no, user);
        let party = self.next();
        let deadline = (state == InteractionState::Alerting).then(|| self.now + self.plan.offering);
        let since = self.unix();
        let (Some(call), Some(agent)) = (self.calls.get_mut(&no), self.agents.get_mut(user)) else { return };
        let leg = Leg { user: user.clone(), state, direction, offer, answered: false, consultation_for: None, since, shown: None };
        let (address, name) = (Arc::clone(&agent.extension), Arc::clone(&agent.name));
        call.parties.push(Party { no: party, address, name, deadline, end: End::Agent(Box::new(leg)) });
        agent.calls.push(no);
        if let Some(at) = deadline {
            self.arm(at, Timer::Party(no, party));
        }
        self.review(user, false);
        self.touch(no);
    }

    /// Somebody outside comes into the call.
    pub(super) fn add_line(&mut self, no: CallNo, number: &str, name: &str, line: Line, deadline: Option<Duration>) {
        let party = self.next();
        let Some(call) = self.calls.get_mut(&no) else { return };
        if call.remote.is_empty() {
            call.remote = number.into();
        }
        call.parties.push(Party { no: party, address: number.into(), name: name.into(), deadline, end: End::Outside(line) });
        if let Some(at) = deadline {
            self.arm(at, Timer::Party(no, party));
        }
        self.touch(no);
    }

    /// The call leaves an agent; what becomes of the rest of it is the caller's business.
    pub(super) fn end_leg(&mut self, no: CallNo, user: &UserId, cause: EndCause) {
        let Some(call) = self.calls.get_mut(&no) else { return };
        let Some(at) = call.parties.iter().position(|party| party.user() == Some(user)) else { return };
        if let End::Agent(leg) = call.parties.remove(at).end {
            self.touch(no);
            self.leg_ended(no, *leg, cause);
        }
    }

    fn leg_ended(&mut self, no: CallNo, leg: Leg, cause: EndCause) {
        let user = leg.user.clone();
        // What is done in SAP has no wrap-up on the switch.
        let wraps_up = self.calls.get(&no).is_none_or(|call| call.kind.medium() != Medium::ActionItem);
        let answered = leg.offer.as_ref().filter(|_| leg.answered).map(|offer| offer.queue.clone());
        if let Some(queue) = answered.clone() {
            self.tell_turn(no, |_| Step::Left { queue, agent: user.clone() });
        }
        let acd = answered.filter(|_| wraps_up);
        let done = acd.clone().and_then(|queue| self.turn(no, |_| Step::WrappedUp { queue, agent: user.clone(), code: "".into() }));
        self.tell_end(&user, leg.shown, cause);
        self.forget_consultations(&user, no, None);
        if let Some(agent) = self.agents.get_mut(&user) {
            agent.calls.retain(|call| *call != no);
        }
        if acd.is_some() {
            self.wrap_up(&user, done);
        }
        self.review(&user, true);
        self.retire(&user);
    }

    /// Tells of the end of a leg. One that the agent never heard of ends unheard.
    pub(super) fn tell_end(&mut self, user: &UserId, shown: Option<Interaction>, cause: EndCause) {
        if let Some(mut last) = shown {
            last.state = InteractionState::Ended(cause);
            self.outputs.push(Output::Event(user.clone(), SwitchEvent::Interaction(last)));
        }
    }

    /// The agent's consultations for a call that he no longer has are consultations for `instead`, or none.
    pub(super) fn forget_consultations(&mut self, user: &UserId, no: CallNo, instead: Option<CallNo>) {
        let calls = self.agents.get(user).map(|agent| agent.calls.clone()).unwrap_or_default();
        for other in calls {
            if let Some(leg) = self.calls.get_mut(&other).and_then(|call| call.leg_mut(user))
                && leg.consultation_for == Some(no)
            {
                leg.consultation_for = instead.filter(|instead| *instead != other);
                self.touch(other);
            }
        }
    }

    /// Moves everybody but `except` from one call into another and ends the first.
    pub(super) fn merge(&mut self, from: CallNo, into: CallNo, except: &UserId, cause: EndCause) {
        let place = self.dequeue(from);
        let Some(source) = self.calls.get_mut(&from) else { return };
        let parties = std::mem::take(&mut source.parties);
        let mut left = None;
        for mut party in parties {
            let Some(user) = party.user().cloned() else {
                self.put(into, party);
                continue;
            };
            if user == *except {
                left = Some(party);
                continue;
            }
            let already = self.calls.get(&into).is_some_and(|call| call.leg(&user).is_some());
            if let End::Agent(leg) = &mut party.end {
                self.tell_end(&user, leg.shown.take(), cause);
                leg.since = self.unix();
                leg.consultation_for = None;
            }
            if let Some(agent) = self.agents.get_mut(&user) {
                agent.calls.retain(|call| *call != from);
                if !already {
                    agent.calls.push(into);
                }
            }
            self.forget_consultations(&user, from, Some(into));
            if already {
                self.review(&user, false);
            } else {
                self.put(into, party);
            }
        }
        if let Some(Party { end: End::Agent(leg), .. }) = left {
            // He talks on in the other call or leaves both: either way no wrap-up comes of this one.
            self.leg_ended(from, Leg { offer: None, ..*leg }, cause);
        }
        self.forget(from, None);
        if let Some(place) = place {
            self.enqueue(into, place);
        }
        self.touch(into);
    }

    fn put(&mut self, into: CallNo, party: Party) {
        if let Some(at) = party.deadline {
            self.arm(at, Timer::Party(into, party.no));
        }
        if let Some(call) = self.calls.get_mut(&into) {
            call.parties.push(party);
        }
    }

    /// After somebody left: a call that is none any more ends for the rest. `true` when it goes on.
    pub(super) fn goes_on(&mut self, no: CallNo) -> bool {
        let Some(call) = self.calls.get(&no) else { return false };
        let enough = if call.waiting.is_some() { 1 } else { 2 };
        if call.parties.len() < enough || !call.has_somebody() {
            self.end_call(no, None);
            return false;
        }
        if call.legs().next().is_none() {
            self.end_all_listening(no);
        }
        true
    }

    /// Ends a call for all who are still in it. `voicemail`: whose voicemail took it.
    pub(super) fn end_call(&mut self, no: CallNo, voicemail: Option<UserId>) {
        self.count_abandoned(no);
        let users: Vec<_> = self.calls.get(&no).into_iter().flat_map(Call::legs).map(|leg| (leg.user.clone(), leg.state)).collect();
        for (user, state) in users {
            let cause = if state == InteractionState::Dialing { EndCause::Failed } else { EndCause::RemoteDisconnect };
            self.end_leg(no, &user, cause);
        }
        self.forget(no, voicemail);
    }

    fn forget(&mut self, no: CallNo, voicemail: Option<UserId>) {
        self.dequeue(no);
        self.end_all_listening(no);
        if self.calls.remove(&no).is_some() {
            self.outputs.push(Output::Over { call: no, voicemail });
        }
    }

    /// The agent's phone has one talking call: the others go on hold, as on CIC. What is read is no matter of the phone.
    pub(super) fn hold_others(&mut self, user: &UserId, talking: CallNo) {
        if self.calls.get(&talking).is_some_and(|call| !call.has_sound()) {
            return;
        }
        let calls = self.agents.get(user).map(|agent| agent.calls.clone()).unwrap_or_default();
        for other in calls.into_iter().filter(|other| *other != talking) {
            if let Some(leg) = self.calls.get_mut(&other).filter(|call| call.has_sound()).and_then(|call| call.leg_mut(user))
                && leg.state == InteractionState::Connected
            {
                leg.state = InteractionState::Held;
                self.touch(other);
            }
        }
    }

    /// Somebody who was rung has answered: who dialled is connected.
    pub(super) fn connect_diallers(&mut self, no: CallNo) {
        let Some(call) = self.calls.get_mut(&no) else { return };
        let mut connected = Vec::new();
        for leg in call.legs_mut().filter(|leg| leg.state == InteractionState::Dialing) {
            leg.state = InteractionState::Connected;
            leg.answered = true;
            connected.push(leg.user.clone());
        }
        for user in connected {
            self.hold_others(&user, no);
        }
        self.touch(no);
    }

    pub(super) fn leg_state(&self, no: CallNo, user: &UserId) -> Option<InteractionState> {
        self.calls.get(&no)?.leg(user).map(|leg| leg.state)
    }
}
