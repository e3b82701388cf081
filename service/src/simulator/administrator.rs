//! An administrator at the listener of a service that runs.

use super::sap::http::{Answer, Client, Url, Version};
use secrecy::{ExposeSecret, SecretString};
use std::{io, time::Duration};

const DEADLINE: Duration = Duration::from_secs(5);

/// Whoever asks one service, with its token.
pub struct Administrator {
    client: Client,
    token: Option<SecretString>,
    url: String,
}

// === impl Administrator ===

impl Administrator {
    /// For the service whose listener for administrators is here: `http://host:port` or `host:port`.
    ///
    /// # Errors
    /// What is wrong with the address, in words.
    pub fn new(admin: &str, token: Option<SecretString>) -> Result<Self, &'static str> {
        let url = if admin.contains("://") { admin.to_owned() } else { format!("http://{admin}") };
        let client = Client::new(Url::parse(&url)?, Version::Http10, DEADLINE);
        Ok(Self { client, token, url })
    }

    /// The service's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks, with these further header lines, each ended by CR LF.
    ///
    /// # Errors
    /// Why there is no good answer, and what to do.
    pub async fn ask(&self, method: &str, path: &str, fields: &str, body: &str) -> Result<Answer, String> {
        let token = self.token.as_ref().map(|token| format!("Authorization: Bearer {}\r\n", token.expose_secret())).unwrap_or_default();
        let answer = self.client.send(method, path, &format!("{token}{fields}"), body).await.map_err(|error| self.failed(&error))?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let said = String::from_utf8_lossy(&answer.body);
        let said = said.trim();
        Err(if said.is_empty() || said.starts_with('<') {
            format!("{} answers with HTTP status {}", self.url, answer.status)
        } else {
            said.to_owned()
        })
    }

    fn failed(&self, error: &io::Error) -> String {
        let url = &self.url;
        match error.kind() {
            io::ErrorKind::TimedOut => format!("no answer from {url} within {DEADLINE:?}"),
            io::ErrorKind::InvalidData => format!("what answers at {url} is no Jackfield: {error}"),
            _ => format!("{url} cannot be reached: {error}; name the service's listener for administrators with --admin"),
        }
    }
}
