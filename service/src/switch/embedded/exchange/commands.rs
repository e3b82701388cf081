//! One agent's requests, as far as they concern one call of his: answer, hang up, hold, pick up, reject, attached data.
//!
//! A request in the wrong state is refused in words and changes nothing.

use super::{CallNo, Exchange, call::Leg};
use crate::domain::{AfterReject, EndCause, InteractionId, InteractionState, Refusal, SwitchAnswer, SwitchRequest, UserId};
use std::{sync::Arc, time::Duration};

use InteractionState::{Alerting, Connected, Dialing, Held};

impl Exchange {
    /// Carries out one request of one session.
    pub(in super::super) fn request(
        &mut self,
        now: Duration,
        user: &UserId,
        session: u64,
        request: SwitchRequest,
    ) -> Result<SwitchAnswer, Refusal> {
        self.now = now;
        if self.agents.get(user).and_then(|agent| agent.session) != Some(session) {
            return Err(Refusal::NotLoggedOn(user.clone()));
        }
        let answer = self.carry_out(user, request);
        self.settle();
        answer
    }

    fn carry_out(&mut self, user: &UserId, request: SwitchRequest) -> Result<SwitchAnswer, Refusal> {
        match request {
            SwitchRequest::SetStatus(name) => self.set_status(user, &name)?,
            SwitchRequest::SetStation(station) => self.set_station(user, &station)?,
            SwitchRequest::Answer(call) => {
                let no = self.in_state(user, &call, &[Alerting], "an alerting call")?;
                self.answer(no, user);
            }
            SwitchRequest::Disconnect(call) => self.disconnect(user, &call)?,
            SwitchRequest::Hold(call) => {
                let no = self.in_state(user, &call, &[Connected], "a connected call")?;
                self.put_in_state(no, user, Held);
            }
            SwitchRequest::Pickup(call) => {
                let no = self.in_state(user, &call, &[Held], "a held call")?;
                self.pick_up(no, user);
            }
            SwitchRequest::Alternate { hold, pick_up } => {
                let hold = self.in_state(user, &hold, &[Connected], "a connected call")?;
                let pick_up = self.in_state(user, &pick_up, &[Held], "a held call")?;
                self.put_in_state(hold, user, Held);
                self.pick_up(pick_up, user);
            }
            SwitchRequest::Reconnect { drop, pick_up } => {
                let drop = self.in_state(user, &drop, &[Connected, Dialing], "a connected or dialled call")?;
                let pick_up = self.in_state(user, &pick_up, &[Held], "a held call")?;
                self.end_leg(drop, user, EndCause::Dropped);
                self.after_hanging_up(drop);
                self.pick_up(pick_up, user);
            }
            SwitchRequest::Dial { destination, attached_data } => return self.dial(user, &destination, attached_data),
            SwitchRequest::Consult { call, destination } => return self.consult(user, &call, &destination),
            SwitchRequest::Conference { held, connected } => return self.conference(user, &held, &connected),
            SwitchRequest::CompleteTransfer { call, consultation } => self.complete_transfer(user, &call, &consultation)?,
            SwitchRequest::BlindTransfer { call, destination } => self.blind_transfer(user, &call, &destination)?,
            SwitchRequest::DropParty { call, party } => self.drop_party(user, &call, &party)?,
            SwitchRequest::Leave(call) => self.leave(user, &call)?,
            SwitchRequest::Reject { interaction, status, after } => self.reject(user, &interaction, status, after)?,
            SwitchRequest::Listen { agent, call } => return self.listen(user, agent.as_ref(), call.as_ref()),
            SwitchRequest::ListenEnd(call) => self.listen_end(user, &call)?,
            SwitchRequest::Post { chat, text } => self.post(user, &chat, text)?,
            SwitchRequest::SetTyping { chat, on } => self.set_typing(user, &chat, on)?,
            SwitchRequest::SetAttachedData { interaction, data } => {
                let (no, _) = self.leg(user, &interaction)?;
                self.set_attached_data(no, data);
            }
        }
        Ok(SwitchAnswer::Accepted)
    }

    /// An alerting call is answered: the agent talks, who dialled is connected, the agent's other call goes on hold. A callback's customer
    /// is called first.
    fn answer(&mut self, no: CallNo, user: &UserId) {
        if let Some(call) = self.calls.get_mut(&no) {
            for party in call.parties.iter_mut().filter(|party| party.user() == Some(user)) {
                party.deadline = None;
            }
            if let Some(leg) = call.leg_mut(user) {
                leg.answered = true;
            }
        }
        let offer = self.calls.get(&no).and_then(|call| call.leg(user)).and_then(|leg| leg.offer.clone());
        if let Some(offer) = offer {
            self.count_answer(no, &offer.queue, user);
        }
        if self.waits_for_hand(no) {
            return self.put_in_state(no, user, Connected);
        }
        if self.call_back(no, user) {
            return;
        }
        self.pick_up(no, user);
        self.connect_diallers(no);
    }

    fn pick_up(&mut self, no: CallNo, user: &UserId) {
        self.put_in_state(no, user, Connected);
        self.hold_others(user, no);
    }

    pub(super) fn put_in_state(&mut self, no: CallNo, user: &UserId, state: InteractionState) {
        if let Some(leg) = self.calls.get_mut(&no).and_then(|call| call.leg_mut(user)) {
            leg.state = state;
            self.touch(no);
        }
    }

    /// The agent hangs up. Of three and more the others talk on as long as an agent is among them.
    fn disconnect(&mut self, user: &UserId, id: &InteractionId) -> Result<(), Refusal> {
        if self.agents.get(user).is_some_and(|agent| agent.listening.iter().any(|no| self.is_call(*no, id))) {
            return self.listen_end(user, id);
        }
        let (no, _) = self.leg(user, id)?;
        self.end_leg(no, user, EndCause::Dropped);
        self.after_hanging_up(no);
        Ok(())
    }

    fn after_hanging_up(&mut self, no: CallNo) {
        if self.calls.get(&no).is_some_and(|call| call.legs().next().is_none()) {
            self.end_call(no, None);
        } else {
            self.goes_on(no);
        }
    }

    /// First the status, then the call: else the queue could offer it to the same agent again.
    fn reject(&mut self, user: &UserId, id: &InteractionId, status: Option<Arc<str>>, after: AfterReject) -> Result<(), Refusal> {
        let no = self.in_state(user, id, &[Alerting], "an alerting call")?;
        let (_, leg) = self.leg(user, id)?;
        if after == AfterReject::Requeue && leg.offer.is_none() {
            return Err(Refusal::SwitchRefused(format!("call {id} came through no workgroup: it can go to voicemail or be disconnected")));
        }
        if let Some(name) = status {
            self.set_status(user, &name)?;
        }
        match after {
            AfterReject::Requeue => self.give_up_ringing(no, user),
            AfterReject::Voicemail => {
                self.end_leg(no, user, EndCause::Rerouted);
                self.send_to_voicemail(no, user);
            }
            AfterReject::Disconnect => {
                self.end_leg(no, user, EndCause::Dropped);
                if self.calls.get(&no).is_some_and(|call| call.parties.len() < 2) {
                    self.end_call(no, None);
                }
            }
        }
        Ok(())
    }

    fn set_attached_data(&mut self, no: CallNo, data: Option<Arc<str>>) {
        if let Some(call) = self.calls.get_mut(&no) {
            call.attached_data = data;
            self.touch(no);
        }
    }

    /// The agent's leg of a call.
    pub(super) fn leg(&self, user: &UserId, id: &InteractionId) -> Result<(CallNo, &Leg), Refusal> {
        self.number_of(id)
            .and_then(|no| self.calls.get(&no).and_then(|call| call.leg(user)).map(|leg| (no, leg)))
            .ok_or_else(|| Refusal::CallGone(id.clone()))
    }

    /// The agent's call, in one of these states.
    pub(super) fn in_state(
        &self,
        user: &UserId,
        id: &InteractionId,
        states: &[InteractionState],
        needs: &'static str,
    ) -> Result<CallNo, Refusal> {
        let (no, leg) = self.leg(user, id)?;
        if states.contains(&leg.state) {
            return Ok(no);
        }
        Err(Refusal::SwitchRefused(format!("call {id} is {} now: this needs {needs}", leg.state.word())))
    }

    /// The number of a live call.
    pub(in super::super) fn number_of(&self, id: &InteractionId) -> Option<CallNo> {
        id.as_str().parse().ok().filter(|no| self.is_call(*no, id))
    }

    fn is_call(&self, no: CallNo, id: &InteractionId) -> bool {
        self.calls.get(&no).is_some_and(|call| call.id == *id)
    }
}
