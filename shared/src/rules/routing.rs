//! To which workgroup an action item goes: the table that takes the place of the handlers which the guide has administrators program
//! ("Configure handlers for action item routing").

/// The routes in their order, and where the rest goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The first that fits counts.
    pub routes: Vec<Route>,
    /// Workgroup for what no route takes, and what an item is there; `None`: it cannot be routed.
    pub rest: Option<(String, AsWhat)>,
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `to`, `from`, `subject`, or the name of an attribute, with or without SAP's `ACTION_ITEM_ATTR_`.
    pub attribute: String,
    /// How its value is compared.
    pub compare: Compare,
    /// With what; blanks around it and capital letters do not count.
    pub value: String,
    /// Where what fits goes.
    pub workgroup: String,
    /// What it is there.
    pub as_what: AsWhat,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// It is the same.
    Exact,
    /// It begins so.
    Prefix,
    /// It has it somewhere.
    Contains,
}

/// What an action item is on the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsWhat {
    /// An e-mail.
    Email,
    /// A generic object.
    GenericObject,
}

/// Where an action item goes, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<'t> {
    /// The workgroup.
    pub workgroup: &'t str,
    /// What it is there.
    pub as_what: AsWhat,
    /// The route that decided, counted from 0, with the name of the attribute that fitted as it was sent; `None`: the rest.
    pub route: Option<(usize, &'t str)>,
}

/// What SAP puts in front of the names of attributes (guide, "Example setup to route action items to two workgroups").
const PREFIX: &str = "ACTION_ITEM_ATTR_";

/// Names that mean one thing; the shorter words are ours.
const WORDS: [(&str, &[&str]); 3] = [
    ("TO", &["TO", "TO_NAME", "TO_ADDRESS", "RECIPIENT"]),
    ("FROM", &["FROM", "FROM_ADDRESS", "FROM_NAME", "SENDER"]),
    ("SUBJECT", &["SUBJECT", "TITLE"]),
];

// === impl Table ===

impl Table {
    /// Where an item with these attributes (name and value, as SAP sent them) goes; `None`: nowhere.
    pub fn decide<'t>(&'t self, attributes: &'t [(String, String)]) -> Option<Decision<'t>> {
        let fitting = self.routes.iter().enumerate().find_map(|(at, route)| Some((at, route, route.fits(attributes)?)));
        match fitting {
            Some((at, route, name)) => Some(Decision { workgroup: &route.workgroup, as_what: route.as_what, route: Some((at, name)) }),
            None => self.rest.as_ref().map(|(workgroup, as_what)| Decision { workgroup, as_what: *as_what, route: None }),
        }
    }
}

// === impl Route ===

impl Route {
    /// The name of the first attribute that fits.
    pub fn fits<'a>(&self, attributes: &'a [(String, String)]) -> Option<&'a str> {
        let wanted = self.value.trim().to_lowercase();
        let fits = |value: &str| {
            let value = value.trim().to_lowercase();
            match self.compare {
                Compare::Exact => value == wanted,
                Compare::Prefix => value.starts_with(&wanted),
                Compare::Contains => value.contains(&wanted),
            }
        };
        attributes.iter().find(|(name, value)| means(&self.attribute, name) && fits(value)).map(|(name, _)| name.as_str())
    }
}

/// The value of the attribute that `wanted` means, blank ones left out.
pub fn value<'a>(attributes: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    attributes.iter().find(|(name, value)| means(wanted, name) && !value.trim().is_empty()).map(|(_, value)| value.trim())
}

/// Does the name in a route mean the attribute that SAP calls `sent`?
pub fn means(wanted: &str, sent: &str) -> bool {
    let (wanted, sent) = (bare(wanted), bare(sent));
    let among = |word: &str| WORDS.iter().find(|(known, _)| *known == word).is_some_and(|(_, names)| names.contains(&sent.as_str()));
    wanted == sent || among(&wanted)
}

/// `fromAddress`, `From Address` and `ACTION_ITEM_ATTR_FROM_ADDRESS` are `FROM_ADDRESS`.
fn bare(name: &str) -> String {
    let mut upper = String::with_capacity(name.len() + 4);
    let mut after_small = false;
    for c in name.trim().chars() {
        if after_small && c.is_uppercase() {
            upper.push('_');
        }
        after_small = c.is_lowercase();
        upper.extend(if c == ' ' || c == '-' { '_' } else { c }.to_uppercase());
    }
    match upper.strip_prefix(PREFIX) {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => upper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(attribute: &str, compare: Compare, value: &str, workgroup: &str) -> Route {
        let as_what = AsWhat::Email;
        Route { attribute: attribute.to_owned(), compare, value: value.to_owned(), workgroup: workgroup.to_owned(), as_what }
    }

    fn sent(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn table() -> Table {
        Table {
            routes: vec![
                route("to", Compare::Exact, "Support@inin.com", "SAP1"),
                route("subject", Compare::Prefix, "urgent:", "Hotline"),
                route("ACTION_ITEM_ATTR_FROM_ADDRESS", Compare::Contains, "@vip.example", "SAP2"),
                Route { as_what: AsWhat::GenericObject, ..route("COUNTRY", Compare::Exact, "ch", "Swiss") },
            ],
            rest: Some(("Everybody".to_owned(), AsWhat::Email)),
        }
    }

    #[test]
    fn the_first_route_that_fits_counts() {
        let table = table();
        let cases = [
            (sent(&[("ACTION_ITEM_ATTR_TO_NAME", "support@ININ.com ")]), "SAP1", Some(0)),
            (sent(&[("TO_ADDRESS", "support@inin.com")]), "SAP1", Some(0)),
            (sent(&[("SUBJECT", "Urgent: help"), ("TO", "support@inin.com")]), "SAP1", Some(0)),
            (sent(&[("subject", "URGENT: help")]), "Hotline", Some(1)),
            (sent(&[("subject", "not urgent: help")]), "Everybody", None),
            (sent(&[("fromAddress", "Max <max@vip.example>")]), "SAP2", Some(2)),
            (sent(&[("FROM_NAME", "@vip.example")]), "Everybody", None),
            (sent(&[("action_item_attr_country", "CH")]), "Swiss", Some(3)),
            (sent(&[]), "Everybody", None),
        ];
        for (attributes, workgroup, at) in cases {
            let decision = table.decide(&attributes).unwrap();
            assert_eq!((decision.workgroup, decision.route.map(|(at, _)| at)), (workgroup, at), "{attributes:?}");
        }
    }

    #[test]
    fn a_route_says_what_the_item_is_and_which_attribute_decided() {
        let table = table();
        let attributes = sent(&[("X", "1"), ("Country", "CH")]);
        let decision = table.decide(&attributes).unwrap();
        assert_eq!((decision.as_what, decision.route), (AsWhat::GenericObject, Some((3, "Country"))));
    }

    #[test]
    fn without_a_workgroup_for_the_rest_what_fits_nowhere_goes_nowhere() {
        let table = Table { rest: None, ..table() };
        assert_eq!(table.decide(&sent(&[("TO", "sales@inin.com")])), None);
    }

    #[test]
    fn an_attribute_that_comes_twice_is_compared_twice() {
        let table = table();
        let attributes = sent(&[("TO", "sales@inin.com"), ("TO", "support@inin.com")]);
        assert_eq!(table.decide(&attributes).unwrap().workgroup, "SAP1");
    }

    #[test]
    fn the_value_of_an_attribute_is_found_by_its_meaning() {
        let attributes = sent(&[("ACTION_ITEM_ATTR_SUBJECT", " "), ("TITLE", "Hello "), ("FROM_ADDRESS", "max@example.com")]);
        assert_eq!(value(&attributes, "subject"), Some("Hello"));
        assert_eq!(value(&attributes, "from"), Some("max@example.com"));
        assert_eq!(value(&attributes, "to"), None);
    }
}
