//! What the organisation should have: the switch's configuration under the rules of the guide ("Types of information synced to Genesys Cloud")
//! and of the file. Pure.

use super::{
    phone_number::e164,
    reason::Reason,
    record::{Content, Kind, Links, Person, Phone, Record, RecordId, SourceId},
};
use crate::switch::{Configuration, ConfiguredPhones, ConfiguredUser};
use std::collections::{BTreeMap, BTreeSet};

/// Skills, and languages, that one user may have there.
const MOST_SKILLS: usize = 50;

/// What is kept in step, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Users?
    pub users: bool,
    /// Workgroups, skills and wrap-up codes?
    pub platform_objects: bool,
    /// Only these workgroups; empty: all.
    pub workgroups: BTreeSet<String>,
    /// Not these users.
    pub leave_out: BTreeSet<String>,
    /// Skills that become languages.
    pub languages: BTreeSet<String>,
    /// From which proficiency on there are two, three, four, five stars.
    pub stars: [u8; 4],
    /// Fields of users, each with the custom attribute that fills it.
    pub attributes: BTreeMap<String, String>,
    /// Clients in the browser; `None`: there are none.
    pub browser: Option<BrowserClients>,
}

/// Clients in the browser, which log people on by an OAuth client of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserClients {
    /// The name of the OAuth client.
    pub name: String,
    /// `CODE` or `TOKEN`.
    pub grant: &'static str,
    /// Where browsers are led back.
    pub redirect_uris: BTreeSet<String>,
}

/// The id of the one OAuth client that a site has.
pub const BROWSER: &str = "browser";

/// What the organisation should have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// Records.
    pub records: BTreeMap<RecordId, Record>,
    /// What the switch has and is not kept in step, with the reason. What the organisation has of it stays as it is.
    pub left_out: BTreeMap<RecordId, Reason>,
    /// What is doubtful about records that are kept in step.
    pub warnings: BTreeMap<RecordId, Vec<Reason>>,
    /// How many codes of the switch stand behind each wrap-up code.
    pub references: BTreeMap<RecordId, usize>,
}

/// Applies the rules.
pub fn desired(configuration: &Configuration, scope: &Scope) -> Desired {
    let mut desired = Desired::default();
    if scope.platform_objects {
        desired.skills(configuration, scope);
        desired.codes(configuration);
        desired.queues(configuration, scope);
    }
    if scope.users {
        desired.users(configuration, scope);
    }
    if let Some(BrowserClients { name, grant, redirect_uris }) = scope.browser.clone() {
        let content = Content::OauthClient { name, grant: grant.to_owned(), redirect_uris };
        desired.put(RecordId::new(Kind::OauthClient, BROWSER), content, Links::default(), true);
    }
    desired
}

// === impl Desired ===

impl Desired {
    fn skills(&mut self, configuration: &Configuration, scope: &Scope) {
        let mut names = BTreeSet::new();
        for skill in &configuration.skills {
            let is_language = scope.languages.contains(&skill.name);
            let name = skill.name.clone();
            let (kind, content) =
                if is_language { (Kind::Language, Content::Language { name }) } else { (Kind::Skill, Content::Skill { name }) };
            // By its name: one that is called something else is another one there, see `Kind::Skill`.
            let id = RecordId::new(kind, skill.name.as_str());
            if names.insert((kind, skill.name.to_lowercase())) {
                self.put(id, content, Links::default(), true);
            } else {
                self.left_out.insert(id, same_name(&skill.name));
            }
        }
    }

    fn codes(&mut self, configuration: &Configuration) {
        for code in &configuration.wrap_up_codes {
            let id = RecordId::new(Kind::WrapUpCode, code.name.as_str());
            *self.references.entry(id.clone()).or_default() += 1;
            self.put(id, Content::WrapUpCode { name: code.name.clone() }, Links::default(), true);
        }
    }

    fn queues(&mut self, configuration: &Configuration, scope: &Scope) {
        let names: BTreeMap<&str, &str> = configuration.wrap_up_codes.iter().map(|code| (code.id.as_str(), code.name.as_str())).collect();
        for workgroup in &configuration.workgroups {
            let id = RecordId::new(Kind::Queue, workgroup.id.as_str());
            if !scope.workgroups.is_empty() && !scope.workgroups.contains(&workgroup.id) {
                self.left_out.insert(id, Reason::new("workgroup-out-of-scope", "the workgroup is not among those that are kept in step"));
                continue;
            }
            let links = Links {
                members: workgroup.members.iter().map(|member| member.as_str().into()).collect(),
                codes: workgroup
                    .wrap_up_codes
                    .iter()
                    .filter_map(|code| names.get(code.as_str()))
                    .map(|name| SourceId::from(*name))
                    .collect(),
            };
            self.put(id, Content::Queue { name: workgroup.id.clone() }, links, true);
        }
    }

    fn users(&mut self, configuration: &Configuration, scope: &Scope) {
        let inherited = inherited(configuration);
        let names: BTreeMap<&str, &str> = configuration.skills.iter().map(|skill| (skill.id.as_str(), skill.name.as_str())).collect();
        let mut emails: BTreeMap<String, &str> = BTreeMap::new();
        let mut users: Vec<&ConfiguredUser> = configuration.users.iter().collect();
        users.sort_by(|a, b| a.id.cmp(&b.id));
        for user in users {
            let id = RecordId::new(Kind::User, user.id.as_str());
            let email = user.email.trim().to_lowercase();
            let left_out = if scope.leave_out.contains(&user.id) {
                Some(Reason::new("user-left-out", "the file leaves this user out"))
            } else if email.is_empty() {
                Some(Reason::new("no-business-email", "the user has no business e-mail address"))
            } else if !is_email(&email) {
                let text = format!("{:?} is no e-mail address", user.email);
                Some(Reason::new("bad-business-email", text).with("value", &user.email))
            } else {
                emails.get(&email).map(|other| {
                    Reason::new("same-business-email", format!("the user {other} has the same business e-mail address"))
                        .with("other", other)
                })
            };
            if let Some(reason) = left_out {
                self.left_out.insert(id, reason);
                continue;
            }
            emails.insert(email.clone(), &user.id);
            let display_name = if user.display_name.trim().is_empty() { &user.id } else { &user.display_name };
            let mut person = Person {
                email,
                display_name: display_name.trim().to_owned(),
                phones: self.phones(&id, &user.phones),
                fields: fields(user, scope),
                ..Person::default()
            };
            if scope.platform_objects {
                let skills = self.skills_of(&id, user, inherited.get(user.id.as_str()), &names, scope);
                (person.skills, person.languages) = (Some(skills.0), Some(skills.1));
            }
            self.put(id, Content::User(person), Links::default(), user.active);
        }
    }

    fn phones(&mut self, user: &RecordId, phones: &ConfiguredPhones) -> BTreeMap<Phone, String> {
        let all = [
            (Phone::Work, &phones.business),
            (Phone::Work2, &phones.business2),
            (Phone::Mobile, &phones.mobile),
            (Phone::Home, &phones.home),
            (Phone::Other, &phones.fax),
        ];
        let mut taken = BTreeMap::new();
        for (phone, text) in all.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
            match e164(text) {
                Some(number) => drop(taken.insert(phone, number)),
                None => self.warn(
                    user,
                    Reason::new(
                        "bad-phone-number",
                        format!("{text:?} is no telephone number with a country code (+49 30 123456 for example); it is left out"),
                    )
                    .with("value", text)
                    .with("phone", phone.scim_type()),
                ),
            }
        }
        taken
    }

    /// His skills and his languages, with stars: his own and those that his workgroups give him; his own proficiency counts before the highest
    /// of theirs.
    fn skills_of(
        &mut self,
        user: &RecordId,
        configured: &ConfiguredUser,
        inherited: Option<&BTreeMap<&str, u8>>,
        names: &BTreeMap<&str, &str>,
        scope: &Scope,
    ) -> (BTreeMap<String, u8>, BTreeMap<String, u8>) {
        let mut all: BTreeMap<&str, u8> = inherited.cloned().unwrap_or_default();
        all.extend(configured.skills.iter().map(|(skill, proficiency)| (skill.as_str(), *proficiency)));
        let (mut skills, mut languages) = (BTreeMap::new(), BTreeMap::new());
        for (skill, proficiency) in all {
            let name = names.get(skill).copied().unwrap_or_default();
            let kind = [Kind::Skill, Kind::Language].into_iter().find(|kind| self.records.contains_key(&RecordId::new(*kind, name)));
            let Some(kind) = kind else {
                let text = format!("the skill {skill:?} is not kept in step; it is left out");
                self.warn(user, Reason::new("unknown-skill", text).with("skill", skill));
                continue;
            };
            if proficiency == 0 {
                let text = format!("the skill {skill:?} has no proficiency; it gets one star");
                self.warn(user, Reason::new("no-proficiency", text).with("skill", skill));
            }
            let to = if kind == Kind::Language { &mut languages } else { &mut skills };
            to.insert(name.to_owned(), stars(proficiency, scope.stars));
        }
        for (what, of) in [("skills", &mut skills), ("languages", &mut languages)] {
            if of.len() > MOST_SKILLS {
                let text = format!("the user has {} {what}, and {MOST_SKILLS} are possible; those with most stars are taken", of.len());
                self.warn(user, Reason::new("too-many-skills", text).with("count", of.len()));
                let mut best: Vec<_> = std::mem::take(of).into_iter().collect();
                best.sort_by_key(|(_, stars)| std::cmp::Reverse(*stars));
                best.truncate(MOST_SKILLS);
                of.extend(best);
            }
        }
        (skills, languages)
    }

    fn put(&mut self, id: RecordId, content: Content, links: Links, active: bool) {
        self.records.insert(id.clone(), Record { id, content, links, active });
    }

    fn warn(&mut self, id: &RecordId, reason: Reason) {
        self.warnings.entry(id.clone()).or_default().push(reason);
    }
}

/// What a user's custom attributes say of his fields. Names of attributes are told apart as CIC does it, without regard to capitals.
fn fields(user: &ConfiguredUser, scope: &Scope) -> BTreeMap<String, String> {
    let value = |wanted: &String| {
        let found = user.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    scope.attributes.iter().map(|(field, attribute)| (field.clone(), value(attribute))).collect()
}

/// What the workgroups of each user give him.
fn inherited(configuration: &Configuration) -> BTreeMap<&str, BTreeMap<&str, u8>> {
    let mut all: BTreeMap<&str, BTreeMap<&str, u8>> = BTreeMap::new();
    for workgroup in &configuration.workgroups {
        for member in &workgroup.members {
            let skills = all.entry(member.as_str()).or_default();
            for (skill, proficiency) in &workgroup.skills {
                let highest = skills.entry(skill.as_str()).or_default();
                *highest = (*highest).max(*proficiency);
            }
        }
    }
    all
}

fn stars(proficiency: u8, from: [u8; 4]) -> u8 {
    from.iter().fold(1, |stars, least| stars + u8::from(proficiency >= *least))
}

/// A *Business Email* as Genesys Cloud knows the user by it; `None`: it is none.
pub fn address(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    is_email(&email).then_some(email)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.') && !domain.contains('@'))
        && !text.contains(char::is_whitespace)
}

fn same_name(name: &str) -> Reason {
    Reason::new("same-name", format!("another skill is called {name:?} too")).with("name", name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switch::{ConfiguredCode, ConfiguredSkill, ConfiguredWorkgroup};

    fn scope() -> Scope {
        Scope {
            users: true,
            platform_objects: true,
            workgroups: BTreeSet::new(),
            leave_out: BTreeSet::new(),
            languages: BTreeSet::new(),
            stars: [21, 41, 61, 81],
            attributes: BTreeMap::new(),
            browser: None,
        }
    }

    fn user(id: &str, email: &str) -> ConfiguredUser {
        ConfiguredUser { id: id.into(), email: email.into(), active: true, ..ConfiguredUser::default() }
    }

    fn skill(name: &str) -> ConfiguredSkill {
        ConfiguredSkill { id: name.into(), name: name.into() }
    }

    fn person<'a>(desired: &'a Desired, user: &str) -> &'a Person {
        match &desired.records[&RecordId::new(Kind::User, user)].content {
            Content::User(person) => person,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_user_without_a_business_email_is_left_out_and_one_without_a_display_name_is_called_by_his_user_name() {
        let users = vec![user("ANNA", " Anna@Example.com "), user("BERT", ""), user("CARLA", "anna@example.com"), user("DORA", "dora")];
        let desired = desired(&Configuration { users, ..Configuration::default() }, &scope());
        assert_eq!((person(&desired, "ANNA").email.as_str(), person(&desired, "ANNA").display_name.as_str()), ("anna@example.com", "ANNA"));
        let reasons: Vec<_> = desired.left_out.iter().map(|(id, reason)| (id.source.0.as_str(), reason.id.as_str())).collect();
        assert_eq!(reasons, [("BERT", "no-business-email"), ("CARLA", "same-business-email"), ("DORA", "bad-business-email")]);
    }

    #[test]
    fn a_bad_telephone_number_leaves_itself_out_and_not_the_user() {
        let phones = ConfiguredPhones { business: "+49 30 123456".into(), fax: "none".into(), ..ConfiguredPhones::default() };
        let users = vec![ConfiguredUser { phones, ..user("ANNA", "anna@example.com") }];
        let desired = desired(&Configuration { users, ..Configuration::default() }, &scope());
        assert_eq!(person(&desired, "ANNA").phones, [(Phone::Work, "+4930123456".to_owned())].into());
        assert_eq!(desired.warnings[&RecordId::new(Kind::User, "ANNA")][0].id, "bad-phone-number");
    }

    #[test]
    fn custom_attributes_fill_fields_and_one_that_a_user_has_not_clears_its_field() {
        let attributes = BTreeMap::from([("DEPARTMENT".to_owned(), " Sales ".to_owned())]);
        let users = vec![ConfiguredUser { attributes, ..user("ANNA", "a@example.com") }, user("BERT", "b@example.com")];
        let of = |field: &str, attribute: &str| (field.to_owned(), attribute.to_owned());
        let scope = Scope { attributes: [of("department", "Department"), of("title", "Job")].into(), ..scope() };
        let desired = desired(&Configuration { users, ..Configuration::default() }, &scope);
        assert_eq!(person(&desired, "ANNA").fields, [of("department", "Sales"), of("title", "")].into());
        assert_eq!(person(&desired, "BERT").fields, [of("department", ""), of("title", "")].into());
    }

    /// The guide's own example, "Skills": Marketing is the user's, Development his workgroup's.
    #[test]
    fn a_user_has_his_own_skills_and_those_of_his_workgroups_and_his_own_proficiency_counts() {
        let users =
            vec![ConfiguredUser { skills: [("Marketing".into(), 20), ("German".into(), 0)].into(), ..user("ANNA", "a@example.com") }];
        let workgroup = |id: &str, skills: BTreeMap<String, u8>| ConfiguredWorkgroup {
            id: id.into(),
            members: vec!["ANNA".into()],
            skills,
            wrap_up_codes: Vec::new(),
        };
        let workgroups = vec![
            workgroup("A", [("Development".into(), 40), ("Marketing".into(), 100)].into()),
            workgroup("B", [("Development".into(), 61), ("Lost".into(), 1)].into()),
        ];
        let skills = ["Marketing", "Development", "German"].map(skill).to_vec();
        let mut scope = scope();
        scope.languages.insert("German".into());
        let desired = desired(&Configuration { users, workgroups, skills, ..Configuration::default() }, &scope);
        let anna = person(&desired, "ANNA");
        assert_eq!(anna.skills, Some([("Marketing".into(), 1), ("Development".into(), 4)].into()));
        assert_eq!(anna.languages, Some([("German".into(), 1)].into()));
        assert!(desired.records.contains_key(&RecordId::new(Kind::Language, "German")));
        let warnings: Vec<_> = desired.warnings.values().flatten().map(|reason| reason.id.as_str()).collect();
        assert_eq!(warnings, ["no-proficiency", "unknown-skill"]);
    }

    #[test]
    fn proficiencies_become_stars_in_five_equal_parts() {
        let of = |proficiency| stars(proficiency, [21, 41, 61, 81]);
        assert_eq!([0, 1, 20, 21, 40, 41, 60, 61, 80, 81, 100].map(of), [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn two_codes_of_one_name_are_one_and_only_chosen_workgroups_become_queues() {
        let code = |id: &str, name: &str| ConfiguredCode { id: id.into(), name: name.into() };
        let workgroup = |id: &str| ConfiguredWorkgroup { id: id.into(), wrap_up_codes: vec!["2".into()], ..ConfiguredWorkgroup::default() };
        let configuration = Configuration {
            wrap_up_codes: vec![code("1", "Sold"), code("2", "Sold"), code("3", "Lost")],
            workgroups: vec![workgroup("Sales"), workgroup("Support")],
            ..Configuration::default()
        };
        let scope = Scope { workgroups: ["Sales".into()].into(), ..scope() };
        let desired = desired(&configuration, &scope);
        assert_eq!(desired.references[&RecordId::new(Kind::WrapUpCode, "Sold")], 2);
        assert_eq!(desired.records[&RecordId::new(Kind::Queue, "Sales")].links.codes, ["Sold".into()].into());
        assert_eq!(desired.left_out[&RecordId::new(Kind::Queue, "Support")].id, "workgroup-out-of-scope");
    }
}
