//! Any bytes as a record of the store, its kind by the first of them: what is taken is written, and read back as what it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use service::store::bytes::{Kind, Unreadable, read, write};

const KINDS: [Kind; 5] = [Kind::Session, Kind::Item, Kind::Data, Kind::Told, Kind::Routed];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let kind = KINDS[usize::from(*first) % KINDS.len()];
    match read(kind, bytes) {
        Ok(record) => {
            let written = write(&record);
            assert_eq!(read(kind, &written).as_ref(), Ok(&record), "what is written can be read");
            assert_eq!(write(&record), written, "and written again as it was");
        }
        Err(Unreadable::Version(version)) => assert_ne!(version, 1),
        Err(Unreadable::Damaged) => {}
    }
});
