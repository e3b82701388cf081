//! A queue in a file of its own, for what is to be sent to somebody who may be away for hours: numbered entries, oldest first, bounded by number
//! and age. What it holds it does not understand.
//!
//! Everything here blocks on the disk; no async thread may call it but for [`Backlog::figures`]. A commit that fails changes nothing, and the
//! file is opened anew with the next one.

use super::{content, database};
use crate::store::OpenError;
use redb::{Database, Error, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction, backends::InMemoryBackend};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The form of the file.
const SCHEMA: u64 = 1;
/// The entries themselves are read once, in order.
const CACHE: usize = 4 * 1024 * 1024;
/// What an entry takes beside its bytes, about.
const OVERHEAD: u64 = 64;
/// Entries that can never be sent are kept to be looked at, so many of them.
const REJECTED: u64 = 1_000;
/// Kinds of entries.
pub const KINDS: usize = 8;

const ABOUT: TableDefinition<&str, u64> = TableDefinition::new("about");
const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");
/// The same numbers by their kind, for what has to go first.
const BY_KIND: TableDefinition<(u8, u64), ()> = TableDefinition::new("by-kind");
const REJECTS: TableDefinition<u64, &[u8]> = TableDefinition::new("rejected");

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Backlog(Arc<Shared>);

struct Shared {
    path: Option<PathBuf>,
    open: Mutex<Open>,
    figures: Mutex<Figures>,
}

struct Open {
    /// `None` after a failure.
    database: Option<Database>,
    next: u64,
}

/// How much it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// So many entries.
    pub entries: u64,
    /// Older ones go.
    pub age: Duration,
    /// Entries of this kind go first when there is no room.
    pub first: u8,
}

/// What waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which kind, below [`KINDS`].
    pub kind: u8,
    /// When it happened, seconds since 1970.
    pub at: i64,
    /// What.
    pub bytes: Vec<u8>,
}

/// An entry that can never be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its number.
    pub number: u64,
    /// Why.
    pub why: String,
    /// The entry.
    pub entry: Entry,
}

/// What had to go unsent, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gone {
    /// There was no room.
    pub crowded_out: [u64; KINDS],
    /// Too old.
    pub expired: [u64; KINDS],
}

/// How it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Entries that wait, by kind.
    pub waiting: [u64; KINDS],
    /// Their bytes.
    pub bytes: u64,
    /// When the oldest happened.
    pub oldest: Option<i64>,
    /// Entries that can never be sent.
    pub rejected: u64,
    /// Why the last commit failed, if it did.
    pub failure: Option<String>,
}

/// Why a commit failed.
pub type Failure = String;

// === impl Backlog ===

impl Backlog {
    /// Opens a file, or makes one; `None` keeps everything in memory. A file that cannot be read is set aside.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(path: Option<&Path>) -> Result<Self, OpenError> {
        let (database, figures, next) = match path {
            None => {
                let database = in_memory().map_err(|why| OpenError::Unusable { path: PathBuf::new(), why })?;
                (database, Figures::default(), 1)
            }
            Some(path) => {
                let read = match look(path) {
                    Err(super::Unfit::Content(why)) => {
                        let aside = super::set_aside(path).map_err(|error| super::unusable(path, &error))?;
                        tracing::warn!(path = %aside.display(), why, "what waited to be sent could not be read and was set aside");
                        look(path)
                    }
                    other => other,
                };
                read.map_err(|unfit| match unfit {
                    super::Unfit::Content(why) => OpenError::Unusable { path: path.to_owned(), why },
                    super::Unfit::Other(error) => error,
                })?
            }
        };
        let open = Mutex::new(Open { database: Some(database), next });
        Ok(Self(Arc::new(Shared { path: path.map(Path::to_owned), open, figures: Mutex::new(figures) })))
    }

    /// Where it is.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// Adds entries in this order; they are in the file when this returns. What has no room for them gives way: first those of the kind that
    /// goes first, then the oldest.
    ///
    /// # Errors
    /// Nothing was added.
    pub fn append(&self, entries: &[Entry], bounds: Bounds, now: i64) -> Result<Gone, Failure> {
        self.change(|transaction, next, figures| {
            let mut gone = expire(transaction, figures, bounds, now)?;
            let (mut table, mut kinds) = (transaction.open_table(ENTRIES)?, transaction.open_table(BY_KIND)?);
            for entry in entries {
                table.insert(*next, &*write(entry))?;
                kinds.insert((entry.kind, *next), ())?;
                *next += 1;
                figures.add(entry.kind, entry.bytes.len());
            }
            drop((table, kinds));
            crowd_out(transaction, figures, bounds, &mut gone)?;
            transaction.open_table(ABOUT)?.insert("next", *next)?;
            Ok(gone)
        })
    }

    /// Takes away what is too old.
    ///
    /// # Errors
    /// Nothing was taken away.
    pub fn expire(&self, bounds: Bounds, now: i64) -> Result<Gone, Failure> {
        self.change(|transaction, _, figures| expire(transaction, figures, bounds, now))
    }

    /// So many entries that come after a number, in order.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn after(&self, number: u64, most: usize) -> Result<Vec<(u64, Entry)>, Failure> {
        self.read(|database| {
            let table = database.begin_read()?.open_table(ENTRIES)?;
            let mut entries = Vec::new();
            for row in table.range(number.saturating_add(1)..)?.take(most) {
                let (number, value) = row?;
                entries.extend(read(value.value()).map(|entry| (number.value(), entry)));
            }
            Ok(entries)
        })
    }

    /// Takes away what was sent, and puts aside what never can be.
    ///
    /// # Errors
    /// Nothing was changed: it will be sent again.
    pub fn settle(&self, sent: &[u64], never: &[(u64, String)]) -> Result<(), Failure> {
        self.change(|transaction, _, figures| {
            let mut rejects = transaction.open_table(REJECTS)?;
            for (number, why) in sent.iter().map(|number| (*number, None)).chain(never.iter().map(|(number, why)| (*number, Some(why)))) {
                let Some(entry) = take(transaction, figures, number)? else { continue };
                let Some(why) = why else { continue };
                let (why, entry) = (why.as_bytes(), write(&entry));
                let length = why.len().min(usize::from(u16::MAX));
                let mut value = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes().to_vec();
                value.extend_from_slice(&why[..length]);
                value.extend_from_slice(&entry);
                rejects.insert(number, &*value)?;
                figures.rejected += 1;
            }
            while figures.rejected > REJECTED {
                rejects.pop_first()?;
                figures.rejected -= 1;
            }
            Ok(())
        })
    }

    /// The last entries that can never be sent, oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn rejected(&self, most: usize) -> Result<Vec<Rejected>, Failure> {
        self.read(|database| {
            let table = database.begin_read()?.open_table(REJECTS)?;
            let mut found = Vec::new();
            for row in table.iter()?.rev().take(most) {
                let (number, value) = row?;
                let Some((length, rest)) = value.value().split_first_chunk::<2>() else { continue };
                let Some((why, entry)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))) else { continue };
                let why = String::from_utf8_lossy(why).into_owned();
                found.extend(read(entry).map(|entry| Rejected { number: number.value(), why, entry }));
            }
            found.reverse();
            Ok(found)
        })
    }

    /// Takes everything away.
    ///
    /// # Errors
    /// Nothing was taken away.
    pub fn empty(&self) -> Result<(), Failure> {
        self.change(|transaction, _, figures| {
            transaction.delete_table(ENTRIES)?;
            transaction.delete_table(BY_KIND)?;
            transaction.delete_table(REJECTS)?;
            *figures = Figures::default();
            prepare(transaction)?;
            Ok(())
        })
    }

    /// Is used no more: its file goes.
    ///
    /// # Errors
    /// It stays.
    pub fn remove(&self) -> Result<(), Failure> {
        let Some(path) = &self.0.path else { return Ok(()) };
        let mut open = self.0.open();
        let database = open.database.take();
        let _ = catch_unwind(AssertUnwindSafe(move || drop(database)));
        std::fs::remove_file(path).map_err(|error| error.to_string())
    }

    /// How it is; waits for no disk.
    pub fn figures(&self) -> Figures {
        self.0.figures().clone()
    }

    fn read<T>(&self, work: impl FnOnce(&Database) -> Result<T, Error>) -> Result<T, Failure> {
        let mut open = self.0.open();
        let database = open.database(self.0.path.as_deref())?;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(database)));
        outcome.unwrap_or_else(|_| Err(Error::Corrupted("it is damaged".into()))).map_err(|error| self.fail(&mut open, &error))
    }

    /// One transaction. The figures follow when it is committed.
    fn change<T>(&self, work: impl FnOnce(&WriteTransaction, &mut u64, &mut Figures) -> Result<T, Error>) -> Result<T, Failure> {
        let mut open = self.0.open();
        let (mut next, mut figures) = (open.next, self.figures());
        let database = open.database(self.0.path.as_deref())?;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let transaction = database.begin_write()?;
            let value = work(&transaction, &mut next, &mut figures)?;
            figures.oldest = oldest(&transaction)?;
            transaction.commit()?;
            Ok(value)
        }));
        match outcome.unwrap_or_else(|_| Err(Error::Corrupted("it is damaged".into()))) {
            Ok(value) => {
                figures.failure = None;
                open.next = next;
                *self.0.figures() = figures;
                Ok(value)
            }
            Err(error) => Err(self.fail(&mut open, &error)),
        }
    }

    fn fail(&self, open: &mut Open, error: &Error) -> Failure {
        if self.0.path.is_some() {
            // redb does nothing more after an error of the disk until it is opened anew; closing may fail in its own ways.
            let database = open.database.take();
            let _ = catch_unwind(AssertUnwindSafe(move || drop(database)));
        }
        let why = error.to_string();
        self.0.figures().failure = Some(why.clone());
        why
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn figures(&self) -> MutexGuard<'_, Figures> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn database(&mut self, path: Option<&Path>) -> Result<&Database, Failure> {
        if self.database.is_none() {
            // What is in it is known: a failure has changed nothing.
            let path = path.ok_or("there is no file")?;
            self.database = Some(database(path, CACHE).map_err(|_| "the file cannot be opened")?);
        }
        self.database.as_ref().ok_or_else(|| "the file is closed".to_owned())
    }
}

// === impl Figures ===

impl Figures {
    fn add(&mut self, kind: u8, bytes: usize) {
        self.waiting[index(kind)] += 1;
        self.bytes += size(bytes);
    }

    fn remove(&mut self, kind: u8, bytes: usize) {
        let waiting = &mut self.waiting[index(kind)];
        *waiting = waiting.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size(bytes));
    }
}

// === impl Gone ===

impl Gone {
    /// How many altogether.
    pub fn sum(&self) -> u64 {
        self.crowded_out.iter().chain(&self.expired).sum()
    }
}

fn index(kind: u8) -> usize {
    usize::from(kind).min(KINDS - 1)
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(OVERHEAD)
}

fn in_memory() -> Result<Database, String> {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE);
    let database = builder.create_with_backend(InMemoryBackend::new()).map_err(|error| error.to_string())?;
    let set_up = || -> Result<(), Error> {
        let transaction = database.begin_write()?;
        prepare(&transaction)?;
        transaction.commit()?;
        Ok(())
    };
    set_up().map_err(|error| error.to_string())?;
    Ok(database)
}

fn prepare(transaction: &WriteTransaction) -> Result<(), Error> {
    transaction.open_table(ENTRIES)?;
    transaction.open_table(BY_KIND)?;
    transaction.open_table(REJECTS)?;
    Ok(())
}

/// Opens a file and counts what is in it.
fn look(path: &Path) -> Result<(Database, Figures, u64), super::Unfit> {
    let database = database(path, CACHE)?;
    let counted = catch_unwind(AssertUnwindSafe(|| count(&database)));
    let (figures, next) = counted.unwrap_or_else(|_| Err(super::Unfit::Content("it is damaged".into())))?;
    Ok((database, figures, next))
}

fn count(database: &Database) -> Result<(Figures, u64), super::Unfit> {
    let transaction = database.begin_write().map_err(content)?;
    let next = {
        let mut about = transaction.open_table(ABOUT).map_err(content)?;
        let schema = about.get("schema").map_err(content)?.map(|schema| schema.value());
        match schema {
            Some(SCHEMA) => {}
            Some(other) => return Err(super::Unfit::Content(format!("it has the form {other}, and this version reads the form {SCHEMA}"))),
            None => drop(about.insert("schema", SCHEMA).map_err(content)?),
        }
        about.get("next").map_err(content)?.map_or(1, |next| next.value())
    };
    prepare(&transaction).map_err(content)?;
    let mut figures = Figures::default();
    {
        let table = transaction.open_table(ENTRIES).map_err(content)?;
        for row in table.iter().map_err(content)? {
            let (_, value) = row.map_err(content)?;
            if let Some(entry) = read(value.value()) {
                figures.oldest = figures.oldest.or(Some(entry.at));
                figures.add(entry.kind, entry.bytes.len());
            }
        }
        let rejects = transaction.open_table(REJECTS).map_err(content)?;
        figures.rejected = u64::try_from(rejects.iter().map_err(content)?.count()).unwrap_or(u64::MAX);
    }
    transaction.commit().map_err(content)?;
    Ok((figures, next))
}

fn oldest(transaction: &WriteTransaction) -> Result<Option<i64>, Error> {
    let table = transaction.open_table(ENTRIES)?;
    let first = table.first()?;
    Ok(first.and_then(|(_, value)| read(value.value())).map(|entry| entry.at))
}

fn take(transaction: &WriteTransaction, figures: &mut Figures, number: u64) -> Result<Option<Entry>, Error> {
    let mut table = transaction.open_table(ENTRIES)?;
    let Some(entry) = table.remove(number)?.and_then(|value| read(value.value())) else { return Ok(None) };
    transaction.open_table(BY_KIND)?.remove((entry.kind, number))?;
    figures.remove(entry.kind, entry.bytes.len());
    Ok(Some(entry))
}

fn expire(transaction: &WriteTransaction, figures: &mut Figures, bounds: Bounds, now: i64) -> Result<Gone, Error> {
    let mut gone = Gone::default();
    let limit = now.saturating_sub(i64::try_from(bounds.age.as_secs()).unwrap_or(i64::MAX));
    loop {
        let first = {
            let table = transaction.open_table(ENTRIES)?;
            table.first()?.map(|(number, value)| (number.value(), read(value.value()).map(|entry| entry.at)))
        };
        let Some((number, at)) = first else { break };
        if at.is_some_and(|at| at >= limit) {
            break;
        }
        // One that cannot be read is away now, and of no kind.
        if let Some(entry) = take(transaction, figures, number)? {
            gone.expired[index(entry.kind)] += 1;
        }
    }
    Ok(gone)
}

fn crowd_out(transaction: &WriteTransaction, figures: &mut Figures, bounds: Bounds, gone: &mut Gone) -> Result<(), Error> {
    while figures.waiting.iter().sum::<u64>() > bounds.entries {
        let number = {
            let kinds = transaction.open_table(BY_KIND)?;
            let first = kinds.range((bounds.first, 0)..=(bounds.first, u64::MAX))?.next().transpose()?;
            match first {
                Some((key, _)) => Some(key.value().1),
                None => transaction.open_table(ENTRIES)?.first()?.map(|(number, _)| number.value()),
            }
        };
        let Some(number) = number else { break };
        if let Some(entry) = take(transaction, figures, number)? {
            gone.crowded_out[index(entry.kind)] += 1;
        }
    }
    Ok(())
}

fn write(entry: &Entry) -> Vec<u8> {
    let mut value = Vec::with_capacity(entry.bytes.len() + 9);
    value.push(entry.kind);
    value.extend_from_slice(&entry.at.to_be_bytes());
    value.extend_from_slice(&entry.bytes);
    value
}

fn read(value: &[u8]) -> Option<Entry> {
    let (kind, rest) = value.split_first()?;
    let (at, bytes) = rest.split_first_chunk::<8>()?;
    Some(Entry { kind: *kind, at: i64::from_be_bytes(*at), bytes: bytes.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;

    fn bounds(entries: u64) -> Bounds {
        Bounds { entries, age: Duration::from_hours(24), first: 5 }
    }

    fn entry(kind: u8, at: i64) -> Entry {
        Entry { kind, at, bytes: format!("{kind} {at}").into_bytes() }
    }

    fn numbers(backlog: &Backlog) -> Vec<u64> {
        backlog.after(0, 100).unwrap().into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn what_is_in_the_file_is_there_again_with_its_number_and_numbers_are_never_given_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events");
        let backlog = Backlog::open(Some(&path)).unwrap();
        backlog.append(&[entry(0, 1), entry(1, 2)], bounds(10_000), 2).unwrap();
        backlog.settle(&[1, 2], &[]).unwrap();
        drop(backlog);
        let backlog = Backlog::open(Some(&path)).unwrap();
        backlog.append(&[entry(2, 3)], bounds(10_000), 3).unwrap();
        assert_eq!(backlog.after(0, 9).unwrap(), [(3, entry(2, 3))]);
        drop(backlog);
        let figures = Backlog::open(Some(&path)).unwrap().figures();
        assert_eq!((figures.waiting[2], figures.oldest, figures.bytes), (1, Some(3), 3 + OVERHEAD));
    }

    #[test]
    fn without_room_the_kind_that_goes_first_gives_way_and_then_the_oldest() {
        let backlog = Backlog::open(None).unwrap();
        let one = 3 + OVERHEAD;
        backlog.append(&[entry(0, 1), entry(5, 2), entry(1, 3), entry(5, 4)], bounds(4), 4).unwrap();
        let gone = backlog.append(&[entry(0, 5)], bounds(4), 5).unwrap();
        assert_eq!((numbers(&backlog), gone.crowded_out[5], gone.sum()), (vec![1, 3, 4, 5], 1, 1));
        let gone = backlog.append(&[entry(0, 6), entry(0, 7)], bounds(4), 7).unwrap();
        assert_eq!((numbers(&backlog), gone.crowded_out), (vec![3, 5, 6, 7], [1, 0, 0, 0, 0, 1, 0, 0]));
        assert_eq!(backlog.figures().bytes, 4 * one);
    }

    #[test]
    fn what_is_older_than_allowed_goes() {
        let backlog = Backlog::open(None).unwrap();
        backlog.append(&[entry(0, 1), entry(1, 2), entry(2, DAY)], bounds(10_000), 2).unwrap();
        let gone = backlog.expire(bounds(10_000), DAY + 2).unwrap();
        assert_eq!((numbers(&backlog), gone.expired[0], gone.sum()), (vec![2, 3], 1, 1));
    }

    #[test]
    fn what_can_never_be_sent_is_kept_aside_with_its_reason_and_bounded() {
        let backlog = Backlog::open(None).unwrap();
        let many: Vec<_> = (0..1_002).map(|at| entry(3, at)).collect();
        backlog.append(&many, bounds(1_000_000), 0).unwrap();
        let never: Vec<_> = (1..=1_002).map(|number| (number, format!("because of {number}"))).collect();
        backlog.settle(&[], &never).unwrap();
        let rejected = backlog.rejected(2).unwrap();
        assert_eq!(
            rejected.iter().map(|each| (each.number, each.why.as_str())).collect::<Vec<_>>(),
            [(1_001, "because of 1001"), (1_002, "because of 1002")]
        );
        assert_eq!((backlog.figures().rejected, numbers(&backlog)), (REJECTED, vec![]));
        backlog.empty().unwrap();
        assert_eq!(backlog.figures(), Figures::default());
    }

    #[test]
    fn a_file_that_is_none_of_ours_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events");
        std::fs::write(&path, "somebody's notes").unwrap();
        let backlog = Backlog::open(Some(&path)).unwrap();
        backlog.append(&[entry(0, 1)], bounds(10_000), 1).unwrap();
        assert_eq!(numbers(&backlog), [1]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
