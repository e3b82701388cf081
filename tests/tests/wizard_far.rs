//! The real wizard and a real service that is on another machine as far as either knows: connected over TLS, changed, kept, and gone back.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    fs, thread,
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    certificates::Authority,
    desktop::Desktop,
    far::{Site, TOKEN},
    program::Program,
    screen_reader::ScreenReader,
};

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Connects from the page Web Service; the certificate is seen for the first time.
fn connect(site: &Site, program: &Program, desktop: &mut Desktop) -> ScreenReader {
    desktop.wizard(&site.folder().join("not-there.toml"), "web-service");
    let mut reader = desktop.screen_reader();
    reader.see("heading", "Web Service");
    ask(&mut reader, desktop, program, "Connect");
    reader.see(
        "label",
        "Nobody whom you trust vouches for the certificate that HOST shows. Its fingerprint is:".replace("HOST", &host(program)).as_str(),
    );
    reader.press("push button", "Trust this certificate");
    reader.see("label", &edits(program));
    reader
}

fn ask(reader: &mut ScreenReader, desktop: &Desktop, program: &Program, go: &str) {
    desktop.keys(&["ctrl+shift+o"]);
    reader.see("dialog", "Connect to a service");
    reader.write("Address", &host(program));
    reader.focus("password text", "Token");
    desktop.keys(&["ctrl+a"]);
    desktop.types(TOKEN);
    reader.press("push button", go);
}

fn host(program: &Program) -> String {
    program.admin_tls.unwrap().to_string()
}

fn edits(program: &Program) -> String {
    format!("You work on the file of {}. Commands and files that it names are changed on that machine only.", host(program))
}

fn waits_for(what: &str, within: Duration, mut is_there: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_there() {
        assert!(began.elapsed() < within, "{what} does not come about");
        thread::sleep(LOOK_AGAIN);
    }
}

#[test]
fn a_service_without_a_screen_is_configured_from_a_desk_and_the_change_is_kept() {
    let site = Site::new();
    let program = site.start(&site.file("[limits]\nmailbox = 16 # enough\n"));
    let intent = site.folder().join("jackfield.toml.probation");
    let mut desktop = Desktop::start();
    let mut reader = connect(&site, &program, &mut desktop);
    reader.see("frame", &format!("{} – Jackfield", host(&program)));
    let locked = reader.see("entry", "Certificate file for administration");
    assert_eq!((locked.text.as_deref(), locked.states.contains(&"sensitive".to_owned())), (Some("admin.crt"), false), "{locked:?}");
    assert!(locked.description.contains("on the service's own machine only"), "{locked:?}");

    desktop.keys(&["ctrl+t"]);
    reader.see("dialog", "Test Connection");
    reader.see("push button", "Test again");
    let read: Vec<String> = reader.all().into_iter().map(|node| node.name).collect();
    assert!(read.iter().any(|said| said.contains("admin.tls.certificate")), "it was tested where the certificate is: {read:#?}");
    desktop.keys(&["Escape"]);

    reader.write("Path", "/from/afar");
    desktop.keys(&["ctrl+s"]);
    reader.see("label", &format!("The change is in force on {}. It goes back by itself unless you keep it.", host(&program)));
    assert!(intent.exists() && fs::read_to_string(program.config()).unwrap().contains("/from/afar"));
    reader.press("push button", "Keep the change");
    reader.see("label", &edits(&program));
    waits_for("the end of the probation", PATIENCE, || !intent.exists());
    let text = fs::read_to_string(program.config()).unwrap();
    let expected = site.file("[limits]\nmailbox = 16 # enough\n");
    assert_eq!(text.replace("path = \"/from/afar\"\n", ""), expected, "all else is as it was, byte for byte");

    // Somebody puts himself in between.
    for (made, name) in Authority::new("Somebody else").sign("localhost").iter().zip(["admin.crt", "admin.key"]) {
        fs::copy(made, site.folder().join(name)).unwrap();
    }
    program.signal("HUP");
    waits_for("the other certificate", PATIENCE, || program.log().contains("old content"));
    ask(&mut reader, &desktop, &program, "Connect");
    reader.see(
        "label",
        &format!(
            "REFUSED: {} shows another certificate than the one that you have accepted. The new one's fingerprint is:",
            host(&program)
        ),
    );
}

#[test]
fn a_change_that_nobody_keeps_goes_back_and_the_wizard_says_so_and_loses_nothing() {
    let site = Site::new();
    let before = site.file("");
    let program = site.start(&before);
    let mut desktop = Desktop::start();
    let mut reader = connect(&site, &program, &mut desktop);
    reader.write("Path", "/from/afar");
    desktop.keys(&["ctrl+s"]);
    reader.see("push button", "Keep the change");
    waits_for("the file before", Duration::from_secs(90), || fs::read_to_string(program.config()).unwrap() == before);
    reader.see("dialog", "The change has gone back");
    desktop.keys(&["Escape"]);
    assert_eq!(reader.see("entry", "Path").text.as_deref(), Some("/from/afar"), "what was edited is still here");
    assert!(program.log().contains("was not confirmed in time"), "{}", program.log());
}
