//! With what agents and the super user are logged on at a CIC server: passwords from where the file says, tokens from whom it names. Asked for
//! anew at each log-on, so that a new password needs no restart.

mod token;

use crate::{
    domain::UserId,
    sld,
    switch::{
        BoxFuture,
        icws::{Credentials, Proof, SecretProvider},
    },
};
use secrecy::SecretString;
use shared::{
    config::{Agents, SsoToken},
    secret::{SecretRef, store},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{sync::watch, time::Instant};

/// Each agent's stored password.
pub(super) fn passwords(settings: watch::Receiver<Arc<Agents>>) -> Arc<dyn SecretProvider> {
    Arc::new(Passwords(settings))
}

/// A token for each agent.
pub(super) fn tokens(settings: watch::Receiver<Arc<Agents>>) -> Arc<dyn SecretProvider> {
    Arc::new(Tokens { settings, kept: Arc::default() })
}

/// The password of the service's own user.
pub(super) fn super_user(user: Option<String>, password: Option<SecretRef>) -> Proof {
    Arc::new(move || {
        let known = user.clone().zip(password.clone());
        Box::pin(async move {
            // The check lets no file pass without them.
            let (user, reference) = known.ok_or("the file names no user or no password")?;
            Ok(Credentials::Password { user, password: resolve(reference).await? })
        })
    })
}

/// A password that is asked for at each use.
pub(super) fn password(reference: SecretRef) -> sld::Password {
    Arc::new(move || Box::pin(resolve(reference.clone())))
}

struct Passwords(watch::Receiver<Arc<Agents>>);

struct Tokens {
    settings: watch::Receiver<Arc<Agents>>,
    kept: Arc<Mutex<HashMap<UserId, Kept>>>,
}

/// A token, and by what settings and when it was given.
struct Kept {
    token: SecretString,
    given: Instant,
    by: SsoToken,
}

// === impl Passwords ===

impl SecretProvider for Passwords {
    fn secret(&self, user: &UserId) -> BoxFuture<Result<SecretString, String>> {
        let reference = self.0.borrow().stored_password.secrets.of(user.as_str());
        Box::pin(resolve(reference))
    }
}

// === impl Tokens ===

impl SecretProvider for Tokens {
    fn secret(&self, user: &UserId) -> BoxFuture<Result<SecretString, String>> {
        let (by, user, kept) = (self.settings.borrow().sso_token.clone(), user.clone(), Arc::clone(&self.kept));
        Box::pin(async move {
            if let Some(token) = lock(&kept).get(&user).filter(|kept| kept.is_good(&by)) {
                return Ok(token.token.clone());
            }
            let token = token::fetch(&by, user.as_str()).await?;
            let mut kept = lock(&kept);
            kept.retain(|_, kept| kept.is_good(&by));
            if !by.keep.is_zero() {
                kept.insert(user, Kept { token: token.clone(), given: Instant::now(), by });
            }
            Ok(token)
        })
    }
}

impl Kept {
    fn is_good(&self, settings: &SsoToken) -> bool {
        self.by == *settings && self.given.elapsed() < settings.keep
    }
}

fn lock(kept: &Mutex<HashMap<UserId, Kept>>) -> std::sync::MutexGuard<'_, HashMap<UserId, Kept>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Files and key stores may keep us waiting; no async thread waits for them.
async fn resolve(reference: SecretRef) -> Result<SecretString, String> {
    match tokio::task::spawn_blocking(move || store::resolve(&reference)).await {
        Ok(found) => found.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use shared::secret::SecretPattern;
    use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

    fn settings(change: impl FnOnce(&mut Agents)) -> (watch::Sender<Arc<Agents>>, watch::Receiver<Arc<Agents>>) {
        let mut settings = Agents::default();
        change(&mut settings);
        watch::channel(Arc::new(settings))
    }

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    async fn secret(provider: &Arc<dyn SecretProvider>, user: &str) -> Result<String, String> {
        provider.secret(&user.into()).await.map(|secret| secret.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn a_new_password_counts_at_the_next_log_on() {
        let folder = tempfile::tempdir().unwrap();
        let (_sender, receiver) =
            settings(|agents| agents.stored_password.secrets = SecretPattern::in_folder(&folder.path().display().to_string()));
        let passwords = passwords(receiver);
        assert!(secret(&passwords, "ANNA").await.unwrap_err().contains("is not there"));
        for password in ["hunter2", "hunter3"] {
            write(&folder.path().join("ANNA"), password, 0o600);
            assert_eq!(secret(&passwords, "ANNA").await.as_deref(), Ok(password));
        }
        write(&folder.path().join("ANNA"), "hunter4", 0o644);
        let why = secret(&passwords, "ANNA").await.unwrap_err();
        assert!(why.contains("can be read by others") && !why.contains("hunter"), "{why}");
    }

    #[tokio::test]
    async fn a_token_is_asked_for_each_time_unless_it_may_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("token");
        let count = folder.path().join("count");
        write(&program, &format!("#!/bin/sh\necho x >> {}\necho \"token-of-$1\"\n", count.display()), 0o700);
        let asked = || fs::read_to_string(&count).unwrap().lines().count();
        let command = vec![program.display().to_string(), "{user}".to_owned()];
        let (sender, receiver) = settings(|agents| agents.sso_token.command.clone_from(&command));
        let tokens = tokens(receiver);
        for expected in 1..3 {
            assert_eq!(secret(&tokens, "ANNA;x").await.as_deref(), Ok("token-of-ANNA;x"));
            assert_eq!(asked(), expected);
        }
        sender.send_modify(|agents| Arc::make_mut(agents).sso_token.keep = Duration::from_mins(1));
        for _ in 0..3 {
            secret(&tokens, "ANNA").await.unwrap();
        }
        assert_eq!(asked(), 3, "kept for as long as the file says");
    }
}
