//! A registration in front of a directory in every mood (sld §6), of every certificate, and behind a proxy; and the lane over time. The
//! directory is the simulator's, which shares no code with what is tested.

mod certificates;
mod lanes;
mod proxies;

use super::*;
use crate::simulator::sld::{Listening, Mood, Site, Sld as Directory};
use secrecy::SecretString;
use std::path::Path;

const USER: &str = "SLDDSUSER";
const PASSWORD: &str = "hunter2";
/// Longer than everything but what hangs.
const PATIENCE: Duration = Duration::from_secs(20);

const SUPPLIER: &str = "/sld/ds";
const CIM: &str = "/sld/cimom";

/// A directory that takes registrations of [`USER`].
async fn directory(mood: Mood) -> (Directory, Listening) {
    let site = Site { user: Some(USER.into()), password: Some(PASSWORD.into()), largest: 1 << 20 };
    let (directory, _) = Directory::new(site, mood);
    let listening = directory.listen("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
    (directory, listening)
}

/// What is registered there, by the built-in template.
fn destination(at: std::net::SocketAddr, path: &str) -> Destination {
    let settings = shared::config::Sld {
        server: Some(at.ip().to_string()),
        port: at.port(),
        uri: path.into(),
        user_id: Some(USER.into()),
        ..shared::config::Sld::default()
    };
    let rendered = crate::app::sld::render(&settings, Path::to_path_buf).remove(0);
    let mut destination = (*rendered.planned.ready.ok().unwrap()).clone();
    destination.password = Some(password(PASSWORD));
    destination
}

fn password(text: &str) -> Password {
    let secret = SecretString::from(text.to_owned());
    Arc::new(move || {
        let secret = secret.clone();
        Box::pin(async move { Ok(secret) })
    })
}

/// What comes of sending and of testing in a mood.
async fn both(mood: Mood, path: &str, within: Duration) -> (Outcome, Outcome) {
    let (_directory, listening) = directory(mood).await;
    let destination = destination(listening.address(), path);
    (send(&destination, within).await, test(&destination, within).await)
}

macro_rules! moods {
    ($($name:ident: $mood:ident $path:ident => $class:ident $id:literal, tested: $tested:literal;)+) => {
        mod each_mood_has_its_verdict {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                let (sent, tested) = both(Mood::$mood, $path, PATIENCE).await;
                assert_eq!((sent.verdict.class(), sent.verdict.words().id), (Class::$class, $id), "{sent:?}");
                assert_eq!(tested.verdict.words().id, $tested, "{tested:?}");
                assert!(!format!("{sent:?}{tested:?}").contains(PASSWORD));
            })+
        }
    };
}

moods! {
    well: Well SUPPLIER => Sent "check-sld-accepted", tested: "check-sld-ready";
    old_wants_a_length_and_gets_it: Old SUPPLIER => Sent "check-sld-accepted", tested: "check-sld-ready";
    no_role: NoRole SUPPLIER => Auth "check-sld-no-role", tested: "check-sld-no-role";
    starting: Starting SUPPLIER => Network "check-sld-not-ready", tested: "check-sld-not-ready";
    small: Small SUPPLIER => Rejected "check-sld-too-large", tested: "check-sld-ready";
    redirects_to_a_log_on_page: Redirects SUPPLIER => Auth "check-sld-log-on-page", tested: "check-sld-log-on-page";
    redirects_to_tls: ToTls SUPPLIER => Rejected "check-sld-use-tls", tested: "check-sld-use-tls";
    log_on_page: LogOnPage SUPPLIER => Auth "check-sld-log-on-page", tested: "check-sld-log-on-page";
    a_page_for_people: Page SUPPLIER => Rejected "check-sld-page", tested: "check-sld-ready";
    breaks_off: Breaks SUPPLIER => Network "check-sld-broken", tested: "check-sld-broken";
    cim_well: Well CIM => Sent "check-sld-accepted", tested: "check-sld-server";
    cim_already_there: AlreadyThere CIM => Sent "check-sld-already-there", tested: "check-sld-server";
    cim_fails: Fails CIM => Rejected "check-sld-cim", tested: "check-sld-server";
    cim_denied: Denied CIM => Auth "check-sld-access-denied", tested: "check-sld-access-denied";
    cim_behind_a_log_on_page: LogOnPage CIM => Auth "check-sld-log-on-page", tested: "check-sld-log-on-page";
    cim_behind_a_page: Page CIM => Rejected "check-sld-no-cim", tested: "check-sld-no-cim";
}

#[tokio::test]
async fn a_directory_that_hangs_is_left_in_time() {
    let (sent, tested) = both(Mood::Hangs, SUPPLIER, Duration::from_millis(300)).await;
    for outcome in [sent, tested] {
        assert!(matches!(&outcome.verdict, Verdict::Late { what, .. } if what == "answer"), "{outcome:?}");
        assert_eq!(outcome.verdict.class(), Class::Network);
    }
}

#[tokio::test]
async fn who_logs_on_wrongly_and_who_asks_elsewhere_is_told_so() {
    let (_directory, listening) = directory(Mood::Well).await;
    let right = destination(listening.address(), SUPPLIER);
    let wrong = [
        (Destination { password: Some(password("guess")), ..right.clone() }, Class::Auth, "check-sld-wrong-password"),
        (Destination { user: None, password: None, ..right.clone() }, Class::Auth, "check-sld-no-user"),
        (destination(listening.address(), "/sld/elsewhere"), Class::Rejected, "check-sld-wrong-path"),
    ];
    for (destination, class, id) in wrong {
        for verdict in [send(&destination, PATIENCE).await.verdict, test(&destination, PATIENCE).await.verdict] {
            assert_eq!((verdict.class(), verdict.words().id), (class, id), "{verdict:?}");
        }
    }
    let away = listening.address();
    drop(listening);
    let verdict = send(&destination(away, SUPPLIER), PATIENCE).await.verdict;
    assert_eq!((verdict.class(), verdict.words().id), (Class::Network, "check-sld-silent"));
    let nobody = Destination { host: "no-such-host.invalid".into(), ..right };
    assert_eq!(send(&nobody, PATIENCE).await.verdict.words().id, "check-sld-unknown");
}

#[tokio::test]
async fn the_request_is_the_document_byte_for_byte_with_the_fields_of_its_interface() {
    let (directory, listening) = directory(Mood::Well).await;
    let supplier = destination(listening.address(), SUPPLIER);
    let cim = destination(listening.address(), CIM);
    assert_eq!(test(&supplier, PATIENCE).await.status, Some(405));
    send(&supplier, PATIENCE).await;
    send(&cim, PATIENCE).await;
    let [_, by_ds, by_cim] = <[_; 3]>::try_from(directory.seen()).unwrap();
    assert_eq!((by_ds.line.as_str(), by_cim.line.as_str()), ("POST /sld/ds", "POST /sld/cimom"));
    assert_eq!((by_ds.body.as_slice(), by_cim.body.as_slice()), (supplier.payload.as_bytes(), cim.payload.as_bytes()));
    let host = listening.address().to_string();
    let length = supplier.payload.len().to_string();
    let agent = concat!("Jackfield/", env!("CARGO_PKG_VERSION"));
    let expected = [
        ("host", host.as_str()),
        ("user-agent", agent),
        ("authorization", "Basic U0xERFNVU0VSOmh1bnRlcjI="),
        ("content-type", "text/xml; charset=UTF-8"),
        ("content-length", &length),
        ("accept", "*/*"),
    ];
    let fields: Vec<_> = by_ds.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, expected);
    for (name, value) in [
        ("cimprotocolversion", "1.0"),
        ("cimoperation", "MethodCall"),
        ("cimmethod", "SAPExt_CreateOrModifyInstance"),
        ("cimobject", "sld/active"),
        ("accept-charset", "UTF-8"),
        ("content-type", "application/xml; charset=utf-8"),
        ("accept", "application/xml, text/xml"),
    ] {
        assert!(by_cim.fields.iter().any(|field| (field.0.as_str(), field.1.as_str()) == (name, value)), "{name}: {:?}", by_cim.fields);
    }
}

#[tokio::test]
async fn sent_twice_is_one_record_and_renamed_is_two() {
    let (directory, listening) = directory(Mood::Well).await;
    let one = destination(listening.address(), SUPPLIER);
    let renamed = Destination { payload: one.payload.replace("JACKFIELD_ICI", "OTHER").into(), ..one.clone() };
    for destination in [&one, &one, &renamed] {
        assert_eq!(send(destination, PATIENCE).await.verdict.class(), Class::Sent);
    }
    let records: Vec<_> = directory.records().into_iter().map(|(system, _, times)| (system, times)).collect();
    assert_eq!(records, [("JACKFIELD_ICI".to_owned(), 2), ("OTHER".to_owned(), 1)]);
}

#[tokio::test]
async fn a_password_that_cannot_be_had_sends_nothing() {
    let (directory, listening) = directory(Mood::Well).await;
    let none: Password = Arc::new(|| Box::pin(async { Err("the file is not there".to_owned()) }));
    let destination = Destination { password: Some(none), ..destination(listening.address(), SUPPLIER) };
    let outcome = send(&destination, PATIENCE).await;
    assert_eq!(outcome.verdict, Verdict::NoPassword { why: "the file is not there".into() });
    let never: Password = Arc::new(|| Box::pin(std::future::pending()));
    let late = send(&Destination { password: Some(never), ..destination }, Duration::from_millis(50)).await;
    assert_eq!(late.verdict.class(), Class::Invalid);
    assert_eq!(directory.seen(), []);
}

#[tokio::test]
async fn an_answer_is_kept_in_part_and_never_with_the_password() {
    let long = format!("<p>{PASSWORD} and U0xERFNVU0VSOmh1bnRlcjI= \u{1}</p>{}", "ü".repeat(100_000));
    let at = raw(format!("HTTP/1.1 400 Bad\r\nContent-Length: {}\r\n\r\n{long}", long.len())).await;
    let outcome = send(&destination(at, SUPPLIER), PATIENCE).await;
    assert_eq!(outcome.verdict, Verdict::Refused { status: "400".into() });
    assert!(outcome.answer.starts_with("<p>… and …  </p>üü"), "{}", &outcome.answer[..40]);
    assert!((2047..=2048).contains(&outcome.answer.len()), "{}", outcome.answer.len());
}

#[tokio::test]
async fn what_is_no_http_and_what_never_ends_are_left() {
    let ssh = raw("SSH-2.0-OpenSSH\r\n".to_owned()).await;
    assert_eq!(send(&destination(ssh, SUPPLIER), PATIENCE).await.verdict.words().id, "check-sld-broken");
    let endless = raw(format!("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n{}", "x".repeat(70_000))).await;
    let outcome = send(&destination(endless, SUPPLIER), PATIENCE).await;
    assert_eq!((outcome.verdict.class(), outcome.answer.len()), (Class::Sent, 2048), "64 KiB are enough to know");
}

/// Somebody who says this, whatever he is asked, and keeps the connection open.
async fn raw(text: String) -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            // The first part of the request; what follows stays in the socket.
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(text.as_bytes()).await;
            kept.push(stream);
        }
    });
    address
}
