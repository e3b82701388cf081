//! SAP's ear: a listener that takes events, keeps them in order, and answers as it is told. Either our own, or a foreign one (PHP's
//! `SoapServer`, `SOAP::Lite`'s daemon) that says on its standard error what it decoded: `event PATH NAME name=value …`, percent-encoded.

use crate::{PATIENCE, client, http, lab, tree, tree::Leaves};
use std::{
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Between two bytes of an answer that trickles.
const DRIP: Duration = Duration::from_millis(20);

/// One event as it was posted.
#[derive(Clone, Debug)]
pub struct Event {
    /// Path and query it was posted to.
    pub path: String,
    /// The operation, e.g. `phoneCallChanged`.
    pub name: String,
    /// What it carries.
    pub leaves: Leaves,
    /// All of it; `None` where a foreign listener took it.
    pub message: Option<http::Message>,
    /// When it was here.
    pub at: Instant,
}

/// How SAP takes what is posted to it; what it does not take it has not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It answers with 200.
    Well,
    /// It accepts and reads, and never answers.
    Hangs,
    /// Nobody listens, and what is connected is closed.
    Refuses,
    /// It answers with this status and a page of HTML.
    Answers(u16),
    /// It answers with what is no HTTP.
    Garbage,
    /// Its answer comes in single bytes and does not end.
    Trickles,
}

/// A listener with a list.
pub struct Sink {
    address: String,
    heard: Arc<Heard>,
    child: Option<Child>,
}

#[derive(Default)]
struct Heard {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    events: Vec<Event>,
    taken: usize,
    /// By the beginning of the path; the first that fits counts.
    moods: Vec<(String, Mood)>,
    /// Posts that were not taken.
    turned_away: usize,
}

impl Sink {
    /// Listens on a port of its own.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address").to_string();
        let heard = Arc::new(Heard::default());
        listen(listener, &heard);
        Self { address, heard, child: None }
    }

    /// Lets PHP's `SoapServer` listen.
    ///
    /// # Panics
    /// When it does not.
    pub fn php() -> Self {
        // PHP takes no port 0 and tells nobody which it got, so one is looked for that is free now.
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("loopback has a free port");
        Self::foreign(&["php-server", "sink", &free.to_string()], |line| line.contains(") started").then(|| free.to_string()))
    }

    /// Lets `SOAP::Lite`'s daemon listen.
    ///
    /// # Panics
    /// When it does not.
    pub fn soap_lite() -> Self {
        Self::foreign(&["perl", "sink"], |line| {
            line.strip_prefix("listening http://").map(|address| address.trim_end_matches('/').to_owned())
        })
    }

    fn foreign(arguments: &[&str], started: impl Fn(&str) -> Option<String>) -> Self {
        let mut child = Command::new(lab::tests("clients/run"))
            .arg(lab::installed())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a listener starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is a pipe")).lines().map_while(Result::ok);
        let mut said = String::new();
        let address = lines.by_ref().find_map(|line| {
            said = said.clone() + "\n" + &line;
            started(&line)
        });
        let address = address.unwrap_or_else(|| panic!("{arguments:?} does not listen:{said}"));
        let heard = Arc::new(Heard::default());
        let ear = Arc::clone(&heard);
        let follow = move || {
            for line in lines {
                if let Some(event) = decoded(&line) {
                    ear.state.lock().unwrap_or_else(PoisonError::into_inner).events.push(event);
                    ear.changed.notify_all();
                }
            }
        };
        thread::Builder::new().name("foreign-sink".into()).spawn(follow).expect("a thread starts");
        Self { address, heard, child: Some(child) }
    }

    /// A URL for events; the path tells subscriptions apart.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on it is in this mood about everything that is posted to paths that begin like this.
    ///
    /// # Panics
    /// When its port is not free any more.
    pub fn be(&self, path: &str, mood: Mood) {
        let (before, after) = {
            let mut state = self.lock();
            let before = state.refuses();
            state.moods.retain(|(other, _)| other != path);
            state.moods.push((path.to_owned(), mood));
            self.heard.changed.notify_all();
            (before, state.refuses())
        };
        match (before, after) {
            // Whoever accepts looks at the mood with every connection.
            (false, true) => while TcpStream::connect(&self.address).is_ok() {},
            (true, false) => listen(TcpListener::bind(&self.address).expect("its port is free again"), &self.heard),
            _ => {}
        }
    }

    /// Waits until so many posts were not taken since the listener was made.
    ///
    /// # Panics
    /// When they do not come.
    pub fn turns_away(&self, posts: usize) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        while state.turned_away < posts {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} posts came instead of {posts}", state.turned_away);
            state = self.heard.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Everything heard so far.
    pub fn events(&self) -> Vec<Event> {
        self.lock().events.clone()
    }

    /// What has come at a path behind the event of this number, each with its own; and the number of the last that has come at all. Numbers
    /// begin with 1 and count events that were forgotten.
    pub fn since(&self, number: usize, path: &str) -> (usize, Vec<(usize, Event)>) {
        let state = self.lock();
        let numbered = state.events.iter().enumerate().map(|(place, event)| (state.taken + place + 1, event));
        let new = numbered.skip(number.saturating_sub(state.taken)).filter(|(_, event)| event.path == path);
        (state.taken + state.events.len(), new.map(|(number, event)| (number, event.clone())).collect())
    }

    /// What has come at all behind the event of this number, and the number of the last.
    pub fn all_since(&self, number: usize) -> (usize, Vec<Event>) {
        let state = self.lock();
        let new = state.events.iter().skip(number.saturating_sub(state.taken)).cloned().collect();
        (state.taken + state.events.len(), new)
    }

    /// Forgets what has come up to the event of this number: for who listens for hours.
    pub fn forget(&self, number: usize) {
        let mut state = self.lock();
        let count = number.saturating_sub(state.taken).min(state.events.len());
        state.events.drain(..count);
        state.taken += count;
    }

    /// How many events have come, those included that were forgotten.
    pub fn heard(&self) -> usize {
        let state = self.lock();
        state.taken + state.events.len()
    }

    /// Waits for the first event from `from` on that fits, and gives back its place.
    ///
    /// # Panics
    /// When it does not come in time; with what came instead.
    pub fn wait(&self, from: usize, what: &str, fits: impl Fn(&Event) -> bool) -> (usize, Event) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.lock();
        loop {
            if let Some(place) = state.events.iter().skip(from).position(&fits) {
                let place = from + place;
                return (place, state.events[place].clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "no event came for: {what}; instead came {}", summary(&state.events[from.min(state.events.len())..]));
            state = self.heard.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.heard.lock()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// `event PATH NAME name=value …`
fn decoded(line: &str) -> Option<Event> {
    let mut words = line[line.find("event ")?..].split(' ').skip(1);
    let path = client::decode(words.next()?);
    let name = words.next()?.to_owned();
    let leaves = Leaves::new(client::pairs(words));
    Some(Event { path, name, leaves, message: None, at: Instant::now() })
}

fn summary(events: &[Event]) -> String {
    events.iter().map(|event| format!("\n  {} {} {:?}", event.path, event.name, event.leaves)).collect::<Vec<_>>().concat()
}

/// Accepts until nobody shall listen any more.
fn listen(listener: TcpListener, heard: &Arc<Heard>) {
    let heard = Arc::clone(heard);
    let accept = move || {
        for stream in listener.incoming().flatten() {
            if heard.lock().refuses() {
                return;
            }
            let ear = Arc::clone(&heard);
            let serving = thread::Builder::new().name("event-connection".into()).spawn(move || serve(stream, &ear));
            serving.expect("a thread starts");
        }
    };
    thread::Builder::new().name("event-sink".into()).spawn(accept).expect("a thread starts");
}

fn serve(stream: TcpStream, heard: &Heard) {
    let Ok(mut connection) = http::Connection::over(stream) else { return };
    while let Ok(Some(message)) = connection.receive() {
        let Some(event) = understand(message) else { return };
        let path = event.path.clone();
        let (mood, answer) = {
            let mut state = heard.lock();
            let mood = state.mood(&path);
            let name = event.name.clone();
            if mood == Mood::Well {
                state.events.push(event);
            } else {
                state.turned_away += 1;
            }
            heard.changed.notify_all();
            (mood, answer(mood, &name))
        };
        if connection.send(answer.as_bytes()).is_err() {
            return;
        }
        match mood {
            Mood::Well | Mood::Answers(_) => {}
            Mood::Refuses | Mood::Garbage => return,
            Mood::Hangs => return heard.while_in(&path, mood, || true),
            Mood::Trickles => return heard.while_in(&path, mood, || connection.send(b"x").is_ok()),
        }
    }
}

/// The bytes that it answers with.
fn answer(mood: Mood, name: &str) -> String {
    let with = |status: u16, body: &str| {
        format!("HTTP/1.1 {status} Answer\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    match mood {
        Mood::Well => with(
            200,
            &format!(
                "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Body><{name}Response><response/>\
                 </{name}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>"
            ),
        ),
        Mood::Answers(status) => with(status, "<html><body>not now</body></html>"),
        Mood::Garbage => "this is no HTTP\r\n\r\n".to_owned(),
        Mood::Trickles => "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_owned(),
        Mood::Hangs | Mood::Refuses => String::new(),
    }
}

impl Heard {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something again and again, as long as the mood lasts and it succeeds.
    fn while_in(&self, path: &str, mood: Mood, mut each: impl FnMut() -> bool) {
        let mut state = self.lock();
        while state.mood(path) == mood {
            state = self.changed.wait_timeout(state, DRIP).unwrap_or_else(PoisonError::into_inner).0;
            if !each() {
                return;
            }
        }
    }
}

impl State {
    fn mood(&self, path: &str) -> Mood {
        self.moods.iter().find(|(beginning, _)| path.starts_with(beginning.as_str())).map_or(Mood::Well, |(_, mood)| *mood)
    }

    fn refuses(&self) -> bool {
        self.moods.iter().any(|(_, mood)| *mood == Mood::Refuses)
    }
}

fn understand(message: http::Message) -> Option<Event> {
    let path = message.line.split(' ').nth(1)?.to_owned();
    let text = message.text();
    let document = tree::parse(&text).ok()?;
    let body = document.descendants().find(|node| node.tag_name().name() == "Body")?;
    let operation = body.children().find(roxmltree::Node::is_element)?;
    let name = operation.tag_name().name().to_owned();
    let leaves = Leaves::below(operation);
    Some(Event { path, name, leaves, message: Some(message), at: Instant::now() })
}
