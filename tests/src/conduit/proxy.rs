//! Between the program and Kinesis: refuses single records of a call, cuts connections before and after a call was taken, and says nothing at all.

use crate::http::{Connection, Message};
use serde_json::{Value, json};
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How it treats calls that put records: every so-manieth of them, 0 for none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    /// Some of its records are refused, and the others taken.
    pub refuses_some: usize,
    /// It is cut before anything was taken.
    pub cuts_before: usize,
    /// It is cut after all was taken, and the answer lost.
    pub cuts_after: usize,
    /// It is answered with an error of the service.
    pub fails: usize,
}

/// Alive until the process ends.
pub struct Proxy {
    address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    calls: AtomicUsize,
    refused: AtomicUsize,
    cut_before: AtomicUsize,
    cut_after: AtomicUsize,
    failed: AtomicUsize,
}

// === impl Proxy ===

impl Proxy {
    /// Starts one before this address.
    ///
    /// # Panics
    /// When there is no free port.
    pub fn before(target: SocketAddr, weather: Weather) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        named("proxy", move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counts = Arc::clone(&counted);
                // Its end is the connection's.
                named("proxy-connection", move || {
                    let _ended = serve(stream, target, weather, &counts);
                });
            }
        });
        Self { address, counts }
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it did.
    pub fn told(&self) -> String {
        let Counts { calls, refused, cut_before, cut_after, failed } = &*self.counts;
        let [calls, refused, before, after, failed] =
            [calls, refused, cut_before, cut_after, failed].map(|count| count.load(Ordering::Relaxed));
        format!("{calls} calls, {refused} records refused, {before} calls cut before and {after} after they were taken, {failed} failed")
    }
}

fn named(name: &str, work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().name(name.to_owned()).spawn(work).expect("a thread starts");
}

fn serve(stream: TcpStream, target: SocketAddr, weather: Weather, counts: &Counts) -> Option<()> {
    let mut client = Connection::over(stream).ok()?;
    while let Ok(Some(request)) = client.receive() {
        let puts = request.header("x-amz-target").is_some_and(|target| target.ends_with(".PutRecords"));
        let call = if puts { counts.calls.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        let hit = |every: usize| puts && every > 0 && call % every == 0;
        if hit(weather.cuts_before) {
            counts.cut_before.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        if hit(weather.fails) {
            counts.failed.fetch_add(1, Ordering::Relaxed);
            let body = json!({ "__type": "InternalFailure", "message": "a bad day" }).to_string();
            client.send(&answer("HTTP/1.1 500 Internal Server Error", body.as_bytes())).ok()?;
            continue;
        }
        let (request, refused) = if hit(weather.refuses_some) { without_some(request) } else { (request, Vec::new()) };
        let mut reply = Connection::open(target).ok()?.exchange(&written(&request)).ok()?;
        if hit(weather.cuts_after) {
            counts.cut_after.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        if !refused.is_empty() {
            counts.refused.fetch_add(refused.len(), Ordering::Relaxed);
            reply.body = with_refusals(&reply.body, &refused)?;
        }
        client.send(&answer(&reply.line, &reply.body)).ok()?;
    }
    None
}

/// Takes every third record out of a call; gives back their places.
fn without_some(mut request: Message) -> (Message, Vec<usize>) {
    let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) else { return (request, Vec::new()) };
    let Some(records) = body["Records"].as_array_mut() else { return (request, Vec::new()) };
    let refused: Vec<usize> = (0..records.len()).filter(|place| place % 3 == 0 && records.len() > 1).collect();
    let mut place = 0;
    records.retain(|_| {
        place += 1;
        !refused.contains(&(place - 1))
    });
    request.body = body.to_string().into_bytes();
    (request, refused)
}

/// Puts what Kinesis says of a record that it throttles at these places.
fn with_refusals(body: &[u8], refused: &[usize]) -> Option<Vec<u8>> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    let results = answer["Records"].as_array_mut()?;
    for place in refused {
        let error = json!({ "ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard" });
        results.insert((*place).min(results.len()), error);
    }
    answer["FailedRecordCount"] = json!(refused.len());
    Some(answer.to_string().into_bytes())
}

fn written(request: &Message) -> Vec<u8> {
    let mut bytes = format!("{}\r\n", request.line).into_bytes();
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "content-length" && name != "connection") {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(format!("connection: close\r\ncontent-length: {}\r\n\r\n", request.body.len()).as_bytes());
    bytes.extend_from_slice(&request.body);
    bytes
}

fn answer(line: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{line}\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}
