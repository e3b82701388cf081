//! Any text as the configuration file: it is taken or refused with findings, what is taken can be checked, and saved over itself, over itself
//! with a change, or over another.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{Draft, check, file::overlay::overlay};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(draft) = Draft::parse(text) else { return };
    if let Err(findings) = check(&draft) {
        assert!(!findings.is_empty(), "a refusal says why");
    }
    if let Ok(saved) = overlay(text, draft.values()) {
        assert_eq!(saved, text, "nothing has changed");
    }
    let mut changed = draft.values().clone();
    changed.insert("new".to_owned(), 1.into());
    if let Ok(saved) = overlay(text, &changed) {
        assert_eq!(Draft::parse(&saved).expect("what is saved can be read").values(), &changed);
        let comments = text.lines().filter(|line| line.starts_with('#'));
        for comment in comments {
            assert!(saved.lines().any(|line| line == comment), "{comment:?} is lost in {saved:?}");
        }
    }
    if let Ok(saved) = overlay("schema = 1\n\n[switch.embedded]\n# people\nusers = []\n", draft.values()) {
        assert_eq!(Draft::parse(&saved).expect("what is saved can be read").values(), draft.values());
    }
});
