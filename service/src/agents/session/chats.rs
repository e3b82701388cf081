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
/// A switch that did not end a chat is asked again after this long.
const AGAIN: Duration = Duration::from_secs(30);

// === impl Session ===

impl Session {
    /// When the next chat will have been idle for too long; `None`: never, as things are.
    pub(super) fn chat_is_idle_at(&self) -> Option<Instant> {
        let limit = self.policy.close_chats_after;
        if limit.is_zero() {
            return None;
        }
        let due = |(chat, written): (&InteractionId, i64)| {
            let idle = Duration::from_secs(u64::try_from(now().saturating_sub(written)).unwrap_or(0));
            let due = Instant::now() + limit.saturating_sub(idle).max(AT_LEAST);
            self.asked_to_close(chat).map_or(due, |asked| due.max(asked + AGAIN))
        };
        self.agent.open_chats().map(due).min()
    }

    pub(super) fn close_idle_chats(&mut self) {
        let limit = i64::try_from(self.policy.close_chats_after.as_secs()).unwrap_or(i64::MAX);
        let before = now().saturating_sub(limit);
        let open: Vec<(InteractionId, i64)> = self.agent.open_chats().map(|(chat, written)| (chat.clone(), written)).collect();
        self.closing.retain(|(closing, _)| open.iter().any(|(chat, _)| chat == closing));
        for (chat, _) in open.into_iter().filter(|(_, written)| *written <= before) {
            if self.asked_to_close(&chat).is_some_and(|asked| asked.elapsed() < AGAIN) {
                continue;
            }
            tracing::info!(user = %self.user, %chat, "nobody has written into this chat for long: it is ended");
            self.ask(SwitchRequest::Disconnect(chat.clone()), Then::Quiet("an idle chat could not be ended: it is tried again"));
            self.closing.retain(|(closing, _)| *closing != chat);
            self.closing.push((chat, Instant::now()));
        }
    }

    /// When the switch was asked last to end this chat.
    fn asked_to_close(&self, chat: &InteractionId) -> Option<Instant> {
        self.closing.iter().find(|(closing, _)| closing == chat).map(|(_, asked)| *asked)
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
