//! A file of a layout that only a newer version knows. Nothing else is said about it: what looks wrong here may be right there.
//!
//! Layout 1 is the first. What makes another one brings files of the one before along.

use crate::{config::SCHEMA, draft::Draft, finding::Finding, setting_path::path};

pub(super) fn newer(draft: &Draft) -> Option<Finding> {
    let schema = path("schema");
    let layout = draft.get(&schema)?.as_integer().filter(|layout| *layout > i64::from(SCHEMA))?;
    let version = env!("CARGO_PKG_VERSION");
    let text = format!("a newer Jackfield has written this file: it has layout {layout}, and this one ({version}) knows {SCHEMA}");
    let repair =
        "Install the newer Jackfield again, or go back to a backup of before: `jackfield config backups`, `jackfield config rollback`";
    let finding = Finding::error(schema.clone(), "newer-file", text, repair);
    Some(Finding { place: draft.place(&schema), ..finding.with("layout", layout).with("version", version).with("known", SCHEMA) })
}
