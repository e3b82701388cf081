//! An event of ours as events of the organisation's interface (the SDK's `BatchConversationEventRequest`). Pure.
//!
//! A conversation has *communications* there: one with each queue that it waits in, one with each agent who has answered, and one with each menu.
//! Calls and e-mails have lists of their own; for chats, callbacks and everything else there are none.

use super::{
    super::{
        event::{Body, Event, Media, Wanted},
        ids::Ids,
    },
    directory::Directory,
};
use crate::genesys_cloud::record::Kind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// One event there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Injected {
    /// The list of the request that it stands in.
    pub(super) list: &'static str,
    /// Its `eventId`.
    pub(super) id: Uuid,
    pub(super) body: Value,
}

/// Is there anything on the other side that the event could be?
pub(super) fn has_counterpart(event: &Event) -> bool {
    match (event.media, &event.body) {
        (_, Body::IvrMilestone { .. }) | (Media::Callback | Media::Chat | Media::Message, _) => false,
        // A menu speaks.
        (media, Body::IvrDisposed { .. }) => media == Media::Voice,
        _ => true,
    }
}

/// What it is there, in the order in which it happened.
///
/// # Errors
/// It names something that the organisation has not.
pub(super) fn injected(event: &Event, site: &str, directory: &Directory) -> Result<Vec<Injected>, String> {
    let mut way = Way { event, site, all: Vec::new() };
    let queue = |queue: &Uuid| directory.get(Kind::Queue, *queue).ok_or("the bridge knows no queue for its workgroup");
    match &event.body {
        Body::Enqueued { queue: id, criteria } => {
            let more = json!({ "queueId": queue(id)?, "skillIds": skills(criteria, directory) });
            way.established(["routingEstablishedEvents", "emailRoutingEstablishedEvents"], way.queue(id), false, &more);
        }
        Body::Abandoned { queue: id } => way.ended(way.queue(id), "Peer"),
        Body::AgentConnected { queue: id, agent, .. } => {
            // Who waits is told first that he waits no longer, even where nobody knows for whom.
            way.ended(way.queue(id), "Transfer");
            if let Some(agent) = agent {
                let user = directory.get(Kind::User, *agent).ok_or("the bridge knows no user for its agent")?;
                let there = way.agent(agent);
                way.established(["userEstablishedEvents", "emailUserEstablishedEvents"], there, true, &json!({ "userId": user }));
                way.push(["communicationAnsweredEvents", "emailCommunicationAnsweredEvents"], there, &json!({}));
            }
        }
        // Who has hung up the event does not say.
        Body::AgentLeft { agent } => way.ended(way.agent(agent), "System"),
        Body::AgentWrappedup { agent, code, .. } => {
            // Without a code that the organisation has, the work counts there as not classified.
            let code = directory.named(Kind::WrapUpCode, code);
            let more = code.map_or_else(|| json!({}), |code| json!({ "code": code }));
            let lists = ["communicationDispositionAppliedEvents", "emailCommunicationDispositionAppliedEvents"];
            way.push(lists, way.agent(agent), &more);
        }
        Body::IvrDisposed { flow, .. } => {
            let there = way.communication(&format!("menu:{flow}"));
            way.established(["ivrEstablishedEvents"; 2], there, false, &json!({ "ivrName": flow }));
            way.ended(there, "System");
        }
        Body::IvrMilestone { .. } => {}
    }
    Ok(way.all)
}

/// Skills that the organisation has; the others nobody there could have either.
fn skills(criteria: &[Wanted], directory: &Directory) -> Vec<Uuid> {
    criteria.iter().filter_map(|wanted| directory.named(Kind::Skill, &wanted.skill)).collect()
}

/// Makes the events of one of ours.
struct Way<'a> {
    event: &'a Event,
    site: &'a str,
    all: Vec<Injected>,
}

// === impl Way ===

impl Way<'_> {
    fn queue(&self, queue: &Uuid) -> Uuid {
        self.communication(&format!("queue:{queue}"))
    }

    fn agent(&self, agent: &Uuid) -> Uuid {
        self.communication(&format!("agent:{agent}"))
    }

    fn communication(&self, what: &str) -> Uuid {
        Ids::as_random(Uuid::new_v5(&self.event.conversation, what.as_bytes()))
    }

    /// A communication begins.
    fn established(&mut self, lists: [&'static str; 2], communication: Uuid, alerting: bool, more: &Value) {
        let mut body = json!({
            "initialConfiguration": { "inbound": true, "alerting": alerting },
            "sourceConfiguration": { "sourceId": self.site, "interactionId": self.event.conversation },
        });
        add(&mut body, more);
        self.push(lists, communication, &body);
    }

    /// One ends.
    fn ended(&mut self, communication: Uuid, how: &str) {
        self.push(["communicationEndedEvents", "emailCommunicationEndedEvents"], communication, &json!({ "disconnectType": how }));
    }

    /// `lists`: of calls, and of e-mails.
    fn push(&mut self, [voice, email]: [&'static str; 2], communication: Uuid, more: &Value) {
        let list = if self.event.media == Media::Email { email } else { voice };
        let id = Ids::as_random(Uuid::new_v5(&self.event.id, list.as_bytes()));
        // What happened in one moment still happened one after the other.
        let place = i64::try_from(self.all.len()).unwrap_or_default();
        let at = Timestamp::from_second(self.event.created).unwrap_or_default();
        let at = at.checked_add(SignedDuration::from_millis(place)).unwrap_or(at);
        let mut body = json!({
            "eventId": id,
            "eventDateTime": format!("{at:.3}"),
            "conversationId": Ids::as_random(self.event.conversation),
            "communicationId": communication,
        });
        add(&mut body, more);
        self.all.push(Injected { list, id, body });
    }
}

fn add(body: &mut Value, more: &Value) {
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::event::samples, *};
    use crate::genesys_cloud::record::{CloudId, RecordId};

    const IDS: Ids = Ids(Uuid::from_u128(7));
    const SALES: Uuid = Uuid::from_u128(0x1_4000_8000_0000_0000_0001);
    const ANNA: Uuid = Uuid::from_u128(0x1_4000_8000_0000_0000_0002);
    const SOLD: Uuid = Uuid::from_u128(0x1_4000_8000_0000_0000_0003);
    const BILLING: Uuid = Uuid::from_u128(0x1_4000_8000_0000_0000_0004);

    fn directory() -> Directory {
        let known = [
            (Kind::Queue, "Support", SALES),
            (Kind::User, "ANNA", ANNA),
            (Kind::WrapUpCode, "Sold", SOLD),
            (Kind::Skill, "Category:Billing", BILLING),
        ];
        let known = known.into_iter().map(|(kind, name, id)| (RecordId::new(kind, name), CloudId(id.to_string())));
        Directory::new(IDS, known.collect())
    }

    fn events() -> Vec<Event> {
        samples::turns("1", 1_700_000_000).into_iter().zip(1..).map(|(turn, sequence)| Event::of(turn, IDS, sequence)).collect()
    }

    fn all(event: &Event) -> Vec<Injected> {
        injected(event, "berlin", &directory()).unwrap()
    }

    #[test]
    fn each_kind_of_event_becomes_what_the_table_says_and_a_milestone_nothing() {
        let lists: Vec<Vec<_>> = events().iter().map(|event| all(event).iter().map(|one| one.list).collect()).collect();
        let expected: [&[&str]; 7] = [
            &["ivrEstablishedEvents", "communicationEndedEvents"],
            &[],
            &["routingEstablishedEvents"],
            &["communicationEndedEvents"],
            &["communicationEndedEvents", "userEstablishedEvents", "communicationAnsweredEvents"],
            &["communicationEndedEvents"],
            &["communicationDispositionAppliedEvents"],
        ];
        assert_eq!(lists, expected);
        let counterparts: Vec<_> = events().iter().map(has_counterpart).collect();
        assert_eq!(counterparts, [true, false, true, true, true, true, true]);
    }

    #[test]
    fn fields_are_the_organisations_ids_and_those_of_a_communication_are_the_same_from_its_beginning_to_its_end() {
        let events = events();
        let bodies: Vec<Vec<Value>> = events.iter().map(|event| all(event).into_iter().map(|one| one.body).collect()).collect();
        let (queued, abandoned, connected, left, done) = (&bodies[2][0], &bodies[3][0], &bodies[4], &bodies[5][0], &bodies[6][0]);
        assert_eq!((&queued["queueId"], &queued["skillIds"]), (&json!(SALES), &json!([BILLING])));
        assert_eq!(queued["initialConfiguration"], json!({ "inbound": true, "alerting": false }));
        assert_eq!(queued["sourceConfiguration"], json!({ "sourceId": "berlin", "interactionId": events[0].conversation }));
        assert_eq!(abandoned["communicationId"], queued["communicationId"]);
        assert_eq!(connected[0]["communicationId"], queued["communicationId"]);
        assert_eq!((&connected[1]["userId"], &connected[1]["initialConfiguration"]["alerting"]), (&json!(ANNA), &json!(true)));
        for of_anna in [&connected[2], left, done] {
            assert_eq!(of_anna["communicationId"], connected[1]["communicationId"]);
        }
        assert_eq!(done["code"], json!(SOLD));
        let times: Vec<_> = connected.iter().map(|one| one["eventDateTime"].as_str().unwrap()).collect();
        assert_eq!(times, ["2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.001Z", "2023-11-14T22:13:20.002Z"]);
        for one in bodies.iter().flatten() {
            for name in ["eventId", "conversationId", "communicationId"] {
                let id: Uuid = one[name].as_str().unwrap().parse().unwrap();
                assert_eq!((id.get_version_num(), id.get_variant()), (4, uuid::Variant::RFC4122), "{name}");
            }
        }
    }

    #[test]
    fn ids_are_the_same_however_often_an_event_is_read_from_where_it_waits_and_no_two_events_share_one() {
        let mut seen = std::collections::HashSet::new();
        for event in events() {
            let again = Event::from_bytes(&event.to_bytes()).unwrap();
            assert_eq!(all(&again), all(&event));
            assert!(all(&event).iter().all(|one| seen.insert(one.id)));
        }
    }

    #[test]
    fn what_the_organisation_has_not_is_said_and_an_event_of_before_without_its_agent_ends_the_waiting() {
        let events = events();
        for (event, missing) in [(&events[2], "queue"), (&events[4], "user")] {
            assert!(injected(event, "berlin", &Directory::default()).unwrap_err().contains(missing));
        }
        let mut old = events[4].clone();
        let Body::AgentConnected { agent, .. } = &mut old.body else { unreachable!() };
        *agent = None;
        assert_eq!(all(&old).iter().map(|one| one.list).collect::<Vec<_>>(), ["communicationEndedEvents"]);
        let nothing = injected(&events[6], "berlin", &Directory::default()).unwrap();
        assert_eq!(nothing[0].body.get("code"), None, "a code that is not there is left out");
    }

    #[test]
    fn an_e_mail_has_lists_of_its_own_and_a_chat_none() {
        for (media, counts) in [(Media::Email, true), (Media::Chat, false), (Media::Callback, false), (Media::Message, false)] {
            let event = Event { media, ..events().remove(2) };
            assert_eq!(has_counterpart(&event), counts, "{media:?}");
        }
        let email = Event { media: Media::Email, ..events().remove(4) };
        assert!(all(&email).iter().all(|one| one.list.starts_with("email")));
        assert!(!has_counterpart(&Event { media: Media::Email, ..events().remove(0) }));
    }
}
