//! Whether a password is a user's: CIC says so by letting him log in. The session has no station, so that one that he works in goes on, and it
//! is ended at once.

use super::{Credentials, Found, IcwsError, Session, agents::Shared, wire::configuration::User};
use crate::{domain::UserId, switch::NotProven};
use secrecy::SecretString;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// For the log-in, with a server that does not answer.
const LOG_IN: Duration = Duration::from_secs(6);
/// For the log-out, which nobody waits for.
const LOG_OUT: Duration = Duration::from_secs(4);

/// Logs in and out; gives back the e-mail address.
pub(super) async fn prove(shared: &Shared, user: UserId, password: SecretString) -> Result<String, NotProven> {
    let credentials = Credentials::Password { user: user.as_str().to_owned(), password };
    let session = shared.cluster.log_in(&credentials, Instant::now() + LOG_IN).await.map_err(|error| match error {
        IcwsError::Authentication(_) => NotProven::Wrong,
        error => NotProven::Unavailable(error.to_string()),
    })?;
    let email = email(shared, &session, user.as_str()).await;
    tokio::spawn(async move {
        // A session that could not be ended ends by itself when nobody asks for its messages.
        let _ = timeout(LOG_OUT, session.log_out()).await;
    });
    email
}

/// As the service's own user knows it, who may read it of everybody; else as he may read it of himself.
async fn email(shared: &Shared, session: &Session, user: &str) -> Result<String, NotProven> {
    let name = match &session.response().user_id {
        id if id.is_empty() => user,
        id => id.as_str(),
    };
    let found = match shared.super_user.user(name) {
        Found::User(user) => *user,
        _ => session.one::<User>(name).await.map_err(|error| NotProven::Unavailable(error.to_string()))?,
    };
    Ok(found.personal_information_properties.email_address)
}
