//! Who and which queues can be found for a transfer (guide, "Support presence queue info"; ici-wire §2.1).

use super::{QueueView, UserPresence};
use shared::rules::phone_number;

/// Workgroups where somebody is logged on and available, with the number a transfer goes to in SAP's form.
pub fn queues(all: Vec<QueueView>) -> Vec<QueueView> {
    let open = all.into_iter().filter(|queue| queue.agents_logged_on > 0 && queue.agents_available > 0);
    open.map(|queue| QueueView { number: phone_number::to_sap(&queue.number), ..queue }).collect()
}

/// Users whose names fit: every word must begin or be one of the words of a name, a trailing `*` makes it a beginning. Nothing or `*`
/// alone finds everybody who is logged on.
pub fn users(all: Vec<UserPresence>, search: &str) -> Vec<UserPresence> {
    let wanted: Vec<String> = search.split_whitespace().map(str::to_lowercase).filter(|word| word != "*").collect();
    let fits = |user: &UserPresence| {
        if wanted.is_empty() {
            return user.presence != LOGGED_OFF;
        }
        let name = user.name.to_lowercase();
        wanted.iter().all(|word| match word.strip_suffix('*') {
            Some(start) => name.split_whitespace().any(|part| part.starts_with(start)),
            None => name.split_whitespace().any(|part| part == word),
        })
    };
    let found = all.into_iter().filter(fits);
    found.map(|user| UserPresence { number: phone_number::to_sap(&user.number), ..user }).collect()
}

const LOGGED_OFF: &str = "logged_off";

#[cfg(test)]
mod tests {
    use super::*;

    fn found(search: &str) -> String {
        let user = |id: &str, name: &str, presence| UserPresence { user: id.into(), name: name.into(), number: "1".into(), presence };
        let all = vec![user("A", "Anna Maria Berg", "available"), user("B", "Annabel Stein", "busy"), user("C", "Maria Stein", LOGGED_OFF)];
        users(all, search).iter().map(|user| user.user.to_string()).collect()
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
    fn a_queue_is_listed_only_when_somebody_can_take_the_call() {
        let queue = |id: &str, on, free| QueueView {
            id: id.into(),
            description: id.into(),
            number: "8000".into(),
            agents_logged_on: on,
            agents_available: free,
            waiting: 0,
        };
        let listed = queues(vec![queue("empty", 0, 0), queue("busy", 2, 0), queue("open", 2, 1)]);
        assert_eq!(listed.iter().map(|queue| (queue.id.as_str(), queue.number.as_str())).collect::<Vec<_>>(), [("open", "+8000")]);
    }
}
