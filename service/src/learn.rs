//! Learns from recorded traffic how SAP's interface looks at a site: compares it with the profile, and proposes another one with its reasons.
//!
//! `traffic` finds out what values mean, `story` what happens to items, `operations`, `records` and `codes` what is what; `propose` writes it
//! down. Names are only one clue: an operation is also known by what it carries, what it is answered with and what it does. What nobody but
//! Jackfield has written is no evidence of what SAP expects.

mod codes;
mod operations;
mod propose;
mod records;
pub mod report;
mod story;
#[cfg(test)]
mod tests;
mod traffic;
mod words;

pub use report::{Check, Proposal, Report, Sure};

use crate::{
    capture::{Capture, Way},
    ici::Codec,
};
use propose::Proposer;
use records::Records;
use shared::profile::{Profile, edit::Editor};
use std::{collections::BTreeSet, sync::Arc};
use story::Story;
use traffic::Traffic;

/// What was learnt.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// The proposed profile, complete and checked.
    pub profile: String,
    /// What it is based on.
    pub report: Report,
}

/// Why nothing is proposed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nothing {
    /// There is nothing to learn from.
    #[error("the capture holds no SOAP message{0}")]
    Empty(String),
    /// The profile that was given cannot be read.
    #[error("the profile is refused:\n  {}", .0.join("\n  "))]
    Profile(Vec<String>),
    /// What was learnt contradicts itself.
    #[error("what was learnt makes no profile:\n  {}\nSend the capture to whoever looks after Jackfield.", .0.join("\n  "))]
    Contradiction(Vec<String>),
}

/// Reasons that are listed for commands that are not understood.
const REASONS: usize = 20;

/// Compares traffic with a profile, given by its text; `name` is what the proposed one is called.
///
/// # Errors
/// See [`Nothing`].
pub fn learn(capture: &Capture, profile: &str, name: &str) -> Result<Learnt, Nothing> {
    let current = Profile::parse(profile).map_err(Nothing::Profile)?;
    let traffic = Traffic::new(&capture.messages);
    if traffic.exchanges.is_empty() {
        let why = traffic.unreadable.first().map(|why| format!(": {why}")).unwrap_or_default();
        return Err(Nothing::Empty(why));
    }
    let story = Story::new(&traffic);
    let recognised = operations::recognise(&traffic, &story, &current);
    let records = Records::new(&traffic, &story, &current, &recognised);
    let codes = codes::recognise(&traffic, &story, &recognised, &records);
    let mut report = Report { capture: figures(capture, &traffic), remarks: capture.remarks.clone(), ..Report::default() };
    let mut editor = Editor::new(profile).map_err(|why| Nothing::Profile(vec![why]))?;
    Proposer { traffic: &traffic, profile: &current, recognised: &recognised, records: &records, codes: &codes }
        .write(&mut editor, &mut report);
    editor.name(name);
    let text = editor.text();
    let proposed = Profile::parse(&text).map_err(Nothing::Contradiction)?;
    report.refused_by_sap = refused_by_sap(&traffic);
    report.check = check(capture, &traffic, current, proposed);
    report.proposed.sort_by_key(|row| std::cmp::Reverse(row.sure));
    Ok(Learnt { profile: text, report })
}

fn figures(capture: &Capture, traffic: &Traffic) -> report::Figures {
    let count = |way: Way| traffic.exchanges.iter().filter(|exchange| exchange.way == way).count();
    report::Figures {
        messages: traffic.exchanges.len(),
        commands: count(Way::FromSap),
        events: count(Way::ToSap),
        foreign: traffic
            .exchanges
            .iter()
            .filter(|exchange| !exchange.ours && (exchange.way == Way::ToSap || exchange.answer.is_some()))
            .count(),
        unreadable: traffic.unreadable.len(),
        lost: capture.lost,
        agents: traffic.facts.users.iter().cloned().collect(),
    }
}

fn refused_by_sap(traffic: &Traffic) -> Vec<String> {
    let faults = traffic.exchanges.iter().filter(|exchange| exchange.way == Way::ToSap);
    let faults: BTreeSet<String> =
        faults.filter_map(|exchange| exchange.fault.as_ref().map(|fault| format!("{}: {fault}", exchange.call.name))).collect();
    faults.into_iter().collect()
}

/// Lets both profiles read every command of the capture.
fn check(capture: &Capture, traffic: &Traffic, current: Profile, proposed: Profile) -> Check {
    let ways: Vec<Way> = traffic.exchanges.iter().map(|exchange| exchange.way).collect();
    let readable =
        capture.messages.iter().filter(|message| crate::capture::tree::read(&message.body).is_ok_and(|envelope| envelope.call.is_some()));
    let commands: Vec<_> = readable.zip(ways).filter(|(_, way)| *way == Way::FromSap).map(|(message, _)| message).collect();
    let (now, then) = (Codec::new(Arc::new(current)), Codec::new(Arc::new(proposed)));
    let mut check = Check { commands: commands.len(), ..Check::default() };
    let mut still = BTreeSet::new();
    for message in commands {
        let reads = |codec: &Codec| codec.decode(message.body.as_bytes(), message.action.as_deref(), None);
        check.understood_now += usize::from(reads(&now).is_ok());
        match reads(&then) {
            Ok(_) => check.understood_then += 1,
            Err(fault) => {
                let told = crate::capture::tree::read(&String::from_utf8_lossy(&fault.body)).ok();
                still.extend(told.and_then(|envelope| envelope.fault().map(str::to_owned)));
            }
        }
    }
    check.still = still.into_iter().take(REASONS).collect();
    check
}
