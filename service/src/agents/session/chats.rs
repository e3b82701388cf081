//! Chats that their agent forgot to close (guide, "Web chat sessions remain open"): ended when nobody has written for long, or when he logs
//! off.

use super::{Session, Then, now};
use crate::{
    domain::{InteractionId, SwitchRequest, UserId},
    switch::Requests,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout};

/// The clocks of switch and service need not agree to the second, nor is there a hurry.
const AT_LEAST: Duration = Duration::from_secs(1);

// === impl Session ===

impl Session {
    /// When the next chat will have been idle for too long; `None`: never, as things are.
    pub(super) fn chat_is_idle_at(&self) -> Option<Instant> {
        let limit = self.policy.close_chats_after;
        let open = self.agent.open_chats().filter(|(chat, _)| !self.closing.contains(chat));
        let earliest = open.map(|(_, written)| written).min().filter(|_| !limit.is_zero())?;
        let idle = Duration::from_secs(u64::try_from(now().saturating_sub(earliest)).unwrap_or(0));
        Some(Instant::now() + limit.saturating_sub(idle).max(AT_LEAST))
    }

    pub(super) fn close_idle_chats(&mut self) {
        let limit = i64::try_from(self.policy.close_chats_after.as_secs()).unwrap_or(i64::MAX);
        let before = now().saturating_sub(limit);
        let open: Vec<(InteractionId, i64)> = self.agent.open_chats().map(|(chat, written)| (chat.clone(), written)).collect();
        self.closing.retain(|closing| open.iter().any(|(chat, _)| chat == closing));
        for (chat, _) in open.into_iter().filter(|(_, written)| *written <= before) {
            if self.closing.contains(&chat) {
                continue;
            }
            tracing::info!(user = %self.user, %chat, "nobody has written into this chat for long: it is ended");
            self.ask(SwitchRequest::Disconnect(chat.clone()), Then::Quiet("an idle chat could not be ended"));
            self.closing.push(chat);
        }
    }

    /// His chats, for whoever ends them.
    pub(super) fn open_chats(&self) -> Vec<InteractionId> {
        self.agent.open_chats().map(|(chat, _)| chat.clone()).collect()
    }
}

/// Whoever logs off closes his chats: their customers would write to nobody. All together have as long as one request.
pub(super) async fn close_all(chats: Vec<InteractionId>, user: &UserId, requests: Arc<dyn Requests>, within: Duration) {
    let all = async {
        for chat in chats {
            match requests.request(SwitchRequest::Disconnect(chat.clone())).await {
                Ok(_) => tracing::info!(%user, %chat, "the agent logs off: his chat is ended"),
                Err(refusal) => tracing::warn!(%user, %chat, cause = %refusal, "a chat could not be ended at the agent's log-off"),
            }
        }
    };
    if timeout(within, all).await.is_err() {
        tracing::warn!(%user, "the switch did not end the agent's chats in time");
    }
}
