//! Reloads under load: clients that never pause, while the file changes, signals arrive and the listener moves.
//!
//! What counts as failed: a request that was sent and not answered with 200. A connection may be refused while the listener moves from one
//! address to the other, as with any server; then the client asks again, where the service is by then. Nothing else is forgiven.

use crate::{
    PATIENCE,
    http::{self, Connection},
    program::Program,
    site, soap,
};
use std::{
    fmt, fs,
    io::{self, ErrorKind, Write},
    net::{SocketAddr, TcpListener},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

/// Clients that keep their connection, and as many that do not.
const CLIENTS: usize = 4;
/// Pause between two looks at something that another process is about to do.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub struct Storm {
    /// Requests at least, kept alive and not.
    pub requests: usize,
    /// `SIGHUP`s, spread over them.
    pub signals: usize,
    /// Changes of the file, every fifth of them to one that has to be refused.
    pub files: usize,
    /// Changes of address or path.
    pub moves: usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// Answered with 200 on a connection that was kept.
    pub kept: usize,
    /// Answered with 200 on one of its own.
    pub single: usize,
    /// Connections that were refused while the listener moved, and asked again.
    pub refused: usize,
    /// What failed, the first few of them.
    pub failures: Vec<String>,
    /// Signals sent.
    pub signals: usize,
    /// Changes of the file that were seen to work, or to be refused.
    pub files: usize,
    /// Changes of address or path that were seen to work.
    pub moves: usize,
    /// How long it took.
    pub took: Duration,
}

/// Where the service is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    address: SocketAddr,
    path: String,
}

struct Weather {
    place: Mutex<Place>,
    calm: AtomicBool,
    kept: AtomicUsize,
    single: AtomicUsize,
    refused: AtomicUsize,
    failures: Mutex<Vec<String>>,
}

/// Lets the storm rage over a program of its own.
///
/// # Panics
/// When a change does not come into force.
pub fn rage(storm: Storm) -> Report {
    let began = Instant::now();
    let addresses = free_addresses();
    let first = Place { address: addresses[0], path: "/ici-0".into() };
    let mut program = Program::listening(&file(&first, 0));
    let weather = Weather {
        place: Mutex::new(first),
        calm: AtomicBool::new(false),
        kept: AtomicUsize::new(0),
        single: AtomicUsize::new(0),
        refused: AtomicUsize::new(0),
        failures: Mutex::new(Vec::new()),
    };
    let mut report = Report::default();
    thread::scope(|scope| {
        for client in 0..2 * CLIENTS {
            let weather = &weather;
            let user = [site::AGENT, site::CALLER, site::EXPERT, site::STRANGER][client % 4];
            let work = move || if client < CLIENTS { keep_asking(weather, user) } else { ask_once_each(weather, user) };
            thread::Builder::new().name(format!("client-{client}")).spawn_scoped(scope, work).expect("a thread starts");
        }
        let _calm = Calm(&weather.calm);
        report = change_everything(storm, &program, &addresses, &weather);
        while weather.answered() < storm.requests && weather.failures().is_empty() {
            thread::sleep(LOOK_AGAIN);
        }
    });
    assert!(program.is_alive(), "the program has ended: {}", program.log());
    report.kept = weather.kept.load(Relaxed);
    report.single = weather.single.load(Relaxed);
    report.refused = weather.refused.load(Relaxed);
    report.failures = std::mem::take(&mut *weather.failures());
    report.took = began.elapsed();
    report
}

/// Signals, files and moves, evenly mixed and spread over the requests.
fn change_everything(storm: Storm, program: &Program, addresses: &[SocketAddr; 2], weather: &Weather) -> Report {
    let mut report = Report::default();
    let mut signals = Signals::to(program.id());
    let mut place = weather.place();
    let steps = storm.signals.max(storm.files).max(storm.moves).max(1);
    let is_due = |count: usize, step: usize| (step + 1) * count / steps > step * count / steps;
    for step in 0..steps {
        if !weather.failures().is_empty() {
            break;
        }
        if is_due(storm.signals, step) {
            let due = report.signals * storm.requests / storm.signals;
            while weather.answered() < due && weather.failures().is_empty() {
                thread::sleep(LOOK_AGAIN);
            }
            signals.hang_up();
            report.signals += 1;
        }
        if is_due(storm.files, step) {
            report.files += 1;
            if report.files.is_multiple_of(5) {
                save(program, "[workmodes]\nlogout = 7\n");
                await_that("a bad file is refused", || readiness(program).contains("refused"));
                save(program, &file(&place, report.files));
            } else {
                save(program, &file(&place, report.files));
            }
            let text = format!("Logout {}", report.files);
            await_that("the changed file is in force", || attributes(&place).contains(&text));
        }
        if is_due(storm.moves, step) {
            report.moves += 1;
            place = if report.moves.is_multiple_of(2) {
                Place { path: format!("/ici-{}", report.moves), ..place }
            } else {
                let other = addresses[usize::from(place.address == addresses[0])];
                Place { address: other, ..place }
            };
            save(program, &file(&place, report.files));
            await_that("the service is at its new place", || ask(&place).is_ok_and(|answer| answer.status() == 200));
            *weather.place.lock().unwrap_or_else(PoisonError::into_inner) = place.clone();
        }
    }
    report
}

/// A client that keeps its connection until it is told that it closes.
fn keep_asking(weather: &Weather, user: &str) {
    let mut open: Option<(Connection, Place)> = None;
    while !weather.calm.load(Relaxed) {
        let (mut connection, place) = match open.take() {
            Some(open) => open,
            None => match weather.connect() {
                Some(open) => open,
                None => return,
            },
        };
        // The path may change under a connection; the new one counts as soon as it is known.
        let now = weather.place();
        let place = if now.address == place.address { now } else { place };
        let request = http::request(&place.path, &soap::action("User"), "", question(user).as_bytes());
        match connection.exchange(&request) {
            Ok(answer) if answer.status() == 200 => {
                weather.kept.fetch_add(1, Relaxed);
                if !answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
                    open = Some((connection, place));
                }
            }
            other => return weather.fail("kept alive", &other),
        }
    }
}

/// A client with a connection for each request, as SAP's HTTP/1.0 has it.
fn ask_once_each(weather: &Weather, user: &str) {
    while !weather.calm.load(Relaxed) {
        let Some((mut connection, place)) = weather.connect() else { return };
        let request = http::post(&place.path, &soap::action("User"), question(user).as_bytes());
        match connection.exchange(&request) {
            Ok(answer) if answer.status() == 200 => weather.single.fetch_add(1, Relaxed),
            other => return weather.fail("a connection of its own", &other),
        };
    }
}

fn question(user: &str) -> String {
    soap::envelope("User", "getAttributes", Some(user), &[("userId", user.into())])
}

/// The file for a place, with a text that tells which edition it is.
fn file(place: &Place, edition: usize) -> String {
    let service = format!("[service]\nlisten = \"{}\"\npath = \"{}\"\n\n[admin]\nlisten = \"127.0.0.1:0\"\n", place.address, place.path);
    let workmodes = format!("[workmodes]\nlogout = \"Logout {edition}\"");
    site::FILE.replace("schema = 1\n", &format!("schema = 1\n\n{service}")).replace("[workmodes]", &workmodes)
}

/// Replaces the file in one step, as the wizard does: nobody ever reads half of it.
fn save(program: &Program, text: &str) {
    let new = program.config().with_extension("new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, program.config())).expect("the file can be written");
}

fn ask(place: &Place) -> io::Result<http::Message> {
    let question = question(site::AGENT);
    http::exchange(place.address, &http::post(&place.path, &soap::action("User"), question.as_bytes()))
}

fn attributes(place: &Place) -> String {
    ask(place).map(|answer| answer.text()).unwrap_or_default()
}

fn readiness(program: &Program) -> String {
    http::exchange(program.admin, &http::get("/readyz")).map(|answer| answer.text()).unwrap_or_default()
}

/// Waits for what another process is about to do.
fn await_that(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        thread::sleep(LOOK_AGAIN);
    }
}

/// Two addresses that are free now.
fn free_addresses() -> [SocketAddr; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("loopback has a free port"));
    listeners.map(|listener| listener.local_addr().expect("a listener has an address"))
}

/// A shell that sends signals, which costs no process for each.
struct Signals {
    shell: Child,
    input: ChildStdin,
}

/// Sends the clients home, also when a test fails in between.
struct Calm<'a>(&'a AtomicBool);

impl Drop for Calm<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

// === impl Signals ===

impl Signals {
    fn to(process: u32) -> Self {
        let script = "while read -r name; do kill -s \"$name\" \"$1\"; done";
        let mut shell =
            Command::new("sh").args(["-c", script, "signals", &process.to_string()]).stdin(Stdio::piped()).spawn().expect("a shell starts");
        let input = shell.stdin.take().expect("stdin is a pipe");
        Self { shell, input }
    }

    fn hang_up(&mut self) {
        self.input.write_all(b"HUP\n").expect("the shell reads");
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

// === impl Weather ===

impl Weather {
    fn place(&self) -> Place {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answered(&self) -> usize {
        self.kept.load(Relaxed) + self.single.load(Relaxed)
    }

    /// Connects to where the service is; asks again while it moves. `None` when the storm is over or that takes too long.
    fn connect(&self) -> Option<(Connection, Place)> {
        let deadline = Instant::now() + PATIENCE;
        while !self.calm.load(Relaxed) {
            let place = self.place();
            match Connection::open(place.address) {
                Ok(connection) => return Some((connection, place)),
                Err(error) if error.kind() == ErrorKind::ConnectionRefused && Instant::now() < deadline => {
                    self.refused.fetch_add(1, Relaxed);
                    thread::sleep(LOOK_AGAIN);
                }
                Err(error) => {
                    self.fail("connecting", &Err(error));
                    return None;
                }
            }
        }
        None
    }

    fn fail(&self, what: &str, outcome: &io::Result<http::Message>) {
        let text = match outcome {
            Ok(answer) => format!("{what}: {}: {}", answer.line, answer.text()),
            Err(error) => format!("{what}: {error} ({:?})", error.kind()),
        };
        self.failures().push(text);
    }
}

// === impl Report ===

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kept, single, refused, failures, signals, files, moves, took } = self;
        let answered = kept + single;
        writeln!(f, "{answered} requests answered in {:.1} s: {kept} kept alive, {single} on a connection each", took.as_secs_f64())?;
        writeln!(f, "{signals} SIGHUPs, {files} changes of the file, {moves} changes of address or path")?;
        writeln!(f, "{refused} connections refused between two addresses and asked again")?;
        write!(f, "{} requests failed", failures.len())?;
        failures.iter().try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}
