//! Statuses and activations (icws §3).

use super::{Session, failed};
use crate::switch::icws::{
    IcwsError,
    path::segment,
    wire::{
        Id,
        status::{Activations, NewStatus, Request, StatusAccess, StatusMessage, StatusMessageList, UserStatus},
    },
};
use hyper::Method;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::{Instant, timeout_at};

/// How long the outcome of a status change is waited for (icws §3.2).
const STATUS_OUTCOME: Duration = Duration::from_secs(5);

impl Session {
    /// All statuses of the site, with their texts in the session's language.
    pub async fn status_messages(&self) -> Result<Vec<StatusMessage>, IcwsError> {
        let list: StatusMessageList = self.perhaps(Method::GET, "/status/status-messages", None).await?;
        Ok(list.status_message_list)
    }

    /// The statuses that this user may set.
    pub async fn status_access(&self, user: &str) -> Result<StatusAccess, IcwsError> {
        self.perhaps(Method::GET, &format!("/status/status-messages-user-access/{}", segment(user)), None).await
    }

    /// What a user does.
    pub async fn user_status(&self, user: &str) -> Result<UserStatus, IcwsError> {
        self.perhaps(Method::GET, &format!("/status/user-statuses/{}", segment(user)), None).await
    }

    /// Asks for a status; the outcome comes as [`super::super::wire::message::Message::AsyncCompleted`] with the id that is given back.
    pub async fn set_status(&self, user: &str, status: &str) -> Result<Option<Id>, IcwsError> {
        let body = json!(NewStatus { status_id: status });
        let request: Request = self.perhaps(Method::PUT, &format!("/status/user-statuses/{}", segment(user)), Some(body)).await?;
        Ok(request.request_id)
    }

    /// Asks for a status and waits until it is set or refused: until `by` at most, and never longer than 5 s. That the user is
    /// shown in it counts as well as the outcome itself. Needs the reader of [`Session::messages`] to be at work.
    pub async fn set_status_and_wait(&self, user: &str, status: &str, by: Instant) -> Result<(), IcwsError> {
        let shown = self.outcomes().expect_status(user, status);
        let by = by.min(Instant::now() + STATUS_OUTCOME);
        let work = async {
            let Some(request) = self.set_status(user, status).await? else {
                // A server that names no request has nothing to tell later either.
                return Ok(());
            };
            let outcome = self.outcomes().expect_request(request);
            let outcome = tokio::select! {
                outcome = outcome.wait() => outcome,
                outcome = shown.wait() => outcome,
                why = self.ended() => return Err(why),
            };
            outcome.map_or(Ok(()), |fault| Err(failed(fault)))
        };
        timeout_at(by, work).await.unwrap_or(Err(IcwsError::Timeout))
    }

    /// In which workgroups a user takes part.
    pub async fn activations(&self, user: &str) -> Result<Activations, IcwsError> {
        self.perhaps(Method::GET, &format!("/activations/users/{}", segment(user)), None).await
    }

    /// Lets a user take part in workgroups, or not; answers what holds then.
    pub async fn set_activations(&self, user: &str, activations: &BTreeMap<String, bool>) -> Result<Activations, IcwsError> {
        let body = json!({ "activations": activations });
        self.perhaps(Method::PUT, &format!("/activations/users/{}", segment(user)), Some(body)).await
    }
}
