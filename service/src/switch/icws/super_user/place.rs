//! Interactions for nobody in particular (icws §4.4): callbacks, and generic objects for everything else that SAP routes.

use crate::{
    domain::{InteractionId, InteractionKind, NewInteraction, QueueId, Refusal},
    switch::icws::{
        IcwsError, Session,
        attributes::Attributes,
        wire::{
            interactions::{self, AppendMode, Direction, InteractionState, PartyType},
            queues::{QueueId as Queue, QueueType},
        },
    },
};

/// The names of attributes that only this interaction has, with `|` between them: a queue is watched for names that are known before.
const NAMES: &str = "Sap_AttributeNames";
/// What the interaction is, where CIC has only a generic object for it.
const KIND: &str = "Sap_InteractionKind";

/// Creates it in this workgroup's queue. Its attributes are written again afterwards: older servers forget those that they get at creation
/// (icws §4.2). That they come too late for the routing is a race nobody can win.
pub(super) async fn place(session: &Session, workgroup: &QueueId, new: NewInteraction) -> Result<InteractionId, Refusal> {
    if new.not_before.is_some() {
        return Err(Refusal::NotAvailable("a callback at a later time (the CIC server's interface has none)"));
    }
    let queue = Queue::new(QueueType::Workgroup, workgroup.as_str());
    let attributes = attributes(&new);
    let create = match new.kind {
        InteractionKind::Callback => interactions::NewInteraction::Callback {
            target: new.address,
            target_queue: queue,
            name: Some(new.name).filter(|name| !name.is_empty()),
            subject: attributes.text("Eic_Subject").or(attributes.text("Eic_CallbackNotes")).unwrap_or_default().to_owned(),
            additional_attributes: attributes.clone(),
        },
        _ => interactions::NewInteraction::Generic {
            queue_id: queue,
            initial_state: Some(InteractionState::Offering),
            interaction_direction: Some(Direction::Inbound),
            local_party_type: Some(PartyType::Internal),
            remote_party_type: Some(PartyType::External),
            remote_id: Some(new.address).filter(|address| !address.is_empty()),
            remote_name: Some(new.name).filter(|name| !name.is_empty()),
            additional_attributes: attributes.clone(),
        },
    };
    let id = session.create(&create).await.map_err(refusal)?;
    if !attributes.is_empty()
        && let Err(error) = session.set_attributes(&id, &attributes, AppendMode::Replace).await
    {
        // It is in the queue: to say that it is not would make SAP place it twice.
        tracing::warn!(interaction = %id, cause = %error, "the attributes of a new interaction could not be written once more");
    }
    Ok(InteractionId::new(id.as_str()))
}

/// Ends it, wherever it is.
pub(super) async fn withdraw(session: &Session, interaction: &str) -> Result<(), Refusal> {
    match session.disconnect(interaction).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_status(404) || error.is_status(410) => Ok(()),
        Err(error) if error.is_status(400) || error.is_status(403) => match session.attributes(interaction, &["Eic_State"]).await {
            // It was over already.
            Ok(now) if now.text("Eic_State").is_none_or(|state| matches!(state.trim(), "I" | "E")) => Ok(()),
            Err(gone) if gone.is_status(404) || gone.is_status(400) => Ok(()),
            _ => Err(refusal(error)),
        },
        Err(error) => Err(refusal(error)),
    }
}

fn attributes(new: &NewInteraction) -> Attributes {
    let mut attributes: Attributes = new.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if !attributes.is_empty() {
        let names: Vec<&str> = new.attributes.keys().map(String::as_str).collect();
        attributes.set(NAMES, names.join("|"));
    }
    if let Some(calls) = &new.calls {
        attributes.set("Eic_CallbackPhone", calls.as_str());
    }
    if !new.dialed.is_empty() {
        attributes.set("Eic_LocalTn", new.dialed.as_str());
    }
    if new.kind == InteractionKind::Email {
        attributes.set(KIND, "Email");
    }
    attributes
}

fn refusal(error: IcwsError) -> Refusal {
    match error {
        IcwsError::Timeout => Refusal::SwitchTimeout,
        error if error.is_of_the_connection() => Refusal::SwitchUnavailable,
        IcwsError::Refused { message, .. } => Refusal::SwitchRefused(message),
        other => Refusal::SwitchRefused(other.to_string()),
    }
}
