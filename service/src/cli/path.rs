//! Texts as parts of a URL's path.

use std::fmt::Write;

/// A name as a part of a path (RFC 3986 §2.3).
pub(super) fn escaped(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_a_part_of_a_path() {
        assert_eq!(escaped("J.ÖRG X/Y"), "J.%C3%96RG%20X%2FY");
    }
}
