//! Telephone numbers as an organisation takes them: E.164, perhaps with an extension. One that is wrong there fails the whole user, so it is
//! judged here first.

/// The number in E.164 (ITU-T), with `;ext=` before an extension; `None`: it is none. What has no country code is not guessed at.
pub(super) fn e164(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text).to_ascii_lowercase();
    let (number, extension) = split(&text);
    let digits: String = number.strip_prefix('+')?.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}')).collect();
    let is_number = (7..=15).contains(&digits.len()) && all_digits(&digits) && !digits.starts_with('0');
    let is_extension = extension.is_none_or(|extension| (1..=10).contains(&extension.len()) && all_digits(extension));
    (is_number && is_extension).then(|| match extension {
        Some(extension) => format!("+{digits};ext={extension}"),
        None => format!("+{digits}"),
    })
}

fn split(text: &str) -> (&str, Option<&str>) {
    for mark in [";ext=", "ext.", "ext", "x"] {
        if let Some((number, extension)) = text.split_once(mark) {
            return (number.trim(), Some(extension.trim()));
        }
    }
    (text, None)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::e164;

    #[test]
    fn a_number_with_a_country_code_is_taken_however_it_is_written() {
        for (text, number) in [
            ("+49 (30) 123-456", "+4930123456"),
            ("tel:+4930123456;ext=12", "+4930123456;ext=12"),
            ("+1 317.872.3000 x 204", "+13178723000;ext=204"),
            ("+44/20/79460000 ext. 5", "+442079460000;ext=5"),
        ] {
            assert_eq!(e164(text).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn a_country_code_is_not_guessed_and_nonsense_is_none() {
        for text in
            ["", "030 123456", "0049 30 123456", "+0 30 1234567", "+49", "+4930123456789012", "+49 30 CALL", "sip:anna@x", "+4930123 x abc"]
        {
            assert_eq!(e164(text), None, "{text}");
        }
    }
}
