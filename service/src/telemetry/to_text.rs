//! *Log To Text* (guide, "Generate a log file in ASCII text format"): the day's log files as one text of plain ASCII, for whoever certifies a
//! site. Works in a thread of its own, so that nothing waits for it, and takes only what has come since it looked last.

use jiff::{civil::Date, tz::TimeZone};
use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

/// What is written, from what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToTextPolicy {
    /// Names of the source files; `*` stands for any characters, `?` for one.
    pub source: String,
    /// The folder that holds the days' folders.
    pub source_folder: PathBuf,
    /// The text.
    pub destination: PathBuf,
    /// Time between two looks.
    pub interval: Duration,
    /// Look again as soon as a source file has changed.
    pub monitor: bool,
}

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct ToText(Sender<Option<ToTextPolicy>>);

/// How often files are looked at that are monitored.
const LOOK: Duration = Duration::from_secs(1);
/// While there is nothing to do.
const IDLE: Duration = Duration::from_hours(1);

// === impl ToText ===

impl ToText {
    /// Begins; nothing is written until [`Self::obey`] says what.
    pub fn start() -> Self {
        let (orders, inbox) = channel();
        if let Err(error) = thread::Builder::new().name("log-to-text".into()).spawn(move || work(&inbox)) {
            tracing::error!(%error, "there is no text log: the thread for it cannot be started");
        }
        Self(orders)
    }

    /// Goes by this from now on; `None`: writes nothing.
    pub fn obey(&self, policy: Option<ToTextPolicy>) {
        // Without its thread there is nobody to tell.
        let _ = self.0.send(policy);
    }
}

fn work(inbox: &Receiver<Option<ToTextPolicy>>) {
    let (mut policy, mut text, mut failing) = (None::<ToTextPolicy>, Text::default(), false);
    loop {
        let pause = policy.as_ref().map_or(IDLE, |policy| if policy.monitor { LOOK } else { policy.interval });
        match inbox.recv_timeout(pause) {
            Ok(new) if new == policy => continue,
            Ok(new) => (policy, text, failing) = (new, Text::default(), false),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let Some(policy) = &policy else { continue };
        let done = text.go_on(policy, jiff::Timestamp::now().to_zoned(TimeZone::UTC).date());
        if let Err(error) = &done
            && !failing
        {
            tracing::warn!(target: "service", to = %policy.destination.display(), %error, "the text log cannot be written; it is tried again");
        }
        failing = done.is_err();
    }
}

/// A text, and how much of each source is in it.
#[derive(Debug, Default)]
struct Text {
    day: Option<Date>,
    taken: Vec<(PathBuf, u64)>,
}

// === impl Text ===

impl Text {
    /// Adds what has come since; begins anew with the day, and when a source is not the one it was.
    fn go_on(&mut self, policy: &ToTextPolicy, today: Date) -> io::Result<()> {
        let sources = sources(policy, today)?;
        let goes_on = |(path, taken): &(PathBuf, u64)| sources.iter().any(|(known, length)| known == path && length >= taken);
        let is_new = self.day != Some(today) || !self.taken.iter().all(goes_on) || !policy.destination.exists();
        if is_new {
            (self.day, self.taken) = (Some(today), Vec::new());
            if let Some(folder) = policy.destination.parent() {
                fs::create_dir_all(folder)?;
            }
        }
        let mut out =
            BufWriter::new(OpenOptions::new().create(true).write(true).append(!is_new).truncate(is_new).open(&policy.destination)?);
        for (path, length) in sources {
            let known = self.taken.iter().position(|(known, _)| *known == path);
            let at = known.unwrap_or(self.taken.len());
            if known.is_none() {
                self.taken.push((path.clone(), 0));
            }
            let taken = &mut self.taken[at].1;
            if length > *taken {
                *taken += copy(&path, *taken, &mut out)?;
            }
        }
        out.flush()
    }
}

/// The day's files of this name with their lengths, in the order in which they were begun.
fn sources(policy: &ToTextPolicy, day: Date) -> io::Result<Vec<(PathBuf, u64)>> {
    let within = policy.source_folder.join(day.to_string());
    let entries = match fs::read_dir(&within) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let (name, about) = (entry.file_name().to_string_lossy().into_owned(), entry.metadata()?);
        if about.is_file() && fits(&policy.source, &name) && entry.path() != policy.destination {
            found.push((order(&name), entry.path(), about.len()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path, length)| (path, length)).collect())
}

/// `SapIci_10.log` comes after `SapIci_9.log`, and that after `SapIci.log`.
fn order(name: &str) -> (String, u64) {
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
    match stem.rsplit_once('_').and_then(|(stem, number)| Some((stem, number.parse().ok()?))) {
        Some((stem, number)) => (stem.to_owned(), number),
        None => (stem.into_owned(), 0),
    }
}

/// Copies whole lines as ASCII; gives back how many bytes of the source that were.
fn copy(path: &Path, from: u64, out: &mut impl Write) -> io::Result<u64> {
    let mut source = File::open(path)?;
    source.seek(SeekFrom::Start(from))?;
    let (mut source, mut line, mut done) = (BufReader::new(source), Vec::new(), 0);
    loop {
        line.clear();
        let length = source.read_until(b'\n', &mut line)?;
        if length == 0 || line.last() != Some(&b'\n') {
            // The rest of a line comes with the next look.
            return Ok(done);
        }
        out.write_all(ascii(&String::from_utf8_lossy(&line)).as_bytes())?;
        done += length as u64;
    }
}

fn ascii(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for letter in line.chars() {
        if letter == '\n' || letter == '\t' || (' '..='~').contains(&letter) {
            text.push(letter);
        } else if letter != '\r' {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}", letter.escape_unicode());
        }
    }
    text
}

/// Does a name fit a pattern with `*` and `?`?
fn fits(pattern: &str, name: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => name.is_empty(),
        Some('*') => (0..=name.len()).filter(|at| name.is_char_boundary(*at)).any(|at| fits(rest.as_str(), &name[at..])),
        Some(letter) => {
            let mut letters = name.chars();
            letters.next().is_some_and(|next| letter == '?' || letter == next) && fits(rest.as_str(), letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Site {
        folder: tempfile::TempDir,
        text: Text,
        policy: ToTextPolicy,
    }

    impl Site {
        fn new(source: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let policy = ToTextPolicy {
                source: source.to_owned(),
                source_folder: folder.path().join("logs"),
                destination: folder.path().join("text/all.txt"),
                interval: Duration::from_hours(1),
                monitor: false,
            };
            Self { folder, text: Text::default(), policy }
        }

        fn add(&self, name: &str, text: &str) {
            let path = self.policy.source_folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
        }

        fn text_of(&mut self, day: &str) -> String {
            self.text.go_on(&self.policy, day.parse().unwrap()).unwrap();
            fs::read_to_string(&self.policy.destination).unwrap()
        }
    }

    #[test]
    fn the_days_files_become_one_text_in_their_order() {
        let mut site = Site::new("SapIci*.log");
        for (name, text) in [
            ("2026-05-04/SapIci_10.log", "ten\n"),
            ("2026-05-04/SapIci_9.log", "nine\n"),
            ("2026-05-04/SapIci.log", "first\n"),
            ("2026-05-04/other.log", "no\n"),
            ("2026-05-03/SapIci.log", "yesterday\n"),
        ] {
            site.add(name, text);
        }
        assert_eq!(site.text_of("2026-05-04"), "first\nnine\nten\n");
        assert_eq!(site.text_of("2026-05-05"), "", "a new day begins anew");
    }

    #[test]
    fn what_has_come_since_is_added_by_whole_lines() {
        let mut site = Site::new("SapIci.log");
        site.add("2026-05-04/SapIci.log", "one\ntw");
        assert_eq!(site.text_of("2026-05-04"), "one\n");
        site.add("2026-05-04/SapIci.log", "o\nthree\n");
        assert_eq!(site.text_of("2026-05-04"), "one\ntwo\nthree\n");
        fs::remove_file(site.policy.source_folder.join("2026-05-04/SapIci.log")).unwrap();
        site.add("2026-05-04/SapIci.log", "anew\n");
        assert_eq!(site.text_of("2026-05-04"), "anew\n");
        fs::remove_file(&site.policy.destination).unwrap();
        assert_eq!(site.text_of("2026-05-04"), "anew\n", "a text that somebody took away is written again");
    }

    #[test]
    fn the_text_is_plain_ascii() {
        let mut site = Site::new("*");
        site.add("2026-05-04/a.log", "caf\u{e9}\r\n\u{1b}[1mx\n");
        assert_eq!(site.text_of("2026-05-04"), "caf\\u{e9}\n\\u{1b}[1mx\n");
    }

    #[test]
    fn a_text_among_its_sources_does_not_copy_itself() {
        let mut site = Site::new("*.txt");
        site.policy.destination = site.policy.source_folder.join("2026-05-04/all.txt");
        site.add("2026-05-04/a.txt", "one\n");
        assert_eq!(site.text_of("2026-05-04"), "one\n");
        assert_eq!(site.text_of("2026-05-04"), "one\n");
        assert!(site.folder.path().exists());
    }

    #[test]
    fn wild_cards_stand_for_other_characters() {
        for (pattern, name, expected) in [
            ("SapIci*.log", "SapIci_1.log", true),
            ("SapIci?.log", "SapIci.log", false),
            ("*", "", true),
            ("*ü?", "xüy", true),
            ("a", "b", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_monitored_folder_is_written_as_it_changes() {
        let site = Site::new("*.log");
        let today = jiff::Timestamp::now().to_zoned(TimeZone::UTC).date();
        site.add(&format!("{today}/a.log"), "one\n");
        let to_text = ToText::start();
        to_text.obey(Some(ToTextPolicy { monitor: true, ..site.policy.clone() }));
        let wait_for = |expected: &str| {
            let begun = std::time::Instant::now();
            while fs::read_to_string(&site.policy.destination).unwrap_or_default() != expected {
                assert!(begun.elapsed() < Duration::from_secs(30), "{expected:?} was not written");
                thread::yield_now();
            }
        };
        wait_for("one\n");
        site.add(&format!("{today}/a.log"), "two\n");
        wait_for("one\ntwo\n");
    }
}
