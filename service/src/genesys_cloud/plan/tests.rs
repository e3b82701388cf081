//! Plans, tried on a model of an organisation: rounds of random configurations, random disorder made by somebody else in between.

use super::*;
use crate::{
    genesys_cloud::{
        actual::ActualLinks,
        carry_out,
        cloud::{Existing, Member, State},
        desired::{BrowserClients, Desired, Scope, desired},
        known::Known,
        model::Model,
        record::{Links, OurId, Person, SourceId},
    },
    switch::{Configuration, ConfiguredCode, ConfiguredPhones, ConfiguredSkill, ConfiguredUser, ConfiguredWorkgroup},
};
use proptest::{collection, prelude::*, sample::subsequence};
use std::collections::BTreeSet;

const SITE: &str = "berlin";
const NAMES: [&str; 6] = ["ANNA", "BERT", "CARLA", "DORA", "EMIL", "FRIDA"];
const SKILLS: [&str; 4] = ["Marketing", "Development", "German", "Golf"];
const CODES: [&str; 3] = ["Sold", "Lost", "Later"];
const GROUPS: [&str; 3] = ["Sales", "Support", "Back"];
const DAY: i64 = 86_400;

/// One site: what it knows, and the organisation.
#[derive(Clone, Debug, Default)]
struct Site {
    known: Known,
    model: Model,
    now: i64,
}

impl Site {
    fn plan(&self, desired: &Desired, deletion: Deletion, examine: &Examine) -> Plan {
        let kinds = Kind::ALL.into();
        make(Ground {
            desired,
            known: &self.known,
            actual: &self.model.actual(),
            examine,
            kinds: &kinds,
            site: SITE,
            deletion,
            limits: Limits { count: usize::MAX, percent: 100 },
            now: self.now,
        })
    }

    fn apply(&mut self, plan: &Plan, desired: &Desired) {
        assert!(plan.problems.is_empty(), "{:?}", plan.problems);
        for step in &plan.steps {
            let write = carry_out::write_of(step, &self.known, SITE).unwrap_or_else(|reason| panic!("{reason}: {plan:#?}"));
            let written = write.map(|write| self.model.write(write));
            assert!(carry_out::left_out(step, &self.known).is_empty(), "{step:?}");
            carry_out::note(step, written.as_ref(), &mut self.known, self.now);
        }
        for (id, record) in &desired.records {
            if let Some(entry) = self.known.records.get_mut(id) {
                carry_out::settle(entry, record.fingerprint(), Vec::new(), self.now);
            }
        }
    }

    fn sync(&mut self, desired: &Desired, deletion: Deletion) -> Plan {
        let plan = self.plan(desired, deletion, &Examine::All);
        self.apply(&plan, desired);
        plan
    }

    /// Has the organisation what it should have?
    fn check(&self, desired: &Desired) {
        for (id, record) in &desired.records {
            let Some(cloud) = self.known.cloud(id) else {
                assert!(!record.active, "{id} is missing");
                continue;
            };
            let thing = &self.model.things[&(id.kind, cloud.clone())];
            assert_eq!(thing.state == State::Active, record.active, "{id}");
            if record.active {
                let has = differences(Some(&thing.content), &record.content);
                // Skills that somebody else has given him may be there beside ours.
                assert!(has.iter().all(|change| change.field.contains(' ') && change.after.is_none()), "{id}: {has:?}");
            }
            if id.kind == Kind::Queue {
                let links = self.model.links.get(cloud).cloned().unwrap_or_default();
                let users = self.known.by_cloud(Kind::User);
                let codes = self.known.by_cloud(Kind::WrapUpCode);
                let direct = links.members.iter().filter(|member| !member.by_group);
                let ours = Links {
                    members: direct.filter_map(|member| users.get(&member.user)).map(|id| id.source.clone()).collect(),
                    codes: links.codes.iter().filter_map(|code| codes.get(code)).map(|id| id.source.clone()).collect(),
                };
                let there = |id: &SourceId| {
                    let id = RecordId { kind: Kind::User, source: id.clone() };
                    let is_wanted = desired.records.contains_key(&id) || desired.left_out.contains_key(&id);
                    is_wanted && self.known.cloud(&id).is_some()
                };
                let wanted =
                    Links { members: record.links.members.iter().filter(|id| there(id)).cloned().collect(), ..record.links.clone() };
                let by_group: BTreeSet<_> = links
                    .members
                    .iter()
                    .filter(|member| member.by_group)
                    .filter_map(|member| users.get(&member.user))
                    .map(|id| id.source.clone())
                    .collect();
                // Who is left out stays where he is.
                let is_kept = |id: &SourceId| desired.left_out.contains_key(&RecordId { kind: Kind::User, source: id.clone() });
                let ours_now: BTreeSet<_> =
                    ours.members.iter().filter(|id| record.links.members.contains(*id) || !is_kept(id)).cloned().collect();
                assert_eq!(ours_now, wanted.members.difference(&by_group).cloned().collect(), "{id}");
                assert_eq!(ours.codes, wanted.codes, "{id}");
            }
        }
    }
}

fn scope(languages: &[&str]) -> Scope {
    Scope {
        users: true,
        platform_objects: true,
        workgroups: BTreeSet::new(),
        leave_out: BTreeSet::new(),
        languages: languages.iter().map(|name| (*name).to_owned()).collect(),
        stars: [21, 41, 61, 81],
        attributes: BTreeMap::new(),
        browser: None,
    }
}

fn some(all: &[&'static str]) -> BoxedStrategy<Vec<&'static str>> {
    subsequence(all.to_vec(), 0..=all.len()).boxed()
}

fn proficiencies() -> BoxedStrategy<BTreeMap<String, u8>> {
    let strategy = some(&SKILLS).prop_flat_map(|skills| {
        let count = skills.len();
        collection::vec(0..=100u8, count)
            .prop_map(move |levels| skills.iter().map(|skill| (*skill).to_owned()).zip(levels).collect::<BTreeMap<_, _>>())
    });
    strategy.boxed()
}

fn users() -> impl Strategy<Value = Vec<ConfiguredUser>> {
    let user = (proptest::bool::weighted(0.9), proptest::bool::weighted(0.9), "[A-Z]{0,3}", proficiencies());
    some(&NAMES).prop_flat_map(move |names| {
        let count = names.len();
        collection::vec(user.clone(), count).prop_map(move |users| {
            let users = names.iter().zip(users).map(|(name, (has_email, active, display_name, skills))| ConfiguredUser {
                id: (*name).to_owned(),
                display_name,
                email: if has_email { format!("{name}@example.com") } else { String::new() },
                phones: ConfiguredPhones { business: "+49 30 123456".into(), ..ConfiguredPhones::default() },
                skills,
                active,
                ..ConfiguredUser::default()
            });
            users.collect()
        })
    })
}

fn configuration() -> impl Strategy<Value = Desired> {
    let group = (some(&NAMES), proficiencies(), some(&CODES));
    let groups = some(&GROUPS).prop_flat_map(move |names| {
        let count = names.len();
        collection::vec(group.clone(), count).prop_map(move |groups| {
            let owned = |texts: Vec<&'static str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
            let groups = names.iter().zip(groups).map(|(name, (members, skills, codes))| ConfiguredWorkgroup {
                id: (*name).to_owned(),
                members: owned(members),
                skills,
                wrap_up_codes: owned(codes),
            });
            groups.collect::<Vec<_>>()
        })
    });
    (users(), groups, some(&SKILLS), some(&CODES), some(&SKILLS)).prop_map(|(users, workgroups, skills, codes, languages)| {
        let configuration = Configuration {
            users,
            workgroups,
            skills: skills.into_iter().map(|name| ConfiguredSkill { id: name.into(), name: name.into() }).collect(),
            wrap_up_codes: codes.into_iter().map(|name| ConfiguredCode { id: name.into(), name: name.into() }).collect(),
            dial_groups: None,
        };
        desired(&configuration, &scope(&languages))
    })
}

fn person(name: &str, skills: &[&str]) -> Content {
    Content::User(Person {
        email: format!("{}@example.com", name.to_lowercase()),
        display_name: name.into(),
        skills: Some(skills.iter().map(|skill| ((*skill).to_owned(), 3)).collect()),
        languages: Some(BTreeMap::new()),
        ..Person::default()
    })
}

/// An organisation that has things already: some that a record finds by its name, some that nothing here is like.
fn organisation() -> impl Strategy<Value = Model> {
    (some(&NAMES), some(&SKILLS), some(&CODES), some(&GROUPS), any::<bool>()).prop_map(|(users, skills, codes, groups, by_group)| {
        let mut model = Model::default();
        for name in skills.into_iter().chain(["Chess"]) {
            model.add(Content::Skill { name: name.into() }, None, State::Active);
        }
        let code = model.add(Content::WrapUpCode { name: "Theirs".into() }, None, State::Active).id;
        for name in codes {
            model.add(Content::WrapUpCode { name: name.into() }, None, State::Active);
        }
        let mut members = Vec::new();
        for (at, name) in users.into_iter().chain(["ZOE"]).enumerate() {
            let state = [State::Active, State::Inactive, State::Deleted][at % 3];
            let user = model.add(person(name, &["Chess"]), None, state).id;
            members.push(Member { user, by_group: by_group && at % 2 == 0 });
        }
        for name in groups.into_iter().chain(["Theirs"]) {
            let queue = model.add(Content::Queue { name: name.into() }, None, State::Active).id;
            model.links.insert(queue, ActualLinks { members: members.clone(), codes: [code.clone()].into() });
        }
        model
    })
}

fn deletion() -> impl Strategy<Value = Deletion> {
    prop_oneof![
        Just(Deletion::Guide),
        Just(Deletion::Safe { user_grace: 7 * DAY, object_grace: 0 }),
        Just(Deletion::Safe { user_grace: 0, object_grace: 2 * DAY }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn plans_lead_to_what_should_be_and_then_to_nothing_and_leave_alone_what_is_not_ours(
        model in organisation(),
        rounds in collection::vec(configuration(), 1..5),
        deletion in deletion(),
    ) {
        let mut site = Site { model, ..Site::default() };
        for desired in rounds {
            site.now += 3 * DAY;
            let before = site.clone();
            let plan = site.sync(&desired, deletion);
            // Nothing that was foreign before, and was not taken for a record, is another than it was.
            let foreign = before.model.foreign(&site.known);
            for (id, thing) in &foreign.things {
                prop_assert!(before.known.by_cloud(id.0).contains_key(&id.1) || site.model.things.get(id).map(bare) == Some(bare(thing)), "{thing:?}\n{plan:#?}");
            }
            site.check(&desired);
            let again = site.plan(&desired, deletion, &Examine::All);
            prop_assert!(again.is_empty() && again.problems.is_empty(), "{again:#?}");
            let changed = site.plan(&desired, deletion, &Examine::changed(&desired, &site.known));
            prop_assert!(changed.is_empty(), "{changed:#?}");
            prop_assert_eq!(&plan.id, &before.plan(&desired, deletion, &Examine::All).id, "the same ground gives the same plan");
        }
    }

    #[test]
    fn what_somebody_else_has_given_a_user_or_a_queue_stays(desired in configuration(), model in organisation(), then in configuration()) {
        let mut site = Site { model, ..Site::default() };
        site.sync(&desired, Deletion::Guide);
        let theirs = |site: &Site| -> usize {
            let skills = site.model.things.values().filter(|thing| {
                matches!(&thing.content, Content::User(person) if person.skills.iter().flatten().any(|(name, _)| name == "Chess"))
            });
            skills.count()
        };
        let had = theirs(&site);
        site.now += DAY;
        site.sync(&then, Deletion::Safe { user_grace: 9 * DAY, object_grace: 9 * DAY });
        prop_assert_eq!(theirs(&site), had);
    }

    #[test]
    fn a_step_comes_after_all_that_it_needs(model in organisation(), rounds in collection::vec(configuration(), 1..3)) {
        let mut site = Site { model, ..Site::default() };
        for desired in rounds {
            site.now += DAY;
            let plan = site.plan(&desired, Deletion::Guide, &Examine::All);
            let made_at = |id: &RecordId| plan.steps.iter().position(|step| step.record == *id && matches!(step.action, Action::Create { .. }));
            let last_use = |id: &RecordId| plan.steps.iter().rposition(|step| match &step.action {
                Action::RemoveMembers { users } => users.contains(id),
                Action::RemoveCodes { codes } => codes.contains(id),
                _ => false,
            });
            for (at, step) in plan.steps.iter().enumerate() {
                let (Action::AddMembers { users: named } | Action::AddCodes { codes: named }) = &step.action else {
                    prop_assert!(step.needs.iter().all(|id| made_at(id).is_some_and(|made| made < at)), "{plan:#?}");
                    if step.action == Action::Delete {
                        let last = plan.steps.iter().rposition(|step| matches!(step.action, Action::Change { .. } | Action::Create { .. }));
                        prop_assert!(last.is_none_or(|last| last < at), "{plan:#?}");
                        prop_assert!(last_use(&step.record).is_none_or(|used| used < at), "{plan:#?}");
                    }
                    continue;
                };
                prop_assert!(named.iter().chain([&step.record]).all(|id| made_at(id).is_none_or(|made| made < at)), "{plan:#?}");
            }
            site.apply(&plan, &desired);
        }
    }
}

/// Without skills that were ours: one that is deleted goes from whoever has it.
fn bare(thing: &Existing) -> Existing {
    let mut thing = thing.clone();
    if let Content::User(person) = &mut thing.content {
        person.skills.iter_mut().for_each(|skills| skills.retain(|name, _| name == "Chess"));
        person.languages = None;
    }
    thing
}

/// A configuration of users who have nothing.
fn people(names: &[(&str, &str)]) -> Desired {
    let users = names.iter().map(|(id, email)| ConfiguredUser {
        id: (*id).into(),
        email: (*email).into(),
        active: true,
        ..ConfiguredUser::default()
    });
    desired(&Configuration { users: users.collect(), ..Configuration::default() }, &scope(&[]))
}

fn words(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {} ({})", step.action.word(), step.record, step.reason.id)).collect()
}

const SAFE: Deletion = Deletion::Safe { user_grace: 7 * DAY, object_grace: 0 };

#[test]
fn a_user_who_is_gone_is_deactivated_first_deleted_after_the_grace_period_and_revived_when_he_comes_back() {
    let mut site = Site { now: DAY, ..Site::default() };
    site.sync(&people(&[("ANNA", "a@example.com"), ("BERT", "b@example.com")]), SAFE);
    let without = people(&[("BERT", "b@example.com")]);
    site.now += DAY;
    assert_eq!(words(&site.sync(&without, SAFE)), ["deactivate user:ANNA (gone)", "retire user:ANNA (gone)"]);
    let mut back = site.clone();
    site.now += 6 * DAY;
    assert!(words(&site.sync(&without, SAFE)).is_empty());
    site.now += DAY;
    assert_eq!(words(&site.sync(&without, SAFE)), ["delete user:ANNA (grace-over)"]);
    let all = people(&[("ANNA", "a@example.com"), ("BERT", "b@example.com")]);
    assert_eq!(words(&back.sync(&all, SAFE)), ["change user:ANNA (is-inactive)"]);
    assert_eq!(back.known.records[&RecordId::new(Kind::User, "ANNA")].removed, None);
}

#[test]
fn a_user_of_another_name_with_the_same_address_takes_over_what_the_first_one_was() {
    let mut site = Site { now: DAY, ..Site::default() };
    site.sync(&people(&[("ANNA", "a@example.com")]), SAFE);
    site.now += DAY;
    let renamed = people(&[("ANNA2", "a@example.com")]);
    assert_eq!(
        words(&site.sync(&renamed, SAFE)),
        ["adopt user:ANNA2 (marked)", "change user:ANNA2 (differs)", "forget user:ANNA (is-another)"]
    );
    assert!(site.plan(&renamed, SAFE, &Examine::All).is_empty());
}

#[test]
fn what_another_site_has_made_is_a_problem_and_not_taken() {
    let mut site = Site { now: DAY, ..Site::default() };
    let theirs = OurId { site: "munich".into(), source: "ANNA".into() };
    site.model.add(person("a", &[]), Some(theirs), State::Active);
    let plan = site.plan(&people(&[("ANNA", "a@example.com")]), SAFE, &Examine::All);
    assert!(plan.is_empty());
    assert_eq!(plan.problems[&RecordId::new(Kind::User, "ANNA")].id, "other-site");
}

#[test]
fn what_was_written_a_moment_ago_and_cannot_be_read_is_not_made_twice() {
    let mut site = Site { now: DAY, ..Site::default() };
    let all = people(&[("ANNA", "a@example.com")]);
    site.sync(&all, SAFE);
    site.model.things.clear();
    site.now += 60;
    let plan = site.plan(&all, SAFE, &Examine::All);
    assert!(plan.is_empty() && plan.problems.is_empty() && plan.unchanged == 0, "{plan:#?}");
    site.now += 600;
    assert_eq!(words(&site.plan(&all, SAFE, &Examine::All)), ["create user:ANNA (deleted-there)"]);
}

#[test]
fn a_skill_becomes_a_language_by_making_it_moving_the_users_and_deleting_it_in_this_order() {
    let mut site = Site { now: DAY, ..Site::default() };
    let configuration = Configuration {
        users: vec![ConfiguredUser {
            id: "ANNA".into(),
            email: "a@example.com".into(),
            skills: [("German".into(), 50)].into(),
            active: true,
            ..ConfiguredUser::default()
        }],
        skills: vec![ConfiguredSkill { id: "German".into(), name: "German".into() }],
        ..Configuration::default()
    };
    site.sync(&desired(&configuration, &scope(&[])), SAFE);
    site.now += DAY;
    let plan = site.sync(&desired(&configuration, &scope(&["German"])), SAFE);
    assert_eq!(words(&plan), ["create language:German (new)", "change user:ANNA (differs)", "delete skill:German (gone)"]);
    assert_eq!(plan.calls, 3);
    assert_eq!(plan.duration(240).as_secs(), 1);
}

#[test]
fn a_plan_that_was_saved_is_read_back_with_the_same_id() {
    let site = Site { now: DAY, ..Site::default() };
    let plan = site.plan(&people(&[("ANNA", "a@example.com")]), SAFE, &Examine::All);
    let read: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!((&read.id, &read.steps), (&plan.id, &plan.steps));
    assert_eq!(Fingerprint::of(&read.steps), plan.id);
}

/// Two OAuth clients may have the same name: only our mark says which is ours.
#[test]
fn the_client_for_browsers_is_known_by_its_mark_and_ends_with_the_last_of_its_addresses() {
    let client = |uri: &str| Content::OauthClient { name: "Browsers".into(), grant: "CODE".into(), redirect_uris: [uri.to_owned()].into() };
    let with = |uri: Option<&str>| {
        let browser = uri.map(|uri| BrowserClients { name: "Browsers".into(), grant: "CODE", redirect_uris: [uri.to_owned()].into() });
        desired(&Configuration::default(), &Scope { browser, ..scope(&[]) })
    };
    let deletion = Deletion::Safe { user_grace: 9 * DAY, object_grace: 9 * DAY };
    let mut site = Site { now: DAY, ..Site::default() };
    let theirs = site.model.add(client("https://theirs.example.com/"), None, State::Active);
    site.sync(&with(Some("https://a.example.com/")), deletion);
    site.now += DAY;
    let plan = site.sync(&with(Some("https://b.example.com/")), deletion);
    assert_eq!(plan.steps[0].changes[0].after.as_deref(), Some("https://b.example.com/"));
    let contents: Vec<_> = site.model.things.values().map(|thing| thing.content.clone()).collect();
    assert_eq!(contents, [theirs.content.clone(), client("https://b.example.com/")]);
    site.now += DAY;
    site.sync(&with(None), deletion);
    assert_eq!(site.model.things.values().collect::<Vec<_>>(), [&theirs]);
}

#[test]
fn addresses_change_hands_in_chains_and_in_rings() {
    let with = |addresses: &[(&str, &str)]| people(addresses);
    let deletion = Deletion::Safe { user_grace: 9 * DAY, object_grace: 9 * DAY };
    let mut site = Site { now: DAY, ..Site::default() };
    site.sync(&with(&[("ANNA", "a@x.com"), ("BERT", "b@x.com"), ("CARLA", "c@x.com"), ("DORA", "d@x.com"), ("EMIL", "e@x.com")]), deletion);
    site.now += DAY;
    // A chain, a ring of two.
    let swapped = with(&[("ANNA", "b@x.com"), ("BERT", "f@x.com"), ("CARLA", "d@x.com"), ("DORA", "c@x.com"), ("EMIL", "a@x.com")]);
    let plan = site.sync(&swapped, deletion);
    site.check(&swapped);
    assert_eq!(plan.steps.len(), 6, "one of the ring needs two: {plan:#?}");
    site.now += DAY;
    // A ring of three, and somebody who waits for one of it.
    let turned = with(&[("ANNA", "f@x.com"), ("BERT", "d@x.com"), ("CARLA", "b@x.com"), ("DORA", "g@x.com"), ("EMIL", "c@x.com")]);
    site.sync(&turned, deletion);
    site.check(&turned);
    assert!(site.plan(&turned, deletion, &Examine::All).is_empty());
}
