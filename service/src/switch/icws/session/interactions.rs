//! What is done with interactions (icws §4.2 to §4.6). A good answer means "accepted": what became of it is told by the queue. None of the
//! `POST`s is ever repeated by itself.

use super::Session;
use crate::switch::icws::{
    IcwsError,
    attributes::Attributes,
    path::{query, segment},
    wire::{
        Id,
        interactions::{
            AppendMode, AttributeSet, Audience, CallMadeStage, Conference, Consult, Created, NewConsult, NewInteraction, SecurePauseType,
            Target,
        },
    },
};
use hyper::Method;
use serde_json::{Value, json};

impl Session {
    /// Creates an interaction; answers its id.
    pub async fn create(&self, new: &NewInteraction) -> Result<Id, IcwsError> {
        let created: Created = self.answered(Method::POST, "/interactions", Some(json!(new))).await?;
        Ok(created.interaction_id)
    }

    /// Attributes of an interaction, by their names.
    pub async fn attributes(&self, interaction: &str, names: &[&str]) -> Result<Attributes, IcwsError> {
        let path = format!("/interactions/{}?select={}", segment(interaction), query(&names.join(",")));
        let set: AttributeSet = self.perhaps(Method::GET, &path, None).await?;
        Ok(set.attributes)
    }

    /// Writes attributes; an empty value is how one is removed.
    pub async fn set_attributes(&self, interaction: &str, attributes: &Attributes, append: AppendMode) -> Result<(), IcwsError> {
        let body = match append {
            AppendMode::Replace => json!({ "attributes": attributes }),
            mode => json!({ "attributes": attributes, "appendMode": mode }),
        };
        self.done(Method::POST, &format!("/interactions/{}", segment(interaction)), Some(body)).await
    }

    /// Answers what alerts.
    pub async fn pickup(&self, interaction: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "pickup", None).await
    }

    /// Puts on hold, or takes from it.
    pub async fn hold(&self, interaction: &str, on: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "hold", Some(json!({ "on": on }))).await
    }

    /// Silences the agent, or not any more.
    pub async fn mute(&self, interaction: &str, on: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "mute", Some(json!({ "on": on }))).await
    }

    /// Hangs up.
    pub async fn disconnect(&self, interaction: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "disconnect", None).await
    }

    /// Pauses the recording, or goes on with it.
    pub async fn pause(&self, interaction: &str, on: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "pause", Some(json!({ "on": on }))).await
    }

    /// Records, for the agent himself or as a supervisor.
    pub async fn record(&self, interaction: &str, on: bool, supervisor: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "record", Some(supervised(on, supervisor))).await
    }

    /// Listens in.
    pub async fn listen(&self, interaction: &str, on: bool, supervisor: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "listen", Some(supervised(on, supervisor))).await
    }

    /// Speaks to the agent of a call unheard by the other side.
    pub async fn coach(&self, interaction: &str, on: bool, supervisor: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "coach", Some(supervised(on, supervisor))).await
    }

    /// Records a part.
    pub async fn record_snippet(&self, interaction: &str, on: bool, supervisor: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "record-snippet", Some(supervised(on, supervisor))).await
    }

    /// Pauses the recording for what must not be recorded; `seconds` belong to [`SecurePauseType::Given`].
    pub async fn secure_pause(&self, interaction: &str, kind: SecurePauseType, seconds: Option<u32>) -> Result<(), IcwsError> {
        let mut body = json!({ "securePauseType": kind });
        if let Some(seconds) = seconds {
            body["duration"] = json!(seconds);
        }
        self.operate(interaction, "secure-pause", Some(body)).await
    }

    /// A supervisor enters the call.
    pub async fn join(&self, interaction: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "join", None).await
    }

    /// Hides the call from others, or not any more.
    pub async fn make_private(&self, interaction: &str, on: bool) -> Result<(), IcwsError> {
        self.operate(interaction, "make-private", Some(json!({ "on": on }))).await
    }

    /// Presses keys of the telephone.
    pub async fn send_digits(&self, interaction: &str, digits: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "send-digits", Some(json!({ "dtmfDigits": digits }))).await
    }

    /// Plays a recording of the server's to the other side.
    pub async fn play_wav(&self, interaction: &str, file: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "play-wav", Some(json!({ "file": file }))).await
    }

    /// To the mailbox of the queue's owner.
    pub async fn send_to_voicemail(&self, interaction: &str) -> Result<(), IcwsError> {
        self.operate(interaction, "send-to-voicemail", None).await
    }

    /// To somebody else's mailbox.
    pub async fn transfer_to_voicemail(&self, interaction: &str, target: &Target) -> Result<(), IcwsError> {
        self.operate(interaction, "transfer-to-voicemail", Some(json!(target))).await
    }

    /// Parks it somewhere.
    pub async fn park(&self, interaction: &str, target: &Target) -> Result<(), IcwsError> {
        self.operate(interaction, "park", Some(json!(target))).await
    }

    /// Transfers it without asking.
    pub async fn blind_transfer(&self, interaction: &str, target: &Target) -> Result<(), IcwsError> {
        self.operate(interaction, "blind-transfer", Some(json!(target))).await
    }

    /// Adds a party to a call; only newer servers can.
    pub async fn invite_party(&self, interaction: &str, target: &str, stage: CallMadeStage) -> Result<(), IcwsError> {
        self.operate(interaction, "invite-party", Some(json!({ "target": target, "callMadeStage": stage }))).await
    }

    /// Holds a call and dials somebody to consult.
    pub async fn consult(&self, interaction: &str, new: &NewConsult) -> Result<Consult, IcwsError> {
        self.answered(Method::POST, &format!("/interactions/{}/consult", segment(interaction)), Some(json!(new))).await
    }

    /// Who hears the agent: the original party, the consulted one, or both.
    pub async fn change_audience(&self, interaction: &str, consult: &str, audience: Audience) -> Result<(), IcwsError> {
        let path = format!("{}/change-audience", consultation(interaction, consult));
        self.done(Method::POST, &path, Some(json!({ "audience": audience }))).await
    }

    /// Joins original and consulted party; the agent leaves.
    pub async fn conclude_consult(&self, interaction: &str, consult: &str) -> Result<(), IcwsError> {
        self.done(Method::POST, &format!("{}/conclude", consultation(interaction, consult)), None).await
    }

    /// Gives a consultation up: the consulted party is dropped.
    pub async fn cancel_consult(&self, interaction: &str, consult: &str) -> Result<(), IcwsError> {
        self.done(Method::DELETE, &consultation(interaction, consult), None).await
    }

    /// Makes a conference of calls; answers its id.
    pub async fn conference(&self, interactions: &[Id]) -> Result<Id, IcwsError> {
        let body = json!({ "interactions": interactions });
        let conference: Conference = self.answered(Method::POST, "/interactions/conferences", Some(body)).await?;
        Ok(conference.conference_id)
    }

    /// Takes further calls into a conference.
    pub async fn add_to_conference(&self, conference: &str, interactions: &[Id]) -> Result<(), IcwsError> {
        let path = format!("/interactions/conferences/{}", segment(conference));
        self.done(Method::PUT, &path, Some(json!({ "interactions": interactions }))).await
    }

    /// Dials somebody into a conference; only newer servers can.
    pub async fn invite_to_conference(&self, conference: &str, target: &str, stage: CallMadeStage) -> Result<(), IcwsError> {
        let path = format!("/interactions/conferences/{}/invite-party", segment(conference));
        self.done(Method::POST, &path, Some(json!({ "target": target, "callMadeStage": stage }))).await
    }

    pub(super) async fn operate(&self, interaction: &str, operation: &str, body: Option<Value>) -> Result<(), IcwsError> {
        self.done(Method::POST, &format!("/interactions/{}/{operation}", segment(interaction)), body).await
    }
}

fn supervised(on: bool, supervisor: bool) -> Value {
    json!({ "on": on, "supervisor": supervisor })
}

fn consultation(interaction: &str, consult: &str) -> String {
    format!("/interactions/{}/consult/{}", segment(interaction), segment(consult))
}
