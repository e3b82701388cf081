//! The search over settings, pages and commands.

use super::*;

#[test]
fn the_search_finds_commands_and_is_used_by_keyboard() {
    let mut site = Site::new();
    site.act(Action::Search);
    let field = ENGLISH.text("search");
    assert!(site.harness.get_by_role_and_label(Role::TextInput, &field).is_focused());
    site.harness.get_by_role_and_label(Role::TextInput, &field).type_text(&ENGLISH.text(Action::About.key()));
    site.harness.run();
    site.press(Modifiers::NONE, Key::Enter);
    assert!(site.shows("about-licences"));
    site.press(Modifiers::NONE, Key::Escape);
    assert!(site.wizard().dialog.is_none());
}

#[test]
fn the_search_jumps_to_the_field_of_a_setting() {
    let mut site = Site::new();
    let path = "service.listen";
    site.act(Action::SearchToo);
    site.harness.get_by_role_and_label(Role::TextInput, &ENGLISH.text("search")).type_text(path);
    site.harness.run();
    site.press(Modifiers::NONE, Key::Enter);
    let name = ENGLISH.text("service-listen");
    assert!(site.harness.get_by_role_and_label(Role::TextInput, &name).is_focused());
}
