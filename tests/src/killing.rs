//! The service is killed under load, again and again, and started again with the same store: at named points of its own
//! (`JACKFIELD_CRASH`, see `service/src/crash.rs`) and at random ones. After each start SAP's picture and the service's must be one.
//!
//! What was acknowledged must be there. What was asked and not answered may be there or not; whatever else comes counts as lost.

use crate::{
    PATIENCE, http,
    program::Program,
    sink::Sink,
    soap::{self, Outcome, Parameters},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

/// The service's own points; `None` is a kill from outside, whenever.
pub const POINTS: [Option<&str>; 9] = [
    Some("before-commit"),
    Some("after-commit"),
    Some("before-request"),
    Some("after-request"),
    Some("before-answer"),
    Some("after-answer"),
    Some("before-post"),
    Some("after-post"),
    None,
];

/// Agents, each with a colleague: the first calls the second and so on.
const AGENTS: usize = 8;
/// Items that an agent has created and not dialled, at most; the service itself forgets the oldest of 32.
const CREATED: usize = 6;
/// A look again at something that another process is about to do.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// Code of the state in which an item is over.
const ENDED: &str = crate::agent::status::ENDED;

/// Number of the workmode in which an agent is logged off.
const LOGGED_OFF: &str = "1";

/// What was seen at one point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Times that the process died there.
    pub kills: usize,
    /// Sessions that had to be there, and were.
    pub sessions: usize,
    /// Subscriptions that had to be there, and were told of a change.
    pub subscriptions: usize,
    /// Attached data of items not dialled yet that had to be there, and was.
    pub data: usize,
    /// Items that SAP showed when the process died, and whose end it was told.
    pub ends: usize,
    /// Of these, ends that had to carry attached data, and did.
    pub ends_with_data: usize,
    /// Commands that were answered before the process died.
    pub answered: usize,
}

/// What came of it all.
#[derive(Debug, Default)]
pub struct Report {
    /// By point.
    pub checked: BTreeMap<&'static str, Checked>,
    /// What was lost, or left hanging.
    pub failures: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// Kills the service so many times, the points in turn.
///
/// # Panics
/// When the service does not start.
pub fn kill(times: usize, seed: u64) -> Report {
    let began = Instant::now();
    let (folder, sink) = (folder(), Sink::start());
    let mut chance = Chance(seed.max(1));
    let mut agents: Vec<Model> = (0..AGENTS).map(|number| Model::new(number, &sink)).collect();
    let (mut picture, mut report) = (Picture::default(), Report::default());
    for round in 0..times {
        let point = POINTS[round % POINTS.len()];
        let name = point.unwrap_or("random");
        let passes = 1 + chance.below(120);
        let wish = point.map(|point| format!("{point}:{passes}"));
        let Life { answered, log } = live_and_die(folder.path(), wish.as_deref(), &sink, &mut agents, &mut chance);
        picture.look(&sink);
        for agent in &agents {
            agent.forget(&mut picture);
        }
        let shown = picture.hanging();
        let checked = report.checked.entry(name).or_default();
        checked.kills += 1;
        checked.answered += answered;
        let mut failures = Vec::new();
        let program = Program::with_store(folder.path(), &file(), None);
        let program = program.unwrap_or_else(|program| panic!("round {round}: it does not start any more: {}", program.log()));
        check(&program, &sink, &mut agents, &mut picture, shown, checked, &mut failures);
        if !failures.is_empty() {
            eprintln!("the log of the process that was killed:{log}\nthe log of the next:{}", program.log());
        }
        for failure in failures {
            // Said at once, for who watches: the whole takes minutes.
            eprintln!("round {round}, {name} {passes}: {failure}");
            report.failures.push(format!("round {round}, {name} {passes}: {failure}"));
        }
        drop(program);
        if report.failures.len() > 20 {
            break;
        }
    }
    report.took = began.elapsed();
    report
}

/// A process that is killed loses what it has not handed to the system, whatever that makes of it. So memory will do, and a disk that is
/// busy with something else does not make the service give durability up.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder can be made")
}

/// How a process has lived.
struct Life {
    /// Commands that were answered.
    answered: usize,
    log: String,
}

/// One life of the process, up to its end at the point that is wished, or at a random moment.
fn live_and_die(folder: &Path, wish: Option<&str>, sink: &Sink, agents: &mut [Model], chance: &mut Chance) -> Life {
    let mut program = match Program::with_store(folder, &file(), wish) {
        Ok(program) => program,
        Err(mut early) => {
            assert!(early.aborted(), "the process has ended before {wish:?}: {}", early.log());
            return Life { answered: 0, log: early.log() };
        }
    };
    let (address, path) = (program.ici, program.path.clone());
    let (dead, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for agent in agents {
            let line = Line { address, path: &path, user: agent.user.clone(), sink, dead: &dead, answered: &answered };
            let chance = Chance(chance.next());
            let work = move || agent.live(&line, chance);
            thread::Builder::new().name("agent".into()).spawn_scoped(scope, work).expect("a thread starts");
        }
        let patience = if wish.is_some() { PATIENCE } else { Duration::from_millis(50 + chance.below(900)) };
        let deadline = Instant::now() + patience;
        while program.is_alive() && Instant::now() < deadline {
            thread::sleep(LOOK_AGAIN);
        }
        program.kill();
        dead.store(true, Relaxed);
    });
    assert!(wish.is_none() || program.aborted(), "the process did not come to its point {wish:?}: {}", program.log());
    Life { answered: answered.load(Relaxed), log: program.log() }
}

/// `shown` is what SAP showed when the process died.
fn check(
    program: &Program,
    sink: &Sink,
    agents: &mut [Model],
    picture: &mut Picture,
    shown: Vec<(String, String)>,
    checked: &mut Checked,
    failures: &mut Vec<String>,
) {
    let (dead, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    for agent in agents.iter_mut() {
        let line = Line { address: program.ici, path: &program.path, user: agent.user.clone(), sink, dead: &dead, answered: &answered };
        agent.check(&line, sink, picture, checked, failures);
    }
    // The switch has died with the process: what SAP still shows must get its end.
    let deadline = Instant::now() + PATIENCE;
    while !picture.hanging().is_empty() && Instant::now() < deadline {
        thread::sleep(LOOK_AGAIN);
        picture.look(sink);
    }
    for (path, item) in shown {
        // SAP has forgotten it, with the agent whom it has logged off.
        let Some(last) = picture.items.get(&(path.clone(), item.clone())) else { continue };
        if last.status != ENDED {
            failures.push(format!("{path} still shows {item} in status {}", last.status));
            continue;
        }
        checked.ends += 1;
        let agent = agents.iter().find(|agent| agent.path == path).expect("every path is an agent's");
        if let Some(possible) = agent.live_data.get(&item) {
            let wanted = possible.certain.as_deref().unwrap_or_default();
            if possible.may_be(&last.data) {
                checked.ends_with_data += usize::from(!wanted.is_empty());
            } else {
                failures.push(format!("{path}: the end of {item} carries {:?} instead of {possible:?}", last.data));
            }
        }
    }
    for agent in agents {
        agent.live_data.clear();
    }
}

fn file() -> String {
    let users = (0..AGENTS).map(|number| format!("    {{ name = \"U{number}\", extension = \"80{number}\" }},\n"));
    let statuses = "statuses = [\n    { name = \"Available\", acd = true },\n    { name = \"Away\", do_not_disturb = true },\n]\n";
    format!(
        "schema = 1\n\n[store]\npath = \"STORE\"\n\n[switch.embedded]\nusers = [\n{}]\n{statuses}\n[workmodes]\nready = \"Available\"\nnot_ready = \"Away\"\n",
        users.collect::<Vec<_>>().concat()
    )
}

/// What SAP shows: the last that it was told of each item, by the path of the URL.
#[derive(Default)]
struct Picture {
    items: BTreeMap<(String, String), Shown>,
    /// Applications of the last event about each agent.
    users: BTreeMap<String, (usize, BTreeSet<String>)>,
    heard: usize,
}

struct Shown {
    /// Which event it was.
    event: usize,
    status: String,
    data: String,
}

impl Picture {
    fn look(&mut self, sink: &Sink) {
        for event in sink.take() {
            self.heard += 1;
            // The last event about an agent, whatever order his log-off and the events before it were answered in.
            if event.name == "subscriptionEnded" || event.leaves.get("currentWorkmode.id") == Some(LOGGED_OFF) {
                self.forget(&event.path, self.heard);
            }
            if event.name == "userChanged" {
                let apps = event.leaves.under("appIds").map(str::to_owned).collect();
                self.users.insert(event.path.clone(), (self.heard, apps));
            }
            if let (Some(item), Some(status)) = (event.leaves.get("itemId"), event.leaves.get("processingStatus.id")) {
                let data = event.leaves.get("attachedData").unwrap_or_default().to_owned();
                self.items.insert((event.path.clone(), item.to_owned()), Shown { event: self.heard, status: status.to_owned(), data });
            }
        }
    }

    /// SAP has logged an agent off: of what it was told until then it shows nothing any more.
    fn forget(&mut self, path: &str, until: usize) {
        self.items.retain(|(owner, _), shown| owner != path || shown.event > until);
    }

    fn hanging(&self) -> Vec<(String, String)> {
        self.items.iter().filter(|(_, shown)| shown.status != ENDED).map(|(key, _)| key.clone()).collect()
    }
}

/// Something that was asked, perhaps answered: what it is for certain, and what it may be as well.
#[derive(Clone, Debug, Default)]
struct Possible {
    certain: Option<String>,
    perhaps: Option<String>,
}

impl Possible {
    fn may_be(&self, value: &str) -> bool {
        self.certain.as_deref().unwrap_or_default() == value || self.perhaps.as_deref() == Some(value)
    }
}

/// One agent in SAP, and what SAP knows of him for certain.
struct Model {
    user: String,
    /// Of his event URL.
    path: String,
    url: String,
    colleague: String,
    /// `None`: a log-on or a log-off was not answered.
    logged_on: Option<bool>,
    /// Application ids; `false`: perhaps.
    subscribed: BTreeMap<String, bool>,
    /// Items that he has created and not dialled.
    created: BTreeMap<String, Possible>,
    /// Events that had come when he logged on last.
    heard: usize,
    /// Attached data of items that are alive.
    live_data: BTreeMap<String, Possible>,
    numbers: usize,
}

/// The service does not answer any more.
struct Dead;

struct Line<'a> {
    address: SocketAddr,
    path: &'a str,
    user: String,
    sink: &'a Sink,
    dead: &'a AtomicBool,
    answered: &'a AtomicUsize,
}

impl Line<'_> {
    fn ask(&self, interface: &str, operation: &str, parameters: Parameters<'_>) -> Result<Outcome, Dead> {
        let body = soap::envelope(interface, operation, Some(&self.user), parameters);
        let request = http::post(self.path, &soap::action(interface), body.as_bytes());
        if self.dead.load(Relaxed) {
            return Err(Dead);
        }
        let answer = http::exchange(self.address, &request).map_err(|_| Dead)?;
        self.answered.fetch_add(1, Relaxed);
        Ok(soap::outcome(&answer))
    }
}

// === impl Model ===

impl Model {
    fn new(number: usize, sink: &Sink) -> Self {
        let path = format!("/u{number}");
        Self {
            user: format!("U{number}"),
            url: sink.url(&path),
            path,
            colleague: format!("80{}", number ^ 1),
            logged_on: Some(false),
            subscribed: BTreeMap::new(),
            created: BTreeMap::new(),
            heard: 0,
            live_data: BTreeMap::new(),
            numbers: 0,
        }
    }

    /// Works until the service does not answer any more.
    fn live(&mut self, line: &Line<'_>, mut chance: Chance) {
        while self.step(line, &mut chance).is_ok() {}
    }

    fn step(&mut self, line: &Line<'_>, chance: &mut Chance) -> Result<(), Dead> {
        if self.logged_on != Some(true) {
            return self.log_on(line);
        }
        match chance.below(40) {
            0 => self.log_off(line),
            1..4 => self.toggle_subscription(line, chance),
            4..7 => self.create(line),
            7..12 => self.attach_to_new(line, chance),
            12..16 => self.dial(line, chance),
            16 | 17 => {
                let mode = if chance.below(4) == 0 { "3" } else { "2" };
                line.ask("User", "setCurrentWorkmode", &[("userId", line.user.as_str().into()), ("workmode", mode.into())]).map(drop)
            }
            _ => self.handle_a_call(line, chance),
        }
    }

    /// As SAP does it; what an earlier log-on has left behind ends with `getAttributes`.
    fn log_on(&mut self, line: &Line<'_>) -> Result<(), Dead> {
        self.logged_on = None;
        self.subscribed.values_mut().for_each(|certain| *certain = false);
        let user = line.user.as_str();
        line.ask("User", "getAttributes", &[("userId", user.into())])?.expect("getAttributes logs on");
        self.subscribed.clear();
        self.heard = line.sink.heard();
        self.subscribe(line, "CRM")?;
        let extension = format!("80{}", &user[1..]);
        let container = [("containerId", extension.as_str().into()), ("appUrl", self.url.as_str().into()), ("appId", "CRM".into())];
        line.ask("Container", "subscribe", &container)?.expect("the line can be subscribed to");
        line.ask("User", "setCurrentWorkmode", &[("userId", user.into()), ("workmode", "2".into())])?.expect("ready is a workmode");
        self.logged_on = Some(true);
        Ok(())
    }

    fn log_off(&mut self, line: &Line<'_>) -> Result<(), Dead> {
        self.logged_on = None;
        self.subscribed.values_mut().for_each(|certain| *certain = false);
        line.ask("User", "setCurrentWorkmode", &[("userId", line.user.as_str().into()), ("workmode", "1".into())])?
            .expect("everybody may log off");
        self.logged_on = Some(false);
        self.subscribed.clear();
        self.created.clear();
        Ok(())
    }

    fn subscribe(&mut self, line: &Line<'_>, app: &str) -> Result<(), Dead> {
        self.subscribed.insert(app.to_owned(), false);
        let subscription = [("userId", line.user.as_str().into()), ("appUrl", self.url.as_str().into()), ("appId", app.into())];
        line.ask("User", "subscribe", &subscription)?.expect("an agent can be subscribed to");
        self.subscribed.insert(app.to_owned(), true);
        Ok(())
    }

    fn toggle_subscription(&mut self, line: &Line<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let app = format!("APP{}", chance.below(3));
        if !self.subscribed.contains_key(&app) {
            return self.subscribe(line, &app);
        }
        self.subscribed.insert(app.clone(), false);
        let subscription = [("userId", line.user.as_str().into()), ("appUrl", self.url.as_str().into()), ("appId", app.as_str().into())];
        line.ask("User", "unsubscribe", &subscription)?.expect("a subscription can be ended");
        self.subscribed.remove(&app);
        Ok(())
    }

    fn create(&mut self, line: &Line<'_>) -> Result<(), Dead> {
        if self.created.len() < CREATED {
            let item = line.ask("Item", "create", &[])?.expect("items can be created").answer().to_owned();
            self.created.insert(item, Possible::default());
        }
        Ok(())
    }

    fn attach_to_new(&mut self, line: &Line<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let Some(item) = chance.pick(self.created.keys()).cloned() else { return Ok(()) };
        let data = self.new_data();
        let kept = self.created.entry(item.clone()).or_default();
        kept.perhaps = Some(data.clone());
        line.ask("Item", "setAttachedData", &[("itemId", item.into()), ("attachedData", data.as_str().into())])?
            .expect("an item takes data");
        *kept = Possible { certain: Some(data), perhaps: None };
        Ok(())
    }

    fn dial(&mut self, line: &Line<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let Some(item) = chance.pick(self.created.keys()).cloned() else { return Ok(()) };
        // Until it is answered it may be the one or the other; whichever, its data goes with it.
        let data = self.created.remove(&item).unwrap_or_default();
        self.live_data.insert(item.clone(), data.clone());
        let parameters = [("itemId", item.as_str().into()), ("destination", self.colleague.as_str().into())];
        if line.ask("PhoneCall", "dial", &parameters)?.is_err() {
            self.live_data.remove(&item);
            self.created.insert(item, data);
        }
        Ok(())
    }

    fn handle_a_call(&mut self, line: &Line<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let calls = line.ask("Line", "getCalls", &[])?.expect("calls can be asked for");
        let items: Vec<String> = calls.all("itemId").map(str::to_owned).collect();
        let states: Vec<String> = calls.all("processingStatus.id").map(str::to_owned).collect();
        let Some(at) = chance.pick(0..items.len()) else { return Ok(()) };
        let (item, state) = (items[at].as_str(), states.get(at).map(String::as_str).unwrap_or_default());
        let named = [("itemId", item.into())];
        // What a call can do changes while it is asked: a refusal is an answer, too.
        match (state, chance.below(6)) {
            ("1", 0) => line.ask("Item", "reroute", &named).map(drop),
            ("1", _) => line.ask("Item", "accept", &named).map(drop),
            ("2", 0) => line.ask("PhoneCall", "hold", &named).map(drop),
            ("2" | "3", 1..5) => self.attach_to_call(line, item),
            ("3", 0) => line.ask("PhoneCall", "unhold", &named).map(drop),
            (_, 5) => line.ask("PhoneCall", "drop", &named).map(drop),
            _ => Ok(()),
        }
    }

    fn attach_to_call(&mut self, line: &Line<'_>, item: &str) -> Result<(), Dead> {
        let data = self.new_data();
        // A call has two sides and one set of data: only who has dialled it sets it, so that it is known whose is the last.
        let Some(kept) = self.live_data.get_mut(item) else { return Ok(()) };
        kept.perhaps = Some(data.clone());
        let answer = line.ask("Item", "setAttachedData", &[("itemId", item.into()), ("attachedData", data.as_str().into())])?;
        if let Some(kept) = self.live_data.get_mut(item) {
            *kept = match answer {
                Ok(_) => Possible { certain: Some(data), perhaps: None },
                Err(_) => Possible { perhaps: None, ..kept.clone() },
            };
        }
        Ok(())
    }

    fn new_data(&mut self) -> String {
        self.numbers += 1;
        format!("<data of=\"{}\" n=\"{}\"/>", self.user, self.numbers)
    }

    /// What SAP has forgotten with its own log-off of this agent, or before its last log-on.
    fn forget(&self, picture: &mut Picture) {
        let until = if self.logged_on == Some(true) { self.heard } else { picture.heard };
        picture.forget(&self.path, until);
    }

    /// After a start: is everything there that was acknowledged?
    fn check(&mut self, line: &Line<'_>, sink: &Sink, picture: &mut Picture, checked: &mut Checked, failures: &mut Vec<String>) {
        let mut fail = |text: String| failures.push(format!("{}: {text}", line.user));
        let alive = |outcome: Result<Outcome, Dead>| outcome.unwrap_or_else(|Dead| panic!("{}: the service does not answer", line.user));
        let calls = alive(line.ask("Line", "getCalls", &[]));
        match (self.logged_on, &calls) {
            (Some(true), Ok(_)) => checked.sessions += 1,
            (Some(true), Err(fault)) => fail(format!("the session is lost: {fault:?}")),
            (Some(false), Ok(_)) => fail("he was logged off and is there again".into()),
            _ => {}
        }
        if self.logged_on != Some(true) {
            // Whatever came of it: the next life logs him on, and that ends what is left of this one.
            self.created.clear();
            picture.look(sink);
            picture.forget(&self.path, picture.heard);
            return;
        }
        for (item, kept) in &mut self.created {
            match alive(line.ask("Item", "getAttachedData", &[("itemId", item.into())])) {
                Ok(data) if kept.may_be(data.answer()) => {
                    checked.data += 1;
                    *kept = Possible { certain: Some(data.answer().to_owned()), perhaps: None };
                }
                Ok(data) => fail(format!("item {item} has the data {:?} instead of {kept:?}", data.answer())),
                Err(fault) => fail(format!("item {item} is lost: {fault:?}")),
            }
        }
        // A change that every subscription must be told of.
        // Ready first: who is away already is told nothing when he goes away.
        for mode in ["2", "3", "2"] {
            picture.look(sink);
            let before = picture.heard;
            alive(line.ask("User", "setCurrentWorkmode", &[("userId", line.user.as_str().into()), ("workmode", mode.into())]))
                .expect("a workmode can be set");
            let deadline = Instant::now() + PATIENCE;
            let told = |picture: &Picture| picture.users.get(&self.path).is_some_and(|(heard, _)| *heard > before);
            while !told(picture) && mode == "3" && Instant::now() < deadline {
                thread::sleep(LOOK_AGAIN);
                picture.look(sink);
            }
        }
        let apps = picture.users.get(&self.path).map(|(_, apps)| apps.clone()).unwrap_or_default();
        for (app, certain) in std::mem::take(&mut self.subscribed) {
            match (certain, apps.contains(&app)) {
                (true, true) => checked.subscriptions += 1,
                (true, false) => fail(format!("the subscription of {app} is lost: {apps:?} are told")),
                (false, _) => {}
            }
            if apps.contains(&app) {
                self.subscribed.insert(app, true);
            }
        }
    }
}

// === impl Report ===

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>15} kills answered sessions subscriptions data ends (with data)", "point")?;
        for (point, checked) in &self.checked {
            let Checked { kills, sessions, subscriptions, data, ends, ends_with_data, answered } = checked;
            writeln!(f, "{point:>15} {kills:>5} {answered:>8} {sessions:>8} {subscriptions:>13} {data:>4} {ends:>4} ({ends_with_data})")?;
        }
        write!(f, "{} lost or left hanging, in {:.1} s", self.failures.len(), self.took.as_secs_f64())?;
        self.failures.iter().try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}

/// Numbers that are the same with the same seed (xorshift).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<T>(&mut self, from: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>) -> Option<T> {
        let mut from = from.into_iter();
        let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
        from.nth(usize::try_from(self.below(count)).ok()?)
    }
}
