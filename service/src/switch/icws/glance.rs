//! One look at another agent's queue, with a session of the service's own user for just that: whose call a supervisor wants to hear who names
//! the agent and not the call. It is rare, so that nobody's queue need be kept for it.

use super::{
    IcwsError, Session,
    agents::Shared,
    interaction::{self, Stage},
    policy::Policy,
    queue::Queue,
    refusals::refusal,
    super_user::Found,
    wire::{
        message::Message,
        queues::{QueueId, QueueType},
        subscription::Subscription,
    },
};
use crate::domain::{InteractionKind, InteractionState, Refusal, UserId};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The whole look.
const PATIENCE: Duration = Duration::from_secs(3);

impl Shared {
    /// The call that this agent talks on.
    ///
    /// # Errors
    /// There is no such agent, he talks to nobody, or his queue may not be seen.
    pub(super) async fn talks_on(&self, agent: &UserId) -> Result<String, Refusal> {
        match self.super_user.user(agent.as_str()) {
            Found::Nobody => return Err(Refusal::UnknownUser(agent.clone())),
            Found::OtherCase(known) => return Err(Refusal::UserCase { asked: agent.clone(), known }),
            Found::User(_) | Found::Unknown => {}
        }
        let by = Instant::now() + PATIENCE;
        let session = self.log_in_as_super_user(by).await?;
        let looked = timeout_at(by, look(&session, agent, &self.policy())).await.unwrap_or(Err(IcwsError::Timeout));
        // It ends by itself as well.
        let _ = session.log_out().await;
        let found = looked.map_err(|error| refusal(error, agent))?;
        found.ok_or_else(|| Refusal::SwitchRefused(format!("{agent} is not talking to anybody")))
    }
}

async fn look(session: &Session, agent: &UserId, policy: &Policy) -> Result<Option<String>, IcwsError> {
    let mut messages = session.messages();
    let queues = vec![QueueId::new(QueueType::User, agent.as_str())];
    let attributes = interaction::READ.map(str::to_owned).to_vec();
    session.subscribe(&Subscription::Queues { id: "glance".into(), queues, attributes }).await?;
    let mut queue = Queue::default();
    loop {
        match messages.next().await? {
            Message::Queue(contents) => {
                queue.apply(contents, Instant::now());
            }
            Message::QueueState(state) => {
                if let Some(fault) = state.error {
                    return Err(IcwsError::Refused { status: 403, id: fault.error_id, code: fault.error_code, message: fault.message });
                }
            }
            _ => {}
        }
        if queue.is_complete() {
            let talks = queue.entries().iter().find(|(_, entry)| {
                entry.parent.is_none()
                    && interaction::stage(&entry.attributes) == Stage::Live(InteractionState::Connected)
                    && interaction::kind(&entry.attributes, policy) == InteractionKind::Call
            });
            return Ok(talks.map(|(id, _)| id.to_string()));
        }
    }
}
