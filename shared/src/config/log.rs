//! `[log]` and `[log_to_text]`: what is logged, and where (guide, "Generate a log file in ASCII text format").

use super::duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// What is logged, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Folder for log files, in it one for each day (UTC). Absent: the log goes to standard error, and from there to the system's journal.
    #[schemars(example = &"/var/log/jackfield")]
    #[schemars(extend("format" = "folder-path"))]
    pub folder: Option<PathBuf>,
    /// Log files are kept for this many days.
    #[schemars(range(min = 1, max = 3650))]
    pub keep_days: u32,
    /// A log file that has become this large, in MiB, is followed by another of the day.
    #[schemars(range(min = 1, max = 4096))]
    pub file_size: u32,
    /// All log files together, in MiB; beyond that the oldest are removed.
    #[schemars(range(min = 1, max = 1_048_576))]
    pub total_size: u32,
    /// Hide customers' telephone numbers: in the log and the last events all but two digits; captures hold others instead.
    pub mask_numbers: bool,
    /// Captures may be used for this many days, 0: for ever; the next recording in their folder removes older ones.
    #[schemars(range(max = 3650))]
    pub keep_captures_days: u32,
    /// How much each part says.
    pub topics: Topics,
}

/// How much each part of the service says, from 0 to 99: 0 nothing, from 1 errors, from 20 warnings, from 40 what happens, from 60
/// details, from 80 everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Topics {
    /// Everything that has no topic of its own: start, stop, reload.
    #[schemars(range(max = 99))]
    pub service: u8,
    /// Connections and requests.
    #[schemars(range(max = 99))]
    pub http: u8,
    /// SAP's messages.
    #[schemars(range(max = 99))]
    pub ici: u8,
    /// Agents' sessions and their commands.
    #[schemars(range(max = 99))]
    pub agents: u8,
    /// The switch.
    #[schemars(range(max = 99))]
    pub switch: u8,
    /// Delivery of events to SAP.
    #[schemars(range(max = 99))]
    pub delivery: u8,
    /// The store.
    #[schemars(range(max = 99))]
    pub store: u8,
    /// Registration in the System Landscape Directory.
    #[schemars(range(max = 99))]
    pub sld: u8,
    /// The bridge to Genesys Cloud.
    #[schemars(range(max = 99))]
    pub genesys_cloud: u8,
}

/// A text log beside the service's own, for certification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogToText {
    /// Write it.
    pub enabled: bool,
    /// Time between two writings.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub write_interval: Duration,
    /// Name of the source files, in the day's folder; `*` and `?` stand for other characters.
    #[schemars(extend("format" = "file-name"))]
    pub source: String,
    /// Folder of the source files. Absent: `log.folder`.
    #[schemars(example = &"/var/log/jackfield")]
    #[schemars(extend("format" = "folder-path"))]
    pub source_folder: Option<PathBuf>,
    /// Write within a second when a source file changes, instead of waiting for the interval.
    pub monitor_folder: bool,
    /// Name of the text file.
    #[schemars(extend("format" = "file-name"))]
    pub destination: String,
    /// Folder of the text file. Absent: the source's.
    #[schemars(example = &"/var/log/jackfield/text")]
    #[schemars(extend("format" = "folder-path"))]
    pub destination_folder: Option<PathBuf>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            folder: None,
            keep_days: 7,
            file_size: 64,
            total_size: 2048,
            mask_numbers: true,
            keep_captures_days: 30,
            topics: Topics::default(),
        }
    }
}

impl Default for Topics {
    fn default() -> Self {
        let level = 50;
        Self {
            service: level,
            http: level,
            ici: level,
            agents: level,
            switch: level,
            delivery: level,
            store: level,
            sld: level,
            genesys_cloud: level,
        }
    }
}

impl Default for LogToText {
    fn default() -> Self {
        Self {
            enabled: false,
            write_interval: Duration::from_hours(1),
            source: "SapIci*.log".into(),
            source_folder: None,
            monitor_folder: false,
            destination: "SapIciWeb.log".into(),
            destination_folder: None,
        }
    }
}
