//! The last happenings of the log, kept in memory for `/status`: what an administrator asks for first. Only what is logged as information,
//! warning or error is kept, and not much of it.

use super::{hide::hidden, topic::topic};
use serde::Serialize;
use std::{
    collections::VecDeque,
    fmt::{self, Write},
    sync::{Mutex, PoisonError},
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer};

/// How many are kept.
const KEPT: usize = 50;
/// How long the text of one may be, in bytes.
const TEXT: usize = 400;

/// The process's last happenings.
pub static RECENT: Recent = Recent(Mutex::new(VecDeque::new()));

/// The last happenings, oldest first.
#[derive(Debug)]
pub struct Recent(Mutex<VecDeque<Happening>>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Happening {
    /// When, seconds since 1970 UTC.
    pub at: i64,
    /// `error`, `warning` or `info`.
    pub level: &'static str,
    /// What it concerns, as the topics of the log are called.
    pub topic: &'static str,
    /// What happened.
    pub text: String,
}

/// Hands the log's records to [`RECENT`].
#[derive(Debug)]
pub(super) struct Keep;

// === impl Recent ===

impl Recent {
    /// All of them, oldest first.
    pub fn all(&self) -> Vec<Happening> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Once more: the file may have asked for it after they were written.
        kept.iter().map(|happening| Happening { text: hidden(&happening.text).into_owned(), ..happening.clone() }).collect()
    }

    fn add(&self, happening: Happening) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(happening);
    }
}

impl<S: Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let level = match *metadata.level() {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "info",
            _ => return,
        };
        let mut words = Words::default();
        event.record(&mut words);
        let at = jiff::Timestamp::now().as_second();
        RECENT.add(Happening { at, level, topic: topic(metadata.target()), text: hidden(&words.text()).into_owned() });
    }
}

/// The message of a record, and its fields.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Words {
    fn text(self) -> String {
        let mut text = if self.fields.is_empty() { self.message } else { format!("{} ({})", self.message, self.fields) };
        if text.len() > TEXT {
            let end = (0..=TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        text
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            let comma = if self.fields.is_empty() { "" } else { ", " };
            write!(self.fields, "{comma}{} {value:?}", field.name())
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn what_is_logged_is_kept_with_its_topic_and_not_more_than_the_last_ones() {
        tracing::subscriber::with_default(tracing_subscriber::registry().with(Keep), || {
            for number in 0..KEPT {
                tracing::info!(number, "before");
            }
            tracing::debug!("too small to be kept");
            tracing::warn!(target: "service::outbox::lane", host = "sap.example", user = %"ANNA", "SAP is lost");
            tracing::info!(to = "+4930123456", "called");
            tracing::error!("{}", "ä".repeat(TEXT));
        });
        let all = RECENT.all();
        assert_eq!(all.len(), KEPT);
        let [.., warning, called, error] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(
            (warning.level, warning.topic, warning.text.as_str()),
            ("warning", "delivery", "SAP is lost (host sap.example, user ANNA)")
        );
        assert_eq!(called.text, "called (to +********56)", "a customer's number is nobody's business");
        assert!(error.level == "error" && error.text.len() <= TEXT + 3 && error.text.ends_with('…'));
        assert!(all.iter().all(|happening| happening.text != "too small to be kept"));
    }
}
