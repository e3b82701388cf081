//! A caller who wants everything for himself, and another who only wants his answers.
//!
//! The greedy one has an address of his own (127.0.0.2): he opens as many connections as he can and sends their headers a byte at a time,
//! floods the service with whole requests on others, and comes again whenever he is sent away. The other asks one thing after another, before
//! and during that, and both his times are compared.

use crate::{
    PATIENCE,
    http::{self, Connection},
    program::Program,
    site, soap,
};
use socket2::{Domain, Socket, Type};
use std::{
    fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

/// The bounds of the service under test.
const LIMITS: &str = "\n[limits]\nconnections = 1000\nconnections_per_address = 200\nrequests_per_second = 300\nheader_time = \"2s\"\n";
/// The greedy caller's connections that send slowly.
const SLOW: usize = 300;
/// His connections that flood.
const FLOOD: usize = 8;
/// A pause of the greedy caller after he was sent away: his machine, too, has to open a connection first.
const AGAIN: Duration = Duration::from_millis(1);

/// What came of it.
#[derive(Debug)]
pub struct Report {
    /// Times of the other caller before the attack.
    pub quiet: Times,
    /// And during it.
    pub attacked: Times,
    /// Requests of the flood that were answered.
    pub answered: usize,
    /// Requests of the flood that were refused (429).
    pub refused: usize,
    /// Connections of the greedy caller that were closed before he was done.
    pub closed: usize,
}

/// How long requests took.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// How many were asked; all were answered.
    pub asked: usize,
    /// Half of them were faster.
    pub p50: Duration,
    /// 99 of 100 were faster.
    pub p99: Duration,
}

/// Where the service is.
#[derive(Clone, Copy)]
struct Aim<'a> {
    address: SocketAddr,
    path: &'a str,
}

#[derive(Default)]
struct Attack {
    over: AtomicBool,
    answered: AtomicUsize,
    refused: AtomicUsize,
    closed: AtomicUsize,
    raging: AtomicUsize,
}

/// Attacks a program of its own while `requests` are asked, and as many before.
///
/// # Panics
/// When the caller who does no harm is not answered.
pub fn rage(requests: usize) -> Report {
    let program = Program::with(&format!("{}{LIMITS}", site::FILE));
    let aim = Aim { address: program.ici, path: &program.path };
    ask(aim, requests / 4);
    let quiet = ask(aim, requests);
    let attack = Attack::default();
    let mut attacked = quiet;
    thread::scope(|scope| {
        let attack = &attack;
        let start = |name: String, work: fn(Aim<'_>, &Attack)| {
            let thread = thread::Builder::new().name(name).stack_size(256 * 1024);
            thread.spawn_scoped(scope, move || work(aim, attack)).expect("a thread starts");
        };
        for number in 0..SLOW {
            start(format!("slow-{number}"), crawl);
        }
        for number in 0..FLOOD {
            start(format!("flood-{number}"), flood);
        }
        let _over = Over(&attack.over);
        let deadline = Instant::now() + PATIENCE;
        // In full swing: slow ones are in, some were sent away, and the flood meets its bound.
        while attack.raging.load(Relaxed) < 100
            || attack.closed.load(Relaxed) == 0
            || attack.refused.load(Relaxed) + attack.answered.load(Relaxed) < 300
        {
            assert!(Instant::now() < deadline, "the attack does not get going: {attack:?}");
            thread::sleep(AGAIN);
        }
        attacked = ask(aim, requests);
    });
    let (answered, refused, closed) = (attack.answered.load(Relaxed), attack.refused.load(Relaxed), attack.closed.load(Relaxed));
    Report { quiet, attacked, answered, refused, closed }
}

/// Asks one thing after another on a connection that is kept.
fn ask(aim: Aim<'_>, requests: usize) -> Times {
    let mut connection = Connection::open(aim.address).expect("whoever does no harm gets in");
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let began = Instant::now();
        let answer = connection.exchange(&question(aim.path)).expect("whoever does no harm is answered");
        assert_eq!(answer.status(), 200, "{}", answer.text());
        times.push(began.elapsed());
        // As an agent does, and so that nobody's bound is met by him.
        thread::sleep(Duration::from_millis(4));
    }
    times.sort();
    Times { asked: requests, p50: times[requests / 2], p99: times[requests * 99 / 100] }
}

fn question(path: &str) -> Vec<u8> {
    http::request(
        path,
        &soap::action("User"),
        "",
        soap::envelope("User", "getAttributes", Some(site::AGENT), &[("userId", site::AGENT.into())]).as_bytes(),
    )
}

/// Sends a header a byte at a time, again and again.
fn crawl(aim: Aim<'_>, attack: &Attack) {
    while !attack.over.load(Relaxed) {
        let Ok(mut stream) = greedy(aim.address) else {
            thread::sleep(AGAIN);
            continue;
        };
        attack.raging.fetch_add(1, Relaxed);
        let mut byte = [0];
        let header = b"POST / HTTP/1.1\r\nHost: x\r\nX: ".iter().chain(std::iter::repeat(&b'x'));
        for letter in header {
            let gone = stream.write_all(&[*letter]).is_err() || !matches!(stream.read(&mut byte), Err(error) if waits(&error));
            if gone || attack.over.load(Relaxed) {
                break;
            }
        }
        attack.raging.fetch_sub(1, Relaxed);
        attack.closed.fetch_add(1, Relaxed);
        thread::sleep(AGAIN);
    }
}

/// Sends whole requests as fast as they are taken.
fn flood(aim: Aim<'_>, attack: &Attack) {
    let request = question(aim.path);
    while !attack.over.load(Relaxed) {
        let Ok(mut connection) = greedy(aim.address).and_then(Connection::over) else {
            thread::sleep(AGAIN);
            continue;
        };
        while !attack.over.load(Relaxed) {
            match connection.exchange(&request).map(|answer| answer.status()) {
                Ok(200) => attack.answered.fetch_add(1, Relaxed),
                Ok(429) => attack.refused.fetch_add(1, Relaxed),
                _ => {
                    attack.closed.fetch_add(1, Relaxed);
                    break;
                }
            };
        }
        thread::sleep(AGAIN);
    }
}

/// A connection from the greedy caller's address.
fn greedy(to: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from(([127, 0, 0, 2], 0)).into())?;
    socket.connect(&to.into())?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    Ok(stream)
}

fn waits(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// Ends the attack, also when a test fails in between.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

// === impl Attack ===

impl fmt::Debug for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answered, refused, closed, raging, .. } = self;
        write!(f, "{answered:?} answered, {refused:?} refused, {closed:?} closed, {raging:?} in")
    }
}

// === impl Report ===

impl Report {
    /// How many times longer 99 of 100 requests took at most.
    pub fn factor(&self) -> f64 {
        self.attacked.p99.as_secs_f64() / self.quiet.p99.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { quiet, attacked, answered, refused, closed } = self;
        let line = |name: &str, Times { asked, p50, p99 }: &Times| {
            format!("{name}: {asked} requests, p50 {:.2} ms, p99 {:.2} ms", p50.as_secs_f64() * 1e3, p99.as_secs_f64() * 1e3)
        };
        writeln!(f, "another caller's times, {}; {}", line("quiet", quiet), line("under attack", attacked))?;
        writeln!(f, "99 of 100 took {:.1} times as long", self.factor())?;
        write!(f, "the greedy caller: {answered} requests answered, {refused} refused, {closed} connections closed")
    }
}
