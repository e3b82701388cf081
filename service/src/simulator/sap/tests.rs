//! SAP's double against the smallest possible service: one that answers every request with the same fixed text.

use super::{Agent, Failure, Message, Mood, Options, Sink, Status, http::Version, yes::Yes};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const ANY: &str = "127.0.0.1:0";

fn call_event(item: &str, code: u8, user: &str, app: &str) -> String {
    format!(
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><u:user xmlns:u='x'>{user}</u:user></e:Header><e:Body>\
         <phoneCallChanged xmlns='urn:IciEventInterface'><appIds><item>{app}</item></appIds><phoneCall><itemId>{item}</itemId>\
         <processingStatus><id>{code}</id></processingStatus><remoteNumbers><item>+49301234</item></remoteNumbers>\
         <attachedData>&lt;ItemAttachedData/&gt;</attachedData></phoneCall></phoneCallChanged></e:Body></e:Envelope>"
    )
}

/// Posts an event as the service does; gives back the status line and body.
async fn post(url: &str, body: &str) -> String {
    let (authority, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let head = format!("POST /{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"\"\r\n");
    let request = format!("{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A service that gives one answer to everything.
async fn service(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind(ANY).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 64 << 10];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(format!("HTTP/1.0 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
        }
    });
    format!("http://{address}/ici")
}

async fn agent(url: &str) -> (Agent, Sink) {
    let sink = Sink::start(ANY.parse().unwrap()).await.unwrap();
    let options = Options { patience: Duration::from_secs(5), deadline: Duration::from_secs(2), ..Options::new(url, "ANNA") };
    (Agent::new(options, &sink).await.unwrap(), sink)
}

#[tokio::test]
async fn events_make_the_desk_and_wake_who_waits() {
    let (anna, _sink) = agent("http://127.0.0.1:1/").await;
    let app = anna.app.clone();
    let url = anna.event_url().to_owned();
    let rings = call_event("7", 1, "ANNA", &app);
    let (call, answer) = tokio::join!(anna.wait_for("7", Status::Alerting), post(&url, &rings));
    assert_eq!((call.unwrap().attached_data.as_str(), &answer[..15]), ("<ItemAttachedData/>", "HTTP/1.1 200 OK"));
    assert!(answer.contains("<ns0:phoneCallChangedResponse xmlns:ns0=\"urn:IciEventInterface\"><response"), "{answer}");
    let mark = anna.mark();
    post(&url, &call_event("7", 2, "ANNA", &app)).await;
    post(&url, &call_event("7", 4, "ANNA", &app)).await;
    assert_eq!(anna.call_event(mark, None, Status::Connected).await.unwrap().0.item, "7", "a state that has passed already is still found");
    assert_eq!(anna.wait_for("7", Status::Ended).await.unwrap().remote_numbers, ["+49301234"]);
    let failure = anna.wait_for("7", Status::Held).await.unwrap_err();
    assert_eq!(failure.to_string(), "call 7 has ended while held was awaited");
    assert_eq!((anna.desk().calls.len(), anna.desk().complaints), (0, vec![]));
}

#[tokio::test]
async fn what_sap_would_stumble_over_is_a_complaint() {
    let (anna, _sink) = agent("http://127.0.0.1:1/").await;
    let app = anna.app.clone();
    let good = call_event("7", 4, "ANNA", &app);
    let wrong = [
        call_event("1", 1, "BERT", &app),
        call_event("2", 1, "ANNA", "OTHER"),
        good.replace("<id>4", "<id>99"),
        good.replace("phoneCallChanged", "phoneRang"),
        good.replace("urn:IciEventInterface", "urn:Other"),
        good.replace("schemas.xmlsoap.org/soap", "www.w3.org/2003/05/soap"),
        "<!DOCTYPE a><a/>".to_owned(),
    ];
    for body in &wrong {
        post(anna.event_url(), body).await;
    }
    post(anna.event_url(), &good).await;
    post(anna.event_url(), &call_event("7", 2, "ANNA", &app)).await;
    assert_eq!(anna.desk().complaints.len(), wrong.len() + 1, "{:#?}", anna.desk().complaints);
    assert_eq!(anna.desk().complaints.last().unwrap(), "call 7 has ended and is connected now");
}

#[tokio::test]
async fn every_mood_has_its_answer() {
    let (anna, sink) = agent("http://127.0.0.1:1/").await;
    let event = call_event("7", 1, "ANNA", &anna.app);
    let mut seen = Vec::new();
    for mood in [Mood::Well, Mood::Gone, Mood::Broken, Mood::Faulty] {
        sink.set_mood(mood);
        let answer = post(anna.event_url(), &event).await;
        seen.push((answer[9..12].to_owned(), answer.contains("<faultstring>")));
    }
    assert_eq!(seen, [("200".into(), false), ("401".into(), false), ("500".into(), false), ("500".into(), true)]);
    assert_eq!(anna.mark(), 1, "only what was taken counts");
    sink.set_mood(Mood::Hanging);
    let url = anna.event_url().to_owned();
    let hanging = tokio::spawn(async move { post(&url, &event).await });
    sink.set_mood(Mood::Well);
    assert!(hanging.await.unwrap().starts_with("HTTP/1.1 200"), "it answers when the mood is better");
    let url = anna.event_url().to_owned();
    drop(anna);
    assert!(post(&url, "<a/>").await.starts_with("HTTP/1.1 401"), "nobody holds the URL any more");
}

#[tokio::test]
async fn an_answer_is_taken_out_of_its_envelope() {
    let (anna, _sink) = agent(
        &service(
            "200 OK",
            "<SOAP-ENV:Envelope xmlns:SOAP-ENV='http://schemas.xmlsoap.org/soap/envelope/'><SOAP-ENV:Body><ns0:createResponse \
             xmlns:ns0='urn:IciItemInterface'><response xmlns='urn:IciItemInterface'>J-1</response></ns0:createResponse></SOAP-ENV:Body>\
             </SOAP-ENV:Envelope>",
        )
        .await,
    )
    .await;
    let mut messages = anna.trace().watch();
    assert_eq!(anna.create_item().await.unwrap().value, "J-1");
    assert!(matches!(&*messages.recv().await.unwrap(), Message::Sent { operation, .. } if operation == "Item.create"));
    assert!(matches!(&*messages.recv().await.unwrap(), Message::Answered { status: 200, .. }));
    let failure = anna.hold("7").await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the answer to PhoneCall.hold is not SOAP: it is `createResponse` in the namespace `urn:IciItemInterface`"
    );
}

#[tokio::test]
async fn a_fault_shows_its_text() {
    let fault = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault><faultcode>e:Client</faultcode>\
                 <faultstring>Item 7 is not known</faultstring></e:Fault></e:Body></e:Envelope>";
    let (anna, _sink) = agent(&service("500 Internal Server Error", fault).await).await;
    let failure = anna.hold("7").await.unwrap_err();
    assert_eq!(failure.to_string(), "PhoneCall.hold was refused: Item 7 is not known");
    let (anna, _sink) = agent(&service("404 Not Found", "<html>").await).await;
    assert_eq!(anna.hold("7").await.unwrap_err().to_string(), "the answer to PhoneCall.hold is not SOAP: HTTP status 404");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named() {
    // Bound and closed again: nobody listens at this port now.
    let address = TcpListener::bind(ANY).await.unwrap().local_addr().unwrap();
    let url = format!("http://{address}/");
    let (anna, sink) = agent(&url).await;
    assert!(matches!(anna.log_on(None).await.unwrap_err(), Failure::Unreachable { url: named, .. } if named == url));
    let options = Options { version: Version::Http11, ..Options::new("https://host/", "ANNA") };
    assert!(matches!(Agent::new(options, &sink).await.err(), Some(Failure::BadUrl { .. })));
}

#[tokio::test]
async fn log_on_and_log_off_ask_in_the_order_of_sap() {
    let service = Yes::start().await;
    let (anna, _sink) = agent(&service.url).await;
    let done = anna.log_on(Some(2)).await.unwrap();
    assert_eq!((done.agent.addresses, done.requests), (vec![("1".into(), "+8001".into())], 12));
    assert_eq!(anna.desk().calls["7"].status, Status::Connected, "what was there before is shown");
    let log_on = service.asked();
    anna.log_off().await.unwrap();
    let expected = [
        "System.exchangeProductInformation",
        "System.getWorkcenterCapability",
        "User.getAttributes",
        "User.subscribe",
        "User.setAddresses",
        "User.setCurrentChannels",
        "User.setCurrentQueues",
        "Container.subscribe",
        "Line.getCalls",
        "Container.subscribe",
        "Folder.getMessages",
        "User.setCurrentWorkmode",
    ];
    assert_eq!(log_on, expected);
    let log_off = ["User.setCurrentWorkmode", "Container.unsubscribe", "Container.unsubscribe", "User.unsubscribe"];
    assert_eq!(service.asked()[expected.len()..], log_off);
}
