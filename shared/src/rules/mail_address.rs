//! Addresses of chats: SAP wants them in the form of an e-mail address, the agent's and the customer's (guide, "Web chats").

/// Whoever has an address of this form keeps it; else it is made of `name` and the site's `extension` (`customer.com`, with or without its
/// `@`). Without an extension the name stays as it is.
pub fn to_sap(own: &str, name: &str, extension: &str) -> String {
    if is_address(own) {
        return own.trim().to_owned();
    }
    let domain = extension.trim().trim_start_matches('@');
    // What SAP reads as one address must not break at a blank, a quote or a second @.
    let local: String =
        name.trim().chars().map(|c| if c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) { c } else { '.' }).collect();
    let local = local.trim_matches('.');
    match (local, domain) {
        ("", "") => String::new(),
        ("", domain) => format!("unknown@{domain}"),
        (local, "") => local.to_owned(),
        (local, domain) => format!("{local}@{domain}"),
    }
}

/// Has it the form of an e-mail address? The form alone counts; a SIP address has it not.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.trim().split_once('@') else { return false };
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"@<>\"(),;:[]".contains(c));
    plain(local) && plain(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_address_comes_first_and_a_name_gets_the_extension() {
        let cases = [
            ("anna@berg.example", "ANNA", "customer.com", "anna@berg.example"),
            (" anna@berg.example ", "ANNA", "", "anna@berg.example"),
            ("", "ANNA", "customer.com", "ANNA@customer.com"),
            ("", "ANNA", "@customer.com", "ANNA@customer.com"),
            ("sip:555@example.com", "Max Maier", "customer.com", "Max.Maier@customer.com"),
            ("+4930", "Jürgen \"J\" Ott", "customer.com", "Jürgen..J..Ott@customer.com"),
            ("", "max@home", "customer.com", "max.home@customer.com"),
            ("", "  ", "customer.com", "unknown@customer.com"),
            ("", "Max", "", "Max"),
            ("", "", "", ""),
        ];
        for (own, name, extension, expected) in cases {
            assert_eq!(to_sap(own, name, extension), expected, "{own:?} {name:?} {extension:?}");
        }
    }

    #[test]
    fn only_the_form_of_an_address_counts() {
        for good in ["a@b", "first.last+tag@host.example", "ä@ö.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "@", "a@", "@b", "a b@c", "a@b@c", "sip:a@b", "Anna <a@b>", "a@b,c@d"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
