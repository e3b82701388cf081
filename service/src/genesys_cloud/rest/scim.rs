//! Users by SCIM. A list names active users only unless it is asked for the others; a change says which fields change and nothing more; who has been
//! deleted is known to the Platform API alone, keeps his e-mail address and comes back without his roles.

mod change;

use super::{
    Rest,
    caller::{Ask, escaped, read},
    judge,
    wire::{Entity, GENESYS, PATCH, ScimPage, ScimUser},
};
use crate::genesys_cloud::{
    cloud::{CloudError, Existing, Fault, Find, State, Written},
    record::{CloudId, OurId, Person},
};
use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use tokio::time::sleep;

const USERS: &str = "/api/v2/scim/v2/users";
/// Users of one page: with more of them and everything about them an organisation may answer 429.
const PAGE: usize = 25;
/// More pages are no list.
const PAGES: usize = 10_000;
/// So often a list is read that does not hold still, and a user changed whom somebody else changes.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);

/// All who are not deleted.
pub(super) async fn list(rest: &Rest) -> Result<Vec<Existing>, CloudError> {
    let mut all = every(rest, "").await?;
    all.extend(every(rest, "active eq false").await?);
    // Somebody may have been deactivated between the two.
    let mut seen = HashMap::new();
    for user in all {
        seen.insert(user.id.clone(), user);
    }
    Ok(seen.into_values().map(|user| user.existing(&rest.policy.site)).collect())
}

/// One user.
pub(super) async fn find(rest: &Rest, by: Find) -> Result<Option<Existing>, CloudError> {
    let site = &rest.policy.site;
    match by {
        Find::Id(id) => match get(rest, &id).await {
            Ok(user) => Ok(Some(user.existing(site))),
            Err(CloudError { fault: Fault::NotThere | Fault::Gone, .. }) => Ok(None),
            Err(error) => Err(error),
        },
        Find::Ours(ours) => {
            let (authority, value) = (quoted(rest, &ours.authority()), quoted(rest, &ours.source.0));
            let path = format!("{GENESYS}:externalIds");
            let found = page(rest, &format!("{path}[authority eq {authority} and value eq {value}]"), 1).await?;
            let mut found = found.users.into_iter().map(|user| user.existing(site));
            Ok(found.find(|user| user.ours.as_ref() == Some(&ours)))
        }
        Find::Key(email) => {
            let found = page(rest, &format!("userName eq {}", quoted(rest, &email)), 1).await?;
            let named = found.users.into_iter().find(|user| user.user_name.eq_ignore_ascii_case(&email));
            match named {
                Some(user) => Ok(Some(user.existing(site))),
                None => hidden(rest, &email).await,
            }
        }
    }
}

/// Makes a user, active and without a password.
pub(super) async fn create(rest: &Rest, person: &Person, ours: &OurId) -> Result<Written, CloudError> {
    let body = change::whole(person, ours)?;
    let answer = rest.ask(Ask::with(Method::POST, USERS, body)).await?;
    written(rest, &answer)
}

/// Gives a user these fields: reads him, and says what has to be otherwise. When nothing has, nothing is said.
pub(super) async fn change(rest: &Rest, id: &CloudId, version: Option<&str>, person: &Person, ours: &OurId) -> Result<Written, CloudError> {
    let mut tries = 1;
    loop {
        let answer = rest.ask(Ask::get(path(id))).await?;
        let user: ScimUser = read(&answer, "user")?;
        let current = user.meta.version.clone();
        if let Some(wanted) = version.filter(|wanted| *wanted != current && !current.is_empty()) {
            let message = format!("user {id} is at version {current} by now, not at {wanted}");
            return Err(CloudError { fault: Fault::Version, message, correlation: judge::correlation(&answer) });
        }
        let operations = change::operations(&user, person, ours)?;
        if operations.is_empty() {
            return written(rest, &answer);
        }
        match patch(rest, id, &operations, Some(current)).await {
            // Refused without effect: read again what somebody else has made of him.
            Err(CloudError { fault: Fault::Version, .. }) if version.is_none() && tries < TRIES => {
                sleep(PAUSE * tries).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Makes a user inactive.
pub(super) async fn deactivate(rest: &Rest, id: &CloudId) -> Result<Written, CloudError> {
    patch(rest, id, &[json!({ "op": "replace", "path": "active", "value": false })], None).await
}

/// Deletes a user.
pub(super) async fn delete(rest: &Rest, id: &CloudId) -> Result<Written, CloudError> {
    super::platform::deleted(rest.ask(Ask::delete(path(id))).await)
}

/// Brings a deleted user back by the Platform API: his state is the only field that may change in that request.
pub(super) async fn restore(rest: &Rest, id: &CloudId) -> Result<Written, CloudError> {
    let path = format!("/api/v2/users/{}", escaped(&id.0));
    let mut tries = 1;
    let answer = loop {
        let user: Entity = read(&rest.ask(Ask::get(format!("{path}?state=deleted"))).await?, "user")?;
        if user.state == "active" {
            return written_by_id(rest, id).await;
        }
        match rest.ask(Ask::with(Method::PATCH, path.as_str(), json!({ "state": "active", "version": user.version }))).await {
            Err(CloudError { fault: Fault::Version, .. }) if tries < TRIES => {
                sleep(PAUSE * tries).await;
                tries += 1;
            }
            outcome => break outcome?,
        }
    };
    let user: Entity = read(&answer, "user")?;
    Ok(Written { existing: Some(Existing { state: State::Active, ..user.person() }), correlation: judge::correlation(&answer) })
}

/// A user who is inactive or deleted, by his address; the index that is asked here trails by a while.
async fn hidden(rest: &Rest, email: &str) -> Result<Option<Existing>, CloudError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Found {
        results: Vec<Entity>,
    }
    let criteria = json!([
        { "fields": ["email"], "value": email, "type": "EXACT" },
        { "fields": ["state"], "values": ["active", "inactive", "deleted"], "type": "EXACT" },
    ]);
    let ask = Ask { reads: true, ..Ask::with(Method::POST, "/api/v2/users/search", json!({ "query": criteria, "pageSize": 25 })) };
    let found: Found = read(&rest.ask(ask).await?, "list of users")?;
    let named = found.results.into_iter().filter(|user| user.email.eq_ignore_ascii_case(email));
    // Who is there goes before whoever was.
    let Some(user) = named.min_by_key(Entity::is_deleted).map(Entity::person) else { return Ok(None) };
    match user.state {
        State::Deleted => Ok(Some(user)),
        State::Active | State::Inactive => Box::pin(find(rest, Find::Id(user.id))).await,
    }
}

/// Everybody whom a filter leaves. Pages shift while users come and go; a list is whole when it has as many as it says, and nobody twice.
async fn every(rest: &Rest, filter: &str) -> Result<Vec<ScimUser>, CloudError> {
    for tries in 1..=TRIES {
        let mut all: HashMap<String, ScimUser> = HashMap::new();
        let (mut read, mut total, mut held) = (0, None, true);
        for _ in 0..PAGES {
            let page = page(rest, filter, read + 1).await?;
            held &= *total.get_or_insert(page.total) == page.total;
            read += page.users.len();
            let ended = page.users.is_empty();
            all.extend(page.users.into_iter().map(|user| (user.id.clone(), user)));
            if ended || read >= page.total {
                break;
            }
        }
        if held && total == Some(all.len()) && read == all.len() {
            return Ok(all.into_values().collect());
        }
        sleep(PAUSE * tries).await;
    }
    Err(restless("users"))
}

/// A list that changed each time it was read.
pub(super) fn restless(what: &str) -> CloudError {
    let message = format!("the list of {what} changed each of the {TRIES} times that it was read");
    CloudError { fault: Fault::Unreachable, message, correlation: None }
}

async fn page(rest: &Rest, filter: &str, start: usize) -> Result<ScimPage, CloudError> {
    let filter = if filter.is_empty() { String::new() } else { format!("&filter={}", escaped(filter)) };
    let answer = rest.ask(Ask::get(format!("{USERS}?startIndex={start}&count={PAGE}{filter}"))).await?;
    read(&answer, "list of users")
}

async fn get(rest: &Rest, id: &CloudId) -> Result<ScimUser, CloudError> {
    read(&rest.ask(Ask::get(path(id))).await?, "user")
}

async fn patch(rest: &Rest, id: &CloudId, operations: &[Value], version: Option<String>) -> Result<Written, CloudError> {
    let body = json!({ "schemas": [PATCH], "Operations": operations });
    let version = version.filter(|version| !version.is_empty());
    let answer = rest.ask(Ask { version, ..Ask::with(Method::PATCH, path(id), body) }).await?;
    // RFC 7644 §3.5.2 allows an answer without the user.
    if answer.body.is_empty() { written_by_id(rest, id).await } else { written(rest, &answer) }
}

fn written(rest: &Rest, answer: &super::http::Answer) -> Result<Written, CloudError> {
    let user: ScimUser = read(answer, "user")?;
    Ok(Written { existing: Some(user.existing(&rest.policy.site)), correlation: judge::correlation(answer) })
}

async fn written_by_id(rest: &Rest, id: &CloudId) -> Result<Written, CloudError> {
    let answer = rest.ask(Ask::get(path(id))).await?;
    written(rest, &answer)
}

fn path(id: &CloudId) -> String {
    format!("{USERS}/{}", escaped(&id.0))
}

/// A value of a filter.
fn quoted(rest: &Rest, value: &str) -> String {
    if rest.policy.quoted_filters { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) } else { value.to_owned() }
}
