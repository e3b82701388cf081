//! The bridge at work, on paused time: the embedded switch, a store, and an organisation in memory that shows late what was written, and at which
//! the process can be killed.

mod organisation;

use super::*;
use crate::{
    genesys_cloud::{
        cloud::{Fault, State},
        plan::Action,
        record::Content,
    },
    switch::{
        ConfiguredSkill, ConfiguredUser, ConfiguredWorkgroup,
        embedded::{Embedded, Plan as SwitchPlan},
    },
};
use organisation::Organisation;

/// A site with its bridge.
struct Site {
    switch: Embedded,
    store: Store,
    cloud: Organisation,
    policy: watch::Sender<Option<Arc<Policy>>>,
    bridge: Bridge,
}

fn policy(cloud: &Organisation) -> Policy {
    Policy {
        cloud: Arc::new(cloud.clone()),
        at_once: Arc::new(cloud.clone()),
        address: "https://api.example.com acme".into(),
        organisation: "acme".into(),
        site: "berlin".into(),
        scope: Scope {
            users: true,
            platform_objects: true,
            workgroups: BTreeSet::new(),
            leave_out: BTreeSet::new(),
            languages: BTreeSet::new(),
            stars: [21, 41, 61, 81],
            attributes: std::collections::BTreeMap::new(),
            browser: None,
        },
        deletion: Deletion::Safe { user_grace: 7 * 86_400, object_grace: 0 },
        limits: Limits { count: 50, percent: 10 },
        interval: Duration::from_hours(1),
        per_minute: 240,
        admin_user: String::new(),
        dial_groups: Vec::new(),
        watch: Watch {
            every: Duration::from_mins(1),
            patience: Patience { failures: 3, after: Duration::from_mins(1) },
            tell: Arc::new(|_, _| {}),
        },
    }
}

impl Site {
    fn new(configuration: Configuration) -> Self {
        Self::with(configuration, Organisation::new("acme"))
    }

    fn with(configuration: Configuration, cloud: Organisation) -> Self {
        let switch = Embedded::start(SwitchPlan { configuration: Arc::new(configuration), ..SwitchPlan::default() });
        let store = Store::in_memory();
        let (sender, policy) = watch::channel(Some(Arc::new(policy(&cloud))));
        let bridge = start(&switch, &store, policy);
        Self { switch, store, cloud, policy: sender, bridge }
    }

    async fn become_(&self, configuration: Configuration) {
        self.switch.replan(SwitchPlan { configuration: Arc::new(configuration), ..SwitchPlan::default() }).await;
    }

    /// The process is killed and started again.
    fn restart(&mut self) {
        self.bridge = start(&self.switch, &self.store, self.policy.subscribe());
    }

    async fn force(&self) -> Result<RunReport, Reason> {
        self.bridge.sync(true, None).await
    }

    fn emails(&self) -> Vec<(String, State)> {
        let users = self.cloud.users();
        users.into_iter().map(|user| (user.content.natural_key().to_owned(), user.state)).collect()
    }

    fn status(&self, id: &str) -> (&'static str, Vec<String>) {
        let explained = self.bridge.explain(&id.parse().unwrap()).unwrap();
        (explained.summary.status, explained.summary.reasons.into_iter().map(|reason| reason.id).collect())
    }
}

fn start(switch: &Embedded, store: &Store, policy: watch::Receiver<Option<Arc<Policy>>>) -> Bridge {
    let switch = switch.clone();
    Bridge::start(policy, Arc::new(move || Arc::new(switch.clone())), store.clone())
}

fn user(name: &str) -> ConfiguredUser {
    let email = format!("{}@example.com", name.to_lowercase());
    ConfiguredUser { id: name.into(), email, active: true, ..ConfiguredUser::default() }
}

fn people(names: &[&str]) -> Configuration {
    Configuration { users: names.iter().map(|name| user(name)).collect(), ..Configuration::default() }
}

#[tokio::test(start_paused = true)]
async fn what_the_switch_has_is_made_in_the_organisation_and_read_back() {
    let site = Site::new(people(&["ANNA", "BERT"]));
    site.cloud.shows_after(Duration::from_secs(6));
    let report = site.force().await.unwrap();
    assert_eq!((report.failed, site.emails().len()), (0, 2));
    assert_eq!(site.status("user:ANNA"), ("Synced", vec![]));
    let again = site.force().await.unwrap();
    assert_eq!((again.steps, again.unchanged), (0, 2));
    assert_eq!(site.bridge.report().counts, Counts { synced: 2, error: 0, not_synced: 0 });
    assert!(site.bridge.history(10).iter().all(|past| past.failure.is_none() && past.action == "create"));
}

#[tokio::test(start_paused = true)]
async fn what_the_organisation_does_not_show_for_long_is_synced_and_says_so() {
    let site = Site::new(people(&["ANNA"]));
    site.cloud.shows_after(Duration::from_mins(10));
    site.force().await.unwrap();
    assert_eq!(site.status("user:ANNA"), ("Synced", vec!["not-visible".into()]));
    // It is not made twice, because it cannot be seen.
    site.force().await.unwrap();
    assert_eq!(site.emails().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_at_the_switch_is_there_seconds_later_and_costs_little() {
    let site = Site::new(people(&["ANNA", "BERT"]));
    site.force().await.unwrap();
    let before = site.cloud.calls();
    site.become_(people(&["ANNA", "BERT", "CARLA"])).await;
    site.cloud.wait_for(|organisation| organisation.users().len() == 3).await;
    tokio::time::sleep(Duration::from_mins(2)).await;
    assert!(site.cloud.calls() - before <= 5, "{} calls", site.cloud.calls() - before);
    assert_eq!(site.bridge.report().last_run.unwrap().cause, "change");
}

#[tokio::test(start_paused = true)]
async fn one_record_that_is_refused_keeps_no_other_from_being_written() {
    let site = Site::new(people(&["ANNA", "BERT", "CARLA"]));
    site.cloud.refuses("bert@example.com", Fault::Invalid);
    let report = site.force().await.unwrap();
    assert_eq!((report.failed, site.emails().len()), (1, 2));
    assert_eq!(site.status("user:BERT"), ("Error", vec!["invalid".into()]));
    site.cloud.refuses_nothing();
    site.bridge.sync(false, None).await.unwrap();
    assert_eq!(site.status("user:BERT"), ("Synced", vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_user_with_the_address_is_restored_and_not_made_anew() {
    let cloud = Organisation::new("acme");
    cloud.has_deleted_user("anna@example.com");
    let site = Site::with(people(&["ANNA"]), cloud);
    site.force().await.unwrap();
    assert_eq!(site.emails(), [("anna@example.com".to_owned(), State::Active)]);
    assert_eq!(site.status("user:ANNA").0, "Synced");
}

#[tokio::test(start_paused = true)]
async fn too_many_removals_wait_for_an_administrator() {
    let names: Vec<String> = (0..20).map(|number| format!("USER{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let site = Site::new(people(&names));
    site.force().await.unwrap();
    site.become_(people(&names[..10])).await;
    assert_eq!(site.force().await.unwrap_err().id, "removals-held");
    assert!(site.emails().iter().all(|(_, state)| *state == State::Active));
    assert_eq!(site.bridge.report().held.map(|held| held.removals), Some(10));
    site.bridge.removals(false).await.unwrap();
    assert_eq!(site.force().await.unwrap_err().id, "removals-rejected");
    site.bridge.removals(true).await.unwrap();
    site.force().await.unwrap();
    assert_eq!(site.emails().iter().filter(|(_, state)| *state == State::Inactive).count(), 10);
    assert_eq!(site.bridge.report().held, None);
}

#[tokio::test(start_paused = true)]
async fn a_switch_that_suddenly_has_nobody_is_asked_twice() {
    let site = Site::new(people(&["ANNA", "BERT"]));
    site.force().await.unwrap();
    site.become_(Configuration::default()).await;
    // The change itself begins the first run.
    tokio::time::sleep(GATHER * 2).await;
    assert_eq!(site.bridge.report().last_run.unwrap().failure.unwrap().id, "looks-empty");
    assert!(site.emails().iter().all(|(_, state)| *state == State::Active));
    site.force().await.unwrap();
    assert!(site.emails().iter().all(|(_, state)| *state == State::Inactive));
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_carried_out_exactly_or_not_at_all() {
    let site = Site::new(people(&["ANNA"]));
    site.cloud.is_away(true);
    assert_eq!(site.bridge.plan().await.unwrap_err().id, "unreachable");
    site.cloud.is_away(false);
    let cloud = site.cloud.clone();
    // The bridge's own first run is over.
    site.force().await.unwrap();
    site.policy.send_replace(None);
    site.become_(people(&["ANNA", "BERT"])).await;
    assert_eq!(site.bridge.plan().await.unwrap_err().id, "dormant");
    let mut paused = policy(&cloud);
    paused.scope.leave_out.insert("BERT".into());
    site.policy.send_replace(Some(Arc::new(paused)));
    let plan = site.bridge.plan().await.unwrap();
    assert!(plan.is_empty());
    assert_eq!(site.bridge.apply(Fingerprint::of(&"another")).await.unwrap_err().id, "ground-changed");
    assert_eq!(site.bridge.apply(plan.id).await.unwrap().steps, 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_is_told_once_also_over_restarts_and_so_is_its_return() {
    let mut site = Site::new(people(&["ANNA"]));
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut watched = policy(&site.cloud);
    watched.watch.tell = Arc::new(move |change, why: &Reason| tell.send((change, why.id.clone())).unwrap());
    site.policy.send_replace(Some(Arc::new(watched)));
    site.force().await.unwrap();
    let connection = |site: &Site| site.bridge.report().health.iter().find(|part| part.id == "connection").unwrap().ok;
    assert!(connection(&site));
    // Shorter than what is borne.
    site.cloud.is_away(true);
    tokio::time::sleep(Duration::from_secs(70)).await;
    assert!(!connection(&site), "whoever looks sees it before it is told");
    site.cloud.is_away(false);
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert!(told.try_recv().is_err());
    assert!(connection(&site));

    site.cloud.is_away(true);
    tokio::time::sleep(Duration::from_mins(3)).await;
    assert_eq!(told.try_recv().unwrap(), (Change::Lost, "unreachable".into()));
    tokio::time::sleep(Duration::from_hours(3)).await;
    site.restart();
    tokio::time::sleep(Duration::from_mins(30)).await;
    assert!(told.try_recv().is_err(), "it was told before");
    site.become_(people(&["ANNA", "BERT"])).await;
    site.cloud.is_away(false);
    tokio::time::sleep(Duration::from_mins(2)).await;
    assert_eq!(told.try_recv().unwrap(), (Change::Restored, "connected".into()));
    assert_eq!(site.emails().len(), 2, "what waited is done at once");
    tokio::time::sleep(Duration::from_hours(3)).await;
    assert!(told.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn another_organisation_is_not_written_to_before_somebody_says_that_it_is_meant() {
    let mut site = Site::new(people(&["ANNA"]));
    site.force().await.unwrap();
    let other = Organisation::new("acme");
    site.policy.send_replace(Some(Arc::new(Policy { address: "elsewhere".into(), ..policy(&other) })));
    site.restart();
    assert_eq!(site.force().await.unwrap_err().id, "organisation-changed");
    assert!(other.users().is_empty());
    site.bridge.new_organisation().await.unwrap();
    site.force().await.unwrap();
    assert_eq!(other.users().len(), 1);
    let third = Organisation::new("other");
    site.policy.send_replace(Some(Arc::new(Policy { address: "third".into(), ..policy(&third) })));
    assert_eq!(site.force().await.unwrap_err().id, "other-organisation");
}

#[tokio::test(start_paused = true)]
async fn one_user_is_synced_with_his_skills_and_his_queues() {
    let mut configuration = people(&["ANNA", "BERT"]);
    configuration.users[0].skills.insert("German".into(), 90);
    configuration.skills.push(ConfiguredSkill { id: "German".into(), name: "German".into() });
    configuration.workgroups.push(ConfiguredWorkgroup {
        id: "Sales".into(),
        members: vec!["ANNA".into()],
        ..ConfiguredWorkgroup::default()
    });
    let cloud = Organisation::new("acme");
    cloud.is_away(true);
    let site = Site::with(configuration, cloud);
    tokio::time::sleep(Duration::from_secs(1)).await;
    site.cloud.is_away(false);
    site.bridge.sync(false, Some("user:ANNA".parse().unwrap())).await.unwrap();
    assert_eq!(site.emails().len(), 1);
    let users = site.cloud.users();
    let Content::User(anna) = &users[0].content else { panic!() };
    assert_eq!(anna.skills, Some([("German".to_owned(), 5)].into()));
    assert_eq!(site.cloud.members_of("Sales"), ["anna@example.com"]);
    assert_eq!(site.bridge.sync(false, Some("user:NOBODY".parse().unwrap())).await.unwrap_err().id, "unknown-record");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_is_killed_in_the_middle_of_a_write_repeats_nothing_that_had_effect() {
    for had_effect in [false, true] {
        let mut configuration = people(&["ANNA", "BERT", "CARLA"]);
        configuration.skills.push(ConfiguredSkill { id: "German".into(), name: "German".into() });
        configuration.workgroups.push(ConfiguredWorkgroup {
            id: "Sales".into(),
            members: vec!["ANNA".into()],
            ..ConfiguredWorkgroup::default()
        });
        for write in 0..6 {
            let cloud = Organisation::new("acme");
            cloud.kill_at(write, had_effect);
            let mut site = Site::with(configuration.clone(), cloud);
            site.cloud.killed().await;
            site.restart();
            site.force().await.unwrap();
            assert_eq!(site.emails().len(), 3, "write {write}");
            assert!(site.bridge.records().iter().all(|record| record.status == "Synced"), "{:?}", site.bridge.records());
            // What was made just before the end counts as made, so that it may be deleted again one day.
            let made = |id: &str| site.bridge.explain(&id.parse().unwrap()).unwrap().known.unwrap().ownership;
            assert_eq!(made("skill:German"), crate::genesys_cloud::known::Ownership::Made, "write {write}, had effect: {had_effect}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_user_of_the_bridge_must_be_there_and_stay_as_he_was_seen_first() {
    let mut site = Site::new(people(&["ANNA", "BRIDGE"]));
    site.policy.send_replace(Some(Arc::new(Policy { admin_user: "BRIDGE".into(), ..policy(&site.cloud) })));
    let health = |site: &Site| site.bridge.report().health.into_iter().find(|part| part.id == "admin_user").unwrap().detail.id;
    site.force().await.unwrap();
    assert_eq!(health(&site), "admin-user-there");
    assert_eq!(site.bridge.accept_admin_user().await.unwrap_err().id, "admin-user-there");
    let mut changed = people(&["ANNA", "BRIDGE"]);
    changed.users[1].phones.business = "+49 30 1".into();
    site.become_(changed).await;
    site.force().await.unwrap();
    assert_eq!(health(&site), "admin-user-changed");
    site.restart();
    site.force().await.unwrap();
    assert_eq!(health(&site), "admin-user-changed", "a restart does not make it right");
    site.bridge.accept_admin_user().await.unwrap();
    site.force().await.unwrap();
    assert_eq!(health(&site), "admin-user-there");
    site.become_(people(&["ANNA"])).await;
    site.force().await.unwrap();
    assert_eq!(health(&site), "admin-user-missing");
}

#[tokio::test(start_paused = true)]
async fn one_user_does_not_wait_for_a_run_that_is_under_way() {
    let site = Site::new(people(&["ANNA", "BERT"]));
    // A run waits long for what it has written.
    site.cloud.shows_after(Duration::from_mins(10));
    let bridge = site.bridge.clone();
    let run = tokio::spawn(async move { bridge.sync(true, None).await });
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(site.emails().len(), 2);
    site.become_(people(&["ANNA", "BERT", "CARLA"])).await;
    let bridge = site.bridge.clone();
    let one = tokio::spawn(async move { bridge.sync(false, Some("user:CARLA".parse().unwrap())).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((site.emails().len(), run.is_finished()), (3, false), "she is there, and the run goes on");
    assert_eq!(site.bridge.report().state, "running");
    assert_eq!(one.await.unwrap().unwrap().failed, 0);
    assert_eq!(run.await.unwrap().unwrap().failed, 0);
    assert_eq!(site.emails().len(), 3);
}

#[test]
fn every_action_has_a_word_of_its_own() {
    let words = [Action::Restore, Action::Deactivate, Action::Retire, Action::Delete, Action::Forget].map(|action| action.word());
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
}
