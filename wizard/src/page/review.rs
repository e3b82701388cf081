//! Review: every change in words and in TOML, what a running service does about it, and every finding with a way to its field.

use super::{Card, Context, Page, PageId, form};
use crate::{
    changes,
    command::{Action, Command},
    icon, theme,
    widget::{button, finding, setting, text},
};
use egui::{FontId, Frame, Margin, RichText, Stroke, TextStyle, Ui, WidgetInfo};
use serde_json::Value;
use shared::{
    Draft, SettingPath, check,
    diff::{Change, Class, diff},
    file::overlay::overlay,
};
use std::sync::Arc;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::<Review>::default()
}

#[derive(Default)]
struct Review {
    seen: Option<Seen>,
}

/// What was worked out for one pair of drafts.
struct Seen {
    saved: Arc<Draft>,
    draft: Arc<Draft>,
    /// What changes for the service; `None` while the draft or what is on the disk has errors.
    changes: Option<Vec<Change>>,
    /// What is written differently, errors or not.
    written: Vec<changes::Change>,
    lines: Vec<Line>,
}

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    Same(String),
    Gone(String),
    New(String),
}

/// Lines without a change that are shown around one.
const AROUND: usize = 2;

impl Page for Review {
    fn card(&self) -> Card {
        Card { id: PageId("review"), icon: icon::LIST_CHECKS, sections: &[] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        findings(ui, context);
        let (saved, draft) = (context.model.saved(), context.model.draft());
        let fresh = |seen: &Seen| Arc::ptr_eq(&seen.saved, saved) && Arc::ptr_eq(&seen.draft, draft);
        if self.seen.as_ref().is_none_or(|seen| !fresh(seen)) {
            self.seen = Some(Seen::of(saved, draft));
        }
        let Some(seen) = &self.seen else { return };
        text::section(ui, &context.text("review-changes"));
        if !context.model.is_changed() {
            text::muted(ui, &context.text("review-no-changes"));
        } else if let Some(changes) = &seen.changes {
            if changes.is_empty() {
                text::muted(ui, &context.text("review-no-effect"));
            }
            for change in changes {
                let value = |value: &Option<Value>| value.as_ref().map(|value| said(context, &change.path, value));
                let (old, new) = (value(&change.old), value(&change.new));
                in_words(ui, context, &change.path, [old.as_deref(), new.as_deref()]);
            }
        } else {
            for change in &seen.written {
                let word = |value: &Option<String>| value.as_ref().map(|value| setting::word_text(context, &change.path, value));
                let (old, new) = (word(&change.old), word(&change.new));
                in_words(ui, context, &change.path, [old.as_deref(), new.as_deref()]);
            }
        }
        if context.model.is_changed() {
            text::section(ui, &context.text("review-toml"));
            in_toml(ui, &seen.lines);
        }
        ui.add_space(12.0);
        let can = !context.model.has_errors();
        if button::enabled(ui, can, Some(icon::FLOPPY_DISK), &context.text(Action::Save.key())).clicked() {
            context.send(Command::Do(Action::Save));
        }
    }
}

fn findings(ui: &mut Ui, context: &mut Context<'_>) {
    text::section(ui, &context.text("review-findings"));
    let findings = context.model.findings().to_vec();
    if findings.is_empty() {
        text::muted(ui, &context.text("review-no-findings"));
    }
    for found in findings {
        link(ui, context, &found.path);
        finding::show(ui, context, "", &found);
    }
}

/// A change, from its old value to its new one, and what a running service does about it.
fn in_words(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, values: [Option<&str>; 2]) {
    link(ui, context, path);
    let [old, new] = values.map(|value| value.map_or_else(|| context.text("review-nothing"), ToOwned::to_owned));
    let class = Class::of(path);
    let effect = context.text(match class {
        Class::Live => "class-live",
        Class::Relisten => "class-relisten",
        Class::Relogin => "class-relogin",
    });
    let colour = if class == Class::Live { theme::palette(ui).muted } else { theme::palette(ui).warning };
    ui.add(egui::Label::new(format!("{old} → {new}")).wrap());
    ui.add(egui::Label::new(RichText::new(effect).size(12.0).color(colour)).wrap());
    ui.add_space(6.0);
}

/// A value in words; a row by the names of its settings.
fn said(context: &Context<'_>, path: &SettingPath, value: &Value) -> String {
    match value {
        Value::Null => context.text("review-nothing"),
        Value::Bool(on) => context.text(if *on { "rows-yes" } else { "rows-no" }),
        Value::String(text) => setting::word_text(context, path, text),
        Value::Number(number) => number.to_string(),
        Value::Array(list) if list.is_empty() => context.text("review-nothing"),
        Value::Array(list) => list.iter().map(|value| said(context, path, value)).collect::<Vec<_>>().join(", "),
        Value::Object(row) => {
            let named = |(key, value): (&String, &Value)| {
                let path = path.key(key);
                format!("{} {}", setting::name(context, &path), said(context, &path, value))
            };
            row.iter().filter(|(_, value)| !value.is_null() && *value != "").map(named).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The setting's name, which leads to its field.
fn link(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath) {
    if path.steps().is_empty() {
        return;
    }
    let name = format!("{} ({path})", setting::name(context, path));
    let response = ui.link(RichText::new(&name).family(theme::medium()).color(theme::palette(ui).accent_text));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Link, true, &name));
    if response.clicked() {
        context.send(Command::Find(path.clone()));
    }
}

fn in_toml(ui: &mut Ui, lines: &[Line]) {
    let palette = theme::palette(ui);
    let frame = Frame::new().fill(palette.surface).stroke(Stroke::new(1.0, palette.border)).corner_radius(6).inner_margin(Margin::same(12));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        let font: FontId = TextStyle::Monospace.resolve(ui.style());
        for line in lines {
            let (sign, text, colour) = match line {
                Line::Same(text) => (' ', text, palette.muted),
                Line::Gone(text) => ('-', text, palette.error),
                Line::New(text) => ('+', text, palette.ok),
            };
            ui.add(egui::Label::new(RichText::new(format!("{sign} {text}")).font(font.clone()).color(colour)).wrap());
        }
    });
}

// === impl Seen ===

impl Seen {
    fn of(saved: &Arc<Draft>, draft: &Arc<Draft>) -> Self {
        let changes = match (check(saved), check(draft)) {
            (Ok(old), Ok(new)) => Some(diff(&old.config, &new.config)),
            _ => None,
        };
        let text = |draft: &Draft| toml::to_string(draft.values()).unwrap_or_default();
        let (old, now) = (masked(saved), masked(draft));
        let old = text(&old);
        let new = overlay(&old, now.values()).unwrap_or_else(|_| text(&now));
        let lines = near_changes(compare(&old, &new));
        Self { saved: Arc::clone(saved), draft: Arc::clone(draft), changes, written: changes::between(saved, draft), lines }
    }
}

/// The draft with dots for whatever might be a password: one that stands where its place should, and what stands under an unknown key.
fn masked(draft: &Draft) -> Draft {
    let mut masked = draft.clone();
    // Compared with nothing, every setting is a change, and changes hide what must not be seen.
    for change in changes::between(&Draft::default(), draft) {
        if change.new.as_deref() == Some(changes::HIDDEN) {
            masked.set(&change.path, changes::HIDDEN.into());
        }
    }
    masked
}

/// The shortest way from one text to the other, by the longest common subsequence of lines.
fn compare(old: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let mut common = vec![vec![0_u32; new_rest.len() + 1]; old_rest.len() + 1];
    for (i, old) in old_rest.iter().enumerate().rev() {
        for (j, new) in new_rest.iter().enumerate().rev() {
            common[i][j] = if old == new { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let mut lines: Vec<Line> = old[..start].iter().map(|line| Line::Same((*line).to_owned())).collect();
    let (mut i, mut j) = (0, 0);
    while i < old_rest.len() || j < new_rest.len() {
        if i < old_rest.len() && j < new_rest.len() && old_rest[i] == new_rest[j] {
            lines.push(Line::Same(old_rest[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == new_rest.len() || (i < old_rest.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(Line::Gone(old_rest[i].to_owned()));
            i += 1;
        } else {
            lines.push(Line::New(new_rest[j].to_owned()));
            j += 1;
        }
    }
    lines
}

/// Leaves out what is far from every change; a section's header stays with its first change.
fn near_changes(lines: Vec<Line>) -> Vec<Line> {
    let changed: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Same(_))).map(|(at, _)| at).collect();
    let near = |at: usize| changed.iter().any(|change| change.abs_diff(at) <= AROUND);
    let heads = |at: usize, text: &str| {
        let end = lines[at + 1..]
            .iter()
            .position(|line| matches!(line, Line::Same(text) if text.starts_with('[')))
            .map_or(lines.len(), |next| at + 1 + next);
        text.starts_with('[') && changed.iter().any(|change| (at..end).contains(change))
    };
    let kept: Vec<bool> =
        lines.iter().enumerate().map(|(at, line)| near(at) || matches!(line, Line::Same(text) if heads(at, text))).collect();
    lines.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(line, _)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_wrong_place_is_never_shown() {
        let draft = |text| Arc::new(Draft::parse(text).unwrap());
        let seen = Seen::of(&draft(""), &draft("[switch]\npassword = \"hunter2\"\npasword = \"hunter2\"\nserver = \"cic\"\n"));
        let shown = format!("{:?} {:?}", seen.lines, seen.written);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("cic") && shown.contains(changes::HIDDEN), "{shown}");
        assert_eq!(seen.changes, None);
    }

    #[test]
    fn only_what_differs_and_its_surroundings_are_compared() {
        let old = "[a]\n1\n2\n3\n4\n5\n[b]\n6\n";
        let new = "[a]\n1\n2\n3\n4\n5x\n[b]\n6\n7\n";
        let same = |text: &str| Line::Same(text.to_owned());
        assert_eq!(
            near_changes(compare(old, new)),
            [
                same("[a]"),
                same("3"),
                same("4"),
                Line::Gone("5".into()),
                Line::New("5x".into()),
                same("[b]"),
                same("6"),
                Line::New("7".into())
            ]
        );
    }

    #[test]
    fn equal_texts_have_nothing_to_show() {
        assert_eq!(near_changes(compare("a\nb\n", "a\nb\n")), []);
    }
}
