//! The subcommands as an administrator or a script calls them.

use super::*;
use clap::Parser;
use std::fs;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new(text: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(site.file("jackfield.toml"), text).unwrap();
        site
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file("jackfield.toml")).unwrap()
    }

    fn call(&self, words: &[&str]) -> Answer {
        let file = self.file("jackfield.toml");
        let line = ["config", "--config", file.to_str().unwrap()].into_iter().chain(words.iter().copied());
        Line::try_parse_from(line).unwrap().arguments.carry_out()
    }
}

const TEXT: &str = "# ours\n[limits]\nmailbox = 16 # enough\n";

#[test]
fn check_names_every_finding_by_line_and_column() {
    let answer = Site::new("[service]\nlisten = 1\nlissten = 2\n").call(&["check"]);
    assert_eq!(answer.exit, Exit::Usage);
    assert!(answer.remark.contains("jackfield.toml:2:10: error: service.listen:") && answer.remark.contains(":3:1: "), "{}", answer.remark);
    assert_eq!(answer.json["findings"][0]["line"], 2);
    assert_eq!(answer.json["findings"][1]["id"], "unknown-key");
    let answer = Site::new("[service]\nlisten = \"0.0.0.0:1\"\n").call(&["check"]);
    assert_eq!((answer.exit, answer.json["findings"][0]["severity"].as_str()), (Exit::Done, Some("warning")));
}

#[test]
fn a_syntax_error_is_told_without_its_line() {
    let answer = Site::new("[switch]\npassword = \"hunter2\" oops\n").call(&["check"]);
    assert_eq!(answer.exit, Exit::Usage);
    assert!(answer.remark.contains("jackfield.toml:2:") && !format!("{answer:?}").contains("hunter2"), "{answer:?}");
}

#[test]
fn show_prints_what_the_service_sees() {
    let answer = Site::new(TEXT).call(&["show"]);
    let config = shared::check_text(&answer.text).unwrap().config;
    assert_eq!((config.limits.mailbox, config.limits.interactions), (16, 6));
    assert_eq!(answer.json["limits"]["mailbox"], 16);
}

#[test]
fn diff_says_what_a_running_service_would_do() {
    let site = Site::new(TEXT);
    assert_eq!(site.call(&["diff"]).text, "limits.mailbox: 32 → 16 (live)\n");
    fs::write(site.file("other"), "[service]\nlisten = \"127.0.0.1:9\"\n").unwrap();
    let other = site.call(&["diff", site.file("other").to_str().unwrap()]);
    assert_eq!(other.json["changes"][0]["class"], "relisten");
    assert_eq!(other.json["changes"][1]["path"], "limits.mailbox");
}

#[test]
fn set_changes_one_value_and_keeps_the_rest() {
    let site = Site::new(TEXT);
    let answer = site.call(&["set", "limits.mailbox", "17"]);
    assert_eq!(answer.exit, Exit::Done);
    assert!(answer.text.contains("limits.mailbox: 16 → 17 (live)") && answer.text.contains("jackfield.toml.backup"), "{}", answer.text);
    assert_eq!(site.text(), TEXT.replace("16", "17"));
    site.call(&["set", "service.event_hosts", "['sap1']"]);
    site.call(&["set", "service.listen", "127.0.0.1:7000"]);
    site.call(&["set", "switch.embedded.stations[0]", "8101"]);
    let config = shared::check_text(&site.text()).unwrap().config;
    assert_eq!(
        (config.service.listen.port(), config.service.event_hosts, config.switch.embedded.stations),
        (7000, vec!["sap1".into()], vec!["8101".into()])
    );
    let together = site.call(&["set", "service.listen", "127.0.0.1:8096", "admin.listen", "127.0.0.1:8095"]);
    assert_eq!(together.exit, Exit::Done, "{}", together.remark);
    assert_eq!(site.call(&["set", "--unset", "limits.mailbox"]).exit, Exit::Done);
    assert!(!site.text().contains("mailbox"));
}

#[test]
fn what_set_cannot_do_changes_nothing() {
    let site = Site::new(TEXT);
    for (setting, value, part) in [
        ("limits.mailbox", "0", "out of range"),
        ("limits.mailbox", "many", "a whole number"),
        ("limits.mialbox", "1", "`limits.mailbox`"),
        ("switch.password", "hunter2", "must not stand in the file"),
        ("limits.mailbox.x", "1", "no settings"),
        ("limits..", "1", "path of a setting"),
        ("service.listen", "127.0.0.1:8096", "is taken by"),
    ] {
        let answer = site.call(&["set", setting, value]);
        assert_eq!(answer.exit, Exit::Usage, "{setting}");
        assert!(answer.remark.contains(part) && !answer.remark.contains("hunter2"), "{setting}: {}", answer.remark);
    }
    assert!(site.call(&["set", "limits.mailbox"]).remark.contains("has no value"));
    assert_eq!(site.call(&["set", "service.path", "--unset"]).exit, Exit::Usage);
    assert_eq!((site.text().as_str(), site.call(&["backups"]).text.as_str()), (TEXT, ""));
}

#[test]
fn export_says_what_it_left_out_and_import_takes_it_back() {
    let site = Site::new("[switch]\npassword = \"hunter2\"\n[limits]\nmailbox = 16\n");
    let copy = site.file("copy");
    let answer = site.call(&["export", "--output", copy.to_str().unwrap()]);
    assert_eq!((answer.exit, answer.remark.as_str()), (Exit::Done, "left out: switch.password (literal-secret)\n"));
    assert!(!fs::read_to_string(&copy).unwrap().contains("hunter2"));
    assert_eq!(site.call(&["export", "--output", copy.to_str().unwrap()]).exit, Exit::InputOutput, "it is there already");
    assert!(!site.call(&["export"]).json.to_string().contains("hunter2"));
    let answer = site.call(&["import", copy.to_str().unwrap()]);
    assert_eq!(answer.exit, Exit::Done, "{}", answer.remark);
    assert!(fs::read_to_string(site.file("jackfield.toml.backup")).unwrap().contains("hunter2"), "what was there is backed up as it was");
    assert_eq!(shared::check_text(&site.text()).unwrap().config.limits.mailbox, 16);
}

#[test]
fn import_refuses_what_the_service_would_refuse() {
    let site = Site::new(TEXT);
    fs::write(site.file("bad"), "[limits]\nmailbox = 0\n").unwrap();
    let answer = site.call(&["import", site.file("bad").to_str().unwrap()]);
    assert_eq!((answer.exit, site.text().as_str()), (Exit::Usage, TEXT));
    assert!(answer.remark.contains("bad:2:11:"), "{}", answer.remark);
    assert_eq!(site.call(&["import", "/nowhere/at/all"]).exit, Exit::Unavailable);
}

#[test]
fn rollback_takes_the_newest_or_the_named_backup() {
    let site = Site::new(TEXT);
    assert_eq!(site.call(&["rollback"]).exit, Exit::Usage);
    site.call(&["set", "limits.mailbox", "17"]);
    site.call(&["set", "limits.mailbox", "18"]);
    let names = |site: &Site| -> Vec<String> {
        let backups = site.call(&["backups"]).json["backups"].as_array().unwrap().clone();
        backups.iter().map(|backup| backup["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&site), ["jackfield.toml.backup", "jackfield.toml.backup.latest"]);
    assert!(site.call(&["rollback"]).text.contains("18 → 17"));
    assert!(site.call(&["rollback", "jackfield.toml.backup"]).text.contains("17 → 16"));
    assert_eq!(site.text(), TEXT);
    assert_eq!(names(&site).len(), 4);
    assert_eq!(site.call(&["rollback", "../../etc/passwd"]).exit, Exit::Usage);
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let site = Site::new("");
    fs::remove_file(site.file("jackfield.toml")).unwrap();
    for words in [&["check"][..], &["show"], &["diff"], &["export"]] {
        let answer = site.call(words);
        assert_eq!(answer.exit, Exit::Unavailable, "{words:?}");
        assert!(answer.remark.contains("is not there"), "{}", answer.remark);
    }
    assert_eq!(site.call(&["set", "limits.mailbox", "17"]).exit, Exit::Done, "a first setting makes the file");
}

const OLD: &str = r#"<configuration><appSettings>
<add key="ICServerName" value="cic1"/><add key="UserID" value="SAPSU"/><add key="Password" value="hunter2"/>
<add key="LoginStatus" value="2"/><add key="Odd" value="hunter3"/></appSettings></configuration>"#;

#[test]
fn an_old_installation_is_taken_over_with_a_report_and_without_its_password() {
    let site = Site::new(TEXT);
    fs::write(site.file("ININIntegrationService.exe.config"), OLD).unwrap();
    let folder = site.folder.path().to_str().unwrap();
    let dry = site.call(&["import-old", folder, "--dry-run"]);
    assert_eq!((dry.exit, site.text().as_str()), (Exit::Done, TEXT));
    assert!(dry.text.contains("appSettings/ICServerName: switch.server = \"cic1\" (by the name of the key)"), "{}", dry.text);
    assert_eq!((&dry.json["guessed"], &dry.json["left"], &dry.json["written"]), (&json!(3), &json!(2), &json!(false)));
    let answer = site.call(&["import-old", folder]);
    assert_eq!(answer.exit, Exit::Done, "{answer:?}");
    let text = site.text();
    assert!(text.starts_with("# ours\n") && text.contains("server = \"cic1\"") && text.contains("kind = \"icws\""), "{text}");
    assert!(text.contains("password = \"credential:switch-password\""), "{text}");
    assert!(!format!("{answer:?}{text}").contains("hunter"));
    assert_eq!(answer.json["written"], true);
}

#[test]
fn what_an_old_installation_lacks_is_said_and_nothing_is_written() {
    let site = Site::new(TEXT);
    fs::write(site.file("old.config"), "<configuration><a><add key=\"ICServer\" value=\"cic1\"/></a></configuration>").unwrap();
    let answer = site.call(&["import-old", site.file("old.config").to_str().unwrap()]);
    assert_eq!((answer.exit, site.text().as_str()), (Exit::Usage, TEXT));
    assert!(answer.remark.contains("switch.user_id") && answer.text.contains("switch.server = \"cic1\""), "{answer:?}");
    assert_eq!(answer.json["written"], false);
    let nothing = site.call(&["import-old", site.folder.path().to_str().unwrap()]);
    assert!(nothing.exit == Exit::Usage && nothing.remark.contains("name the files themselves"), "{nothing:?}");
    fs::write(site.file("web.config"), "<html/>").unwrap();
    let foreign = site.call(&["import-old", site.folder.path().to_str().unwrap()]);
    assert!(foreign.exit == Exit::Usage && foreign.remark.contains("web.config does not begin with <configuration>"), "{foreign:?}");
}
