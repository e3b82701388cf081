//! The store from outside: what is there after the process has gone, and what a bad disk does.

mod records;

use super::*;
use crate::domain::{
    Address, AgentProfile, ContainerKind, Content, EndCause, Interaction, InteractionState, ReplyTo, Subscription, WorkmodeId, samples,
};
use redb::ReadableDatabase as _;
use std::{fs, sync::Mutex};

fn session(user: &str) -> Session {
    Session {
        profile: AgentProfile { user: user.into(), ..samples::agent(user).profile },
        station: Some("Seat 4".to_owned()),
        since: 17,
        status: "Available".into(),
        chosen: Some(WorkmodeId(2)),
        channels: Some(vec!["phone".into()]),
        queues: vec!["Sales".into()],
        addresses: vec![Address { channel: "phone".into(), address: "+49".into() }],
        ignore_workmode: true,
        subscriptions: vec![Subscribed {
            about: About::Container(ContainerKind::Line),
            key: Subscription { url: "http://sap/a?x=1".into(), app: "CRM".into() },
            language: Some("EN".into()),
            peer: "10.0.0.1".parse().ok(),
        }],
        ended: None,
    }
}

fn logged_on(user: &str) -> (Key, Option<Record>) {
    (Key::Session(user.into()), Some(Record::Session(Box::new(session(user)))))
}

fn item(user: &str, id: &str, content: Content) -> [(Key, Option<Record>); 2] {
    let (item, data) = Item::split(content, true);
    [(Key::Item(user.into(), id.into()), Some(Record::Item(Box::new(item)))), (Key::Data(user.into(), id.into()), data.map(Record::Data))]
}

fn talking(id: &str, data: Option<&str>) -> Content {
    Content::Live(Box::new(Interaction { attached_data: data.map(Into::into), ..samples::call(id, InteractionState::Connected) }))
}

fn message(store: &Store, text: &[u8]) -> Mark {
    Mark::Message(store.fingerprint(text).expect("there is a file"))
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("store")
    }

    fn open(&self) -> Store {
        Store::open(&self.file()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

async fn keep(store: &Store, changes: impl IntoIterator<Item = (Key, Option<Record>)>) {
    let written = store.put(changes, When::Now);
    written.clone().wait().await;
    assert!(written.is_done());
}

/// What somebody finds who opens a copy of the file while the store is in use, as after `kill -9`.
fn after_a_crash(place: &Place) -> Vec<Stored> {
    let copy = place.0.path().join("copy");
    fs::copy(place.file(), &copy).unwrap();
    let store = Store::open(&copy).unwrap();
    store.stored()
}

#[tokio::test]
async fn what_was_waited_for_is_there_after_a_crash() {
    let place = Place::new();
    let store = place.open();
    keep(&store, [logged_on("A"), logged_on("B")]).await;
    keep(&store, item("A", "7", talking("7", Some("<data/>")))).await;
    keep(&store, item("A", "J-1", Content::New { attached_data: Some("new".into()) })).await;
    let stored = after_a_crash(&place);
    assert_eq!(stored.iter().map(|stored| stored.session.clone()).collect::<Vec<_>>(), [session("A"), session("B")]);
    let items: Vec<_> = stored[0].items.iter().map(|(id, item)| (id.as_str(), item.content.clone())).collect();
    assert_eq!(items, [("7", talking("7", Some("<data/>"))), ("J-1", Content::New { attached_data: Some("new".into()) })]);
    assert_eq!(stored, store.stored(), "the file is what the memory is");
}

#[tokio::test]
async fn what_is_not_urgent_comes_with_the_next_or_by_itself() {
    let place = Place::new();
    let store = place.open();
    store.put([logged_on("A")], When::Soon);
    keep(&store, [logged_on("B")]).await;
    assert_eq!(after_a_crash(&place).len(), 2);
    assert_eq!(store.figures().commits, 1, "one commit for both");
    store.put([logged_on("C")], When::Soon);
    let deadline = Instant::now() + Duration::from_secs(30);
    while store.figures().waiting > 0 || store.figures().commits < 2 {
        assert!(Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    assert_eq!(after_a_crash(&place).len(), 3);
}

#[tokio::test]
async fn what_arrives_together_is_one_commit_and_what_is_no_news_is_none() {
    let place = Place::new();
    let store = place.open();
    let all: Vec<_> = (0..500).map(|n| store.put([logged_on(&format!("U{n}"))], When::Now)).collect();
    for written in all {
        written.wait().await;
    }
    let commits = store.figures().commits;
    assert!(commits < 100, "{commits} commits for 500 changes");
    assert!(store.put([logged_on("U7")], When::Now).is_done());
    assert_eq!(store.figures().commits, commits);
}

#[tokio::test]
async fn without_a_file_nobody_waits() {
    let store = Store::in_memory();
    assert!(store.put([logged_on("A")], When::Now).is_done());
    assert_eq!(store.fingerprint(b"message"), None);
    assert_eq!((store.figures().path, store.figures().degraded), (None, None));
}

#[tokio::test]
async fn an_item_goes_with_its_data_and_what_was_told_of_it() {
    let place = Place::new();
    let store = place.open();
    keep(&store, [logged_on("A")]).await;
    keep(&store, item("A", "7", talking("7", Some("data")))).await;
    let (user, url, id) = (UserId::from("A"), EventUrl::from("http://sap"), ItemId::from("7"));
    let message = Mark::Message(store.fingerprint(b"message").unwrap());
    store.acknowledged(&user, Some(&id), &url, message);
    store.acknowledged(&user, None, &url, message);
    assert!(store.knows(&user, Some(&id), &url, message) && !store.knows(&user, Some(&id), &"http://other".into(), message));
    keep(&store, [(Key::Item(user.clone(), id.clone()), None)]).await;
    assert!(!store.has(&Key::Data(user.clone(), id.clone())) && !store.knows(&user, Some(&id), &url, message));
    keep(&store, [(Key::Session(user), None)]).await;
    assert_eq!(store.figures().records, 0);
}

#[tokio::test]
async fn what_sap_has_acknowledged_outlives_a_crash() {
    let place = Place::new();
    let store = place.open();
    store.put([logged_on("A")], When::Soon);
    let (user, url) = (UserId::from("A"), EventUrl::from("http://sap"));
    store.acknowledged(&user, None, &url, message(&store, b"one"));
    store.acknowledged(&user, None, &url, message(&store, b"two"));
    store.close();
    let store = place.open();
    let known = |text: &[u8]| store.knows(&user, None, &url, message(&store, text));
    assert!(known(b"two") && !known(b"one"));
}

#[tokio::test]
async fn of_a_chat_everything_is_known_that_was_written_before_what_sap_has_acknowledged() {
    let place = Place::new();
    let store = place.open();
    keep(&store, [logged_on("A")]).await;
    keep(&store, item("A", "7", talking("7", None))).await;
    let (user, id, url) = (UserId::from("A"), ItemId::from("7"), EventUrl::from("http://sap"));
    store.acknowledged(&user, Some(&id), &url, message(&store, b"snapshot"));
    for number in [1, 2, 3, 1] {
        store.acknowledged(&user, Some(&id), &url, Mark::Written(number));
    }
    store.close();
    let store = place.open();
    let known = |mark| store.knows(&user, Some(&id), &url, mark);
    assert!(known(Mark::Written(2)) && known(Mark::Written(3)) && !known(Mark::Written(4)));
    assert!(known(message(&store, b"snapshot")), "the one does not displace the other");
    assert!(!store.knows(&user, Some(&id), &"http://other".into(), Mark::Written(1)));
}

#[tokio::test]
async fn an_action_item_that_sap_has_routed_is_known_after_a_crash() {
    let place = Place::new();
    let store = place.open();
    let reply_to = ReplyTo { url: "http://erms".into(), apps: ["E".into()].into(), peer: "10.0.0.1".parse().ok() };
    let routed = Routed { interaction: Some("7".into()), reply_to: Some(reply_to), is_accepted: true };
    let waiting = Routed { interaction: None, reply_to: None, is_accepted: false };
    let keys = [("GUID", &routed), ("OTHER", &waiting)].map(|(id, routed)| (Key::Routed(id.into()), Some(Record::Routed(routed.clone()))));
    keep(&store, keys).await;
    store.close();
    let store = place.open();
    assert_eq!(store.routed(), [("GUID".into(), routed), ("OTHER".into(), waiting)]);
    assert!(store.stored().is_empty(), "it is nobody's");
}

#[tokio::test]
async fn an_end_is_kept_until_its_last_event_is_gone_and_forgets_nothing_newer() {
    let place = Place::new();
    let store = place.open();
    keep(&store, [logged_on("A")]).await;
    let over = Content::Live(Box::new(samples::call("7", InteractionState::Ended(EndCause::Dropped))));
    keep(&store, item("A", "7", over.clone())).await;
    let receipt = Arc::new(store.receipt([Key::Item("A".into(), "7".into())]));
    let other = Arc::clone(&receipt);
    drop(receipt);
    assert!(store.stored()[0].items[0].1.has_ended(), "one of two URLs has not been told");
    drop(other);
    assert!(store.stored()[0].items.is_empty());
    keep(&store, item("A", "7", over)).await;
    let late = store.receipt([Key::Item("A".into(), "7".into())]);
    keep(&store, item("A", "7", talking("7", None))).await;
    drop(late);
    assert_eq!(store.stored()[0].items.len(), 1, "the call has come again");
}

#[tokio::test]
async fn a_store_that_is_closed_writes_everything_and_forgets_nothing() {
    let place = Place::new();
    let store = place.open();
    store.put([logged_on("A")], When::Soon);
    let receipt = store.receipt([Key::Session("A".into())]);
    store.close();
    drop(receipt);
    store.put([logged_on("B")], When::Now).wait().await;
    drop(store);
    assert_eq!(place.open().stored().len(), 1);
}

#[test]
fn a_second_process_is_refused_with_a_remedy() {
    let place = Place::new();
    let _first = place.open();
    let Err(error) = Store::open(&place.file()) else { panic!("two have one file") };
    assert!(matches!(error, OpenError::InUse { .. }) && error.to_string().contains("`store.path`"), "{error}");
    assert_eq!(place.names(), ["store"], "and nothing was set aside");
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_a_new_one_is_begun() {
    let place = Place::new();
    let store = place.open();
    keep(&store, (0..200).map(|n| logged_on(&format!("U{n}")))).await;
    store.close();
    drop(store);
    let good = fs::read(place.file()).unwrap();
    let mut torn = good.clone();
    torn.truncate(good.len() / 2);
    let mut flipped = good.clone();
    for byte in flipped.iter_mut().skip(4096) {
        *byte ^= 0x55;
    }
    let cases = [("garbage", b"this is no store\n".repeat(1000)), ("short", b"x".to_vec()), ("torn", torn), ("flipped", flipped)];
    for (name, bytes) in cases {
        fs::write(place.file(), &bytes).unwrap();
        let store = place.open();
        assert_eq!(store.stored(), [], "{name}");
        let said = store.figures().set_aside.unwrap_or_else(|| panic!("{name}: nothing is said"));
        assert!(said.contains("set-aside") && said.contains("a new one is in use"), "{name}: {said}");
        keep(&store, [logged_on("A")]).await;
        assert_eq!(after_a_crash(&place).len(), 1, "{name}: it works");
        store.close();
    }
    assert_eq!(place.names().iter().filter(|name| name.contains("set-aside")).count(), 3, "no more are kept");
}

/// What another version has left: the number of its form, and its own.
fn write_form(place: &Place, form: u64, version: Option<&str>) {
    let database = redb::Database::create(place.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(redb::TableDefinition::<&str, u64>::new("about")).unwrap().insert("schema", form).unwrap();
    let program = redb::TableDefinition::<&str, &str>::new("program");
    match version {
        Some(version) => drop(transaction.open_table(program).unwrap().insert("version", version).unwrap()),
        None => drop(transaction.delete_table(program).unwrap()),
    }
    transaction.commit().unwrap();
}

#[test]
fn a_file_of_a_newer_form_is_refused_and_left_as_it_is() {
    let place = Place::new();
    write_form(&place, 99, Some("9.9.9"));
    for _ in 0..2 {
        let Err(refused) = Store::open(&place.file()) else { panic!("it is opened") };
        let said = refused.to_string();
        assert!(said.contains("by Jackfield 9.9.9 in the form 99") && said.contains("store.form-2"), "{said}");
    }
    assert!(place.names().iter().all(|name| !name.contains("set-aside")), "{:?}", place.names());
    write_form(&place, 99, None);
    assert!(matches!(Store::open(&place.file()), Err(OpenError::Newer { form: 99, .. })), "whoever has written it");
}

#[test]
fn a_file_of_an_older_form_is_brought_along_and_a_copy_of_the_last_one_is_kept() {
    let place = Place::new();
    for round in ["A", "B"] {
        let store = place.open();
        store.put([logged_on(round)], When::Now);
        store.close();
        drop(store);
        write_form(&place, 1, None);
        let store = place.open();
        assert_eq!(store.stored().len(), if round == "A" { 1 } else { 2 }, "everybody comes along");
        store.close();
        drop(store);
        let database = redb::Database::open(place.0.path().join("store.form-1")).unwrap();
        let copy = database.begin_read().unwrap();
        let about = copy.open_table(redb::TableDefinition::<&str, u64>::new("about")).unwrap();
        assert_eq!(about.get("schema").unwrap().unwrap().value(), 1, "the copy is the file as it was");
        let sessions = copy.open_table(redb::TableDefinition::<&str, &[u8]>::new("sessions")).unwrap();
        assert!(sessions.get(round).unwrap().is_some(), "of round {round}");
    }
    assert_eq!(place.names(), ["store", "store.form-1"]);
}

#[test]
fn a_form_that_nobody_has_written_is_set_aside_and_a_record_of_another_version_is_left_out() {
    let place = Place::new();
    write_form(&place, 0, None);
    let store = place.open();
    assert!(store.figures().set_aside.unwrap().contains("it has the form 0"));
    store.put([logged_on("A"), logged_on("B")], When::Now);
    store.close();
    drop(store);
    {
        let database = redb::Database::open(place.file()).unwrap();
        let transaction = database.begin_write().unwrap();
        let table = redb::TableDefinition::<&str, &[u8]>::new("sessions");
        transaction.open_table(table).unwrap().insert("B", [200_u8, 1, 2].as_slice()).unwrap();
        transaction.commit().unwrap();
    }
    let users: Vec<_> = place.open().stored().into_iter().map(|stored| stored.session.profile.user).collect();
    assert_eq!(users, ["A".into()]);
}

#[tokio::test]
async fn a_move_takes_everything_along_and_leaves_nothing_behind() {
    let place = Place::new();
    let store = place.open();
    keep(&store, [logged_on("A")]).await;
    let other = place.0.path().join("other");
    {
        let stale = Store::open(&other).unwrap();
        stale.put([logged_on("OLD")], When::Now);
        stale.close();
    }
    store.move_to(Some((&other, prepare(&other).unwrap())));
    assert_eq!(place.names(), ["other"]);
    keep(&store, [logged_on("B")]).await;
    store.move_to(None);
    assert_eq!(place.names(), [] as [String; 0]);
    assert!(store.put([logged_on("C")], When::Now).is_done());
    store.move_to(Some((&place.file(), prepare(&place.file()).unwrap())));
    assert_eq!(after_a_crash(&place).len(), 3);
}

#[test]
fn a_folder_that_cannot_be_written_is_said_to_be() {
    let place = Place::new();
    fs::write(place.0.path().join("file"), "").unwrap();
    let path = place.0.path().join("file").join("store");
    let Err(error) = Store::open(&path) else { panic!("it was opened") };
    assert!(matches!(error, OpenError::Unusable { .. }) && error.to_string().contains("cannot be used"), "{error}");
}

/// A disk that does what the test says.
struct Disk {
    broken: Arc<Mutex<Option<&'static str>>>,
    holds: Arc<Mutex<std::collections::BTreeMap<Key, Arc<Record>>>>,
}

impl Disk {
    fn write(&self, changes: &[Change]) -> Result<(), Failure> {
        if let Some(why) = *self.broken.lock().unwrap() {
            return Err(Failure { why: why.to_owned() });
        }
        let mut holds = self.holds.lock().unwrap();
        for (key, record) in changes.iter().cloned() {
            match record {
                Some(record) => drop(holds.insert(key, record)),
                None => drop(holds.remove(&key)),
            }
        }
        Ok(())
    }
}

impl Keeper for Disk {
    fn commit(&mut self, changes: &[Change]) -> Result<(), Failure> {
        self.write(changes)
    }

    fn replace(&mut self, all: &[Change]) -> Result<(), Failure> {
        if self.broken.lock().unwrap().is_none() {
            self.holds.lock().unwrap().clear();
        }
        self.write(all)
    }

    fn remove(self: Box<Self>) {}
}

#[tokio::test]
async fn a_full_disk_costs_durability_and_no_answer_until_it_has_room_again() {
    let (broken, holds) = (Arc::new(Mutex::new(None)), Arc::default());
    let store = Store::in_memory();
    store.start(Path::new("/a/store"), Box::new(Disk { broken: Arc::clone(&broken), holds: Arc::clone(&holds) }));
    keep(&store, [logged_on("A")]).await;
    *broken.lock().unwrap() = Some("No space left on device");
    keep(&store, [logged_on("B")]).await;
    assert_eq!(store.figures().degraded.as_deref(), Some("No space left on device"));
    assert!(store.put([logged_on("C")], When::Now).is_done(), "nobody waits for a disk that refuses");
    store.put([(Key::Session("A".into()), None)], When::Now);
    assert_eq!(store.stored().len(), 2);
    *broken.lock().unwrap() = None;
    let deadline = Instant::now() + Duration::from_secs(30);
    while store.figures().degraded.is_some() {
        assert!(Instant::now() < deadline, "it is never written again");
        tokio::task::yield_now().await;
    }
    let there: Vec<Key> = holds.lock().unwrap().keys().cloned().collect();
    assert_eq!(there, [Key::Session("B".into()), Key::Session("C".into())]);
    keep(&store, [logged_on("D")]).await;
    assert_eq!(holds.lock().unwrap().len(), 3);
}

/// A disk that hangs until it is let go.
struct Stuck(std::sync::mpsc::Receiver<()>);

impl Keeper for Stuck {
    fn commit(&mut self, _: &[Change]) -> Result<(), Failure> {
        self.0.recv().map_err(|error| Failure { why: error.to_string() })
    }

    fn replace(&mut self, all: &[Change]) -> Result<(), Failure> {
        self.commit(all)
    }

    fn remove(self: Box<Self>) {}
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_hangs_is_waited_for_once_and_then_not_until_it_works() {
    let (go, stuck) = std::sync::mpsc::channel();
    let store = Store::in_memory();
    store.start(Path::new("/a/store"), Box::new(Stuck(stuck)));
    let written = store.put([logged_on("A")], When::Now);
    let began = tokio::time::Instant::now();
    written.wait().await;
    assert_eq!(began.elapsed().as_millis() / 100, PATIENCE.as_millis() / 100);
    assert!(store.put([logged_on("B")], When::Now).is_done());
    assert_eq!(store.figures().degraded.as_deref(), Some("the disk does not keep up"));
    go.send(()).unwrap();
    go.send(()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while store.figures().degraded.is_some() {
        assert!(Instant::now() < deadline, "it is never trusted again");
        tokio::task::yield_now().await;
    }
}
