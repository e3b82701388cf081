//! Any bytes as recorded traffic that Jackfield shall learn from: what it proposes is a profile, and it says why it proposes none.

#![no_main]

use libfuzzer_sys::fuzz_target;
use service::{capture::read, learn::learn};
use shared::profile::{BUILT_IN, Profile};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(capture) = read::bytes("it", bytes)
        && !capture.messages.is_empty()
        && let Ok(learnt) = learn(&capture, BUILT_IN, "site")
    {
        assert!(Profile::parse(&learnt.profile).is_ok(), "{}", learnt.profile);
    }
});
