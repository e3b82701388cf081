//! How log files and their folders are called.

use super::Book;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// A log file of one day: `SapIci.log`, then `SapIci_1.log` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) book: Book,
    pub(super) number: u32,
}

/// A day's folder.
pub(super) fn folder(within: &Path, day: Date) -> PathBuf {
    within.join(day.to_string())
}

/// The day of a folder of ours; `None` for any other.
pub(super) fn day(name: &str) -> Option<Date> {
    let day: Date = name.parse().ok()?;
    (day.to_string() == name).then_some(day)
}

// === impl Place ===

impl Place {
    pub(super) fn name(self) -> String {
        let name = match self.book {
            Book::Service => "SapIci",
            Book::Web => "SapIciWeb",
        };
        if self.number == 0 { format!("{name}.log") } else { format!("{name}_{}.log", self.number) }
    }

    /// Which file of ours this is; `None` for any other.
    pub(super) fn of(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".log")?;
        let (book, number) = match stem.split_once('_') {
            Some((book, number)) => (book, number.parse().ok()?),
            None => (stem, 0),
        };
        let book = match book {
            "SapIci" => Book::Service,
            "SapIciWeb" => Book::Web,
            _ => return None,
        };
        let place = Self { book, number };
        (place.name() == name).then_some(place)
    }
}
