//! Hashes of passwords of technical users: what is kept instead of the password, and how one is compared with it.
//!
//! Argon2id with the crate's own strength (19 MiB, two rounds: OWASP's first choice), as a PHC string (`$argon2id$v=19$m=…`), which says
//! itself how it was made. One comparison costs some 20 ms of a processor: never on a thread that others wait for.

use crate::{
    secret::{
        SecretRef,
        keep::{self, Owner},
        store::SecretError,
    },
    setting_path::{SettingPath, path},
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use secrecy::{ExposeSecret, SecretString};
use std::{fmt, io, time::Duration};

/// No hash that may be used costs more memory than this, in KiB: who can write one must not be able to exhaust the service.
const MOST_MEMORY: u32 = 256 * 1024;
/// Nor more rounds.
const MOST_ROUNDS: u32 = 16;

/// A hash that can be compared with. Not the password, but not for everybody's eyes either.
#[derive(Clone)]
pub struct PasswordHash(SecretString);

/// Why a text is no usable hash; never repeats it, because it may be the password itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHash {
    /// Anything else.
    #[error("what is there is not a hash of a password; make one with `jackfield access hash`")]
    NotAHash,
    /// Another method, or parameters beyond our bounds.
    #[error("the hash was made by another method than Argon2id, or costs more than is allowed; make one with `jackfield access hash`")]
    Unusable,
}

/// Makes the hash of a password, with a salt of its own.
///
/// # Errors
/// The system has no random numbers.
pub fn hash(password: &SecretString) -> Result<SecretString, String> {
    let made: phc::PasswordHash =
        Argon2::default().hash_password(password.expose_secret().as_bytes()).map_err(|error| error.to_string())?;
    Ok(made.to_string().into())
}

/// Does this setting name the hash of a password, and not the password?
pub fn is_kept_for(setting: &SettingPath) -> bool {
    setting.is_within(&path("service.access.users"))
}

/// Keeps the hash of a password as [`keep::keep`] keeps a secret.
///
/// # Errors
/// It cannot be kept there.
pub fn keep(reference: &SecretRef, password: &SecretString, owner: Option<Owner>, deadline: Duration) -> Result<(), SecretError> {
    let hash = hash(password).map_err(|why| SecretError::Unwritable { reference: reference.clone(), error: io::Error::other(why) })?;
    keep::keep(reference, &hash, owner, deadline)
}

impl PasswordHash {
    /// Understands what [`hash`] has made.
    ///
    /// # Errors
    /// See [`BadHash`].
    pub fn parse(text: &SecretString) -> Result<Self, BadHash> {
        let text = text.expose_secret().trim();
        let parsed = phc::PasswordHash::new(text).map_err(|_| BadHash::NotAHash)?;
        let within = |name: &str, most: u32| parsed.params.get_decimal(name).is_some_and(|value| value <= most);
        let usable =
            parsed.algorithm.as_str() == "argon2id" && parsed.hash.is_some() && within("m", MOST_MEMORY) && within("t", MOST_ROUNDS);
        if usable { Ok(Self(text.to_owned().into())) } else { Err(BadHash::Unusable) }
    }

    /// Is it the hash of this password? Slow on purpose.
    pub fn is_of(&self, password: &[u8]) -> bool {
        phc::PasswordHash::new(self.0.expose_secret()).is_ok_and(|hash| Argon2::default().verify_password(password, &hash).is_ok())
    }
}

// === impl PasswordHash ===

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_fits_its_hash() {
        let made = hash(&"hünter 2".into()).unwrap();
        assert!(made.expose_secret().starts_with("$argon2id$v=19$"));
        let hash = PasswordHash::parse(&format!("{}\n", made.expose_secret()).into()).unwrap();
        assert!(hash.is_of("hünter 2".as_bytes()));
        for wrong in ["hünter 2 ", "hunter 2", ""] {
            assert!(!hash.is_of(wrong.as_bytes()), "{wrong:?}");
        }
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[test]
    fn the_same_password_has_another_hash_each_time() {
        let made = [(); 2].map(|()| hash(&"hunter2".into()).unwrap().expose_secret().to_owned());
        assert_ne!(made[0], made[1]);
    }

    #[test]
    fn what_is_no_usable_hash_is_refused_without_repeating_it() {
        let good = hash(&"x".into()).unwrap().expose_secret().to_owned();
        for (text, why) in [
            ("hunter2".to_owned(), BadHash::NotAHash),
            (String::new(), BadHash::NotAHash),
            (good.replace("argon2id", "argon2i"), BadHash::Unusable),
            (good.replace("m=19456", "m=4000000"), BadHash::Unusable),
            (good.replace("t=2", "t=1000"), BadHash::Unusable),
        ] {
            let refused = PasswordHash::parse(&text.clone().into()).map(drop);
            assert_eq!(refused, Err(why), "{text}");
            assert!(!why.to_string().contains("hunter2"));
        }
    }
}
