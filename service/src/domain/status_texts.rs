//! What agents read for a status, in the language of their SAP (guide, "Configure workmodes": the agent sees the localized message).

use super::Language;
use std::{collections::HashMap, sync::Arc};

/// The texts that the switch has for its statuses, and ours for the two states of a lost connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusTexts {
    /// By status and language in upper case.
    texts: HashMap<(Arc<str>, String), Arc<str>>,
}

/// Whoever reads: the texts, and his language. The default reads everything as the switch calls it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader<'a> {
    /// The switch's texts.
    pub texts: Option<&'a StatusTexts>,
    /// The language in the header of SAP's message (ici-wire §3.1).
    pub language: Option<&'a Language>,
}

/// What an agent sees while the switch is lost (guide, note under "Configure workmodes").
pub(super) const SERVER_DOWN: &str = "Server Down";
/// What he sees while it is tried again.
pub(super) const ATTEMPT_RECONNECT: &str = "Attempt Reconnect";

/// No switch has texts for what it cannot say itself.
const OURS: [(&str, &str, &str); 2] =
    [(SERVER_DOWN, "DE", "Anlage nicht erreichbar"), (ATTEMPT_RECONNECT, "DE", "Verbindung wird wiederhergestellt")];

// === impl StatusTexts ===

impl StatusTexts {
    /// Keeps the text of a status in a language; the last one for both counts.
    pub fn add(&mut self, status: Arc<str>, language: &str, text: Arc<str>) {
        self.texts.insert((status, language.to_uppercase()), text);
    }

    /// Is there any text in this language?
    pub fn speak(&self, language: &Language) -> bool {
        let language = language.as_str().to_uppercase();
        OURS.iter().any(|(_, known, _)| *known == language) || self.texts.keys().any(|(_, known)| *known == language)
    }

    fn find(&self, status: &Arc<str>, language: &str) -> Option<Arc<str>> {
        let key = (Arc::clone(status), language.to_uppercase());
        let ours = || OURS.iter().find(|(name, known, _)| **name == **status && *known == key.1).map(|(.., text)| Arc::from(*text));
        self.texts.get(&key).cloned().or_else(ours)
    }
}

// === impl Reader ===

impl Reader<'_> {
    /// The text of a status in the reader's language, where there is one.
    pub fn find(&self, status: &Arc<str>) -> Option<Arc<str>> {
        self.texts?.find(status, self.language?.as_str())
    }

    /// The text of a status: in the reader's language, else its name.
    pub fn text(&self, status: &Arc<str>) -> Arc<str> {
        self.find(status).unwrap_or_else(|| Arc::clone(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_in_the_language_that_has_a_text_for_it() {
        let mut texts = StatusTexts::default();
        texts.add("Lunch".into(), "de", "Mittagspause".into());
        let read = |status: &str, language: Option<&str>| {
            let language = language.map(Language::from);
            Reader { texts: Some(&texts), language: language.as_ref() }.text(&status.into()).to_string()
        };
        let cases = [
            ("Lunch", Some("DE"), "Mittagspause"),
            ("Lunch", Some("de"), "Mittagspause"),
            ("Lunch", Some("FR"), "Lunch"),
            ("Lunch", None, "Lunch"),
            ("Follow Up", Some("DE"), "Follow Up"),
            (SERVER_DOWN, Some("DE"), "Anlage nicht erreichbar"),
            (SERVER_DOWN, Some("EN"), SERVER_DOWN),
        ];
        for (status, language, expected) in cases {
            assert_eq!(read(status, language), expected, "{status} {language:?}");
        }
        let speaks = |language: &str| texts.speak(&Language::from(language));
        assert_eq!((speaks("de"), speaks("FR")), (true, false));
        assert_eq!(&*Reader::default().text(&"Lunch".into()), "Lunch");
    }
}
