//! The bridge to Genesys Cloud with whole programs: `jackfield run` with the built-in switch, `jackfield simulate cloud` as the organisation, and
//! `jackfield bridge` as the administrator.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    cic::Cic,
    keeping::{Size, keep},
    lab,
    organisation::Organisation,
    program::Program,
};

fn jackfield(arguments: &[&str]) -> Output {
    Command::new(lab::jackfield()).args(arguments).output().unwrap()
}

fn bridge(program: &Program, arguments: &[&str]) -> Output {
    let admin = program.admin.to_string();
    jackfield(&[&["bridge"], arguments, &["--admin", &admin]].concat())
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn file(folder: &Path, url: &str, users: &str) -> String {
    let secret = folder.join("secret");
    fs::write(&secret, "of-the-client").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    format!(
        r#"
[store]
path = "STORE"

[genesys_cloud]
enabled = true
host = "{url}"
organization = "double"
client_id = "bridge"
client_secret = "file:{}"
sync_platform_objects = true
deletion = "guide"
treat_as_language = ["German"]
admin_user = ""
browser_clients = ["https://desk.example.com"]
dial_groups = ["Edges"]
custom_attributes = [{{ attribute = "Department", field = "department" }}]

[switch.embedded]
dial_groups = ["Edges", "Branch"]
users = [{users}]
workgroups = [{{ name = "Sales", members = ["ANNA", "BERT"], skills = ["Marketing=90"], wrap_up_codes = ["Sold"] }}]
skills = ["Marketing", "German"]
wrap_up_codes = ["Sold"]
"#,
        secret.display()
    )
}

const ANNA: &str = r#"{ name = "ANNA", first_name = "Anna", last_name = "Adler", email = "anna@example.com", business_phone = "+49 30 123456", skills = ["German=50"], attributes = ["department=Purchasing"] }"#;
const BERT: &str = r#"{ name = "BERT", email = "" }"#;
const BERT_WITH_EMAIL: &str = r#"{ name = "BERT", email = "bert@example.com" }"#;

#[test]
fn an_administrator_sees_a_plan_and_has_it_carried_out_and_a_killed_service_goes_on() {
    let organisation = Organisation::start();
    let folder = tempfile::tempdir().unwrap();
    let users = format!("{ANNA}, {BERT}");
    let file_text = file(folder.path(), &organisation.url, &users);
    let mut program = Program::with_store(folder.path(), &file_text, None).unwrap_or_else(|program| panic!("{}", program.log()));

    let synced = bridge(&program, &["sync", "--force"]);
    assert!(synced.status.success(), "{}\n{}", text(&synced), program.log());
    let state = organisation.state().to_string();
    for there in
        ["anna@example.com", "Anna Adler", "+4930123456", "Sales", "Sold", "Marketing", "German", "Purchasing", "https://desk.example.com/"]
    {
        assert!(state.contains(there), "{there} is missing: {state}");
    }
    let records = text(&bridge(&program, &["records"]));
    assert!(records.lines().any(|line| line.starts_with("Synced") && line.contains("user:ANNA")), "{records}");
    assert!(records.lines().any(|line| line.starts_with("Not synced") && line.contains("no business e-mail")), "{records}");
    let explained = text(&bridge(&program, &["explain", "language:German"]));
    assert!(explained.contains("made by the bridge"), "{explained}");

    let table = text(&bridge(&program, &["history", "--csv"]));
    assert!(table.starts_with("number,time,") && table.contains(",user:ANNA,create,"), "{table}");
    let client = text(&bridge(&program, &["explain", "oauth_client:browser"]));
    assert!(client.contains("Synced") && client.contains("in the organization: 0"), "{client}");
    assert_eq!(text(&bridge(&program, &["dial-groups"])), "Edges\nBranch\n");

    // Killed, started again with another file: nothing is made twice, and the plan names what is new.
    program.kill();
    let users = format!("{ANNA}, {BERT_WITH_EMAIL}");
    let file_text = file(folder.path(), &organisation.url, &users).replace("enabled = true", "enabled = false");
    let program = Program::with_store(folder.path(), &file_text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    let dormant = bridge(&program, &["plan"]);
    assert!(dormant.status.code() == Some(69) && text(&dormant).contains("not enabled"), "{}", text(&dormant));
    drop(program);

    let file_text = file(folder.path(), &organisation.url, &users);
    let program = Program::with_store(folder.path(), &file_text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    let again = bridge(&program, &["sync", "--force"]);
    assert!(again.status.success(), "{}\n{}", text(&again), program.log());
    let state = organisation.state().to_string();
    assert!(state.contains("bert@example.com"), "{state}");

    let saved = folder.path().join("plan.json");
    let saved = saved.display().to_string();
    let planned = bridge(&program, &["plan", "--save", &saved]);
    assert!(planned.status.success() && text(&planned).contains("0 steps"), "{}", text(&planned));
    let applied = bridge(&program, &["apply", &saved]);
    assert!(applied.status.success(), "{}", text(&applied));
    // A dial group that goes is told of by health, and a list of clients that is emptied ends their client at once.
    drop(program);
    let file_text =
        file_text.replace(r#"["Edges", "Branch"]"#, r#"["Branch"]"#).replace(r#"browser_clients = ["https://desk.example.com"]"#, "");
    let other = Program::with_store(folder.path(), &file_text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    assert!(bridge(&other, &["sync", "--force"]).status.success(), "{}", other.log());
    assert_eq!(organisation.state()["clients"].as_array().map(Vec::len), Some(0));
    let health = text(&bridge(&other, &["health"]));
    assert!(health.contains("dial_groups: wrong: the switch has no dial group Edges"), "{health}");
    drop(other);
    let file_text = file(folder.path(), &organisation.url, &users);
    let program = Program::with_store(folder.path(), &file_text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    assert!(bridge(&program, &["sync", "--force"]).status.success(), "{}", program.log());
    let health = bridge(&program, &["health", "--json"]);
    let health: Value = serde_json::from_slice(&health.stdout).unwrap();
    assert!(health.as_array().unwrap().iter().all(|part| part["ok"] == true), "{health:#}");
}

/// `tests/run --long` does the same with a site of 1,000 users (`bridge_storm`).
#[test]
fn an_organisation_is_kept_in_step_through_edits_kills_and_lost_answers_and_nothing_of_others_is_touched() {
    let report = keep(Size { users: 40, workgroups: 6, skills: 12, codes: 6 }, 4, 7);
    assert!(report.is_good(), "{report}");
}

/// What the wizard's page shows of a real service: every word of it is understood, not only those of a double.
#[test]
fn the_wizard_sees_the_bridge_plans_applies_and_explains() {
    use wizard::{
        jobs::Jobs,
        running::{
            Place,
            bridge::{Order, Plan, Run, Subject, Word},
        },
    };
    let organisation = Organisation::start();
    let folder = tempfile::tempdir().unwrap();
    let file_text = file(folder.path(), &organisation.url, &format!("{ANNA}, {BERT}"));
    let program = Program::with_store(folder.path(), &file_text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    let jobs = Jobs::new(|| {});
    let place = Place { address: program.admin, token: None, far: None };
    let order = |order: Order| {
        let mut job = place.clone().order(&jobs, order).unwrap();
        loop {
            match job.wait().unwrap() {
                Word::Running(_) => {}
                Word::Done(value) => return value,
                other => panic!("{other:?}"),
            }
        }
    };
    let run: Run = serde_json::from_value(order(Order::ForceSync)).unwrap();
    assert!(run.failed == 0 && run.cause == "administrator", "{run:?}");
    let plan: Plan = serde_json::from_value(order(Order::Plan)).unwrap();
    assert!(plan.steps.is_empty() && plan.unchanged >= 5 && !plan.id.is_empty(), "{plan:?}");
    let applied: Run = serde_json::from_value(order(Order::Apply(plan.id))).unwrap();
    assert_eq!((applied.steps, applied.failed), (0, 0));

    let seen = |subject: Subject| place.clone().bridge(&jobs, subject).unwrap().wait().unwrap().unwrap();
    let records = seen(Subject::Records);
    assert!(records.report.health.iter().all(|item| item.ok && !item.detail.text.is_empty()), "{:?}", records.report);
    let status = |id: &str| records.records.iter().find(|record| record.record == id).map(|record| record.status.as_str());
    assert_eq!((status("user:ANNA"), status("user:BERT"), status("queue:Sales")), (Some("Synced"), Some("Not synced"), Some("Synced")));
    let history = seen(Subject::History).history;
    assert!(history.iter().any(|past| past.record.as_deref() == Some("user:ANNA") && past.failure.is_none()), "{history:?}");
    let anna = place.clone().explain(&jobs, "user:ANNA").unwrap().wait().unwrap().unwrap().unwrap();
    assert!(anna.up_to_date && anna.known.is_some_and(|known| known.ownership == "made") && !anna.history.is_empty());
    assert_eq!(anna.desired.unwrap()["content"]["user"]["email"], "anna@example.com");
}

/// What a CIC server has by its interface: names, addresses, numbers, attributes, skills (own and inherited), codes, members.
#[test]
fn the_organisation_is_kept_as_a_cic_server_has_it_and_its_notice_of_a_change_is_enough() {
    let organisation = Organisation::start();
    let folder = tempfile::tempdir().unwrap();
    let whole = file(folder.path(), &organisation.url, &format!("{ANNA}, {BERT_WITH_EMAIL}"));
    let (bridge_section, switch_section) = whole.split_at(whole.find("[switch.embedded]").unwrap());
    let cic = Cic::serving(switch_section);
    let file_text = format!("{bridge_section}{}", cic.section());
    let mut program = Program::with_store(folder.path(), &file_text, None).unwrap_or_else(|program| panic!("{}", program.log()));
    assert!(program.finds_its_switch(), "{}", program.log());
    let synced = bridge(&program, &["sync", "--force"]);
    assert!(synced.status.success(), "{}\n{}", text(&synced), program.log());
    let state = organisation.state();
    let anna = state["users"].as_array().unwrap().iter().find(|user| user["user"]["userName"] == "anna@example.com").unwrap().clone();
    for there in
        ["Anna Adler", "+4930123456", "Purchasing", r#"{"name":"Marketing","proficiency":5.0}"#, r#"{"name":"German","proficiency":3.0}"#]
    {
        assert!(anna.to_string().contains(there), "{there} is missing: {anna}");
    }
    let joined = state["joined"].as_object().unwrap().values().next().unwrap();
    assert_eq!((joined["members"].as_array().unwrap().len(), joined["codes"].as_array().unwrap().len()), (2, 1), "{state}");
    assert_eq!(text(&bridge(&program, &["dial-groups"])), "Edges\nBranch\n");

    // Nobody asks for anything: the server tells of the change.
    let changed = folder.path().join("changed.toml");
    let other = switch_section
        .replace("wrap_up_codes = [\"Sold\"]\n", "wrap_up_codes = [\"Sold\", \"Call back\"]\n")
        .replace("German=50", "German=100");
    fs::write(&changed, other).unwrap();
    cic.must(&["configure", &changed.display().to_string()]);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let state = organisation.state();
        let has_both =
            state.to_string().contains("Call back") && state["users"].to_string().contains(r#"{"name":"German","proficiency":5.0}"#);
        let status: Value = serde_json::from_slice(&bridge(&program, &["status", "--json"]).stdout).unwrap();
        if has_both && status["last_run"]["cause"] == "change" {
            break;
        }
        assert!(Instant::now() < deadline, "{status:#}\n{state}\n{}", program.log());
        std::thread::sleep(Duration::from_millis(200));
    }
}
