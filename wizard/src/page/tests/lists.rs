//! Every list of every page: rows are added, edited, moved by drag and by keyboard, and removed; each is one step of undo.

use super::*;
use egui::Rect;
use shared::{definition::Kind, setting_path::Step};

/// A list, three rows of it as TOML, and what a new row needs: fields with what is typed there.
struct Case {
    page: &'static str,
    list: &'static str,
    rows: [&'static str; 3],
    /// What else must be in the file.
    around: &'static str,
    fresh: &'static [(&'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        page: "switch",
        list: "switch.embedded.users",
        rows: ["{ name = \"A\", extension = \"1\" }", "{ name = \"B\", extension = \"2\" }", "{ name = \"C\", extension = \"3\" }"],
        around: "",
        fresh: &[("User name", "ZED")],
    },
    Case {
        page: "switch",
        list: "switch.embedded.statuses",
        rows: ["{ name = \"A\" }", "{ name = \"B\" }", "{ name = \"C\" }"],
        around: "",
        fresh: &[("Status", "ZED")],
    },
    Case {
        page: "switch",
        list: "switch.embedded.texts",
        rows: [
            "{ status = \"Lunch\", language = \"DE\", text = \"A\" }",
            "{ status = \"Lunch\", language = \"FR\", text = \"B\" }",
            "{ status = \"Lunch\", language = \"IT\", text = \"C\" }",
        ],
        // Texts belong to statuses that are there.
        around: "statuses = [{ name = \"Available\", acd = true }, { name = \"Do Not disturb\" }, { name = \"Lunch\" }, { name = \"77\" }]\n",
        fresh: &[("Status", "Lunch"), ("Language", "ES"), ("Text", "ZED")],
    },
    Case {
        page: "switch",
        list: "switch.embedded.workgroups",
        rows: ["{ name = \"A\", extension = \"1\" }", "{ name = \"B\", extension = \"2\" }", "{ name = \"C\", extension = \"3\" }"],
        around: "",
        fresh: &[("Workgroup", "ZED")],
    },
    Case { page: "switch", list: "switch.stations", rows: STATIONS, around: "", fresh: &[] },
    Case { page: "switch", list: "switch.embedded.stations", rows: STATIONS, around: "", fresh: &[] },
    Case {
        page: "workmodes",
        list: "workmodes.mapped",
        rows: ["{ id = 4, status = \"A\" }", "{ id = 5, status = \"B\" }", "{ id = 6, status = \"C\" }"],
        // Workmodes stand for statuses that are there.
        around: "[switch.embedded]\nstatuses = [{ name = \"A\" }, { name = \"B\" }, { name = \"C\" }, { name = \"ZED\" }, { name = \"R\" }, { name = \"N\" }]\n",
        fresh: &[("Agent status", "ZED")],
    },
    Case { page: "remote-attributes", list: "attributes.remote", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "dialed-attributes", list: "attributes.dialed", rows: TEXTS, around: "", fresh: &[] },
    Case {
        page: "action-items",
        list: "channels.action_item.routes",
        rows: [
            "{ attribute = \"A\", value = \"1\", workgroup = \"S\" }",
            "{ attribute = \"B\", value = \"2\", workgroup = \"S\" }",
            "{ attribute = \"C\", value = \"3\", workgroup = \"S\" }",
        ],
        around: "",
        fresh: &[("Attribute", "ZED"), ("Value", "1"), ("Workgroup", "S")],
    },
    Case {
        page: "sld",
        list: "sld.destinations",
        rows: ["{ server = \"a\" }", "{ server = \"b\" }", "{ server = \"c\" }"],
        around: "",
        fresh: &[("Host", "ZED")],
    },
    Case {
        page: "web-service",
        list: "service.access.networks",
        rows: ["\"10.0.0.0/8\"", "\"10.1.0.0/16\"", "\"10.2.0.0/16\""],
        around: "",
        fresh: &[],
    },
    Case {
        page: "web-connector",
        list: "remoting.networks",
        rows: ["\"10.0.0.0/8\"", "\"10.1.0.0/16\"", "\"10.2.0.0/16\""],
        around: "",
        fresh: &[],
    },
    Case {
        page: "web-service",
        list: "service.access.users",
        rows: [
            "{ name = \"A\", password = \"env:A\" }",
            "{ name = \"B\", password = \"env:B\" }",
            "{ name = \"C\", password = \"env:C\" }",
        ],
        around: "",
        fresh: &[("User name", "ZED"), ("Password", "env:Z")],
    },
    Case {
        page: "web-service",
        list: "service.event_hosts",
        rows: ["\"a.example\"", "\"b.example\"", "\"c.example\""],
        around: "",
        fresh: &[],
    },
    Case {
        page: "delivery",
        list: "delivery.rewrite",
        rows: ["{ host = \"a\", to = \"a.example\" }", "{ host = \"b\", to = \"b.example\" }", "{ host = \"c\", to = \"c.example\" }"],
        around: "",
        fresh: &[("Host as SAP names it", "z"), ("Name to be used", "z.example")],
    },
    Case {
        page: "agents",
        list: "agents.rights.listen",
        rows: TEXTS,
        // The rights belong to users who are there.
        around: THREE_USERS,
        fresh: &[],
    },
    Case { page: "agents", list: "agents.rights.monitor", rows: TEXTS, around: THREE_USERS, fresh: &[] },
    Case { page: "agents", list: "agents.sso_token.command", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "switch", list: "switch.embedded.skills", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "switch", list: "switch.embedded.wrap_up_codes", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "switch", list: "switch.embedded.dial_groups", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "genesys-cloud", list: "genesys_cloud.workgroups", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "genesys-cloud", list: "genesys_cloud.leave_out", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "genesys-cloud", list: "genesys_cloud.treat_as_language", rows: TEXTS, around: "", fresh: &[] },
    Case { page: "genesys-cloud", list: "genesys_cloud.browser_clients", rows: CLIENTS, around: "", fresh: &[] },
    Case {
        page: "genesys-cloud",
        list: "genesys_cloud.events.snmp.receivers",
        rows: ["\"a.example:162\"", "\"b.example:162\"", "\"c.example:162\""],
        around: "",
        fresh: &[],
    },
    Case { page: "genesys-cloud", list: "genesys_cloud.dial_groups", rows: TEXTS, around: "", fresh: &[] },
    Case {
        page: "genesys-cloud",
        list: "genesys_cloud.custom_attributes",
        rows: [
            "{ attribute = \"A\", field = \"title\" }",
            "{ attribute = \"B\", field = \"department\" }",
            "{ attribute = \"C\", field = \"division\" }",
        ],
        around: "",
        fresh: &[("Attribute on the switch", "ZED"), ("Field in Genesys Cloud", "employeeNumber")],
    },
];

const THREE_USERS: &str = "[switch.embedded]\nusers = [{ name = \"A\" }, { name = \"B\" }, { name = \"C\" }, { name = \"77\" }]\n";

const TEXTS: [&str; 3] = ["\"A\"", "\"B\"", "\"C\""];
const CLIENTS: [&str; 3] = ["\"https://a/\"", "\"https://b/\"", "\"https://c/\""];
const STATIONS: [&str; 3] = ["\"S1\"", "\"S2\"", "\"S3\""];

#[test]
fn every_list_is_tried() {
    let mut lists: Vec<String> = Vec::new();
    for (path, setting) in definition::leaves() {
        let steps = path.steps();
        let rows = steps.iter().position(|step| matches!(step, Step::Index(_)));
        let list = rows.map(|place| steps[..place].iter().fold(SettingPath::default(), |path, step| below(&path, step)));
        let list = list.or_else(|| matches!(setting.kind, Kind::List(_)).then(|| path.clone())).map(|path| path.to_string());
        lists.extend(list.filter(|list| !lists.contains(list)));
    }
    // Its rows are words of a choice, which are tried below.
    lists.retain(|list| list != "reject.steps");
    let mut tried: Vec<_> = CASES.iter().map(|case| case.list.to_owned()).collect();
    lists.sort();
    tried.sort();
    assert_eq!(lists, tried);
}

#[test]
fn rows_of_every_list_are_added_edited_moved_and_removed_one_undo_each() {
    for case in CASES {
        let (section, name) = case.list.rsplit_once('.').unwrap();
        let text = format!("[{section}]\n{name} = [{}]\n{}", case.rows.join(", "), case.around);
        let mut harness = open(case.page, &text);
        let path: SettingPath = case.list.parse().unwrap();
        harness.state_mut().page.reveal(&path);
        harness.run();
        let [a, b, c] = [0, 1, 2].map(|row| case.value(&harness, row));
        let whole = |rows: &[&toml::Value]| Some(toml::Value::Array(rows.iter().map(|row| (*row).clone()).collect()));
        let now = |harness: &Harness<'_, Stage>| harness.state().model.draft().get(&path).cloned();

        let first = case.rows_of(&harness)[0];
        click(&mut harness, first);
        key(&mut harness, Modifiers::ALT, Key::ArrowDown);
        assert_eq!(now(&harness), whole(&[&b, &a, &c]), "{} by keyboard", case.list);
        key(&mut harness, Modifiers::ALT, Key::ArrowUp);
        let places = case.rows_of(&harness);
        drag(&mut harness, places[0], places[2]);
        assert_eq!(now(&harness), whole(&[&b, &c, &a]), "{} by drag", case.list);
        undo(&mut harness);
        assert_eq!(now(&harness), whole(&[&a, &b, &c]), "{} dragged and undone", case.list);

        let last = case.rows_of(&harness)[2];
        click(&mut harness, last);
        key(&mut harness, Modifiers::NONE, Key::Delete);
        assert_eq!(now(&harness), whole(&[&a, &b]), "{} removed", case.list);
        undo(&mut harness);

        case.add(&mut harness);
        let added = now(&harness).unwrap().as_array().unwrap().clone();
        assert_eq!((added.len(), &added[..3]), (4, &[a.clone(), b.clone(), c.clone()][..]), "{} added", case.list);
        undo(&mut harness);

        let second = case.rows_of(&harness)[1];
        click(&mut harness, second);
        key(&mut harness, Modifiers::NONE, Key::Enter);
        key(&mut harness, Modifiers::COMMAND, Key::A);
        harness.event(egui::Event::Text("77".into()));
        harness.run();
        key(&mut harness, Modifiers::COMMAND, Key::Enter);
        let edited = now(&harness).unwrap().as_array().unwrap().clone();
        // Their rows are addresses, which 77 is not.
        let addresses =
            ["service.access.networks", "remoting.networks", "genesys_cloud.browser_clients", "genesys_cloud.events.snmp.receivers"];
        if !addresses.contains(&case.list) {
            assert!(edited[1] != b && edited[1].to_string().contains("77"), "{} edited: {edited:?}", case.list);
            undo(&mut harness);
        }
        assert_eq!(now(&harness), whole(&[&a, &b, &c]), "{} edited and undone", case.list);
        assert!(!harness.state().model.is_changed());
    }
}

impl Case {
    fn value(&self, harness: &Harness<'_, Stage>, row: usize) -> toml::Value {
        let list: SettingPath = self.list.parse().unwrap();
        harness.state().model.draft().get(&list.index(row)).cloned().unwrap()
    }

    /// Where the list's rows are: those that stand beneath its name.
    fn rows_of(&self, harness: &Harness<'_, Stage>) -> Vec<Rect> {
        let name = Language::English.text(&setting::key(&self.list.parse().unwrap()));
        let nodes = harness.root().children_recursive().skip_while(|node| !is(node, Role::Label, &name));
        let rows = nodes.filter(|node| node.accesskit_node().role() == Role::ListBoxOption).take(3);
        rows.map(|node| node.rect()).collect()
    }

    fn add(&self, harness: &mut Harness<'_, Stage>) {
        let name = Language::English.text(&setting::key(&self.list.parse().unwrap()));
        if self.fresh.is_empty() {
            write(harness, &Language::English.text_with("list-new", [("list", name.into())]), "10.9.0.0");
            key(harness, Modifiers::NONE, Key::Enter);
            return;
        }
        press_beneath(harness, &name, "Add");
        for (field, text) in self.fresh {
            write(harness, field, text);
        }
        key(harness, Modifiers::COMMAND, Key::Enter);
    }
}

/// Presses the first button of this name beneath a list's name.
fn press_beneath(harness: &mut Harness<'_, Stage>, list: &str, button: &str) {
    let mut nodes = harness.root().children_recursive().skip_while(|node| !is(node, Role::Label, list));
    nodes.find(|node| is(node, Role::Button, button)).unwrap().click();
    drop(nodes);
    harness.run();
}

fn is(node: &egui_kittest::Node<'_>, role: Role, name: &str) -> bool {
    let node = node.accesskit_node();
    node.role() == role && (node.label().as_deref() == Some(name) || node.value().as_deref() == Some(name))
}

fn below(path: &SettingPath, step: &Step) -> SettingPath {
    match step {
        Step::Key(key) => path.key(key),
        Step::Index(index) => path.index(*index),
    }
}

fn click(harness: &mut Harness<'_, Stage>, rect: Rect) {
    harness.hover_at(rect.center());
    harness.run();
    harness.drag_at(rect.center());
    harness.drop_at(rect.center());
    harness.run();
}

fn drag(harness: &mut Harness<'_, Stage>, from: Rect, to: Rect) {
    let (from, to) = (from.center(), to.center());
    harness.drag_at(from);
    harness.run();
    for part in [0.3, 0.6, 1.0] {
        harness.hover_at(from.lerp(to, part));
        harness.run();
    }
    harness.drop_at(to);
    harness.run();
}

fn undo(harness: &mut Harness<'_, Stage>) {
    harness.state_mut().model.undo();
    harness.run();
}
