//! Requests about two calls or about parties: consultation, conference, warm and blind transfer, dropping a party, leaving.

use super::{Exchange, call::Party, destination::made};
use crate::domain::{EndCause, InteractionId, InteractionState, ItemId, PartyId, Refusal, SwitchAnswer, UserId};

use InteractionState::{Alerting, Connected, Dialing, Held};

impl Exchange {
    /// Holds a call and calls out; the attached data goes along.
    pub(super) fn consult(&mut self, user: &UserId, call: &InteractionId, destination: &str) -> Result<SwitchAnswer, Refusal> {
        let no = self.in_state(user, call, &[Connected, Held], "a connected call")?;
        self.only_calls(no)?;
        let target = self.resolve(user, destination)?;
        let data = self.calls.get(&no).and_then(|call| call.attached_data.clone());
        self.call_out(user, destination, &target, data, Some(no))
    }

    /// Joins the connected call into the held one, which keeps its id. For everybody in it the connected one ends.
    pub(super) fn conference(&mut self, user: &UserId, held: &InteractionId, connected: &InteractionId) -> Result<SwitchAnswer, Refusal> {
        let into = self.in_state(user, held, &[Held], "a held call")?;
        let from = self.in_state(user, connected, &[Connected], "a connected call")?;
        self.only_calls(into)?;
        self.only_calls(from)?;
        let offer = self.calls.get(&from).and_then(|call| call.leg(user)).and_then(|leg| leg.offer.clone());
        let data = self.calls.get(&from).and_then(|call| call.attached_data.clone());
        if let Some(call) = self.calls.get_mut(&into) {
            call.attached_data = call.attached_data.take().or(data);
            if let Some(leg) = call.leg_mut(user) {
                leg.state = Connected;
                // If either call came through a workgroup, wrap-up follows the conference.
                leg.answered |= offer.is_some();
                leg.offer = leg.offer.take().or(offer);
            }
        }
        self.merge(from, into, user, EndCause::Conferenced);
        Ok(made(self.shown_to(into, user)))
    }

    /// The customer's call goes to whom the consultation reached. While that one still rings (or waits in a workgroup's queue), the
    /// customer hears the ringing, and whoever answers has him at once.
    pub(super) fn complete_transfer(&mut self, user: &UserId, call: &InteractionId, consultation: &InteractionId) -> Result<(), Refusal> {
        let into = self.in_state(user, call, &[Held, Connected], "a held or connected call")?;
        let from = self.in_state(user, consultation, &[Connected, Held, Dialing], "a live consultation")?;
        self.only_calls(into)?;
        self.only_calls(from)?;
        if into == from {
            return Err(Refusal::SwitchRefused(format!("call {call} cannot be transferred to itself")));
        }
        self.merge(from, into, user, EndCause::Transferred);
        self.end_leg(into, user, EndCause::Transferred);
        self.goes_on(into);
        Ok(())
    }

    /// The call leaves the agent at once, whoever answers it or nobody.
    pub(super) fn blind_transfer(&mut self, user: &UserId, call: &InteractionId, destination: &str) -> Result<(), Refusal> {
        let no = self.in_state(user, call, &[Connected, Held, Alerting], "a connected call")?;
        let target = self.resolve(user, destination)?;
        if let super::Target::User(to) = &target
            && self.calls.get(&no).is_some_and(|call| call.leg(to).is_some())
        {
            return Err(Refusal::SwitchRefused(format!("{destination} takes part in call {call} already")));
        }
        self.can_take(no, destination, &target)?;
        self.end_leg(no, user, EndCause::Transferred);
        self.ring(no, &target);
        self.goes_on(no);
        Ok(())
    }

    /// Removes one party. The agent himself may be named: then he leaves.
    pub(super) fn drop_party(&mut self, user: &UserId, call: &InteractionId, party: &PartyId) -> Result<(), Refusal> {
        let no = self.in_state(user, call, &[Connected, Held], "a connected call")?;
        let found = self.calls.get(&no).and_then(|call| call.parties.iter().find(|each| each.party_id() == *party));
        let Some((number, who)) = found.map(|found| (found.no, found.user().cloned())) else {
            return Err(Refusal::UnknownParty { party: party.to_string(), item: ItemId::new(call.as_str()) });
        };
        match who {
            Some(who) if who == *user => return self.leave(user, call),
            Some(who) => {
                self.end_leg(no, &who, EndCause::RemoteDisconnect);
                self.goes_on(no);
            }
            None => self.line_fails(no, number),
        }
        Ok(())
    }

    /// The agent leaves a conference; the others stay joined, even when they are all outside.
    pub(super) fn leave(&mut self, user: &UserId, call: &InteractionId) -> Result<(), Refusal> {
        let no = self.in_state(user, call, &[Connected, Held], "a conference")?;
        if self.calls.get(&no).is_some_and(|call| call.parties.iter().filter(|party| Party::is_present(party)).count() < 3) {
            return Err(Refusal::SwitchRefused(format!("call {call} is no conference: hang up instead")));
        }
        self.end_leg(no, user, EndCause::Dropped);
        self.goes_on(no);
        Ok(())
    }

    /// Chats and the rest are neither held together nor consulted on.
    fn only_calls(&self, no: super::CallNo) -> Result<(), Refusal> {
        match self.calls.get(&no) {
            Some(call) if !call.has_sound() => Err(Refusal::SwitchRefused(format!("{} is no call", call.id))),
            _ => Ok(()),
        }
    }

    /// A call goes wherever it rings, if need be to voicemail; what is read needs somebody who is there.
    fn can_take(&self, no: super::CallNo, destination: &str, target: &super::Target) -> Result<(), Refusal> {
        if self.calls.get(&no).is_none_or(super::call::Call::has_sound) {
            return Ok(());
        }
        match target {
            super::Target::Queue(_) => Ok(()),
            super::Target::User(user) if self.agents.get(user).is_some_and(|agent| agent.can_be_rung(self.plan.lines_per_agent)) => Ok(()),
            super::Target::User(_) => {
                Err(Refusal::SwitchRefused(format!("{destination} cannot take it now: choose somebody who is logged on")))
            }
            super::Target::Outside(_) => {
                Err(Refusal::SwitchRefused(format!("{destination} is a number outside: choose an agent or a workgroup")))
            }
        }
    }
}
