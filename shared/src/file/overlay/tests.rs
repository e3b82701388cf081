//! What stays and what changes when values are laid over a document.

use super::*;
use proptest::prelude::*;

const FILE: &str = r#"# Our site.
schema = 1   # do not touch

[service]
# SAP's gateway calls from there.
listen = '0.0.0.0:8095'
event_hosts = [
    "sap1", # the first
    "sap2",
]

[service.access]
networks = ["10.0.0.0/8"]

[limits]
body = 4_194_304 # 4 MiB
mailbox = 0x20

[[workmodes.mapped]]
# Lunch is sacred.
id = 4
status = "Lunch"

# Everybody needs it.
[[workmodes.mapped]]
id = 5
status = "Follow Up" # not "follow up"

[flags]
view_non_selectable_statuses = false
"#;

fn changed(text: &str, change: impl FnOnce(&mut Values)) -> String {
    let mut values: Values = toml::from_str(text).unwrap();
    change(&mut values);
    let new = overlay(text, &values).unwrap();
    assert_eq!(toml::from_str::<Values>(&new).unwrap(), values, "{new}");
    new
}

fn section<'a>(values: &'a mut Values, key: &str) -> &'a mut Values {
    values.entry(key).or_insert_with(|| toml::Value::Table(Values::new())).as_table_mut().unwrap()
}

#[test]
fn nothing_changes_when_nothing_differs() {
    assert_eq!(changed(FILE, |_| {}), FILE);
}

#[test]
fn a_last_line_without_an_end_stays_so_when_nothing_differs() {
    let text = "# ours\n\n[service]";
    assert_eq!(changed(text, |_| ()), text);
}

#[test]
fn one_value_changes_and_everything_else_stays() {
    let new = changed(FILE, |values| {
        section(values, "limits").insert("mailbox".into(), 64.into());
        section(values, "service").insert("listen".into(), "127.0.0.1:1".into());
    });
    assert_eq!(new, FILE.replace("0x20", "64").replace("0.0.0.0:8095", "127.0.0.1:1"));
}

#[test]
fn a_list_keeps_the_comments_of_what_stays() {
    let longer = changed(FILE, |values| {
        section(values, "service").insert("event_hosts".into(), vec!["sap1", "sap3", "sap2"].into());
    });
    assert_eq!(longer, FILE.replace("    \"sap2\",\n", "    \"sap3\",\n    \"sap2\",\n"));
    let shorter = changed(FILE, |values| {
        section(values, "service").insert("event_hosts".into(), vec!["sap2"].into());
    });
    assert_eq!(shorter, FILE.replace("    \"sap1\", # the first\n", ""));
}

#[test]
fn rows_are_known_by_their_id_and_keep_their_comments() {
    let row = |id: i64, status: &str| toml::Value::Table(Values::from_iter([("id".into(), id.into()), ("status".into(), status.into())]));
    let new = changed(FILE, |values| {
        section(values, "workmodes").insert("mapped".into(), vec![row(5, "Follow Up"), row(9, "Gone"), row(4, "Siesta")].into());
    });
    let places: Vec<_> =
        ["# Everybody needs it.", "id = 5", "# not \"follow up\"", "id = 9", "# Lunch is sacred.", "id = 4", "Siesta", "[flags]"]
            .iter()
            .map(|part| new.find(part).unwrap_or_else(|| panic!("{part} is gone:\n{new}")))
            .collect();
    assert!(places.is_sorted(), "{new}");
}

#[test]
fn an_emptied_list_of_rows_is_written_as_empty_and_can_be_filled_again() {
    let empty = changed(FILE, |values| {
        section(values, "workmodes").insert("mapped".into(), toml::Value::Array(Vec::new()));
    });
    assert!(empty.contains("mapped = []"), "{empty}");
    let full = changed(&empty, |values| {
        let row = toml::Value::Table(Values::from_iter([("id".into(), 4.into())]));
        section(values, "workmodes").insert("mapped".into(), vec![row].into());
    });
    assert!(full.contains("[[workmodes.mapped]]"), "{full}");
}

#[test]
fn what_is_gone_goes_and_what_is_new_comes() {
    let new = changed(FILE, |values| {
        values.remove("flags");
        section(values, "ici").insert("reject_workmode".into(), 3.into());
        section(section(values, "switch"), "embedded").insert("wrap_up".into(), "5s".into());
    });
    assert!(
        !new.contains("[flags]") && new.contains("[ici]\n") && new.contains("[switch.embedded]\n") && !new.contains("[switch]\n"),
        "{new}"
    );
}

#[test]
fn dotted_and_inline_tables_stay_dotted_and_inline() {
    let text = "service.listen = \"a\"\nlimits = { body = 1, mailbox = 2 }\nrows = [{ id = 1, x = 1 }, { id = 2 }] # rows\n";
    let new = changed(text, |values| {
        section(values, "service").insert("path".into(), "/x".into());
        section(values, "limits").insert("mailbox".into(), 3.into());
        values["rows"].as_array_mut().unwrap().swap(0, 1);
    });
    assert!(new.starts_with("service.listen = \"a\"\nservice.path = \"/x\"\nlimits = { body = 1, mailbox = 3 }\n"), "{new}");
    assert!(new.contains("# rows"), "{new}");
}

#[test]
fn a_document_that_does_not_parse_is_left_alone() {
    assert!(overlay("[service\n", &Values::new()).is_err());
}

/// Values as files have them: sections with texts, numbers, lists, rows.
fn values() -> impl Strategy<Value = Values> {
    let text = proptest::sample::select(vec!["", "a", "it's", "\"", "ü # no comment", "two\nlines", "\\"]);
    let plain = prop_oneof![
        text.prop_map(toml::Value::from),
        (-5_i64..2000).prop_map(toml::Value::from),
        any::<bool>().prop_map(toml::Value::from),
        proptest::collection::vec(0_i64..9, 0..4).prop_map(toml::Value::from),
    ];
    let keys = || proptest::sample::select(vec!["a", "b", "c d", "id", "name"]).prop_map(str::to_owned);
    let section = proptest::collection::btree_map(keys(), plain, 0..4).prop_map(|map| toml::Value::Table(map.into_iter().collect()));
    let rows = proptest::collection::vec(section.clone(), 0..4).prop_map(toml::Value::Array);
    let nested =
        proptest::collection::btree_map(keys(), section.clone(), 0..3).prop_map(|map| toml::Value::Table(map.into_iter().collect()));
    proptest::collection::btree_map(keys(), prop_oneof![section, rows, nested], 0..5).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #[test]
    fn any_values_can_be_laid_over_any_document(old in values(), new in values()) {
        let text = toml::to_string(&old).unwrap();
        let laid = overlay(&text, &new).unwrap();
        prop_assert_eq!(toml::from_str::<Values>(&laid).unwrap(), new);
    }

    #[test]
    fn comments_before_sections_and_values_that_stay_survive(new in values()) {
        let mut new = new;
        new.insert("kept".into(), toml::Value::Table(Values::from_iter([("x".into(), 1.into())])));
        let laid = overlay("# above\n[kept] # beside\n# inside\nx = 0x1 # behind\n", &new).unwrap();
        for comment in ["# above", "# beside", "# inside", "x = 0x1 # behind"] {
            prop_assert!(laid.contains(comment), "{}", laid);
        }
    }

    #[test]
    fn laying_the_same_values_over_again_changes_nothing(old in values(), new in values()) {
        let once = overlay(&toml::to_string(&old).unwrap(), &new).unwrap();
        prop_assert_eq!(overlay(&once, &new).unwrap(), once);
    }
}
