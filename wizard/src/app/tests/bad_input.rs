//! Files that are no good, one after the other: each gets a sentence that says what is wrong and what to do, in the person's language, and
//! what is being edited stays as it is.

use super::*;

/// Name, content, and words that the sentence must have in English and in German.
const BAD: &[(&str, &[u8], &str, &str)] = &[
    ("half.toml", b"[limits]\nmailbox = 16\n[service\nlisten = \"127", "not whole, or not TOML (3:", "kein TOML (3:"),
    ("binary.toml", b"\x7fELF\x02\x01\x01\x00\xff\xfe", "not a text file in UTF-8", "keine Textdatei in UTF-8"),
    ("foreign.toml", b"[package]\nname = \"x\"\n", "none of its sections is known", "Keiner ihrer Abschnitte"),
    ("letter.txt", b"Dear administrator,\n", "not TOML", "kein TOML"),
    ("newer.toml", b"schema = 7\n", "newer Jackfield (layout 7)", "(Aufbau 7)"),
    ("folder", b"", "is no file", "ist keine Datei"),
    ("huge.toml", b"", "larger than 1 MiB", "1 MiB"),
];

fn sentence(site: &Site, words: &str) -> bool {
    site.harness.query_all_by_label_contains(words).next().is_some()
}

#[test]
fn every_bad_file_is_refused_with_a_remedy_and_nothing_is_lost() {
    for language in [Language::English, Language::German] {
        let mut site = Site::new();
        site.wizard().language = language;
        site.set_mailbox(17);
        for (name, content, english, german) in BAD {
            let file = site.path(name);
            match *name {
                "folder" => fs::create_dir(&file).unwrap(),
                "huge.toml" => fs::write(&file, vec![b'#'; 1024 * 1024 + 1]).unwrap(),
                _ => fs::write(&file, content).unwrap(),
            }
            for importing in [false, true] {
                let command =
                    if importing { Command::ImportFrom(file.clone()) } else { Command::Discard(Box::new(Command::OpenFile(file.clone()))) };
                site.wizard().run_command(command);
                site.finish();
                let words = if language == Language::German { german } else { english };
                assert!(sentence(&site, words), "{name}: {:?}", site.wizard().status);
                assert!(site.wizard().status.contains(name), "the sentence names the file: {:?}", site.wizard().status);
                site.press(Modifiers::NONE, Key::Escape);
                assert_eq!((site.mailbox(), site.wizard().model.is_changed()), (Some(17), true), "{name}");
            }
        }
    }
}

#[test]
fn an_empty_file_keeps_its_place_so_that_a_backup_can_be_put_back() {
    let mut site = Site::new();
    site.set_mailbox(17);
    site.act(Action::Save);
    fs::write(site.file(), "").unwrap();
    let file = site.file();
    site.wizard().open(file.clone());
    site.finish();
    assert!(sentence(&site, "is empty"));
    site.click("answer-backups");
    site.click("answer-roll-back");
    assert_eq!((site.text().as_str(), site.mailbox()), (FILE, Some(16)));
}

#[test]
fn a_file_that_another_program_has_emptied_does_not_take_the_document_away() {
    let mut site = Site::new();
    site.another_hand_writes("");
    assert_eq!(site.mailbox(), Some(16));
    assert!(site.wizard().status.contains("jackfield.toml"), "{}", site.wizard().status);
    site.another_hand_writes(&FILE.replace("16", "99"));
    assert_eq!(site.mailbox(), Some(99), "and is read when it is whole again");
}
