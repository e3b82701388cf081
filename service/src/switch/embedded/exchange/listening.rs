//! Listening in: a supervisor hears a call of another agent and is no party of it.

use super::{CallNo, Exchange, call::Leg, destination::made};
use crate::domain::{Direction, EndCause, InteractionId, InteractionState, Refusal, SwitchAnswer, UserId};

impl Exchange {
    /// Starts to listen to a call that an agent (`agent`, or any) talks on.
    pub(super) fn listen(&mut self, user: &UserId, agent: Option<&UserId>, call: Option<&InteractionId>) -> Result<SwitchAnswer, Refusal> {
        let no = self.audible(agent, call)?;
        if self.calls.get(&no).is_some_and(|call| call.leg(user).is_some()) {
            return Err(Refusal::SwitchRefused("the agent takes part in this call himself".into()));
        }
        if self.agents.get(user).is_some_and(|agent| agent.listening.contains(&no)) {
            return Err(Refusal::SwitchRefused("the agent listens to this call already".into()));
        }
        self.hold_others(user, no);
        let since = self.unix();
        let leg = Leg {
            user: user.clone(),
            state: InteractionState::Listening,
            direction: Direction::Inbound,
            offer: None,
            answered: false,
            consultation_for: None,
            since,
            shown: None,
        };
        if let (Some(call), Some(agent)) = (self.calls.get_mut(&no), self.agents.get_mut(user)) {
            call.listeners.push(leg);
            agent.listening.push(no);
        }
        self.review(user, false);
        self.touch(no);
        Ok(made(self.shown_to(no, user)))
    }

    pub(super) fn listen_end(&mut self, user: &UserId, id: &InteractionId) -> Result<(), Refusal> {
        let no = self.number_of(id).filter(|no| self.agents.get(user).is_some_and(|agent| agent.listening.contains(no)));
        let no = no.ok_or_else(|| Refusal::SwitchRefused(format!("the agent does not listen to call {id}")))?;
        self.end_listening(no, user);
        Ok(())
    }

    /// Ends a listening, if there is one.
    pub(super) fn end_listening(&mut self, no: CallNo, user: &UserId) {
        let Some(call) = self.calls.get_mut(&no) else { return };
        let Some(at) = call.listeners.iter().position(|leg| leg.user == *user) else { return };
        let leg = call.listeners.remove(at);
        self.tell_end(user, leg.shown, EndCause::ListenEnded);
        if let Some(agent) = self.agents.get_mut(user) {
            agent.listening.retain(|call| *call != no);
        }
        self.review(user, true);
        self.retire(user);
    }

    /// The call, or its agents, are gone: nothing is left to hear.
    pub(super) fn end_all_listening(&mut self, no: CallNo) {
        let users: Vec<_> = self.calls.get(&no).into_iter().flat_map(|call| &call.listeners).map(|leg| leg.user.clone()).collect();
        for user in users {
            self.end_listening(no, &user);
        }
    }

    fn audible(&self, agent: Option<&UserId>, id: Option<&InteractionId>) -> Result<CallNo, Refusal> {
        if let Some(agent) = agent {
            self.known(agent)?;
        }
        let talks = |no: &CallNo| {
            self.calls.get(no).is_some_and(|call| {
                call.has_sound()
                    && call.legs().any(|leg| leg.state == InteractionState::Connected && agent.is_none_or(|agent| leg.user == *agent))
            })
        };
        match (id, agent) {
            (Some(id), _) => {
                let no = self.number_of(id).filter(talks);
                no.ok_or_else(|| Refusal::SwitchRefused(format!("nobody can be heard on call {id}: it needs an agent who talks")))
            }
            (None, Some(user)) => {
                let no = self.agents.get(user).into_iter().flat_map(|agent| &agent.calls).find(|no| talks(no)).copied();
                no.ok_or_else(|| Refusal::SwitchRefused(format!("{user} is not talking to anybody")))
            }
            (None, None) => Err(Refusal::SwitchRefused("listening needs a call or an agent".into())),
        }
    }
}
