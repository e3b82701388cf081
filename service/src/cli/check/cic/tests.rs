//! The stages against servers that are real as far as the network goes: TCP listeners, TLS with certificates of our own, and HTTP answers as
//! the published descriptions of ICWS have them. What a real CIC server says may differ.

mod server;

use super::*;
use crate::cli::report::Stage;
use server::{Answers, Certificates, Server as Double};
use std::{net::TcpListener, time::Duration};

/// What was told of each stage.
struct Told(Vec<serde_json::Value>);

impl Told {
    fn ids(&self, stage: &str) -> Vec<&str> {
        let told = self.0.iter().find(|told| told["stage"] == stage).unwrap_or_else(|| panic!("no stage {stage}: {:#?}", self.0));
        told["details"].as_array().unwrap().iter().map(|detail| detail["id"].as_str().unwrap()).collect()
    }

    fn text(&self) -> String {
        format!("{:?}", self.0)
    }
}

fn config(host: &str, port: u16, tls: bool) -> Config {
    let mut config = Config::built_in();
    config.switch.server = Some(host.to_owned());
    config.switch.port = Some(port);
    config.switch.tls = tls;
    config.switch.user_id = Some("SAPSU".to_owned());
    config.workmodes.mapped.clear();
    config
}

/// Runs all stages with this password.
async fn run(config: &Config, password: &str, roots: Vec<CertificateDer<'static>>) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config.clone();
    config.switch.password = Some(kept(folder.path(), password));
    let mut out = Vec::new();
    let mut report = Report::new(&mut out, true, super::super::CLOSING);
    let deadline = Duration::from_secs(40);
    tokio::time::timeout(deadline, inspect_trusting(&config, &mut report, roots)).await.expect("every wait has a deadline").unwrap();
    let told = String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Told(told)
}

fn kept(folder: &std::path::Path, password: &str) -> shared::secret::SecretRef {
    let path = folder.join("password");
    std::fs::write(&path, password).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    shared::secret::SecretRef::File(path)
}

const RIGHT: &str = "geheim-4711";

#[tokio::test]
async fn a_server_with_everything_right_passes_every_stage_and_the_session_is_ended() {
    let certificates = Certificates::of(&["localhost"]);
    let double = Double::with_tls(&certificates, Answers::cic(RIGHT)).await;
    let told = run(&config("localhost", double.port, true), RIGHT, certificates.roots()).await;
    assert_eq!(told.ids("name"), ["check-name-known"]);
    assert_eq!(told.ids("tcp"), ["check-tcp-open"]);
    assert_eq!(told.ids("tls"), ["check-tls-right"], "{}", told.text());
    assert_eq!(told.ids("log_in"), ["check-logged-on"], "{}", told.text());
    let rights = [
        "check-sees-statuses",
        "check-sees-users",
        "check-sees-workgroups",
        "check-sees-sessions",
        "check-sees-user-queues",
        "check-sees-workgroup-queues",
        "check-sees-station-queues",
    ];
    assert_eq!(told.ids("rights"), rights, "{}", told.text());
    assert_eq!(told.ids("statuses"), ["check-statuses-there", "check-reject-right"], "{}", told.text());
    assert_eq!(told.ids("workgroups"), ["check-workgroups-none"]);
    assert_eq!(told.ids("handlers"), ["check-handlers-none"]);
    assert_eq!(told.ids("clock"), ["check-clock-right"]);
    assert!(told.text().contains("TLS 1.3") && told.text().contains("2021 R2 Patch 3"), "{}", told.text());
    let asked = double.asked();
    assert_eq!(asked.first().map(String::as_str), Some("POST /icws/connection?include=features,version"));
    assert_eq!(asked.last().map(String::as_str), Some("DELETE /icws/42/connection"));
    assert!(!told.text().contains(RIGHT), "a password is never told");
}

#[tokio::test]
async fn a_wrong_password_is_said_and_rights_are_not_tried() {
    let double = Double::plain(Answers::cic(RIGHT)).await;
    let told = run(&config("127.0.0.1", double.port, false), "something else", Vec::new()).await;
    assert_eq!(told.ids("name"), ["check-name-is-address"]);
    assert_eq!(told.ids("tls"), ["check-tls-off-here"]);
    assert_eq!(told.ids("log_in"), ["check-wrong-password"]);
    assert_eq!(told.ids("rights"), ["check-not-tried"]);
    assert!(!told.text().contains("something else"));
    let old = Double::plain(Answers::fixed(400, r#"{"errorCode":-2147221503,"message":"The authentication process failed."}"#)).await;
    assert_eq!(run(&config("127.0.0.1", old.port, false), "x", Vec::new()).await.ids("log_in"), ["check-wrong-password"]);
}

#[tokio::test]
async fn every_answer_to_the_log_in_has_a_sentence_of_its_own() {
    let cases = [
        (503, r#"{"errorId":"error.server.unavailable","message":"starting"}"#, "check-unavailable"),
        (503, r#"{"errorId":"error.server.notAcceptingConnections","message":"x","alternateHostList":["cic2"]}"#, "check-nobody-active"),
        (403, r#"{"errorId":"error.request.accessDenied","message":"no licence"}"#, "check-log-in-forbidden"),
        (400, r#"{"errorId":"error.request.invalidRepresentation","message":"no"}"#, "check-log-in-refused"),
        (404, "<html>nothing here</html>", "check-other-server"),
        (200, "<html>It works!</html>", "check-other-server"),
        (201, r#"{"sessionId":42,"csrfToken":"t","daysUntilPasswordExpiration":3}"#, "check-password-expires"),
    ];
    for (status, body, id) in cases {
        let double = Double::plain(Answers::fixed(status, body)).await;
        let told = run(&config("127.0.0.1", double.port, false), RIGHT, Vec::new()).await;
        assert_eq!(told.ids("log_in"), [id], "{status} {body}");
    }
}

#[tokio::test]
async fn the_inactive_one_of_a_pair_is_right_while_the_other_can_be_logged_on_to() {
    let active = Double::plain(Answers::cic(RIGHT)).await;
    let standby = r#"{"errorId":"error.server.notAcceptingConnections","message":"x","alternateHostList":["localhost"]}"#;
    // The same port at another loopback address, as a pair has the same port on two machines.
    let inactive = Double::at(&format!("127.0.0.2:{}", active.port), Answers::fixed(503, standby)).await;
    let mut config = config("127.0.0.1", active.port, false);
    config.switch.backup = Some("127.0.0.2".to_owned());
    let told = run(&config, RIGHT, Vec::new()).await;
    assert_eq!(inactive.port, active.port);
    assert_eq!(told.ids("log_in"), ["check-logged-on", "check-standby"], "{}", told.text());
    assert_eq!(told.ids("rights").first(), Some(&"check-sees-statuses"));
}

#[tokio::test]
async fn what_the_user_may_not_see_is_named_with_the_right_that_is_missing() {
    let double = Double::plain(Answers::cic(RIGHT).without_rights()).await;
    let mut config = config("127.0.0.1", double.port, false);
    config.workmodes.ready = "Bereit".to_owned();
    let told = run(&config, RIGHT, Vec::new()).await;
    // The subscription of the queue is taken, and said to have failed afterwards.
    let expected = ["check-sees-statuses", "check-no-users", "check-sees-workgroups", "check-no-sessions", "check-no-workgroup-queues"];
    assert_eq!(told.ids("rights"), expected, "{}", told.text());
    assert_eq!(told.ids("statuses"), ["check-statuses-there", "check-status-missing", "check-reject-right"]);
    assert!(told.text().contains("workmodes.ready") && told.text().contains("Available, Do Not disturb"), "{}", told.text());
}

#[tokio::test]
async fn what_the_file_names_is_looked_for_by_name_and_nature() {
    use shared::config::{Handler, MappedWorkmode, RejectStep};
    let double = Double::plain(Answers::cic(RIGHT)).await;
    let mut config = config("127.0.0.1", double.port, false);
    config.workmodes.mapped = vec![MappedWorkmode { id: 4, status: "acd - not answering".into(), user_selectable: true }];
    config.ici.reject_workmode = 2;
    config.channels.action_item.enabled = true;
    config.channels.action_item.workgroup = Some("avp support".into());
    config.reject.steps = vec![RejectStep::Handler];
    config.reject.handler = Some(Handler { object_id: "SapReject".into(), event_id: "Reject".into(), wait: Duration::ZERO });
    let told = run(&config, RIGHT, Vec::new()).await;
    assert_eq!(told.ids("statuses"), ["check-statuses-there", "check-status-not-selectable", "check-reject-comes-back"], "{}", told.text());
    assert_eq!(told.ids("workgroups"), ["check-workgroup-there"]);
    assert_eq!(told.ids("handlers"), ["check-handler-usable"]);
    config.channels.action_item.workgroup = Some("Nobody".into());
    assert_eq!(run(&config, RIGHT, Vec::new()).await.ids("workgroups"), ["check-workgroup-missing"]);
}

#[tokio::test]
async fn a_proxy_is_spoken_to_with_its_own_path() {
    let double = Double::plain(Answers::cic(RIGHT)).await;
    let mut config = config("cic1", 1, true);
    config.switch.proxy = Some(format!("http://127.0.0.1:{}/api/{{host}}", double.port));
    let told = run(&config, RIGHT, Vec::new()).await;
    // The double knows no such path, and says so as a CIC server says it.
    assert_eq!(told.ids("log_in"), ["check-log-in-refused"], "{}", told.text());
    assert_eq!(double.asked(), ["POST /api/cic1/icws/connection?include=features,version"]);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_trusted_says_why() {
    let ours = Certificates::of(&["localhost"]);
    let other = Certificates::of(&["cic.example.com", "*.intern.example.com"]);
    let expired = Certificates::expired("localhost");
    let unknown = Certificates::of(&["localhost"]);
    let roots = [ours.roots(), other.roots(), expired.roots()].concat();
    for (certificates, id, named) in [
        (&other, "check-tls-other-name", "cic.example.com, *.intern.example.com"),
        (&expired, "check-tls-expired", "expired"),
        (&unknown, "check-tls-untrusted", "ca-certificates"),
    ] {
        let double = Double::with_tls(certificates, Answers::cic(RIGHT)).await;
        let told = run(&config("localhost", double.port, true), RIGHT, roots.clone()).await;
        assert_eq!(told.ids("tls"), [id], "{}", told.text());
        assert!(told.text().contains(named), "{}", told.text());
        assert_eq!((told.ids("log_in"), told.ids("rights")), (vec!["check-not-tried"], vec!["check-not-tried"]));
        assert_eq!(double.asked(), Vec::<String>::new(), "nothing is sent to whom nobody trusts");
    }
}

#[tokio::test]
async fn a_server_that_knows_only_old_tls_is_said_to_and_what_it_chose() {
    let old = Double::old_tls().await;
    let told = run(&config("127.0.0.1", old.port, true), RIGHT, Certificates::of(&["x"]).roots()).await;
    assert_eq!(told.ids("tls"), ["check-tls-too-old"], "{}", told.text());
    assert!(told.text().contains("TLS 1.0 with TLS_RSA_WITH_AES_128_CBC_SHA"), "{}", told.text());
}

#[tokio::test]
async fn a_port_without_tls_and_one_with_it_are_told_apart() {
    let certificates = Certificates::of(&["127.0.0.1"]);
    let plain = Double::plain(Answers::cic(RIGHT)).await;
    let told = run(&config("127.0.0.1", plain.port, true), RIGHT, certificates.roots()).await;
    assert_eq!(told.ids("tls"), ["check-tls-plain"], "{}", told.text());
    let secured = Double::with_tls(&certificates, Answers::cic(RIGHT)).await;
    let told = run(&config("127.0.0.1", secured.port, false), RIGHT, Vec::new()).await;
    assert_eq!(told.ids("log_in"), ["check-no-web-server"], "{}", told.text());
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_in_every_stage() {
    // Accepts, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let (tls, plain) = (config("127.0.0.1", port, true), config("127.0.0.1", port, false));
    let (tls, plain) = tokio::join!(run(&tls, RIGHT, Certificates::of(&["x"]).roots()), run(&plain, RIGHT, Vec::new()));
    assert_eq!(tls.ids("tls"), ["check-tls-late"], "{}", tls.text());
    assert_eq!(plain.ids("log_in"), ["check-log-in-late"], "{}", plain.text());
}

#[tokio::test]
async fn a_host_that_nobody_knows_and_a_closed_port_end_it_early() {
    let told = run(&config("no-such-host.invalid", 8019, true), RIGHT, Vec::new()).await;
    assert_eq!(told.ids("name"), ["check-name-unknown"]);
    for stage in ["tcp", "tls", "log_in", "rights"] {
        assert_eq!(told.ids(stage), ["check-not-tried"], "{stage}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let told = run(&config("127.0.0.1", port, true), RIGHT, Vec::new()).await;
    assert_eq!((told.ids("tcp"), told.ids("tls")), (vec!["check-tcp-refused"], vec!["check-not-tried"]));
}

#[tokio::test]
async fn without_the_password_the_log_in_is_not_tried() {
    let double = Double::plain(Answers::cic(RIGHT)).await;
    let mut config = config("127.0.0.1", double.port, false);
    config.switch.password = Some("env:JACKFIELD_THERE_IS_NONE".parse().unwrap());
    let mut out = Vec::new();
    let mut report = Report::new(&mut out, false, super::super::CLOSING);
    inspect(&config, &mut report).await.unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("the password is not at hand here"), "{text}");
    assert_eq!(double.asked(), Vec::<String>::new());
    let stage =
        Stage::new("tls", Duration::ZERO, vec![tls::without(Server::new("switch.server", "x", &shared::config::Switch::default())).1]);
    assert_eq!(stage.verdict, Verdict::Skipped);
}
