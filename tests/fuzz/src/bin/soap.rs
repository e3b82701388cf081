//! Any bytes as a SOAP message: the guard, the tree and the envelope take them or say why not, and what is written can be read back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use service::soap::{self, Envelope, guard, text};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(document) = soap::read(bytes)
        && let Ok(envelope) = Envelope::read(&document, &["user", "language"])
    {
        let _ = envelope.header("user");
    }
    let Ok(said) = std::str::from_utf8(bytes) else { return };
    let _ = guard::scan(said);
    let mut written = String::from("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><a b=\"");
    text::escape_attribute_into(&mut written, &text::clean(said));
    written.push_str("\">");
    text::escape_into(&mut written, &text::clean(said));
    written.push_str("</a></e:Body></e:Envelope>");
    // The guard may find it too much, but never ill-formed.
    if let Err(why) = soap::read(written.as_bytes()) {
        assert!(matches!(why, soap::Unreadable::TooMuch { .. }), "{why} in {written:?}");
    }
});
