//! Voicemail: who called in vain. The message is left at once; the call is over with it.

use super::{CallNo, Exchange};
use crate::domain::{InteractionKind, UserId};

/// An agent keeps this many messages; the oldest go first.
const MESSAGES_AT_MOST: usize = 1_000;

impl Exchange {
    /// The call goes to an agent's voicemail, unless there are others left in it who talk on.
    pub(super) fn send_to_voicemail(&mut self, no: CallNo, user: &UserId) {
        let Some(call) = self.calls.get(&no) else { return };
        if call.parties.len() > 1 {
            return;
        }
        if call.kind != InteractionKind::Call {
            // Nobody speaks there.
            return self.end_call(no, None);
        }
        if let (Some(caller), Some(agent)) = (call.parties.first(), self.agents.get_mut(user)) {
            if agent.voicemail.len() == MESSAGES_AT_MOST {
                agent.voicemail.pop_front();
            }
            agent.voicemail.push_back(caller.address.to_string());
        }
        self.end_call(no, Some(user.clone()));
    }

    /// The callers' numbers, oldest first.
    pub(in super::super) fn voicemail(&self, user: &UserId) -> Vec<String> {
        self.agents.get(user).into_iter().flat_map(|agent| agent.voicemail.iter().cloned()).collect()
    }
}
