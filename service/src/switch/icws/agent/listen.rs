//! Listening to a call of another agent. It is in no queue of whoever listens: it is watched by itself.

use super::{
    super::wire::{Id, subscription::Subscription},
    Agent,
    lanes::Done,
};
use crate::domain::{InteractionId, InteractionState, Refusal, SwitchAnswer, UserId};

impl Agent {
    pub(super) async fn listen(&self, agent: Option<&UserId>, call: Option<&InteractionId>) -> Result<Done, Refusal> {
        let id: Id = match (call, agent) {
            (Some(call), _) => call.as_str().into(),
            (None, Some(agent)) => self.shared.talks_on(agent).await?.into(),
            (None, None) => return Err(Refusal::SwitchRefused("listening needs a call or an agent".into())),
        };
        {
            let state = self.state();
            let own = state.picture.told().find(|seen| seen.lead == id || seen.interaction.id.as_str() == id.as_str());
            if let Some(own) = own {
                return Err(Refusal::SwitchRefused(match own.interaction.state {
                    InteractionState::Listening => "the agent listens to this call already".into(),
                    _ => "the agent takes part in this call himself".into(),
                }));
            }
        }
        let session = self.session()?;
        session.listen(&id, true, true).await.map_err(|error| match error {
            super::super::IcwsError::Refused { message, .. } => {
                Refusal::SwitchRefused(format!("nobody can be heard on call {id}: {message}"))
            }
            other => self.refusal(other),
        })?;
        let names = self.state().picture.attribute_names();
        let read: Vec<&str> = names.iter().map(String::as_str).collect();
        let attributes = session.attributes(&id, &read).await.unwrap_or_default();
        self.state().picture.listen(id.clone(), attributes);
        if let Err(error) = session.subscribe(&Subscription::Interaction { interaction: id.clone(), attributes: names }).await {
            tracing::warn!(user = %self.user, interaction = %id, %error, "a call that is listened to cannot be watched: its end will not be seen");
        }
        self.look();
        let seen = self.seen(&self.handle(&id))?;
        Ok(Done { answer: SwitchAnswer::Interaction(Box::new(seen.interaction)), effect: None })
    }

    fn handle(&self, id: &Id) -> InteractionId {
        self.state().picture.handle(id)
    }

    pub(super) async fn listen_end(&self, id: &InteractionId) -> Result<Done, Refusal> {
        let heard = self.state().picture.find(id).filter(|seen| seen.interaction.state == InteractionState::Listening).cloned();
        let heard = heard.ok_or_else(|| Refusal::SwitchRefused(format!("the agent does not listen to call {id}")))?;
        let session = self.session()?;
        if let Err(error) = session.listen(&heard.lead, false, true).await
            && !self.is_over(&session, &heard.lead, &error).await
        {
            return Err(self.refusal(error));
        }
        self.stop_listening(&heard.lead).await;
        Ok(Done::at_once())
    }

    async fn stop_listening(&self, id: &Id) {
        self.state().picture.listen_no_more(id);
        self.look();
        if let Ok(session) = self.session() {
            // Whoever does not listen is told of it in vain, nothing worse.
            let _ = session.unsubscribe(&Subscription::Interaction { interaction: id.clone(), attributes: Vec::new() }).await;
        }
    }
}
