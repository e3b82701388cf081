//! Switchover under load: two simulated CIC servers, a service, and agents in all kinds of calls and workmodes. The active server is killed;
//! what SAP shows its agents is held against what the other server has.

mod board;
mod pair;
mod report;

pub use report::Report;

use crate::{
    agent::{Agent, Speaker, leaves_of, status},
    program::Program,
    soap::Value,
};
use board::{Board, LOOK_AGAIN, Shown};
use pair::{HOSTS, Pair};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// Agents are alike in groups of so many.
const GROUP: usize = 10;
/// Who of a group does what, beside those who just talk.
const HOLDS: [usize; 2] = [3, 4];
const CONSULTS: usize = 5;
const IS_CONSULTED: usize = 6;
const IS_RUNG: usize = 7;
const HAS_TWO: usize = 8;
const IS_IDLE: usize = 9;
/// Threads that play SAP.
const PLAYERS: usize = 8;
/// Log-ins a second, as the file has it where it says nothing.
const LIMIT: u64 = 25;
const READY: &str = "2";
/// Workmodes that agents are in, in turn.
const MODES: [&str; 4] = [READY, "3", "4", READY];
/// What they are at the switch.
const WORKMODES: &str = r#"[workmodes]
ready = "Available"
not_ready = "Available, No ACD"
mapped = [{ id = 4, status = "Lunch" }]

[ici]
reject_workmode = 4
"#;
/// Everybody's password.
const PASSWORD: &str = "opensesame";

/// All that takes part.
struct Stage {
    pair: Pair,
    board: Board,
    /// Each agent's SAP.
    agents: Vec<Agent>,
}

/// Lets so many agents work, kills the server that they are on, and looks what becomes of them. `agents` is a multiple of ten.
///
/// # Panics
/// When what has to be there before the kill does not come about.
pub fn switch_over(agents: usize) -> Report {
    assert!(agents.is_multiple_of(GROUP), "agents come in groups of {GROUP}");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (people, secrets) = (folder.path().join("people.toml"), folder.path().join("secrets"));
    fs::write(&people, switch_file(agents)).expect("a temporary file can be written");
    let pair = Pair::start(&people);
    fs::create_dir(&secrets).expect("a temporary folder can be made");
    for name in (0..agents).map(name).chain(["SAPSU".to_owned()]) {
        keep(&secrets.join(name));
    }
    let program = Program::with(&service_file(pair.port, &secrets));
    let speakers = (0..agents).map(|agent| Agent::of(&program, &name(agent))).collect();
    let mut stage = Stage { pair, board: Board::new(agents), agents: speakers };
    stage.by_groups(Stage::begin);
    stage.by_groups(Stage::ring);
    let (before, expected) = (stage.board.all(), stage.pair.first.calls());

    let killed = Instant::now();
    stage.pair.first.kill();
    stage.pair.second.takes_over();
    let taken_over = killed.elapsed();
    let cap = Duration::from_mins(3) + Duration::from_secs(agents as u64 / LIMIT * 2);
    let is_back = |agent: usize, shown: &Shown| shown.mode() == before[agent].mode() && shown.modes.len() > before[agent].modes.len();
    while stage.board.count(is_back) < agents && killed.elapsed() < cap {
        thread::sleep(LOOK_AGAIN);
    }

    let mut report = Report { agents, taken_over, limit: LIMIT, ..Report::default() };
    let there = stage.pair.second.calls();
    if there != expected {
        report.failures.push(format!("the servers have handed on {} calls of {}", there.len(), expected.len()));
    }
    stage.compare(&before, &there, &mut report);
    let times = stage.judge(&before, killed, &mut report);
    report.back = [times.first(), times.get(times.len() / 2), times.last()].map(|time| time.copied().unwrap_or(cap));
    report.busiest = ["most_in_a_second", "most_log_ins_in_a_second"].map(|figure| stage.pair.second.figure(&format!("/traffic/{figure}")));
    // Turns are given evenly; a busy machine may let a few of them fall together.
    if report.busiest[1] > 2 * LIMIT {
        report.failures.push(format!("{} log-ins in one second", report.busiest[1]));
    }
    report.commands = stage.work_on();
    stage.ask_all(&before, &mut report);
    report
}

// === impl Stage ===

impl Stage {
    /// Does something for each group, several at a time.
    fn by_groups(&self, work: impl Fn(&Self, usize) + Sync) {
        thread::scope(|scope| {
            for player in 0..PLAYERS {
                let work = &work;
                let play = move || (player..self.agents.len() / GROUP).step_by(PLAYERS).for_each(|group| work(self, group));
                thread::Builder::new().name(format!("sap-{player}")).spawn_scoped(scope, play).expect("a thread starts");
            }
        });
    }

    /// A group logs on, takes its calls, and goes into its workmodes.
    fn begin(&self, group: usize) {
        let members = group * GROUP..(group + 1) * GROUP;
        for agent in members.clone() {
            self.log_on(agent);
        }
        for agent in members.clone() {
            let place = agent % GROUP;
            if [IS_CONSULTED, IS_RUNG, IS_IDLE].contains(&place) {
                continue;
            }
            self.take_call(agent);
            if HOLDS.contains(&place) || place == HAS_TWO {
                self.on_item(agent, "PhoneCall", "hold", status::CONNECTED, status::HELD);
            }
            if place == HAS_TWO {
                self.take_call(agent);
            }
        }
        self.consult(members.start + CONSULTS, members.start + IS_CONSULTED);
        for agent in members {
            let mode = MODES[agent % MODES.len()];
            self.say(agent, "User", "setCurrentWorkmode", &[("userId", name(agent).into()), ("workmode", mode.into())]);
            self.board.wait(agent, "his workmode", |shown| shown.mode() == mode);
        }
    }

    /// Somebody rings at the last moment, whom nobody answers.
    fn ring(&self, group: usize) {
        let agent = group * GROUP + IS_RUNG;
        // Nothing rings at whoever does not want to be disturbed.
        let rings = MODES[agent % MODES.len()] != "4";
        if rings {
            self.pair.first.call("+4930", &name(agent));
            self.board.wait(agent, "a call that rings", |shown| shown.item(status::ALERTING).is_some());
        }
    }

    fn log_on(&self, agent: usize) {
        let (user, url) = (name(agent), self.board.url(agent));
        let attributes = self.say(agent, "User", "getAttributes", &[("userId", (&user).into())]);
        self.say(agent, "User", "subscribe", &[("userId", user.into()), ("appUrl", (&url).into()), ("appId", "CRM".into())]);
        for container in leaves_of(&attributes, "containers", "id") {
            let subscription = [("containerId", container.into()), ("appUrl", (&url).into()), ("appId", "CRM".into())];
            self.say(agent, "Container", "subscribe", &subscription);
        }
    }

    fn take_call(&self, agent: usize) {
        self.pair.first.call(&format!("+49{agent}"), &name(agent));
        self.board.wait(agent, "a call that rings", |shown| shown.item(status::ALERTING).is_some());
        self.on_item(agent, "Item", "accept", status::ALERTING, status::CONNECTED);
    }

    /// An agent consults a colleague.
    fn consult(&self, agent: usize, other: usize) {
        let shown = self.board.shown(agent);
        let item = shown.item(status::CONNECTED).expect("he talks");
        let answer = self.say(agent, "PhoneCall", "consult", &[("itemId", item.into()), ("destination", extension(other).into())]);
        let second = answer.answer().to_owned();
        self.board.wait(other, "a colleague who rings", |shown| shown.item(status::ALERTING).is_some());
        self.on_item(other, "Item", "accept", status::ALERTING, status::CONNECTED);
        let connected = |shown: &Shown| shown.items.get(&second).is_some_and(|status| status == status::CONNECTED);
        self.board.wait(agent, "a colleague who talks", |shown| connected(shown) && shown.item(status::HELD).is_some());
    }

    /// Does something to an agent's item that is in one status, until it is in another.
    fn on_item(&self, agent: usize, interface: &str, operation: &str, from: &str, to: &str) {
        let shown = self.board.shown(agent);
        let item = shown.item(from).unwrap_or_else(|| panic!("agent {agent} has an item in status {from}: {shown:?}"));
        self.say(agent, interface, operation, &[("itemId", item.into())]);
        self.board.wait(agent, operation, |shown| shown.items.get(item).is_some_and(|status| status == to));
    }

    fn say(&self, agent: usize, interface: &str, operation: &str, parameters: &[(&str, Value)]) -> crate::tree::Leaves {
        self.agents[agent].clone().must(interface, operation, parameters)
    }

    /// What SAP shows against what the switch has.
    fn compare(&self, before: &[Shown], there: &pair::Calls, report: &mut Report) {
        let mut expected: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (user, held) in there.values().flatten() {
            expected.entry(user).or_default().push(if *held { status::HELD } else { status::CONNECTED });
        }
        for (agent, was) in before.iter().enumerate() {
            let mut has = expected.remove(name(agent).as_str()).unwrap_or_default();
            has.sort_unstable();
            let fits = |shown: &Shown| {
                let mut shows: Vec<&str> = shown.items.values().map(String::as_str).collect();
                shows.sort_unstable();
                shows == has
            };
            let deadline = Instant::now() + Duration::from_secs(5);
            let mut shown = self.board.shown(agent);
            while !fits(&shown) && Instant::now() < deadline {
                thread::sleep(LOOK_AGAIN);
                shown = self.board.shown(agent);
            }
            if !fits(&shown) {
                report.failures.push(format!("agent {agent} is shown {:?}, and the switch has {has:?}", shown.items));
            }
            let kept = shown.items.iter().filter(|(item, status)| was.items.get(*item) == Some(status)).count();
            report.kept += kept;
            report.lost += has.len().saturating_sub(kept);
            report.ended += shown.ended - was.ended;
            if kept < has.len() {
                report.failures.push(format!("agent {agent} had {:?} and is shown {:?}", was.items, shown.items));
            }
        }
    }

    /// What each agent was told of himself; gives back when they were back, in order.
    fn judge(&self, before: &[Shown], killed: Instant, report: &mut Report) -> Vec<Duration> {
        let mut times = Vec::new();
        for (agent, (was, now)) in before.iter().zip(self.board.all()).enumerate() {
            let told = &now.modes[was.modes.len()..];
            let shown = ["Server Down", "Attempt Reconnect"].map(|text| told.iter().any(|(_, _, words)| words == text));
            for (count, shown) in report.shown.iter_mut().zip(shown) {
                *count += usize::from(shown);
            }
            if shown == [false; 2] {
                report.failures.push(format!("agent {agent} was not shown that the server is down"));
            }
            if now.is_off {
                report.failures.push(format!("agent {agent} was logged off"));
            }
            if now.mode() != was.mode() {
                report.failures.push(format!("agent {agent} was in workmode {} and is shown {}", was.mode(), now.mode()));
            }
            let back = told.iter().rev().take_while(|(_, mode, _)| mode == was.mode()).last();
            times.extend(back.map(|(at, ..)| at.duration_since(killed)));
        }
        times.sort_unstable();
        times
    }

    /// The service itself must say what its events have said. This ends the subscriptions, so that it comes last.
    fn ask_all(&self, before: &[Shown], report: &mut Report) {
        for (agent, (was, now)) in before.iter().zip(self.board.all()).enumerate() {
            let asked = self.say(agent, "User", "getAttributes", &[("userId", name(agent).into())]);
            let (asked, was) = (asked.get("currentWorkmode.id").unwrap_or_default(), was.mode());
            report.wrongly_ready += usize::from(was != READY && (asked == READY || now.mode() == READY));
            if asked != was {
                report.failures.push(format!("agent {agent} was in workmode {was}, and is in {asked}"));
            }
        }
    }

    /// Goes on with calls of the first group: what was kept can be worked with.
    fn work_on(&self) -> usize {
        self.on_item(0, "PhoneCall", "hold", status::CONNECTED, status::HELD);
        self.on_item(HOLDS[0], "PhoneCall", "unhold", status::HELD, status::CONNECTED);
        let shown = self.board.shown(CONSULTS);
        let (Some(talks), Some(holds)) = (shown.item(status::CONNECTED), shown.item(status::HELD)) else { return 2 };
        self.say(CONSULTS, "PhoneCall", "alternate", &[("itemId", talks.into()), ("otherItemId", holds.into())]);
        self.board.wait(CONSULTS, "the other one", |shown| {
            shown.item(status::CONNECTED) == Some(holds) && shown.item(status::HELD) == Some(talks)
        });
        3
    }
}

fn name(agent: usize) -> String {
    format!("AGENT{agent}")
}

fn extension(agent: usize) -> String {
    format!("{}", 10_000 + agent)
}

/// Only its owner may read a password.
fn keep(path: &Path) {
    fs::write(path, PASSWORD).expect("a temporary file can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("our own file's mode can be set");
}

/// Who is on the switch.
fn switch_file(agents: usize) -> String {
    let users: String = (0..agents)
        .map(|agent| format!("    {{ name = \"{}\", extension = \"{}\" }},\n", name(agent), extension(agent)))
        .collect::<Vec<_>>()
        .concat();
    format!(
        r#"schema = 1

[switch.embedded]
offering = "10m"
users = [
{users}]
statuses = [
    {{ name = "Available, No ACD" }},
    {{ name = "Available", acd = true }},
    {{ name = "Lunch", do_not_disturb = true }},
]
workgroups = []
{WORKMODES}"#
    )
}

/// The service before it.
fn service_file(port: u16, secrets: &Path) -> String {
    let secrets = secrets.display();
    format!(
        r#"schema = 1

[switch]
kind = "icws"
server = "{}"
backup = "{}"
port = {port}
tls = false
user_id = "SAPSU"
password = "file:{secrets}/SAPSU"

[agents.stored_password]
secrets = "file:{secrets}/{{user}}"
{WORKMODES}"#,
        HOSTS[0], HOSTS[1]
    )
}
