//! A service that says yes to everything, for tests of SAP's double and of who talks through it.

use super::{event::soap_body, xml};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// The service; ends with the test's runtime.
pub(crate) struct Yes {
    /// Its address.
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Yes {
    /// Listens on loopback.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/ici", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let memory = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.ends_with(b"</SOAP-ENV:Envelope>") {
                    assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "the request ends too early");
                }
                let request = String::from_utf8(request).unwrap();
                let (_, body) = request.split_once("\r\n\r\n").unwrap();
                let root = xml::read(body.as_bytes()).unwrap();
                let content = soap_body(&root).unwrap();
                let interface = content.namespace.trim_start_matches("urn:Ici").trim_end_matches("Interface");
                memory.lock().unwrap().push(format!("{interface}.{}", content.name));
                let answer = answer(&content.namespace, &content.name);
                let head = format!("HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n", answer.len());
                stream.write_all(format!("{head}{answer}").as_bytes()).await.unwrap();
            }
        });
        Self { url, asked }
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(namespace: &str, operation: &str) -> String {
    let content = match operation {
        "getAttributes" => {
            "<userId>ANNA</userId><workmodes><item><id>2</id><description>Available</description></item></workmodes>\
             <currentWorkmode><id>2</id><description>Available</description></currentWorkmode>\
             <addresses><item><channelId>1</channelId><address>+8001</address></item></addresses>\
             <containers><item><id>8001</id><type>line</type></item><item><id>Inbox</id><type>folder</type></item></containers>"
        }
        "getCalls" => {
            "<item><itemId>7</itemId><containerId>8001</containerId><processingStatus><id>2</id></processingStatus>\
             <capabilityList><item>hold</item><item>drop</item></capabilityList></item>"
        }
        "create" => "J-1",
        _ => "",
    };
    format!(
        "<e:Envelope xmlns:e='{}'><e:Body><{operation}Response xmlns='{namespace}'><response>{content}</response></{operation}Response></e:Body>\
         </e:Envelope>",
        super::event::ENVELOPE
    )
}
