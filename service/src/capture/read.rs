//! Reads captures, ours and other people's, one file or a folder, bounded whatever they hold.
//!
//! | what | by what it is known |
//! |---|---|
//! | `jackfield record` | its first line |
//! | HTTP archive (HAR) | a JSON object with `log` |
//! | packets (pcap, as `tcpdump -w` writes them) | its first bytes |
//! | everything else | SOAP envelopes in text: dumps of HTTP, SAP's ICI trace, ICM traces, bare bodies |
//!
//! The files of a folder are read in the order of their names, numbers by their value: `2_c.txt` comes before `10_c.txt`.

use super::{
    expiry,
    format::{Head, Line, Message, Way},
    har,
    http::{self, Part},
    pcap, scan,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capture {
    /// Of a capture of ours.
    pub head: Option<Head>,
    /// In the order of the record.
    pub messages: Vec<Message>,
    /// Messages that were lost while it was recorded.
    pub lost: u64,
    /// What a person should know about the reading: files that hold nothing, a record that is broken off.
    pub remarks: Vec<String>,
}

/// Why a capture cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// Which file.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// It is something else, or too much.
    #[error("{path}: {why}")]
    Wrong {
        /// Which file.
        path: String,
        /// Why, and what to do.
        why: String,
    },
}

/// Bytes of all files together.
const TOTAL: u64 = 256 * 1024 * 1024;
/// Files of one folder.
const FILES: usize = 20_000;
/// Messages.
const MESSAGES: usize = 200_000;
/// Folders within folders.
const DEPTH: usize = 4;

/// Reads files and folders, one after the other.
///
/// # Errors
/// See [`Unusable`].
pub fn read(paths: &[PathBuf]) -> Result<Capture, Unusable> {
    let mut capture = Capture::default();
    let mut room = TOTAL;
    for path in paths {
        let mut files = Vec::new();
        collect(path, 0, &mut files)?;
        files.sort_by_key(|file| natural(&file.to_string_lossy()));
        let mut parts = Vec::new();
        for file in &files {
            let bytes = bounded(file, &mut room)?;
            take(file, &bytes, &mut capture, &mut parts)?;
        }
        capture.messages.extend(http::pair(parts));
        if capture.messages.len() > MESSAGES {
            return Err(wrong(path, format!("it holds more than {MESSAGES} messages: give a part of it")));
        }
    }
    Ok(capture)
}

/// Reads one record that is at hand; `name` is what it is called in remarks.
///
/// # Errors
/// See [`Unusable`].
pub fn bytes(name: &str, bytes: &[u8]) -> Result<Capture, Unusable> {
    let (mut capture, mut parts) = (Capture::default(), Vec::new());
    take(Path::new(name), bytes, &mut capture, &mut parts)?;
    capture.messages.extend(http::pair(parts));
    Ok(capture)
}

fn take(file: &Path, bytes: &[u8], capture: &mut Capture, parts: &mut Vec<Part>) -> Result<(), Unusable> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => {
            return Err(wrong(
                file,
                "it is an archive: unpack it and give the folder (Fiddler's .saz is a zip, its folder raw/ is what is wanted)",
            ));
        }
        [0x1f, 0x8b, ..] => return Err(wrong(file, "it is packed: unpack it with gunzip first")),
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => {
            return Err(wrong(file, "it is in the format pcapng: save it as pcap (`editcap -F pcap IN OUT`, or `tcpdump -r IN -w OUT`)"));
        }
        _ => {}
    }
    if pcap::is_meant(bytes) {
        for talk in pcap::read(bytes).map_err(|why| wrong(file, why))? {
            let text = String::from_utf8_lossy(&talk.bytes).into_owned();
            parts.extend(scan::scan("", &text).into_iter().map(|part| Part { at: talk.at, ..part }));
        }
        return Ok(());
    }
    let text = text(bytes);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('{') {
        let first = start.lines().next().unwrap_or_default();
        if matches!(Line::parse(first), Ok(Line::Head(_))) {
            return ours(file, start, capture);
        }
        if first.contains("jackfield_capture") {
            let why = Line::parse(first).err().unwrap_or_default();
            return Err(wrong(file, why));
        }
        capture.messages.extend(har::read(start).map_err(|why| wrong(file, why))?);
        return Ok(());
    }
    let found = scan::scan(&file.to_string_lossy(), &text);
    if found.is_empty() {
        capture.remarks.push(format!("{} holds no SOAP message", file.display()));
    }
    parts.extend(found);
    Ok(())
}

/// A capture of ours; one that is broken off is read up to there.
fn ours(file: &Path, text: &str, capture: &mut Capture) -> Result<(), Unusable> {
    let mut ended = false;
    let last = text.lines().count();
    let first = capture.messages.len();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match Line::parse(line) {
            Ok(Line::Head(head)) => {
                if expiry::is_over(&head, jiff::Timestamp::now()) {
                    let until = head.keep_until.unwrap_or_default();
                    return Err(wrong(file, format!("it might be used until {until} only (`log.keep_captures_days`): remove it")));
                }
                capture.head.get_or_insert(head);
            }
            Ok(Line::Message(mut message)) => {
                message.ours = true;
                capture.messages.push(*message);
            }
            Ok(Line::Lost(count)) => capture.lost += count,
            Ok(Line::End(_)) => ended = true,
            Err(_) if number + 1 == last && !text.ends_with('\n') => {}
            Err(why) => return Err(wrong(file, format!("line {}: {why}", number + 1))),
        }
        if capture.messages.len() > MESSAGES {
            return Err(wrong(file, format!("it holds more than {MESSAGES} messages: give a part of it")));
        }
    }
    // A line is written when its answer has come; what matters is who spoke first. Where that cannot be told it was the command.
    capture.messages[first..].sort_by_key(|message| (message.at, message.at_us, message.way == Some(Way::ToSap)));
    if !ended {
        capture.remarks.push(format!("{} is broken off: its last line is missing", file.display()));
    }
    Ok(())
}

fn collect(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Unusable> {
    let unreadable = |error| Unusable::Unreadable { path: path.display().to_string(), error };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let is_link = entry.file_type().map_err(unreadable)?.is_symlink();
        // A link could lead in a circle.
        if !hidden && !is_link && depth < DEPTH {
            collect(&entry.path(), depth + 1, files)?;
        }
        if files.len() > FILES {
            return Err(wrong(path, format!("it holds more than {FILES} files: give a part of it")));
        }
    }
    Ok(())
}

fn bounded(file: &Path, room: &mut u64) -> Result<Vec<u8>, Unusable> {
    let unreadable = |error| Unusable::Unreadable { path: file.display().to_string(), error };
    let mut bytes = Vec::new();
    let open = fs::File::open(file).map_err(unreadable)?;
    io::Read::read_to_end(&mut io::Read::take(open, *room + 1), &mut bytes).map_err(unreadable)?;
    let left = room.checked_sub(bytes.len() as u64);
    *room = left.ok_or_else(|| wrong(file, format!("more than {} MiB in all: give a part of it", TOTAL >> 20)))?;
    Ok(bytes)
}

/// Text in UTF-8, or in UTF-16 with its mark, as some tools on Windows save it.
fn text(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// For sorting: numbers in a name count by their value.
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut key = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, from) = rest.split_at(letters);
        let digits = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (number, after) = from.split_at(digits);
        key.push((word.to_owned(), number.parse().unwrap_or(u64::MAX)));
        rest = after;
    }
    key
}

fn wrong(path: &Path, why: impl Into<String>) -> Unusable {
    Unusable::Wrong { path: path.display().to_string(), why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "<S:Envelope xmlns:S='x'><S:Body><a/></S:Body></S:Envelope>";
    const HEAD: &str = r#"{"jackfield_capture":1,"made":"now","by":"x","numbers":"masked"}"#;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn read_one(content: &[u8]) -> Result<Capture, String> {
        let folder = folder(&[("it", content)]);
        read(&[folder.path().join("it")]).map_err(|error| error.to_string())
    }

    #[test]
    fn the_files_of_a_folder_are_read_in_their_order() {
        let answer = BODY.replace("<a/>", "<aResponse/>");
        let other = BODY.replace("<a/>", "<b/>");
        let folder = folder(&[
            ("raw/2_c.txt", BODY.as_bytes()),
            ("raw/2_s.txt", answer.as_bytes()),
            ("raw/10_c.txt", other.as_bytes()),
            (".hidden", BODY.as_bytes()),
            ("notes.txt", b"nothing"),
        ]);
        let capture = read(&[folder.path().to_owned()]).unwrap();
        let bodies: Vec<_> = capture.messages.iter().map(|message| (message.body.as_str(), message.answer.as_str())).collect();
        assert_eq!(bodies, [(BODY, answer.as_str()), (other.as_str(), "")]);
        assert!(capture.remarks.len() == 1 && capture.remarks[0].contains("notes.txt holds no SOAP message"), "{:?}", capture.remarks);
    }

    #[test]
    fn a_capture_of_ours_is_read_even_when_it_is_broken_off() {
        let message = r#"{"at":1,"way":"from_sap","status":200,"body":"<a/>","new":"key"}"#;
        let whole = format!("{HEAD}\n{message}\n{{\"lost\":2}}\n{{\"end\":\"time\",\"messages\":1,\"lost\":2}}\n");
        let capture = read_one(whole.as_bytes()).unwrap();
        assert_eq!((capture.messages.len(), capture.lost, capture.remarks.len()), (1, 2, 0));
        assert!(capture.messages[0].ours);
        let broken = read_one(format!("{HEAD}\n{message}\n{{\"at\":1,\"bo").as_bytes()).unwrap();
        assert_eq!((broken.messages.len(), broken.remarks.len()), (1, 1));
        let wrong = read_one(format!("{HEAD}\nhunter2\n{message}\n").as_bytes()).unwrap_err();
        assert!(wrong.contains("line 2: no JSON object") && !wrong.contains("hunter2"), "{wrong}");
        let over = HEAD.replacen('{', r#"{"keep_until":"2026-01-01T00:00:00Z","#, 1);
        assert!(read_one(over.as_bytes()).unwrap_err().contains("until 2026-01-01T00:00:00Z only"));
        assert!(read_one(b"{\"jackfield_capture\": 9}").unwrap_err().contains("version 9"));
    }

    #[test]
    fn a_command_comes_before_the_event_it_causes_although_that_is_over_first() {
        let line = |at, way, body| format!("{{\"at\":{at},\"way\":\"{way}\",\"status\":200,\"body\":\"{body}\"}}\n");
        let lines =
            [line(5, "to_sap", "<moved/>"), line(7, "to_sap", "<late/>"), line(5, "from_sap", "<take/>"), line(4, "from_sap", "<on/>")];
        let capture = read_one(format!("{HEAD}\n{}", lines.concat()).as_bytes()).unwrap();
        let bodies: Vec<_> = capture.messages.iter().map(|message| message.body.as_str()).collect();
        assert_eq!(bodies, ["<on/>", "<take/>", "<moved/>", "<late/>"]);
    }

    #[test]
    fn what_must_be_converted_first_is_told_how() {
        for (content, why) in [
            (&b"PK\x03\x04"[..], "unpack it"),
            (b"\x1f\x8b", "gunzip"),
            (b"\x0a\x0d\x0d\x0a", "editcap -F pcap"),
            (b"{\"a\": 1}", "no HTTP archive"),
        ] {
            assert!(read_one(content).unwrap_err().contains(why), "{why}");
        }
        assert!(read(&["/nowhere/at/all".into()]).unwrap_err().to_string().contains("cannot be read"));
    }

    #[test]
    fn text_of_windows_is_read_too() {
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(BODY.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read_one(&wide).unwrap().messages[0].body, BODY);
    }
}
