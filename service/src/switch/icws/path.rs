//! Parts of URLs: names with blanks, commas and whatever else people give to statuses and workgroups (icws §1.8).

use std::fmt::Write;

/// One segment of a path, or one value of a query, percent-encoded.
pub(super) fn segment(text: &str) -> String {
    encode(text, b"-._~")
}

/// A value of a query that is itself a list or an expression: commas and dots stay readable.
pub(super) fn query(text: &str) -> String {
    encode(text, b"-._~,*:")
}

fn encode(text: &str, kept: &[u8]) -> String {
    let mut whole = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            whole.push(char::from(byte));
        } else {
            // Writing into a text never fails.
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    // A segment of dots alone would be a step up the path.
    if whole.bytes().all(|byte| byte == b'.') { whole.replace('.', "%2E") } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_as_segments_of_a_path() {
        for (name, expected) in [
            ("AVP Support", "AVP%20Support"),
            ("Available, No ACD", "Available%2C%20No%20ACD"),
            ("a/b?c", "a%2Fb%3Fc"),
            ("..", "%2E%2E"),
            ("Müller", "M%C3%BCller"),
        ] {
            assert_eq!(segment(name), expected);
        }
        assert_eq!(query("configurationId.id sw St,extension"), "configurationId.id%20sw%20St,extension");
    }
}
