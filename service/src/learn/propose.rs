//! From what was recognised to a changed profile, row by row, each with its reason.

mod operations;
mod rows;
mod style;

use super::{
    codes::Code,
    operations::Recognised,
    records::Records,
    report::{Proposal, Report, Sure},
    traffic::Traffic,
};
use shared::profile::{InterfaceKey, Profile, edit::Editor};
use std::collections::{BTreeMap, BTreeSet};

/// What was recognised, and the profile it is compared with.
pub(super) struct Proposer<'l> {
    pub(super) traffic: &'l Traffic,
    pub(super) profile: &'l Profile,
    pub(super) recognised: &'l [Recognised],
    pub(super) records: &'l Records,
    pub(super) codes: &'l [Code],
}

impl Proposer<'_> {
    pub(super) fn write(&self, editor: &mut Editor, report: &mut Report) {
        self.interfaces(editor, report);
        self.operations(editor, report);
        self.records(editor, report);
        self.events(editor, report);
        self.codes(editor, report);
        self.style(editor, report);
        self.strangers(report);
    }

    fn interfaces(&self, editor: &mut Editor, report: &mut Report) {
        let mut homes: BTreeMap<InterfaceKey, BTreeMap<&str, (usize, f64)>> = BTreeMap::new();
        for found in self.recognised {
            let group = &self.traffic.commands[found.group];
            let home = homes.entry(found.key.interface()).or_default().entry(&group.asked.namespace).or_default();
            *home = (home.0 + group.places.len(), home.1 + found.score);
        }
        let mut taken: BTreeMap<String, InterfaceKey> = BTreeMap::new();
        for (key, namespaces) in homes {
            let Some((namespace, (messages, _))) = namespaces.iter().max_by(|one, two| one.1.1.total_cmp(&two.1.1)) else { continue };
            for (other, _) in namespaces.iter().filter(|(other, _)| *other != namespace) {
                report.unknown.push(format!("{} is also called in the namespace {other}: a profile has room for one", key.word()));
            }
            let interface = self.profile.interface(key);
            let elsewhere = self.profile.interfaces().iter().find(|other| other.key != key && other.namespace == **namespace);
            if let Some(other) =
                taken.get(*namespace).copied().or_else(|| elsewhere.map(|other| other.key).filter(|other| !self.has_moved(*other)))
            {
                report.unknown.push(format!(
                    "the namespace {namespace} serves both {} and {}: a profile has room for one; the commands are found by their names all the same",
                    other.word(),
                    key.word()
                ));
                continue;
            }
            taken.insert((*namespace).to_owned(), key);
            let actions: Vec<&str> = self
                .recognised
                .iter()
                .filter(|found| found.key.interface() == key)
                .flat_map(|found| self.traffic.of(&self.traffic.commands[found.group]))
                .filter_map(|exchange| exchange.action.as_deref())
                .filter(|action| action.is_ascii() && !action.is_empty())
                .collect();
            let different: BTreeSet<&str> = actions.iter().copied().collect();
            let action = if different.len() == 1 { actions.first().copied() } else { None };
            let path = format!("interface[{}]", key.word());
            if different.len() > 1 {
                report.unknown.push(format!("{path}.action: SAP sends {} different ones; it is not looked at", different.len()));
            }
            let sure = Sure::Certain;
            let why = format!("{messages} messages");
            if interface.namespace == **namespace && action.is_none_or(|action| action == interface.action) {
                report.confirmed.push(format!("{path}: {namespace}"));
            } else {
                propose(report, format!("{path}.namespace"), &interface.namespace, namespace, sure, &why);
                if let Some(action) = action {
                    propose(report, format!("{path}.action"), &interface.action, action, sure, &why);
                }
            }
            editor.interface(key, namespace, action, &sure.confidence(*messages));
        }
    }

    fn has_moved(&self, key: InterfaceKey) -> bool {
        self.recognised.iter().any(|found| found.key.interface() == key)
    }

    fn codes(&self, editor: &mut Editor, report: &mut Report) {
        let mut tables: BTreeSet<_> = BTreeSet::new();
        for code in self.codes {
            tables.insert(code.table);
            let path = format!("codes.{}.{}", code.table.word(), code.word);
            let sure = Sure::of(code.score, 2.0);
            let was = self.profile.code(code.table, code.word).map_or("", |code| &code.id);
            if was == code.id {
                report.confirmed.push(format!("{path}: {was}"));
            } else {
                propose(report, path, was, &code.id, sure, &code.why);
            }
            editor.code(code.table, code.word, &code.id, code.text.as_deref(), &sure.confidence(1));
        }
        for table in tables {
            let of_table = || self.codes.iter().filter(move |code| code.table == table);
            for code in self.profile.codes(table).iter().filter(|code| !of_table().any(|found| found.word == code.word)) {
                let path = format!("codes.{}.{}", table.word(), code.word);
                if of_table().any(|found| found.id == code.id) {
                    // Two words with one id would be refused; nobody knows this one's.
                    editor.code(table, &code.word, &code.word, None, "placeholder");
                    report.unknown.push(format!("{path}: not seen, and its placeholder {} means something else here", code.id));
                } else {
                    report.unknown.push(format!("{path}: not seen; {} stays a placeholder", code.id));
                }
            }
        }
    }

    fn strangers(&self, report: &mut Report) {
        for (at, group) in self.traffic.commands.iter().enumerate() {
            if !self.recognised.iter().any(|found| found.group == at) {
                let mut names: Vec<&str> = Vec::new();
                for child in self.traffic.of(group).flat_map(|exchange| &exchange.call.children) {
                    if !names.contains(&child.name.as_str()) {
                        names.push(&child.name);
                    }
                }
                report.unknown.push(format!(
                    "command {{{}}}{}({}), {} messages: no operation that Jackfield knows",
                    group.asked.namespace,
                    group.asked.name,
                    names.join(", "),
                    group.places.len()
                ));
            }
        }
        for (at, group) in self.traffic.events.iter().enumerate() {
            let foreign = self.traffic.of(group).any(|exchange| !exchange.ours);
            if foreign && !self.records.events.iter().any(|known| known.group == at) {
                report.unknown.push(format!(
                    "event {{{}}}{}, {} messages: none that Jackfield knows",
                    group.asked.namespace,
                    group.asked.name,
                    group.places.len()
                ));
            }
        }
    }
}

// === impl Plan ===

fn propose(report: &mut Report, path: String, was: &str, is: &str, sure: Sure, why: &str) {
    if was != is {
        report.proposed.push(Proposal { path, was: was.to_owned(), is: is.to_owned(), sure, why: why.to_owned() });
    }
}
