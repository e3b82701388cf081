//! The way of a request: into its lane, refused at once when that is full, carried out whether or not anybody still waits for the answer.

use super::{Agent, State};
use crate::{
    domain::{EndCause, Interaction, InteractionState, Medium, Refusal, SwitchAnswer, SwitchEvent, SwitchRequest},
    switch::{BoxFuture, Requests},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};

/// Requests that may wait in one lane.
const WAITING: usize = 32;
/// One request, all its steps together; below 5 s, so that SAP has its answer in time.
const DEADLINE: Duration = Duration::from_millis(4_700);

/// Where one agent's requests go.
pub(in super::super) struct Line {
    agent: Arc<Agent>,
    calls: mpsc::Sender<Job>,
    words: mpsc::Sender<Job>,
}

struct Job {
    request: SwitchRequest,
    answer: oneshot::Sender<Result<SwitchAnswer, Refusal>>,
}

/// An operation that was accepted.
pub(super) struct Done {
    pub(super) answer: SwitchAnswer,
    /// The next request waits until this is so.
    pub(super) effect: Option<Effect>,
}

/// How the effect of an operation shows.
pub(super) type Effect = Box<dyn Fn(&State) -> bool + Send + Sync>;

// === impl Line ===

impl Line {
    pub(super) fn start(agent: Arc<Agent>) -> Self {
        let lane = || {
            let (sender, jobs) = mpsc::channel(WAITING);
            tokio::spawn(run(Arc::clone(&agent), jobs));
            sender
        };
        let (calls, words) = (lane(), lane());
        Self { agent, calls, words }
    }
}

impl Requests for Line {
    fn request(&self, request: SwitchRequest) -> BoxFuture<Result<SwitchAnswer, Refusal>> {
        let user = self.agent.user.clone();
        if self.agent.over.is_cancelled() {
            return Box::pin(async move { Err(Refusal::NotLoggedOn(user)) });
        }
        let lane = match &request {
            SwitchRequest::SetStatus(_) | SwitchRequest::Post { .. } | SwitchRequest::SetTyping { .. } => &self.words,
            _ => &self.calls,
        };
        let (answer, answered) = oneshot::channel();
        let sent = lane.try_send(Job { request, answer });
        Box::pin(async move {
            match sent {
                Ok(()) => answered.await.unwrap_or(Err(Refusal::NotLoggedOn(user))),
                Err(mpsc::error::TrySendError::Full(_)) => Err(Refusal::Busy(user)),
                Err(mpsc::error::TrySendError::Closed(_)) => Err(Refusal::NotLoggedOn(user)),
            }
        })
    }

    fn log_off(&self) -> BoxFuture<()> {
        let agent = Arc::clone(&self.agent);
        Box::pin(async move {
            // Whoever waits no longer must not leave a session behind.
            let work = tokio::spawn(async move { agent.log_off().await });
            if work.await.is_err() {
                tracing::warn!("a log-off ended early");
            }
        })
    }
}

async fn run(agent: Arc<Agent>, mut jobs: mpsc::Receiver<Job>) {
    while let Some(Job { request, answer }) = jobs.recv().await {
        let outcome = timeout(DEADLINE, agent.carry_out(request)).await.unwrap_or(Err(Refusal::SwitchTimeout));
        let (told, effect) = match outcome {
            Ok(Done { answer, effect }) => (Ok(answer), effect),
            Err(refusal) => (Err(refusal), None),
        };
        // Nobody may wait for it any more.
        let _ = answer.send(told);
        if let Some(effect) = effect {
            agent.until(Instant::now() + super::EFFECT, effect).await;
        }
    }
}

// === impl Done ===

impl Done {
    /// Accepted, and nothing to wait for.
    pub(super) fn at_once() -> Self {
        Self { answer: SwitchAnswer::Accepted, effect: None }
    }

    /// Accepted; the next request waits for this.
    pub(super) fn until(effect: impl Fn(&State) -> bool + Send + Sync + 'static) -> Self {
        Self { answer: SwitchAnswer::Accepted, effect: Some(Box::new(effect)) }
    }

    /// Accepted; the next request waits until the interaction is in one of these states or gone.
    pub(super) fn until_state(interaction: &Interaction, states: &'static [InteractionState]) -> Self {
        let id = interaction.id.clone();
        Self::until(move |state| state.picture.find(&id).is_none_or(|seen| states.contains(&seen.interaction.state)))
    }

    /// Accepted; the next request waits until the interaction is gone.
    pub(super) fn until_gone(interaction: &Interaction) -> Self {
        Self::until_state(interaction, &[])
    }
}

// === impl Agent ===

impl Agent {
    async fn carry_out(self: &Arc<Self>, request: SwitchRequest) -> Result<Done, Refusal> {
        // Before anything is judged by what is known of a session that is none.
        self.session()?;
        if self.is_reduced {
            can_be_done_for_him(&request)?;
        }
        match request {
            SwitchRequest::SetStatus(status) => self.set_status(&status).await,
            SwitchRequest::SetStation(station) => self.set_station(&station).await,
            SwitchRequest::Answer(id) => self.answer(&id).await,
            SwitchRequest::Disconnect(id) => self.disconnect(&id).await,
            SwitchRequest::Hold(id) => self.hold(&id).await,
            SwitchRequest::Pickup(id) => self.pick_up(&id).await,
            SwitchRequest::Alternate { hold, pick_up } => self.alternate(&hold, &pick_up).await,
            SwitchRequest::Reconnect { drop, pick_up } => self.reconnect(&drop, &pick_up).await,
            SwitchRequest::Dial { destination, attached_data } => self.dial(&destination, attached_data).await,
            SwitchRequest::Consult { call, destination } => self.consult(&call, &destination).await,
            SwitchRequest::Conference { held, connected } => self.conference(&held, &connected).await,
            SwitchRequest::CompleteTransfer { call, consultation } => self.complete_transfer(&call, &consultation).await,
            SwitchRequest::BlindTransfer { call, destination } => self.blind_transfer(&call, &destination).await,
            SwitchRequest::DropParty { call, party } => self.drop_party(&call, &party).await,
            SwitchRequest::Leave(id) => self.leave(&id).await,
            SwitchRequest::Reject { interaction, status, after } => self.reject(&interaction, status.as_deref(), after).await,
            SwitchRequest::Listen { agent, call } => self.listen(agent.as_ref(), call.as_ref()).await,
            SwitchRequest::ListenEnd(id) => self.listen_end(&id).await,
            SwitchRequest::Post { chat, text } => {
                let lead = self.open_chat(&chat)?;
                self.session()?.chat_post(&lead, &text).await.map_err(|error| self.refusal(error))?;
                Ok(Done::at_once())
            }
            SwitchRequest::SetTyping { chat, on } => {
                let lead = self.open_chat(&chat)?;
                self.session()?.chat_typing(&lead, on).await.map_err(|error| self.refusal(error))?;
                Ok(Done::at_once())
            }
            SwitchRequest::SetAttachedData { interaction, data } => self.set_data(&interaction, data.as_deref()).await,
        }
    }

    /// Ends his session: the station is given back, the status stays, calls he talks on stay at the station (icws §0.1).
    async fn log_off(self: &Arc<Self>) {
        if self.over.is_cancelled() {
            return;
        }
        self.shared.forget(self);
        self.over.cancel();
        let feed = self.state().feed.take();
        self.end_session(true).await;
        // What rang goes elsewhere without him; his session hears of that no more.
        if let Some(feed) = feed {
            let rings: Vec<Interaction> = {
                let state = self.state();
                let all = state.picture.told().map(|seen| &seen.interaction);
                all.filter(|each| each.state == InteractionState::Alerting).cloned().collect()
            };
            for mut interaction in rings {
                interaction.state = InteractionState::Ended(EndCause::Rerouted);
                feed.send(SwitchEvent::Interaction(interaction));
            }
        }
        self.close(None);
    }

    /// A chat that the agent has accepted; gives back its entry.
    fn open_chat(&self, id: &crate::domain::InteractionId) -> Result<super::super::wire::Id, Refusal> {
        let seen = self.in_state(id, &[InteractionState::Connected], "an accepted chat")?;
        if seen.interaction.medium() != Medium::Chat {
            return Err(Refusal::SwitchRefused(format!("{id} is no chat")));
        }
        Ok(seen.lead)
    }

    async fn set_status(&self, status: &str) -> Result<Done, Refusal> {
        self.change_status(status).await?;
        Ok(Done::at_once())
    }

    /// Sets his status and waits for the outcome, which comes later than the answer (icws §3.2).
    pub(super) async fn change_status(&self, status: &str) -> Result<(), Refusal> {
        self.state().statuses.settable(status)?;
        let session = self.session()?;
        let by = Instant::now() + DEADLINE;
        session.set_status_and_wait(self.user.as_str(), status, by).await.map_err(|error| match error {
            super::super::IcwsError::Refused { status: 400 | 404, message, .. } => {
                Refusal::SwitchRefused(format!("status {status} cannot be set: {message}"))
            }
            other => self.refusal(other),
        })
    }
}

/// What acts on a telephone acts on that of whoever has the session.
fn can_be_done_for_him(request: &SwitchRequest) -> Result<(), Refusal> {
    let what = match request {
        SwitchRequest::Answer(_) => "answering from SAP",
        SwitchRequest::Dial { .. } => "dialling from SAP",
        SwitchRequest::Consult { .. } => "a consultation from SAP",
        SwitchRequest::Conference { .. } | SwitchRequest::CompleteTransfer { .. } => "joining calls from SAP",
        SwitchRequest::Listen { .. } | SwitchRequest::ListenEnd(_) => "listening from SAP",
        SwitchRequest::SetStation(_) => "a work centre from SAP",
        SwitchRequest::Post { .. } | SwitchRequest::SetTyping { .. } => "writing in chats from SAP",
        _ => return Ok(()),
    };
    Err(Refusal::SwitchRefused(format!("{what} needs a session of the agent's own: an administrator can set up how agents are logged in")))
}
