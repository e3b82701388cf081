//! A file of the store that something has damaged: a few bytes of it are others, or it has lost its end. Jackfield starts all the same, with
//! what can be read or with the file set aside, keeps what it is given from then on, and finds it the next time.

#![no_main]

use libfuzzer_sys::fuzz_target;
use service::store::{Key, Record, Store, When, bytes};
use std::{env, fs, panic, path::PathBuf, process, sync::LazyLock};

/// One byte of the file for each three of the input: two say which, the third what is there instead.
const CHANGE: usize = 3;
/// What is damaged: a run of bytes of which at least one is not zero.
const BLOCK: usize = 16;

struct Sound {
    file: Vec<u8>,
    /// Where damage does something; most of a file is empty.
    blocks: Vec<usize>,
}

static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let path = place();
    let store = Store::open(&path).expect("a file can be made");
    store.put((0..20).flat_map(|n| records(&format!("U{n}"))), When::Now);
    store.close();
    let file = fs::read(&path).expect("there is one");
    let blocks = (0..file.len()).step_by(BLOCK).filter(|at| file[*at..].iter().take(BLOCK).any(|byte| *byte != 0)).collect();
    Sound { file, blocks }
});

fuzz_target!(
    init: panic::set_hook(Box::new(|panic| {
        // redb may panic on such a file, which the store catches and calls damage. Anybody else's is a finding.
        if !panic.location().is_some_and(|at| at.file().contains("/redb-") || at.file().contains("/library/")) {
            eprintln!("{panic}");
            process::abort();
        }
    })),
    |bytes: &[u8]| {
        let Some((end, changes)) = bytes.split_first() else { return };
        let (path, Sound { file, blocks }) = (place(), &*SOUND);
        let mut file = file.clone();
        for change in changes.chunks_exact(CHANGE) {
            let chosen = usize::from(u16::from_le_bytes([change[0], change[1]]));
            let at = blocks[chosen / BLOCK % blocks.len()] + chosen % BLOCK;
            if let Some(byte) = file.get_mut(at) {
                *byte = change[2];
            }
        }
        // Most files keep their end.
        if *end < 64 {
            file.truncate(file.len() * usize::from(*end) / 64);
        }
        fs::write(&path, file).expect("there is room");

        let store = Store::open(&path).expect("a damaged file is set aside");
        let stored = store.stored();
        assert!(stored.len() <= 20, "{} agents", stored.len());
        assert_eq!(store.figures().degraded, None, "a new file is in use");
        store.put(records("NEW"), When::Now);
        store.close();

        let store = Store::open(&path).expect("it is in use");
        assert_eq!(store.figures().set_aside, None);
        assert!(store.stored().iter().any(|stored| stored.session.profile.user.as_str() == "NEW"), "what was put is there");
        store.close();
    }
);

/// An agent with an item, its data, and what SAP was told.
fn records(user: &str) -> Vec<(Key, Option<Record>)> {
    let read = |kind, bytes: &[u8]| bytes::read(kind, &bytes[1..]).expect("the corpus has one of each kind");
    let Record::Session(mut session) = read(bytes::Kind::Session, include_bytes!("../../corpus/store/session")) else { return Vec::new() };
    let item = read(bytes::Kind::Item, include_bytes!("../../corpus/store/call"));
    let told = read(bytes::Kind::Told, include_bytes!("../../corpus/store/told"));
    let data = read(bytes::Kind::Data, include_bytes!("../../corpus/store/data"));
    let routed = read(bytes::Kind::Routed, include_bytes!("../../corpus/store/routed"));
    session.profile.user = user.into();
    vec![
        (Key::Session(user.into()), Some(Record::Session(session))),
        (Key::Item(user.into(), "7".into()), Some(item)),
        (Key::Data(user.into(), "7".into()), Some(data)),
        (Key::Told(user.into(), Some("7".into())), Some(told)),
        (Key::Routed(user.into()), Some(routed)),
    ]
}

/// Of this process alone; `run` gives it a folder in memory and removes that.
fn place() -> PathBuf {
    env::temp_dir().join(format!("store-{}", process::id()))
}
