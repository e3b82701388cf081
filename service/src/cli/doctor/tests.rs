//! The doctor at the bed of a simulated CIC server, which makes each of the six wrong; and beside the built-in switch.

use super::*;
use crate::{
    app,
    simulator::cic::{Cic, Faults, Listening, Right, Site},
};
use std::{fs, path::Path};

const RIGHT: &str = "geheim-4711";

/// A server, and a file that names it.
struct Ward {
    cic: Cic,
    listening: Listening,
    folder: tempfile::TempDir,
}

impl Ward {
    async fn open(change: impl FnOnce(&mut Site)) -> Self {
        let mut site = Site::new("cic1", app::embedded_plan(&Config::built_in().switch.embedded));
        site.password = Some(RIGHT.into());
        change(&mut site);
        let cic = Cic::start(site).await;
        let listening = cic.listen("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        kept(folder.path(), "sapsu", RIGHT);
        fs::create_dir(folder.path().join("agents")).unwrap();
        kept(&folder.path().join("agents"), "ANNA", RIGHT);
        let (port, here) = (listening.address().port(), folder.path().display());
        let text = format!(
            "[admin]\nlisten = \"127.0.0.1:1\"\n[switch]\nkind = \"icws\"\nserver = \"127.0.0.1\"\nport = {port}\ntls = false\nuser_id = \"SAPSU\"\n\
             password = \"file:{here}/sapsu\"\n[agents]\nlog_in = \"stored_password\"\n\
             stored_password = {{ secrets = \"file:{here}/agents/{{user}}\" }}\n"
        );
        fs::write(folder.path().join("jackfield.toml"), text).unwrap();
        Self { cic, listening, folder }
    }

    async fn ask(&self, agent: &str, station: Option<&str>) -> (Summary, Vec<serde_json::Value>) {
        asked(&self.folder.path().join("jackfield.toml"), agent, station).await
    }

    /// What is said of the items, with their verdicts, as far as it is not good; and the exit code.
    async fn complaints(&self, agent: &str) -> (Vec<String>, u8) {
        let (summary, told) = self.ask(agent, None).await;
        let mut ids = Vec::new();
        for stage in told.iter().filter(|line| line["verdict"] != "ok" && line["verdict"] != "skipped") {
            ids.extend(stage["details"].as_array().into_iter().flatten().map(|detail| detail["id"].as_str().unwrap().to_owned()));
        }
        (ids, summary.exit_code)
    }
}

async fn asked(config: &Path, agent: &str, station: Option<&str>) -> (Summary, Vec<serde_json::Value>) {
    let mut out = Vec::new();
    let arguments = Arguments {
        agent: agent.to_owned(),
        station: station.map(str::to_owned),
        config: Some(config.to_owned()),
        admin: None,
        admin_token: None,
        json: true,
    };
    let summary = arguments.ask(&mut out).await.unwrap();
    (summary, String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn kept(folder: &Path, name: &str, secret: &str) {
    let path = folder.join(name);
    fs::write(&path, secret).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn nothing_speaks_against_an_agent_who_is_right_and_no_session_is_left() {
    let ward = Ward::open(|_| {}).await;
    let (summary, told) = ward.ask("ANNA", None).await;
    assert_eq!(summary.exit_code, 0, "{told:#?}");
    let stages: Vec<_> = told[0]["stages"].as_array().unwrap().iter().map(|stage| stage.as_str().unwrap()).collect();
    let expected = [&["file"][..], &REACH, &ITEMS, &LAST].concat();
    assert_eq!(stages, expected);
    let ended: Vec<_> = told.iter().filter_map(|line| line["stage"].as_str()).collect();
    assert_eq!(ended, expected);
    assert!(!format!("{told:?}").contains(RIGHT));
    assert_eq!(ward.cic.sessions(), 0);
}

#[tokio::test]
async fn each_of_the_six_is_found_alone() {
    let ward = Ward::open(|site| {
        let user = |site: &mut Site, name: &str, change: fn(&mut crate::switch::embedded::UserPlan)| {
            change(site.plan.users.iter_mut().find(|user| user.user.as_str() == name).unwrap());
        };
        user(site, "CARLA", |user| user.excluded_from_directory = true);
        user(site, "SUPERVISOR", |user| user.extension = String::new());
        site.plan.stations.push("DESK-1".into());
    })
    .await;
    for name in ["anna", "CARLA", "SUPERVISOR", "BERT"] {
        kept(&ward.folder.path().join("agents"), name, RIGHT);
    }
    assert_eq!(ward.complaints("anna").await, (vec!["doctor-name-case".to_owned()], 2));
    assert_eq!(ward.complaints("CARLA").await, (vec!["doctor-directory-hidden".to_owned()], 2));
    assert_eq!(ward.complaints("SUPERVISOR").await, (vec!["doctor-extension-missing".to_owned(), "doctor-seat-none".to_owned()], 2));
    ward.cic.set_faults(Faults { without_status: vec!["ANNA".into()], without_licence: vec!["BERT".into()], ..Faults::default() });
    assert_eq!(ward.complaints("ANNA").await, (vec!["doctor-status-none".to_owned()], 2));
    assert_eq!(ward.complaints("BERT").await, (vec!["doctor-licence-inactive".to_owned()], 2));
    ward.cic.set_faults(Faults::default());
    ward.cic.use_client("BERT", Some("8001")).await.unwrap();
    let (summary, told) = ward.ask("ANNA", None).await;
    let station = told.iter().find(|line| line["stage"] == "station").unwrap();
    assert_eq!((summary.exit_code, station["details"][0]["values"]["sitter"].as_str()), (2, Some("BERT")));
    // Elsewhere she can sit, and he sits where he is.
    assert_eq!(ward.ask("ANNA", Some("DESK-1")).await.0.exit_code, 0);
    assert_eq!(ward.complaints("BERT").await, (Vec::new(), 0));
}

#[tokio::test]
async fn nobody_and_no_password_are_found_too() {
    let ward = Ward::open(|_| {}).await;
    assert_eq!(ward.complaints("ZOE").await.0[0], "doctor-name-unknown");
    assert_eq!(ward.complaints("ANNA.ADLER").await.0[0], "doctor-name-alike");
    assert_eq!(ward.complaints("BERT").await, (vec!["check-secret-absent-file".to_owned()], 2));
}

#[tokio::test]
async fn what_the_super_user_may_not_see_is_undecided() {
    let ward = Ward::open(|site| site.rights.retain(|right| *right != Right::ProxyLogins)).await;
    let (ids, code) = ward.complaints("ANNA").await;
    assert_eq!(code, 1, "{ids:?}");
    for id in ["doctor-name-undecided", "doctor-directory-undecided", "doctor-extension-undecided", "doctor-licence-undecided"] {
        assert!(ids.iter().any(|told| told == id), "{id}: {ids:?}");
    }
}

#[tokio::test]
async fn odd_servers_are_understood() {
    let odd = [
        Faults { names_for_numbers: true, numeric_ids: true, unknown: true, ..Faults::default() },
        Faults { doubled_messages: true, reordered_messages: true, old_errors: true, no_content: true, ..Faults::default() },
    ];
    for faults in odd {
        let ward = Ward::open(|_| {}).await;
        ward.cic.set_faults(faults.clone());
        assert_eq!(ward.complaints("ANNA").await, (Vec::new(), 0), "{faults:?}");
        assert_eq!(ward.complaints("ZOE").await.0[0], "doctor-name-unknown", "{faults:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_decides_nothing() {
    let ward = Ward::open(|_| {}).await;
    let path = ward.folder.path().join("jackfield.toml");
    drop(ward.listening);
    let (summary, told) = asked(&path, "ANNA", None).await;
    assert_eq!(summary.exit_code, 2);
    assert_eq!(told.iter().filter(|line| line["details"][0]["id"] == "doctor-no-server").count(), 6);
}

#[tokio::test]
async fn the_built_in_switch_is_looked_at_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jackfield.toml");
    fs::write(&path, "[admin]\nlisten = \"127.0.0.1:1\"\n").unwrap();
    assert_eq!(asked(&path, "ANNA", None).await.0.exit_code, 0);
    let (summary, told) = asked(&path, "Anna", None).await;
    assert_eq!((summary.exit_code, told[2]["details"][0]["id"].as_str()), (2, Some("doctor-name-case")));
    fs::write(&path, "[admin\n").unwrap();
    assert_eq!(asked(&path, "ANNA", None).await.0.failed, 1);
}
