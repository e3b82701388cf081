//! What is said of a user: all of him when he is made, and else only what has to be otherwise. Pure.

use crate::genesys_cloud::{
    cloud::{CloudError, Fault},
    record::{OurId, Person, Phone},
    rest::wire::{ENTERPRISE, GENESYS, Proficient, ScimUser, USER, stars},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Skills, or languages, that a user may have.
const MOST: usize = 50;

/// A new user.
pub(super) fn whole(person: &Person, ours: &OurId) -> Result<Value, CloudError> {
    let Person { email, display_name, phones, skills, languages, fields } = person;
    let mut genesys = json!({ "externalIds": [mark(ours)] });
    for (name, of_person) in [("routingSkills", skills), ("routingLanguages", languages)] {
        if let Some(all) = of_person.as_ref().filter(|all| !all.is_empty()) {
            genesys[name] = proficient(all)?;
        }
    }
    let mut user = json!({
        "schemas": [USER, GENESYS],
        "userName": email,
        "displayName": display_name,
        "active": true,
        "emails": [{ "type": "work", "value": email }],
        GENESYS: genesys,
    });
    if !phones.is_empty() {
        user["phoneNumbers"] = phones.iter().map(|(phone, number)| json!({ "type": phone.scim_type(), "value": number })).collect();
    }
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        if is_core(name) {
            user[name] = value.as_str().into();
        } else {
            user[ENTERPRISE][name] = value.as_str().into();
        }
    }
    if user.get(ENTERPRISE).is_some() {
        user["schemas"] = json!([USER, ENTERPRISE, GENESYS]);
    }
    Ok(user)
}

/// Is it a field of every user? The others are of users of a firm.
fn is_core(field: &str) -> bool {
    field == "title"
}

/// What has to be otherwise; telephone numbers of other kinds and marks of others stay as they are. What is to be empty is removed, because an
/// empty value overwrites nothing.
pub(super) fn operations(user: &ScimUser, person: &Person, ours: &OurId) -> Result<Vec<Value>, CloudError> {
    let Person { email, display_name, phones, skills, languages, fields } = person;
    let mut all = Vec::new();
    if !user.active {
        all.push(json!({ "op": "replace", "path": "active", "value": true }));
    }
    if user.display_name != *display_name {
        all.push(json!({ "op": "replace", "path": "displayName", "value": display_name }));
    }
    if !user.user_name.eq_ignore_ascii_case(email) {
        all.push(json!({ "op": "replace", "path": "userName", "value": email }));
        // Follows the name, where it is there.
        if user.emails.iter().any(|address| address.kind == "work") {
            all.push(json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": email }));
        }
    }
    for phone in Phone::ALL {
        let kind = phone.scim_type();
        match (user.phone(phone), phones.get(&phone)) {
            (Some(now), Some(wanted)) if now == wanted => {}
            (Some(_), Some(wanted)) => {
                all.push(json!({ "op": "replace", "path": format!("phoneNumbers[type eq \"{kind}\"].value"), "value": wanted }));
            }
            (None, Some(wanted)) => {
                all.push(json!({ "op": "add", "path": "phoneNumbers", "value": [{ "type": kind, "value": wanted }] }));
            }
            (Some(_), None) => all.push(json!({ "op": "remove", "path": format!("phoneNumbers[type eq \"{kind}\"]") })),
            (None, None) => {}
        }
    }
    for (name, wanted) in fields {
        let path = if is_core(name) { name.clone() } else { format!("{ENTERPRISE}:{name}") };
        match (user.field(name), wanted.as_str()) {
            (now, wanted) if now == wanted => {}
            (_, "") => all.push(json!({ "op": "remove", "path": path })),
            ("", wanted) => all.push(json!({ "op": "add", "path": path, "value": wanted })),
            (_, wanted) => all.push(json!({ "op": "replace", "path": path, "value": wanted })),
        }
    }
    let lists = [("routingSkills", skills, &user.genesys.routing_skills), ("routingLanguages", languages, &user.genesys.routing_languages)];
    for (name, wanted, now) in lists {
        all.extend(proficiencies(name, wanted.as_ref(), now)?);
    }
    all.extend(marks(user, ours));
    Ok(all)
}

fn proficiencies(name: &str, wanted: Option<&BTreeMap<String, u8>>, now: &[Proficient]) -> Result<Option<Value>, CloudError> {
    let path = format!("{GENESYS}:{name}");
    Ok(match wanted {
        None => None,
        Some(wanted) if *wanted == stars(now) => None,
        Some(wanted) if wanted.is_empty() => Some(json!({ "op": "remove", "path": path })),
        Some(wanted) => Some(json!({ "op": "replace", "path": path, "value": proficient(wanted)? })),
    })
}

/// Our mark, where it is missing; another one of this site goes.
fn marks(user: &ScimUser, ours: &OurId) -> Vec<Value> {
    let (authority, source) = (ours.authority(), &ours.source.0);
    let of_site = user.genesys.external_ids.iter().filter(|id| id.authority == authority);
    let (right, wrong): (Vec<_>, Vec<_>) = of_site.partition(|id| id.value == *source);
    let path = format!("{GENESYS}:externalIds");
    let mut all = Vec::new();
    if !wrong.is_empty() {
        all.push(json!({ "op": "remove", "path": format!("{path}[authority eq \"{authority}\"]") }));
    }
    if right.is_empty() || !wrong.is_empty() {
        all.push(json!({ "op": "add", "path": path, "value": [mark(ours)] }));
    }
    all
}

fn mark(ours: &OurId) -> Value {
    json!({ "authority": ours.authority(), "value": ours.source.0 })
}

fn proficient(all: &BTreeMap<String, u8>) -> Result<Value, CloudError> {
    if all.len() > MOST {
        let message = format!("a user may have {MOST} skills and {MOST} languages in Genesys Cloud, and here are {}", all.len());
        return Err(CloudError { fault: Fault::Invalid, message, correlation: None });
    }
    Ok(all.iter().map(|(name, stars)| json!({ "name": name, "proficiency": f64::from(*stars) })).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Person {
        Person {
            email: "anna@example.com".into(),
            display_name: "Anna Adler".into(),
            phones: [(Phone::Work, "+4930123456".into())].into(),
            skills: Some([("Sales".into(), 3)].into()),
            ..Person::default()
        }
    }

    fn ours() -> OurId {
        OurId { site: "berlin".into(), source: "ANNA".into() }
    }

    fn user(change: impl FnOnce(&mut Value)) -> ScimUser {
        let mut whole = whole(&person(), &ours()).unwrap();
        change(&mut whole);
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn a_user_as_he_was_made_needs_nothing() {
        assert_eq!(operations(&user(|_| {}), &person(), &ours()).unwrap(), Vec::<Value>::new());
    }

    #[test]
    fn a_change_says_what_differs_and_nothing_more() {
        let user = user(|user| {
            user["active"] = false.into();
            user["displayName"] = "Anna".into();
            user["phoneNumbers"] = json!([
                { "type": "work", "value": "tel:+4930999" }, { "type": "home", "value": "+491" }, { "type": "microsoftteams", "value": "+492" },
            ]);
            user[GENESYS]["routingLanguages"] = json!([{ "name": "German", "proficiency": 5.0 }]);
        });
        let person = Person { phones: [(Phone::Work, "+4930123456".into()), (Phone::Mobile, "+493".into())].into(), ..person() };
        let expected = json!([
            { "op": "replace", "path": "active", "value": true },
            { "op": "replace", "path": "displayName", "value": "Anna Adler" },
            { "op": "replace", "path": "phoneNumbers[type eq \"work\"].value", "value": "+4930123456" },
            { "op": "add", "path": "phoneNumbers", "value": [{ "type": "mobile", "value": "+493" }] },
            { "op": "remove", "path": "phoneNumbers[type eq \"home\"]" },
        ]);
        assert_eq!(Value::from(operations(&user, &person, &ours()).unwrap()), expected);
    }

    #[test]
    fn what_is_to_be_empty_is_removed_and_only_marks_of_this_site_are_ours() {
        let user = user(|user| {
            user[GENESYS]["externalIds"] = json!([
                { "authority": "jackfield:berlin", "value": "BERTA" }, { "authority": "sap", "value": "7" },
            ]);
        });
        let person = Person { skills: Some(BTreeMap::new()), ..person() };
        let expected = json!([
            { "op": "remove", "path": format!("{GENESYS}:routingSkills") },
            { "op": "remove", "path": format!("{GENESYS}:externalIds[authority eq \"jackfield:berlin\"]") },
            { "op": "add", "path": format!("{GENESYS}:externalIds"), "value": [{ "authority": "jackfield:berlin", "value": "ANNA" }] },
        ]);
        assert_eq!(Value::from(operations(&user, &person, &ours()).unwrap()), expected);
    }

    #[test]
    fn more_skills_than_a_user_may_have_are_said_before_anything_is_sent() {
        let person = Person { skills: Some((0..51).map(|number| (format!("S{number}"), 1)).collect()), ..person() };
        assert_eq!(whole(&person, &ours()).unwrap_err().fault, Fault::Invalid);
    }
}
