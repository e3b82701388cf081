//! The end of a session.

use super::{Answer, Mail, Session, Then, chats::close_all};
use crate::domain::{EndReason, Refusal, Reply, SwitchRequest};
use std::sync::Arc;
use tokio::{sync::oneshot, time::timeout};

/// How a session ends.
pub(in crate::agents) struct End {
    /// SAP is told why; `None`: SAP asked for it.
    pub(in crate::agents) reason: Option<EndReason>,
    /// Log off at the switch, there is a line.
    pub(in crate::agents) log_off: bool,
    /// Set this status before.
    pub(in crate::agents) status: Option<Arc<str>>,
    /// Who waits for the end.
    pub(in crate::agents) answer: Option<oneshot::Sender<Answer>>,
    pub(in crate::agents) ended: Option<oneshot::Sender<()>>,
}

// === impl Session ===

impl Session {
    /// Tells SAP, logs off at the switch, and makes place for the agent's next session.
    pub(in crate::agents) async fn end(mut self, end: End) {
        for errand in self.pending.drain() {
            let (answer, outcome) = match errand.then {
                Then::Answer(answer, _)
                | Then::DropAll(answer)
                | Then::Workmode(answer, _)
                | Then::Station(answer, _)
                | Then::Place(answer, ..)
                | Then::Attach(answer, ..) => (answer, Err(Refusal::SwitchTimeout)),
                Then::Kept(answer, outcome) => (answer, *outcome),
                Then::Quiet(_) => continue,
            };
            let _ = answer.send(Answer::Done(outcome));
        }
        self.tell_end(end.reason);
        if let Some(line) = self.line.take().filter(|_| end.log_off) {
            let deadline = self.policy.switch_deadline;
            close_all(self.open_chats(), &self.user, Arc::clone(&line.requests), deadline).await;
            if let Some(status) = end.status {
                let set = timeout(deadline, line.requests.request(SwitchRequest::SetStatus(status))).await;
                if let Err(refusal) = set.unwrap_or(Err(Refusal::SwitchTimeout)) {
                    tracing::warn!(user = %self.user, cause = %refusal, "the status before log-off could not be set");
                }
            }
            if timeout(deadline, line.requests.log_off()).await.is_err() {
                tracing::warn!(user = %self.user, "the switch did not confirm the log-off in time");
            }
        }
        for item in self.agent.item_ids() {
            self.shared.ids.remove_item(item, &self.user);
        }
        self.shared.ids.remove_line(&self.agent.line(), &self.user);
        self.shared.directory.remove(&self.user, &self.own);
        if let Some(kept) = self.waits_for() {
            kept.wait().await;
        }
        tracing::info!(user = %self.user, "agent logged off");
        self.story_ends(end.reason);
        if let Some(answer) = end.answer {
            let _ = answer.send(Answer::Done(Ok(Reply::Done)));
        }
        if let Some(ended) = end.ended {
            let _ = ended.send(());
        }
        // Commands that came too late begin anew.
        self.mailbox.close();
        while let Some(mail) = self.mailbox.recv().await {
            match *mail {
                Mail::Command { request, answer } => {
                    let _ = answer.send(Answer::Again(Box::new(request)));
                }
                Mail::LogOff { ended, .. } => {
                    let _ = ended.send(());
                }
                Mail::Fate(_) | Mail::Summary(_) | Mail::SwitchChanged => {}
            }
        }
    }
}
