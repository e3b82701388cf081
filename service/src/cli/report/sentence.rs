//! Sentences of reports: each has an id that stays the same from version to version, so that the wizard can say it in another language. What
//! stands in braces is put in when it is said. Pure.

use super::Verdict;

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Sentence {
    /// Its id; translations and scripts rely on it.
    pub(in crate::cli) id: &'static str,
    /// How good or bad it is.
    pub(in crate::cli) verdict: Verdict,
    /// What was seen, without a full stop.
    pub(in crate::cli) cause: &'static str,
    /// What to do; empty where nothing is to be done.
    pub(in crate::cli) repair: &'static str,
}

/// A table of them: `NAME = "id", Verdict, "cause", "repair";`.
macro_rules! sentences {
    ($($name:ident = $id:literal, $verdict:ident, $cause:literal, $repair:literal;)*) => {
        $(pub(in crate::cli) const $name: $crate::cli::report::Sentence = $crate::cli::report::Sentence {
            id: $id,
            verdict: $crate::cli::report::Verdict::$verdict,
            cause: $cause,
            repair: $repair,
        };)*

        /// All of them.
        #[cfg(test)]
        pub(in crate::cli) const ALL: &[$crate::cli::report::Sentence] = &[$($name),*];
    };
}
pub(in crate::cli) use sentences;

/// A text with what stands in braces put in; what is put in is not looked at again.
pub(super) fn fill(text: &str, values: &std::collections::BTreeMap<&'static str, String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        filled.push_str(values.get(name).map_or("?", String::as_str));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{
        check, doctor,
        report::{
            self,
            Verdict::{Failed, Undecided, Warning},
        },
    };
    use std::collections::{BTreeMap, BTreeSet};

    const TABLES: [&[Sentence]; 3] = [report::ALL, check::sentences::ALL, doctor::sentences::ALL];
    /// What the ids of each begin with.
    const KINDS: [&str; 2] = ["check-", "doctor-"];
    const GERMAN: &str = include_str!("../../../../assets/lang/de.ftl");

    /// The German text of a key, `id` or `id.repair`.
    fn german(key: &str) -> Option<&'static str> {
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, attribute)| (id, Some(attribute)));
        let mut lines = GERMAN.lines().skip_while(|line| !line.starts_with(&format!("{id} =")));
        let first = lines.next()?.split_once(" = ")?.1;
        match attribute {
            None => Some(first),
            Some(attribute) => {
                lines.take_while(|line| line.starts_with(' ')).find_map(|line| line.trim_start().strip_prefix(&format!(".{attribute} = ")))
            }
        }
    }

    /// The names in braces; Fluent writes them `{ $name }`.
    fn names(text: &str) -> BTreeSet<String> {
        let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        inside.map(|(name, _)| name.trim_matches([' ', '$']).to_owned()).collect()
    }

    /// What reports say, and what came of a registration, which a check says too.
    fn all() -> Vec<(&'static str, &'static str, &'static str)> {
        let own = TABLES.concat().into_iter().map(|Sentence { id, cause, repair, .. }| (id, cause, repair));
        own.chain(crate::app::sld::WORDS.iter().map(|words| (words.id, words.cause, words.repair))).collect()
    }

    #[test]
    fn every_sentence_is_there_in_german_too_and_names_the_same() {
        for (id, cause, repair) in all() {
            let said = german(id).unwrap_or_else(|| panic!("{id} has no German text"));
            assert_eq!(names(said), names(cause), "{id}");
            assert_ne!(said, cause, "{id} is said in English");
            match german(&format!("{id}.repair")) {
                Some(said) => assert_eq!(names(said), names(repair), "{id}.repair"),
                None => assert!(repair.is_empty(), "{id} has no German repair"),
            }
        }
    }

    #[test]
    fn no_german_sentence_is_left_over() {
        let all = all();
        let ids: BTreeSet<_> = all.iter().map(|(id, ..)| *id).collect();
        assert_eq!(ids.len(), all.len(), "an id is there twice");
        let keys = GERMAN
            .lines()
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, _)| key)
            .filter(|key| KINDS.iter().any(|kind| key.starts_with(kind)));
        let unknown: Vec<_> = keys.filter(|key| !ids.contains(key)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn what_fails_or_is_doubtful_says_what_to_do() {
        for Sentence { id, verdict, repair, .. } in TABLES.concat() {
            let needed = matches!(verdict, Failed | Warning | Undecided);
            assert!(!needed || !repair.is_empty(), "{id}");
            assert!(!repair.ends_with('.'), "{id}");
        }
    }

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        let values = BTreeMap::from([("why", "{port} }{".to_owned()), ("port", "8019".to_owned())]);
        assert_eq!(fill("{why}, {port}{", &values), "{port} }{, 8019?");
        assert_eq!(fill("nothing", &values), "nothing");
    }
}
