//! The ids of an event: UUIDs, as the other side wants them. What the switch knows by another id gets one that is made of that and the
//! organisation's: the same each time, on each machine, and after each restart.

use crate::domain::Turn;
use uuid::Uuid;

/// Makes ids for one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ids(pub(super) Uuid);

impl Ids {
    /// The conversation: the switch's own UUID where it has one.
    pub(super) fn conversation(self, known: &str) -> Uuid {
        Uuid::try_parse(known.trim()).unwrap_or_else(|_| self.made_of("conversation", known))
    }

    /// A workgroup. CIC's own UUID of it stands in its directory service, which no interface shows.
    pub(super) fn queue(self, name: &str) -> Uuid {
        self.made_of("workgroup", name)
    }

    /// An agent.
    pub(super) fn agent(self, name: &str) -> Uuid {
        self.made_of("user", name)
    }

    /// A skill or a wrap-up code, by its name.
    #[cfg(feature = "oauth")]
    pub(super) fn named(self, what: &str, name: &str) -> Uuid {
        self.made_of(what, name)
    }

    /// Who is at the other end. The service that gives such ids (Identity Stitching) is not public, so that they are made here. Somebody who is
    /// not known is another person in each conversation.
    pub(super) fn contact(self, turn: &Turn) -> Uuid {
        match endpoint(&turn.remote) {
            Some(endpoint) => Uuid::new_v5(&self.0, endpoint.as_bytes()),
            None => self.made_of("unknown", &turn.conversation),
        }
    }

    /// One event, for whoever takes it twice.
    pub(super) fn event(conversation: Uuid, word: &str, created: i64, sequence: u64) -> Uuid {
        Uuid::new_v5(&conversation, format!("{word}:{created}:{sequence}").as_bytes())
    }

    /// The same in the form of a version 4 (RFC 9562), for whoever takes no other: it is made of what it names all the same.
    #[cfg(feature = "oauth")]
    pub(super) fn as_random(id: Uuid) -> Uuid {
        if id.get_version_num() == 4 { id } else { uuid::Builder::from_random_bytes(id.into_bytes()).into_uuid() }
    }

    fn made_of(self, what: &str, name: &str) -> Uuid {
        Uuid::new_v5(&self.0, format!("{what}:{name}").as_bytes())
    }
}

/// An address in one form only, however the network writes it; `None`: it says nothing of who it is.
pub(super) fn endpoint(raw: &str) -> Option<String> {
    let raw = raw.trim().trim_matches(['<', '>']);
    let lower = raw.to_lowercase();
    let bare = ["sips:", "sip:", "tel:", "mailto:"].iter().find_map(|scheme| lower.strip_prefix(scheme)).unwrap_or(&lower);
    let bare = bare.split([';', '?']).next().unwrap_or_default();
    let (user, host) = bare.split_once('@').map_or((bare, None), |(user, host)| (user, Some(host)));
    let digits: String = user.chars().filter(char::is_ascii_digit).collect();
    let is_number = !digits.is_empty() && user.chars().all(|letter| letter.is_ascii_digit() || "+-./() ".contains(letter));
    if is_number {
        // The host that a number came by is the network's, not the caller's.
        return Some(if user.trim_start().starts_with('+') { format!("+{digits}") } else { digits });
    }
    let unknown = ["anonymous", "unknown", "unavailable", "private", "privatenumber", "restricted", "withheld", ""];
    let plain: String = user.chars().filter(|letter| letter.is_alphanumeric()).collect();
    if unknown.contains(&plain.as_str()) {
        return None;
    }
    Some(host.map_or_else(|| user.to_owned(), |host| format!("{user}@{host}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{InteractionKind, Step};

    fn turn(conversation: &str, remote: &str) -> Turn {
        let step = Step::Abandoned { queue: "Sales".into() };
        Turn { conversation: conversation.into(), at: 0, kind: InteractionKind::Call, remote: remote.into(), step }
    }

    #[test]
    fn an_address_has_one_form_however_the_network_writes_it() {
        for raw in ["sip:+49 (30) 123@10.0.0.9:5060", "tel:+4930123;ext=1", "<sips:+49-30-123@sbc>", " +4930123 "] {
            assert_eq!(endpoint(raw).as_deref(), Some("+4930123"), "{raw}");
        }
        assert_eq!(endpoint("0301234").as_deref(), Some("0301234"));
        assert_eq!(endpoint("mailto:Max@Example.com?subject=x").as_deref(), Some("max@example.com"));
        assert_eq!(endpoint("sip:anna@example.com").as_deref(), Some("anna@example.com"));
        for raw in ["", "PrivateNumber", "sip:anonymous@anonymous.invalid", "Unknown"] {
            assert_eq!(endpoint(raw), None, "{raw}");
        }
    }

    #[test]
    fn ids_are_the_switchs_own_or_the_same_each_time() {
        let ids = Ids(Uuid::from_u128(7));
        let own = "c1e7e9a0-0000-4000-8000-000000000001";
        assert_eq!(ids.conversation(own).to_string(), own);
        assert_eq!(ids.conversation("1001"), ids.conversation("1001"));
        assert_ne!(ids.conversation("1001"), Ids(Uuid::from_u128(8)).conversation("1001"));
        assert_ne!(ids.queue("Sales"), ids.agent("Sales"));
        assert_eq!(ids.contact(&turn("1", "sip:+4930@a")), ids.contact(&turn("2", "+49 30")));
        assert_ne!(ids.contact(&turn("1", "anonymous")), ids.contact(&turn("2", "anonymous")));
        // RFC 9562: version 5.
        assert_eq!(ids.queue("Sales").get_version_num(), 5);
    }
}
