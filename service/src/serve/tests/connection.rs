//! Connections, with a handler that does what its path says.

use super::wire::Wire;
use crate::serve::{
    body,
    connection::{Answer, Bounds, Door, Guest, Handler, Protection},
    hall::Hall,
    listener::Listener,
    reply::{self, Refused},
};
use hyper::{Request, StatusCode, body::Incoming};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

const LOCAL: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// `/panic` panics, `/wait` answers when it is let, everything else is an echo.
pub(super) struct Echo {
    pub(super) go: Semaphore,
    pub(super) reached: Semaphore,
    pub(super) header_time: Duration,
    pub(super) connections: usize,
    pub(super) per_address: usize,
    pub(super) per_second: u32,
}

impl Echo {
    pub(super) fn new() -> Self {
        let (go, reached) = (Semaphore::new(0), Semaphore::new(0));
        Self { go, reached, header_time: Duration::from_secs(20), connections: 100, per_address: 100, per_second: 0 }
    }

    pub(super) fn listen(self) -> (Listener<Self>, Arc<Self>) {
        let hall = self.hall();
        (Listener::start(SocketAddr::from(LOCAL), &hall, Door::Main).unwrap(), Arc::clone(&hall.handler))
    }

    pub(super) fn hall(self) -> Arc<Hall<Self>> {
        Hall::new(Arc::new(self))
    }
}

impl Handler for Echo {
    async fn answer(&self, request: Request<Incoming>, _: Guest) -> Answer {
        let (head, body) = request.into_parts();
        match head.uri.path() {
            "/panic" => panic!("on purpose"),
            "/wait" => {
                self.reached.add_permits(1);
                self.go.acquire().await.unwrap().forget();
            }
            _ => {}
        }
        if head.method == hyper::Method::GET {
            return reply::answer(StatusCode::OK, reply::TEXT, head.uri.path().to_owned());
        }
        match body::read(&head.headers, body, 1_000_000, Duration::from_millis(100)).await {
            Ok(body) => reply::answer(StatusCode::OK, reply::TEXT, body),
            Err(error) => Refused::from(error).text(),
        }
    }

    fn broken(&self) -> Answer {
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "It broke").text()
    }

    fn too_slow(&self) -> (&'static str, Vec<u8>) {
        (reply::TEXT, b"too slow".to_vec())
    }

    fn too_many(&self) -> Answer {
        Refused::new(StatusCode::TOO_MANY_REQUESTS, "Too many").text()
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            header_time: self.header_time,
            write_time: Duration::from_secs(20),
            connections: self.connections,
            connections_per_address: self.per_address,
            requests_per_second: self.per_second,
        }
    }

    fn protection(&self, _: Door) -> Protection {
        Protection::Plain
    }
}

#[tokio::test]
async fn http_1_0_is_answered_as_such_with_a_length_and_closed() {
    let (listener, _) = Echo::new().listen();
    let mut wire = Wire::open(listener.address()).await;
    wire.send("GET /a HTTP/1.0\r\n\r\n").await;
    let reply = wire.reply().await.unwrap();
    assert!(reply.head.starts_with("HTTP/1.0 200 OK"), "{}", reply.head);
    assert!(reply.has("content-length: 2") && reply.has("connection: close"), "{}", reply.head);
    assert_eq!(reply.body, "/a");
    assert!(wire.is_closed().await);
}

#[tokio::test]
async fn http_1_0_is_kept_open_when_it_asks() {
    let (listener, _) = Echo::new().listen();
    let mut wire = Wire::open(listener.address()).await;
    for path in ["/a", "/b"] {
        wire.send(format!("GET {path} HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")).await;
        let reply = wire.reply().await.unwrap();
        assert!(reply.has("connection: keep-alive"), "{}", reply.head);
        assert_eq!(reply.body, path);
    }
}

#[tokio::test]
async fn a_client_that_half_closes_still_gets_its_answer() {
    let (listener, echo) = Echo::new().listen();
    for version in ["1.0", "1.1"] {
        let mut wire = Wire::open(listener.address()).await;
        wire.send(format!("POST /wait HTTP/{version}\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")).await;
        wire.half_close().await;
        echo.reached.acquire().await.unwrap().forget();
        echo.go.add_permits(1);
        assert_eq!(wire.reply().await.map(|reply| reply.body).as_deref(), Some("hi"), "HTTP/{version}");
        assert!(wire.is_closed().await);
    }
}

#[tokio::test]
async fn requests_sent_at_once_are_answered_in_order() {
    let (listener, _) = Echo::new().listen();
    let mut wire = Wire::open(listener.address()).await;
    let many = (0..20).map(|number| format!("GET /{number} HTTP/1.1\r\nHost: x\r\n\r\n")).collect::<Vec<_>>().concat();
    wire.send(many).await;
    for number in 0..20 {
        assert_eq!(wire.reply().await.unwrap().body, format!("/{number}"));
    }
}

#[tokio::test]
async fn chunks_are_put_together_and_100_continue_is_said_when_asked() {
    let (listener, _) = Echo::new().listen();
    let reply = Wire::ask(
        listener.address(),
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n",
    )
    .await;
    assert_eq!(reply.body, "abcd");
    let mut wire = Wire::open(listener.address()).await;
    wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n").await;
    assert_eq!(wire.reply().await.unwrap().status, 100);
    wire.send("hi").await;
    assert_eq!(wire.reply().await.unwrap().body, "hi");
    let mut wire = Wire::open(listener.address()).await;
    wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\nExpect: 100-continue\r\n\r\n").await;
    assert_eq!(wire.reply().await.unwrap().status, 413, "who asks first is told no before he sends");
}

#[tokio::test]
async fn a_panic_costs_its_caller_an_answer_500_and_nobody_else_anything() {
    let (listener, _) = Echo::new().listen();
    let mut wire = Wire::open(listener.address()).await;
    wire.send("GET /panic HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let reply = wire.reply().await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (500, "It broke.\n"));
    assert_eq!(wire.reply().await.unwrap().body, "/after");
    assert_eq!(Wire::ask(listener.address(), "GET /other HTTP/1.0\r\n\r\n").await.body, "/other");
}

#[tokio::test]
async fn a_slow_header_is_told_so_and_an_idle_connection_is_just_closed() {
    let (listener, _) = Echo { header_time: Duration::from_millis(50), ..Echo::new() }.listen();
    let mut slow = Wire::open(listener.address()).await;
    let mut idle = Wire::open(listener.address()).await;
    slow.send("POST / HTTP/1.1\r\nHost: ").await;
    let reply = slow.reply().await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (408, "too slow"));
    assert!(slow.is_closed().await);
    assert!(idle.is_closed().await);
}

#[tokio::test]
async fn a_slow_body_is_told_so() {
    let (listener, _) = Echo::new().listen();
    let reply = Wire::ask(listener.address(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc").await;
    assert_eq!(reply.status, 408);
    assert!(reply.has("connection: close") && reply.body.contains("limits.body_time"), "{reply:?}");
}

#[tokio::test]
async fn who_sends_too_much_can_still_read_why_it_is_refused() {
    let (listener, _) = Echo::new().listen();
    let body = vec![b'x'; 8_000_000];
    for version in ["1.0", "1.1"] {
        let mut wire = Wire::open(listener.address()).await;
        wire.send(format!("POST / HTTP/{version}\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len())).await;
        wire.send(&body).await;
        assert_eq!(wire.reply().await.map(|reply| reply.status), Some(413), "HTTP/{version}");
    }
    let mut wire = Wire::open(listener.address()).await;
    wire.send("POST / HTTP/1.0\r\n\r\n").await;
    wire.send(&body).await;
    wire.half_close().await;
    assert_eq!(wire.reply().await.map(|reply| reply.status), Some(411), "where the body ends cannot be known");
}

#[tokio::test]
async fn what_is_no_http_is_answered_with_400() {
    let (listener, _) = Echo::new().listen();
    for garbage in ["\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", "HELO sap\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"] {
        assert_eq!(Wire::ask(listener.address(), garbage).await.status, 400, "{garbage:?}");
    }
    let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    assert_eq!(Wire::ask(listener.address(), long).await.status, 431);
    assert_eq!(Wire::ask(listener.address(), "GET /a HTTP/1.0\r\n\r\n").await.body, "/a");
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_a_place() {
    let (listener, _) = Echo { connections: 1, ..Echo::new() }.listen();
    let mut first = Wire::open(listener.address()).await;
    first.send("GET /first HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(first.reply().await.unwrap().body, "/first");
    let mut second = Wire::open(listener.address()).await;
    second.send("GET /second HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(second.is_silent(Duration::from_millis(50)).await);
    drop(first);
    assert_eq!(second.reply().await.unwrap().body, "/second");
}

#[tokio::test]
async fn connections_of_one_address_beyond_its_bound_are_held_then_closed_unread_and_another_address_gets_in() {
    let (listener, _) = Echo { per_address: 2, ..Echo::new() }.listen();
    let mut mine = [Wire::open(listener.address()).await, Wire::open(listener.address()).await];
    for wire in &mut mine {
        wire.send("GET /mine HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert_eq!(wire.reply().await.unwrap().body, "/mine");
    }
    let mut beyond = Wire::open(listener.address()).await;
    beyond.send("GET /beyond HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(beyond.is_silent(Duration::from_millis(100)).await, "who is closed at once comes again at once");
    let mut other = Wire::from([127, 0, 0, 2], listener.address()).await;
    other.send("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(other.reply().await.unwrap().body, "/other");
    for wire in &mut mine {
        wire.send("GET /still HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert_eq!(wire.reply().await.unwrap().body, "/still", "who is in stays in");
    }
    assert!(beyond.is_closed().await);
}

#[tokio::test]
async fn who_asks_too_often_waits_and_is_sent_away_and_another_address_is_answered_at_once() {
    let (listener, _) = Echo { per_second: 4, ..Echo::new() }.listen();
    let mut greedy: Vec<_> = Vec::new();
    for _ in 0..12 {
        let mut wire = Wire::open(listener.address()).await;
        wire.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").await;
        greedy.push(wire);
    }
    let began = std::time::Instant::now();
    let mut other = Wire::from([127, 0, 0, 2], listener.address()).await;
    other.send("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(other.reply().await.unwrap().status, 200);
    let at_once = began.elapsed();
    let mut statuses = Vec::new();
    for wire in &mut greedy {
        statuses.push(wire.reply().await.unwrap().status);
    }
    let count = |status| statuses.iter().filter(|other| **other == status).count();
    assert!(count(200) >= 5 && count(429) >= 1 && count(200) + count(429) == 12, "{statuses:?}");
    assert!(at_once < began.elapsed() / 2, "{at_once:?}");
}

#[tokio::test]
async fn a_stop_answers_what_has_been_asked_and_takes_no_more() {
    let hall = Echo::new().hall();
    let (listener, echo) = (Listener::start(SocketAddr::from(LOCAL), &hall, Door::Main).unwrap(), Arc::clone(&hall.handler));
    let address = listener.address();
    let mut wire = Wire::open(address).await;
    let mut idle = Wire::open(address).await;
    idle.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(idle.reply().await.is_some());
    wire.send("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").await;
    echo.reached.acquire().await.unwrap().forget();
    let stop = tokio::spawn(async move { hall.stop(Duration::from_secs(20)).await });
    assert!(idle.is_closed().await, "an idle connection is not waited for");
    echo.go.add_permits(1);
    let reply = wire.reply().await.unwrap();
    assert!(reply.body == "hi" && reply.has("connection: close"), "{reply:?}");
    drop((wire, idle));
    stop.await.unwrap();
    assert!(Wire::try_open(address).await.is_err());
}
