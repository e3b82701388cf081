//! The test of a connection with scripts in the place of `jackfield`.

use super::*;
use shared::Draft;
use std::{fs, os::unix::fs::PermissionsExt};

/// Stands for `jackfield`, as this script does.
fn test(script: &str, text: &str) -> Test {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("jackfield");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let model = Model::new(Some(folder.path().join("jackfield.toml")), Draft::parse(text).unwrap());
    let mut begun = Test::start(&Jobs::new(|| {}), Some(program), &model, Question::Everything);
    begun.finish();
    begun
}

fn begin(version: &str) -> String {
    format!("echo '{{\"kind\":\"begin\",\"version\":\"{version}\",\"stages\":[\"file\",\"rights\"]}}'\n")
}

const OURS: &str = env!("CARGO_PKG_VERSION");
const SUMMARY: &str = "echo '{\"kind\":\"summary\",\"verdict\":\"failed\",\"exit_code\":2}'; exit 2";

#[test]
fn each_stage_has_its_verdict_its_cause_and_its_repair() {
    let stage = r#"echo '{"kind":"stage","stage":"file","verdict":"failed","milliseconds":7,"details":[{"subject":"x","verdict":"failed","cause":"wrong","repair":"Mend it"}]}'"#;
    let later = "echo '{\"kind\":\"note\",\"text\":\"from a later version\"}'; echo 'no JSON'";
    let test = test(&format!("{}{stage}\n{later}\n{SUMMARY}", begin(OURS)), "");
    let detail = Detail {
        subject: "x".into(),
        verdict: Verdict::Failed,
        id: String::new(),
        case: String::new(),
        values: BTreeMap::new(),
        cause: "wrong".into(),
        repair: "Mend it".into(),
    };
    let result = StageResult { verdict: Verdict::Failed, milliseconds: 7, details: vec![detail] };
    let stages = [Stage { name: "file".into(), result: Some(result) }, Stage { name: "rights".into(), result: None }];
    assert_eq!(test.stages(), stages);
    assert_eq!((test.verdict(), test.trouble(), test.other_version(), test.is_running()), (Some(Verdict::Failed), None, None, false));
    let copy = test.to_text(Language::English);
    assert!(copy.contains("x: Wrong\n    → Mend it"), "{copy}");
}

#[test]
fn the_draft_goes_to_the_childs_input_in_the_files_folder() {
    let echo = test("cat >&2; echo \"$*\" >&2; ls >&2; exit 70", "[limits]\nmailbox = 17\n");
    let Some(Trouble::Broken(said)) = echo.trouble() else { panic!("{:?}", echo.trouble()) };
    assert_eq!(said, "[limits]\nmailbox = 17\ncheck --json --config -\njackfield");
}

#[test]
fn a_program_of_another_version_is_said_to_be_one() {
    let newer = test(&format!("{}{SUMMARY}", begin("99.0.0")), "");
    assert_eq!((newer.other_version(), newer.trouble()), (Some("99.0.0"), None));
    for older in [
        "echo 'unknown option' >&2; exit 64",
        "echo '{\"kind\":\"stage\",\"stage\":\"file\",\"verdict\":\"failed\",\"milliseconds\":0}'; exit 2",
    ] {
        assert_eq!(test(older, "").trouble(), Some(&Trouble::OtherVersion), "{older}");
    }
}

#[test]
fn every_way_to_fail_is_a_sentence() {
    let gone = Test::start(&Jobs::new(|| {}), None, &Model::new(None, Draft::default()), Question::Everything);
    assert_eq!(gone.trouble(), Some(&Trouble::NoProgram));
    let mut absent =
        Test::start(&Jobs::new(|| {}), Some("/no/such/jackfield".into()), &Model::new(None, Draft::default()), Question::Everything);
    absent.finish();
    assert!(matches!(absent.trouble(), Some(Trouble::NotStarted(_))));
    let silent = test("exit 3", "");
    assert_eq!(silent.trouble(), Some(&Trouble::Broken("exit code 3".into())));
    for test in [gone, absent, silent] {
        for language in crate::language::ALL {
            assert!(test.said(language).len() > 30, "{}", test.said(language));
        }
    }
}

#[test]
fn a_cancelled_test_says_so_and_keeps_what_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("jackfield");
    fs::write(&program, format!("#!/bin/sh\n{}exec sleep 1000\n", begin(OURS))).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut test = Test::start(&Jobs::new(|| {}), Some(program), &Model::new(None, Draft::default()), Question::Everything);
    let Some(Source::Child(child)) = &mut test.source else { panic!("it runs") };
    let first = child.wait().unwrap();
    test.take(first);
    test.cancel();
    test.finish();
    assert_eq!((test.trouble(), test.stages().len(), test.is_running()), (Some(&Trouble::Cancelled), 2, false));
}

#[test]
fn what_was_seen_is_said_in_german_and_a_later_versions_sentence_stays_english() {
    let stage = r#"echo '{"kind":"stage","stage":"file","verdict":"failed","milliseconds":7,"details":[{"subject":"127.0.0.1:8019","verdict":"failed","id":"check-tcp-refused","values":{"port":"8019"},"cause":"nothing listens","repair":"Correct it"},{"subject":"3:8 x","verdict":"failed","id":"finding-bad-format","case":"host","values":{"value":"a b"},"cause":"no host","repair":"Write one"},{"verdict":"warning","id":"check-of-tomorrow","cause":"something new","repair":"Do it"}]}'"#;
    let test = test(&format!("{}{stage}\n{SUMMARY}", begin(OURS)), "");
    let details = &test.stages()[0].result.as_ref().unwrap().details;
    let (seen, repair) = details[0].said(Language::German);
    assert!(seen.starts_with("127.0.0.1:8019: Der Rechner ist da, aber am Port 8019 "), "{seen}");
    assert!(repair.contains("8019 mit TLS"), "{repair}");
    assert_eq!(details[0].said(Language::English), ("127.0.0.1:8019: Nothing listens".to_owned(), "Correct it".to_owned()));
    assert_eq!(details[1].said(Language::German).0, "3:8 x: „a b“ ist kein Rechnername");
    assert_eq!(details[2].said(Language::German), ("Something new".to_owned(), "Do it".to_owned()));
    assert!(test.to_text(Language::German).contains("Der Rechner ist da"));
}

#[test]
fn an_agent_is_examined_by_name_and_the_end_names_him() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("jackfield");
    let script = format!(
        "{}printf '%s\\n' \"$*\" >&2\necho '{{\"kind\":\"summary\",\"verdict\":\"undecided\",\"exit_code\":1}}'; exit 1",
        begin(OURS)
    );
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let question = Question::Agent { name: "-ANNA".into(), station: "DESK-1".into() };
    assert_eq!(question.arguments(), ["doctor", "--json", "--config", "-", "--station=DESK-1", "--", "-ANNA"]);
    let mut test = Test::start(&Jobs::new(|| {}), Some(program), &Model::new(None, Draft::default()), question);
    test.finish();
    assert_eq!((test.verdict(), test.trouble()), (Some(Verdict::Undecided), None));
    for language in crate::language::ALL {
        assert!(test.said(language).contains("-ANNA"), "{}", test.said(language));
    }
}
