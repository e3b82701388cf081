//! The file: redb, which nothing else names. One transaction for everything that arrived together.
//!
//! What an older or newer version has left there, `form` judges.
//!
//! redb ties a table to the names of its types, so that every value is our own bytes ([`super::bytes`]). Every page's checksum is looked at
//! when the file is opened: a plain open may panic on a file that somebody has altered.

pub mod backlog;
mod form;

use super::{
    Failure, Keeper, OpenError, bytes,
    bytes::Kind,
    memory::Change,
    record::{Key, Record},
};
use form::Form;
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, Table, TableDefinition, WriteTransaction, backends::FileBackend,
};
use std::{
    borrow::Borrow,
    fs::{self, OpenOptions},
    io::{self, ErrorKind},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// redb's own default is a gibibyte.
const CACHE: usize = 16 * 1024 * 1024;
/// Set-aside files that are kept beside the store, for support.
const KEPT_ASIDE: usize = 3;

const SESSIONS: TableDefinition<&str, &[u8]> = TableDefinition::new("sessions");
const ITEMS: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("items");
const DATA: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("data");
/// An empty item means the agent himself.
const TOLD: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("told");
const ROUTED: TableDefinition<&str, &[u8]> = TableDefinition::new("routed");
const REGISTRATIONS: TableDefinition<&str, &[u8]> = TableDefinition::new("registrations");
const BRIDGE: TableDefinition<&str, &[u8]> = TableDefinition::new("bridge");

/// An open file.
pub(super) struct File {
    path: PathBuf,
    /// `None` after a failure: redb does nothing more then until it is opened anew.
    database: Option<Database>,
}

/// What was found.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) records: Vec<(Key, Record)>,
    /// Records that could not be read; they are left out.
    pub(super) unreadable: usize,
    /// Where a file went that could not be used, and why.
    pub(super) set_aside: Option<(PathBuf, String)>,
}

enum Unfit {
    /// The file is no store that any version can read: it is set aside.
    Content(String),
    Other(OpenError),
}

impl File {
    /// Opens a file, or makes one. What cannot be read is set aside first.
    pub(super) fn open(path: &Path) -> Result<Opened, OpenError> {
        let why = match Self::open_as_it_is(path) {
            Ok(opened) => return Ok(opened),
            Err(Unfit::Other(error)) => return Err(error),
            Err(Unfit::Content(why)) => why,
        };
        let aside = set_aside(path).map_err(|error| unusable(path, &error))?;
        match Self::open_as_it_is(path) {
            Ok(opened) => Ok(Opened { set_aside: Some((aside, why)), ..opened }),
            Err(Unfit::Other(error)) => Err(error),
            Err(Unfit::Content(why)) => Err(OpenError::Unusable { path: path.to_owned(), why }),
        }
    }

    /// A file that could not be opened; [`Keeper::replace`] tries again.
    pub(super) fn closed(path: &Path) -> Self {
        Self { path: path.to_owned(), database: None }
    }

    fn open_as_it_is(path: &Path) -> Result<Opened, Unfit> {
        let mut database = database(path, CACHE)?;
        let before = catch_unwind(AssertUnwindSafe(|| form::of(&database))).unwrap_or_else(|_| Err(Unfit::Content("it is damaged".into())));
        let before = before?;
        before.known(path).map_err(Unfit::Other)?;
        if let Form::Older(number) = before {
            // The copy is of a file that nobody has open.
            drop(database);
            let copy = form::copy(path, number).map_err(|error| Unfit::Other(unusable(path, &error)))?;
            tracing::info!(path = %path.display(), copy = %copy.display(), "the store is brought from the form {number} to that of this version");
            database = self::database(path, CACHE)?;
        }
        let read = catch_unwind(AssertUnwindSafe(|| load(&database))).unwrap_or_else(|_| Err(Unfit::Content("it is damaged".into())));
        let (records, unreadable) = read?;
        Ok(Opened { file: Self { path: path.to_owned(), database: Some(database) }, records, unreadable, set_aside: None })
    }

    /// One transaction; whatever goes wrong in it, even a panic of redb's, is a failure, after which the file must be opened anew.
    fn transact(&mut self, work: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>) -> Result<(), Failure> {
        let Some(database) = &self.database else { return Err(Failure { why: "the file is closed".into() }) };
        let outcome = catch_unwind(AssertUnwindSafe(|| -> Result<(), redb::Error> {
            let transaction = database.begin_write()?;
            work(&transaction)?;
            transaction.commit()?;
            Ok(())
        }));
        let failure = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => Failure { why: error.to_string() },
            Err(_) => Failure { why: "the file is damaged".into() },
        };
        self.close();
        Err(failure)
    }

    fn close(&mut self) {
        let database = self.database.take();
        // Closing writes, too, and may fail in its own ways on a broken disk.
        let _ = catch_unwind(AssertUnwindSafe(move || drop(database)));
    }
}

impl Keeper for File {
    fn commit(&mut self, changes: &[Change]) -> Result<(), Failure> {
        self.transact(|transaction| write(transaction, changes))
    }

    fn replace(&mut self, all: &[Change]) -> Result<(), Failure> {
        if self.database.is_none() {
            let opened = Self::open(&self.path).map_err(|error| Failure { why: error.to_string() })?;
            self.database = opened.file.database;
        }
        self.transact(|transaction| {
            for table in [SESSIONS, ROUTED, REGISTRATIONS, BRIDGE] {
                transaction.delete_table(table)?;
            }
            for table in [ITEMS, DATA, TOLD] {
                transaction.delete_table(table)?;
            }
            write(transaction, all)
        })
    }

    fn remove(mut self: Box<Self>) {
        self.close();
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the store that is no longer used could not be removed");
        }
    }
}

fn write(transaction: &WriteTransaction, changes: &[Change]) -> Result<(), redb::Error> {
    let (mut sessions, mut routed) = (transaction.open_table(SESSIONS)?, transaction.open_table(ROUTED)?);
    let (mut registrations, mut bridge) = (transaction.open_table(REGISTRATIONS)?, transaction.open_table(BRIDGE)?);
    let (mut items, mut data, mut told) = (transaction.open_table(ITEMS)?, transaction.open_table(DATA)?, transaction.open_table(TOLD)?);
    for (key, record) in changes {
        let value = record.as_ref().map(|record| bytes::write(record));
        let (table, key) = match key {
            Key::Session(user) => {
                put(&mut sessions, user.as_str(), value.as_deref())?;
                continue;
            }
            Key::Routed(item) => {
                put(&mut routed, item.as_str(), value.as_deref())?;
                continue;
            }
            Key::Registration(url) => {
                put(&mut registrations, &**url, value.as_deref())?;
                continue;
            }
            Key::Bridge(name) => {
                put(&mut bridge, &**name, value.as_deref())?;
                continue;
            }
            Key::Item(user, item) => (&mut items, (user.as_str(), item.as_str())),
            Key::Data(user, item) => (&mut data, (user.as_str(), item.as_str())),
            Key::Told(user, item) => (&mut told, (user.as_str(), item.as_ref().map_or("", |item| item.as_str()))),
        };
        put(table, key, value.as_deref())?;
    }
    Ok(())
}

fn put<'k, K: redb::Key + 'static>(
    table: &mut Table<'_, K, &'static [u8]>,
    key: impl Borrow<K::SelfType<'k>>,
    value: Option<&[u8]>,
) -> Result<(), redb::Error> {
    match value {
        Some(value) => drop(table.insert(key, value)?),
        None => drop(table.remove(key)?),
    }
    Ok(())
}

fn load(database: &Database) -> Result<(Vec<(Key, Record)>, usize), Unfit> {
    let transaction = database.begin_write().map_err(content)?;
    {
        form::mark(&transaction).map_err(content)?;
        // They are there from now on, so that reading finds them.
        for table in [SESSIONS, ROUTED, REGISTRATIONS, BRIDGE] {
            transaction.open_table(table).map_err(content)?;
        }
        for table in [ITEMS, DATA, TOLD] {
            transaction.open_table(table).map_err(content)?;
        }
    }
    transaction.commit().map_err(content)?;

    let (mut records, mut unreadable) = (Vec::new(), 0);
    let mut keep = |key: Key, kind: Kind, value: &[u8]| match bytes::read(kind, value) {
        Ok(record) => records.push((key, record)),
        Err(_) => unreadable += 1,
    };
    let transaction = database.begin_read().map_err(content)?;
    for (table, kind) in [(SESSIONS, Kind::Session), (ROUTED, Kind::Routed), (REGISTRATIONS, Kind::Registration), (BRIDGE, Kind::Bridge)] {
        for row in transaction.open_table(table).map_err(content)?.iter().map_err(content)? {
            let (key, value) = row.map_err(content)?;
            let key = match kind {
                Kind::Session => Key::Session(key.value().into()),
                Kind::Registration => Key::Registration(key.value().into()),
                Kind::Bridge => Key::Bridge(key.value().into()),
                Kind::Item | Kind::Data | Kind::Told | Kind::Routed => Key::Routed(key.value().into()),
            };
            keep(key, kind, value.value());
        }
    }
    for (table, kind) in [(ITEMS, Kind::Item), (DATA, Kind::Data), (TOLD, Kind::Told)] {
        for row in transaction.open_table(table).map_err(content)?.iter().map_err(content)? {
            let (key, value) = row.map_err(content)?;
            let (user, item) = key.value();
            let key = match kind {
                Kind::Data => Key::Data(user.into(), item.into()),
                Kind::Told => Key::Told(user.into(), Some(item).filter(|item| !item.is_empty()).map(Into::into)),
                Kind::Item | Kind::Session | Kind::Routed | Kind::Registration | Kind::Bridge => Key::Item(user.into(), item.into()),
            };
            keep(key, kind, value.value());
        }
    }
    Ok((records, unreadable))
}

fn database(path: &Path, cache: usize) -> Result<Database, Unfit> {
    let file = open_file(path).map_err(|error| Unfit::Other(unusable(path, &error)))?;
    let mut builder = Database::builder();
    builder.set_cache_size(cache).set_check_integrity_on_open(true);
    match catch_unwind(AssertUnwindSafe(|| builder.create_with_backend(FileBackend::new(file)?))) {
        Ok(Ok(database)) => Ok(database),
        Ok(Err(error)) => Err(judge(path, error)),
        Err(_) => Err(Unfit::Content("it is damaged".into())),
    }
}

/// For its owner alone: URLs in it authorise whoever posts to them.
fn open_file(path: &Path) -> io::Result<fs::File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn judge(path: &Path, error: DatabaseError) -> Unfit {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            Unfit::Other(OpenError::InUse { path: path.to_owned() })
        }
        DatabaseError::UpgradeRequired(_) => Unfit::Content("it was written by another version of the database".into()),
        DatabaseError::RepairAborted => Unfit::Content("it cannot be repaired".into()),
        DatabaseError::Storage(StorageError::Io(error)) if !matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
            Unfit::Other(unusable(path, &error))
        }
        DatabaseError::Storage(StorageError::Corrupted(why)) => Unfit::Content(format!("it is damaged: {why}")),
        other => Unfit::Content(format!("it is no store: {other}")),
    }
}

fn content(error: impl Into<redb::Error>) -> Unfit {
    match error.into() {
        redb::Error::Io(error) if !matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
            Unfit::Other(OpenError::Full { why: error.to_string() })
        }
        other => Unfit::Content(format!("it is damaged: {other}")),
    }
}

fn unusable(path: &Path, error: &io::Error) -> OpenError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => OpenError::Full { why: error.to_string() },
        _ => OpenError::Unusable { path: path.to_owned(), why: error.to_string() },
    }
}

/// Renames a file to one of its own name with the time, and removes the oldest of those that are there.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let (folder, name) = (path.parent().unwrap_or(Path::new("")), path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    let prefix = format!("{name}.set-aside-");
    let aside = folder.join(format!("{prefix}{}", jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%.3f")));
    fs::rename(path, &aside)?;
    let listed = if folder.as_os_str().is_empty() { fs::read_dir(".") } else { fs::read_dir(folder) };
    let mut others: Vec<PathBuf> = listed?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|other| other.file_name().is_some_and(|other| other.to_string_lossy().starts_with(&prefix)))
        .collect();
    others.sort();
    let superfluous = others.len().saturating_sub(KEPT_ASIDE);
    for old in others.into_iter().take(superfluous) {
        // One more old file is no reason not to start.
        let _ = fs::remove_file(old);
    }
    Ok(aside)
}
