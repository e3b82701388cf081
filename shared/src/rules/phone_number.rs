//! Phone numbers between the switch and SAP (guide, "Phone number formatting"; ici-wire §3.6 and vector T7).

/// The number as SAP wants it: `sip:` and everything from `@` on goes, `/` goes, what begins with a letter becomes `0`, and `+` comes in front.
///
/// An empty text stays empty: it is no number at all.
pub fn to_sap(raw: &str) -> String {
    let bare = raw.trim();
    let bare = bare.strip_prefix("sip:").or_else(|| bare.strip_prefix("sips:")).unwrap_or(bare);
    let bare = bare.split('@').next().unwrap_or_default();
    let bare: String = bare.chars().filter(|c| *c != '/').collect();
    if bare.is_empty() {
        return String::new();
    }
    if bare.starts_with(char::is_alphabetic) {
        return "+0".to_owned();
    }
    if bare.starts_with('+') { bare } else { format!("+{bare}") }
}

/// The number as the switch dials it: as it is, or without its `+` (flag "Reformat make call number").
pub fn to_switch(number: &str, drop_plus: bool) -> &str {
    let number = number.trim();
    if drop_plus { number.strip_prefix('+').unwrap_or(number) } else { number }
}
