//! Any text as a profile: what is taken makes a codec, whose WSDL and answers can be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use service::{
    ici::{Codec, Style},
    soap,
};
use shared::profile::Profile;
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Most of a profile is needed; the text replaces a line of the one that is compiled in, or stands alone.
    let (line, text) = text.split_once('\n').unwrap_or(("", text));
    let whole = line.trim().parse::<usize>().ok().map(|line| {
        let mut lines: Vec<&str> = shared::profile::BUILT_IN.lines().collect();
        let place = line % lines.len();
        lines[place] = text;
        lines.join("\n")
    });
    if let Ok(profile) = Profile::parse(whole.as_deref().unwrap_or(text)) {
        let codec = Codec::new(Arc::new(profile));
        for style in [Style::Literal, Style::Encoded] {
            let wsdl = codec.wsdl(style, "http://h/");
            // A profile may have more operations than the guard lets pass, which is for messages.
            if let Err(why) = soap::read(wsdl.as_bytes()) {
                assert!(matches!(why, soap::Unreadable::TooMuch { .. }), "{why} in {wsdl}");
            }
        }
    }
});
