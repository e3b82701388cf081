//! Any sequence of edits, undo and redo, saving and opening again, beside a model of it that is so simple that it can only be right: a list of
//! states and a place in it.

use super::*;
use crate::{
    document::{self, Expected, Writing},
    problem::Problem,
};
use proptest::{prelude::*, test_runner::TestRunner};
use shared::{
    definition::{self, Kind},
    file,
    setting_path::Step,
};
use std::{cell::Cell, fs, path::Path};
use toml::{Table, Value};

/// What the file is before, with comments of somebody's own.
const BEFORE: &str = "# ours\n[limits]\nmailbox = 16 # enough\n\n[workmodes] # as SAP has them\nlogout = \"Gone\"\n# the end\n";

#[derive(Clone, Debug)]
enum Deed {
    /// Several values one after the other, as somebody types.
    Type(SettingPath, Vec<Option<Value>>),
    Undo,
    Redo,
    Revert,
    Save,
    Reopen,
}

#[test]
fn any_sequence_of_edits_undo_redo_save_and_reopen_gives_the_same_draft_and_the_service_takes_what_was_saved() {
    let (saved, refused) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() });
    let done = runner.run(&proptest::collection::vec(deed(), 1..40), |deeds| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jackfield.toml");
        fs::write(&path, BEFORE).unwrap();
        let mut model = Model::opened(path.clone(), &document::read(&path).unwrap());
        let mut states = vec![model.draft().values().clone()];
        let (mut at, mut on_disk) = (0, states[0].clone());
        for deed in deeds {
            match deed {
                Deed::Type(setting, values) => {
                    // Who types and comes back to what was there has made a step all the same.
                    let mut changed = false;
                    for value in values {
                        let before = Arc::clone(model.draft());
                        model.set(&setting, value);
                        changed |= before.values() != model.draft().values();
                    }
                    model.settle();
                    if changed {
                        states.truncate(at + 1);
                        states.push(model.draft().values().clone());
                        at += 1;
                    }
                }
                Deed::Undo => {
                    prop_assert_eq!(model.undo().is_some(), at > 0);
                    at = at.saturating_sub(1);
                }
                Deed::Redo => {
                    prop_assert_eq!(model.redo().is_some(), at + 1 < states.len());
                    at = (at + 1).min(states.len() - 1);
                }
                Deed::Revert => {
                    model.revert();
                    if states[at] != on_disk {
                        states.truncate(at + 1);
                        states.push(on_disk.clone());
                        at += 1;
                    }
                }
                Deed::Save => match save(&mut model, &path) {
                    Ok(()) => {
                        saved.set(saved.get() + 1);
                        on_disk.clone_from(&states[at]);
                    }
                    Err(problem) => {
                        refused.set(refused.get() + 1);
                        prop_assert!(matches!(problem, Problem::Refused(_)), "{:?}", problem);
                        prop_assert!(model.has_errors(), "nothing was wrong, but {problem:?}");
                    }
                },
                Deed::Reopen => {
                    model = Model::opened(path.clone(), &document::read(&path).unwrap());
                    (states, at) = (vec![on_disk.clone()], 0);
                }
            }
            prop_assert_eq!(model.draft().values(), &states[at]);
            prop_assert_eq!(model.is_changed(), states[at] != on_disk);
            let there = document::read(&path).unwrap();
            prop_assert_eq!(there.draft.values(), &on_disk);
            prop_assert!(there.text.starts_with("# ours\n"));
        }
        Ok(())
    });
    if let Err(error) = done {
        panic!("{error}");
    }
    assert!(saved.get() > 50 && refused.get() > 50, "{saved:?} saved, {refused:?} refused");
}

/// Saves as the window does, and has the service's own reader take it.
fn save(model: &mut Model, path: &Path) -> Result<(), Problem> {
    let expected = model.version().map_or(Expected::Nothing, Expected::Version);
    let writing = Writing { path: path.into(), draft: Arc::clone(model.draft()), base: Arc::clone(model.base()), expected };
    let written = writing.write()?;
    model.was_saved(path.into(), &written.text);
    let taken = file::load(path).unwrap_or_else(|error| panic!("the service refuses what was saved: {error}"));
    assert_eq!(&taken.checked.config, model.config(), "the service understands what the window showed");
    Ok(())
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        10 => edit(),
        3 => Just(Deed::Undo),
        2 => Just(Deed::Redo),
        1 => Just(Deed::Revert),
        3 => Just(Deed::Save),
        1 => Just(Deed::Reopen),
    ]
}

/// Something written into one of the settings that there are, mostly sensible, sometimes not.
fn edit() -> impl Strategy<Value = Deed> {
    let leaves: Vec<_> = definition::leaves()
        .into_iter()
        .filter(|(path, _)| path.to_string() != "schema" && !path.steps().iter().any(|step| matches!(step, Step::Index(_))))
        .map(|(path, setting)| (path, setting.clone()))
        .collect();
    let setting = proptest::sample::select(leaves);
    setting.prop_flat_map(|(path, setting)| {
        let one =
            prop_oneof![8 => sensible(&path, &setting).boxed(), 1 => Just(Some(Value::from("ü \"#\n"))).boxed(), 2 => Just(None).boxed()];
        proptest::collection::vec(one, 1..3).prop_map(move |values| Deed::Type(path.clone(), values))
    })
}

fn sensible(path: &SettingPath, setting: &definition::Setting) -> BoxedStrategy<Option<Value>> {
    let built_in = Value::try_from(Config::built_in()).unwrap();
    let default = path.steps().iter().try_fold(&built_in, |value, step| match step {
        Step::Key(key) => value.as_table()?.get(key),
        Step::Index(index) => value.as_array()?.get(*index),
    });
    let default = default.cloned();
    let values = match &setting.kind {
        Kind::Switch => proptest::bool::ANY.prop_map(Value::from).boxed(),
        Kind::Number { min, max } => (*min..=(*max).min(min + 100_000)).prop_map(Value::from).boxed(),
        Kind::Choice(words) => proptest::sample::select(words.clone()).prop_map(|(word, _)| Value::from(word)).boxed(),
        Kind::List(_) => rows().prop_map(Value::Array).boxed(),
        _ => proptest::sample::select(vec!["A", "it's \"quoted\" # no comment", "127.0.0.1:9000", "30s", "env:X", "example.com"])
            .prop_map(Value::from)
            .boxed(),
    };
    prop_oneof![values.prop_map(Some), Just(default)].boxed()
}

/// Rows as lists of texts and tables have them; what does not fit a list is wrong there, and must not be saved.
fn rows() -> impl Strategy<Value = Vec<Value>> {
    let text = proptest::sample::select(vec!["A", "B", "10.0.0.0/8", "Lunch"]).prop_map(Value::from);
    let row = (4_i64..9, proptest::sample::select(vec!["Lunch", "Training"])).prop_map(|(id, status)| {
        let pairs = [("id".to_owned(), Value::from(id)), ("status".to_owned(), Value::from(status))];
        Value::Table(pairs.into_iter().collect::<Table>())
    });
    prop_oneof![proptest::collection::vec(text, 0..4), proptest::collection::vec(row, 0..3)]
}
