//! Skills, languages, wrap-up codes, queues and OAuth clients by the Platform API. A queue, a code and a client can only be written whole, so that what
//! was read is sent back with our fields changed; a skill or language can be made and deleted only.

use super::{
    Rest,
    caller::{Ask, escaped, read},
    http::Answer,
    judge,
    scim::restless,
    wire::{Entity, Organization, Page},
};
use crate::genesys_cloud::{
    cloud::{BATCH, CloudError, Existing, Fault, Find, Member, Organisation, State, Written},
    record::{CloudId, Content, Kind, OurId},
};
use hyper::Method;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use tokio::time::sleep;

const QUEUES: &str = "/api/v2/routing/queues";
/// Objects of a page.
const PAGE: usize = 100;
/// More pages are no list.
const PAGES: usize = 10_000;
/// So often a list is read that does not hold still.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);
/// How long a token lives that an OAuth client of ours gives, in seconds: a day, as Genesys Cloud proposes it.
const TOKEN_SECONDS: u32 = 86_400;
/// What is said of an OAuth client when it is written (`OAuthClientRequest`); what it says of itself beside that is nobody's to say.
const CLIENT_FIELDS: [&str; 10] = [
    "name",
    "accessTokenValiditySeconds",
    "description",
    "registeredRedirectUri",
    "roleIds",
    "authorizedGrantType",
    "scope",
    "roleDivisions",
    "state",
    "dateToDelete",
];
/// What a queue or a code says of itself and nobody sets.
const READ_ONLY: [&str; 9] =
    ["id", "selfUri", "dateCreated", "dateModified", "createdBy", "modifiedBy", "memberCount", "userMemberCount", "joinedMemberCount"];

/// Whose token it is.
pub(super) async fn organisation(rest: &Rest) -> Result<Organisation, CloudError> {
    let Organization { id, name, third_party_org_name } = read(&rest.ask(Ask::get("/api/v2/organizations/me")).await?, "organisation")?;
    Ok(Organisation { id, name, short_name: third_party_org_name })
}

/// Everything of a kind.
pub(super) async fn list(rest: &Rest, kind: Kind) -> Result<Vec<Existing>, CloudError> {
    let all = match kind {
        Kind::OauthClient => clients(rest).await?,
        _ => entities(rest, base(kind), "").await?,
    };
    Ok(all.into_iter().filter(|entity| !entity.is_deleted()).map(|entity| existing(kind, entity)).collect())
}

/// One thing.
pub(super) async fn find(rest: &Rest, kind: Kind, by: Find) -> Result<Option<Existing>, CloudError> {
    let entity = match &by {
        Find::Id(id) => match rest.ask(Ask::get(path(kind, id))).await {
            Ok(answer) => Some(read::<Entity>(&answer, kind.word())?),
            Err(CloudError { fault: Fault::NotThere | Fault::Gone, .. }) => None,
            Err(error) => return Err(error),
        },
        Find::Ours(ours) => {
            if kind == Kind::OauthClient {
                let found = clients(rest).await?.into_iter().find(|entity| mark(kind, entity).as_ref() == Some(ours));
                return Ok(found.map(|entity| existing(kind, entity)));
            }
            let query = match kind {
                Kind::Queue => format!("peerId={}", escaped(&ours.to_string())),
                Kind::WrapUpCode => format!("name={}", escaped(&ours.source.0)),
                // They have no place for a mark.
                Kind::Skill | Kind::Language | Kind::User | Kind::OauthClient => return Ok(None),
            };
            let all = entities(rest, base(kind), &query).await?;
            all.into_iter().find(|entity| mark(kind, entity).as_ref() == Some(ours))
        }
        Find::Key(_) if !kind.has_natural_key() => return Ok(None),
        // The filter finds what only begins with it too.
        Find::Key(name) => {
            let all = entities(rest, base(kind), &format!("name={}", escaped(name))).await?;
            all.into_iter().find(|entity| entity.name == *name && !entity.is_deleted())
        }
    };
    Ok(entity.filter(|entity| !entity.is_deleted()).map(|entity| existing(kind, entity)))
}

/// Who is in a queue. Who is there by a group is found by asking for those; such a list has no total.
pub(super) async fn members(rest: &Rest, queue: &CloudId) -> Result<Vec<Member>, CloudError> {
    let base = format!("{}/members", path(Kind::Queue, queue));
    let mut members = HashMap::new();
    for (by_group, asked) in [(false, "user"), (true, "group")] {
        for entity in entities(rest, &base, &format!("memberBy={asked}")).await? {
            members.insert(entity.id, by_group);
        }
    }
    Ok(members.into_iter().map(|(user, by_group)| Member { user: CloudId(user), by_group }).collect())
}

/// Which codes a queue has.
pub(super) async fn codes(rest: &Rest, queue: &CloudId) -> Result<Vec<CloudId>, CloudError> {
    let all = entities(rest, &format!("{}/wrapupcodes", path(Kind::Queue, queue)), "").await?;
    Ok(all.into_iter().map(|entity| CloudId(entity.id)).collect())
}

/// Makes something.
pub(super) async fn create(rest: &Rest, content: &Content, ours: &OurId) -> Result<Written, CloudError> {
    let kind = content.kind();
    let mut body = json!({ "name": content.natural_key() });
    set_fields(&mut body, content);
    set_mark(rest, kind, &mut body, ours);
    if kind == Kind::OauthClient {
        body["accessTokenValiditySeconds"] = TOKEN_SECONDS.into();
    }
    let answer = rest.ask(Ask::with(Method::POST, base(kind), body)).await?;
    written(kind, &answer)
}

/// Gives a queue, a code or an OAuth client its fields and our mark.
pub(super) async fn change(rest: &Rest, id: &CloudId, content: &Content, ours: &OurId) -> Result<Written, CloudError> {
    let (kind, path) = (content.kind(), path(content.kind(), id));
    let mut tries = 1;
    loop {
        let mut whole: Value = read(&rest.ask(Ask::get(path.as_str())).await?, kind.word())?;
        if let Some(fields) = whole.as_object_mut() {
            let may_be_sent = |name: &str| match kind {
                Kind::OauthClient => CLIENT_FIELDS.contains(&name),
                _ => !READ_ONLY.contains(&name),
            };
            fields.retain(|name, value| may_be_sent(name) && !value.is_null());
        }
        whole["name"] = content.natural_key().into();
        set_fields(&mut whole, content);
        set_mark(rest, kind, &mut whole, ours);
        match rest.ask(Ask::with(Method::PUT, path.as_str(), whole)).await {
            // Refused without effect: read again what somebody else has made of it.
            Err(CloudError { fault: Fault::Version, .. }) if tries < TRIES => {
                sleep(PAUSE * tries).await;
                tries += 1;
            }
            outcome => return written(kind, &outcome?),
        }
    }
}

/// Deletes something.
pub(super) async fn delete(rest: &Rest, kind: Kind, id: &CloudId) -> Result<Written, CloudError> {
    // A queue that somebody still refers to goes too: whether it may go was decided before.
    let query = if kind == Kind::Queue { "?forceDelete=true" } else { "" };
    deleted(rest.ask(Ask::delete(format!("{}{query}", path(kind, id)))).await)
}

/// What is gone already is no error.
pub(super) fn deleted(outcome: Result<Answer, CloudError>) -> Result<Written, CloudError> {
    match outcome {
        Ok(answer) => Ok(Written { existing: None, correlation: judge::correlation(&answer) }),
        Err(CloudError { fault: Fault::NotThere | Fault::Gone, correlation, .. }) => Ok(Written { existing: None, correlation }),
        Err(error) => Err(error),
    }
}

/// Adds members, or takes them out.
pub(super) async fn add_members(rest: &Rest, queue: &CloudId, users: &[CloudId], remove: bool) -> Result<Written, CloudError> {
    let query = if remove { "?delete=true" } else { "" };
    in_batches(rest, &format!("{}/members{query}", path(Kind::Queue, queue)), users).await
}

/// Adds codes.
pub(super) async fn add_codes(rest: &Rest, queue: &CloudId, codes: &[CloudId]) -> Result<Written, CloudError> {
    in_batches(rest, &format!("{}/wrapupcodes", path(Kind::Queue, queue)), codes).await
}

/// Takes codes out, one by one, because there is no other way.
pub(super) async fn remove_codes(rest: &Rest, queue: &CloudId, codes: &[CloudId]) -> Result<Written, CloudError> {
    let base = format!("{}/wrapupcodes", path(Kind::Queue, queue));
    let mut last = Written { existing: None, correlation: None };
    for code in codes {
        last = deleted(rest.ask(Ask::delete(format!("{base}/{}", escaped(&code.0)))).await)?;
    }
    Ok(last)
}

async fn in_batches(rest: &Rest, path: &str, ids: &[CloudId]) -> Result<Written, CloudError> {
    let mut last = Written { existing: None, correlation: None };
    for batch in ids.chunks(BATCH) {
        let body = batch.iter().map(|id| json!({ "id": id })).collect();
        let answer = rest.ask(Ask::with(Method::POST, path, body)).await?;
        last.correlation = judge::correlation(&answer);
    }
    Ok(last)
}

/// All pages of a list. It is whole when it has nothing twice and, where it says how many there are, that many.
async fn entities(rest: &Rest, base: &str, query: &str) -> Result<Vec<Entity>, CloudError> {
    let query = if query.is_empty() { String::new() } else { format!("&{query}") };
    for tries in 1..=TRIES {
        let mut all = HashMap::new();
        let (mut count, mut total, mut held) = (0, None, true);
        for number in 1..=PAGES {
            let answer = rest.ask(Ask::get(format!("{base}?pageSize={PAGE}&pageNumber={number}{query}"))).await?;
            let page: Page = read(&answer, "list")?;
            held &= number == 1 || total == page.total;
            total = page.total;
            count += page.entities.len();
            let ended = page.entities.len() < PAGE || total == Some(count);
            all.extend(page.entities.into_iter().map(|entity| (entity.id.clone(), entity)));
            if ended {
                break;
            }
        }
        if held && count == all.len() && total.is_none_or(|total| total == count) {
            return Ok(all.into_values().collect());
        }
        sleep(PAUSE * tries).await;
    }
    Err(restless(base))
}

/// All OAuth clients; their list has no pages.
async fn clients(rest: &Rest) -> Result<Vec<Entity>, CloudError> {
    let page: Page = read(&rest.ask(Ask::get(base(Kind::OauthClient))).await?, "list")?;
    Ok(page.entities)
}

/// What a kind has beside its name.
fn set_fields(body: &mut Value, content: &Content) {
    if let Content::OauthClient { grant, redirect_uris, .. } = content {
        body["authorizedGrantType"] = grant.as_str().into();
        body["registeredRedirectUri"] = redirect_uris.iter().map(String::as_str).collect();
        body["state"] = "active".into();
    }
}

fn base(kind: Kind) -> &'static str {
    match kind {
        Kind::Skill => "/api/v2/routing/skills",
        Kind::Language => "/api/v2/routing/languages",
        Kind::WrapUpCode => "/api/v2/routing/wrapupcodes",
        Kind::Queue => QUEUES,
        Kind::User => "/api/v2/users",
        Kind::OauthClient => "/api/v2/oauth/clients",
    }
}

fn path(kind: Kind, id: &CloudId) -> String {
    format!("{}/{}", base(kind), escaped(&id.0))
}

fn set_mark(rest: &Rest, kind: Kind, body: &mut Value, ours: &OurId) {
    match kind {
        Kind::Queue if rest.policy.peer_ids => body["peerId"] = ours.to_string().into(),
        Kind::WrapUpCode | Kind::OauthClient => body["description"] = ours.to_string().into(),
        Kind::Queue | Kind::Skill | Kind::Language | Kind::User => {}
    }
}

fn mark(kind: Kind, entity: &Entity) -> Option<OurId> {
    match kind {
        Kind::Queue => OurId::parse(&entity.peer_id),
        Kind::WrapUpCode | Kind::OauthClient => OurId::parse(&entity.description),
        Kind::Skill | Kind::Language | Kind::User => None,
    }
}

fn existing(kind: Kind, entity: Entity) -> Existing {
    if kind == Kind::User {
        return entity.person();
    }
    let ours = mark(kind, &entity);
    let state =
        if ["inactive", "disabled"].iter().any(|word| entity.state.eq_ignore_ascii_case(word)) { State::Inactive } else { State::Active };
    let name = entity.name;
    let content = match kind {
        Kind::Skill => Content::Skill { name },
        Kind::Language => Content::Language { name },
        Kind::WrapUpCode => Content::WrapUpCode { name },
        Kind::OauthClient => Content::OauthClient {
            name,
            grant: entity.authorized_grant_type.to_uppercase(),
            redirect_uris: entity.registered_redirect_uri.into_iter().collect(),
        },
        Kind::Queue | Kind::User => Content::Queue { name },
    };
    Existing { id: CloudId(entity.id), ours, state, version: None, content }
}

fn written(kind: Kind, answer: &Answer) -> Result<Written, CloudError> {
    let entity: Entity = read(answer, kind.word())?;
    Ok(Written { existing: Some(existing(kind, entity)), correlation: judge::correlation(answer) })
}
