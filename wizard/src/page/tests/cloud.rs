//! The page of the bridge to Genesys Cloud: what is shown of a running bridge, and what it is told to do.

use super::*;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver},
    },
    time::Duration,
};

/// A service with a bridge, until the test ends: it keeps what it is told to do.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    orders: Arc<Mutex<Vec<Value>>>,
}

impl Service {
    pub(crate) fn start(records: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let orders: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = Arc::clone(&orders);
        let serve = move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = Vec::new();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    head.push(line.trim().to_owned());
                }
                let Some(first) = head.first().cloned() else { continue };
                let length = head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let path = first.split(' ').nth(1).unwrap().to_owned();
                let (status, answer) = if first.starts_with("POST /bridge/orders ") {
                    let mut kept = kept.lock().unwrap();
                    kept.push(serde_json::from_slice(&body).unwrap());
                    (202, json!({ "order": kept.len() }))
                } else {
                    let last = kept.lock().unwrap().last().cloned().unwrap_or_default();
                    answer(&path, &last, records)
                };
                let body = answer.to_string();
                let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                // The page may have been left.
                let _ = stream.write_all((head + &body).as_bytes());
            }
        };
        std::thread::Builder::new().name("a service".into()).spawn(serve).unwrap();
        Self { address, orders }
    }

    fn orders(&self) -> Vec<Value> {
        self.orders.lock().unwrap().clone()
    }
}

fn answer(path: &str, order: &Value, records: usize) -> (u16, Value) {
    let value = match path {
        "/bridge" => json!({
            "state": "idle", "organization": "0a1b", "counts": { "synced": 2, "error": 1, "not_synced": 1 },
            "last_run": { "began": 1000, "ended": 1060, "cause": "timer", "steps": 4, "done": 3, "failed": 1, "unchanged": 7, "failure": null },
            "held": { "removals": 9, "of": 40, "id": "h" }, "pace": { "calls": 31, "throttled": 2, "per_minute": 240 },
            "health": [
                { "id": "connection", "ok": true, "detail": { "id": "connected", "text": "the organisation answers" } },
                { "id": "run", "ok": true, "detail": { "id": "runs", "text": "nothing keeps it from running" } },
                { "id": "removals", "ok": false, "detail": { "id": "removals-held", "text": "9 removals wait for an administrator", "values": { "removals": "9" } } },
                { "id": "records", "ok": false, "detail": { "id": "records", "text": "2 synced, 1 with an error, 1 not synced",
                    "values": { "synced": "2", "error": "1", "not_synced": "1" } } },
                { "id": "admin_user", "ok": true, "detail": { "id": "admin-user-there", "text": "the user of the bridge is there, or none is named" } },
            ],
        }),
        "/bridge/records" => {
            let mut all = vec![
                json!({ "record": "queue:Sales", "status": "Synced", "reasons": [], "last_synced": 1060, "cloud": "q-1", "correlation": null }),
                json!({ "record": "skill:German", "status": "Error", "reasons": [{ "id": "conflict", "text": "it is there already" }],
                    "last_synced": null, "cloud": null, "correlation": "corr-77" }),
                json!({ "record": "user:ANNA", "status": "Synced", "reasons": [], "last_synced": 1060, "cloud": "u-1", "correlation": null }),
                json!({ "record": "user:BERT", "status": "Not synced",
                    "reasons": [{ "id": "no-business-email", "text": "the user has no business e-mail address" }], "last_synced": null, "cloud": null }),
            ];
            all.extend((all.len()..records).map(|number| {
                json!({ "record": format!("user:U{number:05}"), "status": "Synced", "reasons": [], "last_synced": 1060, "cloud": format!("c-{number}") })
            }));
            Value::Array(all)
        }
        "/bridge/history" => json!([past(2, "create", None), past(1, "change", Some("corr-77"))]),
        "/bridge/orders/1" | "/bridge/orders/2" => match order["do"].as_str() {
            Some("plan") => json!({ "state": "done", "result": plan() }),
            Some("apply") => {
                json!({ "state": "failed", "reason": { "id": "ground-changed", "text": "switch or organisation have changed since this plan was made" } })
            }
            Some("sync") => {
                json!({ "state": "done", "result": { "cause": "administrator", "steps": 4, "done": 4, "failed": 0, "unchanged": 3 } })
            }
            Some("dial_groups") => json!({ "state": "done", "result": { "available": ["Edges", "Trunks"] } }),
            _ => json!({ "state": "done", "result": null }),
        },
        // user:ANNA
        "/bridge/records/%75%73%65%72%3A%41%4E%4E%41" => json!({
            "record": "user:ANNA", "status": "Synced", "reasons": [], "last_synced": 1060, "cloud": "u-1", "correlation": null,
            "desired": { "id": "user:ANNA", "active": true, "links": { "members": [], "codes": [] }, "content": { "user": {
                "email": "anna@example.com", "display_name": "Anna Arndt", "phones": { "work": "+4930123456" }, "skills": { "German": 3 }, "languages": null } } },
            "up_to_date": true, "known": { "cloud": "u-1", "ownership": "made", "removed": null }, "history": [past(1, "change", Some("corr-77"))],
        }),
        _ => return (404, json!("nothing")),
    };
    (200, value)
}

fn past(number: u64, action: &str, correlation: Option<&str>) -> Value {
    json!({ "number": number, "at": 1000 + number, "cause": "timer", "record": "user:ANNA", "action": action,
        "reason": { "id": "differs", "text": "the organisation has something else" },
        "changes": [{ "field": "display_name", "before": "Anna", "after": "Anna Arndt" }],
        "failure": correlation.map(|_| json!({ "id": "rate", "text": "too many requests" })), "correlation": correlation })
}

fn plan() -> Value {
    let step = |record: &str, action: &str, id: &str, text: &str| json!({ "record": record, "action": { "do": action }, "reason": { "id": id, "text": text }, "changes": [], "needs": [] });
    let mut change = step("user:ANNA", "change", "differs", "the organisation has something else");
    change["changes"] = json!([{ "field": "display_name", "before": "Anna", "after": "Anna Arndt" }, { "field": "phone work", "before": null, "after": "+49" }]);
    json!({ "id": "abc", "steps": [step("queue:Sales", "create", "new", "the switch has it and the organisation has not"), change,
            step("user:OLGA", "deactivate", "gone", "the switch has it no longer")],
        "problems": { "user:CARL": { "id": "other-site", "text": "it belongs to the site munich" } }, "held": null, "unchanged": 12, "calls": 5, "seconds": 61 })
}

struct Desk {
    harness: Harness<'static, Stage>,
    woken: Receiver<()>,
}

impl Desk {
    fn new(service: &Service, language: Language) -> Self {
        let mut harness = open_in("genesys-cloud", "[admin]\nlisten = \"127.0.0.1:0\"\n", language);
        let (sender, woken) = mpsc::channel();
        harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
        let file = format!("[admin]\nlisten = \"{}\"\n", service.address);
        harness.state_mut().model = Model::new(None, Draft::parse(&file).unwrap());
        harness.run();
        Self { harness, woken }
    }

    fn tab(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::Tab, name).click();
        self.harness.run();
    }

    fn press(&mut self, name: &str) {
        press(&mut self.harness, name);
    }

    /// Several jobs wake the window, in any order.
    fn see(&mut self, label: &str) {
        while self.harness.query_by_label_contains(label).is_none() {
            self.woken.recv_timeout(Duration::from_secs(10)).unwrap_or_else(|_| panic!("{label:?} is not shown"));
            self.harness.run();
        }
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_by_label_contains(label).is_some()
    }

    fn copied(&self) -> Option<String> {
        self.harness.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// Clicks without waiting for what comes after it, and gives what was copied by that.
    fn copy(&mut self) -> String {
        self.harness.get_by_role_and_label(Role::Button, "Copy").click();
        for _ in 0..4 {
            self.harness.step();
            if let Some(text) = self.copied() {
                return text;
            }
        }
        panic!("nothing was copied");
    }
}

#[test]
fn health_is_shown_by_item_with_details_that_can_be_copied() {
    let service = Service::start(0);
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Integration Health");
    desk.see("Health item Connection to Genesys Cloud, State The organisation answers");
    assert!(desk.has("Health item Removals, State 9 removals wait for an administrator"));
    row(&mut desk.harness, "Health item Synchronization, State Nothing keeps it from running");
    desk.press("Details");
    for shown in ["Begun by", "Timer", "1970-01-01 00:16:40 UTC", "Steps done: 3 of 4; records with an error: 1; as they should be: 7"] {
        assert!(desk.has(shown), "{shown}");
    }
    key(&mut desk.harness, Modifiers::NONE, Key::Escape);
    assert!(!desk.has("Begun by"));
    let copied = desk.copy();
    assert!(copied.contains("Connection to Genesys Cloud: works\n    Why: The organisation answers\n"), "{copied}");
    assert!(copied.contains("Requests since the start: 31"), "{copied}");
}

#[test]
fn removals_that_wait_are_allowed_only_after_a_question() {
    let service = Service::start(0);
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Integration Health");
    desk.see("9 removals of 40 records wait for your word");
    desk.press("Allow…");
    assert!(desk.has("9 of 40 records are removed in Genesys Cloud"));
    // Return alone says no.
    key(&mut desk.harness, Modifiers::NONE, Key::Enter);
    assert!(!desk.has("9 of 40 records are removed"));
    assert_eq!(service.orders(), [] as [Value; 0]);
    desk.press("Allow…");
    desk.press("Allow the removals");
    desk.see("The removals are allowed, and a run has begun");
    assert_eq!(service.orders(), [json!({ "do": "allow" })]);
}

#[test]
fn records_are_found_explained_and_synchronized_one_by_one() {
    let service = Service::start(0);
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Records");
    desk.see("4 of 4");
    let bert = "Status Not synced, Kind User, Name BERT, Last synchronized never, Why The user has no business e-mail address";
    let german = "Status Error, Kind Skill, Name German, Last synchronized never, Why It is there already";
    assert!(desk.has(bert) && desk.has(german));
    // By correlation id, as Genesys's support names it.
    write(&mut desk.harness, "Search", "corr-77");
    assert!(desk.has("1 of 4") && desk.has(german) && !desk.has(bert));
    write(&mut desk.harness, "Search", "anna");
    row(&mut desk.harness, "Status Synced, Kind User, Name ANNA, Last synchronized 1970-01-01 00:17:40 UTC");
    desk.see("E-mail: anna@example.com");
    for shown in ["made by the bridge", "Work phone: +4930123456", "Skill German: 3", "yes, it was written so", "[corr-77]", "u-1"] {
        assert!(desk.has(shown), "{shown}");
    }
    desk.press("Sync now");
    desk.see("Steps done: 4 of 4; records with an error: 0; as they should be: 3");
    assert_eq!(service.orders(), [json!({ "do": "sync", "record": "user:ANNA" })]);
}

#[test]
fn of_thousands_of_records_only_those_that_are_seen_are_drawn_and_keys_reach_the_last() {
    let service = Service::start(5000);
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Records");
    desk.see("5000 of 5000");
    let drawn = |desk: &Desk| desk.harness.query_all_by_role(Role::ListBoxOption).count();
    assert!((4..30).contains(&drawn(&desk)), "{}", drawn(&desk));
    desk.harness.get_by_label_contains("Name Sales").click();
    desk.harness.run();
    key(&mut desk.harness, Modifiers::NONE, Key::End);
    desk.harness.run();
    assert!(desk.has("Name U04999"));
    assert!(desk.harness.get_by_label_contains("Name U04999").accesskit_node().is_focused());
    assert!(drawn(&desk) < 30);
    for (pressed, name) in
        [(Key::ArrowUp, "Name U04998"), (Key::ArrowDown, "Name U04999"), (Key::Home, "Name Sales"), (Key::ArrowDown, "Name German")]
    {
        key(&mut desk.harness, Modifiers::NONE, pressed);
        desk.harness.run();
        assert!(desk.harness.get_by_label_contains(name).accesskit_node().is_focused(), "{name}");
    }
}

#[test]
fn a_plan_is_shown_with_reasons_and_carried_out_exactly() {
    let service = Service::start(0);
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Plan");
    desk.see("Make a plan");
    desk.press("Make a plan");
    desk.see("Requests: 5, about 2 min. As they should be: 12 records.");
    assert!(desk.has("Action Create, Record Queue Sales, Why The switch has it and the organisation has not"));
    for shown in [
        "All (4)",
        "Creates (1)",
        "Changes (1)",
        "Deletes (1)",
        "Cannot be done (1)",
        "Record User CARL, Why It belongs to the site munich",
    ] {
        assert!(desk.has(shown), "{shown}");
    }
    desk.press("Changes (1)");
    assert!(!desk.has("Record Queue Sales"));
    desk.harness.get_by_label_contains("Action Change, Record User ANNA").click();
    desk.harness.run();
    assert!(desk.has("Display name: Anna → Anna Arndt") && desk.has("Work phone: nothing → +49"));
    desk.press("Apply this plan…");
    assert!(desk.has("Creates: 1, changes: 1, deletes: 1. That takes 5 requests and about 2 min."));
    desk.press("Apply the plan");
    desk.see("Switch or organisation have changed since this plan was made");
    assert_eq!(service.orders(), [json!({ "do": "plan" }), json!({ "do": "apply", "plan": "abc" })]);
}

#[test]
fn a_plan_is_saved_as_the_command_line_takes_it_and_never_over_a_file() {
    let service = Service::start(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.json");
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Plan");
    desk.see("Make a plan");
    desk.press("Make a plan");
    desk.see("Requests: 5");
    for expected in ["plan.json is written", "There is a file of this name already"] {
        desk.press("Save the plan…");
        write(&mut desk.harness, "File", &file.display().to_string());
        desk.press("Save");
        desk.see(expected);
    }
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(saved, plan());
}

#[test]
fn history_is_shown_found_and_exported() {
    let service = Service::start(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.csv");
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("History");
    desk.see("2 of 2");
    write(&mut desk.harness, "Search", "corr-77");
    assert!(desk.has("1 of 2"));
    desk.harness.get_by_label_contains("Action Change, Record User ANNA, Result Too many requests").click();
    desk.harness.run();
    for shown in ["The organisation has something else", "Display name: Anna → Anna Arndt", "corr-77"] {
        assert!(desk.has(shown), "{shown}");
    }
    desk.press("Export…");
    write(&mut desk.harness, "File", &file.display().to_string());
    desk.press("Save");
    desk.see("history.csv is written");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("1,1970-01-01T00:16:41Z,timer,change,user:ANNA,the organisation has something else,"), "{text}");
}

#[test]
fn a_complete_synchronization_is_forced_only_after_a_question() {
    let service = Service::start(0);
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Synchronization Options");
    while desk.harness.query_by_role_and_label(Role::Button, "Force Complete Sync").is_none() {
        desk.woken.recv_timeout(Duration::from_secs(10)).unwrap();
        desk.harness.run();
    }
    desk.press("Force Complete Sync");
    desk.press("Cancel");
    assert_eq!(service.orders(), [] as [Value; 0]);
    desk.press("Force Complete Sync");
    desk.press("Synchronize everything");
    desk.see("Steps done: 4 of 4");
    assert_eq!(service.orders(), [json!({ "do": "sync", "force": true })]);
}

#[test]
fn a_dial_group_of_the_switch_is_taken_into_the_list_and_not_offered_again() {
    let service = Service::start(0);
    let mut desk = Desk::new(&service, Language::English);
    desk.tab("Dial Groups");
    desk.see("Add Edges");
    desk.press("Add Edges");
    assert_eq!(value(&desk.harness, "genesys_cloud.dial_groups").as_deref(), Some("Edges"));
    assert!(!desk.has("Add Edges") && desk.has("Add Trunks"));
    desk.harness.state_mut().model.undo();
    desk.harness.run();
    assert!(desk.has("Add Edges"));
}

#[test]
fn what_the_bridge_says_is_german_in_the_german_wizard() {
    let service = Service::start(0);
    let mut desk = Desk::new(&service, Language::German);
    desk.tab("Zustand");
    desk.see("Teil Verbindung zu Genesys Cloud, Zustand Die Organisation antwortet");
    assert!(desk.has("Teil Datensätze, Zustand 2 synchron, 1 mit Fehler, 1 nicht synchron"));
    desk.tab("Datensätze");
    desk.see("Status Nicht synchron, Art Benutzer, Name BERT, Zuletzt synchronisiert nie, Warum Der Benutzer hat keine geschäftliche");
}

#[test]
fn the_integration_is_enabled_and_disabled_only_after_the_guides_questions() {
    let mut harness = open("genesys-cloud", "");
    let click = |harness: &mut Harness<'_, Stage>| {
        harness.get_by_role_and_label(Role::CheckBox, "Enable Genesys Cloud integration").click();
        harness.run();
    };
    click(&mut harness);
    assert!(harness.query_by_label_contains("those without one are left out").is_some());
    assert_eq!(value(&harness, "genesys_cloud.enabled"), None, "nothing is written before the answer");
    press(&mut harness, "No");
    assert_eq!(value(&harness, "genesys_cloud.enabled"), None);
    click(&mut harness);
    press(&mut harness, "Yes");
    assert_eq!(value(&harness, "genesys_cloud.enabled").as_deref(), Some("true"));
    click(&mut harness);
    assert!(harness.query_by_label_contains("continue and disable the integration").is_some());
    press(&mut harness, "Yes");
    assert_eq!(value(&harness, "genesys_cloud.enabled"), None);
    harness.state_mut().model.undo();
    harness.run();
    assert_eq!(value(&harness, "genesys_cloud.enabled").as_deref(), Some("true"), "one step of undo");
    press(&mut harness, "Test Connection…");
    assert_eq!(harness.state().commands, [Command::Do(crate::command::Action::TestConnection)]);
}

#[test]
fn tabs_are_turned_by_the_arrow_keys_and_show_what_is_wrong_on_them() {
    let mut harness = open("genesys-cloud", "[genesys_cloud]\nmost_removals_percent = 300\n");
    let is_wrong = harness.get_by_role_and_label(Role::Tab, "Synchronization Options").accesskit_node().description();
    assert_eq!(is_wrong, Some("has errors".to_owned()));
    harness.get_by_role_and_label(Role::Tab, "Configuration").focus();
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::ArrowRight);
    assert!(harness.get_by_role_and_label(Role::Tab, "Synchronization Options").accesskit_node().is_focused());
    assert!(harness.query_by_role_and_label(Role::CheckBox, "Synchronize users").is_some());
    key(&mut harness, Modifiers::NONE, Key::End);
    assert!(harness.query_by_label("https://apps.mypurecloud.com").is_some());
    // A setting that was undone is shown where it is.
    harness.state_mut().page.reveal(&"genesys_cloud.conduit.stream".parse().unwrap());
    harness.run();
    assert!(harness.query_by_role_and_label(Role::TextInput, "Stream").is_some());
}
