//! Judges a draft: every finding at once, and the complete configuration when none of them is an error. Service and wizard use the same
//! check, so that the wizard cannot write a file that the service would refuse.
//!
//! `structure` judges keys, kinds and ranges by the definition, `format` the form of texts; the other files judge what settings mean
//! together.

mod agents;
mod built_in;
mod conduit;
mod events;
mod format;
mod genesys_cloud;
mod layout;
mod listeners;
mod log_in;
mod outward;
mod sld;
mod sso;
mod structure;
mod switch;

use crate::{
    config::{Config, duration},
    draft::Draft,
    finding::{Finding, Severity},
    setting_path::SettingPath,
};
pub(crate) use format::is_host;
use serde::Deserialize;
use std::{collections::HashSet, hash::Hash, time::Duration};

/// More findings than a person can read; the rest is left out.
const MOST_FINDINGS: usize = 500;

/// A configuration that may be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The configuration.
    pub config: Config,
    /// What is doubtful, in the file's order.
    pub warnings: Vec<Finding>,
}

/// Judges a file's text.
///
/// # Errors
/// Every finding, errors and warnings, in the file's order.
pub fn check_text(text: &str) -> Result<Checked, Vec<Finding>> {
    check(&Draft::parse(text)?)
}

/// Judges a draft.
///
/// # Errors
/// Every finding, errors and warnings, in the file's order.
pub fn check(draft: &Draft) -> Result<Checked, Vec<Finding>> {
    let (config, findings) = judge(draft);
    if findings.iter().any(Finding::is_error) { Err(findings) } else { Ok(Checked { config, warnings: findings }) }
}

/// What a draft means, as far as it can be told, and every finding.
fn judge(draft: &Draft) -> (Config, Vec<Finding>) {
    if let Some(newer) = layout::newer(draft) {
        return (Config::built_in(), vec![newer]);
    }
    let (mut findings, clean) = structure::examine(draft);
    let config = match Config::deserialize(clean) {
        Ok(mut config) => {
            built_in::complete(&mut config, draft);
            findings.extend(meaning(&config, draft, &findings));
            config
        }
        Err(error) => {
            let text = format!("the file cannot be taken: {}", error.message().lines().next().unwrap_or_default());
            findings.push(Finding::error(SettingPath::default(), "unreadable", text, "Compare it with `jackfield reference config`"));
            Config::built_in()
        }
    };
    findings.sort_by(|a, b| (a.place, a.severity, &a.path).cmp(&(b.place, b.severity, &b.path)));
    if findings.len() > MOST_FINDINGS {
        findings.sort_by_key(|finding| finding.severity);
        findings.truncate(MOST_FINDINGS);
    }
    (config, findings)
}

/// Keys, kinds, ranges and formats alone, without a look at what settings mean together: what another program may be shown.
pub(crate) fn structure(draft: &Draft) -> Vec<Finding> {
    structure::examine(draft).0
}

/// What settings mean together. A setting that is wrong in itself has been left out of `config`, so nothing more is said about it.
fn meaning(config: &Config, draft: &Draft, wrong: &[Finding]) -> Vec<Finding> {
    let mut sheet = Sheet::default();
    listeners::judge(config, &mut sheet);
    switch::judge(config, draft, &mut sheet);
    agents::judge(config, &mut sheet);
    log_in::judge(config, &mut sheet);
    outward::judge(config, &mut sheet);
    sld::judge(config, &mut sheet);
    genesys_cloud::judge(config, &mut sheet);
    conduit::judge(config, &mut sheet);
    events::judge(config, &mut sheet);
    sso::judge(config, &mut sheet);
    let mut findings = sheet.findings;
    findings.retain(|finding| !wrong.iter().any(|wrong| wrong.path.is_within(&finding.path) || finding.path.is_within(&wrong.path)));
    let refused: HashSet<SettingPath> = findings.iter().filter(|finding| finding.is_error()).map(|finding| finding.path.clone()).collect();
    let mut said = HashSet::new();
    // One error for a setting is enough, and what else is doubtful about it does not matter then.
    findings.retain(|finding| !refused.contains(&finding.path) || (finding.is_error() && said.insert(finding.path.clone())));
    for finding in &mut findings {
        finding.place = draft.place(&finding.path);
    }
    findings
}

/// Where the judges write.
#[derive(Default)]
struct Sheet {
    findings: Vec<Finding>,
}

impl Sheet {
    fn error(&mut self, path: &str, id: &'static str, text: impl Into<String>, repair: impl Into<String>) -> Noted<'_> {
        self.note(Severity::Error, path, id, text, repair)
    }

    fn warning(&mut self, path: &str, id: &'static str, text: impl Into<String>, repair: impl Into<String>) -> Noted<'_> {
        self.note(Severity::Warning, path, id, text, repair)
    }

    fn note(&mut self, severity: Severity, path: &str, id: &'static str, text: impl Into<String>, repair: impl Into<String>) -> Noted<'_> {
        if self.findings.len() >= MOST_FINDINGS {
            return Noted(None);
        }
        let path = crate::setting_path::path(path);
        Noted(Some(self.findings.push_mut(Finding { severity, ..Finding::error(path, id, text, repair) })))
    }

    /// Says of a time that it is too short or too long.
    fn within(&mut self, path: &str, time: Duration, least: Duration, most: Duration) {
        if !(least..=most).contains(&time) {
            let (least, most) = (duration::format(least), duration::format(most));
            let time = duration::format(time);
            self.error(path, "out-of-range", format!("{time} is out of range"), format!("Write {least} to {most}"))
                .case("time")
                .with("value", time)
                .with("least", least)
                .with("most", most);
        }
    }

    /// Says of every entry but the first that its name, number or whatever `of` gives is taken; empty ones may repeat.
    fn unique<'a, T: ?Sized + Eq + Hash + 'a>(&mut self, what: &str, entries: impl IntoIterator<Item = (String, &'a T)>, empty: &T) {
        let mut seen = HashSet::new();
        for (path, value) in entries {
            if value != empty && !seen.insert(value) {
                self.error(&path, "duplicate", format!("this {what} is there twice"), format!("Give each its own {what}, or remove one"))
                    .with("what", what);
            }
        }
    }
}

/// A finding that was written down, to say how other languages say it; `None` when there were too many already.
struct Noted<'a>(Option<&'a mut Finding>);

impl Noted<'_> {
    fn case(mut self, case: &'static str) -> Self {
        if let Some(finding) = &mut self.0 {
            finding.case = case;
        }
        self
    }

    #[expect(clippy::needless_pass_by_value, reason = "the judges hand over values as they are")]
    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Some(finding) = &mut self.0 {
            finding.values.push((name, value.to_string()));
        }
        self
    }
}

#[cfg(test)]
mod tests;
