//! What one command costs from SAP's socket to SAP's socket, beside a bare server that answers the same bytes without understanding
//! anything: only figures of the same run can be compared.
//!
//! `cargo bench -p service --bench command`. The client is in the same process and on the same runtime in every case.

use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, body::Incoming, header::CONTENT_TYPE, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use service::app::{App, Options};
use std::{convert::Infallible, net::SocketAddr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

const USER: &str = "ANNA";
const FILE: &str = "[service]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n[log.topics]\nservice = 0\n";

fn commands(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("jackfield.toml");
    std::fs::write(&file, FILE).expect("the file is written");
    let app = runtime.block_on(App::start(Options::file(&file))).expect("the service starts");
    let url = app.ici_url();
    let (address, path) = url.trim_start_matches("http://").split_once('/').expect("an address and a path");
    let ours: SocketAddr = address.parse().expect("an address");
    let path = format!("/{path}");

    let get_attributes = envelope("User", "getAttributes", &format!("<userId xmlns=\"urn:IciUserInterface\">{USER}</userId>"));
    let capability = envelope("System", "getWorkcenterCapability", "");
    let answer = runtime.block_on(async {
        let mut stream = TcpStream::connect(ours).await.expect("a connection");
        ask(&mut stream, &post(&path, &get_attributes, KEPT)).await
    });
    let bare = runtime.block_on(bare_server(answer));

    let mut group = criterion.benchmark_group("command");
    for (name, server, body) in [
        ("bare server, the answer of getAttributes", bare, &get_attributes),
        ("System.getWorkcenterCapability", ours, &capability),
        ("User.getAttributes", ours, &get_attributes),
    ] {
        let request = post(&path, body, KEPT);
        group.bench_function(format!("{name}, kept connection"), |bencher| {
            let mut stream = runtime.block_on(TcpStream::connect(server)).expect("a connection");
            bencher.iter(|| runtime.block_on(ask(&mut stream, &request)));
        });
        let request = post(&path, body, ONCE);
        group.bench_function(format!("{name}, HTTP/1.0"), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    let mut stream = TcpStream::connect(server).await.expect("a connection");
                    ask(&mut stream, &request).await
                })
            });
        });
    }
    // A change that SAP has its answer to when it is on the disk; every one of them is news.
    let kept = folder.path().join("kept.toml");
    std::fs::write(&kept, format!("[store]\npath = {:?}\n{FILE}", folder.path().join("store").display().to_string())).expect("a file");
    let keeping = runtime.block_on(App::start(Options::file(&kept))).expect("the service starts");
    for (name, app) in [("in memory", &app), ("durable", &keeping)] {
        let url = app.ici_url();
        let address: SocketAddr = url.trim_start_matches("http://").split('/').next().expect("an address").parse().expect("an address");
        group.bench_function(format!("User.setAddresses, {name}, kept connection"), |bencher| {
            let mut stream = runtime.block_on(TcpStream::connect(address)).expect("a connection");
            let mut number = 0_u64;
            bencher.iter(|| {
                number += 1;
                let parameters = format!(
                    "<userId xmlns=\"urn:IciUserInterface\">{USER}</userId><addresses xmlns=\"urn:IciUserInterface\"><item>\
                     <channelId>1</channelId><address>+49{number}</address></item></addresses>"
                );
                let request = post(&path, &envelope("User", "setAddresses", &parameters), KEPT);
                runtime.block_on(ask(&mut stream, &request))
            });
        });
        group.bench_function(format!("User.getAttributes, {name}, after a change, kept connection"), |bencher| {
            let request = post(&path, &get_attributes, KEPT);
            let mut stream = runtime.block_on(TcpStream::connect(address)).expect("a connection");
            bencher.iter(|| runtime.block_on(ask(&mut stream, &request)));
        });
    }
    group.finish();
    runtime.block_on(app.stop());
    runtime.block_on(keeping.stop());
}

/// One version line for each way to connect.
const KEPT: &str = "HTTP/1.1\r\nHost: sap";
const ONCE: &str = "HTTP/1.0";

/// A message in the form of the guide's.
fn envelope(interface: &str, operation: &str, parameters: &str) -> String {
    let namespace = format!("urn:Ici{interface}Interface");
    let block = |name: &str, value: &str| {
        format!("<pre:{name} xmlns:pre=\"{namespace}\" SOAP-ENV:mustUnderstand=\"0\" xsi:type=\"xsd:string\">{value}</pre:{name}>")
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><SOAP-ENV:Header>{}{}\
         </SOAP-ENV:Header><SOAP-ENV:Body><ns0:{operation} xmlns:ns0=\"{namespace}\">{parameters}</ns0:{operation}></SOAP-ENV:Body>\
         </SOAP-ENV:Envelope>",
        block("user", USER),
        block("language", "EN"),
    )
}

fn post(path: &str, body: &str, version: &str) -> Vec<u8> {
    format!("POST {path} {version}\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Sends a request and reads one answer; gives back its body.
async fn ask(stream: &mut TcpStream, request: &[u8]) -> Vec<u8> {
    stream.write_all(request).await.expect("the request is sent");
    let mut answer = Vec::with_capacity(8192);
    loop {
        stream.read_buf(&mut answer).await.expect("an answer");
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&answer[..end]).expect("a header in ASCII").to_ascii_lowercase();
        assert!(head.contains(" 200 "), "{head}");
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
        if answer.len() == end + 4 + length {
            return answer.split_off(end + 4);
        }
    }
}

/// A server that reads nothing of what it is sent and answers these bytes.
async fn bare_server(answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = Bytes::from(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            let service = service_fn(move |_: Request<Incoming>| {
                let answer = answer.clone();
                async move {
                    let response = Response::builder().header(CONTENT_TYPE, "text/xml; charset=utf-8").body(Full::new(answer));
                    Ok::<_, Infallible>(response.expect("an answer"))
                }
            });
            tokio::spawn(http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

criterion_group!(benches, commands);
criterion_main!(benches);
