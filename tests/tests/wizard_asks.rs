//! What the wizard asks of the real program: a test of an unsaved draft, the state of the running service, and its switch's names.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use shared::Draft;
use std::path::PathBuf;
use system_tests::{lab, program::Program};
use wizard::{
    connection::{Question, Test, Verdict},
    jobs::Jobs,
    model::Model,
    running::{Place, ReloadResult},
};

const FREE: &str = "[service]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n";

fn jobs() -> Jobs {
    Jobs::new(|| {})
}

fn test(file: PathBuf, text: &str) -> Test {
    let model = Model::new(Some(file), Draft::parse(text).unwrap());
    let mut begun = Test::start(&jobs(), Some(lab::jackfield()), &model, Question::Everything);
    begun.finish();
    begun
}

#[test]
fn an_unsaved_draft_is_tested_where_its_file_would_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jackfield.toml");
    let good = test(file.clone(), FREE);
    assert_eq!((good.verdict(), good.trouble(), good.other_version()), (Some(Verdict::Ok), None, None), "{:?}", good.stages());
    assert!(good.stages().len() >= 6 && good.stages().iter().all(|stage| stage.result.is_some()));

    let named = format!("{FREE}[ici]\nprofile = \"ours.toml\"\n");
    assert_eq!(test(file.clone(), &named).verdict(), Some(Verdict::Failed), "the profile is not there yet");
    std::fs::copy(lab::repository().join("assets/ici/default.toml"), folder.path().join("ours.toml")).unwrap();
    assert_eq!(test(file.clone(), &named).verdict(), Some(Verdict::Ok), "it starts at the file's folder");

    assert_eq!(test(file.clone(), "").trouble(), None, "a new document is no empty file");
    let wrong = test(file.clone(), "[service]\nlisten = \"nowhere\"\n");
    let cause = &wrong.stages()[0].result.as_ref().unwrap().details[0];
    assert!(cause.subject.contains("service.listen") && !cause.repair.is_empty(), "{cause:?}");
    assert!(!file.exists(), "nothing is written");
}

#[test]
fn the_running_service_tells_its_state_and_the_names_of_its_switch() {
    let program = Program::with("[limits]\nmailbox = 16\n");
    let place = Place { address: program.admin, token: None, far: None };
    let directory = place.clone().directory(&jobs()).unwrap().wait().unwrap().unwrap();
    assert!(directory.users.contains(&"ANNA".to_owned()) && directory.workgroups.contains(&"Sales".to_owned()), "{directory:?}");
    assert!(directory.statuses.contains(&"Lunch".to_owned()) && directory.stations.contains(&"8001".to_owned()), "{directory:?}");

    let mut follow = place.follow(&jobs()).unwrap();
    let status = follow.wait().unwrap().unwrap();
    assert!(status.health.up && !status.health.parts.is_empty());
    assert_eq!((status.version.as_str(), status.reload.result), (env!("CARGO_PKG_VERSION"), ReloadResult::Started));
    assert!(status.events.iter().any(|event| event.text.contains("listening ici")), "{:?}", status.events);

    std::fs::write(program.config(), "[limits]\nmailbox = 17\n").unwrap();
    let reloaded = loop {
        let status = follow.wait().unwrap().unwrap();
        if status.reload.result == ReloadResult::Applied {
            break status;
        }
    };
    assert!(reloaded.reload.changes.iter().any(|change| change.contains("limits.mailbox")), "{:?}", reloaded.reload);
    assert!(reloaded.events.iter().any(|event| event.text.contains("configuration reloaded")), "{:?}", reloaded.events);
}
