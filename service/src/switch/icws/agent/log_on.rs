//! Logging an agent on: his session, whether he may, his seat, everything that is watched; and what follows when the connection is lost.

use super::{
    super::{IcwsError, Messages, Session, agents::Shared, refusals::refusal, statuses::Statuses},
    Agent,
    lanes::Line,
    seat,
};
use crate::{
    domain::{AgentProfile, InteractionKind, Refusal, SwitchEvent, UserId},
    switch::{AgentLine, LogOn, feed},
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// The whole log-on, so that SAP has its answer in time.
const DEADLINE: Duration = Duration::from_millis(4_500);

/// A session that ends with whoever gives up logging on.
pub(super) struct Held(pub(super) Option<Session>);

impl Drop for Held {
    fn drop(&mut self) {
        let Some(session) = self.0.take() else { return };
        // Outside a runtime there is nobody left who could.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let _ = session.log_out().await;
            });
        }
    }
}

/// Logs an agent on. A session that he has here already is taken over.
pub(in super::super) async fn log_on(shared: &Arc<Shared>, who: &LogOn) -> Result<AgentLine, Refusal> {
    let by = Instant::now() + DEADLINE;
    shared.may_log_on(&who.user).await?;
    let how = shared.log_in_of(&who.user).await.map_err(|why| shared.why_without(&who.user, why))?;
    let session = match shared.cluster.log_in(&how.credentials, by).await {
        Ok(session) => session,
        Err(IcwsError::Authentication(why)) if how.is_own => return Err(shared.why_not(&who.user, &why)),
        Err(error) => return Err(refusal(error, &who.user)),
    };
    let mut held = Held(Some(session.clone()));
    if how.is_own {
        is_he(&session, &who.user)?;
    }
    let (user, workgroups) = shared.described(&session, &who.user).await?;
    let station = if how.is_own {
        let wishes = match &who.station {
            Some(written) => seat::named(written),
            None => seat::usual(&session, &user, &who.user).await,
        };
        seat::sit(shared, &session, &who.user, &wishes).await?
    } else {
        // He sits where his own client says, or nowhere.
        shared.super_user.seat_of(who.user.as_str()).unwrap_or_default()
    };

    let (sender, feed) = feed();
    let agent = Agent::new(who.user.clone(), Arc::clone(shared), sender, !how.is_own);
    let messages = agent.watch(&session, &station).await.map_err(|error| refusal(error, &who.user))?;
    held.0 = None;
    let others = shared.remember(&agent);
    if let Some(other) = others {
        other.close(None);
        tokio::spawn(async move { other.end_session(false).await });
    }
    tokio::spawn(Arc::clone(&agent).run(messages));
    let told = agent.until(by, |state| state.is_told).await;
    if !told {
        shared.forget(&agent);
        agent.close(None);
        agent.end_session(true).await;
        return Err(Refusal::SwitchTimeout);
    }
    let texts = agent.state().statuses.texts(&session.site().language);
    let profile = AgentProfile {
        user: who.user.clone(),
        first_name: user.personal_information_properties.given_name.clone(),
        last_name: user.personal_information_properties.surname.clone(),
        extension: user.extension.to_string(),
        station,
        email: user.personal_information_properties.email_address.clone(),
        workgroups,
        texts: Arc::new(texts),
        kinds: vec![
            InteractionKind::Call,
            InteractionKind::Callback,
            InteractionKind::Chat,
            InteractionKind::Email,
            InteractionKind::GenericObject,
        ],
    };
    Ok(AgentLine { profile, requests: Arc::new(Line::start(agent)), feed })
}

/// CIC takes a user's name in any case, SAP does not (icws §1.8).
fn is_he(session: &Session, asked: &UserId) -> Result<(), Refusal> {
    let known = &session.response().user_id;
    if known.is_empty() || known == asked.as_str() {
        return Ok(());
    }
    if known.to_lowercase() == asked.as_str().to_lowercase() {
        return Err(Refusal::UserCase { asked: asked.clone(), known: known.as_str().into() });
    }
    let why = format!("the token belongs to {known}: the identity provider must give one for {asked}");
    Err(Refusal::CannotLogOn { user: asked.clone(), why })
}

impl Agent {
    /// Watches everything with a session that has its seat.
    pub(super) async fn watch(&self, session: &Session, station: &str) -> Result<Messages, IcwsError> {
        {
            let mut state = self.state();
            state.session = Some(session.clone());
            station.clone_into(&mut state.station);
            state.picture.begin_anew();
            state.statuses = Statuses::default();
            (state.is_told, state.again) = (false, None);
        }
        let messages = session.messages();
        self.subscribe(session).await?;
        Ok(messages)
    }

    /// Reads messages, and looks for a server again when the session is lost, until the agent is logged off or gone for good.
    async fn run(self: Arc<Self>, mut messages: Messages) {
        loop {
            let Some(why) = self.read(&mut messages).await else { return };
            self.state().session = None;
            if let IcwsError::LoggedOff(reason) = why {
                tracing::info!(user = %self.user, reason, "the CIC server has logged the agent off");
                break;
            }
            tracing::warn!(user = %self.user, cause = %why, "the CIC server is lost");
            match self.come_back(why).await {
                Some(Ok(found)) => messages = found,
                Some(Err(refusal)) => {
                    tracing::warn!(user = %self.user, cause = %refusal, "the agent cannot be logged on again");
                    break;
                }
                None => return,
            }
        }
        self.shared.forget(&self);
        self.close(Some(SwitchEvent::LoggedOff));
    }
}
