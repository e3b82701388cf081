//! With what a user logs in at CIC (icws §1.3). Nothing here can be printed or written into a file.

use super::wire::connection::LogIn;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fmt;

/// Proof of who one is.
#[derive(Clone)]
pub enum Credentials {
    /// An Interaction Center user and his password.
    Password {
        /// His name, as CIC has it.
        user: String,
        /// His password.
        password: SecretString,
    },
    /// A token of an identity provider that CIC trusts.
    SsoToken {
        /// For messages only: the token itself says whose it is.
        user: String,
        /// The token.
        token: SecretString,
    },
}

// === impl Credentials ===

impl Credentials {
    /// Whose they are.
    pub fn user(&self) -> &str {
        match self {
            Self::Password { user, .. } | Self::SsoToken { user, .. } => user,
        }
    }

    /// The body of the log-in. The only place where a secret leaves its hull, on its way into the request.
    pub(super) fn body(&self, application: &str) -> Result<Value, serde_json::Error> {
        serde_json::to_value(match self {
            Self::Password { user, password } => {
                LogIn::IcAuth { application_name: application, user_id: user, password: password.expose_secret() }
            }
            Self::SsoToken { token, .. } => {
                LogIn::SingleSignOnToken { application_name: application, single_sign_on_token: token.expose_secret() }
            }
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials of {}", self.user())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_print_whose_they_are_and_nothing_else() {
        let password = Credentials::Password { user: "agent1".to_owned(), password: "opensesame".into() };
        let token = Credentials::SsoToken { user: "agent1".to_owned(), token: "opensesame".into() };
        for credentials in [password, token] {
            assert_eq!(format!("{credentials:?}"), "Credentials of agent1");
            assert!(credentials.body("x").unwrap().to_string().contains("opensesame"));
        }
    }
}
