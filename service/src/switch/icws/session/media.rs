//! Chats, callbacks, e-mails and the work after an interaction (icws §4.7).

use super::Session;
use crate::switch::icws::{
    IcwsError,
    path::segment,
    wire::{Id, lenient::Moment, media::CallbackDisposition},
};
use hyper::Method;
use serde_json::{Value, json};

impl Session {
    /// Writes into a chat.
    pub async fn chat_post(&self, interaction: &str, text: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "chat/messages", Some(json!({ "text": text, "clearTypingIndicator": true }))).await
    }

    /// Shows the customer of a chat that the agent writes, or has stopped.
    pub async fn chat_typing(&self, interaction: &str, on: bool) -> Result<(), IcwsError> {
        let path = format!("/interactions/{}/chat/typing-indicator", segment(interaction));
        self.done(Method::PUT, &path, Some(json!({ "on": on }))).await
    }

    /// Says how a callback ended.
    pub async fn callback_disposition(&self, interaction: &str, disposition: CallbackDisposition) -> Result<(), IcwsError> {
        let path = format!("/interactions/{}/callback/disposition", segment(interaction));
        self.done(Method::PUT, &path, Some(json!({ "disposition": disposition }))).await
    }

    /// Finds addresses for a name; what is answered is as the server writes it.
    pub async fn email_resolve(&self, name: &str) -> Result<Value, IcwsError> {
        self.answered(Method::POST, "/interactions/email/resolve-address", Some(json!({ "name": name }))).await
    }

    /// Sends an e-mail that was written.
    pub async fn email_send(&self, interaction: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "email/send", None).await
    }

    /// Says what an interaction was about. All of it is needed; segments come from `Eic_WrapupConnectionSegments`.
    pub async fn wrap_up(&self, interaction: &str, code: &str, segment_id: i64, time: Moment, user: &Id) -> Result<(), IcwsError> {
        let body = json!({ "code": code, "segmentId": segment_id, "time": time, "user": user, "sourceInteractionId": interaction });
        self.operate(interaction, "wrap-up-assignments", Some(body)).await
    }
}
