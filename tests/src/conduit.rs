//! Conversation events of the real program in other people's hands: moto as Kinesis and STS, fastavro as the reader, and between the program and
//! moto a proxy that does what the real service does on a bad day.

mod proxy;

pub use proxy::{Proxy, Weather};

use crate::{PATIENCE, http, lab, program::Program, site};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The stream.
pub const STREAM: &str = "conversation-events";
/// The organisation whose events they are.
pub const ORGANIZATION: &str = "2f5b1a30-1c2d-4e5f-8a9b-0c1d2e3f4a5b";
/// Levels of the voice menus that a caller goes through in a storm.
const LEVELS: usize = 10;
/// Events that such a caller makes: in and out of each level, into the queue, and gone.
pub const EVENTS: usize = 2 * LEVELS + 2;

/// moto on a free port of this machine, alive until it is dropped.
pub struct Moto {
    child: Child,
    /// Where it is.
    pub address: SocketAddr,
}

/// What a reader finds in the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The record's name in the schema, without its namespace.
    pub name: String,
    /// The partition key.
    pub key: String,
    /// Its fields.
    pub event: Value,
}

/// What a storm of callers came to.
#[derive(Debug)]
pub struct Report {
    /// Events that happened.
    pub happened: usize,
    /// Different events in the stream.
    pub arrived: usize,
    /// Events that are there more than once.
    pub twice: usize,
    /// Conversations whose events are in another order.
    pub disordered: usize,
    /// From the first caller to the last event.
    pub took: Duration,
    /// Memory of the program after a tenth of the callers, and at the end, in MiB.
    pub memory: (u64, u64),
    /// What the proxy did.
    pub weather: String,
}

// === impl Moto ===

impl Moto {
    /// Starts it.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn start() -> Self {
        Self::with(None)
    }

    /// The same; after so many calls it checks every signature and right.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn with(free_calls: Option<usize>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        Self::at(SocketAddr::from(([127, 0, 0, 1], port)), free_calls)
    }

    /// The same at an address that is free.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn at(address: SocketAddr, free_calls: Option<usize>) -> Self {
        let mut command = python();
        command.args(["serve", &address.port().to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(calls) = free_calls {
            command.env("INITIAL_NO_AUTH_ACTION_COUNT", calls.to_string());
        }
        let moto = Self { child: command.spawn().expect("Python starts"), address };
        let deadline = Instant::now() + 2 * PATIENCE;
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "moto does not become ready");
            thread::sleep(Duration::from_millis(50));
        }
        moto
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes the stream.
    pub fn make_stream(&self, shards: usize) {
        run(&["prepare", &self.url(), STREAM, &shards.to_string()]);
    }

    /// Makes a user with a key and the stream; id and secret of the key.
    pub fn make_user(&self) -> (String, String) {
        let key: Value = serde_json::from_str(&run(&["secure", &self.url(), STREAM])).expect("a line of JSON");
        let text = |name: &str| key[name].as_str().expect("a text").to_owned();
        (text("id"), text("secret"))
    }

    /// Everything in the stream, decoded by fastavro with the schema of the program.
    pub fn read(&self, framing: &str, key: Option<(&str, &str)>) -> Vec<Record> {
        let schema = lab::repository().join("assets/conduit/conversation-event-v1.avsc");
        let (url, schema) = (self.url(), schema.display().to_string());
        let mut arguments = vec!["read", &url, STREAM, &schema, framing];
        arguments.extend(key.into_iter().flat_map(|(id, secret)| [id, secret]));
        let lines = run(&arguments);
        let record = |line: &str| {
            let value: Value = serde_json::from_str(line).expect("a line of JSON");
            let text = |name: &str| value[name].as_str().expect("a text").to_owned();
            let name = text("record").rsplit('.').next().unwrap_or_default().to_owned();
            Record { name, key: text("key"), event: value["event"].clone() }
        };
        lines.lines().map(record).collect()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn python() -> Command {
    let mut command = Command::new(lab::installed().join("venv/bin/python"));
    command.arg(lab::tests("clients/kinesis/stream.py"));
    command
}

fn run(arguments: &[&str]) -> String {
    let output = python().args(arguments).output().expect("Python starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The site's file with conversation events to this address, with a store where the file says `STORE`. `more` are further lines of the section;
/// without a key or a profile among them there are some that nobody checks.
pub fn file(endpoint: &str, more: &str) -> String {
    let key = "access_key = \"AKIDEXAMPLE\"\nsecret_key = \"env:JACKFIELD_TEST_CONDUIT_SECRET\"";
    let key = if more.contains("_key") || more.contains("profile") { "" } else { key };
    format!(
        "{}\n[store]\npath = \"STORE\"\n[genesys_cloud.conduit]\nenabled = true\norganization_id = \"{ORGANIZATION}\"\n\
         stream = \"{STREAM}\"\nregion = \"eu-central-1\"\nendpoint = \"{endpoint}\"\nsts_endpoint = \"{endpoint}\"\n{key}\n{more}\n",
        site::FILE
    )
}

/// Starts the program in this folder.
pub fn start(folder: &Path, file: &str) -> Program {
    let secret = folder.join("secret");
    if !secret.exists() {
        write_secret(folder, "not checked");
    }
    let file = file.replace("env:JACKFIELD_TEST_CONDUIT_SECRET", &format!("file:{}", secret.display()));
    Program::with_store(folder, &file, None).unwrap_or_else(|program| panic!("it does not start: {}", program.log()))
}

/// The secret of the access key, as the program wants it kept.
pub fn write_secret(folder: &Path, secret: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("secret");
    std::fs::write(&path, secret).expect("a temporary file can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("our own file");
}

/// What the program says of its conversation events.
pub fn status(program: &Program) -> Value {
    let answer = http::exchange(program.admin, &http::get("/status")).expect("the program answers");
    serde_json::from_str::<Value>(&answer.text()).expect("JSON")["conversations"].take()
}

/// A figure of all kinds together.
pub fn sum(status: &Value, figure: &str) -> u64 {
    status["kinds"].as_array().into_iter().flatten().filter_map(|kind| kind[figure].as_u64()).sum()
}

/// Looks until the figures are as they should be.
///
/// # Panics
/// When they do not become so in time.
pub fn wait_for(program: &Program, what: &str, patience: Duration, fits: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + patience;
    loop {
        let status = status(program);
        if fits(&status) {
            return status;
        }
        assert!(Instant::now() < deadline, "{what}: {status}\n{}", program.log());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Somebody calls; gives back his call.
pub fn call(program: &Program, caller: &Value) -> String {
    let answer = ask(program, "POST", "/callers", &caller.to_string());
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    answer["call"].as_str().unwrap_or_else(|| panic!("no call: {answer}")).to_owned()
}

/// He hangs up.
pub fn hang_up(program: &Program, call: &str) {
    ask(program, "DELETE", &format!("/callers/{call}"), "");
}

fn ask(program: &Program, method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    http::exchange(program.admin, format!("{head}{body}").as_bytes()).expect("the program answers").text()
}

/// So many callers go through the voice menus, wait and give up, while the weather between the program and moto is bad; `kill` kills the program
/// in the middle and starts it again.
pub fn storm(callers: usize, weather: Weather, kill: bool) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let moto = Moto::start();
    moto.make_stream(16);
    let proxy = Proxy::before(moto.address, weather);
    let file = file(&proxy.url(), "");
    let mut program = start(folder.path(), &file);
    let began = Instant::now();
    let (mut happened, mut memory) = (0, (0, 0));
    for number in 0..callers {
        let levels = (0..LEVELS).map(|level| json!({ "path": format!("L{level}"), "entered": level, "left": level }));
        let caller = json!({ "number": format!("+4930{number}"), "to": "Support", "menus": levels.collect::<Vec<_>>() });
        let call = call(&program, &caller);
        hang_up(&program, &call);
        happened += EVENTS;
        if number == callers / 10 {
            memory.0 = resident(program.id());
        }
        if kill && number == callers / 2 {
            // What the program was told of is in its hands, but not all of it on its disk yet: only that may be lost.
            let taken = |status: &Value| sum(status, "waiting") + sum(status, "sent") >= u64::try_from(happened).unwrap_or(u64::MAX);
            wait_for(&program, "what happened is not written down", PATIENCE, taken);
            program.kill();
            program = start(folder.path(), &file);
        }
    }
    let patience = Duration::from_mins(1) + Duration::from_millis(20) * u32::try_from(happened).unwrap_or(u32::MAX);
    wait_for(&program, "not all was sent", patience, |status| sum(status, "waiting") == 0 && status["oldest"].is_null());
    let took = began.elapsed();
    memory.1 = resident(program.id());
    drop(program);
    judge(happened, &moto.read("bare", None), took, memory, proxy.told())
}

fn judge(happened: usize, records: &[Record], took: Duration, memory: (u64, u64), weather: String) -> Report {
    let mut seen = BTreeSet::new();
    let mut conversations: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut twice = 0;
    for record in records {
        let place = place_of(record);
        if seen.insert((&record.key, place)) {
            conversations.entry(&record.key).or_default().push(place);
        } else {
            twice += 1;
        }
    }
    let disordered = conversations.values().filter(|places| !places.is_sorted()).count();
    Report { happened, arrived: seen.len(), twice, disordered, took, memory, weather }
}

/// When it happened in its conversation.
fn place_of(record: &Record) -> usize {
    let code = |name: &str| record.event[name].as_u64().and_then(|code| usize::try_from(code).ok()).expect("a number");
    match record.name.as_str() {
        "ConversationIvrDisposed" => 2 * code("dispositionCode"),
        "ConversationIvrMilestone" => 2 * code("milestone") + 1,
        "ConversationEnqueued" => 2 * LEVELS,
        "ConversationAbandoned" => 2 * LEVELS + 1,
        other => panic!("nobody did that: {other}"),
    }
}

/// Memory of a process, in MiB.
pub(crate) fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().split(' ').next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}

// === impl Report ===

impl Report {
    /// Did every event arrive, in its conversation's order?
    pub fn is_good(&self) -> bool {
        self.arrived == self.happened && self.disordered == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { happened, arrived, twice, disordered, took, memory: (early, late), weather } = self;
        write!(
            f,
            "{happened} conversation events happened, {arrived} arrived, {twice} of them more than once, {disordered} conversations out of order, \
             in {:.1} s; memory {early} MiB after a tenth, {late} MiB at the end; {weather}",
            took.as_secs_f64()
        )
    }
}
