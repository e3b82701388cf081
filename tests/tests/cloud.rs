//! The bridge's way to Genesys Cloud before other people's judges: Prism holds every question and every answer of the double against what
//! Genesys publishes of its interface, scim2-server takes users as we write them, and Genesys's own library works with the double.
//!
//! No organisation of Genesys Cloud takes part: what only one could show is listed in the README.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use secrecy::SecretString;
use service::{
    domain::{Criterion, InteractionKind, Level, QueueId, Step, Turn, UserId},
    genesys_cloud::{
        cloud::{Cloud, Fault, Find, State, Write},
        conduit::{self, injection},
        record::{CloudId, Content, FIELDS, Kind, OurId, Person, Phone, RecordId},
        rest::{Network, OAuthClient, Policy, Rest, Secret},
    },
    store::Backlog,
    switch::TurnsSender,
};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use system_tests::{PATIENCE, http, lab};

/// A program that says where it listens, ended with the test.
struct Server {
    child: Child,
    url: String,
    /// Kept, so that it can go on talking.
    _output: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(command: &mut Command, sign: &str) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("tests/install has installed it");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (mut line, began) = (String::new(), Instant::now());
        let url = loop {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0 && began.elapsed() < PATIENCE, "{command:?} does not start");
            if let Some((_, rest)) = line.split_once(sign) {
                break format!("http://{}", rest.split_whitespace().next().unwrap().trim_start_matches("http://"));
            }
        };
        Self { child, url, _output: output }
    }

    /// Prism before another server, judging by this document what passes.
    fn prism(document: &Path, upstream: &str) -> Self {
        let prism = lab::installed().join("node/node_modules/.bin/prism");
        let mut command = Command::new(prism);
        // Its colours would stand between the words.
        command.env("NO_COLOR", "1").args(["proxy", "--errors", "--host", "127.0.0.1", "--port", &free_port().to_string()]);
        Self::start(command.arg(document).arg(upstream), "listening on ")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prism takes no port 0.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn python() -> Command {
    Command::new(lab::installed().join("venv/bin/python"))
}

fn double() -> Server {
    let mut command = Command::new(lab::jackfield());
    Server::start(command.args(["simulate", "cloud", "--listen", "127.0.0.1:0", "--allowed", "1000000"]), "listening cloud ")
}

/// What Genesys publishes, as a document for Prism.
fn published(folder: &Path) -> PathBuf {
    let document = folder.join("genesys.json");
    let made = python().arg(lab::tests("clients/cloud/openapi.py")).arg(&document).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    document
}

/// A client whose questions go to one place, and whose tokens come from another.
fn client(api: &str, log_on: &str) -> Rest {
    let secret: Secret = Arc::new(|| Box::pin(async { Ok(SecretString::from("secret of the laboratory")) }));
    let client = OAuthClient { token_url: format!("{log_on}/oauth/token"), id: "jackfield".into(), secret };
    let tls = service::os::trust::client([]).unwrap();
    Rest::new(Policy { per_minute: 6000, ..Policy::new(api, "laboratory") }, Arc::new(Network(Arc::new(tls))), client)
}

fn ours(source: &str) -> OurId {
    OurId { site: "laboratory".into(), source: source.into() }
}

fn anna() -> Person {
    Person {
        email: "anna@example.com".into(),
        display_name: "Anna Adler".into(),
        phones: [(Phone::Work, "+4930123456".into()), (Phone::Work2, "+4930123457".into())].into(),
        skills: Some([("Sales".into(), 3)].into()),
        languages: Some([("German".into(), 5)].into()),
        fields: FIELDS.map(|name| (name.to_owned(), if name == "division" { String::new() } else { format!("{name} one") })).into(),
    }
}

async fn create(cloud: &Rest, content: Content, source: &str) -> CloudId {
    cloud.write(Write::Create { content, ours: ours(source) }).await.unwrap().existing.unwrap().id
}

/// Everything that is done with a user by SCIM, on any server of it.
async fn a_life_of_a_user(cloud: &Rest) -> CloudId {
    let id = create(cloud, Content::User(anna()), "ANNA").await;
    let twice = cloud.write(Write::Create { content: Content::User(anna()), ours: ours("ANNA") }).await.unwrap_err();
    assert_eq!(twice.fault, Fault::Conflict, "{twice}");
    for by in [Find::Id(id.clone()), Find::Ours(ours("ANNA")), Find::Key("anna@example.com".into())] {
        let found = cloud.find(Kind::User, by.clone()).await.unwrap().unwrap_or_else(|| panic!("{by:?} finds nobody"));
        assert_eq!((found.id, found.ours, found.content), (id.clone(), Some(ours("ANNA")), Content::User(anna())), "{by:?}");
    }
    // Each form of a change: replace, add and remove, of a field, of an entry and of a list.
    let other = Person {
        display_name: "Anna Bauer".into(),
        phones: [(Phone::Work, "+4930999".into()), (Phone::Mobile, "+49171999".into())].into(),
        skills: Some([("Service".into(), 5)].into()),
        languages: Some(BTreeMap::new()),
        fields: [("title", "Chief"), ("department", ""), ("division", "North"), ("employeeNumber", "employeeNumber one")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..anna()
    };
    let version = cloud.find(Kind::User, Find::Id(id.clone())).await.unwrap().unwrap().version;
    let change = |person: &Person, version: Option<String>| Write::Change {
        id: id.clone(),
        version,
        content: Content::User(person.clone()),
        ours: ours("ANNA"),
    };
    let written = cloud.write(change(&other, version.clone())).await.unwrap().existing.unwrap();
    assert_eq!(written.content, Content::User(other.clone()));
    assert_eq!(cloud.write(change(&anna(), version)).await.unwrap_err().fault, Fault::Version);
    cloud.write(Write::Deactivate { user: id.clone() }).await.unwrap();
    let all = cloud.list(Kind::User).await.unwrap();
    assert_eq!(all.iter().map(|user| (&user.id, user.state)).collect::<Vec<_>>(), [(&id, State::Inactive)]);
    let back = cloud.write(change(&other, None)).await.unwrap().existing.unwrap();
    assert_eq!(back.state, State::Active);
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn prism_finds_nothing_wrong_with_what_is_asked_and_answered() {
    let folder = tempfile::tempdir().unwrap();
    let double = double();
    let prism = Server::prism(&published(folder.path()), &double.url);
    let cloud = client(&prism.url, &double.url);

    assert_eq!(cloud.organisation().await.unwrap().short_name, "double");
    assert_eq!(cloud.limit().await.unwrap(), Some(1_000_000));
    let skill = create(&cloud, Content::Skill { name: "Sales".into() }, "Sales").await;
    create(&cloud, Content::Skill { name: "Service".into() }, "Service").await;
    create(&cloud, Content::Language { name: "German".into() }, "German").await;
    let code = create(&cloud, Content::WrapUpCode { name: "Ends well".into() }, "Ends well").await;
    let queue = create(&cloud, Content::Queue { name: "Sales".into() }, "Sales").await;
    let user = a_life_of_a_user(&cloud).await;

    for (id, content) in
        [(&queue, Content::Queue { name: "Sales North".into() }), (&code, Content::WrapUpCode { name: "Ends very well".into() })]
    {
        let kind = content.kind();
        cloud.write(Write::Change { id: id.clone(), version: None, content, ours: ours("Sales") }).await.unwrap();
        assert_eq!(cloud.find(kind, Find::Ours(ours("Sales"))).await.unwrap().is_some(), kind == Kind::Queue);
    }
    cloud.write(Write::AddMembers { queue: queue.clone(), users: vec![user.clone()] }).await.unwrap();
    cloud.write(Write::AddCodes { queue: queue.clone(), codes: vec![code.clone()] }).await.unwrap();
    assert_eq!(cloud.members(queue.clone()).await.unwrap().len(), 1);
    assert_eq!(cloud.codes(queue.clone()).await.unwrap(), std::slice::from_ref(&code));
    cloud.write(Write::RemoveMembers { queue: queue.clone(), users: vec![user.clone()] }).await.unwrap();
    cloud.write(Write::RemoveCodes { queue: queue.clone(), codes: vec![code.clone()] }).await.unwrap();
    let browser = |grant: &str, uri: &str| Content::OauthClient {
        name: "Browsers".into(),
        grant: grant.into(),
        redirect_uris: [uri.to_owned()].into(),
    };
    let client = create(&cloud, browser("CODE", "https://desk.example.com/"), "browser").await;
    let changed = browser("TOKEN", "https://desk.example.com/client/");
    cloud.write(Write::Change { id: client.clone(), version: None, content: changed.clone(), ours: ours("browser") }).await.unwrap();
    assert_eq!(cloud.find(Kind::OauthClient, Find::Ours(ours("browser"))).await.unwrap().unwrap().content, changed);
    for kind in Kind::ALL {
        assert!(!cloud.list(kind).await.unwrap().is_empty(), "{kind}");
    }
    for (kind, id) in
        [(Kind::Queue, &queue), (Kind::WrapUpCode, &code), (Kind::Skill, &skill), (Kind::User, &user), (Kind::OauthClient, &client)]
    {
        cloud.write(Write::Delete { kind, id: id.clone() }).await.unwrap();
        assert_eq!(cloud.find(kind, Find::Id(id.clone())).await.unwrap(), None, "{kind}");
    }
    let deleted = cloud.find(Kind::User, Find::Key("anna@example.com".into())).await.unwrap().unwrap();
    assert_eq!((deleted.id, deleted.state), (user.clone(), State::Deleted));
    cloud.write(Write::Restore { user }).await.unwrap();
}

/// Everything that a conversation may come to, over a call and over an e-mail.
fn turns() -> Vec<Turn> {
    let (queue, agent) = (|| QueueId::new("Sales"), || UserId::new("ANNA"));
    let level = || Level { path: "Main/Billing".into(), code: 7 };
    let wanted = || vec![Criterion { skill: "Sales".into(), least: 1, most: 100 }];
    let steps = || {
        [
            Step::LevelEntered(level()),
            Step::LevelLeft(level()),
            Step::Enqueued { queue: queue(), wanted: wanted() },
            Step::Connected { queue: queue(), agent: agent(), wanted: wanted() },
            Step::Left { queue: queue(), agent: agent() },
            Step::WrappedUp { queue: queue(), agent: agent(), code: "Sold".into() },
        ]
    };
    let turn = |kind, step| Turn { conversation: format!("{kind:?}").into(), at: 1_700_000_000, kind, remote: "+4930".into(), step };
    let kinds = [InteractionKind::Call, InteractionKind::Email].into_iter();
    kinds.flat_map(|kind| steps().map(|step| turn(kind, step))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn prism_finds_nothing_wrong_with_events_of_conversations() {
    let folder = tempfile::tempdir().unwrap();
    let double = double();
    let prism = Server::prism(&published(folder.path()), &double.url);
    let rest = client(&prism.url, &double.url);
    let mut known = Vec::new();
    for (name, content) in [
        ("Sales", Content::Queue { name: "Sales".into() }),
        ("Sales", Content::Skill { name: "Sales".into() }),
        ("Sold", Content::WrapUpCode { name: "Sold".into() }),
        ("ANNA", Content::User(Person { email: "anna@example.com".into(), display_name: "Anna".into(), ..Person::default() })),
    ] {
        known.push((RecordId::new(content.kind(), name), create(&rest, content, name).await));
    }
    let settings = injection::Settings { rest, site: "laboratory".into(), known: Arc::new(move || known.clone()) };
    let policy = conduit::Policy {
        organization: "00000000-d0b1-4000-8000-0000000000aa".parse().unwrap(),
        target: conduit::Target::Injection(settings),
        bounds: conduit::Bounds { events: 1_000, age: Duration::from_hours(1_000_000) },
        flush: conduit::Flush { after: Duration::from_millis(10), events: 500, bytes: 1_000_000 },
    };
    let (conduit, sender) = (conduit::Conduit::new(Backlog::open(None).unwrap()), TurnsSender::default());
    conduit.begin(policy, sender.listen());
    for turn in turns() {
        sender.tell(turn);
    }
    let began = Instant::now();
    let figures = loop {
        let figures = conduit.figures();
        // A menu does not read e-mails, and nobody there knows milestones.
        if figures.sent.iter().sum::<u64>() + figures.rejected == 9 {
            break figures;
        }
        assert!(began.elapsed() < PATIENCE, "{figures:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((figures.rejected, figures.again, figures.trouble), (0, 0, None), "{:?}", conduit.rejected());
    assert_eq!(figures.skipped.iter().sum::<u64>(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_judge_refuses_what_genesys_does_not_publish() {
    let folder = tempfile::tempdir().unwrap();
    let double = double();
    let prism = Server::prism(&published(folder.path()), &double.url);
    let address = prism.url.trim_start_matches("http://").parse().unwrap();
    let headers = "Host: genesys\r\nContent-Type: application/json\r\nAuthorization: Bearer x\r\nConnection: close\r\n";
    // A queue without a name, a path that nobody has, a word that is none of the field's.
    for (path, body) in [
        ("/api/v2/routing/queues", "{\"peerId\":\"x\"}"),
        ("/api/v2/routing/queue", "{\"name\":\"x\"}"),
        ("/api/v2/users/search", "{\"query\":[{\"type\":\"SOMEHOW\"}]}"),
        ("/api/v2/events/conversations", "{\"communicationAnsweredEvents\":[{\"eventId\":\"x\"}]}"),
    ] {
        let request = format!("POST {path} HTTP/1.1\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
        let answer = http::exchange(address, request.as_bytes()).unwrap();
        assert!([404, 422].contains(&answer.status()), "{path}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_scim_server_takes_users_as_we_write_them() {
    let server = Server::start(python().arg(lab::tests("clients/cloud/scim_server.py")), "listening ");
    let cloud = client(&server.url, &server.url);
    let id = a_life_of_a_user(&cloud).await;
    cloud.write(Write::Delete { kind: Kind::User, id: id.clone() }).await.unwrap();
    assert_eq!(cloud.find(Kind::User, Find::Id(id)).await.unwrap(), None);
}

#[test]
fn genesys_own_library_works_with_the_double() {
    let double = double();
    let output = python().arg(lab::tests("clients/cloud/library.py")).arg(&double.url).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "good\n", "{}", String::from_utf8_lossy(&output.stderr));
}
