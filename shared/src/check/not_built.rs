//! What the file can ask for and this version cannot do yet. Each row is an error, so that nothing that was asked for is silently ignored;
//! whoever builds a feature deletes its row.

use super::Sheet;
use crate::config::{ConduitSink, Config};

/// The kind of these findings.
pub(super) const ID: &str = "not-built-yet";

type Row = (&'static str, fn(&Config) -> bool, &'static str);

pub(super) const ROWS: [Row; 1] =
    [("genesys_cloud.conduit.sink", |c| c.genesys_cloud.conduit.sink == ConduitSink::Injection, "Write kinesis")];

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    for (path, asked_for, repair) in ROWS {
        if asked_for(config) {
            sheet.error(path, ID, format!("this version of Jackfield cannot do what `{path}` asks for"), repair).with("path", path);
        }
    }
}
