//! Pages as a person uses them: by label and by keyboard, without a window.

pub(crate) mod cloud;
mod lists;
mod live;
mod pick;
mod routes;
mod secrets;
mod sld;

use super::*;
use crate::{language, theme, widget::setting};
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use shared::{Draft, definition};

/// The narrowest content that the smallest window leaves.
const NARROWEST: f32 = 600.0 - theme::SLIM_NAVIGATION - 2.0 * theme::PAGE;

struct Stage {
    page: Box<dyn Page>,
    model: Model,
    jobs: Jobs,
    names: crate::running::Directory,
    language: Language,
    controls: Controls,
    wanted: Option<SettingPath>,
    commands: Vec<Command>,
    is_dressed: bool,
    width: f32,
}

impl Stage {
    fn draw(&mut self, ui: &mut Ui) {
        if !self.is_dressed {
            // The fonts are there from the next frame on.
            theme::install(ui.ctx());
            self.is_dressed = true;
            ui.ctx().request_repaint();
            return;
        }
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(NARROWEST);
            let mut context = Context {
                model: &mut self.model,
                jobs: &self.jobs,
                names: &self.names,
                language: self.language,
                controls: &mut self.controls,
                wanted: &mut self.wanted,
                commands: &mut self.commands,
            };
            self.page.show(ui, &mut context);
            self.width = ui.min_rect().width();
        });
    }
}

fn open_in(page: &str, text: &str, language: Language) -> Harness<'static, Stage> {
    let page = all().into_iter().find(|other| other.id().0 == page).unwrap();
    let model = Model::new(None, Draft::parse(text).unwrap());
    let jobs = Jobs::new(|| {});
    let stage = Stage {
        page,
        model,
        jobs,
        names: crate::running::Directory::default(),
        language,
        controls: Controls::default(),
        wanted: None,
        commands: Vec::new(),
        is_dressed: false,
        width: 0.0,
    };
    let mut harness = Harness::builder()
        .with_size([800.0, 4800.0])
        .with_os(egui::os::OperatingSystem::Nix)
        // A job that ends in the meantime wakes the window once more.
        .with_max_steps(24)
        .build_ui_state(|ui, stage: &mut Stage| stage.draw(ui), stage);
    harness.run();
    harness
}

fn open(page: &str, text: &str) -> Harness<'static, Stage> {
    open_in(page, text, Language::English)
}

fn press(harness: &mut Harness<'_, Stage>, name: &str) {
    harness.get_by_role_and_label(Role::Button, name).click();
    harness.run();
}

fn key(harness: &mut Harness<'_, Stage>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
}

/// Types into a field in place of what is there.
fn write(harness: &mut Harness<'_, Stage>, field: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, field).focus();
    harness.run();
    key(harness, Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    harness.run();
}

fn value(harness: &Harness<'_, Stage>, path: &str) -> Option<String> {
    harness.state().model.draft().get(&path.parse().unwrap()).map(setting::plain)
}

fn row(harness: &mut Harness<'_, Stage>, name: &str) {
    harness.get_by_role_and_label(Role::ListBoxOption, name).click();
    harness.run();
}

#[test]
fn every_page_opens_without_unnamed_inputs_and_fits_in_both_languages() {
    let texts = [
        "",
        "[switch]\nkind = \"icws\"\nport = 99999\n[[service.access.users]]\nname = \"SAP\"\npassword = \"env:X\"\n[channels.chat]\nenabled = true\n",
    ];
    let mut opened = 0;
    for text in texts {
        for language in language::ALL {
            for page in all() {
                // The harness itself refuses inputs without a name.
                let harness = open_in(page.id().0, text, language);
                let width = harness.state().width;
                assert!(width <= NARROWEST + 1.0, "{:?} in {language:?} is {width} wide", page.id());
                let heading = language.text(&format!("page-{}", page.id().0));
                assert!(harness.query_by_role_and_label(Role::Heading, &heading).is_some(), "{heading}");
                opened += 1;
            }
        }
    }
    assert_eq!(opened, all().len() * texts.len() * language::ALL.len());
}

#[test]
fn every_setting_has_a_field_that_can_be_found() {
    let pages = all();
    let mut found = 0;
    for page in &pages {
        let leaves = definition::leaves().into_iter().map(|(path, _)| path);
        let here = leaves.filter(|path| path.to_string() != "schema" && page_of(&pages, path) == Some(page.id()));
        let mut harness = open(page.id().0, "");
        for path in here {
            harness.state_mut().wanted = Some(path.clone());
            harness.step();
            harness.run();
            assert_eq!(harness.state().wanted, None, "{path} is not on the page {:?}", page.id());
            found += 1;
        }
    }
    assert_eq!(found + 1, definition::leaves().len(), "all but the version of the layout");
}

#[test]
fn a_wrong_port_shows_its_finding_and_undo_takes_it_back() {
    let mut harness = open("switch", "[switch]\nkind = \"icws\"\nserver = \"cic\"\n");
    write(&mut harness, "Port", "99999");
    let port: SettingPath = "switch.port".parse().unwrap();
    assert_eq!(value(&harness, "switch.port").as_deref(), Some("99999"));
    let finding = harness.state().model.findings_at(&port).next().cloned().unwrap();
    assert!(finding.is_error());
    assert!(harness.query_by_label_contains(&finding.text).is_some(), "{}", finding.text);
    assert_eq!(harness.state_mut().model.undo(), Some(port));
    harness.run();
    assert_eq!(value(&harness, "switch.port"), None);
    assert!(harness.query_by_label_contains(&finding.text).is_none());
}

#[test]
fn entries_of_a_list_are_added_edited_moved_and_removed() {
    let mut harness = open("remote-attributes", "");
    write(&mut harness, "New entry: Remote attributes", "Eic_Mine");
    press(&mut harness, "Add");
    let all = "Eic_RemoteTnRaw, Eic_RemoteTn, Eic_RemoteAddress, Eic_Mine";
    assert_eq!(value(&harness, "attributes.remote").as_deref(), Some(all));

    row(&mut harness, "Eic_Mine");
    key(&mut harness, Modifiers::ALT, Key::ArrowUp);
    key(&mut harness, Modifiers::ALT, Key::ArrowUp);
    let moved = "Eic_RemoteTnRaw, Eic_Mine, Eic_RemoteTn, Eic_RemoteAddress";
    assert_eq!(value(&harness, "attributes.remote").as_deref(), Some(moved));
    key(&mut harness, Modifiers::ALT, Key::ArrowDown);
    let down = "Eic_RemoteTnRaw, Eic_RemoteTn, Eic_Mine, Eic_RemoteAddress";
    assert_eq!(value(&harness, "attributes.remote").as_deref(), Some(down));
    press(&mut harness, "Move up");
    assert_eq!(value(&harness, "attributes.remote").as_deref(), Some(moved));

    press(&mut harness, "Edit");
    write(&mut harness, "Remote attributes", "Eic_Other");
    press(&mut harness, "OK");
    assert_eq!(value(&harness, "attributes.remote[1]").as_deref(), Some("Eic_Other"));

    row(&mut harness, "Eic_Other");
    key(&mut harness, Modifiers::NONE, Key::Delete);
    assert_eq!(value(&harness, "attributes.remote").as_deref(), Some("Eic_RemoteTnRaw, Eic_RemoteTn, Eic_RemoteAddress"));
    harness.state_mut().model.undo();
    harness.run();
    assert_eq!(value(&harness, "attributes.remote[1]").as_deref(), Some("Eic_Other"));
    press(&mut harness, "Standard");
    assert_eq!(value(&harness, "attributes.remote"), None);
}

#[test]
fn a_row_is_moved_by_dragging_it() {
    let mut harness = open("dialed-attributes", "");
    let at = |harness: &Harness<'_, Stage>, name: &str| harness.get_by_role_and_label(Role::ListBoxOption, name).rect().center();
    let (from, to) = (at(&harness, "Eic_LocalTnRaw"), at(&harness, "Eic_LocalAddress"));
    harness.drag_at(from);
    harness.run();
    harness.hover_at(from.lerp(to, 0.6));
    harness.run();
    harness.hover_at(to);
    harness.run();
    harness.drop_at(to);
    harness.run();
    assert_eq!(value(&harness, "attributes.dialed").as_deref(), Some("Eic_LocalTn, Eic_LocalAddress, Eic_LocalTnRaw"));
}

#[test]
fn a_workmode_is_added_with_the_next_free_number() {
    let mut harness = open("workmodes", "");
    press(&mut harness, "Add");
    assert!(harness.get_by_role_and_label(Role::Button, "OK").accesskit_node().is_disabled(), "a status must be written first");
    write(&mut harness, "Workmode ID", "5");
    press(&mut harness, "Get next available ID");
    write(&mut harness, "Agent status", "Lunch");
    press(&mut harness, "OK");
    assert_eq!(value(&harness, "workmodes.mapped[3].id").as_deref(), Some("7"));
    assert_eq!(value(&harness, "workmodes.mapped[3].status").as_deref(), Some("Lunch"));
    assert!(harness.query_by_label("Workmode ID 7, Agent status Lunch, User selectable Yes").is_some());
    harness.state_mut().model.undo();
    assert_eq!(value(&harness, "workmodes.mapped"), None, "adding a row is one step of undo");
}

#[test]
fn a_cancelled_dialog_leaves_no_trace() {
    let mut harness = open("workmodes", "");
    row(&mut harness, "Workmode ID 4, Agent status Lunch, User selectable Yes");
    key(&mut harness, Modifiers::NONE, Key::Enter);
    write(&mut harness, "Agent status", "Away");
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_role_and_label(Role::Button, "OK").is_none(), "the dialog is still there");
    assert!(!harness.state().model.is_changed() && !harness.state().model.can_undo());
}

#[test]
fn the_try_it_box_names_the_winner_and_the_number() {
    let mut harness = open("remote-attributes", "");
    harness.get_by_role_and_label(Role::MultilineTextInput, "Attributes of a call").focus();
    harness.run();
    let pasted = "Eic_RemoteTnRaw=\nEic_RemoteTn=sip:4930123@example.com";
    harness.get_by_role_and_label(Role::MultilineTextInput, "Attributes of a call").type_text(pasted);
    harness.run();
    assert!(harness.query_by_label("Eic_RemoteTnRaw: empty").is_some());
    assert!(harness.query_by_label("Eic_RemoteTn: counts").is_some());
    assert!(harness.query_by_label("sip:4930123@example.com reaches SAP as +4930123").is_some());
}

#[test]
fn the_review_explains_changes_and_leads_to_their_fields() {
    let mut harness = open("review", "");
    assert!(harness.query_by_label("Nothing has been changed").is_some());
    let listen: SettingPath = "service.listen".parse().unwrap();
    harness.state_mut().model.set(&listen, Some("127.0.0.1:9000".into()));
    harness.run();
    assert!(harness.query_by_label("127.0.0.1:8095 → 127.0.0.1:9000").is_some());
    assert!(harness.query_by_label("A listener closes and opens again").is_some());
    harness.get_by_role_and_label(Role::Link, "Address and port (service.listen)").click();
    harness.run();
    assert_eq!(harness.state().commands, [Command::Find(listen)]);
}

#[test]
fn what_is_as_usual_is_taken_out_of_the_file_again() {
    let mut harness = open("flags", "");
    for expected in [Some("false"), None] {
        harness.get_by_role_and_label(Role::CheckBox, "Reformat make call number").click();
        harness.run();
        assert_eq!(value(&harness, "flags.reformat_make_call_number").as_deref(), expected);
    }
    assert!(!harness.state().model.is_changed());
}

#[test]
fn a_section_that_was_emptied_goes() {
    let mut harness = open("web-service", "");
    write(&mut harness, "Certificate file", "/x.crt");
    assert!(harness.state().model.has_errors());
    harness.get_by_role_and_label(Role::TextInput, "Certificate file").focus();
    harness.run();
    key(&mut harness, Modifiers::COMMAND, Key::A);
    key(&mut harness, Modifiers::NONE, Key::Delete);
    assert!(!harness.state().model.is_changed());
    assert!(!harness.state().model.has_errors());
}

#[test]
fn a_changed_row_is_explained_by_the_names_of_its_settings() {
    let mut harness = open("review", "");
    let mapped: SettingPath = "workmodes.mapped".parse().unwrap();
    harness.state_mut().model.change(&mapped, |draft| {
        draft.set(&mapped, toml::Value::Array(Vec::new()));
    });
    harness.run();
    assert!(harness.query_by_label("Workmode ID 4, Agent status Lunch, User selectable Yes → nothing").is_some());
}

#[test]
fn a_setting_of_a_row_that_was_searched_for_opens_the_rows_dialog_there() {
    let mut harness = open("workmodes", "");
    harness.state_mut().wanted = "workmodes.mapped[1].status".parse().ok();
    harness.run();
    let field = harness.get_by_role_and_label(Role::TextInput, "Agent status");
    assert!(field.accesskit_node().is_focused());
    assert_eq!(field.value().as_deref(), Some("Follow Up"));
}

#[test]
fn a_ghost_is_shown_with_its_reason_and_logged_off_after_a_question() {
    use std::io::{Read, Write};
    let status =
        r#"{"version":"0.1.0","agents":[{"user":"ANNA","heard":1000,"ghost":"silent"},{"user":"BERT","heard":1000,"ghost":null}]}"#;
    // It is asked for its state again and again; only a log-off is refused.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                asked.extend(byte);
            }
            let (code, body) = if asked.starts_with(b"DELETE /agents/") { (503, "the switch is away") } else { (200, status) };
            let head = format!("HTTP/1.1 {code} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all((head + body).as_bytes()).unwrap();
        }
    };
    std::thread::Builder::new().name("a service".into()).spawn(serve).unwrap();
    let mut harness = open("live", "[admin]\nlisten = \"127.0.0.1:0\"\n");
    let (sender, woken) = std::sync::mpsc::channel();
    harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
    harness.state_mut().model = Model::new(None, Draft::parse(&format!("[admin]\nlisten = \"{address}\"\n")).unwrap());
    harness.run();
    woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
    harness.run();
    assert!(harness.query_by_label("SAP has said nothing since 1970-01-01 00:16:40 UTC").is_some());
    assert!(harness.query_by_label("Log BERT off").is_none(), "he is no ghost");
    press(&mut harness, "Log ANNA off");
    assert!(harness.query_by_label_contains("ANNA is logged off at the switch, and SAP is told").is_some());
    press(&mut harness, "Cancel");
    assert!(harness.query_by_label("Log off").is_none());
    press(&mut harness, "Log ANNA off");
    press(&mut harness, "Log off");
    while harness.query_by_label_contains("could not be logged off").is_none() {
        woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        harness.run();
    }
}

#[test]
fn the_preview_of_the_registration_follows_the_draft_and_names_what_a_template_lacks() {
    let mut harness = open("sld", "");
    let payload = |harness: &Harness<'_, Stage>| {
        harness.get_by_role_and_label(Role::MultilineTextInput, "Preview of the payload").value().unwrap_or_default()
    };
    assert!(payload(&harness).contains("<value>ICI_CONNECTOR</value>"));
    assert!(harness.query_by_label_contains("POST (no server yet)").is_some());
    write(&mut harness, "Server", "sld.example.com");
    assert!(harness.query_by_label("POST http://sld.example.com:50000/sld/ds").is_some());
    write(&mut harness, "ProductName", "Ours & more");
    assert!(payload(&harness).contains("<value>Ours &amp; more</value>"), "{}", payload(&harness));
    write(&mut harness, "Computer", "pbx");
    assert!(payload(&harness).contains("<value>JACKFIELD_ICI.SystemHome.pbx</value>"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("site.template");
    let template: SettingPath = "sld.template".parse().unwrap();
    for (text, expected) in
        [("<a>${Nobody}</a>", "Nobody: The template asks for Nobody"), ("<a>", "not well-formed"), ("", "cannot be read")]
    {
        if text.is_empty() {
            std::fs::remove_file(&file).unwrap();
        } else {
            std::fs::write(&file, text).unwrap();
        }
        let (sender, woken) = std::sync::mpsc::channel();
        harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
        if harness.query_by_label("Read again").is_some() {
            press(&mut harness, "Read again");
        } else {
            harness.state_mut().model.set(&template, Some(file.display().to_string().into()));
            harness.run();
        }
        for _ in ["the text", "the end"] {
            woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        }
        harness.run();
        assert!(harness.query_by_label_contains(expected).is_some(), "{expected}");
        assert!(harness.query_by_role_and_label(Role::MultilineTextInput, "Preview of the payload").is_none());
    }
}
