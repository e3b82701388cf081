//! The web connector: what it carries, what it keeps to itself, and the service's door for it.

use super::{
    PATH, policy,
    site::{BODY, post, start},
    wire::Wire,
};
use crate::{
    ici::Codec,
    os::identity::{BOTH, Clients, Identity, authority::Authority},
    serve::{
        Access, Policy, Remoting, Server,
        front::{Front, Upstream},
    },
};
use shared::profile::Profile;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn upstream(address: SocketAddr) -> Upstream {
    Upstream { host: address.ip().to_string(), port: address.port(), tls: None, deadline: Duration::from_secs(20), connections: 4 }
}

fn connect(policy: Policy, upstream: Upstream) -> (Front, SocketAddr) {
    let front = Front::start(policy, upstream, Codec::new(Arc::new(Profile::built_in()))).unwrap();
    let address = front.url().split('/').nth(2).unwrap().parse().unwrap();
    (front, address)
}

/// A service with a door for web connectors.
fn service(config: Option<&(Identity, Authority)>) -> (Server, SocketAddr, SocketAddr) {
    let config = config.map(|(identity, authority)| Arc::new(identity.server(BOTH, Clients::Required, &[authority.root()]).unwrap()));
    let (server, main) = start(Policy { remoting: Some(Remoting { listen: ANY, access: Access::everybody(), config }), ..policy() });
    let remoting = server.remoting_url().unwrap().split('/').nth(2).unwrap().parse().unwrap();
    (server, main, remoting)
}

#[tokio::test]
async fn an_answer_comes_back_as_the_service_has_given_it() {
    let (_server, main, remoting) = service(None);
    let (_front, address) = connect(policy(), upstream(remoting));
    let xml = "Content-Type: text/xml\r\n";
    let requests = [
        post(PATH, xml, BODY),
        post(PATH, xml, "<a"),
        post("/else", xml, BODY),
        post(PATH, "Content-Type: application/json\r\n", "{}"),
        format!("GET {PATH}?wsdl HTTP/1.1\r\nHost: cti.example\r\n\r\n").into_bytes(),
        format!("PUT {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").into_bytes(),
    ];
    for request in requests {
        let (direct, carried) = (Wire::ask(main, &request).await, Wire::ask(address, &request).await);
        let request = String::from_utf8_lossy(&request).into_owned();
        assert_eq!((direct.status, &direct.body), (carried.status, &carried.body), "{request}");
        let kind = |head: &str| head.lines().find(|line| line.to_lowercase().starts_with("content-type")).map(str::to_owned);
        assert_eq!(kind(&direct.head), kind(&carried.head), "{request}");
    }
}

/// What a service of the test's own sees, each request whole, and what it answers.
async fn double(answers: Vec<&'static [u8]>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind(ANY).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut answers = answers.into_iter();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut seen = Vec::new();
            while stream.read_buf(&mut seen).await.is_ok_and(|bytes| bytes > 0) {
                if seen.ends_with(b"</all>") {
                    tell.send(String::from_utf8(std::mem::take(&mut seen)).unwrap()).unwrap();
                    let answer = answers.next().unwrap_or_default();
                    stream.write_all(answer).await.unwrap();
                    if answer.is_empty() {
                        break;
                    }
                }
            }
        }
    });
    (address, told)
}

#[tokio::test]
async fn the_service_learns_the_caller_and_no_password_and_its_bytes_come_back_unchanged() {
    let odd = b"HTTP/1.1 500 X\r\nContent-Type: text/xml; charset=utf-8\r\nSet-Cookie: a=b\r\nContent-Length: 8\r\n\r\n\r\n<\xff\x00>\r\n";
    let (address, mut told) = double(vec![odd, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]).await;
    let (_front, front) = connect(policy(), upstream(address));
    let mut wire = Wire::open(front).await;
    let fields = "Content-Type: text/xml\r\nSOAPAction: \"urn:x\"\r\nAuthorization: Basic U0FQOng=\r\nForwarded: for=\"10.9.9.9:1\"\r\n";
    wire.send(post("/a?b=%2f", fields, "<all></all>")).await;
    let answer = wire.bytes().await;
    assert!(answer.ends_with(b"\r\n<\xff\x00>\r\n") && !String::from_utf8_lossy(&answer).to_lowercase().contains("set-cookie"));
    let seen = told.recv().await.unwrap().to_lowercase();
    assert!(
        seen.starts_with("post /a?b=%2f http/1.1\r\n") && seen.contains("soapaction: \"urn:x\"") && seen.contains("host: sap:8095"),
        "{seen}"
    );
    assert!(!seen.contains("authorization") && !seen.contains("10.9.9.9"), "{seen}");
    assert!(seen.contains("forwarded: for=\"127.0.0.1:") && seen.contains("\";proto=http\r\n"), "{seen}");
}

#[tokio::test]
async fn what_the_service_may_have_carried_out_is_never_sent_again() {
    let (address, mut told) = double(vec![b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""]).await;
    let (_front, front) = connect(policy(), upstream(address));
    let request = post(PATH, "Content-Type: text/xml\r\n", "<all></all>");
    assert_eq!(Wire::ask(front, &request).await.status, 200);
    let lost = Wire::ask(front, &request).await;
    assert!(lost.status == 503 && lost.body.contains("it may have carried out the request"), "{lost:?}");
    assert!(told.recv().await.is_some() && told.recv().await.is_some());
    assert!(told.try_recv().is_err(), "it was sent a third time");
}

#[tokio::test]
async fn a_service_that_is_away_or_hangs_is_said_to_be_and_comes_back() {
    let listener = TcpListener::bind(ANY).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_front, front) = connect(policy(), Upstream { deadline: Duration::from_millis(200), ..upstream(address) });
    let request = post(PATH, "Content-Type: text/xml\r\n", BODY);
    let hangs = Wire::ask(front, &request).await;
    assert!(hangs.status == 503 && hangs.body.contains("<faultstring") && hangs.body.contains("did not answer in time"), "{hangs:?}");
    drop(listener);
    let away = Wire::ask(front, &request).await;
    assert!(away.status == 503 && away.body.contains(&format!("{address} cannot be reached")), "{away:?}");
    let page = Wire::ask(front, format!("GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
    assert!(page.status == 503 && page.has("content-type: text/plain; charset=utf-8"), "{page:?}");
    let (_server, _, remoting) = service(None);
    let (_front, front) = connect(policy(), upstream(remoting));
    assert_eq!(Wire::ask(front, &request).await.status, 200);
}

#[tokio::test]
async fn who_may_not_call_the_connector_never_reaches_the_service() {
    let (address, mut told) = double(Vec::new()).await;
    let (_front, front) = connect(Policy { access: Access::only(|_| false), ..policy() }, upstream(address));
    let refused = Wire::ask(front, post(PATH, "Content-Type: text/xml\r\n", BODY)).await;
    assert_eq!(refused.status, 403);
    let large = Wire::ask(front, post(PATH, "Content-Type: text/xml\r\n", vec![b' '; 20_001])).await;
    assert_eq!(large.status, 403, "nothing is read of whom nobody knows");
    assert!(told.try_recv().is_err());
}

#[tokio::test]
async fn only_a_web_connector_is_believed_for_whom_it_speaks() {
    let (mut server, main, remoting) = service(None);
    let asks = format!("GET {PATH}?wsdl HTTP/1.1\r\nHost: cti.example\r\nForwarded: for=\"10.1.2.3:4711\";proto=https\r\n\r\n");
    assert!(Wire::ask(remoting, &asks).await.body.contains(&format!("https://cti.example{PATH}")));
    assert!(Wire::ask(main, &asks).await.body.contains(&format!("http://cti.example{PATH}")));
    let nobody = Remoting { listen: remoting, access: Access::only(|_| false), config: None };
    server.apply(Policy { listen: main, remoting: Some(nobody), ..policy() }).await.unwrap();
    let refused = Wire::ask(remoting, &asks).await;
    assert!(refused.status == 403 && refused.body.contains("remoting.networks"), "{refused:?}");
    server.apply(Policy { listen: main, ..policy() }).await.unwrap();
    assert_eq!((server.remoting_url(), Wire::ask(main, &asks).await.status), (None, 200));
}

#[tokio::test]
async fn secure_remoting_lets_nobody_in_but_whom_the_one_authority_has_signed() {
    let (ours, stranger) = (Authority::new("ours"), Authority::new("stranger"));
    let door = (ours.sign("localhost"), ours);
    let (_server, _, remoting) = service(Some(&door));
    let ours = &door.1;
    let request = post(PATH, "Content-Type: text/xml\r\n", BODY);
    let by = |host: &str, shown: Identity, trusted: &Authority| Upstream {
        host: host.to_owned(),
        tls: Some(Arc::new(shown.partner(&[trusted.root()]).unwrap())),
        ..upstream(remoting)
    };
    let cases = [
        (by("localhost", ours.sign("connector"), ours), 200, ""),
        (by("localhost", stranger.sign("connector"), ours), 503, ""),
        (by("localhost", ours.sign("connector"), &stranger), 503, "remoting.authority"),
        (by("127.0.0.1", ours.sign("connector"), ours), 503, "connector.server"),
        (Upstream { host: "localhost".into(), ..upstream(remoting) }, 400, "https://"),
    ];
    for (upstream, status, says) in cases {
        let (_front, front) = connect(policy(), upstream);
        let answer = Wire::ask(front, &request).await;
        assert!(answer.status == status && answer.body.contains(says), "{says:?}: {answer:?}");
    }
}
