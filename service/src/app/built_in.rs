//! The configuration of the built-in switch as administrators know it, from the file: what the bridge keeps in step. How it routes is
//! [`super::policy::plan`]'s.

use crate::switch::{Configuration, ConfiguredCode, ConfiguredPhones, ConfiguredSkill, ConfiguredUser, ConfiguredWorkgroup};
use shared::config::Embedded;
use std::collections::BTreeMap;

pub(super) fn configuration(embedded: &Embedded) -> Configuration {
    let users = embedded.users.iter().map(|user| ConfiguredUser {
        id: user.name.clone(),
        display_name: if user.display_name.is_empty() {
            format!("{} {}", user.first_name, user.last_name).trim().to_owned()
        } else {
            user.display_name.clone()
        },
        email: user.email.clone(),
        phones: ConfiguredPhones {
            business: user.business_phone.clone(),
            business2: user.business_phone2.clone(),
            mobile: user.mobile_phone.clone(),
            home: user.home_phone.clone(),
            fax: user.fax.clone(),
        },
        skills: levels(&user.skills),
        active: true,
        attributes: user.attributes.iter().filter_map(|text| text.split_once('=')).map(pair).collect(),
    });
    let workgroups = embedded.workgroups.iter().map(|workgroup| ConfiguredWorkgroup {
        id: workgroup.name.clone(),
        members: workgroup.members.clone(),
        skills: levels(&workgroup.skills),
        wrap_up_codes: workgroup.wrap_up_codes.clone(),
    });
    Configuration {
        users: users.collect(),
        workgroups: workgroups.collect(),
        skills: embedded.skills.iter().map(|name| ConfiguredSkill { id: name.clone(), name: name.clone() }).collect(),
        wrap_up_codes: embedded.wrap_up_codes.iter().map(|name| ConfiguredCode { id: name.clone(), name: name.clone() }).collect(),
        dial_groups: Some(embedded.dial_groups.clone()),
    }
}

/// `Department=Sales`: an attribute with its value.
fn pair((name, value): (&str, &str)) -> (String, String) {
    (name.trim().to_owned(), value.trim().to_owned())
}

/// `Marketing=60`: a skill with its proficiency. One without has none, which the bridge says.
fn levels(texts: &[String]) -> BTreeMap<String, u8> {
    let level = |text: &String| match text.rsplit_once('=') {
        Some((name, level)) => (name.trim().to_owned(), level.trim().parse().unwrap_or_default()),
        None => (text.trim().to_owned(), 0),
    };
    texts.iter().map(level).collect()
}
