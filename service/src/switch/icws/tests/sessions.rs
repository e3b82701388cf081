//! Sessions: logging in at servers of all ages, deadlines, what is asked again and what never is.

use super::peer::{LOGIN, Peer, Reply, json as answer, refused};
use crate::switch::icws::{
    IcwsError, Session,
    wire::{
        configuration::User,
        interactions::{NewInteraction, Target},
        media::CallbackDisposition,
    },
};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

fn a_call() -> NewInteraction {
    NewInteraction::Chat { target: "x".to_owned() }
}

#[tokio::test]
async fn a_session_carries_its_cookie_and_token_and_prints_neither() {
    let peer = Peer::after_log_in(1, |_| answer(200, ""));
    let session = peer.session().await;
    session.pickup("1").await.unwrap();
    let seen = peer.seen().remove(1);
    let header = |name: &str| seen.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assert_eq!(header("cookie").as_deref(), Some("icws_7=secretcookie"));
    assert_eq!(header("inin-icws-csrf-token").as_deref(), Some("WAhhZ2VudDE="));
    assert_eq!((header("host").as_deref(), header("content-length").as_deref()), (Some("cic1:8018"), Some("0")));
    assert_eq!(format!("{session:?}"), "session 7 at cic1");
}

#[tokio::test]
async fn a_server_of_before_include_is_asked_without() {
    let peer = Peer::new(|seen| {
        if seen.path.contains("include") {
            answer(400, r#"{"errorId":"error.request.unsupported","message":"m"}"#)
        } else {
            answer(201, LOGIN)
        }
    });
    let session = peer.session().await;
    assert_eq!(session.id().as_str(), "7");
    assert_eq!(peer.seen()[1].path, "/icws/connection");
}

#[tokio::test]
async fn a_session_may_be_named_in_headers_only_and_its_id_be_a_number() {
    let headers = "ININ-ICWS-Session-ID: 8\r\nININ-ICWS-CSRF-Token: t\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n";
    let peer =
        Peer::new(
            move |seen| {
                if seen.path.starts_with("/icws/connection") { Reply::Answer(201, headers, String::new()) } else { answer(200, "") }
            },
        );
    let session = peer.session().await;
    session.pickup("1").await.unwrap();
    let seen = peer.seen().remove(1);
    assert_eq!(seen.path, "/icws/8/interactions/1/pickup");
    assert!(
        seen.headers.contains(&("cookie".to_owned(), "a=1; b=2".to_owned()))
            && seen.headers.contains(&("inin-icws-csrf-token".to_owned(), "t".to_owned()))
    );
    let numbered = Peer::new(|_| answer(201, r#"{"sessionId":9,"csrfToken":"x"}"#));
    assert_eq!(numbered.session().await.id().as_str(), "9");
}

#[tokio::test]
async fn a_log_in_that_names_no_session_is_none() {
    let peer = Peer::new(|_| answer(201, "{}"));
    let why = Session::log_in(&peer.site(), "cic1", &super::peer::credentials()).await.err();
    assert!(matches!(why, Some(IcwsError::Malformed(_))));
}

#[tokio::test]
async fn a_log_in_that_is_refused_for_another_reason_is_not_about_the_user() {
    for (status, about_user) in [(403, false), (500, false), (401, true)] {
        let peer = Peer::new(move |_| answer(status, r#"{"message":"m"}"#));
        let why = Session::log_in(&peer.site(), "cic1", &super::peer::credentials()).await.unwrap_err();
        assert_eq!(matches!(why, IcwsError::Authentication(_)), about_user, "{status} {why}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_answered_in_time_is_given_up() {
    let peer = Peer::after_log_in(1, |_| Reply::Silence);
    let session = peer.session().await;
    let began = Instant::now();
    assert_eq!(session.pickup("1").await, Err(IcwsError::Timeout));
    assert_eq!(began.elapsed().as_secs(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_post_that_may_have_arrived_is_never_sent_again_and_what_only_asks_is() {
    let mut count = 0;
    let peer = Peer::after_log_in(1, move |_| {
        count += 1;
        // The first goes well, so that its connection is kept; the next finds it dying.
        if count % 2 == 1 { answer(200, r#"{"interactionId":1}"#) } else { Reply::Hang }
    });
    let session = peer.session().await;
    session.create(&a_call()).await.unwrap();
    assert!(matches!(session.create(&a_call()).await, Err(IcwsError::Unreachable(_))));
    assert_eq!(peer.asked().len(), 2);
    session.station().await.unwrap();
    session.station().await.unwrap();
    assert_eq!(peer.asked().len(), 5, "the fourth question was asked again on a new connection");
}

#[tokio::test(start_paused = true)]
async fn no_more_than_four_operations_run_at_once() {
    let most = Arc::new(AtomicUsize::new(0));
    let peer = Peer::after_log_in(1, |_| Reply::Silence);
    let session = peer.session().await;
    let all: Vec<_> = (0..10)
        .map(|number| {
            let session = session.clone();
            tokio::spawn(async move { session.pickup(&number.to_string()).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    most.store(peer.asked().len(), Ordering::Relaxed);
    assert_eq!(most.load(Ordering::Relaxed), 4);
    for each in all {
        assert_eq!(each.await.unwrap(), Err(IcwsError::Timeout));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_it() {
    let peer = Peer::after_log_in(1, |_| answer(200, &format!("\"{}\"", "x".repeat(2 << 20))));
    let session = peer.session().await;
    assert!(matches!(session.station().await, Err(IcwsError::Malformed(_))));
    // What was done stays done, however much is said about it; what was refused stays refused.
    assert_eq!(session.pickup("1").await, Ok(()));
    let long = Peer::after_log_in(1, |_| answer(404, &format!("\"{}\"", "x".repeat(2 << 20))));
    assert_eq!(long.session().await.pickup("1").await, Err(refused(404, "", None, "404 Not Found")));
}

fn users(range: std::ops::Range<usize>) -> String {
    let all: Vec<_> = range.map(|number| format!(r#"{{"configurationId":{{"id":"user{number}"}},"extension":{number}}}"#)).collect();
    format!(r#"{{"items":[{}]}}"#, all.join(","))
}

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end() {
    for (total, says_total, pages) in [(450, true, 3), (400, true, 2), (400, false, 3), (450, false, 3), (3, false, 1)] {
        let peer = Peer::after_log_in(1, move |seen| {
            let range = seen.headers.iter().find(|(name, _)| name == "range").unwrap().1.clone();
            let first: usize = range.trim_start_matches("items=").split('-').next().unwrap().parse().unwrap();
            if first >= total {
                return answer(416, "");
            }
            let last = total.min(first + 200);
            let said: &'static str = if says_total {
                if total == 450 { "Content-Range: items x/450\r\n" } else { "Content-Range: items x/400\r\n" }
            } else {
                ""
            };
            Reply::Answer(200, said, users(first..last))
        });
        let session = peer.session().await;
        let all: Vec<User> = session.list().await.unwrap();
        assert_eq!((all.len(), peer.asked().len()), (total, pages), "{says_total}");
        assert_eq!(all.last().unwrap().extension, (total - 1).to_string().as_str());
    }
}

#[tokio::test]
async fn a_list_that_no_view_is_known_for_is_read_without() {
    let peer = Peer::after_log_in(1, |seen| if seen.path.contains("rightsFilter") { answer(400, "{}") } else { answer(200, &users(0..2)) });
    assert_eq!(peer.session().await.list::<User>().await.unwrap().len(), 2);
    let empty = Peer::after_log_in(1, |seen| if seen.path.contains("rightsFilter") { answer(200, "") } else { answer(403, "{}") });
    assert_eq!(empty.session().await.list::<User>().await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_server_that_knows_no_pages_is_not_asked_for_a_second() {
    let peer = Peer::after_log_in(1, |_| answer(200, &users(0..1_000)));
    assert_eq!((peer.session().await.list::<User>().await.unwrap().len(), peer.asked().len()), (1_000, 1));
}

#[tokio::test]
async fn operations_are_sent_as_documented() {
    let peer = Peer::after_log_in(1, |_| answer(200, ""));
    let session = peer.session().await;
    session.hold("1", false).await.unwrap();
    session.listen("1", true, true).await.unwrap();
    session.send_to_voicemail("1").await.unwrap();
    session.cancel_consult("1", "7").await.unwrap();
    session.add_to_conference("9", &["3".into()]).await.unwrap();
    session.chat_post("1", "good day").await.unwrap();
    session.chat_typing("1", true).await.unwrap();
    session.callback_disposition("1", CallbackDisposition::Retry).await.unwrap();
    session.transfer_to_voicemail("1", &Target::Dial("8001".to_owned())).await.unwrap();
    session.set_status("a b", "Available, No ACD").await.unwrap();
    let sent: Vec<_> = peer.seen().into_iter().skip(1).map(|seen| (format!("{} {}", seen.method, &seen.path[7..]), seen.body)).collect();
    let expected = [
        ("POST /interactions/1/hold", json!({ "on": false })),
        ("POST /interactions/1/listen", json!({ "on": true, "supervisor": true })),
        ("POST /interactions/1/send-to-voicemail", json!(null)),
        ("DELETE /interactions/1/consult/7", json!(null)),
        ("PUT /interactions/conferences/9", json!({ "interactions": ["3"] })),
        ("POST /interactions/1/chat/messages", json!({ "text": "good day", "clearTypingIndicator": true })),
        ("PUT /interactions/1/chat/typing-indicator", json!({ "on": true })),
        ("PUT /interactions/1/callback/disposition", json!({ "disposition": 2 })),
        ("POST /interactions/1/transfer-to-voicemail", json!({ "target": "8001" })),
        ("PUT /status/user-statuses/a%20b", json!({ "statusId": "Available, No ACD" })),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(line, body)| (line.to_owned(), body)).collect();
    assert_eq!(sent, expected);
}

/// A peer that takes a status and tells these messages after it.
async fn set_status(told: &'static str, seconds: u64) -> Result<(), IcwsError> {
    let peer = Peer::after_log_in(1, move |seen| match seen.method.as_str() {
        "PUT" => answer(202, r#"{"requestId":4}"#),
        _ => answer(200, told),
    });
    let session = peer.session().await;
    let mut messages = session.messages();
    tokio::spawn(async move { while messages.next().await.is_ok() {} });
    session.set_status_and_wait("agent1", "At Lunch", Instant::now() + Duration::from_secs(seconds)).await
}

#[tokio::test(start_paused = true)]
async fn a_status_is_set_when_its_request_says_so_or_the_user_is_shown_in_it() {
    let done = r#"[{"__type":"urn:inin.com:messaging:asyncOperationCompletedMessage","requestId":"4","error":null}]"#;
    assert_eq!(set_status(done, 60).await, Ok(()));
    let shown = r#"[{"__type":"urn:inin.com:status:userStatusMessage","isDelta":true,"userStatusList":[{"userId":"Agent1","statusId":"at lunch"}]}]"#;
    assert_eq!(set_status(shown, 60).await, Ok(()));
    let failed =
        r#"[{"__type":"urn:inin.com:messaging:asyncOperationCompletedMessage","requestId":4,"error":{"errorId":"e","message":"no"}}]"#;
    assert_eq!(set_status(failed, 60).await, Err(refused(202, "e", None, "no")));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_nothing_is_heard_of_is_waited_for_five_seconds_at_most() {
    let began = Instant::now();
    assert_eq!(set_status("[]", 60).await, Err(IcwsError::Timeout));
    assert_eq!(began.elapsed().as_secs(), 5);
    let began = Instant::now();
    assert_eq!(set_status("[]", 2).await, Err(IcwsError::Timeout));
    assert_eq!(began.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn a_server_can_be_asked_for_its_version_without_a_session() {
    let peer = Peer::new(|seen| match seen.path.as_str() {
        "/icws/connection/version" => answer(200, r#"{"majorVersion":20,"minorVersion":"1","productReleaseDisplayString":"2020 R1"}"#),
        "/icws/connection/features" => answer(200, r#"{"featureInfoList":[{"featureId":"messaging","version":"2"}]}"#),
        _ => answer(404, ""),
    });
    let site = peer.site();
    let version = site.version("cic2").await.unwrap();
    assert_eq!((version.major_version.as_str(), version.product_release_display_string.as_str()), ("20", "2020 R1"));
    assert_eq!(site.features("cic2").await.unwrap()[0].version, 2);
    assert!(site.feature("cic2", "x").await.unwrap_err().is_status(404));
    assert!(peer.seen().iter().all(|seen| seen.host == "cic2" && !seen.headers.iter().any(|(name, _)| name == "cookie")));
}
