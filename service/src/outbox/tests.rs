//! The outbox from outside: what a SAP that behaves, or does not, gets to see.

mod https;
mod sink;

use super::{
    samples::{self, call, ended, posting, user},
    *,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sink::{Reply, Sink, ok};
use tokio::io::AsyncWriteExt;

/// An outbox whose messages are the numbers of their events.
struct Bench {
    outbox: Outbox,
    fates: mpsc::Receiver<Fate>,
    policy: watch::Sender<Arc<Policy>>,
}

/// The number of an event that the bench's codec fails on.
const UNWRITABLE: i64 = 13;

fn patient() -> Policy {
    Policy {
        event_hosts: vec!["127.0.0.1".to_owned()],
        attempt: Duration::from_secs(20),
        pause: Duration::from_millis(1),
        pause_max: Duration::from_millis(2),
        unreachable_after: Duration::from_mins(1),
        ..Policy::default()
    }
}

fn bench(policy: Policy) -> Bench {
    keeping(policy, Store::in_memory())
}

fn keeping(policy: Policy, store: Store) -> Bench {
    let (policy, policies) = watch::channel(Arc::new(policy));
    let (sender, fates) = mpsc::channel(8);
    let encode = |delivery: &Delivery| {
        let number = samples::number(delivery);
        assert_ne!(number, UNWRITABLE, "as a fault in the codec would");
        Message { status: 200, action: "\"urn:event\"".into(), body: number.to_string().into_bytes() }
    };
    Bench { outbox: Outbox::with(policies, Box::new(encode), sender, Recorder::default(), store), fates, policy }
}

impl Bench {
    fn post(&self, url: &str, mut delivery: Delivery) {
        delivery.url = url.into();
        self.outbox.post(delivery);
    }

    async fn fate(&mut self) -> FateKind {
        tokio::time::timeout(Duration::from_secs(30), self.fates.recv()).await.expect("no fate").expect("the outbox has ended").kind
    }

    async fn drained(&self) -> Figures {
        self.outbox.drain(Duration::from_secs(30)).await;
        self.outbox.figures()
    }
}

fn fault() -> Reply {
    let body = "<e:Envelope><e:Body><e:Fault><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>";
    Reply::Status(500, body.to_owned())
}

#[tokio::test]
async fn an_event_is_one_post_to_the_url_as_it_was_given() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    bench.post(&sink.url("/sap(bD1l)/ICI?sap-Client=001&t=%2f%2F#x"), user(42));
    let request = sink.next().await;
    let mut lines = request.head.lines();
    assert_eq!(lines.next(), Some("POST /sap(bD1l)/ICI?sap-Client=001&t=%2f%2F HTTP/1.1"));
    let mut headers: Vec<&str> = lines.collect();
    headers.sort_unstable();
    let (host, agent) = (format!("Host: {}", sink.address), format!("User-Agent: Jackfield/{}", env!("CARGO_PKG_VERSION")));
    let expected =
        ["Accept: text/xml", "Content-Length: 2", "Content-Type: text/xml; charset=utf-8", &host, "Soapaction: \"urn:event\"", &agent];
    assert_eq!(headers, expected);
    assert_eq!(request.body, "42");
}

#[tokio::test]
async fn an_event_is_written_by_the_codec_with_its_user() {
    let mut sink = Sink::start().await;
    let (_policy, policies) = watch::channel(Arc::new(patient()));
    let (_codec, codecs) = watch::channel(Arc::new(Codec::new(Arc::new(shared::profile::Profile::built_in()))));
    let outbox = Outbox::start(policies, codecs, mpsc::channel(1).0, Recorder::default(), Store::in_memory());
    let mut delivery = call("A-1", 1);
    delivery.url = sink.url("/").as_str().into();
    outbox.post(delivery);
    let request = sink.next().await;
    assert!(request.head.contains("Soapaction: \""), "{}", request.head);
    assert!(request.body.contains("A-1") && request.body.contains("JONES"), "{}", request.body);
}

#[tokio::test]
async fn what_fails_is_tried_again_before_anything_later() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    let failures = [Reply::Close, Reply::Garbage, Reply::Status(500, "<html>dump</html>".to_owned()), Reply::Status(503, String::new())];
    sink.script(failures);
    for number in 1..=3 {
        bench.post(&sink.url("/"), ended("A", number));
    }
    assert_eq!(sink.numbers(7).await, [1, 1, 1, 1, 1, 2, 3]);
    let figures = bench.drained().await;
    assert_eq!((figures.delivered, figures.failed, figures.waiting), (3, 4, 0));
}

#[tokio::test]
async fn an_event_that_sap_takes_is_a_sign_of_life_and_one_that_it_rejects_is_none() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    let hour = Duration::from_hours(1);
    for (replies, beats) in
        [(vec![fault()], false), (vec![Reply::Close, fault()], false), (vec![ok()], true), (vec![Reply::Close, ok()], true)]
    {
        let (attempts, pulse) = (replies.len(), Arc::new(Pulse::long_ago()));
        sink.script(replies);
        bench.post(&sink.url("/"), Delivery { pulse: Arc::clone(&pulse), ..ended("A", 1) });
        sink.numbers(attempts).await;
        bench.drained().await;
        assert_eq!(pulse.ago() < hour, beats, "{:?}", pulse.ago());
    }
}

#[tokio::test]
async fn while_one_is_on_its_way_later_snapshots_coalesce_and_ends_do_not() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    let told = Arc::new(Notify::new());
    sink.script([Reply::When(Arc::clone(&told))]);
    bench.post(&sink.url("/"), call("A", 1));
    assert_eq!(sink.numbers(1).await, [1]);
    for delivery in [call("A", 2), call("B", 3), call("A", 4), ended("B", 5), call("A", 6), user(7), user(8)] {
        bench.post(&sink.url("/"), delivery);
    }
    told.notify_one();
    assert_eq!(sink.numbers(4).await, [3, 5, 6, 8]);
    assert_eq!(bench.drained().await.coalesced, 3);
}

#[tokio::test]
async fn after_an_outage_the_last_state_is_delivered() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    sink.otherwise(Reply::Status(503, String::new()));
    bench.post(&sink.url("/"), call("A", 1));
    assert_eq!(sink.numbers(2).await, [1, 1]);
    for number in 101..200 {
        bench.post(&sink.url("/"), call("A", number));
    }
    sink.otherwise(ok());
    while sink.numbers(1).await != [199] {}
    let figures = bench.drained().await;
    assert_eq!((figures.delivered + figures.coalesced, figures.dropped), (100, 0));
}

#[tokio::test]
async fn a_sap_that_hangs_holds_up_nobody_else() {
    let (mut hanging, mut healthy, bench) = (Sink::start().await, Sink::start().await, bench(patient()));
    hanging.otherwise(Reply::Hang);
    for number in 100..200 {
        bench.post(&hanging.url("/"), ended("A", number));
        bench.post(&healthy.url("/"), ended("A", number));
    }
    assert_eq!(healthy.numbers(100).await, (100..200).collect::<Vec<_>>());
    assert_eq!(hanging.numbers(1).await, [100]);
    assert_eq!(bench.outbox.figures().lanes, 2);
}

#[tokio::test]
async fn an_attempt_ends_at_its_deadline_wherever_it_hangs() {
    let (mut sink, bench) = (Sink::start().await, bench(Policy { attempt: Duration::from_millis(200), ..patient() }));
    sink.script([Reply::Hang, Reply::Half]);
    bench.post(&sink.url("/"), ended("A", 1));
    assert_eq!(sink.numbers(3).await, [1, 1, 1]);
    assert!(bench.drained().await.failed >= 2);
}

#[tokio::test]
async fn a_redirection_is_a_failure_and_is_not_followed() {
    let (mut sink, mut elsewhere, bench) = (Sink::start().await, Sink::start().await, bench(patient()));
    sink.script([Reply::Redirect(elsewhere.url("/"))]);
    bench.post(&sink.url("/"), ended("A", 1));
    assert_eq!(sink.numbers(2).await, [1, 1]);
    assert_eq!(bench.drained().await.failed, 1);
    assert!(elsewhere.nothing_came());
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_name_that_resolves_to_another_machine_than_the_subscriber_is_not_connected_to() {
    let (sink, policy) = (Sink::start().await, Policy { event_hosts: Vec::new(), ..patient() });
    let target = Target::parse(&format!("http://localhost:{}/", sink.address.port()).as_str().into()).unwrap();
    let peer = "10.0.0.1".parse().ok();
    assert_eq!(admit::host(&policy, &target, peer), Ok(()), "a name is looked up only when it is used");
    let message = Message { status: 200, action: "".into(), body: Vec::new() };
    let outcome = post::Wire::default().post(&policy, &Trust::default(), &target, peer, message).await;
    assert!(matches!(outcome, Err(post::Failure::Forbidden)), "{outcome:?}");
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn a_host_that_is_no_longer_allowed_gets_nothing_more_even_on_a_kept_connection() {
    let (mut sink, mut bench) = (Sink::start().await, bench(Policy { unreachable_after: Duration::from_millis(50), ..patient() }));
    bench.post(&sink.url("/"), ended("A", 1));
    assert_eq!(sink.numbers(1).await, [1]);
    bench.drained().await;
    bench.policy.send_modify(|policy| Arc::make_mut(policy).event_hosts = vec!["sap.example".to_owned()]);
    bench.post(&sink.url("/"), ended("A", 2));
    assert_eq!(bench.fate().await, FateKind::Unreachable);
    assert!(sink.nothing_came());
}

#[tokio::test]
async fn an_answer_that_says_the_session_is_gone_ends_the_lane() {
    for status in [401, 403, 404] {
        let (mut sink, mut bench) = (Sink::start().await, bench(patient()));
        let told = Arc::new(Notify::new());
        sink.script([Reply::When(Arc::clone(&told)), Reply::Status(status, String::new())]);
        for number in 1..=3 {
            bench.post(&sink.url("/"), ended("A", number));
        }
        told.notify_one();
        assert_eq!(bench.fate().await, FateKind::Gone);
        assert_eq!(sink.numbers(2).await, [1, 2]);
        let figures = bench.outbox.figures();
        assert_eq!((figures.lanes, figures.delivered, figures.dropped, figures.waiting), (0, 1, 1, 0), "{status}");
        bench.post(&sink.url("/"), ended("A", 4));
        assert_eq!(sink.numbers(1).await, [4], "a new subscription with the same URL works");
    }
}

#[tokio::test]
async fn unreachable_is_told_once_and_recovered_once() {
    let (mut sink, mut bench) = (Sink::start().await, bench(Policy { unreachable_after: Duration::from_millis(50), ..patient() }));
    sink.otherwise(Reply::Close);
    bench.post(&sink.url("/"), call("A", 1));
    assert_eq!(bench.fate().await, FateKind::Unreachable);
    bench.post(&sink.url("/"), call("B", 2));
    sink.otherwise(ok());
    assert_eq!(bench.fate().await, FateKind::Recovered);
    while sink.numbers(1).await != [2] {}
    bench.drained().await;
    // A machine that stalls for longer than the policy's time makes another pair, but never two of a kind.
    let mut last = FateKind::Recovered;
    while let Ok(fate) = bench.fates.try_recv() {
        assert_ne!(fate.kind, last);
        last = fate.kind;
    }
    assert_eq!(last, FateKind::Recovered);
}

#[tokio::test]
async fn a_sap_that_hangs_is_unreachable_before_the_attempt_is_over() {
    let (sink, mut bench) = (Sink::start().await, bench(Policy { unreachable_after: Duration::from_millis(50), ..patient() }));
    sink.otherwise(Reply::Hang);
    bench.post(&sink.url("/"), call("A", 1));
    assert_eq!(bench.fate().await, FateKind::Unreachable);
    assert_eq!(bench.outbox.figures().failed, 0, "the first attempt still runs");
}

#[tokio::test]
async fn a_fault_rejects_one_event_and_the_lane_goes_on() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    sink.script([fault()]);
    bench.post(&sink.url("/"), ended("A", 1));
    bench.post(&sink.url("/"), ended("A", 2));
    assert_eq!(sink.numbers(2).await, [1, 2]);
    let figures = bench.drained().await;
    assert_eq!((figures.delivered, figures.rejected, figures.failed), (2, 1, 0));
}

#[tokio::test]
async fn a_connection_is_kept_and_one_that_died_meanwhile_is_replaced_silently() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    sink.script([ok(), ok(), Reply::OkThenClose]);
    for number in 1..=4 {
        bench.post(&sink.url("/"), ended("A", number));
        assert_eq!(sink.numbers(1).await, [number]);
    }
    let figures = bench.drained().await;
    assert_eq!((sink.connections(), figures.delivered, figures.failed), (2, 4, 0));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    sink.script([Reply::Status(200, "x".repeat(4 << 20))]);
    bench.post(&sink.url("/"), ended("A", 1));
    bench.post(&sink.url("/"), ended("A", 2));
    assert_eq!(sink.numbers(2).await, [1, 2]);
    assert_eq!((bench.drained().await.delivered, sink.connections()), (2, 2));
}

#[tokio::test]
async fn a_closed_lane_delivers_what_waits_and_ends() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    let told = Arc::new(Notify::new());
    sink.script([Reply::When(Arc::clone(&told))]);
    bench.post(&sink.url("/"), call("A", 1));
    bench.post(&sink.url("/"), ended("A", 2));
    bench.outbox.close(&sink.url("/").into());
    told.notify_one();
    assert_eq!(sink.numbers(2).await, [1, 2]);
    while bench.outbox.figures().lanes > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.outbox.figures().delivered, 2);
}

#[tokio::test]
async fn a_closed_lane_to_a_dead_sap_gives_up_and_tells_nobody() {
    let (sink, mut bench) = (Sink::start().await, bench(Policy { unreachable_after: Duration::from_millis(50), ..patient() }));
    sink.otherwise(Reply::Close);
    bench.post(&sink.url("/"), ended("A", 1));
    bench.outbox.close(&sink.url("/").into());
    let figures = bench.drained().await;
    assert_eq!((figures.lanes, figures.delivered, figures.dropped), (0, 0, 1));
    assert!(bench.fates.try_recv().is_err());
}

#[tokio::test]
async fn a_drain_gives_up_in_time() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    sink.otherwise(Reply::Hang);
    bench.post(&sink.url("/"), ended("A", 1));
    sink.next().await;
    bench.outbox.drain(Duration::from_millis(1)).await;
    assert_eq!(bench.outbox.figures().waiting, 1);
}

#[tokio::test]
async fn a_lane_with_nothing_to_do_ends_by_itself() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    bench.post(&sink.url("/"), ended("A", 1));
    sink.next().await;
    bench.drained().await;
    tokio::time::pause();
    while bench.outbox.figures().lanes > 0 {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    tokio::time::resume();
    bench.post(&sink.url("/"), ended("A", 2));
    assert_eq!(sink.numbers(1).await, [2]);
}

#[tokio::test]
async fn an_event_for_an_impossible_url_is_dropped_with_a_count() {
    let bench = bench(patient());
    bench.post("mailto:sap@example", ended("A", 1));
    assert_eq!(bench.outbox.figures(), Figures { dropped: 1, ..Figures::default() });
}

#[tokio::test]
async fn a_fault_in_the_codec_costs_one_event_and_not_the_lane() {
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    for number in [UNWRITABLE - 1, UNWRITABLE, UNWRITABLE + 1] {
        bench.post(&sink.url("/"), ended("A", number));
    }
    assert_eq!(sink.numbers(2).await, [12, 14]);
    let figures = bench.drained().await;
    assert_eq!((figures.lanes, figures.delivered, figures.dropped), (1, 2, 1));
}

#[tokio::test]
async fn events_go_over_tls_to_whom_an_extra_root_vouches_for() {
    let (acceptor, root) = certificate("127.0.0.1");
    let mut sink = Sink::start_with(Some(acceptor)).await;
    let bench = bench(Policy { extra_roots: vec![root], ..patient() });
    for number in 1..=2 {
        bench.post(&format!("https://{}/x", sink.address), ended("A", number));
    }
    assert_eq!(sink.numbers(2).await, [1, 2]);
    let figures = bench.drained().await;
    assert_eq!((figures.delivered, figures.failed, sink.connections()), (2, 0, 1));
}

#[tokio::test]
async fn nothing_goes_over_tls_to_a_stranger_or_under_another_name() {
    let ((own, _), (_, other_root)) = (certificate("127.0.0.1"), certificate("127.0.0.1"));
    let (wrong_name, wrong_name_root) = certificate("sap.example");
    for (acceptor, root) in [(own, other_root), (wrong_name, wrong_name_root)] {
        let mut sink = Sink::start_with(Some(acceptor)).await;
        let mut bench = bench(Policy { extra_roots: vec![root], unreachable_after: Duration::from_millis(200), ..patient() });
        bench.post(&format!("https://{}/x", sink.address), ended("A", 1));
        assert_eq!(bench.fate().await, FateKind::Unreachable);
        assert!(sink.nothing_came());
    }
}

#[tokio::test]
async fn a_failed_handshake_says_what_to_do() {
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target::parse(&format!("https://{}/", plain.local_addr().unwrap()).as_str().into()).unwrap();
    let message = Message { status: 200, action: "".into(), body: Vec::new() };
    let (_, root) = certificate("127.0.0.1");
    let policy = Policy { extra_roots: vec![root], ..patient() };
    let (mut wire, trust) = (post::Wire::default(), Trust::default());
    let attempt = async {
        let answer = async { plain.accept().await.unwrap().0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap() };
        tokio::join!(wire.post(&policy, &trust, &target, None, message), answer).0
    };
    let failure = tokio::time::timeout(Duration::from_secs(30), attempt).await.unwrap().unwrap_err().to_string();
    assert!(failure.contains("speak TLS"), "{failure}");
}

/// A TLS server for this name, and the root that vouches for it.
fn certificate(name: &str) -> (tokio_rustls::TlsAcceptor, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let root = made.cert.der().clone();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![root.clone()], key)
        .unwrap();
    (Arc::new(config).into(), root)
}

/// SAP comes up at this address and takes whatever comes; the bodies.
async fn open(address: std::net::SocketAddr) -> mpsc::UnboundedReceiver<String> {
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let (sender, bodies) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let sender = sender.clone();
            tokio::spawn(async move {
                let mut buffer = Vec::new();
                while let Some(request) = sink::read(&mut stream, &mut buffer).await {
                    if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.is_err() {
                        return;
                    }
                    let _ = sender.send(request.body);
                }
            });
        }
    });
    bodies
}

/// A machine that refuses connections until it is opened on the same port.
async fn closed_port() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn one_lane_knocks_for_all_and_all_go_when_the_machine_is_back() {
    let bench = bench(Policy { pause: Duration::from_millis(20), pause_max: Duration::from_millis(20), ..patient() });
    let address = closed_port().await;
    for number in 100..150 {
        bench.post(&format!("http://{address}/{number}"), ended("A", number));
    }
    while bench.outbox.figures().destinations.first().is_none_or(|destination| destination.failures < 5) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let figures = bench.outbox.figures();
    let destination = &figures.destinations[0];
    assert_eq!((destination.host.as_str(), destination.lanes, destination.waiting), (address.to_string().as_str(), 50, 50));
    assert!(destination.failure.as_ref().is_some_and(|why| why.contains("no connection")), "{destination:?}");
    assert!(figures.failed < 50 + 2 * u64::from(destination.failures), "{} attempts, though one lane tries for all", figures.failed);
    let _bodies = open(address).await;
    let figures = bench.drained().await;
    assert_eq!((figures.delivered, figures.dropped, figures.waiting), (50, 0, 0));
    assert_eq!(figures.destinations[0].failures, 0);
}

#[tokio::test]
async fn a_url_that_fails_holds_up_no_other_on_the_same_machine() {
    let (mut sink, bench) =
        (Sink::start().await, bench(Policy { pause: Duration::from_mins(5), pause_max: Duration::from_mins(5), ..patient() }));
    sink.script([Reply::Status(503, String::new())]);
    bench.post(&sink.url("/bad"), ended("A", 1));
    assert_eq!(sink.numbers(1).await, [1]);
    for number in 2..6 {
        bench.post(&sink.url("/good"), ended("A", number));
    }
    assert_eq!(sink.numbers(4).await, [2, 3, 4, 5]);
    assert_eq!(bench.outbox.figures().destinations[0].failures, 0, "the machine answers");
}

#[tokio::test]
async fn a_sap_that_is_down_for_ten_minutes_gets_the_right_final_state() {
    let mut bench = bench(Policy { event_hosts: vec!["127.0.0.1".to_owned()], ..Policy::default() });
    let address = closed_port().await;
    // One call ends, one begins and ends, one begins and goes on, one changes; and SAP hears nothing of it.
    for delivery in [call("A", 1), call("B", 2), ended("A", 3), call("C", 4), ended("C", 5), call("D", 6), call("B", 7), user(8)] {
        bench.post(&format!("http://{address}/"), delivery);
    }
    tokio::time::pause();
    for _ in 0..620 {
        tokio::time::advance(Duration::from_secs(1)).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.outbox.figures().delivered, 0);
    tokio::time::resume();
    let mut bodies = open(address).await;
    let mut last = Vec::new();
    while last.len() < 5 {
        last.push(tokio::time::timeout(Duration::from_secs(30), bodies.recv()).await.expect("an event comes").expect("SAP listens"));
    }
    assert_eq!(last, ["3", "5", "6", "7", "8"]);
    assert_eq!(bench.fate().await, FateKind::Unreachable);
    assert_eq!(bench.fate().await, FateKind::Recovered);
    let figures = bench.drained().await;
    assert_eq!((figures.delivered, figures.coalesced), (5, 1));
    assert_eq!(figures.dropped, 2, "what came and went while SAP was away pops up on no screen");
}

#[tokio::test]
async fn what_must_be_kept_first_is_sent_when_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let (mut sink, bench) = (Sink::start().await, bench(patient()));
    let key = crate::store::Key::Told("A".into(), None);
    let first = store.put([(key.clone(), None)], crate::store::When::Now);
    let mut delivery = ended("A", 1);
    delivery.kept.first = Some(first);
    delivery.kept.receipt = Some(Arc::new(store.receipt([key])));
    let receipt = Arc::downgrade(delivery.kept.receipt.as_ref().unwrap());
    bench.post(&sink.url("/"), delivery);
    assert_eq!(sink.numbers(1).await, [1]);
    bench.drained().await;
    assert!(receipt.upgrade().is_none(), "the receipt has gone with its event");
}

#[tokio::test]
async fn what_was_written_in_a_chat_that_sap_was_never_told_of_is_not_told_after_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let (mut sink, bench) = (Sink::start().await, keeping(patient(), store.clone()));
    let url: EventUrl = sink.url("/").as_str().into();
    for item in ["known", "unknown"] {
        store.put([(crate::store::Key::Item("JONES".into(), item.into()), Some(samples::kept()))], crate::store::When::Now);
    }
    store.acknowledged(&"JONES".into(), Some(&"known".into()), &url, crate::store::Mark::Message(7));
    for mut delivery in [posting("known", 1), posting("unknown", 2), user(3)] {
        delivery.kept.unless_known = true;
        bench.post(url.as_str(), delivery);
    }
    assert_eq!(sink.numbers(2).await, [1, 3]);
}
