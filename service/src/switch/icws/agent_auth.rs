//! Who logs an agent in (icws §10.1). SAP sends only his name, and ICWS has no log-in of one user for another, so that a site has to choose:
//! his password from a store, a token of an identity provider, or nobody's (then the service's own user acts for him, with less).

use super::credentials::Credentials;
use crate::{domain::UserId, switch::BoxFuture};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// As long as a secret may be looked for: a store may ask a service of the system, a provider another machine.
const PATIENCE: Duration = Duration::from_secs(3);

/// With what an agent is logged in.
#[derive(Clone, Debug)]
pub enum AgentLogIn {
    /// A session of his own.
    Own(Credentials),
    /// No session of his own: the service's user acts on his queue. He cannot answer, dial or consult (icws §10.1, C).
    SuperUser,
}

/// Finds out with what an agent is logged in; asked at every log-in, also after a switchover, since tokens expire and passwords change.
pub trait AgentAuth: Send + Sync + 'static {
    /// For this agent, with a deadline of its own.
    ///
    /// # Errors
    /// In words, why he cannot be logged in and what to do about it.
    fn log_in(&self, user: &UserId) -> BoxFuture<Result<AgentLogIn, String>>;
}

/// Where secrets come from; `app` knows.
pub trait SecretProvider: Send + Sync + 'static {
    /// This agent's secret.
    ///
    /// # Errors
    /// In words, why there is none and what to do about it.
    fn secret(&self, user: &UserId) -> BoxFuture<Result<SecretString, String>>;
}

/// Each agent's password, from a store.
pub struct Password(pub Arc<dyn SecretProvider>);

/// A token for each agent, from an identity provider that CIC trusts.
pub struct SsoToken(pub Arc<dyn SecretProvider>);

/// No session for agents.
pub struct SuperUserOnly;

impl AgentAuth for Password {
    fn log_in(&self, user: &UserId) -> BoxFuture<Result<AgentLogIn, String>> {
        let (user, found) = (user.to_string(), in_time(self.0.secret(user)));
        Box::pin(async move { Ok(AgentLogIn::Own(Credentials::Password { password: found.await?, user })) })
    }
}

impl AgentAuth for SsoToken {
    fn log_in(&self, user: &UserId) -> BoxFuture<Result<AgentLogIn, String>> {
        let (user, found) = (user.to_string(), in_time(self.0.secret(user)));
        Box::pin(async move { Ok(AgentLogIn::Own(Credentials::SsoToken { token: found.await?, user })) })
    }
}

impl AgentAuth for SuperUserOnly {
    fn log_in(&self, _user: &UserId) -> BoxFuture<Result<AgentLogIn, String>> {
        Box::pin(async { Ok(AgentLogIn::SuperUser) })
    }
}

async fn in_time(secret: BoxFuture<Result<SecretString, String>>) -> Result<SecretString, String> {
    let late =
        || format!("his secret was not found within {} s: see whether the store or the identity provider answers", PATIENCE.as_secs());
    timeout(PATIENCE, secret).await.unwrap_or_else(|_| Err(late()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Store(Option<&'static str>);

    impl SecretProvider for Store {
        fn secret(&self, _user: &UserId) -> BoxFuture<Result<SecretString, String>> {
            match self.0 {
                Some(secret) => Box::pin(async move { Ok(secret.into()) }),
                None => Box::pin(std::future::pending()),
            }
        }
    }

    #[tokio::test]
    async fn each_kind_gives_what_it_says() {
        let store = || Arc::new(Store(Some("geheim")));
        let password = Password(store()).log_in(&"anna".into()).await;
        assert!(matches!(password, Ok(AgentLogIn::Own(Credentials::Password { user, .. })) if user == "anna"));
        let token = SsoToken(store()).log_in(&"anna".into()).await;
        assert!(matches!(token, Ok(AgentLogIn::Own(Credentials::SsoToken { .. }))));
        assert!(matches!(SuperUserOnly.log_in(&"anna".into()).await, Ok(AgentLogIn::SuperUser)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_never_answers_is_given_up_in_words() {
        let why = Password(Arc::new(Store(None))).log_in(&"anna".into()).await.err();
        assert!(why.is_some_and(|why| why.contains("within 3 s")));
    }
}
