//! The form of the file as a whole, its tables and their keys, and what is done with a file that has another one than this version writes.
//!
//! | form | what it has |
//! |---|---|
//! | 1 | the tables of `file`, and `about` with the form's number |
//! | 2 | beside them `program`: who has written the file last, so that an older version can name him |
//!
//! Whoever makes another form adds a line here, what leads there to [`mark`], and a file of the form before to the tests.

use super::{OpenError, Unfit, content};
use redb::{Database, ReadableDatabase, TableDefinition, TableError, WriteTransaction};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The form that this version writes.
const FORM: u64 = 2;

const ABOUT: TableDefinition<&str, u64> = TableDefinition::new("about");
const NUMBER: &str = "schema";
const PROGRAM: TableDefinition<&str, &str> = TableDefinition::new("program");
const VERSION: &str = "version";

/// The form that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A file that nobody has written yet, or of this version's form.
    Ours,
    /// An older one, by its number.
    Older(u64),
    /// A newer one, by its number, and which Jackfield has written it.
    Newer(u64, String),
}

// === impl Form ===

impl Form {
    /// Whether this version can do anything with it.
    pub(super) fn known(&self, path: &Path) -> Result<(), OpenError> {
        let Self::Newer(form, version) = self else { return Ok(()) };
        let (by, copy) = (format!("Jackfield {version}"), copy_of(path, FORM));
        Err(OpenError::Newer { path: path.to_owned(), by, form: *form, known: FORM, copy })
    }
}

/// What form a file has. Changes nothing.
pub(super) fn of(database: &Database) -> Result<Form, Unfit> {
    let transaction = database.begin_read().map_err(content)?;
    let number = match transaction.open_table(ABOUT) {
        Ok(about) => about.get(NUMBER).map_err(content)?.map(|number| number.value()),
        Err(TableError::TableDoesNotExist(_)) => None,
        Err(error) => return Err(content(error)),
    };
    let version = match transaction.open_table(PROGRAM) {
        Ok(program) => program.get(VERSION).map_err(content)?.map(|version| version.value().to_owned()),
        Err(TableError::TableDoesNotExist(_)) => None,
        Err(error) => return Err(content(error)),
    };
    match number {
        None | Some(FORM) => Ok(Form::Ours),
        Some(newer) if newer > FORM => Ok(Form::Newer(newer, version.unwrap_or_else(|| "of a version that it does not name".to_owned()))),
        Some(0) => Err(Unfit::Content("it has the form 0, which no version has written".to_owned())),
        Some(older) => Ok(Form::Older(older)),
    }
}

/// Keeps a file as it is, before it gets this version's form, beside it: whoever goes back to the version before puts it in its place. The copy
/// of an earlier time gives way.
pub(super) fn copy(path: &Path, form: u64) -> io::Result<PathBuf> {
    let copy = copy_of(path, form);
    let beside = copy_of(&copy, 0);
    // By way of another name, so that a full disk leaves no half of one.
    let copied = fs::copy(path, &beside).and_then(|_| fs::File::open(&beside)?.sync_all()).and_then(|()| fs::rename(&beside, &copy));
    if copied.is_err() {
        // What has gone wrong is told below.
        let _ = fs::remove_file(&beside);
    }
    copied.map(|()| copy)
}

fn copy_of(path: &Path, form: u64) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".form-{form}"));
    path.with_file_name(name)
}

/// Brings a file to this version's form, whatever older one it has, and says who has written it.
pub(super) fn mark(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(ABOUT)?.insert(NUMBER, FORM)?;
    transaction.open_table(PROGRAM)?.insert(VERSION, env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
