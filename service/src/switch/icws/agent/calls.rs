//! One call or other interaction: answering, hanging up, hold, dialling, attached data (icws §4.2 to §4.4, §4.7).

use super::{
    super::{
        IcwsError, Session,
        attributes::Attributes,
        interaction::{self, DATA, STATE, Stage},
        picture::{MadeOf, Seen},
        refusals::of_destination,
        wire::{
            Id,
            interactions::{AppendMode, CallMadeStage, NewInteraction},
        },
    },
    Agent,
    lanes::Done,
};
use crate::domain::{
    Direction, EndCause, Interaction, InteractionId, InteractionKind, InteractionState, Medium, Party, PartyId, Refusal, SwitchAnswer,
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::time::Instant;

use InteractionState::{Alerting, Connected, Dialing, Held, Listening};

/// No number, name or address is longer.
const DESTINATION_AT_MOST: usize = 256;

impl Agent {
    /// Answers what rings. Whoever answers a callback calls its customer.
    pub(super) async fn answer(&self, id: &InteractionId) -> Result<Done, Refusal> {
        let seen = self.in_state(id, &[Alerting], "an alerting call")?;
        self.session()?.pickup(&seen.lead).await.map_err(|error| self.refusal(error))?;
        if seen.interaction.kind == InteractionKind::Callback {
            self.call_customer(id, &seen.lead).await?;
        }
        Ok(Done::until_state(&seen.interaction, &[Connected, Held, Dialing]))
    }

    async fn call_customer(&self, id: &InteractionId, callback: &Id) -> Result<(), Refusal> {
        self.until_state(id, &[Connected, Held, Dialing]).await;
        let attributes = self.state().picture.entry(callback).map(|entry| entry.attributes.clone()).unwrap_or_default();
        if attributes.text(interaction::CALLED_BACK).is_some() {
            // The server has called by itself.
            return Ok(());
        }
        let target = interaction::number_to_call(callback, &attributes).ok_or(Refusal::DestinationMissing)?;
        let new = NewInteraction::CallbackResponse {
            parent_interaction_id: callback.clone(),
            target: target.clone(),
            workgroup: None,
            call_made_stage: Some(CallMadeStage::Allocated),
        };
        let call = self.session()?.create(&new).await.map_err(|error| of_destination(error, &target, &self.user))?;
        self.state().picture.called_back(callback.clone(), call);
        self.look();
        Ok(())
    }

    /// Hangs up. Colleagues in a conference talk on without him.
    pub(super) async fn disconnect(&self, id: &InteractionId) -> Result<Done, Refusal> {
        let seen = self.seen(id)?;
        if seen.interaction.state == Listening {
            return self.listen_end(id).await;
        }
        self.hang_up(&seen).await?;
        Ok(Done::until_gone(&seen.interaction))
    }

    pub(super) async fn hang_up(&self, seen: &Seen) -> Result<(), Refusal> {
        match &seen.made_of {
            MadeOf::Conference { colleagues: false, parent, .. } => self.end(&seen.interaction.id, parent, EndCause::Dropped).await,
            // Whoever goes joins the other two.
            MadeOf::Joined { consulted } => self.conclude(&seen.interaction.id, consulted, EndCause::Dropped).await,
            MadeOf::One | MadeOf::Conference { .. } | MadeOf::Callback { .. } => {
                self.end(&seen.interaction.id, &seen.lead, EndCause::Dropped).await
            }
        }
    }

    /// Disconnects an entry, which will be the end of an interaction for this reason.
    pub(super) async fn end(&self, id: &InteractionId, entry: &Id, cause: EndCause) -> Result<(), Refusal> {
        let session = self.session()?;
        let error = match self.expecting_end(&[id], cause, session.disconnect(entry)).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if self.is_over(&session, entry, &error).await {
            self.state().picture.made_in_vain(entry, Instant::now());
            self.look();
            return Ok(());
        }
        Err(self.refusal(error))
    }

    /// Was an entry refused only because it has ended already, and its end is still on its way to us?
    pub(super) async fn is_over(&self, session: &Session, entry: &Id, refused: &IcwsError) -> bool {
        if refused.is_status(404) || refused.is_status(410) {
            return true;
        }
        if !refused.is_status(400) {
            return false;
        }
        match session.attributes(entry, &[STATE]).await {
            Ok(now) => matches!(interaction::stage(&now), Stage::Gone(_)),
            Err(error) => error.is_status(404) || error.is_status(410),
        }
    }

    /// Does something after which these interactions will end for this reason.
    pub(super) async fn expecting_end<E>(
        &self,
        of: &[&InteractionId],
        cause: EndCause,
        work: impl Future<Output = Result<(), E>>,
    ) -> Result<(), E> {
        for id in of {
            self.state().picture.expect_end(id, cause, Instant::now());
        }
        let done = work.await;
        if done.is_err() {
            for id in of {
                self.state().picture.expect_no_end(id);
            }
        }
        done
    }

    pub(super) async fn hold(&self, id: &InteractionId) -> Result<Done, Refusal> {
        let seen = self.in_state(id, &[Connected], "a connected call")?;
        self.set_hold(&seen, true).await?;
        Ok(Done::until_state(&seen.interaction, &[Held]))
    }

    pub(super) async fn pick_up(&self, id: &InteractionId) -> Result<Done, Refusal> {
        let seen = self.in_state(id, &[Held], "a held call")?;
        self.set_hold(&seen, false).await?;
        Ok(Done::until_state(&seen.interaction, &[Connected]))
    }

    pub(super) async fn set_hold(&self, seen: &Seen, on: bool) -> Result<(), Refusal> {
        self.session()?.hold(&seen.lead, on).await.map_err(|error| self.refusal(error))
    }

    /// Calls out.
    pub(super) async fn dial(&self, destination: &str, data: Option<Arc<str>>) -> Result<Done, Refusal> {
        let written = target(destination)?;
        let found = self.shared.destination(&written).await.map(|found| found.number).filter(|number| !number.is_empty());
        let target = found.unwrap_or(written);
        let session = self.session()?;
        let data = data.filter(|data| !data.is_empty());
        let new = NewInteraction::Call {
            target: target.clone(),
            workgroup: None,
            // As soon as there is an id, so that SAP's item has it before anything happens.
            call_made_stage: Some(CallMadeStage::Allocated),
            additional_attributes: with_data(data.as_deref()),
        };
        let id = session.create(&new).await.map_err(|error| of_destination(error, destination.trim(), &self.user))?;
        self.repeat_data(&id, data.as_deref()).await;
        Ok(self.made(&id, &target, None, data))
    }

    /// Older servers forget the attributes that a new interaction is to have (icws §4.2).
    pub(super) async fn repeat_data(&self, id: &Id, data: Option<&str>) {
        let Some(data) = data else { return };
        let has = |agent: &Self| agent.state().picture.entry(id).is_some_and(|entry| entry.attributes.get(DATA) == Some(data));
        if has(self) {
            return;
        }
        let Ok(session) = self.session() else { return };
        if let Err(error) = session.set_attributes(id, &with_data(Some(data)), AppendMode::Replace).await {
            tracing::warn!(user = %self.user, interaction = %id, %error, "attached data could not be set on a new call");
        }
    }

    /// The answer to what has made a call: as it is known by now, else as it will be.
    pub(super) fn made(&self, id: &Id, target: &str, consultation_for: Option<InteractionId>, data: Option<Arc<str>>) -> Done {
        let handle = self.state().picture.handle(id);
        let known = self.state().picture.find(&handle).map(|seen| seen.interaction.clone());
        let interaction = known.unwrap_or_else(|| Interaction {
            id: handle.clone(),
            kind: InteractionKind::Call,
            state: Dialing,
            direction: Direction::Outbound,
            queue: None,
            attributes: BTreeMap::from([("Eic_RemoteTn".to_owned(), target.to_owned())]),
            parties: vec![Party { id: PartyId::new(id.as_str()), address: target.to_owned(), name: String::new() }],
            consultation_for,
            chat: None,
            attached_data: data,
            since: super::unix(),
        });
        self.state().picture.made(id.clone(), interaction.clone(), Instant::now());
        self.look();
        let answer = SwitchAnswer::Interaction(Box::new(interaction));
        let entry = id.clone();
        Done { answer, effect: Some(Box::new(move |state| state.picture.entry(&entry).is_some())) }
    }

    /// Sets (`Some`) or removes attached data.
    pub(super) async fn set_data(&self, id: &InteractionId, data: Option<&str>) -> Result<Done, Refusal> {
        let seen = self.in_state(id, &[Alerting, Dialing, Connected, Held], "an interaction of the agent's own")?;
        // What belongs to a conference or a callback as a whole stands there.
        let entry = match &seen.made_of {
            MadeOf::Conference { parent, .. } => parent,
            MadeOf::Callback { callback } => callback,
            MadeOf::One | MadeOf::Joined { .. } => &seen.lead,
        };
        let attributes = Attributes::from_iter([(DATA, data.unwrap_or_default())]);
        let session = self.session()?;
        session.set_attributes(entry, &attributes, AppendMode::Replace).await.map_err(|error| self.refusal(error))?;
        // Whoever reads them after the answer reads these, however late the message.
        self.state().picture.noted(entry, attributes);
        self.look();
        Ok(Done::at_once())
    }

    /// Only calls can be consulted on and joined.
    pub(super) fn only_calls(seen: &[&Seen]) -> Result<(), Refusal> {
        match seen.iter().find(|seen| seen.interaction.medium() != Medium::Call) {
            Some(other) => Err(Refusal::SwitchRefused(format!(
                "{} is {}: this needs a phone call",
                other.interaction.id,
                other.interaction.medium().word()
            ))),
            None => Ok(()),
        }
    }
}

/// What is dialled for what was written. CIC writes extensions with a stroke in front, SAP with a plus (guide, "Phone number formatting").
///
/// # Errors
/// There is nothing to dial, or far too much.
pub(super) fn target(written: &str) -> Result<String, Refusal> {
    let number = written.trim();
    let number = number.strip_prefix('/').unwrap_or(number);
    if number.is_empty() {
        return Err(Refusal::DestinationMissing);
    }
    if number.len() > DESTINATION_AT_MOST {
        let start = number.chars().take(32).collect::<String>();
        return Err(Refusal::UnknownDestination(format!("{start}… (too long)")));
    }
    Ok(number.to_owned())
}

pub(super) fn with_data(data: Option<&str>) -> Attributes {
    data.map(|data| (DATA, data)).into_iter().collect()
}
