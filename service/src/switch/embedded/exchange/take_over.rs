//! Taking over what another switch has left. Nobody is logged on by it: calls stay at their agents' stations until those come.

use super::{
    CallNo, Exchange, Output,
    call::{Call, End, Leg, Line, Party, Place, interaction_id},
};
use crate::{
    domain::{Direction, InteractionKind, InteractionState, SwitchEvent, UserId},
    switch::embedded::legacy::{LeftCall, LeftLeg, Legacy},
};
use std::{sync::Arc, time::Duration};

impl Exchange {
    /// Goes on where another switch has ended; who or what is not in this one's plan is left out.
    pub(in super::super) fn take_over(&mut self, now: Duration, legacy: Legacy) {
        self.now = now;
        for (user, status, since) in legacy.statuses {
            self.continue_in(&user, &status, since);
        }
        for call in legacy.calls {
            self.continue_call(call);
        }
        self.settle();
    }

    fn continue_in(&mut self, user: &UserId, status: &str, since: i64) {
        let (Some(agent), Some(status)) = (self.agents.get_mut(user), self.names.status(status)) else { return };
        (agent.status, agent.status_since) = (Arc::clone(status), since);
        self.outputs.push(Output::Event(user.clone(), SwitchEvent::Status(agent.status())));
        self.review(user, false);
    }

    fn continue_call(&mut self, left: LeftCall) {
        let Some(no) = number(left.call.as_str()).filter(|no| !self.calls.contains_key(no)) else { return };
        let mut parties = Vec::new();
        for party in left.parties {
            let party_no = self.next();
            let end = match party.leg {
                None => End::Outside(Line::Connected),
                Some(leg) => {
                    let Some(agent) = self.agents.get_mut(&leg.user) else { continue };
                    agent.calls.push(no);
                    End::Agent(Box::new(self.leg_of(leg)))
                }
            };
            parties.push(Party { no: party_no, address: party.address, name: party.name, deadline: None, end });
        }
        let users: Vec<_> = parties.iter().filter_map(|party| party.user().cloned()).collect();
        self.next_call = self.next_call.max(no + 1);
        let remote = parties.iter().find(|party| party.user().is_none()).map_or_else(|| "".into(), |party| Arc::clone(&party.address));
        let call = Call {
            id: interaction_id(no),
            kind: InteractionKind::Call,
            written: None,
            calls: None,
            remote,
            parties,
            listeners: Vec::new(),
            attributes: left.attributes,
            dialed: left.dialed,
            attached_data: left.attached_data,
            waiting: None,
            assigned: left.assigned,
        };
        self.calls.insert(no, call);
        for user in users {
            self.review(&user, true);
        }
        self.touch(no);
    }

    fn leg_of(&mut self, left: LeftLeg) -> Leg {
        let offer = left.queue.map(|queue| Place { queue, priority: 0, order: self.next(), since: self.now });
        Leg {
            user: left.user,
            state: if left.held { InteractionState::Held } else { InteractionState::Connected },
            direction: if left.outbound { Direction::Outbound } else { Direction::Inbound },
            offer,
            answered: true,
            consultation_for: left.consultation_for.and_then(|call| number(call.as_str())),
            since: left.since,
            shown: None,
        }
    }
}

/// The number of a call by its id.
fn number(id: &str) -> Option<CallNo> {
    id.parse().ok()
}
