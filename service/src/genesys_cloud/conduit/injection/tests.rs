//! The sink before the cloud double, over pipes in memory and on paused time.

use super::{
    super::{Bounds, Conduit, Figures, Flush, event::samples},
    *,
};
use crate::{
    domain::{Criterion, InteractionKind, Step, Turn},
    genesys_cloud::{
        cloud::Write,
        record::{Content, Kind, OurId},
        rest::{Connect, OAuthClient, Policy, Secret, Stream},
    },
    simulator::cloud::{self as double, Deed, Faults, Rule, Site},
    store::Backlog,
    switch::TurnsSender,
};
use std::io;
use tokio::time::sleep;

/// The double's own.
const ORGANIZATION: &str = "00000000-d0b1-4000-8000-0000000000aa";
const BOUNDS: Bounds = Bounds { events: 10_000, age: Duration::from_hours(24) };
const FLUSH: Flush = Flush { after: Duration::from_millis(500), events: 500, bytes: 1_000_000 };

/// Every connection is a pipe to the double.
struct Memory(double::Cloud);

impl Connect for Memory {
    fn connect(&self, _: bool, _: &str, _: u16) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let cloud = self.0.clone();
        tokio::spawn(async move { cloud.serve(theirs).await });
        Box::pin(async { Ok(Box::new(ours) as Box<dyn Stream>) })
    }
}

/// An organisation with what the turns name, and a way to it.
struct World {
    double: double::Cloud,
    settings: Settings,
}

impl World {
    async fn new() -> Self {
        let double = double::Cloud::new(Site { faults: fast(), ..Site::default() });
        let secret: Secret = Arc::new(|| Box::pin(async { Ok("secret".into()) }));
        let client = OAuthClient { token_url: "https://login.double/oauth/token".into(), id: "jackfield".into(), secret };
        let rest = Rest::new(Policy::new("https://api.double/", "berlin"), Arc::new(Memory(double.clone())), client);
        let mut known = Vec::new();
        for (name, content) in [
            ("Support", Content::Queue { name: "Support".into() }),
            ("Sold", Content::WrapUpCode { name: "Sold".into() }),
            ("Category:Billing", Content::Skill { name: "Category:Billing".into() }),
            ("ANNA", Content::User(person())),
        ] {
            let kind = content.kind();
            let ours = OurId { site: "berlin".into(), source: name.into() };
            let made = rest.write(Write::Create { content, ours }).await.unwrap().existing.unwrap();
            known.push((RecordId::new(kind, name), made.id));
        }
        let known: Known = Arc::new(move || known.clone());
        Self { settings: Settings { rest, site: "berlin".into(), known }, double }
    }

    fn sink(&self) -> Arc<dyn Sink> {
        Arc::new(Injection::new(self.settings.clone(), ORGANIZATION.parse().unwrap()))
    }

    fn faults(&self, faults: Faults) {
        self.double.set_faults(faults);
    }

    /// The lists of the events that were taken, in order.
    fn taken(&self) -> Vec<String> {
        let dump = self.double.dump();
        let events = dump["events"].as_array().unwrap().iter();
        events.map(|one| one["list"].as_str().unwrap().trim_end_matches("Events").to_owned()).collect()
    }
}

fn person() -> crate::genesys_cloud::record::Person {
    crate::genesys_cloud::record::Person { email: "anna@example.com".into(), display_name: "Anna".into(), ..Default::default() }
}

fn fast() -> Faults {
    Faults { allowed: 1_000_000, ..Faults::default() }
}

fn rule(times: u32, deed: Deed) -> Faults {
    Faults { answers: vec![Rule { method: "POST".into(), path: "/events/conversations".into(), times, deed }], ..fast() }
}

/// A conversation that anna answers.
fn answered(conversation: &str) -> Vec<Turn> {
    let queue = || "Support".into();
    let wanted = || vec![Criterion { skill: "Category:Billing".into(), least: 100, most: 100 }];
    let steps = [
        Step::Enqueued { queue: queue(), wanted: wanted() },
        Step::Connected { queue: queue(), agent: "anna".into(), wanted: wanted() },
        Step::Left { queue: queue(), agent: "anna".into() },
        Step::WrappedUp { queue: queue(), agent: "anna".into(), code: "Sold".into() },
    ];
    let at = jiff::Timestamp::now().as_second();
    let turn = |step| Turn { conversation: conversation.into(), at, kind: InteractionKind::Call, remote: "+4930".into(), step };
    steps.into_iter().map(turn).collect()
}

const ANSWERED: [&str; 6] = [
    "routingEstablished",
    "communicationEnded",
    "userEstablished",
    "communicationAnswered",
    "communicationEnded",
    "communicationDispositionApplied",
];

async fn settled(conduit: &Conduit) -> Figures {
    loop {
        let figures = conduit.figures();
        if figures.waiting.iter().sum::<u64>() == 0 {
            return figures;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// Sends these turns while this goes wrong.
async fn sent(world: &World, turns: Vec<Turn>) -> (Conduit, Figures) {
    let (sender, conduit) = (TurnsSender::default(), Conduit::new(Backlog::open(None).unwrap()));
    conduit.run(ORGANIZATION.parse().unwrap(), BOUNDS, FLUSH, world.sink(), sender.listen());
    let count = turns.len();
    for turn in turns {
        sender.tell(turn);
    }
    loop {
        let figures = settled(&conduit).await;
        let gone: u64 = figures.sent.iter().chain(&figures.skipped).sum::<u64>() + figures.rejected;
        if usize::try_from(gone).unwrap() == count {
            return (conduit, figures);
        }
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_answered_call_is_told_from_the_queue_to_the_wrap_up_and_a_milestone_is_counted_as_not_sent() {
    let world = World::new().await;
    let mut turns = answered("1");
    turns.insert(0, samples::turns("1", 1_700_000_000).remove(1));
    let (_, figures) = sent(&world, turns).await;
    assert_eq!(world.taken(), ANSWERED);
    assert_eq!((figures.skipped.iter().sum::<u64>(), figures.sent.iter().sum::<u64>(), figures.rejected), (1, 4, 0));
    let dump = world.double.dump();
    assert_eq!(dump["refusals"], serde_json::json!([]));
    let users: Vec<_> = dump["events"].as_array().unwrap().iter().filter_map(|one| one["event"]["userId"].as_str()).collect();
    let anna = (world.settings.known)().pop().unwrap();
    assert_eq!((users, anna.0.kind), (vec![anna.1.0.as_str()], Kind::User));
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_by_the_way_everything_arrives_once_and_in_order() {
    for (what, faults) in [
        ("429", rule(2, Deed::Status { status: 429, retry_after: Some(7) })),
        ("503", rule(3, Deed::Status { status: 503, retry_after: None })),
        ("401", rule(1, Deed::Forget)),
        ("lost before", rule(2, Deed::Drop)),
        ("lost after", rule(4, Deed::DropAfter)),
        ("some refused", Faults { events_refused: 5, ..fast() }),
    ] {
        let world = World::new().await;
        world.faults(faults);
        let (_, figures) = sent(&world, ["1", "2", "3"].into_iter().flat_map(answered).collect()).await;
        let dump = world.double.dump();
        let events = dump["events"].as_array().unwrap();
        assert_eq!(events.len(), 3 * ANSWERED.len(), "{what}");
        for conversation in events.iter().map(|one| &one["event"]["conversationId"]) {
            let its = events.iter().filter(|one| one["event"]["conversationId"] == *conversation);
            let lists: Vec<_> = its.map(|one| one["list"].as_str().unwrap().trim_end_matches("Events")).collect();
            assert_eq!(lists, ANSWERED, "{what}");
        }
        assert_eq!((figures.rejected, figures.sent.iter().sum::<u64>()), (0, 12), "{what}");
        let refusals = dump["refusals"].as_array().unwrap();
        assert!(refusals.iter().all(|why| what == "401" && why.as_str().unwrap().contains(" 401: ")), "{what}: {refusals:?}");
        assert_eq!(dump["events_again"].as_u64().unwrap() > 0, what == "lost after", "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_good_is_put_aside_alone() {
    let world = World::new().await;
    world.faults(Faults { events_rejected: 1, ..fast() });
    let mut other = answered("2");
    other.truncate(1);
    let mut turns = answered("1");
    turns.truncate(1);
    turns.extend(other);
    let (conduit, figures) = sent(&world, turns).await;
    assert_eq!((figures.rejected, world.taken().len()), (1, 1));
    let letters = conduit.rejected();
    assert!(letters[0].why.contains("refused for good") && letters[0].kind.is_some(), "{letters:?}");
}

#[tokio::test(start_paused = true)]
async fn a_workgroup_that_the_bridge_does_not_know_is_put_aside_and_a_bridge_that_knows_nothing_is_waited_for() {
    let world = World::new().await;
    let mut strange = answered("1").remove(0);
    strange.step = Step::Abandoned { queue: "Support".into() };
    let unknown = Turn { step: Step::Enqueued { queue: "Elsewhere".into(), wanted: Vec::new() }, ..strange };
    let (conduit, _) = sent(&world, vec![unknown]).await;
    assert!(conduit.rejected()[0].why.contains("no queue"), "{:?}", conduit.rejected());

    let settings = Settings { known: Arc::new(Vec::new), ..world.settings.clone() };
    let nobody = Injection::new(settings, ORGANIZATION.parse().unwrap());
    assert!(matches!(nobody.put(Arc::default()).await, Err(Trouble::Passing(why)) if why.contains("bridge")));
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_and_another_organisation_stop_it_until_somebody_does_something() {
    let world = World::new().await;
    let other = Injection::new(world.settings.clone(), Uuid::from_u128(7));
    assert!(matches!(other.put(Arc::default()).await, Err(Trouble::Lasting(why)) if why.contains("organization_id")));
    world.faults(Faults { missing: vec!["conversation:conversation:inject".into()], ..fast() });
    let (sender, conduit) = (TurnsSender::default(), Conduit::new(Backlog::open(None).unwrap()));
    conduit.run(ORGANIZATION.parse().unwrap(), BOUNDS, FLUSH, world.sink(), sender.listen());
    for turn in answered("1") {
        sender.tell(turn);
    }
    while conduit.figures().trouble.is_none() {
        sleep(Duration::from_millis(10)).await;
    }
    let figures = conduit.figures();
    assert!(figures.lasting && figures.trouble.unwrap().contains("conversation:conversation:inject"));
    assert_eq!((figures.waiting.iter().sum::<u64>(), world.taken().len()), (4, 0), "nothing is lost");
}
