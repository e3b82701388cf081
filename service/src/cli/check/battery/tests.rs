//! The battery at a simulated CIC server, in real time; and who may let it begin.

use super::*;
use crate::{
    app,
    domain::UserId,
    simulator::cic::{Cic, Listening, Site},
    switch::embedded::{StatusPlan, UserPlan, WorkgroupPlan},
};

struct TestSystem {
    cic: Cic,
    _listening: Listening,
    folder: tempfile::TempDir,
}

fn order() -> Order {
    let names = ["T1", "T2", "T3", "T4"].map(str::to_owned);
    Order {
        battery: true,
        yes_this_is_a_test_system: Some("127.0.0.1".into()),
        agents: names.into(),
        caller: Some("T5".into()),
        workgroup: Some("Test Sales".into()),
        second_workgroup: Some("Test Support".into()),
        station: Some("T-DESK".into()),
        outside: Some("+15550100".into()),
        ..Order::default()
    }
}

impl TestSystem {
    async fn start() -> Self {
        let mut plan = app::embedded_plan(&Config::built_in().switch.embedded);
        plan.users = (1..=5)
            .map(|n| UserPlan {
                user: format!("T{n}").into(),
                first_name: "Test".into(),
                last_name: n.to_string(),
                extension: format!("70{n}"),
                email: String::new(),
                excluded_from_directory: false,
                status: None,
            })
            .collect();
        let status = |name: &str, acd, do_not_disturb| StatusPlan { name: name.into(), acd, do_not_disturb, selectable: true };
        plan.statuses = vec![status("Available", true, false), status("Available, No ACD", false, false), status("At Lunch", false, true)];
        let workgroup = |name: &str, extension: &str, members: &[&str]| WorkgroupPlan {
            queue: name.into(),
            extension: extension.into(),
            members: members.iter().map(|member| UserId::from(*member)).collect(),
        };
        plan.workgroups = vec![workgroup("Test Sales", "750", &["T1", "T2", "T3"]), workgroup("Test Support", "751", &["T3"])];
        plan.stations = vec!["T-DESK".into()];
        let cic = Cic::start(Site::new("cic1", plan)).await;
        let listening = cic.listen("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let kept = |name: &str| {
            use std::os::unix::fs::PermissionsExt;
            fs::write(folder.path().join(name), "opensesame").unwrap();
            fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
        };
        ["T1", "T2", "T3", "T4", "T5", "SAPSU"].into_iter().for_each(kept);
        let (here, port) = (folder.path().display(), listening.address().port());
        let text = format!(
            "[workmodes]\nmapped = []\n[switch]\nkind = \"icws\"\nserver = \"127.0.0.1\"\nport = {port}\ntls = false\nuser_id = \"SAPSU\"\n\
             password = \"file:{here}/SAPSU\"\n[agents]\nlog_in = \"stored_password\"\nstored_password = {{ secrets = \"file:{here}/{{user}}\" }}\n"
        );
        fs::write(folder.path().join("jackfield.toml"), text).unwrap();
        Self { cic, _listening: listening, folder }
    }

    async fn run(&self, order: &Order) -> Result<(Summary, Vec<serde_json::Value>), Refused> {
        let mut out = Vec::new();
        let summary = order.run(Some(&self.folder.path().join("jackfield.toml")), &mut out, true).await?;
        Ok((summary, String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()))
    }

    /// Claims that did not hold, with what was seen.
    fn broken(told: &[serde_json::Value]) -> Vec<String> {
        let failed = told.iter().filter(|line| line["kind"] == "stage" && line["verdict"] == "failed");
        failed.map(|line| format!("{}: {}", line["stage"], line["details"][0]["cause"])).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_claims_hold_at_a_site_and_nothing_is_left_behind() {
    let system = TestSystem::start().await;
    let claims = [
        "a_call_is_held_and_picked_up",
        "two_calls_alternate",
        "a_warm_transfer_gives",
        "answering_a_second_call",
        "hanging_up_ends_a_call_once",
    ];
    let order = Order { claims: claims.map(str::to_owned).into(), ..order() };
    let (summary, told) = system.run(&order).await.unwrap();
    assert_eq!(TestSystem::broken(&told), Vec::<String>::new());
    assert_eq!((summary.ok, summary.failed), (claims.len(), 0), "{told:#?}");
    assert_eq!(system.cic.sessions(), 0, "everybody is logged off");
    assert_eq!(system.cic.calls(), 0, "and nobody talks");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_site_does_not_give_is_undecided_and_says_what_it_is() {
    let system = TestSystem::start().await;
    let order = Order { claims: vec!["a_chat_is_offered".into(), "an_agent_wraps_up".into(), "a_call_is_held".into()], ..order() };
    let (summary, told) = system.run(&order).await.unwrap();
    assert_eq!((summary.undecided, summary.ok, summary.exit_code), (2, 1, 1), "{told:#?}");
    let chat = told.iter().find(|line| line["stage"].as_str().is_some_and(|stage| stage.starts_with("a_chat"))).unwrap();
    assert_eq!(chat["details"][0]["values"]["what"], "customers who chat, and callbacks");
}

#[tokio::test]
async fn it_does_not_begin_without_leave_nor_without_its_people() {
    let system = TestSystem::start().await;
    let refused = async |order: Order| system.run(&order).await.err().unwrap();
    let elsewhere = refused(Order { yes_this_is_a_test_system: Some("cic.example.com".into()), ..order() }).await;
    assert!(elsewhere.0 == Exit::Usage && elsewhere.1.contains("nothing was done"), "{elsewhere:?}");
    let nobody = refused(Order { agents: Vec::new(), ..order() }).await;
    assert!(nobody.0 == Exit::Usage && nobody.1.contains("--agent"), "{nobody:?}");
    let stranger = refused(Order { agents: vec!["T1".into(), "STRANGER".into()], ..order() }).await;
    assert!(stranger.0 == Exit::Unavailable && stranger.1.contains("STRANGER cannot take part"), "{stranger:?}");
    let unknown = refused(Order { claims: vec!["no such claim".into()], ..order() }).await;
    assert_eq!(unknown.0, Exit::Unavailable);
    assert_eq!(system.cic.sessions(), 0);
}

#[test]
fn a_person_has_to_type_the_servers_name() {
    let cast = order().cast().unwrap();
    let asked = |typed: &str| {
        let mut out = Vec::new();
        let answer = ask("cic-test", &cast, &mut typed.as_bytes(), &mut out);
        (answer.is_ok(), String::from_utf8(out).unwrap())
    };
    let (allowed, said) = asked("cic-test\n");
    assert!(allowed);
    for named in ["T1, T2, T3, T4", "T5", "cic-test", "+15550100"] {
        assert!(said.contains(named), "{named} is not in {said}");
    }
    assert!(!asked("yes\n").0 && !asked("").0);
    assert!(ask("", &cast, &mut "\n".as_bytes(), &mut Vec::new()).is_err());
}

#[test]
fn the_cast_may_stand_in_a_file_and_the_command_line_counts_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cast.toml");
    fs::write(&path, "agents = [\"A\"]\ncaller = \"C\"\noutside = \"+1\"\naway = \"Gone\"\n").unwrap();
    let cast = Order { cast: Some(path.clone()), caller: Some("D".into()), ..Order::default() }.cast().unwrap();
    assert_eq!(
        (cast.agents, cast.caller, cast.outside, cast.away),
        (vec!["A".to_owned()], "D".to_owned(), Some("+1".to_owned()), "Gone".to_owned())
    );
    assert_eq!(cast.available, "Available");
    fs::write(&path, "agent = 1\n").unwrap();
    assert!(Order { cast: Some(path), ..Order::default() }.cast().unwrap_err().contains("agent"));
}
