//! Style: how lists, yes and no, times and answers are written.

use super::{Proposer, propose};
use crate::learn::{
    records::ListForm,
    report::{Report, Sure},
    story::most_common,
    traffic::Class,
};
use shared::profile::edit::Editor;
use std::collections::BTreeSet;

impl Proposer<'_> {
    pub(super) fn style(&self, editor: &mut Editor, report: &mut Report) {
        let style = &self.profile.style;
        let lists = &self.records.lists;
        let wrapped: Vec<&str> =
            lists.iter().filter_map(|form| if let ListForm::Wrapped(name) = form { Some(name.as_str()) } else { None }).collect();
        let repeated = lists.len() - wrapped.len();
        let names: BTreeSet<&str> = wrapped.iter().copied().collect();
        if repeated > wrapped.len() {
            change(editor, report, "array", style.array.word(), "repeated", repeated);
        } else if let Some(name) = most_common(&wrapped) {
            let by_type = names.len() > 1 && names.contains("String");
            change(editor, report, "array", style.array.word(), if by_type { "type" } else { "item" }, wrapped.len());
            if !by_type {
                change(editor, report, "item", &style.item, &name, wrapped.iter().filter(|other| **other == name).count());
                for other in names.iter().filter(|other| **other != name) {
                    report.unknown.push(format!("style.item: entries are also called `{other}`; a profile has room for one name"));
                }
            }
        }
        for (key, was, counts) in
            [("response", &style.response, &self.records.wrappers), ("response_suffix", &style.response_suffix, &self.records.suffixes)]
        {
            if let Some((name, count)) = counts.iter().max_by_key(|(_, count)| **count) {
                change(editor, report, key, was, name, *count);
            }
        }
        self.scalars(editor, report);
    }

    /// Yes and no, and times, by how they were written.
    fn scalars(&self, editor: &mut Editor, report: &mut Report) {
        let style = &self.profile.style;
        let (mut booleans, mut times) = (Vec::new(), Vec::new());
        for exchange in self.traffic.exchanges.iter().filter(|exchange| !exchange.ours) {
            for (_, leaf) in exchange.answer.iter().chain([&exchange.call]).flat_map(|node| node.leaves()) {
                match self.traffic.facts.class(leaf) {
                    Class::Boolean => booleans.push(if leaf.text.eq_ignore_ascii_case("x") { "abap" } else { "true_false" }),
                    Class::Time => times.push(if leaf.text.bytes().all(|byte| byte.is_ascii_digit()) { "abap" } else { "iso" }),
                    _ => {}
                }
            }
        }
        for (key, was, seen) in [("boolean", style.boolean.word(), booleans), ("time", style.time.word(), times)] {
            if let Some(is) = most_common(&seen) {
                change(editor, report, key, was, &is, seen.len());
            }
        }
    }
}

fn change(editor: &mut Editor, report: &mut Report, key: &str, was: &str, is: &str, seen: usize) {
    let path = format!("style.{key}");
    let sure = if seen >= 3 { Sure::Certain } else { Sure::Likely };
    if was == is {
        report.confirmed.push(format!("{path}: {is}"));
        // An entry's name is not written where it is the usual one.
        if key == "item" {
            return;
        }
    } else {
        propose(report, path, was, is, sure, &format!("{seen} times"));
    }
    editor.style(key, is, &sure.confidence(seen));
}
