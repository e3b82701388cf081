//! What browsers write behind a question mark and into forms (`application/x-www-form-urlencoded`).

/// All fields in their order. A name that comes twice is there twice.
pub(super) fn fields(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let plain = |text: &str| decoded(&text.replace('+', " "));
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

/// What was written with percent signs (RFC 3986 §2.1); what is no such thing stays.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = if *first == b'%' { tail.get(..2).and_then(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok()) } else { None };
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_have_any_letter_and_any_sign() {
        let read = fields("user=f%C3%BCr+immer&password=a%2Bb%26%3D%25&empty=&bare&x=50%");
        let expected = [("user", "für immer"), ("password", "a+b&=%"), ("empty", ""), ("bare", ""), ("x", "50%")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(fields("").is_empty());
    }
}
