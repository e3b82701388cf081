//! Users, workgroups, skills and wrap-up codes as Interaction Administrator has them (reference of ICWS, §5.3).

use super::{
    super::{scene::Scene, site::display_name},
    reference,
};
use crate::switch::{Configuration, ConfiguredCode, ConfiguredUser, ConfiguredWorkgroup, embedded::UserPlan};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Users: those whom routing knows, and those whom administrators have set up; where these have been set up anew while it runs, they alone.
pub(super) fn users(scene: &Scene) -> Vec<Value> {
    let site = &scene.site;
    let configured: BTreeMap<&str, &ConfiguredUser> = site.plan.configuration.users.iter().map(|user| (user.id.as_str(), user)).collect();
    let planned: BTreeMap<&str, &UserPlan> = site.plan.users.iter().map(|user| (user.user.as_str(), user)).collect();
    let routed =
        site.plan.users.iter().map(|user| user.user.as_str()).filter(|name| scene.configured == 0 || configured.contains_key(name));
    // In the order of the site's file, and then whoever else was set up.
    let mut names: Vec<&str> = routed.collect();
    names.extend(configured.keys().copied().filter(|name| !planned.contains_key(name)));
    let inherited = inherited(&site.plan.configuration);
    let mut all: Vec<Value> = names
        .into_iter()
        .map(|name| user(scene, name, configured.get(name).copied(), planned.get(name).copied(), inherited.get(name)))
        .collect();
    // Whoever watches all others takes no calls himself.
    all.push(json!({
        "configurationId": reference("users", &site.super_user, &site.super_user),
        "excludeFromDirectory": true,
        "workgroups": [],
    }));
    all
}

fn user(
    scene: &Scene,
    name: &str,
    configured: Option<&ConfiguredUser>,
    planned: Option<&UserPlan>,
    inherited: Option<&BTreeMap<&str, u8>>,
) -> Value {
    let shown = configured.map(|user| user.display_name.clone()).filter(|shown| !shown.is_empty());
    let shown = shown.or_else(|| planned.map(display_name)).unwrap_or_else(|| name.to_owned());
    let written = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let extension = planned.and_then(|user| written(&user.extension));
    let licensed = planned.is_none_or(|user| !scene.unlicensed.contains(&user.user));
    let email = configured.map_or_else(|| planned.and_then(|user| written(&user.email)), |user| written(&user.email));
    let workgroups: Vec<Value> = if let Some(user) = planned.filter(|_| scene.configured == 0) {
        scene.workgroups_of(&user.user).iter().map(|group| reference("workgroups", group.as_str(), group.as_str())).collect()
    } else {
        let groups = scene.site.plan.configuration.workgroups.iter().filter(|group| group.members.iter().any(|member| member == name));
        groups.map(|group| reference("workgroups", &group.id, &group.id)).collect()
    };
    let own: BTreeMap<&str, u8> =
        configured.iter().flat_map(|user| &user.skills).map(|(skill, proficiency)| (skill.as_str(), *proficiency)).collect();
    let inherited = inherited.cloned().unwrap_or_default();
    let mut effective = inherited.clone();
    effective.extend(&own);
    let mut details = json!({
        "emailAddress": email,
        "givenName": planned.map(|user| &user.first_name),
        "surname": planned.map(|user| &user.last_name),
    });
    if let Some(phones) = configured.map(|user| &user.phones) {
        let numbers = [
            ("Business1", &phones.business),
            ("Business2", &phones.business2),
            ("Mobile", &phones.mobile),
            ("Home1", &phones.home),
            ("Fax", &phones.fax),
        ];
        for (kind, number) in numbers.into_iter().filter(|(_, number)| !number.is_empty()) {
            details[format!("phoneNumberOf{kind}")] = json!({ "number": number });
        }
    }
    let attributes = configured.iter().flat_map(|user| &user.attributes).map(|(name, value)| json!({ "name": name, "value": value }));
    json!({
        "configurationId": reference("users", name, &shown),
        "extension": extension,
        "excludeFromDirectory": planned.is_some_and(|user| user.excluded_from_directory),
        "defaultWorkstation": extension.as_ref().map(|station| reference("stations", station, station)),
        "statusText": planned.map(|user| &user.user).filter(|user| !scene.new_users.contains(*user)).map(|user| scene.status(user).text.to_string()),
        "workgroups": workgroups,
        "skills": { "actualValue": levels(&own), "effectiveValue": levels(&effective), "inheritedValue": levels(&inherited) },
        "licenseProperties": { "licenseActive": licensed, "hasClientAccess": licensed, "mediaLevel": 3, "additionalLicenses": [] },
        "mailboxProperties": { "emailAddress": email, "displayName": shown },
        "personalInformationProperties": details,
        "customAttributes": attributes.collect::<Vec<_>>(),
        "preferredLanguage": { "languageId": "en-US" },
    })
}

/// Workgroups, in the same way.
pub(super) fn workgroups(scene: &Scene) -> Vec<Value> {
    let (site, configuration) = (&scene.site, &scene.site.plan.configuration);
    let routed = site.plan.workgroups.iter().map(|group| (group.queue.as_str(), group)).collect::<BTreeMap<_, _>>();
    let mut all = configuration.workgroups.clone();
    if scene.configured == 0 {
        for group in
            site.plan.workgroups.iter().filter(|group| configuration.workgroups.iter().all(|known| known.id != group.queue.as_str()))
        {
            let members = group.members.iter().map(|user| user.as_str().to_owned()).collect();
            all.push(ConfiguredWorkgroup { id: group.queue.as_str().to_owned(), members, ..ConfiguredWorkgroup::default() });
        }
    }
    let names: BTreeMap<&str, &ConfiguredCode> = configuration.wrap_up_codes.iter().map(|code| (code.id.as_str(), code)).collect();
    let workgroup = |group: &ConfiguredWorkgroup| {
        let extension = routed.get(group.id.as_str()).map(|group| group.extension.as_str()).filter(|extension| !extension.is_empty());
        let members: Vec<_> = group.members.iter().map(|user| reference("users", user, user)).collect();
        let codes: Vec<_> =
            group.wrap_up_codes.iter().filter_map(|code| names.get(code.as_str())).map(|code| code_reference(code)).collect();
        let skills = group.skills.iter().map(|(skill, proficiency)| (skill.as_str(), *proficiency)).collect();
        json!({
            "configurationId": reference("workgroups", &group.id, &group.id),
            "extension": extension,
            "hasQueue": true,
            "isActive": true,
            "queueType": 5,
            "members": members,
            "supervisors": [],
            "skills": levels(&skills),
            "wrapUpCodes": codes,
            "isWrapUpActive": !site.plan.wrap_up.is_zero(),
            "wrapUpTimeout": site.plan.wrap_up.as_secs(),
            "isCallbackEnabled": true,
        })
    };
    all.iter().map(workgroup).collect()
}

/// Skills, with who has them himself and which workgroups give them.
pub(super) fn skills(configuration: &Configuration) -> Vec<Value> {
    let given = |kind: &str, id: &str, proficiency: u8| json!({ "id": reference(kind, id, id), "proficiency": proficiency, "desireToUse": proficiency });
    let skills = configuration.skills.iter().map(|skill| {
        let users = configuration.users.iter().filter_map(|user| Some(given("users", &user.id, *user.skills.get(&skill.id)?)));
        let groups =
            configuration.workgroups.iter().filter_map(|group| Some(given("workgroups", &group.id, *group.skills.get(&skill.id)?)));
        json!({
            "configurationId": reference("skills", &skill.id, &skill.name),
            "userAssignments": users.collect::<Vec<_>>(),
            "workgroupAssignments": groups.collect::<Vec<_>>(),
        })
    });
    skills.collect()
}

/// Wrap-up codes.
pub(super) fn wrap_up_codes(configuration: &Configuration) -> Vec<Value> {
    let code =
        |code: &ConfiguredCode| json!({ "configurationId": code_reference(code), "digits": "", "label": { "defaultValue": code.name } });
    configuration.wrap_up_codes.iter().map(code).collect()
}

/// The id of a code is a key of the server's, and no name that anybody knows.
fn code_reference(code: &ConfiguredCode) -> Value {
    let key = code.id.bytes().fold(17_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    reference("wrap-up-codes", &format!("{key:08x}"), &code.name)
}

/// What the workgroups of each user give him: the highest proficiency counts.
fn inherited(configuration: &Configuration) -> BTreeMap<&str, BTreeMap<&str, u8>> {
    let mut all: BTreeMap<&str, BTreeMap<&str, u8>> = BTreeMap::new();
    for group in &configuration.workgroups {
        for member in &group.members {
            let skills = all.entry(member).or_default();
            for (skill, proficiency) in &group.skills {
                let highest = skills.entry(skill).or_default();
                *highest = (*highest).max(*proficiency);
            }
        }
    }
    all
}

fn levels(levels: &BTreeMap<&str, u8>) -> Vec<Value> {
    let level = |(skill, proficiency): (&&str, &u8)| json!({ "id": reference("skills", skill, skill), "proficiency": proficiency, "desireToUse": proficiency });
    levels.iter().map(level).collect()
}
