//! Phone numbers between the switch and SAP (guide, "Phone number formatting"; ici-wire §3.6 and vector T7).

/// The number as SAP wants it: `sip:` and everything from `@` on goes, `/` goes, what begins with a letter becomes `0`, and `+` comes in front.
///
/// An empty text stays empty: it is no number at all.
pub fn to_sap(raw: &str) -> String {
    let bare = without_scheme(raw.trim());
    let bare = bare.split('@').next().unwrap_or_default();
    let bare: String = bare.chars().filter(|c| *c != '/').collect();
    let bare = bare.trim();
    if bare.is_empty() {
        String::new()
    } else if bare.starts_with(char::is_alphabetic) {
        "+0".to_owned()
    } else if bare.starts_with('+') {
        bare.to_owned()
    } else {
        format!("+{bare}")
    }
}

/// The number as the switch dials it: as it is, or without its `+` (flag "Reformat make call number").
pub fn to_switch(number: &str, drop_plus: bool) -> &str {
    let number = number.trim();
    if drop_plus { number.strip_prefix('+').unwrap_or(number) } else { number }
}

/// Without `sip:` or `sips:`, which RFC 3261 lets anybody write in capitals.
fn without_scheme(number: &str) -> &str {
    match number.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") => rest,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_as_the_guides_table_says() {
        let table = [
            ("sip:555@example.com", "+555"),
            ("sip:bob@example.com", "+0"),
            ("/1234", "+1234"),
            ("1234", "+1234"),
            ("+1234", "+1234"),
            ("PrivateNumber", "+0"),
        ];
        let rules = [("sip:1234@example.com", "+1234"), ("aa111", "+0")];
        for (raw, expected) in table.into_iter().chain(rules) {
            assert_eq!(to_sap(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn what_the_table_leaves_open_is_sensible() {
        let cases = [
            ("", ""),
            ("  ", ""),
            ("sip:@example.com", ""),
            ("/", ""),
            ("SIP:555@Example.com", "+555"),
            ("sips:555@example.com", "+555"),
            ("sip:+49 30@example.com", "+49 30"),
            ("12/34", "+1234"),
            (" 1234 ", "+1234"),
            ("555@example.com", "+555"),
            ("/aa11", "+0"),
            ("Äa1", "+0"),
            ("*72", "+*72"),
        ];
        for (raw, expected) in cases {
            assert_eq!(to_sap(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn an_outgoing_number_loses_its_plus_only_when_asked_to() {
        let cases = [
            ("+13172222222", true, "13172222222"),
            ("+13172222222", false, "+13172222222"),
            (" +1 ", true, "1"),
            ("1+1", true, "1+1"),
            ("++1", true, "+1"),
            ("Sales", true, "Sales"),
            ("", true, ""),
        ];
        for (number, drop_plus, expected) in cases {
            assert_eq!(to_switch(number, drop_plus), expected, "{number:?}");
        }
    }

    proptest! {
        #[test]
        fn a_number_for_sap_is_empty_or_begins_with_one_plus(raw in ".{0,40}") {
            let number = to_sap(&raw);
            prop_assert!(number.is_empty() || number.starts_with('+'), "{raw:?}: {number:?}");
            prop_assert!(!number.contains(['/', '@']), "{raw:?}: {number:?}");
        }

        #[test]
        fn a_number_for_sap_stays_as_it_is(raw in ".{0,40}") {
            let number = to_sap(&raw);
            prop_assert_eq!(to_sap(&number), number);
        }

        #[test]
        fn digits_come_back_from_sap_as_they_were(digits in "[0-9]{1,15}") {
            let number = to_sap(&digits);
            prop_assert_eq!(to_switch(&number, true), digits);
        }
    }
}
