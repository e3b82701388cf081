//! What the bridge says, in the person's words.

use crate::{
    icon,
    page::{Context, live},
    running::bridge::{Change, Reason},
    theme::Palette,
    widget::finding,
};
use egui::Color32;
use fluent_bundle::FluentArgs;

/// A sentence of the bridge, with what to do.
pub(super) fn reason(context: &Context<'_>, reason: &Reason) -> String {
    let values: FluentArgs<'_> = reason.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (said, repair) = finding::said(context.language, &format!("bridge-reason-{}", reason.id), "", &values, (&reason.text, ""));
    if repair.is_empty() { said } else { format!("{said}. {repair}") }
}

/// Several of them.
pub(super) fn reasons(context: &Context<'_>, reasons: &[Reason]) -> String {
    reasons.iter().map(|one| reason(context, one)).collect::<Vec<_>>().join("; ")
}

/// Sign and colour of a status.
pub(super) fn status_sign(palette: &Palette, status: &str) -> (char, Color32) {
    match status {
        "Synced" => (icon::CHECK_CIRCLE, palette.ok),
        "Error" => (icon::WARNING_CIRCLE, palette.error),
        _ => (icon::PAUSE, palette.muted),
    }
}

/// The guide's word for a status.
pub(super) fn status(context: &Context<'_>, status: &str) -> String {
    found(context, &format!("cloud-status-{}", slug(status)), status)
}

/// A word of the interface in the person's language; one that is not known stays as it is.
fn found(context: &Context<'_>, key: &str, word: &str) -> String {
    context.language.find(key, None).unwrap_or_else(|| word.to_owned())
}

fn slug(word: &str) -> String {
    word.to_lowercase().replace([' ', '_'], "-")
}

/// The kind of a record.
pub(super) fn kind(context: &Context<'_>, kind: &str) -> String {
    found(context, &format!("cloud-kind-{}", slug(kind)), kind)
}

/// What began a run.
pub(super) fn cause(context: &Context<'_>, cause: &str) -> String {
    found(context, &format!("cloud-cause-{}", slug(cause)), cause)
}

/// A health item.
pub(super) fn item(context: &Context<'_>, item: &str) -> String {
    found(context, &format!("cloud-item-{}", slug(item)), item)
}

/// What the bridge does at the moment.
pub(super) fn state(context: &Context<'_>, state: &str) -> String {
    found(context, &format!("cloud-state-{}", slug(state)), state)
}

/// Kind and name of a record.
pub(super) fn split(record: &str) -> (&str, &str) {
    record.split_once(':').unwrap_or(("", record))
}

/// A record as people call it: *User ANNA*.
pub(super) fn record(context: &Context<'_>, id: &str) -> String {
    let (kind, name) = split(id);
    if kind.is_empty() { name.to_owned() } else { format!("{} {name}", self::kind(context, kind)) }
}

/// What was done, or is to be.
pub(super) fn action(context: &Context<'_>, action: &str) -> String {
    found(context, &format!("cloud-do-{}", slug(action)), action)
}

/// A field: `display_name`, `phone work`, `skill German`.
pub(super) fn field(context: &Context<'_>, name: &str) -> String {
    match name.split_once(' ') {
        Some((kind @ ("skill" | "language"), of)) => format!("{} {of}", self::kind(context, kind)),
        _ => found(context, &format!("cloud-field-{}", slug(name)), name),
    }
}

/// A value before or after a change.
pub(super) fn side(context: &Context<'_>, value: Option<&String>) -> String {
    value.cloned().unwrap_or_else(|| context.text("cloud-nothing"))
}

/// A change in one line.
pub(super) fn change(context: &Context<'_>, change: &Change) -> String {
    let (before, after) = (side(context, change.before.as_ref()), side(context, change.after.as_ref()));
    format!("{}: {before} → {after}", field(context, &change.field))
}

/// A time, or that there was none.
pub(super) fn when(context: &Context<'_>, at: Option<i64>) -> String {
    at.map_or_else(|| context.text("cloud-never"), live::when)
}
