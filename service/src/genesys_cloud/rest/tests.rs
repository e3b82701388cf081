//! The client before the cloud double, over pipes in memory and on paused time: what is waited for costs nothing here.

use super::*;
use crate::{
    genesys_cloud::{
        cloud::{Fault, State},
        record::{FIELDS, OurId, Person, Phone},
    },
    simulator::cloud::{self as double, Deed, Faults, Rule, Site},
};
use serde_json::Value;
use std::{collections::BTreeMap, io, time::Duration};
use tokio::time::Instant;

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

/// As fast as it goes.
fn fast() -> Faults {
    Faults { allowed: 1_000_000, ..Faults::default() }
}

fn organisation(faults: Faults) -> (Rest, double::Cloud) {
    let double = double::Cloud::new(Site { faults, ..Site::default() });
    (client(&double, "jackfield"), double)
}

fn client(double: &double::Cloud, id: &str) -> Rest {
    let secret: Secret = Arc::new(|| Box::pin(async { Ok("secret".into()) }));
    let client = OAuthClient { token_url: "https://login.double/oauth/token".into(), id: id.into(), secret };
    Rest::new(Policy::new("https://api.double/", "berlin"), Arc::new(Memory(double.clone())), client)
}

fn ours(source: &str) -> OurId {
    OurId { site: "berlin".into(), source: source.into() }
}

fn person(name: &str) -> Person {
    Person {
        email: format!("{name}@example.com"),
        display_name: name.to_uppercase(),
        phones: [(Phone::Work, "+4930123456".to_owned())].into(),
        skills: Some(BTreeMap::new()),
        languages: Some(BTreeMap::new()),
        fields: FIELDS.map(|name| (name.to_owned(), String::new())).into(),
    }
}

async fn make(rest: &Rest, content: Content, source: &str) -> Existing {
    rest.write(Write::Create { content, ours: ours(source) }).await.unwrap().existing.unwrap()
}

async fn make_user(rest: &Rest, name: &str) -> Existing {
    make(rest, Content::User(person(name)), name).await
}

async fn make_skill(rest: &Rest, name: &str) -> Existing {
    make(rest, Content::Skill { name: name.into() }, name).await
}

async fn make_queue(rest: &Rest, name: &str) -> Existing {
    make(rest, Content::Queue { name: name.into() }, name).await
}

fn rule(method: &str, path: &str, times: u32, deed: Deed) -> Rule {
    Rule { method: method.into(), path: path.into(), times, deed }
}

fn with(rule: Rule) -> Faults {
    Faults { answers: vec![rule], ..fast() }
}

#[tokio::test(start_paused = true)]
async fn the_organisation_says_who_it_is() {
    let (rest, _double) = organisation(fast());
    assert_eq!(rest.organisation().await.unwrap().short_name, "double");
}

#[tokio::test(start_paused = true)]
async fn a_user_is_made_changed_found_in_each_way_and_listed_when_inactive_too() {
    let (rest, _double) = organisation(fast());
    make_skill(&rest, "Sales").await;
    make(&rest, Content::Language { name: "German".into() }, "German").await;
    let anna = make_user(&rest, "anna").await;
    assert_eq!((anna.state, anna.ours.as_ref()), (State::Active, Some(&ours("anna"))));
    let wanted = Person {
        display_name: "Anna Adler".into(),
        phones: [(Phone::Mobile, "+49171;ext=12".to_owned()), (Phone::Other, "+49302".to_owned())].into(),
        skills: Some([("Sales".to_owned(), 4)].into()),
        languages: Some([("German".to_owned(), 5)].into()),
        fields: FIELDS.map(|name| (name.to_owned(), format!("{name} of Anna"))).into(),
        ..person("anna")
    };
    let change = Write::Change { id: anna.id.clone(), version: None, content: Content::User(wanted.clone()), ours: ours("anna") };
    let changed = rest.write(change).await.unwrap().existing.unwrap();
    assert_eq!(changed.content, Content::User(wanted));
    for by in [Find::Id(anna.id.clone()), Find::Ours(ours("anna")), Find::Key("anna@example.com".into())] {
        assert_eq!(rest.find(Kind::User, by).await.unwrap(), Some(changed.clone()));
    }
    rest.write(Write::Deactivate { user: anna.id.clone() }).await.unwrap();
    make_user(&rest, "berta").await;
    let mut all = rest.list(Kind::User).await.unwrap();
    all.sort_by(|one, other| one.content.natural_key().cmp(other.content.natural_key()));
    let states: Vec<_> = all.iter().map(|user| (user.content.natural_key(), user.state)).collect();
    assert_eq!(states, [("anna@example.com", State::Inactive), ("berta@example.com", State::Active)]);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_changes_nothing_writes_nothing() {
    let (rest, double) = organisation(fast());
    let anna = make_user(&rest, "anna").await;
    let change = Write::Change { id: anna.id, version: anna.version, content: anna.content, ours: ours("anna") };
    rest.write(change).await.unwrap();
    assert_eq!(double.dump()["calls"]["PATCH /api/v2/scim/v2/users/{id}"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn who_is_deleted_keeps_his_address_is_found_and_comes_back() {
    let (rest, _double) = organisation(fast());
    let anna = make_user(&rest, "anna").await;
    rest.write(Write::Delete { kind: Kind::User, id: anna.id.clone() }).await.unwrap();
    rest.write(Write::Delete { kind: Kind::User, id: anna.id.clone() }).await.expect("what is gone already is no error");
    let again = rest.write(Write::Create { content: Content::User(person("anna")), ours: ours("anna") }).await;
    assert_eq!(again.unwrap_err().fault, Fault::Conflict);
    assert_eq!(rest.list(Kind::User).await.unwrap(), []);
    let found = rest.find(Kind::User, Find::Key("Anna@Example.com".into())).await.unwrap().unwrap();
    assert_eq!((found.id.clone(), found.state), (anna.id.clone(), State::Deleted));
    let back = rest.write(Write::Restore { user: found.id }).await.unwrap().existing.unwrap();
    assert_eq!(back.state, State::Active);
    assert_eq!(rest.find(Kind::User, Find::Id(anna.id)).await.unwrap().unwrap().content, Content::User(person("anna")));
}

#[tokio::test(start_paused = true)]
async fn a_change_by_somebody_else_is_seen_and_never_overwritten() {
    let (rest, double) = organisation(fast());
    let anna = make_user(&rest, "anna").await;
    let change = |version: Option<&str>, name: &str| Write::Change {
        id: anna.id.clone(),
        version: version.map(ToOwned::to_owned),
        content: Content::User(Person { display_name: name.into(), ..person("anna") }),
        ours: ours("anna"),
    };
    rest.write(change(anna.version.as_deref(), "Anna A")).await.unwrap();
    assert_eq!(rest.write(change(anna.version.as_deref(), "Anna B")).await.unwrap_err().fault, Fault::Version);
    // Between reading and writing, twice; whoever names no version reads again.
    double.set_faults(Faults { races: 2, ..fast() });
    rest.write(change(None, "Anna C")).await.unwrap();
    let sales = make_queue(&rest, "Sales").await;
    double.set_faults(Faults { races: 2, ..fast() });
    let renamed = Write::Change { id: sales.id, version: None, content: Content::Queue { name: "Sale".into() }, ours: ours("Sales") };
    assert_eq!(rest.write(renamed).await.unwrap().existing.unwrap().content.natural_key(), "Sale");
}

#[tokio::test(start_paused = true)]
async fn lists_that_shift_between_two_pages_are_read_until_they_hold_still() {
    let (rest, double) = organisation(fast());
    for number in 0..130 {
        make_skill(&rest, &format!("Skill {number}")).await;
    }
    for number in 0..60 {
        make_user(&rest, &format!("user{number}")).await;
    }
    double.set_faults(Faults { shifts: 2, ..fast() });
    assert_eq!(rest.list(Kind::Skill).await.unwrap().len(), 130, "and none that is deleted");
    double.set_faults(Faults { shifts: 2, ..fast() });
    assert_eq!(rest.list(Kind::User).await.unwrap().len(), 60);
    double.set_faults(Faults { shifts: 1000, ..fast() });
    assert!(rest.list(Kind::User).await.unwrap_err().message.contains("changed each of the"));
}

#[tokio::test(start_paused = true)]
async fn a_queue_keeps_what_is_not_ours_its_members_come_in_hundreds_and_those_of_groups_are_told_apart() {
    let (rest, double) = organisation(fast());
    let foreign = client(&double, "somebody else");
    let sales = make_queue(&foreign, "Sales").await;
    let mut users = Vec::new();
    for number in 0..130 {
        users.push(make_user(&rest, &format!("user{number}")).await.id);
    }
    let change =
        Write::Change { id: sales.id.clone(), version: None, content: Content::Queue { name: "Sales North".into() }, ours: ours("Sales") };
    assert_eq!(rest.write(change).await.unwrap().existing.unwrap().ours, Some(ours("Sales")));
    let queue = &double.dump()["queues"][0];
    assert_eq!(
        (&queue["object"]["skillEvaluationMethod"], &queue["object"]["acwSettings"]["wrapupPrompt"]),
        (&"BEST".into(), &"OPTIONAL".into())
    );
    assert_eq!(rest.find(Kind::Queue, Find::Ours(ours("Sales"))).await.unwrap().unwrap().id, sales.id);

    rest.write(Write::AddMembers { queue: sales.id.clone(), users: users[..125].to_vec() }).await.unwrap();
    double.set_by_group(&sales.id.0, vec![users[129].0.clone()]);
    rest.write(Write::RemoveMembers { queue: sales.id.clone(), users: users[100..].iter().take(25).cloned().collect() }).await.unwrap();
    let members = rest.members(sales.id.clone()).await.unwrap();
    let by_group: Vec<_> = members.iter().filter(|member| member.by_group).map(|member| &member.user).collect();
    assert_eq!((members.len(), by_group), (101, vec![&users[129]]));
    assert_eq!(double.dump()["calls"]["POST /api/v2/routing/queues/{id}/members"], 3);

    let ends = make(&rest, Content::WrapUpCode { name: "Ends well".into() }, "Ends well").await;
    rest.write(Write::AddCodes { queue: sales.id.clone(), codes: vec![ends.id.clone()] }).await.unwrap();
    assert_eq!(rest.codes(sales.id.clone()).await.unwrap(), std::slice::from_ref(&ends.id));
    rest.write(Write::RemoveCodes { queue: sales.id.clone(), codes: vec![ends.id.clone(), ends.id.clone()] }).await.unwrap();
    assert_eq!(rest.codes(sales.id).await.unwrap(), []);
    assert_eq!(rest.find(Kind::WrapUpCode, Find::Ours(ours("Ends well"))).await.unwrap().unwrap().id, ends.id);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_refused_for_its_pace_though_the_limit_is_narrow() {
    let (rest, double) = organisation(Faults { allowed: 60, ..Faults::default() });
    let began = Instant::now();
    for number in 0..200 {
        make_skill(&rest, &format!("Skill {number}")).await;
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    assert!((3.0..5.0).contains(&minutes), "{minutes}");
    let pace = rest.pace();
    // What left before the first answer told the limit may have been too much, no more.
    assert!(pace.throttled <= 2 && double.dump()["throttled"] == pace.throttled, "{pace:?}");
    assert!(pace.calls >= 200 && pace.per_minute <= 48, "{pace:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_waited_out_for_as_long_as_it_says() {
    let (rest, _double) = organisation(with(rule("POST", "skills", 2, Deed::Status { status: 429, retry_after: Some(17) })));
    let began = Instant::now();
    make_skill(&rest, "Sales").await;
    assert!(began.elapsed() >= Duration::from_secs(34) && began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
    assert_eq!(rest.pace().throttled, 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_turned_away_is_replaced_once_and_no_more() {
    let (rest, double) = organisation(fast());
    make_skill(&rest, "one").await;
    double.set_faults(with(rule("POST", "skills", 1, Deed::Forget)));
    make_skill(&rest, "two").await;
    double.set_faults(with(rule("POST", "skills", 0, Deed::Forget)));
    let error = rest.write(Write::Create { content: Content::Skill { name: "three".into() }, ours: ours("three") }).await.unwrap_err();
    assert_eq!(error.fault, Fault::Unauthorised);
    assert!(error.correlation.is_some(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn what_only_reads_is_asked_again_and_what_may_have_been_done_is_not() {
    let (rest, double) = organisation(fast());
    make_skill(&rest, "Sales").await;
    for deed in [Deed::Drop, Deed::DropAfter, Deed::Status { status: 503, retry_after: Some(2) }] {
        double.set_faults(with(rule("GET", "skills", 2, deed)));
        assert_eq!(rest.list(Kind::Skill).await.unwrap().len(), 1);
    }
    double.set_faults(with(rule("POST", "skills", 1, Deed::DropAfter)));
    let error = rest.write(Write::Create { content: Content::Skill { name: "North".into() }, ours: ours("North") }).await.unwrap_err();
    assert_eq!(error.fault, Fault::Unreachable);
    assert!(rest.find(Kind::Skill, Find::Key("North".into())).await.unwrap().is_some(), "it was done");
    double.set_faults(with(rule("GET", "organizations", 0, Deed::Hang)));
    let began = Instant::now();
    assert_eq!(rest.organisation().await.unwrap_err().fault, Fault::Unreachable);
    assert!(began.elapsed() <= crate::genesys_cloud::cloud::PATIENCE, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_was_made_a_moment_ago_is_not_there_yet_and_that_is_no_error() {
    let (rest, _double) = organisation(Faults { lag: 60_000, ..fast() });
    let sales = make_queue(&rest, "Sales").await;
    let anna = make_user(&rest, "anna").await;
    for (kind, id) in [(Kind::Queue, &sales.id), (Kind::User, &anna.id)] {
        assert_eq!(rest.find(kind, Find::Id(id.clone())).await.unwrap(), None);
        assert_eq!(rest.list(kind).await.unwrap(), []);
    }
    tokio::time::advance(Duration::from_mins(1)).await;
    for (kind, id) in [(Kind::Queue, sales.id), (Kind::User, anna.id)] {
        assert!(rest.find(kind, Find::Id(id)).await.unwrap().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_is_named() {
    let (rest, _double) = organisation(Faults { missing: vec!["routing:queue:add".into()], ..fast() });
    let error = rest.write(Write::Create { content: Content::Queue { name: "Sales".into() }, ours: ours("Sales") }).await.unwrap_err();
    assert_eq!(error.fault, Fault::Refused { permission: Some("routing:queue:add".into()) });
}

#[tokio::test(start_paused = true)]
async fn a_wrong_number_or_an_unknown_skill_is_wrong_in_itself() {
    let (rest, _double) = organisation(fast());
    let wrong = [
        Person { phones: [(Phone::Work, "extension 12".to_owned())].into(), ..person("anna") },
        Person { skills: Some([("Nothing".to_owned(), 3)].into()), ..person("anna") },
    ];
    for person in wrong {
        let error = rest.write(Write::Create { content: Content::User(person), ours: ours("anna") }).await.unwrap_err();
        assert_eq!(error.fault, Fault::Invalid, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn filters_go_without_quotes_where_a_site_says_so() {
    let (rest, double) = organisation(Faults { unquoted_filters: true, ..fast() });
    let anna = make_user(&rest, "anna").await;
    assert_eq!(rest.find(Kind::User, Find::Ours(ours("anna"))).await.unwrap(), None);
    let policy = Policy { quoted_filters: false, ..(*rest.policy).clone() };
    let rest = Rest { policy: Arc::new(policy), ..client(&double, "jackfield") };
    assert_eq!(rest.find(Kind::User, Find::Ours(ours("anna"))).await.unwrap().unwrap().id, anna.id);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_said_and_not_repeated() {
    let double = double::Cloud::new(Site { clients: vec![("jackfield".into(), "another".into())], faults: fast() });
    let error = client(&double, "jackfield").organisation().await.unwrap_err();
    assert_eq!(error.fault, Fault::Unauthorised);
    assert!(error.message.contains("invalid_client") && !error.message.contains("secret="), "{error}");
}

#[tokio::test(start_paused = true)]
async fn permissions_are_tried_one_by_one_and_nothing_comes_of_it() {
    let missing = ["routing:queue:add", "routing:wrapupCode:edit", "directory:user:delete"].map(ToOwned::to_owned);
    let (rest, double) = organisation(Faults { missing: missing.to_vec(), allowed: 700, ..fast() });
    rest.try_token().await.unwrap();
    let mut refused = Vec::new();
    for permission in probe::PERMISSIONS {
        if !rest.has(permission).await.unwrap() {
            refused.push(permission.name);
        }
    }
    assert_eq!(refused, ["directory:user:delete", "routing:wrapupCode:edit", "routing:queue:add"]);
    for kind in ["users", "queues", "skills", "codes"] {
        assert_eq!(double.dump()[kind], serde_json::json!([]), "{kind}");
    }
    assert_eq!(rest.limit().await.unwrap(), Some(700));
}

#[tokio::test]
async fn a_wrong_clock_is_measured_by_the_time_of_an_answer() {
    let (rest, _double) = organisation(Faults { clock: 90, ..fast() });
    let apart = rest.clock().await.unwrap().unwrap();
    assert!((85..=95).contains(&apart), "{apart}");
}

#[tokio::test]
async fn how_far_one_gets_to_a_host_is_told() {
    let config = Arc::new(crate::os::trust::client([]).unwrap());
    let double = double::Cloud::new(Site::default());
    let listening = double.listen("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
    assert_eq!(probe::reach(&format!("http://{}", listening.address()), Arc::clone(&config)).await, probe::Reached::Open);
    let no_tls = probe::reach(&format!("https://{}", listening.address()), Arc::clone(&config)).await;
    assert!(matches!(no_tls, probe::Reached::NoTls(_)), "{no_tls:?}");
    let address = listening.address();
    drop(listening);
    tokio::task::yield_now().await;
    let closed = probe::reach(&format!("https://{address}"), Arc::clone(&config)).await;
    assert!(matches!(closed, probe::Reached::Closed(_)), "{closed:?}");
    let unnamed = probe::reach("https://api.no-such-region.invalid", config).await;
    assert!(matches!(unnamed, probe::Reached::Unnamed(_) | probe::Reached::Late), "{unnamed:?}");
}

#[tokio::test(start_paused = true)]
async fn an_oauth_client_is_written_whole_and_those_of_others_stay_as_they_are() {
    let (rest, double) = organisation(fast());
    let client = |uri: &str| Content::OauthClient { name: "Browsers".into(), grant: "CODE".into(), redirect_uris: [uri.to_owned()].into() };
    let theirs = rest
        .write(Write::Create {
            content: client("https://theirs.example.com/"),
            ours: OurId { site: "munich".into(), source: "browser".into() },
        })
        .await
        .unwrap()
        .existing
        .unwrap();
    let made = make(&rest, client("https://a.example.com/"), "browser").await;
    assert_eq!(rest.find(Kind::OauthClient, Find::Key("Browsers".into())).await.unwrap(), None, "names say nothing");
    assert_eq!(rest.find(Kind::OauthClient, Find::Ours(ours("browser"))).await.unwrap(), Some(made.clone()));
    let wanted = client("https://b.example.com/");
    let change = Write::Change { id: made.id.clone(), version: None, content: wanted.clone(), ours: ours("browser") };
    assert_eq!(rest.write(change).await.unwrap().existing.unwrap().content, wanted);
    assert_eq!(rest.list(Kind::OauthClient).await.unwrap().len(), 2);
    rest.write(Write::Delete { kind: Kind::OauthClient, id: made.id.clone() }).await.unwrap();
    assert_eq!(rest.list(Kind::OauthClient).await.unwrap(), [theirs]);
    let fields = &double.dump()["clients"][0]["object"];
    assert_eq!((&fields["accessTokenValiditySeconds"], &fields["description"]), (&86_400.into(), &"jackfield:munich:browser".into()));
}
