//! The service is killed under load, again and again, and started again with the same store: at named points of its own
//! (`JACKFIELD_CRASH`, see `service/src/crash.rs`) and at random ones. After each start SAP's picture and the service's must be one.
//!
//! The embedded switch dies with the service: what SAP shows must get its end. A CIC server goes on: what it has must go on in SAP, each under
//! its id, and no call may be dialled twice or be there for nobody (`truth`).
//!
//! What was acknowledged must be there. What was asked and not answered may be there or not; whatever else comes counts as lost. The load is
//! calls, chats and action items: `model` is an agent and what his SAP knows for certain, `screen` what it shows him, `customers` who
//! reaches him from outside.

pub(crate) mod chance;
mod customers;
mod line;
mod model;
mod report;
mod screen;
mod truth;

pub use report::{Channel, Checked, Ends, Report};

use crate::{PATIENCE, cic::Cic, program::Program, sink::Sink, switch::Switch};
use chance::Chance;
use line::Life;
use model::{LOOK_AGAIN, Model};
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};
use truth::Truth;

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
/// SAP is told of everything within this time after a start.
const SETTLES: Duration = Duration::from_secs(15);
/// More failures than this tell nothing new.
const ENOUGH: usize = 20;

/// Where it happens.
struct Place {
    folder: tempfile::TempDir,
    sink: Sink,
    /// The switch, where it goes on when the service dies.
    cic: Option<Cic>,
    file: String,
}

/// Kills the service so many times, the points in turn.
///
/// # Panics
/// When the service does not start.
pub fn kill(switch: Switch, times: usize, seed: u64) -> Report {
    let began = Instant::now();
    let place = Place::on(switch);
    let mut chance = Chance::new(seed);
    let mut agents: Vec<Model> = (0..AGENTS).map(|number| Model::new(number, &place.sink)).collect();
    let mut report = Report::default();
    for round in 0..times {
        let point = POINTS[round % POINTS.len()];
        let name = point.unwrap_or("random");
        let passes = 1 + chance.below(160);
        let wish = point.map(|point| format!("{point}:{passes}"));
        let (answered, log) = live_and_die(&place, wish.as_deref(), &mut agents, &mut chance);
        all_forget(&mut agents, &place.sink);
        let checked = report.checked.entry(name).or_default();
        checked.kills += 1;
        checked.answered += answered;
        let program = place.start(None).unwrap_or_else(|program| panic!("round {round}: it does not start any more: {}", program.log()));
        let failures = check(&place, &program, &mut agents, checked);
        if !failures.is_empty() {
            eprintln!("the log of the process that was killed:{log}\nthe log of the next:{}", program.log());
        }
        for failure in failures {
            // Said at once, for who watches: the whole takes minutes.
            eprintln!("round {round}, {name} {passes}: {failure}");
            report.failures.push(format!("round {round}, {name} {passes}: {failure}"));
        }
        drop(program);
        // What comes now is looked at in the next round.
        place.sink.forget(agents.iter().map(|agent| agent.screen.seen()).min().unwrap_or_default());
        if report.failures.len() > ENOUGH {
            break;
        }
    }
    report.took = began.elapsed();
    report
}

// === impl Place ===

impl Place {
    fn on(switch: Switch) -> Self {
        let cic = (switch == Switch::Icws).then(|| Cic::serving(&file()));
        if let Some(cic) = &cic {
            // The sessions of a process that was killed end by themselves, sooner than a real server would end them.
            cic.must(&["fault", "idle_limit=5"]);
        }
        let section = cic.as_ref().map(Cic::section).unwrap_or_default();
        Self { folder: folder(), sink: Sink::start(), cic, file: file() + &section }
    }

    /// Starts the service and waits for its switch; the process when it has ended before.
    fn start(&self, crash: Option<&str>) -> Result<Program, Box<Program>> {
        let mut program = Program::with_store(self.folder.path(), &self.file, crash)?;
        if let Some(cic) = &self.cic {
            program.outside = cic.admin;
            if !program.finds_its_switch() {
                return Err(Box::new(program));
            }
        }
        Ok(program)
    }

    fn life<'a>(&'a self, program: &'a Program) -> Life<'a> {
        Life::at(program.ici, &program.path, program.outside, &self.sink)
    }
}

/// A process that is killed loses what it has not handed to the system, whatever that makes of it. So memory will do, and a disk that is
/// busy with something else does not make the service give durability up.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder can be made")
}

/// One life of the process, up to its end at the point that is wished, or at a random moment: how many commands were answered, and its log.
fn live_and_die(place: &Place, wish: Option<&str>, agents: &mut [Model], chance: &mut Chance) -> (usize, String) {
    let mut program = match place.start(wish) {
        Ok(program) => program,
        Err(mut early) => {
            assert!(early.aborted(), "the process has ended before {wish:?}: {}", early.log());
            return (0, early.log());
        }
    };
    let path = program.path.clone();
    let life = Life::at(program.ici, &path, program.outside, &place.sink);
    thread::scope(|scope| {
        for agent in agents {
            let (life, chance) = (&life, Chance::new(chance.next()));
            let work = move || agent.live(life, chance);
            thread::Builder::new().name("agent".into()).spawn_scoped(scope, work).expect("a thread starts");
        }
        let patience = if wish.is_some() { PATIENCE } else { Duration::from_millis(50 + chance.below(1200)) };
        let deadline = Instant::now() + patience;
        while program.is_alive() && Instant::now() < deadline {
            thread::sleep(LOOK_AGAIN);
        }
        program.kill();
        life.is_over();
    });
    assert!(wish.is_none() || program.aborted(), "the process did not come to its point {wish:?}: {}", program.log());
    (life.answered(), program.log())
}

/// An item that SAP shows an agent.
struct Hanging {
    agent: usize,
    item: String,
    channel: Channel,
}

/// What is lost or left hanging, after the process has died and this one was started.
fn check(place: &Place, program: &Program, agents: &mut [Model], checked: &mut Checked) -> Vec<String> {
    let mut failures = Vec::new();
    let (sink, outlived) = (&place.sink, place.cic.is_some());
    let shown: Vec<Hanging> = hanging(agents).collect();
    let life = place.life(program);
    for agent in agents.iter_mut() {
        agent.check(&life, checked, &mut failures);
        agent.forget(sink);
    }
    match &place.cic {
        // The switch has died with the process: what SAP still shows must get its end.
        None => settle(agents, sink, |agents| hanging(agents).next().is_none()),
        Some(cic) => failures.extend(agree(cic, agents, sink)),
    }
    for Hanging { agent, item, channel } in shown {
        let owner = &agents[agent];
        // SAP has forgotten it, with the agent whom it has logged off.
        let Some(last) = owner.screen.item(&item) else { continue };
        match (last.is_alive(), outlived) {
            (false, _) => checked.on(channel).ends += 1,
            (true, true) => checked.on(channel).goes_on += 1,
            (true, false) => {
                failures.push(format!("{} is still shown {item} in status {}", owner.user(), last.status));
                continue;
            }
        }
        // Whoever has it now, its data is set by one agent only.
        if let Some(possible) = agents.iter().find_map(|agent| agent.data_of(&item)) {
            if possible.may_be(&last.data) {
                checked.on(channel).with_data += usize::from(possible.certain.is_some());
            } else {
                failures.push(format!("{}: {item} carries {:?} instead of {possible:?}", owner.user(), last.data));
            }
        }
    }
    for agent in agents {
        agent.forget(sink);
        let (postings, holes) = agent.screen.transcripts();
        checked.postings += postings;
        let faults = holes.into_iter().chain(agent.screen.take_faults());
        failures.extend(faults.map(|fault| format!("{}: {fault}", agent.user())));
        match &place.cic {
            None => agent.all_is_over(),
            Some(cic) => agent.make_room(&life, cic, &mut failures),
        }
        agent.check_action_items(&life, outlived, checked, &mut failures);
    }
    failures
}

/// Waits until SAP shows what the switch has, of everybody who is logged on for certain; what is otherwise when it does not.
fn agree(cic: &Cic, agents: &mut [Model], sink: &Sink) -> Vec<String> {
    let wrong = |agents: &[Model]| {
        let truth = Truth::of(cic);
        let known = agents.iter().filter(|agent| agent.is_logged_on());
        let wrong = known.flat_map(|agent| truth.against(agent).into_iter().map(move |what| format!("{}: {what}", agent.user())));
        wrong.chain(agents.iter().filter_map(|agent| truth.doubled(agent))).collect::<Vec<_>>()
    };
    settle(agents, sink, |agents| wrong(agents).is_empty());
    wrong(agents)
}

/// Waits until something is so, as far as SAP is told.
fn settle(agents: &mut [Model], sink: &Sink, so: impl Fn(&[Model]) -> bool) {
    let deadline = Instant::now() + SETTLES;
    while !so(agents) && Instant::now() < deadline {
        thread::sleep(LOOK_AGAIN);
        all_forget(agents, sink);
    }
}

/// See [`Model::forget`].
fn all_forget(agents: &mut [Model], sink: &Sink) {
    for agent in agents {
        agent.forget(sink);
    }
}

fn hanging(agents: &[Model]) -> impl Iterator<Item = Hanging> {
    let all = agents.iter().enumerate();
    all.flat_map(|(agent, model)| model.alive().map(move |(item, channel)| Hanging { agent, item, channel }))
}

/// The workgroup of an agent and his colleague.
fn queue(number: usize) -> String {
    format!("G{}", number / 2)
}

fn file() -> String {
    let lines = |line: fn(usize) -> String, of: std::ops::Range<usize>| of.map(line).collect::<String>();
    let users = lines(|number| format!("    {{ name = \"U{number}\", extension = \"80{number}\" }},\n"), 0..AGENTS);
    let workgroup = |pair: usize| {
        format!("    {{ name = \"G{pair}\", extension = \"70{pair}\", members = [\"U{}\", \"U{}\"] }},\n", 2 * pair, 2 * pair + 1)
    };
    let route = |pair: usize| format!("    {{ attribute = \"to\", value = \"G{pair}@example.com\", workgroup = \"G{pair}\" }},\n");
    let (workgroups, routes) = (lines(workgroup, 0..AGENTS / 2), lines(route, 0..AGENTS / 2));
    format!(
        r#"schema = 1

[store]
path = "STORE"

[switch.embedded]
users = [
{users}]
statuses = [
    {{ name = "Available", acd = true }},
    {{ name = "Away", do_not_disturb = true }},
]
workgroups = [
{workgroups}]

[workmodes]
ready = "Available"
not_ready = "Away"

[ici]
reject_workmode = 3

[channels.chat]
enabled = true
address_extension = "customer.example"

[channels.action_item]
enabled = true
workgroup = "G0"
routes = [
{routes}]
"#
    )
}
