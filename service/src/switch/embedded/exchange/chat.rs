//! Chats: what agents and customers write, and who is writing. The transcript goes with the call, wherever that goes.

use super::{
    CallNo, Exchange,
    call::{Call, PartyNo},
};
use crate::domain::{Author, InteractionId, InteractionState, Posting, Refusal, UserId};
use std::{sync::Arc, time::Duration};

/// What is particular to a chat.
#[derive(Default)]
pub(super) struct Written {
    pub(super) postings: Vec<Arc<Posting>>,
    /// Parties who are writing.
    pub(super) typing: Vec<PartyNo>,
    last: u64,
}

/// Postings that a chat keeps; the oldest go first.
const POSTINGS_AT_MOST: usize = 2_000;

// === impl Written ===

impl Written {
    fn add(&mut self, author: Author, text: Arc<str>, at: i64) {
        self.last += 1;
        if self.postings.len() == POSTINGS_AT_MOST {
            self.postings.remove(0);
        }
        self.postings.push(Arc::new(Posting { number: self.last, author, text, at }));
    }
}

impl Exchange {
    /// An agent writes.
    pub(super) fn post(&mut self, user: &UserId, id: &InteractionId, text: Arc<str>) -> Result<(), Refusal> {
        let no = self.open_chat(user, id)?;
        self.write(no, Author::Agent(user.clone()), text, |call| call.party_of(user));
        Ok(())
    }

    /// An agent is writing, or has stopped.
    pub(super) fn set_typing(&mut self, user: &UserId, id: &InteractionId, on: bool) -> Result<(), Refusal> {
        let no = self.open_chat(user, id)?;
        self.typing(no, on, |call| call.party_of(user));
        Ok(())
    }

    /// The customer writes.
    pub(in super::super) fn say(&mut self, now: Duration, id: &InteractionId, text: Arc<str>) {
        self.now = now;
        let Some(no) = self.number_of(id) else { return };
        let customer = self.calls.get(&no).and_then(Call::customer);
        let Some(customer) = customer else { return };
        let author = Author::Customer { address: customer.address.to_string(), name: customer.name.to_string() };
        self.write(no, author, text, |call| call.customer().map(|party| party.no));
        self.settle();
    }

    /// The customer is writing, or has stopped.
    pub(in super::super) fn types(&mut self, now: Duration, id: &InteractionId, on: bool) {
        self.now = now;
        if let Some(no) = self.number_of(id) {
            self.typing(no, on, |call| call.customer().map(|party| party.no));
            self.settle();
        }
    }

    /// Who has written is not writing any more.
    fn write(&mut self, no: CallNo, author: Author, text: Arc<str>, writer: impl Fn(&Call) -> Option<PartyNo>) {
        let at = self.unix();
        let Some(call) = self.calls.get_mut(&no) else { return };
        let writer = writer(call);
        if let Some(written) = &mut call.written {
            written.typing.retain(|party| Some(*party) != writer);
            written.add(author, text, at);
            self.touch(no);
        }
    }

    fn typing(&mut self, no: CallNo, on: bool, writer: impl Fn(&Call) -> Option<PartyNo>) {
        let Some(call) = self.calls.get_mut(&no) else { return };
        let Some(writer) = writer(call) else { return };
        if let Some(written) = &mut call.written {
            written.typing.retain(|party| *party != writer);
            if on {
                written.typing.push(writer);
            }
            self.touch(no);
        }
    }

    fn open_chat(&self, user: &UserId, id: &InteractionId) -> Result<CallNo, Refusal> {
        let no = self.in_state(user, id, &[InteractionState::Connected, InteractionState::Held], "an accepted chat")?;
        if self.calls.get(&no).is_some_and(|call| call.written.is_some()) {
            return Ok(no);
        }
        Err(Refusal::SwitchRefused(format!("{id} is no chat")))
    }
}
