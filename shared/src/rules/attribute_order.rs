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
