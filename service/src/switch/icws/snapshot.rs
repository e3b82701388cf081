//! How a CIC server is configured, as one snapshot for the bridge to Genesys Cloud: four lists, read to their ends. One that cannot be read makes
//! the snapshot none, because what is missing from it would count as removed.

use super::{
    IcwsError, Session,
    wire::{
        connection::NamedId,
        people::{Group, Level, LineGroup, Person, Skill, WrapUpCode},
    },
};
use crate::switch::{Configuration, ConfiguredCode, ConfiguredPhones, ConfiguredSkill, ConfiguredUser, ConfiguredWorkgroup};
use std::collections::BTreeMap;

pub(super) async fn read(session: &Session) -> Result<Configuration, IcwsError> {
    let users = session.whole::<Person>().await?;
    let workgroups = session.whole::<Group>().await?;
    let skills = session.whole::<Skill>().await?;
    let codes = session.whole::<WrapUpCode>().await?;
    let line_groups = line_groups(session).await?;
    Ok(Configuration {
        users: users.iter().map(user).collect(),
        // One that is turned off is as if it were not there; its queue takes no calls either.
        workgroups: workgroups.iter().filter(|group| group.is_active != Some(false)).map(workgroup).collect(),
        skills: skills
            .iter()
            .map(|skill| ConfiguredSkill { id: id(&skill.configuration_id), name: name(&skill.configuration_id) })
            .collect(),
        wrap_up_codes: codes
            .iter()
            .map(|code| ConfiguredCode { id: id(&code.configuration_id), name: name(&code.configuration_id) })
            .collect(),
        dial_groups: line_groups,
    })
}

/// Groups of lines, which CIC dials by. They are not among the types that are published: a server that has no such list, or shows it to nobody like
/// us, does not tell of them, and everything else goes on.
async fn line_groups(session: &Session) -> Result<Option<Vec<String>>, IcwsError> {
    match session.whole::<LineGroup>().await {
        Ok(groups) if groups.is_empty() => Ok(None),
        Ok(groups) => Ok(Some(groups.iter().map(|group| name(&group.configuration_id)).collect())),
        Err(error) if [400, 403, 404, 405, 501].into_iter().any(|status| error.is_status(status)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn user(person: &Person) -> ConfiguredUser {
    let details = &person.personal_information_properties;
    ConfiguredUser {
        id: id(&person.configuration_id),
        display_name: name(&person.configuration_id),
        email: details.email_address.clone(),
        phones: ConfiguredPhones {
            business: details.phone_number_of_business1.text(),
            business2: details.phone_number_of_business2.text(),
            mobile: details.phone_number_of_mobile.text(),
            home: details.phone_number_of_home.text(),
            fax: details.phone_number_of_fax.text(),
        },
        skills: levels(&person.skills.actual_value),
        // A user of CIC cannot be turned off: he is there or not.
        active: true,
        attributes: person.custom_attributes.iter().map(|one| (one.name.clone(), one.value.clone())).collect(),
    }
}

fn workgroup(group: &Group) -> ConfiguredWorkgroup {
    ConfiguredWorkgroup {
        id: id(&group.configuration_id),
        members: group.members.iter().map(id).collect(),
        skills: levels(&group.skills),
        wrap_up_codes: group.wrap_up_codes.iter().map(id).collect(),
    }
}

fn levels(levels: &[Level]) -> BTreeMap<String, u8> {
    levels.iter().map(|level| (level.pair().0.to_string(), level.pair().1)).collect()
}

fn id(named: &NamedId) -> String {
    named.id.to_string()
}

fn name(named: &NamedId) -> String {
    let shown = named.display_name.as_deref().unwrap_or_default();
    if shown.is_empty() { named.id.to_string() } else { shown.to_owned() }
}
