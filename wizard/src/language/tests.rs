use super::*;
use crate::{command::Action, page, widget::setting};
use shared::definition::{self, Kind};
use std::{collections::BTreeSet, fs, path::Path};

/// Keys of a source, attributes as `message.attribute`.
fn keys(source: &str) -> Vec<String> {
    let mut message = "";
    let mut keys = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let Some((key, _)) = line.split_once(" =") else { continue };
        if let Some(attribute) = key.trim().strip_prefix('.') {
            keys.push(format!("{message}.{attribute}"));
        } else {
            message = key;
            keys.push(key.to_owned());
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_texts_once_each() {
    // The English explanation of a setting is the definition's own, unless there is a better one.
    let settings: BTreeSet<String> = definition::leaves().iter().map(|(path, _)| setting::key(path)).collect();
    // So are findings, which the check itself says in English, what `jackfield check` and `jackfield doctor` say, reasons of the bridge, and what is in a bundle.
    let spoken = |key: &str| ["finding-", "check-", "doctor-", "bridge-reason-", "bundle-entry-"].iter().any(|kind| key.starts_with(kind));
    let falls_back = |key: &str| spoken(key) || key.strip_suffix(".help").is_some_and(|key| settings.contains(key) || is_list(key));
    let [english, german] = SOURCES.map(keys);
    let set = |keys: &[String]| keys.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(set(&english).len(), english.len(), "a key is there twice in English");
    assert_eq!(set(&german).len(), german.len(), "a key is there twice in German");
    let differing: Vec<_> = set(&english).symmetric_difference(&set(&german)).filter(|key| !falls_back(key)).cloned().collect();
    assert!(differing.is_empty(), "{differing:?}");
    let only_english: Vec<_> = set(&english).difference(&set(&german)).cloned().collect();
    assert!(only_english.is_empty(), "{only_english:?}");
    assert!(english.len() > 300, "{}", english.len());
}

/// Lists of sections are no leaves, but have a label and an explanation too.
fn is_list(key: &str) -> bool {
    ["switch-embedded-users", "switch-embedded-statuses", "switch-embedded-workgroups", "switch-embedded-texts"].contains(&key)
        || [
            "service-access-users",
            "delivery-rewrite",
            "channels-action-item-routes",
            "workmodes-mapped",
            "sld-destinations",
            "genesys-cloud-custom-attributes",
        ]
        .contains(&key)
}

#[test]
fn the_texts_parse_without_errors() {
    for source in SOURCES {
        if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
            panic!("{errors:?}");
        }
    }
}

#[test]
fn every_setting_has_its_texts() {
    let mut words_seen = 0;
    for (path, defined) in definition::leaves() {
        let key = setting::key(&path);
        for language in ALL {
            assert!(language.find(&key, None).is_some(), "{language:?}: {key}");
        }
        assert!(Language::German.find(&format!("{key}.help"), None).is_some(), "{key}.help");
        let choice = match &defined.kind {
            Kind::List(element) => &element.kind,
            kind => kind,
        };
        if let Kind::Choice(words) = choice {
            for (word, _) in words {
                for language in ALL {
                    let key = format!("{key}-{}", word.replace('_', "-"));
                    assert!(language.find(&key, None).is_some(), "{language:?}: {key}");
                    words_seen += 1;
                }
            }
        }
    }
    assert!(words_seen >= 20, "{words_seen}");
}

#[test]
fn every_page_and_command_has_its_texts() {
    for language in ALL {
        for page in page::all() {
            let key = format!("page-{}", page.id().0);
            assert!(language.find(&key, None).is_some(), "{language:?}: {key}");
            assert!(language.find(&format!("{key}.purpose"), None).is_some(), "{language:?}: {key}.purpose");
        }
        for action in Action::ALL {
            assert!(language.find(action.key(), None).is_some(), "{language:?}: {}", action.key());
            assert!(language.find(&format!("{}.tip", action.key()), None).is_some(), "{language:?}: {}.tip", action.key());
        }
    }
}

#[test]
fn every_key_that_the_program_names_is_there() {
    let mut named = BTreeSet::new();
    read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut named);
    assert!(named.len() > 40, "{}", named.len());
    let missing: Vec<_> = named
        .iter()
        .filter(|key| !key.starts_with("finding-"))
        .filter(|key| ALL.iter().any(|language| language.find(key, None).is_none()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn no_text_is_without_use() {
    let mut literals = BTreeSet::new();
    read_literals(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut literals);
    // What is put together begins with what stands before the first brace, or ends with what stands behind the last one.
    let beginnings: Vec<&str> = literals.iter().filter_map(|literal| literal.split_once('{')).map(|(begin, _)| begin).collect();
    let beginnings: Vec<&str> = beginnings.into_iter().filter(|begin| begin.len() > 2 && begin.ends_with('-')).collect();
    let endings: Vec<&str> = literals.iter().filter_map(|literal| literal.rsplit_once('}')).map(|(_, end)| end).collect();
    let endings: Vec<&str> = endings.into_iter().filter(|end| end.len() > 2 && end.starts_with('-')).collect();
    let ends = |key: &str| endings.iter().any(|end| key.strip_suffix(end).is_some_and(|begin| literals.contains(begin)));
    let attributes: BTreeSet<&str> = literals.iter().filter_map(|literal| literal.split_once('.')).map(|(key, _)| key).collect();
    let settings: BTreeSet<String> = definition::leaves().iter().map(|(path, _)| setting::key(path)).collect();
    let of_a_setting = |key: &str| is_list(key) || settings.iter().any(|setting| key == setting || key.starts_with(&format!("{setting}-")));
    let named = |key: &str| literals.contains(key) || attributes.contains(key);
    let used = |key: &str| named(key) || ends(key) || beginnings.iter().any(|begin| key.starts_with(begin)) || of_a_setting(key);
    let unused: Vec<String> = keys(SOURCES[0]).into_iter().filter(|key| !key.contains('.') && !used(key)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Collects every text in quotes, but those of tests.
fn read_literals(folder: &Path, literals: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("tests") {
            read_literals(&path, literals);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            let source = fs::read_to_string(&path).unwrap();
            // Line by line, so that one quote in a comment spoils one line at most.
            literals.extend(source.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).map(ToOwned::to_owned));
        }
    }
}

/// Collects what stands in `text("…")`, `text_with("…")` and behind a group's heading.
fn read(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("tests") {
            read(&path, named);
        } else if path.is_file() && !path.ends_with("tests.rs") {
            let source = fs::read_to_string(&path).unwrap();
            for call in ["text(", "text_with("] {
                let arguments = source.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
                let is_key = |key: &&str| key.chars().all(|c| c.is_ascii_lowercase() || "-.".contains(c));
                named.extend(arguments.filter_map(|rest| Some(rest.split_once('"')?.0)).filter(is_key).map(ToOwned::to_owned));
            }
            let words = source.split('"').skip(1).step_by(2);
            named.extend(words.filter(|word| word.starts_with("group-") || word.starts_with("glance-")).map(ToOwned::to_owned));
        }
    }
}

#[test]
fn texts_take_values() {
    assert_eq!(Language::German.text_with("status-errors", [("count", "3".into())]), "Fehler: 3");
    assert_eq!(Language::English.text("no-such-key"), "no-such-key");
}

/// A sentence that the bridge makes for itself has a German text; the English one is its own.
#[test]
fn every_reason_of_the_bridge_can_be_said_in_german() {
    let mut ids = BTreeSet::new();
    reasons(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../service/src/genesys_cloud")), &mut ids);
    assert!(ids.len() > 40, "{}", ids.len());
    let missing: Vec<_> = ids.iter().filter(|id| Language::German.find(&format!("bridge-reason-{id}"), None).is_none()).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn reasons(folder: &Path, ids: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("tests") {
            reasons(&path, ids);
        } else if path.is_file() && !path.ends_with("tests.rs") {
            let source = fs::read_to_string(&path).unwrap();
            for call in ["Reason::new(", "forget(maker, "] {
                let named = source.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
                ids.extend(named.map(|(id, _)| id.to_owned()));
            }
        }
    }
}
