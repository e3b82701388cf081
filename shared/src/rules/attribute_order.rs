//! Which attribute of an interaction names the caller or the dialled number (guide, "Configure remote attributes").

/// The first of `order` that has a valid value, i.e. one that is not blank; with the name that won.
///
/// Names are compared without regard to case, as the switch does.
pub fn first_valid<'a>(order: &'a [String], value_of: impl Fn(&str) -> Option<&'a str>) -> Option<(&'a str, &'a str)> {
    order.iter().find_map(|name| {
        let value = value_of(name)?.trim();
        (!value.is_empty()).then_some((name.as_str(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(order: &[&str], values: &[(&str, &str)]) -> Option<(String, String)> {
        let order: Vec<String> = order.iter().map(|name| (*name).to_owned()).collect();
        let value_of = |name: &str| values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        first_valid(&order, value_of).map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    #[test]
    fn the_search_ends_with_the_first_value_that_is_not_blank() {
        let values = [("Blank", "  "), ("Empty", ""), ("First", " 1 "), ("Second", "2")];
        let cases = [
            (vec!["First", "Second"], Some(("First", "1"))),
            (vec!["Second", "First"], Some(("Second", "2"))),
            (vec!["Blank", "Empty", "Second"], Some(("Second", "2"))),
            (vec!["Missing", "first"], Some(("first", "1"))),
            (vec!["Missing", "Blank"], None),
            (vec![], None),
        ];
        for (order, expected) in cases {
            let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(found(&order, &values), expected, "{order:?}");
        }
    }
}
