//! The service's own user against the simulator: what he sees of the site, what he places and takes away.

use crate::{
    domain::{InteractionKind, NewInteraction, QueueFigures, QueueId, Refusal, Step},
    simulator::cic::{Cic, Right, Site as Simulated},
    switch::{
        BoxFuture,
        battery::agent::plan,
        embedded::{Caller, Reach},
        icws::{Cluster, Connector, Credentials, Found, Policy, Proof, Session, Site, Stream, SuperUser, Template},
    },
};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::duplex,
    sync::watch,
    time::{Instant, sleep},
};

struct Wire(Cic);

impl Connector for Wire {
    fn connect(&self, _host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let cic = self.0.clone();
        Box::pin(async move {
            let (near, far) = duplex(64 * 1024);
            tokio::spawn(async move { cic.serve(far).await });
            Ok(Box::new(near) as Box<dyn Stream>)
        })
    }
}

fn policy() -> watch::Receiver<Arc<Policy>> {
    watch::channel(Arc::new(Policy::default())).1
}

struct World {
    cic: Cic,
    site: Site,
    user: SuperUser,
}

impl World {
    async fn start(rights: &[Right]) -> Self {
        let mut simulated = Simulated::new("cic1", plan());
        simulated.rights = rights.iter().copied().collect();
        let cic = Cic::start(simulated).await;
        let site = Site::new(Arc::new(Wire(cic.clone())), Template::direct(false, 8018), vec!["cic1".to_owned()]);
        let proof: Proof = Arc::new(|| Box::pin(async { Ok(Credentials::Password { user: "SAPSU".to_owned(), password: "x".into() }) }));
        let user = SuperUser::start(Arc::new(Cluster::new(site.clone())), proof, Vec::new(), policy());
        user.ready(Instant::now() + Duration::from_secs(30)).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        Self { cic, site, user }
    }

    async fn agent(&self, user: &str, station: &str) -> Session {
        use crate::switch::icws::wire::connection::{Seat, StationSettings};
        let credentials = Credentials::Password { user: user.to_owned(), password: "x".into() };
        let session = Session::log_in(&self.site, "cic1", &credentials).await.unwrap();
        session.set_station(&StationSettings::at(Seat::Workstation { workstation: station.into() })).await.unwrap();
        session
    }

    async fn presence(&self, user: &str) -> &'static str {
        sleep(Duration::from_secs(1)).await;
        let directory = self.user.directory(Instant::now()).await.unwrap();
        directory.users.iter().find(|each| each.user == user.into()).unwrap().presence
    }
}

fn item(queue: &str) -> NewInteraction {
    let attributes = [("SAP_ItemId".to_owned(), "4711".to_owned())].into();
    NewInteraction {
        kind: InteractionKind::GenericObject,
        queue: queue.into(),
        address: "max@example.com".to_owned(),
        attributes,
        ..NewInteraction::default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_site_is_seen_with_its_people_queues_and_figures() {
    let world = World::start(&Right::ALL).await;
    assert!(world.user.health().up, "{:?}", world.user.health());
    let anna = world.agent("anna", "desk-1").await;
    anna.set_status("anna", "Available").await.unwrap();
    assert_eq!(world.presence("anna").await, "available");
    let caller = Caller { number: "+491".to_owned(), ..Caller::default() };
    let call = world.cic.outside().call_in(caller.clone(), Reach::Queue("Sales".into())).await.unwrap();
    assert_eq!(world.presence("anna").await, "busy");
    world.cic.outside().call_in(caller, Reach::Queue("Sales".into())).await.unwrap();
    sleep(Duration::from_secs(8)).await;
    anna.pickup(call.as_str()).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let directory = world.user.directory(Instant::now()).await.unwrap();
    let sales = directory.queues.iter().find(|queue| queue.id == "Sales".into()).unwrap();
    let expected = QueueFigures { agents_logged_on: 1, waiting: 1, longest_wait: 9, answered: 1, ..QueueFigures::default() };
    assert_eq!((sales.figures, sales.number.as_str()), (Some(expected), "2001"));
    let figures = directory.users.iter().find(|user| user.user == "anna".into()).unwrap().figures.clone().unwrap();
    assert_eq!((&*figures.status, figures.items), ("Available", 1));
    assert_eq!((world.user.seat_of("anna").as_deref(), world.user.sitter("desk-1")), (Some("desk-1"), Some("anna".into())));
    assert!(directory.users.iter().all(|user| user.user != "hidden".into()));
    assert!(directory.statuses.iter().any(|entry| &*entry.status.name == "Available" && entry.selectable));
}

#[tokio::test(start_paused = true)]
async fn people_are_found_with_what_a_log_on_needs() {
    let world = World::start(&Right::ALL).await;
    let Found::User(anna) = world.user.user("anna") else { panic!("anna was not found") };
    assert_eq!((anna.extension.as_str(), anna.personal_information_properties.surname.as_str()), ("1001", "Agent"));
    assert_eq!(world.user.user("ANNA"), Found::OtherCase("anna".into()));
    assert_eq!(world.user.user("nobody"), Found::Nobody);
    assert_eq!(world.user.workgroups_of("anna")[0].number, "2001");
    assert_eq!(world.user.workgroup("2001"), Some("Sales".into()));
}

#[tokio::test(start_paused = true)]
async fn what_is_placed_is_offered_with_its_attributes_and_taken_away_again() {
    let world = World::start(&Right::ALL).await;
    let anna = world.agent("anna", "1001").await;
    anna.set_status("anna", "Available").await.unwrap();
    let placed = world.user.place(item("2001")).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let seen = anna.attributes(placed.as_str(), &["Eic_State", "SAP_ItemId", "Eic_WorkgroupName", "Sap_AttributeNames"]).await.unwrap();
    assert_eq!((seen.text("Eic_State"), seen.text("SAP_ItemId"), seen.text("Eic_WorkgroupName")), (Some("A"), Some("4711"), Some("Sales")));
    assert_eq!(seen.text("Sap_AttributeNames"), Some("SAP_ItemId"));
    world.user.withdraw(&placed).await.unwrap();
    world.user.withdraw(&placed).await.unwrap();
    world.user.withdraw(&"nonsense".into()).await.unwrap();
    assert_eq!(world.user.place(item("Nobody")).await, Err(Refusal::UnknownDestination("Nobody".to_owned())));
    let later = NewInteraction { kind: InteractionKind::Callback, not_before: Some(1), ..item("Sales") };
    assert!(matches!(world.user.place(later).await, Err(Refusal::NotAvailable(_))));
}

#[tokio::test(start_paused = true)]
async fn attributes_that_creation_forgets_are_there_afterwards() {
    let world = World::start(&Right::ALL).await;
    let placed =
        world.user.place(NewInteraction { kind: InteractionKind::Callback, address: "+4930".to_owned(), ..item("Sales") }).await.unwrap();
    let seen = world.user.session().unwrap().attributes(placed.as_str(), &["SAP_ItemId", "Eic_RemoteTn", "Eic_ObjectType"]).await.unwrap();
    assert_eq!((seen.text("SAP_ItemId"), seen.text("Eic_RemoteTn")), (Some("4711"), Some("+4930")));
}

#[tokio::test(start_paused = true)]
async fn what_he_has_no_right_to_see_is_said_and_the_rest_is_seen() {
    let world = World::start(&[Right::Workgroups]).await;
    let health = world.user.health();
    assert!(health.up && health.detail.contains("not seen"), "{}", health.detail);
    let directory = world.user.directory(Instant::now()).await.unwrap();
    assert!(!directory.queues.is_empty() && !directory.statuses.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_user_who_cannot_log_in_says_so_and_goes_on_trying() {
    let mut simulated = Simulated::new("cic1", plan());
    simulated.password = Some("right".into());
    let site = Site::new(Arc::new(Wire(Cic::start(simulated).await)), Template::direct(false, 8018), vec!["cic1".to_owned()]);
    let began = Instant::now();
    let proof: Proof = Arc::new(move || {
        let password = if began.elapsed() > Duration::from_secs(50) { "right" } else { "wrong" };
        Box::pin(async move { Ok(Credentials::Password { user: "SAPSU".to_owned(), password: password.into() }) })
    });
    let user = SuperUser::start(Arc::new(Cluster::new(site)), proof, Vec::new(), policy());
    assert_eq!(user.ready(began + Duration::from_secs(40)).await, Err(Refusal::SwitchUnavailable));
    assert!(!user.health().up && user.health().detail.contains("refused the log-in"), "{:?}", user.health());
    user.ready(began + Duration::from_mins(2)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn whoever_listens_hears_what_happens_to_conversations_and_nothing_of_what_was_there_before() {
    let world = World::start(&Right::ALL).await;
    let anna = world.agent("anna", "desk-1").await;
    let caller = |number: &str| Caller { number: number.to_owned(), ..Caller::default() };
    world.cic.outside().call_in(caller("+490"), Reach::Queue("Sales".into())).await.unwrap();
    let mut turns = world.user.turns();
    sleep(Duration::from_secs(2)).await;
    let given_up = world.cic.outside().call_in(caller("+491"), Reach::Queue("Support".into())).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    world.cic.outside().hang_up(&given_up).await;
    sleep(Duration::from_secs(1)).await;
    anna.set_status("anna", "Available").await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let answered = world.cic.outside().call_in(caller("+492"), Reach::Queue("Support".into())).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let data = [answered.as_str(), "+492", "Support", "anna", "Sold"].map(str::to_owned).to_vec();
    world.cic.notify("jackfield_conversation", "WrapUp", data);
    sleep(Duration::from_secs(2)).await;
    let mut heard = Vec::new();
    turns.rest(&mut heard);
    let heard: Vec<_> = heard.iter().map(|turn| (turn.conversation.to_string(), &*turn.remote, &turn.step)).collect();
    let support = || QueueId::new("Support");
    let wrapped_up = Step::WrappedUp { queue: support(), agent: "anna".into(), code: "Sold".into() };
    assert_eq!(
        heard,
        [
            (given_up.to_string(), "+491", &Step::Enqueued { queue: support(), wanted: Vec::new() }),
            (given_up.to_string(), "+491", &Step::Abandoned { queue: support() }),
            (answered.to_string(), "+492", &Step::Enqueued { queue: support(), wanted: Vec::new() }),
            (answered.to_string(), "+492", &wrapped_up),
        ]
    );
}
