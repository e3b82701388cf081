//! Every operation in four cases: as it should be, in the wrong state, with an id nobody knows, with what belongs to somebody else.
//!
//! Each case has the whole program to itself as far as calls go: all lines are dropped before it. What a refusal says is asserted too,
//! for it is all that the agent's administrator will ever see of it.

use system_tests::{
    agent::{self, Agent, Containers, Ear, Speaker, status},
    on_each_switch,
    program::Program,
    script,
    sink::Sink,
    site,
    soap::{Fault, Value},
    switch::Switch,
};

on_each_switch!(every_operation_does_its_work_or_says_why_not);

/// What there is before the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scene {
    /// Nothing.
    Quiet,
    /// A call from the queue rings.
    Ringing,
    /// It has been answered.
    Talking,
    /// It is on hold.
    Holding,
    /// It is on hold, and the expert talks to the agent.
    Consulting,
    /// All three talk.
    Conferring,
    /// The expert talks to somebody else.
    Elsewhere,
    /// That call is heard.
    Listening,
    /// SAP has made an item that nobody has dialled with.
    Prepared,
    /// The call was hung up.
    Over,
}

/// Who asks, and how the words in capitals of [`Row::parameters`] are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Right,
    WrongState,
    UnknownId,
    Foreign,
}

struct Row {
    interface: &'static str,
    operation: &'static str,
    /// `ITEM` and `OTHER` are the scene's calls, `LINE` the agent's container, `USER` himself, `URL` where he hears.
    parameters: &'static [(&'static str, &'static str)],
    right: Scene,
    /// The scene in which it is refused, and what the refusal says.
    wrong: Option<(Scene, &'static str)>,
    /// What the refusal of an unknown id says.
    unknown: Option<&'static str>,
    /// What the refusal of somebody else's id says.
    foreign: Option<&'static str>,
}

const ITEM: &[(&str, &str)] = &[("itemId", "ITEM")];
const TWO: &[(&str, &str)] = &[("itemId", "OTHER"), ("otherItemId", "ITEM")];
const KNOWN: Option<&str> = Some("is not known");
const OWNED: Option<&str> = Some("belongs to another agent");
const NEEDS: &str = " needs ";
const ENDED: &str = "has ended";
const MISMATCH: Option<&str> = Some("must name the same user");

const fn item(
    interface: &'static str,
    operation: &'static str,
    parameters: &'static [(&'static str, &'static str)],
    right: Scene,
    wrong: (Scene, &'static str),
) -> Row {
    Row { interface, operation, parameters, right, wrong: Some(wrong), unknown: KNOWN, foreign: OWNED }
}

const fn user(operation: &'static str, parameters: &'static [(&'static str, &'static str)]) -> Row {
    Row { interface: "User", operation, parameters, right: Scene::Quiet, wrong: None, unknown: KNOWN, foreign: MISMATCH }
}

const fn system(operation: &'static str, parameters: &'static [(&'static str, &'static str)]) -> Row {
    Row { interface: "System", operation, parameters, right: Scene::Quiet, wrong: None, unknown: None, foreign: None }
}

const fn container(interface: &'static str, operation: &'static str, parameters: &'static [(&'static str, &'static str)]) -> Row {
    Row { interface, operation, parameters, right: Scene::Quiet, wrong: None, unknown: KNOWN, foreign: OWNED }
}

use Scene::{Conferring, Consulting, Elsewhere, Holding, Listening, Over, Prepared, Quiet, Ringing, Talking};

const SUBSCRIPTION: &[(&str, &str)] = &[("userId", "USER"), ("appUrl", "URL"), ("appId", "CRM")];
const CONTAINER: &[(&str, &str)] = &[("containerId", "LINE"), ("appUrl", "URL"), ("appId", "CRM")];

const ROWS: [Row; 34] = [
    system("exchangeProductInformation", &[("productName", "SAP"), ("iciVersion", "3.05")]),
    system("getWorkcenterCapability", &[]),
    system("getPresenceQueueInfo", &[("channel", "1")]),
    user("getAttributes", &[("userId", "USER")]),
    user("subscribe", SUBSCRIPTION),
    // To stop what never began is no error.
    Row { unknown: None, ..user("unsubscribe", SUBSCRIPTION) },
    user("setCurrentWorkmode", &[("userId", "USER"), ("workmode", "2")]),
    user("setCurrentQueues", &[("userId", "USER"), ("queues", "Support")]),
    user("setCurrentChannels", &[("userId", "USER"), ("channels", "1")]),
    user("setAddresses", &[("userId", "USER")]),
    Row { interface: "Item", unknown: Some("is not logged on"), ..user("create", &[("userId", "USER")]) },
    item("Item", "accept", ITEM, Ringing, (Talking, NEEDS)),
    item("Item", "reroute", ITEM, Ringing, (Talking, NEEDS)),
    item("Item", "getAttachedData", ITEM, Talking, (Over, ENDED)),
    item("Item", "setAttachedData", &[("itemId", "ITEM"), ("attachedData", "<a/>")], Talking, (Over, ENDED)),
    item("Item", "deleteAttachedData", ITEM, Talking, (Over, ENDED)),
    container("Container", "subscribe", CONTAINER),
    Row { unknown: None, ..container("Container", "unsubscribe", CONTAINER) },
    container("Line", "getCalls", &[("lineId", "LINE")]),
    container("Line", "dropCalls", &[("lineId", "LINE")]),
    item("PhoneCall", "dial", &[("itemId", "ITEM"), ("destination", site::OUTSIDE)], Prepared, (Talking, NEEDS)),
    item("PhoneCall", "drop", ITEM, Talking, (Over, ENDED)),
    item("PhoneCall", "hold", ITEM, Talking, (Holding, NEEDS)),
    item("PhoneCall", "unhold", ITEM, Holding, (Talking, NEEDS)),
    item("PhoneCall", "alternate", TWO, Consulting, (Talking, NEEDS)),
    item("PhoneCall", "consult", &[("itemId", "ITEM"), ("destination", site::EXPERT_EXTENSION)], Talking, (Ringing, NEEDS)),
    item("PhoneCall", "reconnect", TWO, Consulting, (Talking, NEEDS)),
    item("PhoneCall", "conference", &[("itemId", "ITEM"), ("otherItemId", "OTHER")], Consulting, (Talking, NEEDS)),
    item("PhoneCall", "transfer", &[("itemId", "ITEM"), ("destination", site::EXPERT_EXTENSION)], Talking, (Over, ENDED)),
    item("PhoneCall", "dropParty", &[("itemId", "ITEM"), ("party", "PARTY")], Conferring, (Ringing, NEEDS)),
    Row {
        interface: "PhoneCall",
        operation: "listen",
        parameters: &[("userId", site::EXPERT)],
        right: Elsewhere,
        wrong: Some((Quiet, "is not talking")),
        unknown: KNOWN,
        foreign: Some("may not"),
    },
    item("PhoneCall", "listenEnd", ITEM, Listening, (Talking, NEEDS)),
    item("PhoneCall", "getAttributes", ITEM, Talking, (Over, ENDED)),
    container("Folder", "getMessages", &[("folder", "FOLDER")]),
];

const UNKNOWN: &str = "NOBODY";

fn every_operation_does_its_work_or_says_why_not(switch: Switch) {
    let stage = Stage { program: Program::on(switch, site::FILE), sink: Sink::start() };
    let mut cases = 0;
    for row in &ROWS {
        let name = format!("{}.{}", row.interface, row.operation);
        let refusals = [
            row.wrong.map(|(scene, text)| (Case::WrongState, scene, text)),
            row.unknown.map(|text| (Case::UnknownId, row.right, text)),
            row.foreign.map(|text| (Case::Foreign, row.right, text)),
        ];
        stage.play(row, Case::Right, row.right, cases).unwrap_or_else(|fault| panic!("{name} in the scene {:?}: {fault:?}", row.right));
        cases += 1;
        for (case, scene, text) in refusals.into_iter().flatten() {
            let Err(fault) = stage.play(row, case, scene, cases) else { panic!("{name} is refused in the case {case:?}, scene {scene:?}") };
            assert!(fault.text.contains(text), "{name}, {case:?}: a refusal that says `{text}`: {fault:?}");
            let side = if fault.text.starts_with("The telephony server refused") { "Server" } else { "Client" };
            assert_eq!((fault.status, fault.code.as_str()), (500, side), "{name}, {case:?}: {fault:?}");
            assert!(fault.text.starts_with(char::is_uppercase) && !fault.text.ends_with('.'), "a sentence without a full stop: {fault:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, 112, "34 operations, each in every case that it has");
}

#[test]
fn the_table_of_operations_is_appendix_a() {
    let mut names: Vec<_> = ROWS.iter().map(|row| format!("{}.{}", row.interface, row.operation)).collect();
    names.sort();
    assert_eq!(names, script::OPERATIONS);
}

struct Stage {
    program: Program,
    sink: Sink,
}

/// Who is there, freshly logged on, and what the words in capitals stand for.
struct Cast<'a> {
    agent: Agent,
    ear: Ear<'a>,
    caller: Agent,
    expert: Agent,
    expert_ear: Ear<'a>,
    stranger: Agent,
    containers: Containers,
    item: String,
    other: String,
}

// === impl Stage ===

impl Stage {
    /// Sets the scene, says the command, and sees to it that a refusal has changed nothing.
    fn play(&self, row: &Row, case: Case, scene: Scene, number: usize) -> Result<(), Fault> {
        let mut players = self.enter(number);
        players.set(scene);
        let mut speaker = match case {
            Case::Foreign => players.stranger.clone(),
            Case::UnknownId if row.interface == "User" || row.operation == "create" => Agent::of(&self.program, UNKNOWN),
            Case::Right | Case::WrongState | Case::UnknownId => players.agent.clone(),
        };
        let parameters: Vec<_> = row.parameters.iter().map(|(name, value)| (*name, players.fill(name, value, case))).collect();
        let before = players.calls();
        let outcome = speaker.call(row.interface, row.operation, &parameters);
        if outcome.is_err() {
            assert_eq!(players.calls(), before, "{}.{}, {case:?}: what is refused changes nothing", row.interface, row.operation);
        }
        players.leave();
        outcome.map(drop)
    }

    fn enter(&self, number: usize) -> Cast<'_> {
        let ear = |name: &str| Ear::new(&self.sink, &format!("/{name}/{number}"));
        let (ear, caller_ear, expert_ear, stranger_ear) = (ear("agent"), ear("caller"), ear("expert"), ear("stranger"));
        let of = |user: &str| Agent::of(&self.program, user);
        let (mut agent, mut caller, mut expert, mut stranger) = (of(site::AGENT), of(site::CALLER), of(site::EXPERT), of(site::STRANGER));
        let containers = agent::log_on(&mut agent, &ear.url());
        agent::log_on(&mut caller, &caller_ear.url());
        agent::log_on(&mut expert, &expert_ear.url());
        agent::log_on(&mut stranger, &stranger_ear.url());
        Cast { agent, ear, caller, expert, expert_ear, stranger, containers, item: String::new(), other: String::new() }
    }
}

// === impl Cast ===

impl Cast<'_> {
    fn set(&mut self, scene: Scene) {
        match scene {
            Quiet => {}
            Ringing => self.item = script::rings_at(&mut self.caller, site::QUEUE_NUMBER, &mut self.ear),
            Talking => {
                self.set(Ringing);
                self.agent.must("Item", "accept", &[("itemId", (&self.item).into())]);
                self.ear.calls(&[(&self.item, status::CONNECTED)]);
            }
            Holding => {
                self.set(Talking);
                self.agent.must("PhoneCall", "hold", &[("itemId", (&self.item).into())]);
                self.ear.calls(&[(&self.item, status::HELD)]);
            }
            Consulting => {
                self.set(Talking);
                self.other = script::consults(&mut self.agent, &self.item, &mut self.ear, &mut self.expert, &mut self.expert_ear);
            }
            Conferring => {
                self.set(Consulting);
                let both = [("itemId", Value::from(&self.item)), ("otherItemId", (&self.other).into())];
                self.agent.must("PhoneCall", "conference", &both);
                self.ear.calls(&[(&self.item, status::CONFERENCED)]);
            }
            Elsewhere => {
                let theirs = script::rings_at(&mut self.caller, site::EXPERT_EXTENSION, &mut self.expert_ear);
                self.expert.must("Item", "accept", &[("itemId", (&theirs).into())]);
                self.expert_ear.calls(&[(&theirs, status::CONNECTED)]);
            }
            Listening => {
                self.set(Elsewhere);
                let heard = self.agent.must("PhoneCall", "listen", &[("userId", site::EXPERT.into())]);
                self.item = heard.answer().into();
                self.ear.calls(&[(&self.item, status::LISTENING)]);
            }
            Prepared => self.item = self.agent.must("Item", "create", &[]).answer().into(),
            Over => {
                self.set(Talking);
                self.agent.must("PhoneCall", "drop", &[("itemId", (&self.item).into())]);
                self.ear.calls(&[(&self.item, status::ENDED)]);
            }
        }
    }

    fn fill(&self, name: &str, value: &str, case: Case) -> Value {
        let unknown = case == Case::UnknownId;
        let word = match value {
            "ITEM" | "OTHER" | "LINE" | "USER" | "FOLDER" | site::EXPERT if unknown => UNKNOWN,
            "ITEM" => &self.item,
            "OTHER" if self.other.is_empty() => &self.item,
            "OTHER" => &self.other,
            "LINE" => &self.containers.line,
            "FOLDER" => &self.containers.folder,
            "USER" => site::AGENT,
            "URL" => return self.ear.url().into(),
            "PARTY" => site::EXPERT_EXTENSION,
            other => other,
        };
        if matches!(name, "queues" | "channels") { [word].into() } else { word.into() }
    }

    /// What the agent's calls are and how they stand.
    fn calls(&mut self) -> Vec<(String, String)> {
        let calls = self.agent.must("Line", "getCalls", &[]);
        calls.all("itemId").zip(calls.all("processingStatus.id")).map(|(item, status)| (item.to_owned(), status.to_owned())).collect()
    }

    /// Ends all calls.
    fn leave(mut self) {
        for agent in [&mut self.caller, &mut self.agent, &mut self.expert, &mut self.stranger] {
            agent.must("Line", "dropCalls", &[]);
        }
    }
}
