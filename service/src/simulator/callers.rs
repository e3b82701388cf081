//! People outside who call the embedded switch: for `jackfield demo` and for tests.

use crate::{
    domain::InteractionKind,
    switch::embedded::{Caller, Embedded, Reach},
};
use std::sync::Arc;

/// The world outside one embedded switch.
#[derive(Clone)]
pub struct Callers(Embedded);

/// A call from outside that is under way.
#[derive(Clone, Debug)]
pub struct OutsideCall(crate::domain::InteractionId);

// === impl Callers ===

impl Callers {
    /// Callers for this switch.
    pub fn new(switch: Embedded) -> Self {
        Self(switch)
    }

    /// Somebody calls a workgroup; `attached_data` is what the call flow has found out about him.
    ///
    /// # Errors
    /// The switch's words, e.g. for an unknown workgroup.
    pub async fn call_queue(&self, number: &str, queue: &str, attached_data: Option<&str>) -> Result<OutsideCall, String> {
        self.call(number, queue, Reach::Queue(queue.into()), attached_data).await
    }

    /// Somebody calls an agent directly.
    ///
    /// # Errors
    /// The switch's words, e.g. for an unknown user.
    pub async fn call_user(&self, number: &str, user: &str) -> Result<OutsideCall, String> {
        self.call(number, user, Reach::User(user.into()), None).await
    }

    /// Somebody opens a chat with a workgroup.
    ///
    /// # Errors
    /// The switch's words, e.g. for an unknown workgroup.
    pub async fn chat(&self, name: &str, queue: &str) -> Result<OutsideCall, String> {
        let caller = Caller { kind: InteractionKind::Chat, name: name.to_owned(), ..Caller::default() };
        self.0.call_in(caller, Reach::Queue(queue.into())).await.map(OutsideCall).map_err(|refusal| refusal.to_string())
    }

    /// He writes.
    pub async fn say(&self, chat: &OutsideCall, text: &str) {
        self.0.say(&chat.0, text).await;
    }

    /// What was written in a chat, the last first; nothing when it is over.
    pub async fn last_written(&self, chat: &OutsideCall) -> Option<String> {
        let picture = self.0.watch(&chat.0).await?.borrow().clone();
        picture.postings.last().map(|posting| posting.text.to_string())
    }

    /// The caller hangs up.
    pub async fn hang_up(&self, call: &OutsideCall) {
        self.0.hang_up(&call.0).await;
    }

    /// The numbers of the callers whose messages are in an agent's voicemail.
    pub async fn voicemail(&self, user: &str) -> Vec<String> {
        self.0.voicemail(&user.into()).await
    }

    async fn call(&self, number: &str, dialed: &str, reach: Reach, attached_data: Option<&str>) -> Result<OutsideCall, String> {
        let caller = Caller {
            number: number.to_owned(),
            dialed: dialed.to_owned(),
            attached_data: attached_data.map(Arc::from),
            ..Caller::default()
        };
        self.0.call_in(caller, reach).await.map(OutsideCall).map_err(|refusal| refusal.to_string())
    }
}
