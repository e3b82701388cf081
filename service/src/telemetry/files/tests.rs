//! Whole files in a folder of the test's own, and the thread that writes them.

use super::*;
use std::fs;

fn policy(folder: &Path) -> FilePolicy {
    FilePolicy { folder: folder.to_owned(), keep_days: 7, file: 1000, all: 1_000_000 }
}

fn writer() -> Writer {
    Writer {
        state: Arc::default(),
        policy: None,
        open: [const { None }; 2],
        cleaned: None,
        failed: None,
        lost: COUNTERS.log_lines_lost.get(),
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn put(folder: &Path, name: &str, length: usize) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "x".repeat(length)).unwrap();
}

fn all(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for within in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let within_name = within.file_name().unwrap().to_str().unwrap().to_owned();
        if within.is_dir() {
            names.extend(
                fs::read_dir(within).unwrap().map(|entry| format!("{within_name}/{}", entry.unwrap().file_name().to_str().unwrap())),
            );
        } else {
            names.push(within_name);
        }
    }
    names.sort();
    names
}

#[test]
fn each_day_has_its_folder_and_a_full_file_is_followed_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer();
    writer.policy = Some(policy(folder.path()));
    let line = "x".repeat(599) + "\n";
    for _ in 0..3 {
        writer.line(Book::Service, &line, day("2026-05-04"));
    }
    writer.line(Book::Web, "web\n", day("2026-05-04"));
    writer.line(Book::Service, "later\n", day("2026-05-05"));
    writer.flush();
    let expected = ["2026-05-04/SapIci.log", "2026-05-04/SapIciWeb.log", "2026-05-04/SapIci_1.log", "2026-05-05/SapIci.log"];
    assert_eq!(all(folder.path()), expected);
    assert_eq!(fs::read_to_string(folder.path().join("2026-05-05/SapIci.log")).unwrap(), "later\n");
    assert_eq!(fs::metadata(folder.path().join("2026-05-04/SapIci_1.log")).unwrap().len(), 600);
}

#[test]
fn a_process_that_begins_anew_goes_on_with_the_last_file() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "2026-05-04/SapIci.log", 1000);
    put(folder.path(), "2026-05-04/SapIci_1.log", 10);
    let mut writer = writer();
    writer.policy = Some(policy(folder.path()));
    writer.line(Book::Service, "more\n", day("2026-05-04"));
    writer.flush();
    assert!(fs::read_to_string(folder.path().join("2026-05-04/SapIci_1.log")).unwrap().ends_with("xmore\n"));
}

#[test]
fn seven_days_are_kept_and_nothing_that_is_not_ours_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "2026-05-04/SapIci.log",
        "2026-05-05/SapIci.log",
        "2026-05-03/SapIciWeb_3.log",
        "2026-05-03/notes.log",
        "2026-05-10/SapIci.log",
        "2026-05-11/SapIci.log",
    ] {
        put(folder.path(), name, 10);
    }
    put(folder.path(), "archive/SapIci.log", 10);
    clean(&policy(folder.path()), day("2026-05-11"));
    let expected =
        ["2026-05-03/notes.log", "2026-05-05/SapIci.log", "2026-05-10/SapIci.log", "2026-05-11/SapIci.log", "archive/SapIci.log"];
    assert_eq!(all(folder.path()), expected);
    assert!(!folder.path().join("2026-05-04").exists(), "an empty folder goes too");
}

#[test]
fn too_much_in_all_takes_the_oldest_but_never_what_is_being_written() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["2026-05-10/SapIci.log", "2026-05-11/SapIci.log", "2026-05-11/SapIci_1.log", "2026-05-11/SapIci_2.log"] {
        put(folder.path(), name, 500);
    }
    clean(&FilePolicy { all: 1000, ..policy(folder.path()) }, day("2026-05-11"));
    assert_eq!(all(folder.path()), ["2026-05-11/SapIci_1.log", "2026-05-11/SapIci_2.log"]);
    clean(&FilePolicy { all: 1, ..policy(folder.path()) }, day("2026-05-11"));
    assert_eq!(all(folder.path()), ["2026-05-11/SapIci_2.log"]);
}

#[test]
fn what_could_not_be_written_is_counted_and_said_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("blocked");
    fs::write(&blocked, "a file where the folder should be").unwrap();
    let mut writer = writer();
    writer.policy = Some(policy(&blocked));
    let before = COUNTERS.log_lines_lost.get();
    for _ in 0..3 {
        writer.line(Book::Service, "lost\n", day("2026-05-04"));
    }
    assert!(COUNTERS.log_lines_lost.get() >= before + 3);
    fs::remove_file(&blocked).unwrap();
    writer.failed = None;
    writer.line(Book::Service, "back\n", day("2026-05-04"));
    writer.flush();
    let text = fs::read_to_string(blocked.join("2026-05-04/SapIci.log")).unwrap();
    assert!(text.ends_with("lines are missing here: the disk was too slow, full or away\nback\n"), "{text}");
}

#[test]
fn the_thread_writes_each_line_into_its_book_without_customers_numbers() {
    use tracing_subscriber::layer::SubscriberExt;
    let folder = tempfile::tempdir().unwrap();
    let files = Files::start();
    files.obey(Some(policy(folder.path())));
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(files.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        tracing::info!(target: "service::serve::route", "answered");
        tracing::info!(target: "service::agents", to = "+4930123456", "called");
    });
    files.flush(Duration::from_secs(10));
    let today = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let read = |name: &str| fs::read_to_string(today.join(name)).unwrap();
    assert!(read("SapIciWeb.log").contains("answered") && !read("SapIciWeb.log").contains("called"));
    assert!(read("SapIci.log").contains("called") && !read("SapIci.log").contains("4930123456"), "{}", read("SapIci.log"));
}

#[test]
fn names_of_files_are_read_as_they_are_written() {
    for place in [Place { book: Book::Service, number: 0 }, Place { book: Book::Web, number: 12 }] {
        assert_eq!(Place::of(&place.name()), Some(place));
    }
    for foreign in ["SapIci_0.log", "SapIci_01.log", "SapIci.log.gz", "sapici.log", "SapIci_.log", "Other.log"] {
        assert_eq!(Place::of(foreign), None, "{foreign}");
    }
    assert_eq!((place::day("2026-05-04"), place::day("2026-5-4"), place::day("20260504")), (Some(day("2026-05-04")), None, None));
}
