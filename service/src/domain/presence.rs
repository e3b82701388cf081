//! Who and which queues can be found for a transfer, and which work centres an agent may sit at (guide, "Support presence queue info",
//! "Support workcenter filters"; ici-wire §2.1).

use super::{ChannelId, MonitorView, PHONE, QueueView, StationView, TextElement, UserId, UserPresence};
use shared::rules::phone_number;

/// Workgroups where somebody is logged on and available, with what a transfer on this channel goes to: their number in SAP's form, for what
/// is no call also their name. On the phone a workgroup without a number is none to transfer to.
pub fn queues(all: &[QueueView], channel: Option<&ChannelId>) -> Vec<QueueView> {
    let by_phone = channel.is_none_or(|channel| channel.as_str() == PHONE);
    let open = all.iter().filter(|queue| queue.figures.is_some_and(|now| now.agents_logged_on > 0 && now.agents_available > 0));
    let reached = open.map(|queue| {
        let number = phone_number::to_sap(&queue.number);
        let number = if number.is_empty() && !by_phone { queue.id.to_string() } else { number };
        QueueView { number, ..queue.clone() }
    });
    reached.filter(|queue| !queue.number.is_empty()).collect()
}

/// Users whose names fit: every word must begin or be one of the words of a name, a trailing `*` makes it a beginning. Nothing or `*`
/// alone finds everybody who is logged on.
pub fn users(all: &[UserPresence], search: &str) -> Vec<UserPresence> {
    let wanted: Vec<String> = search.split_whitespace().map(str::to_lowercase).filter(|word| word != "*").collect();
    let fits = |user: &&UserPresence| {
        if wanted.is_empty() {
            return user.presence != LOGGED_OFF;
        }
        let name = user.name.to_lowercase();
        wanted.iter().all(|word| match word.strip_suffix('*') {
            Some(start) => name.split_whitespace().any(|part| part.starts_with(start)),
            None => name.split_whitespace().any(|part| part == word),
        })
    };
    let found = all.iter().filter(fits);
    found.map(|user| UserPresence { number: phone_number::to_sap(&user.number), ..user.clone() }).collect()
}

/// Stations that `user` may sit at: free ones and his own. A filter with a trailing `*` is a beginning, any other a part of the name;
/// blank or `*` finds all.
pub fn workcenters(all: &[StationView], filter: &str, user: Option<&UserId>) -> Vec<TextElement> {
    let filter = filter.trim().to_lowercase();
    let fits = |name: &str| match filter.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name.contains(&filter),
    };
    let is_his = |station: &&StationView| station.user.is_none() || station.user.as_ref() == user;
    let found = all.iter().filter(is_his).filter(|station| fits(&station.name.to_lowercase()));
    found.map(|station| TextElement::new(station.name.as_str(), station.name.as_str())).collect()
}

/// Agents in one document of figures: as many as may be logged on unless the file says otherwise. With them a message to a watcher is about
/// as long as SAP should have to read every few seconds.
pub const MOST_MONITORED: usize = 5_000;

/// What goes on at this moment: all workgroups, and the agents who are logged on, the first [`MOST_MONITORED`] of them in the switch's order.
pub fn monitor(queues: &[QueueView], users: &[UserPresence], at: i64) -> MonitorView {
    let to_sap = |queue: &QueueView| QueueView { number: phone_number::to_sap(&queue.number), ..queue.clone() };
    let agents = users.iter().filter(|user| user.presence != LOGGED_OFF).take(MOST_MONITORED);
    let agents = agents.map(|user| UserPresence { number: phone_number::to_sap(&user.number), ..user.clone() }).collect();
    MonitorView { at, queues: queues.iter().map(to_sap).collect(), agents }
}

const LOGGED_OFF: &str = "logged_off";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::QueueFigures;

    fn found(search: &str) -> String {
        let user = |id: &str, name: &str, presence| UserPresence {
            user: id.into(),
            name: name.into(),
            number: "1".into(),
            presence,
            figures: None,
        };
        let all = vec![user("A", "Anna Maria Berg", "available"), user("B", "Annabel Stein", "busy"), user("C", "Maria Stein", LOGGED_OFF)];
        users(&all, search).iter().map(|user| user.user.to_string()).collect()
    }

    #[test]
    fn figures_of_more_agents_than_a_document_takes_are_left_out() {
        let user = |n: usize| UserPresence {
            user: format!("U{n}").as_str().into(),
            name: String::new(),
            number: String::new(),
            presence: if n.is_multiple_of(2) { "busy" } else { LOGGED_OFF },
            figures: None,
        };
        let users: Vec<_> = (0..MOST_MONITORED * 3).map(user).collect();
        let agents = monitor(&[], &users, 0).agents;
        assert_eq!((agents.len(), agents.last().map(|agent| agent.user.to_string())), (MOST_MONITORED, Some("U9998".to_owned())));
    }

    #[test]
    fn every_word_must_be_in_the_name() {
        let cases = [
            ("", "AB"),
            ("*", "AB"),
            ("  ", "AB"),
            ("anna", "A"),
            ("anna*", "AB"),
            ("Stein", "BC"),
            ("maria stein", "C"),
            ("stein annabel", "B"),
            ("*bel", ""),
            ("Nobody", ""),
        ];
        for (search, expected) in cases {
            assert_eq!(found(search), expected, "{search:?}");
        }
    }

    #[test]
    fn an_agent_finds_the_stations_he_may_sit_at() {
        let station = |name: &str, user: Option<&str>| StationView { name: name.to_owned(), user: user.map(UserId::from) };
        let all = [station("Desk-1", None), station("Desk-2", Some("ANNA")), station("Desk-3", Some("BERT")), station("Phone-7", None)];
        let found = |filter: &str, user: Option<&str>| {
            let found = workcenters(&all, filter, user.map(UserId::from).as_ref());
            found.iter().map(|found| found.id.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found("", Some("ANNA")), "Desk-1 Desk-2 Phone-7");
        assert_eq!(found("*", None), "Desk-1 Phone-7");
        assert_eq!(found("desk*", Some("BERT")), "Desk-1 Desk-3");
        assert_eq!(found(" 7 ", Some("ANNA")), "Phone-7");
        assert_eq!(found("hone*", Some("ANNA")), "");
    }

    #[test]
    fn a_queue_is_listed_only_when_somebody_can_take_the_call() {
        let queue = |id: &str, number: &str, on, free| QueueView {
            id: id.into(),
            description: id.into(),
            number: number.into(),
            figures: Some(QueueFigures { agents_logged_on: on, agents_available: free, ..QueueFigures::default() }),
        };
        let unknown = QueueView { figures: None, ..queue("unknown", "8000", 0, 0) };
        let all =
            [queue("empty", "8000", 0, 0), queue("busy", "8000", 2, 0), queue("open", "8000", 2, 1), queue("mute", "", 2, 1), unknown];
        let listed = |channel: Option<&str>| {
            let listed = queues(&all, channel.map(ChannelId::from).as_ref());
            listed.iter().map(|queue| format!("{} {}", queue.id, queue.number)).collect::<Vec<_>>()
        };
        assert_eq!(listed(None), ["open +8000"]);
        assert_eq!(listed(Some("phone")), ["open +8000"]);
        assert_eq!(listed(Some("chat")), ["open +8000", "mute mute"]);
    }
}
