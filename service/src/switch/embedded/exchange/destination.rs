//! Where a call goes: what a written number reaches, dialling it, and ringing there.

use super::{
    CallNo, Exchange, Target, Timer,
    call::{End, Line, PartyNo},
};
use crate::domain::{Direction, Interaction, InteractionState, Refusal, SwitchAnswer, UserId};
use std::{sync::Arc, time::Duration};

/// No number, name or address is longer.
const DESTINATION_AT_MOST: usize = 256;

impl Exchange {
    /// An outbound call. What the agent talked on goes on hold.
    pub(super) fn dial(&mut self, user: &UserId, destination: &str, data: Option<Arc<str>>) -> Result<SwitchAnswer, Refusal> {
        let target = self.resolve(user, destination)?;
        self.call_out(user, destination, &target, data, None)
    }

    /// Makes the call that [`Exchange::dial`] and a consultation begin with.
    pub(super) fn call_out(
        &mut self,
        user: &UserId,
        destination: &str,
        target: &Target,
        data: Option<Arc<str>>,
        consultation_for: Option<CallNo>,
    ) -> Result<SwitchAnswer, Refusal> {
        let limit = self.plan.lines_per_agent;
        if self.agents.get(user).is_some_and(|agent| agent.calls.len() >= limit) {
            return Err(Refusal::LimitReached { what: "calls of one agent", limit });
        }
        let no = self.new_call(destination.trim())?;
        self.hold_others(user, no);
        if let Some(call) = self.calls.get_mut(&no) {
            call.attached_data = data;
        }
        self.add_leg(no, user, InteractionState::Dialing, Direction::Outbound, None);
        if let Some(leg) = self.calls.get_mut(&no).and_then(|call| call.leg_mut(user)) {
            leg.consultation_for = consultation_for;
        }
        // He hears of his call before he can hear that it failed; and it is the answer even if it has failed by now.
        let before = self.shown_to(no, user);
        self.ring(no, target);
        Ok(made(self.shown_to(no, user).or(before)))
    }

    /// Tells of all changes, and gives back what an agent now knows of a call.
    pub(super) fn shown_to(&mut self, no: CallNo, user: &UserId) -> Option<Interaction> {
        self.show();
        let call = self.calls.get(&no)?;
        call.legs().chain(&call.listeners).find(|leg| leg.user == *user)?.shown.clone()
    }

    /// What a number reaches: an extension, the name of a user or workgroup, or, with a digit in it, a number outside. An extension may be
    /// written as SAP shows it (`+1234`) or as CIC does (`/1234`).
    pub(super) fn resolve(&self, by: &UserId, written: &str) -> Result<Target, Refusal> {
        let number = written.trim();
        if number.is_empty() {
            return Err(Refusal::DestinationMissing);
        }
        if number.len() > DESTINATION_AT_MOST {
            let start = number.chars().take(32).collect::<String>();
            return Err(Refusal::UnknownDestination(format!("{start}… (too long)")));
        }
        let bare = number.strip_prefix(['+', '/']).unwrap_or(number);
        let extension = self.names.numbers.get(number).or_else(|| self.names.numbers.get(bare)).cloned();
        let target = extension
            .or_else(|| self.known(&number.into()).ok().map(|agent| Target::User(agent.plan.user.clone())))
            .or_else(|| self.queue(number).map(Target::Queue))
            .or_else(|| number.contains(|c: char| c.is_ascii_digit()).then(|| Target::Outside(number.to_owned())))
            .ok_or_else(|| Refusal::UnknownDestination(number.to_owned()))?;
        if target == Target::User(by.clone()) {
            return Err(Refusal::SwitchRefused(format!("{number} is the agent's own number")));
        }
        Ok(target)
    }

    /// Lets a call ring where it is to go.
    pub(super) fn ring(&mut self, no: CallNo, target: &Target) {
        match target {
            Target::Queue(queue) => self.send_to_queue(no, queue.clone()),
            Target::Outside(number) => self.ring_outside(no, number),
            Target::User(user) => {
                let lines = self.plan.lines_per_agent;
                if self.agents.get(user).is_some_and(|agent| agent.can_be_rung(lines)) {
                    self.add_leg(no, user, InteractionState::Alerting, Direction::Inbound, None);
                } else {
                    self.send_to_voicemail(no, user);
                }
            }
        }
    }

    fn ring_outside(&mut self, no: CallNo, number: &str) {
        let (line, deadline) = self.line_to(number);
        self.add_line(no, number, "", line, Some(deadline));
    }

    /// The agent who answers a callback calls its customer; `false`: it is none, or the customer is on the line already.
    pub(super) fn call_back(&mut self, no: CallNo, user: &UserId) -> bool {
        let customer = self.calls.get(&no).and_then(|call| {
            let asked = call.parties.iter().find(|party| matches!(party.end, End::Outside(Line::Asked)))?;
            Some((asked.no, call.calls.clone().unwrap_or_else(|| asked.address.to_string())))
        });
        let Some((party, number)) = customer else { return false };
        let (line, deadline) = self.line_to(&number);
        if let Some(call) = self.calls.get_mut(&no) {
            for each in call.parties.iter_mut().filter(|each| each.no == party) {
                each.end = End::Outside(line);
                each.deadline = Some(deadline);
            }
        }
        self.arm(deadline, Timer::Party(no, party));
        self.put_in_state(no, user, InteractionState::Dialing);
        self.hold_others(user, no);
        true
    }

    /// What becomes of ringing at a number outside, and when.
    fn line_to(&self, number: &str) -> (Line, Duration) {
        let listed = |list: &[String]| list.iter().any(|each| each == number);
        let (line, after) = if listed(&self.plan.failing) {
            (Line::WillFail, self.plan.answer_after.unwrap_or_default())
        } else {
            match self.plan.answer_after {
                Some(after) if !listed(&self.plan.silent) => (Line::WillAnswer, after),
                _ => (Line::WillFail, self.plan.no_answer),
            }
        };
        (line, self.now + after)
    }

    /// A number outside answers.
    pub(super) fn line_answers(&mut self, no: CallNo, party: PartyNo) {
        let Some(call) = self.calls.get_mut(&no) else { return };
        for each in call.parties.iter_mut().filter(|each| each.no == party) {
            each.deadline = None;
            each.end = End::Outside(Line::Connected);
        }
        self.connect_diallers(no);
    }

    /// A number outside cannot be reached, or whoever is there hangs up.
    pub(super) fn line_fails(&mut self, no: CallNo, party: PartyNo) {
        if let Some(call) = self.calls.get_mut(&no) {
            call.parties.retain(|each| each.no != party);
            self.touch(no);
            self.goes_on(no);
        }
    }
}

/// The answer to a request that made an interaction.
pub(super) fn made(interaction: Option<Interaction>) -> SwitchAnswer {
    interaction.map_or(SwitchAnswer::Accepted, |interaction| SwitchAnswer::Interaction(Box::new(interaction)))
}
