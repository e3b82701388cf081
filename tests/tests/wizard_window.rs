//! The real wizard on a desktop: a screen reader finds its way, a keyboard changes what a running service does.

use std::{
    fs,
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    agent::{Agent, Speaker},
    desktop::Desktop,
    program::Program,
    site,
};

/// A site whose file somebody has written by hand, with comments that matter to him.
const COMMENTED: &str = r#"# Switchboard of the head office. Ask Fosca before you change it.
schema = 1

[switch.embedded]
users = [
    { name = "CRMFOSOUT", extension = "8001" }, # on the second floor
]
statuses = [
    { name = "Do Not disturb", do_not_disturb = true },
    { name = "Available", acd = true },
    { name = "Lunch", do_not_disturb = true },
    { name = "Training", do_not_disturb = true },
]

[workmodes] # as SAP's supervisors call them
ready = "Available"
not_ready   =   "Do Not disturb"   # spaces as they were
mapped = [
    { id = 4, status = "Lunch" }, # from twelve to one
]

# The end.
"#;

/// The row of the table of mapped workmodes.
const ROW: &str = "Workmode ID 4, Agent status Lunch, User selectable Yes";

#[test]
fn a_screen_reader_finds_a_field_and_a_button_by_name_and_what_it_does_with_them_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jackfield.toml");
    fs::write(&file, "# ours\n[service]\nlisten = \"127.0.0.1:8095\" # the usual one\n").unwrap();
    let mut desktop = Desktop::start();
    desktop.wizard(&file, "web-service");
    let mut reader = desktop.screen_reader();

    reader.see("heading", "Web Service");
    assert!(reader.see("frame", "jackfield.toml – Jackfield").states.contains(&"active".to_owned()), "the window says what it is");
    let field = reader.see("entry", "Address and port");
    assert_eq!(field.text.as_deref(), Some("127.0.0.1:8095"));
    assert_eq!(field.description, "");

    reader.write("Address and port", "nonsense");
    reader.see("label", "Errors: 1");
    let wrong = reader.see("entry", "Address and port");
    assert!(wrong.description.contains("is not an address"), "what is wrong is said at the field: {wrong:?}");
    assert_eq!(reader.see("list item", "Web Service").description, "has errors");

    reader.write("Address and port", "127.0.0.1:9000");
    reader.see("frame", "jackfield.toml* – Jackfield");
    assert_eq!(reader.see("list item", "Web Service").description, "changed");
    reader.press("list item", "Review");
    reader.see("heading", "Review");
    reader.press("push button", "Save");
    reader.see("frame", "jackfield.toml – Jackfield");
    let saved = fs::read_to_string(&file).unwrap();
    assert_eq!(saved, "# ours\n[service]\nlisten = \"127.0.0.1:9000\" # the usual one\n");

    for node in reader.all() {
        let is_private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c);
        assert!(!node.name.contains(is_private), "{node:?} would be read out as a picture's number");
        let is_control = ["push button", "entry", "check box", "combo box", "list item", "link"].contains(&node.role.as_str());
        assert!(!is_control || !node.name.is_empty(), "{node:?} has no name");
    }
}

#[test]
fn a_workmode_that_is_changed_by_keyboard_and_saved_is_served_to_sap_within_a_second() {
    let program = Program::with(COMMENTED);
    let mut sap = Agent::of(&program, site::AGENT);
    let mut workmodes = || sap.must("User", "getAttributes", &[("userId", site::AGENT.into())]);
    assert!(workmodes().holds("Lunch") && !workmodes().holds("Training"), "{:?}", workmodes());

    let mut desktop = Desktop::start();
    desktop.wizard(&program.config(), "workmodes");
    let mut reader = desktop.screen_reader();
    reader.focus("list item", ROW);
    desktop.keys(&["Return"]);
    reader.focus("entry", "Agent status");
    desktop.keys(&["ctrl+a"]);
    desktop.types("Training");
    desktop.keys(&["ctrl+Return"]);
    reader.see("frame", "jackfield.toml* – Jackfield");
    assert_eq!(fs::read_to_string(program.config()).unwrap(), COMMENTED, "nothing is written before it is saved");

    desktop.keys(&["ctrl+s"]);
    let expected = COMMENTED.replace("{ id = 4, status = \"Lunch\" }", "{ id = 4, status = \"Training\" }");
    let pressed = Instant::now();
    let mut saved = None;
    while !workmodes().holds("Training") {
        if saved.is_none() && fs::read_to_string(program.config()).unwrap() != COMMENTED {
            saved = Some(Instant::now());
        }
        assert!(pressed.elapsed() < PATIENCE, "saved: {saved:?}, but not served: {}", program.log());
    }
    // Served may be sooner than seen here.
    let took = saved.map_or(Duration::ZERO, |saved| saved.elapsed());
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    assert!(!workmodes().holds("Lunch"));
    assert_eq!(fs::read_to_string(program.config()).unwrap(), expected, "all else is as it was, byte for byte");
    reader.see("frame", "jackfield.toml – Jackfield");
}
