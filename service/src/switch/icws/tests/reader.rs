//! The reader of messages: events, asking instead, what was missed, and why it is over.

use super::peer::{Peer, Reply, Seen, json};
use crate::switch::icws::{IcwsError, Messages, wire::message::Message};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

const COMPLETED: &str = r#"{"__type":"urn:inin.com:messaging:asyncOperationCompletedMessage","isDelta":false,"requestId":"N"}"#;
const UP: &str = r#"{"connectionState":1}"#;

fn completed(number: u32) -> String {
    COMPLETED.replace('N', &number.to_string())
}

fn event(number: u32) -> String {
    format!("data: {}\r\n\r\n", completed(number))
}

fn wants_events(seen: &Seen) -> bool {
    seen.headers.iter().any(|(name, value)| name == "accept" && value == "text/event-stream")
}

fn number(message: Result<Message, IcwsError>) -> u32 {
    match message {
        Ok(Message::AsyncCompleted(done)) => done.request_id.parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn is_quiet(messages: &mut Messages, seconds: u64) -> bool {
    timeout(Duration::from_secs(seconds), messages.next()).await.is_err()
}

/// A peer with server-sent events; each stream that is opened is handed to the test.
fn streaming(
    mut connection: impl FnMut() -> Reply + Send + 'static,
) -> (Arc<Peer>, mpsc::UnboundedReceiver<mpsc::UnboundedSender<String>>) {
    let (opened, streams) = mpsc::unbounded_channel();
    let peer = Peer::after_log_in(2, move |seen| {
        if wants_events(seen) {
            let (sender, events) = mpsc::unbounded_channel();
            opened.send(sender).unwrap();
            return Reply::Events(events);
        }
        match seen.path.as_str() {
            "/icws/7/connection" => connection(),
            _ => json(200, "[]"),
        }
    });
    (peer, streams)
}

#[tokio::test(start_paused = true)]
async fn events_are_read_as_they_come_in_objects_and_in_lists() {
    let (peer, mut streams) = streaming(|| json(200, UP));
    let mut messages = peer.session().await.messages();
    let stream = streams.recv().await.unwrap();
    stream.send(format!(":ping\n\n{}id: 5\ndata: [{},\ndata: {}]\n\n", event(1), completed(2), completed(3))).unwrap();
    for expected in 1..=3 {
        assert_eq!(number(messages.next().await), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_costs_nothing_else() {
    let (peer, mut streams) = streaming(|| json(200, UP));
    let mut messages = peer.session().await.messages();
    let stream = streams.recv().await.unwrap();
    let broken = r#"data: {"__type":"urn:inin.com:interactions:interactionMorphedMessage"}"#;
    let text = format!("data: {{oops\n\ndata: {{\"__type\":\"urn:inin.com:new:thing\"}}\n\ndata: 7\n\n{broken}\n\n{}", event(1));
    stream.send(text).unwrap();
    assert_eq!(number(messages.next().await), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_is_opened_again_and_the_owner_told_to_subscribe_anew() {
    let (peer, mut streams) = streaming(|| json(200, UP));
    let mut messages = peer.session().await.messages();
    let first = streams.recv().await.unwrap();
    first.send(event(1)).unwrap();
    assert_eq!(number(messages.next().await), 1);
    drop(first);
    let second = streams.recv().await.unwrap();
    second.send(event(2)).unwrap();
    assert_eq!(messages.next().await, Ok(Message::Resubscribe));
    assert_eq!(number(messages.next().await), 2);
    assert!(peer.asked().contains(&"GET /connection".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn streams_that_end_at_once_are_given_up_for_asking() {
    let (peer, mut streams) = streaming(|| json(200, UP));
    let mut messages = peer.session().await.messages();
    drop(streams.recv().await.unwrap());
    drop(streams.recv().await.unwrap());
    // Nothing had been lost for the owner before, but the reader cannot know.
    assert_eq!(messages.next().await, Ok(Message::Resubscribe));
    assert!(timeout(Duration::from_mins(1), streams.recv()).await.is_err(), "a third stream was opened");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_knows_no_events_is_asked_each_second_after_its_answer() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let (noted, mut count) = (Arc::clone(&times), 0);
    let peer = Peer::after_log_in(1, move |_| {
        noted.lock().unwrap().push(Instant::now());
        count += 1;
        json(200, &format!("[{}]", completed(count)))
    });
    let mut messages = peer.session().await.messages();
    for expected in 1..=4 {
        assert_eq!(number(messages.next().await), expected);
    }
    let times = times.lock().unwrap();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(999)), "{times:?}");
    assert!(!peer.seen().iter().any(wants_events));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_promises_events_and_refuses_them_is_asked_instead() {
    for refusal in [406, 404, 500] {
        let peer =
            Peer::after_log_in(
                2,
                move |seen| {
                    if wants_events(seen) { json(refusal, "<html>") } else { json(200, &format!("[{}]", completed(1))) }
                },
            );
        let mut messages = peer.session().await.messages();
        assert_eq!(number(messages.next().await), 1, "{refusal}");
    }
}

#[tokio::test(start_paused = true)]
async fn messages_that_come_where_a_stream_was_asked_for_are_not_lost() {
    let mut count = 0;
    let peer = Peer::after_log_in(2, move |_| {
        count += 1;
        json(200, &format!("[{}]", completed(count)))
    });
    let mut messages = peer.session().await.messages();
    assert_eq!((number(messages.next().await), number(messages.next().await)), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_silent_for_more_than_half_a_minute() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&times);
    let (peer, mut streams) = streaming(move || {
        noted.lock().unwrap().push(Instant::now());
        json(200, UP)
    });
    let mut messages = peer.session().await.messages();
    let _stream = streams.recv().await.unwrap();
    let began = Instant::now();
    assert!(is_quiet(&mut messages, 100).await, "silence alone is no reason to subscribe anew");
    let times: Vec<u64> = times.lock().unwrap().iter().map(|time| (*time - began).as_secs()).collect();
    assert_eq!(times, [30, 60, 90]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_used_to_ping_and_says_nothing_for_a_minute_is_opened_anew() {
    let (peer, mut streams) = streaming(|| json(200, UP));
    let mut messages = peer.session().await.messages();
    let first = streams.recv().await.unwrap();
    first.send(":ping\n\n".to_owned()).unwrap();
    let began = Instant::now();
    assert_eq!(messages.next().await, Ok(Message::Resubscribe));
    assert!((59..63).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_ends_the_session_after_two_questions() {
    let (peer, mut streams) = streaming(|| Reply::Hang);
    let mut messages = peer.session().await.messages();
    drop(streams.recv().await.unwrap());
    assert!(matches!(messages.next().await, Err(IcwsError::Unreachable(_))));
    assert!(matches!(messages.next().await, Err(IcwsError::Unreachable(_))), "and stays so");
}

#[tokio::test(start_paused = true)]
async fn one_answer_that_fails_is_a_gap_and_two_are_the_end() {
    let mut count = 0;
    let peer = Peer::after_log_in(1, move |_| {
        count += 1;
        match count {
            1 => json(200, "[]"),
            2 | 4.. => json(500, ""),
            _ => json(200, &format!("[{}]", completed(count))),
        }
    });
    let mut messages = peer.session().await.messages();
    assert_eq!(messages.next().await, Ok(Message::Resubscribe));
    assert_eq!(number(messages.next().await), 3);
    assert!(matches!(messages.next().await, Err(IcwsError::Unreachable(_))));
}

#[tokio::test(start_paused = true)]
async fn down_means_log_in_again_unless_the_server_says_not_to() {
    let down = |reconnect: &str| {
        format!(
            r#"[{{"isDelta":false,"newConnectionState":"Down","reason":"r"{reconnect},"__type":"urn:inin.com:connection:connectionStateChangeMessage"}}]"#
        )
    };
    let lost = IcwsError::SessionLost("r".to_owned());
    let cases =
        [("", lost.clone()), (r#","shouldReconnect":true"#, lost), (r#","shouldReconnect":false"#, IcwsError::LoggedOff("r".to_owned()))];
    for (reconnect, expected) in cases {
        let text = down(reconnect);
        let mut messages = Peer::after_log_in(1, move |_| json(200, &text)).session().await.messages();
        assert!(matches!(messages.next().await, Ok(Message::ConnectionState(_))));
        assert_eq!(messages.next().await, Err(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_an_operation_finds_gone_ends_for_its_reader_too() {
    let (peer, mut streams) = streaming(|| json(401, r#"{"errorCode":-2147221499,"message":"gone"}"#));
    let session = peer.session().await;
    let mut messages = session.messages();
    let _stream = streams.recv().await.unwrap();
    assert_eq!(session.connection().await, Err(IcwsError::SessionLost("gone".to_owned())));
    assert_eq!(messages.next().await, Err(IcwsError::SessionLost("gone".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn the_inactive_server_ends_the_session_with_its_alternates() {
    let peer = Peer::after_log_in(1, |_| json(503, r#"{"alternateHostList":["cic9"],"message":"m"}"#));
    let mut messages = peer.session().await.messages();
    let expected = IcwsError::NotAccepting { alternates: vec!["cic9".to_owned()], message: "m".to_owned() };
    assert_eq!(messages.next().await, Err(expected));
}

#[tokio::test(start_paused = true)]
async fn an_owner_who_does_not_read_holds_the_reader_and_loses_nothing() {
    let (peer, mut streams) = streaming(|| json(200, UP));
    let mut messages = peer.session().await.messages();
    let stream = streams.recv().await.unwrap();
    for each in 0..2_000 {
        stream.send(event(each)).unwrap();
    }
    tokio::time::sleep(Duration::from_secs(20)).await;
    for each in 0..2_000 {
        assert_eq!(number(messages.next().await), each);
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_out_ends_the_messages() {
    let (peer, mut streams) = streaming(|| json(200, ""));
    let session = peer.session().await;
    let mut messages = session.messages();
    let _stream = streams.recv().await.unwrap();
    session.log_out().await.unwrap();
    assert!(matches!(messages.next().await, Err(IcwsError::LoggedOff(_))));
}
