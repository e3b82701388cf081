//! What a bystander sees who sees everything, and what may be written on a call by whoever is no party of it.

use super::{
    CallNo, Exchange,
    call::{Call, interaction_id},
};
use crate::{
    domain::{InteractionId, InteractionState, Refusal, UserId},
    switch::embedded::observe::{Observation, Sight},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

impl Exchange {
    /// All that there is.
    pub(in super::super) fn scene(&self) -> Vec<Observation> {
        let agents = self.agents.iter().map(|(user, agent)| Observation::Agent(user.clone(), self.snapshot(agent)));
        let calls = self.calls.keys().filter_map(|no| self.sight(*no)).map(Observation::Call);
        agents.chain(calls).collect()
    }

    /// One call as it is now; `None` when there is none.
    pub(in super::super) fn sight(&self, no: CallNo) -> Option<Sight> {
        let call = self.calls.get(&no)?;
        let epoch = |since: Duration| self.epoch.saturating_add(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        Some(Sight {
            call: call.id.clone(),
            kind: call.kind,
            waiting: call.waiting.as_ref().map(|place| (place.queue.clone(), epoch(place.since))),
            assigned: call.assigned.clone(),
            parties: call.parties.iter().map(|party| (party.to_domain(), party.user().cloned())).collect(),
            listeners: call.listeners.iter().map(|leg| leg.user.clone()).collect(),
            dialed: Arc::clone(&call.dialed),
            attributes: call.attributes.clone(),
            attached_data: call.attached_data.clone(),
        })
    }

    /// The id of a call, over or not.
    pub(in super::super) fn id_of(no: CallNo) -> InteractionId {
        interaction_id(no)
    }

    /// Sets an agent's status for him, logged on or not.
    pub(in super::super) fn put_in_status(&mut self, now: Duration, user: &UserId, name: &str) -> Result<(), Refusal> {
        self.now = now;
        self.known(user)?;
        self.set_status(user, name)?;
        self.settle();
        Ok(())
    }

    /// Writes attributes and attached data (an empty text removes them) on a call; `false`: it is over.
    pub(in super::super) fn annotate(
        &mut self,
        now: Duration,
        id: &InteractionId,
        attributes: BTreeMap<String, String>,
        data: Option<Arc<str>>,
    ) -> bool {
        self.now = now;
        let Some((no, call)) = self.number_of(id).and_then(|no| Some((no, self.calls.get_mut(&no)?))) else { return false };
        for (name, value) in attributes {
            call.attributes.retain(|known, _| !known.eq_ignore_ascii_case(&name));
            call.attributes.insert(name, value);
        }
        if let Some(data) = data {
            call.attached_data = Some(data).filter(|data| !data.is_empty());
        }
        self.touch(no);
        self.settle();
        true
    }

    /// The agent who has accepted a callback calls its customer.
    pub(in super::super) fn dial_back(&mut self, now: Duration, user: &UserId, id: &InteractionId, number: String) -> Result<(), Refusal> {
        self.now = now;
        let no = self.in_state(user, id, &[InteractionState::Connected], "an accepted callback")?;
        let call = self.calls.get_mut(&no).filter(|call| call.waits_for_call());
        let call = call.ok_or_else(|| Refusal::SwitchRefused(format!("the customer of {id} waits for no call")))?;
        call.calls = Some(number);
        self.call_back(no, user);
        self.settle();
        Ok(())
    }

    /// Does the customer of this callback wait until its agent calls by hand?
    pub(super) fn waits_for_hand(&self, no: CallNo) -> bool {
        !self.plan.dials_callbacks && self.calls.get(&no).is_some_and(Call::waits_for_call)
    }
}
