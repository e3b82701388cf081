//! A finding in the person's language. The check speaks English; other languages say the same by the kind of finding, which of its
//! sentences it is, and what that names. A kind without a text stays as the check says it.

use crate::{language::Language, page::Context, widget::text};
use egui::Ui;
use fluent_bundle::FluentArgs;
use shared::Finding;

/// Draws a finding beneath its control; `before` stands in front of it, the number of a row for example.
pub fn show(ui: &mut Ui, context: &Context<'_>, before: &str, finding: &Finding) {
    let said = translated(context.language, finding);
    text::finding(ui, &Finding { text: format!("{before}{}", said.text), ..said });
}

/// The finding with its texts in the person's language.
pub fn translated(language: Language, finding: &Finding) -> Finding {
    let values: FluentArgs<'_> = finding.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (text, repair) = said(language, &format!("finding-{}", finding.id), finding.case, &values, (&finding.text, &finding.repair));
    Finding { text, repair, ..finding.clone() }
}

/// What is wrong and what to do, by the kind of it and which of its sentences it is; where this language has none, as it was said.
pub fn said(language: Language, kind: &str, case: &str, values: &FluentArgs<'_>, spoken: (&str, &str)) -> (String, String) {
    let find = |key: &str| Some((language.find(key, Some(values))?, language.find(&format!("{key}.repair"), Some(values))));
    let (text, repair) = match find(&format!("{kind}-{case}")).or_else(|| find(kind)) {
        Some((text, repair)) => (Some(text), repair),
        None => (None, None),
    };
    (text.unwrap_or_else(|| sentence(spoken.0)), repair.unwrap_or_else(|| sentence(spoken.1)))
}

/// The finding in the middle of a sentence: where, which setting, and what is wrong, without a full stop.
pub fn in_line(language: Language, finding: &Finding) -> String {
    let place = finding.place.map(|place| format!("{place}: ")).unwrap_or_default();
    let setting = if finding.path.steps().is_empty() { String::new() } else { format!("{}: ", finding.path) };
    format!("{place}{setting}{}", translated(language, finding).text.trim_end_matches('.'))
}

/// The check writes for terminals: with names in backticks, and in the middle of a line.
fn sentence(text: &str) -> String {
    let bare = text.replace('`', "");
    let mut letters = bare.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
