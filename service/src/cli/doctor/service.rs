//! What a service that runs tells of an agent, at its listener for administrators.

use super::{person::Told, sentences as say};
use crate::{
    cli::{patience, report::Detail},
    simulator::administrator::Administrator,
};
use jiff::Timestamp;
use serde::Deserialize;
use shared::{config::Config, secret::SecretRef};

/// A part of `/status`.
#[derive(Debug, Deserialize)]
pub(super) struct Running {
    pub(super) agents: Vec<Agent>,
    #[serde(rename = "events", default)]
    pub(super) refusals: Vec<Happening>,
}

/// An agent who is logged on.
#[derive(Debug, Deserialize)]
pub(super) struct Agent {
    pub(super) user: String,
    pub(super) since: i64,
    pub(super) ghost: Option<String>,
}

/// Something that the service has logged.
#[derive(Debug, Deserialize)]
pub(super) struct Happening {
    text: String,
}

/// Asks the service of this configuration, or the one that is named.
///
/// # Errors
/// In words, why it does not answer.
pub(super) async fn ask(config: &Config, admin: Option<&str>, token: Option<SecretRef>) -> Told<Running> {
    let address = admin.map_or_else(|| config.admin.listen.to_string(), str::to_owned);
    let token = patience::admin_token(token.or_else(|| config.admin.token.clone())).await?;
    let administrator = Administrator::new(&address, token).map_err(str::to_owned)?;
    let answer = administrator.ask("GET", "/status", "", "").await?;
    serde_json::from_slice(&answer.body).map_err(|_| format!("what answers at {address} is no Jackfield of this version"))
}

/// What it means for this agent.
pub(super) fn judged(asked: &str, running: &Told<Running>) -> Detail {
    let running = match running {
        Ok(running) => running,
        Err(why) => return Detail::with("", say::SERVICE_SILENT, [("why", why.clone())]),
    };
    if let Some(agent) = running.agents.iter().find(|agent| agent.user == asked) {
        let since = Timestamp::from_second(agent.since).map_or_else(|_| "?".to_owned(), |since| since.to_string());
        let sentence = if agent.ghost.is_some() { say::SERVICE_HAS_GHOST } else { say::SERVICE_HAS };
        return Detail::with(asked, sentence, [("since", since)]);
    }
    match running.refusals.iter().rev().find(|happening| happening.is_refusal_of(asked)) {
        Some(refusal) => Detail::with(asked, say::SERVICE_REFUSED, [("why", refusal.text.clone())]),
        None => Detail::new(asked, say::SERVICE_HAS_NOT),
    }
}

// === impl Happening ===

impl Happening {
    /// As the log writes it: the text, and fields in brackets.
    fn is_refusal_of(&self, user: &str) -> bool {
        let fields = self.text.strip_prefix("log-on refused (").and_then(|fields| fields.strip_prefix("user "));
        fields.and_then(|fields| fields.strip_prefix(user)).is_some_and(|rest| rest.starts_with([',', ')']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(text: &str) -> Running {
        let json = format!(
            r#"{{"version":"1","agents":[{{"user":"ANNA","since":0,"ghost":null}},{{"user":"BERT","since":0,"ghost":"silent"}}],"events":[{{"at":1,"text":"{text}"}}]}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn whoever_is_on_whoever_is_a_ghost_and_whoever_was_refused_is_told() {
        let told = |asked: &str| judged(asked, &Ok(running("log-on refused (user CARLA, cause there is no user CARLA)")));
        assert_eq!((told("ANNA").id.as_str(), told("ANNA").values["since"].as_str()), ("doctor-service-has", "1970-01-01T00:00:00Z"));
        assert_eq!(told("BERT").id, "doctor-service-has-ghost");
        assert_eq!(told("CARLA").id, "doctor-service-refused");
        assert_eq!(told("CARL").id, "doctor-service-has-not");
        assert_eq!(judged("ANNA", &Err("nobody".into())).id, "doctor-service-silent");
    }
}
