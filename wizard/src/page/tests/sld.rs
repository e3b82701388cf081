//! The page about the System Landscape Directory, beyond its preview: what it says of itself, the payload as a file, and the running service.

use super::{live::service, *};

/// Runs frames until something is said.
fn until(harness: &mut Harness<'_, Stage>, woken: &std::sync::mpsc::Receiver<()>, said: &str) {
    while harness.query_by_label_contains(said).is_none() {
        woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap_or_else(|_| panic!("{said} is never said"));
        harness.run();
    }
}

fn awake(harness: &mut Harness<'_, Stage>) -> std::sync::mpsc::Receiver<()> {
    let (sender, woken) = std::sync::mpsc::channel();
    harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
    woken
}

#[test]
fn the_page_says_plainly_that_nobody_has_checked_the_payload() {
    assert!(open("sld", "").query_by_label_contains("has not been checked against a real SLD").is_some());
    let german = open_in("sld", "", Language::German);
    assert!(german.query_by_label_contains("wurde an keinem echten SLD geprüft").is_some());
}

#[test]
fn the_payload_is_saved_as_it_is_shown_and_never_over_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("payload.xml");
    let mut harness = open("sld", "[sld.attributes]\nComputer = \"pbx\"\n");
    let woken = awake(&mut harness);
    write(&mut harness, "File for the payload", file.to_str().unwrap());
    press(&mut harness, "Save to file");
    until(&mut harness, &woken, "Saved as");
    let shown = harness.get_by_role_and_label(Role::MultilineTextInput, "Preview of the payload").value().unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), shown);
    press(&mut harness, "Save to file");
    until(&mut harness, &woken, "cannot be written");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), shown);
}

#[test]
fn several_destinations_are_previewed_each_by_its_own_template() {
    let text = "[sld]\nserver = \"one\"\n[[sld.destinations]]\nserver = \"two\"\nuri = \"/sld/cimom\"\n";
    let mut harness = open("sld", text);
    assert!(harness.query_by_label("POST http://one:50000/sld/ds").is_some());
    harness.get_by_label("http://two:50000/sld/cimom").click();
    harness.run();
    assert!(harness.query_by_label("POST http://two:50000/sld/cimom").is_some());
    let shown = harness.get_by_role_and_label(Role::MultilineTextInput, "Preview of the payload").value().unwrap();
    assert!(shown.contains("SAPExt_CreateOrModifyInstance"), "{shown}");
}

#[test]
fn the_running_services_last_attempt_is_shown_in_the_persons_language() {
    let status = r#"{"version":"0.1.0","sld":[{"url":"http://sld:50000/sld/ds","user":"SLDDSUSER","state":"stopped","next":null,"accepted":60,
        "attempts":3,"last":{"at":120,"manual":false,"class":"auth","id":"check-sld-no-role","values":{"user":"SLDDSUSER"},"text":"no role",
        "status":403,"answer":"Forbidden\n"}}]}"#;
    let (address, _served) = service(vec![(200, status.to_owned()), (200, status.to_owned())]);
    let mut harness = open_in("sld", "", Language::German);
    assert!(harness.query_by_label_contains("registriert nichts").is_some());
    let woken = awake(&mut harness);
    let file = format!("[admin]\nlisten = \"{address}\"\n[sld]\nserver = \"sld\"\n");
    harness.state_mut().model = Model::new(None, Draft::parse(&file).unwrap());
    harness.run();
    until(&mut harness, &woken, "http://sld:50000/sld/ds: wird nicht mehr versucht");
    for said in ["1970-01-01 00:02:00 UTC (von selbst)", "SLDDSUSER", "Lässt SLDDSUSER nichts registrieren (HTTP 403)", "Forbidden"] {
        assert!(harness.query_all_by_label_contains(said).next().is_some(), "{said}");
    }
    assert!(harness.query_by_role_and_label(Role::Button, "Den Dienst jetzt senden lassen").is_some());
}

#[test]
fn sending_asks_first_and_names_where_to() {
    let mut harness = open("sld", "[sld]\nserver = \"sld\"\n");
    press(&mut harness, "Send now");
    assert!(harness.query_by_label_contains("stays in SAP's landscape").is_some());
    assert!(harness.query_by_label("http://sld:50000/sld/ds").is_some());
    press(&mut harness, "Cancel");
    assert!(harness.query_by_label_contains("stays in SAP's landscape").is_none());
}
