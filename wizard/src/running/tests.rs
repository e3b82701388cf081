use super::*;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};

/// A service that gives these answers, one after the other on as many connections as it takes, and tells what it was asked.
pub(super) fn answering(answers: Vec<(u16, &'static str)>) -> (SocketAddr, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        let mut asked = Vec::new();
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap).take_while(|line| !line.is_empty());
            asked.push(lines.collect::<Vec<_>>().join("\n"));
            let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all((head + body).as_bytes()).unwrap();
        }
        asked
    };
    (address, thread::Builder::new().name("a service".into()).spawn(serve).unwrap())
}

fn ask(status: u16, body: &'static str) -> Result<Status, Trouble> {
    let (address, served) = answering(vec![(status, body)]);
    let answer = Asker::new(Place { address, token: None, far: None }).ask("/status");
    served.join().unwrap();
    answer
}

#[test]
fn what_a_service_says_is_understood_and_what_it_leaves_out_is_empty() {
    let body = r#"{"version":"0.1.0","uptime":5,"agents":[{"user":"ANNA","workmode":2,"workmode_text":"Available","calls":[{"item":"7","status":"ringing"}]}],"reload":{"result":"new_word"},"later":true}"#;
    let status = ask(200, body).unwrap();
    assert_eq!((status.agents[0].user.as_str(), status.agents[0].calls[0].status.as_str()), ("ANNA", "ringing"));
    assert_eq!((status.reload.result, status.events.len(), status.delivery), (ReloadResult::Unknown, 0, Delivery::default()));
}

#[test]
fn an_agent_is_logged_off_by_any_name_and_need_not_be_there() {
    let (address, served) = answering(vec![(200, "logged off"), (404, "he is not logged on"), (403, "x")]);
    let mut asker = Asker::new(Place { address, token: None, far: None });
    assert_eq!([asker.log_off("J\u{d6} X"), asker.log_off("B"), asker.log_off("C")], [Ok(()), Ok(()), Err(Trouble::Elsewhere)]);
    assert!(served.join().unwrap()[0].starts_with("DELETE /agents/%4A%C3%96%20%58 HTTP/1.1"));
}

#[test]
fn time_alone_is_no_news() {
    assert_eq!(ask(200, r#"{"version":"1","uptime":5}"#), ask(200, r#"{"version":"1","uptime":6}"#));
}

#[test]
fn each_refusal_is_told_apart() {
    assert_eq!(ask(401, "x"), Err(Trouble::Token));
    assert_eq!(ask(403, "x"), Err(Trouble::Elsewhere));
    assert_eq!(ask(404, "x"), Err(Trouble::Foreign));
    assert_eq!(ask(302, "x"), Err(Trouble::Foreign));
    assert_eq!(ask(200, "<html>"), Err(Trouble::Foreign));
    assert_eq!(ask(503, "the switch is away\n"), Err(Trouble::Refused("the switch is away".into())));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(matches!(Asker::new(Place { address: nobody, token: None, far: None }).ask::<Status>("/status"), Err(Trouble::Down(_))));
}

#[cfg(unix)]
#[test]
fn the_token_is_taken_from_its_place_again_after_a_refusal() {
    use std::{fs, os::unix::fs::PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let (address, served) = answering(vec![(401, ""), (200, "{}")]);
    let mut asker = Asker::new(Place { address, token: Some(SecretRef::File(file.clone())), far: None });
    assert_eq!(asker.ask::<Status>("/status"), Err(Trouble::Token));
    fs::write(&file, "new").unwrap();
    assert_eq!(asker.ask::<Status>("/status"), Ok(Status::default()));
    let requests = served.join().unwrap();
    let with = |request: &str, token: &str| request.to_lowercase().contains(&format!("authorization: bearer {token}"));
    assert!(with(&requests[0], "old") && with(&requests[1], "new"), "{requests:?}");
    fs::remove_file(&file).unwrap();
    asker.token = None;
    assert!(matches!(asker.ask::<Status>("/status"), Err(Trouble::NoToken(why)) if why.contains("not there")));
}

#[test]
fn a_service_is_followed_and_only_news_are_told() {
    let (address, served) =
        answering(vec![(200, r#"{"calls":1,"uptime":1}"#), (200, r#"{"calls":1,"uptime":2}"#), (200, r#"{"calls":2}"#)]);
    let mut job = Place { address, token: None, far: None }.follow(&Jobs::new(|| {})).unwrap();
    let calls: Vec<_> = [job.wait(), job.wait()].into_iter().map(|seen| seen.unwrap().map(|status| status.calls)).collect();
    assert_eq!(calls, [Ok(1), Ok(2)]);
    served.join().unwrap();
}

#[test]
fn every_address_means_this_machine_and_a_free_port_means_nowhere() {
    let at = |listen: &str| {
        let mut config = Config::built_in();
        config.admin.listen = listen.parse().unwrap();
        Place::of(&config).map(|place| place.address.to_string())
    };
    assert_eq!(at("0.0.0.0:8096").as_deref(), Some("127.0.0.1:8096"));
    assert_eq!(at("[::]:8096").as_deref(), Some("[::1]:8096"));
    assert_eq!(at("192.0.2.1:9").as_deref(), Some("192.0.2.1:9"));
    assert_eq!(at("127.0.0.1:0"), None);
}
