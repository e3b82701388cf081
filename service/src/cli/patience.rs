//! What may wait for long, for a file system or a key store, is waited for up to a deadline, and never on the runtime's own threads.

use secrecy::SecretString;
use shared::secret::{SecretRef, store};
use std::time::Duration;

/// A key store may ask a person to unlock it first.
const UNLOCK: Duration = Duration::from_mins(1);

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// It did not come in time.
    Overdue,
    /// What was to answer has a fault.
    Fault(String),
}

/// Runs `work` on a thread of its own, and waits no longer than `deadline` for it.
///
/// # Errors
/// What held it up. The thread is left behind when it is late.
pub(super) async fn on_time<T: Send + 'static>(deadline: Duration, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Late> {
    match tokio::time::timeout(deadline, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Late::Fault(error.to_string())),
        Err(_) => Err(Late::Overdue),
    }
}

/// The token that `--admin-token` names, where it names one.
///
/// # Errors
/// Why it cannot be had, in words.
pub(super) async fn admin_token(reference: Option<SecretRef>) -> Result<Option<SecretString>, String> {
    secret("--admin-token", reference).await
}

/// The secret that an option names, where it names one.
///
/// # Errors
/// Why it cannot be had, in words.
pub(super) async fn secret(option: &str, reference: Option<SecretRef>) -> Result<Option<SecretString>, String> {
    let Some(reference) = reference else { return Ok(None) };
    let name = reference.to_string();
    let secret = on_time(UNLOCK, move || store::resolve(&reference)).await;
    match secret {
        Ok(Ok(secret)) => Ok(Some(secret)),
        Ok(Err(error)) => Err(format!("{option}: {error}")),
        Err(Late::Overdue) => Err(format!("{option} {name}: no answer within {UNLOCK:?}")),
        Err(Late::Fault(why)) => Err(format!("{option} {name}: a fault of Jackfield's own: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_never_ends_is_left_after_its_deadline() {
        let (never, waits) = std::sync::mpsc::channel::<()>();
        let outcome = on_time(Duration::from_millis(20), move || waits.recv().is_ok()).await;
        assert_eq!(outcome, Err(Late::Overdue));
        drop(never);
    }

    #[tokio::test]
    async fn a_token_that_is_not_there_is_named_with_its_option() {
        assert!(admin_token(None).await.unwrap().is_none());
        let nowhere: SecretRef = "file:/nowhere/at/all".parse().unwrap();
        assert!(admin_token(Some(nowhere)).await.unwrap_err().starts_with("--admin-token: "));
    }
}
