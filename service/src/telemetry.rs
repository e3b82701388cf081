//! What the service tells its operators: the log, by topic and level, and figures. Happenings are structs of [`event`], which log and
//! count together; the last ones are kept for `/status`. Customers' numbers are hidden in both. What `/metrics` may show is listed in
//! [`metrics`]; agents' names are never labels.

mod counters;
pub mod event;
pub mod exposition;
mod figures;
mod files;
mod hide;
mod histogram;
pub mod metrics;
mod recent;
mod tally;
mod to_text;
mod topic;

pub use counters::{COUNTERS, Counters};
pub use figures::{CHANNELS, FIGURES, SwitchOutcome};
pub use files::{FilePolicy, FileState, log_files};
pub use hide::{hide_numbers, hides_numbers};
pub use recent::{Happening, RECENT};
pub use to_text::{ToText, ToTextPolicy};

use files::Files;
use std::{io, time::Duration};
use tracing::{Level, Metadata, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer as _, Registry,
    filter::{Targets, dynamic_filter_fn},
    fmt::{
        MakeWriter,
        writer::{EitherWriter, OptionalWriter},
    },
    layer::SubscriberExt,
    reload,
    util::SubscriberInitExt,
};

/// How much each topic says, 0 to 99: 0 nothing, from 1 errors, from 20 warnings, from 40 what happens, from 60 details, from 80
/// everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Everything that has no topic of its own: start, stop, reload.
    pub service: u8,
    /// Connections and requests.
    pub http: u8,
    /// SAP's messages.
    pub ici: u8,
    /// Agents' sessions.
    pub agents: u8,
    /// The switch.
    pub switch: u8,
    /// Delivery of events.
    pub delivery: u8,
    /// What must outlive a crash.
    pub store: u8,
    /// Registration in a System Landscape Directory.
    pub sld: u8,
    /// The bridge to Genesys Cloud.
    pub genesys_cloud: u8,
}

/// The log of this process; its filter and its files can be changed while it runs.
#[derive(Clone, Debug)]
pub struct Log {
    filter: reload::Handle<Targets, Registry>,
    files: Files,
}

/// Standard error; with log files only what is wrong or doubtful, for whoever looks there.
#[derive(Debug)]
struct Terminal(Files);

/// Begins the log: on standard error, and in files from the first [`Log::write_files`] on. The first log of a process wins; a later one changes
/// nothing and is not heard.
pub fn start(levels: Levels) -> Log {
    // Only the filter is reloadable: to replace a filtered layer as a whole panics (tokio-rs/tracing#1629).
    let (filter, handle) = reload::Layer::new(levels.targets());
    let files = Files::start();
    let terminal =
        tracing_subscriber::fmt::layer().with_writer(Terminal(files.clone())).with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
    let on = files.clone();
    let book =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(files.clone()).with_filter(dynamic_filter_fn(move |_, _| on.is_on()));
    let _ = tracing_subscriber::registry().with(filter).with(recent::Keep).with(terminal).with(book).try_init();
    Log { filter: handle, files }
}

// === impl Log ===

impl Log {
    /// Says more or less from now on.
    pub fn set(&self, levels: Levels) {
        let _ = self.filter.reload(levels.targets());
    }

    /// Writes files by this from now on, or none.
    pub fn write_files(&self, policy: Option<FilePolicy>) {
        self.files.obey(policy);
    }

    /// How the files are.
    pub fn files(&self) -> FileState {
        self.files.state()
    }

    /// Waits until all that was logged is in the files, for so long at most. Blocks.
    pub fn flush(&self, patience: Duration) {
        self.files.flush(patience);
    }
}

// === impl Terminal ===

impl<'t> MakeWriter<'t> for Terminal {
    type Writer = OptionalWriter<hide::Hiding<io::Stderr>>;

    fn make_writer(&'t self) -> Self::Writer {
        EitherWriter::some(hide::Hiding(io::stderr()))
    }

    fn make_writer_for(&'t self, about: &Metadata<'_>) -> Self::Writer {
        if self.0.is_on() && *about.level() > Level::WARN { EitherWriter::none() } else { self.make_writer() }
    }
}

// === impl Levels ===

impl Levels {
    /// Every topic at the same level.
    pub fn all(level: u8) -> Self {
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

    fn targets(self) -> Targets {
        let topics = [
            ("service", self.service),
            ("service::serve", self.http),
            ("service::soap", self.ici),
            ("service::ici", self.ici),
            ("service::agents", self.agents),
            ("service::domain", self.agents),
            ("service::switch", self.switch),
            ("service::outbox", self.delivery),
            ("service::store", self.store),
            ("service::sld", self.sld),
            ("service::genesys_cloud", self.genesys_cloud),
            // Who did what to whom is never left out.
            ("audit", self.agents.max(40)),
        ];
        // What other people's code says matters only when it warns.
        Targets::new().with_default(LevelFilter::WARN).with_targets(topics.map(|(target, level)| (target, filter(level))))
    }
}

fn filter(level: u8) -> LevelFilter {
    match level {
        0 => LevelFilter::OFF,
        1..20 => LevelFilter::ERROR,
        20..40 => LevelFilter::WARN,
        40..60 => LevelFilter::INFO,
        60..80 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn levels_from_0_to_99_become_five_steps_and_silence() {
        let expected = [(0, LevelFilter::OFF), (1, LevelFilter::ERROR), (19, LevelFilter::ERROR), (20, LevelFilter::WARN)];
        let more = [
            (40, LevelFilter::INFO),
            (50, LevelFilter::INFO),
            (60, LevelFilter::DEBUG),
            (80, LevelFilter::TRACE),
            (99, LevelFilter::TRACE),
        ];
        for (level, step) in expected.into_iter().chain(more) {
            assert_eq!(filter(level), step, "{level}");
        }
    }

    #[test]
    fn a_topic_is_heard_at_its_own_level() {
        let levels = Levels { http: 70, switch: 10, agents: 0, ..Levels::all(50) };
        let targets = levels.targets();
        for (target, level, heard) in [
            ("service::serve::route", Level::DEBUG, true),
            ("service::switch::embedded", Level::WARN, false),
            ("service::app", Level::INFO, true),
            ("service::app", Level::DEBUG, false),
            ("audit", Level::INFO, true),
            ("hyper::proto", Level::INFO, false),
        ] {
            assert_eq!(targets.would_enable(target, &level), heard, "{target} {level}");
        }
    }
}
