//! Names are picked or typed: by keyboard, by mouse, and as a screen reader hears it.

use super::*;
use crate::running::Directory;

fn field<'a>(harness: &'a Harness<'_, Stage>, name: &'a str) -> egui_kittest::Node<'a> {
    harness.get_by_role_and_label(Role::TextInput, name)
}

fn focus(harness: &mut Harness<'_, Stage>, name: &str) {
    field(harness, name).focus();
    harness.run();
}

fn type_in(harness: &mut Harness<'_, Stage>, name: &str, text: &str) {
    field(harness, name).type_text(text);
    harness.run();
}

fn listed(harness: &Harness<'_, Stage>) -> Vec<String> {
    let nodes = harness.root().children_recursive().map(|node| node.accesskit_node());
    let options = nodes.filter(|node| node.role() == Role::ListBoxOption).filter_map(|node| node.label());
    // Rows of the table have their columns' titles in their names.
    options.filter(|name| !name.contains("Workmode ID")).collect()
}

#[test]
fn a_status_is_picked_with_the_arrows_and_return() {
    let mut harness = open("workmodes", "");
    focus(&mut harness, "Ready (2)");
    assert_eq!(listed(&harness), Vec::<String>::new(), "nothing opens by itself");
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(listed(&harness), ["Available", "Do Not disturb", "Lunch", "Follow Up", "ACD not answering"]);
    assert_eq!(field(&harness, "Ready (2)").accesskit_node().data().is_expanded(), Some(true));
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(value(&harness, "workmodes.ready").as_deref(), Some("Lunch"));
    assert!(listed(&harness).is_empty() && field(&harness, "Ready (2)").accesskit_node().is_focused());
}

#[test]
fn what_is_typed_narrows_the_list_and_is_kept_when_nothing_is_picked() {
    let mut harness = open("workmodes", "");
    write(&mut harness, "Ready (2)", "lun");
    assert_eq!(listed(&harness), ["Lunch"]);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(listed(&harness).is_empty() && field(&harness, "Ready (2)").accesskit_node().is_focused(), "Escape closes the list alone");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(value(&harness, "workmodes.ready").as_deref(), Some("lun"), "Return without a choice picks nothing");
    write(&mut harness, "Ready (2)", "Coffee");
    key(&mut harness, Modifiers::NONE, Key::Tab);
    assert_eq!(value(&harness, "workmodes.ready").as_deref(), Some("Coffee"));
}

#[test]
fn escape_closes_the_list_and_not_the_dialog_that_it_is_in() {
    let mut harness = open("workmodes", "");
    press(&mut harness, "Add");
    write(&mut harness, "Agent status", "Av");
    assert_eq!(listed(&harness), ["Available"]);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(listed(&harness).is_empty());
    assert!(harness.query_by_role_and_label(Role::Button, "OK").is_some(), "the dialog stays");
    key(&mut harness, Modifiers::NONE, Key::ArrowUp);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, "OK");
    assert_eq!(value(&harness, "workmodes.mapped[3].status").as_deref(), Some("ACD not answering"));
}

#[test]
fn a_name_is_picked_with_the_mouse_and_that_is_a_step_of_undo() {
    let mut harness = open("workmodes", "");
    write(&mut harness, "Not ready (3)", "L");
    let at = harness.get_by_role_and_label(Role::ListBoxOption, "Lunch").rect().center();
    harness.drag_at(at);
    harness.run();
    harness.drop_at(at);
    harness.run();
    assert_eq!(value(&harness, "workmodes.not_ready").as_deref(), Some("Lunch"));
    harness.state_mut().model.undo();
    assert_eq!(value(&harness, "workmodes.not_ready").as_deref(), Some("L"));
}

#[test]
fn the_button_opens_the_whole_list_and_closes_it() {
    let mut harness = open("workmodes", "[workmodes]\nready = \"Lunch\"\n");
    press(&mut harness, "Suggestions for Ready (2)");
    assert_eq!(listed(&harness).len(), 5);
    press(&mut harness, "Suggestions for Ready (2)");
    assert!(listed(&harness).is_empty());
}

#[test]
fn a_running_switch_adds_its_names_where_they_are_meant() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let directory = Directory {
        statuses: names(&["Available", "At lunch"]),
        users: names(&["ZOE"]),
        workgroups: names(&["Night"]),
        stations: names(&["8001", "desk-9"]),
    };
    let on = |page: &str, name: &str, text: &str| {
        let mut harness = open(page, text);
        harness.state_mut().names = directory.clone();
        harness.run();
        focus(&mut harness, name);
        key(&mut harness, Modifiers::NONE, Key::ArrowDown);
        listed(&harness)
    };
    let statuses = on("workmodes", "Ready (2)", "");
    assert_eq!((statuses.len(), statuses.last().map(String::as_str)), (6, Some("At lunch")), "{statuses:?}");
    let cic = "[switch]\nkind = \"icws\"\nserver = \"cic\"\n";
    assert_eq!(on("workmodes", "Ready (2)", cic), ["Available", "At lunch"], "the built-in switch's do not count");
    assert_eq!(on("action-items", "Workgroup for the rest", "").last().map(String::as_str), Some("Night"));
    assert!(on("agents", "New entry: Users who may listen to calls", "").contains(&"ZOE".to_owned()));
    assert!(on("switch", "New entry: Stations", "").contains(&"desk-9".to_owned()));
}

#[test]
fn members_of_a_large_site_are_picked_and_not_a_wall_of_buttons() {
    use std::fmt::Write;
    let mut text = String::new();
    for number in 0..300 {
        write!(text, "[[switch.embedded.users]]\nname = \"U{number:03}\"\nextension = \"{}\"\n", 1000 + number).unwrap();
    }
    text += "[[switch.embedded.workgroups]]\nname = \"All\"\n";
    let mut harness = open("switch", &text);
    harness.state_mut().wanted = "switch.embedded.workgroups[0].members".parse().ok();
    harness.run();
    focus(&mut harness, "New entry: Members");
    type_in(&mut harness, "New entry: Members", "u29");
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    type_in(&mut harness, "New entry: Members", "U007");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    press(&mut harness, "OK");
    assert_eq!(value(&harness, "switch.embedded.workgroups[0].members").as_deref(), Some("U290, U007"));
}
