//! Rejecting what rings (icws §4.8). ICWS has no operation for it: first the status, so that ACD does not offer it again at once; then, by the
//! file's list, a handler of the site or a transfer to the workgroup, until it has left the agent.

use super::{
    super::{
        policy::{Handler, RejectStep},
        wire::{
            interactions::Target,
            queues::{QueueId, QueueType},
            system::Notification,
        },
    },
    Agent,
    lanes::Done,
};
use crate::domain::{AfterReject, EndCause, Interaction, InteractionId, InteractionState, Medium, Refusal};
use std::time::Duration;
use tokio::time::Instant;

/// No handler is waited for longer, so that SAP has its answer in time.
const PATIENCE: Duration = Duration::from_secs(3);

impl Agent {
    pub(super) async fn reject(&self, id: &InteractionId, status: Option<&str>, after: AfterReject) -> Result<Done, Refusal> {
        let seen = self.in_state(id, &[InteractionState::Alerting], "an alerting call")?;
        if after == AfterReject::Requeue && seen.interaction.queue.is_none() {
            return Err(Refusal::SwitchRefused(format!("call {id} came through no workgroup: it can go to voicemail or be disconnected")));
        }
        if let Some(status) = status {
            self.change_status(status).await?;
        }
        let session = self.session()?;
        match after {
            AfterReject::Requeue => self.requeue(&seen.interaction, &seen.lead).await?,
            AfterReject::Voicemail if seen.interaction.medium() == Medium::Call => {
                let sent = session.send_to_voicemail(&seen.lead);
                self.expecting_end(&[id], EndCause::Rerouted, sent).await.map_err(|error| self.refusal(error))?;
            }
            // Nobody leaves a message for what is read.
            AfterReject::Voicemail | AfterReject::Disconnect => self.end(id, &seen.lead, EndCause::Dropped).await?,
        }
        Ok(Done::until_gone(&seen.interaction))
    }

    async fn requeue(&self, interaction: &Interaction, lead: &super::super::wire::Id) -> Result<(), Refusal> {
        let queue = interaction.queue.clone().unwrap_or_else(|| "".into());
        let steps = self.shared.policy().reject.clone();
        let mut last = Refusal::SwitchRefused(format!("call {} goes on ringing: no way to reject it is set up", interaction.id));
        for step in &steps {
            let tried = match step {
                RejectStep::Handler(handler) => self.tell_handler(handler, interaction, lead, queue.as_str()).await,
                RejectStep::Transfer => {
                    let target = Target::Queue(QueueId::new(QueueType::Workgroup, queue.as_str()));
                    let session = self.session()?;
                    let transferred = session.blind_transfer(lead, &target);
                    self.expecting_end(&[&interaction.id], EndCause::Rerouted, transferred).await.map_err(|error| self.refusal(error))
                }
            };
            match tried {
                Ok(()) => return Ok(()),
                Err(refusal) => {
                    tracing::warn!(user = %self.user, interaction = %interaction.id, ?step, cause = %refusal, "a way to reject did not work");
                    last = refusal;
                }
            }
        }
        // It rings on until its workgroup takes it back by itself.
        Err(last)
    }

    /// Whether a handler has run is never said: what counts is that the interaction has left.
    async fn tell_handler(&self, handler: &Handler, interaction: &Interaction, lead: &str, queue: &str) -> Result<(), Refusal> {
        let notification = Notification {
            object_id: handler.object_id.as_str().into(),
            event_id: handler.event_id.as_str().into(),
            data: vec![lead.into(), queue.into(), self.user.as_str().into()],
        };
        let id = interaction.id.clone();
        self.state().picture.expect_end(&id, EndCause::Rerouted, Instant::now());
        // Handlers know the service's user, who has the rights (guide, "SAPSU").
        let told = self.shared.super_user.notify(&notification).await.map_err(|error| self.refusal(error));
        let by = Instant::now() + handler.wait.min(PATIENCE);
        let left = told.is_ok() && self.until(by, |state| state.picture.find(&id).is_none()).await;
        if !left {
            self.state().picture.expect_no_end(&id);
        }
        told?;
        if left { Ok(()) } else { Err(Refusal::SwitchRefused(format!("the handler {} did not take call {id} back", handler.object_id))) }
    }
}
