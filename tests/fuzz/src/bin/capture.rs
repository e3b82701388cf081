//! Any bytes as recorded traffic, whoever recorded it, and as a message that secrets are taken out of.

#![no_main]

use libfuzzer_sys::fuzz_target;
use service::capture::{read, redact::Redactor, shape::Shape};
use shared::rules::customer_number;

fuzz_target!(|bytes: &[u8]| {
    let _ = read::bytes("it", bytes);
    let text = String::from_utf8_lossy(bytes);
    let _ = Shape::of(&text);
    let mut redactor = Redactor::new(true);
    let out = redactor.text(&format!("{text}<password>hunter2</password>"));
    assert!(!out.contains("hunter2"), "{out}");
    let masked = customer_number::mask(&text);
    assert_eq!(customer_number::mask(&masked), masked, "once is enough");
});
