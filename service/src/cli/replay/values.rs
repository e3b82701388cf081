//! Values that are others today: agents who stand for others, event URLs, and ids that the service gives anew.

use crate::capture::{Message, Way, shape::Shape};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What stands for what.
#[derive(Debug, Default)]
pub(super) struct Values {
    today: BTreeMap<String, String>,
    /// Values that the service told first and SAP used later: its ids.
    ids: BTreeSet<String>,
}

/// A shorter value is a code and not an id.
const ID: usize = 3;

// === impl Values ===

impl Values {
    /// For a capture. `url` makes an event URL for each that was recorded.
    pub(super) fn new(messages: &[Message], users: &[(String, String)], mut url: impl FnMut(usize) -> String) -> Self {
        let mut values = Self { today: users.iter().cloned().collect(), ids: BTreeSet::new() };
        let mut told: HashMap<String, bool> = HashMap::new();
        let mut urls = 0;
        for message in messages {
            let leaves = |body: &str| Shape::of(body).map(|shape| shape.values).unwrap_or_default();
            let (asked, answered) = (leaves(&message.body), leaves(&message.answer));
            let from_sap = message.way != Some(Way::ToSap);
            for (_, value) in &asked {
                if value.starts_with("http://") || value.starts_with("https://") {
                    if from_sap && !values.today.contains_key(value) {
                        urls += 1;
                        values.today.insert(value.clone(), url(urls));
                    }
                } else if from_sap && told.get(value) == Some(&true) {
                    values.ids.insert(value.clone());
                }
                told.entry(value.clone()).or_insert(!from_sap);
            }
            for (_, value) in answered {
                told.entry(value).or_insert(from_sap);
            }
        }
        values.ids.retain(|id| id.len() >= ID && !values.today.contains_key(id));
        values
    }

    /// A recorded message with today's values.
    pub(super) fn translate(&self, body: &str) -> String {
        let mut out = body.to_owned();
        for (old, new) in &self.today {
            let (old, new) = (escape(old), escape(new));
            if out.contains(&old) {
                out = out.replace(&format!(">{old}<"), &format!(">{new}<"));
            }
        }
        out
    }

    /// Learns today's ids from a message that stands where a recorded one stood.
    pub(super) fn learn(&mut self, recorded: &Shape, today: &Shape) {
        for path in &recorded.paths {
            let of = |shape: &Shape| shape.values.iter().filter(|(at, _)| at == path).map(|(_, value)| value.clone()).collect::<Vec<_>>();
            for (old, new) in of(recorded).into_iter().zip(of(today)) {
                if self.ids.contains(&old) && !new.is_empty() && !self.today.contains_key(&old) {
                    self.today.insert(old, new);
                }
            }
        }
    }

    /// Does a recorded event tell an id that nobody knows today?
    pub(super) fn is_news(&self, recorded: &Shape) -> bool {
        recorded.values.iter().any(|(_, value)| self.ids.contains(value) && !self.today.contains_key(value))
    }

    /// How many ids of a recorded event are known today.
    pub(super) fn translated_ids(&self, recorded: &Shape) -> usize {
        recorded.values.iter().filter(|(_, value)| self.ids.contains(value) && self.today.contains_key(value)).count()
    }

    /// How many of a recorded event's known ids are in one of today's.
    pub(super) fn common(&self, recorded: &Shape, today: &Shape) -> usize {
        let known = recorded.values.iter().filter(|(_, value)| self.ids.contains(value)).filter_map(|(_, value)| self.today.get(value));
        known.filter(|id| today.values.iter().any(|(_, value)| value == *id)).count()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(inside: &str) -> String {
        format!("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>{inside}</e:Body></e:Envelope>")
    }

    fn message(way: Way, asked: &str, answered: &str) -> Message {
        Message {
            at: 0,
            at_us: 0,
            way: Some(way),
            user: None,
            to: None,
            action: None,
            status: 200,
            took_ms: 0.0,
            body: body(asked),
            answer: body(answered),
            truncated: false,
            ours: true,
        }
    }

    #[test]
    fn agents_urls_and_ids_are_those_of_today() {
        let messages = [
            message(Way::FromSap, "<s><u>ANNA</u><w>http://sap/hidden/1</w></s>", "<r><mode>200</mode></r>"),
            message(Way::ToSap, "<call><id>4711</id><state>200</state></call>", ""),
            message(Way::FromSap, "<accept><id>4711</id></accept>", ""),
            message(Way::FromSap, "<mode><m>2</m></mode>", ""),
        ];
        let users = [("ANNA".to_owned(), "BERT".to_owned())];
        let mut values = Values::new(&messages, &users, |n| format!("http://me/{n}"));
        assert_eq!(values.translate(&messages[0].body), body("<s><u>BERT</u><w>http://me/1</w></s>"));
        let recorded = Shape::of(&messages[1].body).unwrap();
        assert!(values.is_news(&recorded));
        let today = Shape::of(&body("<call><id>0815</id><state>300</state></call>")).unwrap();
        assert_eq!(values.common(&recorded, &today), 0);
        values.learn(&recorded, &today);
        assert_eq!((values.is_news(&recorded), values.common(&recorded, &today)), (false, 1));
        assert_eq!(values.translate(&messages[2].body), body("<accept><id>0815</id></accept>"));
        assert_eq!(values.translate(&messages[3].body), messages[3].body, "a code is no id");
    }
}
