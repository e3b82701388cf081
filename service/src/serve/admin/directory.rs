//! `/directory` as JSON: the names that can be picked in the wizard. A switch is asked at most every few seconds, whoever asks us.

use crate::{
    agents::{Agents, Names},
    domain::Refusal,
};
use serde::Serialize;
use std::time::Duration;
use tokio::{sync::Mutex, time::Instant};

/// How long the switch's last answer is good for.
const FRESH: Duration = Duration::from_secs(5);
/// More names of a kind are of no use to somebody who picks one.
const MOST: usize = 10_000;

/// Asks the switch, and keeps its last answer.
#[derive(Default)]
pub(super) struct Directory(Mutex<Option<(Instant, Names)>>);

#[derive(Serialize)]
struct Listed<'a> {
    version: &'static str,
    statuses: &'a [String],
    workgroups: &'a [String],
    users: &'a [String],
    stations: &'a [String],
    /// Is something left out?
    cut: bool,
}

impl Directory {
    /// The names as JSON.
    ///
    /// # Errors
    /// The switch does not answer.
    pub(super) async fn json(&self, agents: &Agents) -> Result<Vec<u8>, Refusal> {
        // Held while the switch is asked: whoever comes meanwhile gets the same answer.
        let mut kept = self.0.lock().await;
        if kept.as_ref().is_none_or(|(at, _)| at.elapsed() > FRESH) {
            *kept = Some((Instant::now(), agents.names().await?));
        }
        Ok(kept.as_ref().map(|(_, names)| listed(names)).unwrap_or_default())
    }
}

fn listed(names: &Names) -> Vec<u8> {
    let lists = [&names.statuses, &names.workgroups, &names.users, &names.stations];
    let cut = lists.iter().any(|list| list.len() > MOST);
    let [statuses, workgroups, users, stations] = lists.map(|list| &list[..list.len().min(MOST)]);
    // Texts and lists can always be written as JSON.
    serde_json::to_vec(&Listed { version: env!("CARGO_PKG_VERSION"), statuses, workgroups, users, stations, cut }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_without_end_is_cut_and_says_so() {
        let users = (0..=MOST).map(|number| number.to_string()).collect();
        let json: serde_json::Value = serde_json::from_slice(&listed(&Names { users, ..Names::default() })).unwrap();
        assert_eq!((json["users"].as_array().map(Vec::len), &json["cut"]), (Some(MOST), &true.into()));
    }
}
