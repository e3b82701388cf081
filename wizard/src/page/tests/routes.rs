//! The page about action items: its table and its box to try it.

use super::*;

const ROUTES: &str = "[channels.action_item]\nenabled = true\nworkgroup = \"Sales\"\n\
    [[channels.action_item.routes]]\nattribute = \"to\"\nvalue = \"support@example.com\"\nworkgroup = \"Support\"\n\
    [[channels.action_item.routes]]\nattribute = \"subject\"\ncompare = \"prefix\"\nvalue = \"urgent:\"\nworkgroup = \"Sales\"\ninteraction = \"generic_object\"\n";

#[test]
fn what_is_typed_is_routed_as_the_service_would_and_each_route_says_its_part() {
    let mut harness = open("action-items", ROUTES);
    let shows = |harness: &Harness<'_, Stage>, text: &str| harness.query_by_label(text).is_some();
    write(&mut harness, "To", "Support@example.com");
    assert!(shows(&harness, "Route 1 decides by to: workgroup Support, as E-mail"));
    assert!(shows(&harness, "1. to is support@example.com: decides"));
    assert!(shows(&harness, "2. subject begins with urgent:: not looked at any more"));
    write(&mut harness, "To", "sales@example.com");
    assert!(shows(&harness, "No route fits: workgroup Sales, as E-mail"));
    write(&mut harness, "Subject", "Urgent: my order");
    assert!(shows(&harness, "Route 2 decides by subject: workgroup Sales, as Generic object"));
    harness.get_by_role_and_label(Role::MultilineTextInput, "Other attributes, NAME=value, one a line").focus();
    harness.run();
    harness
        .get_by_role_and_label(Role::MultilineTextInput, "Other attributes, NAME=value, one a line")
        .type_text("ACTION_ITEM_ATTR_TO_NAME=support@example.com");
    harness.run();
    assert!(shows(&harness, "Route 1 decides by ACTION_ITEM_ATTR_TO_NAME: workgroup Support, as E-mail"));
}

#[test]
fn the_order_decides_and_is_changed_by_keyboard() {
    let mut harness = open("action-items", ROUTES);
    write(&mut harness, "To", "support@example.com");
    write(&mut harness, "Subject", "urgent: x");
    assert!(harness.query_by_label("Route 1 decides by to: workgroup Support, as E-mail").is_some());
    row(&mut harness, "Attribute to, Comparison is, Value support@example.com, Workgroup Support");
    key(&mut harness, Modifiers::ALT, Key::ArrowDown);
    assert_eq!(value(&harness, "channels.action_item.routes[0].attribute").as_deref(), Some("subject"));
    assert!(harness.query_by_label("Route 1 decides by subject: workgroup Sales, as Generic object").is_some());
    assert!(harness.query_by_label_contains("would fit too, but comes too late").is_some());
}

#[test]
fn a_switched_off_channel_is_said_to_be_and_what_fits_nowhere_too() {
    let mut harness = open("action-items", "");
    assert!(harness.query_by_label_contains("only when they are switched on").is_some());
    write(&mut harness, "From", "somebody@example.com");
    assert!(harness.query_by_label_contains("there is no workgroup for the rest").is_some());
    press(&mut harness, "Channel Selection");
    assert_eq!(harness.state().commands.last(), Some(&Command::Show(PageId("channels"))));
    let mut harness = open("channels", "");
    press(&mut harness, "Routes to workgroups…");
    assert_eq!(harness.state().commands.last(), Some(&Command::Show(PageId("action-items"))));
}
