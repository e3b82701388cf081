//! Counters by name and outcome, for names that stand in the code: the operations of the interface, the requests to a switch. So many names and
//! no more, so that nobody can make `/metrics` grow; nothing is locked, and after the first time nothing is allocated.

use super::counters::Counter;
use std::sync::OnceLock;

/// Names that find a place; twice as many as there are operations, so that looking for one is short.
const PLACES: usize = 128;

/// See the module.
#[derive(Debug)]
pub struct Tally<const OUTCOMES: usize> {
    outcomes: [&'static str; OUTCOMES],
    places: [Place<OUTCOMES>; PLACES],
}

#[derive(Debug)]
struct Place<const OUTCOMES: usize> {
    name: OnceLock<&'static str>,
    counts: [Counter; OUTCOMES],
}

/// One counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What.
    pub name: &'static str,
    /// What came of it.
    pub outcome: &'static str,
    /// How often.
    pub count: u64,
}

// === impl Tally ===

impl<const OUTCOMES: usize> Tally<OUTCOMES> {
    pub(super) const fn new(outcomes: [&'static str; OUTCOMES]) -> Self {
        Self { outcomes, places: [const { Place { name: OnceLock::new(), counts: [const { Counter::new() }; OUTCOMES] } }; PLACES] }
    }

    /// Once more. A name for which there is no place left is not counted.
    pub fn add(&self, name: &'static str, outcome: usize) {
        let start = hash(name);
        let place =
            (0..PLACES).map(|step| &self.places[start.wrapping_add(step) % PLACES]).find(|place| *place.name.get_or_init(|| name) == name);
        if let Some(count) = place.and_then(|place| place.counts.get(outcome)) {
            count.add();
        }
    }

    /// All that have been counted, by name.
    pub fn rows(&self) -> Vec<Row> {
        let mut named: Vec<_> = self.places.iter().filter_map(|place| Some((*place.name.get()?, &place.counts))).collect();
        named.sort_by_key(|(name, _)| *name);
        let rows = named.into_iter().flat_map(|(name, counts)| {
            self.outcomes.iter().zip(counts).map(move |(outcome, count)| Row { name, outcome, count: count.get() })
        });
        rows.collect()
    }
}

/// FNV-1a: the names are short, and nobody outside chooses them.
fn hash(name: &str) -> usize {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from(hash >> 40).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_listed_by_name_with_every_outcome() {
        let tally = Tally::new(["done", "failed"]);
        for (name, outcome) in [("hold", 0), ("answer", 1), ("hold", 0), ("hold", 7)] {
            tally.add(name, outcome);
        }
        let rows: Vec<_> = tally.rows().into_iter().map(|Row { name, outcome, count }| (name, outcome, count)).collect();
        assert_eq!(rows, [("answer", "done", 0), ("answer", "failed", 1), ("hold", "done", 2), ("hold", "failed", 0)]);
    }

    #[test]
    fn there_are_places_for_so_many_names_and_no_more() {
        let tally = Tally::new(["done"]);
        for number in 0..2 * PLACES {
            tally.add(Box::leak(number.to_string().into_boxed_str()), 0);
        }
        assert_eq!(tally.rows().len(), PLACES);
    }
}
